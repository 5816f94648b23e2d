/* Lists of people as clerks make them, and what is told about their cells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "codec/sheet/csv_read.h"
#include "codec/sheet/xlsx_read.h"
#include "domain/people_cell.h"
#include "domain/people_file.h"
#include "domain/people_template.h"
#include "domain/person.h"
#include "os/file.h"
#include "os/sandbox.h"
#include "store/dossier.h"

#define HEADINGS "name,identity,sector,authority,finance"

static json_t *read_text(const char *text)
{
    json_t *list = NULL;
    assert_int_equal(ky_people_file_read(&list, ky_bytes_str(text)), KY_OK);
    return list;
}

/* "B3 missing|D3 not-yes-or-no|" */
static void codes(struct ky_buf *out, const json_t *issues)
{
    size_t i;
    json_t *one;
    json_array_foreach(issues, i, one)
    {
        assert_non_null(json_string_value(json_object_get(one, "vi")));
        ky_buf_addf(out, "%s %s|", json_string_value(json_object_get(one, "cell")),
                    json_string_value(json_object_get(one, "code")));
    }
}

static void assert_codes(const json_t *list, const char *member, const char *want)
{
    ky_auto_buf text = ky_buf_init(4096);
    codes(&text, json_object_get(list, member));
    assert_string_equal(ky_buf_str(&text), want);
}

static void assert_people(const json_t *list, const char *want)
{
    ky_auto_json json = json_loads(want, 0, NULL);
    assert_non_null(json);
    if (!json_equal(json_object_get(list, "people"), json)) {
        char *got = json_dumps(json_object_get(list, "people"), JSON_COMPACT);
        fail_msg("people are %s", got);
    }
}

/* What comes out is always a person as the dossier takes it. */
static void assert_readable(const json_t *list)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(list, "people"), i, row)
    {
        ky_auto_person person = {.json = NULL};
        assert_int_equal(ky_person_read(&person, json_object_get(row, "person")), KY_OK);
    }
}

static void reads_a_clerks_spreadsheet(void **state)
{
    ky_auto_buf file = ky_buf_init(1 << 20);
    ky_auto_json list = NULL;
    assert_int_equal(ky_file_read(&file, KY_TEST_XLSX "/good-openpyxl.xlsx"), KY_OK);
    assert_int_equal(ky_people_file_read(&list, ky_buf_bytes(&file)), KY_OK);
    assert_people(
        list, "[{\"row\":4,\"person\":{\"name\":\"Nguyễn Thị Lan\",\"identity\":\"001185004217\","
              "\"email\":\"lan@c1.hanoi.edu.vn\",\"phone\":\"0912345678\",\"phone_own\":true,"
              "\"title\":\"Giáo "
              "viên\",\"sector\":\"education\",\"gender\":\"female\",\"birth_date\":\"09/03/1985\","
              "\"authority\":false,\"finance\":false}},"
              "{\"row\":5,\"person\":{\"name\":\"Trần Văn Minh\",\"identity\":\"1082007731\","
              "\"email\":\"minh@c1.hanoi.edu.vn\",\"phone\":\"912345679\",\"phone_own\":true,"
              "\"sector\":\"health\",\"gender\":\"male\",\"birth_date\":\"01/01/1982\",\"authority\":false,"
              "\"finance\":false}}]");
    assert_codes(list, "errors", "B6 formula|J6 not-in-list|K6 not-yes-or-no|L6 missing|");
    assert_string_equal(json_string_value(json_object_get(json_object_get(list, "columns"), "identity")),
                        "C");
    assert_int_equal(json_array_size(json_object_get(list, "extra")), 2); /* STT, Ghi chú */
    assert_readable(list);
}

