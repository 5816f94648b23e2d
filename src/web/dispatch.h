/* From route to answer: who asks, is the body what it must be, run the handler, tell failures in the family's dialect. */
#ifndef KY_WEB_DISPATCH_H
#define KY_WEB_DISPATCH_H

#include "web/web.h"

/*
 * Whether the body that is announced may come: token, role, type. False: x has the answer. May ask the database where the
 * route has roles.
 */
bool ky_dispatch_admits(struct ky_web *web, struct ky_exchange *x);
/* x->route is set. Afterwards x has an answer, always. The token is looked at here too: it may have ended meanwhile. */
void ky_dispatch(struct ky_web *web, struct ky_exchange *x);

/*
 * The answer for a failure; ky_error() is its text where the cause lies with the one who asked, otherwise that goes to the
 * log only. x->route may be NULL.
 */
void ky_answer_failure(struct ky_exchange *x, ky_rc rc);
/* Was it refused for a reason of the asker's, so that the same again is refused again? */
bool ky_rc_is_refusal(ky_rc rc);
/* A member of that name: the same failure of one thing among several, {"error","error_description","vi"}. */
void ky_failure_put(struct ky_json_out *o, const char *name, struct ky_exchange *x, ky_rc rc);

/* The token after "Bearer ". KY_EFORMAT: no such header, or not of that form. */
ky_rc ky_bearer_read(struct ky_bytes *out, const char *authorization);

#endif
