/* base/time: dates both ways, against known instants. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/time.h"

static void known_instants(void **state)
{
    char text[KY_TIME_TEXT_MAX];
    ky_time_text_utc(text, 0);
    assert_string_equal(text, "1970-01-01T00:00:00Z");
    ky_time_text_utc(text, 951782399);
    assert_string_equal(text, "2000-02-28T23:59:59Z");
    ky_time_text_vn(text, 1583391849);
    assert_string_equal(text, "2020-03-05T14:04:09+07:00");
    ky_time_text_pdf(text, 1583391849);
    assert_string_equal(text, "D:20200305140409+07'00'");
    ky_time_text_utc(text, -1);
    assert_string_equal(text, "1969-12-31T23:59:59Z");
}

static void split_and_join_agree(void **state)
{
    for (ky_time t = -5000000000; t < 9000000000; t += 86413 * 97) {
        struct ky_date d = ky_time_split(t);
        ky_time back;
        assert_int_equal(ky_time_join(&back, &d), KY_OK);
        assert_true(back == t);
    }
}

static void impossible_dates_are_refused(void **state)
{
    ky_time t;
    struct ky_date feb29 = {2023, 2, 29, 0, 0, 0}, leap = {2024, 2, 29, 0, 0, 0},
                   second60 = {2024, 1, 1, 0, 0, 60};
    assert_int_equal(ky_time_join(&t, &feb29), KY_EINVAL);
    assert_int_equal(ky_time_join(&t, &leap), KY_OK);
    assert_int_equal(ky_time_join(&t, &second60), KY_EINVAL);
}

static void days_have_numbers_and_weekdays(void **state)
{
    const struct {
        const char *text;
        int64_t day;
        int weekday;
    } cases[] = {
        {"1970-01-01", 0, 4},     {"1969-12-31", -1, 3},      {"2000-02-29", 11016, 2},
        {"2026-11-23", 20780, 1}, {"0001-01-01", -719162, 1}, {"9999-12-31", 2932896, 5},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        int64_t day;
        char text[KY_DAY_TEXT_MAX];
        assert_int_equal(ky_day_parse(&day, ky_bytes_str(cases[i].text)), KY_OK);
        assert_int_equal(day, cases[i].day);
        assert_int_equal(ky_day_weekday(day), cases[i].weekday);
        ky_day_text(text, day);
        assert_string_equal(text, cases[i].text);
    }
}

static void a_day_in_viet_nam_begins_at_17_utc(void **state)
{
    const ky_time five_pm = 17 * KY_HOUR;
    assert_int_equal(ky_time_day_vn(five_pm - 1), 0);
    assert_int_equal(ky_time_day_vn(five_pm), 1);
    assert_int_equal(ky_time_day_vn(-7 * KY_HOUR - 1), -1);
    assert_int_equal(ky_time_day_vn(-7 * KY_HOUR), 0);
    assert_true(ky_time_of_day_vn(1) == five_pm);
    assert_true(ky_time_day_vn(INT64_MAX) >= ky_time_day(INT64_MAX));
    assert_true(ky_time_day_vn(INT64_MIN) < 0);
}

static void what_is_no_date_is_refused(void **state)
{
    const char *const bad[] = {
        "",           "2026",       "2026-11",     "2026-11-2",   "2026-11-234", "2026/11/23",
        "20261123",   "2026-13-01", "2026-00-10",  "2026-02-29",  "0000-01-01",  "+026-01-01",
        "2026-1-001", "2026-11- 3", " 2026-11-23", "2026-11-23T", "２026-11-23", "2026-04-31"};
    for (size_t i = 0; i < KY_COUNT(bad); i++) {
        int64_t day = 77;
        assert_int_equal(ky_day_parse(&day, ky_bytes_str(bad[i])), KY_EFORMAT);
        assert_int_equal(day, 77);
    }
    int64_t day;
    assert_int_equal(ky_day_join(&day, 2023, 2, 29), KY_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_instants),
        cmocka_unit_test(split_and_join_agree),
        cmocka_unit_test(impossible_dates_are_refused),
        cmocka_unit_test(days_have_numbers_and_weekdays),
        cmocka_unit_test(a_day_in_viet_nam_begins_at_17_utc),
        cmocka_unit_test(what_is_no_date_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
