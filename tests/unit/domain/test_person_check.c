/* Checks of entered values: right and wrong ones for every code, proposals, messages. */
#include "registration.h"

#include "domain/person_check.h"

static struct ky_legal_book book;
static struct ky_check check;
static const struct ky_legal_procedure *fields_of_new, *fields_of_revoke;

static int load(void **state)
{
    static const char *const own[] = {"bvdk.example"};
    book = load_legal();
    check =
        (struct ky_check){.legal = legal_now(&book), .own_domains = own, .n_own_domains = 1, .now = TEST_NOW};
    if (ky_legal_procedure_get(&fields_of_new, check.legal, "new") != KY_OK)
        return -1;
    return ky_legal_procedure_get(&fields_of_revoke, check.legal, "revoke") == KY_OK ? 0 : -1;
}
static int unload(void **state)
{
    ky_legal_book_clear(&book);
    return 0;
}

static const struct ky_legal_field *field(const char *key)
{
    const struct ky_legal_field *f = ky_legal_field_find(fields_of_new->fields, fields_of_new->n_fields, key);
    if (f == NULL)
        f = ky_legal_field_find(fields_of_revoke->fields, fields_of_revoke->n_fields, key);
    assert_non_null(f);
    return f;
}

static void right_values_pass(void **state)
{
    static const struct {
        const char *field, *value;
    } good[] = {
        {"identity", "068191012345"},
        {"identity", "001099000001"},
        {"identity", "096302000001"}, /* born 2002, female */
        {"identity", "002185000001"}, /* a province that was merged in 2025 */
        {"identity", "312191000001"}, /* born abroad */
        {"phone", "0912345678"},
        {"phone", "0321 234 567"},
        {"phone", "+84 56 123.45-67"},
        {"phone", "+84987654321"},
        {"email", "hangntm.thcs@lamdong.edu.vn"},
        {"email", "A.B+c@SO.Gov.VN"},
        {"email", "lan@bvdk.example"},
        {"name", "Nguyễn Thị Minh Hằng"},
        {"name", "H'Hen Niê"},
        {"name", "Y-Bhăm Kđăm"},
        {"birth_date", "29/02/1992"},
        {"birth_date", ""},
        {"gender", "female"},
        {"sector", "health"},
        {"title", "Giáo viên, tổ trưởng (hạng II)"},
        {"serial", "7AF2DF52182653D3"},
        {"serial", "00e1"},
        {"ground", "key_exposed"},
        {"happened_on", "23/11/2026"},
    };
    for (size_t i = 0; i < KY_COUNT(good); i++) {
        struct ky_refusals r = {.n = 0};
        ky_field_check(&r, &check, field(good[i].field), ky_bytes_str(good[i].value));
        if (r.n > 0)
            fail_msg("%s %s: %s", good[i].field, good[i].value, ky_refusal_code_name(r.list[0].code));
    }
}

struct wrong {
    const char *field, *value;
    ky_refusal_code code;
    const char *limit, *proposal; /* NULL: not looked at; "" none */
};

static void expect(const struct wrong *w)
{
    struct ky_refusals r = {.n = 0};
    ky_field_check(&r, &check, field(w->field), ky_bytes_str(w->value));
    if (r.n != 1 || r.list[0].code != w->code)
        fail_msg("%s “%s”: %zu refusals, first %s", w->field, w->value, r.n,
                 r.n == 0 ? "none" : ky_refusal_code_name(r.list[0].code));
    assert_string_equal(r.list[0].field, w->field);
    if (w->limit != NULL)
        assert_string_equal(r.list[0].limit, w->limit);
    assert_string_equal(r.list[0].proposal, w->proposal == NULL ? "" : w->proposal);
}

