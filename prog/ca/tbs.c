/* The certificate of one row; see tbs.h. */
#include "prog/ca/tbs.h"

#include <stdio.h>

#include "crypto/digest.h"
#include "pki/name.h"
#include "pki/profile.h"
#include "prog/ca/ca.h"

void ky_row_tbs_clear(struct ky_row_tbs *r)
{
    ky_buf_clear(&r->subject);
    ky_buf_clear(&r->der);
    ky_cert_free(r->old);
    r->old = NULL;
}

ky_rc ky_row_item_read(struct ky_row_item *out, struct ky_bytes bytes)
{
    struct ky_reader in = KY_READER(bytes);
    out->row = ky_read_u32(&in);
    out->attestation = ky_read_lv(&in, KY_ATTESTATION_MAX);
    out->signature = ky_read_bytes(&in, KY_P256_RAW);
    out->old = in.left.n > 0 ? ky_read_lv(&in, KY_CERT_DER_MAX) : KY_BYTES_NONE;
    return ky_reader_finish(&in, "row");
}

/* The public key comes from sam's word about this very row, and from nowhere else. */
static ky_rc check_attestation(struct ky_row_tbs *r, const struct ky_row_item *item,
                               const struct ky_statement *request, const struct ky_statement *issue,
                               const struct ky_founding *f)
{
    struct ky_attestation *a = &r->attestation;
    KY_TRY(ky_attestation_open(a, item->attestation, item->signature, f->sam_att));
    if (memcmp(a->realm, f->realm, KY_HASH_SIZE) != 0)
        return ky_fail(KY_EDENIED, "key attestation of another realm");
    if (memcmp(a->request, request->hash, KY_HASH_SIZE) != 0 ||
        memcmp(a->statement, issue->hash, KY_HASH_SIZE) != 0)
        return ky_fail(KY_EDENIED, "key attestation for another request or approval");
    if (a->row != item->row)
        return ky_fail(KY_EDENIED, "key attestation for row %u", a->row);
    return KY_OK;
}

static ky_rc check_row(struct ky_row_tbs *r, uint32_t number, const struct ky_statement *request,
                       const struct ky_statement *issue)
{
    ky_auto_pubkey key = NULL;
    if (!ky_rows_contain(issue, number))
        return ky_fail(KY_EDENIED, "it is not among those approved");
    KY_TRY(ky_request_find_row(&r->row, request, number));
    KY_TRY(ky_pubkey_parse(&key, KY_BYTES(r->attestation.spki, r->attestation.spki_n)));
    if (ky_pubkey_type(key) != r->row.key_type)
        return ky_fail(KY_EDENIED, "the key is %s, the request says %s",
                       ky_key_info(ky_pubkey_type(key))->name, ky_key_info(r->row.key_type)->name);
    return KY_OK;
}

/* From the approval; near to it in time, and not beyond the issuing CA's own end. */
static ky_rc set_validity(struct ky_cert_tbs *t, const struct ky_statement *issue,
                          const struct ky_cert *issuing)
{
    int64_t from, until;
    KY_TRY(ky_json_get_int(&from, issue->json, "not_before", 0, KY_JSON_INT_MAX));
    KY_TRY(ky_json_get_int(&until, issue->json, "not_after", 0, KY_JSON_INT_MAX));
    if (from < issue->iat - KY_CA_BACKDATE_S || from > issue->iat + KY_CA_POSTDATE_S)
        return ky_fail(KY_EDENIED, "not_before lies %lld s from the approval",
                       (long long)(from - issue->iat));
    if (until <= from)
        return ky_fail(KY_EDENIED, "not_after is not after not_before");
    if (until > issuing->not_after)
        return ky_fail(KY_EDENIED, "not_after is %lld s after the end of the issuing CA",
                       (long long)(until - issuing->not_after));
    t->not_before = from;
    t->not_after = until;
    return KY_OK;
}

/* Only what officers may approve for persons; the authority's own profiles are made in the ceremony. */
static ky_rc find_profile(const struct ky_profile **out, const struct ky_statement *issue)
{
    struct ky_bytes name;
    *out = ky_profile(KY_PROFILE_SUBSCRIBER);
    KY_TRY(ky_json_get_str(&name, issue->json, "profile", 32));
    if (!ky_bytes_eq_str(name, (*out)->name))
        return ky_fail(KY_EDENIED, "profile: only \"%s\" is issued", (*out)->name);
    return KY_OK;
}

static ky_rc lay_out(struct ky_row_tbs *r, const struct ky_statement *issue, const struct ky_founding *f)
{
    const struct ky_profile *profile;
    const struct ky_profile_conf conf = {
        .crl_url = f->crl_url,
        .ocsp_url = f->ocsp_url,
        .ca_issuers_url = f->aia_url,
        .policy = {.oid = f->policy_oid, .cps = f->cps_url, .notice = f->notice},
    };
    KY_TRY(find_profile(&profile, issue));
    KY_TRY(set_validity(&r->tbs, issue, f->issuing));
    KY_TRY(ky_row_check_end(r));
    r->subject = ky_buf_init(KY_NAME_DER_MAX);
    KY_TRY(ky_request_subject(&r->subject, &r->row));
    snprintf(r->email, sizeof r->email, "%.*s", (int)r->row.email.n, (const char *)r->row.email.p);
    r->tbs.serial = KY_BYTES_OF(r->serial);
    r->tbs.issuer = f->issuing->subject;
    r->tbs.subject = ky_buf_bytes(&r->subject);
    r->tbs.spki = KY_BYTES(r->attestation.spki, r->attestation.spki_n);
    r->tbs.aki = f->issuing->ski;
    r->tbs.email = r->email;
    KY_TRY(ky_profile_apply(&r->tbs, &r->policy, profile, &conf));
    r->der = ky_buf_init(KY_TBS_DER_MAX);
    KY_TRY(ky_cert_tbs_encode(&r->der, &r->tbs));
    return ky_sha256(r->hash, ky_buf_bytes(&r->der));
}

static ky_rc make(struct ky_row_tbs *r, const struct ky_row_item *item, const struct ky_statement *request,
                  const struct ky_statement *issue, const struct ky_founding *f, const struct ky_mac *k_id)
{
    KY_TRY(check_attestation(r, item, request, issue, f));
    KY_TRY(check_row(r, item->row, request, issue));
    KY_TRY(ky_row_check_old(r, item->old, f->issuing));
    KY_TRY(ky_serial_of(r->serial, k_id, request->hash, item->row));
    return lay_out(r, issue, f);
}

ky_rc ky_row_tbs_make(struct ky_row_tbs *r, const struct ky_row_item *item,
                      const struct ky_statement *request, const struct ky_statement *issue,
                      const struct ky_founding *f, const struct ky_mac *k_id, ky_scheme scheme, ky_hash hash)
{
    r->tbs.scheme = scheme;
    r->tbs.hash = hash;
    return ky_context(make(r, item, request, issue, f, k_id), "row %u", item->row);
}
