/* Subscribers' own requests: what the organisation does with them, and the page of who comes by a link (docs/protocol/papers.md). */
#include <stdio.h>

#include "base/str.h"
#include "domain/own_form.h"
#include "domain/own_link.h"
#include "web/body.h"
#include "web/download.h"
#include "web/execute.h"
#include "web/handlers.h"
#include "web/parse.h"

#define ID_DIGITS ((size_t)(2 * KY_ID_SIZE))
#define SECRET_MAX 64
#define RETRY_MAX 24

struct own_call {
    struct ky_web *w;
    struct ky_exchange *x;
    struct ky_registration reg;
    const char *id;
    int64_t number;
    /* by the organisation */
    struct ky_dossier dossier;
    struct ky_own_state *states;
    struct ky_own_link link;
    struct ky_own_link *links;
    size_t n_links;
    int64_t *rows; /* asked for */
    size_t n;
    int64_t *taken; /* that got it */
    size_t n_taken;
    uint8_t hash[KY_SHA256_SIZE];
    struct ky_buf pdf;
    /* by a link */
    struct ky_own_guest guest;
    struct ky_own_result result;
    struct ky_own_page page;
    struct ky_own_kept kept;
    const json_t *values, *declarations;
};

static void clear_call(struct own_call *c)
{
    ky_dossier_clear(&c->dossier);
    ky_own_page_clear(&c->page);
    ky_buf_clear(&c->pdf);
    ky_buf_clear(&c->kept.pdf);
}
#define auto_call KY_CLEANUP(clear_call) struct own_call

static ky_rc begin_call(struct own_call *c, struct ky_web *w, struct ky_exchange *x)
{
    c->w = w;
    c->x = x;
    c->reg = ky_web_registration_of(w, x);
    return ky_exchange_param_hex(&c->id, x, 0, ID_DIGITS);
}

static ky_rc read_row(struct own_call *c)
{
    uint64_t row;
    if (ky_parse_u64(&row, c->x->params[1], KY_DB_DOSSIER_ROWS_MAX) != KY_OK || row == 0)
        return ky_fail(KY_ENOTFOUND, "no such row");
    c->number = (int64_t)row;
    return KY_OK;
}

/* 429 with the time to wait. */
static ky_rc answer_locked(struct ky_exchange *x, ky_time until, const char *en, const char *vi)
{
    char *wait = ky_arena_alloc(&x->arena, RETRY_MAX);
    ky_answer_refusal(x, 429, "locked", en, vi);
    if (wait == NULL)
        return KY_ENOMEM;
    snprintf(wait, RETRY_MAX, "%lld", (long long)(until > x->now ? until - x->now : 1));
    ky_exchange_header(x, "Retry-After", wait);
    return KY_OK;
}

/* ---- how it stands ---- */

static ky_rc load_states(struct ky_store *s, void *ctx)
{
    struct own_call *c = ctx;
    KY_TRY(ky_dossier_load(&c->dossier, s, &c->reg, c->id));
    return ky_own_requests_list(&c->states, &c->x->arena, s, &c->reg, &c->dossier, c->x->now);
}

static const char *state_of(const struct ky_own_state *state)
{
    return state->there ? "there" : state->link != NULL ? "sent" : "missing";
}

static void put_state(struct ky_json_out *o, const struct ky_own_state *state, int64_t number)
{
    ky_json_open_object(o, NULL);
    ky_json_put_int(o, "row", number);
    ky_json_put_bool(o, "needed", state->needed);
    ky_json_put_cstr(o, "state", state_of(state));
    if (state->there) {
        ky_json_put_cstr(o, "source", state->kept->source);
        ky_json_put_hex(o, "hash", state->kept->hash);
        ky_json_put_int(o, "at", state->kept->at);
        ky_json_put_text(o, "address", state->kept->address);
        ky_json_put_text(o, "staff", state->kept->staff_id);
    }
    if (state->link != NULL)
        ky_json_put_int(o, "expires_at", state->link->expires_at);
    ky_json_close_object(o);
}

