/* Adding, naming and removing the keys of a person; see login_key.h. */
#include "domain/login_key.h"

#include "base/log.h"
#include "base/str.h"
#include "codec/jcs.h"
#include "store/login.h"

#define MEMORY_MAX ((size_t)1 << 20)

ky_rc ky_login_check_name(const char *name)
{
    if (name == NULL || name[0] == 0)
        return ky_fail(KY_EFORMAT, "name is missing");
    KY_TRY(ky_text_check("name", ky_bytes_str(name), KY_LOGIN_NAME_MAX));
    return ky_text_is_nfc(ky_bytes_str(name)) ? KY_OK : ky_fail(KY_EFORMAT, "name is not in NFC");
}

/* The row is whole but for id and times. */
static ky_rc insert_key(ky_login_verdict *out, char id[KY_NEW_ID_TEXT], struct ky_store *s,
                        const struct ky_login *login, const struct ky_db_staff *staff,
                        struct ky_db_login_key *row, ky_time now)
{
    struct ky_db_login_key *list;
    size_t n;
    ky_auto_arena a = ky_arena_init(MEMORY_MAX);
    KY_TRY(ky_db_login_key_list(&list, &n, &a, s, staff->id));
    *out = KY_LOGIN_TOO_MANY_KEYS;
    if (n == KY_LOGIN_KEYS_MAX)
        return KY_OK;
    KY_TRY(ky_new_id(id));
    row->id = id;
    row->staff_id = staff->id;
    row->created_at = now;
    ky_rc rc = ky_db_login_key_insert(s, row);
    *out = KY_LOGIN_KEY_TAKEN;
    if (rc == KY_EEXIST)
        return KY_OK;
    KY_TRY(rc);
    *out = KY_LOGIN_GOOD;
    ky_log(KY_LOG_INFO, "login.key_added", "staff=%s key=%s kind=%s", staff->id, id, row->kind);
    return ky_login_tell(s, login->notices, login->personal, KY_LOGIN_KEY_ADDED, staff, row->name, now);
}

ky_rc ky_login_store_passkey(ky_login_verdict *out, char id[KY_NEW_ID_TEXT], struct ky_store *s,
                             const struct ky_login_attempt *by, const struct ky_db_staff *staff,
                             struct ky_bytes challenge, const struct ky_login_registration *made)
{
    uint8_t fingerprint[KY_SHA256_SIZE];
    struct ky_webauthn_credential c;
    const struct ky_webauthn_expected want = {
        .rp_id = by->login->host, .origin = by->login->origin, .challenge = challenge};
    ky_rc rc = ky_webauthn_verify_registration(&c, &want, made->attestation_object, made->client_data_json);
    if (rc == KY_EAUTH || rc == KY_EFORMAT || rc == KY_ELIMIT || rc == KY_EDENIED) {
        ky_log(KY_LOG_INFO, "login.registration", "staff=%s reason=" KY_Q, staff->id, ky_error());
        *out = KY_LOGIN_BAD_REGISTRATION;
        return KY_OK;
    }
    KY_TRY(rc);
    KY_TRY(ky_sha256(fingerprint, KY_BYTES(c.id, c.id_n)));
    struct ky_db_login_key row = {
        .kind = "passkey",
        .fingerprint = KY_BYTES_OF(fingerprint),
        .name = made->name,
        .public_key = KY_BYTES_OF(c.point),
        .backup_eligible = (c.flags & KY_WEBAUTHN_BE) != 0,
        .counter = c.counter,
        .aaguid = KY_BYTES_OF(c.aaguid),
        .evidence = made->attestation_object,
        .not_after = KY_TIME_MAX,
    };
    return insert_key(out, id, s, by->login, staff, &row, by->now);
}

