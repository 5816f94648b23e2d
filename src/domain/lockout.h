/*
 * Failed log-ins, counted for each person and each address (of IPv6, each /64): after some free
 * ones every further failure locks for twice as long. Secrets here have 128
 * bits and more; the delay is against noise and shows that somebody tries.
 */
#ifndef KY_DOMAIN_LOCKOUT_H
#define KY_DOMAIN_LOCKOUT_H

#include "base/time.h"
#include "store/store.h"

#define KY_LOCKOUT_FORGET KY_DAY /* without a failure so long, it begins anew */

typedef enum ky_lockout_kind {
    KY_LOCKOUT_STAFF,   /* 5 free, then 30 s, 60 s, … 15 min */
    KY_LOCKOUT_ADDRESS, /* 20 free (offices share one), then 30 s, … 1 h */
    KY_LOCKOUT_GUEST,   /* an address again, of who comes by a link and not to log in */
} ky_lockout_kind;

/* Until when `who` is locked; a time not after `now`: it is not. */
ky_rc ky_lockout_get(ky_time *until, struct ky_store *s, ky_lockout_kind kind, const char *who, ky_time now);
/* One failure more. *until: as above; *first: this one locked, and none of this series had before. */
ky_rc ky_lockout_count(ky_time *until, bool *first, struct ky_store *s, ky_lockout_kind kind, const char *who,
                       ky_time now);
/* A success: the count is forgotten. */
ky_rc ky_lockout_clear(struct ky_store *s, ky_lockout_kind kind, const char *who);

#endif
