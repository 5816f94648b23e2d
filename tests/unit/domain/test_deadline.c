/* domain/deadline: worked examples of 2026, and what holds on every day of ten years. */
#include "calendar.h"

#include "domain/deadline.h"

#define BEGIN "2020-01-02 00:00"
#define END "2029-10-01 00:00"

static const struct ky_limit three_days = {KY_DEADLINE_WORKING_DAYS, 3};
static const struct ky_limit twelve_hours = {KY_DEADLINE_HOURS, 12};
static struct ky_calendar *calendar;

static int make(void **state)
{
    calendar = calendar_2020_to_2029();
    return 0;
}
static int unmake(void **state)
{
    ky_calendar_free(calendar);
    return 0;
}

static struct ky_deadline reckon(struct ky_limit limit, ky_time received, const struct ky_pause *pauses,
                                 size_t n)
{
    struct ky_deadline d;
    if (ky_deadline_reckon(&d, calendar, limit, received, pauses, n) != KY_OK)
        fail_msg("%s", ky_error());
    return d;
}

static struct ky_progress progress(const struct ky_deadline *d, ky_time now)
{
    struct ky_progress p;
    if (ky_deadline_progress(&p, d, calendar, now) != KY_OK)
        fail_msg("%s", ky_error());
    return p;
}

static int64_t work(ky_time from, ky_time to)
{
    int64_t s = -1;
    assert_int_equal(ky_calendar_work(&s, calendar, from, to), KY_OK);
    return s;
}

static ky_time when(const struct ky_deadline *d, int64_t used_s)
{
    ky_time t = 0;
    assert_int_equal(ky_deadline_when(&t, d, calendar, used_s), KY_OK);
    return t;
}

static void three_working_days_in_worked_examples(void **state)
{
    static const struct {
        const char *received, *start, *due;
    } cases[] = {
        /* Thursday, a minute before, at, a second and a minute after the end of working hours */
        {"2026-03-05 16:59", "2026-03-05 16:59", "2026-03-10 17:00"},
        {"2026-03-05 17:00", "2026-03-05 17:00", "2026-03-10 17:00"},
        {"2026-03-05 17:00:01", "2026-03-06 08:00", "2026-03-11 17:00"},
        {"2026-03-05 17:01", "2026-03-06 08:00", "2026-03-11 17:00"},
        /* before the office opens, and in the lunch break: the same day */
        {"2026-03-05 06:00", "2026-03-05 08:00", "2026-03-10 17:00"},
        {"2026-03-05 12:30", "2026-03-05 13:00", "2026-03-10 17:00"},
        /* Saturday and Sunday count from Monday */
        {"2026-03-07 09:00", "2026-03-09 08:00", "2026-03-12 17:00"},
        {"2026-03-08 23:59:59", "2026-03-09 08:00", "2026-03-12 17:00"},
        /* Tết 2026: nobody works from 14 to 22 February */
        {"2026-02-12 10:00", "2026-02-12 10:00", "2026-02-24 17:00"},
        {"2026-02-13 16:00", "2026-02-13 16:00", "2026-02-25 17:00"},
        {"2026-02-14 09:00", "2026-02-23 08:00", "2026-02-26 17:00"},
        {"2026-02-17 00:00", "2026-02-23 08:00", "2026-02-26 17:00"},
        /* the make-up Saturday 22 August counts, received on it or running over it */
        {"2026-08-20 10:00", "2026-08-20 10:00", "2026-08-24 17:00"},
        {"2026-08-22 10:00", "2026-08-22 10:00", "2026-08-26 17:00"},
        {"2026-08-21 17:30", "2026-08-22 08:00", "2026-08-26 17:00"},
        /* five days off to 2 September, with the swapped Monday */
        {"2026-08-28 16:00", "2026-08-28 16:00", "2026-09-07 17:00"},
        {"2026-08-31 10:00", "2026-09-03 08:00", "2026-09-08 17:00"},
        /* 30 April on a Sunday: 1 May and a substitute on 2 May */
        {"2028-04-27 10:00", "2028-04-27 10:00", "2028-05-04 17:00"},
        {"2028-04-30 10:00", "2028-05-03 08:00", "2028-05-08 17:00"},
        /* 2 September on a Saturday, on a Sunday */
        {"2023-08-31 10:00", "2023-08-31 10:00", "2023-09-07 17:00"},
        {"2029-08-31 10:00", "2029-08-31 10:00", "2029-09-07 17:00"},
        /* over the end of a year */
        {"2026-12-30 10:00", "2026-12-30 10:00", "2027-01-05 17:00"},
        {"2025-12-31 18:00", "2026-01-05 08:00", "2026-01-08 17:00"},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        struct ky_deadline d = reckon(three_days, vn(cases[i].received), NULL, 0);
        assert_true(d.received == vn(cases[i].received) && d.stopped == KY_TIME_NEVER);
        assert_vn(d.start, cases[i].start);
        assert_vn(d.due, cases[i].due);
    }
}

