/*
 * OCSP messages. Source: RFC 6960 §4; nonce RFC 9654 §2.1; GET appendix A.1.
 * The responder answers with what the caller knows; the relying party accepts
 * an answer from the issuer's key, a pinned responder or one that the issuer
 * certified for it.
 */
#include "pki/ocsp.h"

#include "base/base64.h"
#include "crypto/digest.h"
#include "pki/wire.h"

#define OID_SHA1 "1.3.14.3.2.26" /* only to name a hash of an identifier, never in a signature */
#define SUCCESSFUL 0

/* --- CertID --- */

static ky_rc hash_identifier(uint8_t out[KY_HASH_MAX], size_t hash_size, struct ky_bytes in)
{
    return hash_size == KY_SHA1_SIZE ? ky_sha1(out, in) : ky_digest(out, KY_SHA256, in);
}

static ky_rc read_hash_size(size_t *size, struct ky_der *certid)
{
    struct ky_der alg;
    char oid[KY_DER_OID_TEXT_MAX];
    ky_hash hash;
    KY_TRY(ky_der_enter(&alg, certid, KY_DER_SEQUENCE, "CertID hashAlgorithm"));
    KY_TRY(ky_der_get_oid(oid, &alg, "CertID hashAlgorithm"));
    *size = 0;
    if (strcmp(oid, OID_SHA1) == 0)
        *size = KY_SHA1_SIZE;
    else if (ky_hash_by_oid(&hash, oid) == KY_OK && hash == KY_SHA256)
        *size = KY_SHA256_SIZE;
    return KY_OK;
}

ky_rc ky_ocsp_certid_read(struct ky_ocsp_certid *out, struct ky_der *d)
{
    struct ky_der certid;
    struct ky_der_tlv serial;
    KY_TRY(ky_wire_get_whole(&out->der, d, KY_DER_SEQUENCE, "CertID"));
    struct ky_der whole = KY_DER_READ(out->der);
    KY_TRY(ky_der_enter(&certid, &whole, KY_DER_SEQUENCE, "CertID"));
    KY_TRY(read_hash_size(&out->hash_size, &certid));
    KY_TRY(ky_der_get_octets(&out->issuer_name_hash, &certid, "issuerNameHash"));
    KY_TRY(ky_der_get_octets(&out->issuer_key_hash, &certid, "issuerKeyHash"));
    KY_TRY(ky_der_expect(&serial, &certid, KY_DER_INTEGER, "CertID serialNumber"));
    out->serial = serial.value;
    return ky_der_finish(&certid, "CertID");
}

bool ky_ocsp_certid_matches(const struct ky_ocsp_certid *id, const struct ky_cert *issuer)
{
    uint8_t name[KY_HASH_MAX], key[KY_HASH_MAX];
    if (id->hash_size == 0)
        return false;
    if (hash_identifier(name, id->hash_size, issuer->subject) != KY_OK ||
        hash_identifier(key, id->hash_size, issuer->public_key) != KY_OK)
        return false;
    return ky_bytes_eq(id->issuer_name_hash, KY_BYTES(name, id->hash_size)) &&
           ky_bytes_eq(id->issuer_key_hash, KY_BYTES(key, id->hash_size));
}

static ky_rc add_certid(struct ky_buf *b, const struct ky_cert *cert, const struct ky_cert *issuer,
                        size_t hash_size)
{
    uint8_t name[KY_HASH_MAX], key[KY_HASH_MAX];
    KY_TRY(hash_identifier(name, hash_size, issuer->subject));
    KY_TRY(hash_identifier(key, hash_size, issuer->public_key));
    size_t seq = ky_der_begin(b, KY_DER_SEQUENCE);
    size_t alg = ky_der_begin(b, KY_DER_SEQUENCE);
    ky_wire_add_oid(b, hash_size == KY_SHA1_SIZE ? OID_SHA1 : ky_hash_info(KY_SHA256)->oid);
    ky_der_add_null(b);
    ky_der_end(b, alg);
    ky_der_add(b, KY_DER_OCTET_STRING, KY_BYTES(name, hash_size));
    ky_der_add(b, KY_DER_OCTET_STRING, KY_BYTES(key, hash_size));
    ky_der_add(b, KY_DER_INTEGER, cert->serial);
    ky_der_end(b, seq);
    return KY_OK;
}

