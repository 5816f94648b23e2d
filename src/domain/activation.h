/*
 * Activation secrets: derived from a key in the HSM whenever they are needed,
 * stored nowhere (docs/protocol/statements.md §8).
 */
#ifndef KY_DOMAIN_ACTIVATION_H
#define KY_DOMAIN_ACTIVATION_H

#include "base/buf.h"
#include "base/time.h"
#include "crypto/mac.h"
#include "crypto/pubkey.h"
#include "domain/process.h"

#define KY_MAIL_SECRET_SIZE 16
#define KY_CODE_DIGITS 8
#define KY_CODES_MAX 5 /* codes made for one activation */
#define KY_CODE_LIFE (10 * KY_MINUTE)
#define KY_ATTEMPTS_MAX 5 /* wrong codes; the fifth kills */
#define KY_ACTIVATION_LIFE (7 * KY_DAY)
#define KY_PROOF_SIZE (KY_MAIL_SECRET_SIZE + KY_CODE_DIGITS)
#define KY_DEVICE_WORDS 6

ky_rc ky_mail_secret(uint8_t out[KY_MAIL_SECRET_SIZE], const struct ky_mac *k_act,
                     const uint8_t id[KY_ID_SIZE]);
/* k from 1 to KY_CODES_MAX; out gets 8 digits and a NUL. */
ky_rc ky_activation_code(char out[KY_CODE_DIGITS + 1], const struct ky_mac *k_act,
                         const uint8_t id[KY_ID_SIZE], unsigned k);
/* HMAC-SHA256(mail secret, "kyso code v1\0" ‖ nonce): what a phone shows to be sent a code. */
ky_rc ky_code_proof(uint8_t out[KY_HMAC_SIZE], const uint8_t secret[KY_MAIL_SECRET_SIZE],
                    struct ky_bytes nonce);
/* SHA-256("kyso creation v1\0" ‖ nonce): challenge of create() when a device is enrolled. */
ky_rc ky_creation_challenge(uint8_t out[KY_HASH_SIZE], struct ky_bytes nonce);
/* SHA-256(lv(attestationObject) ‖ lv(clientDataJSON)): member `creation` of enrol-device. */
ky_rc ky_creation_hash(uint8_t out[KY_HASH_SIZE], struct ky_bytes attestation_object,
                       struct ky_bytes client_data);
/* Six words of the fingerprint of a device's two keys, with spaces between. */
ky_rc ky_device_words(struct ky_buf *out, const uint8_t key[KY_P256_POINT],
                      const uint8_t device_key[KY_P256_POINT]);

#endif
