/*
 * One year's list of days off and make-up working days, and the working hours.
 * Proposed by rule from the Labour Code, confirmed or replaced by an officer;
 * what is not on the list goes by the weekday: Saturday and Sunday are off.
 */
#ifndef KY_DOMAIN_CALENDAR_YEAR_H
#define KY_DOMAIN_CALENDAR_YEAR_H

#include "base/time.h"
#include "domain/lunar.h"

#define KY_CALENDAR_YEAR_MIN KY_LUNAR_YEAR_MIN
#define KY_CALENDAR_YEAR_MAX KY_LUNAR_YEAR_MAX
#define KY_CALENDAR_DAYS_MAX 64      /* on one list: most of the year always stays working days */
#define KY_CALENDAR_NAME_CHARS 60    /* code points in the name of a day */
#define KY_CALENDAR_SOURCE_CHARS 200 /* … in the name of what the list follows */
#define KY_UTF8_BYTES_MAX 4          /* for one code point */
#define KY_WORK_SPANS_MAX 4          /* in one day */

typedef enum ky_calendar_kind {
    KY_CALENDAR_OFF,     /* nghi: holiday, substitute day, or swapped against a make-up day */
    KY_CALENDAR_MAKE_UP, /* lam_bu: a Saturday or Sunday on which people work */
} ky_calendar_kind;

struct ky_calendar_day {
    int64_t day; /* number since 1970-01-01, at +07:00 */
    ky_calendar_kind kind;
    char name[KY_UTF8_BYTES_MAX * KY_CALENDAR_NAME_CHARS + 1];
};

/* Seconds since midnight. Both ends are working moments; between them lie to_s − from_s seconds of work. */
struct ky_work_span {
    int64_t from_s, to_s;
};
struct ky_work_hours {
    struct ky_work_span span[KY_WORK_SPANS_MAX]; /* ascending, apart from one another */
    size_t n;
};
/* 08:00–12:00 and 13:00–17:00. */
extern const struct ky_work_hours ky_work_hours_default;

struct ky_calendar_year {
    int year;
    char source[KY_UTF8_BYTES_MAX * KY_CALENDAR_SOURCE_CHARS + 1]; /* law or decision that it follows */
    struct ky_work_hours hours;
    struct ky_calendar_day days[KY_CALENDAR_DAYS_MAX]; /* ascending, each once */
    size_t n;
};

/*
 * ky_calendar_propose — the year as the law alone has it, before anything is announced.
 *
 * Source:  Bộ luật Lao động 2019 Đ.112.1 (the days), Đ.111.3 (a holiday on a weekly rest day moves the rest to the next
 *          working day). Which five days make Tết and which neighbour goes with 2 September is announced each year
 *          (Đ.112.3); the proposal follows what was announced for 2018 to 2026. Swaps are not proposed.
 * Errors:  KY_ELIMIT  not in KY_CALENDAR_YEAR_MIN..KY_CALENDAR_YEAR_MAX
 * Example: tests/unit/domain/test_calendar_year.c
 */
ky_rc ky_calendar_propose(struct ky_calendar_year *out, int year);

/*
 * Is the list one that a calendar can be made of? KY_EINVAL: year, order, a day of another year, a make-up day that
 * is no Saturday or Sunday, or hours that overlap or leave the day.
 */
ky_rc ky_calendar_year_check(const struct ky_calendar_year *y);

/* The day's entry on the list; NULL: it goes by the weekday. */
const struct ky_calendar_day *ky_calendar_year_find(const struct ky_calendar_year *y, int64_t day);
/* Do people work on this day of the year? */
bool ky_calendar_year_works(const struct ky_calendar_year *y, int64_t day);
bool ky_calendar_weekly_rest(int64_t day);

#endif
