/* The tables setting and counter; see setting.h. */
#include "store/setting.h"

ky_rc ky_db_setting_put(struct ky_store *s, const char *name, struct ky_bytes value, int64_t now)
{
    return ky_store_exec(
        s,
        "INSERT INTO setting (name, value, updated_at) VALUES ($1, $2, $3)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
        KY_PARAMS(ky_value_text(name), ky_value_blob(value), ky_value_int(now)));
}

ky_rc ky_db_setting_get(struct ky_bytes *out, struct ky_arena *a, struct ky_store *s, const char *name)
{
    ky_auto_rows rows = {0};
    bool have_row = false;
    KY_TRY(ky_store_query(&rows, s, "SELECT value FROM setting WHERE name = $1",
                          KY_PARAMS(ky_value_text(name))));
    KY_TRY(ky_rows_next(&rows, &have_row));
    if (!have_row)
        return ky_fail(KY_ENOTFOUND, "setting %s: never put", name);
    struct ky_bytes value = ky_rows_bytes(&rows, 0);
    const uint8_t *copy = ky_arena_dup(a, value);
    if (copy == NULL)
        return KY_ENOMEM;
    *out = KY_BYTES(copy, value.n);
    return KY_OK;
}

ky_rc ky_db_counter_next(int64_t *out, struct ky_store *s, const char *name)
{
    /* Not one statement with RETURNING: SQLite would write out what the tables of words have waiting each time. */
    const struct ky_params which = KY_PARAMS(ky_value_text(name));
    const ky_rc rc = ky_store_exec_one(s, "UPDATE counter SET value = value + 1 WHERE name = $1", which);
    if (rc == KY_ENOTFOUND)
        KY_TRY(ky_store_exec(s, "INSERT INTO counter (name, value) VALUES ($1, 1)", which));
    else
        KY_TRY(rc);
    return ky_store_query_int(out, s, "SELECT value FROM counter WHERE name = $1", which);
}
