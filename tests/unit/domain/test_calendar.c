/* domain/calendar: years put together, and working time against a count of single minutes. */
#include "calendar.h"

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

static void a_confirmed_list_overrides_the_proposal(void **state)
{
    struct ky_calendar_status s;
    assert_int_equal(ky_calendar_day_status(&s, calendar, day_at("2026-01-10")), KY_OK);
    assert_true(s.working && s.confirmed);
    assert_int_equal(s.entry->kind, KY_CALENDAR_MAKE_UP);
    assert_string_equal(s.entry->name, "Làm bù cho thứ Sáu 02/01/2026");
    assert_int_equal(ky_calendar_day_status(&s, calendar, day_at("2026-08-31")), KY_OK);
    assert_false(s.working);
    assert_int_equal(ky_calendar_day_status(&s, calendar, day_at("2026-08-30")), KY_OK);
    assert_true(!s.working && s.entry == NULL);
}

static void a_year_without_a_list_is_proposed_and_says_so(void **state)
{
    struct ky_calendar_status s;
    bool confirmed;
    assert_int_equal(ky_calendar_day_status(&s, calendar, day_at("2027-01-01")), KY_OK);
    assert_true(!s.working && !s.confirmed);
    assert_string_equal(s.entry->name, "Tết Dương lịch");
    assert_int_equal(s.hours->n, 2);
    assert_int_equal(ky_calendar_confirmed(&confirmed, calendar, day_at("2026-01-01"), day_at("2026-12-31")),
                     KY_OK);
    assert_true(confirmed);
    assert_int_equal(ky_calendar_confirmed(&confirmed, calendar, day_at("2026-12-31"), day_at("2027-01-01")),
                     KY_OK);
    assert_false(confirmed);
}

static void years_that_do_not_fit_are_refused(void **state)
{
    static struct ky_calendar_year lists[2];
    struct ky_calendar *c = NULL;
    assert_int_equal(ky_calendar_new(&c, NULL, 0, 2027, 2026), KY_EINVAL);
    assert_int_equal(ky_calendar_new(&c, NULL, 0, 1899, 2026), KY_ELIMIT);
    assert_int_equal(ky_calendar_new(&c, NULL, 0, 2026, 2200), KY_ELIMIT);
    assert_int_equal(ky_calendar_new(&c, NULL, 0, INT32_MIN, INT32_MAX), KY_ELIMIT);
    load_2026(&lists[0]);
    lists[1] = lists[0];
    assert_int_equal(ky_calendar_new(&c, lists, 2, 2025, 2027), KY_EEXIST);
    assert_int_equal(ky_calendar_new(&c, lists, 1, 2027, 2028), KY_ELIMIT);
    lists[0].days[1] = lists[0].days[0];
    assert_int_equal(ky_calendar_new(&c, lists, 1, 2025, 2027), KY_EINVAL);
    assert_null(c);
    assert_int_equal(ky_calendar_new(&c, &lists[1], 1, 2026, 2026), KY_OK);
    ky_calendar_free(c);
    ky_calendar_free(NULL);
}

static void working_days_are_counted_over_holidays(void **state)
{
    static const struct {
        const char *from;
        int64_t n;
        const char *want;
    } cases[] = {
        {"2026-03-05", 0, "2026-03-05"}, {"2026-03-05", 1, "2026-03-06"}, {"2026-03-05", 3, "2026-03-10"},
        {"2026-03-07", 0, "2026-03-09"}, {"2026-03-07", 1, "2026-03-09"}, {"2026-02-13", 1, "2026-02-23"},
        {"2026-02-14", 0, "2026-02-23"}, {"2026-08-21", 1, "2026-08-22"}, {"2026-08-22", 0, "2026-08-22"},
        {"2026-12-31", 1, "2027-01-04"}, {"2025-12-31", 1, "2026-01-05"},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        int64_t day;
        assert_int_equal(ky_calendar_add_days(&day, calendar, day_at(cases[i].from), cases[i].n), KY_OK);
        assert_int_equal(day, day_at(cases[i].want));
    }
}

static void the_office_opens_at_the_next_working_moment(void **state)
{
    static const char *const cases[][2] = {
        {"2026-03-05 06:00", "2026-03-05 08:00"},       {"2026-03-05 08:00", "2026-03-05 08:00"},
        {"2026-03-05 11:59:59", "2026-03-05 11:59:59"}, {"2026-03-05 12:00", "2026-03-05 12:00"},
        {"2026-03-05 12:00:01", "2026-03-05 13:00"},    {"2026-03-05 17:00", "2026-03-05 17:00"},
        {"2026-03-05 17:00:01", "2026-03-06 08:00"},    {"2026-03-06 23:59:59", "2026-03-09 08:00"},
        {"2026-02-13 17:30", "2026-02-23 08:00"},       {"2026-08-21 18:00", "2026-08-22 08:00"},
        {"2026-12-31 20:00", "2027-01-04 08:00"},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_time t;
        assert_int_equal(ky_calendar_open(&t, calendar, vn(cases[i][0])), KY_OK);
        assert_vn(t, cases[i][1]);
    }
}

