/*
 * The agent's own TLS identity: a root made for this machine, and a certificate for 127.0.0.1 and localhost below it. The
 * root's key signs that one certificate and is forgotten: nobody, the agent included, can ever sign another name with it.
 * It is constrained to loopback names besides.
 */
#ifndef KY_PROG_AGENT_TLS_H
#define KY_PROG_AGENT_TLS_H

#include "base/buf.h"
#include "base/time.h"

#define AGENT_PEM_MAX 65536

#define AGENT_ROOT_FILE "root.crt"
#define AGENT_CERT_FILE "tls.crt"
#define AGENT_KEY_FILE "tls.key"

struct agent_tls {
    struct ky_buf cert, key; /* PEM; cert: the agent's, then the root */
};

/* Appends three PEM texts. now: not before an hour earlier, not after three years later. KY_ECRYPTO. */
ky_rc agent_tls_make(struct ky_buf *root, struct ky_buf *cert, struct ky_buf *key, ky_time now);

/*
 * Loads what is in folder; makes it when absent, within 30 days of its end, or not whole (*made: the root is new and must be trusted
 * anew). All files are 0600. KY_EDENIED: the key may be read by others.
 */
ky_rc agent_tls_load(struct agent_tls *out, bool *made, const char *folder, ky_time now);
void agent_tls_clear(struct agent_tls *t);

#endif