static void one_bad_row_does_not_refuse_the_others(void **state)
{
    ky_auto_json list = read_text(HEADINGS ",phone\n"
                                           "Lan,001185004217,health,no,no,+84912345678\n"
                                           ",001185004217,health,no,no,\n"
                                           "=cmd|'/C calc'!A0,001185004217,health,no,no,\n"
                                           "@SUM(1),1185004217,health,no,no,\n"
                                           "Lan,1.18E+09,health,no,no,\n"
                                           "A\u200b,001185004217,other,maybe,no,-1\n"
                                           ",,,,,\n"
                                           "Minh,001 082.007-731,y tế,x,KHÔNG,'+84 912 345 679\n");
    assert_codes(list, "errors",
                 "A3 missing|A4 formula-like|A5 formula-like|B6 digits-lost|A7 characters|F7 "
                 "formula-like|C7 not-in-list|D7 not-yes-or-no|");
    assert_people(
        list, "[{\"row\":2,\"person\":{\"name\":\"Lan\",\"identity\":\"001185004217\",\"sector\":\"health\","
              "\"authority\":false,\"finance\":false,\"phone\":\"+84912345678\"}},"
              "{\"row\":9,\"person\":{\"name\":\"Minh\",\"identity\":\"001082007731\",\"sector\":\"health\","
              "\"authority\":true,\"finance\":false,\"phone\":\"+84912345679\"}}]");
    assert_readable(list);
}

static void recognises_headings_in_any_form(void **state)
{
    static const char *const cases[] = {
        "HO TEN,SO CCCD,LINH VUC,NGUOI CO THAM QUYEN,GIAO DICH TAI CHINH",
        "Họ và tên (*),Số căn cước (*),Lĩnh vực (*),Người có thẩm quyền (*),Giao dịch tài chính (*)",
        "  Họ  tên ,\"Số căn cước\ncông dân\",Ngành,Có thẩm quyền,Tài chính",
        "\ub4b4\ub4b4\ub4b4 (한) ho ten,cccd,linh vuc,co tham quyen,tai chinh", /* grows when decomposed */
        "Ho\u0323 va\u0300 te\u0302n,CCCD,sector,authority,finance",            /* combining marks */
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        char text[512];
        snprintf(text, sizeof text, "DANH SÁCH,,,,\n%s\nLan,001185004217,giáo dục,không,không\n", cases[i]);
        ky_auto_json list = read_text(text);
        if (json_array_size(json_object_get(list, "people")) != 1)
            fail_msg("%s: %s", cases[i], json_dumps(list, 0));
    }
}

static void normalises_names_to_nfc(void **state)
{
    ky_auto_json list = read_text(HEADINGS "\nNguye\u0302\u0303n\u00a0 Lan ,001185004217,health,no,no\n");
    assert_people(list,
                  "[{\"row\":2,\"person\":{\"name\":\"Nguyễn Lan\",\"identity\":\"001185004217\",\"sector\":"
                  "\"health\",\"authority\":false,\"finance\":false}}]");
    assert_readable(list);
}

/* Texts as they stand; they are judged where the row is entered. */
static void leaves_values_as_they_are_written(void **state)
{
    static const char *const dates[] = {"1985", "9/3/1985", "1985-03-09", "31/02/1985", "x"};
    for (size_t i = 0; i < KY_COUNT(dates); i++) {
        char text[256];
        snprintf(text, sizeof text, HEADINGS ",birth_date\nLan,1185004217,health,no,no,%s\n", dates[i]);
        ky_auto_json list = read_text(text);
        const json_t *row = json_array_get(json_object_get(list, "people"), 0);
        const json_t *person = json_object_get(row, "person");
        assert_string_equal(json_string_value(json_object_get(person, "birth_date")), dates[i]);
        assert_string_equal(json_string_value(json_object_get(person, "identity")), "1185004217");
    }
}

/* A year in a cell of dates is shown as a day in 1905. */
static void sees_a_year_that_became_a_date(void **state)
{
    const struct ky_cell cell = {1, KY_CELL_DATE, KY_BYTES_LIT("1905-06-07")};
    const struct ky_people_column *column = ky_people_column_find("ngaysinh");
    ky_auto_buf value = ky_buf_init(4 * KY_SHEET_CELL_MAX);
    ky_people_issue issue;
    assert_int_equal(ky_people_cell_read(&value, &issue, column, &cell), KY_OK);
    assert_int_equal(issue, KY_PEOPLE_IS_DATE);
}

