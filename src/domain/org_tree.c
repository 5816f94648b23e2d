/* Who is above whom, moving, and who handles what; see org.h and org_tree.h. */
#include "domain/org_tree.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/str.h"
#include "store/org_event.h"

#define STEP (KY_NEW_ID_TEXT) /* bytes a level adds to a path: 32 digits and '/' */

ky_rc ky_org_record(struct ky_store *s, const struct ky_actor *actor, const char *org_id, const char *action,
                    const char *note, ky_time now)
{
    const struct ky_db_org_event event = {
        .org_id = org_id, .at = now, .actor_id = actor->staff_id, .action = action, .note = note};
    return ky_db_org_event_insert(s, &event);
}

static ky_rc find_parent(struct ky_db_org *out, struct ky_arena *a, struct ky_store *s,
                         const struct ky_actor *actor, const char *parent_id)
{
    const struct ky_scope scope = ky_actor_scope(actor);
    if (parent_id == NULL)
        KY_TRY(ky_context(ky_db_org_department(&parent_id, a, s), "the department comes first"));
    KY_TRY(ky_context(ky_db_org_get(out, a, s, &scope, parent_id), "parent"));
    if (ky_str_eq(out->kind, KY_ORG_PLAIN))
        return ky_fail(KY_EDENIED, "%s is no authority: nothing can be below it", out->code);
    return ky_str_eq(out->state, "active") ? KY_OK : ky_fail(KY_EDENIED, "%s is closed", out->code);
}

static ky_rc join(char path[KY_ORG_PATH_MAX], const char *parent_path, const char *id)
{
    int n = snprintf(path, KY_ORG_PATH_MAX, "%s%s/", parent_path, id);
    if (n >= KY_ORG_PATH_MAX)
        return ky_fail(KY_ELIMIT, "organisations: at most %d levels below the department", KY_ORG_DEPTH_MAX);
    return KY_OK;
}

ky_rc ky_org_place(char path[KY_ORG_PATH_MAX], struct ky_db_org *row, struct ky_arena *a, struct ky_store *s,
                   const struct ky_actor *actor)
{
    struct ky_db_org parent;
    if (!ky_str_eq(row->kind, KY_ORG_DEPARTMENT)) {
        KY_TRY(find_parent(&parent, a, s, actor, row->parent_id));
        row->parent_id = parent.id;
        return join(path, parent.path, row->id);
    }
    if (row->parent_id != NULL)
        return ky_fail(KY_EFORMAT, "the department has no parent");
    const struct ky_scope scope = ky_actor_scope(actor);
    if (!ky_scope_is_everything(&scope))
        return ky_fail(KY_EDENIED, "the department is not below anybody");
    snprintf(path, KY_ORG_PATH_MAX, "%s", KY_ORG_PATH_ROOT);
    return KY_OK;
}

/* ---- moving ---- */

static ky_rc check_mover(struct ky_why *why, const struct ky_actor *actor, const struct ky_db_org *org)
{
    const struct ky_scope scope = ky_actor_scope(actor);
    if (!ky_scope_is_everything(&scope))
        return ky_why_deny(why, actor->name, "chỉ quản trị viên của Cục được chuyển cơ quan",
                           "only admins of the department move organisations");
    if (ky_str_eq(org->kind, KY_ORG_DEPARTMENT))
        return ky_why_deny(why, org->name, "Cục không thuộc cơ quan nào", "the department is below nobody");
    return KY_OK;
}

static ky_rc check_depth(struct ky_store *s, const struct ky_db_org *org, const char *new_path)
{
    struct ky_scope branch;
    int64_t longest = 0;
    KY_TRY(ky_scope_make(&branch, org->path));
    KY_TRY(ky_db_org_longest_path(&longest, s, &branch));
    int64_t after = longest - (int64_t)strlen(org->path) + (int64_t)strlen(new_path);
    return after < KY_ORG_PATH_MAX
               ? KY_OK
               : ky_fail(KY_ELIMIT, "organisations: at most %d levels below the department",
                         KY_ORG_DEPTH_MAX);
}

