/* domain/lunar: against printed calendars, where Viet Nam's differs from China's, and both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "domain/lunar.h"

static int64_t day_of(const char *text)
{
    int64_t day;
    assert_int_equal(ky_day_parse(&day, ky_bytes_str(text)), KY_OK);
    return day;
}

/* The day of a lunar date, which must also lead back. */
static int64_t lunar_day(int year, int month, int day, bool leap)
{
    struct ky_lunar in = {.year = year, .month = month, .day = day, .leap = leap}, back;
    int64_t out;
    assert_int_equal(ky_lunar_to_day(&out, &in), KY_OK);
    assert_int_equal(ky_lunar_from_day(&back, out), KY_OK);
    assert_int_equal(back.year, year);
    assert_int_equal(back.month, month);
    assert_int_equal(back.day, day);
    assert_int_equal(back.leap, leap);
    return out;
}

static void tet_is_when_the_printed_calendars_have_it(void **state)
{
    static const char *const tet[] = {
        "1900-01-31", "1910-02-10", "1930-01-30", "1940-02-08", "1945-02-13", "1950-02-17", "1954-02-03",
        "1960-01-28", "1967-02-09", "1968-01-29", "1969-02-16", "1970-02-06", "1972-02-15", "1975-02-11",
        "1976-01-31", "1979-01-28", "1980-02-16", "1984-02-02", "1985-01-21", "1986-02-09", "1988-02-17",
        "1990-01-27", "1993-01-23", "1995-01-31", "1997-02-07", "1999-02-16", "2000-02-05", "2001-01-24",
        "2002-02-12", "2003-02-01", "2004-01-22", "2005-02-09", "2006-01-29", "2007-02-17", "2008-02-07",
        "2009-01-26", "2010-02-14", "2011-02-03", "2012-01-23", "2013-02-10", "2014-01-31", "2015-02-19",
        "2016-02-08", "2017-01-28", "2018-02-16", "2019-02-05", "2020-01-25", "2021-02-12", "2022-02-01",
        "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13",
        "2030-02-02", "2031-01-23", "2033-01-31", "2034-02-19", "2040-02-12", "2050-01-23", "2053-02-18",
        "2060-02-02", "2075-02-15", "2100-02-09",
    };
    for (size_t i = 0; i < KY_COUNT(tet); i++) {
        int64_t day = day_of(tet[i]);
        int year = ky_time_split(day * KY_DAY).year;
        if (lunar_day(year, 1, 1, false) != day)
            fail_msg("Tết %d is not on %s", year, tet[i]);
    }
}

/* A day later at the longitude of Beijing; in 1985 even a month. */
static void tet_differs_from_the_chinese_new_year(void **state)
{
    static const char *const chinese[] = {"1968-01-30", "1969-02-17", "1985-02-20",
                                          "2007-02-18", "2030-02-03", "2053-02-19"};
    for (size_t i = 0; i < KY_COUNT(chinese); i++) {
        struct ky_lunar l;
        assert_int_equal(ky_lunar_from_day(&l, day_of(chinese[i])), KY_OK);
        assert_false(l.month == 1 && l.day == 1);
    }
}

static void the_kings_commemoration_is_the_tenth_of_the_third(void **state)
{
    static const char *const days[] = {"2000-04-14", "2007-04-26", "2016-04-16", "2017-04-06", "2018-04-25",
                                       "2019-04-14", "2020-04-02", "2021-04-21", "2022-04-10", "2023-04-29",
                                       "2024-04-18", "2025-04-07", "2026-04-26", "2027-04-16"};
    for (size_t i = 0; i < KY_COUNT(days); i++) {
        int64_t day = day_of(days[i]);
        assert_int_equal(lunar_day(ky_time_split(day * KY_DAY).year, 3, 10, false), day);
    }
}

static void leap_months_are_those_of_the_printed_calendars(void **state)
{
    static const struct {
        int year, month; /* 0: none */
    } cases[] = {
        {1968, 7}, {1984, 0}, {1985, 2}, {1987, 7}, {1990, 5},  {1993, 3}, {1995, 8}, {1998, 5}, {2001, 4},
        {2002, 0}, {2004, 2}, {2006, 7}, {2009, 5}, {2012, 4},  {2014, 9}, {2017, 6}, {2020, 4}, {2023, 2},
        {2025, 6}, {2026, 0}, {2028, 5}, {2031, 3}, {2033, 11}, {2034, 0}, {2036, 6}, {2099, 2},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++)
        for (int month = 1; month <= 12; month++) {
            struct ky_lunar first = {.year = cases[i].year, .month = month, .day = 1, .leap = true};
            int64_t day = 77;
            ky_rc rc = ky_lunar_to_day(&day, &first);
            assert_int_equal(rc, month == cases[i].month ? KY_OK : KY_EINVAL);
            assert_true(rc == KY_OK || day == 77);
        }
}

