/* Organisations: the department, delegated authorities, those that manage subscribers directly; and what is delegated. */
#ifndef KY_STORE_ORG_H
#define KY_STORE_ORG_H

#include "store/page.h"
#include "store/scope.h"
#include "store/table.h"

#define KY_PROCEDURES_MAX 4 /* new, renew, change, revoke */

struct ky_db_org {
    const char *id;          /* hex32 */
    const char *code;        /* identification code of the organisation, unique */
    const char *parent_id;   /* the authority above; NULL: the department itself */
    const char *parent_name; /* cơ quan chủ quản as documents name it, or NULL */
    const char *name;
    const char *province; /* L of certificates */
    const char *place;    /* địa danh of documents */
    const char *sector;   /* "education", "health"; "authority": department and delegates */
    const char *address;  /* or NULL */
    const char *email;    /* or NULL */
    const char *state;    /* "active", "closed" */
    int64_t created_at;
    const char *kind;   /* "department", "delegate", "organisation" */
    const char *path;   /* place in the tree: store/scope.h */
    const char *folded; /* code and name as they are searched: small letters without marks */
    const char *
        separation; /* two persons for entering and signing, or examining and approving: "auto", "always", "never" */
};

/* KY_EEXIST: the code, or a second department. */
ky_rc ky_db_org_insert(struct ky_store *s, const struct ky_db_org *org);
ky_rc ky_db_org_get(struct ky_db_org *out, struct ky_arena *a, struct ky_store *s,
                    const struct ky_scope *scope, const char *id);
ky_rc ky_db_org_get_by_code(struct ky_db_org *out, struct ky_arena *a, struct ky_store *s,
                            const struct ky_scope *scope, const char *code);
/* The id of the department. KY_ENOTFOUND: there is none yet. */
ky_rc ky_db_org_department(const char **id, struct ky_arena *a, struct ky_store *s);
/* Newest first. folded: only those whose code or name holds this; NULL: all. */
ky_rc ky_db_org_list(struct ky_db_org **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                     const struct ky_scope *scope, const char *folded, const struct ky_page *page);
/* Everything but id, code, kind, place in the tree, state and created_at. */
ky_rc ky_db_org_update(struct ky_store *s, const struct ky_scope *scope, const struct ky_db_org *org);
/* Closing also deletes the tokens, sessions and invitations of its people. */
ky_rc ky_db_org_set_state(struct ky_store *s, const struct ky_scope *scope, const char *id,
                          const char *state);
/* Organisations below the path in that state. */
ky_rc ky_db_org_count_below(int64_t *out, struct ky_store *s, const char *path, const char *state);
/* Gives the branch at `from` its new place, dossiers with it. The longest path must fit: the caller has looked. */
ky_rc ky_db_org_move(struct ky_store *s, const char *id, const char *parent_id, const char *from,
                     const char *to);
/* Length of the longest path in the branch. */
ky_rc ky_db_org_longest_path(int64_t *out, struct ky_store *s, const struct ky_scope *branch);

/* What a delegate handles. */
ky_rc ky_db_delegation_set(struct ky_store *s, const char *org_id, const char *const *procedures, size_t n);
ky_rc ky_db_delegation_has(bool *out, struct ky_store *s, const char *org_id, const char *procedure);

#endif
