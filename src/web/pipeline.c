/* Loading an issuance, and the thread that takes it through its steps; see pipeline.h. */
#include "web/pipeline.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "base/log.h"
#include "base/str.h"
#include "domain/approval.h"
#include "domain/dossier_state.h"
#include "domain/request.h"
#include "domain/search.h"
#include "os/cond.h"
#include "store/credential.h"
#include "web/dispatch.h"
#include "web/watch.h"

#define ISSUANCE_MEMORY ((size_t)96 << 20)
#define EVIDENCE_BYTES_MAX (1u << 20)

struct ky_pipeline {
    struct ky_web *w;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t came;
    uint8_t queue[KY_PIPELINE_QUEUE_MAX][KY_HASH_SIZE];
    size_t queued;
    bool look, stopping; /* look: into the database */
};

/* ---- loading ---- */

void ky_issuance_clear(struct ky_issuance *i)
{
    ky_statement_clear(&i->issue);
    ky_buf_clear(&i->request_text);
    ky_buf_clear(&i->sam_records);
    ky_buf_clear(&i->ca_records);
    ky_buf_clear(&i->evidence);
    ky_arena_clear(&i->arena);
}

static ky_rc collect(struct ky_buf *out, struct ky_store *s, struct ky_issuance *i, ky_process process)
{
    struct ky_authorisations auths;
    ky_auto_record_list list = ky_record_list_init(process);
    KY_TRY(ky_authorisations_parse(&auths, i->request.authorisations));
    KY_TRY(ky_record_list_add_signers(&list, s, &i->arena, &auths));
    KY_TRY(ky_authorisations_parse(&auths, i->row.authorisations));
    KY_TRY(ky_record_list_add_signers(&list, s, &i->arena, &auths));
    ky_record_list_write(out, &list);
    return ky_buf_finish(out);
}

/* One list of both, each piece once. */
static ky_rc join_evidence(struct ky_issuance *i)
{
    struct ky_bytes items[2 * KY_AUTH_EVIDENCE_MAX];
    size_t n = 0, m = 0, kept;
    KY_TRY(ky_list_read(items, &n, KY_AUTH_EVIDENCE_MAX, i->request.evidence, "evidence"));
    if (i->row.evidence.n > 0)
        KY_TRY(ky_list_read(items + n, &m, KY_AUTH_EVIDENCE_MAX, i->row.evidence, "evidence"));
    kept = n;
    for (size_t at = n; at < n + m; at++) {
        bool known = false;
        for (size_t j = 0; j < kept; j++)
            known |= ky_bytes_eq(items[j], items[at]);
        if (!known)
            items[kept++] = items[at];
    }
    if (kept > KY_AUTH_EVIDENCE_MAX)
        return ky_fail(KY_ELIMIT, "%zu pieces of evidence, at most %d", kept, KY_AUTH_EVIDENCE_MAX);
    ky_list_begin(&i->evidence, kept);
    for (size_t j = 0; j < kept; j++)
        ky_buf_add_lv(&i->evidence, items[j]);
    return ky_buf_finish(&i->evidence);
}

struct loading {
    struct ky_issuance *i;
    struct ky_bytes hash;
};

static ky_rc load(struct ky_store *s, void *ctx)
{
    struct loading *l = ctx;
    struct ky_issuance *i = l->i;
    KY_TRY(ky_db_statement_get(&i->row, &i->arena, s, l->hash));
    KY_TRY(ky_approval_load(&i->row.authorisations, &i->row.evidence, &i->arena, s, l->hash));
    KY_TRY(ky_statement_parse(&i->issue, i->row.json));
    KY_TRY(ky_dossier_open_request(&i->request, &i->request_text, NULL, &i->arena, s, &i->reg,
                                   i->row.dossier_id));
    KY_TRY(ky_db_dossier_row_list(&i->rows, &i->row_count, &i->arena, s, &i->reg.scope, i->row.dossier_id));
    KY_TRY(collect(&i->sam_records, s, i, KY_PROCESS_SAM));
    KY_TRY(collect(&i->ca_records, s, i, KY_PROCESS_CA));
    return join_evidence(i);
}

