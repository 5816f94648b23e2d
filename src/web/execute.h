/* Statements of officers and owners: sent to the processes they address, then their effects in the database. */
#ifndef KY_WEB_EXECUTE_H
#define KY_WEB_EXECUTE_H

#include "domain/dossier.h"
#include "web/records.h"
#include "web/statement_in.h"

/* The rules of registration with what this process has, for one who asks; why may be NULL. */
struct ky_registration ky_web_registration(const struct ky_web *w, const struct ky_actor *actor,
                                           struct ky_why *why);
/* For the exchange's own actor. */
struct ky_registration ky_web_registration_of(const struct ky_web *w, struct ky_exchange *x);

/*
 * ky_execute_statement — admin, refuse, revoke, lock, unlock, remove-device.
 *
 * Each process in `aud` executes for itself; one that has done so already gives the same result again, so the whole may
 * be repeated until all have.
 * Errors: what a process refused; KY_EDENIED another type.
 */
ky_rc ky_execute_statement(struct ky_web *w, struct ky_arena *a, const struct ky_statement_in *in,
                           ky_time now);

#endif
