/* Permanent keys and data objects on a real SoftHSM. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/mac.h"
#include "crypto/softkey.h"
#include "tests/unit/crypto/hsm.h"

static struct softhsm hsm;
static struct ky_keystore *ks; /* opened for the whole group */

static int setup(void **state)
{
    if (!softhsm_setup(&hsm) || make_token(softhsm_module(), "one") != KY_OK)
        return -1;
    return open_token(&ks, softhsm_module(), "one", PIN) == KY_OK ? 0 : -1;
}

static int teardown(void **state)
{
    ky_keystore_close(ks);
    softhsm_teardown(&hsm);
    return 0;
}

static void says_what_is_wrong_with_the_module(void **state)
{
    struct ky_keystore *out = NULL;
    assert_int_equal(open_token(&out, "/nonexistent/p11.so", "one", PIN), KY_ENOTFOUND);
    assert_non_null(strstr(ky_error(), "/nonexistent/p11.so"));
    assert_int_equal(open_token(&out, "libc.so.6", "one", PIN), KY_ENOTFOUND);
    assert_non_null(strstr(ky_error(), "C_GetFunctionList"));
    assert_null(out);
}

static void lists_tokens_when_the_label_is_unknown(void **state)
{
    struct ky_keystore *out = NULL;
    assert_int_equal(open_token(&out, softhsm_module(), "other", PIN), KY_ENOTFOUND);
    assert_non_null(strstr(ky_error(), "there is: one"));
    assert_int_equal(open_token(&out, softhsm_module(), "", PIN), KY_EINVAL);
    assert_int_equal(open_token(&out, softhsm_module(), "a label of more than thirty-two bytes", PIN),
                     KY_EINVAL);
}

static void refuses_to_set_up_a_label_that_exists(void **state)
{
    assert_int_equal(make_token(softhsm_module(), "one"), KY_EEXIST);
}

static void a_fresh_token_is_virgin_until_something_is_made(void **state)
{
    bool virgin = false;
    assert_int_equal(ky_keystore_is_virgin(&virgin, ks), KY_OK);
    assert_true(virgin);
    assert_int_equal(ky_keystore_make_key(ks, "first", KY_USE_MAC, 0), KY_OK);
    assert_int_equal(ky_keystore_is_virgin(&virgin, ks), KY_OK);
    assert_false(virgin);
}

static void describes_the_token(void **state)
{
    struct ky_token_info info;
    assert_int_equal(ky_keystore_info(&info, ks), KY_OK);
    assert_string_equal(info.label, "one");
    assert_string_equal(info.manufacturer, "SoftHSM project");
    assert_true(strlen(info.serial) > 0);
}

static void every_signing_key_signs_with_every_scheme(void **state)
{
    for (ky_key_type type = 0; type < KY_KEY_TYPE_COUNT; type++) {
        const char *label = ky_key_info(type)->name;
        assert_int_equal(ky_keystore_make_key(ks, label, KY_USE_SIGN, type), KY_OK);
        ky_auto_token_key key = NULL;
        ky_auto_buf spki = ky_buf_init(KY_SPKI_MAX);
        assert_int_equal(ky_keystore_find_key(&key, ks, label, KY_USE_SIGN), KY_OK);
        assert_int_equal(ky_token_key_type(key), type);
        assert_int_equal(ky_keystore_public(&spki, key), KY_OK);
        assert_signs(key, ky_buf_bytes(&spki));
    }
}

