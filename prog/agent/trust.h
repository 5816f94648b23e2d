/* Making the person's browsers believe the agent's root, and taking that back: NSS databases, through certutil. */
#ifndef KY_PROG_AGENT_TRUST_H
#define KY_PROG_AGENT_TRUST_H

#include "base/rc.h"

#define AGENT_NSS_NAME "kyso-agent"

/* db: folder of the database; made when absent. A root of an earlier time is replaced. KY_EIO: certutil failed. */
ky_rc agent_trust_add(const char *db, const char *root_file);
/* KY_ENOTFOUND: it is not there. */
ky_rc agent_trust_remove(const char *db);

#endif