static void wrong_identity_numbers_are_told_apart(void **state)
{
    static const struct wrong cases[] = {
        {"identity", "", KY_REFUSE_REQUIRED, "", NULL},
        {"identity", "0681910123456", KY_REFUSE_IDENTITY_FORM, "12", NULL},
        {"identity", "06819101234x", KY_REFUSE_IDENTITY_FORM, "12", NULL},
        {"identity", "068 191 012345", KY_REFUSE_IDENTITY_FORM, "12", NULL},
        {"identity", "68191012345", KY_REFUSE_IDENTITY_ZERO, "12", "068191012345"},
        {"identity", "1099000001", KY_REFUSE_IDENTITY_ZERO, "12", "001099000001"},
        {"identity", "03191012345", KY_REFUSE_IDENTITY_FORM, "12", NULL}, /* 003 is no province */
        {"identity", "250123456", KY_REFUSE_IDENTITY_OLD, "12", NULL},
        {"identity", "12345678", KY_REFUSE_IDENTITY_FORM, "12", NULL},
        {"identity", "5,10800E+10", KY_REFUSE_SCIENTIFIC, "", NULL},
        {"identity", "6.8191E10", KY_REFUSE_SCIENTIFIC, "", NULL},
        {"identity", "68e+9", KY_REFUSE_SCIENTIFIC, "", NULL},
        {"identity", "68E", KY_REFUSE_IDENTITY_FORM, "12", NULL},
        {"identity", "003191012345", KY_REFUSE_IDENTITY_PLACE, "003", NULL},
        {"identity", "000191012345", KY_REFUSE_IDENTITY_PLACE, "000", NULL},
        {"identity", "068391012345", KY_REFUSE_IDENTITY_AGE, "2011", NULL},
        {"identity", "068312012345", KY_REFUSE_IDENTITY_AGE, "2011", NULL},
        {"identity", " 068191012345 ", KY_REFUSE_SPACES, "", "068191012345"},
        {"identity",
         "\xef\xbb\xbf"
         "068191012345",
         KY_REFUSE_CHARACTER, "", NULL},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++)
        expect(&cases[i]);
}

static void wrong_telephones_are_told_apart(void **state)
{
    static const struct wrong cases[] = {
        {"phone", "", KY_REFUSE_REQUIRED, "", NULL},
        {"phone", "912345678", KY_REFUSE_PHONE_ZERO, "10", "0912345678"},
        {"phone", "84912345678", KY_REFUSE_PHONE_ZERO, "10", "0912345678"},
        {"phone", "01621234567", KY_REFUSE_PHONE_OLD, "10", "0321234567"},
        {"phone", "1201234567", KY_REFUSE_PHONE_OLD, "10", "0701234567"},
        {"phone", "+841991234567", KY_REFUSE_PHONE_OLD, "10", "0591234567"},
        {"phone", "01111234567", KY_REFUSE_PHONE_FORM, "10", NULL},
        {"phone", "0263 382 234", KY_REFUSE_PHONE_PREFIX, "026", NULL},
        {"phone", "0121 345 678", KY_REFUSE_PHONE_PREFIX, "012", NULL},
        {"phone", "+8491234567", KY_REFUSE_PHONE_FORM, "10", NULL},
        {"phone", "+14155550100", KY_REFUSE_PHONE_FORM, "10", NULL},
        {"phone", "0912x345678", KY_REFUSE_PHONE_FORM, "10", NULL},
        {"phone", "9,12346E+08", KY_REFUSE_SCIENTIFIC, "", NULL},
        {"phone", "0912345678901234567890123456789", KY_REFUSE_PHONE_FORM, "10", NULL},
        {"phone", "+", KY_REFUSE_PHONE_FORM, "10", NULL},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++)
        expect(&cases[i]);
}

