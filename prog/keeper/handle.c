/* The messages of workers but K_EXECUTE and K_RESULT; see docs/protocol/keeper.md §3. Decode, judge, do, answer when safe. */
#include "base/log.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "domain/activation.h"
#include "domain/request.h"
#include "prog/keeper/keeper.h"

#define WORKERS (KY_PEER(KY_ROLE_SAM_WORKER) | KY_PEER(KY_ROLE_CA_WORKER))
#define REVOKED_PAGE 1024

static ky_rc handle_nonce(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                          struct ky_buf *reply)
{
    struct ky_keeper *k = ctx;
    uint8_t out[KY_NONCE_SIZE];
    (void)request;
    KY_TRY(ky_keeper_check_ready(k));
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
    KY_TRY(ky_keeper_check_ready(k));
    KY_TRY(ky_keeper_check_nonce(k, &h, &nonce));
    if (nonce.kind != KY_NONCE_SHORT)
        return ky_fail(KY_EEXPIRED, "sign: nonce of the wrong kind");
    KY_TRY(ky_keeper_check_refs(k, &h));
    KY_TRY(ky_nonce_id(nonce_id, h.nonce));
    KY_TRY(ky_spent_use(k->spent, nonce_id, h.statement, nonce.made + KY_NONCE_SHORT_S));
    uint8_t *at = ky_buf_grow(reply, 8);
    if (at == NULL)
        return ky_buf_finish(reply);
    KY_TRY(ky_spent_reserve(&ticket, reply, k->spent, nonce_id, &r, ky_ipc_request_index(request)));
    ky_put_u64(reply->p, ticket);
    if (ticket != 0) /* what is only repeated stands in the audit file already */
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

/* What was counted of one activation, and what is counted now. */
struct counted {
    ky_log_kind kind;
    const uint8_t *id;
    uint32_t codes, attempts;
    ky_time code_time;
};

static ky_rc check_counts(struct counted *c, const struct ky_keeper *k)
{
    c->codes = ky_reglog_count(k->log, KY_LOGGED_CODE, c->id);
    c->attempts = ky_reglog_count(k->log, KY_LOGGED_ATTEMPT, c->id);
    if (c->attempts >= KY_ATTEMPTS_MAX)
        return ky_fail(KY_EDENIED, "this activation is dead after %u attempts", c->attempts);
    if (c->kind == KY_LOGGED_CODE && c->codes >= KY_CODES_MAX)
        return ky_fail(KY_ELIMIT, "%u codes were sent, at most %d", c->codes, KY_CODES_MAX);
    return KY_OK;
}

static ky_rc log_count(struct counted *c, struct ky_keeper *k, const struct ky_keeper_head *h,
                       ky_time not_after)
{
    const struct ky_log_entry *last = ky_reglog_find(k->log, KY_LOGGED_CODE, c->id);
    bool code = c->kind == KY_LOGGED_CODE;
    c->code_time = code ? ky_clock_now(k->cfg.clock) : last == NULL ? 0 : last->time;
    c->codes += code;
    c->attempts += !code;
    KY_TRY(ky_keeper_log(k, c->kind, c->id, code ? c->codes : c->attempts, code ? NULL : h->statement,
                         not_after));
    return ky_keeper_audit(k, KY_AUDIT_DONE, h, KY_OK, KY_BYTES_NONE);
}

/* Each nonce counts once, so that nobody can use up codes and attempts by sending again what he saw. */
static ky_rc count_once(struct counted *c, struct ky_keeper *k, const struct ky_keeper_head *h,
                        const struct ky_nonce *nonce, ky_time not_after)
{
    uint8_t nonce_id[KY_HASH_SIZE];
    KY_TRY(ky_nonce_id(nonce_id, h->nonce));
    if (ky_spent_has(k->spent, nonce_id))
        return ky_fail(KY_EDENIED, "this nonce was used");
    KY_TRY(check_counts(c, k));
    KY_TRY(ky_spent_use(k->spent, nonce_id, h->statement, nonce->made + KY_NONCE_SHORT_S));
    return log_count(c, k, h, not_after);
}

static ky_rc handle_count(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                          struct ky_buf *reply)
{
    struct ky_keeper *k = ctx;
    struct ky_reader in = KY_READER(body);
    struct ky_keeper_head h;
    struct ky_nonce nonce;
    bool done;
    KY_TRY(ky_keeper_head_decode(&h, &in));
    struct counted c = {.kind = (ky_log_kind)ky_read_u8(&in)};
    c.id = ky_read_bytes(&in, KY_LOG_ID_SIZE).p;
    ky_time not_after = (ky_time)ky_read_u64(&in);
    KY_TRY(ky_reader_finish(&in, "count"));
    if (c.kind != KY_LOGGED_CODE && c.kind != KY_LOGGED_ATTEMPT)
        return ky_fail(KY_EFORMAT, "count of kind %d", c.kind);
    KY_TRY(ky_keeper_check_ready(k));
    KY_TRY(ky_keeper_check_nonce(k, &h, &nonce));
    if (nonce.kind != KY_NONCE_SHORT)
        return ky_fail(KY_EFORMAT, "count: nonce of the wrong kind");
    KY_TRY(ky_keeper_check_unspent(k, c.id, h.statement, &done, "this activation"));
    if (!done) { /* else all zeros: this very statement has its result already */
        KY_TRY(ky_keeper_check_refs(k, &h));
        KY_TRY(count_once(&c, k, &h, &nonce, not_after));
    }
    ky_buf_add_u32(reply, c.kind == KY_LOGGED_CODE ? c.codes : c.attempts);
    ky_buf_add_u32(reply, c.codes);
    ky_buf_add_u64(reply, (uint64_t)c.code_time);
    return ky_keeper_answer_when_safe(k, request, reply, true, false);
}

static ky_rc handle_letter(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                           struct ky_buf *reply)
{
    struct ky_keeper *k = ctx;
    static const uint8_t zero[KY_LOG_ID_SIZE];
    KY_TRY(ky_keeper_check_ready(k));
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
    KY_TRY(ky_keeper_check_ready(k)); /* while entries are missing none may be added: it would be a fork */
    const struct ky_log_entry *spent = ky_reglog_find(k->log, KY_LOGGED_SPENT, body.p);
    if (spent == NULL)
        return ky_fail(KY_ENOTFOUND, "nothing of that name was done");
    if (!ky_outbox_has(k, body.p)) /* handed over before; or never made, and then it may still be */
        return KY_OK;
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
    KY_TRY(ky_keeper_check_ready(k));
    ky_log_id(id, body.p);
    const struct ky_log_entry *revoked = ky_reglog_find(k->log, KY_LOGGED_REVOKED, id);
    const struct ky_log_entry *issued = ky_reglog_find(k->log, KY_LOGGED_ISSUED, id);
    static const uint8_t none[KY_HASH_SIZE];
    ky_buf_add_u8(reply, issued != NULL);
    ky_buf_add_u8(reply, revoked != NULL);
    ky_buf_add_u32(reply, revoked == NULL ? 0 : revoked->version);
    ky_buf_add_u64(reply, revoked == NULL ? 0 : (uint64_t)revoked->time);
    ky_buf_add(reply, KY_BYTES(issued == NULL ? none : issued->hash, KY_HASH_SIZE));
    return ky_buf_finish(reply);
}

static ky_rc handle_received(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                             struct ky_buf *reply)
{
    struct ky_keeper *k = ctx;
    (void)request;
    if (body.n != KY_LOG_ID_SIZE)
        return ky_fail(KY_EFORMAT, "received: name of %zu bytes", body.n);
    KY_TRY(ky_keeper_check_ready(k));
    const struct ky_log_entry *received = ky_reglog_find(k->log, KY_LOGGED_RECEIVED, body.p);
    ky_buf_add_u8(reply, received != NULL);
    ky_buf_add_u64(reply, received == NULL ? 0 : (uint64_t)received->time);
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
    KY_TRY(ky_keeper_check_ready(k));
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
    MESSAGE(K_EXECUTE, KY_KEEPER_BODY_MAX, ky_keeper_handle_execute),
    MESSAGE(K_RESULT, KY_KEEPER_BODY_MAX, ky_keeper_handle_result),
    MESSAGE(K_COUNT, 4096, handle_count),
    MESSAGE(K_LETTER, 1, handle_letter),
    MESSAGE(K_ACK, KY_LOG_ID_SIZE, handle_ack),
    MESSAGE(K_OUTBOX, KY_LOG_ID_SIZE, handle_outbox),
    MESSAGE(K_REFUSED, 3, handle_refused),
    MESSAGE(K_STATUS, KY_SERIAL_SIZE, handle_status),
    MESSAGE(K_REVOKED, 6, handle_revoked),
    MESSAGE(K_CHECKPOINT, 0, handle_checkpoint),
    MESSAGE(K_RECEIVED, KY_LOG_ID_SIZE, handle_received),
};
const size_t ky_keeper_message_count = KY_COUNT(ky_keeper_messages);
