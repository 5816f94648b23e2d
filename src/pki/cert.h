/*
 * X.509 certificates (RFC 5280 §4): built from a struct ky_cert_tbs, always to
 * the same bytes; read into a struct of views. Trust is chain.h, rules of
 * good form are lint.h.
 */
#ifndef KY_PKI_CERT_H
#define KY_PKI_CERT_H

#include "base/arena.h"
#include "pki/ext.h"
#include "pki/sigalg.h"

#define KY_CERT_DER_MAX 65536   /* bytes of a certificate that we read */
#define KY_SERIAL_MAX 20        /* RFC 5280 §4.1.2.2 */
#define KY_KEY_ID_SIZE 20       /* SHA-1 of the subjectPublicKey bits (§4.2.1.2 (1)) */
#define KY_CERT_EXTS_MAX 40     /* extensions of one certificate */
#define KY_CERT_POLICIES_MAX 16 /* policies kept of one certificate */

/* What is to be certified. Views and strings are borrowed. */
struct ky_cert_tbs {
    struct ky_bytes serial;  /* big-endian, 1..20 octets, first octet 0x01..0x7f */
    struct ky_bytes issuer;  /* Name: the DER of the CA's subject, copied; for a root its own subject */
    struct ky_bytes subject; /* Name (ky_name_encode) */
    struct ky_bytes spki;    /* SubjectPublicKeyInfo */
    ky_time not_before;      /* UTC seconds; not after year 9999 */
    ky_time not_after;       /* inclusive */
    ky_scheme scheme;        /* of the CA's signature */
    ky_hash hash;
    struct ky_bytes aki;              /* the CA's subjectKeyIdentifier; empty: no such extension (root) */
    bool ca;                          /* basicConstraints cA */
    int path_len;                     /* KY_PATH_LEN_NONE, or 0.. (only with ca) */
    unsigned key_usage;               /* KY_KU_… */
    unsigned ekus;                    /* KY_EKU_…; 0: none */
    bool eku_critical;                /* TSA */
    bool ocsp_nocheck;                /* OCSP responder */
    const struct ky_policy *policies; /* n_policies of them, or NULL */
    size_t n_policies;
    const char *email;          /* subjectAltName rfc822Name, ASCII, or NULL */
    const char *crl_url;        /* cRLDistributionPoints, or NULL */
    const char *ocsp_url;       /* authorityInfoAccess, or NULL */
    const char *ca_issuers_url; /* authorityInfoAccess, or NULL */
    ky_time key_not_after;      /* privateKeyUsagePeriod notAfter, 0: no such extension */
};

/*
 * ky_cert_tbs_encode — appends TBSCertificate, version 3, extensions in a fixed order: the same input gives
 * the same bytes.
 *
 * Source:  RFC 5280 §4.1, §4.2. subjectKeyIdentifier is always there.
 * Errors:  KY_EINVAL naming the member that does not fit.
 */
ky_rc ky_cert_tbs_encode(struct ky_buf *out, const struct ky_cert_tbs *t);
/* tbs, signed by key: its scheme and hash must be those in t. Appends the Certificate. */
ky_rc ky_cert_issue(struct ky_buf *out, const struct ky_cert_tbs *t, const struct ky_sigkey *key);

struct ky_cert_ext {
    const char *oid; /* dotted */
    bool critical;
    struct ky_bytes value; /* inside of extnValue */
};

/* A parsed certificate. Everything points into its own memory. Read only. */
struct ky_cert {
    struct ky_bytes der;             /* whole Certificate */
    struct ky_bytes tbs;             /* TBSCertificate, with its header */
    struct ky_bytes sig_alg;         /* outer AlgorithmIdentifier; equal to the inner one */
    struct ky_bytes signature;       /* bits */
    int version;                     /* 1..3 */
    struct ky_bytes serial;          /* INTEGER contents as they stand */
    struct ky_bytes issuer, subject; /* Name DER */
    ky_time not_before, not_after;
    struct ky_bytes spki;             /* SubjectPublicKeyInfo DER */
    struct ky_bytes public_key;       /* subjectPublicKey bits */
    uint8_t sha256[32];               /* of der */
    uint8_t key_sha1[KY_KEY_ID_SIZE]; /* of public_key: OCSP byKey, issuerKeyHash */
    struct ky_bytes ski;              /* empty when absent */
    struct ky_bytes aki;              /* keyIdentifier; empty when absent */
    bool has_key_usage;
    unsigned key_usage; /* KY_KU_… */
    unsigned ekus;      /* KY_EKU_…, 0 when the extension is absent */
    bool eku_critical;
    bool ca; /* basicConstraints cA */
    int path_len;
    bool ocsp_nocheck;
    const char *policies[KY_CERT_POLICIES_MAX]; /* dotted */
    size_t n_policies;
    const char *email;          /* first rfc822Name, NULL */
    const char *crl_url;        /* first URI of a distribution point, NULL */
    const char *ocsp_url;       /* first, NULL */
    const char *ca_issuers_url; /* first, NULL */
    const struct ky_cert_ext *exts;
    size_t n_exts;
    bool unknown_critical; /* a critical extension that kyso does not process */
    struct ky_arena arena; /* owns all of the above */
};

struct ky_certs { /* a borrowed list */
    const struct ky_cert *const *v;
    size_t n;
};

/*
 * ky_cert_parse — reads one certificate in DER, without judging it: only form.
 *
 * Errors:  KY_EFORMAT not DER, trailing bytes, duplicate extension, inner and outer algorithm differ;
 *          KY_ELIMIT.
 */
ky_rc ky_cert_parse(struct ky_cert **out, struct ky_bytes der);
/*
 * "-----BEGIN CERTIFICATE-----" text; the first one. Otherwise as ky_cert_parse, which it falls back to for
 * DER.
 */
ky_rc ky_cert_parse_any(struct ky_cert **out, struct ky_bytes der_or_pem);
void ky_cert_free(struct ky_cert *c);
KY_DEFINE_CLEANUP(struct ky_cert, ky_cert_free)
#define ky_auto_cert KY_CLEANUP(ky_cert_freep) struct ky_cert *

/* Signature of c by the key of issuer, and nothing else. KY_EAUTH, KY_EDENIED (algorithm). */
ky_rc ky_cert_verify_signature(const struct ky_cert *c, const struct ky_cert *issuer);
/* issuer equals subject (self-issued); the key may still be another's. */
bool ky_cert_self_issued(const struct ky_cert *c);
const struct ky_cert_ext *ky_cert_find_ext(const struct ky_cert *c, const char *oid);
/* SHA-1 of the subjectPublicKey bits of an SPKI: the keyIdentifier that kyso uses. KY_EFORMAT. */
ky_rc ky_spki_key_id(uint8_t out[KY_KEY_ID_SIZE], struct ky_bytes spki);
/* Appends "-----BEGIN CERTIFICATE-----" … */
void ky_buf_add_cert_pem(struct ky_buf *out, struct ky_bytes der);

#endif