ky_rc ky_issuance_load(struct ky_issuance *out, struct ky_web *w, struct ky_bytes statement_hash, ky_time now)
{
    *out = (struct ky_issuance){.w = w,
                                .reg = ky_web_registration(w, &KY_ACTOR_SYSTEM, NULL),
                                .arena = ky_arena_init(ISSUANCE_MEMORY),
                                .now = now,
                                .most = KY_BATCH_MAX,
                                .request_text = ky_buf_init(KY_REQUEST_MAX),
                                .sam_records = ky_buf_init(KY_MESSAGE_BODY_MAX),
                                .ca_records = ky_buf_init(KY_MESSAGE_BODY_MAX),
                                .evidence = ky_buf_init(EVIDENCE_BYTES_MAX)};
    struct loading l = {out, statement_hash};
    return ky_db_read(w->db, load, &l);
}

bool ky_issuance_wants(const struct ky_issuance *i, size_t row, const char *state)
{
    return ky_str_eq(i->rows[row].state, state) && ky_rows_contain(&i->issue, (uint32_t)i->rows[row].number);
}

ky_rc ky_issuance_approve_once(struct ky_issuance *i, struct ky_store *s, const struct ky_actor *actor)
{
    struct ky_db_dossier head;
    KY_TRY(ky_db_dossier_get(&head, &i->arena, s, &i->reg.scope, i->row.dossier_id));
    if (!ky_str_eq(head.state, "examining"))
        return KY_OK;
    return ky_dossier_act(s, &i->reg, actor, head.id, KY_ACT_APPROVE, NULL, i->now);
}

ky_rc ky_issuance_add_old(struct ky_buf *out, const char **key_id, struct ky_issuance *i, struct ky_store *s,
                          const struct ky_db_dossier_row *row)
{
    struct ky_db_cert cert;
    struct ky_db_record key;
    ky_auto_buf envelope = ky_buf_init(KY_RECORD_ENVELOPE_MAX);
    if (row->old_serial == NULL)
        return KY_OK;
    KY_TRY(ky_db_cert_get(&cert, &i->arena, s, row->old_serial));
    KY_TRY(ky_db_record_get(&key, &i->arena, s, "sam", cert.key_id));
    ky_buf_add_record(&envelope, &key);
    ky_buf_add_lv(out, ky_buf_bytes(&envelope));
    ky_buf_add_lv(out, cert.der);
    if (key_id != NULL)
        *key_id = cert.key_id;
    return ky_buf_finish(out);
}

/* ---- one statement to its end ---- */

static const struct ky_actor system_approves = {.name = "system",
                                                .roles = KY_STAFF_SYSTEM | KY_STAFF_APPROVE};

static ky_rc step_keys(struct ky_issuance *i, size_t *done)
{
    return ky_issuance_make_keys(i, &system_approves, done);
}

static ky_rc step_revoke(struct ky_issuance *i, size_t *done)
{
    return ky_revocation_at_ca(i, &system_approves, done);
}

static const struct step {
    ky_statement_type type;
    ky_rc (*run)(struct ky_issuance *i, size_t *done);
    const char *given_up; /* state of a row that the key process refuses for good */
} steps[] = {
    {KY_ST_ISSUE, step_keys, "refused"},
    {KY_ST_ISSUE, ky_issuance_prepare_certs, "refused"},
    {KY_ST_ISSUE, ky_issuance_issue_certs, "refused"},
    {KY_ST_ISSUE, ky_issuance_bind, NULL},
    {KY_ST_REVOKE, step_revoke, "refused"},
    {KY_ST_REVOKE, ky_revocation_at_sam,
     "revoked"}, /* its certificate has ended: sam signs nothing with the key */
};

ky_rc ky_approval_start(struct ky_issuance *i, const struct ky_actor *actor, size_t *done)
{
    return i->issue.type == KY_ST_REVOKE ? ky_revocation_at_ca(i, actor, done)
                                         : ky_issuance_make_keys(i, actor, done);
}

/* One row that the key process does not do, whatever is asked again: the others go on. */
struct giving_up {
    struct ky_issuance *i;
    const struct step *step;
    char why[512];
};

static ky_rc give_up(struct ky_store *s, void *ctx)
{
    struct giving_up *g = ctx;
    const struct ky_db_dossier_row *row = &g->i->rows[g->i->tried];
    ky_row_action action = ky_str_eq(g->step->given_up, "revoked") ? KY_ROW_REVOKE : KY_ROW_REFUSE;
    return ky_dossier_row_act(s, &g->i->reg, row->dossier_id, row->number, action, g->why, g->i->now);
}

