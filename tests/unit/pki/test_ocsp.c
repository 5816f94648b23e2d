#include "hierarchy.h"

static struct hierarchy h;

static int setup(void **state)
{
    hierarchy_init(&h, KY_KEY_P256);
    write_cert("root.pem", h.root.cert);
    write_cert("ca.pem", h.ca.cert);
    write_cert("user.pem", h.user.cert);
    write_cert("tsa.pem", h.tsa.cert);
    return 0;
}

static int teardown(void **state)
{
    hierarchy_clear(&h);
    return 0;
}

/* The answer to a request about everything it asks, all with one status, by the given party. */
static void answer(struct ky_buf *out, const struct ky_ocsp_req *req, ky_ocsp_status status,
                   const struct party *by)
{
    struct ky_ocsp_single singles[KY_OCSP_SINGLES_MAX];
    for (size_t i = 0; i < req->n_ids; i++)
        singles[i] = (struct ky_ocsp_single){
            .certid = req->ids[i].der,
            .status = status,
            .revoked_at = NOW - KY_DAY,
            .reason = KY_REASON_CESSATION,
            .this_update = NOW,
            .next_update = NOW + KY_HOUR,
        };
    const struct ky_ocsp_resp resp = {
        .responder = by->cert,
        .include_responder = by != &h.ca,
        .produced_at = NOW,
        .singles = singles,
        .n_singles = req->n_ids,
        .nonce = req->nonce,
    };
    assert_ok(ky_ocsp_resp_build(out, &resp, &by->sigkey));
}

static void ask(struct ky_buf *request, struct ky_ocsp_req *req, struct ky_bytes nonce)
{
    assert_ok(ky_ocsp_req_build(request, h.user.cert, h.ca.cert, 32, nonce));
    assert_ok(ky_ocsp_req_parse(req, ky_buf_bytes(request)));
}

static void good_and_revoked_and_unknown_come_back(void **state)
{
    for (ky_ocsp_status status = KY_OCSP_GOOD; status <= KY_OCSP_UNKNOWN; status++) {
        ky_auto_buf request = ky_buf_init(KY_OCSP_REQ_MAX), resp = ky_buf_init(KY_OCSP_RESP_MAX);
        struct ky_ocsp_req req;
        struct ky_ocsp_result r;
        ask(&request, &req, KY_BYTES_LIT("0123456789abcdef"));
        answer(&resp, &req, status, &h.ocsp);
        assert_ok(ky_ocsp_verify(&r, ky_buf_bytes(&resp), h.user.cert, h.ca.cert, NULL));
        assert_int_equal(r.status, status);
        assert_int_equal(r.revoked_at, status == KY_OCSP_REVOKED ? NOW - KY_DAY : 0);
        assert_int_equal(r.reason, status == KY_OCSP_REVOKED ? KY_REASON_CESSATION : 0);
        assert_int_equal(r.this_update, NOW);
        assert_int_equal(r.next_update, NOW + KY_HOUR);
        assert_true(ky_bytes_eq(r.nonce, KY_BYTES_LIT("0123456789abcdef")));
        assert_true(ky_bytes_eq(r.responder_der, h.ocsp.cert->der));
    }
}

