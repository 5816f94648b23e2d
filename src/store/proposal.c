/* The table proposal; see proposal.h. */
#include "store/proposal.h"

static const struct ky_column columns[] = {
    KY_COLUMN(struct ky_db_proposal, id),
    KY_COLUMN(struct ky_db_proposal, statement),
    KY_COLUMN(struct ky_db_proposal, authorisations),
    KY_COLUMN(struct ky_db_proposal, proposed_by),
    KY_COLUMN(struct ky_db_proposal, created_at),
    KY_COLUMN(struct ky_db_proposal, expires_at),
};
static const struct ky_table table = KY_TABLE("proposal", columns, struct ky_db_proposal);

ky_rc ky_db_proposal_insert(struct ky_store *s, const struct ky_db_proposal *p)
{
    return ky_table_insert(s, &table, p);
}

ky_rc ky_db_proposal_get(struct ky_db_proposal *out, struct ky_arena *a, struct ky_store *s, const char *id)
{
    return ky_table_get(out, a, s, &table, "id = $1", KY_PARAMS(ky_value_text(id)));
}

ky_rc ky_db_proposal_list(struct ky_db_proposal **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                          const char *staff_id, int64_t now, const struct ky_page *page)
{
    if (staff_id == NULL)
        return ky_table_list(out, n, a, s, &table,
                             "(created_at, id) < ($1, $2) AND expires_at > $3"
                             " ORDER BY created_at DESC, id DESC LIMIT $4",
                             KY_PARAMS(ky_value_int(page->before), ky_value_text(page->before_id),
                                       ky_value_int(now), ky_value_int(page->limit)));
    return ky_table_list(out, n, a, s, &table,
                         "(created_at, id) < ($1, $2) AND expires_at > $3 AND proposed_by = $5"
                         " ORDER BY created_at DESC, id DESC LIMIT $4",
                         KY_PARAMS(ky_value_int(page->before), ky_value_text(page->before_id),
                                   ky_value_int(now), ky_value_int(page->limit), ky_value_text(staff_id)));
}

ky_rc ky_db_proposal_count(int64_t *out, struct ky_store *s, const char *staff_id, int64_t now)
{
    return ky_store_query_int(out, s,
                              "SELECT count(*) FROM proposal WHERE proposed_by = $1 AND expires_at > $2",
                              KY_PARAMS(ky_value_text(staff_id), ky_value_int(now)));
}

ky_rc ky_db_proposal_sign(struct ky_store *s, const char *id, struct ky_bytes before, struct ky_bytes after)
{
    return ky_store_exec_one(s,
                             "UPDATE proposal SET authorisations = $3 WHERE id = $1 AND authorisations = $2",
                             KY_PARAMS(ky_value_text(id), ky_value_blob(before), ky_value_blob(after)));
}

ky_rc ky_db_proposal_delete(struct ky_store *s, const char *id)
{
    return ky_store_exec_one(s, "DELETE FROM proposal WHERE id = $1", KY_PARAMS(ky_value_text(id)));
}

ky_rc ky_db_proposal_purge(struct ky_store *s, int64_t now)
{
    return ky_store_exec(s, "DELETE FROM proposal WHERE expires_at <= $1", KY_PARAMS(ky_value_int(now)));
}
