/* Sealing, bearer secrets, Vietnamese text and numbers, templates, legal profiles. */
#include "registration.h"

#include "domain/bearer.h"
#include "domain/personal.h"
#include "domain/template.h"
#include "domain/vietnamese.h"

static struct ky_personal keys(char fill)
{
    struct ky_personal p;
    uint8_t key[KY_DATA_KEY_SIZE];
    memset(key, fill, sizeof key);
    assert_int_equal(ky_personal_init(&p, KY_BYTES_OF(key)), KY_OK);
    return p;
}

static void sealed_data_opens_only_in_its_place(void **state)
{
    struct ky_personal p = keys(1), other = keys(2);
    ky_auto_buf sealed = ky_buf_init(1000), again = ky_buf_init(1000), open = ky_buf_init(1000);
    assert_int_equal(ky_personal_seal(&sealed, &p, "dossier_row/1", KY_BYTES_LIT("0912345678")), KY_OK);
    assert_int_equal(ky_personal_seal(&again, &p, "dossier_row/1", KY_BYTES_LIT("0912345678")), KY_OK);
    assert_int_equal(sealed.n, 10 + KY_PERSONAL_EXTRA);
    assert_false(ky_bytes_eq(ky_buf_bytes(&sealed), ky_buf_bytes(&again)));
    assert_int_equal(ky_personal_open(&open, &p, "dossier_row/1", ky_buf_bytes(&sealed)), KY_OK);
    assert_string_equal(ky_buf_str(&open), "0912345678");
    assert_int_equal(ky_personal_open(&open, &p, "dossier_row/2", ky_buf_bytes(&sealed)), KY_EAUTH);
    assert_int_equal(ky_personal_open(&open, &other, "dossier_row/1", ky_buf_bytes(&sealed)), KY_EAUTH);
    assert_string_equal(ky_buf_str(&open), "0912345678");
    for (size_t i = 1; i < sealed.n; i++) {
        sealed.p[i] ^= 1;
        assert_int_equal(ky_personal_open(&open, &p, "dossier_row/1", ky_buf_bytes(&sealed)), KY_EAUTH);
        sealed.p[i] ^= 1;
    }
    sealed.p[0] = 2;
    assert_int_equal(ky_personal_open(&open, &p, "dossier_row/1", ky_buf_bytes(&sealed)), KY_EFORMAT);
    assert_int_equal(ky_personal_open(&open, &p, "x", KY_BYTES(sealed.p, KY_PERSONAL_EXTRA - 1)), KY_EFORMAT);
}

static void an_empty_value_is_sealed_too(void **state)
{
    struct ky_personal p = keys(1);
    ky_auto_buf sealed = ky_buf_init(1000), open = ky_buf_init(1000);
    assert_int_equal(ky_personal_seal(&sealed, &p, "x", KY_BYTES_NONE), KY_OK);
    assert_int_equal(ky_personal_open(&open, &p, "x", ky_buf_bytes(&sealed)), KY_OK);
    assert_int_equal(open.n, 0);
}

static void what_people_are_found_by_depends_on_the_key(void **state)
{
    struct ky_personal p = keys(1), other = keys(2);
    uint8_t a[KY_PERSONAL_HASH_SIZE], b[KY_PERSONAL_HASH_SIZE];
    assert_int_equal(ky_personal_hash(a, &p, KY_BYTES_LIT("068191012345")), KY_OK);
    assert_int_equal(ky_personal_hash(b, &p, KY_BYTES_LIT("068191012345")), KY_OK);
    assert_memory_equal(a, b, sizeof a);
    assert_int_equal(ky_personal_hash(b, &other, KY_BYTES_LIT("068191012345")), KY_OK);
    assert_memory_not_equal(a, b, sizeof a);
    assert_int_equal(ky_personal_init(&p, KY_BYTES_LIT("short")), KY_EINVAL);
    ky_personal_clear(&p);
    assert_int_equal(p.seal_key[0], 0);
}

