/*
 * Client of a remote signing service: Cloud Signature Consortium API v2.x,
 * explicit authorisation on the signer's phone (202 and authorizeCheck). One
 * function for each call; all of them POST JSON with a bearer token.
 */
#ifndef KY_PROG_KYSO_CSC_CLIENT_H
#define KY_PROG_KYSO_CSC_CLIENT_H

#include "ades/evidence.h"
#include "crypto/alg.h"

#define KYSO_CSC_ID_MAX 256   /* bytes of identifiers */
#define KYSO_CSC_SAD_MAX 8192 /* bytes of SAD and handle */
#define KYSO_CSC_ANSWER_MAX ((size_t)1 << 20)

struct kyso_csc {
    const char *server;  /* https://host[:port][/path]; "/csc/v2" is added unless it ends so */
    const char *token;   /* bearer */
    const char *ca_file; /* PEM, or NULL */
    const char *credential;
    char factor[KYSO_CSC_ID_MAX]; /* id of the out-of-band authentication object; "" when there is none */
};

/* The credential's certificates into certs, the signer's first; learns how it is authorised. KY_EDENIED disabled. */
ky_rc kyso_csc_info(struct kyso_csc *c, struct ky_evidence *certs);

/* What is to be signed: the same in all following calls. */
struct kyso_csc_job {
    ky_scheme scheme;
    ky_hash hash;
    struct ky_bytes digest;
    const char *description; /* shown to the signer, at most 500 characters; NULL: none */
    const char *client_data; /* JSON text; NULL: none */
};

/* Asks for authorisation: *pending and a handle in sad, or the SAD at once. */
ky_rc kyso_csc_authorize(struct ky_buf *sad, bool *pending, const struct kyso_csc *c,
                         const struct kyso_csc_job *job);
/* Asks again with the handle; sad receives the SAD, or the next handle. KY_EDENIED the signer refused or let it pass. */
ky_rc kyso_csc_authorize_check(struct ky_buf *sad, bool *pending, const struct kyso_csc *c,
                               const char *handle);
/* Appends the signature value as the service gives it. */
ky_rc kyso_csc_sign_hash(struct ky_buf *sig, const struct kyso_csc *c, const struct kyso_csc_job *job,
                         const char *sad);

#endif
