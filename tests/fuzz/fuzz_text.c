/*
 * The text codecs of base: what decodes must encode to the very same text,
 * because a statement has one form only.
 */
#include <stdlib.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/str.h"

typedef ky_rc decode_fn(struct ky_buf *out, struct ky_bytes text);
typedef void encode_fn(struct ky_buf *out, struct ky_bytes bytes);

static void check_one_form(decode_fn *decode, encode_fn *encode, struct ky_bytes text)
{
    ky_auto_buf bytes = ky_buf_init(text.n + 1);
    if (decode(&bytes, text) != KY_OK)
        return;
    ky_auto_buf again = ky_buf_init(text.n + 1);
    encode(&again, ky_buf_bytes(&bytes));
    if (!ky_bytes_eq(ky_buf_bytes(&again), text))
        abort();
}

static void check_hex(struct ky_bytes text)
{
    uint8_t bytes[256];
    char again[2 * sizeof bytes + 1];
    size_t n = text.n / 2;
    if (n > sizeof bytes || ky_hex_decode(bytes, n, text) != KY_OK)
        return;
    ky_hex_encode(again, KY_BYTES(bytes, n));
    if (!ky_bytes_eq_str(text, again))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ky_bytes text = KY_BYTES(data, size);
    check_one_form(ky_base64_decode, ky_buf_add_base64, text);
    check_one_form(ky_base64url_decode, ky_buf_add_base64url, text);
    check_hex(text);
    if (ky_text_check("text", text, 200) == KY_OK && ky_utf8_length(text) > 200)
        abort();
    uint64_t number = 0;
    if (ky_parse_u64(&number, text, 1000) == KY_OK && number > 1000)
        abort();
    return 0;
}
