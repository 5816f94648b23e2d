/* Working days and working seconds over years; see calendar.h. */
#include "domain/calendar.h"

#include <stdlib.h>

struct year {
    struct ky_calendar_year list;
    bool confirmed;
};

struct ky_calendar {
    int first, last;
    int64_t begin, end; /* days: [begin, end) */
    struct year *years; /* owned; last − first + 1 */
};

/* A moment at +07:00. */
struct moment {
    int64_t day, second;
};

void ky_calendar_free(struct ky_calendar *c)
{
    if (c == NULL)
        return;
    free(c->years);
    free(c);
}

static ky_rc put_confirmed(struct ky_calendar *c, const struct ky_calendar_year *list)
{
    KY_TRY(ky_calendar_year_check(list));
    if (list->year < c->first || list->year > c->last)
        return ky_fail(KY_ELIMIT, "calendar: a list for %d, which is not in %d..%d", list->year, c->first,
                       c->last);
    struct year *y = &c->years[list->year - c->first];
    if (y->confirmed)
        return ky_fail(KY_EEXIST, "calendar: two lists for %d", list->year);
    *y = (struct year){.list = *list, .confirmed = true};
    return KY_OK;
}

static ky_rc check_years(int first, int last)
{
    if (first > last)
        return ky_fail(KY_EINVAL, "calendar: %d..%d is no run of years", first, last);
    if (first < KY_CALENDAR_YEAR_MIN || last > KY_CALENDAR_YEAR_MAX)
        return ky_fail(KY_ELIMIT, "calendar: %d..%d is not in %d..%d", first, last, KY_CALENDAR_YEAR_MIN,
                       KY_CALENDAR_YEAR_MAX);
    return KY_OK;
}

ky_rc ky_calendar_new(struct ky_calendar **out, const struct ky_calendar_year *confirmed, size_t n, int first,
                      int last)
{
    KY_TRY(check_years(first, last));
    size_t count = (size_t)(last - first) + 1;
    ky_auto_calendar c = calloc(1, sizeof *c);
    if (c == NULL || (c->years = calloc(count, sizeof *c->years)) == NULL)
        return ky_fail(KY_ENOMEM, "calendar");
    c->first = first;
    c->last = last;
    KY_TRY(ky_day_join(&c->begin, first, 1, 1));
    KY_TRY(ky_day_join(&c->end, last + 1, 1, 1));
    for (size_t i = 0; i < n; i++)
        KY_TRY(put_confirmed(c, &confirmed[i]));
    for (size_t i = 0; i < count; i++)
        if (!c->years[i].confirmed)
            KY_TRY(ky_calendar_propose(&c->years[i].list, first + (int)i));
    *out = KY_STEAL(c);
    return KY_OK;
}

static ky_rc check_day(const struct ky_calendar *c, int64_t day)
{
    if (day < c->begin || day >= c->end)
        return ky_fail(KY_ELIMIT, "calendar: day %lld is not in %d..%d", (long long)day, c->first, c->last);
    return KY_OK;
}

ky_rc ky_calendar_check_time(const struct ky_calendar *c, ky_time t)
{
    return check_day(c, ky_time_day_vn(t));
}

static ky_rc split(struct moment *out, const struct ky_calendar *c, ky_time t)
{
    KY_TRY(ky_calendar_check_time(c, t));
    int64_t day = ky_time_day_vn(t);
    *out = (struct moment){.day = day, .second = t - ky_time_of_day_vn(day)};
    return KY_OK;
}

static const struct year *year_of(const struct ky_calendar *c, int64_t day)
{
    return &c->years[ky_time_split(day * KY_DAY).year - c->first];
}

/* Hours of a day of the calendar; NULL when nobody works. */
static const struct ky_work_hours *hours_of(const struct ky_calendar *c, int64_t day)
{
    const struct ky_calendar_year *list = &year_of(c, day)->list;
    return ky_calendar_year_works(list, day) ? &list->hours : NULL;
}

ky_rc ky_calendar_day_status(struct ky_calendar_status *out, const struct ky_calendar *c, int64_t day)
{
    KY_TRY(check_day(c, day));
    const struct year *y = year_of(c, day);
    *out = (struct ky_calendar_status){
        .working = ky_calendar_year_works(&y->list, day),
        .confirmed = y->confirmed,
        .entry = ky_calendar_year_find(&y->list, day),
        .hours = &y->list.hours,
    };
    return KY_OK;
}

