/* Inside of a software key, shared by softkey.c and softkey_load.c only. */
#ifndef KY_CRYPTO_SOFTKEY_LOAD_H
#define KY_CRYPTO_SOFTKEY_LOAD_H

#include <openssl/evp.h>

#include "crypto/softkey.h"

#define KY_SOFTKEY_CERTS_MAX 16 /* certificates of one PKCS#12 file */
#define KY_SOFTKEY_CERT_BYTES_MAX 65536

struct ky_softkey {
    EVP_PKEY *pkey;               /* owned */
    struct ky_pubkey *public_key; /* owned */
    struct ky_buf certs[KY_SOFTKEY_CERTS_MAX];
    size_t cert_count;
};

/* Takes a reference of its own to pkey. KY_ENOTFOUND when it is of no known type. */
ky_rc ky_softkey_from_pkey(struct ky_softkey **out, EVP_PKEY *pkey);

#endif
