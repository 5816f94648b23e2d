/*
 * CMS SignedData with one signer, built. Source: RFC 5652 §5, RFC 5035 §3
 * (ESSCertIDv2), EN 319 122-1 §5 (attributes), EN 319 142-1 §6.3 (no
 * signing-time in PAdES). Reading and verifying is cms_verify.c.
 */
#include "pki/cms.h"

#include "crypto/digest.h"
#include "pki/wire.h"

#define VERSION_DATA 1  /* RFC 5652 §5.1: only id-data and issuerAndSerialNumber */
#define VERSION_OTHER 3 /* another eContentType */

/* Opens Attribute { oid, SET { …. */
static struct ky_wire_open begin_attr(struct ky_buf *b, const char *oid)
{
    struct ky_wire_open a = {.seq = ky_der_begin(b, KY_DER_SEQUENCE)};
    ky_wire_add_oid(b, oid);
    a.value = ky_der_begin(b, KY_DER_SET);
    return a;
}

static void end_attr(struct ky_buf *b, struct ky_wire_open a)
{
    ky_der_end(b, a.value);
    ky_der_end(b, a.seq);
}

ky_rc ky_cms_attr_encode(struct ky_buf *out, const char *oid, struct ky_bytes value)
{
    struct ky_der_tlv tlv;
    KY_TRY(ky_der_single(&tlv, value, "attribute value"));
    struct ky_wire_open a = begin_attr(out, oid);
    ky_buf_add(out, value);
    end_attr(out, a);
    return ky_buf_finish(out);
}

static void add_content_type(struct ky_buf *b, const char *content_type)
{
    struct ky_wire_open a = begin_attr(b, KY_OID_ATTR_CONTENT_TYPE);
    ky_wire_add_oid(b, content_type);
    end_attr(b, a);
}

static void add_message_digest(struct ky_buf *b, struct ky_bytes digest)
{
    struct ky_wire_open a = begin_attr(b, KY_OID_ATTR_MESSAGE_DIGEST);
    ky_der_add(b, KY_DER_OCTET_STRING, digest);
    end_attr(b, a);
}

static void add_signing_time(struct ky_buf *b, ky_time t)
{
    struct ky_wire_open a = begin_attr(b, KY_OID_ATTR_SIGNING_TIME);
    ky_der_add_time(b, t);
    end_attr(b, a);
}

/* SHA-256 is the DEFAULT and so not written (DER); issuerSerial is optional and left out. */
static ky_rc add_signing_cert(struct ky_buf *b, struct ky_bytes cert_der)
{
    uint8_t hash[KY_SHA256_SIZE];
    KY_TRY(ky_sha256(hash, cert_der));
    struct ky_wire_open a = begin_attr(b, KY_OID_ATTR_SIGNING_CERT_V2);
    size_t signing = ky_der_begin(b, KY_DER_SEQUENCE);
    size_t certs = ky_der_begin(b, KY_DER_SEQUENCE);
    size_t id = ky_der_begin(b, KY_DER_SEQUENCE);
    ky_der_add(b, KY_DER_OCTET_STRING, KY_BYTES_OF(hash));
    ky_der_end(b, id);
    ky_der_end(b, certs);
    ky_der_end(b, signing);
    end_attr(b, a);
    return KY_OK;
}

ky_rc ky_cms_attrs_build(struct ky_buf *out, const struct ky_cms_attrs *in)
{
    if (in->digest.n != ky_hash_info(in->hash)->size)
        return ky_fail(KY_EINVAL, "cms: a digest of %zu bytes is no %s", in->digest.n,
                       ky_hash_info(in->hash)->name);
    size_t set = ky_der_begin(out, KY_DER_SET);
    add_content_type(out, in->content_type);
    add_message_digest(out, in->digest);
    KY_TRY(add_signing_cert(out, in->signer_der));
    if (in->signing_time != 0)
        add_signing_time(out, in->signing_time);
    for (size_t i = 0; i < in->n_others; i++)
        ky_buf_add(out, in->others[i]);
    return ky_der_end_set_of(out, set);
}

static void add_encap_content(struct ky_buf *b, const struct ky_cms_parts *p)
{
    size_t info = ky_der_begin(b, KY_DER_SEQUENCE);
    ky_wire_add_oid(b, p->content_type);
    if (!p->detached) {
        size_t tagged = ky_der_begin(b, KY_DER_CONTEXT_CONS(0));
        ky_der_add(b, KY_DER_OCTET_STRING, p->content);
        ky_der_end(b, tagged);
    }
    ky_der_end(b, info);
}

static void add_certificates(struct ky_buf *b, const struct ky_cms_parts *p)
{
    if (p->omit_signer && p->others.n == 0)
        return;
    size_t set = ky_der_begin(b, KY_DER_CONTEXT_CONS(0));
    if (!p->omit_signer)
        ky_buf_add(b, p->signer->der);
    for (size_t i = 0; i < p->others.n; i++)
        ky_buf_add(b, p->others.v[i]->der);
    ky_wire_end_set_of(b, set);
}

