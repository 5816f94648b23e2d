/*
 * Issuing what officers have approved: keys by sam, certificates by ca, both
 * bound by sam (docs/protocol/statements.md §7, ipc.md). Every step is one or
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

/* One approved `issue` statement with all that belongs to it. */
struct ky_issuance {
    struct ky_web *w;
    struct ky_registration reg;
    struct ky_arena arena;
    ky_time now;
    struct ky_db_statement row; /* the issue statement as stored */
    struct ky_statement issue;
    struct ky_db_request request; /* row */
    struct ky_buf request_text;
    struct ky_db_dossier_row *rows; /* of the dossier, by number */
    size_t row_count;
    struct ky_buf sam_records, ca_records; /* lists: seal and officers */
    struct ky_buf evidence;                /* of both sets of authorisations */
};
#define ky_auto_issuance KY_CLEANUP(ky_issuance_clear) struct ky_issuance
void ky_issuance_clear(struct ky_issuance *i);
/* KY_ENOTFOUND: no such statement. */
ky_rc ky_issuance_load(struct ky_issuance *out, struct ky_web *w, struct ky_bytes statement_hash,
                       ky_time now);
/* Is that row named in the issue statement, and in that state? */
bool ky_issuance_wants(const struct ky_issuance *i, size_t row, const char *state);

/*
 * pipeline_sam.c, pipeline_ca.c — one step each: the next batch of rows. *done: how many; 0 when none is left.
 * Errors: KY_EBUSY, KY_ETOKEN, KY_EIO try again; others: refused for good.
 */
ky_rc ky_issuance_make_keys(struct ky_issuance *i, const struct ky_actor *actor, size_t *done);
ky_rc ky_issuance_bind(struct ky_issuance *i, size_t *done);
ky_rc ky_issuance_prepare_certs(struct ky_issuance *i, size_t *done);
ky_rc ky_issuance_issue_certs(struct ky_issuance *i, size_t *done);

/* The thread that goes on with everything that is approved. */
ky_rc ky_pipeline_start(struct ky_pipeline **out, struct ky_web *w);
void ky_pipeline_stop(struct ky_pipeline *p);
/* Goes on with this one soon. NULL hash: looks into the database for all. */
void ky_pipeline_push(struct ky_pipeline *p, const uint8_t *statement_hash);

#endif