ky_rc ky_org_move(struct ky_why *why, struct ky_store *s, const struct ky_actor *actor, const char *id,
                  const char *parent_id, ky_time now)
{
    char path[KY_ORG_PATH_MAX];
    struct ky_db_org org, parent;
    struct ky_scope branch;
    ky_auto_arena a = ky_arena_init(KY_ORG_ARENA);
    const struct ky_scope scope = ky_actor_scope(actor);
    KY_TRY(ky_db_org_get(&org, &a, s, &scope, id));
    KY_TRY(check_mover(why, actor, &org));
    KY_TRY(find_parent(&parent, &a, s, actor, parent_id));
    KY_TRY(ky_scope_make(&branch, org.path));
    if (ky_scope_holds_path(&branch, parent.path))
        return ky_why_deny(why, org.name, "không thể đặt dưới chính cơ quan này hoặc cơ quan trực thuộc",
                           "cannot go below itself");
    KY_TRY(join(path, parent.path, org.id));
    KY_TRY(check_depth(s, &org, path));
    KY_TRY(ky_db_org_move(s, id, parent.id, org.path, path));
    return ky_org_record(s, actor, id, "move", org.path, now);
}

/* ---- who handles what ---- */

static ky_rc check_procedures(const char *const *procedures, size_t n)
{
    static const char known[] = " new renew change revoke ";
    char word[16];
    for (size_t i = 0; i < n; i++) {
        int length = snprintf(word, sizeof word, " %s ", procedures[i]);
        if (length >= (int)sizeof word || strstr(known, word) == NULL || strchr(procedures[i], ' ') != NULL)
            return ky_fail(KY_EFORMAT, "procedure: new, renew, change or revoke");
        for (size_t j = 0; j < i; j++)
            if (ky_str_eq(procedures[i], procedures[j]))
                return ky_fail(KY_EFORMAT, "procedure '%s' is named twice", procedures[i]);
    }
    return KY_OK;
}

ky_rc ky_org_delegate(struct ky_store *s, const struct ky_actor *actor, const char *id,
                      const char *const *procedures, size_t n, ky_time now)
{
    struct ky_db_org org;
    ky_auto_arena a = ky_arena_init(KY_ORG_ARENA);
    ky_auto_buf note = ky_buf_init(64);
    const struct ky_scope scope = ky_actor_scope(actor);
    KY_TRY(ky_db_org_get(&org, &a, s, &scope, id));
    if (!ky_scope_is_everything(&scope) || !ky_str_eq(org.kind, KY_ORG_DELEGATE))
        return ky_fail(KY_EDENIED, "%s: the department delegates, and to authorities only", org.code);
    KY_TRY(check_procedures(procedures, n));
    for (size_t i = 0; i < n; i++)
        ky_buf_addf(&note, "%s%s", i == 0 ? "" : " ", procedures[i]);
    KY_TRY(ky_buf_finish(&note));
    KY_TRY(ky_db_delegation_set(s, id, procedures, n));
    return ky_org_record(s, actor, id, "delegate", ky_buf_str(&note), now);
}

/* From the nearest above upwards; each level of the path is "<id>/". */
ky_rc ky_org_handler(const char **id, struct ky_arena *a, struct ky_store *s, const char *path,
                     const char *procedure)
{
    size_t n = strlen(path);
    for (size_t end = n > STEP ? n - STEP : 0; end > STEP; end -= STEP) {
        bool handles = false;
        const char *authority = ky_arena_printf(a, "%.*s", STEP - 1, path + end - STEP);
        if (authority == NULL)
            return KY_ENOMEM;
        KY_TRY(ky_db_delegation_has(&handles, s, authority, procedure));
        if (!handles)
            continue;
        *id = authority;
        return KY_OK;
    }
    return ky_db_org_department(id, a, s);
}
