/* The messages of workers; see docs/protocol/keeper.md §3. Decode, judge, do, answer when safe. */
#include "base/log.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "domain/activation.h"
#include "domain/request.h"
#include "prog/keeper/keeper.h"

#define WORKERS (KY_PEER(KY_ROLE_SAM_WORKER) | KY_PEER(KY_ROLE_CA_WORKER))
#define REVOKED_PAGE 1024

static ky_rc check_ready(const struct ky_keeper *k)
{
    ky_time highest = ky_reglog_highest_time(k->log), now = ky_clock_now(k->cfg.clock);
    highest = k->audit.highest_time > highest ? k->audit.highest_time : highest;
    if (k->sealed)
        return ky_fail(KY_EBUSY, "%s is sealed: %s", ky_process_name(k->cfg.process), k->sealed_why);
    if (now < highest - KY_KEEPER_CLOCK_BACK_S)
        return ky_fail(KY_EBUSY, "the clock is %lld s behind what was already recorded",
                       (long long)(highest - now));
    return KY_OK;
}

/* MAC, node and, for short ones, this very start. */
static ky_rc check_nonce(const struct ky_keeper *k, const struct ky_keeper_head *h, struct ky_nonce *nonce)
{
    KY_TRY(ky_nonce_parse(nonce, h->nonce));
    if (nonce->node != k->founding->node)
        return ky_fail(KY_EDENIED, "nonce of node %u, this is node %u", nonce->node, k->founding->node);
    bool is_short = nonce->kind == KY_NONCE_SHORT;
    if (is_short && memcmp(nonce->boot, k->boot_id, KY_BOOT_ID_SIZE) != 0)
        return ky_fail(KY_EEXPIRED, "nonce of an earlier start");
    return ky_nonce_check_mac(h->nonce, k->cfg.process, is_short ? &k->boot_mac : &k->k_reg);
}

static ky_rc check_refs(const struct ky_keeper *k, const struct ky_keeper_head *h)
{
    for (size_t i = 0; i < h->ref_count; i++) {
        const struct ky_ref *r = &h->refs[i];
        KY_TRY(ky_reglog_check_alive(k->log, r->id, r->version, r->hash));
        if (r->unlocked && ky_reglog_locked(k->log, r->id))
            return ky_fail(KY_EDENIED, "the signing account is locked");
    }
    return KY_OK;
}

/* Unspent, or spent by this very statement. *spent: the latter. */
static ky_rc check_unspent(const struct ky_keeper *k, const uint8_t id[KY_LOG_ID_SIZE],
                           const uint8_t statement[KY_HASH_SIZE], bool *spent, const char *what)
{
    const struct ky_log_entry *e = ky_reglog_find(k->log, KY_LOGGED_SPENT, id);
    *spent = e != NULL;
    if (e != NULL && memcmp(e->hash, statement, KY_HASH_SIZE) != 0)
        return ky_fail(KY_EDENIED, "%s was used by another statement", what);
    return KY_OK;
}

static ky_rc handle_nonce(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                          struct ky_buf *reply)
{
    struct ky_keeper *k = ctx;
    uint8_t out[KY_NONCE_SIZE];
    (void)request;
    KY_TRY(check_ready(k));
    if (body.n != 1 || (body.p[0] != KY_NONCE_SHORT && body.p[0] != KY_NONCE_LONG))
        return ky_fail(KY_EFORMAT, "nonce of unknown kind");
    struct ky_nonce n = {
        .kind = (ky_nonce_kind)body.p[0], .node = k->founding->node, .made = ky_clock_now(k->cfg.clock)};
    memcpy(n.boot, k->boot_id, KY_BOOT_ID_SIZE);
    KY_TRY(ky_random(n.random, sizeof n.random));
    KY_TRY(ky_nonce_encode(out, &n, k->cfg.process, n.kind == KY_NONCE_SHORT ? &k->boot_mac : &k->k_reg));
    ky_buf_add(reply, KY_BYTES_OF(out));
    return ky_buf_finish(reply);
}

