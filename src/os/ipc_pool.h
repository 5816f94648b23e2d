/*
 * Connections of one process to all workers of another, shared by its threads: a call takes a free one,
 * waits when all are busy, and gives it back. The frame puts a fresh connection in when a worker restarts.
 */
#ifndef KY_OS_IPC_POOL_H
#define KY_OS_IPC_POOL_H

#include "os/ipc_client.h"

#define KY_IPC_POOL_MAX 64 /* connections, named by the peer's index */
#define KY_IPC_POOL_ANY (~0u)

struct ky_ipc_pool;

/* broken is called, by the thread whose call it was, when a connection is lost: ask for a new one. May be NULL. */
ky_rc ky_ipc_pool_new(struct ky_ipc_pool **out, void (*broken)(void *ctx, unsigned index), void *ctx);
void ky_ipc_pool_free(struct ky_ipc_pool *p);
KY_DEFINE_CLEANUP(struct ky_ipc_pool, ky_ipc_pool_free)

/* Puts a connection at an index, in place of the older one. KY_ELIMIT: index too high (the descriptor is closed). */
ky_rc ky_ipc_pool_put(struct ky_ipc_pool *p, unsigned index, int taken_fd);

/*
 * As ky_ipc_call (timeout_ms from 0 on), on the connection `index` or any free one; the time spent waiting for one counts.
 * KY_EBUSY: none came free in time, or the answer did not come. KY_EIO: the connection broke on the way.
 */
ky_rc ky_ipc_pool_call(struct ky_ipc_pool *p, unsigned index, uint16_t type, struct ky_bytes body,
                       struct ky_buf *reply, int timeout_ms);

#endif
