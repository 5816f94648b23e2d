/*
 * Making it last: every round of messages ends here. Log file, audit file,
 * copy in the database, anchor, and only then the answers that waited for them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "prog/keeper/keeper.h"
#include "os/file.h"

void ky_keeper_seal(struct ky_keeper *k, const char *why)
{
    if (k->sealed)
        return;
    k->sealed = true;
    snprintf(k->sealed_why, sizeof k->sealed_why, "%s", why);
    ky_log(KY_LOG_ERROR, "keeper.sealed", "reason=" KY_Q, k->sealed_why);
    const struct ky_keeper_head none = {.op = KY_OP_OTHER};
    if (ky_keeper_audit(k, KY_AUDIT_SEALED, &none, KY_EDENIED, ky_bytes_str(k->sealed_why)) != KY_OK)
        ky_log(KY_LOG_ERROR, "audit.failed", "error=" KY_Q, ky_error());
}

ky_rc ky_keeper_log(struct ky_keeper *k, ky_log_kind kind, const uint8_t id[KY_LOG_ID_SIZE], uint32_t version,
                    const uint8_t *hash, ky_time not_after)
{
    struct ky_log_entry e = {
        .kind = kind, .time = ky_clock_now(k->cfg.clock), .version = version, .not_after = not_after};
    memcpy(e.id, id, KY_LOG_ID_SIZE);
    if (hash != NULL)
        memcpy(e.hash, hash, KY_HASH_SIZE);
    return ky_reglog_append(&k->log_out, k->log, &e);
}

ky_rc ky_keeper_audit(struct ky_keeper *k, ky_audit_phase phase, const struct ky_keeper_head *head,
                      ky_rc result, struct ky_bytes payload)
{
    struct ky_audit_object objects[KY_KEEPER_REFS_MAX];
    struct ky_audit_record r = {
        .time = ky_clock_now(k->cfg.clock),
        .phase = phase,
        .op = head->op,
        .result = (int)result,
        .objects = objects,
        .object_count = head->ref_count,
        .payload = payload,
    };
    memcpy(r.statement, head->statement, KY_HASH_SIZE);
    memcpy(r.authorisation, head->authorisation, KY_HASH_SIZE);
    for (size_t i = 0; i < head->ref_count; i++) {
        memcpy(objects[i].id, head->refs[i].id, KY_ID_SIZE);
        objects[i].version = head->refs[i].version;
    }
    return ky_audit_append(&k->audit_out, &k->audit, &r);
}

ky_rc ky_keeper_answer_when_safe(struct ky_keeper *k, struct ky_ipc_request *request, struct ky_buf *body,
                                 bool log, bool local)
{
    struct ky_waiting *w = calloc(1, sizeof *w);
    if (w == NULL)
        return ky_fail(KY_ENOMEM, "answer");
    w->ticket = ky_ipc_defer(request);
    w->sequence = log ? ky_reglog_sequence(k->log) : 0;
    w->local = local;
    w->body = *body;
    *body = ky_buf_init(body->max);
    *k->waiting_end = w;
    k->waiting_end = &w->next;
    return KY_OK;
}

static bool is_safe(const struct ky_keeper *k, const struct ky_waiting *w)
{
    return w->sequence <= (w->local ? k->written : k->anchored);
}

static void answer_waiting(struct ky_keeper *k, ky_rc failed)
{
    for (struct ky_waiting **at = &k->waiting; *at != NULL;) {
        struct ky_waiting *w = *at;
        if (failed == KY_OK && !is_safe(k, w)) {
            at = &w->next;
            continue;
        }
        ky_rc rc = failed != KY_OK ? ky_fail(failed, "sealed: %s", k->sealed_why) : KY_OK;
        ky_ipc_answer(k->server, w->ticket, rc, ky_buf_bytes(&w->body));
        *at = w->next;
        ky_buf_clear(&w->body);
        free(w);
    }
    k->waiting_end = &k->waiting;
    while (*k->waiting_end != NULL)
        k->waiting_end = &(*k->waiting_end)->next;
}

/* What was gathered goes to the disk. */
static ky_rc flush_files(struct ky_keeper *k)
{
    if (k->log_out.n > 0) {
        KY_TRY(ky_file_append(k->log_fd, ky_buf_bytes(&k->log_out)));
        ky_buf_reset(&k->log_out);
        k->written = ky_reglog_sequence(k->log);
    }
    if (k->audit_out.n > 0) {
        KY_TRY(ky_file_append(k->audit_fd, ky_buf_bytes(&k->audit_out)));
        ky_buf_reset(&k->audit_out);
    }
    return KY_OK;
}