static ky_rc handle_reserve(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                            struct ky_buf *reply)
{
    struct ky_keeper *k = ctx;
    struct ky_reader in = KY_READER(body);
    struct ky_keeper_head h;
    struct ky_reserve r;
    struct ky_nonce nonce;
    uint8_t nonce_id[KY_HASH_SIZE];
    uint64_t ticket;
    KY_TRY(ky_keeper_head_decode(&h, &in));
    struct ky_bytes positions = in.left;
    KY_TRY(ky_reserve_decode(&r, &in));
    KY_TRY(check_ready(k));
    KY_TRY(check_nonce(k, &h, &nonce));
    if (nonce.kind != KY_NONCE_SHORT || ky_clock_now(k->cfg.clock) > h.exp)
        return ky_fail(KY_EEXPIRED, "statement has ended");
    KY_TRY(check_refs(k, &h));
    KY_TRY(ky_nonce_id(nonce_id, h.nonce));
    KY_TRY(ky_spent_use(k->spent, nonce_id, h.statement, nonce.made + KY_NONCE_SHORT_S));
    uint8_t *at = ky_buf_grow(reply, 8);
    if (at == NULL)
        return ky_buf_finish(reply);
    KY_TRY(ky_spent_reserve(&ticket, reply, k->spent, nonce_id, &r, ky_ipc_request_index(request)));
    ky_put_u64(reply->p, ticket);
    KY_TRY(ky_keeper_audit(k, KY_AUDIT_INTENT, &h, KY_OK, positions));
    return ky_keeper_answer_when_safe(k, request, reply, false, false);
}

static ky_rc decode_outcome(struct ky_reader *in, uint16_t *positions, struct ky_bytes *signatures,
                            size_t *count)
{
    *count = ky_read_u16(in);
    if (*count > KY_KEEPER_POSITIONS_MAX)
        return ky_fail(KY_ELIMIT, "outcome of %zu positions, at most %d", *count, KY_KEEPER_POSITIONS_MAX);
    for (size_t i = 0; i < *count; i++) {
        positions[i] = ky_read_u16(in);
        signatures[i] = ky_read_lv(in, KY_SIGNATURE_MAX);
    }
    return ky_reader_finish(in, "outcome");
}

static ky_rc handle_outcome(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                            struct ky_buf *reply)
{
    struct ky_keeper *k = ctx;
    struct ky_reader in = KY_READER(body);
    uint16_t positions[KY_KEEPER_POSITIONS_MAX];
    struct ky_bytes signatures[KY_KEEPER_POSITIONS_MAX];
    size_t count;
    struct ky_keeper_head h = {.op = KY_OP_SIGN};
    uint64_t ticket = ky_read_u64(&in);
    ky_rc result = (ky_rc)(int16_t)ky_read_u16(&in);
    struct ky_bytes statement = ky_read_bytes(&in, KY_HASH_SIZE);
    if (statement.n == KY_HASH_SIZE)
        memcpy(h.statement, statement.p, KY_HASH_SIZE);
    KY_TRY(decode_outcome(&in, positions, signatures, &count));
    KY_TRY(ky_spent_outcome(k->spent, ticket, ky_ipc_request_index(request), result, positions, signatures,
                            count));
    ky_auto_buf payload = ky_buf_init(KY_KEEPER_POSITIONS_MAX * (2 + KY_HASH_SIZE));
    for (size_t i = 0; i < count; i++) {
        uint8_t digest[KY_HASH_SIZE];
        KY_TRY(ky_sha256(digest, signatures[i]));
        ky_buf_add_u16(&payload, positions[i]);
        ky_buf_add(&payload, KY_BYTES_OF(digest));
    }
    KY_TRY(ky_keeper_audit(k, KY_AUDIT_OUTCOME, &h, result, ky_buf_bytes(&payload)));
    return ky_keeper_answer_when_safe(k, request, reply, false, false);
}

