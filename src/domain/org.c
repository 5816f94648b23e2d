/* Rules for organisations; see org.h. Their place in the tree is org_tree.c. */
#include "domain/org.h"

#include "base/str.h"
#include "codec/jcs.h"
#include "domain/org_tree.h"
#include "domain/vietnamese.h"
#include "store/find.h"

#define CODE_MAX 32
#define TEXT_MAX 200

ky_rc ky_org_check_text(const char *what, const char *text, size_t max_chars)
{
    if (text == NULL || text[0] == 0)
        return ky_fail(KY_EFORMAT, "%s is missing", what);
    KY_TRY(ky_text_check(what, ky_bytes_str(text), max_chars));
    return ky_text_is_nfc(ky_bytes_str(text))
               ? KY_OK
               : ky_fail(KY_EFORMAT, "%s is not in Unicode normalisation form C", what);
}

static ky_rc check_optional(const char *what, const char *text, size_t max_chars)
{
    return text == NULL ? KY_OK : ky_org_check_text(what, text, max_chars);
}

static ky_rc check_code(const char *code)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-";
    bool ok =
        code != NULL && code[0] != 0 && strlen(code) <= CODE_MAX && strspn(code, allowed) == strlen(code);
    return ok ? KY_OK
              : ky_fail(KY_EFORMAT, "organisation code: 1 to %d letters, digits, '.' or '-'", CODE_MAX);
}

