/* The tables client and access_token; see client.h. */
#include "store/client.h"

#include "base/str.h"

static const struct ky_column client_columns[] = {
    KY_COLUMN(struct ky_db_client, client_id), KY_COLUMN(struct ky_db_client, secret_hash),
    KY_COLUMN(struct ky_db_client, record_id), KY_COLUMN(struct ky_db_client, name),
    KY_COLUMN(struct ky_db_client, state),     KY_COLUMN(struct ky_db_client, created_at),
};
static const struct ky_table clients = KY_TABLE("client", client_columns, struct ky_db_client);

static const struct ky_column token_columns[] = {
    KY_COLUMN(struct ky_db_access_token, hash),       KY_COLUMN(struct ky_db_access_token, client_id),
    KY_COLUMN(struct ky_db_access_token, owner),      KY_COLUMN(struct ky_db_access_token, scope),
    KY_COLUMN(struct ky_db_access_token, created_at), KY_COLUMN(struct ky_db_access_token, expires_at),
};
static const struct ky_table tokens = KY_TABLE("access_token", token_columns, struct ky_db_access_token);

ky_rc ky_db_client_insert(struct ky_store *s, const struct ky_db_client *client)
{
    return ky_table_insert(s, &clients, client);
}

ky_rc ky_db_client_get(struct ky_db_client *out, struct ky_arena *a, struct ky_store *s,
                       const char *client_id)
{
    return ky_table_get(out, a, s, &clients, "client_id = $1", KY_PARAMS(ky_value_text(client_id)));
}

ky_rc ky_db_client_list_record(struct ky_db_client **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                               const char *record_id)
{
    return ky_table_list(out, n, a, s, &clients, "record_id = $1 ORDER BY created_at, client_id LIMIT $2",
                         KY_PARAMS(ky_value_text(record_id), ky_value_int(KY_CLIENTS_OF_RECORD)));
}

ky_rc ky_db_client_set_state(struct ky_store *s, const char *client_id, const char *state)
{
    KY_TRY(ky_store_exec_one(s, "UPDATE client SET state = $2 WHERE client_id = $1",
                             KY_PARAMS(ky_value_text(client_id), ky_value_text(state))));
    if (ky_str_eq(state, "active"))
        return KY_OK;
    return ky_store_exec(s, "DELETE FROM access_token WHERE client_id = $1",
                         KY_PARAMS(ky_value_text(client_id)));
}

ky_rc ky_db_access_token_insert(struct ky_store *s, const struct ky_db_access_token *token)
{
    return ky_table_insert(s, &tokens, token);
}

ky_rc ky_db_access_token_get(struct ky_db_access_token *out, struct ky_arena *a, struct ky_store *s,
                             struct ky_bytes hash, int64_t now)
{
    return ky_table_get(
        out, a, s, &tokens,
        "hash = $1 AND expires_at > $2 AND EXISTS (SELECT 1 FROM client WHERE client.client_id = "
        "access_token.client_id AND client.state = 'active')",
        KY_PARAMS(ky_value_blob(hash), ky_value_int(now)));
}

ky_rc ky_db_access_token_delete(struct ky_store *s, struct ky_bytes hash)
{
    return ky_store_exec_one(s, "DELETE FROM access_token WHERE hash = $1", KY_PARAMS(ky_value_blob(hash)));
}

ky_rc ky_db_access_token_purge(struct ky_store *s, int64_t now)
{
    return ky_store_exec(s, "DELETE FROM access_token WHERE expires_at <= $1", KY_PARAMS(ky_value_int(now)));
}
