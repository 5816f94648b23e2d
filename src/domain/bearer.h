/* Bearer secrets (API tokens, client secrets, SAD): 256 random bits, of which only the SHA-256 is stored. */
#ifndef KY_DOMAIN_BEARER_H
#define KY_DOMAIN_BEARER_H

#include "base/bytes.h"
#include "base/rc.h"

#define KY_BEARER_TEXT 44 /* base64url of 32 bytes, and the NUL */
#define KY_BEARER_HASH 32
#define KY_NEW_ID_TEXT 33 /* hex of 16 bytes, and the NUL */

/* A fresh secret and what to store of it. */
ky_rc ky_bearer_new(char text[KY_BEARER_TEXT], uint8_t hash[KY_BEARER_HASH]);
/* What to look for; KY_EAUTH when the text cannot be one of ours. */
ky_rc ky_bearer_hash(uint8_t hash[KY_BEARER_HASH], struct ky_bytes text);

/* A fresh id of a row, 16 random bytes in hex. */
ky_rc ky_new_id(char out[KY_NEW_ID_TEXT]);

#endif