static void openssl_asks_and_believes(void **state)
{
    static const char *const hashes[] = {"-sha1", "-sha256"};
    for (size_t i = 0; i < KY_COUNT(hashes); i++) {
        char out[4096];
        ky_auto_buf request = ky_buf_init(KY_OCSP_REQ_MAX), resp = ky_buf_init(KY_OCSP_RESP_MAX);
        struct ky_ocsp_req req;
        assert_int_equal(run(out, sizeof out,
                             "openssl ocsp %s -issuer ca.pem -cert user.pem %s -cert tsa.pem -reqout r.der",
                             hashes[i], hashes[i]),
                         0);
        read_file(&request, "r.der");
        assert_ok(ky_ocsp_req_parse(&req, ky_buf_bytes(&request)));
        assert_int_equal(req.n_ids, 2);
        assert_true(req.has_nonce);
        assert_true(ky_ocsp_certid_matches(&req.ids[0], h.ca.cert));
        assert_false(ky_ocsp_certid_matches(&req.ids[0], h.root.cert));
        assert_true(ky_bytes_eq(req.ids[1].serial, h.tsa.cert->serial));
        answer(&resp, &req, KY_OCSP_REVOKED, &h.ocsp);
        write_file("a.der", ky_buf_bytes(&resp));
        assert_int_equal(run(out, sizeof out,
                             "openssl ocsp -respin a.der -reqin r.der -CAfile root.pem -verify_other ca.pem "
                             "-attime %lld -no_nonce "
                             "-issuer ca.pem %s -cert user.pem",
                             (long long)NOW, hashes[i]),
                         0);
        assert_non_null(strstr(out, "Response verify OK"));
        assert_non_null(strstr(out, "revoked"));
        assert_non_null(strstr(out, "Reason: cessationOfOperation"));
    }
}

static void reads_what_openssl_answers(void **state)
{
    char out[4096], text[4096];
    ky_auto_buf resp = ky_buf_init(KY_OCSP_RESP_MAX), key = ky_buf_init_secret(4096),
                line = ky_buf_init(4096);
    struct ky_ocsp_result r;
    assert_ok(ky_softkey_store_pem(&key, h.ca.key));
    write_file("ca.key", ky_buf_bytes(&key));
    ky_buf_add_str(&line, "V\t350101000000Z\t\t");
    for (size_t i = 0; i < h.user.cert->serial.n; i++)
        ky_buf_addf(&line, "%02X", h.user.cert->serial.p[i]);
    ky_buf_add_str(&line, "\tunknown\t/CN=a\n");
    write_file("index.txt", ky_buf_bytes(&line));
    snprintf(text, sizeof text,
             "openssl ocsp -index index.txt -rsigner ca.pem -rkey ca.key -CA ca.pem -issuer ca.pem -cert "
             "user.pem -reqout r.der "
             "&& openssl ocsp -index index.txt -rsigner ca.pem -rkey ca.key -CA ca.pem -reqin r.der -respout "
             "a.der");
    assert_int_equal(run(out, sizeof out, "%s", text), 0);
    read_file(&resp, "a.der");
    assert_ok(
        ky_ocsp_verify(&r, ky_buf_bytes(&resp), h.user.cert, h.ca.cert, NULL)); /* byName, by the CA itself */
    assert_int_equal(r.status, KY_OCSP_GOOD);
    assert_rc(ky_ocsp_verify(&r, ky_buf_bytes(&resp), h.tsa.cert, h.ca.cert, NULL), KY_ENOTFOUND);
}

static void refuses_answers_of_others(void **state)
{
    ky_auto_buf request = ky_buf_init(KY_OCSP_REQ_MAX), resp = ky_buf_init(KY_OCSP_RESP_MAX);
    struct ky_ocsp_req req;
    struct ky_ocsp_result r;
    const struct party *const others[] = {&h.user, &h.tsa, &h.root}; /* no EKU, another EKU, another CA */
    ask(&request, &req, KY_BYTES_NONE);
    for (size_t i = 0; i < KY_COUNT(others); i++) {
        ky_buf_reset(&resp);
        answer(&resp, &req, KY_OCSP_GOOD, others[i]);
        assert_rc(ky_ocsp_verify(&r, ky_buf_bytes(&resp), h.user.cert, h.ca.cert, NULL), KY_EAUTH);
    }
    ky_buf_reset(&resp);
    answer(&resp, &req, KY_OCSP_GOOD, &h.ca);
    assert_ok(ky_ocsp_verify(&r, ky_buf_bytes(&resp), h.user.cert, h.ca.cert, NULL));
    assert_rc(ky_ocsp_verify(&r, ky_buf_bytes(&resp), h.user.cert, h.ca.cert, h.ocsp.cert), KY_EAUTH);
    ky_buf_reset(&resp);
    answer(&resp, &req, KY_OCSP_GOOD, &h.ocsp);
    assert_ok(ky_ocsp_verify(&r, ky_buf_bytes(&resp), h.user.cert, h.ca.cert, h.ocsp.cert));
    resp.p[resp.n - h.ocsp.cert->der.n - 20] ^= 1; /* in the signature */
    assert_rc(ky_ocsp_verify(&r, ky_buf_bytes(&resp), h.user.cert, h.ca.cert, NULL), KY_EAUTH);
}

