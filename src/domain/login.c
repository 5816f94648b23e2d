/* Log-in and step-up, step by step; see login.h. */
#include "domain/login.h"

#include <stdio.h>

#include "base/hex.h"
#include "base/log.h"
#include "base/network.h"
#include "base/secret.h"
#include "base/str.h"
#include "crypto/random.h"
#include "domain/lockout.h"
#include "store/login.h"

#define MEMORY_MAX ((size_t)1 << 20)
#define PLACES_KEPT (180 * KY_DAY)
#define SCHEME "https://"

ky_rc ky_login_init(struct ky_login *out, const char *origin)
{
    const char *host = origin + strlen(SCHEME);
    if (!ky_str_starts(origin, SCHEME))
        return ky_fail(KY_EFORMAT, "origin %s does not begin with %s", origin, SCHEME);
    size_t n = strcspn(host, ":/?#@");
    bool port =
        host[n] == ':' && host[n + 1] != 0 && strspn(host + n + 1, "0123456789") == strlen(host + n + 1);
    if (n == 0 || n >= KY_LOGIN_HOST_MAX || (host[n] != 0 && !port))
        return ky_fail(KY_EFORMAT, "origin %s is not https://HOST or https://HOST:PORT", origin);
    out->origin = origin;
    memcpy(out->host, host, n);
    out->host[n] = 0;
    return KY_OK;
}

ky_rc ky_login_start(struct ky_login_started *out, struct ky_store *s, const char *session_id,
                     struct ky_bytes invitation, const char *address, ky_time now)
{
    uint8_t hash[KY_BEARER_HASH];
    char network[KY_NETWORK_TEXT];
    ky_network_of(network, address);
    KY_TRY(ky_bearer_new(out->cookie, hash));
    KY_TRY(ky_random(out->challenge, sizeof out->challenge));
    ky_hex_encode(out->name, KY_BYTES_OF(hash));
    const struct ky_db_login_start row = {
        .hash = KY_BYTES_OF(hash),
        .challenge = KY_BYTES_OF(out->challenge),
        .session_id = session_id,
        .invitation = invitation,
        .address = network,
        .expires_at = now + KY_LOGIN_START_LIFE,
    };
    return ky_db_login_start_insert(s, &row, KY_LOGIN_STARTS_PER_ADDRESS);
}

/* ---- refusals ---- */

static ky_rc tell_locked(struct ky_store *s, const struct ky_login_attempt *by, const char *staff_id,
                         ky_time until)
{
    char text[KY_TIME_TEXT_MAX];
    struct ky_db_staff staff;
    const struct ky_scope all = ky_scope_everything();
    ky_auto_arena a = ky_arena_init(65536);
    KY_TRY(ky_db_staff_get(&staff, &a, s, &all, staff_id));
    ky_time_text_vn(text, until);
    ky_log(KY_LOG_WARN, "login.locked", "staff=%s until=%s", staff_id, text);
    return ky_login_tell(s, by->login->notices, by->login->personal, KY_LOGIN_LOCKED_OUT, &staff, text,
                         by->now);
}

ky_rc ky_login_refuse(struct ky_login_result *out, struct ky_store *s, const struct ky_login_attempt *by,
                      const char *staff_id, ky_login_verdict verdict)
{
    ky_time until;
    bool first;
    *out = (struct ky_login_result){.verdict = verdict};
    KY_TRY(ky_lockout_count(&until, &first, s, KY_LOCKOUT_ADDRESS, by->place.address, by->now));
    if (staff_id == NULL)
        return KY_OK;
    snprintf(out->staff_id, sizeof out->staff_id, "%s", staff_id);
    KY_TRY(ky_lockout_count(&until, &first, s, KY_LOCKOUT_STAFF, staff_id, by->now));
    return first ? tell_locked(s, by, staff_id, until) : KY_OK;
}

static ky_rc check_lock(struct ky_login_result *out, bool *locked, struct ky_store *s, ky_lockout_kind kind,
                        const char *who, ky_time now)
{
    ky_time until;
    KY_TRY(ky_lockout_get(&until, s, kind, who, now));
    *locked = until > now;
    if (*locked)
        *out = (struct ky_login_result){.verdict = KY_LOGIN_LOCKED, .until = until};
    return KY_OK;
}

ky_rc ky_login_check_address(struct ky_login_result *out, bool *locked, struct ky_store *s,
                             const struct ky_login_attempt *by)
{
    return check_lock(out, locked, s, KY_LOCKOUT_ADDRESS, by->place.address, by->now);
}