/* A failure ends all execution and all writing, since the tail of a file is then unknown. */
static void flush_or_seal(struct ky_keeper *k)
{
    if (k->files_failed || flush_files(k) == KY_OK)
        return;
    k->files_failed = true;
    ky_keeper_seal(k, ky_error());
}

static void fetch_copy(struct ky_keeper *k);

/* The database may have given a part only: then it is asked for the next. */
static void on_fetched(void *ctx, ky_rc rc, bool transport, struct ky_bytes body)
{
    struct ky_keeper *k = ctx;
    (void)transport;
    k->copy_asked_ms = 0;
    if (rc != KY_OK || body.n == 0 || !k->short_log)
        return;
    uint64_t before = ky_reglog_sequence(k->log);
    if (ky_reglog_replay(k->log, body) != KY_OK)
        ky_log(KY_LOG_ERROR, "log.copy.refused", "error=" KY_Q, ky_error());
    size_t taken = (size_t)(ky_reglog_sequence(k->log) - before) * KY_LOG_ENTRY_SIZE;
    if (taken == 0)
        return;
    ky_buf_add(&k->log_out, KY_BYTES(body.p, taken));
    ky_log(KY_LOG_WARN, "log.copy.taken", "entries=%zu", taken / KY_LOG_ENTRY_SIZE);
    rc = ky_keeper_try_unseal(k);
    if (rc == KY_EBUSY)
        fetch_copy(k);
    else if (rc != KY_OK)
        ky_log(KY_LOG_ERROR, "keeper.still-sealed", "error=" KY_Q, ky_error());
}

/* The database holds more than we: only of use while the anchor is ahead of our own chain. */
static void fetch_copy(struct ky_keeper *k)
{
    uint8_t body[9] = {(uint8_t)k->cfg.process};
    ky_put_u64(body + 1, ky_reglog_sequence(k->log));
    k->copy_asked_ms = ky_mono_ms();
    if (ky_ipc_ask(k->server, KY_ROLE_WEB, 0, KY_MSG_LOG_FETCH, KY_BYTES_OF(body), on_fetched, k) != KY_OK)
        k->copy_asked_ms = 0;
}

static void on_copied(void *ctx, ky_rc rc, bool transport, struct ky_bytes body)
{
    struct ky_keeper *k = ctx;
    (void)transport;
    k->copy_asked_ms = 0;
    if (rc != KY_OK || body.n != 8)
        return;
    uint64_t held = ky_get_u64(body.p);
    if (held > ky_reglog_sequence(k->log) && k->short_log)
        fetch_copy(k);
    if (held > k->copied)
        k->copied = held < k->written ? held : k->written;
    else
        k->copy_stalled = k->copied < k->written; /* it took nothing: no hurry to send the same again */
    if (k->copied == k->written && k->copy_alarm) {
        k->copy_alarm = false;
        ky_log(KY_LOG_INFO, "log.copy.current", "sequence=%llu", (unsigned long long)k->copied);
    }
}

