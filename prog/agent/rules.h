/* Who may speak to the agent, and which addresses it may fetch from: pure checks of what a browser sent. */
#ifndef KY_PROG_AGENT_RULES_H
#define KY_PROG_AGENT_RULES_H

#include "base/bytes.h"
#include "base/rc.h"

#define AGENT_ORIGIN_MAX 256 /* bytes of one origin */
#define AGENT_URL_MAX 2048   /* bytes of an address in a message */

/*
 * An origin as browsers write it (RFC 6454 §6.2): https, host in lower case, a port only when it is not 443, nothing
 * behind it. KY_EFORMAT.
 */
ky_rc agent_origin_check(struct ky_bytes origin);
/* Every origin in a list separated by spaces. KY_EFORMAT names the bad one; KY_EINVAL: none. */
ky_rc agent_origins_check(const char *list);
/* Is origin, byte for byte, in the list? NULL never is. */
bool agent_origin_allowed(const char *list, const char *origin);

/* Host header of a request to this machine by its own name: 127.0.0.1:PORT or localhost:PORT (DNS rebinding). */
bool agent_host_allowed(const char *host, unsigned port);

/*
 * An address in a message lies on the page's own origin: it begins with the origin and a slash, byte for byte, so that there
 * is nothing to interpret. KY_EDENIED another origin; KY_EFORMAT characters that no address has; KY_ELIMIT.
 */
ky_rc agent_url_check(const char *name, struct ky_bytes url, const char *origin);
/* The last segment of its path, for people; "" when there is none. */
struct ky_bytes agent_url_name(struct ky_bytes url);

#endif
