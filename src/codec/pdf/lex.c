/* The parser of direct objects; see lex.h. Recursion is bounded by KY_PDF_DEPTH_MAX. */
#include "codec/pdf/lex.h"

#include <stdlib.h>

#define INTEGER_DIGITS_MAX 18 /* longer numbers are read as reals */
#define NUMBER_CHARS_MAX 256

enum { REGULAR = 0, SPACE = 1, DELIMITER = 2 };
static const uint8_t char_class[256] = {
    [0] = SPACE,       ['\t'] = SPACE,    ['\n'] = SPACE,    ['\f'] = SPACE,
    ['\r'] = SPACE,    [' '] = SPACE,     ['('] = DELIMITER, [')'] = DELIMITER,
    ['<'] = DELIMITER, ['>'] = DELIMITER, ['['] = DELIMITER, [']'] = DELIMITER,
    ['{'] = DELIMITER, ['}'] = DELIMITER, ['/'] = DELIMITER, ['%'] = DELIMITER,
};

bool ky_pdf_is_space(uint8_t c)
{
    return char_class[c] == SPACE;
}

bool ky_pdf_is_regular(uint8_t c)
{
    return char_class[c] == REGULAR;
}

static bool at_end(const struct ky_pdf_lexer *lx)
{
    return lx->at >= lx->in.n;
}

