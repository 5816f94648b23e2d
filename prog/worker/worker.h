/*
 * What the workers of sam and ca have in common: a login to the token, the
 * founding record, the way to the keeper, and the judging of statements that
 * officers and devices have signed.
 */
#ifndef KY_PROG_WORKER_WORKER_H
#define KY_PROG_WORKER_WORKER_H

#include "domain/authorisation.h"
#include "domain/keeper_msg.h"
#include "domain/message.h"
#include "domain/request.h"
#include "os/child.h"
#include "os/clock.h"

#define KY_WORKER_RECORDS_MAX 16
#define KY_WORKER_KEEPER_MS 15000 /* the keeper answers within: anchor, copy and flush included */

struct ky_worker {
    ky_process process;
    struct ky_keystore *ks; /* owned */
    struct ky_token_key *reg_key, *id_key, *att_key;
    struct ky_mac k_reg, k_id;
    struct ky_signer k_att;
    struct ky_founding *founding;
    struct ky_ipc_client keeper;
    const struct ky_clock *clock; /* NULL: the system's */
    struct ky_ipc_server *server; /* borrowed: the loop that serves web */
    struct ky_child *child;       /* borrowed */
};

/* Opens token, common keys and founding record. KY_ETOKEN, KY_EAUTH, KY_ENOTFOUND … */
ky_rc ky_worker_open(struct ky_worker *w, ky_process process, const struct ky_keystore_config *token);
void ky_worker_clear(struct ky_worker *w);
/* ky_child_connected: takes the connection to the keeper. */
void ky_worker_keeper_connected(void *ctx, ky_role peer, unsigned index, int taken_fd);

static inline ky_time ky_worker_now(const struct ky_worker *w)
{
    return ky_clock_now(w->clock);
}

/* Asks the keeper. KY_EBUSY / KY_EIO: ask again; what the keeper refuses comes with its own code and text. */
ky_rc ky_worker_keeper(struct ky_worker *w, uint16_t type, struct ky_bytes body, struct ky_buf *reply);
/* K_EXECUTE. payload gets what is stored (also when this was done before: *repeated). */
ky_rc ky_worker_execute(struct ky_worker *w, const struct ky_keeper_head *head, const struct ky_execute *e,
                        bool *repeated, struct ky_buf *payload);
/* K_RESULT: keeps the result of a spend that was begun. out gets the one that counts, which is the first. */
ky_rc ky_worker_result(struct ky_worker *w, const struct ky_keeper_head *head,
                       const uint8_t spend[KY_LOG_ID_SIZE], struct ky_bytes payload, struct ky_buf *out);
/* The same for what has no result, only a place in the log: *sequence of its last entry. */
ky_rc ky_worker_execute_numbered(struct ky_worker *w, const struct ky_keeper_head *head,
                                 const struct ky_execute *e, uint64_t *sequence);
/* Tells the keeper of a refusal and hands rc through. */
ky_rc ky_worker_refused(struct ky_worker *w, ky_operation op, ky_rc rc);

/* Records that came with a message, opened. */
struct ky_records {
    struct ky_record v[KY_WORKER_RECORDS_MAX];
    size_t count;
};
#define ky_auto_records KY_CLEANUP(ky_records_clear) struct ky_records
void ky_records_clear(struct ky_records *r);
/* Opens a list of envelopes. KY_EAUTH as soon as one does not fit. */
ky_rc ky_worker_open_records(struct ky_worker *w, struct ky_records *out, struct ky_bytes list);
ky_rc ky_worker_open_record(struct ky_worker *w, struct ky_record *out, struct ky_bytes envelope);
/* By id and type; NULL when it did not come along. */
const struct ky_record *ky_records_find(const struct ky_records *r, ky_record_type type,
                                        const uint8_t id[KY_ID_SIZE]);

/* Head of an executing message for this statement; nonce of this process. */
void ky_worker_head(struct ky_keeper_head *h, const struct ky_worker *w, const struct ky_statement *st,
                    const struct ky_authorisations *auths);
/* A record must be alive in this version (and, for a credential, unlocked). KY_ELIMIT above KY_KEEPER_REFS_MAX. */
ky_rc ky_head_ref(struct ky_keeper_head *h, ky_record_type type, const uint8_t id[KY_ID_SIZE],
                  uint32_t version, const uint8_t hash[KY_HASH_SIZE], bool unlocked);
