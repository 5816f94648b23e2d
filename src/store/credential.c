/* The tables key_blob, certificate and activation; see credential.h. */
#include "store/credential.h"

#include "pki/crl.h"
#include "store/expiry.h"

static const struct ky_column blob_columns[] = {
    KY_COLUMN(struct ky_db_key_blob, key_id),      KY_COLUMN(struct ky_db_key_blob, dossier_id),
    KY_COLUMN(struct ky_db_key_blob, number),      KY_COLUMN(struct ky_db_key_blob, blob),
    KY_COLUMN(struct ky_db_key_blob, attestation), KY_COLUMN(struct ky_db_key_blob, attestation_signature),
    KY_COLUMN(struct ky_db_key_blob, created_at),
};
static const struct ky_table blobs = KY_TABLE("key_blob", blob_columns, struct ky_db_key_blob);

static const struct ky_column cert_columns[] = {
    KY_COLUMN(struct ky_db_cert, serial),     KY_COLUMN(struct ky_db_cert, dossier_id),
    KY_COLUMN(struct ky_db_cert, number),     KY_COLUMN(struct ky_db_cert, key_id),
    KY_COLUMN(struct ky_db_cert, owner),      KY_COLUMN(struct ky_db_cert, status),
    KY_COLUMN(struct ky_db_cert, der),        KY_COLUMN(struct ky_db_cert, hash),
    KY_COLUMN(struct ky_db_cert, not_before), KY_COLUMN(struct ky_db_cert, not_after),
    KY_COLUMN(struct ky_db_cert, revoked_at), KY_COLUMN(struct ky_db_cert, reason),
    KY_COLUMN(struct ky_db_cert, created_at), KY_COLUMN(struct ky_db_cert, superseded_by),
};
static const struct ky_table certs = KY_TABLE("certificate", cert_columns, struct ky_db_cert);

static const struct ky_column activation_columns[] = {
    KY_COLUMN(struct ky_db_activation, id),         KY_COLUMN(struct ky_db_activation, dossier_id),
    KY_COLUMN(struct ky_db_activation, number),     KY_COLUMN(struct ky_db_activation, key_id),
    KY_COLUMN(struct ky_db_activation, owner),      KY_COLUMN(struct ky_db_activation, state),
    KY_COLUMN(struct ky_db_activation, expires_at), KY_COLUMN(struct ky_db_activation, created_at),
    KY_COLUMN(struct ky_db_activation, opened_at),
};
static const struct ky_table activations =
    KY_TABLE("activation", activation_columns, struct ky_db_activation);

ky_rc ky_db_key_blob_insert(struct ky_store *s, const struct ky_db_key_blob *k)
{
    return ky_table_insert(s, &blobs, k);
}

ky_rc ky_db_key_blob_get(struct ky_db_key_blob *out, struct ky_arena *a, struct ky_store *s,
                         const char *key_id)
{
    return ky_table_get(out, a, s, &blobs, "key_id = $1", KY_PARAMS(ky_value_text(key_id)));
}

ky_rc ky_db_key_blob_get_by_row(struct ky_db_key_blob *out, struct ky_arena *a, struct ky_store *s,
                                const char *dossier_id, int64_t number)
{
    return ky_table_get(out, a, s, &blobs, "dossier_id = $1 AND number = $2",
                        KY_PARAMS(ky_value_text(dossier_id), ky_value_int(number)));
}

ky_rc ky_db_key_blob_delete(struct ky_store *s, const char *key_id)
{
    return ky_store_exec_one(s, "DELETE FROM key_blob WHERE key_id = $1", KY_PARAMS(ky_value_text(key_id)));
}

ky_rc ky_db_cert_insert(struct ky_store *s, const struct ky_db_cert *c)
{
    struct ky_db_cert row = *c;
    row.status = "waiting";
    return ky_table_insert(s, &certs, &row);
}

ky_rc ky_db_cert_set_good(struct ky_store *s, const char *serial, struct ky_bytes der, struct ky_bytes hash)
{
    KY_TRY(ky_store_exec_one(s,
                             "UPDATE certificate SET status = 'good', der = $2, hash = $3 WHERE serial = $1 "
                             "AND status = 'waiting'",
                             KY_PARAMS(ky_value_text(serial), ky_value_blob(der), ky_value_blob(hash))));
    return ky_db_expiry_begin(s, serial);
}