static void refuses_an_expired_delegate(void **state)
{
    ky_auto_buf request = ky_buf_init(KY_OCSP_REQ_MAX), resp = ky_buf_init(KY_OCSP_RESP_MAX);
    struct party old = {0};
    struct ky_ocsp_req req;
    struct ky_ocsp_result r;
    party_init(&old, KY_KEY_P256);
    party_certify(&old, &h.ca, KY_PROFILE_OCSP, "old", 9, T0, T0 + KY_DAY);
    ask(&request, &req, KY_BYTES_NONE);
    answer(&resp, &req, KY_OCSP_GOOD, &old);
    assert_rc(ky_ocsp_verify(&r, ky_buf_bytes(&resp), h.user.cert, h.ca.cert, NULL), KY_EAUTH);
    assert_rc(ky_ocsp_verify(&r, ky_buf_bytes(&resp), h.user.cert, h.ca.cert, old.cert), KY_EAUTH);
    party_clear(&old);
}

static void error_statuses_have_no_body(void **state)
{
    ky_auto_buf resp = ky_buf_init(100);
    struct ky_ocsp_result r;
    ky_ocsp_error_build(&resp, KY_OCSP_UNAUTHORIZED);
    assert_true(ky_bytes_eq(ky_buf_bytes(&resp), KY_BYTES_LIT("\x30\x03\x0a\x01\x06")));
    assert_rc(ky_ocsp_verify(&r, ky_buf_bytes(&resp), h.user.cert, h.ca.cert, NULL), KY_EBUSY);
}

static void nonce_length_is_bounded(void **state)
{
    uint8_t nonce[KY_OCSP_NONCE_MAX + 1] = {1};
    ky_auto_buf request = ky_buf_init(KY_OCSP_REQ_MAX);
    struct ky_ocsp_req req;
    ask(&request, &req, KY_BYTES(nonce, KY_OCSP_NONCE_MAX));
    assert_int_equal(req.nonce.n, KY_OCSP_NONCE_MAX);
    assert_rc(ky_ocsp_req_build(&request, h.user.cert, h.ca.cert, 20, KY_BYTES_OF(nonce)), KY_EINVAL);
    assert_rc(ky_ocsp_req_build(&request, h.user.cert, h.ca.cert, 48, KY_BYTES_NONE), KY_EINVAL);
    ky_buf_reset(&request);
    ask(&request, &req, KY_BYTES_LIT("N"));
    uint8_t *inner =
        memmem(request.p, request.n, "\x04\x03\x04\x01N", 5); /* an empty nonce and a NULL after it */
    assert_non_null(inner);
    memcpy(inner, "\x04\x03\x04\x00\x05", 5);
    assert_rc(ky_ocsp_req_parse(&req, ky_buf_bytes(&request)), KY_EFORMAT);
}

static void number_of_singles_is_bounded(void **state)
{
    char out[4096];
    ky_auto_buf request = ky_buf_init(KY_OCSP_REQ_MAX);
    struct ky_ocsp_req req;
    assert_int_equal(
        run(out, sizeof out,
            "openssl ocsp -no_nonce -issuer ca.pem $(seq -f '-serial %%g' 1 17) -reqout many.der"),
        0);
    read_file(&request, "many.der");
    assert_rc(ky_ocsp_req_parse(&req, ky_buf_bytes(&request)), KY_EFORMAT);
    assert_rc(ky_ocsp_req_parse(&req, KY_BYTES_LIT("\x30\x04\x30\x02\x30\x00")), KY_EFORMAT);
}

