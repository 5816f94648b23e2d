/*
 * OCSP (RFC 6960, nonce of RFC 9654): the responder's side (read a request,
 * build an answer) and the relying party's (build a request, judge an answer).
 */
#ifndef KY_PKI_OCSP_H
#define KY_PKI_OCSP_H

#include "pki/crl.h"

#define KY_OCSP_REQ_MAX 8192    /* bytes of a request */
#define KY_OCSP_RESP_MAX 131072 /* bytes of an answer */
#define KY_OCSP_SINGLES_MAX 16  /* single requests in one request, single responses looked at in an answer */
#define KY_OCSP_NONCE_MAX 128   /* RFC 9654 §2.1 */
#define KY_OID_OCSP_BASIC "1.3.6.1.5.5.7.48.1.1"
#define KY_OID_OCSP_NONCE "1.3.6.1.5.5.7.48.1.2"

/* CertID; hashes are SHA-1 or SHA-256, told apart by their length. */
struct ky_ocsp_certid {
    struct ky_bytes der; /* CertID as the client wrote it: echoed */
    size_t hash_size;    /* 20, 32; 0: a hash that we do not know, then the next two are as they came */
    struct ky_bytes issuer_name_hash;
    struct ky_bytes issuer_key_hash;
    struct ky_bytes serial; /* INTEGER contents */
};

struct ky_der;
/* Takes a CertID from the cursor. KY_EFORMAT. */
ky_rc ky_ocsp_certid_read(struct ky_ocsp_certid *out, struct ky_der *d);

struct ky_ocsp_req {
    struct ky_ocsp_certid ids[KY_OCSP_SINGLES_MAX];
    size_t n_ids;
    bool has_nonce;
    struct ky_bytes nonce; /* 1..128 octets, inside of the OCTET STRING */
};

/*
 * Reads an OCSPRequest; views into der. A signature on it is not looked at (RFC 6960 §4.1.2: optional).
 * KY_EFORMAT → answer malformedRequest: not DER, no or more than KY_OCSP_SINGLES_MAX requests, nonce not
 * 1..128 octets,
 * unknown critical extension.
 */
ky_rc ky_ocsp_req_parse(struct ky_ocsp_req *out, struct ky_bytes der);
/*
 * The request in the path of a GET (appendix A.1): %XX and base64, '/' and '+' also unescaped. KY_EFORMAT,
 * KY_ELIMIT.
 */
ky_rc ky_ocsp_get_decode(struct ky_buf *out, struct ky_bytes path);
/* Appends an OCSPRequest for cert; hash_size 20 or 32; nonce may be empty: none. */
ky_rc ky_ocsp_req_build(struct ky_buf *out, const struct ky_cert *cert, const struct ky_cert *issuer,
                        size_t hash_size, struct ky_bytes nonce);
/* Is this CertID about a certificate of that issuer? (name and key hash) */
bool ky_ocsp_certid_matches(const struct ky_ocsp_certid *id, const struct ky_cert *issuer);

typedef enum ky_ocsp_status { KY_OCSP_GOOD, KY_OCSP_REVOKED, KY_OCSP_UNKNOWN } ky_ocsp_status;

/* One answer. */
struct ky_ocsp_single {
    struct ky_bytes certid; /* CertID DER, from the request */
    ky_ocsp_status status;
    ky_time revoked_at;   /* when revoked */
    ky_crl_reason reason; /* when revoked */
    ky_time this_update;
    ky_time next_update; /* 0: none */
};

struct ky_ocsp_resp {
    const struct ky_cert *responder; /* ResponderID byKey; included, unless it is the issuer itself */
    bool include_responder;
    ky_time produced_at;
    const struct ky_ocsp_single *singles;
    size_t n_singles;
    struct ky_bytes nonce; /* echoed when not empty */
};

/* OCSPResponseStatus other than successful. */
typedef enum ky_ocsp_error {
    KY_OCSP_MALFORMED_REQUEST = 1,
    KY_OCSP_INTERNAL_ERROR = 2,
    KY_OCSP_TRY_LATER = 3,
    KY_OCSP_SIG_REQUIRED = 5,
    KY_OCSP_UNAUTHORIZED = 6,
} ky_ocsp_error;

/* Appends a signed OCSPResponse (id-pkix-ocsp-basic). KY_EINVAL, errors of the signer. */
ky_rc ky_ocsp_resp_build(struct ky_buf *out, const struct ky_ocsp_resp *resp, const struct ky_sigkey *key);
/* Appends an OCSPResponse with that status and no responseBytes. */
void ky_ocsp_error_build(struct ky_buf *out, ky_ocsp_error status);

/* What an answer says about one certificate. */
struct ky_ocsp_result {
    ky_ocsp_status status;
    ky_time revoked_at;
    ky_crl_reason reason;
    ky_time produced_at, this_update;
    ky_time next_update;           /* KY_TIME_NEVER when absent */
    struct ky_bytes nonce;         /* empty when absent; view into the answer */
    struct ky_bytes responder_der; /* certificate that signed it; view into the answer, issuer or pinned */
};

/*
 * ky_ocsp_verify — reads an answer, finds the single response about cert, verifies who signed it.
 *
 * Source:  RFC 6960 §3.2, §4.2.2.2: signed by the issuer's key, by the pinned responder, or by a responder
 *          that the issuer's
 *          key certified with EKU OCSPSigning and that is valid at producedAt. Without id-pkix-ocsp-nocheck
 *          such a responder is
 *          refused unless pinned.
 * Shapes:  pinned  a responder's certificate that is known beforehand, or NULL; when given, nobody else is
 *                  accepted
 * Errors:  KY_EFORMAT; KY_EAUTH signature or signer; KY_ENOTFOUND nothing about cert; KY_EBUSY an error
 *          status (tryLater …).
 * Freshness is the caller's: compare this_update and next_update with the time that matters (ky_ocsp_fresh).
 */
ky_rc ky_ocsp_verify(struct ky_ocsp_result *out, struct ky_bytes resp_der, const struct ky_cert *cert,
                     const struct ky_cert *issuer, const struct ky_cert *pinned);
/*
 * KY_EEXPIRED unless this_update is at most max_age_s before now and not more than skew_s after it, and
 * next_update is not past.
 */
ky_rc ky_ocsp_fresh(const struct ky_ocsp_result *r, ky_time now, ky_time max_age_s, ky_time skew_s);

#endif
