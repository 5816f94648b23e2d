/* The PKCS#11 v2.40 back end of the key store, for crypto/keystore.c only. */
#ifndef KY_CRYPTO_PKCS11_H
#define KY_CRYPTO_PKCS11_H

#include "crypto/keystore.h"

/* As ky_keystore_open and ky_keystore_init_token; labels are checked. */
ky_rc ky_pkcs11_open(struct ky_keystore **out, const struct ky_keystore_config *cfg);
ky_rc ky_pkcs11_init_token(const char *module, const char *label, const struct ky_secret *so_pin,
                           const struct ky_secret *user_pin);

#endif
