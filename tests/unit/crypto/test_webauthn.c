/* crypto/webauthn: one genuine ceremony, then each rule broken by itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/base64.h"
#include "codec/cbor.h"
#include "crypto/softkey.h"
#include "crypto/webauthn.h"

#define RP_ID "approve.example.vn"
#define ORIGIN "https://approve.example.vn"

/* One message of an authenticator; cases change a part before it is signed. */
struct ceremony {
    const char *type, *rp_id, *origin, *extra; /* extra: further members of clientDataJSON */
    uint8_t flags;
    const char *statement; /* the challenge is made of it */
    uint8_t trailing;      /* bytes after authenticatorData */
};

static const struct ceremony genuine = {.type = "webauthn.get",
                                        .rp_id = RP_ID,
                                        .origin = ORIGIN,
                                        .extra = ",\"crossOrigin\":false",
                                        .flags = KY_WEBAUTHN_UP | KY_WEBAUTHN_UV | KY_WEBAUTHN_BE,
                                        .statement = "{\"v\":1}"};

static struct ky_softkey *key;

static int make_key(void **state)
{
    return ky_softkey_generate(&key, KY_KEY_P256) == KY_OK ? 0 : -1;
}

static int free_key(void **state)
{
    ky_softkey_free(key);
    return 0;
}

static const uint8_t *own_point(void)
{
    return ky_pubkey_point(ky_softkey_public(key)).p;
}

static void add_client_data(struct ky_buf *out, const struct ceremony *c)
{
    uint8_t challenge[32];
    assert_int_equal(ky_webauthn_challenge(challenge, ky_bytes_str(c->statement)), KY_OK);
    ky_buf_addf(out, "{\"type\":\"%s\",\"challenge\":\"", c->type);
    ky_buf_add_base64url(out, KY_BYTES_OF(challenge));
    ky_buf_addf(out, "\",\"origin\":\"%s\"%s}", c->origin, c->extra);
}

static void add_auth_data(struct ky_buf *out, const struct ceremony *c)
{
    uint8_t hash[32];
    assert_int_equal(ky_sha256(hash, ky_bytes_str(c->rp_id)), KY_OK);
    ky_buf_add(out, KY_BYTES_OF(hash));
    ky_buf_add_u8(out, c->flags);
    ky_buf_add_u32(out, 41);
    ky_buf_add_fill(out, 0, c->trailing);
}

static void sign(struct ky_buf *sig, struct ky_bytes auth_data, struct ky_bytes client_data)
{
    uint8_t hash[32], digest[32];
    assert_int_equal(ky_sha256(hash, client_data), KY_OK);
    const struct ky_bytes parts[] = {auth_data, KY_BYTES_OF(hash)};
    assert_int_equal(ky_digest_parts(digest, KY_SHA256, parts, 2), KY_OK);
    struct ky_signer signer = ky_softkey_signer(key);
    assert_int_equal(signer.sign(signer.ctx, sig, KY_ECDSA, KY_SHA256, KY_BYTES_OF(digest)), KY_OK);
}

/* Makes the assertion, signs it rightly, verifies it against what the genuine one says. */
static ky_rc verify(struct ky_webauthn_signed *out, const struct ceremony *c)
{
    uint8_t challenge[32];
    ky_auto_buf client_data = ky_buf_init(10000), auth_data = ky_buf_init(1000), sig = ky_buf_init(1000);
    assert_int_equal(ky_webauthn_challenge(challenge, ky_bytes_str(genuine.statement)), KY_OK);
    add_client_data(&client_data, c);
    add_auth_data(&auth_data, c);
    sign(&sig, ky_buf_bytes(&auth_data), ky_buf_bytes(&client_data));
    const struct ky_webauthn_expected want = {RP_ID, ORIGIN, KY_BYTES_OF(challenge)};
    const struct ky_webauthn_assertion got = {ky_buf_bytes(&auth_data), ky_buf_bytes(&client_data),
                                              ky_buf_bytes(&sig)};
    return ky_webauthn_verify_assertion(out, &want, own_point(), true, &got);
}

/* The genuine ceremony with what the case names changed. */
static struct ceremony with(const struct ceremony *change)
{
    struct ceremony c = genuine;
    c.type = change->type != NULL ? change->type : c.type;
    c.rp_id = change->rp_id != NULL ? change->rp_id : c.rp_id;
    c.origin = change->origin != NULL ? change->origin : c.origin;
    c.extra = change->extra != NULL ? change->extra : c.extra;
    c.statement = change->statement != NULL ? change->statement : c.statement;
    c.flags = change->flags != 0 ? change->flags : c.flags;
    c.trailing = change->trailing;
    return c;
}

