#include "hierarchy.h"

#include "crypto/digest.h"
#include "pki/tsp.h"

#define NOW_US ((int64_t)NOW * 1000000 + 120000)
#define DOCUMENT KY_BYTES_LIT("văn bản")
#define SERIAL KY_BYTES_LIT("\x7f\x01\x02\x03")

static struct hierarchy h;
static const struct ky_cert *ca_list[1];
static struct ky_tsp tsa;

static int setup(void **state)
{
    hierarchy_init(&h, KY_KEY_P256);
    ca_list[0] = h.ca.cert;
    tsa = (struct ky_tsp){h.tsa.cert, {ca_list, 1}, h.tsa.sigkey, KY_OID_POLICY_TSA, 500};
    write_cert("root.pem", h.root.cert);
    write_cert("ca.pem", h.ca.cert);
    write_cert("tsa.pem", h.tsa.cert);
    write_file("doc.txt", DOCUMENT);
    return 0;
}

static int teardown(void **state)
{
    hierarchy_clear(&h);
    return 0;
}

static void ask(struct ky_buf *req, uint8_t digest[KY_HASH_MAX], const char *policy, bool cert_req)
{
    assert_ok(ky_digest(digest, KY_SHA256, DOCUMENT));
    assert_ok(
        ky_tsp_req_build(req, KY_SHA256, KY_BYTES(digest, 32), policy, KY_BYTES_LIT("\x91\x22"), cert_req));
}

static void reply_sha256(void **state)
{
    ky_auto_buf req = ky_buf_init(KY_TSP_REQ_MAX), resp = ky_buf_init(KY_TSP_RESP_MAX);
    uint8_t digest[KY_HASH_MAX];
    struct ky_bytes token;
    struct ky_tsp_token t;
    ask(&req, digest, KY_OID_POLICY_TSA, true);
    assert_ok(ky_tsp_reply(&resp, &tsa, ky_buf_bytes(&req), SERIAL, NOW_US));
    assert_ok(ky_tsp_resp_token(&token, ky_buf_bytes(&resp)));
    assert_ok(ky_tsp_token_parse(&t, token));
    assert_int_equal(t.gen_time_us, NOW_US);
    assert_int_equal(t.accuracy_us, 500000);
    assert_string_equal(t.policy, KY_OID_POLICY_TSA);
    assert_true(ky_bytes_eq(t.serial, SERIAL));
    assert_true(ky_bytes_eq(t.nonce, KY_BYTES_LIT("\0\x91\x22")));
    assert_int_equal(t.cms->n_certs, 2);
    assert_ok(ky_tsp_token_verify(&t, KY_SHA256, KY_BYTES(digest, 32), NULL));
    assert_rc(ky_tsp_token_verify(&t, KY_SHA384, KY_BYTES(digest, 32), NULL), KY_EAUTH);
    digest[0] ^= 1;
    assert_rc(ky_tsp_token_verify(&t, KY_SHA256, KY_BYTES(digest, 32), NULL), KY_EAUTH);
    ky_tsp_token_clear(&t);
}

static void openssl_asks_and_believes(void **state)
{
    static const char *const asks[] = {"-sha256 -cert", "-sha512 -no_nonce",
                                       "-sha384 -cert -tspolicy " KY_OID_POLICY_TSA};
    for (size_t i = 0; i < KY_COUNT(asks); i++) {
        char out[8192];
        ky_auto_buf req = ky_buf_init(KY_TSP_REQ_MAX), resp = ky_buf_init(KY_TSP_RESP_MAX);
        assert_int_equal(run(out, sizeof out, "openssl ts -query -data doc.txt %s -out q.tsq", asks[i]), 0);
        read_file(&req, "q.tsq");
        assert_ok(ky_tsp_reply(&resp, &tsa, ky_buf_bytes(&req), SERIAL, NOW_US));
        write_file("a.tsr", ky_buf_bytes(&resp));
        assert_int_equal(run(out, sizeof out,
                             "cat ca.pem tsa.pem > both.pem; openssl ts -verify -queryfile q.tsq -in a.tsr "
                             "-CAfile root.pem -untrusted both.pem -attime %lld",
                             (long long)NOW),
                         0);
        assert_non_null(strstr(out, "Verification: OK"));
        assert_int_equal(run(out, sizeof out, "openssl ts -reply -in a.tsr -text"), 0);
        assert_non_null(strstr(out, "Status: Granted"));
        assert_non_null(strstr(out, "Accuracy: unspecified seconds, 0x01F4 millis"));
        assert_non_null(strstr(out, "Ordering: no"));
    }
}