/*
 * A batch that is refused is tried row by row, and a row that is refused by itself ends. Only rows about a certificate:
 * it may have been locked or revoked since they were approved.
 */
static ky_rc handle_refusal(struct ky_issuance *i, const struct step *step, ky_rc rc, bool *single)
{
    bool about_cert = i->row_count > 0 && i->rows[i->tried].old_serial != NULL;
    if (!i->refused || !about_cert || step->given_up == NULL)
        return rc;
    if (i->most > 1) {
        *single = true;
        return KY_OK;
    }
    struct giving_up g = {.i = i, .step = step};
    snprintf(g.why, sizeof g.why, "Hệ thống khóa từ chối (refused by the key process): %s", ky_error());
    ky_log(KY_LOG_WARN, "issue.row-refused", "dossier=%s row=%lld reason=" KY_Q, i->row.dossier_id,
           (long long)i->rows[i->tried].number, g.why);
    return ky_store_submit(i->w->db, give_up, &g);
}

/* Nothing came of it, and nothing will: whoever looks finds why, and another approval may be made. */
static ky_rc make_void(struct ky_store *s, void *ctx)
{
    const struct giving_up *g = ctx;
    return ky_db_statement_void(s, g->i->row.hash, g->why);
}

static bool is_untouched(const struct ky_issuance *i)
{
    for (size_t r = 0; r < i->row_count; r++)
        if (ky_rows_contain(&i->issue, (uint32_t)i->rows[r].number) &&
            !ky_str_eq(i->rows[r].state, "entered"))
            return false;
    return true;
}

static ky_rc judge_refusal(struct ky_issuance *i, const struct step *step, ky_rc rc, bool *single)
{
    struct giving_up g = {.i = i};
    if (!ky_rc_is_refusal(rc) || !is_untouched(i))
        return handle_refusal(i, step, rc, single);
    snprintf(g.why, sizeof g.why, "%s", ky_error());
    KY_TRY(ky_store_submit(i->w->db, make_void, &g));
    return ky_fail(rc, "%s", g.why);
}

/* A step again and again until it has nothing left; what it changed is loaded anew each time. */
static ky_rc run_step(struct ky_web *w, struct ky_bytes hash, const struct step *step)
{
    size_t done = 1;
    bool single = false;
    while (done > 0) {
        ky_auto_issuance i = {.w = NULL};
        KY_TRY(ky_issuance_load(&i, w, hash, ky_now()));
        if (i.issue.type != step->type)
            return KY_OK;
        i.most = single ? 1 : KY_BATCH_MAX;
        ky_rc rc = step->run(&i, &done);
        if (rc != KY_OK)
            rc = judge_refusal(&i, step, rc, &single);
        KY_TRY(ky_context(rc, "dossier %s", i.row.dossier_id));
    }
    return KY_OK;
}

struct ending {
    struct ky_bytes hash;
    const char *to;
};

static ky_rc set_state(struct ky_store *s, void *ctx)
{
    struct ending *e = ctx;
    return ky_db_statement_set_state(s, e->hash, "authorised", e->to);
}

static ky_rc run_all(struct ky_web *w, struct ky_bytes hash)
{
    struct ending end = {hash, "executed"};
    for (size_t step = 0; step < KY_COUNT(steps); step++)
        KY_TRY(run_step(w, hash, &steps[step]));
    return ky_store_submit(w->db, set_state, &end);
}

static bool worth_another_try(ky_rc rc)
{
    return rc == KY_EBUSY || rc == KY_ETOKEN || rc == KY_EIO || rc == KY_ENOMEM;
}

/* ---- the thread ---- */

struct open_list {
    const char *type;
    struct ky_arena arena;
    struct ky_db_statement *list;
    size_t n;
};

static ky_rc list_open(struct ky_store *s, void *ctx)
{
    struct open_list *l = ctx;
    return ky_db_statement_list(&l->list, &l->n, &l->arena, s, NULL, l->type, "authorised");
}

/* Those about a dossier: a revocation by an officer's own word is executed where it is handed in. */
static void look_for(struct ky_pipeline *p, const char *type)
{
    struct open_list l = {.type = type, .arena = ky_arena_init(ISSUANCE_MEMORY)};
    if (ky_db_read(p->w->db, list_open, &l) != KY_OK)
        ky_log(KY_LOG_ERROR, "issue.list-failed", "reason=" KY_Q, ky_error());
    for (size_t i = 0; i < l.n; i++)
        if (l.list[i].hash.n == KY_HASH_SIZE && l.list[i].dossier_id != NULL)
            ky_pipeline_push(p, l.list[i].hash.p);
    ky_arena_clear(&l.arena);
}

