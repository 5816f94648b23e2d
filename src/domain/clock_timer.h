/*
 * What happens to dossiers by itself: warnings, escalation, paging out of
 * hours, reminders of additions, lapsing. Each is a timer in a row (store/clock), found
 * by its moment, and gone in the transaction that does it and writes the notices.
 */
#ifndef KY_DOMAIN_CLOCK_TIMER_H
#define KY_DOMAIN_CLOCK_TIMER_H

#include "domain/clock.h"

#define KY_TIMERS_BATCH 50  /* of one run */
#define KY_TIMER_RETRY_S 60 /* after one that failed */

struct ky_timers_result {
    size_t done, failed;
};

/*
 * ky_timers_run — do what is due, at most KY_TIMERS_BATCH.
 *
 * Who is told: the officer who last worked on the dossier, or else everybody who receives and approves; when it is
 * overdue also everybody who approves; about limits in hours those on call, out of working hours, and at any hour when it
 * is overdue. Nobody twice
 * about the same, also when a deadline is put off and comes near again.
 * Errors: of the store only. A timer that fails is logged and tried again after KY_TIMER_RETRY_S.
 */
ky_rc ky_timers_run(struct ky_timers_result *out, struct ky_db *db, const struct ky_registration *reg,
                    ky_time now);

#endif