ky_rc ky_handle_own_requests(struct ky_web *w, struct ky_exchange *x)
{
    auto_call c = {.n = 0};
    int64_t missing = 0;
    KY_TRY(begin_call(&c, w, x));
    KY_TRY(ky_db_read(w->db, load_states, &c));
    for (size_t i = 0; i < c.dossier.n; i++)
        missing += c.states[i].needed && !c.states[i].there;
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_put_int(o, "missing", missing);
    ky_json_open_array(o, "rows");
    for (size_t i = 0; i < c.dossier.n; i++)
        put_state(o, &c.states[i], c.dossier.rows[i].number);
    ky_json_close_array(o);
    return ky_answer_end(x);
}

static ky_rc open_pdf(struct ky_store *s, void *ctx)
{
    struct own_call *c = ctx;
    return ky_own_request_open(&c->pdf, &c->x->arena, s, &c->reg, c->id, c->number);
}

ky_rc ky_handle_own_request_get(struct ky_web *w, struct ky_exchange *x)
{
    auto_call c = {.pdf = ky_buf_init_secret(KY_DOSSIER_PAPER_MAX)};
    char name[64];
    KY_TRY(begin_call(&c, w, x));
    KY_TRY(read_row(&c));
    KY_TRY(ky_db_read(w->db, open_pdf, &c));
    snprintf(name, sizeof name, "de-nghi-cua-thue-bao-%lld.pdf", (long long)c.number);
    return ky_answer_download(x, ky_file_kind_type(KY_FILE_PDF), name, ky_buf_bytes(&c.pdf));
}

/* ---- uploading ---- */

/* "3" or "3-7" */
static ky_rc read_range(uint64_t *from, uint64_t *to, struct ky_bytes text)
{
    const uint8_t *dash = text.n == 0 ? NULL : memchr(text.p, '-', text.n);
    size_t n = dash == NULL ? text.n : (size_t)(dash - text.p);
    KY_TRY(ky_parse_u64(from, KY_BYTES(text.p, n), KY_DB_DOSSIER_ROWS_MAX));
    if (dash == NULL)
        *to = *from;
    else
        KY_TRY(ky_parse_u64(to, KY_BYTES(dash + 1, text.n - n - 1), KY_DB_DOSSIER_ROWS_MAX));
    return *from >= 1 && *from <= *to ? KY_OK : ky_fail(KY_EFORMAT, "a range of rows that is none");
}

/* "1,3-5"; absent: none is named. */
static ky_rc read_rows(struct own_call *c)
{
    const char *at = ky_exchange_arg(c->x, "rows");
    if (at == NULL)
        return KY_OK;
    c->rows = ky_arena_alloc_array(&c->x->arena, KY_DB_DOSSIER_ROWS_MAX, sizeof *c->rows);
    if (c->rows == NULL)
        return KY_ENOMEM;
    for (;;) {
        uint64_t from, to;
        size_t n = strcspn(at, ",");
        KY_TRY(ky_context(read_range(&from, &to, KY_BYTES(at, n)), "?rows="));
        for (; from <= to; from++) {
            if (c->n == KY_DB_DOSSIER_ROWS_MAX)
                return ky_fail(KY_ELIMIT, "?rows=: more than %d", KY_DB_DOSSIER_ROWS_MAX);
            c->rows[c->n++] = (int64_t)from;
        }
        if (at[n] == 0)
            return KY_OK;
        at += n + 1;
    }
}

static ky_rc check_pdf(struct own_call *c)
{
    const char *type;
    ky_file_fault fault;
    KY_TRY(ky_web_look_at_file(&type, &fault, c->w, c->x->body));
    if (fault != KY_FILE_GOOD)
        return ky_why_deny(&c->x->why, "PDF", ky_file_fault_vi(fault), ky_file_fault_en(fault));
    if (ky_str_eq(type, ky_file_kind_type(KY_FILE_PDF)))
        return KY_OK;
    return ky_why_deny(&c->x->why, "PDF", "văn bản đề nghị của thuê bao phải là tệp PDF.",
                       "the subscriber's own request has to be a PDF");
}

