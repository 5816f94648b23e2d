/* Using keys: signatures, HMAC, ECDH (PKCS#11 v2.40 mechanisms §2.1.6, §2.1.10, §2.3.6, §2.3.11, §2.20). */
#include "crypto/pkcs11_store.h"

#include "crypto/pss.h"
#include "crypto/pubkey.h"

#define RAW_SIGNATURE_MAX KY_SIGNATURE_MAX
#define DIGESTINFO_MAX 96 /* bytes: DigestInfo of SHA-512 is 83 */

/* C_SignInit and C_Sign into raw; *raw_n is its length. *init_rv tells why C_SignInit refused. */
static ky_rc sign_raw(uint8_t raw[RAW_SIGNATURE_MAX], CK_ULONG *raw_n, CK_RV *init_rv, struct ky_p11_key *key,
                      CK_MECHANISM *mechanism, struct ky_bytes in)
{
    struct ky_p11_store *s = ky_p11_store_of(key->base.ks);
    *init_rv = s->module.fn->C_SignInit(s->session, mechanism, key->handle);
    if (*init_rv != CKR_OK)
        return ky_p11_fail(s, *init_rv, "C_SignInit");
    *raw_n = RAW_SIGNATURE_MAX;
    CK_RV rv = s->module.fn->C_Sign(s->session, (CK_BYTE_PTR)in.p, in.n, raw, raw_n);
    return rv == CKR_OK ? KY_OK : ky_p11_fail(s, rv, "C_Sign");
}

/* Left-pads with zeros to the modulus' length: some modules drop them. */
static ky_rc add_rsa_octets(struct ky_buf *sig, const struct ky_p11_key *key, const uint8_t *raw, CK_ULONG n)
{
    size_t size = ky_key_info(key->base.type)->bits / 8;
    if (n > size)
        return ky_fail(KY_ETOKEN, "C_Sign gave %lu bytes for a modulus of %zu", n, size);
    ky_buf_add_fill(sig, 0, size - n);
    ky_buf_add(sig, KY_BYTES(raw, n));
    return ky_buf_finish(sig);
}

static ky_rc sign_pkcs1(struct ky_buf *sig, struct ky_p11_key *key, ky_hash hash, struct ky_bytes digest)
{
    ky_auto_buf info = ky_buf_init(DIGESTINFO_MAX);
    ky_buf_add(&info, ky_hash_info(hash)->digestinfo);
    ky_buf_add(&info, digest);
    KY_TRY(ky_buf_finish(&info));
    CK_MECHANISM mechanism = {.mechanism = CKM_RSA_PKCS};
    uint8_t raw[RAW_SIGNATURE_MAX];
    CK_ULONG n = 0;
    CK_RV init_rv;
    KY_TRY(sign_raw(raw, &n, &init_rv, key, &mechanism, ky_buf_bytes(&info)));
    return add_rsa_octets(sig, key, raw, n);
}

/* PSS with our own padding, for tokens that only do the bare RSA operation. */
static ky_rc sign_pss_padded(struct ky_buf *sig, struct ky_p11_key *key, ky_hash hash, struct ky_bytes digest)
{
    struct ky_p11_store *s = ky_p11_store_of(key->base.ks);
    uint8_t salt[KY_HASH_MAX], em[KY_RSA_MAX], raw[RAW_SIGNATURE_MAX];
    CK_RV rv = s->module.fn->C_GenerateRandom(s->session, salt, ky_hash_info(hash)->size);
    if (rv != CKR_OK)
        return ky_p11_fail(s, rv, "C_GenerateRandom");
    size_t em_size = ky_key_info(key->base.type)->bits / 8;
    KY_TRY(ky_pss_encode(em, em_size, hash, digest, salt));
    CK_MECHANISM mechanism = {.mechanism = CKM_RSA_X_509};
    CK_ULONG n = 0;
    KY_TRY(sign_raw(raw, &n, &rv, key, &mechanism, KY_BYTES(em, em_size)));
    return add_rsa_octets(sig, key, raw, n);
}

static ky_rc sign_pss(struct ky_buf *sig, struct ky_p11_key *key, ky_hash hash, struct ky_bytes digest)
{
    static const struct {
        CK_MECHANISM_TYPE hash;
        CK_RSA_PKCS_MGF_TYPE mgf;
    } by_hash[KY_HASH_COUNT] = {
        [KY_SHA256] = {CKM_SHA256, CKG_MGF1_SHA256},
        [KY_SHA384] = {CKM_SHA384, CKG_MGF1_SHA384},
        [KY_SHA512] = {CKM_SHA512, CKG_MGF1_SHA512},
    };
    CK_RSA_PKCS_PSS_PARAMS params = {
        .hashAlg = by_hash[hash].hash, .mgf = by_hash[hash].mgf, .sLen = ky_hash_info(hash)->size};
    CK_MECHANISM mechanism = {
        .mechanism = CKM_RSA_PKCS_PSS, .pParameter = &params, .ulParameterLen = sizeof params};
    uint8_t raw[RAW_SIGNATURE_MAX];
    CK_ULONG n = 0;
    CK_RV init_rv;
    ky_rc rc = sign_raw(raw, &n, &init_rv, key, &mechanism, digest);
    if (init_rv == CKR_MECHANISM_INVALID || init_rv == CKR_MECHANISM_PARAM_INVALID)
        return sign_pss_padded(sig, key, hash, digest);
    return rc == KY_OK ? add_rsa_octets(sig, key, raw, n) : rc;
}