/* Waits for work; false: the end. */
static bool take(struct ky_pipeline *p, uint8_t hash[KY_HASH_SIZE], bool *look)
{
    int64_t deadline_ms = ky_deadline_in(KY_PIPELINE_RETRY_MS);
    bool in_time = true;
    pthread_mutex_lock(&p->lock);
    while (p->queued == 0 && !p->look && !p->stopping && in_time)
        in_time = ky_cond_wait(&p->came, &p->lock, deadline_ms);
    *look = p->queued == 0;
    if (*look)
        p->look = false;
    else
        memcpy(hash, p->queue[--p->queued], KY_HASH_SIZE);
    bool going = !p->stopping;
    pthread_mutex_unlock(&p->lock);
    return going;
}

static bool is_stopping(struct ky_pipeline *p)
{
    pthread_mutex_lock(&p->lock);
    bool stopping = p->stopping;
    pthread_mutex_unlock(&p->lock);
    return stopping;
}

/* Only after an upgrade: what was there before is made to be found by words. */
static void catch_up(struct ky_pipeline *p)
{
    int64_t left = 1;
    while (left > 0 && !is_stopping(p)) {
        if (ky_search_catch_up(&left, p->w->db) != KY_OK) {
            ky_log(KY_LOG_ERROR, "search.behind", "left=%lld reason=" KY_Q, (long long)left, ky_error());
            return; /* the next start tries again */
        }
    }
}

static void *work(void *arg)
{
    struct ky_pipeline *p = arg;
    uint8_t hash[KY_HASH_SIZE];
    char hex[KY_HEX_HASH];
    bool look;
    catch_up(p);
    while (take(p, hash, &look)) {
        if (look) {
            look_for(p, "issue");
            look_for(p, "revoke");
            ky_watch_run(p->w, ky_now());
            continue;
        }
        ky_hex_encode(hex, KY_BYTES_OF(hash));
        ky_rc rc = run_all(p->w, KY_BYTES_OF(hash));
        if (rc == KY_OK)
            ky_log(KY_LOG_INFO, "issue.done", "statement=%s", hex);
        else
            ky_log(worth_another_try(rc) ? KY_LOG_WARN : KY_LOG_ERROR, "issue.stopped",
                   "statement=%s code=%s reason=" KY_Q, hex, ky_rc_name(rc), ky_error());
    }
    return NULL;
}

void ky_pipeline_push(struct ky_pipeline *p, const uint8_t *statement_hash)
{
    pthread_mutex_lock(&p->lock);
    bool known = false;
    for (size_t i = 0; statement_hash != NULL && i < p->queued; i++)
        known |= memcmp(p->queue[i], statement_hash, KY_HASH_SIZE) == 0;
    if (statement_hash == NULL || p->queued == KY_PIPELINE_QUEUE_MAX)
        p->look = true;
    else if (!known)
        memcpy(p->queue[p->queued++], statement_hash, KY_HASH_SIZE);
    pthread_cond_signal(&p->came);
    pthread_mutex_unlock(&p->lock);
}

static void free_pipeline(struct ky_pipeline *p)
{
    pthread_cond_destroy(&p->came);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

ky_rc ky_pipeline_start(struct ky_pipeline **out, struct ky_web *w)
{
    struct ky_pipeline *p = calloc(1, sizeof *p);
    if (p == NULL)
        return ky_fail(KY_ENOMEM, "pipeline");
    p->w = w;
    p->look = true; /* what an earlier process left unfinished */
    pthread_mutex_init(&p->lock, NULL);
    ky_cond_init(&p->came);
    if (pthread_create(&p->thread, NULL, work, p) != 0) {
        free_pipeline(p);
        return ky_fail(KY_ENOMEM, "pipeline thread");
    }
    *out = p;
    return KY_OK;
}

void ky_pipeline_stop(struct ky_pipeline *p)
{
    if (p == NULL)
        return;
    pthread_mutex_lock(&p->lock);
    p->stopping = true;
    pthread_cond_signal(&p->came);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    free_pipeline(p);
}
