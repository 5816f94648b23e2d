/* Subscribers' keys on a real SoftHSM: made, wrapped, opened, used, destroyed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <ftw.h>

#include "crypto/wrap.h"
#include "tests/unit/crypto/hsm.h"

static struct softhsm hsm;
static struct ky_keystore *ks;
static struct ky_token_key *kek;
static int objects; /* files of SoftHSM's store */

static int setup(void **state)
{
    if (!softhsm_setup(&hsm) || make_token(softhsm_module(), "wrap") != KY_OK ||
        open_token(&ks, softhsm_module(), "wrap", PIN) != KY_OK ||
        ky_keystore_make_key(ks, "kek", KY_USE_WRAP, 0) != KY_OK)
        return -1;
    return ky_keystore_find_key(&kek, ks, "kek", KY_USE_WRAP) == KY_OK ? 0 : -1;
}

static int teardown(void **state)
{
    ky_token_key_close(kek);
    ky_keystore_close(ks);
    softhsm_teardown(&hsm);
    return 0;
}

static void make(struct ky_buf *blob, struct ky_buf *spki, ky_key_type type)
{
    *blob = ky_buf_init(KY_WRAPPED_MAX);
    *spki = ky_buf_init(KY_SPKI_MAX);
    assert_int_equal(ky_wrap_make(blob, spki, kek, type), KY_OK);
}

static int count_object(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)ftw;
    const char *end = strrchr(path, '.');
    objects += kind == FTW_F && end != NULL && strcmp(end, ".object") == 0;
    return 0;
}

static void making_a_wrapping_key_leaves_one_object(void **state)
{
    objects = 0;
    assert_int_equal(nftw(hsm.dir, count_object, 8, FTW_PHYS), 0);
    assert_int_equal(objects, 2);            /* the key, and the token itself */
    assert_false(ky_token_key_trusted(kek)); /* SoftHSM asks for the security officer */
}

static void every_type_comes_back_and_signs(void **state)
{
    static const ky_key_type types[] = {KY_KEY_RSA2048, KY_KEY_RSA3072, KY_KEY_P256, KY_KEY_P384};
    for (size_t i = 0; i < KY_COUNT(types); i++) {
        ky_auto_buf blob, spki;
        make(&blob, &spki, types[i]);
        ky_auto_token_key key = NULL;
        assert_int_equal(ky_wrap_open(&key, kek, types[i], ky_buf_bytes(&blob)), KY_OK);
        assert_int_equal(ky_token_key_type(key), types[i]);
        assert_signs(key, ky_buf_bytes(&spki));
    }
}

static void nothing_stays_in_the_token(void **state)
{
    ky_auto_buf blob, spki;
    make(&blob, &spki, KY_KEY_P256);
    ky_auto_token_key key = NULL;
    assert_int_equal(ky_keystore_find_key(&key, ks, "", KY_USE_SIGN), KY_EINVAL);
    assert_int_equal(ky_wrap_open(&key, kek, KY_KEY_P256, ky_buf_bytes(&blob)), KY_OK);
    assert_int_equal(ky_keystore_public(&spki, key), KY_EINVAL);
    assert_int_equal(ky_keystore_destroy_key(key), KY_EINVAL);
}

static void only_a_wrapping_key_wraps(void **state)
{
    assert_int_equal(ky_keystore_make_key(ks, "mac", KY_USE_MAC, 0), KY_OK);
    ky_auto_token_key mac = NULL;
    assert_int_equal(ky_keystore_find_key(&mac, ks, "mac", KY_USE_MAC), KY_OK);
    ky_auto_buf blob = ky_buf_init(KY_WRAPPED_MAX);
    ky_auto_buf spki = ky_buf_init(KY_SPKI_MAX);
    assert_int_equal(ky_wrap_make(&blob, &spki, mac, KY_KEY_P256), KY_EINVAL);
    assert_int_equal(ky_wrap_make(&blob, &spki, kek, KY_KEY_RSA4096), KY_EINVAL);
}