static void work_ends_with_the_last_span(void **state)
{
    ky_time t;
    assert_int_equal(ky_calendar_closing(&t, calendar, day_at("2026-03-05")), KY_OK);
    assert_vn(t, "2026-03-05 17:00");
    assert_int_equal(ky_calendar_closing(&t, calendar, day_at("2026-03-07")), KY_EINVAL);
}

/* Hours are a list's own: here two years of other hours, and the boundary between them. */
static void each_year_has_its_own_hours(void **state)
{
    static struct ky_calendar_year lists[2];
    struct ky_calendar *c;
    ky_time t;
    int64_t work_s;
    assert_int_equal(ky_calendar_propose(&lists[0], 2024), KY_OK);
    assert_int_equal(ky_calendar_propose(&lists[1], 2025), KY_OK);
    lists[0].hours = (struct ky_work_hours){{{7 * KY_HOUR, 11 * KY_HOUR}, {13 * KY_HOUR, 17 * KY_HOUR}}, 2};
    lists[1].hours = (struct ky_work_hours){{{9 * KY_HOUR, 15 * KY_HOUR}}, 1};
    assert_int_equal(ky_calendar_new(&c, lists, 2, 2024, 2025), KY_OK);
    assert_int_equal(ky_calendar_open(&t, c, vn("2024-12-31 06:00")), KY_OK);
    assert_vn(t, "2024-12-31 07:00");
    assert_int_equal(ky_calendar_open(&t, c, vn("2024-12-31 17:30")), KY_OK);
    assert_vn(t, "2025-01-02 09:00");
    assert_int_equal(ky_calendar_work(&work_s, c, vn("2024-12-31 10:00"), vn("2025-01-02 10:00")), KY_OK);
    assert_int_equal(work_s, 6 * KY_HOUR);
    ky_calendar_free(c);
}

/* Minutes worked before each minute of the ten years, counted one by one from the lists alone. */
#define MINUTES_PER_DAY 1440
struct count {
    int64_t begin;   /* day */
    int64_t minutes; /* in all */
    int32_t *before; /* owned; minutes + 1 */
};

static bool works_on(int64_t day, const struct ky_calendar_year *y, int weekday)
{
    for (size_t i = 0; i < y->n; i++)
        if (y->days[i].day == day)
            return y->days[i].kind == KY_CALENDAR_MAKE_UP;
    return weekday >= 1 && weekday <= 5;
}

static struct count count_minutes(void)
{
    static struct ky_calendar_year y;
    struct count c = {.begin = day_at("2020-01-01")};
    int64_t days = day_at("2030-01-01") - c.begin;
    c.minutes = days * MINUTES_PER_DAY;
    c.before = calloc((size_t)c.minutes + 1, sizeof *c.before);
    assert_non_null(c.before);
    int weekday = 3; /* 1 January 2020 was a Wednesday */
    for (int64_t d = 0; d < days; d++, weekday = (weekday + 1) % 7) {
        int year = ky_time_split((c.begin + d) * KY_DAY).year;
        if (year != y.year && year == 2026)
            load_2026(&y);
        else if (year != y.year)
            assert_int_equal(ky_calendar_propose(&y, year), KY_OK);
        bool works = works_on(c.begin + d, &y, weekday);
        for (int64_t m = 0; m < MINUTES_PER_DAY; m++) {
            bool at_work = works && ((m >= 480 && m < 720) || (m >= 780 && m < 1020));
            int64_t i = d * MINUTES_PER_DAY + m;
            c.before[i + 1] = c.before[i] + at_work;
        }
    }
    return c;
}

static ky_time minute_of(const struct count *c, int64_t i)
{
    return ky_time_of_day_vn(c->begin) + i * KY_MINUTE;
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 4;
}

static void working_time_is_the_count_of_its_minutes(void **state)
{
    struct count c = count_minutes();
    uint32_t seed = 7;
    for (int n = 0; n < 3000; n++) {
        int64_t a = next_random(&seed) % (c.minutes - 1),
                span = n % 3 == 0 ? c.minutes : 20 * MINUTES_PER_DAY;
        int64_t b = a + next_random(&seed) % span, work_s;
        b = b < c.minutes ? b : c.minutes - 1;
        assert_int_equal(ky_calendar_work(&work_s, calendar, minute_of(&c, a), minute_of(&c, b)), KY_OK);
        assert_int_equal(work_s, KY_MINUTE * (c.before[b] - c.before[a]));
    }
    free(c.before);
}

