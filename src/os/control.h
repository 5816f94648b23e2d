/*
 * The messages between the supervisor and every child on descriptor 3: what the child is told at its start,
 * new connections as others restart, and what the child may ask for. docs/protocol/control.md.
 */
#ifndef KY_OS_CONTROL_H
#define KY_OS_CONTROL_H

#include "os/ipc.h"

#define KY_CONTROL_FD 3
#define KY_CONTROL_CONFIG_MAX 32768 /* bytes of a child's slice of the configuration */

/* Types; all are notices. */
enum {
    KY_CONTROL_CONFIG = 1, /* to child: ini text */
    KY_CONTROL_PEER = 2,   /* to child: struct ky_control_peer and the connection's descriptor */
    KY_CONTROL_START = 3,  /* to child: all first connections are there */
    KY_CONTROL_STOP = 4,   /* to child: finish and exit with 0 */
    KY_CONTROL_READY = 5,  /* to supervisor: serving */
    KY_CONTROL_SPAWN_PARSE =
        6,                 /* web, courier to supervisor: u32 ticket; answered by PEER with that ticket */
    KY_CONTROL_RELINK = 7, /* to supervisor: role and index; a fresh connection comes to both */
};

struct ky_control_peer {
    ky_role role;
    uint32_t index;
    uint32_t ticket; /* of the SPAWN_PARSE this answers; 0: not asked for */
};

#define KY_CONTROL_PEER_SIZE 9
void ky_control_peer_encode(struct ky_buf *out, const struct ky_control_peer *peer);
/* KY_EFORMAT: not exactly this, or no such role. */
ky_rc ky_control_peer_decode(struct ky_control_peer *out, struct ky_bytes body);

#endif
