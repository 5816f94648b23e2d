/* domain/letter, attestation, activation, keeper_msg, message: what goes between processes arrives whole or not at all. */
#include <stdio.h>

#include "crypto/softkey.h"
#include "domain/activation.h"
#include "domain/attestation.h"
#include "domain/keeper_msg.h"
#include "domain/letter.h"
#include "domain/message.h"
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
    struct ky_attestation a = {.row = 3, .spki = {1, 2, 3}, .spki_n = 3, .request = {7}}, got;
    ky_auto_buf json = ky_buf_init(KY_ATTESTATION_MAX);
    uint8_t sig[KY_P256_RAW];
    assert_ok(ky_softkey_generate(&att, KY_KEY_P256));
    assert_ok(ky_softkey_generate(&other, KY_KEY_P256));
    struct ky_signer signer = ky_softkey_signer(att);
    const uint8_t *point = ky_pubkey_point(ky_softkey_public(att)).p;
    assert_ok(ky_attestation_make(&json, sig, &a, &signer));
    assert_ok(ky_attestation_open(&got, ky_buf_bytes(&json), KY_BYTES_OF(sig), point));
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

static void keeper_messages_come_back_as_they_went(void **state)
{
    struct ky_keeper_head h = {.op = KY_OP_ISSUE,
                               .statement = {1},
                               .has_nonce = true,
                               .nonce = {2},
                               .exp = NOW,
                               .ref_count = 2},
                          h2;
    struct ky_execute e = {.spend_nonce = true,
                           .spend_count = 1,
                           .append_count = 1,
                           .outbox = KY_BYTES_LIT("out"),
                           .audit = KY_BYTES_LIT("audit")},
                      e2;
    h.refs[1] = (struct ky_ref){.id = {3}, .version = 4, .hash = {5}, .unlocked = true};
    e.spends[0] = (struct ky_spend){.id = {6}, .not_after = NOW};
    e.appends[0] =
        (struct ky_append){.kind = KY_LOGGED_DEAD, .id = {7}, .version = 8, .hash = {9}, .not_after = NOW};
    ky_auto_buf out = ky_buf_init(1 << 20);
    ky_keeper_head_encode(&out, &h);
    ky_execute_encode(&out, &e);
    struct ky_reader in = KY_READER(ky_buf_bytes(&out));
    assert_ok(ky_keeper_head_decode(&h2, &in));
    assert_ok(ky_execute_decode(&e2, &in));
    assert_true(h2.op == h.op && h2.ref_count == 2 && h2.refs[1].unlocked && h2.refs[1].version == 4 &&
                h2.exp == NOW);
    assert_true(e2.spend_nonce && e2.spends[0].id[0] == 6 && e2.appends[0].kind == KY_LOGGED_DEAD);
    assert_true(ky_bytes_eq_str(e2.outbox, "out") && ky_bytes_eq_str(e2.audit, "audit"));
    for (size_t n = 0; n < out.n; n++) { /* every truncation is refused */
        in = KY_READER(KY_BYTES(out.p, n));
        assert_true(ky_keeper_head_decode(&h2, &in) != KY_OK || ky_execute_decode(&e2, &in) != KY_OK);
    }
}

static void reserve_refuses_positions_twice_or_beyond(void **state)
{
    static const struct {
        uint16_t total, positions[2];
        size_t count;
        ky_rc want;
    } cases[] = {{2, {0, 1}, 2, KY_OK},      {2, {1, 1}, 2, KY_EFORMAT}, {2, {2, 0}, 2, KY_EFORMAT},
                 {0, {0, 0}, 1, KY_EFORMAT}, {2, {0, 0}, 0, KY_EFORMAT}, {1001, {0, 1}, 2, KY_EFORMAT}};
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        struct ky_reserve r = {.total = cases[i].total, .count = cases[i].count}, back;
        memcpy(r.positions, cases[i].positions, sizeof cases[i].positions);
        ky_auto_buf out = ky_buf_init(100);
        ky_reserve_encode(&out, &r);
        struct ky_reader in = KY_READER(ky_buf_bytes(&out));
        assert_rc(ky_reserve_decode(&back, &in), cases[i].want);
    }
}

static void messages_split_into_their_fields(void **state)
{
    const struct ky_bytes fields[3] = {KY_BYTES_LIT("rec"), KY_BYTES_LIT("nonce"), KY_BYTES_LIT("proof")};
    struct ky_bytes got[KY_MESSAGE_FIELDS_MAX], items[4];
    size_t count;
    ky_auto_buf out = ky_buf_init(1000), list = ky_buf_init(100);
    assert_ok(ky_message_write(&out, KY_MSG_SAM_CODE, fields, 3));
    assert_ok(ky_message_read(got, KY_MSG_SAM_CODE, ky_buf_bytes(&out)));
    assert_true(ky_bytes_eq_str(got[2], "proof"));
    assert_rc(ky_message_read(got, KY_MSG_SAM_CODE, KY_BYTES(out.p, out.n - 1)), KY_EFORMAT);
    assert_rc(ky_message_read(got, KY_MSG_SAM_NONCE, ky_buf_bytes(&out)), KY_EFORMAT);
    assert_rc(ky_message_write(&out, KY_MSG_SAM_CODE, fields, 2), KY_EINTERNAL);
    assert_true(ky_message_max(KY_MSG_SAM_NONCE) == 5 && ky_message_max(0x7777) == 0);
    const struct ky_bytes long_nonce[3] = {fields[0], KY_BYTES(got, 52), fields[2]};
    assert_rc(ky_message_write(&out, KY_MSG_SAM_CODE, long_nonce, 3), KY_ELIMIT);
    ky_list_begin(&list, 2);
    ky_buf_add_lv(&list, fields[0]);
    ky_buf_add_lv(&list, fields[1]);
    assert_ok(ky_list_read(items, &count, 4, ky_buf_bytes(&list), "list"));
    assert_true(count == 2 && ky_bytes_eq_str(items[1], "nonce"));
    assert_rc(ky_list_read(items, &count, 1, ky_buf_bytes(&list), "list"), KY_ELIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_open_only_for_their_courier_and_number),
        cmocka_unit_test(attestations_open_only_under_their_key),
        cmocka_unit_test(activation_secrets_depend_on_everything),
        cmocka_unit_test(fingerprints_are_six_words),
        cmocka_unit_test(keeper_messages_come_back_as_they_went),
        cmocka_unit_test(reserve_refuses_positions_twice_or_beyond),
        cmocka_unit_test(messages_split_into_their_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
