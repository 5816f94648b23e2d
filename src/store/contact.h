/* Whom subscribers may ask: the organisation's support people and their telephones. */
#ifndef KY_STORE_CONTACT_H
#define KY_STORE_CONTACT_H

#include "store/scope.h"
#include "store/table.h"

struct ky_db_support {
    const char *staff_id;
    const char *name, *email;
    const char *phone; /* "+84…", or NULL */
};

/*
 * The active support person of the organisation who comes first: with a telephone, then by time. KY_ENOTFOUND: it has
 * none.
 */
ky_rc ky_db_support_get(struct ky_db_support *out, struct ky_arena *a, struct ky_store *s,
                        const char *org_id);
/* phone NULL: none any more. KY_ENOTFOUND: no such person in the scope. */
ky_rc ky_db_contact_set(struct ky_store *s, const struct ky_scope *scope, const char *staff_id,
                        const char *phone);
/* *phone NULL: none. */
ky_rc ky_db_contact_get(const char **phone, struct ky_arena *a, struct ky_store *s, const char *staff_id);

#endif
