#include "hierarchy.h"

#include "crypto/digest.h"

static struct hierarchy h;

static int setup(void **state)
{
    hierarchy_init(&h, KY_KEY_P256);
    return 0;
}

static int teardown(void **state)
{
    hierarchy_clear(&h);
    return 0;
}

static void reads_back_what_was_built(void **state)
{
    const struct ky_cert *c = h.user.cert;
    assert_int_equal(c->version, 3);
    assert_int_equal(c->serial.n, SERIAL_SIZE);
    assert_true(ky_bytes_eq(c->issuer, h.ca.cert->subject));
    assert_true(ky_bytes_eq(c->aki, h.ca.cert->ski));
    assert_int_equal(c->not_before, T0);
    assert_int_equal(c->not_after, T0 + 365 * KY_DAY);
    assert_int_equal(c->key_usage, KY_KU_NON_REPUDIATION);
    assert_false(c->ca);
    assert_string_equal(c->email, "nguyenvana@example.vn");
    assert_string_equal(c->crl_url, demo_conf.crl_url);
    assert_string_equal(c->ocsp_url, demo_conf.ocsp_url);
    assert_string_equal(c->ca_issuers_url, demo_conf.ca_issuers_url);
    assert_int_equal(c->n_policies, 1);
    assert_string_equal(c->policies[0], KY_OID_POLICY_SUBSCRIBER);
    assert_false(c->unknown_critical);
    assert_true(h.ca.cert->ca && h.ca.cert->path_len == 0);
    assert_true(h.ocsp.cert->ocsp_nocheck && h.ocsp.cert->ekus == KY_EKU_OCSP_SIGNING);
    assert_true(h.tsa.cert->eku_critical && h.tsa.cert->ekus == KY_EKU_TIME_STAMPING);
    assert_non_null(ky_cert_find_ext(h.tsa.cert, KY_OID_EXT_PRIVATE_KEY_USAGE));
    assert_true(ky_cert_self_issued(h.root.cert));
    assert_false(ky_cert_self_issued(c));
}

static void builds_the_same_bytes_each_time(void **state)
{
    struct ky_cert_tbs t;
    struct ky_policy policy;
    static const uint8_t serial[SERIAL_SIZE] = {0x40};
    ky_auto_buf name = ky_buf_init(KY_NAME_DER_MAX), a = ky_buf_init(KY_CERT_DER_MAX),
                b = ky_buf_init(KY_CERT_DER_MAX);
    party_tbs(&t, &policy, &name, serial, &h.user, &h.ca, KY_PROFILE_SUBSCRIBER, "a", T0, T0 + KY_DAY);
    assert_ok(ky_cert_tbs_encode(&a, &t));
    assert_ok(ky_cert_tbs_encode(&b, &t));
    assert_true(ky_bytes_eq(ky_buf_bytes(&a), ky_buf_bytes(&b)));
}

static void verifies_only_with_the_issuers_key(void **state)
{
    assert_ok(ky_cert_verify_signature(h.user.cert, h.ca.cert));
    assert_ok(ky_cert_verify_signature(h.root.cert, h.root.cert));
    assert_rc(ky_cert_verify_signature(h.user.cert, h.root.cert), KY_EAUTH);
}

static void openssl_verifies_the_chain(void **state)
{
    char out[4096];
    write_cert("root.pem", h.root.cert);
    write_cert("ca.pem", h.ca.cert);
    write_cert("user.pem", h.user.cert);
    write_cert("tsa.pem", h.tsa.cert);
    write_cert("ocsp.pem", h.ocsp.cert);
    assert_int_equal(
        run(out, sizeof out,
            "openssl verify -x509_strict -attime %lld -CAfile root.pem -untrusted ca.pem user.pem ocsp.pem",
            (long long)NOW),
        0);
    assert_int_equal(run(out, sizeof out,
                         "openssl verify -x509_strict -purpose timestampsign -attime %lld -CAfile root.pem "
                         "-untrusted ca.pem tsa.pem",
                         (long long)NOW),
                     0);
    assert_int_equal(
        run(out, sizeof out, "openssl x509 -in user.pem -noout -text -nameopt utf8,sep_comma_plus"), 0);
    assert_non_null(strstr(out, "Nguyễn Văn Á"));
    assert_non_null(strstr(out, "Non Repudiation"));
    assert_non_null(strstr(out, "email:nguyenvana@example.vn"));
    assert_non_null(strstr(out, "CA Issuers - URI:http://ca.example.vn:8080/crt/issuing.crt"));
    assert_int_equal(run(out, sizeof out, "openssl x509 -in tsa.pem -noout -text"), 0);
    assert_non_null(strstr(out, "Time Stamping"));
}

