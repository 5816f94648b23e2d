/* A person's token: key and certificate found by label, on a real SoftHSM. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "crypto/personal.h"
#include "tests/unit/crypto/hsm.h"

static struct softhsm hsm;
static struct ky_keystore *ks;

static int setup(void **state)
{
    if (!softhsm_setup(&hsm) || make_token(softhsm_module(), "seal") != KY_OK)
        return -1;
    return open_token(&ks, softhsm_module(), "seal", PIN) == KY_OK ? 0 : -1;
}

static int teardown(void **state)
{
    ky_keystore_close(ks);
    softhsm_teardown(&hsm);
    return 0;
}

static ky_rc count_and_keep_first(void *ctx, struct ky_bytes der)
{
    struct ky_buf *b = ctx;
    if (b->n == 0)
        ky_buf_add(b, der);
    return KY_OK;
}

static void signs_with_a_key_and_gives_its_certificate_first(void **state)
{
    assert_int_equal(ky_keystore_make_key(ks, "other", KY_USE_SIGN, KY_KEY_P256), KY_OK);
    assert_int_equal(ky_keystore_make_key(ks, "mine", KY_USE_SIGN, KY_KEY_P256), KY_OK);
    ky_auto_token_key other = NULL;
    ky_auto_token_key mine = NULL;
    assert_int_equal(ky_personal_find_key(&other, ks, "other"), KY_OK);
    assert_int_equal(ky_personal_find_key(&mine, ks, "mine"), KY_OK);
    const struct ky_personal_cert theirs = {KY_BYTES_LIT("\x30\x01T"), KY_BYTES_LIT("\x30\x00"),
                                            KY_BYTES_LIT("\x30\x00"), KY_BYTES_LIT("\x02")};
    const struct ky_personal_cert ours = {KY_BYTES_LIT("\x30\x01M"), KY_BYTES_LIT("\x30\x00"),
                                          KY_BYTES_LIT("\x30\x00"), KY_BYTES_LIT("\x01")};
    assert_int_equal(ky_personal_put_cert(other, &theirs), KY_OK);
    assert_int_equal(ky_personal_put_cert(mine, &ours), KY_OK);
    ky_auto_buf first = ky_buf_init(64);
    assert_int_equal(ky_personal_each_cert(mine, count_and_keep_first, &first), KY_OK);
    assert_true(ky_bytes_eq(ky_buf_bytes(&first), ours.der));
    ky_auto_buf spki = ky_buf_init(KY_SPKI_MAX);
    assert_int_equal(ky_keystore_public(&spki, mine), KY_OK);
    assert_signs(mine, ky_buf_bytes(&spki));
}

struct labels {
    size_t mine, others;
};

static ky_rc count_labels(void *ctx, const char *label, struct ky_bytes der)
{
    struct labels *l = ctx;
    const bool mine = strcmp(label, "mine") == 0 && ky_bytes_eq(der, KY_BYTES_LIT("\x30\x01M"));
    *(mine ? &l->mine : &l->others) += 1;
    return KY_OK;
}

static void reads_certificates_without_a_pin(void **state)
{
    struct labels l = {0, 0};
    assert_int_equal(ky_personal_read_certs(softhsm_module(), "seal", count_labels, &l), KY_OK);
    assert_int_equal(l.mine, 1);
    assert_int_equal(l.others, 1);
    assert_int_equal(ky_personal_read_certs(softhsm_module(), "nobody", count_labels, &l), KY_ENOTFOUND);
    assert_int_equal(ky_personal_read_certs("/nowhere.so", "seal", count_labels, &l), KY_ENOTFOUND);
}

static void says_when_there_is_no_such_key(void **state)
{
    struct ky_token_key *key = NULL;
    assert_int_equal(ky_personal_find_key(&key, ks, "nobody"), KY_ENOTFOUND);
    assert_non_null(strstr(ky_error(), "nobody"));
    assert_int_equal(ky_personal_find_key(&key, ks, ""), KY_EINVAL);
    assert_null(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_with_a_key_and_gives_its_certificate_first),
        cmocka_unit_test(reads_certificates_without_a_pin),
        cmocka_unit_test(says_when_there_is_no_such_key),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
