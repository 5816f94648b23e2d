/*
 * Reading and verifying CMS SignedData. Source: RFC 5652 §5.1–5.6, RFC 5035 §4
 * and §5 (signing-certificate-v2), RFC 5940 (OCSP answers among the crls).
 * Called by tsp, ades and whoever checks an officer's approval.
 */
#include "pki/cms.h"

#include "base/secret.h"
#include "crypto/digest.h"
#include "pki/wire.h"

#include <stdlib.h>

#define ARENA_EXTRA 65536
#define OID_RI_OCSP_RESPONSE "1.3.6.1.5.5.7.16.2"

/* --- attributes --- */

static ky_rc read_attr(struct ky_cms_attr *a, struct ky_cms *c, struct ky_der *list)
{
    struct ky_der_tlv attr, values;
    KY_TRY(ky_der_expect(&attr, list, KY_DER_SEQUENCE, "Attribute"));
    struct ky_der d = KY_DER_READ(attr.value);
    KY_TRY(ky_wire_get_oid(&a->oid, &c->arena, &d, "attrType"));
    KY_TRY(ky_der_expect(&values, &d, KY_DER_SET, "attrValues"));
    a->der = attr.whole;
    a->values = values.value;
    return ky_der_finish(&d, "Attribute");
}

static const struct ky_cms_attr *find_attr(const struct ky_cms_attr *attrs, size_t n, const char *oid)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(attrs[i].oid, oid) == 0)
            return &attrs[i];
    return NULL;
}

static ky_rc read_attrs(struct ky_cms_attr attrs[KY_CMS_ATTRS_MAX], size_t *n, struct ky_cms *c,
                        struct ky_bytes content)
{
    struct ky_der list = KY_DER_READ(content);
    while (!ky_der_at_end(&list)) {
        if (*n == KY_CMS_ATTRS_MAX)
            return ky_fail(KY_ELIMIT, "cms: more than %d attributes", KY_CMS_ATTRS_MAX);
        KY_TRY(read_attr(&attrs[*n], c, &list));
        (*n)++;
    }
    return KY_OK;
}

static ky_rc check_no_twins(const struct ky_cms *c)
{
    for (size_t i = 1; i < c->n_signed; i++)
        if (find_attr(c->signed_attr, i, c->signed_attr[i].oid) != NULL)
            return ky_fail(KY_EFORMAT, "cms: signed attribute %s stands there twice", c->signed_attr[i].oid);
    return KY_OK;
}

/* X.690 §11.6: ascending as byte strings, the shorter padded with zeros. */
static bool are_sorted(const struct ky_cms_attr *attrs, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct ky_bytes a = attrs[i - 1].der, b = attrs[i].der;
        int order = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);
        if (order > 0 || (order == 0 && a.n > b.n))
            return false;
    }
    return true;
}

/* The only value of a signed attribute, or nothing when the attribute is absent. */
static ky_rc single_value(struct ky_bytes *value, const struct ky_cms *c, const char *oid, uint8_t tag)
{
    const struct ky_cms_attr *a = ky_cms_find_signed(c, oid);
    if (a == NULL)
        return KY_OK;
    struct ky_der d = KY_DER_READ(a->values);
    KY_TRY(ky_wire_get_whole(value, &d, tag, oid));
    return ky_der_finish(&d, oid);
}

static ky_rc read_signing_time(struct ky_cms *c)
{
    const struct ky_cms_attr *a = ky_cms_find_signed(c, KY_OID_ATTR_SIGNING_TIME);
    if (a == NULL)
        return KY_OK;
    struct ky_der d = KY_DER_READ(a->values);
    KY_TRY(ky_der_get_time(&c->signing_time, &d, "signing-time"));
    return ky_der_finish(&d, "signing-time");
}

static ky_rc read_known_attrs(struct ky_cms *c)
{
    struct ky_bytes digest = KY_BYTES_NONE;
    KY_TRY(single_value(&digest, c, KY_OID_ATTR_MESSAGE_DIGEST, KY_DER_OCTET_STRING));
    KY_TRY(single_value(&c->signing_cert, c, KY_OID_ATTR_SIGNING_CERT_V2, KY_DER_SEQUENCE));
    if (digest.n != 0) {
        struct ky_der d = KY_DER_READ(digest);
        KY_TRY(ky_der_get_octets(&c->message_digest, &d, "message-digest"));
    }
    return read_signing_time(c);
}

