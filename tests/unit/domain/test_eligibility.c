#include "registration.h"

#include "domain/eligibility.h"

static struct ky_legal legal;

static int load(void **state)
{
    legal = load_legal();
    return 0;
}
static int unload(void **state)
{
    ky_legal_clear(&legal);
    return 0;
}

static void a_teacher_and_a_nurse_are_eligible(void **state)
{
    const char *const good[] = {
        "{}",
        "{\"sector\":\"health\",\"email\":\"lan@bvdk.lamdong.gov.vn\",\"phone\":\"+84987654321\"}",
        "{\"identity\":\"001099000001\",\"gender\":\"male\",\"birth_year\":1999}",
        "{\"identity\":\"096302000001\",\"birth_year\":2002}",
        "{\"identity\":\"312191000001\"}",
        "{\"key\":\"rsa2048\"}",
        "{\"email\":\"A.B+c@SO.Edu.VN\"}",
    };
    for (size_t i = 0; i < KY_COUNT(good); i++) {
        ky_auto_person p = person_with(good[i]);
        struct ky_refusals r;
        ky_eligibility_check(&r, &p, &legal, TEST_NOW);
        if (r.n != 0)
            fail_msg("%s: %s", good[i], ky_refusal_info(r.list[0])->code);
        assert_int_equal(ky_refusals_result(&r), KY_OK);
    }
}

static void each_condition_has_its_refusal(void **state)
{
    const struct {
        const char *changes;
        ky_refusal want;
    } cases[] = {
        {"{\"sector\":\"transport\"}", KY_REFUSE_SECTOR},
        {"{\"authority\":true}", KY_REFUSE_AUTHORITY},
        {"{\"finance\":true}", KY_REFUSE_FINANCE},
        {"{\"email\":\"\"}", KY_REFUSE_NO_EMAIL},
        {"{\"email\":\"hang\"}", KY_REFUSE_EMAIL_FORM},
        {"{\"email\":\"@lamdong.edu.vn\"}", KY_REFUSE_EMAIL_FORM},
        {"{\"email\":\"a@b@lamdong.edu.vn\"}", KY_REFUSE_EMAIL_FORM},
        {"{\"email\":\"hằng@lamdong.edu.vn\"}", KY_REFUSE_EMAIL_FORM},
        {"{\"email\":\"a b@lamdong.edu.vn\"}", KY_REFUSE_EMAIL_FORM},
        {"{\"email\":\"a@lamdong..edu.vn\"}", KY_REFUSE_EMAIL_FORM},
        {"{\"email\":\"a@-x.edu.vn\"}", KY_REFUSE_EMAIL_FORM},
        {"{\"email\":\"a@vn\"}", KY_REFUSE_EMAIL_FORM},
        {"{\"email\":\"hang@gmail.com\"}", KY_REFUSE_EMAIL_NOT_OFFICIAL},
        {"{\"email\":\"hang@evilgov.vn\"}", KY_REFUSE_EMAIL_NOT_OFFICIAL},
        {"{\"email\":\"hang@x.gov.vn.example.com\"}", KY_REFUSE_EMAIL_NOT_OFFICIAL},
        {"{\"phone\":\"\"}", KY_REFUSE_NO_PHONE},
        {"{\"phone\":\"0263 382 234\"}", KY_REFUSE_PHONE_FORM},
        {"{\"phone\":\"0121 345 678\"}", KY_REFUSE_PHONE_FORM},
        {"{\"phone\":\"+8491234567\"}", KY_REFUSE_PHONE_FORM},
        {"{\"phone\":\"+14155550100\"}", KY_REFUSE_PHONE_FORM},
        {"{\"phone\":\"0912x345678\"}", KY_REFUSE_PHONE_FORM},
        {"{\"phone_own\":false}", KY_REFUSE_PHONE_NOT_OWN},
        {"{\"identity\":\"06819101234\"}", KY_REFUSE_IDENTITY_FORM},
        {"{\"identity\":\"0681910123456\"}", KY_REFUSE_IDENTITY_FORM},
        {"{\"identity\":\"06819101234x\"}", KY_REFUSE_IDENTITY_FORM},
        {"{\"identity\":\"003191012345\"}", KY_REFUSE_IDENTITY_PLACE},
        {"{\"identity\":\"068391012345\",\"birth_year\":2091}", KY_REFUSE_IDENTITY_BIRTH},
        {"{\"identity\":\"068312012345\",\"birth_year\":2012}", KY_REFUSE_IDENTITY_BIRTH},
        {"{\"birth_year\":1992}", KY_REFUSE_IDENTITY_BIRTH},
        {"{\"gender\":\"male\"}", KY_REFUSE_IDENTITY_GENDER},
        {"{\"key\":\"rsa1024\"}", KY_REFUSE_KEY},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_person p = person_with(cases[i].changes);
        struct ky_refusals r;
        ky_eligibility_check(&r, &p, &legal, TEST_NOW);
        if (r.n != 1 || r.list[0] != cases[i].want)
            fail_msg("%s: %zu refusals, first %s", cases[i].changes, r.n,
                     r.n == 0 ? "none" : ky_refusal_info(r.list[0])->code);
        assert_int_equal(ky_refusals_result(&r), KY_EDENIED);
        assert_non_null(strstr(ky_error(), ky_refusal_info(cases[i].want)->code));
    }
}