static void twelve_hours_run_day_and_night(void **state)
{
    static const char *const cases[][2] = {
        {"2026-03-05 16:59", "2026-03-06 04:59"}, {"2026-02-16 23:30", "2026-02-17 11:30"},
        {"2026-12-31 18:00", "2027-01-01 06:00"}, {"2028-02-28 13:00:01", "2028-02-29 01:00:01"},
        {"2026-03-07 12:30", "2026-03-08 00:30"},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        struct ky_deadline d = reckon(twelve_hours, vn(cases[i][0]), NULL, 0);
        assert_true(d.start == d.received);
        assert_int_equal(d.total_s, 12 * KY_HOUR);
        assert_vn(d.due, cases[i][1]);
        assert_true(when(&d, 10 * KY_HOUR) == d.received + 10 * KY_HOUR);
    }
}

static void it_says_whether_the_lists_are_confirmed(void **state)
{
    assert_true(reckon(three_days, vn("2026-03-05 10:00"), NULL, 0).confirmed);
    assert_false(reckon(three_days, vn("2026-12-30 10:00"), NULL, 0).confirmed);
    assert_false(reckon(three_days, vn("2025-12-31 18:00"), NULL, 0).confirmed);
    assert_false(reckon(three_days, vn("2027-03-04 10:00"), NULL, 0).confirmed);
}

/* Thursday 10:00, 30 working hours in all; asked on Friday 15:00 with 18 left, answered in a later night. */
static void an_addition_stops_the_clock_and_what_was_left_is_left(void **state)
{
    const struct ky_pause open = {vn("2026-03-06 15:00"), KY_TIME_NEVER},
                          closed = {vn("2026-03-06 15:00"), vn("2026-03-11 20:00")};
    const ky_time received = vn("2026-03-05 10:00");
    struct ky_deadline d = reckon(three_days, received, &open, 1);
    struct ky_progress p = progress(&d, vn("2026-03-20 10:00"));
    assert_vn(d.stopped, "2026-03-06 15:00");
    assert_int_equal(d.total_s, 30 * KY_HOUR);
    assert_int_equal(p.used_s, 12 * KY_HOUR);
    assert_int_equal(p.left_s, 18 * KY_HOUR);
    assert_int_equal(p.percent, 40);
    assert_false(p.overdue);
    assert_true(when(&d, 13 * KY_HOUR) == KY_TIME_NEVER);

    d = reckon(three_days, received, &closed, 1);
    assert_vn(d.due, "2026-03-16 10:00");
    assert_int_equal(progress(&d, closed.to).left_s, 18 * KY_HOUR);
    assert_int_equal(progress(&d, vn("2026-03-12 08:30")).used_s, 12 * KY_HOUR + 1800);
    assert_int_equal(d.total_s, 30 * KY_HOUR);
}

static void stopping_twice_adds_both(void **state)
{
    const struct ky_pause pauses[] = {
        {vn("2026-03-06 09:00"), vn("2026-03-06 11:00")},
        {vn("2026-03-09 16:00"), vn("2026-03-10 09:00")},
    };
    struct ky_deadline d = reckon(three_days, vn("2026-03-05 10:00"), pauses, 2);
    assert_vn(d.due, "2026-03-11 12:00"); /* two and two hours after 17:00 on the 10th */
    assert_vn(d.since, "2026-03-10 09:00");
}

static void a_stop_outside_working_hours_costs_nothing(void **state)
{
    const struct ky_pause weekend = {vn("2026-03-06 17:00"), vn("2026-03-09 08:00")};
    const struct ky_pause before = {vn("2026-03-07 10:00"), vn("2026-03-07 11:00")};
    struct ky_deadline d = reckon(three_days, vn("2026-03-05 10:00"), &weekend, 1);
    assert_vn(d.due, "2026-03-10 17:00");
    d = reckon(three_days, vn("2026-03-07 09:00"), &before, 1);
    assert_vn(d.due, "2026-03-12 17:00");
    assert_vn(d.since, "2026-03-09 08:00");
}

