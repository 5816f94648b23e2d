/* What needs no log-in: where a dossier is, by its code; whether a document's signatures hold. */
#include <stdio.h>

#include "base/str.h"
#include "domain/tracking.h"
#include "os/file.h"
#include "store/crl.h"
#include "web/execute.h"
#include "web/handlers.h"
#include "web/parse.h"
#include "web/throttle.h"

#define CRL_MAX ((size_t)16 << 20)
#define AT_ONCE 2 /* documents of strangers validated at the same time; officers' come beside */

/* ---- where a dossier is ---- */

struct lookup {
    struct ky_exchange *x;
    char code[KY_TRACKING_TEXT];
    struct ky_db_dossier dossier;
};

static ky_rc find_dossier(struct ky_store *s, void *ctx)
{
    struct lookup *l = ctx;
    return ky_db_dossier_get_tracked(&l->dossier, &l->x->arena, s, l->code);
}

/* A slip of the hand costs nothing, a code that might have been one does. */
static ky_rc look_up(struct ky_web *w, struct lookup *l)
{
    struct ky_exchange *x = l->x;
    if (ky_tracking_read(l->code, x->params[0]) != KY_OK)
        return ky_fail(KY_ENOTFOUND, "no dossier has this code");
    ky_rc rc = ky_db_read(w->db, find_dossier, l);
    if (rc != KY_ENOTFOUND)
        return rc;
    ky_throttle_count(w->lookups, x->place.address, x->now);
    return ky_fail(KY_ENOTFOUND, "no dossier has this code");
}

static void put_moment(struct ky_json_out *o, const char *name, int64_t at)
{
    if (at != 0)
        ky_json_put_int(o, name, at);
}

/* Nothing of a person, an organisation or a document's number: whoever has the code may have found it on paper. */
static ky_rc answer_status(struct ky_web *w, struct ky_exchange *x, const struct lookup *l)
{
    const struct ky_db_dossier *d = &l->dossier;
    const struct ky_state_info *state = ky_dossier_state_find(d->state);
    const struct ky_legal *legal;
    const struct ky_legal_procedure *procedure;
    KY_TRY(ky_legal_get(&legal, &w->legal, d->legal));
    KY_TRY(ky_legal_procedure_get(&procedure, legal, d->procedure));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_put_cstr(o, "code", l->code);
    ky_json_put_cstr(o, "procedure", d->procedure);
    ky_json_put_cstr(o, "procedure_vi", procedure->vi);
    ky_json_put_cstr(o, "state", d->state);
    ky_json_put_cstr(o, "state_vi", state == NULL ? d->state : state->vi);
    ky_json_put_int(o, "sent_at", d->sent_at);
    put_moment(o, "received_at", d->received_at);
    put_moment(o, "due_at", d->due_at);
    ky_json_put_int(o, "updated_at", d->updated_at);
    ky_json_put_bool(o, "overdue", ky_str_eq(d->clock, "runs") && d->due_at != 0 && d->due_at < x->now);
    return ky_answer_end(x);
}

ky_rc ky_handle_status(struct ky_web *w, struct ky_exchange *x)
{
    struct lookup l = {.x = x};
    int64_t wait = ky_throttle_wait(w->lookups, x->place.address, x->now);
    if (wait > 0)
        return ky_answer_often(x, wait);
    KY_TRY(look_up(w, &l));
    return answer_status(w, x, &l);
}

/* ---- whether a document's signatures hold ---- */

struct newest {
    struct ky_arena *arena;
    struct ky_db_crl list; /* der empty: there is none yet */
};

static ky_rc read_newest(struct ky_store *s, void *ctx)
{
    struct newest *n = ctx;
    ky_rc rc = ky_db_crl_get_newest(&n->list, n->arena, s);
    return rc == KY_ENOTFOUND ? KY_OK : rc;
}

/* Our own certificates and the tokens' CAs are trusted; our lists are at hand, everything else must be in the document. */
static void trust(struct ky_verify_question *q, const struct ky_founding *f)
{
    q->anchors[q->n_anchors++] = f->root->der;
    q->anchors[q->n_anchors++] = f->issuing->der;
    for (size_t i = 0; i < f->token_ca_count && q->n_anchors < KY_VERIFY_ANCHORS_MAX; i++)
        q->anchors[q->n_anchors++] = f->token_cas[i]->der;
}

static ky_rc add_lists(struct ky_verify_question *q, struct ky_buf *root_list, struct ky_web *w,
                       struct ky_exchange *x)
{
    char path[KY_WEB_PATH_MAX];
    struct newest n = {.arena = &x->arena};
    KY_TRY(ky_db_read(w->db, read_newest, &n));
    if (n.list.der.n > 0 && n.list.der.n < KY_VERIFY_QUESTION_MAX / 2)
        q->evidence[q->n_evidence++] = n.list.der;
    snprintf(path, sizeof path, "%s/public/root.crl", w->state_dir);
    if (ky_file_read(root_list, path) == KY_OK && root_list->n < KY_VERIFY_QUESTION_MAX / 4)
        q->evidence[q->n_evidence++] = ky_buf_bytes(root_list);
    return KY_OK;
}

static ky_rc validate(struct ky_web *w, struct ky_exchange *x)
{
    struct ky_verify_question q = {.at = x->now};
    ky_auto_buf root_list = ky_buf_init(CRL_MAX);
    ky_auto_json report = NULL;
    trust(&q, w->founding);
    KY_TRY(add_lists(&q, &root_list, w, x));
    KY_TRY(ky_web_verify_pdf(&report, w, x->body, &q));
    return ky_answer_json(x, 200, report);
}

ky_rc ky_handle_validation(struct ky_web *w, struct ky_exchange *x)
{
    int64_t wait = ky_throttle_wait(w->validations, x->place.address, x->now);
    if (wait > 0)
        return ky_answer_often(x, wait);
    ky_throttle_count(w->validations, x->place.address, x->now);
    ky_rc rc = atomic_fetch_add(&w->validating, 1) < AT_ONCE
                   ? validate(w, x)
                   : ky_fail(KY_EBUSY, "too many documents at once");
    atomic_fetch_sub(&w->validating, 1);
    return rc;
}
