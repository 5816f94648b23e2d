/* Attachments of a dossier, and the report on its signed document (docs/protocol/papers.md). */
#include "base/hex.h"
#include "base/str.h"
#include "domain/attachment.h"
#include "web/body.h"
#include "web/download.h"
#include "web/execute.h"
#include "web/handlers.h"
#include "web/parse.h"

#define ID_DIGITS ((size_t)(2 * KY_ID_SIZE))
#define NUMBER_MAX 1000000
#define REPORT_MAX ((size_t)1 << 20)

struct attachment_call {
    struct ky_exchange *x;
    struct ky_registration reg;
    const char *id;
    int64_t number;
    struct ky_attachment_new in;
    uint8_t hash[KY_SHA256_SIZE];
    struct ky_db_attachment row;
    struct ky_db_attachment *rows;
    size_t n;
    const struct ky_legal *legal;
    struct ky_buf content;
    struct ky_db_report *reports;
    const struct ky_db_report *report; /* one of them */
    struct ky_bytes document;          /* asked for; none: the latest */
};

static void clear_call(struct attachment_call *c)
{
    ky_buf_clear(&c->content);
}
#define auto_call KY_CLEANUP(clear_call) struct attachment_call

static ky_rc read_number(struct attachment_call *c)
{
    uint64_t number;
    KY_TRY(ky_exchange_param_hex(&c->id, c->x, 0, ID_DIGITS));
    if (ky_parse_u64(&number, c->x->params[1], NUMBER_MAX) != KY_OK)
        return ky_fail(KY_ENOTFOUND, "no such attachment");
    c->number = (int64_t)number;
    return KY_OK;
}

/* What is wrong with the content is told in both languages. */
static ky_rc recognise(const char **type, struct ky_web *w, struct ky_exchange *x, const char *name)
{
    ky_file_fault fault;
    KY_TRY(ky_web_look_at_file(type, &fault, w, x->body));
    if (fault == KY_FILE_GOOD)
        return KY_OK;
    return ky_why_deny(&x->why, name, ky_file_fault_vi(fault), ky_file_fault_en(fault));
}

static void put_file(struct ky_json_out *o, int64_t number, const char *name, const char *type, int64_t size,
                     struct ky_bytes hash)
{
    ky_json_put_int(o, "number", number);
    ky_json_put_cstr(o, "name", name);
    ky_json_put_cstr(o, "type", type);
    ky_json_put_int(o, "size", size);
    ky_json_put_hex(o, "hash", hash);
}

/* ---- adding ---- */

static ky_rc add(struct ky_store *s, void *ctx)
{
    struct attachment_call *c = ctx;
    return ky_attachment_add(&c->number, c->hash, s, &c->reg, &c->x->actor, c->id, &c->in, c->x->now);
}

ky_rc ky_handle_attachment_add(struct ky_web *w, struct ky_exchange *x)
{
    auto_call c = {.x = x, .reg = ky_web_registration_of(w, x)};
    KY_TRY(ky_exchange_param_hex(&c.id, x, 0, ID_DIGITS));
    c.in = (struct ky_attachment_new){.name = ky_exchange_arg(x, "name"), .content = x->body};
    if (c.in.name == NULL)
        return ky_fail(KY_EFORMAT, "?name= is missing");
    KY_TRY(ky_text_check("name", ky_bytes_str(c.in.name), KY_ATTACHMENT_NAME_MAX));
    KY_TRY(recognise(&c.in.type, w, x, c.in.name));
    KY_TRY(ky_store_submit(w->db, add, &c));
    struct ky_json_out *o = ky_answer_begin(x, 201);
    put_file(o, c.number, c.in.name, c.in.type, (int64_t)x->body.n, KY_BYTES_OF(c.hash));
    return ky_answer_end(x);
}

/* ---- reading ---- */

static ky_rc list(struct ky_store *s, void *ctx)
{
    struct attachment_call *c = ctx;
    struct ky_db_dossier head;
    KY_TRY(ky_db_dossier_get(&head, &c->x->arena, s, &c->reg.scope, c->id));
    KY_TRY(ky_legal_get(&c->legal, c->reg.legal, head.legal));
    return ky_db_attachment_list(&c->rows, &c->n, &c->x->arena, s, &c->reg.scope, c->id);
}

