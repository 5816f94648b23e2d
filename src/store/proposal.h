/*
 * Statements of administration that wait for further signatures: what one officer drew up, until enough have signed it.
 * They decide nothing; the key processes judge the signatures when all are there.
 */
#ifndef KY_STORE_PROPOSAL_H
#define KY_STORE_PROPOSAL_H

#include "store/page.h"
#include "store/table.h"

struct ky_db_proposal {
    const char *id;                 /* hex64, SHA-256 of the statement */
    struct ky_bytes statement;      /* canonical JSON */
    struct ky_bytes authorisations; /* encoded list (docs/protocol/statements.md §4); may hold none */
    const char *proposed_by;        /* staff */
    int64_t created_at, expires_at;
};

/* KY_EEXIST: this statement waits already. */
ky_rc ky_db_proposal_insert(struct ky_store *s, const struct ky_db_proposal *p);
ky_rc ky_db_proposal_get(struct ky_db_proposal *out, struct ky_arena *a, struct ky_store *s, const char *id);
/* Newest first; staff_id NULL: everybody's. Those that have expired by now are left out. */
ky_rc ky_db_proposal_list(struct ky_db_proposal **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                          const char *staff_id, int64_t now, const struct ky_page *page);
/* How many of the person have not expired. */
ky_rc ky_db_proposal_count(int64_t *out, struct ky_store *s, const char *staff_id, int64_t now);
/* KY_ENOTFOUND: it is gone, or its list is not `before` any more. */
ky_rc ky_db_proposal_sign(struct ky_store *s, const char *id, struct ky_bytes before, struct ky_bytes after);
/* KY_ENOTFOUND. */
ky_rc ky_db_proposal_delete(struct ky_store *s, const char *id);
ky_rc ky_db_proposal_purge(struct ky_store *s, int64_t now);

#endif
