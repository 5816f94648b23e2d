/* The tables branch_count and figure; see figure.h. */
#include "store/figure.h"

#include <stdio.h>

#include "base/str.h"

#define ROOT "/"
#define ID_MAX 33 /* hex32 and NUL */

static const struct ky_column count_columns[] = {
    KY_COLUMN(struct ky_db_dossier_count, state),
    KY_COLUMN(struct ky_db_dossier_count, stage),
    KY_COLUMN(struct ky_db_dossier_count, dossiers),
};
static const struct ky_table counts = KY_TABLE("branch_count", count_columns, struct ky_db_dossier_count);

/* ---- the branches of a path ---- */

/* Reads the id at *at, a place within a path behind a '/'; false: there is none left. */
static bool next_branch(char id[ID_MAX], const char **at)
{
    size_t n = strcspn(*at, "/");
    if (n == 0 || n >= ID_MAX)
        return false;
    memcpy(id, *at, n);
    id[n] = 0;
    *at += n + ((*at)[n] == '/');
    return true;
}

/* The scope's own branch: the last id of its path. */
static void name_branch(char id[ID_MAX], const struct ky_scope *scope)
{
    const char *at = scope->from + (scope->from[0] != 0);
    snprintf(id, ID_MAX, "%s", scope->from[0] == 0 ? "" : ROOT);
    while (next_branch(id, &at))
        ;
}

typedef ky_rc branch_fn(struct ky_store *s, const char *branch, const void *ctx);

/* Everything, and each id of the path. A path that is nowhere ('') is counted nowhere. */
static ky_rc for_each_branch(struct ky_store *s, const char *path, branch_fn *fn, const void *ctx)
{
    char id[ID_MAX];
    if (path == NULL || path[0] != '/')
        return KY_OK;
    KY_TRY(fn(s, ROOT, ctx));
    for (const char *at = path + 1; next_branch(id, &at);)
        KY_TRY(fn(s, id, ctx));
    return KY_OK;
}

/* ---- how many stand where ---- */

static ky_rc add_count(struct ky_store *s, const char *branch, const void *ctx)
{
    const struct ky_db_dossier_count *c = ctx;
    return ky_store_exec(s,
                         "INSERT INTO branch_count (branch, state, stage, dossiers) VALUES ($1, $2, $3, $4)"
                         " ON CONFLICT (branch, state, stage)"
                         " DO UPDATE SET dossiers = branch_count.dossiers + excluded.dossiers",
                         KY_PARAMS(ky_value_text(branch), ky_value_text(c->state), ky_value_int(c->stage),
                                   ky_value_int(c->dossiers)));
}

ky_rc ky_db_count_add(struct ky_store *s, const char *path, const char *state, int64_t stage, int64_t change)
{
    const struct ky_db_dossier_count c = {state, stage, change};
    return for_each_branch(s, path, add_count, &c);
}

ky_rc ky_db_dossier_counts(struct ky_db_dossier_count **out, size_t *n, struct ky_arena *a,
                           struct ky_store *s, const struct ky_scope *scope)
{
    char branch[ID_MAX];
    name_branch(branch, scope);
    return ky_table_list(out, n, a, s, &counts, "branch = $1 AND dossiers > 0 ORDER BY state, stage",
                         KY_PARAMS(ky_value_text(branch)));
}

/* ---- what happened in a month ---- */

struct figure {
    const struct ky_db_figure_key *key;
    const char *measure;
    int64_t change;
};

static ky_rc add_figure(struct ky_store *s, const char *branch, const void *ctx)
{
    const struct figure *f = ctx;
    return ky_store_exec(s,
                         "INSERT INTO figure (branch, month, procedure, province, sector, measure, n)"
                         " VALUES ($1, $2, $3, $4, $5, $6, $7)"
                         " ON CONFLICT (branch, month, procedure, province, sector, measure)"
                         " DO UPDATE SET n = figure.n + excluded.n",
                         KY_PARAMS(ky_value_text(branch), ky_value_int(f->key->month),
                                   ky_value_text(f->key->procedure), ky_value_text(f->key->province),
                                   ky_value_text(f->key->sector), ky_value_text(f->measure),
                                   ky_value_int(f->change)));
}

