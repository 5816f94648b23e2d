/*
 * Certificates. Source: RFC 5280 §4.1 (structure), §4.2 (extensions), RFC 6960
 * §4.2.2.2.1. Reading keeps views into one copy of the DER; building writes
 * TBSCertificate in one fixed order. Called by every layer that certifies or
 * verifies.
 */
#include "pki/cert.h"

#include "base/base64.h"
#include "crypto/digest.h"
#include "pki/wire.h"

#include <stdlib.h>

#define ARENA_EXTRA 65536 /* texts and lists beside the DER itself */
#define PEM_BEGIN "-----BEGIN CERTIFICATE-----"
#define PEM_END "-----END CERTIFICATE-----"
#define PEM_LINE 64
#define YEAR_10000 253402300800 /* the first second that GeneralizedTime can not say */

/* --- building --- */

static ky_rc check_tbs(const struct ky_cert_tbs *t)
{
    if (t->serial.n == 0 || t->serial.n > KY_SERIAL_MAX || t->serial.p[0] == 0 || t->serial.p[0] > 0x7f)
        return ky_fail(KY_EINVAL, "cert: serial must be 1..%d octets, the first 0x01..0x7f", KY_SERIAL_MAX);
    if (t->issuer.n == 0 || t->subject.n == 0 || t->spki.n == 0)
        return ky_fail(KY_EINVAL, "cert: issuer, subject or public key is missing");
    if (t->not_after <= t->not_before || t->not_before < 0 || t->not_after >= YEAR_10000)
        return ky_fail(KY_EINVAL, "cert: notAfter %lld does not follow notBefore %lld",
                       (long long)t->not_after, (long long)t->not_before);
    if (t->path_len != KY_PATH_LEN_NONE && (!t->ca || t->path_len < 0))
        return ky_fail(KY_EINVAL, "cert: pathLenConstraint %d without cA, or negative", t->path_len);
    if (t->key_usage == 0)
        return ky_fail(KY_EINVAL, "cert: keyUsage is empty");
    return KY_OK;
}

static ky_rc add_extensions(struct ky_buf *out, const struct ky_cert_tbs *t)
{
    uint8_t key_id[KY_KEY_ID_SIZE];
    KY_TRY(ky_spki_key_id(key_id, t->spki));
    size_t tagged = ky_der_begin(out, KY_DER_CONTEXT_CONS(3));
    size_t exts = ky_der_begin(out, KY_DER_SEQUENCE);
    if (t->aki.n != 0)
        ky_ext_add_aki(out, t->aki);
    ky_ext_add_ski(out, KY_BYTES_OF(key_id));
    ky_ext_add_key_usage(out, t->key_usage);
    if (t->ca)
        ky_ext_add_basic_constraints(out, true, t->path_len);
    if (t->ekus != 0)
        ky_ext_add_eku(out, t->ekus, t->eku_critical);
    if (t->n_policies != 0)
        ky_ext_add_policies(out, t->policies, t->n_policies);
    if (t->email != NULL)
        ky_ext_add_san_email(out, t->email);
    if (t->crl_url != NULL)
        ky_ext_add_cdp(out, t->crl_url);
    if (t->ocsp_url != NULL || t->ca_issuers_url != NULL)
        ky_ext_add_aia(out, t->ocsp_url, t->ca_issuers_url);
    if (t->ocsp_nocheck)
        ky_ext_add_ocsp_nocheck(out);
    if (t->key_not_after != 0)
        ky_ext_add_private_key_usage(out, t->key_not_after);
    ky_der_end(out, exts);
    ky_der_end(out, tagged);
    return ky_buf_finish(out);
}

