/* Rows, reasons and attestations of revocation; see revoke.h. */
#include "domain/revoke.h"

#include "crypto/digest.h"
#include "domain/attestation.h"
#include "domain/members.h"
#include "domain/procedure.h"
#include "domain/record.h"

#define TYPE "revocation-attestation"

static const struct ky_bytes label = KY_LABEL("kyso revocation v1");

static const struct ky_json_member members[] = {
    INT("v", true, 1, 1),
    HEX("realm", true, KY_HASH_SIZE),
    STR("type", 32),
    HEX("serial", true, KY_SERIAL_SIZE),
    INT("reason", true, 0, 10),
    INT("time", true, 0, KY_JSON_INT_MAX),
};

/* RFC 5280 §5.3.1: unspecified, keyCompromise, affiliationChanged, cessationOfOperation, privilegeWithdrawn. */
static const int64_t offered[] = {0, 1, 3, 5, 9};

ky_rc ky_reason_check(int64_t reason)
{
    for (size_t i = 0; i < KY_COUNT(offered); i++)
        if (offered[i] == reason)
            return KY_OK;
    return ky_fail(KY_EDENIED, "reason %lld is not offered", (long long)reason);
}

ky_rc ky_revoke_find_row(struct ky_revoke_row *out, const struct ky_statement *request, uint32_t number)
{
    struct ky_revoke_row row = {.number = number};
    ky_procedure procedure;
    int64_t reason;
    const json_t *json = ky_request_row_json(request, number);
    KY_TRY(ky_procedure_read(&procedure, request->json));
    if (procedure != KY_PROCEDURE_REVOKE)
        return ky_fail(KY_EDENIED, "request: of procedure %s, nothing is to be revoked",
                       ky_procedure_name(procedure));
    if (json == NULL)
        return ky_fail(KY_ENOTFOUND, "the request has no row %u", number);
    KY_TRY(ky_json_get_hex(row.serial, KY_SERIAL_SIZE, json, "serial"));
    KY_TRY(ky_json_get_int(&reason, json, "reason", 0, 10));
    KY_TRY(ky_json_get_int(&row.happened, json, "happened", 0, KY_JSON_INT_MAX));
    KY_TRY(ky_context(ky_reason_check(reason), "row %u", number));
    row.reason = (uint32_t)reason;
    *out = row;
    return KY_OK;
}

ky_rc ky_received_id(uint8_t out[KY_LOG_ID_SIZE], const uint8_t request[KY_HASH_SIZE])
{
    const struct ky_bytes parts[] = {KY_LABEL("kyso received v1"), {request, KY_HASH_SIZE}};
    return ky_digest_parts(out, KY_SHA256, parts, KY_COUNT(parts));
}

ky_rc ky_revocation_make(struct ky_buf *json, uint8_t signature[KY_P256_RAW], const struct ky_revocation *r,
                         const struct ky_signer *k_att)
{
    ky_auto_json body = json_object();
    if (body == NULL)
        return ky_fail(KY_ENOMEM, "revocation");
    KY_TRY(ky_body_set_int(body, "v", 1));
    KY_TRY(ky_body_set_text(body, "type", KY_BYTES_LIT(TYPE)));
    KY_TRY(ky_body_set_hex(body, "realm", KY_BYTES_OF(r->realm)));
    KY_TRY(ky_body_set_hex(body, "serial", KY_BYTES_OF(r->serial)));
    KY_TRY(ky_body_set_int(body, "reason", r->reason));
    KY_TRY(ky_body_set_int(body, "time", r->time));
    size_t start = json->n;
    KY_TRY(ky_jcs_encode(json, body, 1));
    return ky_sign_labelled(signature, k_att, label, KY_BYTES(json->p + start, json->n - start));
}

ky_rc ky_revocation_open(struct ky_revocation *out, struct ky_bytes json, struct ky_bytes signature,
                         const uint8_t k_att[KY_P256_POINT])
{
    ky_auto_json body = NULL;
    struct ky_bytes type;
    int64_t reason;
    KY_TRY(ky_context(ky_verify_labelled(k_att, label, json, signature), "revocation attestation"));
    KY_TRY(ky_jcs_parse(&body, json, KY_REVOCATION_MAX, 1));
    KY_TRY(ky_json_check_closed(body, members, KY_COUNT(members), "revocation attestation"));
    KY_TRY(ky_json_get_str(&type, body, "type", 32));
    if (!ky_bytes_eq_str(type, TYPE))
        return ky_fail(KY_EFORMAT, "revocation attestation of another type");
    KY_TRY(ky_json_get_hex(out->realm, KY_HASH_SIZE, body, "realm"));
    KY_TRY(ky_json_get_hex(out->serial, KY_SERIAL_SIZE, body, "serial"));
    KY_TRY(ky_json_get_int(&reason, body, "reason", 0, 10));
    KY_TRY(ky_json_get_int(&out->time, body, "time", 0, KY_JSON_INT_MAX));
    out->reason = (uint32_t)reason;
    return KY_OK;
}
