/*
 * One non-blocking connection: puts incoming bytes together to frames, each judged at its header before its
 * body is stored, and queues outgoing frames. Private to os/ipc_server.
 */
#ifndef KY_OS_IPC_CONN_H
#define KY_OS_IPC_CONN_H

#include "os/ipc.h"

#define KY_IPC_QUEUE_MAX (2 * KY_IPC_BODY_MAX) /* bytes a peer may leave unread before it is dropped */

struct ky_ipc_conn {
    int fd;                      /* owned; -1 once closed */
    uint8_t head[KY_IPC_HEADER]; /* of the frame that is coming in */
    size_t head_n;               /* bytes of it here */
    struct ky_ipc_header h;      /* valid when head_n is KY_IPC_HEADER */
    struct ky_buf body;
    size_t body_n;     /* bytes of the body here */
    int got_fd;        /* came with this frame; owned; -1: none */
    struct ky_buf out; /* not yet sent */
    size_t out_at;     /* sent bytes at the start of out */
};

void ky_ipc_conn_init(struct ky_ipc_conn *c, int taken_fd);
void ky_ipc_conn_clear(struct ky_ipc_conn *c);

/* Judges a header: KY_OK and the most its body may have, or the rule that it breaks. */
typedef ky_rc ky_ipc_accept(void *ctx, const struct ky_ipc_header *h, size_t *max_body);

/*
 * Reads what is there. *whole: a frame is complete in h and body; take it, then ky_ipc_conn_next. *closed: the peer
 * ended between two frames. A broken rule or half a frame at the end: KY_EFORMAT, KY_ELIMIT, KY_EDENIED, ….
 */
ky_rc ky_ipc_conn_read(struct ky_ipc_conn *c, ky_ipc_accept *accept, void *ctx, bool *whole, bool *closed);
void ky_ipc_conn_next(struct ky_ipc_conn *c);

/* Queues a frame and sends what goes without waiting. KY_ELIMIT: the queue is full; KY_EIO: the peer is gone. */
ky_rc ky_ipc_conn_send(struct ky_ipc_conn *c, const struct ky_ipc_header *h, struct ky_bytes body);
ky_rc ky_ipc_conn_flush(struct ky_ipc_conn *c);
static inline size_t ky_ipc_conn_queued(const struct ky_ipc_conn *c)
{
    return c->out.n - c->out_at;
}

#endif
