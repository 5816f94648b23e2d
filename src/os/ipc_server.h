/*
 * The loop of a process: serves its message table over several connections with poll(2), one thread. A
 * connection that breaks a rule is closed, logged and counted; the process goes on. Answers may come later
 * (group commit), and the process may itself ask over the same connections without waiting.
 */
#ifndef KY_OS_IPC_SERVER_H
#define KY_OS_IPC_SERVER_H

#include "os/ipc.h"

struct ky_ipc_server;

struct ky_ipc_server_ops {
    void *ctx; /* borrowed; for the two calls below */
    /*
     * After every round of messages, and when its deadline comes: flush what was gathered, answer what waits.
     * Returns the next ky_mono_ms it wants to be called at, KY_DEADLINE_NEVER for "after the next messages". May be NULL.
     */
    int64_t (*tick)(void *ctx, int64_t now_ms);
    /* A connection ended or was replaced: give back what that peer held. May be NULL. */
    void (*closed)(void *ctx, ky_role peer, unsigned index);
};

struct ky_ipc_counters {
    uint64_t requests; /* handled, errors included */
    uint64_t errors;   /* of these, answered with a failure */
    uint64_t broken;   /* connections closed for breaking a rule */
};

ky_rc ky_ipc_server_new(struct ky_ipc_server **out);
void ky_ipc_server_free(struct ky_ipc_server *s);
KY_DEFINE_CLEANUP(struct ky_ipc_server, ky_ipc_server_free)

/* Copies ops; without it there is no tick and nobody is told of closed connections. */
void ky_ipc_server_set_ops(struct ky_ipc_server *s, const struct ky_ipc_server_ops *ops);
/* Adds a table (at most 4; types must not repeat across tables). The table is borrowed. */
ky_rc ky_ipc_server_serve(struct ky_ipc_server *s, const struct ky_ipc_table *table);
/* Adds a connection, in place of an older one of the same peer. The descriptor is closed by the server. */
ky_rc ky_ipc_server_add(struct ky_ipc_server *s, ky_role peer, unsigned index, int taken_fd);
void ky_ipc_server_remove(struct ky_ipc_server *s, ky_role peer, unsigned index);
bool ky_ipc_server_has(const struct ky_ipc_server *s, ky_role peer, unsigned index);
/* Calls ready(ctx) whenever fd can be read (a signalfd, say); fd stays the caller's. */
ky_rc ky_ipc_server_watch(struct ky_ipc_server *s, int fd, void (*ready)(void *ctx), void *ctx);
/* Exactly one bit; messages whose `phases` lack it break the rule. 1 at first. */
void ky_ipc_server_set_phase(struct ky_ipc_server *s, unsigned phase);

/* Serves until ky_ipc_server_stop; then sends what is still queued, for at most a second. */
ky_rc ky_ipc_server_run(struct ky_ipc_server *s);
/* One round, waiting at most timeout_ms. */
ky_rc ky_ipc_server_step(struct ky_ipc_server *s, int timeout_ms);
void ky_ipc_server_stop(struct ky_ipc_server *s);
struct ky_ipc_counters ky_ipc_server_counters(const struct ky_ipc_server *s);

/* Inside a handler: who asks, and the descriptor that came along (the caller's now; -1 when taken or none). */
ky_role ky_ipc_request_peer(const struct ky_ipc_request *request);
unsigned ky_ipc_request_index(const struct ky_ipc_request *request);
int ky_ipc_request_take_fd(struct ky_ipc_request *request);

/* A reply that is still owed. Plain data; harmless when the connection is gone by then. */
struct ky_ipc_ticket {
    uint64_t connection; /* serial number, never used twice */
    uint32_t id;
    uint16_t type;
};

/* The last thing a handler does when the answer comes later by ky_ipc_answer: what it returns is then not sent. */
struct ky_ipc_ticket ky_ipc_defer(struct ky_ipc_request *request);
/* Answers once: rc KY_OK with body, or a failure with ky_error() as text. */
void ky_ipc_answer(struct ky_ipc_server *s, struct ky_ipc_ticket ticket, ky_rc rc, struct ky_bytes body);

/*
 * Called once for every ky_ipc_ask: rc KY_OK and the reply's body; or the peer's failure; or KY_EIO when the
 * connection ended first (the other side may or may not have acted). *transport tells the last case apart.
 */
typedef void ky_ipc_on_reply(void *ctx, ky_rc rc, bool transport, struct ky_bytes body);
/* Sends a request to a connected peer without waiting. KY_ENOTFOUND: not connected; KY_EBUSY: its queue is full. */
ky_rc ky_ipc_ask(struct ky_ipc_server *s, ky_role peer, unsigned index, uint16_t type, struct ky_bytes body,
                 ky_ipc_on_reply *on_reply, void *ctx);
/* Sends a notice with an optional descriptor (borrowed; -1: none), at once or not at all (KY_EBUSY). */
ky_rc ky_ipc_notify(struct ky_ipc_server *s, ky_role peer, unsigned index, uint16_t type,
                    struct ky_bytes body, int fd);

#endif
