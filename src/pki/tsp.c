/*
 * Time-stamp requests and answers. Source: RFC 3161 §2.4, RFC 5816 §2, EN 319
 * 422 §5 (what a request and a token hold), §6 (accuracy, ordering absent).
 * Reading tokens is tsp_verify.c.
 */
#include "pki/tsp.h"

#include "crypto/digest.h"
#include "pki/wire.h"

#include <stdio.h>

#define GRANTED 0
#define REJECTION 2
#define US_PER_S 1000000
#define TST_INFO_MAX 4096

/* --- request --- */

static ky_rc refuse(ky_tsp_failure *why, ky_tsp_failure failure, ky_rc rc)
{
    *why = failure;
    return rc;
}

static ky_rc read_imprint(struct ky_tsp_req *req, ky_tsp_failure *why, struct ky_der *d)
{
    KY_TRY(ky_wire_get_whole(&req->imprint, d, KY_DER_SEQUENCE, "messageImprint"));
    struct ky_der whole = KY_DER_READ(req->imprint), imprint;
    KY_TRY(ky_der_enter(&imprint, &whole, KY_DER_SEQUENCE, "messageImprint"));
    ky_rc rc = ky_wire_get_hash(&req->hash, &imprint, "messageImprint");
    if (rc == KY_EDENIED)
        return refuse(why, KY_TSP_BAD_ALG, rc);
    KY_TRY(rc);
    KY_TRY(ky_der_get_octets(&req->digest, &imprint, "hashedMessage"));
    KY_TRY(ky_der_finish(&imprint, "messageImprint"));
    if (req->digest.n != ky_hash_info(req->hash)->size)
        return ky_fail(KY_EFORMAT, "time-stamp request: a digest of %zu bytes is no %s", req->digest.n,
                       ky_hash_info(req->hash)->name);
    return KY_OK;
}

static ky_rc read_nonce(struct ky_tsp_req *req, struct ky_der *d)
{
    struct ky_der_tlv nonce;
    KY_TRY(ky_der_next(&nonce, d, "nonce"));
    if (nonce.value.n > KY_TSP_NONCE_MAX)
        return ky_fail(KY_EFORMAT, "time-stamp request: nonce of %zu octets, at most %d", nonce.value.n,
                       KY_TSP_NONCE_MAX);
    req->nonce = nonce.value;
    return KY_OK;
}

static ky_rc read_policy(struct ky_tsp_req *req, struct ky_der *d)
{
    char oid[KY_DER_OID_TEXT_MAX];
    KY_TRY(ky_der_get_oid(oid, d, "reqPolicy"));
    if (strlen(oid) >= sizeof req->policy)
        return ky_fail(KY_EFORMAT, "time-stamp request: reqPolicy of %zu characters", strlen(oid));
    memcpy(req->policy, oid, strlen(oid) + 1);
    return KY_OK;
}

static ky_rc read_version(ky_tsp_failure *why, struct ky_der *req)
{
    int64_t version;
    KY_TRY(ky_der_get_int(&version, req, "time-stamp request version"));
    if (version != 1)
        return refuse(why, KY_TSP_BAD_REQUEST,
                      ky_fail(KY_EFORMAT, "time-stamp request: version %lld", (long long)version));
    return KY_OK;
}

/*
 * Extensions of a request: none is known, and RFC 3161 §2.4.1 wants an unknown one refused, critical or
 * not.
 */
static ky_rc refuse_extensions(ky_tsp_failure *why, const struct ky_der *req)
{
    if (!ky_der_at(req, KY_DER_CONTEXT_CONS(0)))
        return KY_OK;
    return refuse(why, KY_TSP_UNACCEPTED_EXTENSION,
                  ky_fail(KY_EDENIED, "time-stamp request: extensions are not accepted"));
}