/* All spends free (*repeated false), or all by this statement (true); a mixture is refused. */
static ky_rc check_spends(const struct ky_keeper *k, const struct ky_keeper_head *h,
                          const struct ky_execute *e, bool *repeated)
{
    size_t spent_count = 0;
    for (size_t i = 0; i < e->spend_count; i++) {
        bool spent;
        KY_TRY(check_unspent(k, e->spends[i].id, h->statement, &spent, "what this statement decides"));
        spent_count += spent;
    }
    if (spent_count != 0 && spent_count != e->spend_count)
        return ky_fail(KY_EEXIST, "%zu of %zu were done already", spent_count, e->spend_count);
    *repeated = e->spend_count > 0 && spent_count == e->spend_count;
    return KY_OK;
}

/* Whoever locked, or an officer; an officer's lock is for officers. */
static ky_rc check_unlock(const struct ky_keeper *k, const struct ky_append *a)
{
    uint32_t by = ky_reglog_lock_by(k->log, a->id, a->hash);
    if (by == 0)
        return ky_fail(KY_EDENIED, "unlock: there is no such lock on this credential");
    if (by == KY_LOCK_BY_OFFICER && a->version != KY_LOCK_BY_OFFICER)
        return ky_fail(KY_EDENIED, "unlock: an officer's lock is lifted by an officer");
    return KY_OK;
}

/* What may not contradict the log: versions only rise, a serial has one TBS, a lock is lifted by who may. */
static ky_rc check_appends(const struct ky_keeper *k, const struct ky_execute *e)
{
    for (size_t i = 0; i < e->append_count; i++) {
        const struct ky_append *a = &e->appends[i];
        if (a->kind == KY_LOGGED_UNLOCKED)
            KY_TRY(check_unlock(k, a));
        const struct ky_log_entry *have = ky_reglog_find(k->log, a->kind, a->id);
        if (have == NULL)
            continue;
        if (a->kind == KY_LOGGED_VERSION && have->version >= a->version)
            return ky_fail(KY_EDENIED, "version %u of this record exists", have->version);
        if (a->kind == KY_LOGGED_ISSUED && memcmp(have->hash, a->hash, KY_HASH_SIZE) != 0)
            return ky_fail(KY_EDENIED, "this serial was issued with other content");
    }
    return KY_OK;
}

/* Everything was done before: the stored result, or the word that it was handed over. */
static ky_rc answer_repeated(struct ky_keeper *k, struct ky_ipc_request *request,
                             const struct ky_keeper_head *h, const struct ky_execute *e,
                             const uint8_t spend[KY_LOG_ID_SIZE], struct ky_buf *reply)
{
    ky_auto_buf payload = ky_buf_init(KY_KEEPER_PAYLOAD_MAX);
    if (h->op == KY_OP_CERTIFY)
        KY_TRY(check_appends(k, e)); /* the same TBS as the first time */
    ky_rc rc = ky_outbox_get(&payload, k, spend);
    if (rc == KY_ENOTFOUND) {
        bool handed_over = ky_reglog_find(k->log, KY_LOGGED_DONE, spend) != NULL;
        if (h->op != KY_OP_CERTIFY || handed_over)
            return ky_fail(KY_EEXIST, "done before, and the result was handed over");
        rc = KY_OK;
    }
    KY_TRY(rc);
    /* A certificate stands in the audit file even if a crash came between outbox and audit. */
    bool certificate = h->op == KY_OP_CERTIFY && payload.n > 0;
    KY_TRY(
        ky_keeper_audit(k, KY_AUDIT_INTENT, h, KY_EEXIST, certificate ? ky_buf_bytes(&payload) : e->audit));
    ky_buf_add_u8(reply, 1);
    ky_buf_add_u64(reply, ky_reglog_sequence(k->log));
    ky_buf_add_lv(reply, ky_buf_bytes(&payload));
    KY_TRY(ky_buf_finish(reply));
    return ky_keeper_answer_when_safe(k, request, reply, true, false);
}

