/* Rules for people; see staff.h. */
#include "domain/staff.h"

#include "base/str.h"
#include "domain/org.h"
#include "store/org_event.h"

#define PERSON_ARENA 65536 /* bytes: one person and one organisation */

static const struct {
    const char *word;
    unsigned role;
} roles[] = {
    {"enter", KY_STAFF_ENTER},     {"sign", KY_STAFF_SIGN},       {"seal", KY_STAFF_SEAL},
    {"support", KY_STAFF_SUPPORT}, {"receive", KY_STAFF_RECEIVE}, {"examine", KY_STAFF_EXAMINE},
    {"approve", KY_STAFF_APPROVE}, {"operate", KY_STAFF_OPERATE}, {"audit", KY_STAFF_AUDIT},
    {"admin", KY_STAFF_ADMIN},
};

static unsigned role_of(struct ky_bytes word)
{
    for (size_t i = 0; i < KY_COUNT(roles); i++)
        if (ky_bytes_eq_str(word, roles[i].word))
            return roles[i].role;
    return 0;
}

ky_rc ky_staff_roles_parse(unsigned *out, const char *words)
{
    unsigned all = 0;
    for (const char *p = words; *p != 0;) {
        size_t n = strcspn(p, " ");
        unsigned role = role_of(KY_BYTES(p, n));
        if (role == 0)
            return ky_fail(KY_EFORMAT, "roles: '%.*s' is none", (int)(n < 32 ? n : 32), p);
        all |= role;
        p += n + (p[n] == ' ');
    }
    if (all == 0)
        return ky_fail(KY_EFORMAT, "roles: none given");
    *out = all;
    return KY_OK;
}

struct ky_scope ky_actor_scope(const struct ky_actor *actor)
{
    struct ky_scope scope;
    return ky_scope_make(&scope, actor->path) == KY_OK ? scope : (struct ky_scope){.from = ""};
}

/* ---- who asks ---- */

ky_rc ky_actor_load(struct ky_actor *out, struct ky_arena *a, struct ky_store *s,
                    const struct ky_db_staff *staff)
{
    struct ky_db_org org;
    const struct ky_scope all = ky_scope_everything();
    KY_TRY(ky_db_org_get(&org, a, s, &all, staff->org_id));
    if (!ky_str_eq(staff->state, "active") || !ky_str_eq(org.state, "active"))
        return ky_fail(KY_EAUTH, "%s, or the organisation %s, is closed", staff->name, org.code);
    struct ky_actor actor = {.staff_id = staff->id,
                             .name = staff->name,
                             .org_id = staff->org_id,
                             .path = org.path,
                             .separation = org.separation,
                             .department = ky_str_eq(org.kind, KY_ORG_DEPARTMENT)};
    KY_TRY(ky_staff_roles_parse(&actor.roles, staff->roles));
    *out = actor;
    return KY_OK;
}

ky_rc ky_staff_authenticate(struct ky_actor *out, struct ky_arena *a, struct ky_store *s,
                            struct ky_bytes token, ky_time now)
{
    uint8_t hash[KY_BEARER_HASH];
    struct ky_db_staff staff;
    KY_TRY(ky_bearer_hash(hash, token));
    ky_rc rc = ky_db_staff_get_by_token(&staff, a, s, KY_BYTES_OF(hash), now);
    if (rc == KY_ENOTFOUND)
        return ky_fail(KY_EAUTH, "token unknown or expired");
    KY_TRY(rc);
    return ky_actor_load(out, a, s, &staff);
}

/* ---- coming, changing, going ---- */

static ky_rc check_roles_fit(unsigned wanted, const struct ky_db_org *org)
{
    unsigned theirs = ky_str_eq(org->kind, KY_ORG_PLAIN) ? KY_STAFF_OF_ORG : KY_STAFF_OF_AUTHORITY;
    for (size_t i = 0; i < KY_COUNT(roles); i++)
        if ((wanted & roles[i].role & ~theirs) != 0)
            return ky_fail(KY_EDENIED, "role '%s' is not for people of %s", roles[i].word, org->code);
    return KY_OK;
}

static ky_rc check_person(const struct ky_db_staff *staff, const struct ky_db_org *org)
{
    unsigned wanted = 0;
    KY_TRY(ky_org_check_text("name", staff->name, KY_ORG_NAME_MAX));
    KY_TRY(ky_org_check_email(staff->email));
    KY_TRY(ky_staff_roles_parse(&wanted, staff->roles));
    KY_TRY(check_roles_fit(wanted, org));
    return ky_str_eq(org->state, "active") ? KY_OK
                                           : ky_fail(KY_EDENIED, "organisation %s is closed", org->code);
}

static ky_rc record(struct ky_store *s, const struct ky_actor *actor, const struct ky_db_staff *staff,
                    const char *action, const char *note, ky_time now)
{
    const struct ky_db_org_event event = {.org_id = staff->org_id,
                                          .at = now,
                                          .actor_id = actor->staff_id,
                                          .staff_id = staff->id,
                                          .action = action,
                                          .note = note};
    return ky_db_org_event_insert(s, &event);
}

