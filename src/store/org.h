/* Organisations: the authority's own department and those that manage subscribers directly. */
#ifndef KY_STORE_ORG_H
#define KY_STORE_ORG_H

#include "store/page.h"
#include "store/table.h"

struct ky_db_org {
    const char *id;          /* hex32 */
    const char *code;        /* identification code of the organisation, unique */
    const char *parent_id;   /* or NULL */
    const char *parent_name; /* cơ quan chủ quản as documents name it, or NULL */
    const char *name;
    const char *province; /* L of certificates */
    const char *place;    /* địa danh of documents */
    const char *sector;   /* "education", "health"; "authority": the department itself */
    const char *address;  /* or NULL */
    const char *email;    /* or NULL */
    const char *state;    /* "active", "closed" */
    int64_t created_at;
};

ky_rc ky_db_org_insert(struct ky_store *s, const struct ky_db_org *org); /* KY_EEXIST: the code */
ky_rc ky_db_org_get(struct ky_db_org *out, struct ky_arena *a, struct ky_store *s, const char *id);
ky_rc ky_db_org_get_by_code(struct ky_db_org *out, struct ky_arena *a, struct ky_store *s, const char *code);
/* Newest first. */
ky_rc ky_db_org_list(struct ky_db_org **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                     const struct ky_page *page);
ky_rc ky_db_org_set_state(struct ky_store *s, const char *id, const char *state);

#endif