static void works_with_rsa_and_pss(void **state)
{
    char out[4096];
    struct party root = {0}, user = {0};
    party_init(&root, KY_KEY_RSA2048);
    party_init(&user, KY_KEY_P384);
    root.sigkey.scheme = KY_RSA_PSS;
    root.sigkey.hash = KY_SHA384;
    party_certify(&root, &root, KY_PROFILE_ROOT, "root", 1, T0, T0 + KY_DAY);
    party_certify(&user, &root, KY_PROFILE_SUBSCRIBER, "user", 2, T0, T0 + KY_DAY);
    assert_ok(ky_cert_verify_signature(user.cert, root.cert));
    write_cert("pss-root.pem", root.cert);
    write_cert("pss-user.pem", user.cert);
    assert_int_equal(run(out, sizeof out,
                         "openssl verify -x509_strict -attime %lld -CAfile pss-root.pem pss-user.pem",
                         (long long)T0 + 9),
                     0);
    party_clear(&user);
    party_clear(&root);
}

static void writes_generalized_time_from_2050(void **state)
{
    static const uint8_t serial[SERIAL_SIZE] = {0x40};
    struct ky_cert_tbs t;
    struct ky_policy policy;
    ky_auto_buf name = ky_buf_init(KY_NAME_DER_MAX), der = ky_buf_init(KY_CERT_DER_MAX);
    party_tbs(&t, &policy, &name, serial, &h.root, &h.root, KY_PROFILE_ROOT, "a", T0, T0 + KY_DAY);
    t.not_after = 2524608000; /* 2050-01-01 */
    assert_ok(ky_cert_tbs_encode(&der, &t));
    assert_non_null(memmem(der.p, der.n,
                           "\x18\x0f"
                           "20500101000000Z",
                           17));
}

static void refuses_to_build_nonsense(void **state)
{
    static const uint8_t serial[SERIAL_SIZE] = {0x40}, negative[1] = {0x80}, zero[2] = {0, 1};
    struct ky_cert_tbs good;
    struct ky_policy policy;
    ky_auto_buf name = ky_buf_init(KY_NAME_DER_MAX);
    party_tbs(&good, &policy, &name, serial, &h.user, &h.ca, KY_PROFILE_SUBSCRIBER, "a", T0, T0 + KY_DAY);
    struct ky_cert_tbs bad[12];
    for (size_t i = 0; i < KY_COUNT(bad); i++)
        bad[i] = good;
    bad[0].serial = KY_BYTES_OF(negative);
    bad[1].serial = KY_BYTES_OF(zero);
    bad[2].serial = KY_BYTES_NONE;
    bad[3].not_after = bad[3].not_before;
    bad[4].path_len = 0;
    bad[5].key_usage = 0;
    bad[6].subject = KY_BYTES_NONE;
    bad[7].email = "không@đúng";
    bad[8].crl_url = "http://a b";
    bad[9].not_after = 253402300800;
    bad[10].ocsp_url = "";
    bad[11].email = "no-at-sign";
    for (size_t i = 0; i < KY_COUNT(bad); i++) {
        ky_auto_buf der = ky_buf_init(KY_CERT_DER_MAX);
        if (ky_cert_tbs_encode(&der, &bad[i]) != KY_EINVAL)
            fail_msg("case %zu", i);
    }
    struct ky_sigkey other = h.ca.sigkey;
    other.hash = KY_SHA384;
    ky_auto_buf der = ky_buf_init(KY_CERT_DER_MAX);
    assert_rc(ky_cert_issue(&der, &good, &other), KY_EINVAL);
}

static void refuses_damaged_certificates(void **state)
{
    struct ky_bytes der = h.user.cert->der;
    ky_auto_buf copy = ky_buf_init(KY_CERT_DER_MAX);
    struct ky_cert *c = NULL;
    for (size_t n = 0; n < der.n; n++)
        assert_rc(ky_cert_parse(&c, KY_BYTES(der.p, n)), KY_EFORMAT);
    ky_buf_add(&copy, der);
    ky_buf_add_u8(&copy, 0);
    assert_rc(ky_cert_parse(&c, ky_buf_bytes(&copy)), KY_EFORMAT);
    copy.n--;
    copy.p[copy.n - 1] ^= 1; /* in the signature: still a certificate, no longer signed */
    assert_ok(ky_cert_parse(&c, ky_buf_bytes(&copy)));
    assert_rc(ky_cert_verify_signature(c, h.ca.cert), KY_EAUTH);
    ky_cert_free(c);
}

