/* JSON and its canonical form: what is accepted as canonical has one form, and encoding reaches it in one step. */
#include <stdlib.h>

#include "codec/jcs.h"

#define TEXT_MAX 65536

static const struct ky_json_member item[] = {{.name = "item", .kind = KY_JSON_TEXT, .min = 0, .max = 20}};
static const struct ky_json_member schema[] = {
    {.name = "a", .kind = KY_JSON_ARRAY, .min = 0, .max = 3, .sub = item, .sub_n = 1},
    {.name = "b", .kind = KY_JSON_BASE64URL, .required = true, .min = 0, .max = 9},
    {.name = "h", .kind = KY_JSON_HEX, .min = 0, .max = 9},
    {.name = "o", .kind = KY_JSON_OBJECT, .sub = item, .sub_n = 1},
};

/* The canonical form of v parses as canonical and is its own canonical form. */
static void check_one_form(const json_t *v)
{
    ky_auto_buf first = ky_buf_init(8 * TEXT_MAX), second = ky_buf_init(8 * TEXT_MAX);
    if (ky_jcs_encode(&first, v, KY_JCS_DEPTH_MAX) != KY_OK)
        return;
    ky_auto_json again = NULL;
    if (ky_jcs_parse(&again, ky_buf_bytes(&first), 8 * TEXT_MAX, KY_JCS_DEPTH_MAX) != KY_OK ||
        ky_jcs_encode(&second, again, KY_JCS_DEPTH_MAX) != KY_OK ||
        !ky_bytes_eq(ky_buf_bytes(&first), ky_buf_bytes(&second)))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ky_bytes text = KY_BYTES(data, size);
    ky_auto_json v = NULL;
    if (ky_json_parse(&v, text, TEXT_MAX) != KY_OK)
        return 0;
    check_one_form(v);
    if (ky_json_check_closed(v, schema, KY_COUNT(schema), "fuzz") == KY_OK && json_object_size(v) > 4)
        abort();
    return 0;
}
