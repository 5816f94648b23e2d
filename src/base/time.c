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

int64_t ky_time_day(ky_time t)
{
    return t / KY_DAY - (t % KY_DAY < 0);
}

/* Seconds since the day began, for any t. */
static int64_t second_of_day(ky_time t)
{
    return (t % KY_DAY + KY_DAY) % KY_DAY;
}

int64_t ky_time_day_vn(ky_time t)
{
    return ky_time_day(t) + (second_of_day(t) >= KY_DAY - KY_TIME_VN_OFFSET_S);
}

ky_time ky_time_of_day_vn(int64_t day)
{
    return day * KY_DAY - KY_TIME_VN_OFFSET_S;
}

int ky_day_weekday(int64_t day)
{
    return (int)((day % 7 + 7 + 4) % 7); /* 1970-01-01 was a Thursday */
}

struct ky_date ky_time_split(ky_time t)
{
    int64_t days = ky_time_day(t);
    int64_t secs = second_of_day(t);
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

ky_rc ky_day_join(int64_t *out, int year, int month, int day)
{
    ky_time t;
    struct ky_date d = {.year = year, .month = month, .day = day};
    KY_TRY(ky_time_join(&t, &d));
    *out = ky_time_day(t);
    return KY_OK;
}

/* Exactly so many decimal digits off the front of *text. */
static bool take_number(int *out, struct ky_bytes *text, size_t digits)
{
    int n = 0;
    if (text->n < digits)
        return false;
    for (size_t i = 0; i < digits; i++) {
        if (text->p[i] < '0' || text->p[i] > '9')
            return false;
        n = n * 10 + (text->p[i] - '0');
    }
    *out = n;
    *text = KY_BYTES(text->p + digits, text->n - digits);
    return true;
}

static bool take_dash(struct ky_bytes *text)
{
    if (text->n == 0 || text->p[0] != '-')
        return false;
    *text = KY_BYTES(text->p + 1, text->n - 1);
    return true;
}

ky_rc ky_day_parse(int64_t *out, struct ky_bytes text)
{
    int year, month, day;
    bool shape = take_number(&year, &text, 4) && take_dash(&text) && take_number(&month, &text, 2) &&
                 take_dash(&text) && take_number(&day, &text, 2) && text.n == 0;
    if (!shape || ky_day_join(out, year, month, day) != KY_OK)
        return ky_fail(KY_EFORMAT, "not a date of the form 2026-11-23");
    return KY_OK;
}

void ky_day_text(char out[KY_DAY_TEXT_MAX], int64_t day)
{
    struct ky_date d = ky_time_split(day * KY_DAY);
    snprintf(out, KY_DAY_TEXT_MAX, "%04d-%02d-%02d", d.year % 10000, d.month, d.day);
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