static ky_rc append_all(struct ky_keeper *k, const struct ky_keeper_head *h, const struct ky_execute *e,
                        const uint8_t nonce_id[KY_HASH_SIZE], bool spend_nonce, ky_time nonce_end)
{
    if (spend_nonce)
        KY_TRY(ky_keeper_log(k, KY_LOGGED_SPENT, nonce_id, 0, h->statement, nonce_end));
    for (size_t i = 0; i < e->spend_count; i++)
        KY_TRY(ky_keeper_log(k, KY_LOGGED_SPENT, e->spends[i].id, 0, h->statement, e->spends[i].not_after));
    for (size_t i = 0; i < e->append_count; i++) {
        const struct ky_append *a = &e->appends[i];
        KY_TRY(ky_keeper_log(k, a->kind, a->id, a->version, a->hash, a->not_after));
    }
    return KY_OK;
}

static ky_rc handle_execute(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                            struct ky_buf *reply)
{
    struct ky_keeper *k = ctx;
    struct ky_reader in = KY_READER(body);
    struct ky_keeper_head h;
    struct ky_execute e;
    struct ky_nonce nonce = {0};
    uint8_t nonce_id[KY_HASH_SIZE] = {0};
    bool nonce_spent = false, repeated;
    KY_TRY(ky_keeper_head_decode(&h, &in));
    KY_TRY(ky_execute_decode(&e, &in));
    KY_TRY(check_ready(k));
    if (h.has_nonce) {
        KY_TRY(check_nonce(k, &h, &nonce));
        KY_TRY(ky_nonce_id(nonce_id, h.nonce));
        KY_TRY(ky_spent_check(k->spent, nonce_id, h.statement));
        KY_TRY(check_unspent(k, nonce_id, h.statement, &nonce_spent, "nonce"));
    }
    if (nonce_spent && e.spend_nonce && e.spend_count == 0) /* what it replaced is not alive any more */
        return answer_repeated(k, request, &h, &e, nonce_id, reply);
    KY_TRY(check_spends(k, &h, &e, &repeated));
    if (!repeated || h.op != KY_OP_BIND) /* a binding replaced the version it speaks of */
        KY_TRY(check_refs(k, &h));
    if (repeated)
        return answer_repeated(k, request, &h, &e, e.spends[0].id, reply);
    KY_TRY(check_appends(k, &e));
    if (e.outbox.n > 0)
        KY_TRY(ky_outbox_put(k, e.spend_count > 0 ? e.spends[0].id : nonce_id, e.outbox));
    bool is_long = nonce.kind == KY_NONCE_LONG;
    if (h.has_nonce && !is_long)
        KY_TRY(ky_spent_use(k->spent, nonce_id, h.statement, nonce.made + KY_NONCE_SHORT_S));
    KY_TRY(append_all(k, &h, &e, nonce_id, e.spend_nonce && is_long && !nonce_spent,
                      nonce.made + KY_NONCE_LONG_S));
    KY_TRY(ky_keeper_audit(k, KY_AUDIT_DONE, &h, KY_OK, e.audit));
    ky_buf_add_u8(reply, 0);
    ky_buf_add_u64(reply, ky_reglog_sequence(k->log));
    ky_buf_add_lv(reply, e.outbox);
    KY_TRY(ky_buf_finish(reply));
    return ky_keeper_answer_when_safe(k, request, reply, true, false);
}

/* Two workers may have worked on one thing; what was kept first is the result, and both are told. */
static ky_rc keep_first(struct ky_buf *reply, struct ky_keeper *k, const struct ky_keeper_head *h,
                        const uint8_t spend[KY_LOG_ID_SIZE], struct ky_bytes payload)
{
    if (ky_reglog_find(k->log, KY_LOGGED_DONE, spend) != NULL)
        return ky_fail(KY_EEXIST, "done before, and the result was handed over");
    ky_rc rc = ky_outbox_get(reply, k, spend);
    if (rc != KY_ENOTFOUND)
        return rc;
    KY_TRY(ky_outbox_put(k, spend, payload));
    KY_TRY(ky_keeper_audit(k, KY_AUDIT_OUTCOME, h, KY_OK, payload));
    ky_buf_add(reply, payload);
    return ky_buf_finish(reply);
}

