/* See vietnamese.h. */
#include "domain/vietnamese.h"

#include <stdio.h>
#include <stdlib.h>

#include <uninorm.h>

#include "base/str.h"

#define IDENTITY_DIGITS 12
#define COUNTRY "+84"
#define NATIONAL_DIGITS 9 /* of a mobile number, without the leading 0 */

static void free_u8(uint8_t **p)
{
    free(*p);
}

/* Combining marks (U+0300..U+036F) go; đ is a letter of its own and has no decomposition. */
static void add_base_letter(struct ky_buf *out, int32_t c, struct ky_bytes as_written)
{
    if (c >= 0x300 && c <= 0x36f)
        return;
    if (c == 0x111 || c == 0x110)
        ky_buf_add_u8(out, c == 0x111 ? 'd' : 'D');
    else
        ky_buf_add(out, as_written);
}

ky_rc ky_text_unaccent(struct ky_buf *out, struct ky_bytes text)
{
    if (!ky_utf8_valid(text))
        return ky_fail(KY_EFORMAT, "text is not UTF-8");
    if (text.n == 0)
        return KY_OK;
    size_t n = 0;
    KY_CLEANUP(free_u8) uint8_t *nfd = u8_normalize(UNINORM_NFD, text.p, text.n, NULL, &n);
    if (nfd == NULL)
        return ky_fail(KY_ENOMEM, "text");
    for (struct ky_bytes left = KY_BYTES(nfd, n); left.n > 0;) {
        struct ky_bytes before = left;
        int32_t c = ky_utf8_next(&left);
        add_base_letter(out, c, KY_BYTES(before.p, before.n - left.n));
    }
    return ky_buf_finish(out);
}

/* Bytes of other alphabets stay as they are. */
static uint8_t folded_byte(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return (uint8_t)(c - 'A' + 'a');
    bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
    return kept ? c : ' ';
}

ky_rc ky_text_fold(struct ky_buf *out, struct ky_bytes text)
{
    ky_auto_buf plain = ky_buf_init(4 * text.n + 1);
    const size_t start = out->n;
    bool gap = false;
    KY_TRY(ky_text_unaccent(&plain, text));
    for (size_t i = 0; i < plain.n; i++) {
        const uint8_t c = folded_byte(plain.p[i]);
        if (c != ' ' && gap && out->n > start)
            ky_buf_add_u8(out, ' ');
        if (c != ' ')
            ky_buf_add_u8(out, c);
        gap = c == ' ';
    }
    return ky_buf_finish(out);
}

bool ky_text_is_gsm(struct ky_bytes text)
{
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.p[i];
        bool printable = (c >= ' ' && c <= '~') || c == '\n' || c == '\r';
        if (!printable || strchr("[\\]^`{|}~", c) != NULL)
            return false;
    }
    return true;
}

size_t ky_digits_only(char *out, size_t room, struct ky_bytes text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n && n < room; i++)
        if (text.p[i] >= '0' && text.p[i] <= '9')
            out[n++] = (char)text.p[i];
        else if (text.p[i] != ' ' && text.p[i] != '.' && text.p[i] != '-')
            return 0;
    return n;
}

ky_rc ky_phone_normalise(char out[KY_PHONE_MAX], struct ky_bytes text)
{
    char digits[KY_PHONE_MAX];
    size_t skip = text.n > 3 && memcmp(text.p, COUNTRY, 3) == 0 ? 3 : 0;
    size_t n = ky_digits_only(digits, sizeof digits, KY_BYTES(text.p + skip, text.n - skip));
    bool trunk = skip == 0 && n == NATIONAL_DIGITS + 1 && digits[0] == '0';
    bool international = skip == 3 && n == NATIONAL_DIGITS && digits[0] != '0';
    if (!trunk && !international)
        return ky_fail(KY_EFORMAT, "telephone number: not 0 or +84 and %d digits", NATIONAL_DIGITS);
    snprintf(out, KY_PHONE_MAX, COUNTRY "%.*s", NATIONAL_DIGITS, digits + trunk);
    return KY_OK;
}

ky_rc ky_identity_parse(struct ky_identity *out, struct ky_bytes text)
{
    if (text.n != IDENTITY_DIGITS)
        return ky_fail(KY_EFORMAT, "identity number: not %d digits", IDENTITY_DIGITS);
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < '0' || text.p[i] > '9')
            return ky_fail(KY_EFORMAT, "identity number: not a digit at %zu", i + 1);
    int century_and_gender = text.p[3] - '0'; /* 0, 1: 1900-1999 male, female; 2, 3: 2000-2099; … */
    snprintf(out->place, sizeof out->place, "%.3s", (const char *)text.p);
    out->female = century_and_gender % 2 == 1;
    out->birth_year = 1900 + century_and_gender / 2 * 100 + (text.p[4] - '0') * 10 + (text.p[5] - '0');
    return KY_OK;
}

ky_rc ky_date_parse(struct ky_date *out, struct ky_bytes text)
{
    static const char form[] = "dd/dd/dddd";
    char digits[sizeof form];
    ky_time unused;
    if (text.n != sizeof form - 1)
        return ky_fail(KY_EFORMAT, "date: not dd/mm/yyyy");
    for (size_t i = 0; i < text.n; i++) {
        if (form[i] == 'd' ? text.p[i] < '0' || text.p[i] > '9' : text.p[i] != '/')
            return ky_fail(KY_EFORMAT, "date: not dd/mm/yyyy");
        digits[i] = (char)text.p[i];
    }
    digits[text.n] = 0;
    struct ky_date d = {.day = (int)strtol(digits, NULL, 10),
                        .month = (int)strtol(digits + 3, NULL, 10),
                        .year = (int)strtol(digits + 6, NULL, 10)};
    KY_TRY(ky_time_join(&unused, &d));
    *out = d;
    return KY_OK;
}

void ky_date_text(char out[KY_DATE_TEXT], const struct ky_date *d)
{
    snprintf(out, KY_DATE_TEXT, "%02u/%02u/%04u", (unsigned)d->day % 100, (unsigned)d->month % 100,
             (unsigned)d->year % 10000);
}
