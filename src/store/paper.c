/* The tables paper, attachment, own_request, own_link and validation_report; see paper.h. */
#include "store/paper.h"

static const struct ky_column paper_columns[] = {
    KY_COLUMN(struct ky_db_paper, dossier_id),
    KY_COLUMN(struct ky_db_paper, hash),
    KY_COLUMN(struct ky_db_paper, sealed_content),
    KY_COLUMN(struct ky_db_paper, created_at),
};
static const struct ky_table papers = KY_TABLE("paper", paper_columns, struct ky_db_paper);

static const struct ky_column attachment_columns[] = {
    KY_COLUMN(struct ky_db_attachment, dossier_id), KY_COLUMN(struct ky_db_attachment, number),
    KY_COLUMN(struct ky_db_attachment, name),       KY_COLUMN(struct ky_db_attachment, type),
    KY_COLUMN(struct ky_db_attachment, size),       KY_COLUMN(struct ky_db_attachment, hash),
    KY_COLUMN(struct ky_db_attachment, staff_id),   KY_COLUMN(struct ky_db_attachment, at),
};
static const struct ky_table attachments =
    KY_TABLE("attachment", attachment_columns, struct ky_db_attachment);

static const struct ky_column own_request_columns[] = {
    KY_COLUMN(struct ky_db_own_request, dossier_id), KY_COLUMN(struct ky_db_own_request, number),
    KY_COLUMN(struct ky_db_own_request, source),     KY_COLUMN(struct ky_db_own_request, hash),
    KY_COLUMN(struct ky_db_own_request, row_hash),   KY_COLUMN(struct ky_db_own_request, address),
    KY_COLUMN(struct ky_db_own_request, staff_id),   KY_COLUMN(struct ky_db_own_request, at),
};
static const struct ky_table own_requests =
    KY_TABLE("own_request", own_request_columns, struct ky_db_own_request);

static const struct ky_column own_link_columns[] = {
    KY_COLUMN(struct ky_db_own_link, dossier_id), KY_COLUMN(struct ky_db_own_link, number),
    KY_COLUMN(struct ky_db_own_link, hash),       KY_COLUMN(struct ky_db_own_link, made),
    KY_COLUMN(struct ky_db_own_link, since),      KY_COLUMN(struct ky_db_own_link, expires_at),
};
static const struct ky_table own_links = KY_TABLE("own_link", own_link_columns, struct ky_db_own_link);

static const struct ky_column report_columns[] = {
    KY_COLUMN(struct ky_db_report, dossier_id),
    KY_COLUMN(struct ky_db_report, hash),
    KY_COLUMN(struct ky_db_report, sealed_report),
    KY_COLUMN(struct ky_db_report, at),
};
static const struct ky_table reports = KY_TABLE("validation_report", report_columns, struct ky_db_report);

/* What belongs to a dossier is in a scope through it: $1 is the dossier, $2 and $3 the range. */
#define IN_SCOPE                                                                                             \
    "dossier_id = $1"                                                                                        \
    " AND EXISTS (SELECT 1 FROM dossier WHERE dossier.id = $1 AND dossier.path >= $2 AND dossier.path < $3)"
#define SCOPED(dossier_id, scope)                                                                            \
    ky_value_text(dossier_id), ky_value_text((scope)->from), ky_value_text((scope)->to)

/* ---- files ---- */

ky_rc ky_db_paper_put(struct ky_store *s, const struct ky_db_paper *p)
{
    int64_t there = 0;
    KY_TRY(ky_store_query_int(&there, s, "SELECT count(*) FROM paper WHERE dossier_id = $1 AND hash = $2",
                              KY_PARAMS(ky_value_text(p->dossier_id), ky_value_blob(p->hash))));
    return there > 0 ? KY_OK : ky_table_insert(s, &papers, p);
}

ky_rc ky_db_paper_get(struct ky_db_paper *out, struct ky_arena *a, struct ky_store *s,
                      const struct ky_scope *scope, const char *dossier_id, struct ky_bytes hash)
{
    return ky_table_get(out, a, s, &papers, IN_SCOPE " AND hash = $4",
                        KY_PARAMS(SCOPED(dossier_id, scope), ky_value_blob(hash)));
}

ky_rc ky_db_paper_kept_until(int64_t *out, struct ky_store *s, const char *dossier_id)
{
    return ky_store_query_int(out, s,
                              "SELECT coalesce(max(at), 0) FROM dossier_event"
                              " WHERE dossier_id = $1 AND action = 'submit'",
                              KY_PARAMS(ky_value_text(dossier_id)));
}

ky_rc ky_db_paper_sweep(struct ky_store *s, const char *dossier_id, int64_t kept_until)
{
    return ky_store_exec(
        s,
        "DELETE FROM paper WHERE dossier_id = $1 AND created_at > $2"
        " AND NOT EXISTS (SELECT 1 FROM attachment a WHERE a.dossier_id = $1 AND a.hash = paper.hash)"
        " AND NOT EXISTS (SELECT 1 FROM own_request o WHERE o.dossier_id = $1 AND o.hash = paper.hash)",
        KY_PARAMS(ky_value_text(dossier_id), ky_value_int(kept_until)));
}

/* ---- attachments ---- */

