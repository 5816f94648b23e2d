/* Who comes by a one-time address: a person's signing program, without cookie or token (domain/signing.h). */
#ifndef KY_WEB_VISIT_H
#define KY_WEB_VISIT_H

#include "domain/signing.h"
#include "web/web.h"

/*
 * ky_visit_authorise — the address is one that may be used: x->visit and x->actor are set; nothing is used up yet.
 *
 * The secret is the first {} of the route; GET is for the download, POST for the upload. Asked before any of a body is read.
 * Errors: KY_EAUTH  unknown, used or ended: x has the answer;  KY_EBUSY  too often from this address: likewise
 */
ky_rc ky_visit_authorise(struct ky_web *w, struct ky_exchange *x);
/* Uses it up. Errors as above. */
ky_rc ky_visit_begin(struct ky_web *w, struct ky_exchange *x);

#endif
