/*
 * What a key-store back end provides. The front (crypto/keystore.c, wrap.c)
 * has checked every argument, the process and the key's use before it calls;
 * the meaning of each operation is that of the front function of its name.
 */
#ifndef KY_CRYPTO_KEYSTORE_OPS_H
#define KY_CRYPTO_KEYSTORE_OPS_H

#include <sys/types.h>

#include "crypto/keystore.h"

struct ky_keystore_ops {
    const char *name; /* "pkcs11" */
    void (*close)(struct ky_keystore *ks);
    ky_rc (*info)(struct ky_token_info *out, struct ky_keystore *ks);
    ky_rc (*is_virgin)(bool *virgin, struct ky_keystore *ks);
    ky_rc (*random)(struct ky_keystore *ks, uint8_t *out, size_t n);
    ky_rc (*make_key)(struct ky_keystore *ks, const char *label, ky_key_use use, ky_key_type type);
    ky_rc (*find_key)(struct ky_token_key **out, struct ky_keystore *ks, const char *label, ky_key_use use);
    ky_rc (*add_data)(struct ky_keystore *ks, const char *application, const char *label,
                      struct ky_bytes value, bool keep);
    ky_rc (*list_data)(struct ky_token_data **items, size_t *count, struct ky_arena *arena,
                       struct ky_keystore *ks, const char *application, const char *prefix, size_t max);
    ky_rc (*remove_data)(struct ky_keystore *ks, const struct ky_token_data *item);
};

struct ky_token_key_ops {
    void (*close)(struct ky_token_key *key);
    ky_rc (*destroy)(
        struct ky_token_key *key); /* the object in the token; the reference is closed by the front */
    ky_rc (*public_key)(struct ky_buf *spki, struct ky_token_key *key);
    ky_rc (*sign)(struct ky_buf *sig, struct ky_token_key *key, ky_scheme scheme, ky_hash hash,
                  struct ky_bytes digest);
    ky_rc (*hmac)(uint8_t out[KY_HMAC_SIZE], struct ky_token_key *key, const struct ky_bytes *parts,
                  size_t count);
    ky_rc (*ecdh)(uint8_t out[KY_ECDH_SIZE], struct ky_token_key *key, const uint8_t peer[KY_POINT_SIZE]);
    ky_rc (*wrap_new)(struct ky_buf *blob, struct ky_buf *spki, struct ky_token_key *kek, ky_key_type type);
    ky_rc (*unwrap)(struct ky_token_key **out, struct ky_token_key *kek, ky_key_type type,
                    struct ky_bytes blob);
};

/* Head of every back end's store. */
struct ky_keystore {
    const struct ky_keystore_ops *ops;
    pid_t opener; /* the only process that may use it */
    struct ky_keystore_counts counts;
};

/* Head of every back end's key reference. */
struct ky_token_key {
    const struct ky_token_key_ops *ops;
    struct ky_keystore *ks; /* borrowed */
    ky_key_use use;
    ky_key_type type; /* of SIGN and DERIVE keys */
    bool trusted;     /* CKA_TRUSTED of a WRAP key */
};

/* KY_EINTERNAL when the store belongs to another process. */
ky_rc ky_keystore_check(const struct ky_keystore *ks);
/* The same, and KY_EINVAL when the key is not for that use. */
ky_rc ky_token_key_check(const struct ky_token_key *key, ky_key_use use);

#endif