ky_rc ky_staff_create(char id[KY_NEW_ID_TEXT], struct ky_store *s, struct ky_arena *a,
                      const struct ky_actor *actor, const struct ky_db_staff *staff, ky_time now)
{
    struct ky_db_org org;
    const struct ky_scope scope = ky_actor_scope(actor);
    KY_TRY(ky_db_org_get(&org, a, s, &scope, staff->org_id));
    KY_TRY(check_person(staff, &org));
    char fresh[KY_NEW_ID_TEXT];
    KY_TRY(ky_new_id(fresh));
    struct ky_db_staff row = *staff;
    row.id = fresh;
    row.state = "active";
    row.created_at = now;
    KY_TRY(ky_db_staff_insert(s, &row));
    KY_TRY(record(s, actor, &row, "add-staff", row.roles, now));
    memcpy(id, fresh, sizeof fresh);
    return KY_OK;
}

/* Somebody must be left who can let others in. */
static ky_rc check_not_last_admin(struct ky_why *why, struct ky_store *s, const struct ky_db_staff *staff)
{
    unsigned has = 0;
    int64_t admins = 0;
    KY_TRY(ky_staff_roles_parse(&has, staff->roles));
    if ((has & KY_STAFF_ADMIN) == 0 || !ky_str_eq(staff->state, "active"))
        return KY_OK;
    KY_TRY(ky_db_staff_count_role(&admins, s, staff->org_id, "admin", NULL));
    if (admins > 1)
        return KY_OK;
    return ky_why_deny(why, staff->name, "là quản trị viên cuối cùng; hãy giao quyền cho người khác trước",
                       "the last admin; give somebody else the role first");
}

ky_rc ky_staff_change(struct ky_why *why, struct ky_store *s, const struct ky_actor *actor,
                      const struct ky_db_staff *staff, ky_time now)
{
    struct ky_db_staff before;
    struct ky_db_org org;
    unsigned wanted = 0;
    ky_auto_arena a = ky_arena_init(PERSON_ARENA);
    const struct ky_scope scope = ky_actor_scope(actor);
    KY_TRY(ky_db_staff_get(&before, &a, s, &scope, staff->id));
    KY_TRY(ky_db_org_get(&org, &a, s, &scope, before.org_id));
    KY_TRY(check_person(staff, &org));
    KY_TRY(ky_staff_roles_parse(&wanted, staff->roles));
    if ((wanted & KY_STAFF_ADMIN) == 0)
        KY_TRY(check_not_last_admin(why, s, &before));
    KY_TRY(ky_db_staff_update(s, &scope, staff));
    return record(s, actor, &before, "change-staff", before.roles, now);
}

static ky_rc find_active(struct ky_db_staff *out, struct ky_arena *a, struct ky_store *s,
                         const struct ky_actor *actor, const char *id)
{
    const struct ky_scope scope = ky_actor_scope(actor);
    KY_TRY(ky_db_staff_get(out, a, s, &scope, id));
    return ky_str_eq(out->state, "active") ? KY_OK : ky_fail(KY_EEXIST, "%s is closed already", out->name);
}

ky_rc ky_staff_close(struct ky_why *why, struct ky_store *s, const struct ky_actor *actor, const char *id,
                     ky_time now)
{
    struct ky_db_staff staff;
    ky_auto_arena a = ky_arena_init(PERSON_ARENA);
    const struct ky_scope scope = ky_actor_scope(actor);
    KY_TRY(find_active(&staff, &a, s, actor, id));
    KY_TRY(check_not_last_admin(why, s, &staff));
    KY_TRY(ky_db_staff_set_state(s, &scope, id, "closed"));
    return record(s, actor, &staff, "close-staff", staff.roles, now);
}

/* ---- ways in ---- */

ky_rc ky_staff_begin_access(struct ky_db_staff *staff, struct ky_arena *a, struct ky_store *s,
                            const struct ky_actor *actor, const char *id, const char *action, ky_time now)
{
    ky_rc rc = find_active(staff, a, s, actor, id);
    if (rc == KY_EEXIST)
        return ky_fail(KY_EDENIED, "%s is closed", staff->name);
    KY_TRY(rc);
    return record(s, actor, staff, action, NULL, now);
}

ky_rc ky_staff_issue_token(char token[KY_BEARER_TEXT], struct ky_store *s, const struct ky_actor *actor,
                           const char *staff_id, ky_time now)
{
    uint8_t hash[KY_BEARER_HASH];
    struct ky_db_staff staff;
    ky_auto_arena a = ky_arena_init(PERSON_ARENA);
    KY_TRY(ky_staff_begin_access(&staff, &a, s, actor, staff_id, "give-token", now));
    KY_TRY(ky_bearer_new(token, hash));
    return ky_db_staff_token_insert(s, KY_BYTES_OF(hash), staff_id, now, now + KY_STAFF_TOKEN_LIFE);
}
