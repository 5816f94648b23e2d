/* What a log-in needs for minutes or days: its beginning, codes, invitations, failures, places. Secrets are hashes. */
#ifndef KY_STORE_LOGIN_H
#define KY_STORE_LOGIN_H

#include "store/table.h"

struct ky_db_login_start {
    struct ky_bytes hash;       /* of the browser's cookie */
    struct ky_bytes challenge;  /* for WebAuthn */
    const char *session_id;     /* the session that is to be proved again, or NULL: a log-in */
    struct ky_bytes invitation; /* its hash, when it is answered; else none */
    const char *address;
    int64_t expires_at;
};

/* Of one address the newest `keep` stay. */
ky_rc ky_db_login_start_insert(struct ky_store *s, const struct ky_db_login_start *row, int64_t keep);
/* KY_ENOTFOUND: none, or expired. */
ky_rc ky_db_login_start_get(struct ky_db_login_start *out, struct ky_arena *a, struct ky_store *s,
                            struct ky_bytes hash, int64_t now);
/* The same, and it is gone: each serves once. */
ky_rc ky_db_login_start_take(struct ky_db_login_start *out, struct ky_arena *a, struct ky_store *s,
                             struct ky_bytes hash, int64_t now);

struct ky_db_login_code {
    struct ky_bytes hash;
    struct ky_bytes start; /* hash of the login_start that it is for */
    const char *key_id;
    int64_t expires_at;
};
ky_rc ky_db_login_code_insert(struct ky_store *s, const struct ky_db_login_code *row);
/* As ky_db_login_start_take. */
ky_rc ky_db_login_code_take(struct ky_db_login_code *out, struct ky_arena *a, struct ky_store *s,
                            struct ky_bytes hash, int64_t now);

struct ky_db_invitation {
    const char *staff_id;
    struct ky_bytes hash;
    int64_t created_at, expires_at;
};
/* In place of the person's earlier one. */
ky_rc ky_db_invitation_put(struct ky_store *s, const struct ky_db_invitation *row);
/* KY_ENOTFOUND: none, or expired. */
ky_rc ky_db_invitation_get(struct ky_db_invitation *out, struct ky_arena *a, struct ky_store *s,
                           struct ky_bytes hash, int64_t now);
ky_rc ky_db_invitation_delete(struct ky_store *s, const char *staff_id);

struct ky_db_login_failure {
    const char *subject;
    int64_t failures, last_at, locked_until;
};
/* KY_ENOTFOUND: it never failed. */
ky_rc ky_db_login_failure_get(struct ky_db_login_failure *out, struct ky_arena *a, struct ky_store *s,
                              const char *subject);
ky_rc ky_db_login_failure_put(struct ky_store *s, const struct ky_db_login_failure *row);
ky_rc ky_db_login_failure_delete(struct ky_store *s, const char *subject);

/* Notes where a person came from; *known: it was so before, *others: there were other places. */
ky_rc ky_db_login_place_put(bool *known, bool *others, struct ky_store *s, const char *staff_id,
                            const char *network, int64_t now);

/* Whatever has expired; failures and places last seen before the given times. */
ky_rc ky_db_login_purge(struct ky_store *s, int64_t now, int64_t failures_before, int64_t places_before);

#endif
