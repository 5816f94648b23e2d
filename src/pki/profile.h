/*
 * Certificate profiles as data: what each kind of certificate of the service
 * carries, and how long it may live. OIDs, texts and addresses come from the
 * configuration; the defaults lie under a private arc.
 */
#ifndef KY_PKI_PROFILE_H
#define KY_PKI_PROFILE_H

#include "pki/cert.h"

#define KY_ARC "1.3.6.1.4.1.99999.1"
#define KY_OID_POLICY_CA KY_ARC ".1.1" /* certification practice of the authority's own certificates */
#define KY_OID_POLICY_SUBSCRIBER KY_ARC ".1.2" /* centralised signing by persons in education and health */
#define KY_OID_POLICY_TSA KY_ARC ".1.3"        /* time-stamping policy */
#define KY_OID_CT_STATEMENT KY_ARC ".2.1"      /* CMS content type of an officer's approval */

typedef enum ky_profile_kind {
    KY_PROFILE_ROOT,
    KY_PROFILE_ISSUING_CA,
    KY_PROFILE_OCSP,
    KY_PROFILE_TSA,
    KY_PROFILE_SUBSCRIBER, /* a person's signing key in the HSM */
    KY_PROFILE_OFFICER,    /* hardware-token key of an officer or an organisation's seal (demo, tests) */
    KY_PROFILE_KIND_COUNT
} ky_profile_kind;

struct ky_profile {
    ky_profile_kind kind;
    const char *name; /* "root", "issuing", "ocsp", "tsa", "subscriber", "officer" */
    bool ca;
    int path_len;
    unsigned key_usage;
    unsigned ekus;
    bool eku_critical;
    bool ocsp_nocheck;
    bool crl_url, aia;      /* does it carry these addresses (aia: of its issuer's certificate)? */
    bool ocsp;              /* and that of OCSP: only where our responder may speak for the issuer */
    bool policy;            /* does it carry its policy? */
    const char *policy_oid; /* default */
    ky_time max_validity_s; /* not_after − not_before at most */
    ky_time key_use_s;      /* privateKeyUsagePeriod: how long the key signs; 0: not stated */
};

/* Borrowed table entry. */
const struct ky_profile *ky_profile(ky_profile_kind kind);
ky_rc ky_profile_by_name(const struct ky_profile **out, const char *name); /* KY_ENOTFOUND */

/* What the configuration says about an issuer. All borrowed, NULL where there is none. */
struct ky_profile_conf {
    const char *crl_url, *ocsp_url, *ca_issuers_url;
    struct ky_policy policy; /* policy.oid NULL: the profile's default OID */
};

/*
 * Fills the extensions of *t from the profile; the caller has set serial, names, key, times, algorithm, aki
 * and email. policy_slot keeps the policy that t points to. KY_EDENIED when the validity is longer than the
 * profile allows, or a profile that needs an address (aia, ocsp, crl_url) finds none.
 */
ky_rc ky_profile_apply(struct ky_cert_tbs *t, struct ky_policy *policy_slot, const struct ky_profile *p,
                       const struct ky_profile_conf *conf);

#endif
