/* The token inside the sandbox of a key process: everything that a worker and a keeper do with it goes on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/wrap.h"
#include "os/sandbox.h"
#include "tests/unit/crypto/hsm.h"

static struct softhsm hsm;
static const char *module; /* kyso-p11-fault.so */

static int setup(void **state)
{
    module = getenv("KYSO_P11_FAULT_SO");
    return module != NULL && softhsm_setup(&hsm) && make_token(module, "one") == KY_OK ? 0 : -1;
}

static int teardown(void **state)
{
    softhsm_teardown(&hsm);
    return 0;
}

static ky_rc make_permanent_keys(struct ky_keystore *ks)
{
    KY_TRY(ky_keystore_make_key(ks, "mac", KY_USE_MAC, 0));
    KY_TRY(ky_keystore_make_key(ks, "kek", KY_USE_WRAP, 0));
    KY_TRY(ky_keystore_make_key(ks, "att", KY_USE_SIGN, KY_KEY_P256));
    ky_auto_token_key none = NULL;
    if (ky_keystore_find_key(&none, ks, "nothing", KY_USE_SIGN) != KY_ENOTFOUND) /* SoftHSM may log that */
        return ky_fail(KY_EINTERNAL, "found a key that is not there");
    return KY_OK;
}

static ky_rc wrap_and_sign(struct ky_keystore *ks, ky_key_type type, ky_scheme scheme)
{
    static const uint8_t digest[32] = {1, 2, 3};
    ky_auto_token_key kek = NULL;
    ky_auto_token_key key = NULL;
    ky_auto_buf blob = ky_buf_init(KY_WRAPPED_MAX), spki = ky_buf_init(KY_SPKI_MAX),
                sig = ky_buf_init(KY_SIGNATURE_MAX);
    KY_TRY(ky_keystore_find_key(&kek, ks, "kek", KY_USE_WRAP));
    KY_TRY(ky_wrap_make(&blob, &spki, kek, type));
    KY_TRY(ky_wrap_open(&key, kek, type, ky_buf_bytes(&blob)));
    KY_TRY(ky_keystore_sign(&sig, key, scheme, KY_SHA256, KY_BYTES_OF(digest)));
    bool good =
        ossl_verifies(ky_buf_bytes(&spki), scheme, KY_SHA256, KY_BYTES_OF(digest), ky_buf_bytes(&sig));
    return good ? KY_OK : ky_fail(KY_EINTERNAL, "wrong signature");
}

/* The token goes and comes back: the store logs in anew without opening what the sandbox forbids. */
static ky_rc lose_and_recover(struct ky_keystore *ks)
{
    uint8_t mac[KY_HMAC_SIZE];
    struct ky_bytes part = KY_BYTES_LIT("x");
    ky_auto_token_key key = NULL;
    KY_TRY(ky_keystore_find_key(&key, ks, "mac", KY_USE_MAC));
    if (!softhsm_fault(&hsm, "all=0x32\n") || ky_keystore_hmac(mac, key, &part, 1) != KY_ETOKEN)
        return ky_fail(KY_EINTERNAL, "the loss was not noticed");
    if (!softhsm_fault(&hsm, ""))
        return ky_fail(KY_EINTERNAL, "cannot end the fault");
    KY_TRY(ky_keystore_hmac(mac, key, &part, 1));
    return ky_keystore_counts(ks).recoveries == 1 ? KY_OK : ky_fail(KY_EINTERNAL, "no recovery");
}

static ky_rc work_in_sandbox(void)
{
    ky_auto_keystore ks = NULL;
    KY_TRY(open_token(&ks, module, "one", PIN));
    KY_TRY(ky_sandbox_enter(KY_SANDBOX_KEY));
    KY_TRY(ky_context(make_permanent_keys(ks), "permanent keys"));
    KY_TRY(ky_context(wrap_and_sign(ks, KY_KEY_P256, KY_ECDSA), "P-256"));
    KY_TRY(ky_context(wrap_and_sign(ks, KY_KEY_RSA2048, KY_RSA_PKCS1V15), "RSA"));
    return ky_context(lose_and_recover(ks), "loss");
}

static void token_works_in_the_sandbox(void **state)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        ky_rc rc = work_in_sandbox();
        if (rc != KY_OK)
            fprintf(stderr, "%s: %s\n", ky_rc_name(rc), ky_error());
        exit(rc == KY_OK ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_false(WIFSIGNALED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(token_works_in_the_sandbox)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
