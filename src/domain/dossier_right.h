/*
 * What a person may do with one dossier: the roles count on the side the person
 * is on, and what one person entered or examined another signs or approves.
 */
#ifndef KY_DOMAIN_DOSSIER_RIGHT_H
#define KY_DOMAIN_DOSSIER_RIGHT_H

#include "domain/dossier.h"

/*
 * The person's roles over this dossier: those of an organisation when it is the dossier's, those of an authority when that
 * authority handles it (nobody's while it is not sent: then the department's).
 */
unsigned ky_dossier_roles(const struct ky_db_dossier *d, const struct ky_actor *actor);

/*
 * ky_dossier_check — may this person take the step now? *to (may be NULL) gets the state it leads to.
 *
 * Two persons: who entered the dossier does not submit it where the organisation has more than one who signs or seals;
 * who examined it does not approve it. Organisations and authorities may be set to "always" or "never" (store/org.h).
 * Errors: KY_EDENIED  not in this state, not with these roles, or the same person twice: then reg->why says who and why
 */
ky_rc ky_dossier_check(const char **to, struct ky_store *s, const struct ky_registration *reg,
                       const struct ky_actor *actor, const struct ky_db_dossier *d, ky_dossier_action action);

#endif