static void stopping_does_not_undo_being_late(void **state)
{
    const struct ky_pause late = {vn("2026-03-11 10:00"), vn("2026-03-12 10:00")};
    struct ky_deadline d = reckon(three_days, vn("2026-03-05 10:00"), &late, 1);
    assert_vn(d.due, "2026-03-11 17:00");
    struct ky_progress p = progress(&d, late.to);
    assert_true(p.overdue);
    assert_int_equal(p.late_s, 2 * KY_HOUR);
}

static void hours_stop_too(void **state)
{
    const struct ky_pause night = {vn("2026-03-05 20:00"), vn("2026-03-06 06:30")};
    struct ky_deadline d = reckon(twelve_hours, vn("2026-03-05 18:00"), &night, 1);
    assert_vn(d.due, "2026-03-06 16:30");
    assert_int_equal(progress(&d, night.to).left_s, 10 * KY_HOUR);
}

static void warnings_come_at_their_share(void **state)
{
    struct ky_deadline d = reckon(three_days, vn("2026-03-05 10:00"), NULL, 0);
    assert_int_equal(ky_deadline_share_s(&d, 50), 15 * KY_HOUR);
    assert_vn(when(&d, ky_deadline_share_s(&d, 50)), "2026-03-09 09:00");
    assert_vn(when(&d, ky_deadline_share_s(&d, 80)), "2026-03-10 10:00");
    assert_vn(when(&d, ky_deadline_share_s(&d, 100)), "2026-03-10 17:00");
    assert_int_equal(progress(&d, vn("2026-03-09 08:59:59")).percent, 49);
    assert_int_equal(progress(&d, vn("2026-03-09 09:00")).percent, 50);
    assert_int_equal(progress(&d, vn("2026-03-10 10:00")).percent, 80);
    assert_int_equal(progress(&d, vn("2026-03-05 10:00")).percent, 0);
    assert_int_equal(progress(&d, INT64_MIN).percent, 0);
}

static void it_is_overdue_after_the_last_second(void **state)
{
    struct ky_deadline d = reckon(three_days, vn("2026-03-05 10:00"), NULL, 0);
    struct ky_progress p = progress(&d, d.due);
    assert_true(!p.overdue && p.percent == 100 && p.left_s == 0);
    p = progress(&d, d.due + 1);
    assert_true(p.overdue && p.percent == 100 && p.late_s == 0);
    p = progress(&d, vn("2026-03-11 11:00"));
    assert_true(p.overdue && p.late_s == 3 * KY_HOUR && p.used_s == 33 * KY_HOUR && p.percent == 110);
}

static void what_cannot_have_happened_is_refused(void **state)
{
    const ky_time r = vn("2026-03-05 10:00");
    const struct {
        struct ky_pause pauses[2];
        size_t n;
        ky_rc want;
    } cases[] = {
        {{{r, r}}, 1, KY_OK},
        {{{r, r + 60}, {r + 60, KY_TIME_NEVER}}, 2, KY_OK},
        {{{r - 1, r}}, 1, KY_EINVAL},
        {{{r + 60, r + 59}}, 1, KY_EINVAL},
        {{{r, r + 60}, {r + 59, r + 70}}, 2, KY_EINVAL},
        {{{r, KY_TIME_NEVER}, {r + 60, r + 70}}, 2, KY_EINVAL},
        {{{r, KY_TIME_NEVER}, {KY_TIME_NEVER, KY_TIME_NEVER}}, 2, KY_EINVAL},
        {{{KY_TIME_NEVER, KY_TIME_NEVER}}, 1, KY_ELIMIT},
        {{{r, KY_TIME_NEVER - 1}}, 1, KY_ELIMIT},
    };
    static const struct ky_limit limits[] = {
        {KY_DEADLINE_WORKING_DAYS, 0},
        {KY_DEADLINE_WORKING_DAYS, -3},
        {KY_DEADLINE_WORKING_DAYS, KY_LIMIT_DAYS_MAX + 1},
        {KY_DEADLINE_HOURS, 0},
        {KY_DEADLINE_HOURS, INT64_MAX},
        {(ky_deadline_unit)2, 3},
    };
    struct ky_deadline d = {.total_s = 77};
    for (size_t i = 0; i < KY_COUNT(limits); i++)
        assert_int_equal(ky_deadline_reckon(&d, calendar, limits[i], r, NULL, 0), KY_EINVAL);
    assert_int_equal(d.total_s, 77);
    for (size_t i = 0; i < KY_COUNT(cases); i++)
        assert_int_equal(ky_deadline_reckon(&d, calendar, three_days, r, cases[i].pauses, cases[i].n),
                         cases[i].want);
}

