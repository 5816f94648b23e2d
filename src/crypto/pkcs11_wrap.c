/*
 * Subscribers' keys in a token: made as session objects, wrapped, destroyed;
 * unwrapped with one fixed template, since a wrapped key takes whatever
 * attributes it is given (SENSITIVE=0 would give the raw key away).
 */
#include "crypto/pkcs11_store.h"

#include "crypto/pubkey.h"
#include "crypto/wrap.h"

/* First byte of a blob, and the mechanism; in the order they are tried. */
static const struct wrap_mechanism {
    uint8_t format;
    CK_MECHANISM_TYPE mechanism;
} wrap_mechanisms[] = {
    {1,
     CKM_AES_KEY_WRAP_PAD}, /* RFC 5649 by most, PKCS#7 padding and RFC 3394 by some: only its own token can tell */
    {2, CKM_AES_KEY_WRAP_KWP}, /* RFC 5649 */
    {3, CKM_AES_KEY_WRAP},     /* RFC 3394: keys of a multiple of 8 bytes */
};

struct pair {
    CK_OBJECT_HANDLE public_key, private_key;
};

static void drop_pair(struct ky_p11_store *s, const struct pair *pair)
{
    ky_p11_drop(s, pair->public_key);
    ky_p11_drop(s, pair->private_key);
}

/* A session pair that may be wrapped, once, by the caller. */
static ky_rc generate_pair(struct pair *out, struct ky_p11_key *kek, ky_key_type type)
{
    struct ky_p11_template public_template = {0}, private_template = {0};
    ky_p11_add_bool(&public_template, CKA_TOKEN, false);
    ky_p11_add_bool(&public_template, CKA_VERIFY, true);
    ky_p11_add_bool(&private_template, CKA_TOKEN, false);
    ky_p11_add_bool(&private_template, CKA_PRIVATE, true);
    ky_p11_add_bool(&private_template, CKA_SENSITIVE, true);
    ky_p11_add_bool(&private_template, CKA_EXTRACTABLE, true);
    ky_p11_add_bool(&private_template, CKA_SIGN, true);
    if (kek->base.trusted)
        ky_p11_add_bool(&private_template, CKA_WRAP_WITH_TRUSTED, true);
    return ky_p11_pair_generate(&out->public_key, &out->private_key, ky_p11_store_of(kek->base.ks), type,
                                &public_template, &private_template);
}

static ky_rc wrap_key(struct ky_buf *blob, struct ky_p11_key *kek, const struct wrap_mechanism *w,
                      CK_OBJECT_HANDLE key)
{
    struct ky_p11_store *s = ky_p11_store_of(kek->base.ks);
    CK_MECHANISM mechanism = {.mechanism = w->mechanism};
    uint8_t out[KY_WRAPPED_MAX - 1];
    CK_ULONG n = sizeof out;
    CK_RV rv = s->module.fn->C_WrapKey(s->session, &mechanism, kek->handle, key, out, &n);
    if (rv != CKR_OK)
        return ky_p11_fail(s, rv, "C_WrapKey");
    ky_buf_add_u8(blob, w->format);
    ky_buf_add(blob, KY_BYTES(out, n));
    return ky_buf_finish(blob);
}

/* Answers that speak of the blob. */
static bool is_blob_refusal(CK_RV rv)
{
    return rv == CKR_WRAPPED_KEY_INVALID || rv == CKR_WRAPPED_KEY_LEN_RANGE ||
           rv == CKR_ENCRYPTED_DATA_INVALID || rv == CKR_ENCRYPTED_DATA_LEN_RANGE;
}

/* SoftHSM and others say only that something failed: a token that still answers means the blob. */
static bool is_vague_refusal(struct ky_p11_store *s, CK_RV rv)
{
    CK_BYTE byte;
    return (rv == CKR_GENERAL_ERROR || rv == CKR_FUNCTION_FAILED) &&
           s->module.fn->C_GenerateRandom(s->session, &byte, sizeof byte) == CKR_OK;
}

static ky_rc unwrap_key(CK_OBJECT_HANDLE *out, struct ky_p11_key *kek, const struct wrap_mechanism *w,
                        ky_key_type type, struct ky_bytes wrapped)
{
    struct ky_p11_store *s = ky_p11_store_of(kek->base.ks);
    struct ky_p11_template t = {0};
    ky_p11_add_ulong(&t, CKA_CLASS, CKO_PRIVATE_KEY);
    ky_p11_add_ulong(&t, CKA_KEY_TYPE, ky_p11_pair_ck_type(type));
    ky_p11_add_bool(&t, CKA_TOKEN, false);
    ky_p11_add_bool(&t, CKA_PRIVATE, true);
    ky_p11_add_bool(&t, CKA_SENSITIVE, true);
    ky_p11_add_bool(&t, CKA_EXTRACTABLE, false);
    ky_p11_add_bool(&t, CKA_SIGN, true);
    ky_p11_add_bool(&t, CKA_SIGN_RECOVER, false);
    ky_p11_add_bool(&t, CKA_DECRYPT, false);
    ky_p11_add_bool(&t, CKA_UNWRAP, false);
    ky_p11_add_bool(&t, CKA_DERIVE, false);
    CK_MECHANISM mechanism = {.mechanism = w->mechanism};
    CK_RV rv = s->module.fn->C_UnwrapKey(s->session, &mechanism, kek->handle, (CK_BYTE_PTR)wrapped.p,
                                         wrapped.n, t.a, t.n, out);
    if (is_blob_refusal(rv) || is_vague_refusal(s, rv))
        return ky_fail(KY_EAUTH, "wrapped key is not what this token made (0x%lx)", rv);
    return rv == CKR_OK ? KY_OK : ky_p11_fail(s, rv, "C_UnwrapKey");
}

