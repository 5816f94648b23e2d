/*
 * The working calendar: which days people work and at which hours, over a run
 * of years, and arithmetic in working days and working seconds. Everything is
 * at +07:00; times are ky_time, days are numbers since 1970-01-01.
 */
#ifndef KY_DOMAIN_CALENDAR_H
#define KY_DOMAIN_CALENDAR_H

#include "domain/calendar_year.h"

struct ky_calendar;
#define ky_auto_calendar KY_CLEANUP(ky_calendar_freep) struct ky_calendar *

/*
 * ky_calendar_new — the years first..last: confirmed lists where there are, proposals elsewhere.
 *
 * Shapes:  confirmed  lists that an officer confirmed, in any order; copied
 * Errors:  KY_EINVAL  a list does not pass ky_calendar_year_check, or first is after last
 *          KY_EEXIST  two lists for one year
 *          KY_ELIMIT  a list or the run of years is outside first..last or what can be proposed
 *          KY_ENOMEM
 * Example: tests/unit/domain/test_calendar.c
 */
ky_rc ky_calendar_new(struct ky_calendar **out, const struct ky_calendar_year *confirmed, size_t n, int first,
                      int last);
void ky_calendar_free(struct ky_calendar *c);
KY_DEFINE_CLEANUP(struct ky_calendar, ky_calendar_free)

/* All functions below: KY_ELIMIT when what is asked or what comes out lies outside the calendar's years. */

struct ky_calendar_status {
    bool working;
    bool confirmed;                      /* false: the year's list is but a proposal */
    const struct ky_calendar_day *entry; /* borrowed from the calendar; NULL: by the weekday */
    const struct ky_work_hours *hours;   /* borrowed; those of a working day of this year */
};
ky_rc ky_calendar_day_status(struct ky_calendar_status *out, const struct ky_calendar *c, int64_t day);
/* Are the lists of all years from one day to the other confirmed? */
ky_rc ky_calendar_confirmed(bool *out, const struct ky_calendar *c, int64_t from, int64_t to);
/* The moment lies in the calendar's years. */
ky_rc ky_calendar_check_time(const struct ky_calendar *c, ky_time t);

/* The n-th working day after a day; n = 0: that day itself, or the next one on which people work. */
ky_rc ky_calendar_add_days(int64_t *out, const struct ky_calendar *c, int64_t day, int64_t n);
/* When work ends on a working day. KY_EINVAL: it is none. */
ky_rc ky_calendar_closing(ky_time *out, const struct ky_calendar *c, int64_t day);
/* The first working moment not before t. The end of working hours is one. */
ky_rc ky_calendar_open(ky_time *out, const struct ky_calendar *c, ky_time t);

/* Working seconds from one moment to a later one. KY_EINVAL: to is before from. */
ky_rc ky_calendar_work(int64_t *out_s, const struct ky_calendar *c, ky_time from, ky_time to);
/* The first moment by which so many working seconds have passed since `from`; 0: from. KY_EINVAL: less than 0. */
ky_rc ky_calendar_add_work(ky_time *out, const struct ky_calendar *c, ky_time from, int64_t work_s);

#endif
