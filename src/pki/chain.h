/*
 * Path building and validation (RFC 5280 §6) with revocation by lists and OCSP
 * answers that are handed in, reported as EN 319 102-1 does. No network, no
 * files: whoever calls brings what there is.
 */
#ifndef KY_PKI_CHAIN_H
#define KY_PKI_CHAIN_H

#include "pki/revocation.h"

#define KY_CHAIN_PATH_MAX 10

/* Sub-indications (EN 319 102-1 §5.1.3, table 6). */
typedef enum ky_sub {
    KY_SUB_NONE, /* PASSED */
    KY_SUB_NO_CERTIFICATE_CHAIN_FOUND,
    KY_SUB_CERTIFICATE_CHAIN_GENERAL_FAILURE,
    KY_SUB_CHAIN_CONSTRAINTS_FAILURE,
    KY_SUB_CRYPTO_CONSTRAINTS_FAILURE,
    KY_SUB_EXPIRED,
    KY_SUB_NOT_YET_VALID,
    KY_SUB_REVOKED,
    KY_SUB_REVOKED_CA,
    KY_SUB_TRY_LATER, /* no usable revocation information */
    KY_SUB_FORMAT_FAILURE,
    KY_SUB_HASH_FAILURE,
    KY_SUB_SIG_CRYPTO_FAILURE,
    KY_SUB_SIG_CONSTRAINTS_FAILURE,
    KY_SUB_NO_SIGNING_CERTIFICATE_FOUND,
    KY_SUB_COUNT
} ky_sub;
/* "NO_CERTIFICATE_CHAIN_FOUND" … */
const char *ky_sub_name(ky_sub s);

typedef enum ky_revocation_mode {
    KY_REVOCATION_NONE,     /* not looked at */
    KY_REVOCATION_IF_KNOWN, /* revoked counts, missing information does not */
    KY_REVOCATION_REQUIRED, /* missing information is TRY_LATER */
} ky_revocation_mode;

struct ky_chain_in {
    const struct ky_cert *leaf;
    struct ky_certs anchors;       /* trusted; their own validity counts, their revocation does not */
    struct ky_certs intermediates; /* anything that may help */
    ky_time at;                    /* the time the path must be valid at */
    unsigned key_usage_any;        /* leaf must have one of these when it has keyUsage; 0: any */
    unsigned eku_all;              /* leaf must have these; 0: none asked */
    ky_revocation_mode revocation;
    ky_time max_age_s; /* revocation information may be that old at `at`; 0: only its nextUpdate counts */
    const struct ky_crl *const *crls;
    size_t n_crls;
    const struct ky_bytes *ocsps; /* OCSPResponse DER */
    size_t n_ocsps;
    const struct ky_cert *pinned_responder; /* or NULL: delegated responders only */
};

struct ky_chain {
    ky_sub sub;                                    /* KY_SUB_NONE: passed */
    const struct ky_cert *path[KY_CHAIN_PATH_MAX]; /* leaf first, anchor last; borrowed from the input */
    size_t n_path;
    size_t at_fault;    /* index in path that sub is about */
    ky_time revoked_at; /* when REVOKED or REVOKED_CA */
    ky_crl_reason reason;
    ky_revocation_source source[KY_CHAIN_PATH_MAX];
    ky_time rev_this_update[KY_CHAIN_PATH_MAX]; /* of that word, 0 when none */
    char text[256];                             /* for a person */
};

/*
 * Fills *out in every case; KY_OK only when the input could be judged (a failed path is KY_OK with sub
 * set). KY_EFORMAT: OpenSSL cannot read the leaf or an anchor; KY_ENOMEM, KY_ECRYPTO.
 */
ky_rc ky_chain_validate(struct ky_chain *out, const struct ky_chain_in *in);

#endif
