/*
 * What tells whether a certificate used for logging in is revoked: the lists
 * that the operator keeps in a folder, and what a program sends along.
 */
#ifndef KY_WEB_LOGIN_EVIDENCE_H
#define KY_WEB_LOGIN_EVIDENCE_H

#include "pki/crl.h"
#include "web/web.h"

#define KY_LOGIN_EVIDENCE_MAX 16

struct ky_login_evidence {
    struct ky_crl *crls[KY_LOGIN_EVIDENCE_MAX]; /* owned */
    size_t n_crls;
    struct ky_bytes ocsps[KY_LOGIN_EVIDENCE_MAX]; /* OCSPResponse DER, in the arena */
    size_t n_ocsps;
};
void ky_login_evidence_clear(struct ky_login_evidence *e);

/*
 * The list of the issuer of cert: FOLDER/HEX.crl, HEX being the keyIdentifier in the certificate's
 * authorityKeyIdentifier. One that is not there or not a list adds nothing: the chain will miss it.
 */
ky_rc ky_login_evidence_add_list(struct ky_login_evidence *e, const char *folder, const struct ky_cert *cert);
/* evidence? of a body: lists and OCSP answers, base64url. KY_EFORMAT, KY_ELIMIT. */
ky_rc ky_login_evidence_add_body(struct ky_login_evidence *e, struct ky_exchange *x);

#endif
