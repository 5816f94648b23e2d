/*
 * Renewal and change of a teacher's certificate, from the parts of a dossier: the credential that is replaced goes to
 * sam, the certificate to ca.
 */
#ifndef KY_TESTS_PROCESS_RENEWING_H
#define KY_TESTS_PROCESS_RENEWING_H

#include "tests/process/ending.h"

#define RENEWING_NEW_EMAIL "hoa.moi@quangngai.gov.vn"

/* Request and approval, not yet signed: "renew", or "change" of the e-mail address. */
ky_rc renewing_begin(struct filing *f, struct issue_world *w, const struct teacher *t, const char *procedure,
                     bool same_key);
/* Begin, file, approve: honestly. */
ky_rc renewing_make(struct filing *f, struct issue_world *w, const struct teacher *t, const char *procedure,
                    bool same_key);

/* SAM_ISSUE_KEYS with that credential; CA_ISSUE with that certificate. */
ky_rc renewing_keys(struct ky_buf *answer, const struct filing *f, struct ky_bytes key, struct ky_bytes cert);
ky_rc renewing_certify(struct ky_buf *answer, const struct filing *f, struct ky_bytes keys,
                       struct ky_bytes old);

/* The new credential beside the old one's owner and phone. */
struct renewed {
    struct subscriber s; /* borrows from here and from the old one */
    struct ky_buf key_v1, blob, cert, key;
};
/* What sam and ca answered. */
ky_rc renewed_read(struct renewed *r, const struct subscriber *old, struct ky_bytes keys,
                   struct ky_bytes certified);
/* SAM_BIND_CERT. */
ky_rc renewed_bind(struct renewed *r, const struct issue_world *w);
void renewed_clear(struct renewed *r);
/* All of it. */
ky_rc renewing_do(struct renewed *r, const struct filing *f, const struct subscriber *old);

#endif