static ky_rc handle_result(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                           struct ky_buf *reply)
{
    struct ky_keeper *k = ctx;
    struct ky_reader in = KY_READER(body);
    struct ky_keeper_head h = {0};
    h.op = (ky_operation)ky_read_u8(&in);
    struct ky_bytes statement = ky_read_bytes(&in, KY_HASH_SIZE);
    struct ky_bytes authorisation = ky_read_bytes(&in, KY_HASH_SIZE);
    struct ky_bytes spend = ky_read_bytes(&in, KY_LOG_ID_SIZE);
    struct ky_bytes payload = ky_read_lv(&in, KY_KEEPER_PAYLOAD_MAX);
    bool spent;
    KY_TRY(ky_reader_finish(&in, "result"));
    memcpy(h.statement, statement.p, KY_HASH_SIZE);
    memcpy(h.authorisation, authorisation.p, KY_HASH_SIZE);
    KY_TRY(check_ready(k));
    KY_TRY(check_unspent(k, spend.p, h.statement, &spent, "what this is a result of"));
    if (!spent)
        return ky_fail(KY_EDENIED, "result of nothing that was begun");
    KY_TRY(keep_first(reply, k, &h, spend.p, payload));
    return ky_keeper_answer_when_safe(k, request, reply, false, false);
}

/* One more code or attempt of this activation, unless it is over. A code is asked for once with a nonce. */
static ky_rc count_up(struct ky_keeper *k, const struct ky_keeper_head *h, ky_time nonce_end,
                      ky_log_kind kind, const uint8_t id[KY_LOG_ID_SIZE], ky_time not_after)
{
    uint8_t nonce_id[KY_HASH_SIZE];
    uint32_t codes = ky_reglog_count(k->log, KY_LOGGED_CODE, id);
    uint32_t attempts = ky_reglog_count(k->log, KY_LOGGED_ATTEMPT, id);
    if (attempts >= KY_ATTEMPTS_MAX)
        return ky_fail(KY_EDENIED, "this activation is dead after %u attempts", attempts);
    if (kind == KY_LOGGED_CODE && codes >= KY_CODES_MAX)
        return ky_fail(KY_ELIMIT, "%u codes were sent, at most %d", codes, KY_CODES_MAX);
    KY_TRY(ky_nonce_id(nonce_id, h->nonce));
    if (kind == KY_LOGGED_CODE && ky_spent_has(k->spent, nonce_id))
        return ky_fail(KY_EDENIED, "nonce was used for a code before");
    KY_TRY(ky_spent_use(k->spent, nonce_id, h->statement, nonce_end));
    KY_TRY(
        ky_keeper_log(k, kind, id, 1 + (kind == KY_LOGGED_CODE ? codes : attempts), h->statement, not_after));
    return ky_keeper_audit(k, KY_AUDIT_DONE, h, KY_OK, KY_BYTES_NONE);
}

/*
 * Counted things of an activation: codes that were made, attempts that were begun. The statement that used the
 * activation may come again, when its answer was lost, and counts no more.
 */
