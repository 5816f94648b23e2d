/* codec/json: strict parsing, getters and what they refuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "codec/json.h"

static json_t *parse(const char *text)
{
    json_t *v = NULL;
    assert_int_equal(ky_json_parse(&v, ky_bytes_str(text), 10000), KY_OK);
    return v;
}

static void refuses_what_is_not_one_strict_value(void **state)
{
    static const struct {
        const char *text;
        size_t n;
    } cases[] = {
        {"", 0},
        {"{", 1},
        {"{} x", 4},
        {"{\"a\":1,\"a\":1}", 13},
        {"{\"a\":1,}", 8},
        {"[01]", 4},
        {"{a:1}", 5},
        {"\"\\u0000\"", 8},
        {"\"\\ud800\"", 8},
        {"\"\xc0\xaf\"", 4},
        {"\"a\0b\"", 5},
        {"99999999999999999999", 20},
        {"NaN", 3},
        {"// c\n1", 6},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        json_t *v = NULL;
        assert_int_equal(ky_json_parse(&v, KY_BYTES(cases[i].text, cases[i].n), 100), KY_EFORMAT);
        assert_null(v);
    }
}

static void limits_size_and_depth(void **state)
{
    json_t *v = NULL;
    assert_int_equal(ky_json_parse(&v, KY_BYTES_LIT("[1,2]"), 4), KY_ELIMIT);
    assert_string_equal(ky_error(), "JSON: 5 bytes, at most 4 are allowed");

    char nested[2 * (KY_JSON_DEPTH_MAX + 1)];
    memset(nested, '[', KY_JSON_DEPTH_MAX + 1);
    memset(nested + KY_JSON_DEPTH_MAX + 1, ']', KY_JSON_DEPTH_MAX + 1);
    assert_int_equal(ky_json_parse(&v, KY_BYTES_OF(nested), 1000), KY_ELIMIT);
    assert_int_equal(ky_json_parse(&v, KY_BYTES(nested + 1, sizeof nested - 2), 1000), KY_OK);
    assert_int_equal(ky_json_depth(v), KY_JSON_DEPTH_MAX);
    json_decref(v);
}

static void counts_depth_through_arrays_and_objects(void **state)
{
    ky_auto_json v = parse("{\"a\":[{\"b\":1},2],\"c\":{}}");
    assert_int_equal(ky_json_depth(v), 3);
    ky_auto_json scalar = parse("7");
    assert_int_equal(ky_json_depth(scalar), 0);
}

static void getters_find_what_is_there(void **state)
{
    ky_auto_json v =
        parse("{\"s\":\"h\xc3\xa9\",\"e\":\"\",\"i\":-5,\"t\":true,\"a\":[1,2],\"o\":{},\"h\":\"00ff\","
              "\"u\":\"-_8\",\"b\":\"+/8=\"}");
    struct ky_bytes s;
    assert_int_equal(ky_json_get_str(&s, v, "s", 3), KY_OK);
    assert_true(ky_bytes_eq_str(s, "h\xc3\xa9"));
    assert_int_equal(ky_json_get_str(&s, v, "e", 0), KY_OK);
    assert_int_equal(s.n, 0);
    int64_t i;
    assert_int_equal(ky_json_get_int(&i, v, "i", -5, 0), KY_OK);
    assert_int_equal(i, -5);
    bool t = false;
    assert_int_equal(ky_json_get_bool(&t, v, "t"), KY_OK);
    assert_true(t);
    const json_t *a;
    assert_int_equal(ky_json_get_array(&a, v, "a", 2), KY_OK);
    assert_int_equal(json_array_size(a), 2);
    assert_int_equal(ky_json_get_object(&a, v, "o"), KY_OK);
    uint8_t hex[2];
    assert_int_equal(ky_json_get_hex(hex, 2, v, "h"), KY_OK);
    assert_int_equal(hex[1], 0xff);
    ky_auto_buf u = ky_buf_init(10), b = ky_buf_init(10);
    assert_int_equal(ky_json_get_base64url(&u, v, "u", 2), KY_OK);
    assert_int_equal(ky_json_get_base64(&b, v, "b", 2), KY_OK);
    assert_true(ky_bytes_eq(ky_buf_bytes(&u), KY_BYTES_LIT("\xfb\xff")));
    assert_true(ky_bytes_eq(ky_buf_bytes(&u), ky_buf_bytes(&b)));
}

static void getters_name_member_and_limit(void **state)
{
    ky_auto_json v = parse("{\"s\":\"abc\",\"i\":7,\"r\":1.5,\"a\":[1,2],\"b\":\"AAAA\",\"h\":\"0F\"}");
    struct ky_bytes s = KY_BYTES_NONE;
    assert_int_equal(ky_json_get_str(&s, v, "x", 9), KY_EFORMAT);
    assert_string_equal(ky_error(), "x: missing");
    assert_int_equal(ky_json_get_str(&s, v, "i", 9), KY_EFORMAT);
    assert_string_equal(ky_error(), "i: is an integer, must be a string");
    assert_int_equal(ky_json_get_str(&s, v, "s", 2), KY_ELIMIT);
    assert_string_equal(ky_error(), "s: 3 bytes, at most 2 are allowed");
    assert_null(s.p);
    int64_t i = 42;
    assert_int_equal(ky_json_get_int(&i, v, "i", 8, 9), KY_ELIMIT);
    assert_string_equal(ky_error(), "i: 7 is not in 8..9");
    assert_int_equal(ky_json_get_int(&i, v, "r", 0, 9), KY_EFORMAT);
    assert_int_equal(ky_json_get_int(&i, v, "x", 0, 9), KY_EFORMAT);
    assert_int_equal(i, 42);
    bool t;
    assert_int_equal(ky_json_get_bool(&t, v, "i"), KY_EFORMAT);
    assert_int_equal(ky_json_get_bool(&t, v, "x"), KY_EFORMAT);
    const json_t *a;
    assert_int_equal(ky_json_get_array(&a, v, "a", 1), KY_ELIMIT);
    assert_int_equal(ky_json_get_array(&a, v, "x", 1), KY_EFORMAT);
    assert_int_equal(ky_json_get_object(&a, v, "a"), KY_EFORMAT);
    assert_int_equal(ky_json_get_object(&a, v, "x"), KY_EFORMAT);
    uint8_t hex[1];
    assert_int_equal(ky_json_get_hex(hex, 1, v, "h"), KY_EFORMAT);
    ky_auto_buf b = ky_buf_init(10), tiny = ky_buf_init(1);
    assert_int_equal(ky_json_get_base64(&b, v, "b", 2), KY_ELIMIT);
    assert_int_equal(ky_json_get_base64(&tiny, v, "b", 3), KY_ELIMIT);
    assert_int_equal(ky_json_get_str(&s, json_array_get(json_object_get(v, "a"), 0), "s", 9), KY_EFORMAT);
}

static void optional_members_may_be_absent_but_not_wrong(void **state)
{
    ky_auto_json v = parse("{\"i\":7,\"t\":false,\"n\":null}");
    struct ky_bytes s = KY_BYTES_LIT("old");
    assert_int_equal(ky_json_find_str(&s, v, "x", 9), KY_OK);
    assert_null(s.p);
    int64_t i;
    assert_int_equal(ky_json_find_int(&i, v, "x", 0, 9, 3), KY_OK);
    assert_int_equal(i, 3);
    assert_int_equal(ky_json_find_int(&i, v, "i", 0, 9, 3), KY_OK);
    assert_int_equal(i, 7);
    assert_int_equal(ky_json_find_int(&i, v, "i", 0, 6, 3), KY_ELIMIT);
    bool t;
    assert_int_equal(ky_json_find_bool(&t, v, "x", true), KY_OK);
    assert_true(t);
    assert_int_equal(ky_json_find_bool(&t, v, "t", true), KY_OK);
    assert_false(t);
    const json_t *a;
    assert_int_equal(ky_json_find_array(&a, v, "x", 1), KY_OK);
    assert_null(a);
    assert_int_equal(ky_json_find_object(&a, v, "x"), KY_OK);
    assert_null(a);
    assert_int_equal(ky_json_find_str(&s, v, "n", 9), KY_EFORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_is_not_one_strict_value),
        cmocka_unit_test(limits_size_and_depth),
        cmocka_unit_test(counts_depth_through_arrays_and_objects),
        cmocka_unit_test(getters_find_what_is_there),
        cmocka_unit_test(getters_name_member_and_limit),
        cmocka_unit_test(optional_members_may_be_absent_but_not_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
