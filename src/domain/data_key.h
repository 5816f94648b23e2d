/*
 * The data key: what personal data in the database is encrypted under
 * (domain/personal). It is made anew from a key of the subscribers' token whenever it is
 * asked for, and lies nowhere (docs/protocol/statements.md §8).
 */
#ifndef KY_DOMAIN_DATA_KEY_H
#define KY_DOMAIN_DATA_KEY_H

#include "crypto/mac.h"
#include "domain/process.h"

#define KY_DATA_KEY_SIZE 32

/* HMAC(K_data, "kyso data key v1\0" ‖ realm). KY_ETOKEN …; the caller wipes it. */
ky_rc ky_data_key_make(uint8_t out[KY_DATA_KEY_SIZE], const struct ky_mac *k_data,
                       const uint8_t realm[KY_HASH_SIZE]);

#endif
