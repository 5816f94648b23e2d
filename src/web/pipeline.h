/*
 * Doing what officers have approved. Issuing: keys by sam, certificates by ca, both
 * bound by sam (docs/protocol/statements.md §7, ipc.md). Revoking: the certificate at
 * ca, then the key in sam (docs/protocol/procedures.md §4). Every step is one or
 * more messages and then one transaction; the state of the rows says how far
 * it got, so that after a crash it goes on where it stopped. A message that was
 * sent before is sent again with the same bytes and brings the same result.
 */
#ifndef KY_WEB_PIPELINE_H
#define KY_WEB_PIPELINE_H

#include "web/execute.h"

#define KY_PIPELINE_QUEUE_MAX 256
#define KY_PIPELINE_RETRY_MS 15000 /* after a step that could not be done now */
#define KY_BIND_BATCH 24           /* one record each in the keeper's message */

/* One approved `issue`, or `revoke` by request, with all that belongs to it. */
struct ky_issuance {
    struct ky_web *w;
    struct ky_registration reg;
    struct ky_arena arena;
    ky_time now;
    struct ky_db_statement row;   /* the statement as stored */
    struct ky_statement issue;    /* `issue` or `revoke` */
    struct ky_db_request request; /* row */
    struct ky_buf request_text;
    struct ky_db_dossier_row *rows; /* of the dossier, by number */
    size_t row_count;
    struct ky_buf sam_records, ca_records; /* lists: seal and officers */
    struct ky_buf evidence;                /* of both sets of authorisations */
    size_t most;                           /* rows of one step; fewer where the message takes fewer */
    size_t tried;                          /* place in rows of the first that the last step was about */
    bool refused;                          /* by the key process itself, for good */
};
#define ky_auto_issuance KY_CLEANUP(ky_issuance_clear) struct ky_issuance
void ky_issuance_clear(struct ky_issuance *i);
/* KY_ENOTFOUND: no such statement. */
ky_rc ky_issuance_load(struct ky_issuance *out, struct ky_web *w, struct ky_bytes statement_hash,
                       ky_time now);
/* Is that row named in the statement, and in that state? */
bool ky_issuance_wants(const struct ky_issuance *i, size_t row, const char *state);
/* The first batch that a key process accepts is the approval: from then on the dossier is approved. In a transaction. */
ky_rc ky_issuance_approve_once(struct ky_issuance *i, struct ky_store *s, const struct ky_actor *actor);
/*
 * Appends `lv(key record) ‖ lv(certificate)` of the certificate that the row is about; nothing when it is about none.
 * *key_id (may be NULL): of that key record.
 */
ky_rc ky_issuance_add_old(struct ky_buf *out, const char **key_id, struct ky_issuance *i, struct ky_store *s,
                          const struct ky_db_dossier_row *row);

/*
 * pipeline_sam.c, pipeline_ca.c, pipeline_revoke.c — one step each: the next batch of rows. *done: how many; 0 when none is left.
 * Errors: KY_EBUSY, KY_ETOKEN, KY_EIO try again; others: refused for good.
 */
ky_rc ky_issuance_make_keys(struct ky_issuance *i, const struct ky_actor *actor, size_t *done);
ky_rc ky_issuance_bind(struct ky_issuance *i, size_t *done);
ky_rc ky_issuance_prepare_certs(struct ky_issuance *i, size_t *done);
ky_rc ky_issuance_issue_certs(struct ky_issuance *i, size_t *done);
ky_rc ky_revocation_at_ca(struct ky_issuance *i, const struct ky_actor *actor, size_t *done);
ky_rc ky_revocation_at_sam(struct ky_issuance *i, size_t *done);
/* The first step, in which the key process judges the approval. */
ky_rc ky_approval_start(struct ky_issuance *i, const struct ky_actor *actor, size_t *done);

/* In a transaction: the certificate of a row of a request for revocation has ended. */
ky_rc ky_revocation_store(struct ky_store *s, const struct ky_statement *request, int64_t number,
                          ky_time now);
/*
 * In a transaction: the key of that certificate is dead. Its wrapped key goes; where nobody had activated it, nobody can
 * any more, and the row that waited for that has ended as well.
 */
ky_rc ky_credential_forget(struct ky_store *s, const struct ky_registration *reg, struct ky_arena *a,
                           const char *serial, ky_time now);

/* The thread that goes on with everything that is approved. */
ky_rc ky_pipeline_start(struct ky_pipeline **out, struct ky_web *w);
void ky_pipeline_stop(struct ky_pipeline *p);
/* Goes on with this one soon. NULL hash: looks into the database for all. */
void ky_pipeline_push(struct ky_pipeline *p, const uint8_t *statement_hash);

#endif
