/* The tables request and statement; see request.h. */
#include "store/request.h"

static const struct ky_column request_columns[] = {
    KY_COLUMN(struct ky_db_request, dossier_id),     KY_COLUMN(struct ky_db_request, sealed_draft),
    KY_COLUMN(struct ky_db_request, draft_hash),     KY_COLUMN(struct ky_db_request, sealed_statement),
    KY_COLUMN(struct ky_db_request, statement_hash), KY_COLUMN(struct ky_db_request, sealed_document),
    KY_COLUMN(struct ky_db_request, document_hash),  KY_COLUMN(struct ky_db_request, authorisations),
    KY_COLUMN(struct ky_db_request, evidence),       KY_COLUMN(struct ky_db_request, seal_record),
    KY_COLUMN(struct ky_db_request, created_at),     KY_COLUMN(struct ky_db_request, signed_at),
};
static const struct ky_table requests = KY_TABLE("request", request_columns, struct ky_db_request);

static const struct ky_column statement_columns[] = {
    KY_COLUMN(struct ky_db_statement, hash),           KY_COLUMN(struct ky_db_statement, type),
    KY_COLUMN(struct ky_db_statement, dossier_id),     KY_COLUMN(struct ky_db_statement, json),
    KY_COLUMN(struct ky_db_statement, authorisations), KY_COLUMN(struct ky_db_statement, evidence),
    KY_COLUMN(struct ky_db_statement, state),          KY_COLUMN(struct ky_db_statement, reason),
    KY_COLUMN(struct ky_db_statement, expires_at),     KY_COLUMN(struct ky_db_statement, created_at),
};
static const struct ky_table statements = KY_TABLE("statement", statement_columns, struct ky_db_statement);

/* A request is in a scope through its dossier: $2 and $3 are the range. */
#define IN_SCOPE                                                                                             \
    " AND EXISTS (SELECT 1 FROM dossier WHERE dossier.id = request.dossier_id"                               \
    " AND dossier.path >= $2 AND dossier.path < $3)"

ky_rc ky_db_request_retire(struct ky_store *s, const char *dossier_id)
{
    KY_TRY(ky_store_exec(s,
                         "INSERT INTO request_earlier (statement_hash, dossier_id, sealed_draft, draft_hash,"
                         " sealed_statement, sealed_document, document_hash, authorisations, evidence,"
                         " seal_record, created_at, signed_at) SELECT statement_hash, dossier_id,"
                         " sealed_draft, draft_hash, sealed_statement, sealed_document, document_hash,"
                         " authorisations, evidence, seal_record, created_at, signed_at"
                         " FROM request WHERE dossier_id = $1 AND signed_at > 0",
                         KY_PARAMS(ky_value_text(dossier_id))));
    return ky_store_exec(s, "DELETE FROM request WHERE dossier_id = $1",
                         KY_PARAMS(ky_value_text(dossier_id)));
}

ky_rc ky_db_request_put_draft(struct ky_store *s, const struct ky_db_request *draft)
{
    KY_TRY(ky_store_exec(s, "DELETE FROM request WHERE dossier_id = $1 AND signed_at = 0",
                         KY_PARAMS(ky_value_text(draft->dossier_id))));
    int64_t left = 0;
    KY_TRY(ky_store_query_int(&left, s, "SELECT count(*) FROM request WHERE dossier_id = $1",
                              KY_PARAMS(ky_value_text(draft->dossier_id))));
    if (left != 0)
        return ky_fail(KY_EDENIED, "request of dossier %s is signed already", draft->dossier_id);
    return ky_table_insert(s, &requests, draft);
}

