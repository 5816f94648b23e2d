/* The table record; see record.h. */
#include "store/record.h"

#include "store/org_event.h"

static const struct ky_column columns[] = {
    KY_COLUMN(struct ky_db_record, process),    KY_COLUMN(struct ky_db_record, id),
    KY_COLUMN(struct ky_db_record, version),    KY_COLUMN(struct ky_db_record, type),
    KY_COLUMN(struct ky_db_record, owner),      KY_COLUMN(struct ky_db_record, is_current),
    KY_COLUMN(struct ky_db_record, json),       KY_COLUMN(struct ky_db_record, mac),
    KY_COLUMN(struct ky_db_record, created_at),
};
static const struct ky_table table = KY_TABLE("record", columns, struct ky_db_record);

static ky_rc already_stored(bool *out, struct ky_store *s, const struct ky_db_record *r)
{
    int64_t same = 0;
    ky_rc rc = ky_store_query_int(
        &same, s, "SELECT json = $4 AND mac = $5 FROM record WHERE process = $1 AND id = $2 AND version = $3",
        KY_PARAMS(ky_value_text(r->process), ky_value_text(r->id), ky_value_int(r->version),
                  ky_value_blob(r->json), ky_value_blob(r->mac)));
    *out = rc == KY_OK;
    if (rc == KY_ENOTFOUND)
        return KY_OK;
    KY_TRY(rc);
    return same ? KY_OK
                : ky_fail(KY_EEXIST, "record %s version %lld exists with other content", r->id,
                          (long long)r->version);
}

ky_rc ky_db_record_put(struct ky_store *s, const struct ky_db_record *r)
{
    bool stored = false;
    KY_TRY(already_stored(&stored, s, r));
    if (stored)
        return KY_OK;
    KY_TRY(ky_store_exec(
        s,
        "UPDATE record SET is_current = 0 WHERE process = $1 AND id = $2 AND is_current = 1 AND version < $3",
        KY_PARAMS(ky_value_text(r->process), ky_value_text(r->id), ky_value_int(r->version))));
    int64_t newer = 0;
    KY_TRY(ky_store_query_int(
        &newer, s, "SELECT count(*) FROM record WHERE process = $1 AND id = $2 AND version > $3",
        KY_PARAMS(ky_value_text(r->process), ky_value_text(r->id), ky_value_int(r->version))));
    struct ky_db_record row = *r;
    row.is_current = newer == 0;
    return ky_table_insert(s, &table, &row);
}

ky_rc ky_db_record_get(struct ky_db_record *out, struct ky_arena *a, struct ky_store *s, const char *process,
                       const char *id)
{
    return ky_table_get(out, a, s, &table, "process = $1 AND id = $2 AND is_current = 1",
                        KY_PARAMS(ky_value_text(process), ky_value_text(id)));
}

ky_rc ky_db_record_get_version(struct ky_db_record *out, struct ky_arena *a, struct ky_store *s,
                               const char *process, const char *id, int64_t version)
{
    return ky_table_get(out, a, s, &table, "process = $1 AND id = $2 AND version = $3",
                        KY_PARAMS(ky_value_text(process), ky_value_text(id), ky_value_int(version)));
}

ky_rc ky_db_record_list_owner(struct ky_db_record **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                              const char *process, const char *owner, const char *type)
{
    return ky_table_list(out, n, a, s, &table,
                         "process = $1 AND owner = $2 AND type = $3 AND is_current = 1 ORDER BY id",
                         KY_PARAMS(ky_value_text(process), ky_value_text(owner), ky_value_text(type)));
}

ky_rc ky_db_record_list_type(struct ky_db_record **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                             const char *process, const char *type, const char *after_id, int64_t limit)
{
    return ky_table_list(
        out, n, a, s, &table,
        "process = $1 AND type = $2 AND is_current = 1 AND id > $3 ORDER BY id LIMIT $4",
        KY_PARAMS(ky_value_text(process), ky_value_text(type), ky_value_text(after_id), ky_value_int(limit)));
}

ky_rc ky_db_record_list_seals(struct ky_db_record **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                              const char *org_id, int64_t limit)
{
    return ky_table_list(
        out, n, a, s, &table,
        "process = 'sam' AND type = 'seal' AND is_current = 1 AND id IN"
        " (SELECT note FROM org_event WHERE org_id = $1 AND action = $2) ORDER BY id LIMIT $3",
        KY_PARAMS(ky_value_text(org_id), ky_value_text(KY_EVENT_SEAL), ky_value_int(limit)));
}

ky_rc ky_db_record_retire(struct ky_store *s, const char *process, const char *id)
{
    return ky_store_exec_one(
        s, "UPDATE record SET is_current = 0 WHERE process = $1 AND id = $2 AND is_current = 1",
        KY_PARAMS(ky_value_text(process), ky_value_text(id)));
}
