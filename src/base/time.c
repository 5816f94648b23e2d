/* Calendar arithmetic on the proleptic Gregorian calendar; see time.h. */
#include "base/time.h"

#include <stdio.h>

/* Days since 1970-01-01 of a civil date; March-based years make February last. */
static int64_t days_from_civil(int64_t y, int64_t m, int64_t d)
{
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

struct ky_date ky_time_split(ky_time t)
{
    int64_t days = t / KY_DAY - (t % KY_DAY < 0);
    int64_t secs = t - days * KY_DAY;
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    int64_t month = mp < 10 ? mp + 3 : mp - 9;
    return (struct ky_date){
        .year = (int)(yoe + era * 400 + (month <= 2)),
        .month = (int)month,
        .day = (int)(doy - (153 * mp + 2) / 5 + 1),
        .hour = (int)(secs / KY_HOUR),
        .minute = (int)(secs % KY_HOUR / KY_MINUTE),
        .second = (int)(secs % KY_MINUTE),
    };
}

ky_rc ky_time_join(ky_time *out, const struct ky_date *d)
{
    bool fields_ok = d->year >= 1 && d->year <= 9999 && d->month >= 1 && d->month <= 12 && d->day >= 1 &&
                     d->day <= 31 && d->hour >= 0 && d->hour <= 23 && d->minute >= 0 && d->minute <= 59 &&
                     d->second >= 0 && d->second <= 59;
    if (!fields_ok)
        return ky_fail(KY_EINVAL, "no such date or time");
    ky_time t = days_from_civil(d->year, d->month, d->day) * KY_DAY + d->hour * KY_HOUR +
                d->minute * KY_MINUTE + d->second;
    if (ky_time_split(t).day != d->day)
        return ky_fail(KY_EINVAL, "month %d has no day %d", d->month, d->day);
    *out = t;
    return KY_OK;
}

void ky_time_text_vn(char out[KY_TIME_TEXT_MAX], ky_time t)
{
    struct ky_date d = ky_time_split(t + KY_TIME_VN_OFFSET_S);
    snprintf(out, KY_TIME_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02d+07:00", d.year % 10000, d.month, d.day,
             d.hour, d.minute, d.second);
}

void ky_time_text_utc(char out[KY_TIME_TEXT_MAX], ky_time t)
{
    struct ky_date d = ky_time_split(t);
    snprintf(out, KY_TIME_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02dZ", d.year % 10000, d.month, d.day, d.hour,
             d.minute, d.second);
}

void ky_time_text_pdf(char out[KY_TIME_TEXT_MAX], ky_time t)
{
    struct ky_date d = ky_time_split(t + KY_TIME_VN_OFFSET_S);
    snprintf(out, KY_TIME_TEXT_MAX, "D:%04d%02d%02d%02d%02d%02d+07'00'", d.year % 10000, d.month, d.day,
             d.hour, d.minute, d.second);
}