/* --- nonce and other extensions --- */

static void add_nonce(struct ky_buf *b, uint8_t tag, struct ky_bytes nonce)
{
    if (nonce.n == 0)
        return;
    size_t tagged = ky_der_begin(b, tag);
    size_t exts = ky_der_begin(b, KY_DER_SEQUENCE);
    struct ky_wire_open e = ky_wire_begin_ext(b, KY_OID_OCSP_NONCE, false);
    ky_der_add(b, KY_DER_OCTET_STRING, nonce);
    ky_wire_end_ext(b, e);
    ky_der_end(b, exts);
    ky_der_end(b, tagged);
}

/* Takes [tag] Extensions: the nonce is kept, another critical one refused. */
static ky_rc read_nonce(struct ky_bytes *nonce, struct ky_der *d, uint8_t tag)
{
    struct ky_der tagged, list;
    KY_TRY(ky_der_enter(&tagged, d, tag, "OCSP extensions"));
    KY_TRY(ky_der_enter(&list, &tagged, KY_DER_SEQUENCE, "OCSP extensions"));
    while (!ky_der_at_end(&list)) {
        struct ky_wire_ext ext;
        KY_TRY(ky_wire_next_ext(&ext, &list));
        if (strcmp(ext.oid, KY_OID_OCSP_NONCE) != 0) {
            if (ext.critical)
                return ky_fail(KY_EFORMAT, "OCSP: critical extension %s is unknown", ext.oid);
            continue;
        }
        KY_TRY(ky_der_get_octets(nonce, &ext.value, "OCSP nonce"));
        if (nonce->n == 0 || nonce->n > KY_OCSP_NONCE_MAX)
            return ky_fail(KY_EFORMAT, "OCSP nonce: %zu octets, 1 to %d are possible", nonce->n,
                           KY_OCSP_NONCE_MAX);
    }
    return ky_der_finish(&tagged, "OCSP extensions");
}

/* --- request --- */

static ky_rc read_request_list(struct ky_ocsp_req *req, struct ky_der *tbs)
{
    struct ky_der list, single;
    KY_TRY(ky_der_enter(&list, tbs, KY_DER_SEQUENCE, "requestList"));
    while (!ky_der_at_end(&list)) {
        struct ky_bytes no_nonce = KY_BYTES_NONE;
        if (req->n_ids == KY_OCSP_SINGLES_MAX)
            return ky_fail(KY_EFORMAT, "OCSP request: more than %d single requests", KY_OCSP_SINGLES_MAX);
        KY_TRY(ky_der_enter(&single, &list, KY_DER_SEQUENCE, "Request"));
        KY_TRY(ky_ocsp_certid_read(&req->ids[req->n_ids], &single));
        if (ky_der_at(&single, KY_DER_CONTEXT_CONS(0)))
            KY_TRY(read_nonce(&no_nonce, &single, KY_DER_CONTEXT_CONS(0)));
        KY_TRY(ky_der_finish(&single, "Request"));
        req->n_ids++;
    }
    return req->n_ids > 0 ? KY_OK : ky_fail(KY_EFORMAT, "OCSP request: asks for nothing");
}

static ky_rc read_tbs_request(struct ky_ocsp_req *req, struct ky_der *d)
{
    struct ky_der tbs, version;
    struct ky_der_tlv skipped;
    KY_TRY(ky_der_enter(&tbs, d, KY_DER_SEQUENCE, "tbsRequest"));
    if (ky_der_at(&tbs, KY_DER_CONTEXT_CONS(0))) {
        int64_t v;
        KY_TRY(ky_der_enter(&version, &tbs, KY_DER_CONTEXT_CONS(0), "version"));
        KY_TRY(ky_der_get_int(&v, &version, "version"));
        if (v != 0)
            return ky_fail(KY_EFORMAT, "OCSP request: version %lld", (long long)v);
    }
    if (ky_der_at(&tbs, KY_DER_CONTEXT_CONS(1)))
        KY_TRY(ky_der_next(&skipped, &tbs, "requestorName"));
    KY_TRY(read_request_list(req, &tbs));
    if (ky_der_at(&tbs, KY_DER_CONTEXT_CONS(2)))
        KY_TRY(read_nonce(&req->nonce, &tbs, KY_DER_CONTEXT_CONS(2)));
    req->has_nonce = req->nonce.n > 0;
    return ky_der_finish(&tbs, "tbsRequest");
}

