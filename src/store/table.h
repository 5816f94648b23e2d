/*
 * Plain structs to rows and back by a table of columns, so that a repository
 * is its columns and its conditions. Members are int64_t, const char * or
 * struct ky_bytes; the member has the column's name.
 */
#ifndef KY_STORE_TABLE_H
#define KY_STORE_TABLE_H

#include "base/arena.h"
#include "store/store.h"

struct ky_column {
    const char *name;
    ky_value_kind kind;
    size_t offset; /* of the member */
};

struct ky_table {
    const char *name;
    const struct ky_column *columns;
    size_t count;
    size_t row_size; /* of the struct */
};

/* Any other member type does not compile. */
#define KY_COLUMN(type, member)                                                                              \
    {                                                                                                        \
#member,                                                                                                \
     _Generic(((type *)0)->member, int64_t                                                                   \
              : KY_VALUE_INT, const char *                                                                   \
              : KY_VALUE_TEXT, struct ky_bytes                                                               \
              : KY_VALUE_BLOB),                                                                              \
     offsetof(type, member)    \
    }

/* static const struct ky_column cols[] = {…}; static const struct ky_table t = KY_TABLE("name", cols, struct row); */
#define KY_TABLE(table_name, cols, type)                                                                     \
    {                                                                                                        \
        .name = (table_name), .columns = (cols), .count = KY_COUNT(cols), .row_size = sizeof(type)           \
    }

#define KY_TABLE_ROWS_MAX 1000 /* a list longer than this is paged */

/* KY_EEXIST when a unique column has the value already. */
ky_rc ky_table_insert(struct ky_store *s, const struct ky_table *t, const void *row);

/* The one row for which `where` (SQL, without the word) holds; KY_ENOTFOUND. Texts and bytes lie in the arena. */
ky_rc ky_table_get(void *row, struct ky_arena *a, struct ky_store *s, const struct ky_table *t,
                   const char *where, struct ky_params params);

/* An array in the arena of the rows for which `where … ORDER BY … LIMIT …` holds; KY_ELIMIT above KY_TABLE_ROWS_MAX. */
ky_rc ky_table_list(void *rows_out, size_t *n, struct ky_arena *a, struct ky_store *s,
                    const struct ky_table *t, const char *where, struct ky_params params);

#endif
