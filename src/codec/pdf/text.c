/* Text strings to and from UTF-8; see text.h. */
#include "codec/pdf/text.h"

#include "base/buf.h"
#include "base/str.h"

#define REPLACEMENT 0xfffd

/* PDFDocEncoding where it differs from ISO 8859-1 (ISO 32000-2 Annex D.3). */
static const uint16_t low_codes[8] = {0x02d8, 0x02c7, 0x02c6, 0x02d9, 0x02dd, 0x02db, 0x02da, 0x02dc};
static const uint16_t high_codes[33] = {
    0x2022, 0x2020, 0x2021, 0x2026, 0x2014, 0x2013, 0x0192, 0x2044, 0x2039, 0x203a, 0x2212,
    0x2030, 0x201e, 0x201c, 0x201d, 0x2018, 0x2019, 0x201a, 0x2122, 0xfb01, 0xfb02, 0x0141,
    0x0152, 0x0160, 0x0178, 0x017d, 0x0131, 0x0142, 0x0153, 0x0161, 0x017e, 0xfffd, 0x20ac};

static uint32_t doc_code(uint8_t c)
{
    if (c >= 0x18 && c < 0x20)
        return low_codes[c - 0x18];
    if (c >= 0x80 && c <= 0xa0)
        return high_codes[c - 0x80];
    return c;
}

static size_t put_utf8(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = n; i-- > 1; c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)(lead[n] | c);
    return n;
}

/* One code point of UTF-16BE; language escapes (U+001B … U+001B) are left to the reader. */
static uint32_t take_utf16(struct ky_reader *r)
{
    uint32_t c = ky_read_u16(r);
    if (c < 0xd800 || c > 0xdfff)
        return c;
    struct ky_reader ahead = *r;
    uint32_t low = ky_read_u16(&ahead);
    if (c > 0xdbff || ahead.failed || low < 0xdc00 || low > 0xdfff)
        return REPLACEMENT;
    *r = ahead;
    return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
}

static char *decode_utf16(struct ky_arena *a, struct ky_bytes in)
{
    char *out = ky_arena_alloc(a, in.n / 2 * 3 + 1);
    struct ky_reader r = KY_READER(in);
    for (size_t n = 0; out != NULL && r.left.n >= 2;) {
        uint32_t c = take_utf16(&r);
        n += put_utf8(out + n, c == 0 ? REPLACEMENT : c);
    }
    return out;
}

static char *decode_doc(struct ky_arena *a, struct ky_bytes in)
{
    char *out = in.n > SIZE_MAX / 4 ? NULL : ky_arena_alloc(a, in.n * 3 + 1);
    for (size_t i = 0, n = 0; out != NULL && i < in.n; i++)
        n += put_utf8(out + n, in.p[i] == 0 ? REPLACEMENT : doc_code(in.p[i]));
    return out;
}

static char *decode_utf8(struct ky_arena *a, struct ky_bytes in)
{
    if (ky_utf8_valid(in) && (in.n == 0 || memchr(in.p, 0, in.n) == NULL))
        return (char *)ky_arena_dup(a, in);
    return decode_doc(a, in);
}

char *ky_pdf_text_decode(struct ky_arena *a, struct ky_bytes string)
{
    if (string.n >= 2 && string.p[0] == 0xfe && string.p[1] == 0xff)
        return decode_utf16(a, KY_BYTES(string.p + 2, string.n - 2));
    if (string.n >= 3 && memcmp(string.p, "\xef\xbb\xbf", 3) == 0)
        return decode_utf8(a, KY_BYTES(string.p + 3, string.n - 3));
    return decode_doc(a, string);
}

static bool is_ascii(struct ky_bytes text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] >= 0x7f || text.p[i] < 0x20)
            return false;
    }
    return true;
}

ky_rc ky_pdf_text_encode(struct ky_bytes *out, struct ky_arena *a, struct ky_bytes utf8)
{
    if (!ky_utf8_valid(utf8) || utf8.n > SIZE_MAX / 4)
        return ky_fail(KY_EFORMAT, "text is not UTF-8");
    bool ascii = is_ascii(utf8);
    uint8_t *p = ascii ? ky_arena_dup(a, utf8) : ky_arena_alloc(a, 2 + utf8.n * 2);
    if (p == NULL)
        return KY_ENOMEM;
    *out = KY_BYTES(p, utf8.n);
    if (ascii)
        return KY_OK;
    size_t n = 2;
    ky_put_u16(p, 0xfeff);
    while (utf8.n > 0) {
        uint32_t c = (uint32_t)ky_utf8_next(&utf8);
        if (c >= 0x10000) {
            ky_put_u16(p + n, (uint16_t)(0xd800 + ((c - 0x10000) >> 10)));
            n += 2;
            c = 0xdc00 + ((c - 0x10000) & 0x3ff);
        }
        ky_put_u16(p + n, (uint16_t)c);
        n += 2;
    }
    *out = KY_BYTES(p, n);
    return KY_OK;
}