ky_rc ky_ocsp_req_parse(struct ky_ocsp_req *out, struct ky_bytes der)
{
    struct ky_der d = KY_DER_READ(der), req;
    struct ky_der_tlv skipped;
    struct ky_ocsp_req got = {0};
    if (der.n > KY_OCSP_REQ_MAX)
        return ky_fail(KY_EFORMAT, "OCSP request: %zu bytes, at most %d", der.n, KY_OCSP_REQ_MAX);
    KY_TRY(ky_der_enter(&req, &d, KY_DER_SEQUENCE, "OCSPRequest"));
    KY_TRY(ky_der_finish(&d, "OCSPRequest"));
    KY_TRY(read_tbs_request(&got, &req));
    if (ky_der_at(&req, KY_DER_CONTEXT_CONS(0)))
        KY_TRY(ky_der_next(&skipped, &req, "optionalSignature"));
    KY_TRY(ky_der_finish(&req, "OCSPRequest"));
    *out = got;
    return KY_OK;
}

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

ky_rc ky_ocsp_get_decode(struct ky_buf *out, struct ky_bytes path)
{
    ky_auto_buf text = ky_buf_init(2 * KY_OCSP_REQ_MAX);
    for (size_t i = 0; i < path.n; i++) {
        if (path.p[i] != '%') {
            ky_buf_add_u8(&text, path.p[i]);
            continue;
        }
        int high = i + 2 < path.n ? hex_value(path.p[i + 1]) : -1;
        int low = i + 2 < path.n ? hex_value(path.p[i + 2]) : -1;
        if (high < 0 || low < 0)
            return ky_fail(KY_EFORMAT, "OCSP GET: a %% without two hexadecimal digits");
        ky_buf_add_u8(&text, (uint8_t)(high << 4 | low));
        i += 2;
    }
    KY_TRY(ky_buf_finish(&text));
    return ky_base64_decode(out, ky_buf_bytes(&text));
}

ky_rc ky_ocsp_req_build(struct ky_buf *out, const struct ky_cert *cert, const struct ky_cert *issuer,
                        size_t hash_size, struct ky_bytes nonce)
{
    if ((hash_size != KY_SHA1_SIZE && hash_size != KY_SHA256_SIZE) || nonce.n > KY_OCSP_NONCE_MAX)
        return ky_fail(KY_EINVAL, "OCSP request: hash of %zu bytes, nonce of %zu", hash_size, nonce.n);
    size_t req = ky_der_begin(out, KY_DER_SEQUENCE);
    size_t tbs = ky_der_begin(out, KY_DER_SEQUENCE);
    size_t list = ky_der_begin(out, KY_DER_SEQUENCE);
    size_t single = ky_der_begin(out, KY_DER_SEQUENCE);
    KY_TRY(add_certid(out, cert, issuer, hash_size));
    ky_der_end(out, single);
    ky_der_end(out, list);
    add_nonce(out, KY_DER_CONTEXT_CONS(2), nonce);
    ky_der_end(out, tbs);
    ky_der_end(out, req);
    return ky_buf_finish(out);
}

/* --- building an answer --- */

static void add_revoked(struct ky_buf *b, const struct ky_ocsp_single *s)
{
    uint8_t code = (uint8_t)s->reason;
    size_t info = ky_der_begin(b, KY_DER_CONTEXT_CONS(1));
    ky_der_add_generalized_time(b, s->revoked_at);
    if (s->reason != KY_REASON_UNSPECIFIED) {
        size_t tagged = ky_der_begin(b, KY_DER_CONTEXT_CONS(0));
        ky_der_add(b, KY_DER_ENUMERATED, KY_BYTES(&code, 1));
        ky_der_end(b, tagged);
    }
    ky_der_end(b, info);
}

static void add_single(struct ky_buf *b, const struct ky_ocsp_single *s)
{
    size_t seq = ky_der_begin(b, KY_DER_SEQUENCE);
    ky_buf_add(b, s->certid);
    if (s->status == KY_OCSP_REVOKED)
        add_revoked(b, s);
    else
        ky_der_add(b, s->status == KY_OCSP_GOOD ? KY_DER_CONTEXT(0) : KY_DER_CONTEXT(2), KY_BYTES_NONE);
    ky_der_add_generalized_time(b, s->this_update);
    if (s->next_update != 0) {
        size_t next = ky_der_begin(b, KY_DER_CONTEXT_CONS(0));
        ky_der_add_generalized_time(b, s->next_update);
        ky_der_end(b, next);
    }
    ky_der_end(b, seq);
}

