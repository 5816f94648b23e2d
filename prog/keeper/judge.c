/* What the keeper judges before it does anything: itself, nonce, records, what is spent, what would contradict the log. */
#include "domain/request.h"
#include "pki/crl.h"
#include "prog/keeper/keeper.h"

ky_time ky_keeper_highest_time(const struct ky_keeper *k)
{
    ky_time logged = ky_reglog_highest_time(k->log);
    return k->audit.highest_time > logged ? k->audit.highest_time : logged;
}

ky_rc ky_keeper_check_ready(const struct ky_keeper *k)
{
    ky_time highest = ky_keeper_highest_time(k), now = ky_clock_now(k->cfg.clock);
    if (k->sealed)
        return ky_fail(KY_EBUSY, "%s is sealed: %s", ky_process_name(k->cfg.process), k->sealed_why);
    if (now < highest - KY_KEEPER_CLOCK_BACK_S)
        return ky_fail(KY_EBUSY, "the clock is %lld s behind what was already recorded",
                       (long long)(highest - now));
    return KY_OK;
}

ky_rc ky_keeper_check_nonce(const struct ky_keeper *k, const struct ky_keeper_head *h, struct ky_nonce *nonce)
{
    KY_TRY(ky_nonce_parse(nonce, h->nonce));
    if (nonce->node != k->founding->node)
        return ky_fail(KY_EDENIED, "nonce of node %u, this is node %u", nonce->node, k->founding->node);
    bool is_short = nonce->kind == KY_NONCE_SHORT;
    if (is_short && memcmp(nonce->boot, k->boot_id, KY_BOOT_ID_SIZE) != 0)
        return ky_fail(KY_EEXPIRED, "nonce of an earlier start");
    KY_TRY(ky_nonce_check_mac(h->nonce, k->cfg.process, is_short ? &k->boot_mac : &k->k_reg));
    if (h->exp > nonce->made + (is_short ? KY_NONCE_SHORT_S : KY_NONCE_LONG_S) ||
        ky_clock_now(k->cfg.clock) > h->exp)
        return ky_fail(KY_EEXPIRED, "statement has ended");
    return KY_OK;
}

static ky_rc check_ref(const struct ky_keeper *k, const struct ky_ref *r)
{
    const struct ky_log_entry *dead = ky_reglog_find(k->log, KY_LOGGED_DEAD, r->id);
    if (!r->any_version)
        KY_TRY(ky_reglog_check_alive(k->log, r->id, r->version, r->hash));
    else if (dead != NULL && dead->version == INT32_MAX)
        return ky_fail(KY_EDENIED, "the credential was removed");
    if (r->unlocked && ky_reglog_locked(k->log, r->id))
        return ky_fail(KY_EDENIED, "the signing account is locked");
    return KY_OK;
}

ky_rc ky_keeper_check_refs(const struct ky_keeper *k, const struct ky_keeper_head *h)
{
    for (size_t i = 0; i < h->ref_count; i++)
        KY_TRY(check_ref(k, &h->refs[i]));
    return KY_OK;
}

ky_rc ky_keeper_check_unspent(const struct ky_keeper *k, const uint8_t id[KY_LOG_ID_SIZE],
                              const uint8_t statement[KY_HASH_SIZE], bool *spent, const char *what)
{
    const struct ky_log_entry *e = ky_reglog_find(k->log, KY_LOGGED_SPENT, id);
    *spent = e != NULL;
    if (e != NULL && memcmp(e->hash, statement, KY_HASH_SIZE) != 0)
        return ky_fail(KY_EDENIED, "%s was used by another statement", what);
    return KY_OK;
}

/* Versions only rise; the statement that wrote one may ask again. */
static ky_rc judge_version(bool *logged, const struct ky_log_entry *have, const struct ky_append *a,
                           bool repeated)
{
    bool same = have->version == a->version && memcmp(have->hash, a->hash, KY_HASH_SIZE) == 0;
    *logged = repeated && (same || have->version > a->version);
    if (!*logged && have->version >= a->version)
        return ky_fail(KY_EDENIED, "version %u of this record exists", have->version);
    return KY_OK;
}

/* A serial has one content for ever. */
static ky_rc judge_issued(bool *logged, const struct ky_log_entry *have, const struct ky_append *a)
{
    *logged = true;
    if (memcmp(have->hash, a->hash, KY_HASH_SIZE) != 0)
        return ky_fail(KY_EDENIED, "this serial was issued with other content");
    return KY_OK;
}

