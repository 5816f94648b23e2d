/* The edge to OpenSSL; see ossl.h. */
#include "crypto/ossl.h"

#include <openssl/err.h>
#include <openssl/rsa.h>

ky_rc ky_fail_ossl(ky_rc rc, const char *what)
{
    unsigned long code = ERR_get_error();
    const char *reason = code == 0 ? NULL : ERR_reason_error_string(code);
    ERR_clear_error();
    return ky_fail(rc, "%s: %s", what, reason == NULL ? "OpenSSL gives no reason" : reason);
}

static bool set_rsa(EVP_PKEY_CTX *ctx, bool pss, ky_hash hash)
{
    const EVP_MD *md = EVP_get_digestbyname(ky_hash_info(hash)->ossl);
    return EVP_PKEY_CTX_set_rsa_padding(ctx, pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) == 1 &&
           EVP_PKEY_CTX_set_signature_md(ctx, md) == 1 &&
           (!pss || EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1);
}

ky_rc ky_ossl_set_scheme(EVP_PKEY_CTX *ctx, ky_scheme scheme, ky_hash hash)
{
    if (scheme != KY_ECDSA && !set_rsa(ctx, scheme == KY_RSA_PSS, hash))
        return ky_fail_ossl(KY_ECRYPTO, "RSA padding");
    return KY_OK;
}
