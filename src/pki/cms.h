/*
 * CMS SignedData with one signer (RFC 5652; CAdES-B of EN 319 122-1, the PAdES
 * profile of EN 319 142-1). Built in two steps, so that whoever holds the key
 * may be far away: ky_cms_attrs_build freezes the signed attributes, whose
 * hash is signed; ky_cms_assemble embeds those very bytes.
 */
#ifndef KY_PKI_CMS_H
#define KY_PKI_CMS_H

#include "base/time.h"
#include "pki/cert.h"

#define KY_CMS_DER_MAX ((size_t)8 << 20) /* bytes of a SignedData that we build or read, content included */
#define KY_CMS_CERTS_MAX 32
#define KY_CMS_CRLS_MAX 32
#define KY_CMS_ATTRS_MAX 32
#define KY_CMS_ATTRS_DER_MAX ((size_t)1 << 20) /* bytes of the signed attributes that we build */

#define KY_OID_DATA "1.2.840.113549.1.7.1"
#define KY_OID_SIGNED_DATA "1.2.840.113549.1.7.2"
#define KY_OID_TST_INFO "1.2.840.113549.1.9.16.1.4"
#define KY_OID_ATTR_CONTENT_TYPE "1.2.840.113549.1.9.3"
#define KY_OID_ATTR_MESSAGE_DIGEST "1.2.840.113549.1.9.4"
#define KY_OID_ATTR_SIGNING_TIME "1.2.840.113549.1.9.5"
#define KY_OID_ATTR_SIGNING_CERT_V2 "1.2.840.113549.1.9.16.2.47"
#define KY_OID_ATTR_SIGNATURE_TIMESTAMP "1.2.840.113549.1.9.16.2.14"

/* What is signed. */
struct ky_cms_attrs {
    const char *content_type;      /* dotted eContentType; KY_OID_DATA for documents */
    ky_hash hash;                  /* of the content and of the attributes */
    struct ky_bytes digest;        /* of the content */
    struct ky_bytes signer_der;    /* Certificate: signing-certificate-v2 */
    ky_time signing_time;          /* 0: no signing-time attribute (PAdES, RFC 3161) */
    const struct ky_bytes *others; /* n_others further Attribute DER, or NULL */
    size_t n_others;
};

/*
 * Appends SignedAttributes as SET OF (tag 0x31), sorted: hash these bytes and have the hash signed.
 * KY_EINVAL.
 */
ky_rc ky_cms_attrs_build(struct ky_buf *out, const struct ky_cms_attrs *in);
/* Appends Attribute { oid, SET { value } }; value is one DER element. */
ky_rc ky_cms_attr_encode(struct ky_buf *out, const char *oid, struct ky_bytes value);

struct ky_cms_parts {
    const char *content_type; /* as in the attributes */
    bool detached;            /* eContent absent */
    struct ky_bytes content;  /* octets of eContent, unless detached */
    struct ky_bytes attrs;    /* from ky_cms_attrs_build, byte for byte */
    ky_scheme scheme;
    ky_hash hash;
    struct ky_bytes signature; /* over the hash of attrs */
    const struct ky_cert *signer;
    bool omit_signer;            /* leave it out of certificates (time stamp without certReq) */
    struct ky_certs others;      /* further certificates */
    const struct ky_bytes *crls; /* n_crls CertificateList DER */
    size_t n_crls;
    const struct ky_bytes *unsigned_attrs; /* n_unsigned Attribute DER */
    size_t n_unsigned;
};

/*
 * Appends ContentInfo { SignedData }. Does not verify the signature: ky_cms_verify does. KY_EINVAL,
 * KY_ELIMIT.
 */
ky_rc ky_cms_assemble(struct ky_buf *out, const struct ky_cms_parts *p);
/*
 * Both steps at once with a key at hand: content inside when detached is false. signing_time as in struct
 * ky_cms_attrs.
 */
