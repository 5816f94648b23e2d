/* Invitations: a link by mail, good for seven days and once, with which a person registers the first passkey. */
#ifndef KY_DOMAIN_INVITATION_H
#define KY_DOMAIN_INVITATION_H

#include "domain/login_key.h"

#define KY_INVITATION_LIFE (7 * KY_DAY)
#define KY_INVITATION_PATH "/invitation" /* of the portal's page; the secret stands after the # */

/* Sends a new one; earlier ones of the person do not count any more. Errors: ky_staff_begin_access. */
ky_rc ky_invitation_send(struct ky_store *s, const struct ky_actor *actor, const struct ky_login *login,
                         const char *staff_id, ky_time now);

/* Who is invited, and what a browser needs for creating the passkey. Borrowed from the arena. */
struct ky_invitation_open {
    struct ky_login_started started;
    struct ky_db_staff staff;
};
/* Opening uses nothing up: mail scanners open links. */
ky_rc ky_invitation_open(struct ky_login_result *out, struct ky_invitation_open *opened, struct ky_arena *a,
                         struct ky_store *s, const struct ky_login_attempt *by, struct ky_bytes secret);
/* Registers the passkey, uses the invitation up, and logs in. KY_EFORMAT: the name. */
ky_rc ky_invitation_accept(struct ky_login_result *out, struct ky_store *s, const struct ky_login_attempt *by,
                           const struct ky_login_registration *made);

#endif
