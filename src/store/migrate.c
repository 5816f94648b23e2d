/* Applies migrations; see migrate.h. Two processes that start together are kept apart by the write lock. */
#include "store/migrate.h"

static const char version_table[] =
    "CREATE TABLE IF NOT EXISTS schema_version ("
    " number BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)";

ky_rc ky_migrate_version(int64_t *out, struct ky_store *s)
{
    KY_TRY(ky_store_exec(s, version_table, KY_NO_PARAMS));
    return ky_store_query_int(out, s, "SELECT coalesce(max(number), 0) FROM schema_version", KY_NO_PARAMS);
}

static ky_rc apply_locked(struct ky_store *s, const struct ky_migration *m, ky_time now)
{
    int64_t version = 0;
    KY_TRY(ky_migrate_version(&version, s));
    if (version >= m->number)
        return KY_OK;
    if (version + 1 != m->number)
        return ky_fail(KY_EINTERNAL, "migration %s follows %lld", m->name, (long long)version);
    KY_TRY(ky_store_script(s, m->sql));
    return ky_store_exec(s, "INSERT INTO schema_version (number, name, applied_at) VALUES ($1, $2, $3)",
                         KY_PARAMS(ky_value_int(m->number), ky_value_text(m->name), ky_value_int(now)));
}

static ky_rc apply(struct ky_store *s, const struct ky_migration *m, ky_time now)
{
    KY_TRY(ky_store_begin(s, KY_STORE_WRITE));
    ky_rc rc = apply_locked(s, m, now);
    if (rc == KY_OK)
        rc = ky_store_commit(s);
    if (rc == KY_OK)
        return KY_OK;
    rc = ky_context(rc, "migration %s", m->name);
    ky_rc undone = ky_store_rollback(s);
    return undone == KY_OK ? rc : ky_context(undone, "migration %s: undoing it", m->name);
}

ky_rc ky_migrate(struct ky_store *s, const struct ky_migration *list, size_t count, ky_time now)
{
    int64_t version = 0;
    KY_TRY(ky_migrate_version(&version, s));
    int64_t newest = count == 0 ? 0 : list[count - 1].number;
    if (version > newest)
        return ky_fail(KY_EDENIED, "store: schema %lld is newer than this program, which knows %lld",
                       (long long)version, (long long)newest);
    for (size_t i = (size_t)version; i < count; i++)
        KY_TRY(apply(s, &list[i], now));
    return KY_OK;
}
