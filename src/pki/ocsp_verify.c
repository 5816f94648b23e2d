/*
 * Judging an OCSP answer. Source: RFC 6960 §3.2 (what a client must check),
 * §4.2.1 (structure), §4.2.2.2 (who may sign). Called by chain and by sam,
 * which asks for the status of a certificate before it signs.
 */
#include "pki/ocsp.h"
#include "pki/wire.h"

#define CERTS_MAX 8 /* certificates looked at in one answer */

/* The parts of a BasicOCSPResponse. */
struct basic {
    struct ky_bytes data, sig_alg, signature; /* ResponseData and its signature */
    struct ky_bytes by_name, by_key;          /* ResponderID: one of them */
    struct ky_der singles, certs;
    ky_time produced_at;
    struct ky_bytes nonce;
};

static ky_rc read_status(struct ky_der *resp)
{
    struct ky_der_tlv status;
    KY_TRY(ky_der_expect(&status, resp, KY_DER_ENUMERATED, "responseStatus"));
    if (status.value.n != 1)
        return ky_fail(KY_EFORMAT, "OCSP answer: responseStatus of %zu bytes", status.value.n);
    if (status.value.p[0] != 0)
        return ky_fail(KY_EBUSY, "OCSP answer: error status %u", status.value.p[0]);
    return KY_OK;
}

/* The octets of BasicOCSPResponse inside an OCSPResponse. */
static ky_rc open_response(struct ky_bytes *basic, struct ky_bytes der)
{
    struct ky_der d = KY_DER_READ(der), resp, tagged, bytes;
    char oid[KY_DER_OID_TEXT_MAX];
    if (der.n > KY_OCSP_RESP_MAX)
        return ky_fail(KY_EFORMAT, "OCSP answer: %zu bytes, at most %d", der.n, KY_OCSP_RESP_MAX);
    KY_TRY(ky_der_enter(&resp, &d, KY_DER_SEQUENCE, "OCSPResponse"));
    KY_TRY(ky_der_finish(&d, "OCSPResponse"));
    KY_TRY(read_status(&resp));
    KY_TRY(ky_der_enter(&tagged, &resp, KY_DER_CONTEXT_CONS(0), "responseBytes"));
    KY_TRY(ky_der_enter(&bytes, &tagged, KY_DER_SEQUENCE, "responseBytes"));
    KY_TRY(ky_der_get_oid(oid, &bytes, "responseType"));
    if (strcmp(oid, KY_OID_OCSP_BASIC) != 0)
        return ky_fail(KY_EFORMAT, "OCSP answer: response type %s", oid);
    return ky_der_get_octets(basic, &bytes, "response");
}

static ky_rc read_responder_id(struct basic *b, struct ky_der *data)
{
    struct ky_der id;
    if (ky_der_at(data, KY_DER_CONTEXT_CONS(1))) {
        KY_TRY(ky_der_enter(&id, data, KY_DER_CONTEXT_CONS(1), "responderID byName"));
        return ky_wire_get_whole(&b->by_name, &id, KY_DER_SEQUENCE, "responderID byName");
    }
    KY_TRY(ky_der_enter(&id, data, KY_DER_CONTEXT_CONS(2), "responderID"));
    return ky_der_get_octets(&b->by_key, &id, "responderID byKey");
}

static ky_rc read_response_exts(struct basic *b, struct ky_der *data)
{
    struct ky_der tagged, list;
    KY_TRY(ky_der_enter(&tagged, data, KY_DER_CONTEXT_CONS(1), "responseExtensions"));
    KY_TRY(ky_der_enter(&list, &tagged, KY_DER_SEQUENCE, "responseExtensions"));
    while (!ky_der_at_end(&list)) {
        struct ky_wire_ext ext;
        KY_TRY(ky_wire_next_ext(&ext, &list));
        if (strcmp(ext.oid, KY_OID_OCSP_NONCE) == 0)
            KY_TRY(ky_der_get_octets(&b->nonce, &ext.value, "OCSP nonce"));
        else if (ext.critical)
            return ky_fail(KY_EFORMAT, "OCSP answer: critical extension %s is unknown", ext.oid);
    }
    return KY_OK;
}

static ky_rc read_response_data(struct basic *b)
{
    struct ky_der d = KY_DER_READ(b->data), data;
    struct ky_der_tlv version;
    KY_TRY(ky_der_enter(&data, &d, KY_DER_SEQUENCE, "ResponseData"));
    if (ky_der_at(&data, KY_DER_CONTEXT_CONS(0)))
        KY_TRY(ky_der_next(&version, &data, "version"));
    KY_TRY(read_responder_id(b, &data));
    KY_TRY(ky_der_get_time(&b->produced_at, &data, "producedAt"));
    KY_TRY(ky_der_enter(&b->singles, &data, KY_DER_SEQUENCE, "responses"));
    if (ky_der_at(&data, KY_DER_CONTEXT_CONS(1)))
        KY_TRY(read_response_exts(b, &data));
    return ky_der_finish(&data, "ResponseData");
}

