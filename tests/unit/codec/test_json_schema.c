/* codec/json schemas: closed tables, ranges, nested names in errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "codec/json.h"

static const struct ky_json_member hash_item[] = {{.name = "hash", .kind = KY_JSON_HEX, .min = 2, .max = 2}};
static const struct ky_json_member person[] = {
    {.name = "name", .kind = KY_JSON_TEXT, .required = true, .min = 1, .max = 5},
    {.name = "mail", .kind = KY_JSON_STR, .min = 0, .max = 4},
};
static const struct ky_json_member order[] = {
    {.name = "v", .kind = KY_JSON_INT, .required = true, .min = 1, .max = 1},
    {.name = "ok", .kind = KY_JSON_BOOL},
    {.name = "id", .kind = KY_JSON_BASE64URL, .min = 2, .max = 3},
    {.name = "hashes", .kind = KY_JSON_ARRAY, .min = 1, .max = 2, .sub = hash_item, .sub_n = 1},
    {.name = "who", .kind = KY_JSON_OBJECT, .sub = person, .sub_n = KY_COUNT(person)},
    {.name = "open", .kind = KY_JSON_OBJECT},
};

static ky_rc check(const char *text)
{
    ky_auto_json v = NULL;
    assert_int_equal(ky_json_parse(&v, ky_bytes_str(text), 1000), KY_OK);
    return ky_json_check_closed(v, order, KY_COUNT(order), "order");
}

static void accepts_what_the_table_says(void **state)
{
    assert_int_equal(check("{\"v\":1}"), KY_OK);
    assert_int_equal(check("{\"v\":1,\"ok\":false,\"id\":\"AAAA\",\"hashes\":[\"00ff\",\"abcd\"],"
                           "\"who\":{\"name\":\"Nguy\xe1\xbb\x85\",\"mail\":\"\"},\"open\":{\"x\":[]}}"),
                     KY_OK);
}

static void refuses_all_else(void **state)
{
    static const struct {
        const char *text;
        ky_rc want;
        const char *error;
    } cases[] = {
        {"[]", KY_EFORMAT, "order: must be an object"},
        {"{}", KY_EFORMAT, "order: v: missing"},
        {"{\"v\":1,\"w\":1}", KY_EFORMAT, "order: member \"w\" is unknown"},
        {"{\"v\":\"1\"}", KY_EFORMAT, "order: v: must be an integer"},
        {"{\"v\":2}", KY_ELIMIT, "order: v: 2 is not in 1..1"},
        {"{\"v\":1,\"ok\":1}", KY_EFORMAT, "order: ok: must be a boolean"},
        {"{\"v\":1,\"id\":\"AA\"}", KY_ELIMIT, "order: id: 1 bytes, must be 2..3"},
        {"{\"v\":1,\"hashes\":[]}", KY_ELIMIT, "order: hashes: 0 items, must be 1..2"},
        {"{\"v\":1,\"hashes\":[\"00ff\",\"00FF\"]}", KY_EFORMAT,
         "order: hashes: item 1: hash: character 2 is not lower-case hexadecimal"},
        {"{\"v\":1,\"hashes\":[\"00f\"]}", KY_EFORMAT,
         "order: hashes: item 0: hash: odd number of hexadecimal digits"},
        {"{\"v\":1,\"hashes\":[\"00\"]}", KY_ELIMIT, "order: hashes: item 0: hash: 1 bytes, must be 2..2"},
        {"{\"v\":1,\"who\":{\"mail\":\"a\"}}", KY_EFORMAT, "order: who: name: missing"},
        {"{\"v\":1,\"who\":{\"name\":\"a\",\"mail\":\"abcde\"}}", KY_ELIMIT,
         "order: who: mail: 5 bytes, must be 0..4"},
        {"{\"v\":1,\"who\":{\"name\":\"abcdef\"}}", KY_ELIMIT,
         "order: who: name: 6 characters, must be 1..5"},
        {"{\"v\":1,\"who\":{\"name\":\"a\",\"x\":1}}", KY_EFORMAT, "order: who: member \"x\" is unknown"},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        assert_int_equal(check(cases[i].text), cases[i].want);
        assert_string_equal(ky_error(), cases[i].error);
    }
    assert_int_equal(check("{\"v\":1,\"id\":\"AA=\"}"), KY_EFORMAT);
    assert_int_equal(check("{\"v\":1,\"who\":{\"name\":\"a\\u202eb\"}}"), KY_EFORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_what_the_table_says),
        cmocka_unit_test(refuses_all_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
