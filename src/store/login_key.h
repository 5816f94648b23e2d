/* What people prove themselves with at log-in: certificates on tokens, and passkeys. */
#ifndef KY_STORE_LOGIN_KEY_H
#define KY_STORE_LOGIN_KEY_H

#include "store/table.h"

#define KY_LOGIN_KEYS_MAX 20 /* of one person */

struct ky_db_login_key {
    const char *id; /* hex32 */
    const char *staff_id;
    const char *kind;            /* "certificate", "passkey" */
    struct ky_bytes fingerprint; /* SHA-256 of the certificate, or of the credential id; unique */
    const char *name;            /* what its owner calls it */
    struct ky_bytes public_key;  /* passkey: point, 65 bytes; else none */
    int64_t backup_eligible;     /* passkey: 1 when it may be synced */
    int64_t counter;             /* passkey: highest seen; a hint */
    struct ky_bytes aaguid;      /* passkey: model of the authenticator as it says; else none */
    struct ky_bytes evidence;    /* the certificate (DER); attestationObject as it came */
    int64_t not_after;           /* of the certificate; far away for a passkey */
    int64_t created_at;
    int64_t used_at; /* last log-in; 0: never */
};

/* KY_EEXIST: the certificate or passkey is registered already. */
ky_rc ky_db_login_key_insert(struct ky_store *s, const struct ky_db_login_key *k);
ky_rc ky_db_login_key_get(struct ky_db_login_key *out, struct ky_arena *a, struct ky_store *s,
                          const char *id);
/* KY_ENOTFOUND: none of that kind, though one of the other kind may have that fingerprint. */
ky_rc ky_db_login_key_get_by_fingerprint(struct ky_db_login_key *out, struct ky_arena *a, struct ky_store *s,
                                         const char *kind, struct ky_bytes fingerprint);
/* All of a person's, oldest first. */
ky_rc ky_db_login_key_list(struct ky_db_login_key **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                           const char *staff_id);
/* Those that are good at that time. */
ky_rc ky_db_login_key_count(int64_t *out, struct ky_store *s, const char *staff_id, int64_t now);
ky_rc ky_db_login_key_set_used(struct ky_store *s, const char *id, int64_t counter, int64_t now);
ky_rc ky_db_login_key_set_name(struct ky_store *s, const char *staff_id, const char *id, const char *name);
/* Its sessions and codes end with it. KY_ENOTFOUND: that person has no such key. */
ky_rc ky_db_login_key_delete(struct ky_store *s, const char *staff_id, const char *id);

#endif