static ky_rc read_basic(struct basic *b, struct ky_bytes der)
{
    struct ky_der d = KY_DER_READ(der), basic, tagged;
    KY_TRY(ky_der_enter(&basic, &d, KY_DER_SEQUENCE, "BasicOCSPResponse"));
    KY_TRY(ky_der_finish(&d, "BasicOCSPResponse"));
    KY_TRY(ky_wire_get_whole(&b->data, &basic, KY_DER_SEQUENCE, "ResponseData"));
    KY_TRY(ky_wire_get_whole(&b->sig_alg, &basic, KY_DER_SEQUENCE, "signatureAlgorithm"));
    KY_TRY(ky_der_get_bit_octets(&b->signature, &basic, "signature"));
    if (!ky_der_at_end(&basic)) {
        KY_TRY(ky_der_enter(&tagged, &basic, KY_DER_CONTEXT_CONS(0), "certs"));
        KY_TRY(ky_der_enter(&b->certs, &tagged, KY_DER_SEQUENCE, "certs"));
    }
    KY_TRY(ky_der_finish(&basic, "BasicOCSPResponse"));
    return read_response_data(b);
}

/* --- the single response about one certificate --- */

static ky_rc read_revoked(struct ky_ocsp_result *r, struct ky_bytes info)
{
    struct ky_der d = KY_DER_READ(info), tagged;
    struct ky_der_tlv code;
    KY_TRY(ky_der_get_time(&r->revoked_at, &d, "revocationTime"));
    if (ky_der_at_end(&d))
        return KY_OK;
    KY_TRY(ky_der_enter(&tagged, &d, KY_DER_CONTEXT_CONS(0), "revocationReason"));
    KY_TRY(ky_der_expect(&code, &tagged, KY_DER_ENUMERATED, "revocationReason"));
    if (code.value.n != 1 || code.value.p[0] > KY_REASON_AA_COMPROMISE)
        return ky_fail(KY_EFORMAT, "OCSP answer: no such revocationReason");
    r->reason = (ky_crl_reason)code.value.p[0];
    return ky_der_finish(&d, "RevokedInfo");
}

static ky_rc read_cert_status(struct ky_ocsp_result *r, struct ky_der *single)
{
    struct ky_der_tlv status;
    KY_TRY(ky_der_next(&status, single, "certStatus"));
    switch (status.tag) {
    case KY_DER_CONTEXT(0):
        r->status = KY_OCSP_GOOD;
        return KY_OK;
    case KY_DER_CONTEXT_CONS(1):
        r->status = KY_OCSP_REVOKED;
        return read_revoked(r, status.value);
    case KY_DER_CONTEXT(2):
        r->status = KY_OCSP_UNKNOWN;
        return KY_OK;
    default:
        return ky_fail(KY_EFORMAT, "OCSP answer: certStatus 0x%02x", status.tag);
    }
}

static ky_rc read_update_times(struct ky_ocsp_result *r, struct ky_der *single)
{
    struct ky_der tagged;
    KY_TRY(ky_der_get_time(&r->this_update, single, "thisUpdate"));
    r->next_update = KY_TIME_NEVER;
    if (ky_der_at(single, KY_DER_CONTEXT_CONS(0))) {
        KY_TRY(ky_der_enter(&tagged, single, KY_DER_CONTEXT_CONS(0), "nextUpdate"));
        KY_TRY(ky_der_get_time(&r->next_update, &tagged, "nextUpdate"));
    }
    return KY_OK;
}

static ky_rc find_single(struct ky_ocsp_result *r, struct ky_der singles, const struct ky_cert *cert,
                         const struct ky_cert *issuer)
{
    for (size_t i = 0; i < KY_OCSP_SINGLES_MAX && !ky_der_at_end(&singles); i++) {
        struct ky_der single;
        struct ky_ocsp_certid id;
        KY_TRY(ky_der_enter(&single, &singles, KY_DER_SEQUENCE, "SingleResponse"));
        KY_TRY(ky_ocsp_certid_read(&id, &single));
        if (!ky_bytes_eq(id.serial, cert->serial) || !ky_ocsp_certid_matches(&id, issuer))
            continue;
        KY_TRY(read_cert_status(r, &single));
        return read_update_times(r, &single);
    }
    return ky_fail(KY_ENOTFOUND, "OCSP answer: says nothing about this certificate");
}

/* --- who signed it --- */

static bool is_named(const struct basic *b, const struct ky_cert *responder)
{
    if (b->by_key.n != 0)
        return ky_bytes_eq(b->by_key, KY_BYTES_OF(responder->key_sha1));
    return ky_bytes_eq(b->by_name, responder->subject);
}

