/*
 * Revocation status of one certificate. Source: RFC 5280 §6.3, RFC 6960 §3.2,
 * RFC 9608 (noRevAvail). Called by chain for each certificate of a path.
 */
#include "pki/revocation.h"

#include "base/str.h"
#include "pki/name.h"

/* The newer word stands; of two of one time, the revoked one. */
static void consider(struct ky_revocation *best, const struct ky_revocation *word)
{
    if (best->source != KY_REV_NO_WORD && word->this_update < best->this_update)
        return;
    if (best->source != KY_REV_NO_WORD && word->this_update == best->this_update && best->revoked)
        return;
    *best = *word;
}

static bool is_current(const struct ky_revocation_in *in, ky_time this_update, ky_time next_update)
{
    if (in->max_age_s != 0)
        return this_update >= in->at - in->max_age_s;
    return next_update != KY_TIME_NEVER && next_update >= in->at;
}

/* Does the list speak about certificates of this kind? */
static bool is_in_scope(const struct ky_crl *crl, const struct ky_cert *cert)
{
    if (crl->delta || crl->indirect || crl->some_reasons || crl->only_attribute || crl->unknown_critical)
        return false;
    if ((crl->only_user && cert->ca) || (crl->only_ca && !cert->ca))
        return false;
    return !crl->has_partition ||
           (crl->partition_url != NULL && ky_str_eq(crl->partition_url, cert->crl_url));
}

/* Signed by the issuer's key, or by another key of the same name that may do so. */
static bool is_signed_for(const struct ky_crl *crl, const struct ky_revocation_in *in)
{
    if (ky_crl_verify(crl, in->issuer) == KY_OK)
        return true;
    if (in->may_sign == NULL || !ky_name_same(crl->issuer, in->issuer->subject))
        return false;
    for (size_t i = 0; i < in->signers.n; i++) {
        const struct ky_cert *signer = in->signers.v[i];
        if (ky_crl_verify(crl, signer) == KY_OK && in->may_sign(in->ctx, signer))
            return true;
    }
    return false;
}

static void ask_crl(struct ky_revocation *best, const struct ky_revocation_in *in, const struct ky_crl *crl)
{
    struct ky_crl_entry e;
    if (!ky_name_same(crl->issuer, in->issuer->subject) || !is_in_scope(crl, in->cert) ||
        !is_current(in, crl->this_update, crl->next_update) || !is_signed_for(crl, in))
        return;
    struct ky_revocation word = {.source = KY_REV_CRL, .this_update = crl->this_update};
    if (ky_crl_find(&e, crl, in->cert->serial) == KY_OK && e.revoked_at <= in->at) {
        word.revoked = true;
        word.revoked_at = e.revoked_at;
        word.reason = e.reason;
    }
    consider(best, &word);
}

/* "unknown" is no word: the responder does not vouch for the certificate. */
static void ask_ocsp(struct ky_revocation *best, const struct ky_revocation_in *in, struct ky_bytes answer)
{
    struct ky_ocsp_result r;
    if (ky_ocsp_verify(&r, answer, in->cert, in->issuer, in->pinned_responder) != KY_OK)
        return;
    ky_time next_update = r.next_update == KY_TIME_NEVER ? r.this_update : r.next_update;
    if (r.status == KY_OCSP_UNKNOWN || !is_current(in, r.this_update, next_update))
        return;
    struct ky_revocation word = {.source = KY_REV_OCSP, .this_update = r.this_update};
    if (r.status == KY_OCSP_REVOKED && r.revoked_at <= in->at) {
        word.revoked = true;
        word.revoked_at = r.revoked_at;
        word.reason = r.reason;
    }
    consider(best, &word);
}

/*
 * Certificates that say themselves that nobody revokes them: short-lived ones (RFC 9608) and OCSP
 * responders.
 */
static bool is_never_revoked(const struct ky_cert *cert)
{
    if (cert->ca)
        return false;
    if (cert->ocsp_nocheck && (cert->ekus & KY_EKU_OCSP_SIGNING) != 0)
        return true;
    return ky_cert_find_ext(cert, KY_OID_EXT_NO_REV_AVAIL) != NULL;
}

void ky_revocation_find(struct ky_revocation *out, const struct ky_revocation_in *in)
{
    *out = (struct ky_revocation){0};
    for (size_t i = 0; i < in->n_crls; i++)
        ask_crl(out, in, in->crls[i]);
    for (size_t i = 0; i < in->n_ocsps; i++)
        ask_ocsp(out, in, in->ocsps[i]);
    if (out->source == KY_REV_NO_WORD && is_never_revoked(in->cert))
        out->source = KY_REV_NOCHECK;
}
