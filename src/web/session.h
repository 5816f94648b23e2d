/*
 * Sessions over HTTP: the cookies, who may ask by them, and the defence
 * against requests that another site's page makes in somebody's browser.
 */
#ifndef KY_WEB_SESSION_H
#define KY_WEB_SESSION_H

#include "web/web.h"

#define KY_SESSION_COOKIE "__Host-kyso-session"
#define KY_LOGIN_COOKIE "__Host-kyso-login"
#define KY_SESSION_PAGE_HEADER "X-Kyso-Page" /* "1"; a foreign page cannot send it without asking first */

/*
 * Whether one of our own pages asks: the header, and Origin exactly that of the portal. KY_EAUTH: x has the answer.
 *
 * Source: Fetch standard, "CORS-safelisted request-header": a header of one's own makes the browser ask, and nobody
 *         here says yes; Origin is set by the browser.
 */
ky_rc ky_session_check_page(const struct ky_web *w, struct ky_exchange *x);
/*
 * The session of the request's cookie, against the roles and demands of its route; sets x->actor and x->session.
 * KY_EAUTH: x has the answer.
 */
ky_rc ky_session_authorise(struct ky_web *w, struct ky_exchange *x);
/* The same without demands, for who may or may not have one: x->session.id stays NULL when there is none. */
ky_rc ky_session_look(struct ky_web *w, struct ky_exchange *x);

/* Set-Cookie; name is one of the two above. max_age_s 0: until the browser ends. */
ky_rc ky_session_set_cookie(struct ky_exchange *x, const char *name, const char *value, int max_age_s);
void ky_session_clear_cookie(struct ky_exchange *x, const char *name);

#endif