static ky_rc handle_count(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                          struct ky_buf *reply)
{
    struct ky_keeper *k = ctx;
    struct ky_reader in = KY_READER(body);
    struct ky_keeper_head h;
    KY_TRY(ky_keeper_head_decode(&h, &in));
    ky_log_kind kind = (ky_log_kind)ky_read_u8(&in);
    struct ky_bytes id = ky_read_bytes(&in, KY_LOG_ID_SIZE);
    ky_time not_after = (ky_time)ky_read_u64(&in);
    struct ky_nonce nonce;
    KY_TRY(ky_reader_finish(&in, "count"));
    if (kind != KY_LOGGED_CODE && kind != KY_LOGGED_ATTEMPT)
        return ky_fail(KY_EFORMAT, "count of kind %d", kind);
    KY_TRY(check_ready(k));
    KY_TRY(check_nonce(k, &h, &nonce));
    if (nonce.kind != KY_NONCE_SHORT)
        return ky_fail(KY_EFORMAT, "count: nonce of the wrong kind");
    KY_TRY(check_refs(k, &h));
    const struct ky_log_entry *spent = ky_reglog_find(k->log, KY_LOGGED_SPENT, id.p);
    if (spent == NULL)
        KY_TRY(count_up(k, &h, nonce.made + KY_NONCE_SHORT_S, kind, id.p, not_after));
    else if (memcmp(spent->hash, h.statement, KY_HASH_SIZE) != 0)
        return ky_fail(KY_EDENIED, "this activation was used");
    const struct ky_log_entry *last = ky_reglog_find(k->log, KY_LOGGED_CODE, id.p);
    ky_buf_add_u32(reply, ky_reglog_count(k->log, kind, id.p));
    ky_buf_add_u32(reply, ky_reglog_count(k->log, KY_LOGGED_CODE, id.p));
    ky_buf_add_u64(reply, last == NULL ? 0 : (uint64_t)last->time);
    return ky_keeper_answer_when_safe(k, request, reply, true, false);
}

static ky_rc handle_letter(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                           struct ky_buf *reply)
{
    struct ky_keeper *k = ctx;
    static const uint8_t zero[KY_LOG_ID_SIZE];
    KY_TRY(check_ready(k));
    if (body.n != 1 || body.p[0] == 0 || body.p[0] > KY_BATCH_MAX * 2)
        return ky_fail(KY_EFORMAT, "letters: 1 to %d", KY_BATCH_MAX * 2);
    ky_buf_add_u64(reply, k->letters + 1);
    for (unsigned i = 0; i < body.p[0]; i++)
        KY_TRY(ky_keeper_log(k, KY_LOGGED_LETTER, zero, (uint32_t)++k->letters, NULL, KY_TIME_NEVER));
    return ky_keeper_answer_when_safe(k, request, reply, true, true);
}

static ky_rc handle_ack(void *ctx, struct ky_ipc_request *request, struct ky_bytes body, struct ky_buf *reply)
{
    struct ky_keeper *k = ctx;
    if (body.n != KY_LOG_ID_SIZE)
        return ky_fail(KY_EFORMAT, "ack of %zu bytes", body.n);
    KY_TRY(check_ready(k)); /* while entries are missing none may be added: it would be a fork */
    const struct ky_log_entry *spent = ky_reglog_find(k->log, KY_LOGGED_SPENT, body.p);
    if (spent == NULL)
        return ky_fail(KY_ENOTFOUND, "nothing of that name was done");
    if (ky_reglog_find(k->log, KY_LOGGED_DONE, body.p) == NULL)
        KY_TRY(ky_keeper_log(k, KY_LOGGED_DONE, body.p, 0, NULL, spent->not_after));
    KY_TRY(ky_outbox_drop(k, body.p));
    return ky_keeper_answer_when_safe(k, request, reply, true, true);
}

static ky_rc handle_outbox(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                           struct ky_buf *reply)
{
    struct ky_keeper *k = ctx;
    (void)request;
    if (body.n != KY_LOG_ID_SIZE)
        return ky_fail(KY_EFORMAT, "outbox: name of %zu bytes", body.n);
    ky_auto_buf payload = ky_buf_init(KY_KEEPER_PAYLOAD_MAX);
    ky_rc rc = ky_outbox_get(&payload, k, body.p);
    if (rc != KY_OK && rc != KY_ENOTFOUND)
        return rc;
    ky_buf_add_lv(reply, ky_buf_bytes(&payload));
    return ky_buf_finish(reply);
}

static ky_rc handle_refused(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                            struct ky_buf *reply)
{
    struct ky_keeper *k = ctx;
    struct ky_reader in = KY_READER(body);
    (void)request;
    (void)reply;
    unsigned op = ky_read_u8(&in), rc = (unsigned)-(int16_t)ky_read_u16(&in);
    KY_TRY(ky_reader_finish(&in, "refused"));
    if (op >= KY_OP_END || rc >= KY_COUNT(k->refused[0]))
        return ky_fail(KY_EFORMAT, "refused: operation %u, result %u", op, rc);
    if (k->refused[op][rc] < UINT32_MAX)
        k->refused[op][rc]++;
    k->any_refused = true;
    return KY_OK;
}

