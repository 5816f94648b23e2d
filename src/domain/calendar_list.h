/*
 * The lists of working days that officers keep: one edits (the maker), another
 * confirms exactly what was edited (the checker). Only confirmed lists are
 * reckoned with; other years are as the law alone has them.
 */
#ifndef KY_DOMAIN_CALENDAR_LIST_H
#define KY_DOMAIN_CALENDAR_LIST_H

#include "codec/json.h"
#include "crypto/digest.h"
#include "domain/calendar.h"
#include "domain/org.h"
#include "store/calendar.h"

#define KY_CALENDAR_LIST_ARENA ((size_t)16 << 20) /* bytes: all versions of one year */

struct ky_calendar_draft {
    int64_t version;
    uint8_t hash[KY_SHA256_SIZE]; /* of the stored JSON */
};

/*
 * ky_calendar_list_put — the year's draft, in place of an earlier one; days may come in any order.
 *
 * Shapes:  json  the form of domain/calendar_json
 * Errors:  KY_EDENIED no admin of the department;  KY_EFORMAT, KY_ELIMIT no list of that year (domain/calendar_check tells all
 *          that is wrong)
 */
ky_rc ky_calendar_list_put(struct ky_calendar_draft *out, struct ky_store *s, const struct ky_actor *actor,
                           int year, const json_t *json, ky_time now);

/*
 * ky_calendar_list_confirm — the draft becomes the year's list; the one before stays as history.
 *
 * hash: what the officer has seen. Errors: KY_ENOTFOUND no draft;  KY_EEXIST it has been edited since;
 * KY_EDENIED no admin of the department, or the person who edited it
 */
ky_rc ky_calendar_list_confirm(struct ky_store *s, const struct ky_actor *actor, int year,
                               struct ky_bytes hash, ky_time now);

/* The calendar from the year of the one moment to the second year after the other, as it now stands in the database. */
ky_rc ky_calendar_load(struct ky_calendar **out, struct ky_store *s, ky_time from, ky_time to);

#endif