static void accepts_a_genuine_assertion(void **state)
{
    struct ky_webauthn_signed out = {0};
    struct ceremony c = genuine;
    assert_int_equal(verify(&out, &c), KY_OK);
    assert_int_equal(out.counter, 41);
    assert_int_equal(out.flags, genuine.flags);
    c.flags |= KY_WEBAUTHN_BS;
    c.extra = ",\"other_keys_can_be_added_here\":\"do not compare\"";
    assert_int_equal(verify(&out, &c), KY_OK);
    assert_int_equal(out.flags & KY_WEBAUTHN_BS, KY_WEBAUTHN_BS);
}

static void refuses_each_broken_rule(void **state)
{
    static const struct {
        struct ceremony change;
        const char *error;
    } cases[] = {
        {{.type = "webauthn.create"}, "webauthn: type is not webauthn.get"},
        {{.statement = "{\"v\":2}"}, "webauthn: challenge is not that of this statement"},
        {{.origin = "https://example.vn"},
         "webauthn: origin \"https://example.vn\" is not https://approve.example.vn"},
        {{.origin = ORIGIN ":8443"},
         "webauthn: origin \"https://approve.example.vn:8443\" is not https://approve.example.vn"},
        {{.extra = ",\"crossOrigin\":true"}, "webauthn: crossOrigin is true"},
        {{.extra = ",\"crossOrigin\":\"false\""}, "webauthn: crossOrigin: is a string, must be a boolean"},
        {{.extra = ",\"topOrigin\":\"https://a\""},
         "webauthn: topOrigin is present: made inside a foreign frame"},
        {{.rp_id = "example.vn"}, "webauthn: rpIdHash is not that of approve.example.vn"},
        {{.flags = 0x0c}, "webauthn: UP is not set: nobody was present"},
        {{.flags = 0x09}, "webauthn: UV is not set: the user was not verified"},
        {{.flags = 0x05}, "webauthn: BE is not what the device record says"},
        {{.flags = 0x15}, "webauthn: BS is set without BE"},
        {{.flags = 0x4d}, "webauthn: AT or ED is set in an assertion"},
        {{.flags = 0x8d}, "webauthn: AT or ED is set in an assertion"},
        {{.trailing = 1}, "webauthn: authenticatorData has 38 bytes, must have 37"},
    };
    struct ky_webauthn_signed out = {.counter = 99};
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        const struct ceremony c = with(&cases[i].change);
        assert_true(verify(&out, &c) != KY_OK);
        assert_string_equal(ky_error(), cases[i].error);
    }
    assert_int_equal(out.counter, 99);
}

static void refuses_a_changed_or_foreign_signature(void **state)
{
    uint8_t challenge[32];
    ky_auto_buf client_data = ky_buf_init(10000), auth_data = ky_buf_init(1000), sig = ky_buf_init(1000);
    assert_int_equal(ky_webauthn_challenge(challenge, ky_bytes_str(genuine.statement)), KY_OK);
    add_client_data(&client_data, &genuine);
    add_auth_data(&auth_data, &genuine);
    sign(&sig, ky_buf_bytes(&auth_data), ky_buf_bytes(&client_data));
    const struct ky_webauthn_expected want = {RP_ID, ORIGIN, KY_BYTES_OF(challenge)};
    struct ky_webauthn_assertion got = {ky_buf_bytes(&auth_data), ky_buf_bytes(&client_data),
                                        ky_buf_bytes(&sig)};
    struct ky_webauthn_signed out;
    assert_int_equal(ky_webauthn_verify_assertion(&out, &want, own_point(), true, &got), KY_OK);

    ky_auto_softkey foreign = NULL;
    assert_int_equal(ky_softkey_generate(&foreign, KY_KEY_P256), KY_OK);
    const uint8_t *point = ky_pubkey_point(ky_softkey_public(foreign)).p;
    assert_int_equal(ky_webauthn_verify_assertion(&out, &want, point, true, &got), KY_EAUTH);
    const uint8_t off_curve[KY_P256_POINT] = {4, 1, 2};
    assert_int_equal(ky_webauthn_verify_assertion(&out, &want, off_curve, true, &got), KY_EFORMAT);
    auth_data.p[36] ^= 1; /* the counter is signed too */
    assert_int_equal(ky_webauthn_verify_assertion(&out, &want, own_point(), true, &got), KY_EAUTH);
    auth_data.p[36] ^= 1;
    got.signature = KY_BYTES_NONE;
    assert_int_equal(ky_webauthn_verify_assertion(&out, &want, own_point(), true, &got), KY_EAUTH);
}

