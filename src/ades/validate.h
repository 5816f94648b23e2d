/*
 * Validation of the signatures in a PDF (EN 319 102-1 §5.3, basic signatures;
 * EN 319 142-1 for what PAdES-B asks). Gives facts; ades/report makes text of
 * them. Called by `kyso verify` and by the portal.
 */
#ifndef KY_ADES_VALIDATE_H
#define KY_ADES_VALIDATE_H

#include "ades/changes.h"
#include "ades/evidence.h"
#include "pki/cms.h"

#define KY_REPORT_MEMORY_MAX ((size_t)64 << 20)
#define KY_REPORT_SIGNATURES_MAX 1000 /* each may cost a reading of the whole file */
#define KY_REPORT_FINDINGS_MAX 16     /* findings of one signature; further ones are dropped */

typedef enum ky_indication { KY_TOTAL_PASSED, KY_INDETERMINATE, KY_TOTAL_FAILED } ky_indication;

/* How much of the file the signature covers. */
typedef enum ky_coverage {
    KY_COVERS_FILE,
    KY_COVERS_REVISION, /* an earlier revision; changes says what came after */
    KY_COVERS_UNCLEAR,  /* the byte ranges are not those of one revision: worth nothing */
} ky_coverage;

/* Everything that can be said about a signature; the table in report.c has code and text of each. */
typedef enum ky_finding_id {
    /* errors */
    KY_FIND_BYTE_RANGE,
    KY_FIND_SHARED_DICT,
    KY_FIND_SUBFILTER,
    KY_FIND_CMS,
    KY_FIND_ALGORITHM,
    KY_FIND_DIGEST,
    KY_FIND_NO_SIGNER,
    KY_FIND_SIGNATURE,
    KY_FIND_SIGNING_CERT,
    KY_FIND_NO_CHAIN,
    KY_FIND_CHAIN,
    KY_FIND_EXPIRED,
    KY_FIND_NOT_YET_VALID,
    KY_FIND_REVOKED,
    KY_FIND_REVOKED_CA,
    KY_FIND_NO_REVOCATION_INFO,
    KY_FIND_CHANGED,
    /* warnings */
    KY_FIND_NO_REVOCATION_POINTER,
    KY_FIND_NOT_BASELINE,
    KY_FIND_NO_SIGNING_TIME,
    KY_FIND_SIGNED_OUTSIDE_VALIDITY,
    KY_FIND_LATER_SIGNATURES,
    KY_FIND_LATER_FILLING,
    KY_FIND_STRUCTURE,
    KY_FIND_COUNT
} ky_finding_id;

struct ky_finding {
    ky_finding_id id;
    const char *detail; /* technical, English; NULL: none */
};

/* The word about one certificate of the path. */
struct ky_report_revocation {
    const char *subject; /* RFC 4514 */
    ky_revocation_source source;
    ky_time this_update; /* 0: no word */
    bool revoked;
    ky_time revoked_at;
    ky_crl_reason reason;
};

/* One signature. Strings lie in the report's arena. */
struct ky_sig_report {
    const char *name; /* field */
    ky_indication indication;
    const char *sub_indication; /* "" when passed */
    const char *format;         /* "PAdES-BASELINE-B", "PDF-NOT-ETSI" */
    bool is_timestamp;          /* a document time stamp: listed, not judged */
    ky_coverage coverage;
    uint64_t covered_bytes; /* length of the revision */
    ky_change changes;
    const char *signer_name;                /* CN; "" when unknown */
    const char *subject, *issuer, *serial;  /* RFC 4514, RFC 4514, hex; "" when unknown */
    uint8_t signer_sha256[32];              /* of the signer's certificate; zero when unknown */
    ky_time not_before, not_after;          /* of the signer's certificate */
    const char *signing_time_text;          /* /M as written; "" when absent */
    const char *reason, *location;          /* "" when absent */
    const char *hash, *signature_algorithm; /* names; "" when unknown */
    struct ky_report_revocation revocation[KY_CHAIN_PATH_MAX];
    size_t n_revocation;
    struct ky_finding errors[KY_REPORT_FINDINGS_MAX], warnings[KY_REPORT_FINDINGS_MAX];
    size_t n_errors, n_warnings;
};

struct ky_report {
    ky_indication indication; /* the worst of all; KY_INDETERMINATE when there is no signature */
    uint64_t file_bytes;
    struct ky_sig_report *signatures;
    size_t n;
    ky_time at;
    struct ky_arena arena;
};

struct ky_validate_in {
    struct ky_bytes file;
    const char *password;                    /* NULL: none */
    struct ky_certs anchors;                 /* trusted */
    struct ky_evidence *evidence;            /* certificates, lists and answers known beforehand; grows */
    const struct ky_evidence_source *source; /* NULL: off line */
    ky_time at;                              /* validation time */
};

/*
 * ky_validate — judge every signature of a PDF.
 *
 * Errors:  KY_EFORMAT not a PDF; KY_EAUTH password; KY_EDENIED encryption unknown; KY_ELIMIT. What is wrong with a
 *          signature is no error but stands in the report.
 */
ky_rc ky_validate(struct ky_report *out, const struct ky_validate_in *in);
void ky_report_clear(struct ky_report *r);
#define ky_auto_report KY_CLEANUP(ky_report_clear) struct ky_report

#endif
