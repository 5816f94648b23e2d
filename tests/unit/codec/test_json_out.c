/* codec/json writer: commas, escapes, encodings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "codec/json.h"

static void writes_levels_and_commas(void **state)
{
    ky_auto_buf b = ky_buf_init(1000);
    struct ky_json_out o = KY_JSON_OUT(&b);
    ky_json_open_object(&o, NULL);
    ky_json_put_int(&o, "i", INT64_MIN);
    ky_json_open_array(&o, "a");
    ky_json_put_bool(&o, NULL, true);
    ky_json_put_null(&o, NULL);
    ky_json_open_object(&o, NULL);
    ky_json_close_object(&o);
    ky_json_close_array(&o);
    ky_json_put_cstr(&o, "s", "x");
    ky_json_put_hex(&o, "h", KY_BYTES_LIT("\xfb\xff"));
    ky_json_put_base64(&o, "b", KY_BYTES_LIT("\xfb\xff"));
    ky_json_put_base64url(&o, "u", KY_BYTES_LIT("\xfb\xff"));
    ky_json_put_raw(&o, "r", KY_BYTES_LIT("[1]"));
    ky_json_close_object(&o);
    assert_int_equal(ky_buf_finish(&b), KY_OK);
    assert_string_equal(ky_buf_str(&b), "{\"i\":-9223372036854775808,\"a\":[true,null,{}],\"s\":\"x\",\"h\":"
                                        "\"fbff\",\"b\":\"+/8=\",\"u\":\"-_8\",\"r\":[1]}");
}

static void escapes_as_rfc_8785_does(void **state)
{
    ky_auto_buf b = ky_buf_init(1000);
    ky_buf_add_json_str(&b, KY_BYTES_LIT("\x01\b\t\n\v\f\r\x1f \"\\/\x7f\xe2\x82\xac"));
    assert_string_equal(ky_buf_str(&b), "\"\\u0001\\b\\t\\n\\u000b\\f\\r\\u001f \\\"\\\\/\x7f\xe2\x82\xac\"");
}

static void malformed_utf8_becomes_a_replacement_character(void **state)
{
    ky_auto_buf b = ky_buf_init(1000);
    ky_buf_add_json_str(&b, KY_BYTES_LIT("a\xff"
                                         "b\xe2\x82"));
    assert_string_equal(ky_buf_str(&b), "\"a\xef\xbf\xbd"
                                        "b\xef\xbf\xbd\xef\xbf\xbd\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_levels_and_commas),
        cmocka_unit_test(escapes_as_rfc_8785_does),
        cmocka_unit_test(malformed_utf8_becomes_a_replacement_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
