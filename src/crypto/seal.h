/*
 * Sealed boxes: encrypted to a public key, made with an ephemeral one. X25519 for letters to the courier, P-256 for
 * activation proofs, which the HSM opens.
 *
 *     key ‖ nonce (32 + 12 bytes) = HKDF-SHA256(secret = ECDH, salt = label, info = ephemeral ‖ recipient)
 *     box = ephemeral public key ‖ AES-256-GCM(key, nonce, aad, plaintext) ‖ tag
 *
 * Labels "kyso seal x25519 v1\0" and "kyso seal p256 v1\0". A box is not a proof of who made it.
 */
#ifndef KY_CRYPTO_SEAL_H
#define KY_CRYPTO_SEAL_H

#include "base/buf.h"
#include "crypto/pubkey.h"

#define KY_X25519_SIZE 32
#define KY_SEAL_TAG 16
#define KY_SEAL_X25519_EXTRA (KY_X25519_SIZE + KY_SEAL_TAG) /* bytes more than the plaintext */
#define KY_SEAL_P256_EXTRA (KY_P256_POINT + KY_SEAL_TAG)
#define KY_SEAL_MAX 65536 /* bytes of the longest plaintext */

ky_rc ky_x25519_generate(uint8_t private_key[KY_X25519_SIZE], uint8_t public_key[KY_X25519_SIZE]);
ky_rc ky_x25519_public(uint8_t public_key[KY_X25519_SIZE], const uint8_t private_key[KY_X25519_SIZE]);

/* Appends the box. KY_EINVAL: the recipient's key gives a zero secret; KY_ELIMIT. */
ky_rc ky_seal_x25519(struct ky_buf *out, const uint8_t recipient[KY_X25519_SIZE], struct ky_bytes aad,
                     struct ky_bytes plaintext);
/* Appends the plaintext (out should be a secret buffer). KY_EAUTH: altered, another aad or another key; KY_EFORMAT short. */
ky_rc ky_unseal_x25519(struct ky_buf *out, const uint8_t private_key[KY_X25519_SIZE], struct ky_bytes aad,
                       struct ky_bytes box);

/* x coordinate of (private key · peer); the peer's point has been checked to be on the curve. */
typedef ky_rc (*ky_ecdh_fn)(void *ctx, uint8_t out[32], const uint8_t peer_point[KY_P256_POINT]);

ky_rc ky_seal_p256(struct ky_buf *out, const uint8_t recipient[KY_P256_POINT], struct ky_bytes aad,
                   struct ky_bytes plaintext);
/* recipient: the public point that belongs to the key behind ecdh. Errors as ky_unseal_x25519, and those of ecdh. */
ky_rc ky_unseal_p256(struct ky_buf *out, const uint8_t recipient[KY_P256_POINT], ky_ecdh_fn ecdh, void *ctx,
                     struct ky_bytes aad, struct ky_bytes box);

#endif
