/* Certificates of a branch: lists, one with its history; and the same people with how far their letters have come. */
#include "web/api_certificate.h"

#include "base/hex.h"
#include "base/str.h"
#include "domain/search.h"
#include "pki/cert.h"
#include "web/body.h"
#include "web/execute.h"
#include "web/handlers.h"

#define ID_DIGITS 32

/* ---- what is asked for ---- */

ky_rc ky_query_word(const char **out, const struct ky_exchange *x, const char *name, const char *const *words,
                    size_t count)
{
    const char *given = ky_exchange_arg(x, name);
    *out = given == NULL || given[0] == 0 ? NULL : given;
    bool ok = *out == NULL;
    for (size_t i = 0; !ok && i < count; i++)
        ok = ky_str_eq(given, words[i]);
    return ok ? KY_OK : ky_fail(KY_EFORMAT, "%s: not one of the words that it may be", name);
}

ky_rc ky_query_org(const char **out, const struct ky_exchange *x)
{
    uint8_t id[ID_DIGITS / 2];
    *out = ky_exchange_arg(x, "org");
    if (*out == NULL || (*out)[0] == 0) {
        *out = NULL;
        return KY_OK;
    }
    return ky_context(ky_hex_decode(id, sizeof id, ky_bytes_str(*out)), "org");
}

static ky_rc read_words(struct ky_inventory_query *q, const char **sort, const struct ky_exchange *x)
{
    static const char *const states[] = {"good", "revoked", "expired"}, *const sorts[] = {"newest", "expiry"},
                             *const activations[] = {"waiting", "expired"};
    uint64_t before = 0;
    const char *text = ky_exchange_arg(x, "expires_before");
    KY_TRY(ky_query_word(&q->state, x, "state", states, KY_COUNT(states)));
    KY_TRY(ky_query_word(sort, x, "sort", sorts, KY_COUNT(sorts)));
    KY_TRY(ky_query_word(&q->activation, x, "activation", activations, KY_COUNT(activations)));
    if (text != NULL)
        KY_TRY(ky_context(ky_parse_u64(&before, ky_bytes_str(text), KY_TIME_MAX), "expires_before"));
    q->expires_before = (int64_t)before;
    return ky_query_org(&q->org_id, x);
}

static ky_rc read_search(struct ky_inventory_query *q, struct ky_web *w, struct ky_exchange *x,
                         const struct ky_scope *scope, const char *typed)
{
    struct ky_search found;
    KY_TRY(ky_search_read(&found, &x->arena, typed, &w->personal, scope));
    q->match = found.match;
    q->serial_prefix = found.serial;
    if (found.match != NULL)
        q->order = KY_INVENTORY_FOUND;
    if (!found.identity)
        return KY_OK;
    q->identity_hash =
        KY_BYTES(ky_arena_dup(&x->arena, KY_BYTES_OF(found.identity_hash)), sizeof found.identity_hash);
    return q->identity_hash.p == NULL ? KY_ENOMEM : KY_OK;
}

/* A branch's own word finds what it holds in the order of the list, however large it is. */
static ky_rc read_branch(struct ky_inventory_query *q, struct ky_exchange *x, const struct ky_scope *scope)
{
    ky_auto_buf match = ky_buf_init(KY_FIND_MATCH_MAX);
    if (ky_scope_is_everything(scope) || q->order == KY_INVENTORY_REVOKED || q->org_id != NULL ||
        q->activation != NULL)
        return KY_OK;
    KY_TRY(ky_db_find_match(&match, "", scope));
    q->match = ky_arena_strdup(&x->arena, ky_buf_str(&match));
    if (q->order == KY_INVENTORY_NEWEST)
        q->order = KY_INVENTORY_FOUND;
    return q->match == NULL ? KY_ENOMEM : KY_OK;
}

