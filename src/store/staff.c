/* The tables staff and staff_token; see staff.h. */
#include "store/staff.h"

#include "base/str.h"

static const struct ky_column columns[] = {
    KY_COLUMN(struct ky_db_staff, id),         KY_COLUMN(struct ky_db_staff, org_id),
    KY_COLUMN(struct ky_db_staff, name),       KY_COLUMN(struct ky_db_staff, email),
    KY_COLUMN(struct ky_db_staff, roles),      KY_COLUMN(struct ky_db_staff, officer_record),
    KY_COLUMN(struct ky_db_staff, owner),      KY_COLUMN(struct ky_db_staff, state),
    KY_COLUMN(struct ky_db_staff, created_at),
};
static const struct ky_table table = KY_TABLE("staff", columns, struct ky_db_staff);

ky_rc ky_db_staff_insert(struct ky_store *s, const struct ky_db_staff *staff)
{
    return ky_table_insert(s, &table, staff);
}

/* People are in a scope through their organisation: one look at its row. */
#define IN_SCOPE                                                                                             \
    " AND EXISTS (SELECT 1 FROM organisation WHERE organisation.id = staff.org_id"                           \
    " AND organisation.path >= $2 AND organisation.path < $3)"

ky_rc ky_db_staff_get(struct ky_db_staff *out, struct ky_arena *a, struct ky_store *s,
                      const struct ky_scope *scope, const char *id)
{
    return ky_table_get(out, a, s, &table, "id = $1" IN_SCOPE,
                        KY_PARAMS(ky_value_text(id), ky_value_text(scope->from), ky_value_text(scope->to)));
}

ky_rc ky_db_staff_list(struct ky_db_staff **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                       const struct ky_scope *scope, const char *org_id, const struct ky_page *page)
{
    KY_TRY(ky_scope_check(s, scope, KY_OBJECT_ORG, org_id));
    return ky_table_list(
        out, n, a, s, &table,
        "org_id = $1 AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT $4",
        KY_PARAMS(ky_value_text(org_id), ky_value_int(page->before), ky_value_text(page->before_id),
                  ky_value_int(page->limit)));
}

ky_rc ky_db_staff_list_active(struct ky_db_staff **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                              const char *org_id)
{
    return ky_table_list(out, n, a, s, &table, "org_id = $1 AND state = 'active' ORDER BY id LIMIT $2",
                         KY_PARAMS(ky_value_text(org_id), ky_value_int(KY_PAGE_ROWS_MAX)));
}

ky_rc ky_db_staff_update(struct ky_store *s, const struct ky_scope *scope, const struct ky_db_staff *staff)
{
    return ky_store_exec_one(s, "UPDATE staff SET name = $4, email = $5, roles = $6 WHERE id = $1" IN_SCOPE,
                             KY_PARAMS(ky_value_text(staff->id), ky_value_text(scope->from),
                                       ky_value_text(scope->to), ky_value_text(staff->name),
                                       ky_value_text(staff->email), ky_value_text(staff->roles)));
}

ky_rc ky_db_staff_set_state(struct ky_store *s, const struct ky_scope *scope, const char *id,
                            const char *state)
{
    static const char *const orders[] = {
        "DELETE FROM staff_token WHERE staff_id = $1",
        "DELETE FROM invitation WHERE staff_id = $1",
        "DELETE FROM session WHERE staff_id = $1",
    };
    KY_TRY(ky_store_exec_one(s, "UPDATE staff SET state = $4 WHERE id = $1" IN_SCOPE,
                             KY_PARAMS(ky_value_text(id), ky_value_text(scope->from),
                                       ky_value_text(scope->to), ky_value_text(state))));
    for (size_t i = 0; i < KY_COUNT(orders) && !ky_str_eq(state, "active"); i++)
        KY_TRY(ky_store_exec(s, orders[i], KY_PARAMS(ky_value_text(id))));
    return KY_OK;
}

ky_rc ky_db_staff_count_role(int64_t *out, struct ky_store *s, const char *org_id, const char *role,
                             const char *or_role)
{
    return ky_store_query_int(out, s,
                              "SELECT count(*) FROM staff WHERE org_id = $1 AND state = 'active'"
                              " AND (' ' || roles || ' ' LIKE '% ' || $2 || ' %'"
                              " OR ' ' || roles || ' ' LIKE '% ' || $3 || ' %')",
                              KY_PARAMS(ky_value_text(org_id), ky_value_text(role),
                                        ky_value_text(or_role == NULL ? role : or_role)));
}

ky_rc ky_db_staff_set_officer(struct ky_store *s, const char *id, const char *officer_record,
                              const char *owner)
{
    return ky_store_exec_one(
        s, "UPDATE staff SET officer_record = $2, owner = $3 WHERE id = $1",
        KY_PARAMS(ky_value_text(id), ky_value_text(officer_record), ky_value_text(owner)));
}

ky_rc ky_db_staff_token_insert(struct ky_store *s, struct ky_bytes hash, const char *staff_id,
                               int64_t created_at, int64_t expires_at)
{
    return ky_store_exec(
        s, "INSERT INTO staff_token (hash, staff_id, created_at, expires_at) VALUES ($1, $2, $3, $4)",
        KY_PARAMS(ky_value_blob(hash), ky_value_text(staff_id), ky_value_int(created_at),
                  ky_value_int(expires_at)));
}

ky_rc ky_db_staff_get_by_token(struct ky_db_staff *out, struct ky_arena *a, struct ky_store *s,
                               struct ky_bytes hash, int64_t now)
{
    return ky_table_get(
        out, a, s, &table,
        "state = 'active' AND id = (SELECT staff_id FROM staff_token WHERE hash = $1 AND expires_at > $2)"
        " AND EXISTS (SELECT 1 FROM organisation o WHERE o.id = staff.org_id AND o.state = 'active')",
        KY_PARAMS(ky_value_blob(hash), ky_value_int(now)));
}

ky_rc ky_db_staff_token_delete(struct ky_store *s, struct ky_bytes hash)
{
    return ky_store_exec_one(s, "DELETE FROM staff_token WHERE hash = $1", KY_PARAMS(ky_value_blob(hash)));
}

ky_rc ky_db_staff_token_purge(struct ky_store *s, int64_t now)
{
    return ky_store_exec(s, "DELETE FROM staff_token WHERE expires_at <= $1", KY_PARAMS(ky_value_int(now)));
}
