/* Sending, opening and accepting invitations; see invitation.h. */
#include "domain/invitation.h"

#include <stdio.h>

#include "base/secret.h"
#include "base/str.h"
#include "store/login.h"

#define MEMORY_MAX ((size_t)1 << 20)
#define LINK_MAX 512

ky_rc ky_invitation_send(struct ky_store *s, const struct ky_actor *actor, const struct ky_login *login,
                         const char *staff_id, ky_time now)
{
    char secret[KY_BEARER_TEXT], link[LINK_MAX];
    uint8_t hash[KY_BEARER_HASH];
    struct ky_db_staff staff;
    ky_auto_arena a = ky_arena_init(MEMORY_MAX);
    KY_TRY(ky_staff_begin_access(&staff, &a, s, actor, staff_id, "invite", now));
    KY_TRY(ky_bearer_new(secret, hash));
    const struct ky_db_invitation row = {.staff_id = staff_id,
                                         .hash = KY_BYTES_OF(hash),
                                         .created_at = now,
                                         .expires_at = now + KY_INVITATION_LIFE};
    KY_TRY(ky_db_invitation_put(s, &row));
    snprintf(link, sizeof link, "%s" KY_INVITATION_PATH "#%s", login->origin, secret);
    ky_rc rc = ky_login_tell(s, login->notices, login->personal, KY_LOGIN_INVITED, &staff, link, now);
    ky_wipe(secret, sizeof secret);
    ky_wipe(link, sizeof link);
    return rc;
}

/* The open invitation of an active person; KY_ENOTFOUND. */
static ky_rc find(struct ky_db_staff *staff, struct ky_arena *a, struct ky_store *s, struct ky_bytes hash,
                  ky_time now)
{
    struct ky_db_invitation row;
    const struct ky_scope all = ky_scope_everything(); /* the secret says who it is */
    KY_TRY(ky_db_invitation_get(&row, a, s, hash, now));
    KY_TRY(ky_db_staff_get(staff, a, s, &all, row.staff_id));
    return ky_str_eq(staff->state, "active") ? KY_OK : ky_fail(KY_ENOTFOUND, "the person is closed");
}

ky_rc ky_invitation_open(struct ky_login_result *out, struct ky_invitation_open *opened, struct ky_arena *a,
                         struct ky_store *s, const struct ky_login_attempt *by, struct ky_bytes secret)
{
    uint8_t hash[KY_BEARER_HASH];
    bool locked;
    KY_TRY(ky_login_check_address(out, &locked, s, by));
    if (locked)
        return KY_OK;
    ky_rc rc = ky_bearer_hash(hash, secret);
    if (rc == KY_OK)
        rc = find(&opened->staff, a, s, KY_BYTES_OF(hash), by->now);
    if (rc == KY_EAUTH || rc == KY_ENOTFOUND)
        return ky_login_refuse(out, s, by, NULL, KY_LOGIN_BAD_INVITATION);
    KY_TRY(rc);
    *out = (struct ky_login_result){.verdict = KY_LOGIN_GOOD};
    return ky_login_start(&opened->started, s, NULL, KY_BYTES_OF(hash), by->place.address, by->now);
}

static ky_rc take_start(struct ky_db_login_start *out, struct ky_arena *a, struct ky_store *s,
                        const struct ky_login_attempt *by)
{
    uint8_t hash[KY_BEARER_HASH];
    if (ky_bearer_hash(hash, by->start_cookie) != KY_OK)
        return ky_fail(KY_ENOTFOUND, "no invitation was opened in this browser");
    KY_TRY(ky_db_login_start_take(out, a, s, KY_BYTES_OF(hash), by->now));
    return out->invitation.n > 0 ? KY_OK : ky_fail(KY_ENOTFOUND, "that was no invitation");
}

/* Not counted: nothing was guessed. */
static ky_rc answer_not_begun(struct ky_login_result *out)
{
    *out = (struct ky_login_result){.verdict = KY_LOGIN_NO_START};
    return KY_OK;
}

static ky_rc enter(struct ky_login_result *out, struct ky_store *s, const struct ky_login_attempt *by,
                   const struct ky_db_staff *staff, const char *key_id)
{
    struct ky_db_login_key key;
    ky_auto_arena a = ky_arena_init(MEMORY_MAX);
    KY_TRY(ky_db_invitation_delete(s, staff->id));
    KY_TRY(ky_db_login_key_get(&key, &a, s, key_id));
    KY_TRY(ky_db_login_key_set_used(s, key_id, 0, by->now));
    return ky_login_enter(out, s, by, &key, staff);
}

ky_rc ky_invitation_accept(struct ky_login_result *out, struct ky_store *s, const struct ky_login_attempt *by,
                           const struct ky_login_registration *made)
{
    char key_id[KY_NEW_ID_TEXT];
    struct ky_db_login_start start;
    struct ky_db_staff staff;
    ky_login_verdict verdict;
    bool locked;
    ky_auto_arena a = ky_arena_init(MEMORY_MAX);
    KY_TRY(ky_login_check_name(made->name));
    KY_TRY(ky_login_check_address(out, &locked, s, by));
    if (locked)
        return KY_OK;
    ky_rc rc = take_start(&start, &a, s, by);
    if (rc == KY_ENOTFOUND)
        return answer_not_begun(out);
    KY_TRY(rc);
    rc = find(&staff, &a, s, start.invitation, by->now);
    if (rc == KY_ENOTFOUND)
        return ky_login_refuse(out, s, by, NULL, KY_LOGIN_BAD_INVITATION);
    KY_TRY(rc);
    KY_TRY(ky_login_store_passkey(&verdict, key_id, s, by, &staff, start.challenge, made));
    if (verdict != KY_LOGIN_GOOD)
        return ky_login_refuse(out, s, by, NULL, verdict);
    return enter(out, s, by, &staff, key_id);
}
