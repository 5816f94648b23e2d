/* The table org_event; see org_event.h. */
#include "store/org_event.h"

static const struct ky_column columns[] = {
    KY_COLUMN(struct ky_db_org_event, org_id),   KY_COLUMN(struct ky_db_org_event, sequence),
    KY_COLUMN(struct ky_db_org_event, at),       KY_COLUMN(struct ky_db_org_event, actor_id),
    KY_COLUMN(struct ky_db_org_event, staff_id), KY_COLUMN(struct ky_db_org_event, action),
    KY_COLUMN(struct ky_db_org_event, note),
};
static const struct ky_table table = KY_TABLE("org_event", columns, struct ky_db_org_event);

ky_rc ky_db_org_event_insert(struct ky_store *s, const struct ky_db_org_event *e)
{
    struct ky_db_org_event numbered = *e;
    KY_TRY(ky_store_query_int(&numbered.sequence, s,
                              "SELECT coalesce(max(sequence), 0) + 1 FROM org_event WHERE org_id = $1",
                              KY_PARAMS(ky_value_text(e->org_id))));
    return ky_table_insert(s, &table, &numbered);
}

ky_rc ky_db_org_event_list(struct ky_db_org_event **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                           const struct ky_scope *scope, const char *org_id, const struct ky_page *page)
{
    KY_TRY(ky_scope_check(s, scope, KY_OBJECT_ORG, org_id));
    return ky_table_list(
        out, n, a, s, &table, "org_id = $1 AND sequence < $2 ORDER BY sequence DESC LIMIT $3",
        KY_PARAMS(ky_value_text(org_id), ky_value_int(page->before), ky_value_int(page->limit)));
}