ky_rc ky_db_attachment_insert(int64_t *number, struct ky_store *s, const struct ky_db_attachment *row)
{
    struct ky_db_attachment numbered = *row;
    KY_TRY(ky_store_query_int(&numbered.number, s,
                              "SELECT coalesce(max(number), 0) + 1 FROM attachment WHERE dossier_id = $1",
                              KY_PARAMS(ky_value_text(row->dossier_id))));
    *number = numbered.number;
    return ky_table_insert(s, &attachments, &numbered);
}

ky_rc ky_db_attachment_get(struct ky_db_attachment *out, struct ky_arena *a, struct ky_store *s,
                           const struct ky_scope *scope, const char *dossier_id, int64_t number)
{
    return ky_table_get(out, a, s, &attachments, IN_SCOPE " AND number = $4",
                        KY_PARAMS(SCOPED(dossier_id, scope), ky_value_int(number)));
}

ky_rc ky_db_attachment_list(struct ky_db_attachment **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                            const struct ky_scope *scope, const char *dossier_id)
{
    return ky_table_list(out, n, a, s, &attachments, IN_SCOPE " ORDER BY number",
                         KY_PARAMS(SCOPED(dossier_id, scope)));
}

ky_rc ky_db_attachment_delete(struct ky_store *s, const char *dossier_id, int64_t number)
{
    return ky_store_exec_one(s, "DELETE FROM attachment WHERE dossier_id = $1 AND number = $2",
                             KY_PARAMS(ky_value_text(dossier_id), ky_value_int(number)));
}

/* ---- subscribers' own requests ---- */

ky_rc ky_db_own_request_put(struct ky_store *s, const struct ky_db_own_request *row)
{
    KY_TRY(ky_store_exec(s, "DELETE FROM own_request WHERE dossier_id = $1 AND number = $2",
                         KY_PARAMS(ky_value_text(row->dossier_id), ky_value_int(row->number))));
    return ky_table_insert(s, &own_requests, row);
}

ky_rc ky_db_own_request_get(struct ky_db_own_request *out, struct ky_arena *a, struct ky_store *s,
                            const struct ky_scope *scope, const char *dossier_id, int64_t number)
{
    return ky_table_get(out, a, s, &own_requests, IN_SCOPE " AND number = $4",
                        KY_PARAMS(SCOPED(dossier_id, scope), ky_value_int(number)));
}

ky_rc ky_db_own_request_list(struct ky_db_own_request **out, size_t *n, struct ky_arena *a,
                             struct ky_store *s, const struct ky_scope *scope, const char *dossier_id)
{
    return ky_table_list(out, n, a, s, &own_requests, IN_SCOPE " ORDER BY number",
                         KY_PARAMS(SCOPED(dossier_id, scope)));
}

ky_rc ky_db_own_link_put(struct ky_store *s, const struct ky_db_own_link *row)
{
    KY_TRY(ky_store_exec(s, "DELETE FROM own_link WHERE dossier_id = $1 AND number = $2",
                         KY_PARAMS(ky_value_text(row->dossier_id), ky_value_int(row->number))));
    return ky_table_insert(s, &own_links, row);
}

ky_rc ky_db_own_link_get(struct ky_db_own_link *out, struct ky_arena *a, struct ky_store *s,
                         const char *dossier_id, int64_t number)
{
    return ky_table_get(out, a, s, &own_links, "dossier_id = $1 AND number = $2",
                        KY_PARAMS(ky_value_text(dossier_id), ky_value_int(number)));
}

ky_rc ky_db_own_link_find(struct ky_db_own_link *out, struct ky_arena *a, struct ky_store *s,
                          struct ky_bytes hash, int64_t now)
{
    return ky_table_get(out, a, s, &own_links, "hash = $1 AND expires_at > $2",
                        KY_PARAMS(ky_value_blob(hash), ky_value_int(now)));
}

ky_rc ky_db_own_link_list(struct ky_db_own_link **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                          const struct ky_scope *scope, const char *dossier_id, int64_t now)
{
    return ky_table_list(out, n, a, s, &own_links,
                         IN_SCOPE " AND hash IS NOT NULL AND expires_at > $4 ORDER BY number",
                         KY_PARAMS(SCOPED(dossier_id, scope), ky_value_int(now)));
}

ky_rc ky_db_own_link_use(struct ky_store *s, struct ky_bytes hash)
{
    return ky_store_exec_one(s, "UPDATE own_link SET hash = NULL WHERE hash = $1",
                             KY_PARAMS(ky_value_blob(hash)));
}

/* ---- validation reports ---- */

ky_rc ky_db_report_put(struct ky_store *s, const struct ky_db_report *row)
{
    KY_TRY(ky_store_exec(s, "DELETE FROM validation_report WHERE dossier_id = $1 AND hash = $2",
                         KY_PARAMS(ky_value_text(row->dossier_id), ky_value_blob(row->hash))));
    return ky_table_insert(s, &reports, row);
}

ky_rc ky_db_report_list(struct ky_db_report **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                        const struct ky_scope *scope, const char *dossier_id)
{
    return ky_table_list(out, n, a, s, &reports, IN_SCOPE " ORDER BY at DESC, hash",
                         KY_PARAMS(SCOPED(dossier_id, scope)));
}
