/*
 * What a validation may use besides the document: certificates, revocation
 * lists, OCSP answers. Read from files, fetched, or taken from the signature.
 * Called by the programs and by ades/validate.
 */
#ifndef KY_ADES_EVIDENCE_H
#define KY_ADES_EVIDENCE_H

#include "pki/chain.h"

#define KY_EVIDENCE_MAX 256 /* of each kind */

/* Everything is owned. */
struct ky_evidence {
    struct ky_cert *certs[KY_EVIDENCE_MAX];
    struct ky_crl *crls[KY_EVIDENCE_MAX];
    struct ky_bytes ocsps[KY_EVIDENCE_MAX]; /* OCSPResponse DER */
    size_t n_certs, n_crls, n_ocsps;
};

struct ky_evidence *ky_evidence_new(void); /* NULL: out of memory */
void ky_evidence_free(struct ky_evidence *e);
KY_DEFINE_CLEANUP(struct ky_evidence, ky_evidence_free)
#define ky_auto_evidence KY_CLEANUP(ky_evidence_freep) struct ky_evidence *

/* One certificate in DER, or all of a PEM file (other PEM blocks are passed over). KY_EFORMAT when there is none; KY_ELIMIT. */
ky_rc ky_evidence_add_certs(struct ky_evidence *e, struct ky_bytes der_or_pem);
ky_rc ky_evidence_add_cert(struct ky_evidence *e,
                           struct ky_bytes der); /* one that is there already is not added again */
ky_rc ky_evidence_add_crl(struct ky_evidence *e, struct ky_bytes der_or_pem);
ky_rc ky_evidence_add_ocsp(struct ky_evidence *e, struct ky_bytes der);

static inline struct ky_certs ky_evidence_certs(const struct ky_evidence *e)
{
    return (struct ky_certs){(const struct ky_cert *const *)e->certs, e->n_certs};
}

/* Finds what is missing about cert, and puts it into e. Not finding anything is KY_OK. */
struct ky_evidence_source {
    void *ctx; /* borrowed */
    ky_rc (*revocation)(void *ctx, struct ky_evidence *e, const struct ky_cert *cert,
                        const struct ky_cert *issuer);
    ky_rc (*issuer)(void *ctx, struct ky_evidence *e, const struct ky_cert *cert);
};

#endif
