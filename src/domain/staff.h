/*
 * The people who work with dossiers: what each may do, who asks, and how they
 * come and go. What a person may do here is only who may press a button; what is
 * issued is decided by officers' authorisations in the key processes.
 */
#ifndef KY_DOMAIN_STAFF_H
#define KY_DOMAIN_STAFF_H

#include "base/time.h"
#include "domain/bearer.h"
#include "domain/why.h"
#include "store/org.h"
#include "store/staff.h"

#define KY_STAFF_TOKEN_LIFE (90 * KY_DAY)

/* Roles, as bits. In the database: their words with a space between. */
enum {
    KY_STAFF_ENTER = 1,       /* "enter", cán bộ nhập: dossiers of the own organisation */
    KY_STAFF_RECEIVE = 2,     /* "receive", tiếp nhận */
    KY_STAFF_APPROVE = 4,     /* "approve", phê duyệt */
    KY_STAFF_ADMIN = 8,       /* "admin", quản trị: organisations, staff, clients */
    KY_STAFF_AUDIT = 16,      /* "audit", kiểm toán: reads everything of the branch */
    KY_STAFF_SYSTEM = 32,     /* the service itself; has no word and no token */
    KY_STAFF_SIGN = 64,       /* "sign", lãnh đạo ký */
    KY_STAFF_SEAL = 128,      /* "seal", văn thư */
    KY_STAFF_SUPPORT = 0x200, /* "support", hỗ trợ thuê bao; 0x100 is KY_MAY_CLIENT of web/route.h */
    KY_STAFF_EXAMINE = 0x400, /* "examine", thẩm định */
    KY_STAFF_OPERATE = 0x800, /* "operate", vận hành */
};
#define KY_STAFF_OF_ORG (KY_STAFF_ENTER | KY_STAFF_SIGN | KY_STAFF_SEAL | KY_STAFF_SUPPORT)
#define KY_STAFF_OF_AUTHORITY                                                                                \
    (KY_STAFF_RECEIVE | KY_STAFF_EXAMINE | KY_STAFF_APPROVE | KY_STAFF_OPERATE | KY_STAFF_AUDIT |            \
     KY_STAFF_ADMIN)

/* KY_EFORMAT: an unknown word, or none. */
ky_rc ky_staff_roles_parse(unsigned *out, const char *words);

/* Who asks. Borrowed from the arena of ky_actor_load. */
struct ky_actor {
    const char *staff_id; /* NULL: the service itself */
    const char *name;
    const char *org_id;
    unsigned roles;
    const char *path;       /* of the organisation: the branch that is seen; NULL: nothing */
    const char *separation; /* of the organisation: store/org.h */
    bool department;        /* belongs to the department */
};
/* For what the service does by itself, and for the administrator at the console. */
#define KY_ACTOR_SYSTEM                                                                                      \
    ((struct ky_actor){.name = "system", .roles = KY_STAFF_SYSTEM, .path = KY_ORG_PATH_ROOT})

/* The one place where a person becomes a scope: the branch of the own organisation. No path: nothing is seen. */
struct ky_scope ky_actor_scope(const struct ky_actor *actor);

/* The person with the place in the tree. KY_EAUTH: closed, or of a closed organisation. */
ky_rc ky_actor_load(struct ky_actor *out, struct ky_arena *a, struct ky_store *s,
                    const struct ky_db_staff *staff);
/* KY_EAUTH: no such token, expired, or the person is closed. */
ky_rc ky_staff_authenticate(struct ky_actor *out, struct ky_arena *a, struct ky_store *s,
                            struct ky_bytes token, ky_time now);

/*
 * ky_staff_create — check and store; id, state and created_at of `staff` are set here.
 *
 * Errors: KY_EFORMAT    name, e-mail or roles
 *         KY_EDENIED    a role that people of such an organisation do not have; the organisation is closed
 *         KY_ENOTFOUND  no such organisation in the actor's scope
 */
ky_rc ky_staff_create(char id[KY_NEW_ID_TEXT], struct ky_store *s, struct ky_arena *a,
                      const struct ky_actor *actor, const struct ky_db_staff *staff, ky_time now);
/*
 * ky_staff_change — name, e-mail and roles of staff->id. *why (may be NULL) gets a refusal in both languages.
 *
 * Errors: as ky_staff_create; KY_EDENIED also: the organisation would be left without its last admin
 */
ky_rc ky_staff_change(struct ky_why *why, struct ky_store *s, const struct ky_actor *actor,
                      const struct ky_db_staff *staff, ky_time now);
/* Ends the access at once. KY_EDENIED: the last admin; KY_EEXIST: closed already; KY_ENOTFOUND. */
ky_rc ky_staff_close(struct ky_why *why, struct ky_store *s, const struct ky_actor *actor, const char *id,
                     ky_time now);

/* A token for programs, shown once. KY_ENOTFOUND: not in the scope; KY_EDENIED: closed. */
ky_rc ky_staff_issue_token(char token[KY_BEARER_TEXT], struct ky_store *s, const struct ky_actor *actor,
                           const char *staff_id, ky_time now);
/*
 * ky_staff_begin_access — who is to get a way in: an active person of the actor's branch; the action is written down.
 *
 * Errors: KY_ENOTFOUND not in the scope; KY_EDENIED closed
 */
ky_rc ky_staff_begin_access(struct ky_db_staff *staff, struct ky_arena *a, struct ky_store *s,
                            const struct ky_actor *actor, const char *id, const char *action, ky_time now);

#endif