ky_rc ky_cert_tbs_encode(struct ky_buf *out, const struct ky_cert_tbs *t)
{
    KY_TRY(check_tbs(t));
    size_t tbs = ky_der_begin(out, KY_DER_SEQUENCE);
    size_t version = ky_der_begin(out, KY_DER_CONTEXT_CONS(0));
    ky_der_add_int(out, 2); /* v3 */
    ky_der_end(out, version);
    ky_der_add(out, KY_DER_INTEGER, t->serial);
    ky_buf_add(out, ky_sign_alg_der(t->scheme, t->hash));
    ky_buf_add(out, t->issuer);
    size_t validity = ky_der_begin(out, KY_DER_SEQUENCE);
    ky_der_add_time(out, t->not_before);
    ky_der_add_time(out, t->not_after);
    ky_der_end(out, validity);
    ky_buf_add(out, t->subject);
    ky_buf_add(out, t->spki);
    KY_TRY(add_extensions(out, t));
    ky_der_end(out, tbs);
    return ky_buf_finish(out);
}

ky_rc ky_cert_issue(struct ky_buf *out, const struct ky_cert_tbs *t, const struct ky_sigkey *key)
{
    ky_auto_buf tbs = ky_buf_init(KY_CERT_DER_MAX), sig = ky_buf_init(KY_SIGNATURE_MAX);
    if (t->scheme != key->scheme || t->hash != key->hash)
        return ky_fail(KY_EINVAL, "cert: the algorithm in the certificate is not that of the key");
    KY_TRY(ky_cert_tbs_encode(&tbs, t));
    KY_TRY(ky_sigkey_sign(&sig, key, ky_buf_bytes(&tbs)));
    return ky_signed_assemble(out, ky_buf_bytes(&tbs), t->scheme, t->hash, ky_buf_bytes(&sig));
}

/* --- reading extensions --- */

static ky_rc read_ski(struct ky_cert *c, struct ky_der *d)
{
    return ky_der_get_octets(&c->ski, d, "subjectKeyIdentifier");
}

static ky_rc read_aki(struct ky_cert *c, struct ky_der *d)
{
    return ky_wire_get_aki(&c->aki, d);
}

static ky_rc read_key_usage(struct ky_cert *c, struct ky_der *d)
{
    struct ky_bytes bits;
    unsigned unused;
    KY_TRY(ky_der_get_bits(&bits, &unused, d, "keyUsage"));
    for (size_t i = 0; i < 9 && i < 8 * bits.n; i++)
        if ((bits.p[i / 8] & 0x80 >> i % 8) != 0)
            c->key_usage |= 1u << i;
    c->has_key_usage = true;
    return KY_OK;
}

static ky_rc read_eku(struct ky_cert *c, struct ky_der *d)
{
    struct ky_der seq;
    KY_TRY(ky_der_enter(&seq, d, KY_DER_SEQUENCE, "extKeyUsage"));
    if (ky_der_at_end(&seq))
        return ky_fail(KY_EFORMAT, "extKeyUsage: empty");
    while (!ky_der_at_end(&seq)) {
        char oid[KY_DER_OID_TEXT_MAX];
        KY_TRY(ky_der_get_oid(oid, &seq, "KeyPurposeId"));
        c->ekus |= ky_eku_by_oid(oid);
    }
    return KY_OK;
}

static ky_rc read_basic_constraints(struct ky_cert *c, struct ky_der *d)
{
    struct ky_der seq;
    int64_t path_len = KY_PATH_LEN_NONE;
    KY_TRY(ky_der_enter(&seq, d, KY_DER_SEQUENCE, "basicConstraints"));
    if (ky_der_at(&seq, KY_DER_BOOLEAN))
        KY_TRY(ky_der_get_bool(&c->ca, &seq, "basicConstraints cA"));
    if (!ky_der_at_end(&seq)) {
        KY_TRY(ky_der_get_int(&path_len, &seq, "pathLenConstraint"));
        if (path_len < 0 || path_len > 1000)
            return ky_fail(KY_EFORMAT, "pathLenConstraint %lld", (long long)path_len);
    }
    c->path_len = (int)path_len;
    return ky_der_finish(&seq, "basicConstraints");
}

static ky_rc read_policies(struct ky_cert *c, struct ky_der *d)
{
    struct ky_der seq, info;
    KY_TRY(ky_der_enter(&seq, d, KY_DER_SEQUENCE, "certificatePolicies"));
    while (!ky_der_at_end(&seq) && c->n_policies < KY_CERT_POLICIES_MAX) {
        KY_TRY(ky_der_enter(&info, &seq, KY_DER_SEQUENCE, "PolicyInformation"));
        KY_TRY(ky_wire_get_oid(&c->policies[c->n_policies], &c->arena, &info, "policyIdentifier"));
        c->n_policies++;
    }
    return KY_OK;
}

