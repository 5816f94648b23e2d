/* crypto/pubkey: SPKI in and out, verification, raw and DER ECDSA. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "codec/der.h"
#include "crypto/digest.h"
#include "crypto/softkey.h"

/* Makes a key, signs through the signer, verifies; then everything that is changed must fail. */
static void check_scheme(struct ky_softkey *key, ky_scheme scheme, ky_hash hash)
{
    uint8_t digest[KY_HASH_MAX];
    size_t n = ky_hash_info(hash)->size;
    struct ky_signer signer = ky_softkey_signer(key);
    const struct ky_pubkey *pub = ky_softkey_public(key);
    ky_auto_buf sig = ky_buf_init(KY_SIGNATURE_MAX);
    assert_int_equal(ky_digest(digest, hash, KY_BYTES_LIT("message")), KY_OK);
    assert_int_equal(signer.sign(signer.ctx, &sig, scheme, hash, KY_BYTES(digest, n)), KY_OK);
    assert_int_equal(ky_pubkey_verify(pub, scheme, hash, KY_BYTES(digest, n), ky_buf_bytes(&sig)), KY_OK);

    assert_int_equal(ky_pubkey_verify(pub, scheme, hash, KY_BYTES(digest, n), KY_BYTES(sig.p, sig.n - 1)),
                     KY_EAUTH);
    assert_int_equal(ky_pubkey_verify(pub, scheme, hash, KY_BYTES(digest, n), KY_BYTES_NONE), KY_EAUTH);
    sig.p[sig.n - 1] ^= 1;
    assert_int_equal(ky_pubkey_verify(pub, scheme, hash, KY_BYTES(digest, n), ky_buf_bytes(&sig)), KY_EAUTH);
    sig.p[sig.n - 1] ^= 1;
    digest[0] ^= 1;
    assert_int_equal(ky_pubkey_verify(pub, scheme, hash, KY_BYTES(digest, n), ky_buf_bytes(&sig)), KY_EAUTH);
    assert_int_equal(ky_pubkey_verify(pub, scheme, hash, KY_BYTES(digest, n - 1), ky_buf_bytes(&sig)),
                     KY_EINVAL);
    ky_scheme other = scheme == KY_ECDSA ? KY_RSA_PSS : KY_ECDSA;
    assert_int_equal(ky_pubkey_verify(pub, other, hash, KY_BYTES(digest, n), ky_buf_bytes(&sig)), KY_EINVAL);
    assert_int_equal(signer.sign(signer.ctx, &sig, other, hash, KY_BYTES(digest, n)), KY_EINVAL);
}

static void verifies_what_was_signed_and_nothing_else(void **state)
{
    static const ky_key_type types[] = {KY_KEY_P256, KY_KEY_P384, KY_KEY_RSA2048};
    for (size_t i = 0; i < KY_COUNT(types); i++) {
        ky_auto_softkey key = NULL;
        assert_int_equal(ky_softkey_generate(&key, types[i]), KY_OK);
        for (size_t s = 0; s < KY_SCHEME_COUNT; s++)
            for (size_t h = 0; h < KY_HASH_COUNT; h++)
                if (ky_scheme_fits((ky_scheme)s, types[i]))
                    check_scheme(key, (ky_scheme)s, (ky_hash)h);
    }
}

static void schemes_are_not_exchanged(void **state)
{
    ky_auto_softkey key = NULL;
    uint8_t digest[32] = {1};
    assert_int_equal(ky_softkey_generate(&key, KY_KEY_RSA2048), KY_OK);
    struct ky_signer signer = ky_softkey_signer(key);
    ky_auto_buf sig = ky_buf_init(KY_SIGNATURE_MAX);
    assert_int_equal(signer.sign(signer.ctx, &sig, KY_RSA_PKCS1V15, KY_SHA256, KY_BYTES_OF(digest)), KY_OK);
    assert_int_equal(ky_pubkey_verify(ky_softkey_public(key), KY_RSA_PSS, KY_SHA256, KY_BYTES_OF(digest),
                                      ky_buf_bytes(&sig)),
                     KY_EAUTH);
}

static void spki_is_made_again_from_its_parts(void **state)
{
    static const ky_key_type types[] = {KY_KEY_P256, KY_KEY_P384, KY_KEY_RSA2048};
    for (size_t i = 0; i < KY_COUNT(types); i++) {
        ky_auto_softkey key = NULL;
        ky_auto_pubkey again = NULL;
        ky_auto_buf spki = ky_buf_init(KY_SPKI_MAX);
        assert_int_equal(ky_softkey_generate(&key, types[i]), KY_OK);
        const struct ky_pubkey *pub = ky_softkey_public(key);
        assert_int_equal(ky_pubkey_type(pub), types[i]);
        bool rsa = ky_key_info(types[i])->rsa;
        assert_int_equal(ky_pubkey_point(pub).n == 0, rsa);
        assert_int_equal(ky_pubkey_modulus(pub).n, rsa ? 256 : 0);
        assert_int_equal(rsa ? ky_spki_add_rsa(&spki, ky_pubkey_modulus(pub), ky_pubkey_exponent(pub))
                             : ky_spki_add_point(&spki, ky_pubkey_point(pub)),
                         KY_OK);
        assert_true(ky_bytes_eq(ky_buf_bytes(&spki), ky_pubkey_spki(pub)));
        assert_int_equal(ky_pubkey_parse(&again, ky_buf_bytes(&spki)), KY_OK);
    }
}

