/*
 * The desk: one request at a time, from the page's message to the reply. It holds no network and no key: children do
 * what needs either, and the person is asked before anything is used.
 */
#ifndef KY_PROG_AGENT_DESK_H
#define KY_PROG_AGENT_DESK_H

#include "prog/agent/conf.h"
#include "prog/agent/message.h"

/* Appends the reply, of success or failure. */
void agent_desk_answer(struct ky_buf *reply, const struct agent_conf *conf, const struct agent_request *req);

/* For the calls (desk.c): consent to it, then the PIN. */
struct agent_token;
ky_rc agent_desk_consent(const struct agent_conf *conf, const struct ky_buf *text);
ky_rc agent_desk_pin(struct agent_token *token, const struct agent_conf *conf,
                     const struct agent_request *req);

/* One of the calls, in a file of its own. */
ky_rc agent_desk_document(struct ky_buf *reply, const struct agent_conf *conf,
                          const struct agent_request *req);

#endif
