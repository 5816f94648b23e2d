/* The certificate path of a signer and its revocation, as findings of a report. For ades/validate and `kyso sign`. */
#ifndef KY_ADES_TRUST_H
#define KY_ADES_TRUST_H

#include "ades/verdict.h"

struct ky_trust_in {
    const struct ky_cert *signer;
    struct ky_certs anchors, others;         /* others: certificates that came with the signature */
    struct ky_evidence *evidence;            /* grows by what source finds */
    const struct ky_evidence_source *source; /* NULL: off line */
    ky_time at;
};

/* Adds findings and the words on revocation to s. KY_ENOMEM, KY_ECRYPTO. */
ky_rc ky_trust_judge(struct ky_sig_report *s, struct ky_arena *a, const struct ky_trust_in *in);

#endif
