/* The data key comes from the token's key and the realm, and from nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "crypto/digest.h"
#include "domain/data_key.h"
#include "domain/message.h"

static ky_rc soft_hmac(void *ctx, uint8_t out[KY_HMAC_SIZE], const struct ky_bytes *parts, size_t count)
{
    return ky_hmac_sha256(out, ky_bytes_str(ctx), parts, count);
}

static ky_rc lost_hmac(void *ctx, uint8_t out[KY_HMAC_SIZE], const struct ky_bytes *parts, size_t count)
{
    return ky_fail(KY_ETOKEN, "token is gone");
}

static void hangs_on_token_and_realm(void **state)
{
    static const uint8_t realm[KY_HASH_SIZE] = {1}, other_realm[KY_HASH_SIZE] = {2};
    const struct ky_mac mac = {.ctx = (void *)"K_data", .hmac = soft_hmac};
    const struct ky_mac other_mac = {.ctx = (void *)"K_datb", .hmac = soft_hmac};
    uint8_t key[KY_DATA_KEY_SIZE], again[KY_DATA_KEY_SIZE], want[KY_DATA_KEY_SIZE];
    const struct ky_bytes parts[] = {KY_BYTES("kyso data key v1", 17), KY_BYTES_OF(realm)};
    assert_int_equal(ky_data_key_make(key, &mac, realm), KY_OK);
    assert_int_equal(ky_hmac_sha256(want, ky_bytes_str("K_data"), parts, 2), KY_OK);
    assert_memory_equal(key, want, sizeof key);
    assert_int_equal(ky_data_key_make(again, &mac, other_realm), KY_OK);
    assert_memory_not_equal(key, again, sizeof key);
    assert_int_equal(ky_data_key_make(again, &other_mac, realm), KY_OK);
    assert_memory_not_equal(key, again, sizeof key);
}

static void passes_on_that_the_token_is_gone(void **state)
{
    static const uint8_t realm[KY_HASH_SIZE] = {1};
    const struct ky_mac mac = {.hmac = lost_hmac};
    uint8_t key[KY_DATA_KEY_SIZE];
    assert_int_equal(ky_data_key_make(key, &mac, realm), KY_ETOKEN);
    assert_non_null(strstr(ky_error(), "data key: token is gone"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hangs_on_token_and_realm),
        cmocka_unit_test(passes_on_that_the_token_is_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
