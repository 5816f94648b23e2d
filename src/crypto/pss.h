/* EMSA-PSS encoding (RFC 8017 §9.1.1), for tokens that can do RSA but not the PSS padding. */
#ifndef KY_CRYPTO_PSS_H
#define KY_CRYPTO_PSS_H

#include "crypto/alg.h"

/*
 * ky_pss_encode — encoded message of em_size bytes for a modulus of exactly 8 · em_size bits.
 *
 * MGF1 with the same hash; salt is ky_hash_info(hash)->size bytes of randomness, as digest is.
 * KY_EINVAL when em_size is too small.
 */
ky_rc ky_pss_encode(uint8_t *em, size_t em_size, ky_hash hash, struct ky_bytes digest, const uint8_t *salt);

#endif
