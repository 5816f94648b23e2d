/*
 * The clock of a dossier, kept: it starts when the dossier is received, stands
 * while the organisation has to answer, ends with the result, as the table of states
 * says (domain/dossier_state). What happened is in rows; due date, colour and the
 * moments at which something is to happen by itself follow from them and are
 * reckoned anew when a list of working days is confirmed. docs/design/020-calendar.md
 */
#ifndef KY_DOMAIN_CLOCK_H
#define KY_DOMAIN_CLOCK_H

#include "domain/deadline.h"
#include "domain/dossier.h"
#include "store/clock.h"
#include "store/db.h"

#define KY_CLOCK_STAGES 3 /* first warning, second, overdue */
#define KY_CLOCK_BATCH 100
#define KY_LIMIT_TEXT_MAX 48

/* Kinds of timers; at what of the limit, domain/clock_timer says what happens. */
#define KY_TIMER_ARRIVED "arrived" /* of a limit in hours: somebody has to know at once */
#define KY_TIMER_ADDITION_SOON "addition-soon"
#define KY_TIMER_ADDITION_LATE "addition-late"
extern const char *const ky_timer_stages[KY_CLOCK_STAGES]; /* "warn-1", "warn-2", "overdue" */

/* The time to answer of a dossier's procedure, by the profile it was entered under. KY_ENOTFOUND: no such procedure. */
ky_rc ky_clock_limit(struct ky_limit *out, const struct ky_registration *reg,
                     const struct ky_db_dossier *head);
/* "3 ngày làm việc", "12 giờ" */
void ky_clock_limit_text(char out[KY_LIMIT_TEXT_MAX], struct ky_limit limit);

/*
 * ky_clock_follow — the dossier goes into state `to`: its clock starts, stands, goes on or ends, in the caller's
 * transaction, after the state is set.
 *
 * head: the dossier as it was. Errors: as ky_deadline_reckon, and of the store
 */
ky_rc ky_clock_follow(struct ky_store *s, const struct ky_registration *reg, const struct ky_db_dossier *head,
                      const char *to, ky_time now);

/* For people: when the answer is due, and until when an addition is waited for; "" where there is no such moment. */
ky_rc ky_clock_dates(char due[KY_TIME_TEXT_MAX], char until[KY_TIME_TEXT_MAX], struct ky_store *s,
                     const struct ky_scope *scope, const char *dossier_id);

/* A dossier's clock as reckoned now. */
struct ky_clock_view {
    struct ky_db_clock row;
    struct ky_db_pause *pauses;
    size_t n_pauses;
    struct ky_deadline deadline;
};
/* Texts and pauses lie in the arena. KY_ENOTFOUND: it has no clock yet. */
ky_rc ky_clock_get(struct ky_clock_view *out, struct ky_arena *a, struct ky_store *s,
                   const struct ky_calendar *calendar, const char *dossier_id);

/*
 * ky_clock_catch_up — reckons open clocks anew that are older than the newest confirmed list, at most KY_CLOCK_BATCH.
 *
 * *done: how many there were; fewer than the batch: no more are left. A dossier that cannot be reckoned is logged and
 * keeps its dates.
 */
ky_rc ky_clock_catch_up(size_t *done, struct ky_db *db, const struct ky_registration *reg, ky_time now);

#endif
