/* The tables organisation and delegation; see org.h. */
#include "store/org.h"

#include <stdio.h>

#include "base/str.h"
#include "store/figure.h"
#include "store/find.h"

#define SEARCH_MAX 256 /* bytes of a pattern */

static const struct ky_column columns[] = {
    KY_COLUMN(struct ky_db_org, id),        KY_COLUMN(struct ky_db_org, code),
    KY_COLUMN(struct ky_db_org, parent_id), KY_COLUMN(struct ky_db_org, parent_name),
    KY_COLUMN(struct ky_db_org, name),      KY_COLUMN(struct ky_db_org, province),
    KY_COLUMN(struct ky_db_org, place),     KY_COLUMN(struct ky_db_org, sector),
    KY_COLUMN(struct ky_db_org, address),   KY_COLUMN(struct ky_db_org, email),
    KY_COLUMN(struct ky_db_org, state),     KY_COLUMN(struct ky_db_org, created_at),
    KY_COLUMN(struct ky_db_org, kind),      KY_COLUMN(struct ky_db_org, path),
    KY_COLUMN(struct ky_db_org, folded),    KY_COLUMN(struct ky_db_org, separation),
};
static const struct ky_table table = KY_TABLE("organisation", columns, struct ky_db_org);

ky_rc ky_db_org_insert(struct ky_store *s, const struct ky_db_org *org)
{
    return ky_table_insert(s, &table, org);
}

ky_rc ky_db_org_get(struct ky_db_org *out, struct ky_arena *a, struct ky_store *s,
                    const struct ky_scope *scope, const char *id)
{
    return ky_table_get(out, a, s, &table, "id = $1 AND path >= $2 AND path < $3",
                        KY_PARAMS(ky_value_text(id), ky_value_text(scope->from), ky_value_text(scope->to)));
}

ky_rc ky_db_org_get_by_code(struct ky_db_org *out, struct ky_arena *a, struct ky_store *s,
                            const struct ky_scope *scope, const char *code)
{
    return ky_table_get(out, a, s, &table, "code = $1 AND path >= $2 AND path < $3",
                        KY_PARAMS(ky_value_text(code), ky_value_text(scope->from), ky_value_text(scope->to)));
}

ky_rc ky_db_org_department(const char **id, struct ky_arena *a, struct ky_store *s)
{
    struct ky_db_org row;
    KY_TRY(ky_table_get(&row, a, s, &table, "kind = 'department'", KY_NO_PARAMS));
    *id = row.id;
    return KY_OK;
}

ky_rc ky_db_org_list(struct ky_db_org **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                     const struct ky_scope *scope, const char *folded, const struct ky_page *page)
{
    /* The inner query reads one index, of all in the order of time or of a branch; the rows come afterwards. */
    static const char *const where[] = {
        "id IN (SELECT id FROM organisation WHERE folded LIKE $1 AND (created_at, id) < ($2, $3)"
        " ORDER BY created_at DESC, id DESC LIMIT $4) ORDER BY created_at DESC, id DESC",
        "id IN (SELECT id FROM organisation WHERE folded LIKE $1 AND (created_at, id) < ($2, $3)"
        " AND path >= $5 AND path < $6 ORDER BY created_at DESC, id DESC LIMIT $4)"
        " ORDER BY created_at DESC, id DESC",
    };
    char pattern[SEARCH_MAX + 3];
    const bool branch = !ky_scope_is_everything(scope);
    if (folded != NULL && strlen(folded) > SEARCH_MAX)
        return ky_fail(KY_ELIMIT, "search: more than %d bytes", SEARCH_MAX);
    snprintf(pattern, sizeof pattern, "%%%s%%", folded == NULL ? "" : folded);
    struct ky_params params =
        KY_PARAMS(ky_value_text(pattern), ky_value_int(page->before), ky_value_text(page->before_id),
                  ky_value_int(page->limit), ky_value_text(scope->from), ky_value_text(scope->to));
    params.n -= branch ? 0 : 2;
    return ky_table_list(out, n, a, s, &table, where[branch], params);
}

ky_rc ky_db_org_update(struct ky_store *s, const struct ky_scope *scope, const struct ky_db_org *org)
{
    return ky_store_exec_one(
        s,
        "UPDATE organisation SET parent_name = $4, name = $5, province = $6, place = $7, sector = $8,"
        " address = $9, email = $10, folded = $11, separation = $12"
        " WHERE id = $1 AND path >= $2 AND path < $3",
        KY_PARAMS(ky_value_text(org->id), ky_value_text(scope->from), ky_value_text(scope->to),
                  ky_value_text(org->parent_name), ky_value_text(org->name), ky_value_text(org->province),
                  ky_value_text(org->place), ky_value_text(org->sector), ky_value_text(org->address),
                  ky_value_text(org->email), ky_value_text(org->folded), ky_value_text(org->separation)));
}

