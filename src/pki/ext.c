/*
 * Extensions that kyso issues. Source: RFC 5280 §4.2, RFC 6960 §4.2.2.2.1
 * (nocheck), X.509 §9.2.2.5 (privateKeyUsagePeriod). Criticality is that of
 * the clauses, named in each function.
 */
#include "pki/ext.h"

#include "base/str.h"
#include "pki/wire.h"

#define NOTICE_MAX_CHARS 200 /* RFC 5280 §4.2.1.4, RFC 6818 §3 */

static const struct {
    unsigned bit;
    const char *oid;
} ekus_table[] = {
    {KY_EKU_ANY, "2.5.29.37.0"},
    {KY_EKU_SERVER_AUTH, "1.3.6.1.5.5.7.3.1"},
    {KY_EKU_CLIENT_AUTH, "1.3.6.1.5.5.7.3.2"},
    {KY_EKU_CODE_SIGNING, "1.3.6.1.5.5.7.3.3"},
    {KY_EKU_EMAIL_PROTECTION, "1.3.6.1.5.5.7.3.4"},
    {KY_EKU_TIME_STAMPING, "1.3.6.1.5.5.7.3.8"},
    {KY_EKU_OCSP_SIGNING, "1.3.6.1.5.5.7.3.9"},
    {KY_EKU_DOCUMENT_SIGNING, "1.3.6.1.5.5.7.3.36"},
};

unsigned ky_eku_by_oid(const char *dotted)
{
    for (size_t i = 0; i < KY_COUNT(ekus_table); i++)
        if (strcmp(ekus_table[i].oid, dotted) == 0)
            return ekus_table[i].bit;
    return KY_EKU_OTHER;
}

void ky_ext_add_aki(struct ky_buf *b, struct ky_bytes key_id)
{
    struct ky_wire_open e = ky_wire_begin_ext(b, KY_OID_EXT_AKI, false);
    size_t seq = ky_der_begin(b, KY_DER_SEQUENCE);
    ky_der_add(b, KY_DER_CONTEXT(0), key_id);
    ky_der_end(b, seq);
    ky_wire_end_ext(b, e);
}

void ky_ext_add_ski(struct ky_buf *b, struct ky_bytes key_id)
{
    struct ky_wire_open e = ky_wire_begin_ext(b, KY_OID_EXT_SKI, false);
    ky_der_add(b, KY_DER_OCTET_STRING, key_id);
    ky_wire_end_ext(b, e);
}

void ky_ext_add_key_usage(struct ky_buf *b, unsigned key_usage)
{
    struct ky_wire_open e = ky_wire_begin_ext(b, KY_OID_EXT_KEY_USAGE, true);
    ky_der_add_named_bits(b, key_usage);
    ky_wire_end_ext(b, e);
}

void ky_ext_add_eku(struct ky_buf *b, unsigned ekus, bool critical)
{
    struct ky_wire_open e = ky_wire_begin_ext(b, KY_OID_EXT_EKU, critical);
    size_t seq = ky_der_begin(b, KY_DER_SEQUENCE);
    for (size_t i = 0; i < KY_COUNT(ekus_table); i++)
        if ((ekus & ekus_table[i].bit) != 0)
            ky_wire_add_oid(b, ekus_table[i].oid);
    ky_der_end(b, seq);
    ky_wire_end_ext(b, e);
}

void ky_ext_add_basic_constraints(struct ky_buf *b, bool ca, int path_len)
{
    struct ky_wire_open e = ky_wire_begin_ext(b, KY_OID_EXT_BASIC_CONSTRAINTS, true);
    size_t seq = ky_der_begin(b, KY_DER_SEQUENCE);
    if (ca)
        ky_der_add_bool(b, true);
    if (ca && path_len != KY_PATH_LEN_NONE)
        ky_der_add_int(b, path_len);
    ky_der_end(b, seq);
    ky_wire_end_ext(b, e);
}

static void add_cps(struct ky_buf *b, const char *uri)
{
    size_t seq = ky_der_begin(b, KY_DER_SEQUENCE);
    ky_wire_add_oid(b, "1.3.6.1.5.5.7.2.1");
    ky_der_add_str(b, KY_DER_IA5_STRING, uri);
    ky_der_end(b, seq);
}

static void add_notice(struct ky_buf *b, const char *text)
{
    ky_wire_stick(b, ky_text_check("userNotice", ky_bytes_str(text), NOTICE_MAX_CHARS));
    size_t seq = ky_der_begin(b, KY_DER_SEQUENCE);
    ky_wire_add_oid(b, "1.3.6.1.5.5.7.2.2");
    size_t notice = ky_der_begin(b, KY_DER_SEQUENCE);
    ky_der_add_str(b, KY_DER_UTF8_STRING, text);
    ky_der_end(b, notice);
    ky_der_end(b, seq);
}

