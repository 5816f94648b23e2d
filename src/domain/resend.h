/*
 * Sending once more: messages that were given up or came back, and account letters that support is asked for. The
 * courier sends what lies there, the same words to the same address; a link that has ended can only be made anew by sam
 * under a new approval: a dossier of procedure "renew".
 */
#ifndef KY_DOMAIN_RESEND_H
#define KY_DOMAIN_RESEND_H

#include "domain/dossier.h"
#include "store/message.h"

/*
 * ky_message_resend — a message of the actor's branch that is dead or bounced waits again, with all attempts before it.
 *
 * Errors: KY_ENOTFOUND  no such message in the scope
 *         KY_EEXIST     it waits, or was sent
 *         KY_EDENIED    a code by SMS or a notice of sam, which has had its time; a letter whose link has ended (*why)
 */
ky_rc ky_message_resend(struct ky_why *why, struct ky_store *s, const struct ky_actor *actor, const char *id,
                        ky_time now);

/*
 * ky_letter_resend — the account letter of a row goes out once more; the dossier remembers who asked.
 *
 * Errors: KY_ENOTFOUND  no such row in the scope, or it has had no letter
 *         KY_EEXIST     it is on its way
 *         KY_EDENIED    the account is active, or the link has ended (*why)
 */
ky_rc ky_letter_resend(struct ky_why *why, struct ky_store *s, const struct ky_actor *actor,
                       const char *dossier_id, int64_t row, ky_time now);

#endif