/* The attributes stand as [0] IMPLICIT and are hashed as SET OF: a copy with the other tag. */
static ky_rc read_signed_attrs(struct ky_cms *c, struct ky_der *info)
{
    struct ky_der_tlv attrs;
    if (!ky_der_at(info, KY_DER_CONTEXT_CONS(0)))
        return KY_OK;
    KY_TRY(ky_der_next(&attrs, info, "signedAttrs"));
    uint8_t *copy = ky_arena_dup(&c->arena, attrs.whole);
    if (copy == NULL)
        return KY_ENOMEM;
    copy[0] = KY_DER_SET;
    c->signed_attrs = KY_BYTES(copy, attrs.whole.n);
    KY_TRY(read_attrs(c->signed_attr, &c->n_signed, c, attrs.value));
    KY_TRY(check_no_twins(c));
    c->attrs_sorted = are_sorted(c->signed_attr, c->n_signed);
    return read_known_attrs(c);
}

/* --- SignerInfo --- */

static ky_rc read_sid(struct ky_cms *c, struct ky_der *info)
{
    struct ky_der sid;
    struct ky_der_tlv tlv;
    if (ky_der_at(info, KY_DER_CONTEXT(0))) {
        KY_TRY(ky_der_next(&tlv, info, "subjectKeyIdentifier"));
        c->sid_ski = tlv.value;
        return KY_OK;
    }
    KY_TRY(ky_der_enter(&sid, info, KY_DER_SEQUENCE, "issuerAndSerialNumber"));
    KY_TRY(ky_wire_get_whole(&c->sid_issuer, &sid, KY_DER_SEQUENCE, "issuer"));
    KY_TRY(ky_der_expect(&tlv, &sid, KY_DER_INTEGER, "serialNumber"));
    c->sid_serial = tlv.value;
    return ky_der_finish(&sid, "issuerAndSerialNumber");
}

static ky_rc read_signature_alg(struct ky_cms *c, struct ky_der *info)
{
    struct ky_bytes alg_der;
    struct ky_sigalg alg;
    KY_TRY(ky_wire_get_whole(&alg_der, info, KY_DER_SEQUENCE, "signatureAlgorithm"));
    KY_TRY(ky_sigalg_parse(&alg, alg_der));
    c->scheme = alg.scheme;
    c->sign_hash = alg.hash_fixed ? alg.hash : c->hash;
    return KY_OK;
}

static ky_rc read_signer_info(struct ky_cms *c, struct ky_der *infos)
{
    struct ky_der info;
    struct ky_der_tlv attrs;
    int64_t version;
    KY_TRY(ky_der_enter(&info, infos, KY_DER_SEQUENCE, "SignerInfo"));
    KY_TRY(ky_der_get_int(&version, &info, "SignerInfo version"));
    KY_TRY(read_sid(c, &info));
    KY_TRY(ky_wire_get_hash(&c->hash, &info, "digestAlgorithm"));
    KY_TRY(read_signed_attrs(c, &info));
    KY_TRY(read_signature_alg(c, &info));
    KY_TRY(ky_der_get_octets(&c->signature, &info, "signature"));
    if (ky_der_at(&info, KY_DER_CONTEXT_CONS(1))) {
        KY_TRY(ky_der_next(&attrs, &info, "unsignedAttrs"));
        KY_TRY(read_attrs(c->unsigned_attr, &c->n_unsigned, c, attrs.value));
    }
    return ky_der_finish(&info, "SignerInfo");
}

/* --- SignedData --- */

static ky_rc read_encap_content(struct ky_cms *c, struct ky_der *data)
{
    struct ky_der info, tagged;
    KY_TRY(ky_der_enter(&info, data, KY_DER_SEQUENCE, "encapContentInfo"));
    KY_TRY(ky_wire_get_oid(&c->content_type, &c->arena, &info, "eContentType"));
    c->detached = ky_der_at_end(&info);
    if (c->detached)
        return KY_OK;
    KY_TRY(ky_der_enter(&tagged, &info, KY_DER_CONTEXT_CONS(0), "eContent"));
    KY_TRY(ky_der_get_octets(&c->content, &tagged, "eContent"));
    KY_TRY(ky_der_finish(&tagged, "eContent"));
    return ky_der_finish(&info, "encapContentInfo");
}

