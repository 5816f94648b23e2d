/*
 * The asking side: one connection, one request at a time, waiting for the answer. A reply that comes after
 * its caller gave up is dropped by its id. And a pool of such connections for processes with threads.
 */
#ifndef KY_OS_IPC_CLIENT_H
#define KY_OS_IPC_CLIENT_H

#include "os/ipc.h"

struct ky_ipc_client {
    int fd;           /* owned; -1: not connected */
    uint32_t last_id; /* of the newest request */
};
#define KY_IPC_CLIENT_NONE ((struct ky_ipc_client){.fd = -1})
#define ky_auto_ipc_client KY_CLEANUP(ky_ipc_client_clear) struct ky_ipc_client

struct ky_ipc_client ky_ipc_client_init(int taken_fd);
void ky_ipc_client_clear(struct ky_ipc_client *c); /* closes; may be used again after init */
static inline bool ky_ipc_client_connected(const struct ky_ipc_client *c)
{
    return c->fd >= 0;
}

/*
 * Asks and waits. reply's maximum bounds the answer (KY_ELIMIT closes). The peer's failure is returned as its own
 * code and text. Not answered in time: KY_EBUSY, and the connection can still be used unless the answer
 * had begun. Connection lost or nonsense received: KY_EIO and the client is disconnected (tell that case by
 * ky_ipc_client_connected): the peer may or may not have acted.
 */
ky_rc ky_ipc_call(struct ky_ipc_client *c, uint16_t type, struct ky_bytes body, struct ky_buf *reply,
                  int timeout_ms);
/* The same, passing a descriptor (borrowed) with the request. */
ky_rc ky_ipc_call_fd(struct ky_ipc_client *c, uint16_t type, struct ky_bytes body, int fd,
                     struct ky_buf *reply, int timeout_ms);

#endif
