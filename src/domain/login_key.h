/*
 * The ways into an account: passkeys, registered after an invitation or from
 * within a session, and certificates, registered by an administrator. Their
 * owner is told by mail of each that comes or goes.
 */
#ifndef KY_DOMAIN_LOGIN_KEY_H
#define KY_DOMAIN_LOGIN_KEY_H

#include "domain/login.h"
#include "pki/cert.h"

#define KY_LOGIN_NAME_MAX 60 /* characters of a key's name */

/* navigator.credentials.create(), and what its owner calls the new passkey. */
struct ky_login_registration {
    struct ky_bytes attestation_object, client_data_json;
    const char *name;
};

/* What may be a key's name. KY_EFORMAT, KY_ELIMIT. */
ky_rc ky_login_check_name(const char *name);

/*
 * ky_login_add_passkey — one more for the person of this session; the challenge is that of the start cookie.
 *
 * Shapes:  id  of the new key when the verdict is good
 * Errors:  KY_EFORMAT the name; what is wrong with the registration is out->verdict
 */
ky_rc ky_login_add_passkey(struct ky_login_result *out, char id[KY_NEW_ID_TEXT], struct ky_store *s,
                           const struct ky_login_attempt *by, const struct ky_db_session *session,
                           const struct ky_login_registration *made);

/* Checks the registration against the challenge and stores the key. For this file and invitation.c. */
ky_rc ky_login_store_passkey(ky_login_verdict *out, char id[KY_NEW_ID_TEXT], struct ky_store *s,
                             const struct ky_login_attempt *by, const struct ky_db_staff *staff,
                             struct ky_bytes challenge, const struct ky_login_registration *made);

/* Registers a certificate for a person. It is judged at each log-in, not here. KY_EFORMAT, KY_EEXIST, KY_ELIMIT. */
ky_rc ky_login_add_certificate(char id[KY_NEW_ID_TEXT], struct ky_store *s, const struct ky_actor *actor,
                               const struct ky_login *login, const char *staff_id, const struct ky_cert *cert,
                               const char *name, ky_time now);

/* KY_ENOTFOUND: not one of that person's. */
ky_rc ky_login_rename_key(struct ky_store *s, const char *staff_id, const char *id, const char *name);
/* Its sessions end. *out is KY_LOGIN_LAST_KEY when no other good key would be left; then nothing happens. */
ky_rc ky_login_remove_key(ky_login_verdict *out, struct ky_store *s, const struct ky_login *login,
                          const char *staff_id, const char *id, ky_time now);

#endif
