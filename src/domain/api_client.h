/* Programs that ask for signatures: client credentials (RFC 6749 §4.4) and bearer tokens (RFC 6750). */
#ifndef KY_DOMAIN_API_CLIENT_H
#define KY_DOMAIN_API_CLIENT_H

#include "base/time.h"
#include "domain/bearer.h"
#include "store/client.h"

#define KY_ACCESS_TOKEN_LIFE KY_HOUR

/* client_id is chosen here, the secret is shown once. name equals that of the client record. */
ky_rc ky_api_client_create(char client_id[KY_NEW_ID_TEXT], char secret[KY_BEARER_TEXT], struct ky_store *s,
                           const char *name, const char *record_id, ky_time now);
/* KY_EAUTH: unknown client, wrong secret, or closed: one text for all. */
ky_rc ky_api_client_authenticate(struct ky_db_client *out, struct ky_arena *a, struct ky_store *s,
                                 const char *client_id, struct ky_bytes secret);

/* owner: hex of the subscriber the token is for, or NULL. */
ky_rc ky_access_token_issue(char token[KY_BEARER_TEXT], struct ky_store *s, const char *client_id,
                            const char *owner, const char *scope, ky_time now);
/* KY_EAUTH: no such token, expired, or its client is closed. */
ky_rc ky_access_token_check(struct ky_db_access_token *out, struct ky_arena *a, struct ky_store *s,
                            struct ky_bytes token, ky_time now);

#endif
