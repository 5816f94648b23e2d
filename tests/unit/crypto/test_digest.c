/* crypto/digest: published vectors (FIPS 180-4, RFC 4231, RFC 5869) and our labelled form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/hex.h"
#include "crypto/digest.h"
#include "crypto/random.h"

static void assert_hex(const uint8_t *got, size_t n, const char *want)
{
    char hex[2 * KY_HASH_MAX + 1];
    ky_hex_encode(hex, KY_BYTES(got, n));
    assert_string_equal(hex, want);
}

static void hashes_the_published_samples(void **state)
{
    uint8_t out[KY_HASH_MAX];
    assert_int_equal(ky_sha256(out, KY_BYTES_LIT("abc")), KY_OK);
    assert_hex(out, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_int_equal(ky_digest(out, KY_SHA256, KY_BYTES_NONE), KY_OK);
    assert_hex(out, 32, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_int_equal(ky_digest(out, KY_SHA384, KY_BYTES_LIT("abc")), KY_OK);
    assert_hex(out, 48,
               "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
               "8086072ba1e7cc2358baeca134c825a7");
    assert_int_equal(ky_digest(out, KY_SHA512, KY_BYTES_LIT("abc")), KY_OK);
    assert_hex(out, 64,
               "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
               "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

static void a_hasher_starts_anew_after_finish(void **state)
{
    ky_auto_hasher s = NULL;
    uint8_t first[KY_HASH_MAX], second[KY_HASH_MAX], whole[KY_HASH_MAX];
    assert_int_equal(ky_hasher_new(&s, KY_SHA256), KY_OK);
    for (int round = 0; round < 2; round++) {
        assert_int_equal(ky_hasher_add(s, KY_BYTES_LIT("a")), KY_OK);
        assert_int_equal(ky_hasher_add(s, KY_BYTES_NONE), KY_OK);
        assert_int_equal(ky_hasher_add(s, KY_BYTES_LIT("bc")), KY_OK);
        assert_int_equal(ky_hasher_finish(round == 0 ? first : second, s), KY_OK);
    }
    assert_int_equal(ky_sha256(whole, KY_BYTES_LIT("abc")), KY_OK);
    assert_memory_equal(first, whole, 32);
    assert_memory_equal(second, whole, 32);
    ky_hasher_free(NULL);
}

static void labelled_digest_is_label_nul_and_lengths(void **state)
{
    const struct ky_bytes parts[] = {KY_BYTES_LIT("ab"), KY_BYTES_NONE, KY_BYTES_LIT("c")};
    uint8_t got[32], want[32];
    assert_int_equal(ky_digest_label(got, KY_LABEL("kyso x v1"), parts, 3), KY_OK);
    assert_int_equal(ky_sha256(want, KY_BYTES_LIT("kyso x v1\0\0\0\0\2ab\0\0\0\0\0\0\0\1c")), KY_OK);
    assert_memory_equal(got, want, 32);
    const struct ky_bytes moved[] = {KY_BYTES_LIT("a"), KY_BYTES_NONE, KY_BYTES_LIT("bc")};
    assert_int_equal(ky_digest_label(want, KY_LABEL("kyso x v1"), moved, 3), KY_OK);
    assert_memory_not_equal(got, want, 32);
}

/* RFC 4231 test cases 2 and 6. */
static void hmac_of_rfc_4231(void **state)
{
    uint8_t out[32], key[131];
    const struct ky_bytes parts[] = {KY_BYTES_LIT("what do ya want "), KY_BYTES_LIT("for nothing?")};
    assert_int_equal(ky_hmac_sha256(out, KY_BYTES_LIT("Jefe"), parts, 2), KY_OK);
    assert_hex(out, 32, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof key);
    const struct ky_bytes text = KY_BYTES_LIT("Test Using Larger Than Block-Size Key - Hash Key First");
    assert_int_equal(ky_hmac_sha256(out, KY_BYTES_OF(key), &text, 1), KY_OK);
    assert_hex(out, 32, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    assert_int_equal(ky_hmac_sha256(out, KY_BYTES_NONE, NULL, 0), KY_OK);
    assert_hex(out, 32, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

/* RFC 5869 test cases 1 and 3. */
static void hkdf_of_rfc_5869(void **state)
{
    uint8_t secret[22], out[42];
    memset(secret, 0x0b, sizeof secret);
    assert_int_equal(ky_hkdf_sha256(out, 42, KY_BYTES_OF(secret),
                                    KY_BYTES_LIT("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c"),
                                    KY_BYTES_LIT("\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9")),
                     KY_OK);
    assert_hex(out, 42,
               "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
    assert_int_equal(ky_hkdf_sha256(out, 42, KY_BYTES_OF(secret), KY_BYTES_NONE, KY_BYTES_NONE), KY_OK);
    assert_hex(out, 42,
               "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

static void random_bytes_differ(void **state)
{
    static uint8_t a[5000], b[5000];
    assert_int_equal(ky_random(a, sizeof a), KY_OK);
    assert_int_equal(ky_random(b, sizeof b), KY_OK);
    assert_memory_not_equal(a, b, sizeof a);
    assert_memory_not_equal(a + 4096, a, 900);
    assert_memory_not_equal(a + 4968, b + 4968, 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_the_published_samples),
        cmocka_unit_test(a_hasher_starts_anew_after_finish),
        cmocka_unit_test(labelled_digest_is_label_nul_and_lengths),
        cmocka_unit_test(hmac_of_rfc_4231),
        cmocka_unit_test(hkdf_of_rfc_5869),
        cmocka_unit_test(random_bytes_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