static void refuses_values_of_another_kind(void **state)
{
    static const struct {
        const char *label;
        struct ky_cell cell;
        ky_people_issue issue;
    } cases[] = {
        {"cccd", {1, KY_CELL_DATE, KY_BYTES_LIT("1985-03-09")}, KY_PEOPLE_IS_DATE},
        {"cccd", {1, KY_CELL_BOOLEAN, KY_BYTES_LIT("1")}, KY_PEOPLE_NOT_TEXT},
        {"cccd", {1, KY_CELL_NUMBER, KY_BYTES_LIT("1185004217.5")}, KY_PEOPLE_DIGITS_LOST},
        {"cccd", {1, KY_CELL_NUMBER, KY_BYTES_LIT("7.9185004217E10")}, KY_PEOPLE_FINE},
        {"sdt", {1, KY_CELL_NUMBER, KY_BYTES_LIT("84912345678")}, KY_PEOPLE_FINE},
        {"hoten", {1, KY_CELL_DATE, KY_BYTES_LIT("1985-03-09")}, KY_PEOPLE_IS_DATE},
        {"hoten", {1, KY_CELL_BOOLEAN, KY_BYTES_LIT("1")}, KY_PEOPLE_NOT_TEXT},
        {"hoten", {1, KY_CELL_ERROR, KY_BYTES_LIT("#N/A")}, KY_PEOPLE_ERROR_VALUE},
        {"hoten", {1, KY_CELL_FORMULA, KY_BYTES_NONE}, KY_PEOPLE_FORMULA},
        {"hoten",
         {1, KY_CELL_TEXT, KY_BYTES_LIT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")},
         KY_PEOPLE_TOO_LONG},
        {"ngaysinh", {1, KY_CELL_NUMBER, KY_BYTES_LIT("1985.5")}, KY_PEOPLE_DIGITS_LOST},
        {"ngaysinh", {1, KY_CELL_NUMBER, KY_BYTES_LIT("1985")}, KY_PEOPLE_FINE},
        {"ngaysinh", {1, KY_CELL_DATE, KY_BYTES_LIT("1985-03-09T00:00:00")}, KY_PEOPLE_FINE},
    };
    ky_auto_buf value = ky_buf_init(4 * KY_SHEET_CELL_MAX);
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_people_issue issue;
        assert_int_equal(
            ky_people_cell_read(&value, &issue, ky_people_column_find(cases[i].label), &cases[i].cell),
            KY_OK);
        if (issue != cases[i].issue)
            fail_msg("case %zu: %s", i, ky_people_issue_info(issue)->code);
    }
}

static void refuses_merged_rows_below_the_headings(void **state)
{
    ky_auto_sheet sheet = {.n = 0};
    struct ky_sheet_fault fault;
    ky_auto_json list = NULL;
    assert_int_equal(ky_csv_read(&sheet, &fault,
                                 KY_BYTES_LIT("Danh sách\n" HEADINGS "\nLan,001185004217,health,no,no\n"
                                              "Minh,001082007731,health,no,no\n")),
                     KY_OK);
    sheet.n_merges = 2;
    sheet.merges[0] = (struct ky_sheet_merge){1, 1, "A1:E1"}; /* a title */
    sheet.merges[1] = (struct ky_sheet_merge){4, 5, "C4:C5"};
    assert_int_equal(ky_people_table_read(&list, &sheet), KY_OK);
    assert_codes(list, "errors", "C4:C5 merged|");
    assert_int_equal(json_array_size(json_object_get(list, "people")), 1);
}

