/*
 * ca: the process that holds the authority's keys. Its worker certifies keys
 * that sam has attested, for rows that an organisation signed and officers
 * approved, and answers OCSP, CRL and time-stamp requests. Messages:
 * docs/protocol/ipc.md; what must happen once is asked of the keeper.
 */
#ifndef KY_PROG_CA_CA_H
#define KY_PROG_CA_CA_H

#include "crypto/softkey.h"
#include "domain/revoke.h"
#include "os/settings.h"
#include "pki/sigalg.h"
#include "prog/worker/worker.h"

#define KY_CA_BACKDATE_S KY_HOUR       /* not_before may lie so long before the approval */
#define KY_CA_POSTDATE_S (30 * KY_DAY) /* and so long after it */

/* A key of the token with the algorithm it signs with. */
struct ky_ca_key {
    struct ky_token_key *key; /* owned */
    struct ky_signer signer;
    struct ky_sigkey sigkey;
};

struct ky_ca {
    struct ky_worker w; /* first: handlers of prog/worker take it */
    struct ky_ca_key issuing, ocsp, tsa;
    struct ky_softkey *throw_away; /* owned: signs what is only linted, with the issuing key's algorithm */
    struct ky_signer lint_signer;
    struct ky_sigkey lint_key;
    ky_time ocsp_life_s, crl_life_s; /* thisUpdate to nextUpdate */
    ky_time overdue_s;               /* an unanswered request for revocation is executed after; 0: never */
    uint32_t tsa_accuracy_ms;
};

ky_ipc_handler ky_ca_handle_prepare, ky_ca_handle_issue;     /* certify.c */
ky_ipc_handler ky_ca_handle_revoke, ky_ca_handle_revocation; /* revoke.c */
ky_ipc_handler ky_ca_handle_receive, ky_ca_handle_overdue;   /* overdue.c */
ky_ipc_handler ky_ca_handle_ocsp, ky_ca_handle_crl;          /* status.c */
ky_ipc_handler ky_ca_handle_tsp;                             /* stamp.c */
ky_ipc_handler ky_ca_handle_chain;                           /* main.c */

/* revoke.c — KY_EDENIED: not issued here, or ended more than a day ago. */
ky_rc ky_ca_check_issued(struct ky_ca *ca, const uint8_t serial[KY_SERIAL_SIZE]);
/* That the row's serial is revoked, by the statement of that hash. */
void ky_ca_add_revoked(struct ky_execute *e, const struct ky_revoke_row *row,
                       const uint8_t because[KY_HASH_SIZE]);

/* What the keeper knows of a serial. */
struct ky_ca_status {
    bool issued, revoked;
    uint8_t tbs_hash[KY_HASH_SIZE]; /* SHA-256 of the TBSCertificate, when issued */
    uint32_t reason;                /* CRLReason, when revoked */
    ky_time revoked_at;
};
/* status.c — KY_EBUSY: the keeper is away, sealed, or its clock is behind. */
ky_rc ky_ca_ask_status(struct ky_ca_status *out, struct ky_ca *ca, const uint8_t serial[KY_SERIAL_SIZE]);

#endif
