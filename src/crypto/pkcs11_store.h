/*
 * Inside of the PKCS#11 back end: module, session, objects, keys. One rule
 * carries recovery: a return value that maps to KY_ETOKEN means the session
 * is gone, and the next call begins with a new login (pkcs11_session.c).
 */
#ifndef KY_CRYPTO_PKCS11_STORE_H
#define KY_CRYPTO_PKCS11_STORE_H

#include <p11-kit/pkcs11.h>

#include "crypto/keystore_ops.h"

#ifndef CKM_AES_KEY_WRAP_KWP
#define CKM_AES_KEY_WRAP_KWP 0x210bUL /* PKCS#11 v3.0 */
#endif

/* A loaded module (pkcs11_module.c). */
struct ky_p11_module {
    void *dl;
    CK_FUNCTION_LIST *fn;
    bool initialised; /* by us: we finalise it */
};

struct ky_p11_store {
    struct ky_keystore base;
    struct ky_p11_module module;
    char token[KY_TOKEN_LABEL_MAX + 1];
    struct ky_secret pin;
    bool read_write;
    bool live;        /* session is open and logged in, as far as we know */
    bool pin_refused; /* never try it again */
    CK_SLOT_ID slot;
    CK_SESSION_HANDLE session;
    uint64_t login;      /* counts logins; handles are good for one only */
    unsigned wrap_index; /* 1 + index of the wrapping mechanism that works (pkcs11_wrap.c); 0 not probed */
};

struct ky_p11_key {
    struct ky_token_key base;
    bool session_object;              /* unwrapped: dies with the session */
    bool personal;                    /* made by others: attributes are not judged (crypto/personal.h) */
    char label[KY_KEY_LABEL_MAX + 1]; /* of a permanent key */
    CK_OBJECT_HANDLE handle;          /* valid while login equals the store's */
    uint64_t login;
};

static inline struct ky_p11_store *ky_p11_store_of(struct ky_keystore *ks)
{
    return (struct ky_p11_store *)ks;
}
static inline struct ky_p11_key *ky_p11_key_of(struct ky_token_key *key)
{
    return (struct ky_p11_key *)key;
}

/* ---- errors (pkcs11_error.c) ---- */

/* Maps a CKR value to a code; the text is "call: CKR_NAME (0x…)". */
ky_rc ky_fail_p11(CK_RV rv, const char *call);
/* The same, and notes that the session is gone when the code is KY_ETOKEN. */
ky_rc ky_p11_fail(struct ky_p11_store *s, CK_RV rv, const char *call);

/* ---- module (pkcs11_module.c) ---- */

ky_rc ky_p11_module_load(struct ky_p11_module *m, const char *path);
CK_RV ky_p11_module_start(struct ky_p11_module *m);
void ky_p11_module_stop(struct ky_p11_module *m);
void ky_p11_module_unload(struct ky_p11_module *m);

#define KY_P11_SLOTS_MAX 256
struct ky_p11_slots {
    CK_SLOT_ID id[KY_P11_SLOTS_MAX];
    CK_ULONG n;
};
ky_rc ky_p11_module_slots(struct ky_p11_slots *out, const struct ky_p11_module *m);
/* Exactly one initialised token of that label: else KY_ENOTFOUND (lists those present) or KY_EEXIST. */
ky_rc ky_p11_module_find_token(CK_SLOT_ID *out, const struct ky_p11_module *m, const char *label);
/* Copies a blank-padded field of a CK_…_INFO structure. */
void ky_p11_copy_padded(char *out, const unsigned char *field, size_t n);

/* ---- session (pkcs11_session.c) ---- */

/* Logs in anew when the token was lost. Every operation begins with it. */
ky_rc ky_p11_ready(struct ky_p11_store *s);
extern const struct ky_keystore_ops ky_p11_store_ops;

/* ---- objects (pkcs11_object.c) ---- */

#define KY_P11_TEMPLATE_MAX 24
/* A template under construction; values are borrowed, numbers are kept inside: do not copy it. */
struct ky_p11_template {
    CK_ATTRIBUTE a[KY_P11_TEMPLATE_MAX];
    CK_ULONG n;
    CK_ULONG number[4];
    size_t numbers;
};
void ky_p11_add_bytes(struct ky_p11_template *t, CK_ATTRIBUTE_TYPE type, struct ky_bytes value);
void ky_p11_add_bool(struct ky_p11_template *t, CK_ATTRIBUTE_TYPE type, bool value);
void ky_p11_add_ulong(struct ky_p11_template *t, CK_ATTRIBUTE_TYPE type, CK_ULONG value);

