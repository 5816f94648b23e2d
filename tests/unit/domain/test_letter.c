/* domain/letter, attestation, activation: what goes between processes arrives whole or not at all. */
#include <stdio.h>

#include "crypto/softkey.h"
#include "domain/activation.h"
#include "domain/attestation.h"
#include "domain/letter.h"
#include "tests/unit/domain/fixture.h"

static void letters_open_only_for_their_courier_and_number(void **state)
{
    uint8_t priv[32], pub[32], other_priv[32], other_pub[32];
    ky_auto_softkey att = NULL;
    ky_auto_softkey forger = NULL;
    struct ky_letter l = {
        .node = 1, .number = 7, .kind = KY_LETTER_ACTIVATION_CODE, .sms = true, .id = {5}, .not_after = NOW};
    struct ky_letter got;
    ky_auto_buf sealed = ky_buf_init(KY_LETTER_SEALED_MAX), forged = ky_buf_init(KY_LETTER_SEALED_MAX);
    memcpy(l.realm, test_realm, 32);
    snprintf(l.address, sizeof l.address, "0912345678");
    snprintf(l.name, sizeof l.name, "Nguyễn Thị Hà");
    snprintf(l.secret, sizeof l.secret, "12345678");
    assert_ok(ky_x25519_generate(priv, pub));
    assert_ok(ky_x25519_generate(other_priv, other_pub));
    assert_ok(ky_softkey_generate(&att, KY_KEY_P256));
    assert_ok(ky_softkey_generate(&forger, KY_KEY_P256));
    struct ky_signer signer = ky_softkey_signer(att), forging = ky_softkey_signer(forger);
    const uint8_t *point = ky_pubkey_point(ky_softkey_public(att)).p;
    assert_ok(ky_letter_seal(&sealed, &l, &signer, pub));
    assert_ok(ky_letter_open(&got, ky_buf_bytes(&sealed), 7, priv, point, test_realm));
    assert_string_equal(got.address, l.address);
    assert_string_equal(got.secret, "12345678");
    assert_true(got.sms && got.kind == KY_LETTER_ACTIVATION_CODE && got.number == 7 && got.id[0] == 5);
    const uint8_t other_realm[32] = {1};
    assert_rc(ky_letter_open(&got, ky_buf_bytes(&sealed), 8, priv, point, test_realm), KY_EAUTH);
    assert_rc(ky_letter_open(&got, ky_buf_bytes(&sealed), 7, other_priv, point, test_realm), KY_EAUTH);
    assert_rc(ky_letter_open(&got, ky_buf_bytes(&sealed), 7, priv, point, other_realm), KY_EAUTH);
    assert_ok(ky_letter_seal(&forged, &l, &forging, pub));
    assert_rc(ky_letter_open(&got, ky_buf_bytes(&forged), 7, priv, point, test_realm), KY_EAUTH);
    for (size_t i = 0; i < sealed.n; i += 3) {
        sealed.p[i] ^= 1;
        assert_true(ky_letter_open(&got, ky_buf_bytes(&sealed), 7, priv, point, test_realm) != KY_OK);
        sealed.p[i] ^= 1;
    }
}

static void attestations_open_only_under_their_key(void **state)
{
    ky_auto_softkey att = NULL;
    ky_auto_softkey other = NULL;
    struct ky_attestation a = {.row = 3,
                               .spki = {1, 2, 3},
                               .spki_n = 3,
                               .request = {7},
                               .replaces = true,
                               .old = {5}},
                          got;
    ky_auto_buf json = ky_buf_init(KY_ATTESTATION_MAX);
    uint8_t sig[KY_P256_RAW];
    assert_ok(ky_softkey_generate(&att, KY_KEY_P256));
    assert_ok(ky_softkey_generate(&other, KY_KEY_P256));
    struct ky_signer signer = ky_softkey_signer(att);
    const uint8_t *point = ky_pubkey_point(ky_softkey_public(att)).p;
    assert_ok(ky_attestation_make(&json, sig, &a, &signer));
    assert_ok(ky_attestation_open(&got, ky_buf_bytes(&json), KY_BYTES_OF(sig), point));
    assert_true(got.replaces && memcmp(got.old, a.old, sizeof a.old) == 0);
    assert_true(got.row == 3 && got.spki_n == 3 && got.request[0] == 7);
    assert_rc(ky_attestation_open(&got, ky_buf_bytes(&json), KY_BYTES_OF(sig),
                                  ky_pubkey_point(ky_softkey_public(other)).p),
              KY_EAUTH);
    json.p[10] ^= 1;
    assert_true(ky_attestation_open(&got, ky_buf_bytes(&json), KY_BYTES_OF(sig), point) != KY_OK);
}

static void activation_secrets_depend_on_everything(void **state)
{
    const uint8_t id[16] = {1}, other[16] = {2};
    uint8_t s1[16], s2[16], p1[32], p2[32];
    char c1[9], c2[9];
    assert_ok(ky_mail_secret(s1, &soft_mac, id));
    assert_ok(ky_mail_secret(s2, &soft_mac, other));
    assert_memory_not_equal(s1, s2, 16);
    assert_ok(ky_activation_code(c1, &soft_mac, id, 1));
    assert_ok(ky_activation_code(c2, &soft_mac, id, 2));
    assert_int_equal(strlen(c1), 8);
    assert_string_not_equal(c1, c2);
    assert_rc(ky_activation_code(c1, &soft_mac, id, 0), KY_ELIMIT);
    assert_rc(ky_activation_code(c1, &soft_mac, id, 6), KY_ELIMIT);
    assert_ok(ky_code_proof(p1, s1, KY_BYTES_LIT("nonce a")));
    assert_ok(ky_code_proof(p2, s1, KY_BYTES_LIT("nonce b")));
    assert_memory_not_equal(p1, p2, 32);
    assert_ok(ky_creation_hash(p1, KY_BYTES_LIT("ab"), KY_BYTES_LIT("c")));
    assert_ok(ky_creation_hash(p2, KY_BYTES_LIT("a"), KY_BYTES_LIT("bc")));
    assert_memory_not_equal(p1, p2, 32);
}

static void fingerprints_are_six_words(void **state)
{
    const uint8_t a[65] = {4, 1}, b[65] = {4, 2};
    ky_auto_buf one = ky_buf_init(200), two = ky_buf_init(200);
    assert_ok(ky_device_words(&one, a, b));
    assert_ok(ky_device_words(&two, b, a));
    assert_string_not_equal(ky_buf_str(&one), ky_buf_str(&two));
    unsigned spaces = 0;
    for (size_t i = 0; i < one.n; i++)
        spaces += one.p[i] == ' ';
    assert_int_equal(spaces, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_open_only_for_their_courier_and_number),
        cmocka_unit_test(attestations_open_only_under_their_key),
        cmocka_unit_test(activation_secrets_depend_on_everything),
        cmocka_unit_test(fingerprints_are_six_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
