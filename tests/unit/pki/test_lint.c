#include "hierarchy.h"

#include "pki/lint.h"

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

static bool found(const struct ky_lint_report *r, const char *rule)
{
    for (size_t i = 0; i < r->n; i++)
        if (strcmp(r->v[i].rule, rule) == 0)
            return true;
    return false;
}

static void own_profiles_are_clean(void **state)
{
    const struct {
        const struct party *party, *issuer;
        ky_profile_kind kind;
    } cases[] = {
        {&h.root, NULL, KY_PROFILE_ROOT},
        {&h.ca, &h.root, KY_PROFILE_ISSUING_CA},
        {&h.ocsp, &h.ca, KY_PROFILE_OCSP},
        {&h.tsa, &h.ca, KY_PROFILE_TSA},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        struct ky_lint_report r;
        assert_ok(ky_lint_cert(&r, cases[i].party->cert->der, cases[i].kind,
                               cases[i].issuer == NULL ? NULL : cases[i].issuer->cert));
        assert_int_equal(r.n, 0);
    }
}

static void advice_does_not_stop_the_issue(void **state)
{
    struct ky_lint_report r;
    assert_ok(ky_lint_cert(&r, h.user.cert->der, KY_PROFILE_SUBSCRIBER, h.ca.cert));
    assert_int_equal(r.n, 2);
    assert_true(found(&r, "person_names") && r.v[0].advice);
    assert_true(found(&r, "person_serial") && r.v[1].advice);
}

/* Changes to a subscriber's TBS, each breaking one rule. */
static const uint8_t short_serial[] = {0x55, 1, 2, 3, 4, 5, 6}, other_id[KY_KEY_ID_SIZE] = {1};

static void spoil(struct ky_cert_tbs *t, const char *rule)
{
    static char url[] = "https://ca.example.vn/crl";
    if (strcmp(rule, "serial_entropy") == 0)
        t->serial = KY_BYTES_OF(short_serial);
    else if (strcmp(rule, "validity_profile") == 0)
        t->not_after = T0 + 2000 * KY_DAY;
    else if (strcmp(rule, "validity_issuer") == 0)
        t->not_before = T0 - KY_DAY;
    else if (strcmp(rule, "issuer_copied") == 0)
        t->issuer = h.root.cert->subject;
    else if (strcmp(rule, "aki_issuer") == 0)
        t->aki = KY_BYTES_OF(other_id);
    else if (strcmp(rule, "key_usage_profile") == 0)
        t->key_usage |= KY_KU_DATA_ENCIPHERMENT;
    else if (strcmp(rule, "key_usage_ca") == 0)
        t->key_usage |= KY_KU_KEY_CERT_SIGN;
    else if (strcmp(rule, "key_usage_type_a") == 0)
        t->key_usage |= KY_KU_DIGITAL_SIGNATURE;
    else if (strcmp(rule, "basic_constraints_leaf") == 0)
        t->ca = true;
    else if (strcmp(rule, "eku_profile") == 0)
        t->ekus = KY_EKU_CODE_SIGNING;
    else if (strcmp(rule, "policies_profile") == 0)
        t->n_policies = 0;
    else if (strcmp(rule, "addresses_profile") == 0)
        t->ocsp_url = NULL;
    else if (strcmp(rule, "addresses_http") == 0)
        t->crl_url = url;
    else if (strcmp(rule, "no_nocheck") == 0)
        t->ocsp_nocheck = true;
    else
        fail_msg("no such case: %s", rule);
}

static void each_broken_rule_is_named(void **state)
{
    static const char *const cases[] = {
        "serial_entropy",         "validity_profile", "validity_issuer",
        "issuer_copied",          "aki_issuer",       "key_usage_profile",
        "key_usage_ca",           "key_usage_type_a", "eku_profile",
        "basic_constraints_leaf", "policies_profile", "addresses_http",
        "addresses_profile",      "no_nocheck",
    };
    static const uint8_t serial[SERIAL_SIZE] = {0x40};
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        struct ky_cert_tbs t;
        struct ky_policy policy;
        struct ky_lint_report r;
        ky_auto_buf name = ky_buf_init(KY_NAME_DER_MAX), der = ky_buf_init(KY_CERT_DER_MAX);
        party_tbs(&t, &policy, &name, serial, &h.user, &h.ca, KY_PROFILE_SUBSCRIBER, "a", T0, T0 + KY_DAY);
        spoil(&t, cases[i]);
        assert_ok(ky_cert_issue(&der, &t, &h.ca.sigkey));
        assert_rc(ky_lint_cert(&r, ky_buf_bytes(&der), KY_PROFILE_SUBSCRIBER, h.ca.cert), KY_EDENIED);
        if (!found(&r, cases[i]))
            fail_msg("%s not found, but %s", cases[i], ky_error());
    }
}

