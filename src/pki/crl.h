/*
 * Certificate revocation lists (RFC 5280 §5): built from a stream of entries,
 * read with a sorted index so that looking up one serial in 300 000 is a
 * binary search.
 */
#ifndef KY_PKI_CRL_H
#define KY_PKI_CRL_H

#include "base/time.h"
#include "pki/cert.h"

#define KY_CRL_DER_MAX ((size_t)64 << 20) /* bytes of a list that we build or read */
#define KY_CRL_ENTRIES_MAX 1000000u

/* CRLReason (RFC 5280 §5.3.1); unspecified is never written. */
typedef enum ky_crl_reason {
    KY_REASON_UNSPECIFIED = 0,
    KY_REASON_KEY_COMPROMISE = 1,
    KY_REASON_CA_COMPROMISE = 2,
    KY_REASON_AFFILIATION_CHANGED = 3,
    KY_REASON_SUPERSEDED = 4,
    KY_REASON_CESSATION = 5,
    KY_REASON_HOLD = 6,
    KY_REASON_REMOVE_FROM_CRL = 8,
    KY_REASON_PRIVILEGE_WITHDRAWN = 9,
    KY_REASON_AA_COMPROMISE = 10,
} ky_crl_reason;

struct ky_crl_entry {
    struct ky_bytes serial; /* INTEGER contents */
    ky_time revoked_at;
    ky_crl_reason reason;
    ky_time invalid_since; /* invalidityDate; 0: absent */
};

/*
 * Gives the next entry: KY_OK, KY_ENOTFOUND after the last, anything else stops the build. Views live until
 * the next call.
 */
typedef ky_rc ky_crl_next(void *ctx, struct ky_crl_entry *out);

struct ky_crl_tbs {
    struct ky_bytes issuer; /* Name: DER of the CA's subject */
    struct ky_bytes aki;    /* the CA's subjectKeyIdentifier */
    ky_time this_update, next_update;
    uint64_t number;           /* CRLNumber; the caller sees to it that it only grows */
    const char *partition_url; /* issuingDistributionPoint of a partition, critical; NULL: a complete list */
};

/*
 * ky_crl_build — appends a signed v2 CertificateList.
 *
 * Source:  RFC 5280 §5.1–5.3: AKI and CRLNumber; revokedCertificates absent when there are none; reason
 *          omitted when unspecified.
 * Errors:  those of next and of the signer; KY_EINVAL times or a serial that cannot be; KY_ELIMIT.
 */
ky_rc ky_crl_build(struct ky_buf *out, const struct ky_crl_tbs *t, const struct ky_sigkey *key,
                   ky_crl_next *next, void *ctx);

/* A parsed list; views into its own copy of the DER. Read only, may be shared between threads. */
struct ky_crl {
    struct ky_bytes der, tbs, sig_alg, signature;
    struct ky_bytes issuer; /* Name DER */
    struct ky_bytes aki;    /* empty when absent */
    ky_time this_update;
    ky_time next_update;    /* KY_TIME_NEVER when absent */
    struct ky_bytes number; /* CRLNumber INTEGER contents, empty when absent */
    bool delta;             /* has a deltaCRLIndicator */
    bool only_user, only_ca, only_attribute, indirect, some_reasons; /* issuingDistributionPoint */
    const char *partition_url; /* first URI of its distributionPoint, NULL */
    bool has_partition;        /* it has a distributionPoint, of whatever kind */
    bool unknown_critical; /* a critical extension that kyso does not process, in the list or in an entry */
    size_t n_entries;
    struct ky_bytes entries; /* contents of revokedCertificates */
    uint32_t *index;         /* n_entries offsets into entries, by serial */
    struct ky_arena arena;
};

ky_rc ky_crl_parse(struct ky_crl **out, struct ky_bytes der); /* KY_EFORMAT, KY_ELIMIT */
void ky_crl_free(struct ky_crl *c);
KY_DEFINE_CLEANUP(struct ky_crl, ky_crl_free)
#define ky_auto_crl KY_CLEANUP(ky_crl_freep) struct ky_crl *

/*
 * Signed by the key of issuer, whose subject is the list's issuer and who may sign lists. KY_EAUTH,
 * KY_EDENIED.
 */
ky_rc ky_crl_verify(const struct ky_crl *c, const struct ky_cert *issuer);
/* The entry of a serial (INTEGER contents): KY_OK, or KY_ENOTFOUND. */
ky_rc ky_crl_find(struct ky_crl_entry *out, const struct ky_crl *c, struct ky_bytes serial);

#endif
