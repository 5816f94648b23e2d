/* domain/revoke: the word of ca about a revocation is believed as it was signed and by that key only. */
#include "crypto/softkey.h"
#include "domain/revoke.h"
#include "tests/unit/domain/fixture.h"

static struct ky_softkey *k_att, *other;
static const struct ky_revocation made = {.realm = {1}, .serial = {0x41, 2}, .reason = 3, .time = 1700000001};

static int set_up(void **state)
{
    assert_ok(ky_softkey_generate(&k_att, KY_KEY_P256));
    assert_ok(ky_softkey_generate(&other, KY_KEY_P256));
    return 0;
}

static int tear_down(void **state)
{
    ky_softkey_free(k_att);
    ky_softkey_free(other);
    return 0;
}

static const uint8_t *point(const struct ky_softkey *key)
{
    return ky_pubkey_point(ky_softkey_public(key)).p;
}

static void a_revocation_is_attested(void **state)
{
    uint8_t signature[KY_P256_RAW];
    struct ky_revocation got;
    const struct ky_signer signer = ky_softkey_signer(k_att);
    ky_auto_buf json = ky_buf_init(KY_REVOCATION_MAX);
    assert_ok(ky_revocation_make(&json, signature, &made, &signer));
    assert_ok(ky_revocation_open(&got, ky_buf_bytes(&json), KY_BYTES_OF(signature), point(k_att)));
    assert_memory_equal(got.realm, made.realm, sizeof made.realm);
    assert_memory_equal(got.serial, made.serial, sizeof made.serial);
    assert_true(got.reason == made.reason && got.time == made.time);
    assert_rc(ky_revocation_open(&got, ky_buf_bytes(&json), KY_BYTES_OF(signature), point(other)), KY_EAUTH);
    json.p[json.n / 2] ^= 1;
    assert_rc(ky_revocation_open(&got, ky_buf_bytes(&json), KY_BYTES_OF(signature), point(k_att)), KY_EAUTH);
    assert_rc(ky_revocation_open(&got, KY_BYTES_NONE, KY_BYTES_OF(signature), point(k_att)), KY_EAUTH);
}

static void requests_have_names_of_their_own_in_the_log(void **state)
{
    const uint8_t request[KY_HASH_SIZE] = {1}, another[KY_HASH_SIZE] = {2};
    uint8_t a[KY_LOG_ID_SIZE], b[KY_LOG_ID_SIZE], row[KY_LOG_ID_SIZE];
    assert_ok(ky_received_id(a, request));
    assert_ok(ky_received_id(b, another));
    assert_ok(ky_row_spend_id(row, request, 1));
    assert_memory_not_equal(a, b, sizeof a);
    assert_memory_not_equal(a, row, sizeof a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_revocation_is_attested),
        cmocka_unit_test(requests_have_names_of_their_own_in_the_log),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
