/*
 * Requests for revocation by the organisation, approved by an officer: from
 * the parts of a dossier (attack_issue.h), to sam, to ca, and to ca when nobody
 * answers.
 */
#ifndef KY_TESTS_PROCESS_ENDING_H
#define KY_TESTS_PROCESS_ENDING_H

#include "pki/crl.h"
#include "pki/ocsp.h"
#include "tests/process/attack_issue.h"

/* A teacher with the request that she was once issued by. */
struct teacher {
    struct filing f;
    struct subscriber *s; /* among the people of the world */
};
ky_rc teacher_make(struct teacher *t, struct issue_world *w);
void teacher_clear(struct teacher *t);

/* A request to revoke these certificates, and an officer's `revoke` over all its rows; not yet signed. */
ky_rc ending_begin(struct filing *f, struct issue_world *w, const struct subscriber *const *who,
                   size_t count);
/* Begin, file, approve: honestly, for one. */
ky_rc ending_make(struct filing *f, struct issue_world *w, const struct subscriber *who);

/* SAM_REVOKE of row f->row with that key record and certificate. */
ky_rc ending_at_sam(const struct filing *f, struct ky_bytes key, struct ky_bytes cert);
/* CA_REVOKE of row f->row. */
ky_rc ending_at_ca(const struct filing *f);
/* CA_RECEIVE; CA_OVERDUE of row f->row, with the request that its certificate was issued by. */
ky_rc ending_receive(const struct filing *f);
ky_rc ending_overdue(const struct filing *f, const struct filing *origin);

/* CA_REVOCATION: `lv(attestation) ‖ signature`. */
ky_rc ending_word(struct ky_buf *answer, const struct issue_world *w, const struct subscriber *who);
/* SAM_REVOKED. */
ky_rc ending_tell_sam(const struct issue_world *w, struct ky_bytes word, struct ky_bytes key,
                      struct ky_bytes cert);

/* An officer refuses row f->row, told to that process. */
ky_rc ending_refuse(const struct filing *f, ky_process process);

ky_ocsp_status ending_ocsp(const struct issue_world *w, const struct subscriber *who);
/* Does a new CRL name her certificate? */
bool ending_on_crl(const struct issue_world *w, const struct subscriber *who);

#endif