static ky_rc handle_status(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                           struct ky_buf *reply)
{
    struct ky_keeper *k = ctx;
    uint8_t id[KY_LOG_ID_SIZE];
    (void)request;
    if (body.n != KY_SERIAL_SIZE)
        return ky_fail(KY_EFORMAT, "status: serial of %zu bytes", body.n);
    KY_TRY(check_ready(k));
    ky_log_id(id, body.p);
    const struct ky_log_entry *revoked = ky_reglog_find(k->log, KY_LOGGED_REVOKED, id);
    ky_buf_add_u8(reply, ky_reglog_find(k->log, KY_LOGGED_ISSUED, id) != NULL);
    ky_buf_add_u8(reply, revoked != NULL);
    ky_buf_add_u32(reply, revoked == NULL ? 0 : revoked->version);
    ky_buf_add_u64(reply, revoked == NULL ? 0 : (uint64_t)revoked->time);
    return ky_buf_finish(reply);
}

static ky_rc handle_revoked(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                            struct ky_buf *reply)
{
    struct ky_keeper *k = ctx;
    struct ky_reader in = KY_READER(body);
    (void)request;
    size_t first = ky_read_u32(&in), most = ky_read_u16(&in), count = 0;
    KY_TRY(ky_reader_finish(&in, "revoked"));
    KY_TRY(check_ready(k));
    most = most > REVOKED_PAGE ? REVOKED_PAGE : most;
    while (count < most && ky_reglog_revoked(k->log, first + count) != NULL)
        count++;
    ky_buf_add_u16(reply, (uint16_t)count);
    for (size_t i = 0; i < count; i++) {
        const struct ky_log_entry *e = ky_reglog_revoked(k->log, first + i);
        ky_buf_add(reply, KY_BYTES(e->id, KY_SERIAL_SIZE));
        ky_buf_add_u32(reply, e->version);
        ky_buf_add_u64(reply, (uint64_t)e->time);
    }
    return ky_buf_finish(reply);
}

static ky_rc handle_checkpoint(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                               struct ky_buf *reply)
{
    struct ky_keeper *k = ctx;
    (void)request;
    (void)body;
    ky_buf_add(reply, KY_BYTES_OF(k->checkpoint));
    return ky_buf_finish(reply);
}

#define MESSAGE(type_, max_, handler_)                                                                       \
    {                                                                                                        \
        .type = KY_MSG_##type_, .name = #type_, .peers = WORKERS, .phases = KY_IPC_ANY_PHASE,                \
        .max_body = max_, .handle = handler_                                                                 \
    }

const struct ky_ipc_message ky_keeper_messages[] = {
    MESSAGE(K_NONCE, 1, handle_nonce),
    MESSAGE(K_RESERVE, 8192, handle_reserve),
    MESSAGE(K_OUTCOME, KY_KEEPER_POSITIONS_MAX *(KY_SIGNATURE_MAX + 6) + 64, handle_outcome),
    MESSAGE(K_EXECUTE, KY_KEEPER_BODY_MAX, handle_execute),
    MESSAGE(K_RESULT, KY_KEEPER_BODY_MAX, handle_result),
    MESSAGE(K_COUNT, 4096, handle_count),
    MESSAGE(K_LETTER, 1, handle_letter),
    MESSAGE(K_ACK, KY_LOG_ID_SIZE, handle_ack),
    MESSAGE(K_OUTBOX, KY_LOG_ID_SIZE, handle_outbox),
    MESSAGE(K_REFUSED, 3, handle_refused),
    MESSAGE(K_STATUS, KY_SERIAL_SIZE, handle_status),
    MESSAGE(K_REVOKED, 6, handle_revoked),
    MESSAGE(K_CHECKPOINT, 0, handle_checkpoint),
};
const size_t ky_keeper_message_count = KY_COUNT(ky_keeper_messages);
