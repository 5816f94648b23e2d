/* Telling ca of requests for revocation, and reminding it of them; see watch.h. */
#include "web/watch.h"

#include "base/hex.h"
#include "base/log.h"
#include "base/str.h"
#include "domain/clock.h"
#include "domain/revoke.h"
#include "store/credential.h"
#include "store/watch.h"
#include "web/execute.h"
#include "web/pipeline.h"

#define MEMORY ((size_t)96 << 20)
#define NEVER_S (366 * KY_DAY) /* to the next look when ca executes nothing by itself */

/* One watched dossier while something is done about it. */
struct watched {
    struct ky_web *w;
    struct ky_registration reg;
    struct ky_arena arena;
    ky_time now;
    const char *id;
    struct ky_db_watch watch;
    bool finished; /* the dossier has ended, or no row is left */
    struct ky_db_dossier head;
    struct ky_db_request request;
    struct ky_buf text; /* of the request */
    struct ky_statement st;
    struct ky_buf records; /* of the seal */
    struct ky_db_dossier_row *rows;
    size_t row_count;
};

static void clear_watched(struct watched *t)
{
    ky_statement_clear(&t->st);
    ky_buf_clear(&t->text);
    ky_buf_clear(&t->records);
    ky_arena_clear(&t->arena);
}

static ky_rc collect_records(struct watched *t, struct ky_store *s)
{
    struct ky_authorisations auths;
    ky_auto_record_list list = ky_record_list_init(KY_PROCESS_CA);
    KY_TRY(ky_authorisations_parse(&auths, t->request.authorisations));
    KY_TRY(ky_record_list_add_signers(&list, s, &t->arena, &auths));
    ky_record_list_write(&t->records, &list);
    return ky_buf_finish(&t->records);
}

static ky_rc load(struct ky_store *s, void *ctx)
{
    struct watched *t = ctx;
    KY_TRY(ky_db_watch_get(&t->watch, &t->arena, s, t->id));
    KY_TRY(ky_db_dossier_get(&t->head, &t->arena, s, &t->reg.scope, t->id));
    const struct ky_state_info *state = ky_dossier_state_find(t->head.state);
    t->finished = state == NULL || state->final;
    if (t->finished || !ky_str_eq(t->head.clock, "runs"))
        return KY_OK;
    KY_TRY(ky_dossier_open_request(&t->request, &t->text, NULL, &t->arena, s, &t->reg, t->id));
    KY_TRY(ky_db_dossier_row_list(&t->rows, &t->row_count, &t->arena, s, &t->reg.scope, t->id));
    return collect_records(t, s);
}

static ky_rc set_watch(struct ky_store *s, void *ctx)
{
    const struct watched *t = ctx;
    if (t->finished)
        return ky_db_watch_delete(s, t->id);
    ky_rc rc = ky_db_watch_set(s, &t->watch);
    return rc == KY_ENOTFOUND ? KY_OK : rc;
}

/* ---- ca is told ---- */

/* Told again it says the same. The answer: `u64 received ‖ u32 seconds`. */
static ky_rc tell_ca(struct watched *t)
{
    ky_auto_buf reply = ky_buf_init(64);
    const struct ky_bytes fields[] = {ky_buf_bytes(&t->text), t->request.authorisations,
                                      ky_buf_bytes(&t->records), t->request.evidence};
    KY_TRY(ky_web_ca(t->w, KY_MSG_CA_RECEIVE, fields, KY_COUNT(fields), &reply));
    struct ky_reader in = KY_READER(ky_buf_bytes(&reply));
    t->watch.told_at = (ky_time)ky_read_u64(&in);
    t->watch.overdue_s = ky_read_u32(&in);
    KY_TRY(ky_reader_finish(&in, "CA_RECEIVE"));
    ky_log(KY_LOG_INFO, "revocation.received", "dossier=%s at=%lld", t->id, (long long)t->watch.told_at);
    return KY_OK;
}

/*
 * When it is overdue: by ca's own hour, and by the dossier's, whose clock stood while the organisation had to answer
 * (docs/design/020-calendar.md).
 */
static ky_rc find_hour(ky_time *out, const struct watched *t)
{
    struct ky_limit limit;
    KY_TRY(ky_clock_limit(&limit, &t->reg, &t->head));
    ky_time by_dossier = t->head.due_at - limit.count * KY_HOUR;
    bool later = limit.unit == KY_DEADLINE_HOURS && by_dossier > t->watch.told_at;
    *out = t->watch.overdue_s == 0 ? t->now + NEVER_S
                                   : (later ? by_dossier : t->watch.told_at) + t->watch.overdue_s;
    return KY_OK;
}

