#include "hierarchy.h"

#include "crypto/digest.h"
#include "pki/cms.h"

#define DOCUMENT KY_BYTES_LIT("Kính gửi: Sở Giáo dục và Đào tạo\n")

static struct hierarchy h;

static int setup(void **state)
{
    hierarchy_init(&h, KY_KEY_P256);
    write_cert("root.pem", h.root.cert);
    write_cert("ca.pem", h.ca.cert);
    write_file("doc.txt", DOCUMENT);
    return 0;
}

static int teardown(void **state)
{
    hierarchy_clear(&h);
    return 0;
}

static void sign(struct ky_buf *out, const struct party *by, bool detached, ky_time signing_time)
{
    const struct ky_cert *others[] = {h.ca.cert};
    assert_ok(ky_cms_sign(out, &by->sigkey, by->cert, (struct ky_certs){others, 1}, KY_OID_DATA, DOCUMENT,
                          detached, signing_time));
}

static struct ky_bytes digest_of(uint8_t room[KY_HASH_MAX], const struct ky_cms *c, struct ky_bytes content)
{
    assert_ok(ky_digest(room, c->hash, content));
    return KY_BYTES(room, ky_hash_info(c->hash)->size);
}

static void detached_signature_verifies(void **state)
{
    ky_auto_buf der = ky_buf_init(KY_CMS_DER_MAX);
    ky_auto_cms c = NULL;
    uint8_t room[KY_HASH_MAX];
    sign(&der, &h.user, true, 0);
    assert_ok(ky_cms_parse(&c, ky_buf_bytes(&der)));
    assert_true(c->detached && c->attrs_sorted);
    assert_int_equal(c->signing_time, 0);
    assert_int_equal(c->n_signed, 3);
    assert_int_equal(c->n_certs, 2);
    assert_true(ky_bytes_eq(c->signer->der, h.user.cert->der));
    assert_null(ky_cms_find_signed(c, KY_OID_ATTR_SIGNING_TIME));
    assert_ok(ky_cms_verify(c, digest_of(room, c, DOCUMENT), NULL));
    assert_rc(ky_cms_verify(c, digest_of(room, c, KY_BYTES_LIT("another")), NULL), KY_EAUTH);
    assert_rc(ky_cms_verify(c, KY_BYTES_NONE, NULL), KY_EINVAL);
    assert_rc(ky_cms_verify(c, KY_BYTES_LIT("short"), NULL), KY_EINVAL);
}

static void content_may_be_inside(void **state)
{
    ky_auto_buf der = ky_buf_init(KY_CMS_DER_MAX);
    ky_auto_cms c = NULL;
    uint8_t room[KY_HASH_MAX];
    sign(&der, &h.user, false, NOW);
    assert_ok(ky_cms_parse(&c, ky_buf_bytes(&der)));
    assert_true(ky_bytes_eq(c->content, DOCUMENT));
    assert_int_equal(c->signing_time, NOW);
    assert_ok(ky_cms_verify(c, KY_BYTES_NONE, NULL));
    assert_rc(ky_cms_verify(c, digest_of(room, c, DOCUMENT), NULL), KY_EINVAL);
}

static void own_content_type_makes_version_3(void **state)
{
    ky_auto_buf der = ky_buf_init(KY_CMS_DER_MAX);
    ky_auto_cms c = NULL;
    assert_ok(ky_cms_sign(&der, &h.user.sigkey, h.user.cert, (struct ky_certs){0}, KY_OID_CT_STATEMENT,
                          DOCUMENT, false, 0));
    assert_ok(ky_cms_parse(&c, ky_buf_bytes(&der)));
    assert_string_equal(c->content_type, KY_OID_CT_STATEMENT);
    assert_non_null(memmem(der.p, 40, "\x02\x01\x03", 3));
    assert_ok(ky_cms_verify(c, KY_BYTES_NONE, NULL));
}

