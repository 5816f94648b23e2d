/*
 * Hashes, HMAC-SHA256 and HKDF-SHA256 (RFC 5869). Labels: every input of a MAC, hash or signature of
 * the protocol starts with its own label that ends in NUL, written KY_LABEL("kyso record v1").
 */
#ifndef KY_CRYPTO_DIGEST_H
#define KY_CRYPTO_DIGEST_H

#include "crypto/alg.h"

#define KY_SHA256_SIZE 32

/* A label with its NUL. */
#define KY_LABEL(literal) ((struct ky_bytes){(const uint8_t *)("" literal), sizeof(literal)})

/* Writes ky_hash_info(h)->size bytes. KY_ECRYPTO when OpenSSL fails; so with all below. */
ky_rc ky_digest(uint8_t *out, ky_hash h, struct ky_bytes in);
/* Over the concatenation of parts, nothing between them. */
ky_rc ky_digest_parts(uint8_t *out, ky_hash h, const struct ky_bytes *parts, size_t n);
ky_rc ky_sha256(uint8_t out[KY_SHA256_SIZE], struct ky_bytes in);
/* SHA-256 over label (KY_LABEL, its NUL included), then each part with its length before it (u32 big-endian). */
ky_rc ky_digest_label(uint8_t out[KY_SHA256_SIZE], struct ky_bytes label, const struct ky_bytes *parts,
                      size_t n);

/* Streaming. */
struct ky_hasher;
ky_rc ky_hasher_new(struct ky_hasher **out, ky_hash h);
void ky_hasher_free(struct ky_hasher *s);
KY_DEFINE_CLEANUP(struct ky_hasher, ky_hasher_free)
#define ky_auto_hasher KY_CLEANUP(ky_hasher_freep) struct ky_hasher *
ky_rc ky_hasher_add(struct ky_hasher *s, struct ky_bytes in);
/* Writes the digest; the hasher starts anew. */
ky_rc ky_hasher_finish(uint8_t *out, struct ky_hasher *s);

/* HMAC-SHA256 over the concatenation of parts. */
ky_rc ky_hmac_sha256(uint8_t out[KY_SHA256_SIZE], struct ky_bytes key, const struct ky_bytes *parts,
                     size_t n);
/* n ≤ 255 · 32 bytes of key material. */
ky_rc ky_hkdf_sha256(uint8_t *out, size_t n, struct ky_bytes secret, struct ky_bytes salt,
                     struct ky_bytes info);

#endif