static void wrong_addresses_are_told_apart(void **state)
{
    static const struct wrong cases[] = {
        {"email", "hang", KY_REFUSE_EMAIL_FORM, "", NULL},
        {"email", "@lamdong.edu.vn", KY_REFUSE_EMAIL_FORM, "", NULL},
        {"email", "a@b@lamdong.edu.vn", KY_REFUSE_EMAIL_FORM, "", NULL},
        {"email", "hằng@lamdong.edu.vn", KY_REFUSE_EMAIL_FORM, "", NULL},
        {"email", "a b@lamdong.edu.vn", KY_REFUSE_EMAIL_FORM, "", NULL},
        {"email", "a@lamdong..edu.vn", KY_REFUSE_EMAIL_FORM, "", NULL},
        {"email", "a@-x.edu.vn", KY_REFUSE_EMAIL_FORM, "", NULL},
        {"email", "a@x.edu.vn-", KY_REFUSE_EMAIL_FORM, "", NULL},
        {"email", "a@vn", KY_REFUSE_EMAIL_FORM, "", NULL},
        {"email", "hang@gmail.com", KY_REFUSE_EMAIL_PUBLIC, "gmail.com", NULL},
        {"email", "hang@Yahoo.com.vn", KY_REFUSE_EMAIL_PUBLIC, "Yahoo.com.vn", NULL},
        {"email", "hang@evilgov.vn", KY_REFUSE_EMAIL_NOT_OFFICIAL,
         "bvdk.example, *.gov.vn, *.edu.vn, *.dcs.vn, *.ac.vn", NULL},
        {"email", "hang@x.gov.vn.example.com", KY_REFUSE_EMAIL_NOT_OFFICIAL, NULL, NULL},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++)
        expect(&cases[i]);
}

static void wrong_names_are_told_apart(void **state)
{
    static const struct wrong cases[] = {
        {"name", "NGUYỄN THỊ HẰNG", KY_REFUSE_NAME_CAPITALS, "", "Nguyễn Thị Hằng"},
        {"name", "nguyễn thị Hằng", KY_REFUSE_NAME_CAPITALS, "", "Nguyễn Thị Hằng"},
        {"name", "Nguyễn  Thị Hằng", KY_REFUSE_SPACES, "", "Nguyễn Thị Hằng"},
        {"name", "Nguyễn Thị Hằng ", KY_REFUSE_SPACES, "", "Nguyễn Thị Hằng"},
        {"name", "Nguyễn Thị Hằng 2", KY_REFUSE_NAME_LETTER, "2", NULL},
        {"name", "Nguyễn Thị Hằng (B)", KY_REFUSE_NAME_LETTER, "(", NULL},
        {"name", "=cmd|' /C calc'!A0", KY_REFUSE_NAME_LETTER, "=", NULL},
        {"name", "Müller", KY_REFUSE_NAME_LETTER, "ü", NULL},
        {"name", "Ha\u0306ng", KY_REFUSE_NOT_NFC, "", NULL},
        {"name", "Lan\u202e", KY_REFUSE_CHARACTER, "", NULL},
        {"name", "\xff\xfe", KY_REFUSE_CHARACTER, "", NULL},
        {"name", "Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", KY_REFUSE_TOO_LONG,
         "64", NULL},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++)
        expect(&cases[i]);
}

static void wrong_dates_are_told_apart(void **state)
{
    static const struct wrong cases[] = {
        {"birth_date", "5/9/1991", KY_REFUSE_DATE_FORM, "dd/mm/yyyy", NULL},
        {"birth_date", "05.09.1991", KY_REFUSE_DATE_FORM, "dd/mm/yyyy", NULL},
        {"birth_date", "1991-09-05", KY_REFUSE_DATE_FORM, "dd/mm/yyyy", "05/09/1991"},
        {"birth_date", "1991-13-05", KY_REFUSE_DATE_FORM, "dd/mm/yyyy", NULL},
        {"birth_date", "33486", KY_REFUSE_DATE_SERIAL, "dd/mm/yyyy", "05/09/1991"},
        {"birth_date", "61", KY_REFUSE_DATE_SERIAL, "dd/mm/yyyy", "01/03/1900"},
        {"birth_date", "60", KY_REFUSE_DATE_FORM, "dd/mm/yyyy", NULL},
        {"birth_date", "73051", KY_REFUSE_DATE_FORM, "dd/mm/yyyy", NULL},
        {"birth_date", "29/02/1991", KY_REFUSE_DATE_IMPOSSIBLE, "dd/mm/yyyy", NULL},
        {"birth_date", "31/12/1899", KY_REFUSE_DATE_RANGE, "01/01/1900 – 23/11/2026", NULL},
        {"birth_date", "24/11/2026", KY_REFUSE_DATE_RANGE, "01/01/1900 – 23/11/2026", NULL},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++)
        expect(&cases[i]);
}

