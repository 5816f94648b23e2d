/*
 * The kinds of process of one node. A role names a peer in message tables, links and logs; a peer is a
 * role and an index (0 for those that exist once).
 */
#ifndef KY_OS_ROLE_H
#define KY_OS_ROLE_H

#include "base/rc.h"

typedef enum ky_role {
    KY_ROLE_SUPERVISOR,
    KY_ROLE_SAM_KEEPER,
    KY_ROLE_SAM_WORKER,
    KY_ROLE_CA_KEEPER,
    KY_ROLE_CA_WORKER,
    KY_ROLE_COURIER,
    KY_ROLE_WEB,
    KY_ROLE_PARSE,
    KY_ROLE_COUNT,
} ky_role;

/* The bit of a role in masks of peers. */
#define KY_PEER(role) (1u << (role))

/* "supervisor", "sam-keeper", "sam-worker", "ca-keeper", "ca-worker", "courier", "web", "parse". */
const char *ky_role_name(ky_role role);
/* KY_ENOTFOUND when no role has that name. */
ky_rc ky_role_find(ky_role *out, const char *name);

#endif
