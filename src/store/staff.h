/* People who work with dossiers, at the department and at organisations, and the bearer tokens they hold. */
#ifndef KY_STORE_STAFF_H
#define KY_STORE_STAFF_H

#include "store/page.h"
#include "store/scope.h"
#include "store/table.h"

struct ky_db_staff {
    const char *id; /* hex32 */
    const char *org_id;
    const char *name;
    const char *email;
    const char *roles;          /* words with a space between: see domain/org.h */
    const char *officer_record; /* id of the officer record that authorises, or NULL */
    const char *owner;          /* hex64, by sam, of the person; or NULL */
    const char *state;          /* "active", "closed" */
    int64_t created_at;
};

ky_rc ky_db_staff_insert(struct ky_store *s, const struct ky_db_staff *staff);
ky_rc ky_db_staff_get(struct ky_db_staff *out, struct ky_arena *a, struct ky_store *s,
                      const struct ky_scope *scope, const char *id);
/* Newest first. KY_ENOTFOUND: the organisation is not in the scope. */
ky_rc ky_db_staff_list(struct ky_db_staff **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                       const struct ky_scope *scope, const char *org_id, const struct ky_page *page);
/* Active people of one organisation or authority, at most KY_PAGE_ROWS_MAX. */
ky_rc ky_db_staff_list_active(struct ky_db_staff **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                              const char *org_id);
/* Name, e-mail and roles. */
ky_rc ky_db_staff_update(struct ky_store *s, const struct ky_scope *scope, const struct ky_db_staff *staff);
/* Closing also deletes the person's tokens, sessions and invitation. */
ky_rc ky_db_staff_set_state(struct ky_store *s, const struct ky_scope *scope, const char *id,
                            const char *state);
/* Active people of the organisation who have one of two roles (words); or_role may be NULL. */
ky_rc ky_db_staff_count_role(int64_t *out, struct ky_store *s, const char *org_id, const char *role,
                             const char *or_role);
ky_rc ky_db_staff_set_officer(struct ky_store *s, const char *id, const char *officer_record,
                              const char *owner);

/* A token is known by its SHA-256 only. */
ky_rc ky_db_staff_token_insert(struct ky_store *s, struct ky_bytes hash, const char *staff_id,
                               int64_t created_at, int64_t expires_at);
/* The active person whose unexpired token it is; KY_ENOTFOUND. */
ky_rc ky_db_staff_get_by_token(struct ky_db_staff *out, struct ky_arena *a, struct ky_store *s,
                               struct ky_bytes hash, int64_t now);
ky_rc ky_db_staff_token_delete(struct ky_store *s, struct ky_bytes hash);
ky_rc ky_db_staff_token_purge(struct ky_store *s, int64_t now);

#endif
