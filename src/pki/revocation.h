/*
 * What lists and OCSP answers that are at hand say about one certificate. The
 * newest usable word counts. Part of path validation (chain.h), which most
 * callers want instead.
 */
#ifndef KY_PKI_REVOCATION_H
#define KY_PKI_REVOCATION_H

#include "pki/crl.h"
#include "pki/ocsp.h"

/* Where the word about one certificate came from. */
typedef enum ky_revocation_source {
    KY_REV_NO_WORD,
    KY_REV_NOCHECK,
    KY_REV_CRL,
    KY_REV_OCSP
} ky_revocation_source;

struct ky_revocation_in {
    const struct ky_cert *cert;
    const struct ky_cert *issuer;
    ky_time at;        /* the time that matters */
    ky_time max_age_s; /* a word may be that old then; 0: only its nextUpdate counts */
    const struct ky_crl *const *crls;
    size_t n_crls;
    const struct ky_bytes *ocsps; /* OCSPResponse DER */
    size_t n_ocsps;
    const struct ky_cert *pinned_responder; /* or NULL */
    struct ky_certs signers; /* certificates that may have signed lists in place of the issuer's own key */
    /* Is such a certificate to be trusted with that? NULL: none is. */
    bool (*may_sign)(void *ctx, const struct ky_cert *signer);
    void *ctx;
};

struct ky_revocation {
    ky_revocation_source source; /* KY_REV_NO_WORD: nothing usable, all else is 0 */
    bool revoked;                /* at `at` */
    ky_time revoked_at;
    ky_crl_reason reason;
    ky_time this_update;
};

/*
 * ky_revocation_find — the newest usable word about in->cert.
 *
 * Source:  RFC 5280 §6.3.3 for complete lists and partitions (no delta, indirect or some-reasons lists),
 *          RFC 6960 §3.2; a word is
 *          usable when nextUpdate and max_age_s allow it at in->at. A revocation after in->at does not count.
 */
void ky_revocation_find(struct ky_revocation *out, const struct ky_revocation_in *in);

#endif
