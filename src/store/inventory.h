/*
 * Certificates as people look through them: those of a branch, in the order of
 * what is asked for. What is made with them is store/credential's.
 */
#ifndef KY_STORE_INVENTORY_H
#define KY_STORE_INVENTORY_H

#include "store/page.h"
#include "store/scope.h"
#include "store/table.h"

struct ky_db_listed_cert {
    const char *serial; /* hex32 */
    const char *dossier_id;
    int64_t number;
    const char *key_id;
    const char *status; /* "good", "revoked" */
    struct ky_bytes der;
    int64_t not_before, not_after;
    int64_t revoked_at, reason;
    int64_t created_at;
    const char *org_id;
    const char *path;
    int64_t ordinal; /* 0: waiting, and found by nothing */
    int64_t until;   /* not_after and ordinal: one number to end in the order of */
};

/* Each is read in its order, over everything, one organisation or a branch. The number of a cursor is the one it goes by. */
typedef enum ky_inventory_order {
    KY_INVENTORY_NEWEST,   /* created_at, newest first; all, or those in force */
    KY_INVENTORY_EXPIRING, /* until, soonest first; in force */
    KY_INVENTORY_EXPIRED,  /* until, latest first; not revoked, and ended */
    KY_INVENTORY_REVOKED,  /* revoked_at, latest first */
    KY_INVENTORY_FOUND,    /* ordinal, highest first: with words */
} ky_inventory_order;

struct ky_inventory_query {
    ky_inventory_order order;
    const char *
        match; /* ky_db_find_match: for KY_INVENTORY_FOUND; for the two before it of a branch alone, or NULL */
    const char *serial_prefix;     /* or NULL */
    struct ky_bytes identity_hash; /* of a person; empty: anybody's */
    const char *org_id;            /* NULL: of the whole scope */
    const char *state;             /* "good", "revoked", "expired"; NULL: any */
    const char *activation;        /* with KY_INVENTORY_NEWEST: "waiting", "expired"; NULL: any */
    int64_t now;
    int64_t expires_before; /* with KY_INVENTORY_EXPIRING; 0: any */
};

ky_rc ky_db_inventory_list(struct ky_db_listed_cert **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                           const struct ky_scope *scope, const struct ky_inventory_query *q,
                           const struct ky_page *page);
/* The number of the cursor behind this one. */
int64_t ky_db_inventory_number(const struct ky_db_listed_cert *c, ky_inventory_order order);
/* KY_ENOTFOUND: none, waiting, or not in the scope. */
ky_rc ky_db_inventory_get(struct ky_db_listed_cert *out, struct ky_arena *a, struct ky_store *s,
                          const struct ky_scope *scope, const char *serial);
/* Of everything. KY_ENOTFOUND: none, or waiting. */
ky_rc ky_db_inventory_get_at(struct ky_db_listed_cert *out, struct ky_arena *a, struct ky_store *s,
                             int64_t ordinal);
/* Gives a good certificate its place: organisation and path of its dossier, and the ordinal. */
ky_rc ky_db_inventory_place(struct ky_store *s, const char *serial, int64_t ordinal);

/* How far the activation of a row has come. */
struct ky_db_activation_state {
    const char *id;    /* of the activation */
    const char *state; /* "waiting", "done", "dead" */
    int64_t expires_at;
    int64_t opened_at; /* the link was first used; 0: not yet */
};
/* KY_ENOTFOUND: the row has none. */
ky_rc ky_db_activation_state(struct ky_db_activation_state *out, struct ky_arena *a, struct ky_store *s,
                             const char *dossier_id, int64_t number);

#endif