/* ---- entering ---- */

/* The first three numbers of an IPv4 address, the network of an IPv6 one: what stays when the last part moves. */
static void network_of(char out[KY_NETWORK_TEXT], const char *address)
{
    ky_network_of(out, address);
    char *last = strchr(out, ':') == NULL ? strrchr(out, '.') : NULL;
    if (last != NULL)
        *last = 0;
}

static ky_rc note_place(struct ky_store *s, const struct ky_login_attempt *by,
                        const struct ky_db_staff *staff)
{
    char network[KY_NETWORK_TEXT], detail[KY_SESSION_AGENT_MAX + 128];
    bool known, others;
    network_of(network, by->place.address);
    KY_TRY(ky_db_login_place_put(&known, &others, s, staff->id, network, by->now));
    if (known || !others)
        return KY_OK;
    snprintf(detail, sizeof detail, "%s", by->place.address);
    return ky_login_tell(s, by->login->notices, by->login->personal, KY_LOGIN_NEW_PLACE, staff, detail,
                         by->now);
}

/* The browser forgets the cookie it had: nobody shall have it any more. */
static ky_rc end_former(struct ky_store *s, const struct ky_login_attempt *by)
{
    struct ky_db_session session;
    struct ky_actor actor;
    ky_auto_arena a = ky_arena_init(65536);
    ky_rc rc = ky_session_find(&session, &actor, &a, s, by->session_cookie, &by->login->limits, by->now);
    if (rc == KY_EAUTH)
        return KY_OK;
    KY_TRY(rc);
    return ky_db_session_delete(s, session.staff_id, session.id);
}

ky_rc ky_login_enter(struct ky_login_result *out, struct ky_store *s, const struct ky_login_attempt *by,
                     const struct ky_db_login_key *key, const struct ky_db_staff *staff)
{
    *out = (struct ky_login_result){.verdict = KY_LOGIN_GOOD};
    snprintf(out->staff_id, sizeof out->staff_id, "%s", staff->id);
    KY_TRY(end_former(s, by));
    KY_TRY(ky_session_open(out->cookie, s, key, &by->place, &by->login->limits, by->now));
    KY_TRY(ky_lockout_clear(s, KY_LOCKOUT_STAFF, staff->id));
    ky_log(KY_LOG_INFO, "login.entered", "staff=%s key=%s kind=%s address=%s", staff->id, key->id, key->kind,
           by->place.address);
    return note_place(s, by, staff);
}

/* The session that is to be proved must be this browser's, and of this very key. */
static ky_rc prove(struct ky_login_result *out, struct ky_store *s, const struct ky_login_attempt *by,
                   const struct ky_db_login_key *key, const char *session_id)
{
    struct ky_db_session session;
    struct ky_actor actor;
    ky_auto_arena a = ky_arena_init(65536);
    ky_rc rc = ky_session_find(&session, &actor, &a, s, by->session_cookie, &by->login->limits, by->now);
    if (rc != KY_OK && rc != KY_EAUTH)
        return rc;
    if (rc == KY_EAUTH || !ky_str_eq(session.id, session_id) || !ky_str_eq(session.key_id, key->id))
        return ky_login_refuse(out, s, by, NULL, KY_LOGIN_OTHER_IDENTITY);
    *out = (struct ky_login_result){.verdict = KY_LOGIN_GOOD};
    snprintf(out->staff_id, sizeof out->staff_id, "%s", key->staff_id);
    KY_TRY(ky_lockout_clear(s, KY_LOCKOUT_STAFF, key->staff_id));
    ky_log(KY_LOG_INFO, "login.proved", "staff=%s session=%s", key->staff_id, session_id);
    return ky_session_prove(out->cookie, s, session_id, by->now);
}

/* The key is proved. */
static ky_rc finish(struct ky_login_result *out, struct ky_store *s, const struct ky_login_attempt *by,
                    const struct ky_db_login_key *key, int64_t counter, const char *session_id)
{
    struct ky_db_staff staff;
    const struct ky_scope all = ky_scope_everything();
    ky_auto_arena a = ky_arena_init(65536);
    KY_TRY(ky_db_staff_get(&staff, &a, s, &all, key->staff_id));
    if (!ky_str_eq(staff.state, "active"))
        return ky_login_refuse(out, s, by, NULL, KY_LOGIN_CLOSED);
    KY_TRY(ky_db_login_key_set_used(s, key->id, counter, by->now));
    return session_id != NULL ? prove(out, s, by, key, session_id) : ky_login_enter(out, s, by, key, &staff);
}