static void certificate_is_sent_only_on_request(void **state)
{
    ky_auto_buf req = ky_buf_init(KY_TSP_REQ_MAX), resp = ky_buf_init(KY_TSP_RESP_MAX);
    uint8_t digest[KY_HASH_MAX];
    struct ky_bytes token;
    struct ky_tsp_token t;
    ask(&req, digest, NULL, false);
    assert_ok(ky_tsp_reply(&resp, &tsa, ky_buf_bytes(&req), SERIAL, NOW_US));
    assert_ok(ky_tsp_resp_token(&token, ky_buf_bytes(&resp)));
    assert_ok(ky_tsp_token_parse(&t, token));
    assert_int_equal(t.cms->n_certs, 0);
    assert_rc(ky_tsp_token_verify(&t, KY_SHA256, KY_BYTES(digest, 32), NULL), KY_ENOTFOUND);
    assert_ok(ky_tsp_token_verify(&t, KY_SHA256, KY_BYTES(digest, 32), h.tsa.cert));
    assert_rc(ky_tsp_token_verify(&t, KY_SHA256, KY_BYTES(digest, 32), h.user.cert), KY_EAUTH);
    ky_tsp_token_clear(&t);
}

static void time_has_no_trailing_zeros(void **state)
{
    static const struct {
        int64_t us;
        const char *ends;
    } cases[] = {{0, "20261021141320Z"},
                 {500000, "20261021141320.5Z"},
                 {7000, "20261021141320.007Z"},
                 {120999, "20261021141320.12Z"}};
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf req = ky_buf_init(KY_TSP_REQ_MAX), resp = ky_buf_init(KY_TSP_RESP_MAX);
        uint8_t digest[KY_HASH_MAX];
        ask(&req, digest, NULL, false);
        assert_ok(
            ky_tsp_reply(&resp, &tsa, ky_buf_bytes(&req), SERIAL, (int64_t)NOW * 1000000 + cases[i].us));
        if (memmem(resp.p, resp.n, cases[i].ends, strlen(cases[i].ends)) == NULL)
            fail_msg("no %s", cases[i].ends);
    }
}

static void refusals_say_why(void **state)
{
    static const struct {
        const char *query, *why;
        ky_rc want;
    } cases[] = {
        {"openssl ts -query -data doc.txt -sha1 -out q.tsq", "unrecognized or unsupported algorithm",
         KY_EDENIED},
        {"openssl ts -query -data doc.txt -sha256 -tspolicy 1.2.3 -out q.tsq", "unacceptedPolicy",
         KY_EDENIED},
        {"printf garbage > q.tsq", "the data submitted has the wrong format", KY_EFORMAT},
        {"printf '\\060\\003\\002\\001\\002' > q.tsq", "transaction not permitted or supported", KY_EFORMAT},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        char out[4096];
        struct ky_bytes token;
        ky_auto_buf req = ky_buf_init(KY_TSP_REQ_MAX), resp = ky_buf_init(KY_TSP_RESP_MAX);
        assert_int_equal(run(out, sizeof out, "%s", cases[i].query), 0);
        read_file(&req, "q.tsq");
        assert_rc(ky_tsp_reply(&resp, &tsa, ky_buf_bytes(&req), SERIAL, NOW_US), cases[i].want);
        assert_rc(ky_tsp_resp_token(&token, ky_buf_bytes(&resp)), KY_EDENIED);
        write_file("a.tsr", ky_buf_bytes(&resp));
        assert_int_equal(run(out, sizeof out, "openssl ts -reply -in a.tsr -text"), 0);
        assert_non_null(strstr(out, "Status: Rejected"));
        if (strstr(out, cases[i].why) == NULL && i != 1)
            fail_msg("%s", out);
    }
}

static void refuses_malformed_requests(void **state)
{
    ky_auto_buf req = ky_buf_init(KY_TSP_REQ_MAX), extended = ky_buf_init(KY_TSP_REQ_MAX);
    uint8_t digest[KY_HASH_MAX];
    struct ky_tsp_req r;
    ky_tsp_failure why;
    ask(&req, digest, NULL, true);
    for (size_t n = 0; n < req.n; n++) {
        assert_rc(ky_tsp_req_parse(&r, &why, KY_BYTES(req.p, n)), KY_EFORMAT);
        assert_int_equal(why, KY_TSP_BAD_DATA_FORMAT);
    }
    ky_buf_add(&extended, ky_buf_bytes(&req));
    ky_buf_add(&extended, KY_BYTES_LIT("\xa0\x00"));
    extended.p[1] += 2;
    assert_rc(ky_tsp_req_parse(&r, &why, ky_buf_bytes(&extended)), KY_EDENIED);
    assert_int_equal(why, KY_TSP_UNACCEPTED_EXTENSION);
    uint8_t *imprint = memmem(req.p, req.n, "\x04\x20", 2);
    imprint[1] = 0x1f; /* the digest ends one octet early */
    assert_rc(ky_tsp_req_parse(&r, &why, ky_buf_bytes(&req)), KY_EFORMAT);
    assert_rc(ky_tsp_req_build(&extended, KY_SHA256, KY_BYTES(digest, 31), NULL, KY_BYTES_NONE, true),
              KY_EINVAL);
}

