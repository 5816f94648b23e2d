/* base/hex, base64, str, secret, arena, rc: one form in, one form out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/base64.h"
#include "base/hex.h"
#include "base/secret.h"
#include "base/str.h"

static void base64_vectors(void **state)
{
    static const struct {
        const char *plain, *std, *url;
    } cases[] = {
        {"", "", ""},
        {"f", "Zg==", "Zg"},
        {"fo", "Zm8=", "Zm8"},
        {"foo", "Zm9v", "Zm9v"},
        {"\xfb\xff\xfe", "+//+", "-__-"},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf a = ky_buf_init(100), u = ky_buf_init(100), back = ky_buf_init(100);
        ky_buf_add_base64(&a, ky_bytes_str(cases[i].plain));
        ky_buf_add_base64url(&u, ky_bytes_str(cases[i].plain));
        assert_string_equal(ky_buf_str(&a), cases[i].std);
        assert_string_equal(ky_buf_str(&u), cases[i].url);
        assert_int_equal(ky_base64_decode(&back, ky_buf_bytes(&a)), KY_OK);
        assert_string_equal(ky_buf_str(&back), cases[i].plain);
    }
}

static void base64_refuses_second_forms(void **state)
{
    static const char *const bad_std[] = {"Zg", "Zg=", "Zh==", "Z===", "Zg==Zg==", "Zm9v\n", "-__-"};
    for (size_t i = 0; i < KY_COUNT(bad_std); i++) {
        ky_auto_buf out = ky_buf_init(100);
        assert_int_equal(ky_base64_decode(&out, ky_bytes_str(bad_std[i])), KY_EFORMAT);
    }
    static const char *const bad_url[] = {"Zg==", "Zh", "Z", "+//+", "Zm9 v"};
    for (size_t i = 0; i < KY_COUNT(bad_url); i++) {
        ky_auto_buf out = ky_buf_init(100);
        assert_int_equal(ky_base64url_decode(&out, ky_bytes_str(bad_url[i])), KY_EFORMAT);
    }
    uint8_t two[2];
    assert_int_equal(ky_base64url_decode_exact(two, 2, KY_BYTES_LIT("Zm8")), KY_OK);
    assert_int_equal(ky_base64url_decode_exact(two, 2, KY_BYTES_LIT("Zm9v")), KY_EFORMAT);
}

static void hex_is_lower_case_only(void **state)
{
    uint8_t out[2];
    char text[5];
    assert_int_equal(ky_hex_decode(out, 2, KY_BYTES_LIT("0aff")), KY_OK);
    ky_hex_encode(text, KY_BYTES_OF(out));
    assert_string_equal(text, "0aff");
    assert_int_equal(ky_hex_decode(out, 2, KY_BYTES_LIT("0AFF")), KY_EFORMAT);
    assert_int_equal(ky_hex_decode(out, 2, KY_BYTES_LIT("0af")), KY_EFORMAT);
}

static void text_check_refuses_what_deceives(void **state)
{
    assert_int_equal(ky_text_check("tên", ky_bytes_str("Nguyễn Thị Hà"), 13), KY_OK);
    assert_int_equal(ky_text_check("tên", ky_bytes_str("Nguyễn Thị Hà"), 12), KY_ELIMIT);
    static const char *const bad[] = {("a\xe2\x80\xae"
                                       "b"),
                                      "a\xe2\x80\x8b",
                                      "a\nb",
                                      "\xc0\xaf",
                                      "\xed\xa0\x80",
                                      "\xf5\x80\x80\x80",
                                      "\xe1\xbb"};
    for (size_t i = 0; i < KY_COUNT(bad); i++)
        assert_int_equal(ky_text_check("tên", ky_bytes_str(bad[i]), 100), KY_EFORMAT);
}

static void numbers_have_one_form(void **state)
{
    uint64_t v;
    assert_int_equal(ky_parse_u64(&v, KY_BYTES_LIT("18446744073709551615"), UINT64_MAX), KY_OK);
    assert_true(v == UINT64_MAX);
    assert_int_equal(ky_parse_u64(&v, KY_BYTES_LIT("18446744073709551616"), UINT64_MAX), KY_ELIMIT);
    assert_int_equal(ky_parse_u64(&v, KY_BYTES_LIT("07"), 10), KY_EFORMAT);
    assert_int_equal(ky_parse_u64(&v, KY_BYTES_LIT("11"), 10), KY_ELIMIT);
}

static void arena_hands_out_and_limits(void **state)
{
    ky_auto_arena a = ky_arena_init(10000);
    char *s = ky_arena_printf(&a, "%s-%d", "abc", 5);
    assert_string_equal(s, "abc-5");
    for (int i = 0; i < 90; i++)
        assert_non_null(ky_arena_alloc(&a, 100));
    assert_null(ky_arena_alloc(&a, 2000));
    assert_null(ky_arena_alloc_array(&a, SIZE_MAX / 2, 3));
}

static void secrets_compare_and_context_stacks(void **state)
{
    ky_auto_secret s = {0};
    assert_int_equal(ky_secret_init(&s, 0), KY_ELIMIT);
    assert_int_equal(ky_secret_init(&s, 4), KY_OK);
    memcpy(s.p, "1234", 4);
    assert_true(ky_secret_eq(KY_BYTES(s.p, s.n), KY_BYTES_LIT("1234")));
    assert_false(ky_secret_eq(KY_BYTES(s.p, s.n), KY_BYTES_LIT("1235")));
    ky_rc rc = ky_context(ky_fail(KY_EAUTH, "MAC"), "record %d", 7);
    assert_int_equal(rc, KY_EAUTH);
    assert_string_equal(ky_error(), "record 7: MAC");
    assert_string_equal(ky_rc_name(rc), "auth");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_vectors),
        cmocka_unit_test(base64_refuses_second_forms),
        cmocka_unit_test(hex_is_lower_case_only),
        cmocka_unit_test(text_check_refuses_what_deceives),
        cmocka_unit_test(numbers_have_one_form),
        cmocka_unit_test(arena_hands_out_and_limits),
        cmocka_unit_test(secrets_compare_and_context_stacks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