/* Attribute certificates and certificates that can not be read are passed over: they are help, not matter. */
static ky_rc read_certs(struct ky_cms *c, struct ky_der *data)
{
    struct ky_der list;
    if (!ky_der_at(data, KY_DER_CONTEXT_CONS(0)))
        return KY_OK;
    KY_TRY(ky_der_enter(&list, data, KY_DER_CONTEXT_CONS(0), "certificates"));
    while (!ky_der_at_end(&list)) {
        struct ky_der_tlv cert;
        KY_TRY(ky_der_next(&cert, &list, "certificate"));
        if (c->n_certs == KY_CMS_CERTS_MAX)
            return ky_fail(KY_ELIMIT, "cms: more than %d certificates", KY_CMS_CERTS_MAX);
        if (cert.tag == KY_DER_SEQUENCE && ky_cert_parse(&c->certs[c->n_certs], cert.whole) == KY_OK)
            c->n_certs++;
    }
    return KY_OK;
}

static ky_rc add_other_revocation(struct ky_cms *c, struct ky_bytes content)
{
    struct ky_der d = KY_DER_READ(content);
    char oid[KY_DER_OID_TEXT_MAX];
    KY_TRY(ky_der_get_oid(oid, &d, "otherRevInfoFormat"));
    if (strcmp(oid, OID_RI_OCSP_RESPONSE) != 0)
        return KY_OK;
    if (c->n_ocsps == KY_CMS_CRLS_MAX)
        return ky_fail(KY_ELIMIT, "cms: more than %d OCSP answers", KY_CMS_CRLS_MAX);
    KY_TRY(ky_wire_get_whole(&c->ocsps[c->n_ocsps], &d, KY_DER_SEQUENCE, "otherRevInfo"));
    c->n_ocsps++;
    return KY_OK;
}

static ky_rc read_crls(struct ky_cms *c, struct ky_der *data)
{
    struct ky_der list;
    if (!ky_der_at(data, KY_DER_CONTEXT_CONS(1)))
        return KY_OK;
    KY_TRY(ky_der_enter(&list, data, KY_DER_CONTEXT_CONS(1), "crls"));
    while (!ky_der_at_end(&list)) {
        struct ky_der_tlv info;
        KY_TRY(ky_der_next(&info, &list, "RevocationInfoChoice"));
        if (info.tag == KY_DER_CONTEXT_CONS(1)) {
            KY_TRY(add_other_revocation(c, info.value));
            continue;
        }
        if (c->n_crls == KY_CMS_CRLS_MAX)
            return ky_fail(KY_ELIMIT, "cms: more than %d crls", KY_CMS_CRLS_MAX);
        c->crls[c->n_crls++] = info.whole;
    }
    return KY_OK;
}

static void find_signer(struct ky_cms *c)
{
    for (size_t i = 0; i < c->n_certs && c->signer == NULL; i++) {
        const struct ky_cert *cert = c->certs[i];
        bool by_ski = c->sid_ski.n != 0 && ky_bytes_eq(c->sid_ski, cert->ski);
        bool by_issuer = c->sid_ski.n == 0 && ky_bytes_eq(c->sid_issuer, cert->issuer) &&
                         ky_bytes_eq(c->sid_serial, cert->serial);
        if (by_ski || by_issuer)
            c->signer = cert;
    }
}

static ky_rc read_signed_data(struct ky_cms *c, struct ky_der *data)
{
    struct ky_der infos;
    struct ky_der_tlv digests;
    int64_t version;
    KY_TRY(ky_der_get_int(&version, data, "SignedData version"));
    if (version < 1 || version > 5)
        return ky_fail(KY_EFORMAT, "cms: SignedData version %lld", (long long)version);
    KY_TRY(ky_der_expect(&digests, data, KY_DER_SET, "digestAlgorithms"));
    KY_TRY(read_encap_content(c, data));
    KY_TRY(read_certs(c, data));
    KY_TRY(read_crls(c, data));
    KY_TRY(ky_der_enter(&infos, data, KY_DER_SET, "signerInfos"));
    KY_TRY(read_signer_info(c, &infos));
    KY_TRY(ky_der_finish(&infos, "signerInfos: more than one SignerInfo"));
    KY_TRY(ky_der_finish(data, "SignedData"));
    find_signer(c);
    return KY_OK;
}

