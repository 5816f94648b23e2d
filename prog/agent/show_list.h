/* Several statements under one signature, as a person reads them: how much is decided, for whom, and every row. */
#ifndef KY_PROG_AGENT_SHOW_LIST_H
#define KY_PROG_AGENT_SHOW_LIST_H

#include "domain/statement_list.h"

/* The requests that statements are about. Statements name them by hash, so what is shown of one is what was signed. */
struct agent_requests {
    struct ky_statement *items; /* owned */
    size_t count;
};
#define agent_auto_requests KY_CLEANUP(agent_requests_clear) struct agent_requests
void agent_requests_clear(struct agent_requests *requests);

/*
 * agent_requests_read — member Base64Requests of a message, when it has one: texts of requests, at most
 * KY_STATEMENT_LIST_MAX.
 *
 * Errors: KY_EFORMAT, KY_ELIMIT  not such a list, or one is no request
 */
ky_rc agent_requests_read(struct agent_requests *out, struct ky_bytes text);

/*
 * agent_list_find — is content a list of statements under its label? *found false: it is not; content that begins
 * with the label and is no list is KY_EDENIED (see agent_statement_find).
 */
ky_rc agent_list_find(struct ky_statement_list *list, bool *found, struct ky_bytes content);

/* The organisation and the decided rows of a statement, when its request came along. */
void agent_show_request(struct ky_buf *out, const struct ky_statement *st,
                        const struct agent_requests *requests);
/* Counts, organisations, then each statement with its rows. */
void agent_show_list(struct ky_buf *out, const struct ky_statement_list *list,
                     const struct agent_requests *requests);

#endif
