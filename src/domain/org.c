/* Rules for organisations and staff; see org.h. */
#include "domain/org.h"

#include "base/str.h"
#include "codec/jcs.h"

#define CODE_MAX 32
#define TEXT_MAX 200

static const struct {
    const char *word;
    unsigned role;
    bool department; /* else: people of organisations */
} roles[] = {
    {"enter", KY_STAFF_ENTER, false},    {"receive", KY_STAFF_RECEIVE, true},
    {"approve", KY_STAFF_APPROVE, true}, {"admin", KY_STAFF_ADMIN, true},
    {"audit", KY_STAFF_AUDIT, true},
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

static ky_rc check_text(const char *what, const char *text, size_t max_chars)
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
    return text == NULL ? KY_OK : check_text(what, text, max_chars);
}

static ky_rc check_code(const char *code)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-";
    bool ok =
        code != NULL && code[0] != 0 && strlen(code) <= CODE_MAX && strspn(code, allowed) == strlen(code);
    return ok ? KY_OK
              : ky_fail(KY_EFORMAT, "organisation code: 1 to %d letters, digits, '.' or '-'", CODE_MAX);
}

static ky_rc check_sector(const char *sector)
{
    static const char *const known[] = {"education", "health", KY_SECTOR_AUTHORITY};
    for (size_t i = 0; i < KY_COUNT(known); i++)
        if (ky_str_eq(sector, known[i]))
            return KY_OK;
    return ky_fail(KY_EFORMAT, "organisation: sector is neither education nor health");
}

static ky_rc check_email(const char *email)
{
    KY_TRY(check_text("e-mail address", email, 254));
    const char *at = strchr(email, '@');
    bool ok = at != NULL && at != email && at[1] != 0 && strpbrk(email, " <>\",;") == NULL;
    return ok ? KY_OK : ky_fail(KY_EFORMAT, "e-mail address has no name or no host");
}

ky_rc ky_org_create(char id[KY_NEW_ID_TEXT], struct ky_store *s, const struct ky_db_org *org, ky_time now)
{
    KY_TRY(check_code(org->code));
    KY_TRY(check_text("organisation name", org->name, KY_ORG_NAME_MAX));
    KY_TRY(check_optional("name of the parent organisation", org->parent_name, KY_ORG_NAME_MAX));
    KY_TRY(check_text("province", org->province, KY_ORG_NAME_MAX));
    KY_TRY(check_text("place", org->place, KY_ORG_NAME_MAX));
    KY_TRY(check_optional("address", org->address, TEXT_MAX));
    KY_TRY(check_sector(org->sector));
    if (org->email != NULL)
        KY_TRY(check_email(org->email));
    char fresh[KY_NEW_ID_TEXT];
    KY_TRY(ky_new_id(fresh));
    struct ky_db_org row = *org;
    row.id = fresh;
    row.state = "active";
    row.created_at = now;
    KY_TRY(ky_db_org_insert(s, &row));
    memcpy(id, fresh, sizeof fresh);
    return KY_OK;
}

static ky_rc check_roles_fit(unsigned wanted, const struct ky_db_org *org)
{
    bool department = ky_str_eq(org->sector, KY_SECTOR_AUTHORITY);
    for (size_t i = 0; i < KY_COUNT(roles); i++)
        if ((wanted & roles[i].role) != 0 && roles[i].department != department)
            return ky_fail(KY_EDENIED, "role '%s' is not for people of %s", roles[i].word, org->code);
    return KY_OK;
}

ky_rc ky_staff_create(char id[KY_NEW_ID_TEXT], struct ky_store *s, struct ky_arena *a,
                      const struct ky_db_staff *staff, ky_time now)
{
    struct ky_db_org org;
    unsigned wanted = 0;
    KY_TRY(check_text("name", staff->name, KY_ORG_NAME_MAX));
    KY_TRY(check_email(staff->email));
    KY_TRY(ky_staff_roles_parse(&wanted, staff->roles));
    KY_TRY(ky_db_org_get(&org, a, s, staff->org_id));
    KY_TRY(check_roles_fit(wanted, &org));
    char fresh[KY_NEW_ID_TEXT];
    KY_TRY(ky_new_id(fresh));
    struct ky_db_staff row = *staff;
    row.id = fresh;
    row.state = "active";
    row.created_at = now;
    KY_TRY(ky_db_staff_insert(s, &row));
    memcpy(id, fresh, sizeof fresh);
    return KY_OK;
}

ky_rc ky_staff_issue_token(char token[KY_BEARER_TEXT], struct ky_store *s, const char *staff_id, ky_time now)
{
    uint8_t hash[KY_BEARER_HASH];
    KY_TRY(ky_bearer_new(token, hash));
    return ky_db_staff_token_insert(s, KY_BYTES_OF(hash), staff_id, now, now + KY_STAFF_TOKEN_LIFE);
}

ky_rc ky_staff_authenticate(struct ky_actor *out, struct ky_arena *a, struct ky_store *s,
                            struct ky_bytes token, ky_time now)
{
    uint8_t hash[KY_BEARER_HASH];
    struct ky_db_staff staff;
    struct ky_actor actor;
    KY_TRY(ky_bearer_hash(hash, token));
    ky_rc rc = ky_db_staff_get_by_token(&staff, a, s, KY_BYTES_OF(hash), now);
    if (rc == KY_ENOTFOUND)
        return ky_fail(KY_EAUTH, "token unknown or expired");
    KY_TRY(rc);
    actor = (struct ky_actor){.staff_id = staff.id, .name = staff.name, .org_id = staff.org_id};
    KY_TRY(ky_staff_roles_parse(&actor.roles, staff.roles));
    *out = actor;
    return KY_OK;
}
