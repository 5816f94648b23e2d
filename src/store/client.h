/* Programs that ask for signatures (OAuth 2.0 clients) and their access tokens. */
#ifndef KY_STORE_CLIENT_H
#define KY_STORE_CLIENT_H

#include "store/table.h"

struct ky_db_client {
    const char *client_id;
    struct ky_bytes secret_hash; /* SHA-256 of the secret, which is 256 random bits */
    const char *record_id;       /* client record of sam */
    const char *name;            /* equal to the record's */
    const char *state;           /* "active", "closed" */
    int64_t created_at;
};

struct ky_db_access_token {
    struct ky_bytes hash; /* SHA-256 of the token */
    const char *client_id;
    const char *owner; /* hex64 of the subscriber the token is bound to, or NULL */
    const char *scope;
    int64_t created_at;
    int64_t expires_at;
};

ky_rc ky_db_client_insert(struct ky_store *s, const struct ky_db_client *client);
ky_rc ky_db_client_get(struct ky_db_client *out, struct ky_arena *a, struct ky_store *s,
                       const char *client_id);
/* Those of one record, oldest first, at most KY_CLIENTS_OF_RECORD. */
#define KY_CLIENTS_OF_RECORD 20
ky_rc ky_db_client_list_record(struct ky_db_client **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                               const char *record_id);
/* Closing also deletes its tokens. */
ky_rc ky_db_client_set_state(struct ky_store *s, const char *client_id, const char *state);

ky_rc ky_db_access_token_insert(struct ky_store *s, const struct ky_db_access_token *token);
/* KY_ENOTFOUND: unknown, expired, or its client is closed. */
ky_rc ky_db_access_token_get(struct ky_db_access_token *out, struct ky_arena *a, struct ky_store *s,
                             struct ky_bytes hash, int64_t now);
ky_rc ky_db_access_token_delete(struct ky_store *s, struct ky_bytes hash);
ky_rc ky_db_access_token_purge(struct ky_store *s, int64_t now);

#endif
