/*
 * Messages between an organisation and the authority that handles its dossier: written into the dossier's history, and
 * mailed to the other side. They change neither state nor clock: what needs an answer in time is a request for additions.
 */
#ifndef KY_DOMAIN_DOSSIER_MESSAGE_H
#define KY_DOMAIN_DOSSIER_MESSAGE_H

#include "domain/dossier.h"

#define KY_MESSAGE_ACTION "message" /* of the event */
#define KY_MESSAGE_CHARS_MAX 1000   /* characters of one */
#define KY_DOSSIER_MESSAGES_MAX 200 /* of one dossier */

/*
 * ky_dossier_say — from the actor's side to the other: to the Người tiếp nhận, or to the officer who last took a step (else
 * all who receive and approve).
 *
 * Errors: KY_EDENIED  not sent yet, or the actor is on neither side;  KY_EINVAL, KY_EFORMAT, KY_ELIMIT  the text;
 *         KY_ELIMIT   KY_DOSSIER_MESSAGES_MAX
 */
ky_rc ky_dossier_say(struct ky_store *s, const struct ky_registration *reg, const struct ky_actor *actor,
                     const char *id, const char *text, ky_time now);

#endif
