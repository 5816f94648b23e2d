/* What a renewal keeps and a change may change (docs/protocol/procedures.md §3); see tbs.h. */
#include "pki/name.h"
#include "prog/ca/tbs.h"

#define RENEWED_MAX_S ((3 * 365 + 1) * KY_DAY)

/* It is the one that sam attested, by us, and what the organisation says of it is true. */
static ky_rc check_named(const struct ky_row_tbs *r, const struct ky_cert *issuing)
{
    const struct ky_cert *old = r->old;
    if (memcmp(old->sha256, r->attestation.old, KY_HASH_SIZE) != 0)
        return ky_fail(KY_EDENIED, "another certificate is replaced than was attested");
    KY_TRY(ky_context(ky_cert_verify_signature(old, issuing), "the certificate that is replaced"));
    if (!ky_bytes_eq(old->serial, KY_BYTES_OF(r->row.old.serial)) || old->not_after != r->row.old.not_after)
        return ky_fail(KY_EDENIED, "the certificate that is replaced has another serial number or end");
    return KY_OK;
}

static ky_rc same_name(bool *same, const json_t *subject, struct ky_bytes name)
{
    ky_auto_buf der = ky_buf_init(KY_NAME_DER_MAX);
    KY_TRY(ky_request_name(&der, subject));
    *same = ky_bytes_eq(ky_buf_bytes(&der), name);
    return KY_OK;
}

static bool same_email(const struct ky_cert *old, struct ky_bytes email)
{
    return old->email != NULL && ky_bytes_eq_str(email, old->email);
}

static ky_rc check_renewed(const struct ky_row_tbs *r)
{
    bool same;
    KY_TRY(same_name(&same, r->row.subject, r->old->subject));
    return same && same_email(r->old, r->row.email)
               ? KY_OK
               : ky_fail(KY_EDENIED, "a renewal keeps subject and e-mail");
}

static ky_rc check_changed(const struct ky_row_tbs *r)
{
    const struct ky_request_row *row = &r->row;
    bool same;
    KY_TRY(same_name(&same, row->old.subject, r->old->subject));
    if (!same || !same_email(r->old, row->old.email))
        return ky_fail(KY_EDENIED, "what is to be changed does not stand in the certificate");
    KY_TRY(same_name(&same, row->subject, r->old->subject));
    if (same && same_email(r->old, row->email))
        return ky_fail(KY_EDENIED, "a change that changes nothing");
    if (!json_equal(json_object_get(row->subject, "CN"), json_object_get(row->old.subject, "CN")))
        return ky_fail(KY_EDENIED, "a change keeps the name");
    return KY_OK;
}

ky_rc ky_row_check_old(struct ky_row_tbs *r, struct ky_bytes old, const struct ky_cert *issuing)
{
    bool replaces = ky_request_replaces(&r->row);
    if (replaces != (old.n > 0) || replaces != r->attestation.replaces)
        return ky_fail(KY_EDENIED, "a renewal or change replaces a certificate, a first one none");
    if (!replaces)
        return KY_OK;
    KY_TRY(ky_context(ky_cert_parse(&r->old, old), "the certificate that is replaced"));
    KY_TRY(check_named(r, issuing));
    return r->row.procedure == KY_PROCEDURE_RENEW ? check_renewed(r) : check_changed(r);
}

ky_rc ky_row_check_end(const struct ky_row_tbs *r)
{
    ky_time from = r->tbs.not_before, until = r->tbs.not_after;
    if (r->row.procedure == KY_PROCEDURE_RENEW && until - from > RENEWED_MAX_S)
        return ky_fail(KY_EDENIED, "a renewal is for %lld s, at most %lld", (long long)(until - from),
                       (long long)RENEWED_MAX_S);
    if (r->row.procedure == KY_PROCEDURE_CHANGE && until != r->old->not_after)
        return ky_fail(KY_EDENIED, "a change keeps the end of the certificate");
    return KY_OK;
}