static void refuses_damaged_messages(void **state)
{
    ky_auto_buf request = ky_buf_init(KY_OCSP_REQ_MAX), resp = ky_buf_init(KY_OCSP_RESP_MAX);
    struct ky_ocsp_req req;
    struct ky_ocsp_result r;
    ask(&request, &req, KY_BYTES_LIT("nonce"));
    answer(&resp, &req, KY_OCSP_REVOKED, &h.ocsp);
    for (size_t n = 0; n < resp.n; n++)
        assert_rc(ky_ocsp_verify(&r, KY_BYTES(resp.p, n), h.user.cert, h.ca.cert, NULL), KY_EFORMAT);
    for (size_t n = 0; n < request.n; n++)
        assert_rc(ky_ocsp_req_parse(&req, KY_BYTES(request.p, n)), KY_EFORMAT);
}

static void decodes_get_paths(void **state)
{
    static const struct {
        const char *path;
        ky_rc want;
    } cases[] = {
        {"%2B%2f%2BA", KY_OK}, {"+/+A", KY_OK},     {"AAA%3D", KY_OK},    {"AAA=", KY_OK},
        {"A%", KY_EFORMAT},    {"A%2", KY_EFORMAT}, {"A%zz", KY_EFORMAT}, {"A A=", KY_EFORMAT},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf out = ky_buf_init(KY_OCSP_REQ_MAX);
        assert_rc(ky_ocsp_get_decode(&out, ky_bytes_str(cases[i].path)), cases[i].want);
        if (i < 2)
            assert_true(ky_bytes_eq(ky_buf_bytes(&out), KY_BYTES_LIT("\xfb\xff\x80")));
    }
}

static void freshness_has_two_ends(void **state)
{
    struct ky_ocsp_result r = {.this_update = NOW, .next_update = NOW + KY_HOUR};
    assert_ok(ky_ocsp_fresh(&r, NOW + 600, 600, 60));
    assert_rc(ky_ocsp_fresh(&r, NOW + 601, 600, 60), KY_EEXPIRED);
    assert_ok(ky_ocsp_fresh(&r, NOW - 60, 600, 60));
    assert_rc(ky_ocsp_fresh(&r, NOW - 61, 600, 60), KY_EEXPIRED);
    assert_rc(ky_ocsp_fresh(&r, NOW + KY_HOUR + 61, KY_DAY, 60), KY_EEXPIRED);
}

static void refuses_to_build_nonsense(void **state)
{
    ky_auto_buf resp = ky_buf_init(KY_OCSP_RESP_MAX);
    struct ky_ocsp_single s = {.this_update = NOW + 1};
    struct ky_ocsp_resp r = {.responder = h.ocsp.cert, .produced_at = NOW, .singles = &s, .n_singles = 1};
    assert_rc(ky_ocsp_resp_build(&resp, &r, &h.ocsp.sigkey), KY_EINVAL);
    r.n_singles = 0;
    assert_rc(ky_ocsp_resp_build(&resp, &r, &h.ocsp.sigkey), KY_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_and_revoked_and_unknown_come_back),
        cmocka_unit_test(openssl_asks_and_believes),
        cmocka_unit_test(reads_what_openssl_answers),
        cmocka_unit_test(refuses_answers_of_others),
        cmocka_unit_test(refuses_an_expired_delegate),
        cmocka_unit_test(error_statuses_have_no_body),
        cmocka_unit_test(nonce_length_is_bounded),
        cmocka_unit_test(number_of_singles_is_bounded),
        cmocka_unit_test(refuses_damaged_messages),
        cmocka_unit_test(decodes_get_paths),
        cmocka_unit_test(freshness_has_two_ends),
        cmocka_unit_test(refuses_to_build_nonsense),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