static void refuses_to_stamp_without_serial_or_accuracy(void **state)
{
    ky_auto_buf req = ky_buf_init(KY_TSP_REQ_MAX), resp = ky_buf_init(KY_TSP_RESP_MAX);
    uint8_t digest[KY_HASH_MAX];
    struct ky_tsp vague = tsa;
    ask(&req, digest, NULL, true);
    vague.accuracy_ms = 1001;
    assert_rc(ky_tsp_reply(&resp, &vague, ky_buf_bytes(&req), SERIAL, NOW_US), KY_EINVAL);
    assert_rc(ky_tsp_reply(&resp, &tsa, ky_buf_bytes(&req), KY_BYTES_NONE, NOW_US), KY_EINVAL);
}

static void refuses_damaged_tokens(void **state)
{
    ky_auto_buf req = ky_buf_init(KY_TSP_REQ_MAX), resp = ky_buf_init(KY_TSP_RESP_MAX),
                document = ky_buf_init(KY_CMS_DER_MAX);
    uint8_t digest[KY_HASH_MAX];
    struct ky_bytes token;
    struct ky_tsp_token t;
    ask(&req, digest, NULL, true);
    assert_ok(ky_tsp_reply(&resp, &tsa, ky_buf_bytes(&req), SERIAL, NOW_US));
    for (size_t n = 0; n < resp.n; n++)
        assert_rc(ky_tsp_resp_token(&token, KY_BYTES(resp.p, n)), KY_EFORMAT);
    uint8_t *z = memmem(resp.p, resp.n, "20.12Z", 6);
    assert_non_null(z);
    memcpy(z, "20.10Z", 6);
    assert_ok(ky_tsp_resp_token(&token, ky_buf_bytes(&resp)));
    assert_rc(ky_tsp_token_parse(&t, token), KY_EFORMAT);
    memcpy(z, "20.13Z", 6);
    assert_ok(ky_tsp_token_parse(&t, token));
    assert_rc(ky_tsp_token_verify(&t, KY_SHA256, KY_BYTES(digest, 32), NULL), KY_EAUTH);
    ky_tsp_token_clear(&t);
    assert_ok(ky_cms_sign(&document, &h.tsa.sigkey, h.tsa.cert, (struct ky_certs){0}, KY_OID_DATA, DOCUMENT,
                          false, 0));
    assert_rc(ky_tsp_token_parse(&t, ky_buf_bytes(&document)), KY_EFORMAT);
}

/* openssl's own authority, with its SHA-256 ESSCertIDv2, seconds, millis and micros. */
static void reads_what_openssl_stamps(void **state)
{
    char out[4096];
    ky_auto_buf key = ky_buf_init_secret(4096), resp = ky_buf_init(KY_TSP_RESP_MAX);
    struct ky_bytes token;
    struct ky_tsp_token t;
    uint8_t digest[KY_HASH_MAX];
    assert_ok(ky_softkey_store_pem(&key, h.tsa.key));
    write_file("tsa.key", ky_buf_bytes(&key));
    write_file("tsa.cnf",
               KY_BYTES_LIT("[tsa]\ndefault_tsa=t\n[t]\nserial=serial\nsigner_digest=sha256\ndefault_policy="
                            "1.2.3\ndigests=sha256\n"
                            "accuracy=secs:1,millisecs:2,microsecs:3\nordering=yes\ntsa_name=yes\ness_cert_"
                            "id_alg=sha256\ness_cert_id_chain=no\nclock_precision_digits=6\n"));
    assert_int_equal(run(out, sizeof out,
                         "echo 01 > serial; openssl ts -query -data doc.txt -sha256 -cert -out q.tsq && "
                         "openssl ts -reply -config tsa.cnf -queryfile q.tsq -signer tsa.pem -inkey tsa.key "
                         "-chain ca.pem -out o.tsr"),
                     0);
    read_file(&resp, "o.tsr");
    assert_ok(ky_digest(digest, KY_SHA256, DOCUMENT));
    assert_ok(ky_tsp_resp_token(&token, ky_buf_bytes(&resp)));
    assert_ok(ky_tsp_token_parse(&t, token));
    assert_int_equal(t.accuracy_us, 1002003);
    assert_string_equal(t.policy, "1.2.3");
    assert_ok(ky_tsp_token_verify(&t, KY_SHA256, KY_BYTES(digest, 32), NULL));
    ky_tsp_token_clear(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reply_sha256),
        cmocka_unit_test(openssl_asks_and_believes),
        cmocka_unit_test(certificate_is_sent_only_on_request),
        cmocka_unit_test(time_has_no_trailing_zeros),
        cmocka_unit_test(refusals_say_why),
        cmocka_unit_test(refuses_malformed_requests),
        cmocka_unit_test(refuses_to_stamp_without_serial_or_accuracy),
        cmocka_unit_test(refuses_damaged_tokens),
        cmocka_unit_test(reads_what_openssl_stamps),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
