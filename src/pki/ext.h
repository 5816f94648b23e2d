/*
 * Certificate extensions: names of key usages and extended key usages, and the
 * encoding of each extension that kyso issues (RFC 5280 §4.2). Reading them
 * is cert.c.
 */
#ifndef KY_PKI_EXT_H
#define KY_PKI_EXT_H

#include "base/buf.h"
#include "base/time.h"

/* keyUsage (RFC 5280 §4.2.1.3): bit n of the BIT STRING is 1 << n here. */
#define KY_KU_DIGITAL_SIGNATURE (1u << 0)
#define KY_KU_NON_REPUDIATION (1u << 1)
#define KY_KU_KEY_ENCIPHERMENT (1u << 2)
#define KY_KU_DATA_ENCIPHERMENT (1u << 3)
#define KY_KU_KEY_AGREEMENT (1u << 4)
#define KY_KU_KEY_CERT_SIGN (1u << 5)
#define KY_KU_CRL_SIGN (1u << 6)
#define KY_KU_ENCIPHER_ONLY (1u << 7)
#define KY_KU_DECIPHER_ONLY (1u << 8)

/* extKeyUsage purposes that kyso knows, as bits; the rest is KY_EKU_OTHER. */
#define KY_EKU_ANY (1u << 0)
#define KY_EKU_SERVER_AUTH (1u << 1)
#define KY_EKU_CLIENT_AUTH (1u << 2)
#define KY_EKU_CODE_SIGNING (1u << 3)
#define KY_EKU_EMAIL_PROTECTION (1u << 4)
#define KY_EKU_TIME_STAMPING (1u << 5)
#define KY_EKU_OCSP_SIGNING (1u << 6)
#define KY_EKU_DOCUMENT_SIGNING (1u << 7) /* RFC 9336 */
#define KY_EKU_OTHER (1u << 31)

#define KY_PATH_LEN_NONE (-1)

#define KY_OID_EXT_SKI "2.5.29.14"
#define KY_OID_EXT_KEY_USAGE "2.5.29.15"
#define KY_OID_EXT_PRIVATE_KEY_USAGE "2.5.29.16"
#define KY_OID_EXT_SAN "2.5.29.17"
#define KY_OID_EXT_BASIC_CONSTRAINTS "2.5.29.19"
#define KY_OID_EXT_CRL_NUMBER "2.5.29.20"
#define KY_OID_EXT_REASON_CODE "2.5.29.21"
#define KY_OID_EXT_INVALIDITY_DATE "2.5.29.24"
#define KY_OID_EXT_DELTA_CRL "2.5.29.27"
#define KY_OID_EXT_IDP "2.5.29.28"
#define KY_OID_EXT_NAME_CONSTRAINTS "2.5.29.30"
#define KY_OID_EXT_CDP "2.5.29.31"
#define KY_OID_EXT_POLICIES "2.5.29.32"
#define KY_OID_EXT_POLICY_MAPPINGS "2.5.29.33"
#define KY_OID_EXT_AKI "2.5.29.35"
#define KY_OID_EXT_POLICY_CONSTRAINTS "2.5.29.36"
#define KY_OID_EXT_EKU "2.5.29.37"
#define KY_OID_EXT_INHIBIT_ANY_POLICY "2.5.29.54"
#define KY_OID_EXT_NO_REV_AVAIL "2.5.29.56" /* RFC 9608 */
#define KY_OID_EXT_AIA "1.3.6.1.5.5.7.1.1"
#define KY_OID_EXT_OCSP_NOCHECK "1.3.6.1.5.5.7.48.1.5"
#define KY_OID_AD_OCSP "1.3.6.1.5.5.7.48.1"
#define KY_OID_AD_CA_ISSUERS "1.3.6.1.5.5.7.48.2"

/* One entry of certificatePolicies. */
struct ky_policy {
    const char *oid; /* dotted */
    const char *cps; /* URI of the practice statement, or NULL */
    const char
        *notice; /* userNotice explicitText, UTF-8, at most 200 characters, or NULL: the limits of use */
};

/*
 * Each appends one Extension in DER, in the order the caller calls them. Failures (text that does not fit
 * its type,
 * a malformed OID) stick in the buffer.
 */
void ky_ext_add_aki(struct ky_buf *b, struct ky_bytes key_id);
void ky_ext_add_ski(struct ky_buf *b, struct ky_bytes key_id);
void ky_ext_add_key_usage(struct ky_buf *b, unsigned key_usage); /* critical */
void ky_ext_add_eku(struct ky_buf *b, unsigned ekus, bool critical);
void ky_ext_add_basic_constraints(struct ky_buf *b, bool ca, int path_len); /* critical */
void ky_ext_add_policies(struct ky_buf *b, const struct ky_policy *policies, size_t n);
void ky_ext_add_san_email(struct ky_buf *b, const char *email);
void ky_ext_add_cdp(struct ky_buf *b, const char *url);
void ky_ext_add_aia(struct ky_buf *b, const char *ocsp_url, const char *ca_issuers_url);
void ky_ext_add_ocsp_nocheck(struct ky_buf *b);
void ky_ext_add_private_key_usage(struct ky_buf *b,
                                  ky_time not_after); /* RFC 5280 leaves it out; X.509 §9.2.2.5 */

/* The bit of a dotted EKU OID, KY_EKU_OTHER when unknown. */
unsigned ky_eku_by_oid(const char *dotted);

#endif
