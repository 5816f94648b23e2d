/* Key attestations; see attestation.h. */
#include "domain/attestation.h"

#include "crypto/digest.h"
#include "domain/record.h"

static const struct ky_bytes label = KY_LABEL("kyso attestation v1");

static const struct ky_json_member members[] = {
    {.name = "v", .kind = KY_JSON_INT, .required = true, .min = 1, .max = 1},
    {.name = "realm", .kind = KY_JSON_HEX, .required = true, .min = KY_HASH_SIZE, .max = KY_HASH_SIZE},
    {.name = "type", .kind = KY_JSON_STR, .required = true, .min = 1, .max = 32},
    {.name = "request", .kind = KY_JSON_HEX, .required = true, .min = KY_HASH_SIZE, .max = KY_HASH_SIZE},
    {.name = "statement", .kind = KY_JSON_HEX, .required = true, .min = KY_HASH_SIZE, .max = KY_HASH_SIZE},
    {.name = "row", .kind = KY_JSON_INT, .required = true, .min = 1, .max = 1000},
    {.name = "owner", .kind = KY_JSON_HEX, .required = true, .min = KY_OWNER_SIZE, .max = KY_OWNER_SIZE},
    {.name = "key", .kind = KY_JSON_HEX, .required = true, .min = KY_ID_SIZE, .max = KY_ID_SIZE},
    {.name = "spki", .kind = KY_JSON_BASE64URL, .required = true, .min = 1, .max = KY_SPKI_MAX},
    {.name = "old", .kind = KY_JSON_HEX, .min = KY_HASH_SIZE, .max = KY_HASH_SIZE},
};

ky_rc ky_sign_labelled(uint8_t signature[KY_P256_RAW], const struct ky_signer *signer, struct ky_bytes of,
                       struct ky_bytes text)
{
    uint8_t digest[KY_HASH_SIZE];
    const struct ky_bytes parts[] = {of, text};
    KY_TRY(ky_digest_parts(digest, KY_SHA256, parts, KY_COUNT(parts)));
    ky_auto_buf der = ky_buf_init(KY_SIGNATURE_MAX);
    KY_TRY(signer->sign(signer->ctx, &der, KY_ECDSA, KY_SHA256, KY_BYTES_OF(digest)));
    return ky_ecdsa_to_raw(signature, KY_P256_RAW, ky_buf_bytes(&der));
}

ky_rc ky_verify_labelled(const uint8_t point[KY_P256_POINT], struct ky_bytes of, struct ky_bytes text,
                         struct ky_bytes signature)
{
    uint8_t digest[KY_HASH_SIZE];
    const struct ky_bytes parts[] = {of, text};
    KY_TRY(ky_digest_parts(digest, KY_SHA256, parts, KY_COUNT(parts)));
    return ky_p256_verify_raw(KY_BYTES(point, KY_P256_POINT), digest, signature);
}

ky_rc ky_attestation_make(struct ky_buf *json, uint8_t signature[KY_P256_RAW], const struct ky_attestation *a,
                          const struct ky_signer *k_att)
{
    ky_auto_json body = json_object();
    if (body == NULL)
        return ky_fail(KY_ENOMEM, "attestation");
    KY_TRY(ky_body_set_int(body, "v", 1));
    KY_TRY(ky_body_set_text(body, "type", KY_BYTES_LIT("key-attestation")));
    KY_TRY(ky_body_set_hex(body, "realm", KY_BYTES_OF(a->realm)));
    KY_TRY(ky_body_set_hex(body, "request", KY_BYTES_OF(a->request)));
    KY_TRY(ky_body_set_hex(body, "statement", KY_BYTES_OF(a->statement)));
    KY_TRY(ky_body_set_int(body, "row", a->row));
    KY_TRY(ky_body_set_hex(body, "owner", KY_BYTES_OF(a->owner)));
    KY_TRY(ky_body_set_hex(body, "key", KY_BYTES_OF(a->key)));
    KY_TRY(ky_body_set_base64url(body, "spki", KY_BYTES(a->spki, a->spki_n)));
    if (a->replaces)
        KY_TRY(ky_body_set_hex(body, "old", KY_BYTES_OF(a->old)));
    size_t start = json->n;
    KY_TRY(ky_jcs_encode(json, body, 1));
    return ky_sign_labelled(signature, k_att, label, KY_BYTES(json->p + start, json->n - start));
}

ky_rc ky_attestation_open(struct ky_attestation *out, struct ky_bytes json, struct ky_bytes signature,
                          const uint8_t k_att[KY_P256_POINT])
{
    ky_auto_json body = NULL;
    int64_t row;
    struct ky_bytes type;
    KY_TRY(ky_context(ky_verify_labelled(k_att, label, json, signature), "key attestation"));
    KY_TRY(ky_jcs_parse(&body, json, KY_ATTESTATION_MAX, 1));
    KY_TRY(ky_json_check_closed(body, members, KY_COUNT(members), "key attestation"));
    KY_TRY(ky_json_get_str(&type, body, "type", 32));
    if (!ky_bytes_eq_str(type, "key-attestation"))
        return ky_fail(KY_EFORMAT, "key attestation of another type");
    KY_TRY(ky_json_get_hex(out->realm, KY_HASH_SIZE, body, "realm"));
    KY_TRY(ky_json_get_hex(out->request, KY_HASH_SIZE, body, "request"));
    KY_TRY(ky_json_get_hex(out->statement, KY_HASH_SIZE, body, "statement"));
    KY_TRY(ky_json_get_hex(out->owner, KY_OWNER_SIZE, body, "owner"));
    KY_TRY(ky_json_get_hex(out->key, KY_ID_SIZE, body, "key"));
    KY_TRY(ky_json_get_int(&row, body, "row", 1, 1000));
    out->row = (uint32_t)row;
    ky_auto_buf spki = ky_buf_init(KY_SPKI_MAX);
    KY_TRY(ky_json_get_base64url(&spki, body, "spki", KY_SPKI_MAX));
    memcpy(out->spki, spki.p, spki.n);
    out->spki_n = spki.n;
    out->replaces = json_object_get(body, "old") != NULL;
    return out->replaces ? ky_json_get_hex(out->old, KY_HASH_SIZE, body, "old") : KY_OK;
}