/* The byte i places ahead, or 0. */
static uint8_t peek(const struct ky_pdf_lexer *lx, size_t i)
{
    return i < lx->in.n - lx->at ? lx->in.p[lx->at + i] : 0;
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static int hex_digit(uint8_t c)
{
    if (is_digit(c))
        return c - '0';
    uint8_t lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static ky_rc malformed(const struct ky_pdf_lexer *lx, const char *what)
{
    return ky_fail(KY_EFORMAT, "pdf: %s at byte %zu", what, lx->at);
}

/* Everything was read in vain: that is where the lexer stands then. */
static ky_rc without_end(struct ky_pdf_lexer *lx, const char *what)
{
    (void)ky_fail(KY_EFORMAT, "pdf: %s without end at byte %zu", what, lx->at);
    lx->at = lx->in.n;
    return KY_EFORMAT;
}

void ky_pdf_skip_space(struct ky_pdf_lexer *lx)
{
    while (!at_end(lx)) {
        uint8_t c = lx->in.p[lx->at];
        if (c == '%') {
            while (!at_end(lx) && lx->in.p[lx->at] != '\n' && lx->in.p[lx->at] != '\r')
                lx->at++;
        } else if (ky_pdf_is_space(c)) {
            lx->at++;
        } else {
            return;
        }
    }
}

bool ky_pdf_take_word(struct ky_pdf_lexer *lx, const char *word)
{
    ky_pdf_skip_space(lx);
    size_t n = strlen(word);
    if (at_end(lx) || lx->in.n - lx->at < n || memcmp(lx->in.p + lx->at, word, n) != 0)
        return false;
    if (lx->in.n - lx->at > n && ky_pdf_is_regular(lx->in.p[lx->at + n]))
        return false;
    lx->at += n;
    return true;
}

bool ky_pdf_take_uint(struct ky_pdf_lexer *lx, uint64_t *out)
{
    ky_pdf_skip_space(lx);
    size_t start = lx->at, at = start;
    uint64_t v = 0;
    for (; at < lx->in.n && is_digit(lx->in.p[at]); at++) {
        v = v * 10 + (uint64_t)(lx->in.p[at] - '0');
        if (v >= (uint64_t)1 << 53)
            return false;
    }
    if (at == start || (at < lx->in.n && ky_pdf_is_regular(lx->in.p[at])))
        return false;
    lx->at = at;
    *out = v;
    return true;
}

bool ky_pdf_take_header(struct ky_pdf_lexer *lx, struct ky_pdf_ref *out)
{
    size_t start = lx->at;
    uint64_t num, gen;
    if (ky_pdf_take_uint(lx, &num) && ky_pdf_take_uint(lx, &gen) && num <= KY_PDF_OBJECT_MAX &&
        gen <= UINT16_MAX && ky_pdf_take_word(lx, "obj")) {
        *out = (struct ky_pdf_ref){(uint32_t)num, (uint32_t)gen};
        return true;
    }
    lx->at = start;
    return false;
}

/* Name after the slash; a view unless it has #xx. */
static ky_rc parse_name_text(struct ky_bytes *out, struct ky_pdf_lexer *lx)
{
    lx->at++;
    size_t start = lx->at;
    bool escaped = false;
    for (; !at_end(lx) && ky_pdf_is_regular(lx->in.p[lx->at]); lx->at++)
        escaped |= lx->in.p[lx->at] == '#';
    *out = KY_BYTES(lx->in.p + start, lx->at - start);
    if (!escaped)
        return KY_OK;
    uint8_t *p = ky_arena_dup(lx->arena, *out);
    if (p == NULL)
        return KY_ENOMEM;
    size_t n = 0;
    for (size_t i = 0; i < out->n; i++) {
        int hi = out->p[i] == '#' && out->n - i > 2 ? hex_digit(out->p[i + 1]) : -1;
        int lo = hi >= 0 ? hex_digit(out->p[i + 2]) : -1;
        p[n++] = (uint8_t)(lo >= 0 ? hi << 4 | lo : out->p[i]);
        i += lo >= 0 ? 2 : 0;
    }
    *out = KY_BYTES(p, n);
    return KY_OK;
}

static ky_rc parse_name(struct ky_pdf_value **out, struct ky_pdf_lexer *lx)
{
    struct ky_bytes text;
    KY_TRY(parse_name_text(&text, lx));
    struct ky_pdf_value *v = ky_pdf_name(lx->arena, "");
    if (v == NULL)
        return KY_ENOMEM;
    v->text = text;
    *out = v;
    return KY_OK;
}

/* Finds the closing parenthesis; *plain when the content needs no decoding. lx stands after '('. */
static bool find_literal_end(size_t *end, bool *plain, const struct ky_pdf_lexer *lx)
{
    size_t depth = 1;
    *plain = true;
    for (size_t i = lx->at; i < lx->in.n; i++) {
        uint8_t c = lx->in.p[i];
        if (c == '\\') {
            *plain = false;
            i++;
        } else if (c == '\r') {
            *plain = false;
        } else if (c == '(') {
            depth++;
        } else if (c == ')' && --depth == 0) {
            *end = i;
            return true;
        }
    }
    return false;
}

/* Decodes one escape; in stands after the backslash. Returns the bytes used. */
static size_t decode_escape(uint8_t *out, size_t *n, struct ky_bytes in)
{
    static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
    if (in.n == 0)
        return 0;
    uint8_t c = in.p[0];
    const char *known = c == 0 ? NULL : strchr(from, c);
    if (known != NULL) {
        out[(*n)++] = (uint8_t)to[known - from];
        return 1;
    }
    if (c == '\r' || c == '\n')
        return c == '\r' && in.n > 1 && in.p[1] == '\n' ? 2 : 1;
    unsigned v = 0;
    size_t used = 0;
    for (; used < 3 && used < in.n && in.p[used] >= '0' && in.p[used] <= '7'; used++)
        v = v * 8 + (unsigned)(in.p[used] - '0');
    out[(*n)++] = used > 0 ? (uint8_t)v : c;
    return used > 0 ? used : 1;
}

static ky_rc decode_literal(struct ky_bytes *text, struct ky_arena *a)
{
    struct ky_bytes in = *text;
    uint8_t *p = ky_arena_alloc(a, in.n + 1);
    if (p == NULL)
        return KY_ENOMEM;
    size_t n = 0;
    for (size_t i = 0; i < in.n; i++) {
        uint8_t c = in.p[i];
        if (c == '\\') {
            i += decode_escape(p, &n, KY_BYTES(in.p + i + 1, in.n - i - 1));
        } else if (c == '\r') { /* any end of line is one line feed (§7.3.4.2) */
            p[n++] = '\n';
            i += i + 1 < in.n && in.p[i + 1] == '\n';
        } else {
            p[n++] = c;
        }
    }
    *text = KY_BYTES(p, n);
    return KY_OK;
}

static ky_rc parse_literal(struct ky_pdf_value **out, struct ky_pdf_lexer *lx)
{
    size_t start = lx->at, end;
    bool plain;
    lx->at++;
    if (!find_literal_end(&end, &plain, lx))
        return without_end(lx, "string");
    struct ky_bytes text = KY_BYTES(lx->in.p + lx->at, end - lx->at);
    if (!plain)
        KY_TRY(decode_literal(&text, lx->arena));
    struct ky_pdf_value *v = ky_pdf_string(lx->arena, text);
    if (v == NULL)
        return KY_ENOMEM;
    lx->at = end + 1;
    v->span = KY_BYTES(lx->in.p + start, lx->at - start);
    *out = v;
    return KY_OK;
}

static ky_rc parse_hex(struct ky_pdf_value **out, struct ky_pdf_lexer *lx)
{
    size_t start = lx->at, digits = 0;
    const uint8_t *close = memchr(lx->in.p + start, '>', lx->in.n - start);
    if (close == NULL)
        return without_end(lx, "hexadecimal string");
    struct ky_bytes in = KY_BYTES(lx->in.p + start + 1, (size_t)(close - lx->in.p) - start - 1);
    uint8_t *p = ky_arena_alloc(lx->arena, in.n / 2 + 2);
    struct ky_pdf_value *v = ky_pdf_string(lx->arena, KY_BYTES_NONE);
    if (p == NULL || v == NULL)
        return KY_ENOMEM;
    for (size_t i = 0; i < in.n; i++) {
        int d = hex_digit(in.p[i]);
        if (d < 0 && !ky_pdf_is_space(in.p[i]))
            return malformed(lx, "hexadecimal string with another character");
        if (d < 0)
            continue;
        p[digits / 2] = (uint8_t)(p[digits / 2] | (digits % 2 == 0 ? d << 4 : d));
        digits++;
    }
    v->hex = true;
    v->text = KY_BYTES(p, (digits + 1) / 2);
    v->span = KY_BYTES(lx->in.p + start, in.n + 2);
    lx->at = start + v->span.n;
    *out = v;
    return KY_OK;
}

static ky_rc new_real(struct ky_pdf_value **out, struct ky_pdf_lexer *lx, struct ky_bytes text)
{
    char copy[NUMBER_CHARS_MAX + 1];
    memcpy(copy, text.p, text.n);
    copy[text.n] = 0;
    struct ky_pdf_value *v = ky_pdf_real(lx->arena, strtod(copy, NULL));
    if (v == NULL)
        return KY_ENOMEM;
    v->text = text;
    *out = v;
    return KY_OK;
}

static ky_rc parse_number(struct ky_pdf_value **out, struct ky_pdf_lexer *lx)
{
    size_t start = lx->at, digits = 0, dots = 0;
    bool negative = peek(lx, 0) == '-';
    lx->at += negative || peek(lx, 0) == '+';
    int64_t v = 0;
    for (; !at_end(lx) && (is_digit(lx->in.p[lx->at]) || lx->in.p[lx->at] == '.'); lx->at++) {
        bool digit = lx->in.p[lx->at] != '.';
        dots += !digit;
        if (digit && ++digits <= INTEGER_DIGITS_MAX)
            v = v * 10 + (lx->in.p[lx->at] - '0');
    }
    struct ky_bytes text = KY_BYTES(lx->in.p + start, lx->at - start);
    bool clean_end = at_end(lx) || !ky_pdf_is_regular(lx->in.p[lx->at]);
    if (digits == 0 || dots > 1 || !clean_end || text.n > NUMBER_CHARS_MAX)
        return malformed(lx, "malformed number");
    if (dots == 1 || digits > INTEGER_DIGITS_MAX)
        return new_real(out, lx, text);
    *out = ky_pdf_int(lx->arena, negative ? -v : v);
    return *out == NULL ? KY_ENOMEM : KY_OK;
}

/* "n g R", or else a number. */
static ky_rc parse_number_or_ref(struct ky_pdf_value **out, struct ky_pdf_lexer *lx)
{
    size_t start = lx->at;
    uint64_t num, gen;
    if (is_digit(peek(lx, 0)) && ky_pdf_take_uint(lx, &num) && ky_pdf_take_uint(lx, &gen) &&
        ky_pdf_take_word(lx, "R")) {
        if (num > KY_PDF_OBJECT_MAX || gen > UINT16_MAX) /* can not exist, so it is null (§7.3.10) */
            *out = ky_pdf_null(lx->arena);
        else
            *out = ky_pdf_indirect(lx->arena, (struct ky_pdf_ref){(uint32_t)num, (uint32_t)gen});
        return *out == NULL ? KY_ENOMEM : KY_OK;
    }
    lx->at = start;
    return parse_number(out, lx);
}

static ky_rc parse_at_depth(struct ky_pdf_value **out, struct ky_pdf_lexer *lx, unsigned depth);

static ky_rc parse_array(struct ky_pdf_value **out, struct ky_pdf_lexer *lx, unsigned depth)
{
    struct ky_pdf_value *array = ky_pdf_array(lx->arena);
    for (lx->at++;;) {
        ky_pdf_skip_space(lx);
        if (at_end(lx))
            return malformed(lx, "array without end");
        if (peek(lx, 0) == ']')
            break;
        struct ky_pdf_value *item;
        KY_TRY(parse_at_depth(&item, lx, depth + 1));
        KY_TRY(ky_pdf_array_push(lx->arena, array, item));
    }
    lx->at++;
    *out = array;
    return array == NULL ? KY_ENOMEM : KY_OK;
}

static ky_rc parse_dict(struct ky_pdf_value **out, struct ky_pdf_lexer *lx, unsigned depth)
{
    struct ky_pdf_value *dict = ky_pdf_dict(lx->arena);
    for (lx->at += 2;;) {
        ky_pdf_skip_space(lx);
        if (peek(lx, 0) == '>' && peek(lx, 1) == '>')
            break;
        if (at_end(lx) || peek(lx, 0) != '/')
            return malformed(lx, "dictionary key expected");
        struct ky_bytes key;
        struct ky_pdf_value *v;
        KY_TRY(parse_name_text(&key, lx));
        KY_TRY(parse_at_depth(&v, lx, depth + 1));
        KY_TRY(ky_pdf_dict_append(lx->arena, dict, key, v));
    }
    lx->at += 2;
    *out = dict;
    return dict == NULL ? KY_ENOMEM : KY_OK;
}

static ky_rc parse_keyword(struct ky_pdf_value **out, struct ky_pdf_lexer *lx)
{
    if (ky_pdf_take_word(lx, "null"))
        *out = ky_pdf_null(lx->arena);
    else if (ky_pdf_take_word(lx, "true"))
        *out = ky_pdf_bool(lx->arena, true);
    else if (ky_pdf_take_word(lx, "false"))
        *out = ky_pdf_bool(lx->arena, false);
    else
        return malformed(lx, "no object");
    return *out == NULL ? KY_ENOMEM : KY_OK;
}

static ky_rc parse_at_depth(struct ky_pdf_value **out, struct ky_pdf_lexer *lx, unsigned depth)
{
    if (depth > KY_PDF_DEPTH_MAX)
        return ky_fail(KY_ELIMIT, "pdf: nested deeper than %d at byte %zu", KY_PDF_DEPTH_MAX, lx->at);
    ky_pdf_skip_space(lx);
    if (at_end(lx))
        return malformed(lx, "object expected before the end");
    uint8_t c = peek(lx, 0);
    if (c == '/')
        return parse_name(out, lx);
    if (c == '(')
        return parse_literal(out, lx);
    if (c == '[')
        return parse_array(out, lx, depth);
    if (c == '<')
        return peek(lx, 1) == '<' ? parse_dict(out, lx, depth) : parse_hex(out, lx);
    if (is_digit(c) || c == '+' || c == '-' || c == '.')
        return parse_number_or_ref(out, lx);
    return parse_keyword(out, lx);
}

ky_rc ky_pdf_parse_value(struct ky_pdf_value **out, struct ky_pdf_lexer *lx)
{
    return parse_at_depth(out, lx, 0);
}
