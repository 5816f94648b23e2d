/*
 * What a request says, in full, before a key is used over it: procedure, and of every row the subject, the certificate
 * that is replaced or revoked, the key, the reason. On stderr, in the person's language.
 */
#ifndef KY_PROG_KYSO_REQUEST_SHOW_H
#define KY_PROG_KYSO_REQUEST_SHOW_H

#include "domain/statement.h"

/*
 * decision: shows only the rows that it names; NULL: all of them.
 * Errors: KY_EFORMAT  a text has characters that would hide or move what stands beside it; nothing is to be signed
 */
ky_rc kyso_request_show(const struct ky_statement *request, const struct ky_statement *decision);

#endif
