/*
 * Lint before issue: a certificate (signed with a throw-away key) is held
 * against a table of rules, each with the clause it comes from. Any finding
 * that is not mere advice stops the issue. The signature is not looked at:
 * it is not the CA's.
 */
#ifndef KY_PKI_LINT_H
#define KY_PKI_LINT_H

#include "pki/profile.h"

#define KY_LINT_FINDINGS_MAX 48

struct ky_lint_finding {
    const char *rule;   /* stable id: "serial_entropy" */
    const char *source; /* "RFC 5280 §4.1.2.2" */
    const char *says;   /* what should be */
    bool advice;        /* recommended only: does not stop the issue */
};

struct ky_lint_report {
    struct ky_lint_finding v[KY_LINT_FINDINGS_MAX];
    size_t n; /* findings in v, advice included */
};

/*
 * Runs every rule that fits the kind. issuer may be NULL (then rules about it are left out; a root is its
 * own issuer).
 * KY_OK clean, or advice only; KY_EDENIED findings in *out, the text names the first; KY_EFORMAT the DER is
 * not a certificate at all.
 */
ky_rc ky_lint_cert(struct ky_lint_report *out, struct ky_bytes cert_der, ky_profile_kind kind,
                   const struct ky_cert *issuer);
/* How many rules there are; the ith (for documentation and tests). */
size_t ky_lint_rule_count(void);
const struct ky_lint_finding *ky_lint_rule(size_t i);

#endif
