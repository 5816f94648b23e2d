/* Refused PINs, doubled labels, full and lost tokens: SoftHSM behind the module that fails on demand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/wrap.h"
#include "tests/unit/crypto/hsm.h"

static struct softhsm hsm;
static const char *module; /* kyso-p11-fault.so */

static int setup(void **state)
{
    module = getenv("KYSO_P11_FAULT_SO");
    if (module == NULL || !softhsm_setup(&hsm) || make_token(module, "one") != KY_OK)
        return -1;
    ky_auto_keystore ks = NULL;
    if (open_token(&ks, module, "one", PIN) != KY_OK)
        return -1;
    bool made = ky_keystore_make_key(ks, "mac", KY_USE_MAC, 0) == KY_OK &&
                ky_keystore_make_key(ks, "rsa", KY_USE_SIGN, KY_KEY_RSA2048) == KY_OK &&
                ky_keystore_make_key(ks, "kek", KY_USE_WRAP, 0) == KY_OK;
    return made ? 0 : -1;
}

static int teardown(void **state)
{
    softhsm_teardown(&hsm);
    return 0;
}

static int no_fault(void **state)
{
    return softhsm_fault(&hsm, "") ? 0 : -1;
}

static void fault(const char *lines)
{
    assert_true(softhsm_fault(&hsm, lines));
}

static void run(const char *fmt, ...) KY_PRINTF(1, 2);
static void run(const char *fmt, ...)
{
    char command[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(command, sizeof command, fmt, args);
    va_end(args);
    assert_int_equal(system(command), 0);
}

static struct ky_keystore *opened(void)
{
    struct ky_keystore *ks = NULL;
    assert_int_equal(open_token(&ks, module, "one", PIN), KY_OK);
    return ks;
}

static struct ky_token_key *found(struct ky_keystore *ks, const char *label, ky_key_use use)
{
    struct ky_token_key *key = NULL;
    assert_int_equal(ky_keystore_find_key(&key, ks, label, use), KY_OK);
    return key;
}

static ky_rc mac_something(struct ky_token_key *key)
{
    static const struct ky_bytes part = {(const uint8_t *)"x", 1};
    uint8_t mac[KY_HMAC_SIZE];
    return ky_keystore_hmac(mac, key, &part, 1);
}

static void a_wrong_pin_is_said_so(void **state)
{
    struct ky_keystore *ks = NULL;
    assert_int_equal(open_token(&ks, module, "one", "654321"), KY_EAUTH);
    assert_non_null(strstr(ky_error(), "PIN is wrong"));
    fault("C_Login=0xA4");
    assert_int_equal(open_token(&ks, module, "one", PIN), KY_EAUTH);
    assert_non_null(strstr(ky_error(), "locked"));
    fault("C_Login=0xA3");
    assert_int_equal(open_token(&ks, module, "one", PIN), KY_EAUTH);
    assert_non_null(strstr(ky_error(), "expired"));
    assert_null(ks);
}

static void a_label_present_twice_is_refused(void **state)
{
    assert_int_equal(make_token(module, "twin-a"), KY_OK);
    /* Our own set-up refuses a second one; another tool does not. */
    run("softhsm2-util --init-token --free --label twin-a --pin " PIN " --so-pin " SO_PIN " >/dev/null");
    struct ky_keystore *ks = NULL;
    assert_int_equal(open_token(&ks, module, "twin-a", PIN), KY_EEXIST);
    assert_int_equal(make_token(module, "twin-a"), KY_EEXIST);
}

static void a_login_race_is_tried_again_but_not_for_ever(void **state)
{
    struct ky_keystore *ks = NULL;
    fault("C_OpenSession=0xE1");
    assert_int_equal(open_token(&ks, module, "one", PIN), KY_ETOKEN);
    fault("C_Login=0x102");
    assert_int_equal(open_token(&ks, module, "one", PIN), KY_EAUTH);
    assert_non_null(strstr(ky_error(), "no user PIN"));
    fault("C_Initialize=0x5");
    assert_int_equal(open_token(&ks, module, "one", PIN), KY_ETOKEN);
    assert_null(ks);
}

static void processes_that_log_in_at_one_moment_all_succeed(void **state)
{
    enum { PROCESSES = 8 };
    pid_t pids[PROCESSES];
    for (int i = 0; i < PROCESSES; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            struct ky_keystore *ks = NULL;
            _exit(open_token(&ks, module, "one", PIN) == KY_OK ? 0 : 1);
        }
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status = 1;
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_int_equal(status, 0);
    }
}

