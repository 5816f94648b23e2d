/*
 * Requests for revocation that are not answered: ca is told of each as soon as
 * it is filed, and executes it when its hour has come (docs/protocol/procedures.md §5).
 */
#ifndef KY_STORE_WATCH_H
#define KY_STORE_WATCH_H

#include "store/table.h"

struct ky_db_watch {
    const char *dossier_id;
    int64_t told_at;   /* ca has it since; 0: not yet */
    int64_t overdue_s; /* after so long ca executes it by itself; 0: never */
    int64_t next_at;   /* when there is something to do about it */
};

/* In place of an earlier one: the request was signed anew, and ca knows nothing of it. */
ky_rc ky_db_watch_put(struct ky_store *s, const char *dossier_id, int64_t now);
/* KY_ENOTFOUND: it is not watched, or not any more. */
ky_rc ky_db_watch_get(struct ky_db_watch *out, struct ky_arena *a, struct ky_store *s,
                      const char *dossier_id);
ky_rc ky_db_watch_set(struct ky_store *s, const struct ky_db_watch *w);
ky_rc ky_db_watch_delete(struct ky_store *s, const char *dossier_id);
/* What was due longest first, at most limit. */
ky_rc ky_db_watch_list_due(struct ky_db_watch **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                           int64_t now, int64_t limit);

#endif
