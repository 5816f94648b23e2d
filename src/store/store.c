/* The front of the backends: arguments and the state of the transaction are checked here, once. */
#include "store/store.h"

#include <stdlib.h>

#include "base/str.h"
#include "store/sqlite.h"

#define BUSY_MS_MAX 60000
#define SAVEPOINT "ky_savepoint"

static const struct {
    const char *scheme;
    const struct ky_store_ops *ops;
} backends[] = {
    {"sqlite:", &ky_store_sqlite},
};

ky_rc ky_store_open(struct ky_store **out, const char *where, int64_t busy_ms)
{
    if (busy_ms < 1 || busy_ms > BUSY_MS_MAX)
        return ky_fail(KY_EINVAL, "store: busy time %lld ms is not within 1..%d", (long long)busy_ms,
                       BUSY_MS_MAX);
    for (size_t i = 0; i < KY_COUNT(backends); i++) {
        if (!ky_str_starts(where, backends[i].scheme))
            continue;
        struct ky_store *s = calloc(1, sizeof *s);
        if (s == NULL)
            return ky_fail(KY_ENOMEM, "store");
        s->ops = backends[i].ops;
        ky_rc rc = s->ops->open(s, where + strlen(backends[i].scheme), busy_ms);
        if (rc != KY_OK) {
            free(s);
            return ky_context(rc, "store %s", where);
        }
        *out = s;
        return KY_OK;
    }
    return ky_fail(KY_EINVAL, "store: '%s' names no known kind of database (sqlite:PATH)", where);
}

void ky_store_close(struct ky_store *s)
{
    if (s == NULL)
        return;
    s->ops->close(s);
    free(s);
}

ky_rc ky_store_begin(struct ky_store *s, ky_store_mode mode)
{
    if (s->in_transaction)
        return ky_fail(KY_EINVAL, "store: a transaction is open already");
    KY_TRY(s->ops->begin(s, mode));
    s->in_transaction = true;
    return KY_OK;
}

ky_rc ky_store_commit(struct ky_store *s)
{
    if (!s->in_transaction)
        return ky_fail(KY_EINVAL, "store: commit without a transaction");
    KY_TRY(s->ops->commit(s));
    s->in_transaction = false;
    return KY_OK;
}

ky_rc ky_store_rollback(struct ky_store *s)
{
    if (!s->in_transaction)
        return KY_OK;
    s->in_transaction = false;
    return s->ops->rollback(s);
}

ky_rc ky_store_savepoint(struct ky_store *s)
{
    return ky_store_exec(s, "SAVEPOINT " SAVEPOINT, KY_NO_PARAMS);
}

ky_rc ky_store_release(struct ky_store *s)
{
    return ky_store_exec(s, "RELEASE SAVEPOINT " SAVEPOINT, KY_NO_PARAMS);
}

ky_rc ky_store_rollback_to_savepoint(struct ky_store *s)
{
    KY_TRY(ky_store_exec(s, "ROLLBACK TO SAVEPOINT " SAVEPOINT, KY_NO_PARAMS));
    return ky_store_release(s);
}

ky_rc ky_store_exec(struct ky_store *s, const char *sql, struct ky_params params)
{
    ky_auto_rows rows = {0};
    KY_TRY(ky_store_query(&rows, s, sql, params));
    bool have_row = true;
    while (have_row)
        KY_TRY(ky_rows_next(&rows, &have_row));
    return KY_OK;
}

ky_rc ky_store_exec_one(struct ky_store *s, const char *sql, struct ky_params params)
{
    KY_TRY(ky_store_exec(s, sql, params));
    if (s->ops->changes(s) != 1)
        return ky_fail(KY_ENOTFOUND, "store: %lld rows written instead of one",
                       (long long)s->ops->changes(s));
    return KY_OK;
}

ky_rc ky_store_script(struct ky_store *s, const char *sql)
{
    return s->ops->script(s, sql);
}

int64_t ky_store_changes(struct ky_store *s)
{
    return s->ops->changes(s);
}

ky_rc ky_store_query(struct ky_rows *out, struct ky_store *s, const char *sql, struct ky_params params)
{
    ky_auto_rows rows = {.store = s};
    KY_TRY(s->ops->prepare(s, sql, &rows.stmt));
    KY_TRY(s->ops->bind(s, rows.stmt, params));
    *out = rows;
    rows.stmt = NULL;
    return KY_OK;
}

ky_rc ky_rows_next(struct ky_rows *rows, bool *have_row)
{
    return rows->store->ops->step(rows->store, rows->stmt, have_row);
}

void ky_rows_close(struct ky_rows *rows)
{
    if (rows->stmt != NULL)
        rows->store->ops->finish(rows->store, rows->stmt);
    rows->stmt = NULL;
}

struct ky_value ky_rows_value(const struct ky_rows *rows, int column)
{
    return rows->store->ops->column(rows->stmt, column);
}

int64_t ky_rows_int(const struct ky_rows *rows, int column)
{
    return ky_rows_value(rows, column).i;
}

struct ky_bytes ky_rows_bytes(const struct ky_rows *rows, int column)
{
    return ky_rows_value(rows, column).b;
}

ky_rc ky_store_query_int(int64_t *out, struct ky_store *s, const char *sql, struct ky_params params)
{
    ky_auto_rows rows = {0};
    bool have_row = false;
    KY_TRY(ky_store_query(&rows, s, sql, params));
    KY_TRY(ky_rows_next(&rows, &have_row));
    if (!have_row)
        return ky_fail(KY_ENOTFOUND, "store: no such row");
    *out = ky_rows_int(&rows, 0);
    return KY_OK;
}
