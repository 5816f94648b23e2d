/* Random bytes from OpenSSL's generator, seeded by the kernel. */
#ifndef KY_CRYPTO_RANDOM_H
#define KY_CRYPTO_RANDOM_H

#include "base/bytes.h"
#include "base/rc.h"

/* Fills out; KY_ECRYPTO when the generator fails, and then out must not be used. */
ky_rc ky_random(uint8_t *out, size_t n);

#endif