/* What our own encoder does not write, made by openssl. */
static void finds_what_others_do_wrong(void **state)
{
    static const struct {
        const char *options, *rule;
    } cases[] = {
        {"-subj /CN=a", "subject_country"},
        {"-subj /C=VN", "subject_common_name"},
        {"-subj /C=VN/CN=a", "subject_organisation"},
        {"-subj /C=VN/O=a/CN=a/CN=b", "subject_once"},
        {"-subj /C=vn/O=a/CN=a", "subject_exact"},
        {"-subj /C=VN/O=a/CN=a/dnQualifier=a", "subject_exact"},
        {"-subj /C=VN/O=a/CN=a+OU=b -multivalue-rdn", "subject_exact"},
        {"-subj /CN=a", "issuer_named"},
        {"-subj /C=VN/O=a/CN=a -sha1", "algorithm_exact"},
        {"-subj /C=VN/O=a/CN=a -newkey rsa:1024", "key_accepted"},
        {"-subj /C=VN/O=a/CN=a -set_serial 0x00", "serial_entropy"},
        {"-subj /C=VN/O=a/CN=a -set_serial 0x7f0102030405060708090a0b0c0d0e0f101112131415", "serial_length"},
        {"-subj /C=VN/O=a/CN=a -set_serial -5", "serial_positive"},
        {"-subj /C=VN/O=a/CN=a -addext 1.2.3.4=critical,ASN1:NULL", "no_unknown_critical"},
        {"-subj /C=VN/O=a/CN=a -addext subjectAltName=critical,DNS:a", "san_email"},
        {"-subj /C=VN/O=a/CN=a -addext authorityInfoAccess=critical,OCSP\\;URI:http://a",
         "addresses_not_critical"},
        {"-subj /C=VN/O=a/CN=a -addext subjectKeyIdentifier=00", "ski_present"},
        {"-subj /C=VN/O=a/CN=a -addext basicConstraints=CA:TRUE,pathlen:3", "basic_constraints_ca"},
        {"-subj /C=VN/O=a/CN=a -days 12000", "validity_profile"},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        char out[4096];
        struct ky_lint_report r;
        ky_auto_buf der = ky_buf_init(KY_CERT_DER_MAX);
        write_file("bare.cnf", KY_BYTES_LIT("[req]\ndistinguished_name=d\n[d]\n"));
        if (run(out, sizeof out,
                "openssl req -x509 -config bare.cnf -newkey rsa:2048 -nodes -keyout k.pem -outform DER -out "
                "c.der %s",
                cases[i].options) != 0)
            fail_msg("%s: %s", cases[i].options, out);
        read_file(&der, "c.der");
        assert_rc(ky_lint_cert(&r, ky_buf_bytes(&der), KY_PROFILE_ROOT, NULL), KY_EDENIED);
        if (!found(&r, cases[i].rule))
            fail_msg("%s: %s not found", cases[i].options, cases[i].rule);
    }
}

static void a_certificate_of_another_kind_is_refused(void **state)
{
    struct ky_lint_report r;
    assert_rc(ky_lint_cert(&r, h.user.cert->der, KY_PROFILE_OCSP, h.ca.cert), KY_EDENIED);
    assert_true(found(&r, "ocsp_nocheck"));
    assert_rc(ky_lint_cert(&r, h.ca.cert->der, KY_PROFILE_ROOT, NULL), KY_EDENIED);
    assert_true(found(&r, "root_self_issued"));
    assert_rc(ky_lint_cert(&r, KY_BYTES_LIT("\x30\x00"), KY_PROFILE_ROOT, NULL), KY_EFORMAT);
}

static void rules_have_ids_and_sources(void **state)
{
    for (size_t i = 0; i < ky_lint_rule_count(); i++) {
        assert_true(strlen(ky_lint_rule(i)->rule) > 0 && strlen(ky_lint_rule(i)->source) > 0);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(ky_lint_rule(i)->rule, ky_lint_rule(j)->rule);
    }
}

static void profiles_have_names_and_limits(void **state)
{
    const struct ky_profile *p;
    struct ky_cert_tbs t = {.not_after = 6 * 366 * KY_DAY};
    struct ky_policy slot;
    const struct ky_profile_conf empty = {0};
    for (ky_profile_kind k = 0; k < KY_PROFILE_KIND_COUNT; k++) {
        assert_ok(ky_profile_by_name(&p, ky_profile(k)->name));
        assert_ptr_equal(p, ky_profile(k));
        assert_int_equal(p->kind, k);
    }
    assert_rc(ky_profile_by_name(&p, "tls"), KY_ENOTFOUND);
    assert_rc(ky_profile_apply(&t, &slot, ky_profile(KY_PROFILE_SUBSCRIBER), &demo_conf), KY_EDENIED);
    t.not_after = KY_DAY;
    assert_rc(ky_profile_apply(&t, &slot, ky_profile(KY_PROFILE_SUBSCRIBER), &empty), KY_EDENIED);
    assert_rc(ky_profile_apply(&t, &slot, ky_profile(KY_PROFILE_SUBSCRIBER),
                               &(struct ky_profile_conf){.crl_url = "http://a"}),
              KY_EDENIED);
    assert_ok(ky_profile_apply(&t, &slot, ky_profile(KY_PROFILE_OCSP), &empty));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_profiles_are_clean),
        cmocka_unit_test(advice_does_not_stop_the_issue),
        cmocka_unit_test(each_broken_rule_is_named),
        cmocka_unit_test(finds_what_others_do_wrong),
        cmocka_unit_test(a_certificate_of_another_kind_is_refused),
        cmocka_unit_test(rules_have_ids_and_sources),
        cmocka_unit_test(profiles_have_names_and_limits),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