static ky_rc upload(struct ky_store *s, void *ctx)
{
    struct own_call *c = ctx;
    return ky_own_requests_upload(c->hash, &c->taken, &c->n_taken, &c->x->arena, s, &c->reg, &c->x->actor,
                                  c->id, c->rows, c->n, c->x->body, c->x->now);
}

ky_rc ky_handle_own_request_upload(struct ky_web *w, struct ky_exchange *x)
{
    auto_call c = {.n = 0};
    KY_TRY(begin_call(&c, w, x));
    KY_TRY(read_rows(&c));
    KY_TRY(check_pdf(&c));
    KY_TRY(ky_store_submit(w->db, upload, &c));
    struct ky_json_out *o = ky_answer_begin(x, 201);
    ky_json_put_hex(o, "hash", KY_BYTES_OF(c.hash));
    ky_json_open_array(o, "rows");
    for (size_t i = 0; i < c.n_taken; i++)
        ky_json_put_int(o, NULL, c.taken[i]);
    ky_json_close_array(o);
    return ky_answer_end(x);
}

/* ---- giving a link ---- */

static ky_rc make_link(struct ky_store *s, void *ctx)
{
    struct own_call *c = ctx;
    return ky_own_link_make(&c->link, &c->x->arena, s, &c->reg, &c->x->actor, c->w->login.origin, c->id,
                            c->number, c->x->now);
}

ky_rc ky_handle_own_request_link(struct ky_web *w, struct ky_exchange *x)
{
    auto_call c = {.n = 0};
    KY_TRY(begin_call(&c, w, x));
    KY_TRY(read_row(&c));
    KY_TRY(ky_store_submit(w->db, make_link, &c));
    if (c.link.locked_until != 0)
        return answer_locked(x, c.link.locked_until, "the row had too many links today",
                             "Dòng này đã được gửi quá nhiều đường dẫn trong ngày; đề nghị thử lại sau.");
    struct ky_json_out *o = ky_answer_begin(x, 201);
    ky_json_put_cstr(o, "url", c.link.url);
    ky_json_put_cstr(o, "email", c.link.email);
    ky_json_put_int(o, "expires_at", c.link.expires_at);
    return ky_answer_end(x);
}

static ky_rc make_links(struct ky_store *s, void *ctx)
{
    struct own_call *c = ctx;
    return ky_own_links_make(&c->links, &c->n_links, &c->x->arena, s, &c->reg, &c->x->actor,
                             c->w->login.origin, c->id, c->x->now);
}

