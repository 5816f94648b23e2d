#include "hierarchy.h"

static struct hierarchy h;
static const struct ky_cert *anchors[1], *intermediates[1];

static int setup(void **state)
{
    hierarchy_init(&h, KY_KEY_P256);
    anchors[0] = h.root.cert;
    intermediates[0] = h.ca.cert;
    return 0;
}

static int teardown(void **state)
{
    hierarchy_clear(&h);
    return 0;
}

static struct ky_chain_in question(const struct ky_cert *leaf)
{
    return (struct ky_chain_in){
        .leaf = leaf, .anchors = {anchors, 1}, .intermediates = {intermediates, 1}, .at = NOW};
}

static void expect(const struct ky_chain_in *in, ky_sub sub, size_t at_fault)
{
    struct ky_chain c;
    assert_ok(ky_chain_validate(&c, in));
    if (c.sub != sub || c.at_fault != at_fault)
        fail_msg("%s at %zu (%s), not %s at %zu", ky_sub_name(c.sub), c.at_fault, c.text, ky_sub_name(sub),
                 at_fault);
}

static void finds_the_path(void **state)
{
    struct ky_chain c;
    struct ky_chain_in in = question(h.user.cert);
    assert_ok(ky_chain_validate(&c, &in));
    assert_int_equal(c.sub, KY_SUB_NONE);
    assert_int_equal(c.n_path, 3);
    assert_ptr_equal(c.path[0], h.user.cert);
    assert_ptr_equal(c.path[1], h.ca.cert);
    assert_ptr_equal(c.path[2], h.root.cert);
}

static void an_intermediate_may_be_the_anchor(void **state)
{
    struct ky_chain c;
    struct ky_chain_in in = question(h.user.cert);
    in.anchors = (struct ky_certs){intermediates, 1};
    in.intermediates.n = 0;
    assert_ok(ky_chain_validate(&c, &in));
    assert_int_equal(c.sub, KY_SUB_NONE);
    assert_int_equal(c.n_path, 2);
}

static void says_what_is_wrong_with_a_path(void **state)
{
    struct ky_chain_in in = question(h.user.cert);
    in.intermediates.n = 0;
    expect(&in, KY_SUB_NO_CERTIFICATE_CHAIN_FOUND, 0);
    in = question(h.user.cert);
    in.anchors.n = 0;
    expect(&in, KY_SUB_NO_CERTIFICATE_CHAIN_FOUND, 1);
    in = question(h.user.cert);
    in.at = T0 + 366 * KY_DAY;
    expect(&in, KY_SUB_EXPIRED, 0);
    in.at = T0 - 1;
    expect(&in, KY_SUB_NOT_YET_VALID, 2);
    in = question(h.user.cert);
    in.key_usage_any = KY_KU_DIGITAL_SIGNATURE;
    expect(&in, KY_SUB_CHAIN_CONSTRAINTS_FAILURE, 0);
    in.key_usage_any |= KY_KU_NON_REPUDIATION;
    expect(&in, KY_SUB_NONE, 0);
    in.eku_all = KY_EKU_TIME_STAMPING;
    expect(&in, KY_SUB_CHAIN_CONSTRAINTS_FAILURE, 0);
    in = question(h.tsa.cert);
    in.eku_all = KY_EKU_TIME_STAMPING;
    expect(&in, KY_SUB_NONE, 0);
}

static void a_leaf_can_not_issue(void **state)
{
    struct party forged = {0};
    const struct ky_cert *both[] = {h.ca.cert, h.user.cert};
    party_init(&forged, KY_KEY_P256);
    party_certify(&forged, &h.user, KY_PROFILE_SUBSCRIBER, "forged", 66, T0, T0 + 90 * KY_DAY);
    struct ky_chain_in in = question(forged.cert);
    in.intermediates = (struct ky_certs){both, 2};
    struct ky_chain c;
    assert_ok(ky_chain_validate(&c, &in));
    assert_int_not_equal(c.sub, KY_SUB_NONE);
    party_clear(&forged);
}