static void a_bearer_secret_is_known_by_its_hash(void **state)
{
    char one[KY_BEARER_TEXT], two[KY_BEARER_TEXT];
    uint8_t hash[KY_BEARER_HASH], again[KY_BEARER_HASH];
    assert_int_equal(ky_bearer_new(one, hash), KY_OK);
    assert_int_equal(strlen(one), KY_BEARER_TEXT - 1);
    assert_int_equal(ky_bearer_hash(again, ky_bytes_str(one)), KY_OK);
    assert_memory_equal(hash, again, sizeof hash);
    assert_int_equal(ky_bearer_new(two, again), KY_OK);
    assert_string_not_equal(one, two);
    assert_int_equal(ky_bearer_hash(again, KY_BYTES(one, 42)), KY_EAUTH);
    assert_int_equal(ky_bearer_hash(again, KY_BYTES_LIT("' OR 1=1 --")), KY_EAUTH);
    char id[KY_NEW_ID_TEXT];
    assert_int_equal(ky_new_id(id), KY_OK);
    assert_int_equal(strspn(id, "0123456789abcdef"), 32);
}

static void marks_are_taken_from_letters(void **state)
{
    const struct {
        const char *in, *want;
    } cases[] = {
        {"Nguyễn Đình Thường", "Nguyen Dinh Thuong"},
        {"đắk lắk, Ư ơ ỹ ặ", "dak lak, U o y a"},
        {"abc 123", "abc 123"},
        {"", ""},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf out = ky_buf_init(1000);
        assert_int_equal(ky_text_unaccent(&out, ky_bytes_str(cases[i].in)), KY_OK);
        assert_string_equal(ky_buf_str(&out), cases[i].want);
        assert_true(ky_text_is_gsm(ky_buf_bytes(&out)));
    }
    ky_auto_buf out = ky_buf_init(1000);
    assert_int_equal(ky_text_unaccent(&out, KY_BYTES_LIT("\xff")), KY_EFORMAT);
    assert_false(ky_text_is_gsm(KY_BYTES_LIT("mã")));
    assert_false(ky_text_is_gsm(KY_BYTES_LIT("a{b")));
}

static void what_is_searched_has_small_letters_and_single_spaces(void **state)
{
    const struct {
        const char *in, *want;
    } cases[] = {
        {"H36.1.2 Trường THCS  Nguyễn Trãi", "h36 1 2 truong thcs nguyen trai"},
        {"  ĐẠI HỌC (cơ sở 2) ", "dai hoc co so 2"},
        {"100%_", "100"},
        {"", ""},
        {"--", ""},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf out = ky_buf_init(1000);
        assert_int_equal(ky_text_fold(&out, ky_bytes_str(cases[i].in)), KY_OK);
        assert_string_equal(ky_buf_str(&out), cases[i].want);
    }
    ky_auto_buf out = ky_buf_init(1000);
    assert_int_equal(ky_text_fold(&out, KY_BYTES_LIT("\xff")), KY_EFORMAT);
}

static void telephone_numbers_have_one_form(void **state)
{
    const struct {
        const char *in, *want;
    } cases[] = {
        {"0912345678", "+84912345678"},
        {"0912 345.678", "+84912345678"},
        {"+84912345678", "+84912345678"},
        {"+84 912-345-678", "+84912345678"},
        {"912345678", NULL},
        {"+840912345678", NULL},
        {"09123456789", NULL},
        {"", NULL},
        {"+84", NULL},
        {"0912345678901234567890", NULL},
        {"09123a5678", NULL},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        char out[KY_PHONE_MAX] = "";
        ky_rc rc = ky_phone_normalise(out, ky_bytes_str(cases[i].in));
        assert_int_equal(rc, cases[i].want == NULL ? KY_EFORMAT : KY_OK);
        assert_string_equal(out, cases[i].want == NULL ? "" : cases[i].want);
    }
}

static void identity_numbers_tell_birth_and_gender(void **state)
{
    struct ky_identity id;
    assert_int_equal(ky_identity_parse(&id, KY_BYTES_LIT("068191012345")), KY_OK);
    assert_string_equal(id.place, "068");
    assert_true(id.female);
    assert_int_equal(id.birth_year, 1991);
    assert_int_equal(ky_identity_parse(&id, KY_BYTES_LIT("001203012345")), KY_OK);
    assert_false(id.female);
    assert_int_equal(id.birth_year, 2003);
    assert_int_equal(ky_identity_parse(&id, KY_BYTES_LIT("00120301234")), KY_EFORMAT);
    assert_int_equal(ky_identity_parse(&id, KY_BYTES_LIT("00120301234 ")), KY_EFORMAT);
}

