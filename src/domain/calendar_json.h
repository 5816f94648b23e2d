/*
 * A year's list as JSON (etc/calendar/2026.json), the form in which an officer
 * is shown a proposal and confirms a list:
 *
 *     {"year": 2026, "source": "Công văn số …", "hours": [{"from": "08:00", "to": "12:00"}, …],
 *      "days": [{"date": "2026-01-01", "kind": "nghi", "name": "Tết Dương lịch"}, …]}
 *
 * `hours` may be left out: 08:00–12:00 and 13:00–17:00.
 */
#ifndef KY_DOMAIN_CALENDAR_JSON_H
#define KY_DOMAIN_CALENDAR_JSON_H

#include "base/buf.h"
#include "domain/calendar_year.h"

#define KY_CALENDAR_FILE_MAX (64 * 1024) /* bytes */

/*
 * Errors:  KY_EFORMAT  not of this form, an unknown member, kind, date or time, or a list that contradicts itself
 *          KY_ELIMIT   longer than KY_CALENDAR_FILE_MAX, more days, or longer texts than calendar_year.h has room for
 * Example: tests/unit/domain/test_calendar_json.c
 */
ky_rc ky_calendar_year_parse(struct ky_calendar_year *out, struct ky_bytes json);
/* Appends the list; parsing gives the same one again. Room for KY_CALENDAR_FILE_MAX is enough. */
ky_rc ky_calendar_year_encode(struct ky_buf *out, const struct ky_calendar_year *y);

#endif
