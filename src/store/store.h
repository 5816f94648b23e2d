/*
 * One connection to the database, behind a table of functions so that SQLite
 * (store/sqlite) and a server can stand behind the same repositories. A
 * connection is used by one thread at a time. SQL is written for both:
 * parameters are $1, $2, …; types BIGINT, TEXT and BLOB.
 */
#ifndef KY_STORE_STORE_H
#define KY_STORE_STORE_H

#include "base/bytes.h"
#include "base/rc.h"

typedef enum ky_value_kind { KY_VALUE_NULL, KY_VALUE_INT, KY_VALUE_TEXT, KY_VALUE_BLOB } ky_value_kind;

/* One bound parameter or one column; bytes are borrowed. */
struct ky_value {
    ky_value_kind kind;
    int64_t i;         /* KY_VALUE_INT */
    struct ky_bytes b; /* KY_VALUE_TEXT (UTF-8 without the NUL), KY_VALUE_BLOB */
};

struct ky_params {
    const struct ky_value *v; /* $1 first */
    size_t n;
};

static inline struct ky_value ky_value_int(int64_t i)
{
    return (struct ky_value){.kind = KY_VALUE_INT, .i = i};
}
/* NULL makes an SQL NULL. */
static inline struct ky_value ky_value_text(const char *s)
{
    return (struct ky_value){.kind = s == NULL ? KY_VALUE_NULL : KY_VALUE_TEXT, .b = ky_bytes_str(s)};
}
/* Bytes whose p is NULL make an SQL NULL; an empty array does not. */
static inline struct ky_value ky_value_blob(struct ky_bytes b)
{
    return (struct ky_value){.kind = b.p == NULL ? KY_VALUE_NULL : KY_VALUE_BLOB, .b = b};
}

/* KY_PARAMS(ky_value_int(1), ky_value_text("x")) */
#define KY_PARAMS(...)                                                                                       \
    ((struct ky_params){(const struct ky_value[]){__VA_ARGS__},                                              \
                        sizeof((const struct ky_value[]){__VA_ARGS__}) / sizeof(struct ky_value)})
#define KY_NO_PARAMS ((struct ky_params){NULL, 0})

typedef enum ky_store_mode {
    KY_STORE_READ,  /* sees one snapshot until its end */
    KY_STORE_WRITE, /* the only writer until its end */
} ky_store_mode;

struct ky_store;

/* A backend. Results: KY_EBUSY (somebody else writes), KY_EEXIST (unique), KY_EDENIED (check, foreign key), KY_EIO. */
struct ky_store_ops {
    const char *name;
    ky_rc (*open)(struct ky_store *s, const char *where, int64_t busy_ms);
    void (*close)(struct ky_store *s);
    ky_rc (*begin)(struct ky_store *s, ky_store_mode mode);
    ky_rc (*commit)(struct ky_store *s);
    ky_rc (*rollback)(struct ky_store *s);
    ky_rc (*script)(struct ky_store *s, const char *sql); /* several statements, no parameters */
    ky_rc (*prepare)(struct ky_store *s, const char *sql, void **stmt); /* may come from a cache */
    ky_rc (*bind)(struct ky_store *s, void *stmt, struct ky_params params);
    ky_rc (*step)(struct ky_store *s, void *stmt, bool *have_row);
    struct ky_value (*column)(void *stmt, int column); /* borrowed until the next step */
    void (*finish)(struct ky_store *s, void *stmt);    /* gives the statement back to the cache */
    int64_t (*changes)(struct ky_store *s);            /* rows the last statement wrote */
};

struct ky_store {
    const struct ky_store_ops *ops;
    void *impl;          /* the backend's own */
    bool in_transaction; /* between begin and commit or rollback */
};

/* where: "sqlite:PATH". busy_ms: how long to wait for another process's write, 1..60000. */
ky_rc ky_store_open(struct ky_store **out, const char *where, int64_t busy_ms);
void ky_store_close(struct ky_store *s);
KY_DEFINE_CLEANUP(struct ky_store, ky_store_close)
#define ky_auto_store KY_CLEANUP(ky_store_closep) struct ky_store *

/* Transactions do not nest (KY_EINVAL); savepoints do. Rollback without a transaction does nothing. */
ky_rc ky_store_begin(struct ky_store *s, ky_store_mode mode);
ky_rc ky_store_commit(struct ky_store *s);
ky_rc ky_store_rollback(struct ky_store *s);
ky_rc ky_store_savepoint(struct ky_store *s);
ky_rc ky_store_release(struct ky_store *s);               /* keeps what was done since the savepoint */
ky_rc ky_store_rollback_to_savepoint(struct ky_store *s); /* undoes it, and releases */

/* Runs a statement to its end. */
ky_rc ky_store_exec(struct ky_store *s, const char *sql, struct ky_params params);
/* As exec; KY_ENOTFOUND unless exactly one row was written. The base of every compare-and-set. */
ky_rc ky_store_exec_one(struct ky_store *s, const char *sql, struct ky_params params);
/* Several statements, without parameters: migrations. */
ky_rc ky_store_script(struct ky_store *s, const char *sql);
int64_t ky_store_changes(struct ky_store *s);

/* The rows of one query; close (or scope end) gives the statement back. */
struct ky_rows {
    struct ky_store *store;
    void *stmt;
};
#define ky_auto_rows KY_CLEANUP(ky_rows_close) struct ky_rows

/* The bound bytes must live until the rows are closed. */
ky_rc ky_store_query(struct ky_rows *out, struct ky_store *s, const char *sql, struct ky_params params);
ky_rc ky_rows_next(struct ky_rows *rows, bool *have_row);
void ky_rows_close(struct ky_rows *rows);

/* Columns from 0 of the present row; borrowed until the next ky_rows_next. NULL reads as 0 and as no bytes. */
struct ky_value ky_rows_value(const struct ky_rows *rows, int column);
int64_t ky_rows_int(const struct ky_rows *rows, int column);
struct ky_bytes ky_rows_bytes(const struct ky_rows *rows, int column);

/* The one integer a query gives; KY_ENOTFOUND when it gives no row. */
ky_rc ky_store_query_int(int64_t *out, struct ky_store *s, const char *sql, struct ky_params params);

#endif