/* Sends the entries the database lacks; the first time none, to learn what it holds. */
static void send_copy(struct ky_keeper *k, int64_t now_ms)
{
    uint64_t count = k->written - k->copied;
    count = count > KY_KEEPER_COPY_ENTRIES ? KY_KEEPER_COPY_ENTRIES : count;
    ky_auto_buf body = ky_buf_init(9 + KY_KEEPER_COPY_ENTRIES * KY_LOG_ENTRY_SIZE);
    ky_buf_add_u8(&body, (uint8_t)k->cfg.process);
    ky_buf_add_u64(&body, k->copied + 1);
    size_t bytes = (size_t)count * KY_LOG_ENTRY_SIZE;
    uint8_t *at = ky_buf_grow(&body, bytes);
    if (at == NULL ||
        (bytes > 0 && pread(k->log_fd, at, bytes, (off_t)(k->copied * KY_LOG_ENTRY_SIZE)) != (ssize_t)bytes))
        return;
    if (ky_ipc_ask(k->server, KY_ROLE_WEB, 0, KY_MSG_LOG_APPEND, ky_buf_bytes(&body), on_copied, k) == KY_OK)
        k->copy_asked_ms = now_ms;
}

static void keep_copy(struct ky_keeper *k, int64_t now_ms)
{
    bool connected = ky_ipc_server_has(k->server, KY_ROLE_WEB, 0);
    bool fresh = connected && !k->web_connected;
    k->web_connected = connected;
    if (fresh)
        k->copied = 0;
    if (k->copy_stalled)
        k->copy_next_ms = now_ms + KY_KEEPER_COPY_PAUSE_MS;
    k->copy_stalled = false;
    bool due = fresh || (k->copied < k->written && now_ms >= k->copy_next_ms);
    if (connected && k->copy_asked_ms == 0 && due)
        send_copy(k, now_ms);
    if (k->copied >= k->written)
        k->copy_late_ms = 0;
    else if (k->copy_late_ms == 0)
        k->copy_late_ms = now_ms;
    if (k->copy_late_ms != 0 && now_ms - k->copy_late_ms > KY_KEEPER_COPY_MS && !k->copy_alarm) {
        k->copy_alarm = true;
        ky_log(KY_LOG_ERROR, "log.copy.late", "behind=%llu", (unsigned long long)(k->written - k->copied));
    }
}

/* The database has its copy, or has had its time. */
static bool copy_done(const struct ky_keeper *k, int64_t now_ms)
{
    return k->copied >= k->written || !k->web_connected || k->copy_alarm ||
           now_ms - k->copy_late_ms > KY_KEEPER_COPY_MS;
}

static ky_rc write_anchor(struct ky_keeper *k, int64_t now_ms)
{
    struct ky_anchor a = {.sequence = k->written, .time = ky_clock_now(k->cfg.clock)};
    memcpy(a.head, ky_reglog_head(k->log), KY_HMAC_SIZE);
    k->anchor_unsure = true;
    KY_TRY(ky_anchor_write(k->cfg.ks, &k->k_reg, k->cfg.process, k->founding->node, &a));
    k->anchor_unsure = false;
    k->anchored = a.sequence;
    k->anchor_ms = k->anchor_seen_ms = now_ms;
    return KY_OK;
}

static void keep_anchor(struct ky_keeper *k, int64_t now_ms)
{
    if (k->anchored >= k->written || now_ms - k->anchor_ms < KY_KEEPER_ANCHOR_MS || !copy_done(k, now_ms))
        return;
    if (write_anchor(k, now_ms) != KY_OK) {
        k->anchor_ms = now_ms; /* again in a second; whoever waits, waits */
        ky_log(KY_LOG_ERROR, "anchor.failed", "error=" KY_Q, ky_error());
    }
}

/* Once a second: is our anchor still there, and not ahead of us? A token that is away is not a reason to seal. */
static void look_at_anchor(struct ky_keeper *k, int64_t now_ms)
{
    struct ky_anchor a;
    size_t found;
    if (k->sealed || k->anchor_unsure || now_ms - k->anchor_seen_ms < KY_KEEPER_ANCHOR_MS)
        return;
    k->anchor_seen_ms = now_ms;
    ky_rc rc = ky_anchor_read(&a, &found, k->cfg.ks, &k->k_reg, k->cfg.process, k->founding->node);
    if (rc == KY_ENOTFOUND)
        ky_keeper_seal(k, "the anchor is gone from the token");
    else if (rc == KY_OK && (a.sequence != k->anchored || found != 1))
        ky_keeper_seal(k, "the anchor in the token is not the one this keeper wrote");
}