static void openssl_accepts_all_algorithms(void **state)
{
    static const struct {
        ky_key_type key;
        ky_scheme scheme;
        ky_hash hash;
    } cases[] = {
        {KY_KEY_P256, KY_ECDSA, KY_SHA256},
        {KY_KEY_P384, KY_ECDSA, KY_SHA384},
        {KY_KEY_RSA2048, KY_RSA_PKCS1V15, KY_SHA512},
        {KY_KEY_RSA2048, KY_RSA_PSS, KY_SHA256},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        char out[4096];
        struct party user = {0};
        ky_auto_buf der = ky_buf_init(KY_CMS_DER_MAX);
        ky_auto_cms c = NULL;
        uint8_t room[KY_HASH_MAX];
        party_init(&user, cases[i].key);
        party_certify(&user, &h.ca, KY_PROFILE_OFFICER, "officer", 7, T0, T0 + 90 * KY_DAY);
        user.sigkey.scheme = cases[i].scheme;
        user.sigkey.hash = cases[i].hash;
        sign(&der, &user, true, 0);
        assert_ok(ky_cms_parse(&c, ky_buf_bytes(&der)));
        assert_int_equal(c->scheme, cases[i].scheme);
        assert_ok(ky_cms_verify(c, digest_of(room, c, DOCUMENT), NULL));
        write_file("s.p7s", ky_buf_bytes(&der));
        assert_int_equal(
            run(out, sizeof out,
                "openssl cms -verify -cades -binary -inform DER -in s.p7s -content doc.txt -CAfile root.pem "
                "-purpose any -attime %lld -out /dev/null",
                (long long)NOW),
            0);
        assert_non_null(strstr(out, "Verification successful"));
        party_clear(&user);
    }
}

static void reads_what_openssl_signs(void **state)
{
    char out[4096];
    ky_auto_buf key = ky_buf_init_secret(4096), der = ky_buf_init(KY_CMS_DER_MAX);
    ky_auto_cms c = NULL;
    assert_ok(ky_softkey_store_pem(&key, h.user.key));
    write_file("user.key", ky_buf_bytes(&key));
    write_cert("user.pem", h.user.cert);
    assert_int_equal(run(out, sizeof out,
                         "openssl cms -sign -cades -binary -nodetach -md sha256 -signer user.pem -inkey "
                         "user.key -in doc.txt -outform DER -out o.p7s"),
                     0);
    read_file(&der, "o.p7s");
    assert_ok(ky_cms_parse(&c, ky_buf_bytes(&der)));
    assert_ok(ky_cms_verify(c, KY_BYTES_NONE, NULL));
    assert_true(c->signing_time > 0);
    ky_cms_free(KY_STEAL(c));
    assert_int_equal(run(out, sizeof out,
                         "openssl cms -sign -binary -nodetach -keyid -md sha256 -signer user.pem -inkey "
                         "user.key -in doc.txt -outform DER -out k.p7s"),
                     0);
    ky_buf_reset(&der);
    read_file(&der, "k.p7s");
    assert_ok(ky_cms_parse(&c, ky_buf_bytes(&der)));
    assert_true(ky_bytes_eq(c->sid_ski, h.user.cert->ski));
    assert_ptr_equal(c->signer, c->certs[0]);
    assert_rc(ky_cms_verify(c, KY_BYTES_NONE, NULL), KY_EFORMAT); /* no signing-certificate-v2 */
}

/*
 * What a remote signer sees: the hash of frozen attributes; the assembled message holds them byte for byte.
 */
