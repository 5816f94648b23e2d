/* Builds the statements of table.h; the connection caches them by their text. */
#include "store/table.h"

#include "base/buf.h"

#define SQL_MAX 4096
#define COLUMNS_MAX 40

static void add_columns(struct ky_buf *sql, const struct ky_table *t)
{
    for (size_t i = 0; i < t->count; i++)
        ky_buf_addf(sql, "%s%s", i == 0 ? "" : ", ", t->columns[i].name);
}

static struct ky_value member_value(const struct ky_column *c, const void *row)
{
    const uint8_t *at = (const uint8_t *)row + c->offset;
    if (c->kind == KY_VALUE_INT) {
        int64_t i;
        memcpy(&i, at, sizeof i);
        return ky_value_int(i);
    }
    if (c->kind == KY_VALUE_TEXT) {
        const char *s;
        memcpy(&s, at, sizeof s);
        return ky_value_text(s);
    }
    struct ky_bytes b;
    memcpy(&b, at, sizeof b);
    return ky_value_blob(b);
}

ky_rc ky_table_insert(struct ky_store *s, const struct ky_table *t, const void *row)
{
    struct ky_value values[COLUMNS_MAX];
    if (t->count > COLUMNS_MAX)
        return ky_fail(KY_EINTERNAL, "store: table %s has more than %d columns", t->name, COLUMNS_MAX);
    ky_auto_buf sql = ky_buf_init(SQL_MAX);
    ky_buf_addf(&sql, "INSERT INTO %s (", t->name);
    add_columns(&sql, t);
    ky_buf_add_str(&sql, ") VALUES (");
    for (size_t i = 0; i < t->count; i++) {
        ky_buf_addf(&sql, "%s$%zu", i == 0 ? "" : ", ", i + 1);
        values[i] = member_value(&t->columns[i], row);
    }
    ky_buf_add_str(&sql, ")");
    KY_TRY(ky_buf_finish(&sql));
    ky_rc rc = ky_store_exec(s, ky_buf_str(&sql), (struct ky_params){values, t->count});
    return ky_context(rc, "%s", t->name);
}

/* Text and bytes are copied into the arena; SQL NULL stays NULL. */
static ky_rc fill_member(void *row, struct ky_arena *a, const struct ky_column *c, const struct ky_value *v)
{
    uint8_t *at = (uint8_t *)row + c->offset;
    if (c->kind == KY_VALUE_INT) {
        memcpy(at, &v->i, sizeof v->i);
        return KY_OK;
    }
    uint8_t *copy = NULL;
    if (v->kind != KY_VALUE_NULL && (copy = ky_arena_dup(a, v->b)) == NULL)
        return KY_ENOMEM;
    if (c->kind == KY_VALUE_TEXT) {
        const char *text = (const char *)copy;
        memcpy(at, &text, sizeof text);
        return KY_OK;
    }
    struct ky_bytes b = KY_BYTES(copy, v->b.n);
    memcpy(at, &b, sizeof b);
    return KY_OK;
}

static ky_rc fill_row(void *row, struct ky_arena *a, const struct ky_table *t, const struct ky_rows *rows)
{
    for (size_t i = 0; i < t->count; i++) {
        struct ky_value v = ky_rows_value(rows, (int)i);
        KY_TRY(fill_member(row, a, &t->columns[i], &v));
    }
    return KY_OK;
}

static ky_rc select_rows(struct ky_rows *out, struct ky_store *s, const struct ky_table *t, const char *where,
                         struct ky_params params)
{
    ky_auto_buf sql = ky_buf_init(SQL_MAX);
    ky_buf_add_str(&sql, "SELECT ");
    add_columns(&sql, t);
    ky_buf_addf(&sql, " FROM %s WHERE %s", t->name, where);
    KY_TRY(ky_buf_finish(&sql));
    return ky_store_query(out, s, ky_buf_str(&sql), params);
}

ky_rc ky_table_get(void *row, struct ky_arena *a, struct ky_store *s, const struct ky_table *t,
                   const char *where, struct ky_params params)
{
    ky_auto_rows rows = {0};
    bool have_row = false;
    KY_TRY(select_rows(&rows, s, t, where, params));
    KY_TRY(ky_rows_next(&rows, &have_row));
    if (!have_row)
        return ky_fail(KY_ENOTFOUND, "%s: no such row", t->name);
    return fill_row(row, a, t, &rows);
}

/* The array with room for one row more; grows by doubling inside the arena. */
static uint8_t *grown(struct ky_arena *a, const struct ky_table *t, uint8_t *all, size_t count, size_t *room)
{
    if (count < *room)
        return all;
    size_t bigger = *room == 0 ? 8 : *room * 2;
    uint8_t *copy = ky_arena_alloc_array(a, bigger, t->row_size);
    if (copy != NULL && count > 0)
        memcpy(copy, all, count * t->row_size);
    *room = bigger;
    return copy;
}

ky_rc ky_table_list(void *rows_out, size_t *n, struct ky_arena *a, struct ky_store *s,
                    const struct ky_table *t, const char *where, struct ky_params params)
{
    ky_auto_rows rows = {0};
    uint8_t *all = NULL;
    size_t count = 0, room = 0;
    KY_TRY(select_rows(&rows, s, t, where, params));
    for (bool have_row = true;; count++) {
        KY_TRY(ky_rows_next(&rows, &have_row));
        if (!have_row)
            break;
        if (count == KY_TABLE_ROWS_MAX)
            return ky_fail(KY_ELIMIT, "%s: more than %d rows", t->name, KY_TABLE_ROWS_MAX);
        if ((all = grown(a, t, all, count, &room)) == NULL)
            return KY_ENOMEM;
        KY_TRY(fill_row(all + count * t->row_size, a, t, &rows));
    }
    memcpy(rows_out, &all, sizeof all);
    *n = count;
    return KY_OK;
}