/* ---- the hour has come ---- */

/* One row on its way: certificate, and what it was issued by. */
struct overdue {
    struct watched *t;
    const struct ky_db_dossier_row *row;
    struct ky_db_cert cert;
    struct ky_buf origin;     /* text of the request that the certificate was issued by */
    struct ky_buf credential; /* `lv(key rec) ‖ lv(certificate)` */
};

static void clear_overdue(struct overdue *o)
{
    ky_buf_clear(&o->origin);
    ky_buf_clear(&o->credential);
}

static ky_rc load_overdue(struct ky_store *s, void *ctx)
{
    struct overdue *o = ctx;
    struct ky_arena *a = &o->t->arena;
    struct ky_db_request origin;
    struct ky_db_record key;
    ky_auto_buf envelope = ky_buf_init(KY_RECORD_ENVELOPE_MAX);
    KY_TRY(ky_db_cert_get(&o->cert, a, s, o->row->old_serial));
    KY_TRY(ky_dossier_open_request(&origin, &o->origin, NULL, a, s, &o->t->reg, o->cert.dossier_id));
    KY_TRY(ky_db_record_get(&key, a, s, "sam", o->cert.key_id));
    ky_buf_add_record(&envelope, &key);
    ky_buf_add_lv(&o->credential, ky_buf_bytes(&envelope));
    ky_buf_add_lv(&o->credential, o->cert.der);
    return ky_buf_finish(&o->credential);
}

static ky_rc end_certificate(const struct overdue *o)
{
    uint8_t row[4], origin_row[4];
    ky_auto_buf reply = ky_buf_init(64);
    const struct watched *t = o->t;
    ky_put_u32(row, (uint32_t)o->row->number);
    ky_put_u32(origin_row, (uint32_t)o->cert.number);
    const struct ky_bytes fields[] = {
        ky_buf_bytes(&t->text), t->request.authorisations, ky_buf_bytes(&t->records), t->request.evidence,
        KY_BYTES_OF(row),       ky_buf_bytes(&o->origin),  KY_BYTES_OF(origin_row)};
    return ky_web_ca(t->w, KY_MSG_CA_OVERDUE, fields, KY_COUNT(fields), &reply);
}

/* The word of ca, taken to sam: `lv(attestation) ‖ signature 64 ‖ lv(key rec) ‖ lv(certificate)`. */
static ky_rc end_key(const struct overdue *o)
{
    uint8_t serial[KY_SERIAL_SIZE];
    ky_auto_buf word = ky_buf_init(KY_MESSAGE_BODY_MAX), list = ky_buf_init(KY_MESSAGE_BODY_MAX),
                reply = ky_buf_init(64);
    KY_TRY(ky_hex_decode(serial, sizeof serial, ky_bytes_str(o->cert.serial)));
    const struct ky_bytes name = KY_BYTES_OF(serial);
    KY_TRY(ky_web_ca(o->t->w, KY_MSG_CA_REVOCATION, &name, 1, &word));
    ky_buf_add(&word, ky_buf_bytes(&o->credential));
    KY_TRY(ky_buf_finish(&word));
    ky_list_begin(&list, 1);
    ky_buf_add_lv(&list, ky_buf_bytes(&word));
    KY_TRY(ky_buf_finish(&list));
    const struct ky_bytes field = ky_buf_bytes(&list);
    return ky_web_sam(o->t->w, KY_MSG_SAM_REVOKED, &field, 1, &reply);
}

static ky_rc store_overdue(struct ky_store *s, void *ctx)
{
    struct overdue *o = ctx;
    const struct watched *t = o->t;
    KY_TRY(ky_revocation_store(s, &t->st, o->row->number, t->now));
    KY_TRY(ky_credential_forget(s, &t->reg, &o->t->arena, o->cert.serial, t->now));
    return ky_dossier_row_act(s, &t->reg, t->id, o->row->number, KY_ROW_OVERDUE, NULL, t->now);
}