static void attributes_are_frozen_before_the_signature(void **state)
{
    ky_auto_buf attrs = ky_buf_init(KY_CMS_ATTRS_DER_MAX), der = ky_buf_init(KY_CMS_DER_MAX),
                sig = ky_buf_init(KY_SIGNATURE_MAX), other = ky_buf_init(1000), stamp = ky_buf_init(1000);
    ky_auto_cms c = NULL;
    uint8_t digest[KY_HASH_MAX];
    assert_ok(ky_digest(digest, KY_SHA256, DOCUMENT));
    assert_ok(ky_cms_attr_encode(&other, "1.2.3.4", KY_BYTES_LIT("\x05\x00")));
    assert_ok(ky_cms_attr_encode(&stamp, KY_OID_ATTR_SIGNATURE_TIMESTAMP, KY_BYTES_LIT("\x30\x00")));
    struct ky_bytes others = ky_buf_bytes(&other), unsigned_attrs = ky_buf_bytes(&stamp),
                    crls = KY_BYTES_LIT("\x30\x00");
    struct ky_cms_attrs in = {KY_OID_DATA, KY_SHA256, KY_BYTES(digest, 32), h.user.cert->der, 0, &others, 1};
    assert_ok(ky_cms_attrs_build(&attrs, &in));
    assert_int_equal(attrs.p[0], 0x31);
    assert_ok(ky_sigkey_sign(&sig, &h.user.sigkey, ky_buf_bytes(&attrs)));
    struct ky_cms_parts parts = {
        .content_type = KY_OID_DATA,
        .detached = true,
        .attrs = ky_buf_bytes(&attrs),
        .scheme = KY_ECDSA,
        .hash = KY_SHA256,
        .signature = ky_buf_bytes(&sig),
        .signer = h.user.cert,
        .omit_signer = true,
        .crls = &crls,
        .n_crls = 1,
        .unsigned_attrs = &unsigned_attrs,
        .n_unsigned = 1,
    };
    assert_ok(ky_cms_assemble(&der, &parts));
    assert_non_null(memmem(der.p, der.n, attrs.p + 1, attrs.n - 1));
    assert_ok(ky_cms_parse(&c, ky_buf_bytes(&der)));
    assert_true(ky_bytes_eq(c->signed_attrs, ky_buf_bytes(&attrs)));
    assert_non_null(ky_cms_find_signed(c, "1.2.3.4"));
    assert_non_null(ky_cms_find_unsigned(c, KY_OID_ATTR_SIGNATURE_TIMESTAMP));
    assert_int_equal(c->n_crls, 1);
    assert_null(c->signer);
    assert_rc(ky_cms_verify(c, KY_BYTES(digest, 32), NULL), KY_ENOTFOUND);
    assert_rc(ky_cms_verify(c, KY_BYTES(digest, 32), h.ca.cert), KY_EAUTH);
    assert_ok(ky_cms_verify(c, KY_BYTES(digest, 32), h.user.cert));
    in.digest.n = 31;
    assert_rc(ky_cms_attrs_build(&attrs, &in), KY_EINVAL);
    parts.signature.n = 0;
    assert_rc(ky_cms_assemble(&der, &parts), KY_EINVAL);
    parts.attrs = KY_BYTES_LIT("\x30\x00");
    assert_rc(ky_cms_assemble(&der, &parts), KY_EINVAL);
}

/*
 * The attributes of a good signature, spoilt, signed anew by the right key: only the rules are left to
 * object.
 */
static void spoil(struct ky_buf *der, struct ky_bytes attrs)
{
    ky_auto_buf sig = ky_buf_init(KY_SIGNATURE_MAX);
    assert_ok(ky_sigkey_sign(&sig, &h.user.sigkey, attrs));
    const struct ky_cms_parts parts = {
        .content_type = KY_OID_DATA,
        .content = DOCUMENT,
        .attrs = attrs,
        .scheme = KY_ECDSA,
        .hash = KY_SHA256,
        .signature = ky_buf_bytes(&sig),
        .signer = h.user.cert,
    };
    assert_ok(ky_cms_assemble(der, &parts));
}

static void build_attrs(struct ky_buf *attrs, const char *content_type, const struct ky_cert *named)
{
    uint8_t digest[KY_HASH_MAX];
    assert_ok(ky_digest(digest, KY_SHA256, DOCUMENT));
    assert_ok(ky_cms_attrs_build(attrs, &(struct ky_cms_attrs){.content_type = content_type,
                                                               .hash = KY_SHA256,
                                                               .digest = KY_BYTES(digest, 32),
                                                               .signer_der = named->der}));
}

static void expect_spoilt(struct ky_bytes attrs, ky_rc want)
{
    ky_auto_buf der = ky_buf_init(KY_CMS_DER_MAX);
    ky_auto_cms c = NULL;
    spoil(&der, attrs);
    assert_ok(ky_cms_parse(&c, ky_buf_bytes(&der)));
    assert_rc(ky_cms_verify(c, KY_BYTES_NONE, NULL), want);
}

