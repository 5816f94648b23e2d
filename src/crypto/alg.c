/*
 * The tables behind alg.h. OIDs: RFC 8017 appendix C, RFC 5758, RFC 5480,
 * RFC 5754; the DER forms are those of RFC 8017 §9.2, RFC 4055 §3.1, RFC 5754 §2, §3.
 */
#include "crypto/alg.h"

#include "base/str.h"

/* OBJECT IDENTIFIER elements. */
#define OID_SHA2 "\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02" /* and one arc more: 1, 2, 3 */
#define OID_PKCS1 "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01"
#define OID_ECDSA_SHA2 "\x06\x08\x2a\x86\x48\xce\x3d\x04\x03"
#define ASN1_NULL "\x05\x00"

/* AlgorithmIdentifiers; n is the last arc of the SHA-2 OID. */
#define HASH_ALG(n) "\x30\x0b" OID_SHA2 n
#define HASH_ALG_NULL(n) "\x30\x0d" OID_SHA2 n ASN1_NULL
#define DIGESTINFO(seq_size, n, size) "\x30" seq_size HASH_ALG_NULL(n) "\x04" size
#define RSA_ALG(arc) "\x30\x0d" OID_PKCS1 arc ASN1_NULL
#define PSS_ALG(n, size)                                                                                     \
    "\x30\x41" OID_PKCS1 "\x0a\x30\x34"                                                                      \
    "\xa0\x0f" HASH_ALG_NULL(n) "\xa1\x1c\x30\x1a" OID_PKCS1 "\x08" HASH_ALG_NULL(n) "\xa2\x03\x02\x01" size
#define ECDSA_ALG(arc) "\x30\x0a" OID_ECDSA_SHA2 arc

/* Bytes of a literal, usable in a constant table. */
#define BYTES(literal)                                                                                       \
    {                                                                                                        \
        (const uint8_t *)(literal), sizeof(literal) - 1                                                      \
    }

static const struct ky_hash_info hashes[KY_HASH_COUNT] = {
    [KY_SHA256] = {KY_SHA256, "SHA-256", "SHA2-256", "2.16.840.1.101.3.4.2.1", 32,
                   BYTES(DIGESTINFO("\x31", "\x01", "\x20"))},
    [KY_SHA384] = {KY_SHA384, "SHA-384", "SHA2-384", "2.16.840.1.101.3.4.2.2", 48,
                   BYTES(DIGESTINFO("\x41", "\x02", "\x30"))},
    [KY_SHA512] = {KY_SHA512, "SHA-512", "SHA2-512", "2.16.840.1.101.3.4.2.3", 64,
                   BYTES(DIGESTINFO("\x51", "\x03", "\x40"))},
};

static const struct ky_bytes hash_algs[KY_HASH_COUNT] = {
    [KY_SHA256] = BYTES(HASH_ALG("\x01")),
    [KY_SHA384] = BYTES(HASH_ALG("\x02")),
    [KY_SHA512] = BYTES(HASH_ALG("\x03")),
};

static const struct ky_key_info keys[KY_KEY_TYPE_COUNT] = {
    [KY_KEY_RSA2048] = {KY_KEY_RSA2048, "rsa2048", true, 2048, NULL},
    [KY_KEY_RSA3072] = {KY_KEY_RSA3072, "rsa3072", true, 3072, NULL},
    [KY_KEY_RSA4096] = {KY_KEY_RSA4096, "rsa4096", true, 4096, NULL},
    [KY_KEY_P256] = {KY_KEY_P256, "p256", false, 256, "1.2.840.10045.3.1.7"},
    [KY_KEY_P384] = {KY_KEY_P384, "p384", false, 384, "1.3.132.0.34"},
};