static ky_rc read_san(struct ky_cert *c, struct ky_der *d)
{
    struct ky_der names;
    KY_TRY(ky_der_enter(&names, d, KY_DER_SEQUENCE, "subjectAltName"));
    while (!ky_der_at_end(&names)) {
        struct ky_der_tlv name;
        KY_TRY(ky_der_next(&name, &names, "GeneralName"));
        if (name.tag != KY_DER_CONTEXT(1) || c->email != NULL)
            continue;
        if (name.value.n == 0 || memchr(name.value.p, 0, name.value.n) != NULL)
            return ky_fail(KY_EFORMAT, "subjectAltName: rfc822Name is empty or holds a NUL");
        c->email = (const char *)ky_arena_dup(&c->arena, name.value);
        if (c->email == NULL)
            return KY_ENOMEM;
    }
    return KY_OK;
}

static ky_rc read_cdp(struct ky_cert *c, struct ky_der *d)
{
    struct ky_der points, point, name, full;
    KY_TRY(ky_der_enter(&points, d, KY_DER_SEQUENCE, "cRLDistributionPoints"));
    while (!ky_der_at_end(&points) && c->crl_url == NULL) {
        KY_TRY(ky_der_enter(&point, &points, KY_DER_SEQUENCE, "DistributionPoint"));
        if (!ky_der_at(&point, KY_DER_CONTEXT_CONS(0)))
            continue;
        KY_TRY(ky_der_enter(&name, &point, KY_DER_CONTEXT_CONS(0), "distributionPoint"));
        if (!ky_der_at(&name, KY_DER_CONTEXT_CONS(0)))
            continue;
        KY_TRY(ky_der_enter(&full, &name, KY_DER_CONTEXT_CONS(0), "fullName"));
        KY_TRY(ky_wire_find_uri(&c->crl_url, &c->arena, full));
    }
    return KY_OK;
}

static ky_rc read_aia(struct ky_cert *c, struct ky_der *d)
{
    struct ky_der seq, access;
    KY_TRY(ky_der_enter(&seq, d, KY_DER_SEQUENCE, "authorityInfoAccess"));
    while (!ky_der_at_end(&seq)) {
        char method[KY_DER_OID_TEXT_MAX];
        KY_TRY(ky_der_enter(&access, &seq, KY_DER_SEQUENCE, "AccessDescription"));
        KY_TRY(ky_der_get_oid(method, &access, "accessMethod"));
        if (strcmp(method, KY_OID_AD_OCSP) == 0 && c->ocsp_url == NULL)
            KY_TRY(ky_wire_find_uri(&c->ocsp_url, &c->arena, access));
        else if (strcmp(method, KY_OID_AD_CA_ISSUERS) == 0 && c->ca_issuers_url == NULL)
            KY_TRY(ky_wire_find_uri(&c->ca_issuers_url, &c->arena, access));
    }
    return KY_OK;
}

static ky_rc read_nocheck(struct ky_cert *c, struct ky_der *d)
{
    c->ocsp_nocheck = true;
    return ky_der_get_null(d, "id-pkix-ocsp-nocheck");
}

/*
 * Extensions that are read here, or (no reader) processed by path validation. Anything else that is
 * critical is unknown.
 */
static const struct {
    const char *oid;
    ky_rc (*read)(struct ky_cert *c, struct ky_der *d);
} readers[] = {
    {KY_OID_EXT_SKI, read_ski},
    {KY_OID_EXT_AKI, read_aki},
    {KY_OID_EXT_KEY_USAGE, read_key_usage},
    {KY_OID_EXT_EKU, read_eku},
    {KY_OID_EXT_BASIC_CONSTRAINTS, read_basic_constraints},
    {KY_OID_EXT_POLICIES, read_policies},
    {KY_OID_EXT_SAN, read_san},
    {KY_OID_EXT_CDP, read_cdp},
    {KY_OID_EXT_AIA, read_aia},
    {KY_OID_EXT_OCSP_NOCHECK, read_nocheck},
    {KY_OID_EXT_NAME_CONSTRAINTS, NULL},
    {KY_OID_EXT_POLICY_MAPPINGS, NULL},
    {KY_OID_EXT_POLICY_CONSTRAINTS, NULL},
    {KY_OID_EXT_INHIBIT_ANY_POLICY, NULL},
};