static void places_are_filled_once(void **state)
{
    const struct ky_place places[] = {{"name", "Hằng {code}"}, {"code", "1"}, {"none", NULL}};
    ky_auto_buf out = ky_buf_init(100);
    assert_int_equal(ky_template_fill(&out, KY_BYTES_LIT("{name}, {code}{none}."), places, 3), KY_OK);
    assert_string_equal(ky_buf_str(&out), "Hằng {code}, 1.");
    ky_buf_reset(&out);
    assert_int_equal(ky_template_fill(&out, KY_BYTES_LIT("{nobody}"), places, 3), KY_EFORMAT);
    assert_int_equal(ky_template_fill(&out, KY_BYTES_LIT("x {name"), places, 3), KY_EFORMAT);
    ky_auto_buf small = ky_buf_init(3);
    assert_int_equal(ky_template_fill(&small, KY_BYTES_LIT("{name}"), places, 3), KY_ELIMIT);
}

static void dates_are_written_in_full(void **state)
{
    const struct {
        const char *in;
        ky_rc rc;
    } cases[] = {
        {"05/09/1991", KY_OK},     {"29/02/2024", KY_OK},       {"29/02/2023", KY_EINVAL},
        {"31/04/2020", KY_EINVAL}, {"00/01/2020", KY_EINVAL},   {"01/13/2020", KY_EINVAL},
        {"5/9/1991", KY_EFORMAT},  {"05-09-1991", KY_EFORMAT},  {"05/09/91", KY_EFORMAT},
        {"", KY_EFORMAT},          {"05/09/1991 ", KY_EFORMAT}, {"05/0x/1991", KY_EFORMAT},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        struct ky_date d = {.year = 1};
        char text[KY_DATE_TEXT];
        ky_rc rc = ky_date_parse(&d, ky_bytes_str(cases[i].in));
        if (rc != cases[i].rc)
            fail_msg("%s: %s", cases[i].in, ky_rc_name(rc));
        ky_date_text(text, &d);
        assert_string_equal(text, rc == KY_OK ? cases[i].in : "00/00/0001");
    }
}

static void names_have_one_way_to_be_written(void **state)
{
    const struct {
        const char *in, *want;
    } cases[] = {
        {"Nguyễn Thị Minh Hằng", "Nguyễn Thị Minh Hằng"},
        {"NGUYỄN ĐÌNH ƯNG", "Nguyễn Đình Ưng"},
        {"  nguyễn   thị  ý ", "Nguyễn Thị Ý"},
        {"H'Hen Niê", "H'Hen Niê"},
        {"Y-Bhăm", "Y-Bhăm"},
        {"đỗ", "Đỗ"},
        {"   ", ""},
        {"", ""},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf out = ky_buf_init(100);
        assert_int_equal(ky_name_tidy(&out, ky_bytes_str(cases[i].in)), KY_OK);
        assert_string_equal(ky_buf_str(&out), cases[i].want);
    }
    ky_auto_buf out = ky_buf_init(100);
    assert_int_equal(ky_name_tidy(&out, KY_BYTES_LIT("\xff")), KY_EFORMAT);
}

static void strangers_in_names_are_found(void **state)
{
    const struct {
        const char *in, *want;
    } cases[] = {
        {"Trần Quốc Ưng", ""}, {"K’Brưm Zơrâm Jrai Wang F", ""},
        {"Lan 2", "2"},        {"Lan, B", ","},
        {"Müller", "ü"},       {"Лан", "Л"},
        {"李", "李"},          {"A\tB", "\t"},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++)
        assert_true(ky_bytes_eq_str(ky_name_stranger(ky_bytes_str(cases[i].in)), cases[i].want));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sealed_data_opens_only_in_its_place),
        cmocka_unit_test(an_empty_value_is_sealed_too),
        cmocka_unit_test(what_people_are_found_by_depends_on_the_key),
        cmocka_unit_test(a_bearer_secret_is_known_by_its_hash),
        cmocka_unit_test(marks_are_taken_from_letters),
        cmocka_unit_test(what_is_searched_has_small_letters_and_single_spaces),
        cmocka_unit_test(telephone_numbers_have_one_form),
        cmocka_unit_test(identity_numbers_tell_birth_and_gender),
        cmocka_unit_test(places_are_filled_once),
        cmocka_unit_test(dates_are_written_in_full),
        cmocka_unit_test(names_have_one_way_to_be_written),
        cmocka_unit_test(strangers_in_names_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
