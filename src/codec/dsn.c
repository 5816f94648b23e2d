/* Bounces; see dsn.h. A line is a view without its end; nothing is copied but the status. */
#include "codec/dsn.h"

#include <stdio.h>
#include <strings.h>

#define BOUNDARY_MAX 70 /* characters; RFC 2046 §5.1.1 */

/* ---- lines and fields ---- */

static struct ky_bytes take_line(struct ky_bytes *text)
{
    const uint8_t *end = memchr(text->p, '\n', text->n);
    size_t used = end == NULL ? text->n : (size_t)(end - text->p) + 1;
    struct ky_bytes line = KY_BYTES(text->p, used - (end != NULL));
    if (line.n > 0 && line.p[line.n - 1] == '\r')
        line.n--;
    *text = KY_BYTES(text->p + used, text->n - used);
    return line;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

static struct ky_bytes trim(struct ky_bytes b)
{
    while (b.n > 0 && (is_blank(b.p[0]) || b.p[0] == '\r' || b.p[0] == '\n'))
        b = KY_BYTES(b.p + 1, b.n - 1);
    while (b.n > 0 && (is_blank(b.p[b.n - 1]) || b.p[b.n - 1] == '\r' || b.p[b.n - 1] == '\n'))
        b.n--;
    return b;
}

static bool starts(struct ky_bytes b, const char *word)
{
    size_t n = strlen(word);
    return b.n >= n && strncasecmp((const char *)b.p, word, n) == 0;
}

static bool is_word(struct ky_bytes b, const char *word)
{
    return b.n == strlen(word) && starts(b, word);
}

struct field {
    struct ky_bytes name, value; /* value: with its folded lines, trimmed */
};

/* The next field of a block of them; false at the empty line behind it, or the end. A line that is none is passed over. */
static bool next_field(struct field *f, struct ky_bytes *text)
{
    while (text->n > 0) {
        struct ky_bytes line = take_line(text);
        if (line.n == 0)
            return false;
        const uint8_t *colon = memchr(line.p, ':', line.n);
        const uint8_t *end = line.p + line.n;
        while (text->n > 0 && is_blank(text->p[0])) { /* RFC 5322 §2.2.3 */
            struct ky_bytes more = take_line(text);
            end = more.p + more.n;
        }
        if (colon == NULL || is_blank(line.p[0]))
            continue;
        f->name = trim(KY_BYTES(line.p, colon - line.p));
        f->value = trim(KY_BYTES(colon + 1, end - colon - 1));
        return true;
    }
    return false;
}

/* ---- headers ---- */

/* "<a@b>", "Name <a@b>", "a@b" */
static struct ky_bytes address_of(struct ky_bytes value)
{
    const uint8_t *open = value.n == 0 ? NULL : memchr(value.p, '<', value.n);
    if (open != NULL) {
        size_t before = (size_t)(open - value.p) + 1;
        const uint8_t *close = memchr(open + 1, '>', value.n - before);
        return close == NULL ? KY_BYTES_NONE : KY_BYTES(open + 1, close - open - 1);
    }
    size_t n = 0;
    while (n < value.n && value.p[n] > ' ' && value.p[n] != ',' && value.p[n] != ';')
        n++;
    return KY_BYTES(value.p, n);
}

static void add_address(struct ky_dsn *out, struct ky_bytes value)
{
    struct ky_bytes address = address_of(value);
    if (address.n > 0 && address.n <= KY_DSN_ADDRESS_MAX && out->n_to < KY_DSN_TO_MAX)
        out->to[out->n_to++] = address;
}

/* The parameter boundary of a multipart, with or without quotes; empty: none. */
static struct ky_bytes boundary_of(struct ky_bytes type)
{
    static const char name[] = "boundary=";
    struct ky_bytes rest = type;
    if (!starts(type, "multipart/"))
        return KY_BYTES_NONE;
    while (rest.n > 0 && !starts(rest, name))
        rest = KY_BYTES(rest.p + 1, rest.n - 1);
    if (rest.n == 0)
        return KY_BYTES_NONE;
    rest = KY_BYTES(rest.p + sizeof name - 1, rest.n - (sizeof name - 1));
    bool quoted = rest.n > 0 && rest.p[0] == '"';
    if (quoted)
        rest = KY_BYTES(rest.p + 1, rest.n - 1);
    size_t n = 0;
    while (n < rest.n && rest.p[n] >= ' ' && rest.p[n] != '"' &&
           (quoted || (rest.p[n] != ';' && rest.p[n] != ' ')))
        n++;
    return n > BOUNDARY_MAX ? KY_BYTES_NONE : KY_BYTES(rest.p, n);
}

static ky_rc read_headers(struct ky_dsn *out, struct ky_bytes *boundary, struct ky_bytes *mail)
{
    static const char *const receivers[] = {"Delivered-To", "X-Original-To", "To"};
    struct field f;
    *boundary = KY_BYTES_NONE;
    while (next_field(&f, mail)) {
        for (size_t i = 0; i < KY_COUNT(receivers); i++)
            if (is_word(f.name, receivers[i]))
                add_address(out, f.value);
        if (is_word(f.name, "Content-Type") && boundary->n == 0)
            *boundary = boundary_of(f.value);
    }
    return boundary->n > 0 ? KY_OK : ky_fail(KY_EFORMAT, "bounce: not a multipart");
}

/* ---- parts ---- */

typedef enum delimiter { DELIMITER_NONE, DELIMITER_NEXT, DELIMITER_LAST } delimiter;

static delimiter delimiter_of(struct ky_bytes line, struct ky_bytes boundary)
{
    bool is = line.n >= 2 + boundary.n && line.p[0] == '-' && line.p[1] == '-' &&
              memcmp(line.p + 2, boundary.p, boundary.n) == 0;
    if (!is)
        return DELIMITER_NONE;
    struct ky_bytes rest = trim(KY_BYTES(line.p + 2 + boundary.n, line.n - 2 - boundary.n));
    if (rest.n == 0)
        return DELIMITER_NEXT;
    return is_word(rest, "--") ? DELIMITER_LAST : DELIMITER_NONE;
}

/* Up to the next delimiter; what is cut off has no end of its own. */
static struct ky_bytes take_part(delimiter *after, struct ky_bytes *body, struct ky_bytes boundary)
{
    const uint8_t *from = body->p;
    *after = DELIMITER_LAST;
    while (body->n > 0) {
        const uint8_t *at = body->p;
        delimiter d = delimiter_of(take_line(body), boundary);
        if (d == DELIMITER_NONE)
            continue;
        *after = d;
        return KY_BYTES(from, at - from);
    }
    return KY_BYTES(from, body->p - from);
}

static bool is_status_part(struct ky_bytes *part)
{
    struct field f;
    bool is = false;
    while (next_field(&f, part))
        if (is_word(f.name, "Content-Type"))
            is = starts(f.value, "message/delivery-status");
    return is;
}

/* "5.1.1", also with a comment behind it. */
static void copy_status(char out[KY_DSN_STATUS_MAX], struct ky_bytes value)
{
    size_t n = 0;
    while (n < value.n && n < KY_DSN_STATUS_MAX - 1 &&
           ((value.p[n] >= '0' && value.p[n] <= '9') || value.p[n] == '.'))
        n++;
    snprintf(out, KY_DSN_STATUS_MAX, "%.*s", (int)n, (const char *)value.p);
}

/* Blocks of fields, an empty line between: first of the message, then of each recipient (RFC 3464 §2.1). */
static bool read_status(struct ky_dsn *out, struct ky_bytes part)
{
    bool told = false;
    while (part.n > 0 && !out->failed) {
        struct field f;
        char status[KY_DSN_STATUS_MAX] = "";
        bool action = false, failed = false;
        while (next_field(&f, &part)) {
            if (is_word(f.name, "Action")) {
                action = true;
                failed = starts(f.value, "failed");
            }
            if (is_word(f.name, "Status"))
                copy_status(status, f.value);
        }
        if (!action)
            continue;
        told = true;
        out->failed = failed;
        memcpy(out->status, status, sizeof status);
    }
    return told;
}

ky_rc ky_dsn_parse(struct ky_dsn *out, struct ky_bytes mail)
{
    struct ky_bytes boundary;
    delimiter after = DELIMITER_NEXT;
    bool told = false;
    *out = (struct ky_dsn){.n_to = 0};
    if (mail.n > KY_DSN_MAX)
        mail.n = KY_DSN_MAX;
    KY_TRY(read_headers(out, &boundary, &mail));
    take_part(&after, &mail, boundary); /* what stands before the first */
    while (after == DELIMITER_NEXT && !told) {
        struct ky_bytes part = take_part(&after, &mail, boundary);
        if (is_status_part(&part))
            told = read_status(out, part);
    }
    return told ? KY_OK : ky_fail(KY_EFORMAT, "bounce: nothing tells what became of a recipient");
}