static ky_rc check_signed_by(const struct basic *b, const struct ky_cert *responder)
{
    if (!is_named(b, responder))
        return ky_fail(KY_EAUTH, "OCSP answer: responderID names another responder");
    return ky_sigalg_verify(responder->spki, b->sig_alg, b->data, b->signature);
}

/*
 * RFC 6960 §4.2.2.2: certified by the issuer's key itself, for this purpose, valid when the answer was
 * made.
 */
static ky_rc check_delegate(const struct basic *b, const struct ky_cert *responder,
                            const struct ky_cert *issuer)
{
    if (!ky_bytes_eq(responder->issuer, issuer->subject))
        return ky_fail(KY_EAUTH, "OCSP responder: not certified by the issuer");
    if ((responder->ekus & KY_EKU_OCSP_SIGNING) == 0)
        return ky_fail(KY_EAUTH, "OCSP responder: extKeyUsage lacks OCSPSigning");
    if (responder->has_key_usage &&
        (responder->key_usage & (KY_KU_DIGITAL_SIGNATURE | KY_KU_NON_REPUDIATION)) == 0)
        return ky_fail(KY_EAUTH, "OCSP responder: keyUsage allows no signatures");
    if (!responder->ocsp_nocheck)
        return ky_fail(KY_EAUTH, "OCSP responder: no id-pkix-ocsp-nocheck, its own status is not known");
    if (responder->unknown_critical)
        return ky_fail(KY_EAUTH, "OCSP responder: unknown critical extension");
    if (b->produced_at < responder->not_before || b->produced_at > responder->not_after)
        return ky_fail(KY_EAUTH, "OCSP responder: not valid when the answer was made");
    return ky_cert_verify_signature(responder, issuer);
}

static ky_rc try_included(struct ky_bytes *responder_der, const struct basic *b, const struct ky_cert *issuer)
{
    struct ky_der certs = b->certs;
    ky_rc rc = ky_fail(KY_EAUTH, "OCSP answer: its signer is neither the issuer nor included");
    for (size_t i = 0; i < CERTS_MAX && !ky_der_at_end(&certs); i++) {
        ky_auto_cert responder = NULL;
        struct ky_bytes der;
        KY_TRY(ky_wire_get_whole(&der, &certs, KY_DER_SEQUENCE, "OCSP certs"));
        if (ky_cert_parse(&responder, der) != KY_OK || !is_named(b, responder))
            continue;
        rc = check_delegate(b, responder, issuer);
        if (rc == KY_OK)
            rc = check_signed_by(b, responder);
        if (rc == KY_OK) {
            *responder_der = der;
            return KY_OK;
        }
    }
    return rc;
}

static ky_rc check_signer(struct ky_bytes *responder_der, const struct basic *b, const struct ky_cert *issuer,
                          const struct ky_cert *pinned)
{
    if (pinned == NULL && !is_named(b, issuer))
        return try_included(responder_der, b, issuer);
    const struct ky_cert *known = pinned != NULL ? pinned : issuer;
    *responder_der = known->der;
    if (pinned != NULL && (b->produced_at < pinned->not_before || b->produced_at > pinned->not_after))
        return ky_fail(KY_EAUTH, "OCSP answer: made when the pinned responder was not valid");
    return check_signed_by(b, known);
}

ky_rc ky_ocsp_verify(struct ky_ocsp_result *out, struct ky_bytes resp_der, const struct ky_cert *cert,
                     const struct ky_cert *issuer, const struct ky_cert *pinned)
{
    struct basic b = {0};
    struct ky_ocsp_result got = {0};
    struct ky_bytes basic;
    KY_TRY(open_response(&basic, resp_der));
    KY_TRY(read_basic(&b, basic));
    KY_TRY(find_single(&got, b.singles, cert, issuer));
    KY_TRY(check_signer(&got.responder_der, &b, issuer, pinned));
    got.produced_at = b.produced_at;
    got.nonce = b.nonce;
    *out = got;
    return KY_OK;
}

ky_rc ky_ocsp_fresh(const struct ky_ocsp_result *r, ky_time now, ky_time max_age_s, ky_time skew_s)
{
    if (r->this_update > now + skew_s)
        return ky_fail(KY_EEXPIRED, "OCSP answer: thisUpdate lies %lld s ahead",
                       (long long)(r->this_update - now));
    if (now - r->this_update > max_age_s)
        return ky_fail(KY_EEXPIRED, "OCSP answer: %lld s old, at most %lld s",
                       (long long)(now - r->this_update), (long long)max_age_s);
    if (r->next_update < now - skew_s)
        return ky_fail(KY_EEXPIRED, "OCSP answer: nextUpdate has passed");
    return KY_OK;
}
