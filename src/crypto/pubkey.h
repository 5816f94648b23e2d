/*
 * Public keys: SubjectPublicKeyInfo in and out (RFC 5280 §4.1.2.7, RFC 5480), verification of signatures over
 * digests, ECDSA signatures in DER and raw form.
 */
#ifndef KY_CRYPTO_PUBKEY_H
#define KY_CRYPTO_PUBKEY_H

#include "base/buf.h"
#include "crypto/alg.h"

#define KY_P256_POINT 65 /* 04 ‖ x ‖ y */
#define KY_P256_RAW 64   /* r ‖ s */
#define KY_P384_POINT 97
#define KY_POINT_MAX KY_P384_POINT
#define KY_RSA_MAX 512 /* bytes of the longest modulus */

/* Opaque; holds the parsed key ready for verification. Safe to share between threads. */
struct ky_pubkey;
void ky_pubkey_free(struct ky_pubkey *k);
KY_DEFINE_CLEANUP(struct ky_pubkey, ky_pubkey_free)
#define ky_auto_pubkey KY_CLEANUP(ky_pubkey_freep) struct ky_pubkey *

/*
 * DER SubjectPublicKeyInfo of a type in alg.h; a point must be uncompressed and on its curve, an RSA exponent odd and
 * in 65537..2^32. Errors: KY_EFORMAT not such DER, point off the curve; KY_ENOTFOUND algorithm, curve or size unknown.
 */
ky_rc ky_pubkey_parse(struct ky_pubkey **out, struct ky_bytes spki);
/* From a point of 65 (P-256) or 97 (P-384) bytes. */
ky_rc ky_pubkey_from_point(struct ky_pubkey **out, struct ky_bytes point);

ky_key_type ky_pubkey_type(const struct ky_pubkey *k);
struct ky_bytes ky_pubkey_spki(const struct ky_pubkey *k);     /* DER, borrowed */
struct ky_bytes ky_pubkey_point(const struct ky_pubkey *k);    /* EC: uncompressed point; RSA: none */
struct ky_bytes ky_pubkey_modulus(const struct ky_pubkey *k);  /* RSA, no leading zero; EC: none */
struct ky_bytes ky_pubkey_exponent(const struct ky_pubkey *k); /* RSA, no leading zero; EC: none */

/*
 * sig over a digest: RSA octets or DER ECDSA-Sig-Value (strict). PSS: MGF1 and salt length as the hash.
 * Errors: KY_EAUTH the signature is wrong; KY_EINVAL scheme or digest length does not fit the key.
 */
ky_rc ky_pubkey_verify(const struct ky_pubkey *k, ky_scheme scheme, ky_hash hash, struct ky_bytes digest,
                       struct ky_bytes sig);

/* Appends DER SubjectPublicKeyInfo made of what an HSM gives. KY_EINVAL when the sizes are those of no known type. */
ky_rc ky_spki_add_point(struct ky_buf *out, struct ky_bytes point);
ky_rc ky_spki_add_rsa(struct ky_buf *out, struct ky_bytes modulus, struct ky_bytes exponent);

/* KY_EFORMAT unless an uncompressed P-256 point on the curve. */
ky_rc ky_p256_check_point(struct ky_bytes point);
/* Raw r ‖ s of 64 bytes over a SHA-256 digest. KY_EAUTH wrong; KY_EFORMAT point or lengths. */
ky_rc ky_p256_verify_raw(struct ky_bytes point, const uint8_t digest[32], struct ky_bytes raw);

/* ECDSA-Sig-Value ↔ r ‖ s, each half n/2 bytes. KY_EFORMAT: not DER, zero, or larger than half. */
ky_rc ky_ecdsa_to_raw(uint8_t *raw, size_t n, struct ky_bytes der);
ky_rc ky_ecdsa_to_der(struct ky_buf *out, struct ky_bytes raw);

#endif
