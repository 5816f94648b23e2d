/*
 * The SQLite backend. A new database gets the owner and mode of its folder, so
 * that the processes that share it can all write; temporary tables stay in memory.
 */
#include "store/sqlite.h"

#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Prepared statements that a connection keeps: the set by hash of the text, in it any place. */
#define CACHE_SETS 64
#define CACHE_WAYS 4

struct cached {
    char *sql; /* owned; NULL: the place is free, or the statement is not cached */
    sqlite3_stmt *stmt;
    bool in_use;
    uint64_t used; /* when, in statements of this connection */
};

struct sqlite {
    sqlite3 *db;
    uint64_t clock; /* statements so far */
    struct cached cache[CACHE_SETS][CACHE_WAYS];
};

static struct sqlite *impl(struct ky_store *s)
{
    return s->impl;
}

/* Constraint failures by their extended code; the rest by the primary one. */
static ky_rc map_code(int code)
{
    static const struct {
        int code;
        ky_rc rc;
    } table[] = {
        {SQLITE_CONSTRAINT_UNIQUE, KY_EEXIST},      {SQLITE_CONSTRAINT_PRIMARYKEY, KY_EEXIST},
        {SQLITE_CONSTRAINT_FOREIGNKEY, KY_EDENIED}, {SQLITE_CONSTRAINT_CHECK, KY_EDENIED},
        {SQLITE_CONSTRAINT_NOTNULL, KY_EDENIED},    {SQLITE_CONSTRAINT_TRIGGER, KY_EDENIED},
    };
    for (size_t i = 0; i < KY_COUNT(table); i++)
        if (table[i].code == code)
            return table[i].rc;
    int primary = code & 0xff;
    if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED)
        return KY_EBUSY;
    return primary == SQLITE_NOMEM ? KY_ENOMEM : KY_EIO;
}

static ky_rc fail_sqlite(struct ky_store *s, const char *what)
{
    int code = sqlite3_extended_errcode(impl(s)->db);
    return ky_fail(map_code(code), "%s: %s (SQLite %d)", what, sqlite3_errmsg(impl(s)->db), code);
}

