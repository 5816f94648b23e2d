/*
 * Personal data at rest: encrypted under keys that the database does not
 * have, and found through a keyed hash. Both come from one data key of 32 bytes,
 * which only the processes that serve people hold.
 */
#ifndef KY_DOMAIN_PERSONAL_H
#define KY_DOMAIN_PERSONAL_H

#include "base/buf.h"
#include "domain/data_key.h"

#define KY_PERSONAL_HASH_SIZE 32
#define KY_PERSONAL_EXTRA 29 /* bytes a sealed value is longer than the value */

struct ky_personal {
    uint8_t seal_key[32]; /* HKDF(data key, "kyso personal v1") */
    uint8_t hash_key[32];
};

ky_rc ky_personal_init(struct ky_personal *out, struct ky_bytes data_key);
void ky_personal_clear(struct ky_personal *p);

/*
 * Appends version 1 ‖ nonce 12 ‖ AES-256-GCM(value) ‖ tag 16. place names table, column and row
 * ("dossier_row/person/<id>/<n>"), so that a value moved elsewhere does not open.
 */
ky_rc ky_personal_seal(struct ky_buf *out, const struct ky_personal *p, const char *place,
                       struct ky_bytes value);
/* Appends the value. KY_EFORMAT: not a sealed value; KY_EAUTH: altered, moved, or another key. */
ky_rc ky_personal_open(struct ky_buf *out, const struct ky_personal *p, const char *place,
                       struct ky_bytes sealed);

/* HMAC-SHA256 under the hash key: what an identity number is found by. */
ky_rc ky_personal_hash(uint8_t out[KY_PERSONAL_HASH_SIZE], const struct ky_personal *p,
                       struct ky_bytes value);

#endif
