/* Activation secrets and fingerprints; see activation.h. */
#include "domain/activation.h"

#include <stdio.h>

#include "crypto/digest.h"

#define WORD_BITS 11

/*
 * Words are a consonant, a vowel group and an ending that Vietnamese syllables
 * have, without diacritics: 16 × 8 × 16 = 2,048, each read aloud the same way everywhere.
 */
static const char *const onsets[16] = {"b", "c", "d", "g", "h", "k", "l", "m",
                                       "n", "p", "r", "s", "t", "v", "x", "ch"};
static const char *const vowels[8] = {"a", "e", "i", "o", "u", "ua", "oa", "ie"};
static const char *const codas[16] = {"",   "n",  "m",  "ng", "nh", "t",  "c",  "p",
                                      "ch", "na", "mi", "to", "su", "ro", "ve", "la"};

ky_rc ky_mail_secret(uint8_t out[KY_MAIL_SECRET_SIZE], const struct ky_mac *k_act,
                     const uint8_t id[KY_ID_SIZE])
{
    uint8_t mac[KY_HMAC_SIZE];
    const struct ky_bytes parts[] = {KY_LABEL("kyso mail v1"), {id, KY_ID_SIZE}};
    KY_TRY(ky_mac_make(mac, k_act, parts, KY_COUNT(parts)));
    memcpy(out, mac, KY_MAIL_SECRET_SIZE);
    ky_wipe(mac, sizeof mac);
    return KY_OK;
}

ky_rc ky_activation_code(char out[KY_CODE_DIGITS + 1], const struct ky_mac *k_act,
                         const uint8_t id[KY_ID_SIZE], unsigned k)
{
    uint8_t mac[KY_HMAC_SIZE], number = (uint8_t)k;
    if (k < 1 || k > KY_CODES_MAX)
        return ky_fail(KY_ELIMIT, "code %u, at most %d", k, KY_CODES_MAX);
    const struct ky_bytes parts[] = {KY_LABEL("kyso sms v1"), {id, KY_ID_SIZE}, {&number, 1}};
    KY_TRY(ky_mac_make(mac, k_act, parts, KY_COUNT(parts)));
    snprintf(out, KY_CODE_DIGITS + 1, "%08u", (unsigned)(ky_get_u64(mac) % 100000000u));
    ky_wipe(mac, sizeof mac);
    return KY_OK;
}

ky_rc ky_code_proof(uint8_t out[KY_HMAC_SIZE], const uint8_t secret[KY_MAIL_SECRET_SIZE],
                    struct ky_bytes nonce)
{
    const struct ky_bytes parts[] = {KY_LABEL("kyso code v1"), nonce};
    return ky_hmac_sha256(out, KY_BYTES(secret, KY_MAIL_SECRET_SIZE), parts, KY_COUNT(parts));
}

ky_rc ky_creation_challenge(uint8_t out[KY_HASH_SIZE], struct ky_bytes nonce)
{
    const struct ky_bytes parts[] = {KY_LABEL("kyso creation v1"), nonce};
    return ky_digest_parts(out, KY_SHA256, parts, KY_COUNT(parts));
}

ky_rc ky_creation_hash(uint8_t out[KY_HASH_SIZE], struct ky_bytes attestation_object,
                       struct ky_bytes client_data)
{
    uint8_t first[4], second[4];
    ky_put_u32(first, (uint32_t)attestation_object.n);
    ky_put_u32(second, (uint32_t)client_data.n);
    const struct ky_bytes parts[] = {KY_BYTES_OF(first), attestation_object, KY_BYTES_OF(second),
                                     client_data};
    return ky_digest_parts(out, KY_SHA256, parts, KY_COUNT(parts));
}

ky_rc ky_device_words(struct ky_buf *out, const uint8_t key[KY_P256_POINT],
                      const uint8_t device_key[KY_P256_POINT])
{
    uint8_t hash[KY_HASH_SIZE];
    const struct ky_bytes parts[] = {
        KY_LABEL("kyso device words v1"), {key, KY_P256_POINT}, {device_key, KY_P256_POINT}};
    KY_TRY(ky_digest_parts(hash, KY_SHA256, parts, KY_COUNT(parts)));
    for (unsigned i = 0; i < KY_DEVICE_WORDS; i++) {
        unsigned bit = i * WORD_BITS;
        unsigned word = (ky_get_u32(hash + bit / 8) >> (32 - WORD_BITS - bit % 8)) & 2047;
        ky_buf_addf(out, "%s%s%s%s", i == 0 ? "" : " ", onsets[word >> 7], vowels[word >> 4 & 7],
                    codas[word & 15]);
    }
    return ky_buf_finish(out);
}
