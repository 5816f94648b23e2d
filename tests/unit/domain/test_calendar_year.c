/* domain/calendar_year: the proposal against what was announced, and lists that contradict themselves. */
#include "calendar.h"

static struct ky_calendar_year proposed;

static const struct ky_calendar_year *propose(int year)
{
    assert_int_equal(ky_calendar_propose(&proposed, year), KY_OK);
    return &proposed;
}

/* From one day to the other nobody works, and around them people do, weekends apart. */
static void assert_off(const char *from, const char *to)
{
    int64_t first = day_at(from), last = day_at(to), before = first - 1, after = last + 1;
    const struct ky_calendar_year *y = propose(ky_time_split(first * KY_DAY).year);
    for (int64_t day = first; day <= last; day++)
        if (ky_calendar_year_works(y, day))
            fail_msg("%s to %s: day %d is a working day", from, to, (int)(day - first));
    if (!ky_calendar_year_works(y, before) || !ky_calendar_year_works(y, after))
        fail_msg("%s to %s: more days are off", from, to);
}

static void tet_is_proposed_as_it_was_announced(void **state)
{
    static const char *const announced[][2] = {
        {"2018-02-14", "2018-02-20"}, {"2019-02-02", "2019-02-10"}, {"2020-01-23", "2020-01-29"},
        {"2021-02-10", "2021-02-16"}, {"2022-01-29", "2022-02-06"}, {"2023-01-20", "2023-01-26"},
        {"2024-02-08", "2024-02-14"}, {"2025-01-25", "2025-02-02"}, {"2026-02-14", "2026-02-22"},
    };
    for (size_t i = 0; i < KY_COUNT(announced); i++)
        assert_off(announced[i][0], announced[i][1]);
}

/* By the weekday of the first of Tết, from Sunday: how many of its five days the weekend takes at least. */
static void as_little_of_tet_as_possible_falls_on_a_weekend(void **state)
{
    static const int lost[7] = {2, 1, 0, 0, 1, 2, 2};
    for (int year = KY_CALENDAR_YEAR_MIN; year <= KY_CALENDAR_YEAR_MAX; year++) {
        const struct ky_calendar_year *y = propose(year);
        int64_t first;
        int substitutes = 0, days = 0;
        assert_int_equal(ky_lunar_to_day(&first, &(struct ky_lunar){.year = year, .month = 1, .day = 1}),
                         KY_OK);
        for (size_t i = 0; i < y->n; i++) {
            substitutes += strcmp(y->days[i].name, "Nghỉ bù Tết Âm lịch") == 0;
            days += strcmp(y->days[i].name, "Tết Âm lịch") == 0;
        }
        assert_int_equal(days, 5);
        assert_int_equal(substitutes, lost[ky_day_weekday(first)]);
    }
}

static void other_holidays_are_proposed_as_they_were_announced(void **state)
{
    static const char *const announced[][2] = {
        {"2021-09-02", "2021-09-05"}, /* Thursday: with the Friday */
        {"2022-09-01", "2022-09-04"}, /* Friday: with the Thursday */
        {"2023-09-01", "2023-09-04"}, /* Saturday: with the Friday, substitute on Monday */
        {"2024-08-31", "2024-09-03"}, /* Monday: with the Tuesday */
        {"2025-08-30", "2025-09-02"}, /* Tuesday: with the Monday */
        {"2026-09-01", "2026-09-02"}, /* Wednesday; 31 August was a swap */
        {"2022-01-01", "2022-01-03"}, /* Saturday */
        {"2022-04-30", "2022-05-03"}, /* Saturday and Sunday: two substitutes */
        {"2023-04-29", "2023-05-03"}, /* Giỗ Tổ on Saturday, 30 April on Sunday, and 1 May */
        {"2026-04-25", "2026-04-27"}, /* Giỗ Tổ on Sunday */
    };
    for (size_t i = 0; i < KY_COUNT(announced); i++)
        assert_off(announced[i][0], announced[i][1]);
}

static void thirty_april_on_a_sunday_moves_past_the_first_of_may(void **state)
{
    const struct ky_calendar_year *y = propose(2028);
    const struct ky_calendar_day *substitute = ky_calendar_year_find(y, day_at("2028-05-02"));
    assert_int_equal(ky_day_weekday(day_at("2028-04-30")), 0);
    assert_non_null(substitute);
    assert_string_equal(substitute->name, "Nghỉ bù Ngày Chiến thắng");
    assert_false(ky_calendar_year_works(y, day_at("2028-05-01")));
    assert_true(ky_calendar_year_works(y, day_at("2028-05-03")));
}

static void national_day_on_a_sunday_takes_the_monday(void **state)
{
    assert_int_equal(ky_day_weekday(day_at("2029-09-02")), 0);
    assert_off("2029-09-01", "2029-09-04");
    assert_non_null(ky_calendar_year_find(&proposed, day_at("2029-09-03")));
    assert_null(ky_calendar_year_find(&proposed, day_at("2029-09-01")));
}