/* The credential may be of any version, but not removed for good and not locked. */
ky_rc ky_head_ref_credential(struct ky_keeper_head *h, const uint8_t id[KY_ID_SIZE]);
ky_rc ky_head_ref_record(struct ky_keeper_head *h, const struct ky_record *r, bool unlocked);

/*
 * ky_worker_verify_officers — at least `wanted` distinct persons with that role signed st.
 *
 * Adds each to the head's refs. not_owner: a person who must not be among them (who filed the dossier), or NULL.
 * Errors: KY_EAUTH a signature is wrong, one person twice, or too few; KY_EDENIED unknown, without the role, or not_owner
 */
ky_rc ky_worker_verify_officers(struct ky_worker *w, struct ky_keeper_head *h, const struct ky_statement *st,
                                const struct ky_authorisations *auths, const struct ky_records *records,
                                struct ky_bytes evidence, unsigned role, int64_t wanted,
                                const uint8_t *not_owner);
/* The actor's own device signed st. Adds the device to the refs. */
ky_rc ky_worker_verify_device(struct ky_worker *w, struct ky_keeper_head *h, const struct ky_statement *st,
                              const struct ky_authorisations *auths, const struct ky_record *device);

/*
 * ky_worker_verify_seal — st names an organisation (`org`) and is signed by a seal of it. Adds the seal to the refs.
 *
 * at: the moment for which seal and evidence are judged. *seal is borrowed from records.
 * Errors: KY_EAUTH not exactly one signature, or a wrong one; KY_EDENIED no such seal, or of another organisation
 */
ky_rc ky_worker_verify_seal(struct ky_worker *w, struct ky_keeper_head *h, const struct ky_statement *st,
                            const struct ky_authorisations *auths, const struct ky_records *records,
                            struct ky_bytes evidence, ky_time at, const struct ky_record **seal);

/* A request and the statement that decides rows of it (issue, revoke), verified together. */
struct ky_decision {
    struct ky_statement request, issue; /* issue: or revoke, where that was wanted */
    struct ky_authorisations request_auths, issue_auths;
    struct ky_records records;
    struct ky_keeper_head head; /* of the issue statement, with all refs */
};
#define ky_auto_decision KY_CLEANUP(ky_decision_clear) struct ky_decision
void ky_decision_clear(struct ky_decision *d);
/*
 * ky_worker_decide — fields: request, its auths, issue, its auths, records, evidence (as in SAM_ISSUE_KEYS and CA_ISSUE).
 *
 * The request must be signed by a seal of the organisation it names, the issue by officers who may approve, none of
 * whom is the person behind the seal; both speak of the same dossier and document. wanted: KY_ST_ISSUE, by as many
 * officers as the founding record says; or KY_ST_REVOKE, by one.
 */
ky_rc ky_worker_decide(struct ky_worker *w, struct ky_decision *d, ky_statement_type wanted,
                       const struct ky_bytes fields[6]);
/*
 * ky_worker_request — fields: request, its auths, records, evidence. The request alone, as good as it must be for a decision.
 *
 * at: the moment for which seal and evidence are judged; the head is that of the request.
 */
ky_rc ky_worker_request(struct ky_worker *w, struct ky_decision *d, const struct ky_bytes fields[4],
                        ky_time at);
/* KY_EFORMAT unless there is at least one, and each once, ascending. */
ky_rc ky_rows_ascend(const uint32_t *rows, size_t count);
/* Row numbers of a message: a list of u32, ascending. */
ky_rc ky_rows_read(uint32_t rows[KY_BATCH_MAX], size_t *count, struct ky_bytes list);

/* SAM_EXECUTE and CA_EXECUTE: admin, refuse, revoke, and sam's device statements. Appends a list of new records. */
ky_rc ky_worker_handle_execute(void *worker, struct ky_ipc_request *request, struct ky_bytes body,
                               struct ky_buf *reply);
/* NONCE, ACK, CHECKPOINT, FOUNDING are the same for both. */
ky_rc ky_worker_handle_nonce(void *worker, struct ky_ipc_request *request, struct ky_bytes body,
                             struct ky_buf *reply);
ky_rc ky_worker_handle_ack(void *worker, struct ky_ipc_request *request, struct ky_bytes body,
                           struct ky_buf *reply);
ky_rc ky_worker_handle_checkpoint(void *worker, struct ky_ipc_request *request, struct ky_bytes body,
                                  struct ky_buf *reply);

#endif
