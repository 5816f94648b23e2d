/* What makes a subscriber's credential: wrapped key, certificate, activation. Its name is the key record's id. */
#ifndef KY_STORE_CREDENTIAL_H
#define KY_STORE_CREDENTIAL_H

#include "store/table.h"

struct ky_db_key_blob {
    const char *key_id; /* key record of sam */
    const char *dossier_id;
    int64_t number; /* row of the dossier; one key a row */
    struct ky_bytes blob;
    struct ky_bytes attestation; /* canonical JSON */
    struct ky_bytes attestation_signature;
    int64_t created_at;
};

struct ky_db_cert {
    const char *serial; /* hex32 */
    const char *dossier_id;
    int64_t number; /* row of the dossier; one certificate a row */
    const char *key_id;
    const char *owner;    /* hex64 */
    const char *status;   /* "waiting", "good", "revoked" */
    struct ky_bytes der;  /* while waiting: the linted preview, signed by a throw-away key */
    struct ky_bytes hash; /* SHA-256 of der, NULL while waiting */
    int64_t not_before, not_after;
    int64_t revoked_at, reason; /* 0 unless revoked */
    int64_t created_at;
    const char *superseded_by; /* serial of what took its place; or NULL */
};

struct ky_db_activation {
    const char *id; /* activation record of sam */
    const char *dossier_id;
    int64_t number;
    const char *key_id;
    const char *owner;
    const char *state; /* "waiting", "done", "dead" */
    int64_t expires_at, created_at;
    int64_t opened_at; /* when the link was first used; 0: not yet */
};

ky_rc ky_db_key_blob_insert(struct ky_store *s, const struct ky_db_key_blob *k);
ky_rc ky_db_key_blob_get(struct ky_db_key_blob *out, struct ky_arena *a, struct ky_store *s,
                         const char *key_id);
ky_rc ky_db_key_blob_get_by_row(struct ky_db_key_blob *out, struct ky_arena *a, struct ky_store *s,
                                const char *dossier_id, int64_t number);
/* The key is destroyed: its blob goes, the registry log remembers. */
ky_rc ky_db_key_blob_delete(struct ky_store *s, const char *key_id);

/* Status waiting. KY_EEXIST: the serial or the row has one. */
ky_rc ky_db_cert_insert(struct ky_store *s, const struct ky_db_cert *c);
/* waiting → good. KY_ENOTFOUND: not waiting. */
ky_rc ky_db_cert_set_good(struct ky_store *s, const char *serial, struct ky_bytes der, struct ky_bytes hash);
/* good → revoked. KY_ENOTFOUND: not good. */
ky_rc ky_db_cert_set_revoked(struct ky_store *s, const char *serial, int64_t revoked_at, int64_t reason);
/* good → revoked, superseded by the certificate of that serial number. KY_ENOTFOUND: not good. */
ky_rc ky_db_cert_set_superseded(struct ky_store *s, const char *serial, const char *by, int64_t at);
ky_rc ky_db_cert_get(struct ky_db_cert *out, struct ky_arena *a, struct ky_store *s, const char *serial);
ky_rc ky_db_cert_get_by_row(struct ky_db_cert *out, struct ky_arena *a, struct ky_store *s,
                            const char *dossier_id, int64_t number);
/* The newest of the key that is not waiting. */
ky_rc ky_db_cert_get_by_key(struct ky_db_cert *out, struct ky_arena *a, struct ky_store *s,
                            const char *key_id);
ky_rc ky_db_cert_get_by_hash(struct ky_db_cert *out, struct ky_arena *a, struct ky_store *s,
                             struct ky_bytes hash);
/* Not waiting, newest first, at most 200. */
ky_rc ky_db_cert_list_owner(struct ky_db_cert **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                            const char *owner);
/* For reconciling at start: waiting, oldest first, at most 200. */
ky_rc ky_db_cert_list_waiting(struct ky_db_cert **out, size_t *n, struct ky_arena *a, struct ky_store *s);

ky_rc ky_db_activation_insert(struct ky_store *s, const struct ky_db_activation *act);
ky_rc ky_db_activation_get(struct ky_db_activation *out, struct ky_arena *a, struct ky_store *s,
                           const char *id);
/* One a row. */
ky_rc ky_db_activation_get_by_row(struct ky_db_activation *out, struct ky_arena *a, struct ky_store *s,
                                  const char *dossier_id, int64_t number);
/* The first time only. */
ky_rc ky_db_activation_set_opened(struct ky_store *s, const char *id, int64_t now);
/* waiting → done or dead. KY_ENOTFOUND: not waiting. */
ky_rc ky_db_activation_finish(struct ky_store *s, const char *id, const char *state);

#endif
