/*
 * The Vietnamese lunar calendar: a month begins on the day of the new moon,
 * and the month that holds the winter solstice is the 11th. A year of thirteen
 * months repeats the number before the first one without a principal term. Days
 * are those of +07:00, before 1968 of +08:00, so that it is not the Chinese
 * calendar: Tết of 1968, 1985, 2007 and 2030 differ.
 */
#ifndef KY_DOMAIN_LUNAR_H
#define KY_DOMAIN_LUNAR_H

#include "base/time.h"

#define KY_LUNAR_YEAR_MIN 1900
#define KY_LUNAR_YEAR_MAX 2199

struct ky_lunar {
    int year;  /* that of the solar year in which it begins */
    int month; /* 1..12 */
    int day;   /* 1..30 */
    bool leap; /* the month is the second one of its number (tháng nhuận) */
};

/*
 * Both ways between a day (number since 1970-01-01, base/time) and its lunar date.
 *
 * Source:  J. Meeus, Astronomical Algorithms, 2nd ed., chapters 25 (sun) and 49 (moon).
 * Errors:  KY_ELIMIT  the lunar year is not in KY_LUNAR_YEAR_MIN..KY_LUNAR_YEAR_MAX
 *          KY_EINVAL  the year has no such leap month, or the month no such day
 * Example: tests/unit/domain/test_lunar.c
 */
ky_rc ky_lunar_from_day(struct ky_lunar *out, int64_t day);
ky_rc ky_lunar_to_day(int64_t *out, const struct ky_lunar *lunar);

#endif