ky_rc ky_login_add_passkey(struct ky_login_result *out, char id[KY_NEW_ID_TEXT], struct ky_store *s,
                           const struct ky_login_attempt *by, const struct ky_db_session *session,
                           const struct ky_login_registration *made)
{
    uint8_t hash[KY_BEARER_HASH];
    struct ky_db_login_start start;
    struct ky_db_staff staff;
    const struct ky_scope all = ky_scope_everything();
    ky_auto_arena a = ky_arena_init(MEMORY_MAX);
    *out = (struct ky_login_result){.verdict = KY_LOGIN_NO_START};
    KY_TRY(ky_login_check_name(made->name));
    if (ky_bearer_hash(hash, by->start_cookie) != KY_OK)
        return KY_OK;
    ky_rc rc = ky_db_login_start_take(&start, &a, s, KY_BYTES_OF(hash), by->now);
    if (rc == KY_ENOTFOUND || (rc == KY_OK && !ky_str_eq(start.session_id, session->id)))
        return KY_OK;
    KY_TRY(rc);
    KY_TRY(ky_db_staff_get(&staff, &a, s, &all, session->staff_id));
    return ky_login_store_passkey(&out->verdict, id, s, by, &staff, start.challenge, made);
}

ky_rc ky_login_add_certificate(char id[KY_NEW_ID_TEXT], struct ky_store *s, const struct ky_actor *actor,
                               const struct ky_login *login, const char *staff_id, const struct ky_cert *cert,
                               const char *name, ky_time now)
{
    struct ky_db_staff staff;
    ky_login_verdict verdict;
    ky_auto_arena a = ky_arena_init(MEMORY_MAX);
    KY_TRY(ky_login_check_name(name));
    KY_TRY(ky_staff_begin_access(&staff, &a, s, actor, staff_id, "add-certificate", now));
    struct ky_db_login_key row = {
        .kind = "certificate",
        .fingerprint = KY_BYTES_OF(cert->sha256),
        .name = name,
        .evidence = cert->der,
        .not_after = cert->not_after,
    };
    KY_TRY(insert_key(&verdict, id, s, login, &staff, &row, now));
    if (verdict == KY_LOGIN_KEY_TAKEN)
        return ky_fail(KY_EEXIST, "the certificate is registered already");
    return verdict == KY_LOGIN_GOOD ? KY_OK
                                    : ky_fail(KY_ELIMIT, "a person has at most %d keys", KY_LOGIN_KEYS_MAX);
}

ky_rc ky_login_rename_key(struct ky_store *s, const char *staff_id, const char *id, const char *name)
{
    KY_TRY(ky_login_check_name(name));
    return ky_db_login_key_set_name(s, staff_id, id, name);
}

ky_rc ky_login_remove_key(ky_login_verdict *out, struct ky_store *s, const struct ky_login *login,
                          const char *staff_id, const char *id, ky_time now)
{
    struct ky_db_login_key key;
    struct ky_db_staff staff;
    const struct ky_scope all = ky_scope_everything();
    int64_t good = 0;
    ky_auto_arena a = ky_arena_init(MEMORY_MAX);
    KY_TRY(ky_db_login_key_get(&key, &a, s, id));
    if (!ky_str_eq(key.staff_id, staff_id))
        return ky_fail(KY_ENOTFOUND, "no such key");
    KY_TRY(ky_db_login_key_count(&good, s, staff_id, now));
    *out = KY_LOGIN_LAST_KEY;
    if (good - (key.not_after >= now ? 1 : 0) < 1)
        return KY_OK;
    KY_TRY(ky_db_staff_get(&staff, &a, s, &all, staff_id));
    KY_TRY(ky_db_login_key_delete(s, staff_id, id));
    *out = KY_LOGIN_GOOD;
    ky_log(KY_LOG_INFO, "login.key_removed", "staff=%s key=%s kind=%s", staff_id, id, key.kind);
    return ky_login_tell(s, login->notices, login->personal, KY_LOGIN_KEY_REMOVED, &staff, key.name, now);
}
