/* Deadlines in working days and in hours; see deadline.h. */
#include "domain/deadline.h"

/* Seconds of the limit's clock between two moments, and the moment so many of them later. */
struct clock {
    ky_rc (*between)(int64_t *out_s, const struct ky_calendar *c, ky_time from, ky_time to);
    ky_rc (*later)(ky_time *out, const struct ky_calendar *c, ky_time from, int64_t s);
    int64_t count_max;
};

static ky_rc wall_between(int64_t *out_s, const struct ky_calendar *c, ky_time from, ky_time to)
{
    KY_TRY(ky_calendar_check_time(c, from));
    KY_TRY(ky_calendar_check_time(c, to));
    if (to < from)
        return ky_fail(KY_EINVAL, "deadline: time backwards");
    *out_s = to - from;
    return KY_OK;
}

static ky_rc wall_later(ky_time *out, const struct ky_calendar *c, ky_time from, int64_t s)
{
    ky_time t;
    KY_TRY(ky_calendar_check_time(c, from));
    if (__builtin_add_overflow(from, s, &t))
        return ky_fail(KY_ELIMIT, "deadline: %lld seconds later is beyond the calendar", (long long)s);
    KY_TRY(ky_calendar_check_time(c, t));
    *out = t;
    return KY_OK;
}

static const struct clock clocks[] = {
    [KY_DEADLINE_WORKING_DAYS] = {ky_calendar_work, ky_calendar_add_work, KY_LIMIT_DAYS_MAX},
    [KY_DEADLINE_HOURS] = {wall_between, wall_later, KY_LIMIT_HOURS_MAX},
};

static const struct clock *clock_of(const struct ky_deadline *d)
{
    return &clocks[d->limit.unit];
}

static ky_rc check_limit(struct ky_limit limit)
{
    if ((size_t)limit.unit >= KY_COUNT(clocks))
        return ky_fail(KY_EINVAL, "deadline: no such unit %d", (int)limit.unit);
    int64_t max = clocks[limit.unit].count_max;
    if (limit.count < 1 || limit.count > max)
        return ky_fail(KY_EINVAL, "deadline: limit %lld is not in 1..%lld", (long long)limit.count,
                       (long long)max);
    return KY_OK;
}

static ky_rc check_pauses(ky_time received, const struct ky_pause *pauses, size_t n)
{
    ky_time before = received;
    for (size_t i = 0; i < n; i++) {
        bool open = pauses[i].to == KY_TIME_NEVER;
        if (pauses[i].from < before || pauses[i].to < pauses[i].from || (open && i + 1 < n))
            return ky_fail(KY_EINVAL, "deadline: pause %zu is out of order", i);
        before = pauses[i].to;
    }
    return KY_OK;
}

/* start, due and total without any pause. */
static ky_rc set_out(struct ky_deadline *d, const struct ky_calendar *c)
{
    if (d->limit.unit == KY_DEADLINE_HOURS) {
        d->start = d->received;
        KY_TRY(wall_later(&d->due, c, d->start, d->limit.count * KY_HOUR));
    } else {
        int64_t last;
        KY_TRY(ky_calendar_open(&d->start, c, d->received));
        KY_TRY(ky_calendar_add_days(&last, c, ky_time_day_vn(d->start), d->limit.count));
        KY_TRY(ky_calendar_closing(&d->due, c, last));
    }
    d->since = d->start;
    d->stopped = KY_TIME_NEVER;
    return clock_of(d)->between(&d->total_s, c, d->start, d->due);
}

static ky_rc put_off(struct ky_deadline *d, const struct ky_calendar *c, const struct ky_pause *pause)
{
    int64_t stood_s;
    if (pause->to == KY_TIME_NEVER) {
        KY_TRY(ky_calendar_check_time(c, pause->from));
        d->stopped = pause->from;
        return KY_OK;
    }
    KY_TRY(clock_of(d)->between(&stood_s, c, pause->from, pause->to));
    KY_TRY(clock_of(d)->later(&d->due, c, d->due, stood_s));
    d->since = pause->to > d->start ? pause->to : d->start;
    return KY_OK;
}

ky_rc ky_deadline_reckon(struct ky_deadline *out, const struct ky_calendar *c, struct ky_limit limit,
                         ky_time received, const struct ky_pause *pauses, size_t n)
{
    struct ky_deadline d = {.limit = limit, .received = received};
    KY_TRY(check_limit(limit));
    KY_TRY(check_pauses(received, pauses, n));
    KY_TRY(set_out(&d, c));
    for (size_t i = 0; i < n; i++)
        KY_TRY(put_off(&d, c, &pauses[i]));
    KY_TRY(ky_calendar_confirmed(&d.confirmed, c, ky_time_day_vn(received), ky_time_day_vn(d.due)));
    *out = d;
    return KY_OK;
}

ky_rc ky_deadline_progress(struct ky_progress *out, const struct ky_deadline *d, const struct ky_calendar *c,
                           ky_time now)
{
    struct ky_progress p = {0};
    ky_time at = d->stopped < now ? d->stopped : now;
    at = at < d->since ? d->since : at;
    p.overdue = at > d->due;
    if (p.overdue)
        KY_TRY(clock_of(d)->between(&p.late_s, c, d->due, at));
    else
        KY_TRY(clock_of(d)->between(&p.left_s, c, at, d->due));
    p.used_s = d->total_s - p.left_s + p.late_s;
    p.percent = (int)(p.used_s * 100 / d->total_s);
    *out = p;
    return KY_OK;
}

ky_rc ky_deadline_when(ky_time *out, const struct ky_deadline *d, const struct ky_calendar *c, int64_t used_s)
{
    struct ky_progress then;
    ky_time t = d->since;
    if (used_s < 0)
        return ky_fail(KY_EINVAL, "deadline: %lld seconds used", (long long)used_s);
    KY_TRY(ky_deadline_progress(&then, d, c, d->since));
    if (used_s > then.used_s)
        KY_TRY(clock_of(d)->later(&t, c, d->since, used_s - then.used_s));
    *out = t > d->stopped ? KY_TIME_NEVER : t;
    return KY_OK;
}

int64_t ky_deadline_share_s(const struct ky_deadline *d, int percent)
{
    return (d->total_s * percent + 99) / 100;
}
