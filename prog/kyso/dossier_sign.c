/*
 * kyso dossier sign: the head of the organisation signs the request document (PAdES, visible) and the `request` statement
 * (CMS) with one login to the token, and the dossier is sent.
 */
#include <stdio.h>

#include "ades/format.h"
#include "base/base64.h"
#include "base/hex.h"
#include "base/str.h"
#include "crypto/digest.h"
#include "os/clock.h"
#include "os/file.h"
#include "prog/kyso/dossier.h"
#include "prog/kyso/request_show.h"
#include "prog/kyso/say.h"

#define DOCUMENT_MAX ((size_t)32 << 20)

static const struct kyso_opt opts[] = {
    KYSO_DOSSIER_COMMON,
    KYSO_DOSSIER_TOKEN,
    KYSO_DOSSIER_OPT("seal", KYSO_OPT_TEXT, seal, "ID", "bản ghi chữ ký, con dấu đã đăng ký",
                     "record under which the signature is registered"),
    KYSO_DOSSIER_OPT("out", KYSO_OPT_TEXT, out, "PDF", "giữ một bản văn bản đã ký",
                     "keep a copy of the signed document"),
};
static const struct kyso_usage usage = {
    .command = "dossier sign",
    .args = "ID",
    .args_offset = offsetof(struct kyso_dossier_opts, args),
    .opts = opts,
    .n = KY_COUNT(opts),
    .vi = "Văn bản và nội dung yêu cầu được ký trong một lần nhập PIN.",
    .en = "Document and request statement are signed with one PIN entry.",
};

/* What the service hands out to be signed. */
struct request {
    struct ky_buf document; /* as drawn */
    struct ky_statement st;
    struct ky_appearance_box box;
};

static void clear_request(struct request *r)
{
    ky_buf_clear(&r->document);
    ky_statement_clear(&r->st);
}

static ky_rc read_place(struct ky_appearance_box *box, const json_t *answer)
{
    const json_t *place;
    int64_t page, x, y, w, h;
    KY_TRY(ky_json_get_object(&place, answer, "place"));
    KY_TRY(ky_json_get_int(&page, place, "page", 1, 10000));
    KY_TRY(ky_json_get_int(&x, place, "x", 0, 10000));
    KY_TRY(ky_json_get_int(&y, place, "y", 0, 10000));
    KY_TRY(ky_json_get_int(&w, place, "w", 1, 10000));
    KY_TRY(ky_json_get_int(&h, place, "h", 1, 10000));
    *box = (struct ky_appearance_box){
        .page = (unsigned)page, .x = (double)x, .y = (double)y, .w = (double)w, .h = (double)h};
    return KY_OK;
}

/* The statement must be a request of this realm over the very document that came with it. */
static ky_rc check(const struct request *r, const struct ky_founding *f, const char *id)
{
    uint8_t document[KY_HASH_SIZE], wanted[KY_HASH_SIZE];
    struct ky_bytes dossier;
    KY_TRY(ky_sha256(document, ky_buf_bytes(&r->document)));
    KY_TRY(ky_json_get_hex(wanted, KY_HASH_SIZE, r->st.json, "document"));
    KY_TRY(ky_json_get_str(&dossier, r->st.json, "dossier", 64));
    if (r->st.type != KY_ST_REQUEST || memcmp(r->st.realm, f->realm, KY_HASH_SIZE) != 0)
        return ky_fail(KY_EDENIED, "%s",
                       kyso_say("nội dung nhận được không phải yêu cầu của hệ thống này",
                                "what came is no request of this realm"));
    if (memcmp(document, wanted, KY_HASH_SIZE) != 0 || !ky_bytes_eq_str(dossier, id))
        return ky_fail(KY_EDENIED, "%s",
                       kyso_say("nội dung yêu cầu không thuộc văn bản, hồ sơ này",
                                "the statement is not of this document and dossier"));
    return KY_OK;
}

static ky_rc fetch(struct request *r, const struct kyso_api *api, const char *id)
{
    struct ky_bytes text;
    ky_auto_json answer = NULL;
    ky_auto_json nothing = json_object();
    r->document = ky_buf_init(DOCUMENT_MAX);
    KY_TRY(kyso_api_call(&answer, api, nothing, "/api/v1/dossiers/%s/document", id));
    KY_TRY(ky_json_get_base64url(&r->document, answer, "document", DOCUMENT_MAX));
    KY_TRY(ky_json_get_str(&text, answer, "statement", KY_REQUEST_MAX));
    KY_TRY(ky_statement_parse(&r->st, text));
    return read_place(&r->box, answer);
}

