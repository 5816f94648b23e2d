/*
 * The request of a dossier: its document is drawn and handed out with the
 * statement to be signed; what comes back signed is verified and kept.
 */
#include <stdlib.h>

#include "base/hex.h"
#include "base/str.h"
#include "crypto/digest.h"
#include "domain/dossier_paper.h"
#include "domain/signing.h"
#include "web/body.h"
#include "web/compose.h"
#include "web/execute.h"
#include "web/handlers.h"
#include "web/request_check.h"
#include "web/watch.h"

#define ID_DIGITS ((size_t)(2 * KY_ID_SIZE))

struct request_call {
    struct ky_web *w;
    struct ky_exchange *x;
    struct ky_registration reg;
    const char *id;
    struct ky_dossier dossier;
    struct ky_form_place place;
    struct ky_buf draft;
    uint8_t draft_hash[KY_HASH_SIZE];
    struct ky_signer_of *signers; /* so far */
    size_t n_signers;
    /* signed */
    struct ky_statement st;
    struct ky_buf document, cms, auths, evidence;
    struct ky_buf text; /* of the statement, as it was stored */
    json_t *report;     /* on the document, owned */
    uint8_t document_hash[KY_HASH_SIZE];
    const char *seal_id;
    struct ky_request_seal seal;
    bool kept; /* the document was brought by a signing program; its hash is known */
};

static void clear_call(struct request_call *c)
{
    ky_dossier_clear(&c->dossier);
    ky_statement_clear(&c->st);
    ky_request_seal_clear(&c->seal);
    ky_buf_clear(&c->draft);
    ky_buf_clear(&c->document);
    ky_buf_clear(&c->cms);
    ky_buf_clear(&c->auths);
    ky_buf_clear(&c->evidence);
    ky_buf_clear(&c->text);
    json_decref(c->report);
}
#define auto_call KY_CLEANUP(clear_call) struct request_call

static ky_rc begin_call(struct request_call *c, struct ky_web *w, struct ky_exchange *x)
{
    c->w = w;
    c->x = x;
    c->reg = ky_web_registration_of(w, x);
    c->draft = ky_buf_init(KY_PAPER_FILE_MAX);
    return ky_exchange_param_hex(&c->id, x, 0, ID_DIGITS);
}

static ky_rc load(struct ky_store *s, void *ctx)
{
    struct request_call *c = ctx;
    KY_TRY(ky_dossier_load(&c->dossier, s, &c->reg, c->id));
    ky_rc rc = ky_dossier_open_draft(&c->draft, s, &c->reg, c->id);
    if (rc == KY_ENOTFOUND)
        return KY_OK;
    KY_TRY(rc);
    return ky_sha256(c->draft_hash, ky_buf_bytes(&c->draft));
}

/* ---- handing out ---- */

static ky_rc prepare(struct ky_store *s, void *ctx)
{
    struct request_call *c = ctx;
    return ky_dossier_prepare(s, &c->reg, &c->x->actor, c->id, c->x->now);
}

/* Where the visible signature goes, as the same drawing says. */
static ky_rc find_place(struct request_call *c)
{
    ky_auto_buf again = ky_buf_init(KY_PAPER_FILE_MAX);
    return ky_dossier_draw(&again, &c->place, &c->reg, &c->dossier);
}

static ky_rc load_signers(struct ky_store *s, void *ctx)
{
    struct request_call *c = ctx;
    return ky_signing_list(&c->signers, &c->n_signers, &c->x->arena, s, &c->reg, c->id);
}

static ky_rc compose_request(struct request_call *c)
{
    ky_auto_json members = NULL;
    KY_TRY(ky_dossier_request_members(&members, &c->dossier));
    KY_TRY(ky_body_set_hex(members, "document", KY_BYTES_OF(c->draft_hash)));
    return ky_compose_statement(&c->st, c->w, members, "request", KY_FOR_SAM | KY_FOR_CA, KY_NONCE_LONG,
                                c->x->now);
}

static void put_box(struct ky_json_out *o, const struct ky_form_box *box)
{
    ky_json_put_int(o, "x", (int64_t)box->x);
    ky_json_put_int(o, "y", (int64_t)box->y);
    ky_json_put_int(o, "w", (int64_t)box->w);
    ky_json_put_int(o, "h", (int64_t)box->h);
}