static void refuses_client_data_that_is_not_strict_json(void **state)
{
    static const char *const extras[] = {",\"type\":\"webauthn.get\"", ",}", ",\"origin\":\"https://evil\""};
    struct ky_webauthn_signed out;
    for (size_t i = 0; i < KY_COUNT(extras); i++) {
        struct ceremony c = genuine;
        c.extra = extras[i];
        assert_int_equal(verify(&out, &c), KY_EFORMAT);
    }
    char padding[KY_WEBAUTHN_CLIENT_DATA_MAX + 1];
    memset(padding, ' ', sizeof padding - 1);
    padding[sizeof padding - 1] = 0;
    struct ceremony c = genuine;
    c.extra = padding;
    assert_int_equal(verify(&out, &c), KY_ELIMIT);
}

/* A registration of our key; cases give another format, flags, or bytes after the key. */
static void add_attestation(struct ky_buf *out, const char *format, uint8_t flags, size_t id_n,
                            const char *after)
{
    struct ceremony c = genuine;
    c.flags = flags;
    ky_auto_buf data = ky_buf_init(10000);
    add_auth_data(&data, &c);
    ky_buf_add_fill(&data, 0xaa, 16);
    ky_buf_add_u16(&data, (uint16_t)id_n);
    ky_buf_add_fill(&data, 0x1d, id_n);
    ky_cose_add_p256(&data, own_point());
    ky_buf_add_str(&data, after);
    ky_cbor_add_map(out, 3);
    ky_cbor_add_text(out, "fmt");
    ky_cbor_add_text(out, format);
    ky_cbor_add_text(out, "attStmt");
    ky_cbor_add_map(out, 0);
    ky_cbor_add_text(out, "authData");
    ky_cbor_add_bytes(out, ky_buf_bytes(&data));
    assert_int_equal(ky_buf_finish(out), KY_OK);
}

static ky_rc enrol(struct ky_webauthn_credential *out, struct ky_bytes attestation)
{
    struct ceremony c = genuine;
    uint8_t challenge[32];
    ky_auto_buf client_data = ky_buf_init(10000);
    c.type = "webauthn.create";
    add_client_data(&client_data, &c);
    assert_int_equal(ky_webauthn_challenge(challenge, ky_bytes_str(c.statement)), KY_OK);
    const struct ky_webauthn_expected want = {RP_ID, ORIGIN, KY_BYTES_OF(challenge)};
    return ky_webauthn_verify_registration(out, &want, attestation, ky_buf_bytes(&client_data));
}

static void accepts_a_genuine_registration(void **state)
{
    ky_auto_buf att = ky_buf_init(10000), extended = ky_buf_init(10000);
    struct ky_webauthn_credential made;
    add_attestation(&att, "none", 0x5d, 20, "");
    assert_int_equal(enrol(&made, ky_buf_bytes(&att)), KY_OK);
    assert_memory_equal(made.point, own_point(), KY_P256_POINT);
    assert_int_equal(made.id_n, 20);
    assert_int_equal(made.id[19], 0x1d);
    assert_int_equal(made.aaguid[15], 0xaa);
    assert_int_equal(made.counter, 41);
    assert_int_equal(made.flags, 0x5d);
    add_attestation(&extended, "none", 0xc5, 1023,
                    "\xa1\x6b"
                    "credProtect\x02");
    assert_int_equal(enrol(&made, ky_buf_bytes(&extended)), KY_OK);
    assert_int_equal(made.id_n, 1023);
}

static void refuses_other_registrations(void **state)
{
    static const struct {
        const char *format;
        uint8_t flags;
        size_t id_n;
        const char *after;
        ky_rc want;
    } cases[] = {
        {"packed", 0x45, 20, "", KY_EDENIED},   {"none", 0x05, 20, "", KY_EAUTH}, /* no AT */
        {"none", 0x44, 20, "", KY_EAUTH},                                         /* no UP */
        {"none", 0x41, 20, "", KY_EAUTH},                                         /* no UV */
        {"none", 0x55, 20, "", KY_EAUTH},                                         /* BS without BE */
        {"none", 0x45, 0, "", KY_EFORMAT},                                        /* no id */
        {"none", 0x45, 1024, "", KY_EFORMAT},                                     /* long id */
        {"none", 0x45, 20, "\xa1", KY_EFORMAT}, /* bytes after the key, no ED */
        {"none", 0xc5, 20, "", KY_EFORMAT},     /* ED, no extensions */
    };
    struct ky_webauthn_credential made;
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf att = ky_buf_init(10000);
        add_attestation(&att, cases[i].format, cases[i].flags, cases[i].id_n, cases[i].after);
        assert_int_equal(enrol(&made, ky_buf_bytes(&att)), cases[i].want);
    }
    ky_auto_buf att = ky_buf_init(10000);
    add_attestation(&att, "none", 0x45, 20, "");
    for (size_t n = 0; n < att.n; n++)
        assert_int_equal(enrol(&made, KY_BYTES(att.p, n)), KY_EFORMAT);
}

