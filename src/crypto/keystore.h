/*
 * The keys in an HSM: the only way to a private or secret key of kyso. A
 * store is one login of one process to one token; its keys are named by label
 * and used through references, and no call returns key material. Behind this
 * front stands a table of operations (crypto/keystore_ops.h); the back end is
 * PKCS#11 v2.40 (crypto/pkcs11.h), any module by configuration.
 *
 * Processes: open after fork and exec, never before; a store used in another
 * process than its opener's fails with KY_EINTERNAL. One store has one
 * session and is not for use by two threads at once. Two stores (two tokens)
 * may be open in one process: close the later one first.
 *
 * Loss of the token: the call that notices it fails with KY_ETOKEN; every
 * later call first tries to log in anew, and permanent keys are found again
 * by themselves. Unwrapped keys are gone and say so (KY_ETOKEN): unwrap again.
 * After a refused PIN the store never tries again, so that it cannot lock it.
 */
#ifndef KY_CRYPTO_KEYSTORE_H
#define KY_CRYPTO_KEYSTORE_H

#include "base/arena.h"
#include "base/secret.h"
#include "crypto/signer.h"

#define KY_TOKEN_LABEL_MAX 32    /* bytes of a token's label (CK_TOKEN_INFO) */
#define KY_KEY_LABEL_MAX 64      /* bytes of a key's or data object's label */
#define KY_TOKEN_DATA_MAX 65536  /* bytes of a data object's value */
#define KY_HMAC_SIZE 32          /* HMAC-SHA256 */
#define KY_ECDH_SIZE 32          /* x coordinate on P-256 */
#define KY_POINT_SIZE 65         /* uncompressed point on P-256: 04 ‖ x ‖ y */
#define KY_TOKEN_RANDOM_MAX 4096 /* bytes of one ky_keystore_random */

struct ky_keystore;  /* a login to one token */
struct ky_token_key; /* a reference to one key of a store */

/* What a permanent key may do: exactly one thing. */
typedef enum ky_key_use {
    KY_USE_WRAP,   /* AES-256, wraps and unwraps subscribers' keys */
    KY_USE_MAC,    /* 32-byte generic secret, HMAC-SHA256 */
    KY_USE_DERIVE, /* P-256, ECDH */
    KY_USE_SIGN,   /* any ky_key_type */
    KY_USE_COUNT
} ky_key_use;

struct ky_keystore_config {
    const char *module;          /* path of the PKCS#11 module */
    const char *token;           /* token label, 1..32 bytes, without padding */
    const struct ky_secret *pin; /* user PIN; copied into locked memory of the store */
    bool read_write;             /* needed to make or destroy objects of the token */
};

/*
 * ky_keystore_open — load the module, find the token, log in as its user.
 *
 * Errors: KY_ENOTFOUND  module cannot be loaded (path and reason), or no token of that label (lists those present)
 *         KY_EEXIST     two tokens of that label
 *         KY_EAUTH      PIN wrong, PIN locked or expired (the text says which)
 *         KY_ETOKEN     the module or the token does not work
 */
ky_rc ky_keystore_open(struct ky_keystore **out, const struct ky_keystore_config *cfg);
void ky_keystore_close(struct ky_keystore *ks);
KY_DEFINE_CLEANUP(struct ky_keystore, ky_keystore_close)
#define ky_auto_keystore KY_CLEANUP(ky_keystore_closep) struct ky_keystore *

/*
 * ky_keystore_init_token — ceremony: set up a free token (label, SO PIN, user PIN).
 *
 * Takes the first token that is present and not initialised.
 * Errors: KY_EEXIST     a token of that label exists
 *         KY_ENOTFOUND  no module, or no free token
 *         KY_EAUTH      PIN refused (length)
 */
ky_rc ky_keystore_init_token(const char *module, const char *label, const struct ky_secret *so_pin,
                             const struct ky_secret *user_pin);

/* False when the token holds any key or data object, seen with the user's login. */
ky_rc ky_keystore_is_virgin(bool *virgin, struct ky_keystore *ks);

/* What stands behind a store; for `doctor` and the start-up log. */
struct ky_token_info {
    char module[96];                    /* library description and version */
    char label[KY_TOKEN_LABEL_MAX + 1]; /* without padding, as the rest */
    char manufacturer[33];
    char model[17];
    char serial[17];
};
ky_rc ky_keystore_info(struct ky_token_info *out, struct ky_keystore *ks);

/* Operations since open, so that a process may be recycled after so many (SoftHSM leaks ~270 bytes per unwrap). */
struct ky_keystore_counts {
    uint64_t signatures;
    uint64_t unwraps;
    uint64_t recoveries; /* logins after a loss of the token */
};
struct ky_keystore_counts ky_keystore_counts(const struct ky_keystore *ks);

/*
 * ky_keystore_make_key — make a permanent key: PRIVATE, SENSITIVE, not EXTRACTABLE, not MODIFIABLE, one use.
 *
 * Shapes: label  1..64 bytes, UTF-8
 *         type   of a KY_USE_SIGN key; KY_KEY_P256 for KY_USE_DERIVE; not looked at for the others
 * A wrapping key is TRUSTED where the token lets the user say so.
 * Errors: KY_EEXIST  a key of that label and use's class is there already; KY_ELIMIT token full; KY_ETOKEN
 */
