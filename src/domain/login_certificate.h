/*
 * Is the certificate that a browser used good for logging in? The TLS library
 * has only seen that the browser holds its key: whoever issued it, and whether
 * it still counts, is judged here (RFC 5280 §6).
 */
#ifndef KY_DOMAIN_LOGIN_CERTIFICATE_H
#define KY_DOMAIN_LOGIN_CERTIFICATE_H

#include "domain/login.h"
#include "pki/chain.h"

#define KY_LOGIN_CHAIN_MAX 4             /* certificates beside the browser's own */
#define KY_LOGIN_EVIDENCE_AGE_MAX KY_DAY /* list or OCSP answer */

struct ky_login_certificate {
    const struct ky_cert *cert;    /* NULL: the browser used none */
    struct ky_certs intermediates; /* what it sent along */
    struct ky_certs anchors;       /* CAs of tokens: of the founding record, and configured */
    const struct ky_crl *const *crls;
    size_t n_crls;
    const struct ky_bytes *ocsps; /* OCSPResponse DER */
    size_t n_ocsps;
    ky_time at;
};

/*
 * ky_login_judge_certificate — path, validity, revocation, key usage.
 *
 * Source: RFC 5280 §6, §4.2.1.3 (digitalSignature), §4.2.1.12 (clientAuth or any, where the extension is there)
 * Errors: of the crypto library and memory only; whatever is wrong with the certificate is *out.
 */
ky_rc ky_login_judge_certificate(ky_login_verdict *out, const struct ky_login_certificate *in);
/* The same without revocation: is it worth looking for lists? Anybody can make a certificate that names a known CA. */
ky_rc ky_login_judge_path(ky_login_verdict *out, const struct ky_login_certificate *in);

#endif