ky_rc ky_calendar_confirmed(bool *out, const struct ky_calendar *c, int64_t from, int64_t to)
{
    KY_TRY(check_day(c, from));
    KY_TRY(check_day(c, to));
    bool all = true;
    for (const struct year *y = year_of(c, from); y <= year_of(c, to); y++)
        all = all && y->confirmed;
    *out = all;
    return KY_OK;
}

ky_rc ky_calendar_add_days(int64_t *out, const struct ky_calendar *c, int64_t day, int64_t n)
{
    if (n < 0)
        return ky_fail(KY_EINVAL, "calendar: %lld working days later", (long long)n);
    KY_TRY(check_day(c, day));
    while (n > 0 || hours_of(c, day) == NULL) {
        day++;
        KY_TRY(check_day(c, day));
        n -= n > 0 && hours_of(c, day) != NULL;
    }
    *out = day;
    return KY_OK;
}

ky_rc ky_calendar_closing(ky_time *out, const struct ky_calendar *c, int64_t day)
{
    KY_TRY(check_day(c, day));
    const struct ky_work_hours *h = hours_of(c, day);
    if (h == NULL)
        return ky_fail(KY_EINVAL, "calendar: day %lld is off", (long long)day);
    *out = ky_time_of_day_vn(day) + h->span[h->n - 1].to_s;
    return KY_OK;
}

/* The first working second of a day not before the given one; −1: none any more. */
static int64_t opening(const struct ky_work_hours *h, int64_t second)
{
    for (size_t i = 0; h != NULL && i < h->n; i++)
        if (second <= h->span[i].to_s)
            return second < h->span[i].from_s ? h->span[i].from_s : second;
    return -1;
}

ky_rc ky_calendar_open(ky_time *out, const struct ky_calendar *c, ky_time t)
{
    struct moment at;
    KY_TRY(split(&at, c, t));
    int64_t second = opening(hours_of(c, at.day), at.second);
    while (second < 0) {
        at.day++;
        KY_TRY(check_day(c, at.day));
        second = opening(hours_of(c, at.day), 0);
    }
    *out = ky_time_of_day_vn(at.day) + second;
    return KY_OK;
}

/* Working seconds of a day before the given one; all of them: KY_DAY. */
static int64_t worked(const struct ky_work_hours *h, int64_t second)
{
    int64_t sum = 0;
    for (size_t i = 0; h != NULL && i < h->n; i++) {
        int64_t end = second < h->span[i].to_s ? second : h->span[i].to_s;
        sum += end > h->span[i].from_s ? end - h->span[i].from_s : 0;
    }
    return sum;
}

/* The second of the day by which so much is worked, more than 0 and not more than the whole day. */
static int64_t second_when(const struct ky_work_hours *h, int64_t work_s)
{
    size_t i = 0;
    for (; work_s > h->span[i].to_s - h->span[i].from_s; i++)
        work_s -= h->span[i].to_s - h->span[i].from_s;
    return h->span[i].from_s + work_s;
}

ky_rc ky_calendar_work(int64_t *out_s, const struct ky_calendar *c, ky_time from, ky_time to)
{
    struct moment a, b;
    KY_TRY(split(&a, c, from));
    KY_TRY(split(&b, c, to));
    if (to < from)
        return ky_fail(KY_EINVAL, "calendar: working time backwards");
    int64_t sum = worked(hours_of(c, b.day), b.second) - worked(hours_of(c, a.day), a.second);
    for (int64_t day = a.day; day < b.day; day++)
        sum += worked(hours_of(c, day), KY_DAY);
    *out_s = sum;
    return KY_OK;
}

ky_rc ky_calendar_add_work(ky_time *out, const struct ky_calendar *c, ky_time from, int64_t work_s)
{
    struct moment at;
    KY_TRY(split(&at, c, from));
    if (work_s < 0)
        return ky_fail(KY_EINVAL, "calendar: %lld working seconds later", (long long)work_s);
    if (work_s > (c->end - c->begin) * KY_DAY)
        return ky_fail(KY_ELIMIT, "calendar: %lld working seconds are beyond %d", (long long)work_s, c->last);
    if (work_s == 0) {
        *out = from;
        return KY_OK;
    }
    int64_t left = work_s + worked(hours_of(c, at.day), at.second);
    int64_t whole = worked(hours_of(c, at.day), KY_DAY);
    while (left > whole) {
        left -= whole;
        at.day++;
        KY_TRY(check_day(c, at.day));
        whole = worked(hours_of(c, at.day), KY_DAY);
    }
    *out = ky_time_of_day_vn(at.day) + second_when(hours_of(c, at.day), left);
    return KY_OK;
}
