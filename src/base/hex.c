/* Hexadecimal; see hex.h. */
#include "base/hex.h"

static const char digits[] = "0123456789abcdef";

void ky_hex_encode(char *out, struct ky_bytes in)
{
    for (size_t i = 0; i < in.n; i++) {
        out[2 * i] = digits[in.p[i] >> 4];
        out[2 * i + 1] = digits[in.p[i] & 15];
    }
    out[2 * in.n] = 0;
}

void ky_buf_add_hex(struct ky_buf *b, struct ky_bytes in)
{
    for (size_t i = 0; i < in.n; i++) {
        ky_buf_add_u8(b, (uint8_t)digits[in.p[i] >> 4]);
        ky_buf_add_u8(b, (uint8_t)digits[in.p[i] & 15]);
    }
}

static int nibble(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

ky_rc ky_hex_decode(uint8_t *out, size_t n, struct ky_bytes text)
{
    if (text.n / 2 != n || text.n % 2 != 0)
        return ky_fail(KY_EFORMAT, "%zu hex digits where %zu are wanted", text.n, 2 * n);
    for (size_t i = 0; i < n; i++) {
        int high = nibble(text.p[2 * i]), low = nibble(text.p[2 * i + 1]);
        if (high < 0 || low < 0)
            return ky_fail(KY_EFORMAT, "not a lower-case hex digit at %zu", 2 * i);
        out[i] = (uint8_t)(high << 4 | low);
    }
    return KY_OK;
}