static void a_key_that_was_ever_outside_is_refused(void **state)
{
    run("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out %s/key.pem 2>/dev/null",
        hsm.dir);
    run("softhsm2-util --import %s/key.pem --token one --label outsider --id 01 --pin " PIN " >/dev/null",
        hsm.dir);
    ky_auto_keystore ks = opened();
    struct ky_token_key *key = NULL;
    assert_int_equal(ky_keystore_find_key(&key, ks, "outsider", KY_USE_SIGN), KY_EDENIED);
    assert_null(key);
}

static void a_key_label_present_twice_is_refused(void **state)
{
    run("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out %s/twin.pem 2>/dev/null",
        hsm.dir);
    run("softhsm2-util --import %s/twin.pem --token one --label rsa --id 02 --pin " PIN " >/dev/null",
        hsm.dir);
    ky_auto_keystore ks = opened();
    struct ky_token_key *key = NULL;
    assert_int_equal(ky_keystore_find_key(&key, ks, "rsa", KY_USE_SIGN), KY_EEXIST);
    assert_null(key);
}

static void a_full_token_is_a_limit(void **state)
{
    ky_auto_keystore ks = opened();
    fault("C_GenerateKeyPair=0x31\nC_CreateObject=0x31\n");
    assert_int_equal(ky_keystore_make_key(ks, "p256", KY_USE_SIGN, KY_KEY_P256), KY_ELIMIT);
    assert_int_equal(ky_keystore_add_data(ks, "kyso", "a", KY_BYTES_LIT("x"), false), KY_ELIMIT);
    fault("");
    assert_int_equal(ky_keystore_add_data(ks, "kyso", "a", KY_BYTES_LIT("x"), false), KY_OK);
    assert_int_equal(ky_keystore_counts(ks).recoveries, 0);
}

static void a_lost_token_comes_back_by_itself(void **state)
{
    ky_auto_keystore ks = opened();
    ky_auto_token_key mac = found(ks, "mac", KY_USE_MAC);
    ky_auto_token_key rsa = found(ks, "rsa", KY_USE_SIGN);
    assert_int_equal(mac_something(mac), KY_OK);
    fault("all=0x32");
    assert_int_equal(mac_something(mac), KY_ETOKEN);
    assert_int_equal(mac_something(mac), KY_ETOKEN); /* still away */
    assert_non_null(strstr(ky_error(), "lost"));
    fault("");
    assert_int_equal(mac_something(mac), KY_OK);
    static const uint8_t digest[32];
    ky_auto_buf sig = ky_buf_init(KY_SIGNATURE_MAX);
    assert_int_equal(ky_keystore_sign(&sig, rsa, KY_RSA_PKCS1V15, KY_SHA256, KY_BYTES_OF(digest)), KY_OK);
    assert_int_equal(ky_keystore_counts(ks).recoveries, 1);
}

static void a_call_broken_half_way_leaves_nothing_behind(void **state)
{
    ky_auto_keystore ks = opened();
    ky_auto_token_key mac = found(ks, "mac", KY_USE_MAC);
    static const char *const faults[] = {"C_SignInit=0xB3", "C_SignUpdate=0x30", "C_SignFinal=0x30"};
    for (size_t i = 0; i < KY_COUNT(faults); i++) {
        fault(faults[i]);
        assert_int_equal(mac_something(mac), KY_ETOKEN);
        fault("");
        assert_int_equal(mac_something(mac), KY_OK);
        assert_int_equal(ky_keystore_counts(ks).recoveries, i + 1);
    }
}

static void a_pin_refused_at_recovery_is_never_tried_again(void **state)
{
    ky_auto_keystore ks = opened();
    ky_auto_token_key mac = found(ks, "mac", KY_USE_MAC);
    fault("C_SignInit=0xB3\nC_Login=0xA0");
    assert_int_equal(mac_something(mac), KY_ETOKEN);
    assert_int_equal(mac_something(mac), KY_ETOKEN);
    fault("");
    assert_int_equal(mac_something(mac), KY_ETOKEN);
    assert_non_null(strstr(ky_error(), "refused"));
}

