/*
 * Writing DER; see der.h. A constructed element is opened with a one-byte
 * length; closing moves the content when the length needs more bytes.
 */
#include "codec/der.h"

#include <stdlib.h>

#include "base/str.h"

static size_t length_octets(size_t n)
{
    size_t octets = 0;
    for (size_t rest = n; n >= 0x80 && rest > 0; rest >>= 8)
        octets++;
    return octets;
}

static void put_length(uint8_t *at, size_t n, size_t octets)
{
    at[0] = (uint8_t)(octets == 0 ? n : 0x80 | octets);
    for (size_t i = 0; i < octets; i++)
        at[1 + i] = (uint8_t)(n >> 8 * (octets - 1 - i));
}

size_t ky_der_begin(struct ky_buf *b, uint8_t tag)
{
    ky_buf_add_u8(b, tag);
    ky_buf_add_u8(b, 0);
    return b->n;
}

void ky_der_end(struct ky_buf *b, size_t at)
{
    size_t n = b->n - at, octets = length_octets(n);
    if (b->rc != KY_OK || ky_buf_grow(b, octets) == NULL)
        return;
    memmove(b->p + at + octets, b->p + at, n);
    put_length(b->p + at - 1, n, octets);
}

static int compare_elements(const void *left, const void *right)
{
    const struct ky_bytes *a = left, *b = right;
    int order = memcmp(a->p, b->p, a->n < b->n ? a->n : b->n);
    return order != 0 ? order : (a->n > b->n) - (a->n < b->n);
}

static ky_rc count_elements(size_t *out, struct ky_bytes content)
{
    struct ky_der d = KY_DER_READ(content);
    struct ky_der_tlv tlv;
    for (*out = 0; !ky_der_at_end(&d); ++*out)
        KY_TRY(ky_der_next(&tlv, &d, "element of SET OF"));
    return KY_OK;
}

/* Writes the elements of content, in order, to sorted, which is as long. */
static ky_rc sort_elements(uint8_t *sorted, struct ky_bytes *elements, struct ky_bytes content)
{
    struct ky_der d = KY_DER_READ(content);
    size_t n = 0;
    for (; !ky_der_at_end(&d); n++) {
        struct ky_der_tlv tlv;
        KY_TRY(ky_der_next(&tlv, &d, "element of SET OF"));
        elements[n] = tlv.whole;
    }
    qsort(elements, n, sizeof *elements, compare_elements);
    for (size_t i = 0; i < n; i++) {
        memcpy(sorted, elements[i].p, elements[i].n);
        sorted += elements[i].n;
    }
    return KY_OK;
}

ky_rc ky_der_end_set_of(struct ky_buf *b, size_t at)
{
    KY_TRY(ky_buf_finish(b));
    struct ky_bytes content = KY_BYTES(b->p + at, b->n - at);
    size_t n;
    KY_TRY(count_elements(&n, content));
    struct ky_bytes *elements = calloc(n + 1, sizeof *elements);
    uint8_t *sorted = malloc(content.n + 1);
    ky_rc rc = elements == NULL || sorted == NULL ? ky_fail(KY_ENOMEM, "SET OF: out of memory")
                                                  : sort_elements(sorted, elements, content);
    if (rc == KY_OK)
        memcpy(b->p + at, sorted, content.n);
    free(sorted);
    free(elements);
    KY_TRY(rc);
    ky_der_end(b, at);
    return ky_buf_finish(b);
}

void ky_der_add(struct ky_buf *b, uint8_t tag, struct ky_bytes content)
{
    size_t octets = length_octets(content.n);
    uint8_t *at = ky_buf_grow(b, 2 + octets);
    if (at == NULL)
        return;
    at[0] = tag;
    put_length(at + 1, content.n, octets);
    ky_buf_add(b, content);
}

void ky_der_add_str(struct ky_buf *b, uint8_t tag, const char *text)
{
    ky_der_add(b, tag, ky_bytes_str(text));
}

void ky_der_add_bool(struct ky_buf *b, bool v)
{
    const uint8_t content = v ? 0xff : 0;
    ky_der_add(b, KY_DER_BOOLEAN, KY_BYTES(&content, 1));
}

void ky_der_add_int(struct ky_buf *b, int64_t v)
{
    uint8_t content[8];
    ky_put_u64(content, (uint64_t)v);
    size_t skip = 0;
    while (skip < 7 && ((content[skip] == 0 && content[skip + 1] < 0x80) ||
                        (content[skip] == 0xff && content[skip + 1] >= 0x80)))
        skip++;
    ky_der_add(b, KY_DER_INTEGER, KY_BYTES(content + skip, 8 - skip));
}

