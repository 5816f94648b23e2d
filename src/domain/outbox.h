/*
 * Messages that must not be lost: written in the transaction of what they
 * tell of, sent afterwards, tried again with growing pauses. At least once; the id is the same each time.
 */
#ifndef KY_DOMAIN_OUTBOX_H
#define KY_DOMAIN_OUTBOX_H

#include "domain/notifier.h"
#include "domain/personal.h"
#include "store/db.h"

#define KY_OUTBOX_BATCH 50 /* messages of one run */

/*
 * Puts a notice into the outbox, in the caller's transaction. about names the event ("request-received/<dossier>"):
 * a second notice about the same one to the same channel is not written.
 */
ky_rc ky_outbox_put(struct ky_store *s, const struct ky_personal *personal, const char *template_name,
                    const char *about, const struct ky_notice *notice, ky_time now);

struct ky_outbox_result {
    size_t sent, later, given_up;
};

/*
 * ky_outbox_run — send what is due, at most KY_OUTBOX_BATCH.
 *
 * by_channel: who sends what; NULL where the service sends no such thing (its messages wait).
 * Errors: of the database only. A message that fails is told in *out and in the log, without its address.
 */
ky_rc ky_outbox_run(struct ky_outbox_result *out, struct ky_db *db, const struct ky_personal *personal,
                    struct ky_notifier *const by_channel[KY_CHANNEL_COUNT], ky_time now);

/* Seconds until attempt number `attempts` + 1; 0: there is none. */
ky_time ky_outbox_pause(int64_t attempts);

#endif
