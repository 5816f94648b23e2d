/*
 * Organisations and the people who act for them: at an organisation they
 * enter dossiers, at the department they receive, approve and audit. What a person
 * may do here is only who may press a button; what is issued is decided by
 * officers' authorisations in the key processes.
 */
#ifndef KY_DOMAIN_ORG_H
#define KY_DOMAIN_ORG_H

#include "base/time.h"
#include "domain/bearer.h"
#include "store/org.h"
#include "store/staff.h"

#define KY_SECTOR_AUTHORITY "authority" /* of the department's own row */
#define KY_ORG_NAME_MAX 64              /* characters: X.520 ub-organization-name */
#define KY_STAFF_TOKEN_LIFE (90 * KY_DAY)

/* Roles, as bits. In the database: their words with a space between. */
enum {
    KY_STAFF_ENTER = 1,   /* "enter": dossiers of the own organisation */
    KY_STAFF_RECEIVE = 2, /* "receive" */
    KY_STAFF_APPROVE = 4, /* "approve" */
    KY_STAFF_ADMIN = 8,   /* "admin": organisations, staff, clients */
    KY_STAFF_AUDIT = 16,  /* "audit": reads everything */
    KY_STAFF_SYSTEM = 32, /* the service itself; has no word and no token */
};

/* KY_EFORMAT: an unknown word, or none. */
ky_rc ky_staff_roles_parse(unsigned *out, const char *words);

/* Who asks. Borrowed from the arena of ky_staff_authenticate. */
struct ky_actor {
    const char *staff_id; /* NULL: the service itself */
    const char *name;
    const char *org_id;
    unsigned roles;
};
/* For what the service does by itself. */
#define KY_ACTOR_SYSTEM ((struct ky_actor){.name = "system", .roles = KY_STAFF_SYSTEM})

/*
 * ky_org_create — check and store; id, state and created_at of `org` are set here.
 *
 * Errors: KY_EFORMAT  text too long or not for showing, code not of letters, digits, '.' and '-', unknown sector
 *         KY_EEXIST   the code is taken
 */
ky_rc ky_org_create(char id[KY_NEW_ID_TEXT], struct ky_store *s, const struct ky_db_org *org, ky_time now);

/* As ky_org_create. KY_EDENIED: a role that people of such an organisation do not have. */
ky_rc ky_staff_create(char id[KY_NEW_ID_TEXT], struct ky_store *s, struct ky_arena *a,
                      const struct ky_db_staff *staff, ky_time now);

/* A token for the API, shown once. */
ky_rc ky_staff_issue_token(char token[KY_BEARER_TEXT], struct ky_store *s, const char *staff_id, ky_time now);
/* KY_EAUTH: no such token, expired, or the person is closed. */
ky_rc ky_staff_authenticate(struct ky_actor *out, struct ky_arena *a, struct ky_store *s,
                            struct ky_bytes token, ky_time now);

#endif