static void what_is_beyond_the_calendar_is_refused(void **state)
{
    static const ky_time moments[] = {INT64_MIN, -1, KY_TIME_MAX, INT64_MAX - 1, INT64_MAX};
    struct ky_deadline d;
    struct ky_progress p;
    ky_time t;
    for (size_t i = 0; i < KY_COUNT(moments); i++) {
        assert_int_equal(ky_deadline_reckon(&d, calendar, three_days, moments[i], NULL, 0), KY_ELIMIT);
        assert_int_equal(ky_deadline_reckon(&d, calendar, twelve_hours, moments[i], NULL, 0), KY_ELIMIT);
    }
    assert_int_equal(ky_deadline_reckon(&d, calendar, three_days, vn("2029-12-28 10:00"), NULL, 0),
                     KY_ELIMIT);
    assert_int_equal(ky_deadline_reckon(&d, calendar, twelve_hours, vn("2029-12-31 12:01"), NULL, 0),
                     KY_ELIMIT);
    for (int unit = 0; unit < 2; unit++) {
        d = reckon(unit == 0 ? three_days : twelve_hours, vn("2026-03-05 10:00"), NULL, 0);
        assert_int_equal(ky_deadline_progress(&p, &d, calendar, INT64_MAX), KY_ELIMIT);
        assert_int_equal(ky_deadline_when(&t, &d, calendar, INT64_MAX), KY_ELIMIT);
        assert_int_equal(ky_deadline_when(&t, &d, calendar, -1), KY_EINVAL);
    }
}

/* --- every day of ten years ----------------------------------------------------------------------------- */

/* Counted from the lists alone: does the n-th day since 1 January 2020 have work? */
struct days {
    int64_t begin;
    size_t n;
    bool *works; /* owned */
};

static struct days list_days(void)
{
    static struct ky_calendar_year y;
    struct days d = {.begin = day_at("2020-01-01")};
    d.n = (size_t)(day_at("2030-01-01") - d.begin);
    d.works = calloc(d.n, sizeof *d.works);
    assert_non_null(d.works);
    for (size_t i = 0; i < d.n; i++)
        d.works[i] = (i + 2) % 7 < 5; /* 1 January 2020 was a Wednesday */
    for (int year = 2020; year < 2030; year++) {
        if (year == 2026)
            load_2026(&y);
        else
            assert_int_equal(ky_calendar_propose(&y, year), KY_OK);
        for (size_t i = 0; i < y.n; i++)
            d.works[y.days[i].day - d.begin] = y.days[i].kind == KY_CALENDAR_MAKE_UP;
    }
    return d;
}

static void between_reception_and_deadline_lie_three_working_days(void **state)
{
    static const int64_t seconds[] = {0,     7 * KY_HOUR, 8 * KY_HOUR,     12 * KY_HOUR, 45000,
                                      61199, 61200,       61200 + KY_HOUR, 22 * KY_HOUR, KY_DAY - 1};
    struct days days = list_days();
    for (size_t i = 1; i + 40 < days.n; i++)
        for (size_t k = 0; k < KY_COUNT(seconds); k++) {
            ky_time received = ky_time_of_day_vn(days.begin + (int64_t)i) + seconds[k];
            struct ky_deadline d = reckon(three_days, received, NULL, 0);
            /* the day that counts, then three working days after it */
            size_t at = seconds[k] <= 17 * KY_HOUR ? i : i + 1;
            while (!days.works[at])
                at++;
            assert_int_equal(ky_time_day_vn(d.start) - days.begin, at);
            for (int n = 0; n < 3; n += days.works[at])
                at++;
            assert_true(d.due == ky_time_of_day_vn(days.begin + (int64_t)at) + 17 * KY_HOUR);
            assert_true(days.works[at]);
        }
    free(days.works);
}

static void later_reception_never_gives_an_earlier_deadline(void **state)
{
    ky_time due[2] = {0, 0}, start = 0;
    for (ky_time t = vn(BEGIN); t < vn(END); t += 2647) {
        struct ky_deadline days = reckon(three_days, t, NULL, 0), hours = reckon(twelve_hours, t, NULL, 0);
        assert_true(days.due >= due[0] && hours.due > due[1] && days.start >= start);
        assert_true(days.start >= t && days.due > days.start);
        due[0] = days.due;
        due[1] = hours.due;
        start = days.start;
    }
}