static void an_unwrapped_key_does_not_survive_the_loss(void **state)
{
    ky_auto_keystore ks = opened();
    ky_auto_token_key kek = found(ks, "kek", KY_USE_WRAP);
    ky_auto_token_key key = NULL;
    ky_auto_buf blob = ky_buf_init(KY_WRAPPED_MAX);
    ky_auto_buf spki = ky_buf_init(KY_SPKI_MAX);
    ky_auto_buf sig = ky_buf_init(KY_SIGNATURE_MAX);
    static const uint8_t digest[32];
    assert_int_equal(ky_wrap_make(&blob, &spki, kek, KY_KEY_P256), KY_OK);
    assert_int_equal(ky_wrap_open(&key, kek, KY_KEY_P256, ky_buf_bytes(&blob)), KY_OK);
    fault("C_Sign=0x30");
    assert_int_equal(ky_keystore_sign(&sig, key, KY_ECDSA, KY_SHA256, KY_BYTES_OF(digest)), KY_ETOKEN);
    fault("");
    assert_int_equal(ky_keystore_sign(&sig, key, KY_ECDSA, KY_SHA256, KY_BYTES_OF(digest)), KY_ETOKEN);
    assert_non_null(strstr(ky_error(), "unwrap it again"));
    ky_token_key_close(KY_STEAL(key));
    assert_int_equal(ky_wrap_open(&key, kek, KY_KEY_P256, ky_buf_bytes(&blob)), KY_OK);
    assert_int_equal(ky_keystore_sign(&sig, key, KY_ECDSA, KY_SHA256, KY_BYTES_OF(digest)), KY_OK);
}

static void a_stale_listing_removes_nothing(void **state)
{
    ky_auto_keystore ks = opened();
    ky_auto_arena arena = ky_arena_init(1 << 16);
    struct ky_token_data *items = NULL;
    size_t n = 0;
    assert_int_equal(ky_keystore_add_data(ks, "stale", "a", KY_BYTES_LIT("x"), false), KY_OK);
    assert_int_equal(ky_keystore_list_data(&items, &n, &arena, ks, "stale", "", 4), KY_OK);
    fault("C_GenerateRandom=0x32");
    uint8_t byte;
    assert_int_equal(ky_keystore_random(ks, &byte, 1), KY_ETOKEN);
    fault("");
    assert_int_equal(ky_keystore_remove_data(ks, &items[0]), KY_EBUSY);
    assert_int_equal(ky_keystore_list_data(&items, &n, &arena, ks, "stale", "", 4), KY_OK);
    assert_int_equal(n, 1);
    assert_int_equal(ky_keystore_remove_data(ks, &items[0]), KY_OK);
}

static void pss_is_padded_here_when_the_token_can_not(void **state)
{
    ky_auto_keystore ks = opened();
    ky_auto_token_key rsa = found(ks, "rsa", KY_USE_SIGN);
    ky_auto_buf spki = ky_buf_init(KY_SPKI_MAX);
    assert_int_equal(ky_keystore_public(&spki, rsa), KY_OK);
    fault("C_SignInit:0xd=0x70");
    assert_signs(rsa, ky_buf_bytes(&spki));
    fault("C_SignInit:0xd=0x70\nC_SignInit:0x3=0x70");
    static const uint8_t digest[32];
    ky_auto_buf sig = ky_buf_init(KY_SIGNATURE_MAX);
    assert_int_equal(ky_keystore_sign(&sig, rsa, KY_RSA_PSS, KY_SHA256, KY_BYTES_OF(digest)), KY_EDENIED);
}

static void no_working_wrap_mechanism_is_said_so(void **state)
{
    ky_auto_keystore ks = opened();
    ky_auto_token_key kek = found(ks, "kek", KY_USE_WRAP);
    ky_auto_buf blob = ky_buf_init(KY_WRAPPED_MAX);
    ky_auto_buf spki = ky_buf_init(KY_SPKI_MAX);
    fault("C_WrapKey=0x70");
    assert_int_equal(ky_wrap_make(&blob, &spki, kek, KY_KEY_P256), KY_EDENIED);
    assert_non_null(strstr(ky_error(), "key wrap"));
}

static void the_next_wrap_mechanism_is_taken(void **state)
{
    ky_auto_keystore ks = opened();
    ky_auto_token_key kek = found(ks, "kek", KY_USE_WRAP);
    ky_auto_token_key key = NULL;
    ky_auto_buf blob = ky_buf_init(KY_WRAPPED_MAX);
    ky_auto_buf spki = ky_buf_init(KY_SPKI_MAX);
    fault("C_WrapKey:0x210a=0x70");
    assert_int_equal(ky_wrap_make(&blob, &spki, kek, KY_KEY_P256), KY_OK);
    fault(""); /* the blob names its mechanism, whatever is chosen for new ones */
    assert_int_equal(ky_wrap_open(&key, kek, KY_KEY_P256, ky_buf_bytes(&blob)), KY_OK);
    assert_signs(key, ky_buf_bytes(&spki));
}