static ky_rc sign_ecdsa(struct ky_buf *sig, struct ky_p11_key *key, ky_hash hash, struct ky_bytes digest)
{
    CK_MECHANISM mechanism = {.mechanism = CKM_ECDSA};
    uint8_t raw[RAW_SIGNATURE_MAX];
    CK_ULONG n = 0;
    CK_RV init_rv;
    /* Tokens differ in whether they shorten a long digest to the order's bits (FIPS 186-5 §6.4.1): we do. */
    size_t order = ky_key_info(key->base.type)->bits / 8;
    struct ky_bytes left = KY_BYTES(digest.p, digest.n > order ? order : digest.n);
    KY_TRY(sign_raw(raw, &n, &init_rv, key, &mechanism, left));
    if (n != 2 * order)
        return ky_fail(KY_ETOKEN, "C_Sign gave %lu bytes of ECDSA signature, not %zu", n, 2 * order);
    return ky_ecdsa_to_der(sig, KY_BYTES(raw, n));
}

ky_rc ky_p11_sign(struct ky_buf *sig, struct ky_token_key *base, ky_scheme scheme, ky_hash hash,
                  struct ky_bytes digest)
{
    static ky_rc (*const by_scheme[KY_SCHEME_COUNT])(struct ky_buf *, struct ky_p11_key *, ky_hash,
                                                     struct ky_bytes) = {
        [KY_RSA_PKCS1V15] = sign_pkcs1,
        [KY_RSA_PSS] = sign_pss,
        [KY_ECDSA] = sign_ecdsa,
    };
    struct ky_p11_key *key = ky_p11_key_of(base);
    KY_TRY(ky_p11_key_ready(key));
    return by_scheme[scheme](sig, key, hash, digest);
}

ky_rc ky_p11_hmac(uint8_t out[KY_HMAC_SIZE], struct ky_token_key *base, const struct ky_bytes *parts,
                  size_t count)
{
    struct ky_p11_key *key = ky_p11_key_of(base);
    struct ky_p11_store *s = ky_p11_store_of(base->ks);
    KY_TRY(ky_p11_key_ready(key));
    CK_MECHANISM mechanism = {.mechanism = CKM_SHA256_HMAC};
    CK_RV rv = s->module.fn->C_SignInit(s->session, &mechanism, key->handle);
    for (size_t i = 0; i < count && rv == CKR_OK; i++)
        if (parts[i].n > 0)
            rv = s->module.fn->C_SignUpdate(s->session, (CK_BYTE_PTR)parts[i].p, parts[i].n);
    uint8_t mac[KY_HMAC_SIZE];
    CK_ULONG n = sizeof mac;
    if (rv == CKR_OK)
        rv = s->module.fn->C_SignFinal(s->session, mac, &n);
    if (rv != CKR_OK)
        return ky_p11_fail(s, rv, "HMAC");
    if (n != sizeof mac)
        return ky_fail(KY_ETOKEN, "HMAC of %lu bytes", n);
    memcpy(out, mac, sizeof mac);
    return KY_OK;
}

static ky_rc derive(CK_OBJECT_HANDLE *out, struct ky_p11_key *key, const uint8_t peer[KY_POINT_SIZE])
{
    struct ky_p11_store *s = ky_p11_store_of(key->base.ks);
    CK_ECDH1_DERIVE_PARAMS params = {
        .kdf = CKD_NULL, .ulPublicDataLen = KY_POINT_SIZE, .pPublicData = (CK_BYTE_PTR)peer};
    CK_MECHANISM mechanism = {
        .mechanism = CKM_ECDH1_DERIVE, .pParameter = &params, .ulParameterLen = sizeof params};
    struct ky_p11_template t = {0};
    ky_p11_add_ulong(&t, CKA_CLASS, CKO_SECRET_KEY);
    ky_p11_add_ulong(&t, CKA_KEY_TYPE, CKK_GENERIC_SECRET);
    ky_p11_add_ulong(&t, CKA_VALUE_LEN, KY_ECDH_SIZE);
    ky_p11_add_bool(&t, CKA_TOKEN, false);
    ky_p11_add_bool(&t, CKA_SENSITIVE, false); /* the shared secret is ours to hash; the private key stays */
    ky_p11_add_bool(&t, CKA_EXTRACTABLE, true);
    CK_RV rv = s->module.fn->C_DeriveKey(s->session, &mechanism, key->handle, t.a, t.n, out);
    return rv == CKR_OK ? KY_OK : ky_p11_fail(s, rv, "C_DeriveKey");
}

ky_rc ky_p11_ecdh(uint8_t out[KY_ECDH_SIZE], struct ky_token_key *base, const uint8_t peer[KY_POINT_SIZE])
{
    struct ky_p11_key *key = ky_p11_key_of(base);
    struct ky_p11_store *s = ky_p11_store_of(base->ks);
    KY_TRY(ky_p11_key_ready(key));
    KY_TRY(ky_p256_check_point(KY_BYTES(peer, KY_POINT_SIZE)));
    CK_OBJECT_HANDLE shared;
    KY_TRY(derive(&shared, key, peer));
    ky_auto_buf value = ky_buf_init_secret(KY_ECDH_SIZE);
    ky_rc rc = ky_p11_get_bytes(&value, s, shared, CKA_VALUE, KY_ECDH_SIZE);
    ky_p11_drop(s, shared);
    KY_TRY(rc);
    if (value.n != KY_ECDH_SIZE)
        return ky_fail(KY_ETOKEN, "shared secret of %zu bytes", value.n);
    memcpy(out, value.p, KY_ECDH_SIZE);
    return KY_OK;
}
