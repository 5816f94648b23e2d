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

#define KY_TIME_TEXT_MAX 32
/* "2026-11-23T09:30:00+07:00", what people are shown. */
void ky_time_text_vn(char out[KY_TIME_TEXT_MAX], ky_time t);
/* "2026-11-23T02:30:00Z" */
void ky_time_text_utc(char out[KY_TIME_TEXT_MAX], ky_time t);
/* "D:20261123093000+07'00'" (ISO 32000-1 §7.9.4) */
void ky_time_text_pdf(char out[KY_TIME_TEXT_MAX], ky_time t);

#endif
