/*
 * A signing program on a person's machine takes the request document and brings it back signed, by addresses that the
 * person's page was given: each for one use, for five minutes, for this person, dossier and document (docs/protocol/http.md).
 */
#include "codec/multipart.h"
#include "crypto/digest.h"
#include "web/body.h"
#include "web/download.h"
#include "web/execute.h"
#include "web/handlers.h"
#include "web/parse.h"
#include "web/request_check.h"
#include "web/visit.h"

#define ID_DIGITS ((size_t)(2 * KY_ID_SIZE))
#define PATH "/api/v1/agent/documents"
#define FIELD "uploadfile" /* as agents of officers name it */

struct agent_call {
    struct ky_web *w;
    struct ky_exchange *x;
    struct ky_registration reg;
    const char *id;
    struct ky_db_dossier head;
    struct ky_request_seal seal;
    struct ky_buf evidence, base;
    struct ky_visit_wish wish;
    struct ky_visit_made made;
    struct ky_bytes document; /* brought; in the body */
    uint8_t hash[KY_SHA256_SIZE];
    json_t *report; /* owned */
};

static void clear_call(struct agent_call *c)
{
    ky_request_seal_clear(&c->seal);
    ky_buf_clear(&c->evidence);
    ky_buf_clear(&c->base);
    json_decref(c->report);
}
#define auto_call KY_CLEANUP(clear_call) struct agent_call

static void begin_call(struct agent_call *c, struct ky_web *w, struct ky_exchange *x)
{
    c->w = w;
    c->x = x;
    c->reg = ky_web_registration_of(w, x);
    c->base = ky_buf_init(KY_SIGNING_DOCUMENT_MAX);
}

/* "van-ban-01-2026-000001.pdf" */
static const char *file_name(const struct agent_call *c)
{
    return ky_arena_printf(&c->x->arena, "van-ban-%s.pdf", c->head.code);
}

/* ---- giving addresses ---- */

static ky_rc load_signer(struct ky_store *s, void *ctx)
{
    struct agent_call *c = ctx;
    KY_TRY(ky_db_dossier_get(&c->head, &c->x->arena, s, &c->reg.scope, c->id));
    KY_TRY(ky_request_seal_load(&c->seal, &c->x->arena, s, c->wish.seal_record));
    return ky_request_seal_check(&c->seal, c->head.org_id);
}

static ky_rc make_visit(struct ky_store *s, void *ctx)
{
    struct agent_call *c = ctx;
    return ky_visit_make(&c->made, s, &c->reg, &c->x->actor, c->id, &c->wish, c->x->now);
}

static ky_rc answer_visit(struct agent_call *c)
{
    const char *name = file_name(c);
    const char *download = ky_arena_printf(&c->x->arena, PATH "/%s/%s", c->made.download, name);
    const char *upload = ky_arena_printf(&c->x->arena, PATH "/%s", c->made.upload);
    if (name == NULL || download == NULL || upload == NULL)
        return KY_ENOMEM;
    struct ky_json_out *o = ky_answer_begin(c->x, 201);
    ky_json_put_cstr(o, "download", download);
    ky_json_put_cstr(o, "upload", upload);
    ky_json_put_hex(o, "hash", KY_BYTES_OF(c->made.hash));
    ky_json_put_int(o, "size", (int64_t)c->made.size);
    ky_json_put_int(o, "expires_at", c->made.expires_at);
    return ky_answer_end(c->x);
}

ky_rc ky_handle_agent_addresses(struct ky_web *w, struct ky_exchange *x)
{
    auto_call c = {.id = NULL};
    begin_call(&c, w, x);
    KY_TRY(ky_exchange_param_hex(&c.id, x, 0, ID_DIGITS));
    KY_TRY(ky_body_text(&c.wish.seal_record, x, "seal", ID_DIGITS));
    KY_TRY(ky_evidence_in_read(&c.evidence, w, x->json));
    c.wish.evidence = ky_buf_bytes(&c.evidence);
    c.wish.session_id = x->session.id;
    KY_TRY(ky_db_read(w->db, load_signer, &c));
    KY_TRY(ky_store_submit(w->db, make_visit, &c));
    return answer_visit(&c);
}

/* ---- the program fetches ---- */

static ky_rc load_base(struct ky_store *s, void *ctx)
{
    struct agent_call *c = ctx;
    KY_TRY(ky_db_dossier_get(&c->head, &c->x->arena, s, &c->reg.scope, c->x->visit.dossier_id));
    ky_buf_reset(&c->base);
    return ky_visit_open(&c->base, s, &c->reg, &c->x->visit);
}

ky_rc ky_handle_agent_download(struct ky_web *w, struct ky_exchange *x)
{
    auto_call c = {.id = NULL};
    begin_call(&c, w, x);
    KY_TRY(ky_visit_begin(w, x));
    KY_TRY(ky_db_read(w->db, load_base, &c));
    const char *name = file_name(&c);
    return name == NULL ? KY_ENOMEM
                        : ky_answer_download(x, ky_file_kind_type(KY_FILE_PDF), name, ky_buf_bytes(&c.base));
}

/* ---- the program brings back ---- */

static ky_rc read_upload(struct agent_call *c)
{
    KY_TRY(ky_multipart_find(&c->document, c->x->content_type, c->x->body, FIELD));
    if (c->document.n > KY_SIGNING_DOCUMENT_MAX)
        return ky_fail(KY_ELIMIT, "document of %zu bytes, at most %u", c->document.n,
                       KY_SIGNING_DOCUMENT_MAX);
    return ky_sha256(c->hash, c->document);
}

static ky_rc load_visit(struct ky_store *s, void *ctx)
{
    struct agent_call *c = ctx;
    ky_request_seal_clear(&c->seal);
    KY_TRY(ky_request_seal_load(&c->seal, &c->x->arena, s, c->x->visit.seal_record));
    return load_base(s, ctx);
}

static ky_rc check_upload(struct agent_call *c)
{
    const struct ky_request_signed in = {.base = ky_buf_bytes(&c->base),
                                         .document = c->document,
                                         .evidence = c->x->visit.evidence,
                                         .seal = &c->seal,
                                         .now = c->x->now};
    KY_TRY(ky_request_seal_check(&c->seal, c->head.org_id));
    return ky_request_check_document(&c->report, c->w, &in);
}

static ky_rc keep(struct ky_store *s, void *ctx)
{
    struct agent_call *c = ctx;
    return ky_signing_keep(s, &c->reg, &c->x->actor, &c->x->visit, c->document, KY_BYTES_OF(c->hash),
                           c->x->now);
}

/* In the words of agents; what they hand on to the page. */
static ky_rc answer_upload(struct agent_call *c)
{
    const char *name = file_name(c);
    if (name == NULL)
        return KY_ENOMEM;
    struct ky_json_out *o = ky_answer_begin(c->x, 200);
    ky_json_put_bool(o, "Status", true);
    ky_json_put_cstr(o, "Message", "");
    ky_json_put_cstr(o, "FileName", name);
    ky_json_put_hex(o, "FileServer", KY_BYTES_OF(c->hash));
    return ky_answer_end(c->x);
}

ky_rc ky_handle_agent_upload(struct ky_web *w, struct ky_exchange *x)
{
    auto_call c = {.id = NULL};
    begin_call(&c, w, x);
    KY_TRY(ky_visit_begin(w, x));
    KY_TRY(read_upload(&c));
    KY_TRY(ky_db_read(w->db, load_visit, &c));
    KY_TRY(check_upload(&c));
    KY_TRY(ky_store_submit(w->db, keep, &c));
    return answer_upload(&c);
}
