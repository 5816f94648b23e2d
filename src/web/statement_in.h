/* What authorises something, as it comes through the API: statement, authorisations, evidence. */
#ifndef KY_WEB_STATEMENT_IN_H
#define KY_WEB_STATEMENT_IN_H

#include "domain/authorisation.h"
#include "web/exchange.h"
#include "web/web.h"

struct ky_statement_in {
    struct ky_statement st;
    struct ky_buf auth_list; /* as in docs/protocol/statements.md §4 */
    struct ky_authorisations auths;
    struct ky_buf evidence; /* list of CRLs and OCSP answers */
};
#define ky_auto_statement_in KY_CLEANUP(ky_statement_in_clear) struct ky_statement_in
void ky_statement_in_clear(struct ky_statement_in *in);

/*
 * Members of a body: statement (string: the canonical JSON), authorisations (base64url of the list), evidence? (array of
 * base64url DER). KY_EFORMAT, KY_ELIMIT.
 */
ky_rc ky_statement_in_read(struct ky_statement_in *in, const struct ky_web *w, const json_t *body);
/*
 * evidence? of a body as a list. None, as pages send it: the lists that the operator keeps in token_crls for the CAs of the founding
 * record, 1 MiB together.
 */
ky_rc ky_evidence_in_read(struct ky_buf *out, const struct ky_web *w, const json_t *body);

#endif
