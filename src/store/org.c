/* The table organisation; see org.h. */
#include "store/org.h"

static const struct ky_column columns[] = {
    KY_COLUMN(struct ky_db_org, id),        KY_COLUMN(struct ky_db_org, code),
    KY_COLUMN(struct ky_db_org, parent_id), KY_COLUMN(struct ky_db_org, parent_name),
    KY_COLUMN(struct ky_db_org, name),      KY_COLUMN(struct ky_db_org, province),
    KY_COLUMN(struct ky_db_org, place),     KY_COLUMN(struct ky_db_org, sector),
    KY_COLUMN(struct ky_db_org, address),   KY_COLUMN(struct ky_db_org, email),
    KY_COLUMN(struct ky_db_org, state),     KY_COLUMN(struct ky_db_org, created_at),
};
static const struct ky_table table = KY_TABLE("organisation", columns, struct ky_db_org);

ky_rc ky_db_org_insert(struct ky_store *s, const struct ky_db_org *org)
{
    return ky_table_insert(s, &table, org);
}

ky_rc ky_db_org_get(struct ky_db_org *out, struct ky_arena *a, struct ky_store *s, const char *id)
{
    return ky_table_get(out, a, s, &table, "id = $1", KY_PARAMS(ky_value_text(id)));
}

ky_rc ky_db_org_get_by_code(struct ky_db_org *out, struct ky_arena *a, struct ky_store *s, const char *code)
{
    return ky_table_get(out, a, s, &table, "code = $1", KY_PARAMS(ky_value_text(code)));
}

ky_rc ky_db_org_list(struct ky_db_org **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                     const struct ky_page *page)
{
    return ky_table_list(
        out, n, a, s, &table, "(created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC LIMIT $3",
        KY_PARAMS(ky_value_int(page->before), ky_value_text(page->before_id), ky_value_int(page->limit)));
}

ky_rc ky_db_org_set_state(struct ky_store *s, const char *id, const char *state)
{
    return ky_store_exec_one(s, "UPDATE organisation SET state = $2 WHERE id = $1",
                             KY_PARAMS(ky_value_text(id), ky_value_text(state)));
}
