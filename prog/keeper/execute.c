/*
 * K_EXECUTE and K_RESULT: what happens once. Everything is judged first; then
 * the entries are made, all or none; asked again by the same statement, what is
 * missing (a crash in the middle) is made good and the stored result comes back.
 */
#include "domain/request.h"
#include "prog/keeper/keeper.h"

#define ENTRIES_MAX (1 + KY_KEEPER_SPENDS_MAX + KY_KEEPER_APPENDS_MAX)

struct execution {
    struct ky_keeper_head head;
    struct ky_execute e;
    struct ky_nonce nonce;
    uint8_t nonce_id[KY_HASH_SIZE];
    bool nonce_spent;
    bool repeated; /* this very statement was here before */
    struct ky_log_entry entries[ENTRIES_MAX];
    size_t count;
};

/* What is begun by K_EXECUTE and ended by K_RESULT may be begun again while there is no result. */
static bool has_result_later(const struct execution *x)
{
    return x->head.op == KY_OP_CERTIFY || x->head.op == KY_OP_BIND;
}

/* What is done and leaves nothing to hand over. */
static bool has_no_result(const struct execution *x)
{
    return x->head.op == KY_OP_REFUSE || x->head.op == KY_OP_REVOKE || x->head.op == KY_OP_OVERDUE ||
           x->e.spend_count == 0;
}

/* Results lie under the first spend; where there is none, under the nonce. */
static const uint8_t *result_name(const struct execution *x)
{
    return x->e.spend_count > 0 ? x->e.spends[0].id : x->nonce_id;
}

static ky_rc judge_nonce(struct execution *x, const struct ky_keeper *k)
{
    if (!x->head.has_nonce)
        return KY_OK;
    KY_TRY(ky_keeper_check_nonce(k, &x->head, &x->nonce));
    KY_TRY(ky_nonce_id(x->nonce_id, x->head.nonce));
    KY_TRY(ky_spent_check(k->spent, x->nonce_id, x->head.statement));
    KY_TRY(ky_keeper_check_unspent(k, x->nonce_id, x->head.statement, &x->nonce_spent, "nonce"));
    x->nonce_spent = x->nonce_spent || ky_spent_has(k->spent, x->nonce_id);
    return KY_OK;
}

/* All spends free, or all by this statement; a mixture is refused. */
static ky_rc judge_spends(struct execution *x, const struct ky_keeper *k)
{
    const struct ky_execute *e = &x->e;
    size_t spent_count = 0;
    for (size_t i = 0; i < e->spend_count; i++) {
        bool spent;
        KY_TRY(ky_keeper_check_unspent(k, e->spends[i].id, x->head.statement, &spent,
                                       "what this statement decides"));
        spent_count += spent;
    }
    if (spent_count != 0 && spent_count != e->spend_count)
        return ky_fail(KY_EEXIST, "%zu of %zu were done already", spent_count, e->spend_count);
    x->repeated = e->spend_count > 0 ? spent_count > 0 : e->spend_nonce && x->nonce_spent;
    return KY_OK;
}

static void plan(struct execution *x, const struct ky_keeper *k, const struct ky_append *a)
{
    struct ky_log_entry *e = &x->entries[x->count++];
    *e = (struct ky_log_entry){.kind = a->kind,
                               .time = ky_clock_now(k->cfg.clock),
                               .version = a->version,
                               .not_after = a->not_after};
    memcpy(e->id, a->id, KY_LOG_ID_SIZE);
    memcpy(e->hash, a->hash, KY_HASH_SIZE);
}

static void plan_spent(struct execution *x, const struct ky_keeper *k, const uint8_t id[KY_LOG_ID_SIZE],
                       ky_time not_after)
{
    struct ky_append a = {.kind = KY_LOGGED_SPENT, .not_after = not_after};
    memcpy(a.id, id, KY_LOG_ID_SIZE);
    memcpy(a.hash, x->head.statement, KY_HASH_SIZE);
    plan(x, k, &a);
}

/* The entries to be made: what is spent first, so that an effect never stands there without its statement. */
static ky_rc plan_entries(struct execution *x, const struct ky_keeper *k)
{
    const struct ky_execute *e = &x->e;
    if (x->head.has_nonce && x->nonce.kind == KY_NONCE_LONG && e->spend_nonce && !x->nonce_spent)
        plan_spent(x, k, x->nonce_id, x->nonce.made + KY_NONCE_LONG_S);
    for (size_t i = 0; i < e->spend_count && !x->repeated; i++)
        plan_spent(x, k, e->spends[i].id, e->spends[i].not_after);
    for (size_t i = 0; i < e->append_count; i++) {
        bool logged;
        KY_TRY(ky_keeper_judge_append(&logged, k, &e->appends[i], x->repeated));
        if (!logged)
            plan(x, k, &e->appends[i]);
    }
    return KY_OK;
}

/* What uses nothing up could be told for ever: when nothing follows from it any more, it was told before. */
static bool is_old_news(const struct execution *x)
{
    return !x->head.has_nonce && x->e.spend_count == 0 && x->e.append_count > 0 && x->count == 0;
}

static ky_rc judge(struct execution *x, const struct ky_keeper *k)
{
    KY_TRY(ky_keeper_check_ready(k));
    KY_TRY(judge_nonce(x, k));
    KY_TRY(judge_spends(x, k));
    if (!x->repeated)
        KY_TRY(ky_keeper_check_refs(k, &x->head));
    KY_TRY(plan_entries(x, k));
    x->repeated = x->repeated || is_old_news(x);
    /* What was done completely changes no more, though a record it replaced or removed is dead by now. */
    bool goes_on = x->count > 0 || x->head.op == KY_OP_CERTIFY;
    return x->repeated && goes_on ? ky_keeper_check_refs(k, &x->head) : KY_OK;
}

