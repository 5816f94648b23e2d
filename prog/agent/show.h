/* What a person reads before agreeing: plain text, every line our own or checked by ky_text_check. */
#ifndef KY_PROG_AGENT_SHOW_H
#define KY_PROG_AGENT_SHOW_H

#include "domain/statement.h"
#include "pki/cert.h"

#define AGENT_SHOW_MAX ((size_t)8 << 20)

/* Which page asks for what, by which certificate. cert may be NULL. */
void agent_show_head(struct ky_buf *out, const char *what, const char *origin, const struct ky_cert *cert);
/* One line "label: value". */
void agent_show_line(struct ky_buf *out, const char *label, struct ky_bytes value);
void agent_show_number(struct ky_buf *out, const char *label, uint64_t value);
void agent_show_sha256(struct ky_buf *out, struct ky_bytes content);
/* Every member of a statement, with its name in the person's language. */
void agent_show_statement(struct ky_buf *out, const struct ky_statement *st);
/* Text of a message when all of it is text for people; else only that it is not. */
void agent_show_content(struct ky_buf *out, struct ky_bytes content);

/*
 * agent_statement_find — is content a statement under its label?
 *
 * *found false: it has nothing to do with statements. Anything that begins as one and is none is KY_EDENIED: no key shall
 * sign what could be taken for an approval.
 */
ky_rc agent_statement_find(struct ky_statement *st, bool *found, struct ky_bytes content);

#endif
