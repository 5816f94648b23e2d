/*
 * Algorithms: which hashes, keys and signature schemes kyso knows, and their
 * names and OIDs in each standard. One table each; nothing else in the
 * project spells an algorithm OID.
 */
#ifndef KY_CRYPTO_ALG_H
#define KY_CRYPTO_ALG_H

#include "base/bytes.h"
#include "base/rc.h"

typedef enum ky_hash { KY_SHA256, KY_SHA384, KY_SHA512, KY_HASH_COUNT } ky_hash;
typedef enum ky_key_type {
    KY_KEY_RSA2048,
    KY_KEY_RSA3072,
    KY_KEY_RSA4096,
    KY_KEY_P256,
    KY_KEY_P384,
    KY_KEY_TYPE_COUNT
} ky_key_type;
typedef enum ky_scheme { KY_RSA_PKCS1V15, KY_RSA_PSS, KY_ECDSA, KY_SCHEME_COUNT } ky_scheme;

#define KY_HASH_MAX 64       /* bytes of the longest hash */
#define KY_SIGNATURE_MAX 512 /* bytes of the longest signature (RSA-4096) */
#define KY_SPKI_MAX 600      /* bytes of the longest SubjectPublicKeyInfo in DER (RSA-4096: 550) */

struct ky_hash_info {
    ky_hash id;
    const char *name;           /* "SHA-256" */
    const char *ossl;           /* EVP_MD_fetch name */
    const char *oid;            /* dotted */
    size_t size;                /* bytes */
    struct ky_bytes digestinfo; /* DER before the digest in PKCS#1 v1.5 (RFC 8017 §9.2) */
};
struct ky_key_info {
    ky_key_type id;
    const char *name; /* "rsa2048" … "p384": configuration, records, statements */
    bool rsa;
    unsigned bits;
    const char *curve_oid; /* NULL for RSA */
};

const struct ky_hash_info *ky_hash_info(ky_hash h);
const struct ky_key_info *ky_key_info(ky_key_type t);
/* KY_ENOTFOUND, naming the OID or name, when unknown. */
ky_rc ky_hash_by_oid(ky_hash *out, const char *dotted);
ky_rc ky_key_type_by_name(ky_key_type *out, const char *name);

/*
 * Signature algorithm OIDs (RFC 8017, RFC 5758), e.g. sha256WithRSAEncryption, ecdsa-with-SHA384. For RSASSA-PSS
 * (1.2.840.113549.1.1.10) and bare rsaEncryption the OID does not fix the hash: *hash is left alone and
 * *hash_fixed is false.
 */
ky_rc ky_sign_alg_by_oid(ky_scheme *scheme, ky_hash *hash, bool *hash_fixed, const char *dotted);
const char *ky_sign_alg_oid(ky_scheme scheme, ky_hash hash);
/* May a key of this type sign with this scheme? */
bool ky_scheme_fits(ky_scheme scheme, ky_key_type type);

/*
 * AlgorithmIdentifier in DER: RSA PKCS#1 with NULL, ECDSA without parameters, PSS with hash, MGF1 of
 * the same hash and salt length = hash length (RFC 4055). Static bytes.
 */
struct ky_bytes ky_sign_alg_der(ky_scheme scheme, ky_hash hash);
struct ky_bytes ky_hash_alg_der(ky_hash hash);

#endif