static void a_vague_failure_to_unwrap_is_the_blob_only_while_the_token_answers(void **state)
{
    ky_auto_keystore ks = opened();
    ky_auto_token_key kek = found(ks, "kek", KY_USE_WRAP);
    ky_auto_buf blob = ky_buf_init(KY_WRAPPED_MAX);
    ky_auto_buf spki = ky_buf_init(KY_SPKI_MAX);
    assert_int_equal(ky_wrap_make(&blob, &spki, kek, KY_KEY_P256), KY_OK);
    struct ky_token_key *key = NULL;
    fault("C_UnwrapKey=0x5");
    assert_int_equal(ky_wrap_open(&key, kek, KY_KEY_P256, ky_buf_bytes(&blob)), KY_EAUTH);
    fault("all=0x5");
    assert_int_equal(ky_wrap_open(&key, kek, KY_KEY_P256, ky_buf_bytes(&blob)), KY_ETOKEN);
    assert_null(key);
}

/* Fails the call at each function of the module in turn: nothing crashes, leaks or is answered wrongly. */
static void any_function_may_fail_at_any_time(void **state)
{
    static const char *const functions[] = {
        "C_GetSlotList",       "C_GetTokenInfo",     "C_OpenSession", "C_Login",      "C_FindObjectsInit",
        "C_FindObjects",       "C_FindObjectsFinal", "C_WrapKey",     "C_UnwrapKey",  "C_GenerateKeyPair",
        "C_GetAttributeValue", "C_SignInit",         "C_Sign",        "C_Initialize",
    };
    for (size_t i = 0; i < KY_COUNT(functions); i++) {
        char line[64];
        snprintf(line, sizeof line, "%s=0x30", functions[i]);
        fault(line);
        ky_auto_keystore ks = NULL;
        ky_auto_token_key kek = NULL;
        ky_auto_token_key key = NULL;
        ky_auto_buf blob = ky_buf_init(KY_WRAPPED_MAX);
        ky_auto_buf spki = ky_buf_init(KY_SPKI_MAX);
        ky_rc rc = open_token(&ks, module, "one", PIN);
        if (rc == KY_OK)
            rc = ky_keystore_find_key(&kek, ks, "kek", KY_USE_WRAP);
        if (rc == KY_OK)
            rc = ky_wrap_make(&blob, &spki, kek, KY_KEY_P256);
        if (rc == KY_OK)
            rc = ky_wrap_open(&key, kek, KY_KEY_P256, ky_buf_bytes(&blob));
        bool no_such_token = strcmp(functions[i], "C_GetTokenInfo") == 0;
        assert_int_equal(rc, no_such_token ? KY_ENOTFOUND : KY_ETOKEN);
    }
}

#define HSM_TEST(f) cmocka_unit_test_setup(f, no_fault)
int main(void)
{
    const struct CMUnitTest tests[] = {
        HSM_TEST(a_wrong_pin_is_said_so),
        HSM_TEST(a_label_present_twice_is_refused),
        HSM_TEST(a_login_race_is_tried_again_but_not_for_ever),
        HSM_TEST(processes_that_log_in_at_one_moment_all_succeed),
        HSM_TEST(a_full_token_is_a_limit),
        HSM_TEST(a_lost_token_comes_back_by_itself),
        HSM_TEST(a_call_broken_half_way_leaves_nothing_behind),
        HSM_TEST(a_pin_refused_at_recovery_is_never_tried_again),
        HSM_TEST(an_unwrapped_key_does_not_survive_the_loss),
        HSM_TEST(a_stale_listing_removes_nothing),
        HSM_TEST(pss_is_padded_here_when_the_token_can_not),
        HSM_TEST(no_working_wrap_mechanism_is_said_so),
        HSM_TEST(the_next_wrap_mechanism_is_taken),
        HSM_TEST(a_vague_failure_to_unwrap_is_the_blob_only_while_the_token_answers),
        HSM_TEST(any_function_may_fail_at_any_time),
        HSM_TEST(a_key_that_was_ever_outside_is_refused),
        HSM_TEST(a_key_label_present_twice_is_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