static void add_set_of(struct ky_buf *b, uint8_t tag, const struct ky_bytes *elements, size_t n)
{
    if (n == 0)
        return;
    size_t set = ky_der_begin(b, tag);
    for (size_t i = 0; i < n; i++)
        ky_buf_add(b, elements[i]);
    ky_wire_end_set_of(b, set);
}

static void add_sid(struct ky_buf *b, const struct ky_cert *signer)
{
    size_t sid = ky_der_begin(b, KY_DER_SEQUENCE);
    ky_buf_add(b, signer->issuer);
    ky_der_add(b, KY_DER_INTEGER, signer->serial);
    ky_der_end(b, sid);
}

/* The frozen attributes stand here as [0] IMPLICIT: the same bytes but for the first (RFC 5652 §5.4). */
static void add_signer_info(struct ky_buf *b, const struct ky_cms_parts *p)
{
    size_t set = ky_der_begin(b, KY_DER_SET);
    size_t info = ky_der_begin(b, KY_DER_SEQUENCE);
    ky_der_add_int(b, 1);
    add_sid(b, p->signer);
    ky_buf_add(b, ky_hash_alg_der(p->hash));
    ky_buf_add_u8(b, KY_DER_CONTEXT_CONS(0));
    ky_buf_add(b, KY_BYTES(p->attrs.p + 1, p->attrs.n - 1));
    ky_buf_add(b, ky_sign_alg_der(p->scheme, p->hash));
    ky_der_add(b, KY_DER_OCTET_STRING, p->signature);
    add_set_of(b, KY_DER_CONTEXT_CONS(1), p->unsigned_attrs, p->n_unsigned);
    ky_der_end(b, info);
    ky_der_end(b, set);
}

static ky_rc check_parts(const struct ky_cms_parts *p)
{
    struct ky_der_tlv attrs;
    KY_TRY(ky_der_single(&attrs, p->attrs, "signedAttrs"));
    if (attrs.tag != KY_DER_SET)
        return ky_fail(KY_EINVAL, "cms: signedAttrs must be a SET OF, tag 0x31, not 0x%02x", attrs.tag);
    if (p->signature.n == 0 || p->signature.n > KY_SIGNATURE_MAX)
        return ky_fail(KY_EINVAL, "cms: a signature of %zu bytes", p->signature.n);
    return KY_OK;
}

ky_rc ky_cms_assemble(struct ky_buf *out, const struct ky_cms_parts *p)
{
    KY_TRY(check_parts(p));
    size_t info = ky_der_begin(out, KY_DER_SEQUENCE);
    ky_wire_add_oid(out, KY_OID_SIGNED_DATA);
    size_t tagged = ky_der_begin(out, KY_DER_CONTEXT_CONS(0));
    size_t data = ky_der_begin(out, KY_DER_SEQUENCE);
    ky_der_add_int(out, strcmp(p->content_type, KY_OID_DATA) == 0 ? VERSION_DATA : VERSION_OTHER);
    size_t digests = ky_der_begin(out, KY_DER_SET);
    ky_buf_add(out, ky_hash_alg_der(p->hash));
    ky_der_end(out, digests);
    add_encap_content(out, p);
    add_certificates(out, p);
    add_set_of(out, KY_DER_CONTEXT_CONS(1), p->crls, p->n_crls);
    add_signer_info(out, p);
    ky_der_end(out, data);
    ky_der_end(out, tagged);
    ky_der_end(out, info);
    return ky_buf_finish(out);
}

ky_rc ky_cms_sign(struct ky_buf *out, const struct ky_sigkey *key, const struct ky_cert *signer,
                  struct ky_certs others, const char *content_type, struct ky_bytes content, bool detached,
                  ky_time signing_time)
{
    ky_auto_buf attrs = ky_buf_init(KY_CMS_ATTRS_DER_MAX), sig = ky_buf_init(KY_SIGNATURE_MAX);
    uint8_t digest[KY_HASH_MAX];
    KY_TRY(ky_digest(digest, key->hash, content));
    KY_TRY(ky_cms_attrs_build(&attrs, &(struct ky_cms_attrs){
                                          .content_type = content_type,
                                          .hash = key->hash,
                                          .digest = KY_BYTES(digest, ky_hash_info(key->hash)->size),
                                          .signer_der = signer->der,
                                          .signing_time = signing_time,
                                      }));
    KY_TRY(ky_sigkey_sign(&sig, key, ky_buf_bytes(&attrs)));
    return ky_cms_assemble(out, &(struct ky_cms_parts){
                                    .content_type = content_type,
                                    .detached = detached,
                                    .content = content,
                                    .attrs = ky_buf_bytes(&attrs),
                                    .scheme = key->scheme,
                                    .hash = key->hash,
                                    .signature = ky_buf_bytes(&sig),
                                    .signer = signer,
                                    .others = others,
                                });
}
