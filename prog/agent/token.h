/*
 * The token: a child that loads the PKCS#11 module, reads the certificates and, once it has the PIN, signs. It has no
 * network and dies with the request; the PIN is asked for each signature and kept by nobody.
 */
#ifndef KY_PROG_AGENT_TOKEN_H
#define KY_PROG_AGENT_TOKEN_H

#include "ades/evidence.h"
#include "base/secret.h"
#include "crypto/signer.h"
#include "prog/agent/conf.h"
#include "prog/agent/link.h"

struct agent_token {
    struct agent_child child;
    struct ky_evidence *certs; /* owned: the signer's first, then the others in the token */
    ky_key_type type;
    struct ky_secret pin; /* between the question and the last signature */
    unsigned signatures;  /* that the person agreed to by this PIN and are still to be made */
};
#define agent_auto_token KY_CLEANUP(agent_token_close) struct agent_token

/*
 * Starts the child and reads the certificates, for which no PIN is needed. KY_ENOTFOUND no module, token or certificate;
 * KY_EEXPIRED the certificate is not valid now.
 */
ky_rc agent_token_open(struct agent_token *t, const struct agent_conf *conf);
void agent_token_close(struct agent_token *t);

static inline const struct ky_cert *agent_token_cert(const struct agent_token *t)
{
    return t->certs->certs[0];
}
/* The others in the token. */
struct ky_certs agent_token_others(const struct agent_token *t);

/*
 * The key as signer; t->pin must be there and is wiped by the last of t->signatures (one, unless set). The key must be that of the certificate
 * that was shown: else KY_EDENIED. KY_EAUTH: wrong PIN.
 */
struct ky_signer agent_token_signer(struct agent_token *t);

#endif
