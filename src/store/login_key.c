/* The table login_key; see login_key.h. */
#include "store/login_key.h"

static const struct ky_column columns[] = {
    KY_COLUMN(struct ky_db_login_key, id),
    KY_COLUMN(struct ky_db_login_key, staff_id),
    KY_COLUMN(struct ky_db_login_key, kind),
    KY_COLUMN(struct ky_db_login_key, fingerprint),
    KY_COLUMN(struct ky_db_login_key, name),
    KY_COLUMN(struct ky_db_login_key, public_key),
    KY_COLUMN(struct ky_db_login_key, backup_eligible),
    KY_COLUMN(struct ky_db_login_key, counter),
    KY_COLUMN(struct ky_db_login_key, aaguid),
    KY_COLUMN(struct ky_db_login_key, evidence),
    KY_COLUMN(struct ky_db_login_key, not_after),
    KY_COLUMN(struct ky_db_login_key, created_at),
    KY_COLUMN(struct ky_db_login_key, used_at),
};
static const struct ky_table table = KY_TABLE("login_key", columns, struct ky_db_login_key);

ky_rc ky_db_login_key_insert(struct ky_store *s, const struct ky_db_login_key *k)
{
    return ky_table_insert(s, &table, k);
}

ky_rc ky_db_login_key_get(struct ky_db_login_key *out, struct ky_arena *a, struct ky_store *s, const char *id)
{
    return ky_table_get(out, a, s, &table, "id = $1", KY_PARAMS(ky_value_text(id)));
}

ky_rc ky_db_login_key_get_by_fingerprint(struct ky_db_login_key *out, struct ky_arena *a, struct ky_store *s,
                                         const char *kind, struct ky_bytes fingerprint)
{
    return ky_table_get(out, a, s, &table, "fingerprint = $1 AND kind = $2",
                        KY_PARAMS(ky_value_blob(fingerprint), ky_value_text(kind)));
}

ky_rc ky_db_login_key_list(struct ky_db_login_key **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                           const char *staff_id)
{
    return ky_table_list(out, n, a, s, &table, "staff_id = $1 ORDER BY created_at, id LIMIT $2",
                         KY_PARAMS(ky_value_text(staff_id), ky_value_int(KY_LOGIN_KEYS_MAX)));
}

ky_rc ky_db_login_key_count(int64_t *out, struct ky_store *s, const char *staff_id, int64_t now)
{
    return ky_store_query_int(out, s,
                              "SELECT count(*) FROM login_key WHERE staff_id = $1 AND not_after >= $2",
                              KY_PARAMS(ky_value_text(staff_id), ky_value_int(now)));
}

ky_rc ky_db_login_key_set_used(struct ky_store *s, const char *id, int64_t counter, int64_t now)
{
    return ky_store_exec_one(
        s,
        "UPDATE login_key SET used_at = $3, counter = CASE WHEN counter < $2 THEN $2 ELSE counter END"
        " WHERE id = $1",
        KY_PARAMS(ky_value_text(id), ky_value_int(counter), ky_value_int(now)));
}

ky_rc ky_db_login_key_set_name(struct ky_store *s, const char *staff_id, const char *id, const char *name)
{
    return ky_store_exec_one(s, "UPDATE login_key SET name = $3 WHERE staff_id = $1 AND id = $2",
                             KY_PARAMS(ky_value_text(staff_id), ky_value_text(id), ky_value_text(name)));
}

ky_rc ky_db_login_key_delete(struct ky_store *s, const char *staff_id, const char *id)
{
    return ky_store_exec_one(s, "DELETE FROM login_key WHERE staff_id = $1 AND id = $2",
                             KY_PARAMS(ky_value_text(staff_id), ky_value_text(id)));
}