static void spki_of_unknown_sizes_is_not_made(void **state)
{
    ky_auto_buf spki = ky_buf_init(KY_SPKI_MAX);
    uint8_t bytes[128];
    memset(bytes, 0x04, sizeof bytes);
    assert_int_equal(ky_spki_add_point(&spki, KY_BYTES(bytes, 64)), KY_EINVAL);
    assert_int_equal(ky_spki_add_point(&spki, KY_BYTES_NONE), KY_EINVAL);
    bytes[0] = 0xff;
    assert_int_equal(ky_spki_add_rsa(&spki, KY_BYTES_OF(bytes), KY_BYTES_LIT("\1\0\1")), KY_EINVAL);
    assert_int_equal(ky_spki_add_rsa(&spki, KY_BYTES_NONE, KY_BYTES_LIT("\1\0\1")), KY_EINVAL);
    assert_int_equal(spki.n, 0);
}

static ky_rc parse_rsa(size_t modulus_n, uint8_t first, struct ky_bytes exponent)
{
    uint8_t modulus[600];
    memset(modulus, 0x55, sizeof modulus);
    modulus[0] = first;
    ky_auto_buf spki = ky_buf_init(2000);
    size_t outer = ky_der_begin(&spki, KY_DER_SEQUENCE), alg = ky_der_begin(&spki, KY_DER_SEQUENCE);
    assert_int_equal(ky_der_add_oid(&spki, "1.2.840.113549.1.1.1"), KY_OK);
    ky_der_add_null(&spki);
    ky_der_end(&spki, alg);
    size_t bits = ky_der_begin(&spki, KY_DER_BIT_STRING);
    ky_buf_add_u8(&spki, 0);
    size_t seq = ky_der_begin(&spki, KY_DER_SEQUENCE);
    ky_der_add_uint(&spki, KY_BYTES(modulus, modulus_n));
    ky_der_add_uint(&spki, exponent);
    ky_der_end(&spki, seq);
    ky_der_end(&spki, bits);
    ky_der_end(&spki, outer);
    ky_auto_pubkey key = NULL;
    return ky_pubkey_parse(&key, ky_buf_bytes(&spki));
}

static void weak_rsa_keys_are_refused(void **state)
{
    assert_int_equal(parse_rsa(256, 0xff, KY_BYTES_LIT("\1\0\1")), KY_OK);
    assert_int_equal(parse_rsa(128, 0xff, KY_BYTES_LIT("\1\0\1")), KY_ENOTFOUND);
    assert_int_equal(parse_rsa(256, 0x7f, KY_BYTES_LIT("\1\0\1")), KY_ENOTFOUND);
    assert_int_equal(parse_rsa(256, 0xff, KY_BYTES_LIT("\3")), KY_EFORMAT);
    assert_int_equal(parse_rsa(256, 0xff, KY_BYTES_LIT("\1\0\2")), KY_EFORMAT);
    assert_int_equal(parse_rsa(256, 0xff, KY_BYTES_LIT("\1\0\0\0\1")), KY_EFORMAT);
}

static void changed_spki_is_refused(void **state)
{
    ky_auto_softkey key = NULL;
    assert_int_equal(ky_softkey_generate(&key, KY_KEY_P256), KY_OK);
    struct ky_bytes spki = ky_pubkey_spki(ky_softkey_public(key));
    uint8_t bad[200];
    ky_auto_pubkey parsed = NULL;
    for (size_t n = 0; n < spki.n; n++)
        assert_int_equal(ky_pubkey_parse(&parsed, KY_BYTES(spki.p, n)), KY_EFORMAT);
    memcpy(bad, spki.p, spki.n);
    bad[spki.n] = 0;
    assert_int_equal(ky_pubkey_parse(&parsed, KY_BYTES(bad, spki.n + 1)), KY_EFORMAT);
    bad[spki.n - 1] ^= 1; /* off the curve */
    assert_int_equal(ky_pubkey_parse(&parsed, KY_BYTES(bad, spki.n)), KY_EFORMAT);
    memcpy(bad, spki.p, spki.n);
    bad[12] ^= 4; /* another algorithm */
    assert_int_equal(ky_pubkey_parse(&parsed, KY_BYTES(bad, spki.n)), KY_ENOTFOUND);
    memcpy(bad, spki.p, spki.n);
    bad[22] ^= 1; /* another curve */
    assert_int_equal(ky_pubkey_parse(&parsed, KY_BYTES(bad, spki.n)), KY_ENOTFOUND);
    memcpy(bad, spki.p, spki.n);
    bad[26] = 0x02; /* compressed */
    assert_int_equal(ky_pubkey_parse(&parsed, KY_BYTES(bad, spki.n)), KY_EFORMAT);
    assert_null(parsed);
}

