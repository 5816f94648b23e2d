/*
 * Time stamps (RFC 3161, RFC 5816; profile EN 319 422): the authority's side
 * (read a request, make the answer) and the client's (make a request, take the
 * token out of the answer, read and verify a token).
 */
#ifndef KY_PKI_TSP_H
#define KY_PKI_TSP_H

#include "pki/cms.h"

#define KY_TSP_REQ_MAX 8192
#define KY_TSP_RESP_MAX 262144
#define KY_TSP_NONCE_MAX 32  /* octets of the nonce INTEGER */
#define KY_TSP_SERIAL_MAX 20 /* RFC 3161 §2.4.2: 160 bits */

/* What an authority is and allows. Borrowed. */
struct ky_tsp {
    const struct ky_cert *cert; /* EKU timeStamping, critical, alone */
    struct ky_certs others;     /* sent after it when certReq is set: the path, without the root */
    struct ky_sigkey key;
    const char *policy;   /* dotted OID of the time-stamping policy */
    uint32_t accuracy_ms; /* of the clock, 1..1000 (EN 319 422 §6.1: 1 s or better) */
};

/* PKIFailureInfo (RFC 3161 §2.4.2), the bit numbers. */
typedef enum ky_tsp_failure {
    KY_TSP_BAD_ALG = 0,
    KY_TSP_BAD_REQUEST = 2,
    KY_TSP_BAD_DATA_FORMAT = 5,
    KY_TSP_TIME_NOT_AVAILABLE = 14,
    KY_TSP_UNACCEPTED_POLICY = 15,
    KY_TSP_UNACCEPTED_EXTENSION = 16,
    KY_TSP_SYSTEM_FAILURE = 25,
} ky_tsp_failure;

struct ky_tsp_req {
    ky_hash hash;
    struct ky_bytes imprint; /* MessageImprint DER: echoed */
    struct ky_bytes digest;  /* messageImprint */
    struct ky_bytes nonce;   /* INTEGER contents, empty when absent */
    bool cert_req;
    char policy[64]; /* dotted, "" when absent */
};

/*
 * Reads a TimeStampReq; views into der. On failure *why says what to answer (ky_tsp_reject_build):
 * KY_EFORMAT badDataFormat or
 * badRequest (version), KY_EDENIED badAlg, unacceptedExtension.
 */
ky_rc ky_tsp_req_parse(struct ky_tsp_req *out, ky_tsp_failure *why, struct ky_bytes der);
/* Appends a TimeStampReq; nonce (INTEGER contents, positive) and policy may be empty and NULL. */
ky_rc ky_tsp_req_build(struct ky_buf *out, ky_hash hash, struct ky_bytes digest, const char *policy,
                       struct ky_bytes nonce, bool cert_req);

/*
 * ky_tsp_reply — answers one request: a TimeStampResp, granted or with the reason why not.
 *
 * Source:  RFC 3161 §2.4.2, RFC 5816 §2 (ESSCertIDv2), EN 319 422 §5, §6.
 * Shapes:  req     DER, from outside
 *          serial  INTEGER contents, 1..20 octets, never used before by this authority
 *          now_us  microseconds since 1970; the token says milliseconds
 * Errors:  KY_EFORMAT, KY_EDENIED: *out holds the rejection, to be sent; all others (KY_ETOKEN …): *out is
 *          to be thrown away.
 * Example: tests/unit/pki/test_tsp.c
 */
ky_rc ky_tsp_reply(struct ky_buf *out, const struct ky_tsp *tsa, struct ky_bytes req, struct ky_bytes serial,
                   int64_t now_us);
/* Appends a TimeStampResp that refuses: status rejection, failure info, statusString text (ASCII). */
void ky_tsp_reject_build(struct ky_buf *out, ky_tsp_failure why, const char *text);

/*
 * The token (CMS ContentInfo, a view) in a TimeStampResp. KY_EDENIED with the authority's reason;
 * KY_EFORMAT.
 */
ky_rc ky_tsp_resp_token(struct ky_bytes *token, struct ky_bytes resp);

/* What a token says. */
struct ky_tsp_token {
    struct ky_cms *cms; /* owned: signer, certificates */
    ky_hash hash;       /* messageImprint */
    struct ky_bytes digest;
    struct ky_bytes serial; /* INTEGER contents */
    struct ky_bytes nonce;  /* empty when absent */
    char policy[64];        /* dotted */
    int64_t gen_time_us;    /* microseconds since 1970 */
    uint32_t accuracy_us;   /* 0 when absent */
};

/* Reads a token; KY_EFORMAT, KY_EDENIED (hash). Clear it with ky_tsp_token_clear. */
ky_rc ky_tsp_token_parse(struct ky_tsp_token *out, struct ky_bytes der);
void ky_tsp_token_clear(struct ky_tsp_token *t);
/*
 * The token stamps this digest, and its signature is by its signer certificate, which may stamp (EKU
 * timeStamping critical and
 * alone). signer is used when the token holds no certificate; else NULL. The signer's path is chain.h.
 * KY_EAUTH, KY_EDENIED.
 */
ky_rc ky_tsp_token_verify(const struct ky_tsp_token *t, ky_hash hash, struct ky_bytes digest,
                          const struct ky_cert *signer);

#endif
