/*
 * The frame of every process that kysod starts, so that its main reads as a list:
 *
 *     int main(int argc, char **argv)
 *     {
 *         ky_auto_child child = NULL;
 *         ky_rc rc = ky_child_init(&child, argc, argv, KY_PEER(KY_ROLE_SAM_KEEPER) | KY_PEER(KY_ROLE_SAM_WORKER));
 *         …settings from ky_child_config, open token and files, ky_child_serve a table, ky_child_connect peers…
 *         …ky_sandbox_enter(KY_SANDBOX_KEY), then ky_child_run(child)…
 *         return ky_child_exit_status(child, rc);
 *     }
 */
#ifndef KY_OS_CHILD_H
#define KY_OS_CHILD_H

#include "os/control.h"
#include "os/ipc_client.h"
#include "os/ipc_server.h"
#include "os/sandbox.h"

struct ky_child;

/* Exit statuses the supervisor understands. */
#define KY_EXIT_FAILED 1 /* restart me */
#define KY_EXIT_OPERATOR                                                                                     \
    78 /* a person must act first (wrong PIN, bad configuration): do not try again at once */

/*
 * Checks argv (role name, index) against the roles this program can play, names the log, and reads from descriptor 3
 * until START: the configuration and the first connections. KY_EINVAL: not started by kysod.
 */
ky_rc ky_child_init(struct ky_child **out, int argc, char **argv, unsigned roles);
void ky_child_free(struct ky_child *c);
KY_DEFINE_CLEANUP(struct ky_child, ky_child_free)
#define ky_auto_child KY_CLEANUP(ky_child_freep) struct ky_child *

ky_role ky_child_role(const struct ky_child *c);
struct ky_bytes
ky_child_config(const struct ky_child *c); /* ini text: [kyso], [store] where allowed, own section */
struct ky_ipc_server *ky_child_server(struct ky_child *c); /* borrowed */

/*
 * Peers that ask us: their connections, now and after restarts, are served by table (borrowed).
 */
ky_rc ky_child_serve(struct ky_child *c, unsigned peers, const struct ky_ipc_table *table);
/* The tick and closed of the loop; copied. (The frame keeps the server's own place for them.) */
void ky_child_set_ops(struct ky_child *c, const struct ky_ipc_server_ops *ops);
/* Peers that we ask: each connection, now and after restarts, is handed to connected, which owns the descriptor. */
typedef void ky_child_connected(void *ctx, ky_role peer, unsigned index, int taken_fd);
ky_rc ky_child_connect(struct ky_child *c, unsigned peers, ky_child_connected *connected, void *ctx);

/* Tells the supervisor READY and serves until STOP, ky_ipc_server_stop, or the supervisor is gone (KY_EIO). */
ky_rc ky_child_run(struct ky_child *c);

/* Any thread: a connection broke while its peer lives; a new one will come to both. */
ky_rc ky_child_relink(struct ky_child *c, ky_role peer, unsigned index);
/* Any thread but the loop's own: a fresh parse process; *out is the connection to it. KY_EBUSY: not in time. */
ky_rc ky_child_spawn_parse(struct ky_child *c, struct ky_ipc_client *out, int timeout_ms);

/* 0, KY_EXIT_FAILED or KY_EXIT_OPERATOR (KY_EAUTH, KY_EDENIED, KY_EFORMAT, KY_EINVAL, KY_ELIMIT before READY); logs a failure once. */
int ky_child_exit_status(const struct ky_child *c, ky_rc rc);

#endif
