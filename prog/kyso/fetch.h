/* Revocation data and issuers from where certificates point to (AIA, CRL distribution points), over plain HTTP. */
#ifndef KY_PROG_KYSO_FETCH_H
#define KY_PROG_KYSO_FETCH_H

#include "ades/evidence.h"

/* An address that does not answer is remembered, so that it is waited for once. */
#define KYSO_FETCH_DEAD_MAX 16
struct kyso_fetch {
    const char *dead[KYSO_FETCH_DEAD_MAX]; /* borrowed from certificates */
    size_t n_dead;
};

/* f outlives the source, and so do the certificates it was used with. */
struct ky_evidence_source kyso_fetch_source(struct kyso_fetch *f);

#endif
