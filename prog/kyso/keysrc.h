/*
 * Where the signing key of `kyso sign` is: a PKCS#12 file, a PKCS#11 token or
 * a remote signing service (CSC). One table of operations each.
 */
#ifndef KY_PROG_KYSO_KEYSRC_H
#define KY_PROG_KYSO_KEYSRC_H

#include "ades/evidence.h"
#include "crypto/signer.h"

/* What the command line says; NULL where it says nothing. */
struct kyso_keysrc_args {
    const char *p12;                           /* file */
    const char *module, *token, *label;        /* PKCS#11 */
    const char *server, *credential, *ca_file; /* CSC: base URL, credentialID, PEM of TLS roots */
};

/* What the signer is told about the document, where somebody is asked. */
struct kyso_document {
    const char *name;     /* file name without folders */
    struct ky_bytes file; /* before signing */
    const char *text;     /* what it is about, or NULL */
};

struct kyso_keysrc;

struct kyso_keysrc_ops {
    const char *name;
    /* Fills k->certs (the signer's first) and k->type. */
    ky_rc (*open)(struct kyso_keysrc *k, const struct kyso_keysrc_args *args);
    ky_rc (*sign)(struct kyso_keysrc *k, struct ky_buf *sig, ky_scheme scheme, ky_hash hash,
                  struct ky_bytes digest, const struct kyso_document *doc);
    void (*close)(struct kyso_keysrc *k);
};

struct kyso_keysrc {
    const struct kyso_keysrc_ops *ops;
    struct ky_evidence *certs; /* owned: the signer's, then what came with it */
    ky_key_type type;
    void *state; /* of the operations */
};
#define kyso_auto_keysrc KY_CLEANUP(kyso_keysrc_close) struct kyso_keysrc

/* The source that args name; exactly one must be. KY_EINVAL; errors of the source. */
ky_rc kyso_keysrc_open(struct kyso_keysrc *k, const struct kyso_keysrc_args *args);
void kyso_keysrc_close(struct kyso_keysrc *k);
const struct ky_cert *kyso_keysrc_cert(const struct kyso_keysrc *k); /* the signer's */

extern const struct kyso_keysrc_ops kyso_keysrc_p12;
extern const struct kyso_keysrc_ops kyso_keysrc_token;
extern const struct kyso_keysrc_ops kyso_keysrc_remote;

#endif