static ky_rc check_type(struct ky_p11_store *s, CK_OBJECT_HANDLE key, ky_key_type want)
{
    ky_key_type have;
    KY_TRY(ky_p11_pair_type(&have, s, key));
    if (have != want)
        return ky_fail(KY_EAUTH, "wrapped key is of type %s, not %s", ky_key_info(have)->name,
                       ky_key_info(want)->name);
    return KY_OK;
}

static ky_rc unwrap_checked(struct ky_token_key **out, struct ky_p11_key *kek, const struct wrap_mechanism *w,
                            ky_key_type type, struct ky_bytes wrapped)
{
    struct ky_p11_store *s = ky_p11_store_of(kek->base.ks);
    struct ky_p11_key *key = NULL;
    KY_TRY(ky_p11_key_new(&key, s, KY_USE_SIGN));
    ky_auto_token_key guard = &key->base;
    key->base.type = type;
    KY_TRY(unwrap_key(&key->handle, kek, w, type, wrapped));
    key->session_object = true; /* from here on closing destroys it */
    KY_TRY(check_type(s, key->handle, type));
    *out = KY_STEAL(guard);
    return KY_OK;
}

/* Does the unwrapped key sign for the public half? */
static ky_rc check_signs(struct ky_token_key *key, struct ky_bytes spki)
{
    static const uint8_t digest[32] = {0x6b}; /* any */
    ky_auto_pubkey public_key = NULL;
    KY_TRY(ky_pubkey_parse(&public_key, spki));
    ky_auto_buf sig = ky_buf_init(KY_SIGNATURE_MAX);
    KY_TRY(ky_p11_sign(&sig, key, KY_ECDSA, KY_SHA256, KY_BYTES_OF(digest)));
    return ky_pubkey_verify(public_key, KY_ECDSA, KY_SHA256, KY_BYTES_OF(digest), ky_buf_bytes(&sig));
}

static ky_rc round_trip(struct ky_p11_key *kek, const struct wrap_mechanism *w, const struct pair *pair)
{
    struct ky_p11_store *s = ky_p11_store_of(kek->base.ks);
    ky_auto_buf spki = ky_buf_init(KY_SPKI_MAX);
    ky_auto_buf blob = ky_buf_init(KY_WRAPPED_MAX);
    KY_TRY(ky_p11_pair_spki(&spki, s, pair->public_key, KY_KEY_P256));
    KY_TRY(wrap_key(&blob, kek, w, pair->private_key));
    ky_auto_token_key key = NULL;
    KY_TRY(unwrap_checked(&key, kek, w, KY_KEY_P256, KY_BYTES(blob.p + 1, blob.n - 1)));
    return check_signs(key, ky_buf_bytes(&spki));
}

static ky_rc probe_with(struct ky_p11_key *kek, const struct pair *pair)
{
    struct ky_p11_store *s = ky_p11_store_of(kek->base.ks);
    for (unsigned i = 0; i < KY_COUNT(wrap_mechanisms); i++) {
        ky_rc rc = round_trip(kek, &wrap_mechanisms[i], pair);
        if (rc == KY_ETOKEN)
            return rc;
        if (rc == KY_OK) {
            s->wrap_index = i + 1;
            return KY_OK;
        }
    }
    return ky_context(ky_fail(KY_EDENIED, "%s", ky_error()), "no AES key wrap mechanism brings a key back");
}

/* Once for each login: which mechanism does this token really have? */
static ky_rc probe(struct ky_p11_key *kek)
{
    struct ky_p11_store *s = ky_p11_store_of(kek->base.ks);
    if (s->wrap_index > 0)
        return KY_OK;
    struct pair pair;
    KY_TRY(generate_pair(&pair, kek, KY_KEY_P256));
    ky_rc rc = probe_with(kek, &pair);
    drop_pair(s, &pair);
    return rc;
}

static ky_rc wrap_pair(struct ky_buf *blob, struct ky_buf *spki, struct ky_p11_key *kek, ky_key_type type,
                       const struct pair *pair)
{
    struct ky_p11_store *s = ky_p11_store_of(kek->base.ks);
    KY_TRY(ky_p11_pair_spki(spki, s, pair->public_key, type));
    return wrap_key(blob, kek, &wrap_mechanisms[s->wrap_index - 1], pair->private_key);
}

ky_rc ky_p11_wrap_new(struct ky_buf *blob, struct ky_buf *spki, struct ky_token_key *base, ky_key_type type)
{
    struct ky_p11_key *kek = ky_p11_key_of(base);
    KY_TRY(ky_p11_key_ready(kek));
    KY_TRY(probe(kek));
    struct pair pair;
    KY_TRY(generate_pair(&pair, kek, type));
    ky_rc rc = wrap_pair(blob, spki, kek, type, &pair);
    drop_pair(ky_p11_store_of(base->ks), &pair);
    return rc;
}

ky_rc ky_p11_unwrap(struct ky_token_key **out, struct ky_token_key *base, ky_key_type type,
                    struct ky_bytes blob)
{
    struct ky_p11_key *kek = ky_p11_key_of(base);
    KY_TRY(ky_p11_key_ready(kek));
    for (size_t i = 0; i < KY_COUNT(wrap_mechanisms); i++)
        if (wrap_mechanisms[i].format == blob.p[0])
            return unwrap_checked(out, kek, &wrap_mechanisms[i], type, KY_BYTES(blob.p + 1, blob.n - 1));
    return ky_fail(KY_EAUTH, "wrapped key: no such mechanism: %u", blob.p[0]);
}