ky_rc ky_db_figure_add(struct ky_store *s, const struct ky_db_figure_key *key, const char *measure,
                       int64_t change)
{
    const struct figure f = {key, measure, change};
    return for_each_branch(s, key->path, add_figure, &f);
}

#define SUMS(column)                                                                                         \
    "SELECT " column ", measure, sum(n) FROM figure WHERE branch = $1 AND month >= $2 AND month <= $3"       \
    " GROUP BY " column ", measure ORDER BY " column ", measure"

static const char *const sums[KY_FIGURE_GROUPS] = {
    [KY_FIGURE_PROVINCE] = SUMS("province"),
    [KY_FIGURE_SECTOR] = SUMS("sector"),
    [KY_FIGURE_PROCEDURE] = SUMS("procedure"),
    [KY_FIGURE_MONTH] = SUMS("CAST(month AS TEXT)"),
};

static ky_rc give_row(const struct ky_rows *rows, ky_figure_fn *fn, void *ctx)
{
    char group[256], measure[32];
    struct ky_bytes g = ky_rows_bytes(rows, 0), m = ky_rows_bytes(rows, 1);
    snprintf(group, sizeof group, "%.*s", (int)g.n, (const char *)g.p);
    snprintf(measure, sizeof measure, "%.*s", (int)m.n, (const char *)m.p);
    return fn(ctx, group, measure, ky_rows_int(rows, 2));
}

ky_rc ky_db_figure_sums(struct ky_store *s, const struct ky_scope *scope, ky_figure_group by, int64_t first,
                        int64_t last, ky_figure_fn *fn, void *ctx)
{
    char branch[ID_MAX];
    ky_auto_rows rows = {.store = NULL};
    name_branch(branch, scope);
    KY_TRY(ky_store_query(&rows, s, sums[by],
                          KY_PARAMS(ky_value_text(branch), ky_value_int(first), ky_value_int(last))));
    for (bool have_row = true;;) {
        KY_TRY(ky_rows_next(&rows, &have_row));
        if (!have_row)
            return KY_OK;
        KY_TRY(give_row(&rows, fn, ctx));
    }
}

/* ---- a branch that moves ---- */

struct moving {
    const char *branch; /* that moves */
    int64_t sign;
};

static ky_rc move_one(struct ky_store *s, const char *branch, const void *ctx)
{
    static const char *const orders[] = {
        "INSERT INTO branch_count (branch, state, stage, dossiers)"
        " SELECT $1, state, stage, $3 * dossiers FROM branch_count WHERE branch = $2"
        " ON CONFLICT (branch, state, stage)"
        " DO UPDATE SET dossiers = branch_count.dossiers + excluded.dossiers",
        "INSERT INTO figure (branch, month, procedure, province, sector, measure, n)"
        " SELECT $1, month, procedure, province, sector, measure, $3 * n FROM figure WHERE branch = $2"
        " ON CONFLICT (branch, month, procedure, province, sector, measure)"
        " DO UPDATE SET n = figure.n + excluded.n",
    };
    const struct moving *m = ctx;
    if (ky_str_eq(branch, m->branch))
        return KY_OK;
    for (size_t i = 0; i < KY_COUNT(orders); i++)
        KY_TRY(ky_store_exec(
            s, orders[i], KY_PARAMS(ky_value_text(branch), ky_value_text(m->branch), ky_value_int(m->sign))));
    return KY_OK;
}

ky_rc ky_db_figure_move(struct ky_store *s, const char *from, const char *to)
{
    char branch[ID_MAX];
    struct ky_scope scope;
    KY_TRY(ky_scope_make(&scope, from));
    name_branch(branch, &scope);
    const struct moving away = {branch, -1}, here = {branch, 1};
    KY_TRY(for_each_branch(s, from, move_one, &away));
    return for_each_branch(s, to, move_one, &here);
}