ky_rc ky_cms_sign(struct ky_buf *out, const struct ky_sigkey *key, const struct ky_cert *signer,
                  struct ky_certs others, const char *content_type, struct ky_bytes content, bool detached,
                  ky_time signing_time);

struct ky_cms_attr {
    const char *oid;        /* dotted */
    struct ky_bytes der;    /* Attribute */
    struct ky_bytes values; /* contents of its SET OF */
};

/* A parsed SignedData with exactly one SignerInfo. Everything lives in its own memory. Read only. */
struct ky_cms {
    struct ky_bytes der;      /* ContentInfo */
    const char *content_type; /* dotted eContentType */
    bool detached;
    struct ky_bytes content; /* octets of eContent */
    ky_hash hash;            /* digestAlgorithm of the signer */
    ky_scheme scheme;
    ky_hash sign_hash;            /* of the signature algorithm; equal to hash unless verify refuses */
    struct ky_bytes signed_attrs; /* as SET OF (tag 0x31): what was hashed */
    bool attrs_sorted;            /* signed attributes are in DER order */
    struct ky_bytes signature;
    struct ky_bytes message_digest;          /* attribute; empty when absent */
    struct ky_bytes signing_cert;            /* SigningCertificateV2 DER; empty when absent */
    ky_time signing_time;                    /* attribute; 0 when absent */
    struct ky_bytes sid_issuer, sid_serial;  /* issuerAndSerialNumber; empty when by key */
    struct ky_bytes sid_ski;                 /* subjectKeyIdentifier; empty when by issuer */
    struct ky_cert *certs[KY_CMS_CERTS_MAX]; /* owned */
    size_t n_certs;
    const struct ky_cert *signer;          /* one of certs, or NULL when it is not there */
    struct ky_bytes crls[KY_CMS_CRLS_MAX]; /* CertificateList DER */
    size_t n_crls;
    struct ky_bytes ocsps[KY_CMS_CRLS_MAX]; /* OCSPResponse DER (RFC 5940) */
    size_t n_ocsps;
    struct ky_cms_attr signed_attr[KY_CMS_ATTRS_MAX], unsigned_attr[KY_CMS_ATTRS_MAX];
    size_t n_signed, n_unsigned;
    struct ky_arena arena;
};

/*
 * ky_cms_parse — reads ContentInfo { SignedData } in DER with one SignerInfo. Only form.
 *
 * Errors:  KY_EFORMAT (not DER, not SignedData, not one signer, an attribute twice); KY_ELIMIT; KY_EDENIED
 *          algorithm.
 */
ky_rc ky_cms_parse(struct ky_cms **out, struct ky_bytes der);
void ky_cms_free(struct ky_cms *c);
KY_DEFINE_CLEANUP(struct ky_cms, ky_cms_free)
#define ky_auto_cms KY_CLEANUP(ky_cms_freep) struct ky_cms *

/* NULL when there is none; the first when there are several. */
const struct ky_cms_attr *ky_cms_find_signed(const struct ky_cms *c, const char *oid);
const struct ky_cms_attr *ky_cms_find_unsigned(const struct ky_cms *c, const char *oid);

/*
 * ky_cms_verify — is this the signature of the signer's certificate over the content?
 *
 * Source:  RFC 5652 §5.4, §5.6; RFC 5035 §4 (signing-certificate-v2). Trust in the certificate is chain.h.
 * Shapes:  digest  of the detached content, made with c->hash; empty when the content is inside
 *          signer  the certificate when c->signer is NULL (it is not in the message), else NULL
 * Errors:  KY_EFORMAT signed attributes missing, not in DER order, content-type differs; KY_EAUTH message
 *          digest,
 *          signing-certificate-v2 or signature does not match; KY_ENOTFOUND no signer certificate;
 *          KY_EINVAL detached and no
 *          digest, or the other way round.
 */
ky_rc ky_cms_verify(const struct ky_cms *c, struct ky_bytes digest, const struct ky_cert *signer);

#endif