static void a_namesake_of_the_ca_is_not_the_ca(void **state)
{
    struct party fake = {0}, victim = {0};
    party_init(&fake, KY_KEY_P256);
    party_init(&victim, KY_KEY_P256);
    party_certify(&fake, &fake, KY_PROFILE_ROOT, "CA thử nghiệm", 2, T0, T0 + 90 * KY_DAY);
    assert_true(ky_bytes_eq(fake.cert->subject, h.ca.cert->subject));
    party_certify(&victim, &fake, KY_PROFILE_SUBSCRIBER, "victim", 67, T0, T0 + 90 * KY_DAY);
    struct ky_chain_in in = question(victim.cert);
    expect(&in, KY_SUB_NO_CERTIFICATE_CHAIN_FOUND, 0);
    party_clear(&fake);
    party_clear(&victim);
}

static void weak_algorithms_are_refused(void **state)
{
    char out[4096];
    struct ky_cert *leaf = NULL, *root = NULL;
    ky_auto_buf a = ky_buf_init(KY_CERT_DER_MAX), b = ky_buf_init(KY_CERT_DER_MAX);
    assert_int_equal(run(out, sizeof out,
                         "openssl req -x509 -newkey rsa:2048 -nodes -keyout r.key -out r.pem -subj /CN=r && "
                         "openssl req -newkey rsa:2048 -nodes -keyout l.key -out l.csr -subj /CN=l && "
                         "openssl x509 -req -in l.csr -CA r.pem -CAkey r.key -sha1 -out l.pem"),
                     0);
    read_file(&a, "r.pem");
    read_file(&b, "l.pem");
    assert_ok(ky_cert_parse_any(&root, ky_buf_bytes(&a)));
    assert_ok(ky_cert_parse_any(&leaf, ky_buf_bytes(&b)));
    const struct ky_cert *roots[] = {root};
    struct ky_chain_in in = {.leaf = leaf, .anchors = {roots, 1}, .at = leaf->not_before + 1};
    expect(&in, KY_SUB_CRYPTO_CONSTRAINTS_FAILURE, 0);
    ky_cert_free(leaf);
    ky_cert_free(root);
}

/* --- revocation --- */

struct one {
    const struct ky_cert *cert;
    ky_time revoked_at;
};

static ky_rc next_one(void *ctx, struct ky_crl_entry *e)
{
    struct one *o = ctx;
    if (o->cert == NULL)
        return KY_ENOTFOUND;
    *e = (struct ky_crl_entry){o->cert->serial, o->revoked_at, KY_REASON_KEY_COMPROMISE, 0};
    o->cert = NULL;
    return KY_OK;
}

static struct ky_crl *crl_of(const struct party *issuer, const struct ky_cert *revoked, ky_time revoked_at,
                             ky_time this_update, const char *partition)
{
    ky_auto_buf der = ky_buf_init(KY_CRL_DER_MAX);
    struct ky_crl *crl = NULL;
    const struct ky_crl_tbs t = {
        issuer->cert->subject, issuer->cert->ski, this_update, this_update + KY_DAY, 1, partition};
    assert_ok(ky_crl_build(&der, &t, &issuer->sigkey, next_one, &(struct one){revoked, revoked_at}));
    assert_ok(ky_crl_parse(&crl, ky_buf_bytes(&der)));
    return crl;
}

static void ocsp_of(struct ky_buf *out, ky_ocsp_status status, ky_time this_update, ky_time revoked_at)
{
    ky_auto_buf request = ky_buf_init(KY_OCSP_REQ_MAX);
    struct ky_ocsp_req req;
    assert_ok(ky_ocsp_req_build(&request, h.user.cert, h.ca.cert, 20, KY_BYTES_NONE));
    assert_ok(ky_ocsp_req_parse(&req, ky_buf_bytes(&request)));
    struct ky_ocsp_single s = {req.ids[0].der,       status,      revoked_at,
                               KY_REASON_SUPERSEDED, this_update, this_update + KY_HOUR};
    struct ky_ocsp_resp resp = {h.ocsp.cert, true, this_update, &s, 1, KY_BYTES_NONE};
    assert_ok(ky_ocsp_resp_build(out, &resp, &h.ocsp.sigkey));
}

