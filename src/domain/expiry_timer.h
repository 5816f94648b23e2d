/*
 * Warnings before a certificate ends: 60, 30 and 7 days before, to the subscriber, and to the organisation as one
 * digest of all that became due that morning. What is due is found in an index (store/expiry), never by looking at
 * every subscriber; a step is taken in the transaction that writes its notice, so each is told once.
 */
#ifndef KY_DOMAIN_EXPIRY_TIMER_H
#define KY_DOMAIN_EXPIRY_TIMER_H

#include "domain/dossier.h"
#include "store/db.h"

#define KY_EXPIRY_BATCH 50   /* certificates of one run */
#define KY_EXPIRY_DIGESTS 20 /* organisations of one run */
#define KY_EXPIRY_LINES 30   /* certificates that a digest names; of the rest the number */

struct ky_expiry_result {
    size_t warned, failed, digests;
};

/*
 * ky_expiry_run — what is due; digests only when no certificate is due any more. A certificate that was replaced by a
 * later one of the same person, revoked, or has ended is not told of. Of steps missed only the last is told.
 *
 * Errors: of the store only. A certificate that cannot be told of is logged and tried again the next day.
 */
ky_rc ky_expiry_run(struct ky_expiry_result *out, struct ky_db *db, const struct ky_registration *reg,
                    ky_time now);

#endif