ky_rc ky_handle_own_request_links(struct ky_web *w, struct ky_exchange *x)
{
    auto_call c = {.n = 0};
    KY_TRY(begin_call(&c, w, x));
    KY_TRY(ky_store_submit(w->db, make_links, &c));
    struct ky_json_out *o = ky_answer_begin(x, 201);
    ky_json_open_array(o, "sent");
    for (size_t i = 0; i < c.n_links; i++) {
        if (c.links[i].locked_until != 0)
            continue;
        ky_json_open_object(o, NULL);
        ky_json_put_int(o, "row", c.links[i].number);
        ky_json_put_cstr(o, "email", c.links[i].email);
        ky_json_put_int(o, "expires_at", c.links[i].expires_at);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
    ky_json_open_array(o, "locked");
    for (size_t i = 0; i < c.n_links; i++)
        if (c.links[i].locked_until != 0)
            ky_json_put_int(o, NULL, c.links[i].number);
    ky_json_close_array(o);
    return ky_answer_end(x);
}

/* ---- who comes by a link ---- */

static ky_rc begin_guest(struct own_call *c, struct ky_web *w, struct ky_exchange *x)
{
    const struct ky_actor all = KY_ACTOR_SYSTEM; /* the secret says which dossier */
    c->w = w;
    c->x = x;
    c->reg = ky_web_registration(w, &all, &x->why);
    c->guest = (struct ky_own_guest){.reg = &c->reg, .address = x->place.address, .now = x->now};
    return ky_json_get_str(&c->guest.secret, x->json, "secret", SECRET_MAX);
}

static ky_rc answer_verdict(struct ky_exchange *x, const struct ky_own_result *r)
{
    static const struct {
        unsigned status;
        const char *error, *en, *vi;
    } told[] = {
        [KY_OWN_BAD_LINK] =
            {403, "link_invalid", "the link is unknown, used or expired",
             "Đường dẫn không đúng, đã được dùng hoặc đã hết hạn; đề nghị xin đường dẫn mới."},
        [KY_OWN_CLOSED] = {409, "conflict", "the dossier is not being edited any more",
                           "Hồ sơ không còn ở trạng thái được sửa; đề nghị liên hệ cơ quan lập hồ sơ."},
    };
    if (r->verdict == KY_OWN_LOCKED)
        return answer_locked(x, r->until, "too many wrong links from this address",
                             "Địa chỉ mạng này đã thử sai quá nhiều lần; đề nghị thử lại sau.");
    ky_answer_refusal(x, told[r->verdict].status, told[r->verdict].error, told[r->verdict].en,
                      told[r->verdict].vi);
    return KY_OK;
}

static ky_rc answer_refusals(struct ky_exchange *x, const struct ky_refusals *refusals)
{
    struct ky_json_out *o = ky_answer_begin(x, 400);
    ky_json_put_cstr(o, "error", "invalid_request");
    ky_json_put_cstr(o, "error_description", "something entered is not right");
    ky_json_put_cstr(o, "vi", "Thông tin chưa đúng; đề nghị sửa lại.");
    ky_json_put_cstr(o, "request", x->id);
    ky_refusals_write(o, "refusals", refusals);
    return ky_answer_end(x);
}

static ky_rc open_link(struct ky_store *s, void *ctx)
{
    struct own_call *c = ctx;
    ky_own_page_clear(&c->page);
    return ky_own_link_open(&c->result, &c->page, s, &c->guest);
}

static const char *type_name(ky_field_type type)
{
    static const char *const names[] = {
        [KY_FIELD_TEXT] = "text",     [KY_FIELD_NAME] = "name",         [KY_FIELD_DATE] = "date",
        [KY_FIELD_PHONE] = "phone",   [KY_FIELD_IDENTITY] = "identity", [KY_FIELD_EMAIL] = "email",
        [KY_FIELD_CHOICE] = "choice", [KY_FIELD_GROUND] = "ground",     [KY_FIELD_SERIAL] = "serial",
    };
    return names[type];
}

static void put_choice(struct ky_json_out *o, const char *key, const char *vi, const char *en)
{
    ky_json_open_object(o, NULL);
    ky_json_put_cstr(o, "key", key);
    ky_json_put_cstr(o, "vi", vi);
    ky_json_put_cstr(o, "en", en);
    ky_json_close_object(o);
}

static void put_choices(struct ky_json_out *o, const struct ky_legal *legal, const struct ky_legal_field *f)
{
    if (f->type != KY_FIELD_CHOICE && f->type != KY_FIELD_GROUND)
        return;
    ky_json_open_array(o, "choices");
    for (size_t i = 0; i < f->n_choices; i++)
        put_choice(o, f->choices[i].key, f->choices[i].vi, f->choices[i].en);
    for (size_t i = 0; f->type == KY_FIELD_GROUND && i < legal->n_grounds; i++)
        put_choice(o, legal->grounds[i].key, legal->grounds[i].vi, legal->grounds[i].en);
    ky_json_close_array(o);
}

static void put_field(struct ky_json_out *o, const struct ky_own_page *page, const char *key)
{
    const struct ky_legal_field *f =
        ky_legal_field_find(page->procedure->fields, page->procedure->n_fields, key);
    if (f == NULL)
        return;
    ky_json_open_object(o, NULL);
    ky_json_put_cstr(o, "key", f->key);
    ky_json_put_cstr(o, "vi", f->vi);
    ky_json_put_cstr(o, "en", f->en);
    ky_json_put_cstr(o, "type", type_name(f->type));
    ky_json_put_bool(o, "required", f->required);
    ky_json_put_bool(o, "past", f->past);
    ky_json_put_int(o, "max_chars", f->max_chars);
    ky_json_put_bool(o, "fixed", ky_own_form_is_fixed(page->procedure, key));
    ky_json_put_str(o, "value", ky_json_str(json_object_get(page->d.people[page->row].json, key)));
    put_choices(o, page->d.legal, f);
    ky_json_close_object(o);
}

static void put_declarations(struct ky_json_out *o, const struct ky_own_page *page)
{
    ky_json_open_array(o, "declarations");
    for (size_t i = 0; i < page->procedure->n_declarations; i++) {
        const struct ky_legal_declaration *d =
            ky_legal_declaration_find(page->d.legal, page->procedure->declarations[i]);
        if (d == NULL || !ky_own_form_declares(d->key))
            continue;
        ky_json_open_object(o, NULL);
        ky_json_put_cstr(o, "key", d->key);
        ky_json_put_cstr(o, "vi", d->vi);
        ky_json_put_cstr(o, "en", d->en);
        ky_json_put_bool(o, "must_be", d->must_be);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
}

static ky_rc answer_page(struct ky_exchange *x, const struct ky_own_page *page)
{
    const struct ky_legal_own_form *own = &page->procedure->own_form;
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_put_cstr(o, "org", page->d.org.name);
    ky_json_put_cstr(o, "authority", page->d.legal->authority);
    ky_json_put_cstr(o, "code", page->d.head.code);
    ky_json_put_cstr(o, "procedure", page->procedure->key);
    ky_json_put_cstr(o, "procedure_vi", page->procedure->vi);
    ky_json_put_cstr(o, "title", own->title);
    ky_json_put_cstr(o, "subject", own->subject);
    ky_json_put_cstr(o, "addressee", own->addressee);
    ky_json_put_cstr(o, "name", page->d.rows[page->row].name);
    ky_json_put_int(o, "expires_at", page->expires_at);
    ky_json_open_array(o, "fields");
    for (size_t i = 0; i < own->n_fields; i++)
        put_field(o, page, own->fields[i]);
    ky_json_close_array(o);
    put_declarations(o, page);
    return ky_answer_end(x);
}

ky_rc ky_handle_own_link_open(struct ky_web *w, struct ky_exchange *x)
{
    auto_call c = {.n = 0};
    KY_TRY(begin_guest(&c, w, x));
    KY_TRY(ky_store_submit(w->db, open_link, &c));
    return c.result.verdict == KY_OWN_GOOD ? answer_page(x, &c.page) : answer_verdict(x, &c.result);
}

static ky_rc answer_link(struct ky_store *s, void *ctx)
{
    struct own_call *c = ctx;
    ky_buf_reset(&c->kept.pdf);
    return ky_own_link_answer(&c->result, &c->kept, s, &c->guest, c->values, c->declarations);
}

ky_rc ky_handle_own_link_answer(struct ky_web *w, struct ky_exchange *x)
{
    auto_call c = {.kept = {.pdf = ky_buf_init_secret(KY_PAPER_FILE_MAX)}};
    KY_TRY(begin_guest(&c, w, x));
    KY_TRY(ky_json_get_object(&c.values, x->json, "values"));
    KY_TRY(ky_json_get_object(&c.declarations, x->json, "declarations"));
    KY_TRY(ky_store_submit(w->db, answer_link, &c));
    if (c.result.verdict == KY_OWN_REFUSED)
        return answer_refusals(x, &c.result.refusals);
    if (c.result.verdict != KY_OWN_GOOD)
        return answer_verdict(x, &c.result);
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_put_hex(o, "hash", KY_BYTES_OF(c.kept.hash));
    ky_json_put_int(o, "at", x->now);
    ky_json_put_base64url(o, "document", ky_buf_bytes(&c.kept.pdf));
    return ky_answer_end(x);
}