/* Art. 112 gives eleven days; in 1917 and 1947 Giỗ Tổ was on 30 April. */
static void every_year_has_eleven_weekdays_off(void **state)
{
    for (int year = KY_CALENDAR_YEAR_MIN; year <= KY_CALENDAR_YEAR_MAX; year++) {
        const struct ky_calendar_year *y = propose(year);
        int off = 0;
        assert_int_equal(ky_calendar_year_check(y), KY_OK);
        for (size_t i = 0; i < y->n; i++) {
            assert_int_equal(y->days[i].kind, KY_CALENDAR_OFF);
            off += !ky_calendar_weekly_rest(y->days[i].day);
        }
        assert_int_equal(off, year == 1917 || year == 1947 ? 10 : 11);
    }
}

static void years_without_a_lunar_calendar_are_not_proposed(void **state)
{
    static const int years[] = {0, -1, 1899, 2200, INT32_MIN, INT32_MAX};
    for (size_t i = 0; i < KY_COUNT(years); i++)
        assert_int_equal(ky_calendar_propose(&proposed, years[i]), KY_ELIMIT);
}

static void without_a_list_the_weekday_decides(void **state)
{
    const struct ky_calendar_year none = {.year = 2026, .hours = ky_work_hours_default};
    int64_t monday = day_at("2026-02-16");
    assert_int_equal(ky_calendar_year_check(&none), KY_OK);
    for (int i = 0; i < 7; i++)
        assert_int_equal(ky_calendar_year_works(&none, monday + i), i < 5);
}

static void a_list_that_contradicts_itself_is_refused(void **state)
{
    static struct ky_calendar_year y;
    const struct {
        const char *first, *second;
        ky_calendar_kind kind; /* of the second */
        ky_rc want;
    } cases[] = {
        {"2026-01-01", "2026-01-10", KY_CALENDAR_MAKE_UP, KY_OK},
        {"2026-01-01", "2026-01-11", KY_CALENDAR_MAKE_UP, KY_OK},
        {"2026-01-01", "2026-01-10", KY_CALENDAR_OFF, KY_OK},
        {"2026-01-01", "2026-01-09", KY_CALENDAR_MAKE_UP, KY_EINVAL},
        {"2026-01-10", "2026-01-01", KY_CALENDAR_OFF, KY_EINVAL},
        {"2026-01-10", "2026-01-10", KY_CALENDAR_OFF, KY_EINVAL},
        {"2025-12-31", "2026-01-10", KY_CALENDAR_OFF, KY_EINVAL},
        {"2026-01-10", "2027-01-01", KY_CALENDAR_OFF, KY_EINVAL},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        y = (struct ky_calendar_year){.year = 2026, .hours = ky_work_hours_default, .n = 2};
        y.days[0].day = day_at(cases[i].first);
        y.days[1] = (struct ky_calendar_day){.day = day_at(cases[i].second), .kind = cases[i].kind};
        assert_int_equal(ky_calendar_year_check(&y), cases[i].want);
    }
    y = (struct ky_calendar_year){
        .year = 2026, .hours = ky_work_hours_default, .n = KY_CALENDAR_DAYS_MAX + 1};
    assert_int_equal(ky_calendar_year_check(&y), KY_EINVAL);
    y = (struct ky_calendar_year){.year = 2200, .hours = ky_work_hours_default};
    assert_int_equal(ky_calendar_year_check(&y), KY_EINVAL);
}

static void hours_that_overlap_are_refused(void **state)
{
    static const struct {
        struct ky_work_hours hours;
        ky_rc want;
    } cases[] = {
        {{{{0, KY_DAY - 1}}, 1}, KY_OK},
        {{{{25200, 39600}, {46800, 61200}}, 2}, KY_OK},
        {{{{0, 0}}, 0}, KY_EINVAL},
        {{{{0, 1}}, KY_WORK_SPANS_MAX + 1}, KY_EINVAL},
        {{{{0, KY_DAY}}, 1}, KY_EINVAL},
        {{{{-1, 3600}}, 1}, KY_EINVAL},
        {{{{3600, 3600}}, 1}, KY_EINVAL},
        {{{{0, 7200}, {3600, 9000}}, 2}, KY_EINVAL},
        {{{{0, 7200}, {7200, 9000}}, 2}, KY_EINVAL},
    };
    static struct ky_calendar_year y;
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        y = (struct ky_calendar_year){.year = 2026, .hours = cases[i].hours};
        assert_int_equal(ky_calendar_year_check(&y), cases[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tet_is_proposed_as_it_was_announced),
        cmocka_unit_test(as_little_of_tet_as_possible_falls_on_a_weekend),
        cmocka_unit_test(other_holidays_are_proposed_as_they_were_announced),
        cmocka_unit_test(thirty_april_on_a_sunday_moves_past_the_first_of_may),
        cmocka_unit_test(national_day_on_a_sunday_takes_the_monday),
        cmocka_unit_test(every_year_has_eleven_weekdays_off),
        cmocka_unit_test(years_without_a_lunar_calendar_are_not_proposed),
        cmocka_unit_test(without_a_list_the_weekday_decides),
        cmocka_unit_test(a_list_that_contradicts_itself_is_refused),
        cmocka_unit_test(hours_that_overlap_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
