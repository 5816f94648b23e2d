/* The tables approval and approval_signature; see approval.h. */
#include "store/approval.h"

static const struct ky_column signature_columns[] = {
    KY_COLUMN(struct ky_db_approval_signature, hash),
    KY_COLUMN(struct ky_db_approval_signature, item),
    KY_COLUMN(struct ky_db_approval_signature, evidence),
    KY_COLUMN(struct ky_db_approval_signature, created_at),
};
static const struct ky_table signatures =
    KY_TABLE("approval_signature", signature_columns, struct ky_db_approval_signature);

static const struct ky_column approval_columns[] = {
    KY_COLUMN(struct ky_db_approval, statement_hash), KY_COLUMN(struct ky_db_approval, owner),
    KY_COLUMN(struct ky_db_approval, name),           KY_COLUMN(struct ky_db_approval, staff_id),
    KY_COLUMN(struct ky_db_approval, signature_hash), KY_COLUMN(struct ky_db_approval, created_at),
};
static const struct ky_table approvals = KY_TABLE("approval", approval_columns, struct ky_db_approval);

#define IS_APPROVED " AND EXISTS (SELECT 1 FROM approval WHERE approval.statement_hash = statement.hash)"

ky_rc ky_db_approval_signature_put(struct ky_store *s, const struct ky_db_approval_signature *sig)
{
    return ky_store_exec(s,
                         "INSERT INTO approval_signature (hash, item, evidence, created_at)"
                         " VALUES ($1, $2, $3, $4) ON CONFLICT (hash) DO NOTHING",
                         KY_PARAMS(ky_value_blob(sig->hash), ky_value_blob(sig->item),
                                   ky_value_blob(sig->evidence), ky_value_int(sig->created_at)));
}

ky_rc ky_db_approval_signature_get(struct ky_db_approval_signature *out, struct ky_arena *a,
                                   struct ky_store *s, struct ky_bytes hash)
{
    return ky_table_get(out, a, s, &signatures, "hash = $1", KY_PARAMS(ky_value_blob(hash)));
}

ky_rc ky_db_approval_insert(struct ky_store *s, const struct ky_db_approval *approval)
{
    return ky_table_insert(s, &approvals, approval);
}

ky_rc ky_db_approval_list(struct ky_db_approval **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                          struct ky_bytes statement_hash)
{
    return ky_table_list(out, n, a, s, &approvals, "statement_hash = $1 ORDER BY created_at, owner",
                         KY_PARAMS(ky_value_blob(statement_hash)));
}

ky_rc ky_db_approval_list_signed(struct ky_db_approval **out, size_t *n, struct ky_arena *a,
                                 struct ky_store *s, struct ky_bytes signature_hash)
{
    return ky_table_list(out, n, a, s, &approvals, "signature_hash = $1 ORDER BY statement_hash",
                         KY_PARAMS(ky_value_blob(signature_hash)));
}

ky_rc ky_db_statement_get_gathered(struct ky_db_statement *out, struct ky_arena *a, struct ky_store *s,
                                   const char *dossier_id, int64_t now)
{
    return ky_db_statement_find(
        out, a, s, "dossier_id = $1 AND state = 'open' AND expires_at >= $2" IS_APPROVED " LIMIT 1",
        KY_PARAMS(ky_value_text(dossier_id), ky_value_int(now)));
}

ky_rc ky_db_statement_void_open(struct ky_store *s, const char *dossier_id, bool gathered, const char *reason)
{
    const struct ky_params params = KY_PARAMS(ky_value_text(dossier_id), ky_value_text(reason));
    return ky_store_exec(s,
                         gathered ? "UPDATE statement SET state = 'void', reason = $2"
                                    " WHERE dossier_id = $1 AND state = 'open'" IS_APPROVED
                                  : "UPDATE statement SET state = 'void', reason = $2"
                                    " WHERE dossier_id = $1 AND state = 'open'",
                         params);
}
