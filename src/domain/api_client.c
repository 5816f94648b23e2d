/* See api_client.h. */
#include "domain/api_client.h"

#include "base/secret.h"
#include "base/str.h"

ky_rc ky_api_client_create(char client_id[KY_NEW_ID_TEXT], char secret[KY_BEARER_TEXT], struct ky_store *s,
                           const char *name, const char *record_id, ky_time now)
{
    uint8_t hash[KY_BEARER_HASH];
    KY_TRY(ky_text_check("client name", ky_bytes_str(name), 64));
    KY_TRY(ky_new_id(client_id));
    KY_TRY(ky_bearer_new(secret, hash));
    struct ky_db_client row = {.client_id = client_id,
                               .secret_hash = KY_BYTES_OF(hash),
                               .record_id = record_id,
                               .name = name,
                               .state = "active",
                               .created_at = now};
    return ky_db_client_insert(s, &row);
}

static ky_rc refused(void)
{
    return ky_fail(KY_EAUTH, "client unknown or secret wrong");
}

ky_rc ky_api_client_authenticate(struct ky_db_client *out, struct ky_arena *a, struct ky_store *s,
                                 const char *client_id, struct ky_bytes secret)
{
    uint8_t hash[KY_BEARER_HASH];
    struct ky_db_client client;
    if (ky_bearer_hash(hash, secret) != KY_OK)
        return refused();
    ky_rc rc = ky_db_client_get(&client, a, s, client_id);
    if (rc == KY_ENOTFOUND)
        return refused();
    KY_TRY(rc);
    if (!ky_secret_eq(KY_BYTES_OF(hash), client.secret_hash) || !ky_str_eq(client.state, "active"))
        return refused();
    *out = client;
    return KY_OK;
}

ky_rc ky_access_token_issue(char token[KY_BEARER_TEXT], struct ky_store *s, const char *client_id,
                            const char *owner, const char *scope, ky_time now)
{
    uint8_t hash[KY_BEARER_HASH];
    KY_TRY(ky_bearer_new(token, hash));
    struct ky_db_access_token row = {.hash = KY_BYTES_OF(hash),
                                     .client_id = client_id,
                                     .owner = owner,
                                     .scope = scope,
                                     .created_at = now,
                                     .expires_at = now + KY_ACCESS_TOKEN_LIFE};
    return ky_db_access_token_insert(s, &row);
}

ky_rc ky_access_token_check(struct ky_db_access_token *out, struct ky_arena *a, struct ky_store *s,
                            struct ky_bytes token, ky_time now)
{
    uint8_t hash[KY_BEARER_HASH];
    KY_TRY(ky_bearer_hash(hash, token));
    ky_rc rc = ky_db_access_token_get(out, a, s, KY_BYTES_OF(hash), now);
    return rc == KY_ENOTFOUND ? ky_fail(KY_EAUTH, "token unknown or expired") : rc;
}