static void raw_signatures_verify_on_p256(void **state)
{
    ky_auto_softkey key = NULL;
    ky_auto_softkey p384 = NULL;
    uint8_t digest[32] = {7}, raw[64], zero[64] = {0};
    assert_int_equal(ky_softkey_generate(&key, KY_KEY_P256), KY_OK);
    assert_int_equal(ky_softkey_generate(&p384, KY_KEY_P384), KY_OK);
    struct ky_bytes point = ky_pubkey_point(ky_softkey_public(key));
    assert_int_equal(ky_p256_check_point(point), KY_OK);
    assert_int_equal(ky_softkey_sign_raw(raw, key, digest), KY_OK);
    assert_int_equal(ky_p256_verify_raw(point, digest, KY_BYTES_OF(raw)), KY_OK);
    assert_int_equal(ky_p256_verify_raw(point, digest, KY_BYTES(raw, 63)), KY_EFORMAT);
    assert_int_equal(ky_p256_verify_raw(point, digest, KY_BYTES_OF(zero)), KY_EAUTH);
    struct ky_bytes longer = ky_pubkey_point(ky_softkey_public(p384));
    assert_int_equal(ky_p256_verify_raw(longer, digest, KY_BYTES_OF(raw)), KY_EFORMAT);
    assert_int_equal(ky_softkey_sign_raw(raw, p384, digest), KY_EINVAL);
    digest[31] ^= 1;
    assert_int_equal(ky_p256_verify_raw(point, digest, KY_BYTES_OF(raw)), KY_EAUTH);
    zero[0] = 4;
    assert_int_equal(ky_p256_check_point(KY_BYTES_OF(zero)), KY_EFORMAT);
    assert_int_equal(ky_p256_check_point(KY_BYTES_NONE), KY_EFORMAT);
}

static void ecdsa_forms_are_converted_strictly(void **state)
{
    uint8_t raw[64] = {0}, again[64];
    raw[31] = 0x80; /* r = 128: DER adds a zero */
    raw[63] = 1;
    ky_auto_buf der = ky_buf_init(200);
    assert_int_equal(ky_ecdsa_to_der(&der, KY_BYTES_OF(raw)), KY_OK);
    assert_true(ky_bytes_eq(ky_buf_bytes(&der), KY_BYTES_LIT("\x30\x07\x02\x02\x00\x80\x02\x01\x01")));
    assert_int_equal(ky_ecdsa_to_raw(again, 64, ky_buf_bytes(&der)), KY_OK);
    assert_memory_equal(raw, again, 64);
    raw[63] = 0;
    assert_int_equal(ky_ecdsa_to_der(&der, KY_BYTES_OF(raw)), KY_EFORMAT);
    assert_int_equal(ky_ecdsa_to_der(&der, KY_BYTES(raw, 63)), KY_EFORMAT);
    assert_int_equal(ky_ecdsa_to_der(&der, KY_BYTES_NONE), KY_EFORMAT);
    static const struct ky_bytes bad[] = {
        {(const uint8_t *)"\x30\x06\x02\x01\x01\x02\x01\x00", 8},          /* s = 0 */
        {(const uint8_t *)"\x30\x06\x02\x01\x01\x02\x01\xff", 8},          /* s = -1 */
        {(const uint8_t *)"\x30\x07\x02\x02\x00\x01\x02\x01\x01", 9},      /* r padded */
        {(const uint8_t *)"\x30\x06\x02\x01\x01\x02\x01\x01\x00", 9},      /* byte after */
        {(const uint8_t *)"\x30\x08\x02\x01\x01\x02\x01\x01\x05\x00", 10}, /* third element */
        {(const uint8_t *)"\x30\x07\x02\x01\x01\x02\x02\x01\x00", 9},      /* s of two bytes into one */
    };
    for (size_t i = 0; i < KY_COUNT(bad); i++)
        assert_int_equal(ky_ecdsa_to_raw(again, 2, bad[i]), KY_EFORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verifies_what_was_signed_and_nothing_else),
        cmocka_unit_test(schemes_are_not_exchanged),
        cmocka_unit_test(spki_is_made_again_from_its_parts),
        cmocka_unit_test(spki_of_unknown_sizes_is_not_made),
        cmocka_unit_test(weak_rsa_keys_are_refused),
        cmocka_unit_test(changed_spki_is_refused),
        cmocka_unit_test(raw_signatures_verify_on_p256),
        cmocka_unit_test(ecdsa_forms_are_converted_strictly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
