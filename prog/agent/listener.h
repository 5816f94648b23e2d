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

#endif