static ky_rc end_access(struct ky_store *s, const char *id)
{
    static const char *const orders[] = {
        "DELETE FROM staff_token WHERE staff_id IN (SELECT id FROM staff WHERE org_id = $1)",
        "DELETE FROM invitation WHERE staff_id IN (SELECT id FROM staff WHERE org_id = $1)",
        "DELETE FROM session WHERE staff_id IN (SELECT id FROM staff WHERE org_id = $1)",
    };
    for (size_t i = 0; i < KY_COUNT(orders); i++)
        KY_TRY(ky_store_exec(s, orders[i], KY_PARAMS(ky_value_text(id))));
    return KY_OK;
}

ky_rc ky_db_org_set_state(struct ky_store *s, const struct ky_scope *scope, const char *id, const char *state)
{
    KY_TRY(ky_store_exec_one(s,
                             "UPDATE organisation SET state = $4 WHERE id = $1 AND path >= $2 AND path < $3",
                             KY_PARAMS(ky_value_text(id), ky_value_text(scope->from),
                                       ky_value_text(scope->to), ky_value_text(state))));
    return ky_str_eq(state, "active") ? KY_OK : end_access(s, id);
}

ky_rc ky_db_org_count_below(int64_t *out, struct ky_store *s, const char *path, const char *state)
{
    struct ky_scope branch;
    KY_TRY(ky_scope_make(&branch, path));
    return ky_store_query_int(
        out, s, "SELECT count(*) FROM organisation WHERE path > $1 AND path < $2 AND state = $3",
        KY_PARAMS(ky_value_text(branch.from), ky_value_text(branch.to), ky_value_text(state)));
}

ky_rc ky_db_org_longest_path(int64_t *out, struct ky_store *s, const struct ky_scope *branch)
{
    return ky_store_query_int(
        out, s, "SELECT coalesce(max(length(path)), 0) FROM organisation WHERE path >= $1 AND path < $2",
        KY_PARAMS(ky_value_text(branch->from), ky_value_text(branch->to)));
}

ky_rc ky_db_org_move(struct ky_store *s, const char *id, const char *parent_id, const char *from,
                     const char *to)
{
    static const char *const orders[] = {
        "UPDATE organisation SET path = $3 || substr(path, $4) WHERE path >= $1 AND path < $2",
        "UPDATE dossier SET path = $3 || substr(path, $4) WHERE path >= $1 AND path < $2",
        "UPDATE certificate SET path = $3 || substr(path, $4) WHERE path >= $1 AND path < $2",
    };
    struct ky_scope branch;
    KY_TRY(ky_scope_make(&branch, from));
    for (size_t i = 0; i < KY_COUNT(orders); i++)
        KY_TRY(ky_store_exec(s, orders[i],
                             KY_PARAMS(ky_value_text(branch.from), ky_value_text(branch.to),
                                       ky_value_text(to), ky_value_int((int64_t)strlen(from) + 1))));
    KY_TRY(ky_scope_make(&branch, to));
    KY_TRY(ky_db_find_move(s, &branch));
    KY_TRY(ky_db_figure_move(s, from, to));
    return ky_store_exec_one(s, "UPDATE organisation SET parent_id = $2 WHERE id = $1",
                             KY_PARAMS(ky_value_text(id), ky_value_text(parent_id)));
}

ky_rc ky_db_delegation_set(struct ky_store *s, const char *org_id, const char *const *procedures, size_t n)
{
    KY_TRY(ky_store_exec(s, "DELETE FROM delegation WHERE org_id = $1", KY_PARAMS(ky_value_text(org_id))));
    for (size_t i = 0; i < n; i++)
        KY_TRY(ky_store_exec(s, "INSERT INTO delegation (org_id, procedure) VALUES ($1, $2)",
                             KY_PARAMS(ky_value_text(org_id), ky_value_text(procedures[i]))));
    return KY_OK;
}

ky_rc ky_db_delegation_has(bool *out, struct ky_store *s, const char *org_id, const char *procedure)
{
    int64_t n = 0;
    KY_TRY(ky_store_query_int(
        &n, s,
        "SELECT count(*) FROM delegation JOIN organisation ON organisation.id = delegation.org_id"
        " WHERE delegation.org_id = $1 AND delegation.procedure = $2 AND organisation.state = 'active'",
        KY_PARAMS(ky_value_text(org_id), ky_value_text(procedure))));
    *out = n > 0;
    return KY_OK;
}