/* At most max handles; *count of them. */
ky_rc ky_p11_find(CK_OBJECT_HANDLE *out, CK_ULONG *count, struct ky_p11_store *s, struct ky_p11_template *t,
                  CK_ULONG max);
/* Exactly one: else KY_ENOTFOUND or KY_EEXIST. */
ky_rc ky_p11_find_one(CK_OBJECT_HANDLE *out, struct ky_p11_store *s, struct ky_p11_template *t);
/* Appends an attribute's octets; out needs room for max. KY_ELIMIT when there are more. */
ky_rc ky_p11_get_bytes(struct ky_buf *out, struct ky_p11_store *s, CK_OBJECT_HANDLE object,
                       CK_ATTRIBUTE_TYPE type, size_t max);
ky_rc ky_p11_get_ulong(CK_ULONG *out, struct ky_p11_store *s, CK_OBJECT_HANDLE object,
                       CK_ATTRIBUTE_TYPE type);
ky_rc ky_p11_get_bool(bool *out, struct ky_p11_store *s, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type);
ky_rc ky_p11_destroy(struct ky_p11_store *s, CK_OBJECT_HANDLE object);
/* For clean-up on the way out of a failure: what cannot be destroyed ends with the session. */
void ky_p11_drop(struct ky_p11_store *s, CK_OBJECT_HANDLE object);

/* ---- data objects (pkcs11_data.c) ---- */

ky_rc ky_p11_add_data(struct ky_keystore *ks, const char *application, const char *label,
                      struct ky_bytes value, bool keep);
ky_rc ky_p11_list_data(struct ky_token_data **items, size_t *count, struct ky_arena *arena,
                       struct ky_keystore *ks, const char *application, const char *prefix, size_t max);
ky_rc ky_p11_remove_data(struct ky_keystore *ks, const struct ky_token_data *item);

/* ---- keys (pkcs11_key.c, pkcs11_pair.c, pkcs11_personal.c, pkcs11_sign.c, pkcs11_wrap.c) ---- */

ky_rc ky_p11_make_key(struct ky_keystore *ks, const char *label, ky_key_use use, ky_key_type type);
ky_rc ky_p11_find_key(struct ky_token_key **out, struct ky_keystore *ks, const char *label, ky_key_use use);
ky_rc ky_p11_find_personal(struct ky_token_key **out, struct ky_keystore *ks, const char *label);
/* Session alive and handle of this login; an unwrapped key of an earlier login is KY_ETOKEN. */
ky_rc ky_p11_key_ready(struct ky_p11_key *key);
ky_rc ky_p11_key_new(struct ky_p11_key **out, struct ky_p11_store *s, ky_key_use use);
extern const struct ky_token_key_ops ky_p11_key_ops;

/* Generates a pair: the caller's templates get class, mechanism, size or curve from here. */
ky_rc ky_p11_pair_generate(CK_OBJECT_HANDLE *public_key, CK_OBJECT_HANDLE *private_key,
                           struct ky_p11_store *s, ky_key_type type, struct ky_p11_template *public_template,
                           struct ky_p11_template *private_template);
/* DER SubjectPublicKeyInfo of a public key object. */
ky_rc ky_p11_pair_spki(struct ky_buf *spki, struct ky_p11_store *s, CK_OBJECT_HANDLE public_key,
                       ky_key_type type);
/* KY_EFORMAT when the key is of none of our types. */
ky_rc ky_p11_pair_type(ky_key_type *out, struct ky_p11_store *s, CK_OBJECT_HANDLE key);
CK_KEY_TYPE ky_p11_pair_ck_type(ky_key_type type);

ky_rc ky_p11_sign(struct ky_buf *sig, struct ky_token_key *key, ky_scheme scheme, ky_hash hash,
                  struct ky_bytes digest);
ky_rc ky_p11_hmac(uint8_t out[KY_HMAC_SIZE], struct ky_token_key *key, const struct ky_bytes *parts,
                  size_t count);
ky_rc ky_p11_ecdh(uint8_t out[KY_ECDH_SIZE], struct ky_token_key *key, const uint8_t peer[KY_POINT_SIZE]);
ky_rc ky_p11_wrap_new(struct ky_buf *blob, struct ky_buf *spki, struct ky_token_key *kek, ky_key_type type);
ky_rc ky_p11_unwrap(struct ky_token_key **out, struct ky_token_key *kek, ky_key_type type,
                    struct ky_bytes blob);

#endif