static void tells_why_a_list_cannot_be_read(void **state)
{
    static const struct {
        const char *text, *code, *where;
    } cases[] = {
        {"", "empty", ""},
        {"a,b\n1,2\n", "no-heading", ""},
        {"name,identity\nLan,1\n", "column-missing", "Lĩnh vực (*)"},
        {HEADINGS ",Họ tên\nLan\n", "column-twice", "F1"},
        {HEADINGS "\n", "nobody", ""},
        {HEADINGS "\n\"Lan\n", "quote", "A2"},
        {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old-xls", ""},
        {"PK\x03\x04", "damaged", ""},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_json list = read_text(cases[i].text);
        const json_t *fault = json_object_get(list, "fault");
        assert_non_null(fault);
        assert_string_equal(json_string_value(json_object_get(fault, "code")), cases[i].code);
        assert_string_equal(json_string_value(json_object_get(fault, "where")), cases[i].where);
        assert_non_null(json_object_get(fault, "vi"));
    }
}

static json_t *read_many(size_t n, const char *line)
{
    ky_auto_buf text = ky_buf_init(1 << 20);
    ky_buf_add_str(&text, HEADINGS "\n");
    for (size_t i = 0; i < n; i++)
        ky_buf_add_str(&text, line);
    return read_text(ky_buf_str(&text));
}

static void holds_as_many_as_a_dossier(void **state)
{
    static const char line[] = "Lan,001185004217,health,no,no\n";
    assert_int_equal(KY_PEOPLE_MAX, KY_DB_DOSSIER_ROWS_MAX);
    ky_auto_json full = read_many(KY_PEOPLE_MAX, line);
    ky_auto_json more = read_many(KY_PEOPLE_MAX + 1, line);
    assert_int_equal(json_array_size(json_object_get(full, "people")), KY_PEOPLE_MAX);
    assert_string_equal(json_string_value(json_object_get(json_object_get(more, "fault"), "code")),
                        "too-many");
}

static void tells_a_bounded_number_of_errors(void **state)
{
    ky_auto_json list = read_many(KY_PEOPLE_MAX, "=1,=1,x,x,y\n");
    ky_auto_buf text = ky_buf_init(KY_PEOPLE_RESULT_MAX);
    assert_int_equal(json_array_size(json_object_get(list, "errors")), KY_PEOPLE_ISSUES_MAX);
    assert_int_equal(json_integer_value(json_object_get(list, "left_out")),
                     4 * KY_PEOPLE_MAX - KY_PEOPLE_ISSUES_MAX);
    assert_int_equal(ky_people_result_encode(&text, list), KY_OK);
}

static void reads_its_own_template(void **state)
{
    ky_auto_buf xlsx = ky_buf_init(KY_PEOPLE_TEMPLATE_MAX), csv = ky_buf_init(KY_PEOPLE_TEMPLATE_MAX);
    assert_int_equal(ky_people_template(&xlsx, "/tmp"), KY_OK);
    assert_int_equal(ky_people_template_csv(&csv), KY_OK);
    const struct ky_bytes files[] = {ky_buf_bytes(&xlsx), ky_buf_bytes(&csv)};
    for (size_t i = 0; i < KY_COUNT(files); i++) {
        ky_auto_json list = NULL;
        assert_int_equal(ky_people_file_read(&list, files[i]), KY_OK);
        assert_string_equal(json_string_value(json_object_get(json_object_get(list, "fault"), "code")),
                            "nobody");
    }
}

/* As kyso-parse does it: nothing that the libraries want late is refused by the sandbox. */
static void reads_within_the_sandbox(void **state)
{
    ky_auto_buf file = ky_buf_init(1 << 20);
    int status = 0;
    assert_int_equal(ky_file_read(&file, KY_TEST_XLSX "/good-openpyxl.xlsx"), KY_OK);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        json_t *list = NULL;
        ky_xlsx_prepare();
        bool good = ky_sandbox_enter(KY_SANDBOX_PARSE) == KY_OK &&
                    ky_people_file_read(&list, ky_buf_bytes(&file)) == KY_OK &&
                    json_array_size(json_object_get(list, "people")) == 2;
        _exit(good ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

/* Every choice of the template is a word that its column takes. */
static void takes_every_choice_it_offers(void **state)
{
    for (size_t i = 0; i < ky_people_column_count; i++)
        for (size_t k = 0; ky_people_columns[i].choices[k] != NULL; k++) {
            ky_auto_buf folded = ky_buf_init(64);
            assert_int_equal(ky_people_fold(&folded, ky_bytes_str(ky_people_columns[i].choices[k])), KY_OK);
            assert_non_null(ky_people_word_find(&ky_people_columns[i], ky_buf_str(&folded)));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_clerks_spreadsheet),
        cmocka_unit_test(one_bad_row_does_not_refuse_the_others),
        cmocka_unit_test(recognises_headings_in_any_form),
        cmocka_unit_test(normalises_names_to_nfc),
        cmocka_unit_test(leaves_values_as_they_are_written),
        cmocka_unit_test(sees_a_year_that_became_a_date),
        cmocka_unit_test(refuses_values_of_another_kind),
        cmocka_unit_test(refuses_merged_rows_below_the_headings),
        cmocka_unit_test(tells_why_a_list_cannot_be_read),
        cmocka_unit_test(holds_as_many_as_a_dossier),
        cmocka_unit_test(tells_a_bounded_number_of_errors),
        cmocka_unit_test(reads_its_own_template),
        cmocka_unit_test(reads_within_the_sandbox),
        cmocka_unit_test(takes_every_choice_it_offers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