static void a_key_serves_as_signer(void **state)
{
    ky_auto_token_key key = NULL;
    assert_int_equal(ky_keystore_find_key(&key, ks, "p256", KY_USE_SIGN), KY_OK);
    struct ky_signer signer = ky_keystore_signer(key);
    ky_auto_buf spki = ky_buf_init(KY_SPKI_MAX);
    ky_auto_buf sig = ky_buf_init(KY_SIGNATURE_MAX);
    static const uint8_t digest[32] = {1};
    assert_int_equal(ky_keystore_public(&spki, key), KY_OK);
    uint64_t before = ky_keystore_counts(ks).signatures;
    assert_int_equal(signer.sign(signer.ctx, &sig, KY_ECDSA, KY_SHA256, KY_BYTES_OF(digest)), KY_OK);
    assert_int_equal(ky_keystore_counts(ks).signatures, before + 1);
    assert_int_equal(signer.key_type, KY_KEY_P256);
    assert_true(
        ossl_verifies(ky_buf_bytes(&spki), KY_ECDSA, KY_SHA256, KY_BYTES_OF(digest), ky_buf_bytes(&sig)));
}

static void refuses_what_does_not_fit(void **state)
{
    static const uint8_t digest[32] = {1};
    uint8_t mac[KY_HMAC_SIZE];
    ky_auto_buf sig = ky_buf_init(KY_SIGNATURE_MAX);
    ky_auto_token_key key = NULL;
    ky_auto_token_key mac_key = NULL;
    assert_int_equal(ky_keystore_find_key(&key, ks, "p256", KY_USE_SIGN), KY_OK);
    assert_int_equal(ky_keystore_find_key(&mac_key, ks, "first", KY_USE_MAC), KY_OK);
    struct ky_bytes d = KY_BYTES_OF(digest);
    assert_int_equal(ky_keystore_sign(&sig, key, KY_RSA_PSS, KY_SHA256, d), KY_EINVAL);
    assert_int_equal(ky_keystore_sign(&sig, key, KY_ECDSA, KY_SHA384, d), KY_EINVAL);
    assert_int_equal(ky_keystore_sign(&sig, mac_key, KY_ECDSA, KY_SHA256, d), KY_EINVAL);
    assert_int_equal(ky_keystore_hmac(mac, key, &d, 1), KY_EINVAL);
    assert_int_equal(ky_keystore_public(&sig, mac_key), KY_EINVAL);
    assert_int_equal(sig.n, 0);
    assert_int_equal(ky_keystore_make_key(ks, "k", KY_USE_DERIVE, KY_KEY_P384), KY_EINVAL);
    assert_int_equal(ky_keystore_make_key(ks, "", KY_USE_MAC, 0), KY_EINVAL);
}

static void a_label_is_made_once_and_found_once(void **state)
{
    ky_auto_token_key key = NULL;
    assert_int_equal(ky_keystore_make_key(ks, "first", KY_USE_MAC, 0), KY_EEXIST);
    assert_int_equal(ky_keystore_find_key(&key, ks, "none", KY_USE_MAC), KY_ENOTFOUND);
    assert_non_null(strstr(ky_error(), "none"));
    assert_int_equal(ky_keystore_find_key(&key, ks, "first", KY_USE_SIGN), KY_ENOTFOUND);
    assert_null(key);
}

static void a_key_of_another_use_is_refused(void **state)
{
    /* A wrapping key and a MAC key are both secret keys: the label alone would find either. */
    ky_auto_token_key key = NULL;
    assert_int_equal(ky_keystore_find_key(&key, ks, "first", KY_USE_WRAP), KY_EDENIED);
    assert_int_equal(ky_keystore_find_key(&key, ks, "p256", KY_USE_DERIVE), KY_EDENIED);
    assert_null(key);
}

static void hmac_keeps_the_borders_of_nothing_but_order(void **state)
{
    ky_auto_token_key key = NULL;
    assert_int_equal(ky_keystore_find_key(&key, ks, "first", KY_USE_MAC), KY_OK);
    const struct ky_bytes whole[] = {KY_BYTES_LIT("kyso record")};
    const struct ky_bytes split[] = {KY_BYTES_LIT("kyso "), KY_BYTES_NONE, KY_BYTES_LIT("record")};
    uint8_t a[KY_HMAC_SIZE], b[KY_HMAC_SIZE];
    assert_int_equal(ky_keystore_hmac(a, key, whole, 1), KY_OK);
    assert_int_equal(ky_keystore_hmac(b, key, split, 3), KY_OK);
    assert_memory_equal(a, b, sizeof a);
    struct ky_mac mac = ky_token_mac(key);
    assert_int_equal(ky_mac_check(&mac, split, 3, KY_BYTES_OF(a), "record"), KY_OK);
    assert_int_equal(ky_mac_check(&mac, split, 1, KY_BYTES_OF(a), "record"), KY_EAUTH);
    assert_int_equal(ky_mac_check(&mac, split, 3, KY_BYTES(a, 31), "record"), KY_EAUTH);
    a[31] ^= 1;
    assert_int_equal(ky_mac_check(&mac, split, 3, KY_BYTES_OF(a), "record"), KY_EAUTH);
}