ky_rc ky_keystore_make_key(struct ky_keystore *ks, const char *label, ky_key_use use, ky_key_type type);

/*
 * ky_keystore_find_key — reference to the one permanent key of that label and use.
 *
 * The attributes are checked: a key that could leave the token or has a second use is refused.
 * Errors: KY_ENOTFOUND  none; KY_EEXIST more than one; KY_EDENIED attributes are not those of ky_keystore_make_key
 */
ky_rc ky_keystore_find_key(struct ky_token_key **out, struct ky_keystore *ks, const char *label,
                           ky_key_use use);
/* Permanent key: forgets the reference. Unwrapped key: destroys it in the token. Before ky_keystore_close. */
void ky_token_key_close(struct ky_token_key *key);
KY_DEFINE_CLEANUP(struct ky_token_key, ky_token_key_close)
#define ky_auto_token_key KY_CLEANUP(ky_token_key_closep) struct ky_token_key *

/* Ends a permanent key for ever, its public half too, and closes the reference on success. */
ky_rc ky_keystore_destroy_key(struct ky_token_key *taken_key);

/* Type of a KY_USE_SIGN or KY_USE_DERIVE key. */
ky_key_type ky_token_key_type(const struct ky_token_key *key);
/* A wrapping key that is TRUSTED: what it wraps is marked WRAP_WITH_TRUSTED. */
bool ky_token_key_trusted(const struct ky_token_key *key);

/* Appends the DER SubjectPublicKeyInfo of a permanent SIGN or DERIVE key (≤ KY_SPKI_MAX). */
ky_rc ky_keystore_public(struct ky_buf *spki, struct ky_token_key *key);

/*
 * ky_keystore_sign — sign a digest with a permanent or unwrapped key.
 *
 * Source:  RFC 8017 §8.1, §8.2 (salt = hash length, MGF1 of the same hash); RFC 3279 §2.2.3 (ECDSA-Sig-Value).
 * Shapes:  digest  exactly ky_hash_info(hash)->size bytes
 *          sig     appended: RSA octets of the modulus' length, or DER for ECDSA; ≤ KY_SIGNATURE_MAX
 * Errors:  KY_EINVAL  scheme does not fit the key, digest length wrong, not a signing key;  KY_ETOKEN
 */
ky_rc ky_keystore_sign(struct ky_buf *sig, struct ky_token_key *key, ky_scheme scheme, ky_hash hash,
                       struct ky_bytes digest);

/* The key as signer for certificates, CMS, …; borrows the reference. */
struct ky_signer ky_keystore_signer(struct ky_token_key *key);

/* HMAC-SHA256 over the concatenation of the parts (RFC 2104); key of KY_USE_MAC. Checking one: crypto/mac.h. */
ky_rc ky_keystore_hmac(uint8_t out[KY_HMAC_SIZE], struct ky_token_key *key, const struct ky_bytes *parts,
                       size_t count);

/* ECDH on P-256: the x coordinate (SP 800-56A §5.7.1.2). KY_EFORMAT peer is no point of the curve. Wipe out. */
ky_rc ky_keystore_ecdh(uint8_t out[KY_ECDH_SIZE], struct ky_token_key *key,
                       const uint8_t peer[KY_POINT_SIZE]);
/* The same as a ky_ecdh_fn of crypto/seal.h; ctx is the struct ky_token_key. */
ky_rc ky_keystore_ecdh_fn(void *ctx, uint8_t out[KY_ECDH_SIZE], const uint8_t peer[KY_POINT_SIZE]);

/* n ≤ KY_TOKEN_RANDOM_MAX bytes from the token's generator. */
ky_rc ky_keystore_random(struct ky_keystore *ks, uint8_t *out, size_t n);

/*
 * Data objects: founding record, anchors. Always PRIVATE and not MODIFIABLE: replace by adding the new one,
 * then removing the old. Labels may repeat: never trust "the first found".
 */
struct ky_token_data {
    const char *label;     /* NUL-terminated, in the arena */
    struct ky_bytes value; /* in the arena */
    uint64_t handle;       /* of this login only */
    uint64_t login;        /* which login: a stale item is refused, never mistaken for another */
};

/* KY_ELIMIT value above KY_TOKEN_DATA_MAX or token full. keep: not DESTROYABLE, for ever. */
ky_rc ky_keystore_add_data(struct ky_keystore *ks, const char *application, const char *label,
                           struct ky_bytes value, bool keep);
/*
 * All objects of that application whose label starts with prefix ("" for all), in no order, array and values in the
 * arena. KY_ELIMIT when there are more than max.
 */
ky_rc ky_keystore_list_data(struct ky_token_data **items, size_t *count, struct ky_arena *arena,
                            struct ky_keystore *ks, const char *application, const char *prefix, size_t max);
/* KY_EBUSY when the store has logged in anew since the listing: list again. KY_EDENIED when it is kept for ever. */
ky_rc ky_keystore_remove_data(struct ky_keystore *ks, const struct ky_token_data *item);

#endif
