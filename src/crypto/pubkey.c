/*
 * Public keys; see pubkey.h. Our DER reader decides what is a key (RFC 5280
 * §4.1.2.7, RFC 3279 §2.3.1, RFC 5480 §2); OpenSSL computes.
 */
#include "crypto/pubkey.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include "codec/der.h"
#include "crypto/ossl.h"

#define OID_RSA "1.2.840.113549.1.1.1"
#define OID_EC "1.2.840.10045.2.1"
#define RSA_EXPONENT_MIN 65537
#define RSA_EXPONENT_OCTETS_MAX 4

KY_DEFINE_CLEANUP(EVP_PKEY_CTX, EVP_PKEY_CTX_free)

struct ky_pubkey {
    ky_key_type type;
    EVP_PKEY *pkey;           /* owned */
    uint8_t der[KY_SPKI_MAX]; /* the SubjectPublicKeyInfo; the views below are of it */
    struct ky_bytes spki, point, modulus, exponent;
};

void ky_pubkey_free(struct ky_pubkey *k)
{
    if (k == NULL)
        return;
    EVP_PKEY_free(k->pkey);
    free(k);
}

static ky_rc type_by_rsa_bits(ky_key_type *out, struct ky_bytes modulus)
{
    for (size_t t = 0; t < KY_KEY_TYPE_COUNT; t++) {
        const struct ky_key_info *info = ky_key_info((ky_key_type)t);
        if (info->rsa && modulus.n * 8 == info->bits && modulus.p[0] >= 0x80) {
            *out = info->id;
            return KY_OK;
        }
    }
    return ky_fail(KY_ENOTFOUND, "public key: RSA modulus of %zu bytes is of no known size", modulus.n);
}

static ky_rc type_by_curve(ky_key_type *out, const char *curve_oid)
{
    for (size_t t = 0; t < KY_KEY_TYPE_COUNT; t++) {
        const struct ky_key_info *info = ky_key_info((ky_key_type)t);
        if (info->curve_oid != NULL && strcmp(info->curve_oid, curve_oid) == 0) {
            *out = info->id;
            return KY_OK;
        }
    }
    return ky_fail(KY_ENOTFOUND, "public key: curve %s is not known", curve_oid);
}

static ky_rc check_exponent(struct ky_bytes exponent)
{
    uint64_t e = 0;
    for (size_t i = 0; i < exponent.n && i <= RSA_EXPONENT_OCTETS_MAX; i++)
        e = e << 8 | exponent.p[i];
    if (exponent.n > RSA_EXPONENT_OCTETS_MAX || e < RSA_EXPONENT_MIN || e % 2 == 0)
        return ky_fail(KY_EFORMAT, "public key: RSA exponent is even, below 65537 or above 32 bits");
    return KY_OK;
}

/* The key inside a BIT STRING: RSAPublicKey (RFC 8017 A.1.1). */
static ky_rc parse_rsa(struct ky_pubkey *k, struct ky_der *params, struct ky_bytes bits)
{
    struct ky_der outer = KY_DER_READ(bits), numbers;
    KY_TRY(ky_der_get_null(params, "public key: RSA parameters"));
    KY_TRY(ky_der_enter(&numbers, &outer, KY_DER_SEQUENCE, "public key: RSAPublicKey"));
    KY_TRY(ky_der_finish(&outer, "public key: RSAPublicKey"));
    KY_TRY(ky_der_get_uint(&k->modulus, &numbers, "public key: modulus"));
    KY_TRY(ky_der_get_uint(&k->exponent, &numbers, "public key: exponent"));
    KY_TRY(ky_der_finish(&numbers, "public key: RSAPublicKey"));
    KY_TRY(check_exponent(k->exponent));
    return type_by_rsa_bits(&k->type, k->modulus);
}

