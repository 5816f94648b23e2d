/* Time as seconds since 1970-01-01 UTC. Reading the clock is os/clock; this is only arithmetic and text. */
#ifndef KY_BASE_TIME_H
#define KY_BASE_TIME_H

#include "base/bytes.h"
#include "base/rc.h"

typedef int64_t ky_time;

#define KY_TIME_NEVER INT64_MAX
#define KY_TIME_MAX ((ky_time)253402300799) /* 9999-12-31T23:59:59Z, the last that GeneralizedTime has */
#define KY_MINUTE ((ky_time)60)
#define KY_HOUR (60 * KY_MINUTE)
#define KY_DAY (24 * KY_HOUR)
#define KY_TIME_VN_OFFSET_S (7 * KY_HOUR) /* +07:00, no daylight saving */

struct ky_date {
    int year, month, day, hour, minute, second; /* month and day from 1 */
};

struct ky_date ky_time_split(ky_time t);
/* KY_EINVAL when a field is out of its range (29 February of a common year included). */
ky_rc ky_time_join(ky_time *out, const struct ky_date *d);

/*
 * Days by number: 0 is 1970-01-01, in the zone that the caller means. ky_time_split(day * KY_DAY) has the fields.
 */
#define KY_DAY_TEXT_MAX 11 /* "2026-11-23" with its NUL */
/* The day in which t lies, in UTC; ky_time_day_vn: at +07:00. Every t has one. */
int64_t ky_time_day(ky_time t);
int64_t ky_time_day_vn(ky_time t);
/* The first second of a day at +07:00. */
ky_time ky_time_of_day_vn(int64_t day);
/* 0 Sunday … 6 Saturday. */
int ky_day_weekday(int64_t day);
/* KY_EINVAL as ky_time_join. */
ky_rc ky_day_join(int64_t *out, int year, int month, int day);
/* "2026-11-23" (ISO 8601), years 0001 to 9999. KY_EFORMAT anything else, also the 30th of February. */
ky_rc ky_day_parse(int64_t *out, struct ky_bytes text);
void ky_day_text(char out[KY_DAY_TEXT_MAX], int64_t day);

#define KY_TIME_TEXT_MAX 32
/* "2026-11-23T09:30:00+07:00", what people are shown. */
void ky_time_text_vn(char out[KY_TIME_TEXT_MAX], ky_time t);
/* "2026-11-23T02:30:00Z" */
void ky_time_text_utc(char out[KY_TIME_TEXT_MAX], ky_time t);
/* "D:20261123093000+07'00'" (ISO 32000-1 §7.9.4) */
void ky_time_text_pdf(char out[KY_TIME_TEXT_MAX], ky_time t);

#endif
