/* Base64 in both alphabets; see base64.h. One table each way, one loop each way. */
#include "base/base64.h"

static const char std_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void encode(struct ky_buf *b, struct ky_bytes in, const char *alphabet, bool pad)
{
    for (size_t i = 0; i < in.n; i += 3) {
        size_t have = in.n - i < 3 ? in.n - i : 3;
        uint32_t v = (uint32_t)in.p[i] << 16;
        v |= have > 1 ? (uint32_t)in.p[i + 1] << 8 : 0;
        v |= have > 2 ? in.p[i + 2] : 0;
        uint8_t quad[4] = {(uint8_t)alphabet[v >> 18], (uint8_t)alphabet[v >> 12 & 63], '=', '='};
        if (have > 1)
            quad[2] = (uint8_t)alphabet[v >> 6 & 63];
        if (have > 2)
            quad[3] = (uint8_t)alphabet[v & 63];
        ky_buf_add(b, KY_BYTES(quad, pad ? 4 : have + 1));
    }
}

void ky_buf_add_base64(struct ky_buf *b, struct ky_bytes in)
{
    encode(b, in, std_alphabet, true);
}

void ky_buf_add_base64url(struct ky_buf *b, struct ky_bytes in)
{
    encode(b, in, url_alphabet, false);
}

static int value_of(uint8_t c, const char *alphabet)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == (uint8_t)alphabet[62])
        return 62;
    return c == (uint8_t)alphabet[63] ? 63 : -1;
}

static ky_rc decode(struct ky_buf *out, struct ky_bytes text, const char *alphabet)
{
    uint32_t acc = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < text.n; i++) {
        int v = value_of(text.p[i], alphabet);
        if (v < 0)
            return ky_fail(KY_EFORMAT, "base64: bad character at %zu", i);
        acc = acc << 6 | (uint32_t)v;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            ky_buf_add_u8(out, (uint8_t)(acc >> bits));
        }
    }
    if (bits >= 6 || (acc & ((1u << bits) - 1)) != 0)
        return ky_fail(KY_EFORMAT, "base64: %zu characters do not end on a byte", text.n);
    return ky_buf_finish(out);
}

ky_rc ky_base64_decode(struct ky_buf *out, struct ky_bytes text)
{
    if (text.n % 4 != 0)
        return ky_fail(KY_EFORMAT, "base64: length %zu is not a multiple of 4", text.n);
    size_t pad = 0;
    while (pad < 2 && text.n > pad && text.p[text.n - 1 - pad] == '=')
        pad++;
    return decode(out, KY_BYTES(text.p, text.n - pad), std_alphabet);
}

ky_rc ky_base64url_decode(struct ky_buf *out, struct ky_bytes text)
{
    return decode(out, text, url_alphabet);
}

ky_rc ky_base64url_decode_exact(uint8_t *out, size_t n, struct ky_bytes text)
{
    ky_auto_buf b = ky_buf_init_secret(n);
    ky_rc rc = ky_base64url_decode(&b, text);
    if (rc != KY_OK || b.n != n)
        return ky_fail(KY_EFORMAT, "base64url: not the text of exactly %zu bytes", n);
    if (n > 0)
        memcpy(out, b.p, n);
    return KY_OK;
}
