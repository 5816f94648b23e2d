/* Text helpers; see str.h. */
#include "base/str.h"

/* Characters that make text lie to its reader: first, last. */
static const struct {
    int32_t first, last;
} deceptive[] = {
    {0x0000, 0x001f}, {0x007f, 0x009f}, {0x00ad, 0x00ad},   {0x034f, 0x034f},    {0x061c, 0x061c},
    {0x115f, 0x1160}, {0x17b4, 0x17b5}, {0x180b, 0x180f},   {0x200b, 0x200f},    {0x2028, 0x202e},
    {0x2060, 0x206f}, {0x3164, 0x3164}, {0xe000, 0xf8ff},   {0xfe00, 0xfe0f},    {0xfeff, 0xfeff},
    {0xffa0, 0xffa0}, {0xfff0, 0xffff}, {0x1d173, 0x1d17a}, {0xe0000, 0x10ffff},
};

int32_t ky_utf8_next(struct ky_bytes *text)
{
    static const int32_t least[] = {0, 0x80, 0x800, 0x10000};
    if (text->n == 0)
        return -1;
    uint8_t first = text->p[0];
    size_t extra = first < 0x80 ? 0 : (first & 0xe0) == 0xc0 ? 1 : (first & 0xf0) == 0xe0 ? 2 : 3;
    if ((extra == 3 && (first & 0xf8) != 0xf0) || text->n <= extra)
        return -1;
    int32_t c = extra == 0 ? first : first & (0x3f >> extra);
    for (size_t i = 1; i <= extra; i++) {
        if ((text->p[i] & 0xc0) != 0x80)
            return -1;
        c = c << 6 | (text->p[i] & 0x3f);
    }
    if (c < least[extra] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return -1;
    text->p += extra + 1;
    text->n -= extra + 1;
    return c;
}

bool ky_utf8_valid(struct ky_bytes text)
{
    while (text.n > 0)
        if (ky_utf8_next(&text) < 0)
            return false;
    return true;
}

size_t ky_utf8_length(struct ky_bytes text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.n; i++)
        count += (text.p[i] & 0xc0) != 0x80;
    return count;
}

static bool is_deceptive(int32_t c)
{
    for (size_t i = 0; i < KY_COUNT(deceptive); i++)
        if (c >= deceptive[i].first && c <= deceptive[i].last)
            return true;
    return false;
}

ky_rc ky_text_check(const char *what, struct ky_bytes text, size_t max_chars)
{
    size_t count = 0;
    for (struct ky_bytes left = text; left.n > 0; count++) {
        int32_t c = ky_utf8_next(&left);
        if (c < 0)
            return ky_fail(KY_EFORMAT, "%s: not UTF-8 at byte %zu", what, text.n - left.n);
        if (is_deceptive(c))
            return ky_fail(KY_EFORMAT, "%s: character U+%04X is not allowed", what, (unsigned)c);
    }
    if (count > max_chars)
        return ky_fail(KY_ELIMIT, "%s: %zu characters, at most %zu", what, count, max_chars);
    return KY_OK;
}

bool ky_str_eq(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool ky_str_starts(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

ky_rc ky_parse_u64(uint64_t *out, struct ky_bytes text, uint64_t max)
{
    uint64_t v = 0;
    if (text.n == 0 || (text.n > 1 && text.p[0] == '0'))
        return ky_fail(KY_EFORMAT, "not a decimal number");
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return ky_fail(KY_EFORMAT, "not a digit at %zu", i);
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, (uint64_t)(text.p[i] - '0'), &v))
            return ky_fail(KY_ELIMIT, "number too large");
    }
    if (v > max)
        return ky_fail(KY_ELIMIT, "%llu is more than %llu", (unsigned long long)v, (unsigned long long)max);
    *out = v;
    return KY_OK;
}
