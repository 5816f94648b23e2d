/* The table staff_view; see view.h. */
#include "store/view.h"

#include "store/table.h"

struct row {
    struct ky_bytes json;
};

static const struct ky_column columns[] = {KY_COLUMN(struct row, json)};
static const struct ky_table views = KY_TABLE("staff_view", columns, struct row);

ky_rc ky_db_views_put(struct ky_store *s, const char *staff_id, struct ky_bytes json, int64_t now)
{
    return ky_store_exec(s,
                         "INSERT INTO staff_view (staff_id, json, updated_at) VALUES ($1, $2, $3)"
                         " ON CONFLICT (staff_id) DO UPDATE"
                         " SET json = excluded.json, updated_at = excluded.updated_at",
                         KY_PARAMS(ky_value_text(staff_id), ky_value_blob(json), ky_value_int(now)));
}

ky_rc ky_db_views_get(struct ky_bytes *out, struct ky_arena *a, struct ky_store *s, const char *staff_id)
{
    struct row r;
    KY_TRY(ky_table_get(&r, a, s, &views, "staff_id = $1", KY_PARAMS(ky_value_text(staff_id))));
    *out = r.json;
    return KY_OK;
}