void ky_der_add_uint(struct ky_buf *b, struct ky_bytes magnitude)
{
    while (magnitude.n > 0 && magnitude.p[0] == 0)
        magnitude = KY_BYTES(magnitude.p + 1, magnitude.n - 1);
    size_t at = ky_der_begin(b, KY_DER_INTEGER);
    if (magnitude.n == 0 || magnitude.p[0] >= 0x80)
        ky_buf_add_u8(b, 0);
    ky_buf_add(b, magnitude);
    ky_der_end(b, at);
}

/* Takes one decimal arc and the dot after it from the text. */
static ky_rc take_arc(uint32_t *out, struct ky_bytes *text)
{
    size_t n = 0;
    while (n < text->n && text->p[n] != '.')
        n++;
    uint64_t arc = 0;
    KY_TRY(ky_parse_u64(&arc, KY_BYTES(text->p, n), UINT32_MAX));
    if (n + 1 == text->n)
        return ky_fail(KY_EFORMAT, "dot at the end");
    size_t taken = n < text->n ? n + 1 : n;
    *text = KY_BYTES(text->p + taken, text->n - taken);
    *out = (uint32_t)arc;
    return KY_OK;
}

static void add_arc(struct ky_buf *b, uint32_t arc)
{
    for (unsigned shift = 28; shift > 0; shift -= 7)
        if (arc >> shift != 0)
            ky_buf_add_u8(b, (uint8_t)(0x80 | (arc >> shift & 0x7f)));
    ky_buf_add_u8(b, arc & 0x7f);
}

static ky_rc add_arcs(struct ky_buf *content, struct ky_bytes text)
{
    uint32_t top, second, arc;
    KY_TRY(take_arc(&top, &text));
    KY_TRY(take_arc(&second, &text));
    if (top > 2 || (top < 2 && second > 39) || second > UINT32_MAX - 80)
        return ky_fail(KY_EFORMAT, "first arcs %u.%u", top, second);
    add_arc(content, 40 * top + second);
    while (text.n > 0) {
        KY_TRY(take_arc(&arc, &text));
        add_arc(content, arc);
    }
    return ky_buf_finish(content);
}

ky_rc ky_der_add_oid(struct ky_buf *b, const char *dotted)
{
    ky_auto_buf content = ky_buf_init(KY_DER_OID_TEXT_MAX);
    if (add_arcs(&content, ky_bytes_str(dotted)) != KY_OK)
        return ky_context(KY_EINVAL, "OID \"%.40s\"", dotted);
    ky_der_add(b, KY_DER_OID, ky_buf_bytes(&content));
    return KY_OK;
}

void ky_der_add_null(struct ky_buf *b)
{
    ky_der_add(b, KY_DER_NULL, KY_BYTES_NONE);
}

void ky_der_add_bits(struct ky_buf *b, struct ky_bytes bytes)
{
    size_t at = ky_der_begin(b, KY_DER_BIT_STRING);
    ky_buf_add_u8(b, 0);
    ky_buf_add(b, bytes);
    ky_der_end(b, at);
}

void ky_der_add_named_bits(struct ky_buf *b, uint32_t bits)
{
    uint8_t content[5] = {0};
    size_t n = 1; /* with the count of unused bits */
    for (unsigned i = 0; i < 32; i++) {
        if ((bits >> i & 1) == 0)
            continue;
        n = 2 + i / 8;
        content[n - 1] |= (uint8_t)(0x80 >> i % 8);
        content[0] = (uint8_t)(7 - i % 8);
    }
    ky_der_add(b, KY_DER_BIT_STRING, KY_BYTES(content, n));
}

void ky_der_add_time(struct ky_buf *b, ky_time t)
{
    const struct ky_date d = ky_time_split(t);
    if (d.year < 1950 || d.year > 2049) {
        ky_der_add_generalized_time(b, t);
        return;
    }
    size_t at = ky_der_begin(b, KY_DER_UTC_TIME);
    ky_buf_addf(b, "%02d%02d%02d%02d%02d%02dZ", d.year % 100, d.month, d.day, d.hour, d.minute, d.second);
    ky_der_end(b, at);
}

void ky_der_add_generalized_time(struct ky_buf *b, ky_time t)
{
    const struct ky_date d = ky_time_split(t);
    size_t at = ky_der_begin(b, KY_DER_GENERALIZED_TIME);
    ky_buf_addf(b, "%04d%02d%02d%02d%02d%02dZ", d.year, d.month, d.day, d.hour, d.minute, d.second);
    ky_der_end(b, at);
}

bool ky_der_is_printable(struct ky_bytes text)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 '()+,-./:=?";
    for (size_t i = 0; i < text.n; i++)
        if (memchr(allowed, text.p[i], sizeof allowed - 1) == NULL)
            return false;
    return true;
}