/* The first moment by which it is worked: a minute earlier it was not. */
static void added_work_ends_at_the_first_such_moment(void **state)
{
    struct count c = count_minutes();
    uint32_t seed = 11;
    for (int n = 0; n < 20000; n++) {
        int64_t a = next_random(&seed) % (c.minutes - 60 * MINUTES_PER_DAY);
        int64_t work = 1 + next_random(&seed) % (12 * 480);
        ky_time t;
        assert_int_equal(ky_calendar_add_work(&t, calendar, minute_of(&c, a), work * KY_MINUTE), KY_OK);
        int64_t b = (t - minute_of(&c, 0)) / KY_MINUTE;
        assert_true(t == minute_of(&c, b));
        assert_int_equal(c.before[b] - c.before[a], work);
        assert_int_equal(c.before[b - 1] - c.before[a], work - 1);
    }
    free(c.before);
}

static void no_work_takes_no_time(void **state)
{
    ky_time t, night = vn("2026-03-07 03:00");
    assert_int_equal(ky_calendar_add_work(&t, calendar, night, 0), KY_OK);
    assert_true(t == night);
    assert_int_equal(ky_calendar_add_work(&t, calendar, night, 1), KY_OK);
    assert_vn(t, "2026-03-09 08:00:01");
}

static void what_lies_outside_the_years_is_refused(void **state)
{
    static const ky_time moments[] = {INT64_MIN, INT64_MIN + 1, -1, INT64_MAX - 1, INT64_MAX};
    const ky_time inside = vn("2026-03-05 10:00"), first = vn("2020-01-01 00:00"),
                  last = vn("2029-12-31 23:59:59");
    struct ky_calendar_status s;
    bool confirmed;
    int64_t out = 77;
    for (size_t i = 0; i < KY_COUNT(moments); i++) {
        assert_int_equal(ky_calendar_check_time(calendar, moments[i]), KY_ELIMIT);
        assert_int_equal(ky_calendar_open(&out, calendar, moments[i]), KY_ELIMIT);
        assert_int_equal(ky_calendar_work(&out, calendar, moments[i], inside), KY_ELIMIT);
        assert_int_equal(ky_calendar_work(&out, calendar, inside, moments[i]), KY_ELIMIT);
        assert_int_equal(ky_calendar_add_work(&out, calendar, moments[i], 1), KY_ELIMIT);
        assert_int_equal(ky_calendar_add_days(&out, calendar, moments[i], 1), KY_ELIMIT);
        assert_int_equal(ky_calendar_closing(&out, calendar, moments[i]), KY_ELIMIT);
        assert_int_equal(ky_calendar_day_status(&s, calendar, moments[i]), KY_ELIMIT);
        assert_int_equal(ky_calendar_confirmed(&confirmed, calendar, moments[i], moments[i]), KY_ELIMIT);
    }
    assert_int_equal(ky_calendar_check_time(calendar, first), KY_OK);
    assert_int_equal(ky_calendar_check_time(calendar, first - 1), KY_ELIMIT);
    assert_int_equal(ky_calendar_check_time(calendar, last), KY_OK);
    assert_int_equal(ky_calendar_check_time(calendar, last + 1), KY_ELIMIT);
    assert_int_equal(ky_calendar_open(&out, calendar, last), KY_ELIMIT);
    assert_int_equal(ky_calendar_add_work(&out, calendar, inside, INT64_MAX), KY_ELIMIT);
    assert_int_equal(ky_calendar_add_work(&out, calendar, inside, 4000 * KY_HOUR * 8), KY_ELIMIT);
    assert_int_equal(ky_calendar_add_days(&out, calendar, day_at("2026-03-05"), INT64_MAX), KY_ELIMIT);
    assert_int_equal(ky_calendar_add_days(&out, calendar, day_at("2026-03-05"), -1), KY_EINVAL);
    assert_int_equal(ky_calendar_add_work(&out, calendar, inside, -1), KY_EINVAL);
    assert_int_equal(ky_calendar_work(&out, calendar, inside, inside - 1), KY_EINVAL);
    assert_int_equal(out, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_confirmed_list_overrides_the_proposal),
        cmocka_unit_test(a_year_without_a_list_is_proposed_and_says_so),
        cmocka_unit_test(years_that_do_not_fit_are_refused),
        cmocka_unit_test(working_days_are_counted_over_holidays),
        cmocka_unit_test(the_office_opens_at_the_next_working_moment),
        cmocka_unit_test(work_ends_with_the_last_span),
        cmocka_unit_test(each_year_has_its_own_hours),
        cmocka_unit_test(working_time_is_the_count_of_its_minutes),
        cmocka_unit_test(added_work_ends_at_the_first_such_moment),
        cmocka_unit_test(no_work_takes_no_time),
        cmocka_unit_test(what_lies_outside_the_years_is_refused),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
