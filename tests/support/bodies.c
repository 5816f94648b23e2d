/* See bodies.h. */
#include "tests/support/bodies.h"

#include "ades/format.h"
#include "base/base64.h"
#include "base/hex.h"
#include "codec/json.h"
#include "os/clock.h"

#define HEAD_NAME "Nguyễn Văn Hiệu"
#define CMS_MAX ((size_t)1 << 20)
#define CRL_MAX 65536

ky_rc body_text(const char **out, const json_t *obj, const char *name)
{
    *out = json_string_value(json_object_get(obj, name));
    return *out == NULL ? ky_fail(KY_EFORMAT, "answer without %s", name) : KY_OK;
}

ky_rc body_set_b64(json_t *obj, const char *name, struct ky_bytes v)
{
    ky_auto_buf text = ky_buf_init(BODY_PDF_MAX * 2);
    ky_buf_add_base64url(&text, v);
    KY_TRY(ky_buf_finish(&text));
    return json_object_set_new(obj, name, json_string(ky_buf_str(&text))) == 0 ? KY_OK
                                                                               : ky_fail(KY_ENOMEM, "body");
}

ky_rc body_get_b64(struct ky_buf *out, const json_t *obj, const char *name)
{
    const char *text;
    KY_TRY(body_text(&text, obj, name));
    return ky_base64url_decode(out, ky_bytes_str(text));
}

ky_rc body_set_evidence(json_t *body, const struct realm *r)
{
    ky_auto_buf crl = ky_buf_init(CRL_MAX), text = ky_buf_init(2 * CRL_MAX);
    KY_TRY(token_ca_crl(&crl, &r->token_ca, ky_now(), NULL));
    ky_buf_add_base64url(&text, ky_buf_bytes(&crl));
    KY_TRY(ky_buf_finish(&text));
    json_t *list = json_pack("[s]", ky_buf_str(&text));
    return json_object_set_new(body, "evidence", list) == 0 ? KY_OK : ky_fail(KY_ENOMEM, "body");
}

ky_rc body_authorised(json_t **out, const struct realm *r, const char *statement,
                      const struct person *const *people, size_t count)
{
    ky_auto_buf auths = ky_buf_init(CMS_MAX);
    ky_auto_json body = json_pack("{s:s}", "statement", statement);
    KY_TRY(people_authorise(&auths, people, count, ky_bytes_str(statement), ky_now()));
    KY_TRY(body_set_b64(body, "authorisations", ky_buf_bytes(&auths)));
    KY_TRY(body_set_evidence(body, r));
    *out = KY_STEAL(body);
    return KY_OK;
}

ky_rc body_sign_pdf(struct ky_buf *out, struct ky_bytes pdf, const struct person *by)
{
    const struct ky_ades_format_ops *format;
    ky_auto_ades_job job = NULL;
    ky_auto_buf signature = ky_buf_init(KY_SIGNATURE_MAX);
    struct ky_bytes parts[KY_ADES_PARTS_MAX];
    const struct ky_ades_request req = {.file = pdf,
                                        .signer = by->cert,
                                        .scheme = by->sigkey.scheme,
                                        .hash = by->sigkey.hash,
                                        .signing_time = ky_now()};
    KY_TRY(ky_ades_format_by_name(&format, "pades"));
    KY_TRY(ky_ades_prepare(&job, format, &req));
    KY_TRY(
        by->signer.sign(by->signer.ctx, &signature, by->sigkey.scheme, by->sigkey.hash, ky_ades_digest(job)));
    KY_TRY(ky_ades_finish(job, ky_buf_bytes(&signature)));
    size_t n = ky_ades_parts(job, parts);
    for (size_t i = 0; i < n; i++)
        ky_buf_add(out, parts[i]);
    return ky_buf_finish(out);
}

ky_rc body_submission(json_t **out, const struct realm *r, const json_t *handed_out, const struct person *by)
{
    char seal[2 * KY_ID_SIZE + 1];
    const char *statement;
    ky_auto_buf pdf = ky_buf_init(BODY_PDF_MAX), done = ky_buf_init(BODY_PDF_MAX), cms = ky_buf_init(CMS_MAX);
    KY_TRY(body_text(&statement, handed_out, "statement"));
    ky_hex_encode(seal, KY_BYTES_OF(r->head.record));
    ky_auto_json body = json_pack("{s:s, s:s}", "statement", statement, "seal", seal);
    KY_TRY(body_get_b64(&pdf, handed_out, "document"));
    KY_TRY(body_sign_pdf(&done, ky_buf_bytes(&pdf), by));
    KY_TRY(person_sign(&cms, by, ky_bytes_str(statement), ky_now()));
    KY_TRY(body_set_b64(body, "document", ky_buf_bytes(&done)));
    KY_TRY(body_set_b64(body, "cms", ky_buf_bytes(&cms)));
    KY_TRY(body_set_evidence(body, r));
    *out = KY_STEAL(body);
    return KY_OK;
}

ky_rc body_seal_statement(struct ky_buf *out, struct realm *r, const struct body_seal *seal)
{
    uint8_t org[KY_ID_SIZE], owner[KY_OWNER_SIZE];
    KY_TRY(ky_hex_decode(owner, sizeof owner, ky_bytes_str(seal->owner)));
    KY_TRY(ky_hex_decode(org, sizeof org, ky_bytes_str(seal->org)));
    KY_TRY(token_ca_certify(&r->token_ca, &r->head, HEAD_NAME, ky_now()));
    const struct admin_spec spec = {.head = {.realm = r->founding->realm,
                                             .sam_nonce = seal->sam_nonce,
                                             .ca_nonce = seal->ca_nonce,
                                             .iat = ky_now(),
                                             .exp = ky_now() + KY_DAY},
                                    .who = &r->head,
                                    .owner = owner,
                                    .name = HEAD_NAME,
                                    .org = org,
                                    .org_name = REALM_ORG_NAME};
    return admin_text(out, &spec);
}