ky_rc ky_db_request_set_signed(struct ky_store *s, const struct ky_db_request *r)
{
    return ky_store_exec_one(
        s,
        "UPDATE request SET sealed_statement = $2, statement_hash = $3, sealed_document = $4,"
        " document_hash = $5, authorisations = $6, evidence = $7, seal_record = $8, signed_at = $9"
        " WHERE dossier_id = $1 AND signed_at = 0",
        KY_PARAMS(ky_value_text(r->dossier_id), ky_value_blob(r->sealed_statement),
                  ky_value_blob(r->statement_hash), ky_value_blob(r->sealed_document),
                  ky_value_blob(r->document_hash), ky_value_blob(r->authorisations),
                  ky_value_blob(r->evidence), ky_value_text(r->seal_record), ky_value_int(r->signed_at)));
}

ky_rc ky_db_request_get(struct ky_db_request *out, struct ky_arena *a, struct ky_store *s,
                        const struct ky_scope *scope, const char *dossier_id)
{
    return ky_table_get(
        out, a, s, &requests, "dossier_id = $1" IN_SCOPE,
        KY_PARAMS(ky_value_text(dossier_id), ky_value_text(scope->from), ky_value_text(scope->to)));
}

ky_rc ky_db_request_get_by_statement(struct ky_db_request *out, struct ky_arena *a, struct ky_store *s,
                                     const struct ky_scope *scope, struct ky_bytes statement_hash)
{
    return ky_table_get(
        out, a, s, &requests, "statement_hash = $1" IN_SCOPE,
        KY_PARAMS(ky_value_blob(statement_hash), ky_value_text(scope->from), ky_value_text(scope->to)));
}

static const struct ky_table earlier = KY_TABLE("request_earlier", request_columns, struct ky_db_request);

ky_rc ky_db_request_list_earlier(struct ky_db_request **out, size_t *n, struct ky_arena *a,
                                 struct ky_store *s, const char *dossier_id)
{
    return ky_table_list(out, n, a, s, &earlier, "dossier_id = $1 ORDER BY signed_at, statement_hash",
                         KY_PARAMS(ky_value_text(dossier_id)));
}

ky_rc ky_db_statement_insert(struct ky_store *s, const struct ky_db_statement *st)
{
    return ky_table_insert(s, &statements, st);
}

ky_rc ky_db_statement_get(struct ky_db_statement *out, struct ky_arena *a, struct ky_store *s,
                          struct ky_bytes hash)
{
    return ky_table_get(out, a, s, &statements, "hash = $1", KY_PARAMS(ky_value_blob(hash)));
}

ky_rc ky_db_statement_find(struct ky_db_statement *out, struct ky_arena *a, struct ky_store *s,
                           const char *where, struct ky_params params)
{
    return ky_table_get(out, a, s, &statements, where, params);
}

ky_rc ky_db_statement_void(struct ky_store *s, struct ky_bytes hash, const char *reason)
{
    return ky_store_exec_one(
        s, "UPDATE statement SET state = 'void', reason = $2 WHERE hash = $1 AND state = 'authorised'",
        KY_PARAMS(ky_value_blob(hash), ky_value_text(reason)));
}

ky_rc ky_db_statement_set_state(struct ky_store *s, struct ky_bytes hash, const char *from, const char *to)
{
    return ky_store_exec_one(s, "UPDATE statement SET state = $3 WHERE hash = $1 AND state = $2",
                             KY_PARAMS(ky_value_blob(hash), ky_value_text(from), ky_value_text(to)));
}

ky_rc ky_db_statement_list(struct ky_db_statement **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                           const char *dossier_id, const char *type, const char *state)
{
    if (dossier_id == NULL)
        return ky_table_list(out, n, a, s, &statements,
                             "state = $1 AND type = coalesce($2, type) ORDER BY created_at DESC LIMIT 200",
                             KY_PARAMS(ky_value_text(state), ky_value_text(type)));
    return ky_table_list(out, n, a, s, &statements,
                         "dossier_id = $1 AND type = coalesce($2, type) AND state = coalesce($3, state)"
                         " ORDER BY created_at DESC LIMIT 200",
                         KY_PARAMS(ky_value_text(dossier_id), ky_value_text(type), ky_value_text(state)));
}