static void refuses_wrong_attributes(void **state)
{
    ky_auto_buf attrs = ky_buf_init(10000), turned = ky_buf_init(10000);
    build_attrs(&attrs, KY_OID_DATA, h.user.cert);
    expect_spoilt(ky_buf_bytes(&attrs), KY_OK);
    size_t head = attrs.p[1] == 0x81 ? 3 : 2;
    size_t first = 2 + attrs.p[head + 1];
    ky_buf_add(&turned, KY_BYTES(attrs.p, head)); /* the first attribute moves to the end */
    ky_buf_add(&turned, KY_BYTES(attrs.p + head + first, attrs.n - head - first));
    ky_buf_add(&turned, KY_BYTES(attrs.p + head, first));
    expect_spoilt(ky_buf_bytes(&turned), KY_EFORMAT);
    ky_buf_reset(&attrs);
    build_attrs(&attrs, KY_OID_DATA, h.ca.cert); /* signing-certificate-v2 of another */
    expect_spoilt(ky_buf_bytes(&attrs), KY_EAUTH);
    ky_buf_reset(&attrs);
    build_attrs(&attrs, KY_OID_TST_INFO, h.user.cert); /* content-type of another */
    expect_spoilt(ky_buf_bytes(&attrs), KY_EFORMAT);
    expect_spoilt(KY_BYTES_LIT("\x31\x00"), KY_EFORMAT);
}

static void refuses_a_changed_signature(void **state)
{
    ky_auto_buf der = ky_buf_init(KY_CMS_DER_MAX);
    ky_auto_cms c = NULL;
    sign(&der, &h.user, false, 0);
    der.p[der.n - 1] ^= 1;
    assert_ok(ky_cms_parse(&c, ky_buf_bytes(&der)));
    assert_rc(ky_cms_verify(c, KY_BYTES_NONE, NULL), KY_EAUTH);
}

static void refuses_two_signers(void **state)
{
    char out[4096];
    ky_auto_buf key = ky_buf_init_secret(4096), der = ky_buf_init(KY_CMS_DER_MAX);
    struct ky_cms *c = NULL;
    assert_ok(ky_softkey_store_pem(&key, h.tsa.key));
    write_file("tsa.key", ky_buf_bytes(&key));
    write_cert("tsa.pem", h.tsa.cert);
    assert_int_equal(run(out, sizeof out,
                         "openssl cms -sign -binary -nodetach -signer user.pem -inkey user.key -signer "
                         "tsa.pem -inkey tsa.key -in doc.txt -outform DER -out 2.p7s"),
                     0);
    read_file(&der, "2.p7s");
    assert_rc(ky_cms_parse(&c, ky_buf_bytes(&der)), KY_EFORMAT);
    assert_int_equal(run(out, sizeof out,
                         "openssl cms -sign -binary -nodetach -md sha1 -signer user.pem -inkey user.key -in "
                         "doc.txt -outform DER -out 1.p7s"),
                     0);
    ky_buf_reset(&der);
    read_file(&der, "1.p7s");
    assert_rc(ky_cms_parse(&c, ky_buf_bytes(&der)), KY_EDENIED);
}

static void refuses_damaged_messages(void **state)
{
    ky_auto_buf der = ky_buf_init(KY_CMS_DER_MAX);
    struct ky_cms *c = NULL;
    sign(&der, &h.user, false, NOW);
    for (size_t n = 0; n < der.n; n++)
        assert_rc(ky_cms_parse(&c, KY_BYTES(der.p, n)), KY_EFORMAT);
    assert_rc(ky_cms_parse(&c, h.user.cert->der), KY_EFORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(detached_signature_verifies),
        cmocka_unit_test(content_may_be_inside),
        cmocka_unit_test(own_content_type_makes_version_3),
        cmocka_unit_test(openssl_accepts_all_algorithms),
        cmocka_unit_test(reads_what_openssl_signs),
        cmocka_unit_test(attributes_are_frozen_before_the_signature),
        cmocka_unit_test(refuses_wrong_attributes),
        cmocka_unit_test(refuses_a_changed_signature),
        cmocka_unit_test(refuses_two_signers),
        cmocka_unit_test(refuses_damaged_messages),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