static void add_response_data(struct ky_buf *b, const struct ky_ocsp_resp *r)
{
    size_t data = ky_der_begin(b, KY_DER_SEQUENCE);
    size_t by_key = ky_der_begin(b, KY_DER_CONTEXT_CONS(2));
    ky_der_add(b, KY_DER_OCTET_STRING, KY_BYTES_OF(r->responder->key_sha1));
    ky_der_end(b, by_key);
    ky_der_add_generalized_time(b, r->produced_at);
    size_t singles = ky_der_begin(b, KY_DER_SEQUENCE);
    for (size_t i = 0; i < r->n_singles; i++)
        add_single(b, &r->singles[i]);
    ky_der_end(b, singles);
    add_nonce(b, KY_DER_CONTEXT_CONS(1), r->nonce);
    ky_der_end(b, data);
}

static ky_rc add_basic(struct ky_buf *b, const struct ky_ocsp_resp *r, const struct ky_sigkey *key)
{
    ky_auto_buf sig = ky_buf_init(KY_SIGNATURE_MAX);
    size_t basic = ky_der_begin(b, KY_DER_SEQUENCE);
    size_t from = b->n;
    add_response_data(b, r);
    KY_TRY(ky_buf_finish(b));
    KY_TRY(ky_sigkey_sign(&sig, key, KY_BYTES(b->p + from, b->n - from)));
    ky_buf_add(b, ky_sign_alg_der(key->scheme, key->hash));
    ky_der_add_bits(b, ky_buf_bytes(&sig));
    if (r->include_responder) {
        size_t tagged = ky_der_begin(b, KY_DER_CONTEXT_CONS(0));
        size_t certs = ky_der_begin(b, KY_DER_SEQUENCE);
        ky_buf_add(b, r->responder->der);
        ky_der_end(b, certs);
        ky_der_end(b, tagged);
    }
    ky_der_end(b, basic);
    return ky_buf_finish(b);
}

static ky_rc check_resp(const struct ky_ocsp_resp *r)
{
    if (r->n_singles == 0 || r->n_singles > KY_OCSP_SINGLES_MAX)
        return ky_fail(KY_EINVAL, "OCSP answer: %zu single responses", r->n_singles);
    for (size_t i = 0; i < r->n_singles; i++) {
        const struct ky_ocsp_single *s = &r->singles[i];
        if (s->this_update > r->produced_at || (s->next_update != 0 && s->next_update <= s->this_update))
            return ky_fail(KY_EINVAL, "OCSP answer: thisUpdate after producedAt, or nextUpdate not after it");
    }
    return KY_OK;
}

ky_rc ky_ocsp_resp_build(struct ky_buf *out, const struct ky_ocsp_resp *resp, const struct ky_sigkey *key)
{
    ky_auto_buf basic = ky_buf_init(KY_OCSP_RESP_MAX);
    uint8_t successful = SUCCESSFUL;
    KY_TRY(check_resp(resp));
    KY_TRY(add_basic(&basic, resp, key));
    size_t seq = ky_der_begin(out, KY_DER_SEQUENCE);
    ky_der_add(out, KY_DER_ENUMERATED, KY_BYTES(&successful, 1));
    size_t tagged = ky_der_begin(out, KY_DER_CONTEXT_CONS(0));
    size_t bytes = ky_der_begin(out, KY_DER_SEQUENCE);
    ky_wire_add_oid(out, KY_OID_OCSP_BASIC);
    ky_der_add(out, KY_DER_OCTET_STRING, ky_buf_bytes(&basic));
    ky_der_end(out, bytes);
    ky_der_end(out, tagged);
    ky_der_end(out, seq);
    return ky_buf_finish(out);
}

void ky_ocsp_error_build(struct ky_buf *out, ky_ocsp_error status)
{
    uint8_t code = (uint8_t)status;
    size_t seq = ky_der_begin(out, KY_DER_SEQUENCE);
    ky_der_add(out, KY_DER_ENUMERATED, KY_BYTES(&code, 1));
    ky_der_end(out, seq);
}
