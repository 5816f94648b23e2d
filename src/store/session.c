/* The table session; see session.h. */
#include "store/session.h"

#define ALIVE " AND used_at > $2 AND expires_at > $3"

static const struct ky_column columns[] = {
    KY_COLUMN(struct ky_db_session, id),         KY_COLUMN(struct ky_db_session, hash),
    KY_COLUMN(struct ky_db_session, staff_id),   KY_COLUMN(struct ky_db_session, key_id),
    KY_COLUMN(struct ky_db_session, address),    KY_COLUMN(struct ky_db_session, agent),
    KY_COLUMN(struct ky_db_session, created_at), KY_COLUMN(struct ky_db_session, used_at),
    KY_COLUMN(struct ky_db_session, proved_at),  KY_COLUMN(struct ky_db_session, expires_at),
};
static const struct ky_table table = KY_TABLE("session", columns, struct ky_db_session);

ky_rc ky_db_session_insert(struct ky_store *s, const struct ky_db_session *row)
{
    return ky_table_insert(s, &table, row);
}

ky_rc ky_db_session_get(struct ky_db_session *out, struct ky_arena *a, struct ky_store *s,
                        struct ky_bytes hash, int64_t used_after, int64_t now)
{
    return ky_table_get(out, a, s, &table,
                        "hash = $1" ALIVE
                        " AND EXISTS (SELECT 1 FROM staff WHERE staff.id = staff_id AND state = 'active')",
                        KY_PARAMS(ky_value_blob(hash), ky_value_int(used_after), ky_value_int(now)));
}

ky_rc ky_db_session_list(struct ky_db_session **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                         const char *staff_id, int64_t used_after, int64_t now, const struct ky_page *page)
{
    return ky_table_list(
        out, n, a, s, &table,
        "staff_id = $1" ALIVE " AND (created_at, id) < ($4, $5) ORDER BY created_at DESC, id DESC LIMIT $6",
        KY_PARAMS(ky_value_text(staff_id), ky_value_int(used_after), ky_value_int(now),
                  ky_value_int(page->before), ky_value_text(page->before_id), ky_value_int(page->limit)));
}

ky_rc ky_db_session_counts(bool *out, struct ky_store *s, const char *id, const char *staff_id,
                           int64_t used_after, int64_t now)
{
    int64_t n = 0;
    KY_TRY(ky_store_query_int(
        &n, s, "SELECT count(*) FROM session WHERE id = $1" ALIVE " AND staff_id = $4",
        KY_PARAMS(ky_value_text(id), ky_value_int(used_after), ky_value_int(now), ky_value_text(staff_id))));
    *out = n == 1;
    return KY_OK;
}

ky_rc ky_db_session_is_of_key(bool *out, struct ky_store *s, const char *id, const char *key_id)
{
    int64_t n = 0;
    KY_TRY(ky_store_query_int(&n, s, "SELECT count(*) FROM session WHERE id = $1 AND key_id = $2",
                              KY_PARAMS(ky_value_text(id), ky_value_text(key_id))));
    *out = n == 1;
    return KY_OK;
}

ky_rc ky_db_session_set_used(struct ky_store *s, const char *id, int64_t now)
{
    return ky_store_exec(s, "UPDATE session SET used_at = $2 WHERE id = $1 AND used_at < $2",
                         KY_PARAMS(ky_value_text(id), ky_value_int(now)));
}

ky_rc ky_db_session_set_proved(struct ky_store *s, const char *id, struct ky_bytes hash, int64_t now)
{
    return ky_store_exec_one(s, "UPDATE session SET hash = $2, used_at = $3, proved_at = $3 WHERE id = $1",
                             KY_PARAMS(ky_value_text(id), ky_value_blob(hash), ky_value_int(now)));
}

ky_rc ky_db_session_delete(struct ky_store *s, const char *staff_id, const char *id)
{
    return ky_store_exec_one(s, "DELETE FROM session WHERE staff_id = $1 AND id = $2",
                             KY_PARAMS(ky_value_text(staff_id), ky_value_text(id)));
}

ky_rc ky_db_session_delete_all(struct ky_store *s, const char *staff_id)
{
    return ky_store_exec(s, "DELETE FROM session WHERE staff_id = $1", KY_PARAMS(ky_value_text(staff_id)));
}

ky_rc ky_db_session_purge(struct ky_store *s, int64_t used_before, int64_t now)
{
    return ky_store_exec(s, "DELETE FROM session WHERE expires_at <= $1 OR used_at <= $2",
                         KY_PARAMS(ky_value_int(now), ky_value_int(used_before)));
}