static ky_rc check_one_of(const char *what, const char *value, const char *const *known, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (ky_str_eq(value, known[i]))
            return KY_OK;
    return ky_fail(KY_EFORMAT, "organisation: unknown %s", what);
}
#define CHECK_ONE_OF(what, value, ...)                                                                       \
    check_one_of(what, value, (const char *const[]){__VA_ARGS__},                                            \
                 sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static ky_rc check_kind(const struct ky_db_org *org)
{
    KY_TRY(CHECK_ONE_OF("sector", org->sector, "education", "health", KY_SECTOR_AUTHORITY));
    KY_TRY(CHECK_ONE_OF("kind", org->kind, KY_ORG_DEPARTMENT, KY_ORG_DELEGATE, KY_ORG_PLAIN));
    bool authority = ky_str_eq(org->sector, KY_SECTOR_AUTHORITY);
    return authority == !ky_str_eq(org->kind, KY_ORG_PLAIN)
               ? KY_OK
               : ky_fail(KY_EFORMAT, "organisation: sector '%s' and kind '%s' do not fit", org->sector,
                         org->kind);
}

ky_rc ky_org_check_email(const char *email)
{
    KY_TRY(ky_org_check_text("e-mail address", email, 254));
    const char *at = strchr(email, '@');
    bool ok = at != NULL && at != email && at[1] != 0 && strpbrk(email, " <>\",;") == NULL;
    return ok ? KY_OK : ky_fail(KY_EFORMAT, "e-mail address has no name or no host");
}

static ky_rc check_org(const struct ky_db_org *org)
{
    KY_TRY(check_code(org->code));
    KY_TRY(ky_org_check_text("organisation name", org->name, KY_ORG_NAME_MAX));
    KY_TRY(check_optional("name of the parent organisation", org->parent_name, KY_ORG_NAME_MAX));
    KY_TRY(ky_org_check_text("province", org->province, KY_ORG_NAME_MAX));
    KY_TRY(ky_org_check_text("place", org->place, KY_ORG_NAME_MAX));
    KY_TRY(check_optional("address", org->address, TEXT_MAX));
    KY_TRY(check_kind(org));
    KY_TRY(CHECK_ONE_OF("separation", org->separation, "auto", "always", "never"));
    return org->email == NULL ? KY_OK : ky_org_check_email(org->email);
}

/* "th 01 truong thcs nguyen trai" */
static ky_rc fold(struct ky_buf *out, const struct ky_db_org *org)
{
    ky_auto_buf text = ky_buf_init(KY_ORG_FOLDED_MAX);
    ky_buf_addf(&text, "%s %s", org->code, org->name);
    KY_TRY(ky_buf_finish(&text));
    return ky_text_fold(out, ky_buf_bytes(&text));
}

static const char *kind_of(const struct ky_db_org *org)
{
    if (org->kind != NULL)
        return org->kind;
    return ky_str_eq(org->sector, KY_SECTOR_AUTHORITY) ? KY_ORG_DEPARTMENT : KY_ORG_PLAIN;
}

ky_rc ky_org_create(char id[KY_NEW_ID_TEXT], struct ky_store *s, const struct ky_actor *actor,
                    const struct ky_db_org *org, ky_time now)
{
    char fresh[KY_NEW_ID_TEXT], path[KY_ORG_PATH_MAX];
    ky_auto_arena a = ky_arena_init(KY_ORG_ARENA);
    ky_auto_buf folded = ky_buf_init(KY_ORG_FOLDED_MAX);
    struct ky_db_org row = *org;
    row.kind = kind_of(org);
    row.separation = org->separation == NULL ? "auto" : org->separation;
    KY_TRY(check_org(&row));
    KY_TRY(fold(&folded, &row));
    KY_TRY(ky_new_id(fresh));
    row.id = fresh;
    KY_TRY(ky_org_place(path, &row, &a, s, actor));
    row.path = path;
    row.folded = ky_buf_str(&folded);
    row.state = "active";
    row.created_at = now;
    KY_TRY(ky_db_org_insert(s, &row));
    KY_TRY(ky_org_record(s, actor, fresh, "add", row.kind, now));
    memcpy(id, fresh, sizeof fresh);
    return KY_OK;
}

static bool is_own(const struct ky_actor *actor, const char *id)
{
    return ky_str_eq(actor->org_id, id);
}

ky_rc ky_org_change(struct ky_store *s, const struct ky_actor *actor, const struct ky_db_org *org,
                    ky_time now)
{
    struct ky_db_org before, row = *org;
    ky_auto_arena a = ky_arena_init(KY_ORG_ARENA);
    ky_auto_buf folded = ky_buf_init(KY_ORG_FOLDED_MAX);
    const struct ky_scope scope = ky_actor_scope(actor);
    KY_TRY(ky_db_org_get(&before, &a, s, &scope, org->id));
    row.code = before.code;
    row.kind = before.kind;
    row.separation = org->separation == NULL ? before.separation : org->separation;
    KY_TRY(check_org(&row));
    if (!ky_str_eq(row.separation, before.separation) && is_own(actor, org->id) && !actor->department)
        return ky_fail(KY_EDENIED, "organisation %s: the authority above decides about two persons",
                       row.code);
    KY_TRY(fold(&folded, &row));
    row.folded = ky_buf_str(&folded);
    KY_TRY(ky_db_org_update(s, &scope, &row));
    if (!ky_str_eq(row.folded, before.folded))
        KY_TRY(ky_db_find_rename(s, org->id, row.folded));
    return ky_org_record(s, actor, org->id, "change", before.name, now);
}

ky_rc ky_org_close(struct ky_why *why, struct ky_store *s, const struct ky_actor *actor, const char *id,
                   ky_time now)
{
    struct ky_db_org org;
    int64_t below = 0;
    ky_auto_arena a = ky_arena_init(KY_ORG_ARENA);
    const struct ky_scope scope = ky_actor_scope(actor);
    KY_TRY(ky_db_org_get(&org, &a, s, &scope, id));
    if (ky_str_eq(org.state, "closed"))
        return ky_fail(KY_EEXIST, "organisation %s is closed already", org.code);
    if (is_own(actor, id) || ky_str_eq(org.kind, KY_ORG_DEPARTMENT))
        return ky_why_deny(why, org.name, "không thể tự đóng cơ quan của mình hoặc đóng Cục",
                           "one's own organisation and the department cannot be closed");
    KY_TRY(ky_db_org_count_below(&below, s, org.path, "active"));
    if (below > 0)
        return ky_why_deny(why, org.name, "còn cơ quan trực thuộc đang hoạt động",
                           "organisations below it are active");
    KY_TRY(ky_db_org_set_state(s, &scope, id, "closed"));
    return ky_org_record(s, actor, id, "close", NULL, now);
}