static void missing_information_is_try_later(void **state)
{
    struct ky_crl *root_crl = crl_of(&h.root, NULL, 0, NOW, NULL);
    const struct ky_crl *crls[] = {root_crl};
    struct ky_chain_in in = question(h.user.cert);
    in.revocation = KY_REVOCATION_REQUIRED;
    expect(&in, KY_SUB_TRY_LATER, 1);
    in.crls = crls;
    in.n_crls = 1;
    expect(&in, KY_SUB_TRY_LATER, 0);
    in.revocation = KY_REVOCATION_IF_KNOWN;
    expect(&in, KY_SUB_NONE, 0);
    ky_crl_free(root_crl);
}

static void crls_decide(void **state)
{
    struct ky_crl *root_crl = crl_of(&h.root, NULL, 0, NOW - 60, NULL),
                  *bad_root_crl = crl_of(&h.root, h.ca.cert, NOW - 90, NOW - 60, NULL),
                  *good = crl_of(&h.ca, NULL, 0, NOW - 60, NULL),
                  *bad = crl_of(&h.ca, h.user.cert, NOW - KY_HOUR, NOW - 30, NULL);
    const struct ky_crl *crls[3] = {root_crl, good, bad};
    struct ky_chain c;
    struct ky_chain_in in = question(h.user.cert);
    in.revocation = KY_REVOCATION_REQUIRED;
    in.crls = crls;
    in.n_crls = 2;
    expect(&in, KY_SUB_NONE, 0);
    in.n_crls = 3;
    assert_ok(ky_chain_validate(&c, &in));
    assert_int_equal(c.sub, KY_SUB_REVOKED);
    assert_int_equal(c.revoked_at, NOW - KY_HOUR);
    assert_int_equal(c.reason, KY_REASON_KEY_COMPROMISE);
    assert_int_equal(c.source[0], KY_REV_CRL);
    assert_int_equal(c.rev_this_update[0], NOW - 30);
    in.at = NOW - 2 * KY_HOUR; /* before the revocation */
    expect(&in, KY_SUB_NONE, 0);
    in.at = NOW + 2 * KY_DAY; /* all lists are past their nextUpdate */
    expect(&in, KY_SUB_TRY_LATER, 1);
    in.at = NOW;
    in.max_age_s = 10;
    expect(&in, KY_SUB_TRY_LATER, 1);
    in.max_age_s = 0;
    crls[0] = bad_root_crl;
    expect(&in, KY_SUB_REVOKED_CA, 1);
    ky_crl_free(root_crl);
    ky_crl_free(bad_root_crl);
    ky_crl_free(good);
    ky_crl_free(bad);
}

static void a_partition_counts_only_for_its_own_certificates(void **state)
{
    struct ky_crl *root_crl = crl_of(&h.root, NULL, 0, NOW, NULL),
                  *other = crl_of(&h.ca, NULL, 0, NOW, "http://a/2.crl"),
                  *own = crl_of(&h.ca, NULL, 0, NOW, demo_conf.crl_url);
    const struct ky_crl *crls[2] = {root_crl, other};
    struct ky_chain_in in = question(h.user.cert);
    in.revocation = KY_REVOCATION_REQUIRED;
    in.crls = crls;
    in.n_crls = 2;
    expect(&in, KY_SUB_TRY_LATER, 0);
    crls[1] = own;
    expect(&in, KY_SUB_NONE, 0);
    ky_crl_free(root_crl);
    ky_crl_free(other);
    ky_crl_free(own);
}