static void other_wrong_values_are_told_apart(void **state)
{
    static const struct wrong cases[] = {
        {"sector", "transport", KY_REFUSE_CHOICE, "education (Giáo dục, đào tạo); health (Y tế)", NULL},
        {"ground", "whim", KY_REFUSE_CHOICE, NULL, NULL},
        {"serial", "xyz", KY_REFUSE_SERIAL_FORM, "40", NULL},
        {"serial", "7", KY_REFUSE_SERIAL_FORM, "40", NULL},
        {"serial", "8,86E+18", KY_REFUSE_SCIENTIFIC, "", NULL},
        {"serial", "00112233445566778899001122334455667788990", KY_REFUSE_TOO_LONG, "40", NULL},
        {"title", "a\nb", KY_REFUSE_CHARACTER, "", NULL},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++)
        expect(&cases[i]);
}

static void characters_and_bytes_both_count(void **state)
{
    struct ky_refusals r = {.n = 0};
    struct ky_legal_field f = *field("title");
    f.max_chars = 3;
    f.max_bytes = 5;
    ky_field_check(&r, &check, &f, KY_BYTES_LIT("Ủyb"));
    assert_int_equal(r.n, 0);
    ky_field_check(&r, &check, &f, KY_BYTES_LIT("Ủyễ"));
    assert_int_equal(r.list[0].code, KY_REFUSE_TOO_MANY_BYTES);
    assert_string_equal(r.list[0].limit, "5");
}

static size_t check_row(struct ky_refusals *r, const struct ky_field_value *cells, size_t n)
{
    r->n = 0;
    ky_row_check(r, &check, fields_of_new->fields, fields_of_new->n_fields, cells, n);
    return r->n;
}

#define CELL(field_, text)                                                                                   \
    {                                                                                                        \
        field_, KY_BYTES_LIT(text)                                                                           \
    }

static void a_row_is_checked_as_a_whole(void **state)
{
    struct ky_refusals r;
    struct ky_field_value row[] = {
        CELL("identity", "068191012345"), CELL("name", "Nguyễn Thị Minh Hằng"),
        CELL("sector", "education"),      CELL("email", "a@b.edu.vn"),
        CELL("phone", "0912345678"),      CELL("gender", "female"),
        CELL("birth_date", "05/09/1991"), CELL("title", ""),
    };
    assert_int_equal(check_row(&r, row, KY_COUNT(row)), 0);
    row[5].value = KY_BYTES_LIT("male");
    row[6].value = KY_BYTES_LIT("05/09/1992");
    assert_int_equal(check_row(&r, row, KY_COUNT(row)), 2);
    assert_int_equal(r.list[0].code, KY_REFUSE_IDENTITY_BIRTH);
    assert_string_equal(r.list[0].limit, "1991");
    assert_int_equal(r.list[1].code, KY_REFUSE_IDENTITY_GENDER);
    row[7] = (struct ky_field_value)CELL("shoe_size", "42");
    row[6] = (struct ky_field_value)CELL("gender", "female");
    assert_int_equal(check_row(&r, row, KY_COUNT(row)), 3);
    assert_int_equal(r.list[0].code, KY_REFUSE_TWICE);
    assert_string_equal(r.list[0].field, "gender");
    assert_int_equal(r.list[1].code, KY_REFUSE_UNKNOWN_FIELD);
    assert_string_equal(r.list[1].value, "shoe_size");
    assert_int_equal(check_row(&r, row, 0), 5); /* name, identity, sector, email, phone */
    assert_int_equal(r.list[0].code, KY_REFUSE_REQUIRED);
}