static void refuses_an_extension_twice(void **state)
{
    struct ky_bytes der = h.user.cert->der;
    struct ky_cert *c = NULL;
    ky_auto_buf copy = ky_buf_init(KY_CERT_DER_MAX);
    ky_buf_add(&copy, der);
    uint8_t *ski =
        memmem(copy.p, copy.n, "\x55\x1d\x0e", 3); /* subjectKeyIdentifier becomes a second keyUsage */
    assert_non_null(ski);
    ski[2] = 0x0f;
    assert_rc(ky_cert_parse(&c, ky_buf_bytes(&copy)), KY_EFORMAT);
}

static void notes_unknown_critical_extensions(void **state)
{
    struct ky_bytes der = h.user.cert->der;
    ky_auto_buf copy = ky_buf_init(KY_CERT_DER_MAX);
    struct ky_cert *c = NULL;
    ky_buf_add(&copy, der);
    uint8_t *ku = memmem(copy.p, copy.n, "\x55\x1d\x0f\x01\x01\xff", 6);
    assert_non_null(ku);
    ku[2] = 0x7f;
    assert_ok(ky_cert_parse(&c, ky_buf_bytes(&copy)));
    assert_true(c->unknown_critical);
    assert_false(c->has_key_usage);
    ky_cert_free(c);
}

static void reads_pem_and_der(void **state)
{
    ky_auto_buf pem = ky_buf_init(2 * KY_CERT_DER_MAX);
    struct ky_cert *c = NULL;
    ky_buf_add_str(&pem, "subject=whatever\n");
    ky_buf_add_cert_pem(&pem, h.user.cert->der);
    assert_ok(ky_cert_parse_any(&c, ky_buf_bytes(&pem)));
    assert_true(ky_bytes_eq(c->der, h.user.cert->der));
    ky_cert_free(c);
    assert_ok(ky_cert_parse_any(&c, h.user.cert->der));
    ky_cert_free(c);
    assert_rc(ky_cert_parse_any(&c, KY_BYTES_LIT("-----BEGIN CERTIFICATE-----\nAAAA")), KY_EFORMAT);
    assert_rc(
        ky_cert_parse_any(&c, KY_BYTES_LIT("-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----")),
        KY_EFORMAT);
}

/* A certificate of openssl's own making, with what kyso does not issue. */
static void reads_foreign_certificates(void **state)
{
    char out[4096];
    ky_auto_buf pem = ky_buf_init(KY_CERT_DER_MAX);
    struct ky_cert *c = NULL;
    assert_int_equal(run(out, sizeof out,
                         "openssl req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out f.pem -days 9000 "
                         "-sha256 -subj '/C=VN/CN=a/UID=MST:1' "
                         "-addext 'keyUsage=digitalSignature,keyEncipherment' -addext "
                         "'extendedKeyUsage=emailProtection,1.2.3.4' "
                         "-addext 'subjectAltName=DNS:a.vn,email:x@a.vn' -addext "
                         "'crlDistributionPoints=URI:http://a/c' -addext 'noCheck=ignored' "
                         "-addext 'authorityInfoAccess=OCSP;URI:http://a/o' -addext "
                         "'nameConstraints=critical,permitted;DNS:vn'"),
                     0);
    read_file(&pem, "f.pem");
    assert_ok(ky_cert_parse_any(&c, ky_buf_bytes(&pem)));
    assert_int_equal(c->key_usage, KY_KU_DIGITAL_SIGNATURE | KY_KU_KEY_ENCIPHERMENT);
    assert_int_equal(c->ekus, KY_EKU_EMAIL_PROTECTION | KY_EKU_OTHER);
    assert_string_equal(c->email, "x@a.vn");
    assert_true(c->ca && c->ocsp_nocheck && !c->unknown_critical);
    assert_ok(ky_cert_verify_signature(c, c));
    assert_int_equal(run(out, sizeof out, "openssl req -x509 -key k.pem -out s.pem -sha1 -subj /CN=a"), 0);
    ky_cert_free(c);
    ky_buf_reset(&pem);
    read_file(&pem, "s.pem");
    assert_ok(ky_cert_parse_any(&c, ky_buf_bytes(&pem)));
    assert_rc(ky_cert_verify_signature(c, c), KY_EDENIED);
    ky_cert_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_back_what_was_built),
        cmocka_unit_test(builds_the_same_bytes_each_time),
        cmocka_unit_test(verifies_only_with_the_issuers_key),
        cmocka_unit_test(openssl_verifies_the_chain),
        cmocka_unit_test(works_with_rsa_and_pss),
        cmocka_unit_test(writes_generalized_time_from_2050),
        cmocka_unit_test(refuses_to_build_nonsense),
        cmocka_unit_test(refuses_damaged_certificates),
        cmocka_unit_test(refuses_an_extension_twice),
        cmocka_unit_test(notes_unknown_critical_extensions),
        cmocka_unit_test(reads_pem_and_der),
        cmocka_unit_test(reads_foreign_certificates),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