/* Used up, whatever comes of it. KY_ENOTFOUND: there is none. */
static ky_rc take_start(struct ky_db_login_start *out, struct ky_arena *a, struct ky_store *s,
                        const struct ky_login_attempt *by)
{
    uint8_t hash[KY_BEARER_HASH];
    if (ky_bearer_hash(hash, by->start_cookie) != KY_OK)
        return ky_fail(KY_ENOTFOUND, "no log-in was begun in this browser");
    return ky_db_login_start_take(out, a, s, KY_BYTES_OF(hash), by->now);
}

/* Refused, not counted: nothing was guessed. */
static ky_rc answer(struct ky_login_result *out, ky_login_verdict verdict)
{
    *out = (struct ky_login_result){.verdict = verdict};
    return KY_OK;
}

/* ---- passkey ---- */

static bool handle_fits(struct ky_bytes handle, const char *staff_id)
{
    uint8_t id[16];
    return handle.n == 0 || (ky_hex_decode(id, sizeof id, ky_bytes_str(staff_id)) == KY_OK &&
                             ky_bytes_eq(handle, KY_BYTES_OF(id)));
}

static ky_rc verify(struct ky_webauthn_signed *out, const struct ky_login_attempt *by,
                    const struct ky_db_login_key *key, struct ky_bytes challenge,
                    const struct ky_login_assertion *assertion)
{
    const struct ky_webauthn_expected want = {
        .rp_id = by->login->host, .origin = by->login->origin, .challenge = challenge};
    if (key->public_key.n != KY_P256_POINT || !handle_fits(assertion->user_handle, key->staff_id))
        return ky_fail(KY_EAUTH, "webauthn: user handle is not the holder's");
    KY_TRY(ky_webauthn_verify_assertion(out, &want, key->public_key.p, key->backup_eligible != 0,
                                        &assertion->made));
    if (out->counter != 0 && out->counter <= key->counter)
        ky_log(KY_LOG_WARN, "login.counter", "staff=%s key=%s counter=%u seen=%lld", key->staff_id, key->id,
               out->counter, (long long)key->counter);
    return KY_OK;
}

ky_rc ky_login_by_passkey(struct ky_login_result *out, struct ky_store *s, const struct ky_login_attempt *by,
                          const struct ky_login_assertion *assertion)
{
    uint8_t fingerprint[KY_SHA256_SIZE];
    struct ky_db_login_start start;
    struct ky_db_login_key key;
    struct ky_webauthn_signed made;
    bool locked;
    ky_auto_arena a = ky_arena_init(MEMORY_MAX);
    KY_TRY(ky_login_check_address(out, &locked, s, by));
    if (locked)
        return KY_OK;
    ky_rc rc = take_start(&start, &a, s, by);
    if (rc == KY_ENOTFOUND)
        return answer(out, KY_LOGIN_NO_START);
    KY_TRY(rc);
    KY_TRY(ky_sha256(fingerprint, assertion->credential_id));
    rc = ky_db_login_key_get_by_fingerprint(&key, &a, s, "passkey", KY_BYTES_OF(fingerprint));
    if (rc == KY_ENOTFOUND)
        return ky_login_refuse(out, s, by, NULL, KY_LOGIN_UNKNOWN_KEY);
    KY_TRY(rc);
    KY_TRY(check_lock(out, &locked, s, KY_LOCKOUT_STAFF, key.staff_id, by->now));
    if (locked)
        return KY_OK;
    rc = verify(&made, by, &key, start.challenge, assertion);
    if (rc == KY_EAUTH || rc == KY_EFORMAT || rc == KY_ELIMIT)
        return ky_login_refuse(out, s, by, key.staff_id, KY_LOGIN_BAD_ASSERTION);
    KY_TRY(rc);
    return finish(out, s, by, &key, made.counter, start.session_id);
}

/* ---- certificate ---- */

/* The code that is good for this start; KY_ENOTFOUND. */
static ky_rc take_code(struct ky_db_login_code *out, struct ky_arena *a, struct ky_store *s,
                       struct ky_bytes code, struct ky_bytes start, ky_time now)
{
    uint8_t hash[KY_BEARER_HASH];
    if (ky_bearer_hash(hash, code) != KY_OK)
        return ky_fail(KY_ENOTFOUND, "not a code of this service");
    KY_TRY(ky_db_login_code_take(out, a, s, KY_BYTES_OF(hash), now));
    return ky_secret_eq(out->start, start) ? KY_OK : ky_fail(KY_ENOTFOUND, "the code is for another browser");
}