static ky_rc end_row(struct watched *t, const struct ky_db_dossier_row *row)
{
    KY_CLEANUP(clear_overdue)
    struct overdue o = {.t = t,
                        .row = row,
                        .origin = ky_buf_init(KY_REQUEST_MAX),
                        .credential = ky_buf_init(KY_MESSAGE_BODY_MAX)};
    KY_TRY(ky_db_read(t->w->db, load_overdue, &o));
    KY_TRY(end_certificate(&o));
    KY_TRY(end_key(&o));
    KY_TRY(ky_store_submit(t->w->db, store_overdue, &o));
    ky_log(KY_LOG_INFO, "revocation.overdue", "dossier=%s row=%lld", t->id, (long long)row->number);
    return KY_OK;
}

/* So far nothing has failed that would fail for the next row too. */
static bool is_of_one_row(ky_rc rc)
{
    return rc == KY_OK || rc == KY_EDENIED || rc == KY_EEXIST;
}

/*
 * Row by row: one that is refused does not hold the others. Anything else ends the run: ca is away, or has done as many
 * in this hour as it does without an officer.
 */
static ky_rc end_rows(struct watched *t)
{
    ky_rc worst = KY_OK;
    KY_TRY(ky_statement_parse(&t->st, ky_buf_bytes(&t->text)));
    for (size_t i = 0; i < t->row_count && is_of_one_row(worst); i++) {
        if (!ky_str_eq(t->rows[i].state, "entered"))
            continue;
        ky_rc rc = ky_context(end_row(t, &t->rows[i]), "row %lld", (long long)t->rows[i].number);
        if (rc == KY_OK)
            continue;
        worst = rc;
        ky_log(KY_LOG_ERROR, "revocation.overdue-failed", "dossier=%s reason=" KY_Q, t->id, ky_error());
    }
    if (worst == KY_OK)
        t->finished = true;
    return worst;
}

/* ---- running ---- */

static ky_rc act(struct watched *t)
{
    ky_time hour;
    if (t->watch.told_at == 0)
        KY_TRY(tell_ca(t));
    KY_TRY(find_hour(&hour, t));
    if (hour <= t->now)
        return end_rows(t);
    t->watch.next_at = hour;
    return KY_OK;
}

static ky_rc run_one(struct watched *t)
{
    KY_TRY(ky_db_read(t->w->db, load, t));
    t->watch.next_at = t->now + KY_WATCH_RETRY_S;
    if (!t->finished && ky_str_eq(t->head.clock, "runs")) {
        ky_rc rc = act(t);
        bool busy = rc == KY_OK || rc == KY_EBUSY || rc == KY_EIO || rc == KY_ETOKEN;
        if (!busy)
            t->watch.next_at = t->now + KY_WATCH_REFUSED_S;
        if (rc != KY_OK)
            ky_log(KY_LOG_WARN, "revocation.waits", "dossier=%s reason=" KY_Q, t->id, ky_error());
    }
    return ky_store_submit(t->w->db, set_watch, t);
}

void ky_watch_tell(struct ky_web *w, const char *dossier_id, ky_time now)
{
    KY_CLEANUP(clear_watched)
    struct watched t = {.w = w,
                        .reg = ky_web_registration(w, &KY_ACTOR_SYSTEM, NULL),
                        .arena = ky_arena_init(MEMORY),
                        .now = now,
                        .id = dossier_id,
                        .text = ky_buf_init(KY_REQUEST_MAX),
                        .records = ky_buf_init(KY_MESSAGE_BODY_MAX)};
    if (run_one(&t) != KY_OK)
        ky_log(KY_LOG_ERROR, "revocation.failed", "dossier=%s reason=" KY_Q, dossier_id, ky_error());
}

struct due_list {
    struct ky_arena arena;
    struct ky_db_watch *list;
    size_t n;
    ky_time now;
};

static ky_rc list_due(struct ky_store *s, void *ctx)
{
    struct due_list *l = ctx;
    return ky_db_watch_list_due(&l->list, &l->n, &l->arena, s, l->now, KY_WATCH_BATCH);
}

void ky_watch_run(struct ky_web *w, ky_time now)
{
    struct due_list l = {.arena = ky_arena_init(1 << 20), .now = now};
    if (ky_db_read(w->db, list_due, &l) != KY_OK)
        ky_log(KY_LOG_ERROR, "revocation.list-failed", "reason=" KY_Q, ky_error());
    for (size_t i = 0; i < l.n; i++)
        ky_watch_tell(w, l.list[i].dossier_id, now);
    ky_arena_clear(&l.arena);
}