/* Twelve or thirteen months of 29 or 30 days, and the next year begins where they end. */
static void every_year_is_made_of_whole_months(void **state)
{
    for (int year = KY_LUNAR_YEAR_MIN; year < KY_LUNAR_YEAR_MAX; year++) {
        int64_t start = lunar_day(year, 1, 1, false), next = lunar_day(year + 1, 1, 1, false);
        struct ky_lunar last;
        assert_int_equal(ky_lunar_from_day(&last, next - 1), KY_OK);
        assert_int_equal(last.year, year);
        assert_int_equal(last.month, 12);
        assert_in_range(last.day, 29, 30);
        assert_true(next - start >= 353 && next - start <= 385);
        struct ky_date d = ky_time_split(start * KY_DAY);
        assert_int_equal(d.year, year);
        assert_true((d.month == 1 && d.day >= 20) || (d.month == 2 && d.day <= 21));
    }
}

static void days_follow_one_another(void **state)
{
    struct ky_lunar before, l;
    int64_t day = day_of("2020-01-01"), end = day_of("2035-01-01");
    assert_int_equal(ky_lunar_from_day(&before, day - 1), KY_OK);
    for (; day < end; day++, before = l) {
        int64_t back;
        assert_int_equal(ky_lunar_from_day(&l, day), KY_OK);
        assert_int_equal(ky_lunar_to_day(&back, &l), KY_OK);
        assert_int_equal(back, day);
        bool same_month = l.year == before.year && l.month == before.month && l.leap == before.leap;
        assert_int_equal(l.day, same_month ? before.day + 1 : 1);
        assert_true(same_month || before.day >= 29);
        assert_true(same_month || l.month == before.month % 12 + 1 || (l.leap && l.month == before.month));
    }
}

static void what_is_no_lunar_date_is_refused(void **state)
{
    static const struct {
        struct ky_lunar in;
        ky_rc want;
    } cases[] = {
        {{1899, 12, 1, false}, KY_ELIMIT},     {{2200, 1, 1, false}, KY_ELIMIT},
        {{INT32_MAX, 1, 1, false}, KY_ELIMIT}, {{INT32_MIN, 1, 1, false}, KY_ELIMIT},
        {{2026, 0, 1, false}, KY_EINVAL},      {{2026, 13, 1, false}, KY_EINVAL},
        {{2026, 1, 0, false}, KY_EINVAL},      {{2026, 1, 31, false}, KY_EINVAL},
        {{2025, 12, 30, false}, KY_EINVAL},    {{2026, 1, INT32_MAX, false}, KY_EINVAL},
        {{2026, 6, 1, true}, KY_EINVAL},       {{2024, 12, 30, false}, KY_EINVAL},
        {{2023, 12, 30, false}, KY_OK},        {{2025, 6, 1, true}, KY_OK},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        int64_t day;
        assert_int_equal(ky_lunar_to_day(&day, &cases[i].in), cases[i].want);
    }
    static const char *const outside[] = {"1900-01-30", "1899-12-31", "2200-02-15", "2300-01-01",
                                          "9999-12-31"};
    struct ky_lunar l;
    for (size_t i = 0; i < KY_COUNT(outside); i++)
        assert_int_equal(ky_lunar_from_day(&l, day_of(outside[i])), KY_ELIMIT);
    assert_int_equal(ky_lunar_from_day(&l, INT64_MAX), KY_ELIMIT);
    assert_int_equal(ky_lunar_from_day(&l, INT64_MIN), KY_ELIMIT);
    assert_int_equal(ky_lunar_from_day(&l, day_of("1900-01-31")), KY_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tet_is_when_the_printed_calendars_have_it),
        cmocka_unit_test(tet_differs_from_the_chinese_new_year),
        cmocka_unit_test(the_kings_commemoration_is_the_tenth_of_the_third),
        cmocka_unit_test(leap_months_are_those_of_the_printed_calendars),
        cmocka_unit_test(every_year_is_made_of_whole_months),
        cmocka_unit_test(days_follow_one_another),
        cmocka_unit_test(what_is_no_lunar_date_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