static ky_rc parse_ec(struct ky_pubkey *k, struct ky_der *params, struct ky_bytes bits)
{
    char curve[KY_DER_OID_TEXT_MAX];
    KY_TRY(ky_der_get_oid(curve, params, "public key: curve"));
    KY_TRY(type_by_curve(&k->type, curve));
    if (bits.n != 1 + 2 * ky_key_info(k->type)->bits / 8 || bits.p[0] != 0x04)
        return ky_fail(KY_EFORMAT, "public key: point of %zu bytes is not an uncompressed one", bits.n);
    k->point = bits;
    return KY_OK;
}

static ky_rc parse_spki(struct ky_pubkey *k)
{
    struct ky_der whole = KY_DER_READ(k->spki), spki, alg;
    KY_TRY(ky_der_enter(&spki, &whole, KY_DER_SEQUENCE, "public key"));
    KY_TRY(ky_der_finish(&whole, "public key"));
    KY_TRY(ky_der_enter(&alg, &spki, KY_DER_SEQUENCE, "public key: algorithm"));
    char oid[KY_DER_OID_TEXT_MAX];
    struct ky_bytes bits;
    KY_TRY(ky_der_get_oid(oid, &alg, "public key: algorithm"));
    KY_TRY(ky_der_get_bit_octets(&bits, &spki, "public key: bits"));
    KY_TRY(ky_der_finish(&spki, "public key"));
    bool rsa = strcmp(oid, OID_RSA) == 0;
    if (!rsa && strcmp(oid, OID_EC) != 0)
        return ky_fail(KY_ENOTFOUND, "public key: algorithm %s is not known", oid);
    KY_TRY(rsa ? parse_rsa(k, &alg, bits) : parse_ec(k, &alg, bits));
    return ky_der_finish(&alg, "public key: parameters");
}

ky_rc ky_pubkey_parse(struct ky_pubkey **out, struct ky_bytes spki)
{
    ky_auto_pubkey k = calloc(1, sizeof *k);
    if (k == NULL)
        return ky_fail(KY_ENOMEM, "public key: out of memory");
    if (spki.n == 0 || spki.n > sizeof k->der)
        return ky_fail(KY_EFORMAT, "public key: %zu bytes of SubjectPublicKeyInfo", spki.n);
    memcpy(k->der, spki.p, spki.n);
    k->spki = KY_BYTES(k->der, spki.n);
    KY_TRY(parse_spki(k));
    const uint8_t *at = k->der;
    k->pkey = d2i_PUBKEY(NULL, &at, (long)spki.n); /* refuses a point off its curve */
    if (k->pkey == NULL)
        return ky_fail_ossl(KY_EFORMAT, "public key");
    *out = KY_STEAL(k);
    return KY_OK;
}

ky_rc ky_pubkey_from_point(struct ky_pubkey **out, struct ky_bytes point)
{
    ky_auto_buf spki = ky_buf_init(KY_SPKI_MAX);
    if (ky_spki_add_point(&spki, point) != KY_OK)
        return ky_context(KY_EFORMAT, "public key");
    return ky_pubkey_parse(out, ky_buf_bytes(&spki));
}

ky_key_type ky_pubkey_type(const struct ky_pubkey *k)
{
    return k->type;
}

struct ky_bytes ky_pubkey_spki(const struct ky_pubkey *k)
{
    return k->spki;
}

struct ky_bytes ky_pubkey_point(const struct ky_pubkey *k)
{
    return k->point;
}

struct ky_bytes ky_pubkey_modulus(const struct ky_pubkey *k)
{
    return k->modulus;
}

struct ky_bytes ky_pubkey_exponent(const struct ky_pubkey *k)
{
    return k->exponent;
}

ky_rc ky_pubkey_verify(const struct ky_pubkey *k, ky_scheme scheme, ky_hash hash, struct ky_bytes digest,
                       struct ky_bytes sig)
{
    if (!ky_scheme_fits(scheme, k->type) || digest.n != ky_hash_info(hash)->size)
        return ky_fail(KY_EINVAL, "verify: scheme or digest of %zu bytes does not fit the %s key", digest.n,
                       ky_key_info(k->type)->name);
    KY_CLEANUP(EVP_PKEY_CTX_freep) EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(k->pkey, NULL);
    if (ctx == NULL || EVP_PKEY_verify_init(ctx) != 1)
        return ky_fail_ossl(KY_ECRYPTO, "verify");
    KY_TRY(ky_ossl_set_scheme(ctx, scheme, hash));
    if (EVP_PKEY_verify(ctx, sig.p, sig.n, digest.p, digest.n) != 1)
        return ky_fail_ossl(KY_EAUTH, "signature is wrong");
    return KY_OK;
}

