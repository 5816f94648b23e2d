/* crypto/seal: boxes open for whom they are, and for nobody and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "crypto/seal.h"
#include "crypto/softkey.h"

#define AAD KY_BYTES_LIT("context")
#define TEXT KY_BYTES_LIT("m\xe1\xba\xadt")

static void x25519_opens_with_the_private_key(void **state)
{
    uint8_t private_key[32], public_key[32], again[32];
    assert_int_equal(ky_x25519_generate(private_key, public_key), KY_OK);
    assert_int_equal(ky_x25519_public(again, private_key), KY_OK);
    assert_memory_equal(public_key, again, 32);
    ky_auto_buf box = ky_buf_init(1000), plain = ky_buf_init_secret(1000);
    assert_int_equal(ky_seal_x25519(&box, public_key, AAD, TEXT), KY_OK);
    assert_int_equal(box.n, TEXT.n + KY_SEAL_X25519_EXTRA);
    assert_int_equal(ky_unseal_x25519(&plain, private_key, AAD, ky_buf_bytes(&box)), KY_OK);
    assert_true(ky_bytes_eq(ky_buf_bytes(&plain), TEXT));
    ky_auto_buf second = ky_buf_init(1000);
    assert_int_equal(ky_seal_x25519(&second, public_key, AAD, TEXT), KY_OK);
    assert_false(ky_bytes_eq(ky_buf_bytes(&box), ky_buf_bytes(&second)));
}

static void x25519_refuses_every_changed_byte(void **state)
{
    uint8_t private_key[32], public_key[32], other[32];
    assert_int_equal(ky_x25519_generate(other, public_key), KY_OK);
    assert_int_equal(ky_x25519_generate(private_key, public_key), KY_OK);
    ky_auto_buf box = ky_buf_init(1000), plain = ky_buf_init_secret(1000);
    assert_int_equal(ky_seal_x25519(&box, public_key, AAD, TEXT), KY_OK);
    for (size_t i = 0; i < box.n; i++) {
        box.p[i] ^= 0x40;
        assert_int_equal(ky_unseal_x25519(&plain, private_key, AAD, ky_buf_bytes(&box)), KY_EAUTH);
        box.p[i] ^= 0x40;
    }
    assert_int_equal(ky_unseal_x25519(&plain, other, AAD, ky_buf_bytes(&box)), KY_EAUTH);
    assert_int_equal(ky_unseal_x25519(&plain, private_key, KY_BYTES_NONE, ky_buf_bytes(&box)), KY_EAUTH);
    assert_int_equal(ky_unseal_x25519(&plain, private_key, AAD, KY_BYTES(box.p, box.n - 1)), KY_EAUTH);
    assert_int_equal(ky_unseal_x25519(&plain, private_key, AAD, KY_BYTES(box.p, 47)), KY_EFORMAT);
    assert_int_equal(plain.n, 0);
}

static void x25519_refuses_a_zero_secret(void **state)
{
    uint8_t private_key[32], public_key[32], low_order[32 + 16 + 1] = {1};
    assert_int_equal(ky_x25519_generate(private_key, public_key), KY_OK);
    ky_auto_buf out = ky_buf_init(1000);
    assert_int_equal(ky_seal_x25519(&out, low_order, AAD, TEXT), KY_EINVAL);
    low_order[0] = 0;
    assert_int_equal(ky_seal_x25519(&out, low_order, AAD, TEXT), KY_EINVAL);
    assert_int_equal(ky_unseal_x25519(&out, private_key, AAD, KY_BYTES_OF(low_order)), KY_EAUTH);
    assert_int_equal(out.n, 0);
}

static void p256_opens_through_the_callback(void **state)
{
    ky_auto_softkey key = NULL;
    ky_auto_softkey other = NULL;
    assert_int_equal(ky_softkey_generate(&key, KY_KEY_P256), KY_OK);
    assert_int_equal(ky_softkey_generate(&other, KY_KEY_P256), KY_OK);
    const uint8_t *point = ky_pubkey_point(ky_softkey_public(key)).p;
    ky_auto_buf box = ky_buf_init(1000), plain = ky_buf_init_secret(1000);
    assert_int_equal(ky_seal_p256(&box, point, AAD, TEXT), KY_OK);
    assert_int_equal(box.n, TEXT.n + KY_SEAL_P256_EXTRA);
    assert_int_equal(ky_unseal_p256(&plain, point, ky_softkey_ecdh, key, AAD, ky_buf_bytes(&box)), KY_OK);
    assert_true(ky_bytes_eq(ky_buf_bytes(&plain), TEXT));

    ky_buf_reset(&plain);
    assert_int_equal(ky_unseal_p256(&plain, point, ky_softkey_ecdh, other, AAD, ky_buf_bytes(&box)),
                     KY_EAUTH);
    assert_int_equal(ky_unseal_p256(&plain, point, ky_softkey_ecdh, key, TEXT, ky_buf_bytes(&box)), KY_EAUTH);
    const uint8_t *wrong = ky_pubkey_point(ky_softkey_public(other)).p;
    assert_int_equal(ky_unseal_p256(&plain, wrong, ky_softkey_ecdh, key, AAD, ky_buf_bytes(&box)), KY_EAUTH);
    for (size_t i = 0; i < box.n; i++) {
        box.p[i] ^= 0x40;
        assert_int_equal(ky_unseal_p256(&plain, point, ky_softkey_ecdh, key, AAD, ky_buf_bytes(&box)),
                         i < KY_P256_POINT ? KY_EFORMAT : KY_EAUTH);
        box.p[i] ^= 0x40;
    }
    assert_int_equal(ky_unseal_p256(&plain, point, ky_softkey_ecdh, key, AAD, KY_BYTES(box.p, 80)),
                     KY_EFORMAT);
    assert_int_equal(plain.n, 0);
}

static ky_rc no_token(void *ctx, uint8_t out[32], const uint8_t peer_point[KY_P256_POINT])
{
    return ky_fail(KY_ETOKEN, "token is gone");
}

static ky_rc zero_secret(void *ctx, uint8_t out[32], const uint8_t peer_point[KY_P256_POINT])
{
    memset(out, 0, 32);
    return KY_OK;
}

static void p256_reports_what_the_callback_says(void **state)
{
    ky_auto_softkey key = NULL;
    assert_int_equal(ky_softkey_generate(&key, KY_KEY_P256), KY_OK);
    const uint8_t *point = ky_pubkey_point(ky_softkey_public(key)).p;
    ky_auto_buf box = ky_buf_init(1000), plain = ky_buf_init_secret(1000);
    assert_int_equal(ky_seal_p256(&box, point, AAD, TEXT), KY_OK);
    assert_int_equal(ky_unseal_p256(&plain, point, no_token, NULL, AAD, ky_buf_bytes(&box)), KY_ETOKEN);
    assert_int_equal(ky_unseal_p256(&plain, point, zero_secret, NULL, AAD, ky_buf_bytes(&box)), KY_EINVAL);
}

static void empty_and_too_long_plaintexts(void **state)
{
    uint8_t private_key[32], public_key[32];
    static uint8_t big[KY_SEAL_MAX + 1];
    assert_int_equal(ky_x25519_generate(private_key, public_key), KY_OK);
    ky_auto_buf box = ky_buf_init(2 * KY_SEAL_MAX), plain = ky_buf_init_secret(100), small = ky_buf_init(40);
    assert_int_equal(ky_seal_x25519(&box, public_key, KY_BYTES_NONE, KY_BYTES_NONE), KY_OK);
    assert_int_equal(ky_unseal_x25519(&plain, private_key, KY_BYTES_NONE, ky_buf_bytes(&box)), KY_OK);
    assert_int_equal(plain.n, 0);
    assert_int_equal(ky_seal_x25519(&box, public_key, AAD, KY_BYTES_OF(big)), KY_ELIMIT);
    assert_int_equal(ky_seal_x25519(&small, public_key, AAD, TEXT), KY_ELIMIT);
    ky_buf_reset(&box);
    assert_int_equal(ky_seal_x25519(&box, public_key, AAD, KY_BYTES(big, 101)), KY_OK);
    assert_int_equal(ky_unseal_x25519(&plain, private_key, AAD, ky_buf_bytes(&box)), KY_ELIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(x25519_opens_with_the_private_key),
        cmocka_unit_test(x25519_refuses_every_changed_byte),
        cmocka_unit_test(x25519_refuses_a_zero_secret),
        cmocka_unit_test(p256_opens_through_the_callback),
        cmocka_unit_test(p256_reports_what_the_callback_says),
        cmocka_unit_test(empty_and_too_long_plaintexts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
