/* Random bytes; see random.h. */
#include "crypto/random.h"

#include <openssl/rand.h>

#include "crypto/ossl.h"

#define RANDOM_STEP 4096 /* bytes asked for at once: RAND_bytes counts in int */

ky_rc ky_random(uint8_t *out, size_t n)
{
    while (n > 0) {
        size_t step = n < RANDOM_STEP ? n : RANDOM_STEP;
        if (RAND_bytes(out, (int)step) != 1)
            return ky_fail_ossl(KY_ECRYPTO, "random bytes");
        out += step;
        n -= step;
    }
    return KY_OK;
}
