/* A mail of ours came back: the message is marked, and of an account letter the organisation is alarmed. */
#ifndef KY_DOMAIN_BOUNCE_TAKE_H
#define KY_DOMAIN_BOUNCE_TAKE_H

#include "domain/dossier.h"

/*
 * ky_bounce_take — sent → bounced, in the caller's transaction. Of an account letter the dossier gets an event
 * "letter-bounced" whose note is the row, the Người tiếp nhận a mail (and SMS), the support person a mail.
 *
 * Shapes:  id      as ky_bounce_open gives it: hex32 of the outbox, "letter<number>"
 *          status  RFC 3463, "" unknown
 * Errors:  KY_ENOTFOUND  no such message, or it is not "sent" (any more): nothing to do
 */
ky_rc ky_bounce_take(struct ky_store *s, const struct ky_registration *reg, const char *id,
                     const char *status, ky_time now);

/*
 * ky_letter_alarm — the same for an account letter that the mail server would not take in the first place, or that was
 * given up: its state is the caller's to write. Nothing happens to other letters, and to those about no dossier.
 */
ky_rc ky_letter_alarm(struct ky_store *s, const struct ky_registration *reg, int64_t number, ky_time now);

#endif