ky_rc ky_login_by_code(struct ky_login_result *out, struct ky_store *s, const struct ky_login_attempt *by,
                       struct ky_bytes code)
{
    struct ky_db_login_start start;
    struct ky_db_login_code taken;
    struct ky_db_login_key key;
    bool locked;
    ky_auto_arena a = ky_arena_init(MEMORY_MAX);
    KY_TRY(ky_login_check_address(out, &locked, s, by));
    if (locked)
        return KY_OK;
    ky_rc rc = take_start(&start, &a, s, by);
    if (rc == KY_ENOTFOUND)
        return answer(out, KY_LOGIN_NO_START);
    KY_TRY(rc);
    rc = take_code(&taken, &a, s, code, start.hash, by->now);
    if (rc == KY_ENOTFOUND)
        return ky_login_refuse(out, s, by, NULL, KY_LOGIN_BAD_CODE);
    KY_TRY(rc);
    KY_TRY(ky_db_login_key_get(&key, &a, s, taken.key_id));
    return finish(out, s, by, &key, 0, start.session_id);
}

/* Open, of the browser that brought its name; a session that is to be proved came from this very key. */
static ky_rc check_start(ky_login_verdict *out, struct ky_arena *a, struct ky_store *s, struct ky_bytes hash,
                         const struct ky_db_login_key *key, const struct ky_login_attempt *by)
{
    struct ky_db_login_start start;
    bool same;
    ky_rc rc = ky_db_login_start_get(&start, a, s, hash, by->now);
    *out = rc == KY_ENOTFOUND ? KY_LOGIN_NO_START : KY_LOGIN_GOOD;
    if (rc != KY_OK || start.session_id == NULL)
        return rc == KY_ENOTFOUND ? KY_OK : rc;
    KY_TRY(ky_db_session_is_of_key(&same, s, start.session_id, key->id));
    if (!same)
        *out = KY_LOGIN_OTHER_IDENTITY;
    return KY_OK;
}

static ky_rc make_code(struct ky_login_result *out, struct ky_store *s, const struct ky_db_login_key *key,
                       struct ky_bytes start, ky_time now)
{
    uint8_t hash[KY_BEARER_HASH];
    *out = (struct ky_login_result){.verdict = KY_LOGIN_GOOD};
    KY_TRY(ky_bearer_new(out->cookie, hash));
    const struct ky_db_login_code row = {
        .hash = KY_BYTES_OF(hash), .start = start, .key_id = key->id, .expires_at = now + KY_LOGIN_CODE_LIFE};
    return ky_db_login_code_insert(s, &row);
}

ky_rc ky_login_by_certificate(struct ky_login_result *out, struct ky_store *s,
                              const struct ky_login_attempt *by, struct ky_bytes start_name,
                              ky_login_verdict judged, const uint8_t fingerprint[KY_SHA256_SIZE])
{
    uint8_t start[KY_BEARER_HASH];
    struct ky_db_login_key key;
    struct ky_db_staff staff;
    const struct ky_scope all = ky_scope_everything();
    ky_login_verdict verdict;
    bool locked;
    ky_auto_arena a = ky_arena_init(MEMORY_MAX);
    KY_TRY(ky_login_check_address(out, &locked, s, by));
    if (locked)
        return KY_OK;
    if (judged != KY_LOGIN_GOOD)
        return answer(out, judged);
    if (ky_hex_decode(start, sizeof start, start_name) != KY_OK)
        return answer(out, KY_LOGIN_NO_START);
    ky_rc rc =
        ky_db_login_key_get_by_fingerprint(&key, &a, s, "certificate", KY_BYTES(fingerprint, KY_SHA256_SIZE));
    if (rc == KY_ENOTFOUND)
        return answer(out, KY_LOGIN_UNKNOWN_KEY);
    KY_TRY(rc);
    KY_TRY(ky_db_staff_get(&staff, &a, s, &all, key.staff_id));
    if (!ky_str_eq(staff.state, "active"))
        return answer(out, KY_LOGIN_CLOSED);
    KY_TRY(check_start(&verdict, &a, s, KY_BYTES_OF(start), &key, by));
    if (verdict != KY_LOGIN_GOOD)
        return answer(out, verdict);
    return make_code(out, s, &key, KY_BYTES_OF(start), by->now);
}

ky_rc ky_login_purge(struct ky_store *s, ky_time now)
{
    KY_TRY(ky_session_purge(s, now));
    return ky_db_login_purge(s, now, now - KY_LOCKOUT_FORGET, now - PLACES_KEPT);
}
