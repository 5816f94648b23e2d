/*
 * The clocks of a dossier: when it counts as received, when the answer is due,
 * how much of the limit is used, and what stopping for an addition does. All
 * of it follows from what happened (received, stopped, resumed) and from the
 * calendar, so it is reckoned anew whenever a year's list is confirmed.
 */
#ifndef KY_DOMAIN_DEADLINE_H
#define KY_DOMAIN_DEADLINE_H

#include "domain/calendar.h"

#define KY_LIMIT_DAYS_MAX 366
#define KY_LIMIT_HOURS_MAX (366 * 24)

typedef enum ky_deadline_unit {
    KY_DEADLINE_WORKING_DAYS, /* its clock runs in working hours only */
    KY_DEADLINE_HOURS,        /* of the clock on the wall, day and night */
} ky_deadline_unit;

struct ky_limit {
    ky_deadline_unit unit;
    int64_t count; /* 1..KY_LIMIT_DAYS_MAX or 1..KY_LIMIT_HOURS_MAX */
};

/* The clock stood from one moment to another; to is KY_TIME_NEVER while it still does. */
struct ky_pause {
    ky_time from, to;
};

struct ky_deadline {
    struct ky_limit limit;
    ky_time received; /* as it came in */
    ky_time start;    /* counts as received: the first working moment; in hours: received */
    ky_time due;      /* late after this moment; while stopped: as if resumed at once */
    ky_time since;    /* runs since: start, or the last time it was resumed */
    ky_time stopped;  /* KY_TIME_NEVER: it runs */
    int64_t total_s;  /* the whole limit in seconds of its clock (working seconds, seconds) */
    bool confirmed;   /* every year from received to due has a confirmed list */
};

/*
 * ky_deadline_reckon — the clock of a dossier.
 *
 * In working days: a dossier of after hours or a day off counts from the next working morning; the day of reception is
 * not counted (BLDS 2015 Đ.147.2, 147.3); due at the end of working hours of the last day, as nobody answers later on
 * that day (Đ.148.1 would give midnight). Days off do not count, so the last day never is one (Đ.148.5).
 * In hours: from the moment itself (Đ.147.1), every hour counting.
 * A pause puts due off by exactly the seconds of that clock in it; what was left is left.
 *
 * Shapes:  pauses  in order, none before received; the last one may be open
 * Errors:  KY_EINVAL  a limit out of range; pauses out of order, overlapping, or open before the last
 *          KY_ELIMIT  something lies outside the calendar's years
 * Example: tests/unit/domain/test_deadline.c
 */
ky_rc ky_deadline_reckon(struct ky_deadline *out, const struct ky_calendar *c, struct ky_limit limit,
                         ky_time received, const struct ky_pause *pauses, size_t n);

/* Seconds are those of the limit's clock. */
struct ky_progress {
    int64_t used_s; /* more than total_s when late */
    int64_t left_s; /* 0 when due or late */
    int64_t late_s; /* working time since due; 0 in the night after it, though overdue */
    int percent;    /* used of total, rounded down: 100 is due, more is late */
    bool overdue;   /* now, or the moment it was stopped, is after due */
};
/* How far the clock is. A time before the clock last began to run is taken for that moment. KY_ELIMIT as above. */
ky_rc ky_deadline_progress(struct ky_progress *out, const struct ky_deadline *d, const struct ky_calendar *c,
                           ky_time now);

/*
 * When so many seconds of the limit are (or were) used, if nothing stops the clock: for warnings and for what happens
 * by itself. Used up before the clock last began to run: that moment. Stopped before: KY_TIME_NEVER.
 * KY_EINVAL: less than 0.
 */
ky_rc ky_deadline_when(ky_time *out, const struct ky_deadline *d, const struct ky_calendar *c,
                       int64_t used_s);
/* Seconds that make a share of the limit, rounded up; percent 0..1000. */
int64_t ky_deadline_share_s(const struct ky_deadline *d, int percent);

#endif
