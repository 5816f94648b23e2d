#include "hierarchy.h"

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

/* Gives n entries with serials 0x41 ‖ number, in descending order. */
struct stream {
    uint32_t left;
    uint8_t serial[8];
    ky_crl_reason reason;
    ky_time invalid_since;
    ky_rc fail_with; /* in place of the last */
};

static ky_rc next_entry(void *ctx, struct ky_crl_entry *out)
{
    struct stream *s = ctx;
    if (s->left == 0)
        return s->fail_with == KY_OK ? KY_ENOTFOUND : s->fail_with;
    memset(s->serial, 0x41, 4);
    ky_put_u32(s->serial + 4, s->left--);
    *out = (struct ky_crl_entry){KY_BYTES_OF(s->serial), NOW - KY_DAY, s->reason, s->invalid_since};
    return KY_OK;
}

static void build(struct ky_buf *out, struct stream *s)
{
    const struct ky_crl_tbs t = {
        .issuer = h.ca.cert->subject,
        .aki = h.ca.cert->ski,
        .this_update = NOW,
        .next_update = NOW + KY_DAY,
        .number = 0x8000,
    };
    assert_ok(ky_crl_build(out, &t, &h.ca.sigkey, next_entry, s));
}

static void empty_list_has_no_entries_field(void **state)
{
    char out[8192];
    ky_auto_buf der = ky_buf_init(KY_CRL_DER_MAX);
    ky_auto_crl crl = NULL;
    build(&der, &(struct stream){0});
    assert_ok(ky_crl_parse(&crl, ky_buf_bytes(&der)));
    assert_int_equal(crl->n_entries, 0);
    assert_null(crl->entries.p);
    assert_ok(ky_crl_verify(crl, h.ca.cert));
    assert_true(ky_bytes_eq(crl->number, KY_BYTES_LIT("\x00\x80\x00")));
    assert_true(ky_bytes_eq(crl->aki, h.ca.cert->ski));
    assert_int_equal(crl->next_update, NOW + KY_DAY);
    write_file("empty.crl", ky_buf_bytes(&der));
    assert_int_equal(run(out, sizeof out, "openssl crl -inform DER -in empty.crl -noout -text"), 0);
    assert_non_null(strstr(out, "No Revoked Certificates"));
}

static void openssl_reads_reason_and_invalidity(void **state)
{
    char out[8192];
    ky_auto_buf der = ky_buf_init(KY_CRL_DER_MAX);
    ky_auto_crl crl = NULL;
    struct ky_crl_entry e;
    build(&der,
          &(struct stream){.left = 2, .reason = KY_REASON_KEY_COMPROMISE, .invalid_since = NOW - 9 * KY_DAY});
    assert_ok(ky_crl_parse(&crl, ky_buf_bytes(&der)));
    assert_ok(ky_crl_find(&e, crl, KY_BYTES_LIT("AAAA\0\0\0\2")));
    assert_int_equal(e.reason, KY_REASON_KEY_COMPROMISE);
    assert_int_equal(e.revoked_at, NOW - KY_DAY);
    assert_int_equal(e.invalid_since, NOW - 9 * KY_DAY);
    assert_rc(ky_crl_find(&e, crl, KY_BYTES_LIT("AAAA\0\0\0\3")), KY_ENOTFOUND);
    assert_rc(ky_crl_find(&e, crl, KY_BYTES_LIT("AAAA\0\0\0")), KY_ENOTFOUND);
    write_cert("ca.pem", h.ca.cert);
    write_file("two.crl", ky_buf_bytes(&der));
    assert_int_equal(run(out, sizeof out, "openssl crl -inform DER -in two.crl -noout -text -CAfile ca.pem"),
                     0);
    assert_non_null(strstr(out, "verify OK"));
    assert_non_null(strstr(out, "Key Compromise"));
    assert_non_null(strstr(out, "Invalidity Date"));
    assert_non_null(strstr(out, "X509v3 CRL Number"));
}

static void unspecified_reason_is_not_written(void **state)
{
    ky_auto_buf der = ky_buf_init(KY_CRL_DER_MAX);
    ky_auto_crl crl = NULL;
    struct ky_crl_entry e;
    build(&der, &(struct stream){.left = 1});
    assert_null(memmem(der.p, der.n, "\x55\x1d\x15", 3));
    assert_ok(ky_crl_parse(&crl, ky_buf_bytes(&der)));
    assert_ok(ky_crl_find(&e, crl, KY_BYTES_LIT("AAAA\0\0\0\1")));
    assert_int_equal(e.reason, KY_REASON_UNSPECIFIED);
    assert_int_equal(e.invalid_since, 0);
}

static void finds_each_of_many(void **state)
{
    enum { MANY = 20000 };
    ky_auto_buf der = ky_buf_init(KY_CRL_DER_MAX);
    ky_auto_crl crl = NULL;
    struct ky_crl_entry e;
    build(&der, &(struct stream){.left = MANY, .reason = KY_REASON_SUPERSEDED});
    assert_ok(ky_crl_parse(&crl, ky_buf_bytes(&der)));
    assert_int_equal(crl->n_entries, MANY);
    uint8_t serial[8] = "AAAA";
    for (uint32_t i = 1; i <= MANY; i++) {
        ky_put_u32(serial + 4, i);
        assert_ok(ky_crl_find(&e, crl, KY_BYTES_OF(serial)));
    }
    ky_put_u32(serial + 4, MANY + 1);
    assert_rc(ky_crl_find(&e, crl, KY_BYTES_OF(serial)), KY_ENOTFOUND);
}