static ky_rc read_content_info(struct ky_cms *c)
{
    struct ky_der d = KY_DER_READ(c->der), info, tagged, data;
    char oid[KY_DER_OID_TEXT_MAX];
    KY_TRY(ky_der_enter(&info, &d, KY_DER_SEQUENCE, "ContentInfo"));
    KY_TRY(ky_der_finish(&d, "ContentInfo"));
    KY_TRY(ky_der_get_oid(oid, &info, "contentType"));
    if (strcmp(oid, KY_OID_SIGNED_DATA) != 0)
        return ky_fail(KY_EFORMAT, "cms: content type %s is not SignedData", oid);
    KY_TRY(ky_der_enter(&tagged, &info, KY_DER_CONTEXT_CONS(0), "content"));
    KY_TRY(ky_der_finish(&info, "ContentInfo"));
    KY_TRY(ky_der_enter(&data, &tagged, KY_DER_SEQUENCE, "SignedData"));
    KY_TRY(ky_der_finish(&tagged, "content"));
    return read_signed_data(c, &data);
}

ky_rc ky_cms_parse(struct ky_cms **out, struct ky_bytes der)
{
    if (der.n > KY_CMS_DER_MAX)
        return ky_fail(KY_ELIMIT, "cms: %zu bytes, at most %zu", der.n, KY_CMS_DER_MAX);
    ky_auto_cms c = calloc(1, sizeof *c);
    if (c == NULL)
        return ky_fail(KY_ENOMEM, "cms");
    c->arena = ky_arena_init(2 * der.n + ARENA_EXTRA);
    uint8_t *copy = ky_arena_dup(&c->arena, der);
    if (copy == NULL)
        return KY_ENOMEM;
    c->der = KY_BYTES(copy, der.n);
    KY_TRY(read_content_info(c));
    *out = KY_STEAL(c);
    return KY_OK;
}

void ky_cms_free(struct ky_cms *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; i < c->n_certs; i++)
        ky_cert_free(c->certs[i]);
    ky_arena_clear(&c->arena);
    free(c);
}

const struct ky_cms_attr *ky_cms_find_signed(const struct ky_cms *c, const char *oid)
{
    return find_attr(c->signed_attr, c->n_signed, oid);
}

const struct ky_cms_attr *ky_cms_find_unsigned(const struct ky_cms *c, const char *oid)
{
    return find_attr(c->unsigned_attr, c->n_unsigned, oid);
}

/* --- verifying --- */

static ky_rc check_content_type(const struct ky_cms *c)
{
    const struct ky_cms_attr *a = ky_cms_find_signed(c, KY_OID_ATTR_CONTENT_TYPE);
    char oid[KY_DER_OID_TEXT_MAX];
    if (a == NULL)
        return ky_fail(KY_EFORMAT, "cms: signed attribute content-type is missing");
    struct ky_der d = KY_DER_READ(a->values);
    KY_TRY(ky_der_get_oid(oid, &d, "content-type"));
    KY_TRY(ky_der_finish(&d, "content-type"));
    if (strcmp(oid, c->content_type) != 0)
        return ky_fail(KY_EFORMAT, "cms: content-type %s is signed, but %s stands outside", oid,
                       c->content_type);
    return KY_OK;
}

static ky_rc check_digest(const struct ky_cms *c, struct ky_bytes digest)
{
    uint8_t own[KY_HASH_MAX];
    size_t size = ky_hash_info(c->hash)->size;
    if (c->detached != (digest.n != 0))
        return ky_fail(KY_EINVAL, "cms: %s",
                       c->detached ? "detached, and no digest of the content is given"
                                   : "the content is inside, no digest is wanted");
    if (!c->detached) {
        KY_TRY(ky_digest(own, c->hash, c->content));
        digest = KY_BYTES(own, size);
    }
    if (digest.n != size)
        return ky_fail(KY_EINVAL, "cms: a digest of %zu bytes is no %s", digest.n,
                       ky_hash_info(c->hash)->name);
    if (!ky_secret_eq(digest, c->message_digest))
        return ky_fail(KY_EAUTH, "cms: the content is not what was signed (message-digest differs)");
    return KY_OK;
}

