/* The edge to OpenSSL: its error queue becomes our error text, our schemes its parameters. */
#ifndef KY_CRYPTO_OSSL_H
#define KY_CRYPTO_OSSL_H

#include <openssl/evp.h>

#include "crypto/alg.h"

/* "what: reason" from the oldest entry of this thread's queue, which is emptied; returns rc. */
ky_rc ky_fail_ossl(ky_rc rc, const char *what);

/* Prepares a context that was initialised to sign or verify digests: padding, hash, PSS salt as long as the hash. */
ky_rc ky_ossl_set_scheme(EVP_PKEY_CTX *ctx, ky_scheme scheme, ky_hash hash);

#endif
