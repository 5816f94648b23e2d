/* Finding one part of an upload; see multipart.h. */
#include "codec/multipart.h"

#include <stdio.h>
#include <strings.h>

#define TYPE "multipart/form-data"
#define DISPOSITION "Content-Disposition:"
#define BOUNDARY_MAX 70 /* characters; RFC 2046 §5.1.1 */
#define CRLF "\r\n"
#define END_OF_HEAD CRLF CRLF

/* ---- what stands in a header ---- */

static bool starts(struct ky_bytes text, const char *word)
{
    return text.n >= strlen(word) && strncasecmp((const char *)text.p, word, strlen(word)) == 0;
}

static struct ky_bytes from(struct ky_bytes text, size_t at)
{
    return KY_BYTES(text.p + at, text.n - at);
}

static size_t find_byte(struct ky_bytes text, uint8_t c)
{
    const uint8_t *at = text.n == 0 ? NULL : memchr(text.p, c, text.n);
    return at == NULL ? text.n : (size_t)(at - text.p);
}

static struct ky_bytes skip_blanks(struct ky_bytes text)
{
    while (text.n > 0 && (text.p[0] == ' ' || text.p[0] == '\t'))
        text = from(text, 1);
    return text;
}

/* Up to the ; or the end; in quotes, up to the second one. What is behind it stays in *text. False: a quote is missing. */
static bool take_value(struct ky_bytes *value, struct ky_bytes *text)
{
    const bool quoted = text->n > 0 && text->p[0] == '"';
    if (quoted)
        *text = from(*text, 1);
    const size_t n = find_byte(*text, quoted ? '"' : ';');
    *value = KY_BYTES(text->p, n);
    if (quoted && n == text->n)
        return false;
    *text = from(*text, n + quoted);
    while (!quoted && value->n > 0 && value->p[value->n - 1] == ' ')
        value->n--;
    return true;
}

/* "first; a=b; c="d"": the value of one parameter. False: there is none. */
static bool find_parameter(struct ky_bytes *value, struct ky_bytes text, const char *name)
{
    for (text = from(text, find_byte(text, ';')); text.n > 0; text = from(text, find_byte(text, ';'))) {
        text = skip_blanks(from(text, 1));
        const size_t n = find_byte(text, '=');
        const struct ky_bytes key = KY_BYTES(text.p, n);
        if (n == text.n)
            return false;
        text = from(text, n + 1);
        if (!take_value(value, &text))
            return false;
        if (key.n == strlen(name) && starts(key, name))
            return true;
    }
    return false;
}

static bool is_boundary(struct ky_bytes text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] <= ' ' || text.p[i] >= 0x7f)
            return false;
    return text.n > 0 && text.n <= BOUNDARY_MAX;
}

/* CR LF, two hyphens and the boundary: what stands between parts. */
struct delimiter {
    char text[4 + BOUNDARY_MAX + 1];
    size_t n;
};

static ky_rc read_type(struct delimiter *out, const char *type)
{
    struct ky_bytes boundary, text = ky_bytes_str(type == NULL ? "" : type);
    if (!starts(text, TYPE) || !find_parameter(&boundary, text, "boundary") || !is_boundary(boundary))
        return ky_fail(KY_EFORMAT, "upload: Content-Type is not " TYPE " with a boundary");
    out->n = 4 + boundary.n;
    snprintf(out->text, sizeof out->text, CRLF "--%.*s", (int)boundary.n, (const char *)boundary.p);
    return KY_OK;
}

/* ---- parts ---- */

struct part {
    struct ky_bytes head, content;
};

/* Cuts what is before `mark` off, and the mark. False: there is none. */
static bool cut(struct ky_bytes *before, struct ky_bytes *text, const char *mark, size_t n)
{
    const uint8_t *at = text->n < n ? NULL : memmem(text->p, text->n, mark, n);
    if (at == NULL)
        return false;
    *before = KY_BYTES(text->p, at - text->p);
    *text = from(*text, before->n + n);
    return true;
}

/* text: behind a boundary. False: that was the last. */
static ky_rc next_part(struct part *out, bool *more, struct ky_bytes *text, const struct delimiter *d)
{
    *more = !starts(*text, "--");
    if (!*more)
        return KY_OK;
    if (!starts(*text, CRLF))
        return ky_fail(KY_EFORMAT, "upload: no end of line behind a boundary");
    *text = from(*text, sizeof CRLF - 1);
    if (!cut(&out->head, text, END_OF_HEAD, sizeof END_OF_HEAD - 1))
        return ky_fail(KY_EFORMAT, "upload: a part without headers");
    if (out->head.n > KY_MULTIPART_HEAD_MAX)
        return ky_fail(KY_ELIMIT, "upload: headers of %zu bytes, at most %d", out->head.n,
                       KY_MULTIPART_HEAD_MAX);
    return cut(&out->content, text, d->text, d->n) ? KY_OK
                                                   : ky_fail(KY_EFORMAT, "upload: a part without end");
}

static bool has_name(struct ky_bytes head, const char *name)
{
    struct ky_bytes line, value;
    bool more = true;
    while (more) {
        more = cut(&line, &head, CRLF, sizeof CRLF - 1);
        if (!more)
            line = head;
        if (starts(line, DISPOSITION))
            return find_parameter(&value, line, "name") && ky_bytes_eq_str(value, name);
    }
    return false;
}

ky_rc ky_multipart_find(struct ky_bytes *content, const char *type, struct ky_bytes body, const char *name)
{
    struct delimiter d;
    struct part part;
    bool more = true, found = false;
    KY_TRY(read_type(&d, type));
    if (body.n < d.n - 2 || memcmp(body.p, d.text + 2, d.n - 2) != 0)
        return ky_fail(KY_EFORMAT, "upload: does not begin with its boundary");
    body = from(body, d.n - 2);
    for (size_t i = 0;; i++) {
        KY_TRY(next_part(&part, &more, &body, &d));
        if (!more)
            break;
        if (i == KY_MULTIPART_PARTS_MAX)
            return ky_fail(KY_ELIMIT, "upload: more than %d parts", KY_MULTIPART_PARTS_MAX);
        if (!has_name(part.head, name))
            continue;
        if (found)
            return ky_fail(KY_EFORMAT, "upload: two parts are called %s", name);
        found = true;
        *content = part.content;
    }
    return found ? KY_OK : ky_fail(KY_ENOTFOUND, "upload: no part is called %s", name);
}