/* Only a lock in force is lifted: by an officer, or by who made it. */
static ky_rc judge_unlock(bool *logged, const struct ky_keeper *k, const struct ky_append *a, bool repeated)
{
    uint32_t by = ky_reglog_lock_by(k->log, a->id, a->hash);
    *logged = by == 0 && repeated;
    if (by == 0)
        return repeated ? KY_OK : ky_fail(KY_EDENIED, "no such lock is in force on this credential");
    if (a->version == KY_LOCK_BY_OFFICER || a->version == by)
        return KY_OK;
    return by == KY_LOCK_BY_OFFICER ? ky_fail(KY_EDENIED, "a lock by an officer is lifted by an officer")
           : by == KY_LOCK_BY_ORG
               ? ky_fail(KY_EDENIED, "a lock by the organisation is lifted by the organisation or an officer")
               : ky_fail(KY_EDENIED, "the subscriber's own lock is lifted by herself or an officer");
}

/* A lock is known by its own id, and once lifted it is not made again by the same statement. */
static ky_rc judge_lock(bool *logged, const struct ky_keeper *k, const struct ky_append *a)
{
    *logged = ky_reglog_find(k->log, KY_LOGGED_UNLOCKED, a->hash) != NULL;
    if (*logged && ky_reglog_lock_by(k->log, a->id, a->hash) == 0)
        return ky_fail(KY_EDENIED, "this lock was lifted");
    return KY_OK;
}

/* Without an officer: only when its hour has come by our own clock and log, and not many at once. */
static ky_rc judge_overdue(const struct ky_keeper *k, const struct ky_append *a)
{
    const struct ky_log_entry *received = ky_reglog_find(k->log, KY_LOGGED_RECEIVED, a->hash);
    ky_time now = ky_clock_now(k->cfg.clock);
    if (k->cfg.overdue_s == 0)
        return ky_fail(KY_EDENIED, "no revocation without an officer here");
    if (received == NULL)
        return ky_fail(KY_EDENIED, "this request for revocation was not received here");
    if (now < received->time + k->cfg.overdue_s)
        return ky_fail(KY_EDENIED, "its hour has not come: %lld s are left",
                       (long long)(received->time + k->cfg.overdue_s - now));
    if (ky_reglog_overdue_since(k->log, now - KY_HOUR) >= KY_OVERDUE_PER_HOUR)
        return ky_fail(KY_ELIMIT, "%d revocations without an officer within the hour", KY_OVERDUE_PER_HOUR);
    return KY_OK;
}

/* The first word counts; but only what nobody else has revoked is superseded. */
static ky_rc judge_revoked(bool *logged, const struct ky_log_entry *have, const struct ky_append *a)
{
    *logged = true;
    if (a->version == KY_REASON_SUPERSEDED && memcmp(have->hash, a->hash, KY_HASH_SIZE) != 0)
        return ky_fail(KY_EDENIED, "the certificate that is to be replaced was revoked");
    return KY_OK;
}

ky_rc ky_keeper_judge_append(bool *logged, const struct ky_keeper *k, const struct ky_append *a,
                             bool repeated)
{
    const struct ky_log_entry *have = ky_reglog_find(k->log, a->kind, a->id);
    *logged = false;
    if (a->kind == KY_LOGGED_UNLOCKED)
        return judge_unlock(logged, k, a, repeated);
    if (a->kind == KY_LOGGED_LOCKED)
        return judge_lock(logged, k, a);
    if (a->kind == KY_LOGGED_VERSION && have != NULL)
        return judge_version(logged, have, a, repeated);
    else if (a->kind == KY_LOGGED_ISSUED && have != NULL)
        return judge_issued(logged, have, a);
    else if (a->kind == KY_LOGGED_DEAD && have != NULL)
        *logged = have->version >= a->version && have->not_after >= a->not_after;
    else if (a->kind == KY_LOGGED_REVOKED && have != NULL)
        return judge_revoked(logged, have, a);
    else if (a->kind == KY_LOGGED_OVERDUE && have == NULL)
        return judge_overdue(k, a);
    else if (a->kind == KY_LOGGED_OVERDUE || a->kind == KY_LOGGED_RECEIVED)
        *logged = have != NULL;
    return KY_OK;
}