ky_rc ky_tsp_req_parse(struct ky_tsp_req *out, ky_tsp_failure *why, struct ky_bytes der)
{
    struct ky_der d = KY_DER_READ(der), req;
    struct ky_tsp_req got = {0};
    *why = KY_TSP_BAD_DATA_FORMAT;
    if (der.n > KY_TSP_REQ_MAX)
        return ky_fail(KY_EFORMAT, "time-stamp request: %zu bytes, at most %d", der.n, KY_TSP_REQ_MAX);
    KY_TRY(ky_der_enter(&req, &d, KY_DER_SEQUENCE, "TimeStampReq"));
    KY_TRY(ky_der_finish(&d, "TimeStampReq"));
    KY_TRY(read_version(why, &req));
    KY_TRY(read_imprint(&got, why, &req));
    if (ky_der_at(&req, KY_DER_OID))
        KY_TRY(read_policy(&got, &req));
    if (ky_der_at(&req, KY_DER_INTEGER))
        KY_TRY(read_nonce(&got, &req));
    if (ky_der_at(&req, KY_DER_BOOLEAN))
        KY_TRY(ky_der_get_bool(&got.cert_req, &req, "certReq"));
    KY_TRY(refuse_extensions(why, &req));
    KY_TRY(ky_der_finish(&req, "TimeStampReq"));
    *out = got;
    return KY_OK;
}

static void add_imprint(struct ky_buf *b, ky_hash hash, struct ky_bytes digest)
{
    size_t imprint = ky_der_begin(b, KY_DER_SEQUENCE);
    ky_buf_add(b, ky_hash_alg_der(hash));
    ky_der_add(b, KY_DER_OCTET_STRING, digest);
    ky_der_end(b, imprint);
}

ky_rc ky_tsp_req_build(struct ky_buf *out, ky_hash hash, struct ky_bytes digest, const char *policy,
                       struct ky_bytes nonce, bool cert_req)
{
    if (digest.n != ky_hash_info(hash)->size || nonce.n > KY_TSP_NONCE_MAX)
        return ky_fail(KY_EINVAL, "time-stamp request: digest of %zu bytes, nonce of %zu", digest.n, nonce.n);
    size_t req = ky_der_begin(out, KY_DER_SEQUENCE);
    ky_der_add_int(out, 1);
    add_imprint(out, hash, digest);
    if (policy != NULL)
        ky_wire_add_oid(out, policy);
    if (nonce.n != 0)
        ky_der_add_uint(out, nonce);
    if (cert_req)
        ky_der_add_bool(out, true);
    ky_der_end(out, req);
    return ky_buf_finish(out);
}

/* --- answer --- */

/* GeneralizedTime with milliseconds, no trailing zeros, no dot when they are zero (RFC 3161 §2.4.2). */
static void add_gen_time(struct ky_buf *b, int64_t now_us)
{
    struct ky_date d = ky_time_split(now_us / US_PER_S);
    unsigned ms = (unsigned)(now_us % US_PER_S / 1000);
    char text[40];
    int n = snprintf(text, sizeof text, "%04d%02d%02d%02d%02d%02d", d.year, d.month, d.day, d.hour, d.minute,
                     d.second);
    if (ms != 0)
        n += snprintf(text + n, sizeof text - (size_t)n, ".%03u", ms);
    while (ms != 0 && text[n - 1] == '0')
        n--;
    text[n++] = 'Z';
    ky_der_add(b, KY_DER_GENERALIZED_TIME, KY_BYTES(text, n));
}

static void add_accuracy(struct ky_buf *b, uint32_t ms)
{
    size_t seq = ky_der_begin(b, KY_DER_SEQUENCE);
    if (ms >= 1000)
        ky_der_add_int(b, ms / 1000);
    if (ms % 1000 != 0) {
        size_t at = b->n;
        ky_der_add_int(b, ms % 1000);
        if (b->rc == KY_OK)
            b->p[at] = KY_DER_CONTEXT(0); /* millis [0] IMPLICIT INTEGER */
    }
    ky_der_end(b, seq);
}

/* ordering FALSE is the DEFAULT and so not written; tsa and extensions are left out. */
static ky_rc build_tst_info(struct ky_buf *b, const struct ky_tsp *tsa, const struct ky_tsp_req *req,
                            struct ky_bytes serial, int64_t now_us)
{
    size_t info = ky_der_begin(b, KY_DER_SEQUENCE);
    ky_der_add_int(b, 1);
    ky_wire_add_oid(b, tsa->policy);
    ky_buf_add(b, req->imprint);
    ky_der_add_uint(b, serial);
    add_gen_time(b, now_us);
    add_accuracy(b, tsa->accuracy_ms);
    if (req->nonce.n != 0)
        ky_der_add(b, KY_DER_INTEGER, req->nonce);
    ky_der_end(b, info);
    return ky_buf_finish(b);
}