static ky_rc answer(struct ky_keeper *k, struct ky_ipc_request *request, bool repeated,
                    struct ky_bytes payload, struct ky_buf *reply)
{
    ky_buf_add_u8(reply, repeated);
    ky_buf_add_u64(reply, ky_reglog_sequence(k->log));
    ky_buf_add_lv(reply, payload);
    KY_TRY(ky_buf_finish(reply));
    return ky_keeper_answer_when_safe(k, request, reply, true, false);
}

/* The result that is kept, nothing where there is none, or the word that it was handed over. */
static ky_rc find_result(struct ky_buf *payload, const struct ky_keeper *k, const struct execution *x)
{
    ky_rc rc = ky_outbox_get(payload, k, result_name(x));
    if (rc != KY_ENOTFOUND)
        return rc;
    bool handed_over = ky_reglog_find(k->log, KY_LOGGED_DONE, result_name(x)) != NULL;
    bool may_have_none = has_result_later(x) || has_no_result(x);
    return may_have_none && !handed_over ? KY_OK
                                         : ky_fail(KY_EEXIST, "done before, and the result was handed over");
}

static ky_rc repeat(struct ky_keeper *k, struct ky_ipc_request *request, struct execution *x,
                    struct ky_buf *reply)
{
    ky_auto_buf payload = ky_buf_init(KY_KEEPER_PAYLOAD_MAX);
    KY_TRY(find_result(&payload, k, x));
    KY_TRY(ky_reglog_append_all(&k->log_out, k->log, x->entries, x->count));
    /* A certificate stands in the audit file even if a crash came between outbox and audit. */
    bool certificate = x->head.op == KY_OP_CERTIFY && payload.n > 0;
    if (x->e.spend_count > 0 || x->count > 0)
        KY_TRY(ky_keeper_audit(k, KY_AUDIT_INTENT, &x->head, KY_EEXIST,
                               certificate ? ky_buf_bytes(&payload) : x->e.audit));
    return answer(k, request, true, ky_buf_bytes(&payload), reply);
}

static ky_rc execute(struct ky_keeper *k, struct ky_ipc_request *request, struct execution *x,
                     struct ky_buf *reply)
{
    const struct ky_execute *e = &x->e;
    if (e->outbox.n > 0)
        KY_TRY(ky_outbox_put(k, result_name(x), e->outbox));
    if (x->head.has_nonce && x->nonce.kind == KY_NONCE_SHORT)
        KY_TRY(ky_spent_use(k->spent, x->nonce_id, x->head.statement, x->nonce.made + KY_NONCE_SHORT_S));
    KY_TRY(ky_reglog_append_all(&k->log_out, k->log, x->entries, x->count));
    KY_TRY(ky_keeper_audit(k, KY_AUDIT_DONE, &x->head, KY_OK, e->audit));
    return answer(k, request, false, e->outbox, reply);
}

ky_rc ky_keeper_handle_execute(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                               struct ky_buf *reply)
{
    struct ky_keeper *k = ctx;
    struct ky_reader in = KY_READER(body);
    struct execution x = {.count = 0};
    KY_TRY(ky_keeper_head_decode(&x.head, &in));
    KY_TRY(ky_execute_decode(&x.e, &in));
    KY_TRY(judge(&x, k));
    return x.repeated ? repeat(k, request, &x, reply) : execute(k, request, &x, reply);
}

/* ---- K_RESULT ---- */

/* Certificates stand in the audit file; other results hold names and contacts, and stay out of it. */
static ky_rc keep_first(struct ky_buf *reply, struct ky_keeper *k, const struct ky_keeper_head *h,
                        const uint8_t spend[KY_LOG_ID_SIZE], struct ky_bytes payload)
{
    if (ky_reglog_find(k->log, KY_LOGGED_DONE, spend) != NULL)
        return ky_fail(KY_EEXIST, "done before, and the result was handed over");
    ky_rc rc = ky_outbox_get(reply, k, spend);
    if (rc != KY_ENOTFOUND)
        return rc;
    KY_TRY(ky_outbox_put(k, spend, payload));
    KY_TRY(ky_keeper_audit(k, KY_AUDIT_OUTCOME, h, KY_OK, h->op == KY_OP_CERTIFY ? payload : KY_BYTES_NONE));
    ky_buf_add(reply, payload);
    return ky_buf_finish(reply);
}

/* Two workers may have worked on one thing; what was kept first is the result, and both are told. */
ky_rc ky_keeper_handle_result(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
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
    if (h.op == 0 || h.op >= KY_OP_END)
        return ky_fail(KY_EFORMAT, "result of operation %d", h.op);
    memcpy(h.statement, statement.p, KY_HASH_SIZE);
    memcpy(h.authorisation, authorisation.p, KY_HASH_SIZE);
    KY_TRY(ky_keeper_check_ready(k));
    KY_TRY(ky_keeper_check_unspent(k, spend.p, h.statement, &spent, "what this is a result of"));
    if (!spent)
        return ky_fail(KY_EDENIED, "result of nothing that was begun");
    KY_TRY(keep_first(reply, k, &h, spend.p, payload));
    return ky_keeper_answer_when_safe(k, request, reply, false, false);
}
