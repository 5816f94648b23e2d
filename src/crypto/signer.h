/*
 * A private key that someone else holds: HSM, PKCS#12 file, remote service.
 * Everything that is signed in kyso (certificates, CRLs, CMS, time stamps)
 * takes one of these and never sees the key.
 */
#ifndef KY_CRYPTO_SIGNER_H
#define KY_CRYPTO_SIGNER_H

#include "base/buf.h"
#include "crypto/alg.h"

struct ky_signer {
    void *ctx;            /* borrowed: handed to sign */
    ky_key_type key_type; /* of the key behind it */
    /*
     * Signs a digest of ky_hash_info(hash)->size bytes. Appends to sig (max ≥ KY_SIGNATURE_MAX): the RSA octets, or
     * for ECDSA the DER ECDSA-Sig-Value. Errors: KY_EINVAL scheme or digest length does not fit; KY_ETOKEN; KY_EAUTH …
     */
    ky_rc (*sign)(void *ctx, struct ky_buf *sig, ky_scheme scheme, ky_hash hash, struct ky_bytes digest);
};

#endif
