/*
 * Sessions of people in their browsers: a cookie with 256 random bits that
 * stands for a log-in with a certificate or passkey. A session says who may
 * ask; nothing is signed, issued or approved because of one.
 */
#ifndef KY_DOMAIN_SESSION_H
#define KY_DOMAIN_SESSION_H

#include "domain/org.h"
#include "store/login_key.h"
#include "store/session.h"

#define KY_SESSION_FRESH (5 * KY_MINUTE) /* a proof so old still counts for approving */
#define KY_SESSION_STALE KY_MINUTE       /* a use is noted when the last one noted is so long ago */
#define KY_SESSION_IDLE_MAX KY_DAY       /* most that a setting may say: purging goes by it */
#define KY_SESSION_AGENT_MAX 200         /* bytes kept of what a browser calls itself */

struct ky_session_limits {
    ky_time idle_s;     /* without a request it ends */
    ky_time absolute_s; /* from log-in, whatever happens */
};

/* Where a request came from. */
struct ky_session_place {
    const char *address; /* numeric */
    const char *agent;   /* what the browser calls itself, or NULL */
};

/*
 * ky_session_find — the session that a cookie stands for, and who that is.
 *
 * Shapes: cookie  as ky_session_open made it
 * Errors: KY_EAUTH unknown, ended, unused for too long, its key is gone, or the person is closed
 */
ky_rc ky_session_find(struct ky_db_session *out, struct ky_actor *actor, struct ky_arena *a,
                      struct ky_store *s, struct ky_bytes cookie, const struct ky_session_limits *limits,
                      ky_time now);
/* Whether its use is to be written down (ky_db_session_set_used). */
bool ky_session_is_stale(const struct ky_db_session *session, ky_time now);
/* Whether the key was used recently enough to approve something. */
bool ky_session_is_fresh(const struct ky_db_session *session, ky_time now);

/* A new one for the holder of that key, ending with it at the latest. The cookie is shown once. */
ky_rc ky_session_open(char cookie[KY_BEARER_TEXT], struct ky_store *s, const struct ky_db_login_key *key,
                      const struct ky_session_place *place, const struct ky_session_limits *limits,
                      ky_time now);
/* Its key was used again: fresh, and known by another cookie only. */
ky_rc ky_session_prove(char cookie[KY_BEARER_TEXT], struct ky_store *s, const char *id, ky_time now);

/* Removes what has ended. */
ky_rc ky_session_purge(struct ky_store *s, ky_time now);

#endif