static ky_rc process_ext(struct ky_cert *c, const struct ky_cert_ext *e)
{
    if (strcmp(e->oid, KY_OID_EXT_EKU) == 0)
        c->eku_critical = e->critical;
    for (size_t i = 0; i < KY_COUNT(readers); i++) {
        if (strcmp(readers[i].oid, e->oid) != 0)
            continue;
        struct ky_der d = KY_DER_READ(e->value);
        if (readers[i].read == NULL)
            return KY_OK;
        KY_TRY(readers[i].read(c, &d));
        return ky_der_finish(&d, e->oid);
    }
    c->unknown_critical |= e->critical;
    return KY_OK;
}

static ky_rc read_ext(struct ky_cert *c, struct ky_cert_ext *e, struct ky_der *list)
{
    struct ky_wire_ext ext;
    KY_TRY(ky_wire_next_ext(&ext, list));
    if (ky_cert_find_ext(c, ext.oid) != NULL)
        return ky_fail(KY_EFORMAT, "cert: extension %s stands there twice", ext.oid);
    e->oid = ky_arena_strdup(&c->arena, ext.oid);
    if (e->oid == NULL)
        return KY_ENOMEM;
    e->critical = ext.critical;
    e->value = ext.value.left;
    return ky_context(process_ext(c, e), "cert: extension %s", e->oid);
}

static ky_rc read_exts(struct ky_cert *c, struct ky_der *tbs)
{
    struct ky_der tagged, list;
    if (!ky_der_at(tbs, KY_DER_CONTEXT_CONS(3)))
        return KY_OK;
    KY_TRY(ky_der_enter(&tagged, tbs, KY_DER_CONTEXT_CONS(3), "extensions"));
    KY_TRY(ky_der_enter(&list, &tagged, KY_DER_SEQUENCE, "extensions"));
    KY_TRY(ky_der_finish(&tagged, "extensions"));
    struct ky_cert_ext *exts = ky_arena_alloc_array(&c->arena, KY_CERT_EXTS_MAX, sizeof *exts);
    if (exts == NULL)
        return KY_ENOMEM;
    c->exts = exts;
    while (!ky_der_at_end(&list)) {
        if (c->n_exts == KY_CERT_EXTS_MAX)
            return ky_fail(KY_ELIMIT, "cert: more than %d extensions", KY_CERT_EXTS_MAX);
        KY_TRY(read_ext(c, &exts[c->n_exts], &list));
        c->n_exts++;
    }
    return KY_OK;
}

/* --- reading --- */

static ky_rc read_version(struct ky_cert *c, struct ky_der *tbs)
{
    struct ky_der tagged;
    int64_t v = 0;
    if (ky_der_at(tbs, KY_DER_CONTEXT_CONS(0))) {
        KY_TRY(ky_der_enter(&tagged, tbs, KY_DER_CONTEXT_CONS(0), "version"));
        KY_TRY(ky_der_get_int(&v, &tagged, "version"));
        KY_TRY(ky_der_finish(&tagged, "version"));
    }
    if (v < 0 || v > 2)
        return ky_fail(KY_EFORMAT, "cert: version %lld", (long long)v);
    c->version = (int)v + 1;
    return KY_OK;
}