static void all_refusals_are_told_at_once(void **state)
{
    ky_auto_person p =
        person_with("{\"authority\":true,\"finance\":true,\"email\":\"\",\"phone_own\":false}");
    struct ky_refusals r;
    ky_eligibility_check(&r, &p, &legal, TEST_NOW);
    assert_int_equal(r.n, 4);
    ky_auto_buf json = ky_buf_init(4096);
    struct ky_json_out o = KY_JSON_OUT(&json);
    ky_json_open_object(&o, NULL);
    ky_refusals_write(&o, "refusals", &r);
    ky_json_close_object(&o);
    assert_non_null(strstr(ky_buf_str(&json), "\"code\":\"no-email\""));
    assert_non_null(strstr(ky_buf_str(&json), "Thiếu địa chỉ thư điện tử công vụ."));
}

static void every_refusal_has_code_and_both_languages(void **state)
{
    for (ky_refusal r = 0; r < KY_REFUSE_COUNT; r++) {
        const struct ky_refusal_info *info = ky_refusal_info(r);
        assert_true(info->code != NULL && info->vi != NULL && info->en != NULL);
        for (ky_refusal other = 0; other < r; other++)
            assert_string_not_equal(info->code, ky_refusal_info(other)->code);
    }
}

static void nobody_shares_identity_mailbox_or_telephone(void **state)
{
    ky_auto_person first = person_with("{}");
    ky_auto_person other = person_with("{\"identity\":\"068191999999\",\"email\":\"lan@lamdong.edu.vn\","
                                       "\"phone\":\"0987654321\"}");
    ky_auto_person twin =
        person_with("{\"email\":\"HANGNTM.thcsnguyentrai@lamdong.edu.vn\",\"phone\":\"+84912345678\"}");
    struct ky_refusals r = {.n = 0};
    ky_eligibility_check_among(&r, &other, &first, 1);
    assert_int_equal(r.n, 0);
    const struct ky_person both[] = {other, first};
    ky_eligibility_check_among(&r, &twin, both, 2);
    assert_int_equal(r.n, 3);
    assert_int_equal(r.list[0], KY_REFUSE_SAME_IDENTITY);
    assert_int_equal(r.list[2], KY_REFUSE_SAME_PHONE);
}

static void refuses_what_is_no_person(void **state)
{
    const char *const bad[] = {
        "{}",
        "[]",
        "{\"identity\":\"1\",\"name\":\"A\",\"sector\":\"health\",\"authority\":false}",
        "{\"identity\":\"1\",\"name\":\"A\",\"sector\":\"health\",\"authority\":false,\"finance\":\"no\"}",
        "{\"identity\":\"1\",\"name\":\"A\",\"sector\":\"health\",\"authority\":false,\"finance\":false,"
        "\"x\":1}",
        "{\"identity\":\"1\",\"name\":\"A\xe2\x80\xae\",\"sector\":\"health\",\"authority\":false,"
        "\"finance\":false}",
        "{\"identity\":\"1\",\"name\":\"Ha\xcc\x86ng\",\"sector\":\"health\",\"authority\":false,\"finance\":"
        "false}",
    };
    for (size_t i = 0; i < KY_COUNT(bad); i++) {
        ky_auto_person p = {0};
        assert_int_equal(ky_person_parse(&p, ky_bytes_str(bad[i])), KY_EFORMAT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_teacher_and_a_nurse_are_eligible),
        cmocka_unit_test(each_condition_has_its_refusal),
        cmocka_unit_test(all_refusals_are_told_at_once),
        cmocka_unit_test(every_refusal_has_code_and_both_languages),
        cmocka_unit_test(nobody_shares_identity_mailbox_or_telephone),
        cmocka_unit_test(refuses_what_is_no_person),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