/* A working moment: some of the second before it is worked. */
static void deadlines_fall_into_working_hours(void **state)
{
    uint32_t seed = 3;
    for (ky_time t = vn(BEGIN); t < vn(END); t += 30011) {
        seed = seed * 1664525u + 1013904223u;
        const struct ky_pause pause = {t + (ky_time)(seed >> 15), t + (ky_time)(seed >> 15) + (seed >> 12)};
        ky_time due = reckon(three_days, t, NULL, 0).due, later = reckon(three_days, t, &pause, 1).due;
        assert_int_equal(work(due - 1, due), 1);
        assert_int_equal(work(later - 1, later), 1);
    }
}

static void stopping_adds_exactly_the_working_time_stopped(void **state)
{
    uint32_t seed = 5;
    for (ky_time t = vn(BEGIN); t < vn(END); t += 40009) {
        struct ky_pause pauses[3];
        ky_time at = t, stood_s = 0;
        for (size_t i = 0; i < KY_COUNT(pauses); i++) {
            seed = seed * 1664525u + 1013904223u;
            pauses[i].from = at + (ky_time)(seed >> 16);
            pauses[i].to = at = pauses[i].from + (ky_time)(seed % 400009);
            stood_s += work(pauses[i].from, pauses[i].to);
        }
        struct ky_deadline plain = reckon(three_days, t, NULL, 0), d = reckon(three_days, t, pauses, 3);
        assert_int_equal(work(plain.due, d.due), stood_s);
        assert_int_equal(d.total_s, plain.total_s);

        /* what was left when it stopped is left when it goes on */
        struct ky_pause open[3] = {pauses[0], pauses[1], {pauses[2].from, KY_TIME_NEVER}};
        struct ky_deadline stopped = reckon(three_days, t, open, 3);
        struct ky_progress before = progress(&stopped, pauses[2].to), after = progress(&d, pauses[2].to);
        assert_int_equal(before.left_s, after.left_s);
        assert_int_equal(before.late_s, after.late_s);
    }
}

static void what_is_used_grows_with_time_and_when_finds_it(void **state)
{
    for (ky_time t = vn(BEGIN); t < vn(END); t += 500009) {
        const struct ky_pause pause = {t + 50000, t + 150000};
        struct ky_deadline d = reckon(three_days, t, &pause, 1);
        int64_t at_first_s = progress(&d, d.since).used_s, used_s = at_first_s;
        for (ky_time now = d.since; now < d.due + 3 * KY_DAY; now += 7001) {
            struct ky_progress p = progress(&d, now);
            assert_true(p.used_s >= used_s && p.used_s - used_s <= 7001);
            assert_int_equal(p.used_s, d.total_s - p.left_s + p.late_s);
            assert_int_equal(p.overdue, now > d.due);
            used_s = p.used_s;
        }
        assert_true(when(&d, d.total_s) == d.due);
        for (int percent = 10; percent <= 130; percent += 40) {
            int64_t share_s = ky_deadline_share_s(&d, percent);
            ky_time reached = when(&d, share_s);
            if (share_s <= at_first_s) {
                assert_true(reached == d.since);
                continue;
            }
            assert_int_equal(progress(&d, reached).used_s, share_s);
            assert_int_equal(progress(&d, reached - 1).used_s, share_s - 1);
            assert_int_equal(progress(&d, reached).percent, percent);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_working_days_in_worked_examples),
        cmocka_unit_test(twelve_hours_run_day_and_night),
        cmocka_unit_test(it_says_whether_the_lists_are_confirmed),
        cmocka_unit_test(an_addition_stops_the_clock_and_what_was_left_is_left),
        cmocka_unit_test(stopping_twice_adds_both),
        cmocka_unit_test(a_stop_outside_working_hours_costs_nothing),
        cmocka_unit_test(stopping_does_not_undo_being_late),
        cmocka_unit_test(hours_stop_too),
        cmocka_unit_test(warnings_come_at_their_share),
        cmocka_unit_test(it_is_overdue_after_the_last_second),
        cmocka_unit_test(what_cannot_have_happened_is_refused),
        cmocka_unit_test(what_is_beyond_the_calendar_is_refused),
        cmocka_unit_test(between_reception_and_deadline_lie_three_working_days),
        cmocka_unit_test(later_reception_never_gives_an_earlier_deadline),
        cmocka_unit_test(deadlines_fall_into_working_hours),
        cmocka_unit_test(stopping_adds_exactly_the_working_time_stopped),
        cmocka_unit_test(what_is_used_grows_with_time_and_when_finds_it),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