ky_rc ky_keeper_checkpoint(struct ky_keeper *k)
{
    KY_TRY(ky_checkpoint_make(k->checkpoint, &k->audit, &k->k_audit, ky_clock_now(k->cfg.clock)));
    return ky_file_append(k->checkpoint_fd, KY_BYTES_OF(k->checkpoint));
}

/* Only over what is in the file: a checkpoint beyond the audit file would stop the next start. */
static void keep_checkpoint(struct ky_keeper *k, int64_t now_ms)
{
    if (k->audit_out.n > 0 || now_ms - k->checkpoint_ms < 1000 ||
        ky_get_u64(k->checkpoint + 2) == k->audit.tree.size)
        return;
    k->checkpoint_ms = now_ms;
    if (ky_keeper_checkpoint(k) != KY_OK)
        ky_log(KY_LOG_ERROR, "checkpoint.failed", "error=" KY_Q, ky_error());
}

/* One record for all refusals since the last: garbage must not fill the disk. */
static void sum_refusals(struct ky_keeper *k)
{
    if (!k->any_refused)
        return;
    ky_auto_buf payload = ky_buf_init(KY_OP_END * 16 * 7);
    for (size_t op = 0; op < KY_OP_END; op++) {
        for (size_t rc = 0; rc < KY_COUNT(k->refused[op]); rc++) {
            if (k->refused[op][rc] == 0)
                continue;
            ky_buf_add_u8(&payload, (uint8_t)op);
            ky_buf_add_u16(&payload, (uint16_t) - (int)rc);
            ky_buf_add_u32(&payload, k->refused[op][rc]);
        }
    }
    const struct ky_keeper_head none = {.op = KY_OP_OTHER};
    if (ky_keeper_audit(k, KY_AUDIT_REFUSALS, &none, KY_OK, ky_buf_bytes(&payload)) == KY_OK) {
        memset(k->refused, 0, sizeof k->refused);
        k->any_refused = false;
    }
}

/* By the time that the log itself bears out: a clock that was wrong for a while makes nothing forgotten. */
static void forget_ended(struct ky_keeper *k, int64_t now_ms)
{
    if (now_ms - k->swept_ms < KY_KEEPER_SWEEP_MS)
        return;
    k->swept_ms = now_ms;
    if (ky_reglog_sweep(k->log, ky_reglog_highest_time(k->log)) != KY_OK)
        ky_log(KY_LOG_WARN, "log.sweep.failed", "error=" KY_Q, ky_error());
}

int64_t ky_keeper_tick(void *ctx, int64_t now_ms)
{
    struct ky_keeper *k = ctx;
    if (now_ms - k->checkpoint_ms >= 1000)
        sum_refusals(k);
    flush_or_seal(k);
    keep_copy(k, now_ms);
    if (!k->sealed)
        keep_anchor(k, now_ms);
    look_at_anchor(k, now_ms);
    answer_waiting(k, k->sealed ? KY_EDENIED : KY_OK);
    keep_checkpoint(k, now_ms);
    ky_spent_sweep(k->spent,
                   ky_keeper_highest_time(k) - KY_KEEPER_CLOCK_BACK_S); /* no clock brings it back */
    forget_ended(k, now_ms);
    bool urgent = k->waiting != NULL || k->copied < k->written;
    return now_ms + (urgent ? 20 : 500);
}

void ky_keeper_closed(void *ctx, ky_role peer, unsigned index)
{
    struct ky_keeper *k = ctx;
    if (peer == KY_ROLE_WEB) {
        k->web_connected = false;
        k->copy_asked_ms = 0;
        return;
    }
    size_t lost = ky_spent_lost(k->spent, index);
    if (lost > 0)
        ky_log(KY_LOG_WARN, "positions.unknown", "worker=%u count=%zu", index, lost);
}