static void a_changed_blob_is_refused_at_every_byte(void **state)
{
    ky_auto_buf blob, spki;
    make(&blob, &spki, KY_KEY_P256);
    struct ky_token_key *key = NULL;
    for (size_t i = 0; i < blob.n; i++) {
        blob.p[i] ^= 0x80;
        assert_int_equal(ky_wrap_open(&key, kek, KY_KEY_P256, ky_buf_bytes(&blob)), KY_EAUTH);
        blob.p[i] ^= 0x80;
    }
    assert_int_equal(ky_wrap_open(&key, kek, KY_KEY_P256, ky_buf_bytes(&blob)), KY_OK);
    ky_token_key_close(key);
    assert_int_equal(ky_keystore_counts(ks).recoveries, 0);
}

static void a_shortened_or_endless_blob_is_refused(void **state)
{
    static const uint8_t endless[KY_WRAPPED_MAX + 1] = {1};
    ky_auto_buf blob, spki;
    make(&blob, &spki, KY_KEY_P256);
    struct ky_token_key *key = NULL;
    for (size_t n = 2; n < blob.n; n++)
        assert_int_equal(ky_wrap_open(&key, kek, KY_KEY_P256, KY_BYTES(blob.p, n)), KY_EAUTH);
    assert_int_equal(ky_wrap_open(&key, kek, KY_KEY_P256, KY_BYTES(blob.p, 1)), KY_EFORMAT);
    assert_int_equal(ky_wrap_open(&key, kek, KY_KEY_P256, KY_BYTES_OF(endless)), KY_EFORMAT);
    assert_null(key);
}

static void a_blob_opens_only_as_its_own_type(void **state)
{
    static const ky_key_type types[] = {KY_KEY_RSA2048, KY_KEY_RSA3072, KY_KEY_P256, KY_KEY_P384};
    for (size_t i = 0; i < KY_COUNT(types); i++) {
        ky_auto_buf blob, spki;
        make(&blob, &spki, types[i]);
        struct ky_token_key *key = NULL;
        for (size_t j = 0; j < KY_COUNT(types); j++)
            if (j != i)
                assert_int_equal(ky_wrap_open(&key, kek, types[j], ky_buf_bytes(&blob)), KY_EAUTH);
        assert_null(key);
    }
}

static void a_blob_opens_only_under_its_own_key(void **state)
{
    assert_int_equal(ky_keystore_make_key(ks, "kek.2", KY_USE_WRAP, 0), KY_OK);
    ky_auto_token_key other = NULL;
    assert_int_equal(ky_keystore_find_key(&other, ks, "kek.2", KY_USE_WRAP), KY_OK);
    ky_auto_buf blob, spki;
    make(&blob, &spki, KY_KEY_P256);
    struct ky_token_key *key = NULL;
    assert_int_equal(ky_wrap_open(&key, other, KY_KEY_P256, ky_buf_bytes(&blob)), KY_EAUTH);
}

static void a_thousand_cycles_leave_no_object_behind(void **state)
{
    static const uint8_t digest[32] = {7};
    ky_auto_buf blob, spki;
    make(&blob, &spki, KY_KEY_P256);
    uint64_t before = ky_keystore_counts(ks).unwraps;
    for (int i = 0; i < 1000; i++) {
        ky_auto_token_key key = NULL;
        ky_auto_buf sig = ky_buf_init(KY_SIGNATURE_MAX);
        assert_int_equal(ky_wrap_open(&key, kek, KY_KEY_P256, ky_buf_bytes(&blob)), KY_OK);
        assert_int_equal(ky_keystore_sign(&sig, key, KY_ECDSA, KY_SHA256, KY_BYTES_OF(digest)), KY_OK);
    }
    assert_int_equal(ky_keystore_counts(ks).unwraps, before + 1000);
    assert_int_equal(ky_keystore_counts(ks).recoveries, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(making_a_wrapping_key_leaves_one_object),
        cmocka_unit_test(every_type_comes_back_and_signs),
        cmocka_unit_test(nothing_stays_in_the_token),
        cmocka_unit_test(only_a_wrapping_key_wraps),
        cmocka_unit_test(a_changed_blob_is_refused_at_every_byte),
        cmocka_unit_test(a_shortened_or_endless_blob_is_refused),
        cmocka_unit_test(a_blob_opens_only_as_its_own_type),
        cmocka_unit_test(a_blob_opens_only_under_its_own_key),
        cmocka_unit_test(a_thousand_cycles_leave_no_object_behind),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
