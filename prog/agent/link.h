/*
 * The agent's own short-lived children: each does one thing with one kind of power (network, token, a hostile file),
 * answers over a socket pair, and is killed when its request ends.
 */
#ifndef KY_PROG_AGENT_LINK_H
#define KY_PROG_AGENT_LINK_H

#include <sys/types.h>

#include "base/buf.h"
#include "os/clock.h"

#define LINK_FD 3      /* the child's end of the socket pair */
#define LINK_FDS_MAX 2 /* further descriptors: the child's 4 and 5 */

struct agent_child {
    pid_t pid; /* 0: none */
    int fd;    /* our end */
};
#define agent_auto_child KY_CLEANUP(agent_child_stop) struct agent_child

/* What a child does; its end is the process's end. It has descriptors 0 to 2, LINK_FD and those given. */
typedef void agent_child_run(const void *arg);
/* Forks (this process has one thread). The child dies with us, has no core dumps. KY_EIO. */
ky_rc agent_child_start(struct agent_child *out, agent_child_run *run, const void *arg, const int *fds,
                        size_t n_fds);
/* Kills it and waits for its end. */
void agent_child_stop(struct agent_child *c);

/* A message: u32 length and its bytes. */
ky_rc agent_send(int fd, struct ky_bytes message, int64_t deadline_ms);
/* Appends one to out, whose maximum is the limit. KY_ENOTFOUND: the other side is gone. */
ky_rc agent_recv(int fd, struct ky_buf *out, int64_t deadline_ms);

/* An answer: rc, and then body, or the text of the error. */
ky_rc agent_send_result(int fd, ky_rc rc, struct ky_bytes body, int64_t deadline_ms);
/* Waits for an answer; a failure of the child becomes ours. */
ky_rc agent_wait(struct ky_buf *answer, const struct agent_child *c, int64_t deadline_ms);
/* Asks and waits. */
ky_rc agent_ask(struct ky_buf *answer, const struct agent_child *c, struct ky_bytes question,
                int64_t deadline_ms);

#endif