static ky_rc sign_token(struct ky_buf *token, const struct ky_tsp *tsa, struct ky_bytes info, bool cert_req)
{
    ky_auto_buf attrs = ky_buf_init(KY_CMS_ATTRS_DER_MAX), sig = ky_buf_init(KY_SIGNATURE_MAX);
    uint8_t digest[KY_HASH_MAX];
    KY_TRY(ky_digest(digest, tsa->key.hash, info));
    KY_TRY(ky_cms_attrs_build(&attrs, &(struct ky_cms_attrs){
                                          .content_type = KY_OID_TST_INFO,
                                          .hash = tsa->key.hash,
                                          .digest = KY_BYTES(digest, ky_hash_info(tsa->key.hash)->size),
                                          .signer_der = tsa->cert->der,
                                      }));
    KY_TRY(ky_sigkey_sign(&sig, &tsa->key, ky_buf_bytes(&attrs)));
    struct ky_cms_parts parts = {
        .content_type = KY_OID_TST_INFO,
        .content = info,
        .attrs = ky_buf_bytes(&attrs),
        .scheme = tsa->key.scheme,
        .hash = tsa->key.hash,
        .signature = ky_buf_bytes(&sig),
        .signer = tsa->cert,
        .omit_signer = !cert_req,
    };
    if (cert_req)
        parts.others = tsa->others;
    return ky_cms_assemble(token, &parts);
}

static void add_status(struct ky_buf *out, int64_t status)
{
    size_t info = ky_der_begin(out, KY_DER_SEQUENCE);
    ky_der_add_int(out, status);
    ky_der_end(out, info);
}

void ky_tsp_reject_build(struct ky_buf *out, ky_tsp_failure why, const char *text)
{
    size_t resp = ky_der_begin(out, KY_DER_SEQUENCE);
    size_t info = ky_der_begin(out, KY_DER_SEQUENCE);
    ky_der_add_int(out, REJECTION);
    size_t texts = ky_der_begin(out, KY_DER_SEQUENCE);
    ky_der_add_str(out, KY_DER_UTF8_STRING, text);
    ky_der_end(out, texts);
    ky_der_add_named_bits(out, 1u << why);
    ky_der_end(out, info);
    ky_der_end(out, resp);
}

static ky_rc check_tsa(const struct ky_tsp *tsa, struct ky_bytes serial, int64_t now_us)
{
    if (tsa->accuracy_ms == 0 || tsa->accuracy_ms > 1000)
        return ky_fail(KY_EINVAL, "time stamp: accuracy of %u ms, 1 to 1000 are possible", tsa->accuracy_ms);
    if (serial.n == 0 || serial.n > KY_TSP_SERIAL_MAX || now_us < 0)
        return ky_fail(KY_EINVAL, "time stamp: serial of %zu octets, or a time before 1970", serial.n);
    return KY_OK;
}

static ky_rc read_allowed(struct ky_tsp_req *req, ky_tsp_failure *why, const struct ky_tsp *tsa,
                          struct ky_bytes der)
{
    KY_TRY(ky_tsp_req_parse(req, why, der));
    if (req->policy[0] != '\0' && strcmp(req->policy, tsa->policy) != 0)
        return refuse(why, KY_TSP_UNACCEPTED_POLICY,
                      ky_fail(KY_EDENIED, "time-stamp request: policy %s is not ours", req->policy));
    return KY_OK;
}

ky_rc ky_tsp_reply(struct ky_buf *out, const struct ky_tsp *tsa, struct ky_bytes req_der,
                   struct ky_bytes serial, int64_t now_us)
{
    ky_auto_buf info = ky_buf_init(TST_INFO_MAX);
    struct ky_tsp_req req;
    ky_tsp_failure why;
    KY_TRY(check_tsa(tsa, serial, now_us));
    ky_rc rc = read_allowed(&req, &why, tsa, req_der);
    if (rc != KY_OK) {
        ky_tsp_reject_build(out, why, ky_error());
        return rc;
    }
    KY_TRY(build_tst_info(&info, tsa, &req, serial, now_us));
    size_t resp = ky_der_begin(out, KY_DER_SEQUENCE);
    add_status(out, GRANTED);
    KY_TRY(sign_token(out, tsa, ky_buf_bytes(&info), req.cert_req));
    ky_der_end(out, resp);
    return ky_buf_finish(out);
}
