/* codec/jcs: the samples of RFC 8785 that have no fractions, our restrictions, one form only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "codec/jcs.h"

static void canonical(const char *text, const char *want)
{
    ky_auto_json v = NULL;
    ky_auto_buf out = ky_buf_init(4096);
    assert_int_equal(ky_json_parse(&v, ky_bytes_str(text), 4096), KY_OK);
    assert_int_equal(ky_jcs_encode(&out, v, KY_JCS_DEPTH_MAX), KY_OK);
    assert_string_equal(ky_buf_str(&out), want);
}

/* RFC 8785 §3.2.3: sorting by UTF-16 code units. */
static void sorts_names_as_the_rfc_sample(void **state)
{
    canonical(
        "{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\",\"\\u05d3\":\"Hebrew Letter Dalet\","
        "\"1\":\"One\",\"\\ud83d\\ude00\":\"Emoji: Grinning Face\",\"\\u0080\":\"Control\","
        "\"\\u00f6\":\"Latin Small Letter O With Diaeresis\"}",
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\",\"\xc3\xb6\":\"Latin Small "
        "Letter O With Diaeresis\",\"\xd7\x93\":\"Hebrew Letter Dalet\",\"\xe2\x82\xac\":\"Euro Sign\","
        "\"\xf0\x9f\x98\x80\":\"Emoji: Grinning Face\"}");
}

/* Outside the BMP comes before U+E000 in UTF-16, after it in UTF-8. */
static void sorts_surrogates_before_the_private_use_area(void **state)
{
    canonical(
        "{\"\\ue000\":1,\"\\ud83d\\ude00\":2,\"\\ud83d\\ude01\":3,\"\\ud7ff\":4,\"a\":5,\"\":6,\"ab\":7}",
        "{\"\":6,\"a\":5,\"ab\":7,\"\xed\x9f\xbf\":4,\"\xf0\x9f\x98\x80\":2,\"\xf0\x9f\x98\x81\":3,"
        "\"\xee\x80\x80\":1}");
}

/* RFC 8785 §3.2.2.2, string and literals of the sample. */
static void escapes_as_the_rfc_sample(void **state)
{
    canonical("{\"string\":\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\",\"literals\":[true, "
              "false]}",
              "{\"literals\":[true,false],\"string\":\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
}

static void accepts_the_canonical_form_only(void **state)
{
    static const char *const good[] = {
        "{\"a\":[1,-2,{\"b\":\"Nguy\xe1\xbb\x85n\"}],\"c\":true}",
        "9007199254740991",
        "-9007199254740991",
        "\"\"",
    };
    for (size_t i = 0; i < KY_COUNT(good); i++) {
        ky_auto_json v = NULL;
        assert_int_equal(ky_jcs_parse(&v, ky_bytes_str(good[i]), 100, 4), KY_OK);
        assert_non_null(v);
    }
    static const char *const bad[] = {
        "{\"b\":1,\"a\":2}",         /* order */
        "{\"a\": 1}",                /* space */
        "{\"a\":1}\n",               /* line end */
        "{\"a\":1,\"a\":1}",         /* twice */
        "{\"a\":\"\\u0041\"}",       /* needless escape */
        "{\"a\":\"\\/\"}",           /* needless escape */
        "{\"a\":\"\\u000A\"}",       /* long escape */
        "{\"a\":\"\\u001F\"}",       /* upper case */
        "{\"a\":-0}",                /* two zeros */
        "{\"a\":1.0}",               /* fraction */
        "{\"a\":1e2}",               /* exponent */
        "{\"a\":null}",              /* null */
        "{\"a\":9007199254740992}",  /* 2^53 */
        "{\"a\":-9007199254740992}", /* -2^53 */
        "{\"a\":\"e\xcc\x81\"}",     /* not NFC */
        "{\"e\xcc\x81\":1}",         /* name not NFC */
        "{\"a\":\"\xe2\x84\xab\"}",  /* ANGSTROM SIGN, its NFC is another character */
    };
    for (size_t i = 0; i < KY_COUNT(bad); i++) {
        json_t *v = NULL;
        assert_int_equal(ky_jcs_parse(&v, ky_bytes_str(bad[i]), 100, 4), KY_EFORMAT);
        assert_null(v);
    }
}

static void names_the_first_byte_that_differs(void **state)
{
    json_t *v = NULL;
    assert_int_equal(ky_jcs_parse(&v, KY_BYTES_LIT("{\"a\":1, \"b\":2}"), 100, 4), KY_EFORMAT);
    assert_string_equal(ky_error(), "not canonical JSON: byte 7 differs from RFC 8785");
}

static void limits_depth_and_size(void **state)
{
    json_t *v = NULL;
    assert_int_equal(ky_jcs_parse(&v, KY_BYTES_LIT("[[[[1]]]]"), 100, 3), KY_ELIMIT);
    assert_int_equal(ky_jcs_parse(&v, KY_BYTES_LIT("[[[{\"a\":1}]]]"), 100, 3), KY_ELIMIT);
    assert_int_equal(ky_jcs_parse(&v, KY_BYTES_LIT("[[[1]]]"), 6, 3), KY_ELIMIT);
    assert_int_equal(ky_jcs_parse(&v, KY_BYTES_LIT("[[[1]]]"), 7, 3), KY_OK);
    ky_auto_buf small = ky_buf_init(3);
    assert_int_equal(ky_jcs_encode(&small, v, 3), KY_ELIMIT);
    json_decref(v);
}

static void knows_nfc(void **state)
{
    assert_true(ky_text_is_nfc(KY_BYTES_NONE));
    assert_true(ky_text_is_nfc(KY_BYTES_LIT("Tr\xe1\xba\xa7n")));
    assert_false(ky_text_is_nfc(KY_BYTES_LIT("Tra\xcc\x82\xcc\x80n")));
    assert_false(ky_text_is_nfc(KY_BYTES_LIT("\xff")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorts_names_as_the_rfc_sample),
        cmocka_unit_test(sorts_surrogates_before_the_private_use_area),
        cmocka_unit_test(escapes_as_the_rfc_sample),
        cmocka_unit_test(accepts_the_canonical_form_only),
        cmocka_unit_test(names_the_first_byte_that_differs),
        cmocka_unit_test(limits_depth_and_size),
        cmocka_unit_test(knows_nfc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