ky_rc ky_certificate_query(struct ky_inventory_query *out, struct ky_web *w, struct ky_exchange *x,
                           const struct ky_scope *scope)
{
    const char *sort, *typed = ky_exchange_arg(x, "q");
    *out = (struct ky_inventory_query){.order = KY_INVENTORY_NEWEST, .now = x->now};
    KY_TRY(read_words(out, &sort, x));
    bool searched = typed != NULL && typed[0] != 0;
    if (searched && (sort != NULL || out->activation != NULL))
        return ky_fail(KY_EINVAL, "q: what is found comes newest first, not by sort or activation");
    if (searched)
        return read_search(out, w, x, scope, typed);
    bool ending = ky_str_eq(sort, "expiry") || out->expires_before != 0;
    if (ending && out->state != NULL && !ky_str_eq(out->state, "good"))
        return ky_fail(KY_EINVAL, "sort: what has ended does not expire any more");
    if (ending)
        out->order = KY_INVENTORY_EXPIRING;
    else if (ky_str_eq(out->state, "expired"))
        out->order = KY_INVENTORY_EXPIRED;
    else if (ky_str_eq(out->state, "revoked"))
        out->order = KY_INVENTORY_REVOKED;
    return read_branch(out, x, scope);
}

/* ---- lists ---- */

struct cert_call {
    struct ky_exchange *x;
    struct ky_registration reg;
    struct ky_inventory_query query;
    struct ky_page page;
    struct ky_db_listed_cert *list;
    struct ky_holding *held;
    size_t n;
    const char *serial;
    struct ky_db_dossier dossier;
};

static ky_rc load_list(struct ky_store *s, void *ctx)
{
    struct cert_call *c = ctx;
    struct ky_arena *a = &c->x->arena;
    KY_TRY(ky_db_inventory_list(&c->list, &c->n, a, s, &c->reg.scope, &c->query, &c->page));
    c->held = ky_arena_alloc_array(a, c->n + 1, sizeof *c->held);
    if (c->held == NULL)
        return KY_ENOMEM;
    for (size_t i = 0; i < c->n; i++)
        KY_TRY(ky_holding_open(&c->held[i], a, s, &c->reg, &c->list[i], c->x->now));
    return KY_OK;
}

static void put_person(struct ky_json_out *o, const struct ky_holding *h)
{
    ky_json_put_cstr(o, "name", h->name);
    ky_json_put_text(o, "title", h->title);
    ky_json_put_text(o, "unit", h->unit);
    ky_json_put_text(o, "email", h->email);
    ky_json_put_cstr(o, "org", h->cert->org_id);
    ky_json_put_cstr(o, "org_name", h->org_name);
    ky_json_put_cstr(o, "dossier", h->cert->dossier_id);
    ky_json_put_int(o, "row", h->cert->number);
    ky_json_put_cstr(o, "serial", h->cert->serial);
    ky_json_put_cstr(o, "state", h->state);
}

static void put_certificate(struct ky_json_out *o, const struct ky_holding *h)
{
    put_person(o, h);
    ky_json_put_int(o, "not_before", h->cert->not_before);
    ky_json_put_int(o, "not_after", h->cert->not_after);
    ky_json_put_cstr(o, "key_type", h->key_type);
    ky_json_put_int(o, "days_left", h->days_left);
    if (h->reason_vi == NULL)
        return;
    ky_json_put_int(o, "reason", h->cert->reason);
    ky_json_put_cstr(o, "reason_vi", h->reason_vi);
    ky_json_put_int(o, "revoked_at", h->cert->revoked_at);
}

static void put_moment(struct ky_json_out *o, const char *name, int64_t at)
{
    if (at != 0)
        ky_json_put_int(o, name, at);
}

static void put_subscriber(struct ky_json_out *o, const struct ky_holding *h)
{
    put_person(o, h);
    ky_json_put_int(o, "issued_at", h->cert->created_at);
    ky_json_put_cstr(o, "letter", h->letter);
    ky_json_put_cstr(o, "letter_vi", h->letter_vi);
    ky_json_put_text(o, "letter_error", h->letter_error);
    ky_json_put_cstr(o, "activation", h->activation);
    ky_json_put_cstr(o, "activation_vi", h->activation_vi);
    ky_json_put_text(o, "activation_id", h->activation_id);
    put_moment(o, "opened_at", h->opened_at);
    put_moment(o, "activated_at", h->activated_at);
    put_moment(o, "expires_at", h->expires_at);
}

