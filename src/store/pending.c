/* The tables pending_sign, signature and sad_token; see pending.h. */
#include "store/pending.h"

static const struct ky_column pending_columns[] = {
    KY_COLUMN(struct ky_db_pending, handle),     KY_COLUMN(struct ky_db_pending, client_id),
    KY_COLUMN(struct ky_db_pending, owner),      KY_COLUMN(struct ky_db_pending, key_id),
    KY_COLUMN(struct ky_db_pending, statement),  KY_COLUMN(struct ky_db_pending, statement_hash),
    KY_COLUMN(struct ky_db_pending, hash_count), KY_COLUMN(struct ky_db_pending, state),
    KY_COLUMN(struct ky_db_pending, device_id),  KY_COLUMN(struct ky_db_pending, authorisations),
    KY_COLUMN(struct ky_db_pending, expires_at), KY_COLUMN(struct ky_db_pending, created_at),
};
static const struct ky_table pendings = KY_TABLE("pending_sign", pending_columns, struct ky_db_pending);

static const struct ky_column signature_columns[] = {
    KY_COLUMN(struct ky_db_signature, handle),  KY_COLUMN(struct ky_db_signature, position),
    KY_COLUMN(struct ky_db_signature, state),   KY_COLUMN(struct ky_db_signature, value),
    KY_COLUMN(struct ky_db_signature, made_at),
};
static const struct ky_table signatures = KY_TABLE("signature", signature_columns, struct ky_db_signature);

ky_rc ky_db_pending_insert(struct ky_store *s, const struct ky_db_pending *p)
{
    return ky_table_insert(s, &pendings, p);
}

ky_rc ky_db_pending_get(struct ky_db_pending *out, struct ky_arena *a, struct ky_store *s, const char *handle)
{
    return ky_table_get(out, a, s, &pendings, "handle = $1", KY_PARAMS(ky_value_text(handle)));
}

ky_rc ky_db_pending_list(struct ky_db_pending **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                         const char *owner, int64_t now)
{
    return ky_table_list(
        out, n, a, s, &pendings,
        "owner = $1 AND state = 'waiting' AND expires_at >= $2 ORDER BY created_at, handle LIMIT 50",
        KY_PARAMS(ky_value_text(owner), ky_value_int(now)));
}

ky_rc ky_db_pending_authorise(struct ky_store *s, const char *handle, const char *device_id,
                              struct ky_bytes authorisations, int64_t now)
{
    return ky_store_exec_one(
        s,
        "UPDATE pending_sign SET state = 'authorised', device_id = $2, authorisations = $3"
        " WHERE handle = $1 AND state = 'waiting' AND expires_at >= $4",
        KY_PARAMS(ky_value_text(handle), ky_value_text(device_id), ky_value_blob(authorisations),
                  ky_value_int(now)));
}

ky_rc ky_db_pending_reject(struct ky_store *s, const char *handle, const char *device_id, int64_t now)
{
    return ky_store_exec_one(s,
                             "UPDATE pending_sign SET state = 'rejected', device_id = $2"
                             " WHERE handle = $1 AND state = 'waiting' AND expires_at >= $3",
                             KY_PARAMS(ky_value_text(handle), ky_value_text(device_id), ky_value_int(now)));
}

ky_rc ky_db_pending_purge(struct ky_store *s, int64_t expired_before)
{
    return ky_store_exec(s, "DELETE FROM pending_sign WHERE expires_at < $1",
                         KY_PARAMS(ky_value_int(expired_before)));
}

ky_rc ky_db_signature_insert(struct ky_store *s, const struct ky_db_signature *sig)
{
    return ky_table_insert(s, &signatures, sig);
}

ky_rc ky_db_signature_list(struct ky_db_signature **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                           const char *handle)
{
    return ky_table_list(out, n, a, s, &signatures, "handle = $1 ORDER BY position",
                         KY_PARAMS(ky_value_text(handle)));
}

ky_rc ky_db_sad_insert(struct ky_store *s, struct ky_bytes hash, const char *handle, int64_t expires_at)
{
    return ky_store_exec(s, "INSERT INTO sad_token (hash, handle, expires_at) VALUES ($1, $2, $3)",
                         KY_PARAMS(ky_value_blob(hash), ky_value_text(handle), ky_value_int(expires_at)));
}

ky_rc ky_db_sad_get(struct ky_db_pending *out, struct ky_arena *a, struct ky_store *s, struct ky_bytes hash,
                    int64_t now)
{
    return ky_table_get(out, a, s, &pendings,
                        "handle = (SELECT handle FROM sad_token WHERE hash = $1 AND expires_at > $2)",
                        KY_PARAMS(ky_value_blob(hash), ky_value_int(now)));
}