static void a_list_by_a_stranger_is_no_word(void **state)
{
    struct party fake = {0};
    party_init(&fake, KY_KEY_P256);
    party_certify(&fake, &fake, KY_PROFILE_ROOT, "CA thử nghiệm", 2, T0, T0 + 90 * KY_DAY);
    struct ky_crl *root_crl = crl_of(&h.root, NULL, 0, NOW, NULL),
                  *forged = crl_of(&fake, NULL, 0, NOW, NULL);
    const struct ky_crl *crls[] = {root_crl, forged};
    const struct ky_cert *both[] = {h.ca.cert, fake.cert};
    struct ky_chain_in in = question(h.user.cert);
    in.revocation = KY_REVOCATION_REQUIRED;
    in.intermediates = (struct ky_certs){both, 2};
    in.crls = crls;
    in.n_crls = 2;
    expect(&in, KY_SUB_TRY_LATER, 0);
    ky_crl_free(root_crl);
    ky_crl_free(forged);
    party_clear(&fake);
}

static void ocsp_answers_decide_and_the_newest_wins(void **state)
{
    struct ky_crl *root_crl = crl_of(&h.root, NULL, 0, NOW, NULL);
    const struct ky_crl *crls[] = {root_crl};
    ky_auto_buf good = ky_buf_init(KY_OCSP_RESP_MAX), bad = ky_buf_init(KY_OCSP_RESP_MAX),
                unknown = ky_buf_init(KY_OCSP_RESP_MAX);
    ocsp_of(&good, KY_OCSP_GOOD, NOW - 600, 0);
    ocsp_of(&bad, KY_OCSP_REVOKED, NOW - 300, NOW - 400);
    ocsp_of(&unknown, KY_OCSP_UNKNOWN, NOW, 0);
    const struct ky_bytes ocsps[] = {ky_buf_bytes(&good), ky_buf_bytes(&unknown), ky_buf_bytes(&bad)};
    struct ky_chain c;
    struct ky_chain_in in = question(h.user.cert);
    in.revocation = KY_REVOCATION_REQUIRED;
    in.crls = crls;
    in.n_crls = 1;
    in.ocsps = ocsps;
    in.n_ocsps = 2;
    assert_ok(ky_chain_validate(&c, &in));
    assert_int_equal(c.sub, KY_SUB_NONE);
    assert_int_equal(c.source[0], KY_REV_OCSP);
    in.n_ocsps = 3;
    expect(&in, KY_SUB_REVOKED, 0);
    in.pinned_responder = h.tsa.cert;
    expect(&in, KY_SUB_TRY_LATER, 0);
    in.pinned_responder = h.ocsp.cert;
    expect(&in, KY_SUB_REVOKED, 0);
    in.at = NOW - 500; /* the answer of NOW - 300 tells of a revocation after that */
    expect(&in, KY_SUB_NONE, 0);
    ky_crl_free(root_crl);
}

static void responders_with_nocheck_need_no_word(void **state)
{
    struct ky_crl *root_crl = crl_of(&h.root, NULL, 0, NOW, NULL);
    const struct ky_crl *crls[] = {root_crl};
    struct ky_chain c;
    struct ky_chain_in in = question(h.ocsp.cert);
    in.revocation = KY_REVOCATION_REQUIRED;
    in.crls = crls;
    in.n_crls = 1;
    assert_ok(ky_chain_validate(&c, &in));
    assert_int_equal(c.sub, KY_SUB_NONE);
    assert_int_equal(c.source[0], KY_REV_NOCHECK);
    ky_crl_free(root_crl);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_path),
        cmocka_unit_test(an_intermediate_may_be_the_anchor),
        cmocka_unit_test(says_what_is_wrong_with_a_path),
        cmocka_unit_test(a_leaf_can_not_issue),
        cmocka_unit_test(a_namesake_of_the_ca_is_not_the_ca),
        cmocka_unit_test(weak_algorithms_are_refused),
        cmocka_unit_test(missing_information_is_try_later),
        cmocka_unit_test(crls_decide),
        cmocka_unit_test(a_partition_counts_only_for_its_own_certificates),
        cmocka_unit_test(a_list_by_a_stranger_is_no_word),
        cmocka_unit_test(ocsp_answers_decide_and_the_newest_wins),
        cmocka_unit_test(responders_with_nocheck_need_no_word),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