static void cose_keys_are_es256_on_the_curve(void **state)
{
    ky_auto_buf cose = ky_buf_init(200);
    uint8_t point[KY_P256_POINT];
    ky_cose_add_p256(&cose, own_point());
    assert_int_equal(ky_cose_parse_p256(point, ky_buf_bytes(&cose)), KY_OK);
    assert_memory_equal(point, own_point(), sizeof point);
    static const struct {
        size_t at;
        uint8_t change;
        ky_rc want;
    } cases[] = {
        {2, 0x03, KY_EDENIED},  /* kty OKP */
        {4, 0x01, KY_EDENIED},  /* alg */
        {6, 0x03, KY_EDENIED},  /* crv P-384 */
        {1, 0x06, KY_EFORMAT},  /* label of kty */
        {76, 0x01, KY_EFORMAT}, /* y: off the curve */
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        cose.p[cases[i].at] ^= cases[i].change;
        assert_int_equal(ky_cose_parse_p256(point, ky_buf_bytes(&cose)), cases[i].want);
        cose.p[cases[i].at] ^= cases[i].change;
    }
    ky_buf_add_u8(&cose, 0);
    assert_int_equal(ky_cose_parse_p256(point, ky_buf_bytes(&cose)), KY_EFORMAT);
    assert_int_equal(ky_cose_parse_p256(point, KY_BYTES_LIT("\xa0")), KY_EFORMAT);
    assert_int_equal(ky_cose_parse_p256(point, KY_BYTES_LIT("\xa5\x01\x02\x03\x26\x20\x01\x21\x41\x01")),
                     KY_EFORMAT);
}

static void device_signature_is_over_label_and_statement(void **state)
{
    uint8_t digest[32], want[32], raw[KY_P256_RAW];
    const struct ky_bytes statement = KY_BYTES_LIT("{\"v\":1}");
    assert_int_equal(ky_device_digest(digest, statement), KY_OK);
    assert_int_equal(ky_sha256(want, KY_BYTES_LIT("kyso device v1\0{\"v\":1}")), KY_OK);
    assert_memory_equal(digest, want, 32);
    assert_int_equal(ky_softkey_sign_raw(raw, key, digest), KY_OK);
    assert_int_equal(ky_device_signature_verify(own_point(), statement, KY_BYTES_OF(raw)), KY_OK);
    assert_int_equal(ky_device_signature_verify(own_point(), KY_BYTES_LIT("{\"v\":2}"), KY_BYTES_OF(raw)),
                     KY_EAUTH);
    assert_int_equal(ky_device_signature_verify(own_point(), statement, KY_BYTES_NONE), KY_EAUTH);
    ky_auto_buf der = ky_buf_init(100);
    assert_int_equal(ky_ecdsa_to_der(&der, KY_BYTES_OF(raw)), KY_OK);
    assert_int_equal(ky_device_signature_verify(own_point(), statement, ky_buf_bytes(&der)), KY_EAUTH);
}

static void a_list_is_signed_under_a_label_of_its_own(void **state)
{
    uint8_t digest[32], want[32], raw[KY_P256_RAW];
    const struct ky_bytes list = KY_BYTES_LIT("kyso statements v1");
    assert_int_equal(ky_device_list_digest(digest, list), KY_OK);
    assert_int_equal(ky_sha256(want, KY_BYTES_LIT("kyso device list v1\0kyso statements v1")), KY_OK);
    assert_memory_equal(digest, want, 32);
    assert_int_equal(ky_softkey_sign_raw(raw, key, digest), KY_OK);
    assert_int_equal(ky_device_list_signature_verify(own_point(), list, KY_BYTES_OF(raw)), KY_OK);
    assert_int_equal(ky_device_signature_verify(own_point(), list, KY_BYTES_OF(raw)), KY_EAUTH);
    assert_int_equal(ky_device_list_signature_verify(own_point(), KY_BYTES_NONE, KY_BYTES_OF(raw)), KY_EAUTH);
    assert_int_equal(ky_device_list_signature_verify(own_point(), list, KY_BYTES_NONE), KY_EAUTH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_a_genuine_assertion),
        cmocka_unit_test(refuses_each_broken_rule),
        cmocka_unit_test(refuses_a_changed_or_foreign_signature),
        cmocka_unit_test(refuses_client_data_that_is_not_strict_json),
        cmocka_unit_test(accepts_a_genuine_registration),
        cmocka_unit_test(refuses_other_registrations),
        cmocka_unit_test(cose_keys_are_es256_on_the_curve),
        cmocka_unit_test(device_signature_is_over_label_and_statement),
        cmocka_unit_test(a_list_is_signed_under_a_label_of_its_own),
    };
    return cmocka_run_group_tests(tests, make_key, free_key);
}
