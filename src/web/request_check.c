/* Is it the document, and who signed it? See request_check.h. */
#include "web/request_check.h"

#include "base/hex.h"
#include "base/str.h"
#include "crypto/digest.h"
#include "web/parse.h"
#include "web/records.h"

void ky_request_seal_clear(struct ky_request_seal *seal)
{
    ky_record_clear(&seal->record);
}

ky_rc ky_request_seal_load(struct ky_request_seal *out, struct ky_arena *a, struct ky_store *s,
                           const char *id)
{
    struct ky_db_record row;
    KY_TRY(ky_context(ky_db_record_get(&row, a, s, "sam", id), "seal"));
    KY_TRY(ky_record_peek(&out->record, &row));
    return ky_record_seal_of(&out->of, &out->record);
}

ky_rc ky_request_seal_check(const struct ky_request_seal *seal, const char *org_id)
{
    char org[KY_HEX_ID];
    ky_hex_encode(org, KY_BYTES_OF(seal->of.org));
    return ky_str_eq(org, org_id) ? KY_OK : ky_fail(KY_EDENIED, "the seal belongs to another organisation");
}

static ky_rc make_question(struct ky_verify_question *q, const struct ky_web *w,
                           const struct ky_request_signed *in)
{
    q->at = in->now;
    q->n_anchors = w->founding->token_ca_count;
    for (size_t i = 0; i < q->n_anchors; i++)
        q->anchors[i] = w->founding->token_cas[i]->der;
    return ky_list_read(q->evidence, &q->n_evidence, KY_AUTH_EVIDENCE_MAX, in->evidence, "evidence");
}

static bool by_seal(const json_t *signature, struct ky_bytes cert_hash)
{
    char hex[KY_HEX_HASH];
    ky_hex_encode(hex, cert_hash);
    const json_t *signer = json_object_get(signature, "signer");
    return ky_str_eq(json_string_value(json_object_get(signer, "sha256")), hex) &&
           ky_str_eq(json_string_value(json_object_get(signature, "coverage")), "WHOLE_FILE");
}

static ky_rc check_report(const json_t *report, const struct ky_request_seal *seal)
{
    uint8_t cert_hash[KY_HASH_SIZE];
    size_t i;
    json_t *v;
    const char *indication = json_string_value(json_object_get(report, "indication"));
    if (!ky_str_eq(indication, ky_indication_name(KY_TOTAL_PASSED)))
        return ky_fail(KY_EAUTH, "document: its signature is %s",
                       indication == NULL ? "missing" : indication);
    KY_TRY(ky_sha256(cert_hash, KY_BYTES(seal->of.cert, seal->of.cert_n)));
    json_array_foreach(json_object_get(report, "signatures"), i, v)
    {
        if (by_seal(v, KY_BYTES_OF(cert_hash)))
            return KY_OK;
    }
    return ky_fail(KY_EAUTH, "document: not signed as a whole with the certificate of the seal");
}

ky_rc ky_request_check_document(json_t **report, struct ky_web *w, const struct ky_request_signed *in)
{
    struct ky_verify_question q = {.n_anchors = 0};
    ky_auto_json found = NULL;
    if (in->document.n <= in->base.n || memcmp(in->document.p, in->base.p, in->base.n) != 0)
        return ky_fail(KY_EDENIED, "document: not the one that was to be signed, with a signature added");
    KY_TRY(make_question(&q, w, in));
    KY_TRY(ky_context(ky_web_verify_pdf(&found, w, in->document, &q), "document"));
    KY_TRY(check_report(found, in->seal));
    *report = KY_STEAL(found);
    return KY_OK;
}
