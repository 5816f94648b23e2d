/* What the handlers of log-in share. */
#ifndef KY_WEB_API_SESSION_H
#define KY_WEB_API_SESSION_H

#include "domain/login.h"
#include "web/web.h"

/* Who asks, as the steps of domain/login want it. */
struct ky_login_attempt ky_login_attempt_of(const struct ky_web *w, const struct ky_exchange *x);
/* The session's cookie and {staff}, or the refusal. Wipes the cookie in result. */
ky_rc ky_answer_entered(struct ky_exchange *x, struct ky_login_result *result, unsigned status);
/* A base64url member as bytes in the arena; absent and not required: empty. */
ky_rc ky_body_bytes(struct ky_bytes *out, struct ky_exchange *x, const char *name, size_t max_bytes,
                    bool required);

#endif
