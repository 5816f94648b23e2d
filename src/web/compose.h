/* Texts of statements that people are to sign, assembled here: what they say is decided by who signs. */
#ifndef KY_WEB_COMPOSE_H
#define KY_WEB_COMPOSE_H

#include "domain/statement.h"
#include "web/web.h"

#define KY_FOR_SAM (1u << KY_PROCESS_SAM)
#define KY_FOR_CA (1u << KY_PROCESS_CA)

/*
 * ky_compose_statement — common members are added to `members`, the rest is the caller's; out is parsed again, so what
 * comes out is well formed.
 *
 * processes: KY_FOR_SAM | KY_FOR_CA; each gives a nonce of the kind the type wants. exp is as late as the nonces allow.
 * Errors: KY_EFORMAT / KY_ELIMIT the members do not fit the type; KY_EBUSY no nonce.
 */
ky_rc ky_compose_statement(struct ky_statement *out, struct ky_web *w, json_t *members, const char *type,
                           unsigned processes, ky_nonce_kind kind, ky_time now);

#endif