static ky_rc read_spki(struct ky_cert *c, struct ky_der *tbs)
{
    KY_TRY(ky_wire_get_whole(&c->spki, tbs, KY_DER_SEQUENCE, "subjectPublicKeyInfo"));
    struct ky_der d = KY_DER_READ(c->spki), seq;
    struct ky_bytes alg;
    KY_TRY(ky_der_enter(&seq, &d, KY_DER_SEQUENCE, "subjectPublicKeyInfo"));
    KY_TRY(ky_wire_get_whole(&alg, &seq, KY_DER_SEQUENCE, "subjectPublicKeyInfo algorithm"));
    KY_TRY(ky_der_get_bit_octets(&c->public_key, &seq, "subjectPublicKey"));
    KY_TRY(ky_der_finish(&seq, "subjectPublicKeyInfo"));
    return ky_sha1(c->key_sha1, c->public_key);
}

static ky_rc read_tbs(struct ky_cert *c)
{
    struct ky_der d = KY_DER_READ(c->tbs), tbs, validity;
    struct ky_der_tlv serial;
    struct ky_bytes inner_alg;
    KY_TRY(ky_der_enter(&tbs, &d, KY_DER_SEQUENCE, "tbsCertificate"));
    KY_TRY(read_version(c, &tbs));
    KY_TRY(ky_der_expect(&serial, &tbs, KY_DER_INTEGER, "serialNumber"));
    c->serial = serial.value;
    KY_TRY(ky_wire_get_whole(&inner_alg, &tbs, KY_DER_SEQUENCE, "signature"));
    if (!ky_bytes_eq(inner_alg, c->sig_alg))
        return ky_fail(KY_EFORMAT, "cert: inner and outer signature algorithm differ");
    KY_TRY(ky_wire_get_whole(&c->issuer, &tbs, KY_DER_SEQUENCE, "issuer"));
    KY_TRY(ky_der_enter(&validity, &tbs, KY_DER_SEQUENCE, "validity"));
    KY_TRY(ky_der_get_time(&c->not_before, &validity, "notBefore"));
    KY_TRY(ky_der_get_time(&c->not_after, &validity, "notAfter"));
    KY_TRY(ky_der_finish(&validity, "validity"));
    KY_TRY(ky_wire_get_whole(&c->subject, &tbs, KY_DER_SEQUENCE, "subject"));
    KY_TRY(read_spki(c, &tbs));
    for (uint8_t id = 1; id <= 2; id++) { /* issuerUniqueID, subjectUniqueID: skipped */
        struct ky_der_tlv skipped;
        if (ky_der_at(&tbs, KY_DER_CONTEXT(id)))
            KY_TRY(ky_der_next(&skipped, &tbs, "uniqueIdentifier"));
    }
    KY_TRY(read_exts(c, &tbs));
    return ky_der_finish(&tbs, "tbsCertificate");
}

static ky_rc read_cert(struct ky_cert *c)
{
    struct ky_der d = KY_DER_READ(c->der), cert;
    KY_TRY(ky_der_enter(&cert, &d, KY_DER_SEQUENCE, "Certificate"));
    KY_TRY(ky_der_finish(&d, "Certificate"));
    KY_TRY(ky_wire_get_whole(&c->tbs, &cert, KY_DER_SEQUENCE, "tbsCertificate"));
    KY_TRY(ky_wire_get_whole(&c->sig_alg, &cert, KY_DER_SEQUENCE, "signatureAlgorithm"));
    KY_TRY(ky_der_get_bit_octets(&c->signature, &cert, "signatureValue"));
    KY_TRY(ky_der_finish(&cert, "Certificate"));
    KY_TRY(ky_sha256(c->sha256, c->der));
    return read_tbs(c);
}

ky_rc ky_cert_parse(struct ky_cert **out, struct ky_bytes der)
{
    if (der.n > KY_CERT_DER_MAX)
        return ky_fail(KY_ELIMIT, "cert: %zu bytes, at most %d", der.n, KY_CERT_DER_MAX);
    ky_auto_cert c = calloc(1, sizeof *c);
    if (c == NULL)
        return ky_fail(KY_ENOMEM, "cert");
    c->arena = ky_arena_init(2 * der.n + ARENA_EXTRA);
    c->path_len = KY_PATH_LEN_NONE;
    uint8_t *copy = ky_arena_dup(&c->arena, der);
    if (copy == NULL)
        return KY_ENOMEM;
    c->der = KY_BYTES(copy, der.n);
    KY_TRY(read_cert(c));
    *out = KY_STEAL(c);
    return KY_OK;
}

