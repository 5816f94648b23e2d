/* The table revocation_watch; see watch.h. */
#include "store/watch.h"

static const struct ky_column columns[] = {
    KY_COLUMN(struct ky_db_watch, dossier_id),
    KY_COLUMN(struct ky_db_watch, told_at),
    KY_COLUMN(struct ky_db_watch, overdue_s),
    KY_COLUMN(struct ky_db_watch, next_at),
};
static const struct ky_table watches = KY_TABLE("revocation_watch", columns, struct ky_db_watch);

ky_rc ky_db_watch_put(struct ky_store *s, const char *dossier_id, int64_t now)
{
    const struct ky_db_watch w = {.dossier_id = dossier_id, .next_at = now};
    KY_TRY(ky_db_watch_delete(s, dossier_id));
    return ky_table_insert(s, &watches, &w);
}

ky_rc ky_db_watch_get(struct ky_db_watch *out, struct ky_arena *a, struct ky_store *s, const char *dossier_id)
{
    return ky_table_get(out, a, s, &watches, "dossier_id = $1", KY_PARAMS(ky_value_text(dossier_id)));
}

ky_rc ky_db_watch_set(struct ky_store *s, const struct ky_db_watch *w)
{
    return ky_store_exec_one(
        s, "UPDATE revocation_watch SET told_at = $2, overdue_s = $3, next_at = $4 WHERE dossier_id = $1",
        KY_PARAMS(ky_value_text(w->dossier_id), ky_value_int(w->told_at), ky_value_int(w->overdue_s),
                  ky_value_int(w->next_at)));
}

ky_rc ky_db_watch_delete(struct ky_store *s, const char *dossier_id)
{
    return ky_store_exec(s, "DELETE FROM revocation_watch WHERE dossier_id = $1",
                         KY_PARAMS(ky_value_text(dossier_id)));
}

ky_rc ky_db_watch_list_due(struct ky_db_watch **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                           int64_t now, int64_t limit)
{
    return ky_table_list(out, n, a, s, &watches, "next_at <= $1 ORDER BY next_at, dossier_id LIMIT $2",
                         KY_PARAMS(ky_value_int(now), ky_value_int(limit)));
}