static void only_so_many_are_told(void **state)
{
    struct ky_refusals r;
    struct ky_field_value row[3 * KY_REFUSALS_MAX];
    for (size_t i = 0; i < KY_COUNT(row); i++)
        row[i] = (struct ky_field_value)CELL("shoe_size", "42");
    assert_int_equal(check_row(&r, row, KY_COUNT(row)), KY_REFUSALS_MAX);
}

static void every_code_has_a_name_and_both_messages(void **state)
{
    for (int code = 0; code < KY_REFUSE_COUNT; code++) {
        const struct ky_refusal r = {.code = (ky_refusal_code)code,
                                     .field = "f",
                                     .field_vi = "Trường",
                                     .field_en = "Field",
                                     .value = "v",
                                     .limit = "l",
                                     .proposal = "p"};
        const char *name = ky_refusal_code_name(r.code);
        assert_int_equal(strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"), strlen(name));
        for (int other = 0; other < code; other++)
            assert_string_not_equal(name, ky_refusal_code_name((ky_refusal_code)other));
        for (ky_language lang = KY_VIETNAMESE; lang <= KY_ENGLISH; lang++) {
            ky_auto_buf text = ky_buf_init(KY_REFUSAL_TEXT_MAX);
            assert_int_equal(ky_refusal_text(&text, &r, lang, true), KY_OK);
            assert_true(text.n > 10);
        }
    }
}

static void values_are_for_the_person_who_typed_them(void **state)
{
    struct ky_refusals r = {.n = 0};
    ky_auto_buf json = ky_buf_init(4096);
    struct ky_json_out o = KY_JSON_OUT(&json);
    ky_field_check(&r, &check, field("identity"), KY_BYTES_LIT("68191012345"));
    ky_json_open_object(&o, NULL);
    ky_refusals_write(&o, "refusals", &r);
    ky_json_close_object(&o);
    assert_string_equal(ky_buf_str(&json),
                        "{\"refusals\":[{\"code\":\"IDENTITY_ZERO\",\"field\":\"identity\","
                        "\"vi\":\"Số định danh cá nhân “68191012345” mất số 0 ở đầu; có phải là 068191012345 "
                        "(đủ 12 chữ số)?\","
                        "\"en\":\"Personal identification number “68191012345” lost its leading zeros; is it "
                        "068191012345 (12 digits)?\",\"proposal\":\"068191012345\"}]}");
    assert_int_equal(ky_refusals_result(&r), KY_EDENIED);
    assert_non_null(strstr(ky_error(), "IDENTITY_ZERO"));
    assert_null(strstr(ky_error(), "191012345"));
}

static void long_values_are_cut_at_a_character(void **state)
{
    char out[8];
    ky_refusal_put(out, sizeof out, KY_BYTES_LIT("abcdefg"));
    assert_string_equal(out, "abcdefg");
    ky_refusal_put(out, sizeof out, KY_BYTES_LIT("abcdefgh"));
    assert_string_equal(out, "abcd…");
    ky_refusal_put(out, sizeof out, KY_BYTES_LIT("abcễễễ"));
    assert_string_equal(out, "abc…");
    ky_refusal_put(out, sizeof out, KY_BYTES_NONE);
    assert_string_equal(out, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_values_pass),
        cmocka_unit_test(wrong_identity_numbers_are_told_apart),
        cmocka_unit_test(wrong_telephones_are_told_apart),
        cmocka_unit_test(wrong_addresses_are_told_apart),
        cmocka_unit_test(wrong_names_are_told_apart),
        cmocka_unit_test(wrong_dates_are_told_apart),
        cmocka_unit_test(other_wrong_values_are_told_apart),
        cmocka_unit_test(characters_and_bytes_both_count),
        cmocka_unit_test(a_row_is_checked_as_a_whole),
        cmocka_unit_test(only_so_many_are_told),
        cmocka_unit_test(every_code_has_a_name_and_both_messages),
        cmocka_unit_test(values_are_for_the_person_who_typed_them),
        cmocka_unit_test(long_values_are_cut_at_a_character),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
