/* How a dossier goes on: shared by the files that make dossier.h. */
#ifndef KY_DOMAIN_DOSSIER_STEP_H
#define KY_DOMAIN_DOSSIER_STEP_H

#include "domain/dossier_right.h"

/* KY_EDENIED: not a draft of the actor's organisation. */
ky_rc ky_dossier_check_draft(const struct ky_db_dossier *d, const struct ky_actor *actor);

/* The person of a row; the caller's (ky_person_clear). */
ky_rc ky_dossier_open_person(struct ky_person *out, const struct ky_registration *reg,
                             const struct ky_db_dossier_row *row);

/* The person of a row that is there, as it is kept from now on. KY_EEXIST: she is in the dossier already. */
ky_rc ky_dossier_set_person(struct ky_store *s, const struct ky_registration *reg, const char *id,
                            int64_t number, const struct ky_person *p, ky_time now);

/* A notice to the Người tiếp nhận: mail always, and an SMS where that is the channel. note may be NULL. */
ky_rc ky_dossier_tell(struct ky_store *s, const struct ky_registration *reg, const struct ky_dossier *d,
                      const char *template_name, const char *note, ky_time now);

/* The same with places of one's own; about as ky_outbox_put. */
ky_rc ky_dossier_tell_recipient(struct ky_store *s, const struct ky_registration *reg,
                                const struct ky_dossier *d, const char *template_name, const char *about,
                                const struct ky_place *places, size_t n, ky_time now);

/* The step by the table: state, event, notice to the Người tiếp nhận. note may be NULL. */
ky_rc ky_dossier_step(struct ky_store *s, const struct ky_registration *reg, const struct ky_actor *actor,
                      const struct ky_dossier *d, ky_dossier_action action, const char *note, ky_time now);

#endif
