#include "registration.h"

#include "domain/eligibility.h"

static struct ky_legal_book book;
static struct ky_check check;

static int load(void **state)
{
    book = load_legal();
    check = (struct ky_check){.legal = legal_now(&book), .now = TEST_NOW};
    return 0;
}
static int unload(void **state)
{
    ky_legal_book_clear(&book);
    return 0;
}

static void a_teacher_and_a_nurse_are_eligible(void **state)
{
    const char *const good[] = {
        "{}",
        "{\"sector\":\"health\",\"email\":\"lan@bvdk.lamdong.gov.vn\",\"phone\":\"+84987654321\"}",
        "{\"identity\":\"001099000001\",\"gender\":\"male\",\"birth_date\":\"31/12/1999\"}",
        "{\"identity\":\"096302000001\",\"birth_date\":\"01/01/2002\"}",
        "{\"identity\":\"312191000001\"}",
        "{\"key\":\"rsa2048\"}",
        "{\"email\":\"A.B+c@SO.Edu.VN\"}",
    };
    for (size_t i = 0; i < KY_COUNT(good); i++) {
        ky_auto_person p = person_with(good[i]);
        struct ky_refusals r;
        ky_eligibility_check(&r, &p, &check);
        if (r.n != 0)
            fail_msg("%s: %s", good[i], ky_refusal_code_name(r.list[0].code));
        assert_int_equal(ky_refusals_result(&r), KY_OK);
    }
}

static void each_condition_has_its_refusal(void **state)
{
    const struct {
        const char *changes;
        ky_refusal_code want;
    } cases[] = {
        {"{\"sector\":\"transport\"}", KY_REFUSE_CHOICE},
        {"{\"authority\":true}", KY_REFUSE_AUTHORITY},
        {"{\"finance\":true}", KY_REFUSE_FINANCE},
        {"{\"email\":\"\"}", KY_REFUSE_REQUIRED},
        {"{\"email\":\"hang@gmail.com\"}", KY_REFUSE_EMAIL_PUBLIC},
        {"{\"phone\":\"\"}", KY_REFUSE_REQUIRED},
        {"{\"phone\":\"0263 382 234\"}", KY_REFUSE_PHONE_PREFIX},
        {"{\"phone_own\":false}", KY_REFUSE_PHONE_NOT_OWN},
        {"{\"identity\":\"003191012345\"}", KY_REFUSE_IDENTITY_PLACE},
        {"{\"birth_date\":\"05/09/1992\"}", KY_REFUSE_IDENTITY_BIRTH},
        {"{\"gender\":\"male\"}", KY_REFUSE_IDENTITY_GENDER},
        {"{\"name\":\"\"}", KY_REFUSE_REQUIRED},
        {"{\"name\":\"A\u202e\"}", KY_REFUSE_CHARACTER},
        {"{\"name\":\"Ha\u0306ng\"}", KY_REFUSE_NOT_NFC},
        {"{\"key\":\"rsa1024\"}", KY_REFUSE_KEY},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_person p = person_with(cases[i].changes);
        struct ky_refusals r;
        ky_eligibility_check(&r, &p, &check);
        if (r.n != 1 || r.list[0].code != cases[i].want)
            fail_msg("%s: %zu refusals, first %s", cases[i].changes, r.n,
                     r.n == 0 ? "none" : ky_refusal_code_name(r.list[0].code));
        assert_int_equal(ky_refusals_result(&r), KY_EDENIED);
        assert_non_null(strstr(ky_error(), ky_refusal_code_name(cases[i].want)));
    }
}

static void all_refusals_are_told_at_once(void **state)
{
    ky_auto_person p =
        person_with("{\"authority\":true,\"finance\":true,\"email\":\"\",\"phone_own\":false}");
    struct ky_refusals r;
    ky_eligibility_check(&r, &p, &check);
    assert_int_equal(r.n, 4);
    ky_auto_buf json = ky_buf_init(4096);
    struct ky_json_out o = KY_JSON_OUT(&json);
    ky_json_open_object(&o, NULL);
    ky_refusals_write(&o, "refusals", &r);
    ky_json_close_object(&o);
    assert_non_null(strstr(ky_buf_str(&json), "\"code\":\"REQUIRED\",\"field\":\"email\""));
    assert_non_null(strstr(ky_buf_str(&json), "Thư điện tử công vụ: bắt buộc nhập."));
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
    assert_int_equal(r.list[0].code, KY_REFUSE_SAME_IDENTITY);
    assert_int_equal(r.list[2].code, KY_REFUSE_SAME_PHONE);
}

static void refuses_what_is_no_person(void **state)
{
    const char *const bad[] = {
        "{}",
        "[]",
        "{\"identity\":\"1\",\"name\":\"A\",\"sector\":\"health\",\"authority\":false}",
        "{\"identity\":\"1\",\"name\":\"A\",\"sector\":\"health\",\"authority\":false,\"finance\":\"no\"}",
        "{\"identity\":1,\"name\":\"A\",\"sector\":\"health\",\"authority\":false,\"finance\":false}",
        "{\"x\":1,\"name\":\"A\",\"sector\":\"health\",\"authority\":false,\"finance\":false}",
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
        cmocka_unit_test(nobody_shares_identity_mailbox_or_telephone),
        cmocka_unit_test(refuses_what_is_no_person),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