static void add_policy(struct ky_buf *b, const struct ky_policy *p)
{
    size_t info = ky_der_begin(b, KY_DER_SEQUENCE);
    ky_wire_add_oid(b, p->oid);
    if (p->cps != NULL || p->notice != NULL) {
        size_t qualifiers = ky_der_begin(b, KY_DER_SEQUENCE);
        if (p->cps != NULL)
            add_cps(b, p->cps);
        if (p->notice != NULL)
            add_notice(b, p->notice);
        ky_der_end(b, qualifiers);
    }
    ky_der_end(b, info);
}

void ky_ext_add_policies(struct ky_buf *b, const struct ky_policy *policies, size_t n)
{
    struct ky_wire_open e = ky_wire_begin_ext(b, KY_OID_EXT_POLICIES, false);
    size_t seq = ky_der_begin(b, KY_DER_SEQUENCE);
    for (size_t i = 0; i < n; i++)
        add_policy(b, &policies[i]);
    ky_der_end(b, seq);
    ky_wire_end_ext(b, e);
}

static bool is_mailbox(struct ky_bytes email)
{
    size_t at = 0, ats = 0;
    for (size_t i = 0; i < email.n; i++) {
        if (email.p[i] <= 0x20 || email.p[i] >= 0x7f)
            return false;
        if (email.p[i] == '@') {
            at = i;
            ats++;
        }
    }
    return ats == 1 && at > 0 && at + 1 < email.n && email.n <= 254;
}

void ky_ext_add_san_email(struct ky_buf *b, const char *email)
{
    if (!is_mailbox(ky_bytes_str(email)))
        ky_wire_stick(b, ky_fail(KY_EINVAL, "e-mail: not an ASCII address of at most 254 characters"));
    struct ky_wire_open e = ky_wire_begin_ext(b, KY_OID_EXT_SAN, false);
    size_t seq = ky_der_begin(b, KY_DER_SEQUENCE);
    ky_der_add_str(b, KY_DER_CONTEXT(1), email);
    ky_der_end(b, seq);
    ky_wire_end_ext(b, e);
}

void ky_ext_add_cdp(struct ky_buf *b, const char *url)
{
    struct ky_wire_open e = ky_wire_begin_ext(b, KY_OID_EXT_CDP, false);
    size_t points = ky_der_begin(b, KY_DER_SEQUENCE);
    size_t point = ky_der_begin(b, KY_DER_SEQUENCE);
    size_t name = ky_der_begin(b, KY_DER_CONTEXT_CONS(0));
    size_t full = ky_der_begin(b, KY_DER_CONTEXT_CONS(0));
    ky_wire_add_uri(b, url);
    ky_der_end(b, full);
    ky_der_end(b, name);
    ky_der_end(b, point);
    ky_der_end(b, points);
    ky_wire_end_ext(b, e);
}

static void add_access(struct ky_buf *b, const char *method, const char *url)
{
    if (url == NULL)
        return;
    size_t seq = ky_der_begin(b, KY_DER_SEQUENCE);
    ky_wire_add_oid(b, method);
    ky_wire_add_uri(b, url);
    ky_der_end(b, seq);
}

void ky_ext_add_aia(struct ky_buf *b, const char *ocsp_url, const char *ca_issuers_url)
{
    struct ky_wire_open e = ky_wire_begin_ext(b, KY_OID_EXT_AIA, false);
    size_t seq = ky_der_begin(b, KY_DER_SEQUENCE);
    add_access(b, KY_OID_AD_OCSP, ocsp_url);
    add_access(b, KY_OID_AD_CA_ISSUERS, ca_issuers_url);
    ky_der_end(b, seq);
    ky_wire_end_ext(b, e);
}

void ky_ext_add_ocsp_nocheck(struct ky_buf *b)
{
    struct ky_wire_open e = ky_wire_begin_ext(b, KY_OID_EXT_OCSP_NOCHECK, false);
    ky_der_add_null(b);
    ky_wire_end_ext(b, e);
}

void ky_ext_add_private_key_usage(struct ky_buf *b, ky_time not_after)
{
    struct ky_wire_open e = ky_wire_begin_ext(b, KY_OID_EXT_PRIVATE_KEY_USAGE, false);
    size_t seq = ky_der_begin(b, KY_DER_SEQUENCE);
    ky_wire_add_time_as(b, KY_DER_CONTEXT(1), not_after);
    ky_der_end(b, seq);
    ky_wire_end_ext(b, e);
}