static ky_rc answer_list(struct ky_web *w, struct ky_exchange *x, const char *name,
                         void (*put)(struct ky_json_out *o, const struct ky_holding *h))
{
    struct cert_call c = {.x = x, .reg = ky_web_registration_of(w, x)};
    char cursor[KY_CURSOR_MAX];
    KY_TRY(ky_body_page(&c.page, x));
    KY_TRY(ky_certificate_query(&c.query, w, x, &c.reg.scope));
    KY_TRY(ky_db_read(w->db, load_list, &c));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_open_array(o, name);
    for (size_t i = 0; i < c.n; i++) {
        ky_json_open_object(o, NULL);
        put(o, &c.held[i]);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
    if (c.n == (size_t)c.page.limit) {
        const struct ky_db_listed_cert *last = &c.list[c.n - 1];
        ky_cursor_format(cursor, ky_db_inventory_number(last, c.query.order), last->serial);
        ky_json_put_cstr(o, "next", cursor);
    }
    return ky_answer_end(x);
}

ky_rc ky_handle_certificate_list(struct ky_web *w, struct ky_exchange *x)
{
    return answer_list(w, x, "certificates", put_certificate);
}

ky_rc ky_handle_subscriber_list(struct ky_web *w, struct ky_exchange *x)
{
    return answer_list(w, x, "subscribers", put_subscriber);
}

/* ---- one ---- */

static ky_rc load_one(struct ky_store *s, void *ctx)
{
    struct cert_call *c = ctx;
    struct ky_arena *a = &c->x->arena;
    c->list = ky_arena_alloc(a, sizeof *c->list);
    c->held = ky_arena_alloc(a, sizeof *c->held);
    if (c->list == NULL || c->held == NULL)
        return KY_ENOMEM;
    KY_TRY(ky_db_inventory_get(c->list, a, s, &c->reg.scope, c->serial));
    KY_TRY(ky_db_dossier_get(&c->dossier, a, s, &c->reg.scope, c->list->dossier_id));
    return ky_holding_open(c->held, a, s, &c->reg, c->list, c->x->now);
}

static void put_event(struct ky_json_out *o, int64_t at, const char *action, const char *vi, const char *note)
{
    if (at == 0)
        return;
    ky_json_open_object(o, NULL);
    ky_json_put_int(o, "at", at);
    ky_json_put_cstr(o, "action", action);
    ky_json_put_cstr(o, "action_vi", vi);
    ky_json_put_text(o, "note", note);
    ky_json_close_object(o);
}

static void put_history(struct ky_json_out *o, const struct ky_holding *h)
{
    const struct ky_db_listed_cert *c = h->cert;
    bool revoked = ky_str_eq(h->state, "revoked"), expired = ky_str_eq(h->state, "expired");
    ky_json_open_array(o, "history");
    put_event(o, c->created_at, "issued", "Cấp chứng thư số", NULL);
    put_event(o, h->opened_at, "opened", "Mở thư kích hoạt", NULL);
    put_event(o, h->activated_at, "activated", "Kích hoạt tài khoản ký số", NULL);
    put_event(o, revoked ? c->revoked_at : 0, "revoked", "Thu hồi", h->reason_vi);
    put_event(o, expired ? c->not_after : 0, "expired", "Hết hạn", NULL);
    ky_json_close_array(o);
}

ky_rc ky_handle_certificate_get(struct ky_web *w, struct ky_exchange *x)
{
    struct cert_call c = {.x = x, .reg = ky_web_registration_of(w, x)};
    ky_auto_buf pem = ky_buf_init(2 * KY_CERT_DER_MAX);
    KY_TRY(ky_exchange_param_hex(&c.serial, x, 0, ID_DIGITS));
    KY_TRY(ky_db_read(w->db, load_one, &c));
    ky_buf_add_cert_pem(&pem, c.list->der);
    KY_TRY(ky_buf_finish(&pem));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    put_certificate(o, c.held);
    ky_json_put_str(o, "pem", ky_buf_bytes(&pem));
    ky_json_put_cstr(o, "credential", c.list->key_id);
    ky_json_put_cstr(o, "dossier_code", c.dossier.code);
    put_history(o, c.held);
    return ky_answer_end(x);
}
