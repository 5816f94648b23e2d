/* The tables agent_visit and request_signing; see signing.h. */
#include "store/signing.h"

static const struct ky_column visit_columns[] = {
    KY_COLUMN(struct ky_db_visit, dossier_id),    KY_COLUMN(struct ky_db_visit, staff_id),
    KY_COLUMN(struct ky_db_visit, session_id),    KY_COLUMN(struct ky_db_visit, document_hash),
    KY_COLUMN(struct ky_db_visit, seal_record),   KY_COLUMN(struct ky_db_visit, evidence),
    KY_COLUMN(struct ky_db_visit, download_hash), KY_COLUMN(struct ky_db_visit, upload_hash),
    KY_COLUMN(struct ky_db_visit, downloaded_at), KY_COLUMN(struct ky_db_visit, uploaded_at),
    KY_COLUMN(struct ky_db_visit, expires_at),
};
static const struct ky_table visits = KY_TABLE("agent_visit", visit_columns, struct ky_db_visit);

static const struct ky_column signing_columns[] = {
    KY_COLUMN(struct ky_db_signing, dossier_id),
    KY_COLUMN(struct ky_db_signing, seal_record),
    KY_COLUMN(struct ky_db_signing, draft_hash),
    KY_COLUMN(struct ky_db_signing, document_hash),
    KY_COLUMN(struct ky_db_signing, sealed_document),
    KY_COLUMN(struct ky_db_signing, staff_id),
    KY_COLUMN(struct ky_db_signing, at),
};
static const struct ky_table signings = KY_TABLE("request_signing", signing_columns, struct ky_db_signing);

static const struct ky_column signer_columns[] = {
    KY_COLUMN(struct ky_db_signer, staff_id),
    KY_COLUMN(struct ky_db_signer, seal_record),
    KY_COLUMN(struct ky_db_signer, at),
};
static const struct ky_table signers = KY_TABLE("request_signing", signer_columns, struct ky_db_signer);

static const struct {
    const char *where, *use;
} kinds[] = {
    [KY_VISIT_DOWNLOAD] = {"download_hash = $1", "UPDATE agent_visit SET downloaded_at = $2"
                                                 " WHERE download_hash = $1 AND downloaded_at = 0"},
    [KY_VISIT_UPLOAD] = {"upload_hash = $1", "UPDATE agent_visit SET uploaded_at = $2"
                                             " WHERE upload_hash = $1 AND uploaded_at = 0"},
};

ky_rc ky_db_visit_put(struct ky_store *s, const struct ky_db_visit *row)
{
    KY_TRY(ky_store_exec(s, "DELETE FROM agent_visit WHERE dossier_id = $1 AND staff_id = $2",
                         KY_PARAMS(ky_value_text(row->dossier_id), ky_value_text(row->staff_id))));
    return ky_table_insert(s, &visits, row);
}

ky_rc ky_db_visit_find(struct ky_db_visit *out, struct ky_arena *a, struct ky_store *s, ky_visit_kind kind,
                       struct ky_bytes hash)
{
    return ky_table_get(out, a, s, &visits, kinds[kind].where, KY_PARAMS(ky_value_blob(hash)));
}

ky_rc ky_db_visit_use(struct ky_store *s, ky_visit_kind kind, struct ky_bytes hash, int64_t now)
{
    return ky_store_exec_one(s, kinds[kind].use, KY_PARAMS(ky_value_blob(hash), ky_value_int(now)));
}

ky_rc ky_db_visit_purge(struct ky_store *s, int64_t before)
{
    return ky_store_exec(s, "DELETE FROM agent_visit WHERE expires_at < $1", KY_PARAMS(ky_value_int(before)));
}

ky_rc ky_db_signing_put(struct ky_store *s, const struct ky_db_signing *row)
{
    KY_TRY(ky_store_exec(s, "DELETE FROM request_signing WHERE dossier_id = $1 AND seal_record = $2",
                         KY_PARAMS(ky_value_text(row->dossier_id), ky_value_text(row->seal_record))));
    return ky_table_insert(s, &signings, row);
}

ky_rc ky_db_signing_get(struct ky_db_signing *out, struct ky_arena *a, struct ky_store *s,
                        const char *dossier_id, struct ky_bytes document_hash)
{
    return ky_table_get(out, a, s, &signings, "dossier_id = $1 AND document_hash = $2",
                        KY_PARAMS(ky_value_text(dossier_id), ky_value_blob(document_hash)));
}

ky_rc ky_db_signing_last(struct ky_db_signing *out, struct ky_arena *a, struct ky_store *s,
                         const char *dossier_id, struct ky_bytes draft_hash, const char *seal_record)
{
    return ky_table_get(
        out, a, s, &signings,
        "dossier_id = $1 AND draft_hash = $2 AND seal_record <> $3"
        " ORDER BY at DESC, seal_record LIMIT 1",
        KY_PARAMS(ky_value_text(dossier_id), ky_value_blob(draft_hash), ky_value_text(seal_record)));
}

ky_rc ky_db_signer_list(struct ky_db_signer **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                        const char *dossier_id, struct ky_bytes draft_hash)
{
    return ky_table_list(out, n, a, s, &signers,
                         "dossier_id = $1 AND draft_hash = $2 ORDER BY at, seal_record",
                         KY_PARAMS(ky_value_text(dossier_id), ky_value_blob(draft_hash)));
}

ky_rc ky_db_signing_clear(struct ky_store *s, const char *dossier_id)
{
    KY_TRY(ky_store_exec(s, "DELETE FROM agent_visit WHERE dossier_id = $1",
                         KY_PARAMS(ky_value_text(dossier_id))));
    return ky_store_exec(s, "DELETE FROM request_signing WHERE dossier_id = $1",
                         KY_PARAMS(ky_value_text(dossier_id)));
}
