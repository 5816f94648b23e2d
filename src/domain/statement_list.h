/*
 * A list of statements that one signature authorises: each statement by itself, with its own nonce, spent by itself
 * (docs/protocol/statements.md §4). A list does nothing; who executes one of its statements is brought the whole list as
 * proof. Only what officers decide about dossiers and certificates stands in one.
 */
#ifndef KY_DOMAIN_STATEMENT_LIST_H
#define KY_DOMAIN_STATEMENT_LIST_H

#include "domain/statement.h"

#define KY_STATEMENT_LIST_LABEL "kyso statements v1"
#define KY_STATEMENT_LIST_MAX 200                /* statements */
#define KY_STATEMENT_LIST_ROWS_MAX 1000          /* rows, serials or keys that they name together */
#define KY_STATEMENT_LIST_BYTES_MAX (256 * 1024) /* label, count and statements */

struct ky_statement_list {
    struct ky_statement *items; /* owned; in the order of the list */
    size_t count;
    size_t rows;                /* that they name together */
    uint8_t hash[KY_HASH_SIZE]; /* SHA-256 of the content: the WebAuthn challenge */
};
#define ky_auto_statement_list KY_CLEANUP(ky_statement_list_clear) struct ky_statement_list
void ky_statement_list_clear(struct ky_statement_list *list);

/* Does it begin with the label? What else it is, ky_statement_list_parse says. */
bool ky_statement_list_is(struct ky_bytes content);

/*
 * ky_statement_list_parse — label ‖ u16 count ‖ lv(statement)…, each well formed, of an allowed type, and there once.
 *
 * Errors: KY_EFORMAT  another label, cut off, empty, a statement twice, or not well formed (its place is named)
 *         KY_EDENIED  a statement of a type that must be signed by itself
 *         KY_ELIMIT   more than KY_STATEMENT_LIST_MAX, _ROWS_MAX or _BYTES_MAX
 */
ky_rc ky_statement_list_parse(struct ky_statement_list *out, struct ky_bytes content);

/* Appends what is signed. KY_ELIMIT: more than KY_STATEMENT_LIST_MAX or _BYTES_MAX. The rest is for the parser to judge. */
ky_rc ky_statement_list_encode(struct ky_buf *out, const struct ky_bytes *texts, size_t count);

/* Are the statement's exact bytes one of the list? */
bool ky_statement_list_has(const struct ky_statement_list *list, const struct ky_statement *st);

#endif