ky_rc ky_db_cert_set_revoked(struct ky_store *s, const char *serial, int64_t revoked_at, int64_t reason)
{
    KY_TRY(
        ky_store_exec_one(s,
                          "UPDATE certificate SET status = 'revoked', revoked_at = $2, reason = $3"
                          " WHERE serial = $1 AND status = 'good'",
                          KY_PARAMS(ky_value_text(serial), ky_value_int(revoked_at), ky_value_int(reason))));
    return ky_db_expiry_end(s, serial);
}

ky_rc ky_db_cert_set_superseded(struct ky_store *s, const char *serial, const char *by, int64_t at)
{
    KY_TRY(ky_db_cert_set_revoked(s, serial, at, KY_REASON_SUPERSEDED));
    return ky_store_exec_one(s, "UPDATE certificate SET superseded_by = $2 WHERE serial = $1",
                             KY_PARAMS(ky_value_text(serial), ky_value_text(by)));
}

ky_rc ky_db_cert_get(struct ky_db_cert *out, struct ky_arena *a, struct ky_store *s, const char *serial)
{
    return ky_table_get(out, a, s, &certs, "serial = $1", KY_PARAMS(ky_value_text(serial)));
}

ky_rc ky_db_cert_get_by_row(struct ky_db_cert *out, struct ky_arena *a, struct ky_store *s,
                            const char *dossier_id, int64_t number)
{
    return ky_table_get(out, a, s, &certs, "dossier_id = $1 AND number = $2",
                        KY_PARAMS(ky_value_text(dossier_id), ky_value_int(number)));
}

ky_rc ky_db_cert_get_by_key(struct ky_db_cert *out, struct ky_arena *a, struct ky_store *s,
                            const char *key_id)
{
    return ky_table_get(
        out, a, s, &certs,
        "key_id = $1 AND status <> 'waiting' ORDER BY not_before DESC, created_at DESC LIMIT 1",
        KY_PARAMS(ky_value_text(key_id)));
}

ky_rc ky_db_cert_get_by_hash(struct ky_db_cert *out, struct ky_arena *a, struct ky_store *s,
                             struct ky_bytes hash)
{
    return ky_table_get(out, a, s, &certs, "hash = $1", KY_PARAMS(ky_value_blob(hash)));
}

ky_rc ky_db_cert_list_owner(struct ky_db_cert **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                            const char *owner)
{
    return ky_table_list(out, n, a, s, &certs,
                         "owner = $1 AND status <> 'waiting' ORDER BY created_at DESC, serial LIMIT 200",
                         KY_PARAMS(ky_value_text(owner)));
}

ky_rc ky_db_cert_list_waiting(struct ky_db_cert **out, size_t *n, struct ky_arena *a, struct ky_store *s)
{
    return ky_table_list(out, n, a, s, &certs, "status = 'waiting' ORDER BY created_at LIMIT 200",
                         KY_NO_PARAMS);
}

ky_rc ky_db_activation_insert(struct ky_store *s, const struct ky_db_activation *act)
{
    return ky_table_insert(s, &activations, act);
}

ky_rc ky_db_activation_get(struct ky_db_activation *out, struct ky_arena *a, struct ky_store *s,
                           const char *id)
{
    return ky_table_get(out, a, s, &activations, "id = $1", KY_PARAMS(ky_value_text(id)));
}

ky_rc ky_db_activation_set_opened(struct ky_store *s, const char *id, int64_t now)
{
    return ky_store_exec(s, "UPDATE activation SET opened_at = $2 WHERE id = $1 AND opened_at = 0",
                         KY_PARAMS(ky_value_text(id), ky_value_int(now)));
}

ky_rc ky_db_activation_finish(struct ky_store *s, const char *id, const char *state)
{
    return ky_store_exec_one(s, "UPDATE activation SET state = $2 WHERE id = $1 AND state = 'waiting'",
                             KY_PARAMS(ky_value_text(id), ky_value_text(state)));
}

ky_rc ky_db_activation_get_by_row(struct ky_db_activation *out, struct ky_arena *a, struct ky_store *s,
                                  const char *dossier_id, int64_t number)
{
    return ky_table_get(out, a, s, &activations, "dossier_id = $1 AND number = $2",
                        KY_PARAMS(ky_value_text(dossier_id), ky_value_int(number)));
}
