/*
 * Letters from sam to the courier: what a person must get on a channel of her
 * own, sealed to the courier, signed by sam, numbered. The web tier carries
 * them and can only lose them, which shows (docs/protocol/statements.md §8).
 */
#ifndef KY_DOMAIN_LETTER_H
#define KY_DOMAIN_LETTER_H

#include "base/time.h"
#include "codec/jcs.h"
#include "crypto/seal.h"
#include "crypto/signer.h"
#include "domain/process.h"

#define KY_LETTER_MAX 4096                             /* bytes of the JSON */
#define KY_LETTER_SEALED_MAX (KY_LETTER_MAX + 64 + 48) /* with signature and seal */
#define KY_LETTER_TEXT_MAX 512

typedef enum ky_letter_kind {
    KY_LETTER_ACTIVATION_MAIL, /* the link */
    KY_LETTER_ACTIVATION_CODE, /* the code by SMS */
    KY_LETTER_DEVICE_NOTICE,   /* a device was enrolled */
    KY_LETTER_KIND_COUNT
} ky_letter_kind;

struct ky_letter {
    uint8_t realm[KY_HASH_SIZE];
    uint16_t node;
    uint64_t number;
    ky_letter_kind kind;
    bool sms;                         /* channel: SMS, else e-mail */
    char address[KY_LETTER_TEXT_MAX]; /* e-mail address or phone number */
    char name[KY_LETTER_TEXT_MAX];    /* of the person */
    uint8_t id[KY_ID_SIZE];           /* activation, or device record */
    char secret[64];                  /* base64url mail secret or 8 digits; empty in notices */
    char device[KY_LETTER_TEXT_MAX];  /* notices: name of the device, and its fingerprint words */
    char words[KY_LETTER_TEXT_MAX];
    ky_time not_after; /* deliver no later */
};

/* Signs with k_att and seals to the courier's key from the founding record. */
ky_rc ky_letter_seal(struct ky_buf *out, const struct ky_letter *letter, const struct ky_signer *k_att,
                     const uint8_t courier_key[KY_X25519_SIZE]);
/* KY_EAUTH: not for this courier, another number, altered, or not signed by sam. Wipe *out after use. */
ky_rc ky_letter_open(struct ky_letter *out, struct ky_bytes sealed, uint64_t number,
                     const uint8_t courier_private[KY_X25519_SIZE], const uint8_t k_att[KY_P256_POINT],
                     const uint8_t realm[KY_HASH_SIZE]);

#endif