static void put_types(struct ky_json_out *o, const struct ky_legal *legal)
{
    ky_json_put_int(o, "max", legal->attachments_max);
    ky_json_open_array(o, "types");
    for (size_t i = 0; i < legal->n_attachments; i++) {
        ky_json_open_object(o, NULL);
        ky_json_put_cstr(o, "type", legal->attachments[i].type);
        ky_json_put_cstr(o, "extension", legal->attachments[i].extension);
        ky_json_put_int(o, "max_bytes", legal->attachments[i].max_bytes);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
}

ky_rc ky_handle_attachment_list(struct ky_web *w, struct ky_exchange *x)
{
    auto_call c = {.x = x, .reg = ky_web_registration_of(w, x)};
    KY_TRY(ky_exchange_param_hex(&c.id, x, 0, ID_DIGITS));
    KY_TRY(ky_db_read(w->db, list, &c));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_open_array(o, "attachments");
    for (size_t i = 0; i < c.n; i++) {
        ky_json_open_object(o, NULL);
        put_file(o, c.rows[i].number, c.rows[i].name, c.rows[i].type, c.rows[i].size, c.rows[i].hash);
        ky_json_put_int(o, "at", c.rows[i].at);
        ky_json_put_cstr(o, "staff", c.rows[i].staff_id);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
    put_types(o, c.legal);
    return ky_answer_end(x);
}

static ky_rc open_one(struct ky_store *s, void *ctx)
{
    struct attachment_call *c = ctx;
    return ky_attachment_open(&c->row, &c->content, &c->x->arena, s, &c->reg, c->id, c->number);
}

ky_rc ky_handle_attachment_get(struct ky_web *w, struct ky_exchange *x)
{
    auto_call c = {
        .x = x, .reg = ky_web_registration_of(w, x), .content = ky_buf_init_secret(KY_DOSSIER_PAPER_MAX)};
    KY_TRY(read_number(&c));
    KY_TRY(ky_db_read(w->db, open_one, &c));
    return ky_answer_download(x, c.row.type, c.row.name, ky_buf_bytes(&c.content));
}

static ky_rc remove_one(struct ky_store *s, void *ctx)
{
    struct attachment_call *c = ctx;
    return ky_attachment_remove(s, &c->reg, &c->x->actor, c->id, c->number);
}

ky_rc ky_handle_attachment_remove(struct ky_web *w, struct ky_exchange *x)
{
    auto_call c = {.x = x, .reg = ky_web_registration_of(w, x)};
    KY_TRY(read_number(&c));
    KY_TRY(ky_store_submit(w->db, remove_one, &c));
    return ky_answer_empty(x);
}

/* ---- the report ---- */

static ky_rc open_report(struct ky_store *s, void *ctx)
{
    struct attachment_call *c = ctx;
    ky_buf_reset(&c->content);
    return ky_dossier_report_open(&c->reports, &c->n, &c->report, &c->content, &c->x->arena, s, &c->reg,
                                  c->id, c->document);
}

static ky_rc read_document(struct attachment_call *c)
{
    const char *hex = ky_exchange_arg(c->x, "document");
    if (hex == NULL)
        return KY_OK;
    KY_TRY(ky_context(ky_hex_decode(c->hash, sizeof c->hash, ky_bytes_str(hex)), "?document="));
    c->document = KY_BYTES_OF(c->hash);
    return KY_OK;
}

ky_rc ky_handle_report_get(struct ky_web *w, struct ky_exchange *x)
{
    auto_call c = {.x = x, .reg = ky_web_registration_of(w, x), .content = ky_buf_init_secret(REPORT_MAX)};
    KY_TRY(ky_exchange_param_hex(&c.id, x, 0, ID_DIGITS));
    KY_TRY(read_document(&c));
    KY_TRY(ky_db_read(w->db, open_report, &c));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_put_hex(o, "document", c.report->hash);
    ky_json_put_int(o, "at", c.report->at);
    ky_json_put_raw(o, "report", ky_buf_bytes(&c.content));
    ky_json_open_array(o, "all");
    for (size_t i = 0; i < c.n; i++) {
        ky_json_open_object(o, NULL);
        ky_json_put_hex(o, "document", c.reports[i].hash);
        ky_json_put_int(o, "at", c.reports[i].at);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
    return ky_answer_end(x);
}