static void put_signers(struct ky_json_out *o, const struct request_call *c)
{
    ky_json_open_array(o, "signed");
    for (size_t i = 0; i < c->n_signers; i++) {
        ky_json_open_object(o, NULL);
        ky_json_put_cstr(o, "name", c->signers[i].name);
        ky_json_put_cstr(o, "seal", c->signers[i].seal_record);
        ky_json_put_int(o, "at", c->signers[i].at);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
}

static ky_rc answer_request(struct request_call *c)
{
    struct ky_json_out *o = ky_answer_begin(c->x, 200);
    ky_json_put_base64url(o, "document", ky_buf_bytes(&c->draft));
    ky_json_put_str(o, "statement", ky_statement_text(&c->st));
    ky_json_open_object(o, "place");
    ky_json_put_int(o, "pages", c->place.pages);
    ky_json_put_int(o, "page", c->place.page);
    put_box(o, &c->place.signature);
    if (c->place.seal.w > 0) {
        ky_json_open_object(o, "seal");
        put_box(o, &c->place.seal);
        ky_json_close_object(o);
    }
    ky_json_close_object(o);
    put_signers(o, c);
    return ky_answer_end(c->x);
}

ky_rc ky_handle_request_document(struct ky_web *w, struct ky_exchange *x)
{
    auto_call c = {.id = NULL};
    KY_TRY(begin_call(&c, w, x));
    KY_TRY(ky_db_read(w->db, load, &c));
    if (c.draft.n == 0 || ky_str_eq(c.dossier.head.state, "draft")) {
        KY_TRY(ky_store_submit(w->db, prepare, &c));
        ky_dossier_clear(&c.dossier);
        ky_buf_reset(&c.draft);
        KY_TRY(ky_db_read(w->db, load, &c));
    }
    KY_TRY(ky_db_read(w->db, load_signers, &c));
    KY_TRY(find_place(&c));
    KY_TRY(compose_request(&c));
    return answer_request(&c);
}

/* ---- taking back ---- */

/* Either the document itself, or the hash of one that a signing program has brought. */
static ky_rc read_document(struct request_call *c)
{
    const json_t *json = c->x->json;
    c->kept = json_object_get(json, "uploaded") != NULL;
    if (c->kept && json_object_get(json, "document") != NULL)
        return ky_fail(KY_EFORMAT, "document and uploaded: one of them");
    if (c->kept)
        return ky_json_get_hex(c->document_hash, sizeof c->document_hash, json, "uploaded");
    KY_TRY(ky_json_get_base64url(&c->document, json, "document", KY_SIGNING_DOCUMENT_MAX));
    return ky_sha256(c->document_hash, ky_buf_bytes(&c->document));
}

static ky_rc read_signed(struct request_call *c)
{
    struct ky_bytes text;
    const json_t *json = c->x->json;
    c->document = ky_buf_init(KY_SIGNING_DOCUMENT_MAX);
    c->cms = ky_buf_init(KY_AUTHORISATION_CMS_MAX);
    KY_TRY(ky_json_get_str(&text, json, "statement", KY_REQUEST_MAX));
    KY_TRY(ky_statement_parse(&c->st, text));
    KY_TRY(read_document(c));
    KY_TRY(ky_json_get_base64url(&c->cms, json, "cms", KY_AUTHORISATION_CMS_MAX));
    KY_TRY(ky_body_text(&c->seal_id, c->x, "seal", ID_DIGITS));
    return ky_evidence_in_read(&c->evidence, c->w, json);
}

static ky_rc load_all(struct ky_store *s, void *ctx)
{
    struct request_call *c = ctx;
    KY_TRY(ky_request_seal_load(&c->seal, &c->x->arena, s, c->seal_id));
    KY_TRY(load(s, ctx));
    return c->kept ? ky_signing_open(&c->document, s, &c->reg, c->id, KY_BYTES_OF(c->document_hash)) : KY_OK;
}

/* The statement is of this dossier, names the drawn document, and is for both processes. */
static ky_rc check_statement(const struct request_call *c)
{
    uint8_t document[KY_HASH_SIZE];
    if (c->st.type != KY_ST_REQUEST || !c->st.has_nonce[KY_PROCESS_SAM] || !c->st.has_nonce[KY_PROCESS_CA])
        return ky_fail(KY_EDENIED, "not a request for both sam and ca");
    KY_TRY(ky_json_get_hex(document, sizeof document, c->st.json, "document"));
    if (memcmp(document, c->draft_hash, KY_HASH_SIZE) != 0)
        return ky_fail(KY_EDENIED, "the statement names another document than the one drawn");
    KY_TRY(ky_request_seal_check(&c->seal, c->dossier.head.org_id));
    return ky_dossier_check_request(&c->dossier, c->st.json);
}

/* As at entering: lists and ages may have changed since. */
static ky_rc check_eligible(const struct request_call *c)
{
    bool judged = !ky_str_eq(c->dossier.head.procedure, "revoke"); /* nobody gets a certificate */
    for (size_t i = 0; judged && i < c->dossier.n; i++) {
        struct ky_refusals refusals = {.n = 0};
        const struct ky_check check = {.legal = c->dossier.legal, .now = c->x->now};
        ky_eligibility_check(&refusals, &c->dossier.people[i], &check);
        KY_TRY(ky_context(ky_refusals_result(&refusals), "row %lld", (long long)c->dossier.rows[i].number));
    }
    return KY_OK;
}

static ky_rc check_authorisation(struct request_call *c)
{
    struct ky_authorisations auths;
    ky_auto_buf item = ky_buf_init(KY_AUTHORISATION_CMS_MAX + 64);
    struct ky_bytes cert = KY_BYTES(c->seal.of.cert, c->seal.of.cert_n);
    c->auths = ky_buf_init(KY_AUTHORISATION_CMS_MAX + 128);
    ky_authorisation_add_cms(&item, c->seal.record.id, ky_buf_bytes(&c->cms));
    ky_authorisations_encode(&c->auths, &item, 1);
    KY_TRY(ky_buf_finish(&c->auths));
    KY_TRY(ky_authorisations_parse(&auths, ky_buf_bytes(&c->auths)));
    return ky_context(
        ky_authorise_cms(&auths.item[0], &c->st, cert, ky_buf_bytes(&c->evidence), c->w->founding, c->x->now),
        "statement");
}

static ky_rc check_document(struct request_call *c)
{
    const struct ky_request_signed in = {.base = ky_buf_bytes(&c->draft),
                                         .document = ky_buf_bytes(&c->document),
                                         .evidence = ky_buf_bytes(&c->evidence),
                                         .seal = &c->seal,
                                         .now = c->x->now};
    return ky_request_check_document(&c->report, c->w, &in);
}

static ky_rc keep_report(struct ky_store *s, const struct request_call *c)
{
    char *text = json_dumps(c->report, JSON_COMPACT);
    if (text == NULL)
        return ky_fail(KY_ENOMEM, "report");
    ky_rc rc = ky_dossier_report_keep(s, &c->reg, c->id, KY_BYTES_OF(c->document_hash), ky_bytes_str(text),
                                      c->x->now);
    free(text);
    return rc;
}

static ky_rc submit(struct ky_store *s, void *ctx)
{
    struct request_call *c = ctx;
    KY_TRY(keep_report(s, c));
    const struct ky_signed_request in = {.statement = ky_statement_text(&c->st),
                                         .statement_hash = KY_BYTES_OF(c->st.hash),
                                         .document = ky_buf_bytes(&c->document),
                                         .document_hash = KY_BYTES_OF(c->document_hash),
                                         .authorisations = ky_buf_bytes(&c->auths),
                                         .evidence = ky_buf_bytes(&c->evidence),
                                         .seal_record = c->seal_id};
    return ky_dossier_submit(s, &c->reg, &c->x->actor, c->id, &in, c->st.json, c->x->now);
}

ky_rc ky_handle_request_submit(struct ky_web *w, struct ky_exchange *x)
{
    auto_call c = {.id = NULL};
    KY_TRY(begin_call(&c, w, x));
    KY_TRY(read_signed(&c));
    KY_TRY(ky_db_read(w->db, load_all, &c));
    KY_TRY(check_statement(&c));
    KY_TRY(check_eligible(&c));
    KY_TRY(check_authorisation(&c));
    KY_TRY(check_document(&c));
    KY_TRY(ky_store_submit(w->db, submit, &c));
    if (ky_str_eq(c.dossier.head.procedure, "revoke"))
        ky_watch_tell(w, c.id, x->now);
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_put_hex(o, "request", KY_BYTES_OF(c.st.hash));
    ky_json_put_hex(o, "document", KY_BYTES_OF(c.document_hash));
    return ky_answer_end(x);
}

/* ---- showing ---- */

static ky_rc load_signed(struct ky_store *s, void *ctx)
{
    struct request_call *c = ctx;
    struct ky_db_request row;
    c->document = ky_buf_init(KY_SIGNING_DOCUMENT_MAX);
    c->text = ky_buf_init(KY_REQUEST_MAX);
    return ky_dossier_open_request(&row, &c->text, &c->document, &c->x->arena, s, &c->reg, c->id);
}

ky_rc ky_handle_request_get(struct ky_web *w, struct ky_exchange *x)
{
    auto_call c = {.id = NULL};
    KY_TRY(begin_call(&c, w, x));
    KY_TRY(ky_db_read(w->db, load_signed, &c));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_put_str(o, "statement", ky_buf_bytes(&c.text));
    ky_json_put_base64url(o, "document", ky_buf_bytes(&c.document));
    return ky_answer_end(x);
}