void ky_cert_free(struct ky_cert *c)
{
    if (c == NULL)
        return;
    ky_arena_clear(&c->arena);
    free(c);
}

/* --- PEM, and questions about a certificate --- */

/* The base64 between the markers without its white space. KY_ENOTFOUND: no PEM. */
static ky_rc pem_decode(struct ky_buf *der, struct ky_bytes text)
{
    const uint8_t *begin = memmem(text.p, text.n, PEM_BEGIN, sizeof PEM_BEGIN - 1);
    if (begin == NULL)
        return ky_fail(KY_ENOTFOUND, "cert: no PEM");
    begin += sizeof PEM_BEGIN - 1;
    const uint8_t *end = memmem(begin, (size_t)(text.p + text.n - begin), PEM_END, sizeof PEM_END - 1);
    if (end == NULL)
        return ky_fail(KY_EFORMAT, "cert: PEM without an end");
    ky_auto_buf base64 = ky_buf_init(2 * KY_CERT_DER_MAX);
    for (; begin < end; begin++)
        if (*begin > ' ')
            ky_buf_add_u8(&base64, *begin);
    KY_TRY(ky_buf_finish(&base64));
    return ky_base64_decode(der, ky_buf_bytes(&base64));
}

ky_rc ky_cert_parse_any(struct ky_cert **out, struct ky_bytes der_or_pem)
{
    ky_auto_buf der = ky_buf_init(KY_CERT_DER_MAX);
    ky_rc rc = pem_decode(&der, der_or_pem);
    if (rc == KY_ENOTFOUND)
        return ky_cert_parse(out, der_or_pem);
    KY_TRY(rc);
    return ky_cert_parse(out, ky_buf_bytes(&der));
}

void ky_buf_add_cert_pem(struct ky_buf *out, struct ky_bytes der)
{
    ky_auto_buf base64 = ky_buf_init(2 * KY_CERT_DER_MAX);
    ky_buf_add_base64(&base64, der);
    ky_wire_stick(out, ky_buf_finish(&base64));
    ky_buf_add_str(out, PEM_BEGIN "\n");
    for (size_t i = 0; i < base64.n; i += PEM_LINE) {
        size_t n = base64.n - i < PEM_LINE ? base64.n - i : PEM_LINE;
        ky_buf_add(out, KY_BYTES(base64.p + i, n));
        ky_buf_add_u8(out, '\n');
    }
    ky_buf_add_str(out, PEM_END "\n");
}

ky_rc ky_cert_verify_signature(const struct ky_cert *c, const struct ky_cert *issuer)
{
    return ky_sigalg_verify(issuer->spki, c->sig_alg, c->tbs, c->signature);
}

bool ky_cert_self_issued(const struct ky_cert *c)
{
    return ky_bytes_eq(c->issuer, c->subject);
}

const struct ky_cert_ext *ky_cert_find_ext(const struct ky_cert *c, const char *oid)
{
    for (size_t i = 0; i < c->n_exts; i++)
        if (strcmp(c->exts[i].oid, oid) == 0)
            return &c->exts[i];
    return NULL;
}

ky_rc ky_spki_key_id(uint8_t out[KY_KEY_ID_SIZE], struct ky_bytes spki)
{
    struct ky_der d = KY_DER_READ(spki), seq;
    struct ky_der_tlv alg;
    struct ky_bytes key;
    KY_TRY(ky_der_enter(&seq, &d, KY_DER_SEQUENCE, "subjectPublicKeyInfo"));
    KY_TRY(ky_der_finish(&d, "subjectPublicKeyInfo"));
    KY_TRY(ky_der_expect(&alg, &seq, KY_DER_SEQUENCE, "subjectPublicKeyInfo algorithm"));
    KY_TRY(ky_der_get_bit_octets(&key, &seq, "subjectPublicKey"));
    KY_TRY(ky_der_finish(&seq, "subjectPublicKeyInfo"));
    return ky_sha1(out, key);
}
