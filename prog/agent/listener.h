/*
 * The side that pages see: TLS and WebSocket on 127.0.0.1, in a process of its own that holds the TLS key and nothing else.
 * A page gets past it only by an allowed Origin, a Host that is this machine, and a known path; its message then goes to
 * the desk, one at a time.
 */
#ifndef KY_PROG_AGENT_LISTENER_H
#define KY_PROG_AGENT_LISTENER_H

#include "prog/agent/conf.h"

struct agent_listener {
    const struct agent_conf *conf;
    const char *cert, *key; /* PEM */
};

/* Runs in the child that agent_child_start made (arg: struct agent_listener), until the desk is gone. */
void agent_listener_run(const void *arg);

/*
 * What passes between the two. To the desk: u8 endpoint, lv origin, then the text; back: the reply. KY_EFORMAT.
 */
#define AGENT_QUESTION_ROOM 1024 /* bytes beside the text */
struct agent_request;
void agent_question_add(struct ky_buf *out, const struct agent_request *req);
/* origin: AGENT_ORIGIN_MAX + 1 bytes for a copy that ends with a NUL. */
ky_rc agent_question_read(struct agent_request *req, char *origin, struct ky_bytes question);

#endif