static ky_rc sign_document(struct ky_buf *out, const struct request *r, struct kyso_keysrc *key)
{
    const struct ky_ades_format_ops *format;
    struct ky_ades_request req = {.file = ky_buf_bytes(&r->document),
                                  .signer = kyso_keysrc_cert(key),
                                  .signing_time = ky_now(),
                                  .box = &r->box};
    ky_auto_ades_job job = NULL;
    ky_auto_buf signature = ky_buf_init(KY_SIGNATURE_MAX);
    struct ky_bytes parts[KY_ADES_PARTS_MAX];
    ky_ades_default_algorithm(&req.scheme, &req.hash, key->type);
    KY_TRY(ky_ades_format_by_name(&format, "pades"));
    KY_TRY(ky_ades_prepare(&job, format, &req));
    KY_TRY(key->ops->sign(key, &signature, req.scheme, req.hash, ky_ades_digest(job), NULL));
    KY_TRY(ky_ades_finish(job, ky_buf_bytes(&signature)));
    for (size_t i = 0, n = ky_ades_parts(job, parts); i < n; i++)
        ky_buf_add(out, parts[i]);
    return ky_buf_finish(out);
}

static ky_rc submit(const struct kyso_api *api, const char *id, const struct kyso_dossier_opts *o,
                    const struct request *r, const struct ky_buf *document, struct kyso_signers *signers,
                    const struct ky_founding *f)
{
    ky_auto_buf cms = ky_buf_init(KY_AUTHORISATION_CMS_MAX);
    ky_auto_json body = json_object();
    KY_TRY(kyso_statement_cms(&cms, &signers->key[0], ky_statement_text(&r->st)));
    KY_TRY(ky_body_set_text(body, "statement", ky_statement_text(&r->st)));
    KY_TRY(kyso_set_base64url(body, "cms", ky_buf_bytes(&cms)));
    KY_TRY(kyso_set_base64url(body, "document", ky_buf_bytes(document)));
    KY_TRY(ky_body_set_text(body, "seal", ky_bytes_str(o->seal)));
    KY_TRY(kyso_statement_add_evidence(body, signers, f, &o->crls));
    return kyso_api_call(NULL, api, body, "/api/v1/dossiers/%s/submit", id);
}

static ky_rc sign(const struct kyso_dossier_opts *o, int *status)
{
    struct kyso_api api;
    const char *id;
    ky_auto_founding f = NULL;
    kyso_auto_signers signers = {.count = 0};
    KY_CLEANUP(clear_request) struct request r = {.st = {.type = KY_ST_REQUEST}};
    ky_auto_buf document = ky_buf_init(DOCUMENT_MAX);
    KY_TRY(kyso_dossier_id(&id, o));
    if (o->seal == NULL || o->signers.n != 1)
        return ky_fail(
            KY_EINVAL, "%s",
            kyso_say("cần --seal và đúng một --signer", "--seal and exactly one --signer are needed"));
    KY_TRY(kyso_api_open(&api, o->server, o->cacert));
    KY_TRY(kyso_statement_founding(&f, &api, o->realm));
    KY_TRY(fetch(&r, &api, id));
    KY_TRY(check(&r, f, id));
    KY_TRY(kyso_request_show(&r.st, NULL));
    KY_TRY(kyso_dossier_confirm(
        o, kyso_say("Ký văn bản và gửi hồ sơ này?", "Sign the document and send this dossier?")));
    KY_TRY(kyso_signers_open(&signers, o->module, &o->signers));
    KY_TRY(sign_document(&document, &r, &signers.key[0]));
    if (o->out != NULL)
        KY_TRY(ky_file_write(o->out, ky_buf_bytes(&document), 0600));
    KY_TRY(submit(&api, id, o, &r, &document, &signers, f));
    if (o->json)
        printf("{\"dossier\":\"%s\"}\n", id);
    else
        printf(kyso_say("Đã ký và gửi hồ sơ %s\n", "Signed and sent: dossier %s\n"), id);
    return KY_OK;
}

int kyso_dossier_sign(int argc, char **argv)
{
    return kyso_dossier_main(argc, argv, &usage, sign);
}