static void ecdh_agrees_with_a_key_of_ours(void **state)
{
    assert_int_equal(ky_keystore_make_key(ks, "open", KY_USE_DERIVE, KY_KEY_P256), KY_OK);
    ky_auto_token_key key = NULL;
    ky_auto_softkey peer = NULL;
    ky_auto_pubkey public_key = NULL;
    ky_auto_buf spki = ky_buf_init(KY_SPKI_MAX);
    assert_int_equal(ky_keystore_find_key(&key, ks, "open", KY_USE_DERIVE), KY_OK);
    assert_int_equal(ky_keystore_public(&spki, key), KY_OK);
    assert_int_equal(ky_pubkey_parse(&public_key, ky_buf_bytes(&spki)), KY_OK);
    assert_int_equal(ky_softkey_generate(&peer, KY_KEY_P256), KY_OK);
    uint8_t ours[32], theirs[32], bad[65];
    struct ky_bytes peer_point = ky_pubkey_point(ky_softkey_public(peer));
    assert_int_equal(ky_keystore_ecdh_fn(key, ours, peer_point.p), KY_OK);
    assert_int_equal(ky_softkey_ecdh(peer, theirs, ky_pubkey_point(public_key).p), KY_OK);
    assert_memory_equal(ours, theirs, sizeof ours);
    memcpy(bad, peer_point.p, sizeof bad);
    bad[64] ^= 1;
    assert_int_equal(ky_keystore_ecdh(ours, key, bad), KY_EFORMAT);
}

static void random_bytes_differ_and_are_bounded(void **state)
{
    uint8_t a[32], b[32];
    assert_int_equal(ky_keystore_random(ks, a, sizeof a), KY_OK);
    assert_int_equal(ky_keystore_random(ks, b, sizeof b), KY_OK);
    assert_memory_not_equal(a, b, sizeof a);
    assert_int_equal(ky_keystore_random(ks, a, KY_TOKEN_RANDOM_MAX + 1), KY_ELIMIT);
}

static void a_destroyed_key_is_gone_with_its_public_half(void **state)
{
    assert_int_equal(ky_keystore_make_key(ks, "short-lived", KY_USE_SIGN, KY_KEY_P256), KY_OK);
    struct ky_token_key *key = NULL;
    assert_int_equal(ky_keystore_find_key(&key, ks, "short-lived", KY_USE_SIGN), KY_OK);
    assert_int_equal(ky_keystore_destroy_key(key), KY_OK);
    assert_int_equal(ky_keystore_find_key(&key, ks, "short-lived", KY_USE_SIGN), KY_ENOTFOUND);
    assert_int_equal(ky_keystore_make_key(ks, "short-lived", KY_USE_SIGN, KY_KEY_P256), KY_OK);
}