static void a_failing_stream_stops_the_build(void **state)
{
    ky_auto_buf der = ky_buf_init(KY_CRL_DER_MAX);
    struct ky_crl_tbs t = {
        .issuer = h.ca.cert->subject, .aki = h.ca.cert->ski, .this_update = NOW, .next_update = NOW + 1};
    assert_rc(
        ky_crl_build(&der, &t, &h.ca.sigkey, next_entry, &(struct stream){.left = 3, .fail_with = KY_EIO}),
        KY_EIO);
    assert_rc(ky_crl_build(&der, &t, &h.ca.sigkey, next_entry, &(struct stream){.fail_with = KY_EIO}),
              KY_EIO);
    t.next_update = NOW;
    assert_rc(ky_crl_build(&der, &t, &h.ca.sigkey, next_entry, &(struct stream){0}), KY_EINVAL);
}

static ky_rc empty_serial(void *ctx, struct ky_crl_entry *out)
{
    *out = (struct ky_crl_entry){0};
    return KY_OK;
}

static void refuses_an_entry_without_serial(void **state)
{
    ky_auto_buf der = ky_buf_init(KY_CRL_DER_MAX);
    struct ky_crl_tbs t = {
        .issuer = h.ca.cert->subject, .aki = h.ca.cert->ski, .this_update = NOW, .next_update = NOW + 1};
    assert_rc(ky_crl_build(&der, &t, &h.ca.sigkey, empty_serial, NULL), KY_EINVAL);
}

static void partition_names_its_distribution_point(void **state)
{
    ky_auto_buf der = ky_buf_init(KY_CRL_DER_MAX);
    ky_auto_crl crl = NULL;
    struct ky_crl_tbs t = {.issuer = h.ca.cert->subject,
                           .aki = h.ca.cert->ski,
                           .this_update = NOW,
                           .next_update = NOW + 1,
                           .partition_url = "http://a/7.crl"};
    assert_ok(ky_crl_build(&der, &t, &h.ca.sigkey, next_entry, &(struct stream){.left = 1}));
    assert_ok(ky_crl_parse(&crl, ky_buf_bytes(&der)));
    assert_string_equal(crl->partition_url, "http://a/7.crl");
    assert_true(crl->has_partition && !crl->indirect && !crl->unknown_critical);
}

static void verifies_only_with_the_issuer(void **state)
{
    ky_auto_buf der = ky_buf_init(KY_CRL_DER_MAX);
    ky_auto_crl crl = NULL;
    build(&der, &(struct stream){.left = 1});
    der.p[der.n - 1] ^= 1;
    assert_ok(ky_crl_parse(&crl, ky_buf_bytes(&der)));
    assert_rc(ky_crl_verify(crl, h.ca.cert), KY_EAUTH);
    assert_rc(ky_crl_verify(crl, h.root.cert), KY_EAUTH);
    struct ky_cert without_right = *h.ca.cert;
    without_right.key_usage = KY_KU_KEY_CERT_SIGN;
    assert_rc(ky_crl_verify(crl, &without_right), KY_EAUTH);
}

static void refuses_damaged_lists(void **state)
{
    ky_auto_buf der = ky_buf_init(KY_CRL_DER_MAX);
    struct ky_crl *crl = NULL;
    build(&der, &(struct stream){.left = 2, .reason = KY_REASON_HOLD, .invalid_since = NOW});
    for (size_t n = 0; n < der.n; n++)
        assert_rc(ky_crl_parse(&crl, KY_BYTES(der.p, n)), KY_EFORMAT);
    uint8_t *reason = memmem(der.p, der.n, "\x0a\x01\x06", 3);
    assert_non_null(reason);
    reason[2] = 7; /* unused in the standard */
    assert_rc(ky_crl_parse(&crl, ky_buf_bytes(&der)), KY_EFORMAT);
}

/* openssl ca makes a delta-less v2 list with an issuingDistributionPoint of all flags. */
static void reads_flags_of_foreign_lists(void **state)
{
    char out[4096];
    ky_auto_buf der = ky_buf_init(KY_CRL_DER_MAX);
    ky_auto_crl crl = NULL;
    write_file(
        "ca.cnf",
        KY_BYTES_LIT("[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ndefault_md=sha256\ncrl_extensions=e\n"
                     "[e]\nissuingDistributionPoint=critical,@i\n2.5.29.27=critical,ASN1:INTEGER:4\n1.2.3.4="
                     "critical,ASN1:NULL\n"
                     "[i]\nfullname=URI:http://a/"
                     "b.crl\nonlyuser=TRUE\nindirectCRL=TRUE\nonlysomereasons=keyCompromise\n"));
    assert_int_equal(run(out, sizeof out,
                         ": > index.txt; openssl req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out c.pem "
                         "-subj /CN=a && "
                         "openssl ca -config ca.cnf -gencrl -cert c.pem -keyfile k.pem -crldays 3 -out f.pem "
                         "&& openssl crl -in f.pem -outform DER -out f.crl"),
                     0);
    read_file(&der, "f.crl");
    assert_ok(ky_crl_parse(&crl, ky_buf_bytes(&der)));
    assert_true(crl->delta && crl->only_user && crl->indirect && crl->some_reasons && crl->unknown_critical);
    assert_false(crl->only_ca || crl->only_attribute);
    assert_string_equal(crl->partition_url, "http://a/b.crl");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_list_has_no_entries_field),
        cmocka_unit_test(openssl_reads_reason_and_invalidity),
        cmocka_unit_test(unspecified_reason_is_not_written),
        cmocka_unit_test(finds_each_of_many),
        cmocka_unit_test(a_failing_stream_stops_the_build),
        cmocka_unit_test(refuses_an_entry_without_serial),
        cmocka_unit_test(partition_names_its_distribution_point),
        cmocka_unit_test(verifies_only_with_the_issuer),
        cmocka_unit_test(refuses_damaged_lists),
        cmocka_unit_test(reads_flags_of_foreign_lists),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
