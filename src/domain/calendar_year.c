/* The Labour Code's days off as a rule; see calendar_year.h. */
#include "domain/calendar_year.h"

#include <stdio.h>

#define TET_DAYS 5
#define NATIONAL_DAYS 2

const struct ky_work_hours ky_work_hours_default = {
    .span = {{8 * KY_HOUR, 12 * KY_HOUR}, {13 * KY_HOUR, 17 * KY_HOUR}},
    .n = 2,
};

static const struct {
    int month, day;
    const char *name;
} fixed_days[] = {
    {1, 1, "Tết Dương lịch"},
    {4, 30, "Ngày Chiến thắng"},
    {5, 1, "Ngày Quốc tế lao động"},
};

/*
 * How many of the days lie before the feast, by its weekday from Sunday. As few as possible fall on a weekly rest day;
 * where that is even, Tết has two before it and 2 September the neighbour on the side of the nearer weekend.
 */
static const int tet_days_before[7] = {2, 1, 1, 2, 2, 2, 2};
static const int national_days_before[7] = {0, 0, 1, 1, 0, 1, 1};

bool ky_calendar_weekly_rest(int64_t day)
{
    int weekday = ky_day_weekday(day);
    return weekday == 0 || weekday == 6;
}

/* Place of the first entry that is not before the day. */
static size_t place_of(const struct ky_calendar_year *y, int64_t day)
{
    size_t low = 0, high = y->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (y->days[middle].day < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct ky_calendar_day *ky_calendar_year_find(const struct ky_calendar_year *y, int64_t day)
{
    size_t i = place_of(y, day);
    return i < y->n && y->days[i].day == day ? &y->days[i] : NULL;
}

bool ky_calendar_year_works(const struct ky_calendar_year *y, int64_t day)
{
    const struct ky_calendar_day *entry = ky_calendar_year_find(y, day);
    return entry != NULL ? entry->kind == KY_CALENDAR_MAKE_UP : !ky_calendar_weekly_rest(day);
}

/* A day that is off already stays as it is: the law gives none for two feasts on one day. */
static void add_off(struct ky_calendar_year *y, int64_t day, const char *prefix, const char *name)
{
    size_t i = place_of(y, day);
    if (y->n == KY_CALENDAR_DAYS_MAX || (i < y->n && y->days[i].day == day))
        return;
    memmove(&y->days[i + 1], &y->days[i], (y->n - i) * sizeof y->days[0]);
    y->days[i] = (struct ky_calendar_day){.day = day, .kind = KY_CALENDAR_OFF};
    snprintf(y->days[i].name, sizeof y->days[i].name, "%s%s", prefix, name);
    y->n++;
}

/* So many days, beginning `before` the feast as its weekday says. */
static void add_feast(struct ky_calendar_year *y, int64_t day, int count, const int before[7],
                      const char *name)
{
    int64_t first = day - before[ky_day_weekday(day)];
    for (int i = 0; i < count; i++)
        add_off(y, first + i, "", name);
}

static ky_rc add_holidays(struct ky_calendar_year *y)
{
    int64_t day;
    for (size_t i = 0; i < KY_COUNT(fixed_days); i++) {
        KY_TRY(ky_day_join(&day, y->year, fixed_days[i].month, fixed_days[i].day));
        add_off(y, day, "", fixed_days[i].name);
    }
    KY_TRY(ky_lunar_to_day(&day, &(struct ky_lunar){.year = y->year, .month = 1, .day = 1}));
    add_feast(y, day, TET_DAYS, tet_days_before, "Tết Âm lịch");
    KY_TRY(ky_lunar_to_day(&day, &(struct ky_lunar){.year = y->year, .month = 3, .day = 10}));
    add_off(y, day, "", "Giỗ Tổ Hùng Vương");
    KY_TRY(ky_day_join(&day, y->year, 9, 2));
    add_feast(y, day, NATIONAL_DAYS, national_days_before, "Quốc khánh");
    return KY_OK;
}

/* Đ.111.3, from the earliest holiday on: each takes the first working day that none has taken. */
static void add_substitutes(struct ky_calendar_year *y)
{
    const struct ky_calendar_year holidays = *y;
    for (size_t i = 0; i < holidays.n; i++) {
        int64_t day = holidays.days[i].day;
        if (!ky_calendar_weekly_rest(day))
            continue;
        while (!ky_calendar_year_works(y, day))
            day++;
        add_off(y, day, "Nghỉ bù ", holidays.days[i].name);
    }
}

ky_rc ky_calendar_propose(struct ky_calendar_year *out, int year)
{
    if (year < KY_CALENDAR_YEAR_MIN || year > KY_CALENDAR_YEAR_MAX)
        return ky_fail(KY_ELIMIT, "calendar: year %d is not in %d..%d", year, KY_CALENDAR_YEAR_MIN,
                       KY_CALENDAR_YEAR_MAX);
    *out = (struct ky_calendar_year){
        .year = year, .source = "Bộ luật Lao động 2019, Điều 111 và 112", .hours = ky_work_hours_default};
    KY_TRY(add_holidays(out));
    add_substitutes(out);
    return KY_OK;
}

static ky_rc check_hours(const struct ky_work_hours *h)
{
    if (h->n < 1 || h->n > KY_WORK_SPANS_MAX)
        return ky_fail(KY_EINVAL, "working hours: %zu spans, must be 1..%d", h->n, KY_WORK_SPANS_MAX);
    int64_t free_from = 0;
    for (size_t i = 0; i < h->n; i++) {
        bool in_order = h->span[i].from_s >= free_from && h->span[i].to_s > h->span[i].from_s;
        if (!in_order || h->span[i].to_s >= KY_DAY)
            return ky_fail(KY_EINVAL, "working hours: span %zu is not later than the one before it", i);
        free_from = h->span[i].to_s + 1;
    }
    return KY_OK;
}

static ky_rc check_day(const struct ky_calendar_year *y, size_t i)
{
    const struct ky_calendar_day *d = &y->days[i];
    char text[KY_DAY_TEXT_MAX];
    int64_t first, end;
    KY_TRY(ky_day_join(&first, y->year, 1, 1));
    KY_TRY(ky_day_join(&end, y->year + 1, 1, 1));
    if (d->day < first || d->day >= end)
        return ky_fail(KY_EINVAL, "calendar %d: entry %zu is of another year", y->year, i);
    ky_day_text(text, d->day);
    if (i > 0 && d->day <= y->days[i - 1].day)
        return ky_fail(KY_EINVAL, "calendar %d: %s stands after a later day, or twice", y->year, text);
    if (d->kind == KY_CALENDAR_MAKE_UP && !ky_calendar_weekly_rest(d->day))
        return ky_fail(KY_EINVAL, "calendar %d: make-up day %s is no Saturday or Sunday", y->year, text);
    return KY_OK;
}

ky_rc ky_calendar_year_check(const struct ky_calendar_year *y)
{
    if (y->year < KY_CALENDAR_YEAR_MIN || y->year > KY_CALENDAR_YEAR_MAX || y->n > KY_CALENDAR_DAYS_MAX)
        return ky_fail(KY_EINVAL, "calendar: no list for a year %d with %zu days", y->year, y->n);
    KY_TRY(ky_context(check_hours(&y->hours), "calendar %d", y->year));
    for (size_t i = 0; i < y->n; i++)
        KY_TRY(check_day(y, i));
    return KY_OK;
}