static ky_rc sqlite_script(struct ky_store *s, const char *sql)
{
    if (sqlite3_exec(impl(s)->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return fail_sqlite(s, "script");
    return KY_OK;
}

static void release_statement(struct cached *c)
{
    sqlite3_finalize(c->stmt);
    free(c->sql);
    *c = (struct cached){0};
}

static void sqlite_close(struct ky_store *s)
{
    struct sqlite *q = impl(s);
    for (size_t i = 0; i < CACHE_SETS * CACHE_WAYS; i++)
        release_statement(&q->cache[i / CACHE_WAYS][i % CACHE_WAYS]);
    sqlite3_close_v2(q->db);
    free(q);
    s->impl = NULL;
}

static ky_rc configure(struct ky_store *s, int64_t busy_ms)
{
    sqlite3_extended_result_codes(impl(s)->db, 1);
    sqlite3_busy_timeout(impl(s)->db, (int)busy_ms);
    return sqlite_script(s, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                            "PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;"
                            "PRAGMA journal_size_limit=67108864; SELECT count(*) FROM sqlite_schema;");
}

/*
 * A new database belongs to whom its folder belongs where we may give it away, and always to the folder's group, which
 * may do with it what it may do in the folder. SQLite gives the log the same owner and mode.
 */
static void make_file(const char *path)
{
    struct stat folder;
    char parent[PATH_MAX];
    snprintf(parent, sizeof parent, "%s", path);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return; /* it is there, or SQLite will say why not */
    bool ours = stat(dirname(parent), &folder) == 0 &&
                (fchown(fd, folder.st_uid, folder.st_gid) == 0 || fchown(fd, (uid_t)-1, folder.st_gid) == 0);
    if (ours)
        (void)!fchmod(fd, folder.st_mode & 0660);
    close(fd);
}

static ky_rc sqlite_open(struct ky_store *s, const char *where, int64_t busy_ms)
{
    struct sqlite *q = calloc(1, sizeof *q);
    if (q == NULL)
        return ky_fail(KY_ENOMEM, "store");
    s->impl = q;
    make_file(where);
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    ky_rc rc = sqlite3_open_v2(where, &q->db, flags, NULL) == SQLITE_OK ? configure(s, busy_ms)
                                                                        : fail_sqlite(s, "open");
    if (rc != KY_OK)
        sqlite_close(s);
    return rc;
}

/* In a read transaction a write is an error, not a lock taken in passing. */
static ky_rc sqlite_begin(struct ky_store *s, ky_store_mode mode)
{
    return sqlite_script(s, mode == KY_STORE_WRITE ? "PRAGMA query_only=OFF; BEGIN IMMEDIATE"
                                                   : "PRAGMA query_only=ON; BEGIN");
}

static ky_rc sqlite_commit(struct ky_store *s)
{
    return sqlite_script(s, "COMMIT; PRAGMA query_only=OFF");
}

/* A failure may have ended the transaction already (full disk); then there is nothing to undo. */
static ky_rc sqlite_rollback(struct ky_store *s)
{
    return sqlite3_get_autocommit(impl(s)->db) ? KY_OK : sqlite_script(s, "ROLLBACK; PRAGMA query_only=OFF");
}

/* FNV-1a */
static struct cached *set_of(struct sqlite *q, const char *sql)
{
    uint32_t h = 2166136261u;
    for (; *sql != 0; sql++)
        h = (h ^ (unsigned char)*sql) * 16777619u;
    return q->cache[h % CACHE_SETS];
}

/* The place that holds the text, else a free one, else the one that rested longest; NULL: all are in use. */
static struct cached *place_for(struct sqlite *q, const char *sql)
{
    struct cached *set = set_of(q, sql), *oldest = NULL;
    for (size_t i = 0; i < CACHE_WAYS; i++) {
        if (set[i].sql != NULL && strcmp(set[i].sql, sql) == 0)
            return set[i].in_use ? NULL : &set[i];
        if (!set[i].in_use && (oldest == NULL || set[i].used < oldest->used))
            oldest = &set[i];
    }
    return oldest;
}

static ky_rc compile(struct ky_store *s, const char *sql, unsigned flags, sqlite3_stmt **out)
{
    if (sqlite3_prepare_v3(impl(s)->db, sql, -1, flags, out, NULL) != SQLITE_OK)
        return fail_sqlite(s, sql);
    return KY_OK;
}

/* Into a place of the cache, whatever it held before. */
static ky_rc keep_statement(struct ky_store *s, struct cached *c, const char *sql)
{
    release_statement(c);
    KY_TRY(compile(s, sql, SQLITE_PREPARE_PERSISTENT, &c->stmt));
    c->sql = strdup(sql);
    if (c->sql != NULL)
        return KY_OK;
    release_statement(c);
    return ky_fail(KY_ENOMEM, "statement");
}

/* Lives for one query. */
static ky_rc make_statement(struct ky_store *s, struct cached **out, const char *sql)
{
    struct cached *c = calloc(1, sizeof *c);
    if (c == NULL)
        return ky_fail(KY_ENOMEM, "statement");
    const ky_rc rc = compile(s, sql, 0, &c->stmt);
    if (rc != KY_OK)
        free(c);
    else
        *out = c;
    return rc;
}

static ky_rc sqlite_prepare(struct ky_store *s, const char *sql, void **stmt)
{
    struct sqlite *q = impl(s);
    struct cached *c = place_for(q, sql);
    if (c == NULL)
        KY_TRY(make_statement(s, &c, sql));
    else if (c->sql == NULL || strcmp(c->sql, sql) != 0)
        KY_TRY(keep_statement(s, c, sql));
    c->in_use = true;
    c->used = ++q->clock;
    *stmt = c;
    return KY_OK;
}

static int bind_value(sqlite3_stmt *stmt, int at, const struct ky_value *v)
{
    switch (v->kind) {
    case KY_VALUE_INT:
        return sqlite3_bind_int64(stmt, at, v->i);
    case KY_VALUE_TEXT:
        return sqlite3_bind_text64(stmt, at, v->b.p == NULL ? "" : (const char *)v->b.p, v->b.n,
                                   SQLITE_STATIC, SQLITE_UTF8);
    case KY_VALUE_BLOB:
        return sqlite3_bind_blob64(stmt, at, v->b.p, v->b.n, SQLITE_STATIC);
    case KY_VALUE_NULL:
    default:
        return sqlite3_bind_null(stmt, at);
    }
}

/* $n is a name to SQLite, so its place is looked up. */
static ky_rc sqlite_bind(struct ky_store *s, void *stmt, struct ky_params params)
{
    sqlite3_stmt *st = ((struct cached *)stmt)->stmt;
    if (params.n != (size_t)sqlite3_bind_parameter_count(st))
        return ky_fail(KY_EINTERNAL, "store: %zu parameters for '%s'", params.n, sqlite3_sql(st));
    for (size_t i = 0; i < params.n; i++) {
        char name[16];
        snprintf(name, sizeof name, "$%zu", i + 1);
        int at = sqlite3_bind_parameter_index(st, name);
        if (at == 0)
            return ky_fail(KY_EINTERNAL, "store: no %s in '%s'", name, sqlite3_sql(st));
        if (bind_value(st, at, &params.v[i]) != SQLITE_OK)
            return fail_sqlite(s, "bind");
    }
    return KY_OK;
}

static ky_rc sqlite_step(struct ky_store *s, void *stmt, bool *have_row)
{
    int code = sqlite3_step(((struct cached *)stmt)->stmt);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return fail_sqlite(s, "step");
    *have_row = code == SQLITE_ROW;
    return KY_OK;
}

static struct ky_value sqlite_column(void *stmt, int column)
{
    sqlite3_stmt *st = ((struct cached *)stmt)->stmt;
    int type = sqlite3_column_type(st, column);
    if (type == SQLITE_INTEGER)
        return ky_value_int(sqlite3_column_int64(st, column));
    if (type != SQLITE_TEXT && type != SQLITE_BLOB)
        return (struct ky_value){.kind = KY_VALUE_NULL};
    const void *p = sqlite3_column_blob(st, column);
    struct ky_bytes b = KY_BYTES(p == NULL ? "" : p, sqlite3_column_bytes(st, column));
    return (struct ky_value){.kind = type == SQLITE_TEXT ? KY_VALUE_TEXT : KY_VALUE_BLOB, .b = b};
}

static void sqlite_finish(struct ky_store *s, void *stmt)
{
    (void)s;
    struct cached *c = stmt;
    c->in_use = false;
    if (c->sql == NULL) {
        release_statement(c);
        free(c);
        return;
    }
    sqlite3_reset(c->stmt);
    sqlite3_clear_bindings(c->stmt);
}

static int64_t sqlite_changes(struct ky_store *s)
{
    return sqlite3_changes64(impl(s)->db);
}

const struct ky_store_ops ky_store_sqlite = {
    .name = "sqlite",
    .open = sqlite_open,
    .close = sqlite_close,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .script = sqlite_script,
    .prepare = sqlite_prepare,
    .bind = sqlite_bind,
    .step = sqlite_step,
    .column = sqlite_column,
    .finish = sqlite_finish,
    .changes = sqlite_changes,
};