/* IssuerSerial ::= SEQUENCE { GeneralNames with one directoryName, serialNumber }. */
static ky_rc check_issuer_serial(struct ky_der *id, const struct ky_cert *signer)
{
    struct ky_der issuer_serial, names, name;
    struct ky_bytes issuer;
    struct ky_der_tlv serial;
    KY_TRY(ky_der_enter(&issuer_serial, id, KY_DER_SEQUENCE, "issuerSerial"));
    KY_TRY(ky_der_enter(&names, &issuer_serial, KY_DER_SEQUENCE, "issuerSerial issuer"));
    KY_TRY(ky_der_enter(&name, &names, KY_DER_CONTEXT_CONS(4), "issuerSerial directoryName"));
    KY_TRY(ky_wire_get_whole(&issuer, &name, KY_DER_SEQUENCE, "issuerSerial directoryName"));
    KY_TRY(ky_der_expect(&serial, &issuer_serial, KY_DER_INTEGER, "issuerSerial serialNumber"));
    if (!ky_bytes_eq(issuer, signer->issuer) || !ky_bytes_eq(serial.value, signer->serial))
        return ky_fail(KY_EAUTH, "cms: signing-certificate-v2 names another issuer or serial");
    return KY_OK;
}

/* The first ESSCertIDv2 is the signer's (RFC 5035 §5.4). */
static ky_rc check_signing_cert(const struct ky_cms *c, const struct ky_cert *signer)
{
    struct ky_der d = KY_DER_READ(c->signing_cert), signing, certs, id;
    struct ky_bytes said;
    uint8_t hash[KY_HASH_MAX];
    ky_hash alg = KY_SHA256; /* DEFAULT */
    if (c->signing_cert.n == 0)
        return ky_fail(KY_EFORMAT, "cms: signed attribute signing-certificate-v2 is missing");
    KY_TRY(ky_der_enter(&signing, &d, KY_DER_SEQUENCE, "SigningCertificateV2"));
    KY_TRY(ky_der_enter(&certs, &signing, KY_DER_SEQUENCE, "SigningCertificateV2 certs"));
    KY_TRY(ky_der_enter(&id, &certs, KY_DER_SEQUENCE, "ESSCertIDv2"));
    if (ky_der_at(&id, KY_DER_SEQUENCE))
        KY_TRY(ky_wire_get_hash(&alg, &id, "ESSCertIDv2 hashAlgorithm"));
    KY_TRY(ky_der_get_octets(&said, &id, "certHash"));
    KY_TRY(ky_digest(hash, alg, signer->der));
    if (!ky_bytes_eq(said, KY_BYTES(hash, ky_hash_info(alg)->size)))
        return ky_fail(KY_EAUTH, "cms: signing-certificate-v2 names another certificate");
    return ky_der_at_end(&id) ? KY_OK : check_issuer_serial(&id, signer);
}

static ky_rc check_form(const struct ky_cms *c)
{
    if (c->n_signed == 0 || c->message_digest.n == 0)
        return ky_fail(KY_EFORMAT, "cms: no signed attributes, or no message-digest among them");
    if (!c->attrs_sorted)
        return ky_fail(KY_EFORMAT, "cms: signed attributes are not in DER order");
    if (c->sign_hash != c->hash)
        return ky_fail(KY_EFORMAT, "cms: the signature's hash is not the digestAlgorithm");
    return check_content_type(c);
}

ky_rc ky_cms_verify(const struct ky_cms *c, struct ky_bytes digest, const struct ky_cert *signer)
{
    uint8_t hash[KY_HASH_MAX];
    if (c->signer != NULL)
        signer = c->signer;
    if (signer == NULL)
        return ky_fail(KY_ENOTFOUND, "cms: the signer's certificate is not there");
    KY_TRY(check_form(c));
    KY_TRY(check_digest(c, digest));
    KY_TRY(check_signing_cert(c, signer));
    KY_TRY(ky_digest(hash, c->hash, c->signed_attrs));
    return ky_sigalg_verify_digest(signer->spki, c->scheme, c->hash,
                                   KY_BYTES(hash, ky_hash_info(c->hash)->size), c->signature);
}
