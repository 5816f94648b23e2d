/* Numbers and dates as spreadsheets store them; see sheet.h. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "base/time.h"
#include "codec/sheet/sheet.h"

#define DIGITS_MAX 18
#define NUMBER_TEXT_MAX 64           /* a double has 17 significant digits; more is no spreadsheet's doing */
#define DAYS_FROM_1900_TO_1970 25568 /* 1899-12-31 to 1970-01-01 */
#define DAYS_FROM_1904_TO_1970 24107
#define DAY_THAT_NEVER_WAS 60 /* 1900-02-29 */
#define LAST_DAY 2958465      /* 9999-12-31 */
#define SECONDS_A_DAY 86400

struct decimal {
    char digits[NUMBER_TEXT_MAX]; /* without sign and point */
    int n;
    long exponent; /* value = 0.digits × 10^exponent */
};

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static void add_digit(struct decimal *d, uint8_t c, bool after_point)
{
    if (d->n == 0 && c == '0') { /* a leading zero */
        d->exponent -= after_point;
        return;
    }
    d->digits[d->n++] = (char)c;
    d->exponent += !after_point;
}

/* The xsd:double without sign, INF and NaN. */
static ky_rc parse_decimal(struct decimal *d, struct ky_bytes text)
{
    size_t at = 0, digits = 0;
    bool after_point = false;
    for (; at < text.n && text.n < NUMBER_TEXT_MAX && (is_digit(text.p[at]) || text.p[at] == '.'); at++) {
        if (text.p[at] == '.' && after_point)
            break;
        if (text.p[at] == '.')
            after_point = true;
        else
            add_digit(d, text.p[at], after_point);
        digits += text.p[at] != '.';
    }
    if (digits == 0)
        return ky_fail(KY_EFORMAT, "not a number");
    if (at == text.n)
        return KY_OK;
    uint64_t exponent;
    struct ky_bytes left = KY_BYTES(text.p + at + 1, text.n - at - 1);
    if (text.p[at] != 'E' && text.p[at] != 'e')
        return ky_fail(KY_EFORMAT, "not a number");
    bool negative = left.n > 0 && left.p[0] == '-';
    if (negative || (left.n > 0 && left.p[0] == '+'))
        left = KY_BYTES(left.p + 1, left.n - 1);
    while (left.n > 1 && left.p[0] == '0')
        left = KY_BYTES(left.p + 1, left.n - 1);
    KY_TRY(ky_parse_u64(&exponent, left, 400));
    d->exponent += negative ? -(long)exponent : (long)exponent;
    return KY_OK;
}

ky_rc ky_sheet_digits(struct ky_buf *out, struct ky_bytes number)
{
    struct decimal d = {.n = 0};
    KY_TRY(parse_decimal(&d, number));
    while (d.n > 0 && d.digits[d.n - 1] == '0')
        d.n--;
    if (d.n == 0) {
        ky_buf_add_u8(out, '0');
        return ky_buf_finish(out);
    }
    if (d.exponent > DIGITS_MAX || d.exponent < d.n)
        return ky_fail(KY_EFORMAT, "not a whole number of at most %d digits", DIGITS_MAX);
    ky_buf_add(out, KY_BYTES(d.digits, d.n));
    ky_buf_add_fill(out, '0', (size_t)(d.exponent - d.n));
    return ky_buf_finish(out);
}

ky_rc ky_sheet_date(struct ky_buf *out, struct ky_bytes serial, bool from_1904)
{
    struct decimal d = {.n = 0};
    char text[NUMBER_TEXT_MAX];
    KY_TRY(parse_decimal(&d, serial));
    snprintf(text, sizeof text, "%.*s", (int)serial.n, (const char *)serial.p);
    double value = strtod(text, NULL);
    double days = floor(value);
    bool never = !from_1904 && days == DAY_THAT_NEVER_WAS;
    if (value < (from_1904 ? 0 : 1) || value > LAST_DAY || never)
        return ky_fail(KY_EFORMAT, "no such date");
    int64_t since_1970 = (int64_t)days - (from_1904 ? DAYS_FROM_1904_TO_1970 : DAYS_FROM_1900_TO_1970);
    since_1970 -= !from_1904 && days > DAY_THAT_NEVER_WAS;
    int64_t seconds = (int64_t)llround((value - days) * SECONDS_A_DAY);
    struct ky_date date = ky_time_split(since_1970 * KY_DAY + seconds);
    ky_buf_addf(out, "%04d-%02d-%02d", date.year, date.month, date.day);
    if (seconds % SECONDS_A_DAY != 0)
        ky_buf_addf(out, "T%02d:%02d:%02d", date.hour, date.minute, date.second);
    return ky_buf_finish(out);
}
