/* References, numbers and dates of spreadsheets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "codec/sheet/sheet.h"

static void references_go_both_ways(void **state)
{
    static const struct {
        const char *ref;
        uint32_t column, row;
    } cases[] = {
        {"A1", 1, 1}, {"Z9", 26, 9}, {"AA10", 27, 10}, {"ZZ1", 702, 1}, {"XFD1048576", 16384, 1048576}};
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        char ref[KY_SHEET_REF_MAX];
        uint32_t column, row;
        ky_sheet_ref(ref, cases[i].column, cases[i].row);
        assert_string_equal(ref, cases[i].ref);
        assert_int_equal(ky_sheet_ref_parse(&column, &row, ky_bytes_str(ref)), KY_OK);
        assert_int_equal(column, cases[i].column);
        assert_int_equal(row, cases[i].row);
    }
}

static void refuses_what_is_no_reference(void **state)
{
    static const char *const cases[] = {"",     "A",        "1",     "A0",  "a1",  "A01",
                                        "XFE1", "A1048577", "AAAA1", "A1B", "$A$1"};
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        uint32_t column, row;
        assert_int_not_equal(ky_sheet_ref_parse(&column, &row, ky_bytes_str(cases[i])), KY_OK);
    }
}

static void takes_whole_numbers_exactly(void **state)
{
    static const struct {
        const char *number, *digits; /* NULL: refused */
    } cases[] = {{"912345678", "912345678"},
                 {"79185004217", "79185004217"},
                 {"7.9185004217E10", "79185004217"},
                 {"7.9E3", "7900"},
                 {"12.0", "12"},
                 {"0012", "12"},
                 {"0", "0"},
                 {"0.00", "0"},
                 {"1200E-2", "12"},
                 {"0.5E1", "5"},
                 {"0.05e+02", "5"},
                 {"1.5", NULL},
                 {"-1", NULL},
                 {"1E30", NULL},
                 {"", NULL},
                 {"E5", NULL},
                 {"1E", NULL},
                 {"1.2.3", NULL},
                 {"NaN", NULL},
                 {"1E999999999999", NULL},
                 {".", NULL},
                 {"1234567890123456789", NULL}};
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf out = ky_buf_init(64);
        ky_rc rc = ky_sheet_digits(&out, ky_bytes_str(cases[i].number));
        if ((rc == KY_OK) != (cases[i].digits != NULL))
            fail_msg("%s", cases[i].number);
        if (rc == KY_OK)
            assert_string_equal(ky_buf_str(&out), cases[i].digits);
    }
}

static void knows_the_days_of_both_systems(void **state)
{
    static const struct {
        const char *serial, *date;
        bool from_1904;
    } cases[] = {
        {"1", "1900-01-01", false},
        {"59", "1900-02-28", false},
        {"60", NULL, false},
        {"61", "1900-03-01", false},
        {"31115", "1985-03-09", false},
        {"29653", "1985-03-09", true},
        {"0", "1904-01-01", true},
        {"0", NULL, false},
        {"0.5", NULL, false},
        {"31115.5", "1985-03-09T12:00:00", false},
        {"31115.9999999", "1985-03-10", false},
        {"2958465", "9999-12-31", false},
        {"2958466", NULL, false},
        {"-1", NULL, false},
        {"x", NULL, false},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf out = ky_buf_init(64);
        ky_rc rc = ky_sheet_date(&out, ky_bytes_str(cases[i].serial), cases[i].from_1904);
        if ((rc == KY_OK) != (cases[i].date != NULL))
            fail_msg("%s", cases[i].serial);
        if (rc == KY_OK)
            assert_string_equal(ky_buf_str(&out), cases[i].date);
    }
}

static void has_a_sentence_for_every_fault(void **state)
{
    for (size_t i = 0; i < KY_SHEET_FAULT_COUNT; i++) {
        const struct ky_sheet_fault_info *info = ky_sheet_fault_info((ky_sheet_fault_kind)i);
        assert_non_null(info->code);
        assert_non_null(info->vi);
        assert_non_null(info->en);
        assert_int_not_equal(info->rc, KY_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references_go_both_ways),        cmocka_unit_test(refuses_what_is_no_reference),
        cmocka_unit_test(takes_whole_numbers_exactly),    cmocka_unit_test(knows_the_days_of_both_systems),
        cmocka_unit_test(has_a_sentence_for_every_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
