/*
 * Messages between processes. A frame is
 *     u32 body length ‖ u16 type ‖ u16 status ‖ u32 request id ‖ body          (big-endian)
 * A reply carries the request's type with KY_IPC_REPLY set and its id; its status is 0, or a ky_rc negated
 * with the error text as body. A request whose id is 0 is a notice: nobody waits and no reply is sent.
 * What a process accepts is a table; see docs/protocol/frames.md.
 */
#ifndef KY_OS_IPC_H
#define KY_OS_IPC_H

#include "base/buf.h"
#include "os/role.h"

#define KY_IPC_HEADER 12           /* bytes before the body */
#define KY_IPC_REPLY 0x8000        /* bit of type: this is a reply */
#define KY_IPC_ERROR_MAX 512       /* bytes of error text in a reply */
#define KY_IPC_ACK_MAX (1u << 20)  /* bytes of a reply to ky_ipc_ask */
#define KY_IPC_BODY_MAX (8u << 20) /* bytes; no table may allow more */

struct ky_ipc_header {
    uint32_t body_n; /* bytes that follow */
    uint16_t type;
    uint16_t status; /* 0, or -ky_rc in a reply */
    uint32_t id;     /* chosen by the asking side; 0 in a notice */
};

void ky_ipc_header_encode(uint8_t out[KY_IPC_HEADER], const struct ky_ipc_header *h);
/*
 * KY_EFORMAT: a status in a request, an unknown status, an error text above KY_IPC_ERROR_MAX, a reply without
 * id; KY_ELIMIT: a body above KY_IPC_BODY_MAX. The message table is asked separately.
 */
ky_rc ky_ipc_header_decode(struct ky_ipc_header *out, const uint8_t in[KY_IPC_HEADER]);

struct ky_ipc_request; /* one message being handled; see os/ipc_server.h */

/*
 * Answers one message: reads body, appends the answer to reply. A failure becomes an error reply with
 * ky_error() as its text; reply is then ignored. To answer later: ky_ipc_defer.
 */
typedef ky_rc ky_ipc_handler(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                             struct ky_buf *reply);

/* One line of a process's message table. What no line allows ends the connection, never the process. */
struct ky_ipc_message {
    uint16_t type;    /* below KY_IPC_REPLY */
    const char *name; /* for logs */
    unsigned peers;   /* who may send it: KY_PEER(…) | … */
    unsigned phases;  /* when: bits of the process's own, see ky_ipc_server_set_phase */
    size_t max_body;  /* bytes */
    bool carries_fd;  /* exactly one descriptor comes with it */
    ky_ipc_handler *handle;
};

/* A table and the context its handlers get. */
struct ky_ipc_table {
    const struct ky_ipc_message *messages;
    size_t count;
    void *ctx; /* borrowed */
};

#define KY_IPC_ANY_PHASE (~0u)

/*
 * The line that allows this request from this peer now. KY_ENOTFOUND: no such type; KY_EDENIED: wrong peer or phase;
 * KY_ELIMIT: too long.
 */
ky_rc ky_ipc_table_find(const struct ky_ipc_message **out, const struct ky_ipc_table *table,
                        const struct ky_ipc_header *h, ky_role peer, unsigned phase);

#endif
