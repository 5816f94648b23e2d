/*
 * Someone who can make HMAC-SHA256 with a key we do not see. In the key
 * processes that is a key of the token; tests hand in a key of their own.
 */
#ifndef KY_CRYPTO_MAC_H
#define KY_CRYPTO_MAC_H

#include "crypto/keystore.h"

struct ky_mac {
    void *ctx; /* borrowed: handed to hmac */
    /* HMAC-SHA256 over the concatenation of the parts. KY_ETOKEN … */
    ky_rc (*hmac)(void *ctx, uint8_t out[KY_HMAC_SIZE], const struct ky_bytes *parts, size_t count);
};

/* The token's key as MAC maker; borrows the reference. */
struct ky_mac ky_token_mac(struct ky_token_key *key);

ky_rc ky_mac_make(uint8_t out[KY_HMAC_SIZE], const struct ky_mac *mac, const struct ky_bytes *parts,
                  size_t count);
/* KY_EAUTH "… does not fit" naming `what` when the MAC is another one; constant time. */
ky_rc ky_mac_check(const struct ky_mac *mac, const struct ky_bytes *parts, size_t count,
                   struct ky_bytes expected, const char *what);

#endif