/* Appends SubjectPublicKeyInfo around ready parameters and key bits. */
static ky_rc add_spki(struct ky_buf *out, const char *alg_oid, const char *curve_oid, struct ky_bytes bits)
{
    size_t spki = ky_der_begin(out, KY_DER_SEQUENCE);
    size_t alg = ky_der_begin(out, KY_DER_SEQUENCE);
    KY_TRY(ky_der_add_oid(out, alg_oid));
    if (curve_oid != NULL)
        KY_TRY(ky_der_add_oid(out, curve_oid));
    else
        ky_der_add_null(out);
    ky_der_end(out, alg);
    ky_der_add_bits(out, bits);
    ky_der_end(out, spki);
    return ky_buf_finish(out);
}

ky_rc ky_spki_add_point(struct ky_buf *out, struct ky_bytes point)
{
    for (size_t t = 0; t < KY_KEY_TYPE_COUNT; t++) {
        const struct ky_key_info *info = ky_key_info((ky_key_type)t);
        if (!info->rsa && point.n == 1 + 2 * info->bits / 8 && point.p[0] == 0x04)
            return add_spki(out, OID_EC, info->curve_oid, point);
    }
    return ky_fail(KY_EINVAL, "point of %zu bytes is not an uncompressed one of a known curve", point.n);
}

ky_rc ky_spki_add_rsa(struct ky_buf *out, struct ky_bytes modulus, struct ky_bytes exponent)
{
    while (modulus.n > 0 && modulus.p[0] == 0)
        modulus = KY_BYTES(modulus.p + 1, modulus.n - 1);
    ky_key_type type;
    if (modulus.n == 0 || type_by_rsa_bits(&type, modulus) != KY_OK)
        return ky_fail(KY_EINVAL, "RSA modulus of %zu bytes is of no known size", modulus.n);
    ky_auto_buf numbers = ky_buf_init(KY_SPKI_MAX);
    size_t at = ky_der_begin(&numbers, KY_DER_SEQUENCE);
    ky_der_add_uint(&numbers, modulus);
    ky_der_add_uint(&numbers, exponent);
    ky_der_end(&numbers, at);
    KY_TRY(ky_buf_finish(&numbers));
    return add_spki(out, OID_RSA, NULL, ky_buf_bytes(&numbers));
}

static ky_rc p256_key(struct ky_pubkey **out, struct ky_bytes point)
{
    if (point.n != KY_P256_POINT)
        return ky_fail(KY_EFORMAT, "P-256 point: %zu bytes, must be %d", point.n, KY_P256_POINT);
    return ky_pubkey_from_point(out, point);
}

ky_rc ky_p256_check_point(struct ky_bytes point)
{
    ky_auto_pubkey k = NULL;
    return p256_key(&k, point);
}

ky_rc ky_p256_verify_raw(struct ky_bytes point, const uint8_t digest[32], struct ky_bytes raw)
{
    ky_auto_pubkey k = NULL;
    KY_TRY(p256_key(&k, point));
    if (raw.n != KY_P256_RAW)
        return ky_fail(KY_EFORMAT, "raw P-256 signature: %zu bytes, must be %d", raw.n, KY_P256_RAW);
    ky_auto_buf der = ky_buf_init(KY_SIGNATURE_MAX);
    if (ky_ecdsa_to_der(&der, raw) != KY_OK)
        return ky_context(KY_EAUTH, "signature is wrong");
    return ky_pubkey_verify(k, KY_ECDSA, KY_SHA256, KY_BYTES(digest, 32), ky_buf_bytes(&der));
}
