/*
 * Bodies of requests as honest programs of an organisation and of the department make them: members in base64url,
 * authorised statements, a request signed by the head. For tests over HTTPS.
 */
#ifndef KY_TESTS_SUPPORT_BODIES_H
#define KY_TESTS_SUPPORT_BODIES_H

#include <jansson.h>

#include "tests/support/realm.h"

#define BODY_PDF_MAX ((size_t)16 << 20)

/* The member's text, as long as obj lives. KY_EFORMAT: none. */
ky_rc body_text(const char **out, const json_t *obj, const char *name);
ky_rc body_set_b64(json_t *obj, const char *name, struct ky_bytes v);
ky_rc body_get_b64(struct ky_buf *out, const json_t *obj, const char *name);
/* "evidence": the list of the tokens' CA, made now. */
ky_rc body_set_evidence(json_t *body, const struct realm *r);

/* The statement with the authorisations of these people, and evidence. */
ky_rc body_authorised(json_t **out, const struct realm *r, const char *statement,
                      const struct person *const *people, size_t count);

/* PAdES by that person's key, as a token would. */
ky_rc body_sign_pdf(struct ky_buf *out, struct ky_bytes pdf, const struct person *by);
/* What was handed out, document and statement each signed by that person, in the name of the realm's head. */
ky_rc body_submission(json_t **out, const struct realm *r, const json_t *handed_out, const struct person *by);

/* The statement that makes the realm's head the seal of an organisation; he gets his certificate here. */
struct body_seal {
    const uint8_t *sam_nonce, *ca_nonce;
    const char *owner; /* hex, as POST /api/v1/owner answers */
    const char *org;   /* id */
};
ky_rc body_seal_statement(struct ky_buf *out, struct realm *r, const struct body_seal *seal);

#endif
