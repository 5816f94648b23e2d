/*
 * Statements as the command line makes and signs them: common members with
 * fresh nonces, canonical text, and CMS authorisations by tokens.
 */
#ifndef KY_PROG_KYSO_STATEMENT_H
#define KY_PROG_KYSO_STATEMENT_H

#include "domain/authorisation.h"
#include "prog/kyso/api.h"
#include "prog/kyso/keysrc.h"
#include "prog/kyso/opts.h"

#define KYSO_SIGNERS_MAX KY_AUTHORISATIONS_MAX

/* The founding record of the service, *out is the caller's. realm: hex64 it must have, or NULL. KY_EDENIED. */
ky_rc kyso_statement_founding(struct ky_founding **out, const struct kyso_api *api, const char *realm);

/* Processes a statement is addressed to, as bits of 1 << ky_process. */
#define KYSO_AUD_BOTH (1u << KY_PROCESS_SAM | 1u << KY_PROCESS_CA)
#define KYSO_AUD_SAM (1u << KY_PROCESS_SAM)

/* Adds v, realm, type, aud, iat, exp (29 days) to members and appends the canonical text; it is parsed again. */
ky_rc kyso_statement_make(struct ky_buf *text, json_t *members, ky_statement_type type,
                          const struct kyso_api *api, const struct ky_founding *f, unsigned aud);

/* People's tokens in one PKCS#11 module. */
struct kyso_signers {
    const char *module;
    struct kyso_keysrc key[KYSO_SIGNERS_MAX];     /* opened one after another */
    uint8_t record[KYSO_SIGNERS_MAX][KY_ID_SIZE]; /* of the officer; zero: the one in the founding record */
    size_t count;
};

/*
 * specs: TOKEN[:KEY][@RECORD]. KEY is otherwise the token's label; RECORD is needed for officers who came later than the
 * founding record. Each PIN from KYSO_PIN or the terminal.
 */
ky_rc kyso_signers_open(struct kyso_signers *s, const char *module, const struct kyso_list *specs);
void kyso_signers_close(struct kyso_signers *s);
#define kyso_auto_signers KY_CLEANUP(kyso_signers_close) struct kyso_signers

/* Every officer signs the text: appends the encoded list of authorisations. KY_ENOTFOUND: somebody is no officer. */
ky_rc kyso_statement_sign(struct ky_buf *auths, struct kyso_signers *s, struct ky_bytes text,
                          const struct ky_founding *f);

/* Sets a member to base64url text, of any length. */
ky_rc kyso_set_base64url(json_t *body, const char *name, struct ky_bytes v);

/* One signature: appends SignedData with the label and the text inside. */
ky_rc kyso_statement_cms(struct ky_buf *cms, struct kyso_keysrc *key, struct ky_bytes text);

/*
 * Sets member evidence: about the signers' certificates, from the CRL files given, else from where the certificates
 * point to. KY_ENOTFOUND: there is none for a signer.
 */
ky_rc kyso_statement_add_evidence(json_t *body, const struct kyso_signers *s, const struct ky_founding *f,
                                  const struct kyso_list *crl_files);

/* What the service is sent: {"statement","authorisations","evidence"}. */
ky_rc kyso_statement_body(json_t **out, const struct ky_buf *text, const struct ky_buf *auths,
                          const struct kyso_signers *s, const struct ky_founding *f,
                          const struct kyso_list *crl_files);

#endif