static void data_objects_are_kept_listed_and_removed(void **state)
{
    static const uint8_t value[3] = {1, 2, 3};
    ky_auto_arena arena = ky_arena_init(1 << 20);
    struct ky_token_data *items = NULL;
    size_t n = 0;
    assert_int_equal(ky_keystore_add_data(ks, "kyso", "anchor.1", KY_BYTES_OF(value), false), KY_OK);
    assert_int_equal(ky_keystore_add_data(ks, "kyso", "anchor.1", KY_BYTES(value, 2), false), KY_OK);
    assert_int_equal(ky_keystore_add_data(ks, "kyso", "founding", KY_BYTES(value, 1), true), KY_OK);
    assert_int_equal(ky_keystore_add_data(ks, "foreign", "anchor.1", KY_BYTES(value, 1), false), KY_OK);
    assert_int_equal(ky_keystore_list_data(&items, &n, &arena, ks, "kyso", "anchor.", 10), KY_OK);
    assert_int_equal(n, 2);
    assert_int_equal(items[0].value.n + items[1].value.n, 5);
    assert_memory_equal(items[0].value.p, value, 2);
    assert_string_equal(items[1].label, "anchor.1");
    assert_int_equal(ky_keystore_list_data(&items, &n, &arena, ks, "kyso", "", 2), KY_ELIMIT);
    assert_int_equal(ky_keystore_list_data(&items, &n, &arena, ks, "kyso", "anchor.", 2), KY_OK);
    assert_int_equal(ky_keystore_remove_data(ks, &items[0]), KY_OK);
    assert_int_equal(ky_keystore_list_data(&items, &n, &arena, ks, "kyso", "", 10), KY_OK);
    assert_int_equal(n, 2);
    assert_int_equal(ky_keystore_list_data(&items, &n, &arena, ks, "none", "", 10), KY_OK);
    assert_int_equal(n, 0);
}

static void an_object_kept_for_ever_stays(void **state)
{
    ky_auto_arena arena = ky_arena_init(1 << 20);
    struct ky_token_data *items = NULL;
    size_t n = 0;
    assert_int_equal(ky_keystore_list_data(&items, &n, &arena, ks, "kyso", "founding", 1), KY_OK);
    assert_int_equal(n, 1);
    assert_int_equal(ky_keystore_remove_data(ks, &items[0]), KY_EDENIED);
    assert_int_equal(ky_keystore_add_data(ks, "kyso", "empty", KY_BYTES_NONE, false), KY_ELIMIT);
}

static void another_process_must_not_use_the_login(void **state)
{
    pid_t pid = fork();
    if (pid == 0) {
        uint8_t byte;
        _exit(ky_keystore_random(ks, &byte, 1) == KY_EINTERNAL ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void two_tokens_work_side_by_side(void **state)
{
    struct ky_keystore *second = NULL;
    assert_int_equal(make_token(softhsm_module(), "two"), KY_OK);
    assert_int_equal(open_token(&second, softhsm_module(), "two", PIN), KY_OK);
    bool virgin = false;
    assert_int_equal(ky_keystore_is_virgin(&virgin, second), KY_OK);
    assert_true(virgin);
    ky_keystore_close(second);
    uint8_t byte;
    assert_int_equal(ky_keystore_random(ks, &byte, 1), KY_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_is_wrong_with_the_module),
        cmocka_unit_test(lists_tokens_when_the_label_is_unknown),
        cmocka_unit_test(refuses_to_set_up_a_label_that_exists),
        cmocka_unit_test(a_fresh_token_is_virgin_until_something_is_made),
        cmocka_unit_test(describes_the_token),
        cmocka_unit_test(every_signing_key_signs_with_every_scheme),
        cmocka_unit_test(a_key_serves_as_signer),
        cmocka_unit_test(refuses_what_does_not_fit),
        cmocka_unit_test(a_label_is_made_once_and_found_once),
        cmocka_unit_test(a_key_of_another_use_is_refused),
        cmocka_unit_test(hmac_keeps_the_borders_of_nothing_but_order),
        cmocka_unit_test(ecdh_agrees_with_a_key_of_ours),
        cmocka_unit_test(random_bytes_differ_and_are_bounded),
        cmocka_unit_test(a_destroyed_key_is_gone_with_its_public_half),
        cmocka_unit_test(data_objects_are_kept_listed_and_removed),
        cmocka_unit_test(an_object_kept_for_ever_stays),
        cmocka_unit_test(another_process_must_not_use_the_login),
        cmocka_unit_test(two_tokens_work_side_by_side),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
