/* Judging a signed request document: one way for what a page sends and for what a signing program brings. */
#ifndef KY_WEB_REQUEST_CHECK_H
#define KY_WEB_REQUEST_CHECK_H

#include "domain/record.h"
#include "web/web.h"

/* The certificate that signs for an organisation: a seal record of sam. */
struct ky_request_seal {
    struct ky_record record;
    struct ky_seal_record of;
};
void ky_request_seal_clear(struct ky_request_seal *seal);

/* To be cleared also after a failure. KY_ENOTFOUND. */
ky_rc ky_request_seal_load(struct ky_request_seal *out, struct ky_arena *a, struct ky_store *s,
                           const char *id);
/* KY_EDENIED: it belongs to another organisation. */
ky_rc ky_request_seal_check(const struct ky_request_seal *seal, const char *org_id);

struct ky_request_signed {
    struct ky_bytes base;     /* what was to be signed: bytes the document begins with */
    struct ky_bytes document; /* PDF */
    struct ky_bytes evidence; /* encoded list of CRLs and OCSP answers */
    const struct ky_request_seal *seal;
    ky_time now;
};

/*
 * ky_request_check_document — the document is `base` with signatures added, every one good, one by the seal over all of it.
 *
 * Shapes:  report  what `kyso verify --json` says, by a parse process; the caller's (json_decref)
 * Errors:  KY_EDENIED  other bytes than base, or nothing added;  KY_EAUTH  a signature is not good, or none is the seal's;
 *          KY_EFORMAT  the document cannot be read
 */
ky_rc ky_request_check_document(json_t **report, struct ky_web *w, const struct ky_request_signed *in);

#endif