static const struct sign_alg {
    const char *oid;
    struct ky_bytes der;
} sign_algs[KY_SCHEME_COUNT][KY_HASH_COUNT] = {
    [KY_RSA_PKCS1V15] = {{"1.2.840.113549.1.1.11", BYTES(RSA_ALG("\x0b"))},
                         {"1.2.840.113549.1.1.12", BYTES(RSA_ALG("\x0c"))},
                         {"1.2.840.113549.1.1.13", BYTES(RSA_ALG("\x0d"))}},
    [KY_RSA_PSS] = {{"1.2.840.113549.1.1.10", BYTES(PSS_ALG("\x01", "\x20"))},
                    {"1.2.840.113549.1.1.10", BYTES(PSS_ALG("\x02", "\x30"))},
                    {"1.2.840.113549.1.1.10", BYTES(PSS_ALG("\x03", "\x40"))}},
    [KY_ECDSA] = {{"1.2.840.10045.4.3.2", BYTES(ECDSA_ALG("\x02"))},
                  {"1.2.840.10045.4.3.3", BYTES(ECDSA_ALG("\x03"))},
                  {"1.2.840.10045.4.3.4", BYTES(ECDSA_ALG("\x04"))}},
};

/* OIDs that name a scheme but no hash. */
static const struct {
    const char *oid;
    ky_scheme scheme;
} schemes_without_hash[] = {
    {"1.2.840.113549.1.1.1", KY_RSA_PKCS1V15}, /* rsaEncryption, as CMS writes it */
    {"1.2.840.113549.1.1.10", KY_RSA_PSS},
};

const struct ky_hash_info *ky_hash_info(ky_hash h)
{
    return &hashes[h];
}

const struct ky_key_info *ky_key_info(ky_key_type t)
{
    return &keys[t];
}

ky_rc ky_hash_by_oid(ky_hash *out, const char *dotted)
{
    for (size_t i = 0; i < KY_COUNT(hashes); i++) {
        if (ky_str_eq(hashes[i].oid, dotted)) {
            *out = hashes[i].id;
            return KY_OK;
        }
    }
    return ky_fail(KY_ENOTFOUND, "hash algorithm %.80s is not known", dotted);
}

ky_rc ky_key_type_by_name(ky_key_type *out, const char *name)
{
    for (size_t i = 0; i < KY_COUNT(keys); i++) {
        if (ky_str_eq(keys[i].name, name)) {
            *out = keys[i].id;
            return KY_OK;
        }
    }
    return ky_fail(KY_ENOTFOUND, "key type \"%.40s\" is not known", name);
}

static bool find_with_hash(ky_scheme *scheme, ky_hash *hash, const char *dotted)
{
    for (size_t s = 0; s < KY_SCHEME_COUNT; s++) {
        for (size_t h = 0; s != KY_RSA_PSS && h < KY_HASH_COUNT; h++) {
            if (!ky_str_eq(sign_algs[s][h].oid, dotted))
                continue;
            *scheme = (ky_scheme)s;
            *hash = (ky_hash)h;
            return true;
        }
    }
    return false;
}

ky_rc ky_sign_alg_by_oid(ky_scheme *scheme, ky_hash *hash, bool *hash_fixed, const char *dotted)
{
    if (find_with_hash(scheme, hash, dotted)) {
        *hash_fixed = true;
        return KY_OK;
    }
    for (size_t i = 0; i < KY_COUNT(schemes_without_hash); i++) {
        if (ky_str_eq(schemes_without_hash[i].oid, dotted)) {
            *scheme = schemes_without_hash[i].scheme;
            *hash_fixed = false;
            return KY_OK;
        }
    }
    return ky_fail(KY_ENOTFOUND, "signature algorithm %.80s is not known", dotted);
}

const char *ky_sign_alg_oid(ky_scheme scheme, ky_hash hash)
{
    return sign_algs[scheme][hash].oid;
}

bool ky_scheme_fits(ky_scheme scheme, ky_key_type type)
{
    return keys[type].rsa == (scheme != KY_ECDSA);
}

struct ky_bytes ky_sign_alg_der(ky_scheme scheme, ky_hash hash)
{
    return sign_algs[scheme][hash].der;
}

struct ky_bytes ky_hash_alg_der(ky_hash hash)
{
    return hash_algs[hash];
}
