/*
 * Nonces: made by a keeper, good once, only at the node and process that
 * made them (docs/protocol/statements.md §3).
 */
#ifndef KY_DOMAIN_NONCE_H
#define KY_DOMAIN_NONCE_H

#include "base/time.h"
#include "crypto/mac.h"
#include "domain/process.h"

#define KY_NONCE_SIZE 51
#define KY_BOOT_ID_SIZE 8
#define KY_NONCE_SHORT_S (5 * KY_MINUTE) /* statement must end so long after the nonce was made */
#define KY_NONCE_LONG_S (30 * KY_DAY)

typedef enum ky_nonce_kind { KY_NONCE_SHORT = 1, KY_NONCE_LONG = 2 } ky_nonce_kind;

struct ky_nonce {
    ky_nonce_kind kind;
    uint16_t node;
    uint8_t boot[KY_BOOT_ID_SIZE]; /* of the keeper's start that made it */
    ky_time made;
    uint8_t random[16];
};

/* mac makes HMAC under the boot's key (short) or K_reg (long). */
ky_rc ky_nonce_encode(uint8_t out[KY_NONCE_SIZE], const struct ky_nonce *n, ky_process process,
                      const struct ky_mac *mac);
/* Reads the fields; the MAC is another question. KY_EFORMAT: unknown kind, a time after the year 9999. */
ky_rc ky_nonce_parse(struct ky_nonce *out, const uint8_t in[KY_NONCE_SIZE]);
/* KY_EAUTH when the MAC is not by that key for that process. */
ky_rc ky_nonce_check_mac(const uint8_t in[KY_NONCE_SIZE], ky_process process, const struct ky_mac *mac);
/* Name of a spent nonce in the registry log: SHA-256 of its bytes. */
ky_rc ky_nonce_id(uint8_t out[KY_HASH_SIZE], const uint8_t in[KY_NONCE_SIZE]);

#endif
