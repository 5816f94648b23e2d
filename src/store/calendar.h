/*
 * Lists of working days, one row a version (domain/calendar_list). A draft is
 * written over until it is confirmed; then it never changes again but for its
 * state, when a later version takes its place.
 */
#ifndef KY_STORE_CALENDAR_H
#define KY_STORE_CALENDAR_H

#include "store/table.h"

#define KY_DB_CALENDAR_VERSIONS_MAX 200 /* of one year */

struct ky_db_calendar {
    int64_t year, version;
    const char *state;    /* "draft", "confirmed", "replaced" */
    struct ky_bytes list; /* JSON, domain/calendar_json */
    struct ky_bytes hash; /* SHA-256 of it: what the second officer confirms */
    const char *edited_by;
    int64_t edited_at;
    const char *confirmed_by; /* NULL: a draft */
    int64_t confirmed_at;     /* 0: a draft */
};

/* Writes the year's draft, or over it; version is set here. KY_ELIMIT: KY_DB_CALENDAR_VERSIONS_MAX are there. */
ky_rc ky_db_calendar_put_draft(int64_t *version, struct ky_store *s, const struct ky_db_calendar *draft);
/* In the state, of which there is at most one but for "replaced". KY_ENOTFOUND. */
ky_rc ky_db_calendar_get(struct ky_db_calendar *out, struct ky_arena *a, struct ky_store *s, int64_t year,
                         const char *state);
ky_rc ky_db_calendar_get_version(struct ky_db_calendar *out, struct ky_arena *a, struct ky_store *s,
                                 int64_t year, int64_t version);
/* Newest first. */
ky_rc ky_db_calendar_list(struct ky_db_calendar **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                          int64_t year);
/* The confirmed lists of these years. */
ky_rc ky_db_calendar_list_confirmed(struct ky_db_calendar **out, size_t *n, struct ky_arena *a,
                                    struct ky_store *s, int64_t first, int64_t last);
/* The draft with this hash becomes the year's list, what was it before is replaced. KY_ENOTFOUND: no such draft. */
ky_rc ky_db_calendar_confirm(struct ky_store *s, int64_t year, struct ky_bytes hash, const char *staff_id,
                             int64_t now);

/* How many lists were ever confirmed: deadlines reckoned after fewer are to be reckoned anew. */
ky_rc ky_db_calendar_number(int64_t *out, struct ky_store *s);

#endif
