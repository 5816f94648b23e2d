/* CBOR as CTAP2 and COSE use it; see cbor.h. RFC 8949 §3, §4.2; CTAP 2.1 §8. */
#include "codec/cbor.h"

#define MAJOR_SIMPLE 7
#define SIMPLE_FALSE 20
#define SIMPLE_TRUE 21

static ky_rc bad(const char *what, const char *why)
{
    return ky_fail(KY_EFORMAT, "%s: %s", what, why);
}

/* The argument of an item's head in its shortest form (RFC 8949 §4.2.1). */
static ky_rc read_argument(uint64_t *out, struct ky_reader *r, uint8_t info, const char *what)
{
    if (info < 24) {
        *out = info;
        return KY_OK;
    }
    if (info > 27)
        return bad(what, "indefinite length or reserved head");
    size_t octets = (size_t)1 << (info - 24);
    struct ky_bytes bytes = ky_read_bytes(r, octets);
    if (r->failed)
        return bad(what, "CBOR ends within a head");
    uint64_t n = 0;
    for (size_t i = 0; i < octets; i++)
        n = n << 8 | bytes.p[i];
    uint64_t least = octets == 1 ? 24 : (uint64_t)1 << 4 * octets;
    if (n < least)
        return bad(what, "head is not in the shortest form");
    *out = n;
    return KY_OK;
}

static ky_rc finish_item(struct ky_cbor_item *item, struct ky_reader *r, const char *what)
{
    bool is_string = item->type == KY_CBOR_BYTES || item->type == KY_CBOR_TEXT;
    bool is_list = item->type == KY_CBOR_ARRAY || item->type == KY_CBOR_MAP;
    if ((is_string || is_list) && item->n > r->left.n)
        return bad(what, "CBOR ends within an item"); /* each item of a list has one byte at least */
    if (is_string)
        item->bytes = ky_read_bytes(r, (size_t)item->n);
    return KY_OK;
}

ky_rc ky_cbor_next(struct ky_cbor_item *out, struct ky_cbor *c, const char *what)
{
    static const ky_cbor_type types[] = {KY_CBOR_UINT, KY_CBOR_NINT,  KY_CBOR_BYTES,
                                         KY_CBOR_TEXT, KY_CBOR_ARRAY, KY_CBOR_MAP};
    struct ky_reader r = KY_READER(c->left);
    uint8_t head = ky_read_u8(&r);
    if (r.failed)
        return bad(what, "missing");
    unsigned major = head >> 5;
    struct ky_cbor_item item = {.type = KY_CBOR_BOOL};
    KY_TRY(read_argument(&item.n, &r, head & 0x1f, what));
    if (major < KY_COUNT(types))
        item.type = types[major];
    else if (major == MAJOR_SIMPLE && (item.n == SIMPLE_FALSE || item.n == SIMPLE_TRUE))
        item.n -= SIMPLE_FALSE;
    else
        return bad(what, "tags, null and floating point are not expected");
    KY_TRY(finish_item(&item, &r, what));
    c->left = r.left;
    *out = item;
    return KY_OK;
}

/* Takes the next item if it is of this type. */
static ky_rc take(struct ky_cbor_item *out, struct ky_cbor *c, ky_cbor_type type, const char *what)
{
    struct ky_cbor ahead = *c;
    KY_TRY(ky_cbor_next(out, &ahead, what));
    if (out->type != type)
        return bad(what, "is of another CBOR type");
    *c = ahead;
    return KY_OK;
}

ky_rc ky_cbor_get_int(int64_t *out, struct ky_cbor *c, const char *what)
{
    struct ky_cbor ahead = *c;
    struct ky_cbor_item item;
    KY_TRY(ky_cbor_next(&item, &ahead, what));
    if (item.type != KY_CBOR_UINT && item.type != KY_CBOR_NINT)
        return bad(what, "is not an integer");
    if (item.n > INT64_MAX)
        return bad(what, "integer of more than 63 bits");
    *out = item.type == KY_CBOR_UINT ? (int64_t)item.n : -1 - (int64_t)item.n;
    *c = ahead;
    return KY_OK;
}

static ky_rc get_string(struct ky_bytes *out, struct ky_cbor *c, ky_cbor_type type, size_t max_bytes,
                        const char *what)
{
    struct ky_cbor_item item;
    KY_TRY(take(&item, c, type, what));
    if (item.bytes.n > max_bytes)
        return ky_fail(KY_ELIMIT, "%s: %zu bytes, at most %zu are allowed", what, item.bytes.n, max_bytes);
    *out = item.bytes;
    return KY_OK;
}

ky_rc ky_cbor_get_bytes(struct ky_bytes *out, struct ky_cbor *c, size_t max_bytes, const char *what)
{
    return get_string(out, c, KY_CBOR_BYTES, max_bytes, what);
}

ky_rc ky_cbor_get_text(struct ky_bytes *out, struct ky_cbor *c, size_t max_bytes, const char *what)
{
    return get_string(out, c, KY_CBOR_TEXT, max_bytes, what);
}

static ky_rc get_list(size_t *out, struct ky_cbor *c, ky_cbor_type type, size_t max_items, const char *what)
{
    struct ky_cbor_item item;
    KY_TRY(take(&item, c, type, what));
    if (item.n > max_items)
        return ky_fail(KY_ELIMIT, "%s: %llu items, at most %zu are allowed", what, (unsigned long long)item.n,
                       max_items);
    *out = (size_t)item.n;
    return KY_OK;
}

ky_rc ky_cbor_get_array(size_t *items, struct ky_cbor *c, size_t max_items, const char *what)
{
    return get_list(items, c, KY_CBOR_ARRAY, max_items, what);
}

static ky_rc skip(struct ky_cbor *c, unsigned depth_left, const char *what)
{
    struct ky_cbor_item item;
    KY_TRY(ky_cbor_next(&item, c, what));
    if (item.type != KY_CBOR_ARRAY && item.type != KY_CBOR_MAP)
        return KY_OK;
    if (depth_left == 0)
        return ky_fail(KY_ELIMIT, "%s: nested deeper than %d", what, KY_CBOR_DEPTH_MAX);
    for (uint64_t i = 0; i < item.n; i++) {
        KY_TRY(skip(c, depth_left - 1, what));
        if (item.type == KY_CBOR_MAP)
            KY_TRY(skip(c, depth_left - 1, what));
    }
    return KY_OK;
}

ky_rc ky_cbor_skip(struct ky_cbor *c, const char *what)
{
    struct ky_cbor ahead = *c;
    KY_TRY(skip(&ahead, KY_CBOR_DEPTH_MAX, what));
    *c = ahead;
    return KY_OK;
}

ky_rc ky_cbor_finish(const struct ky_cbor *c, const char *what)
{
    if (c->left.n > 0)
        return ky_fail(KY_EFORMAT, "%s: %zu bytes after the end", what, c->left.n);
    return KY_OK;
}

ky_rc ky_cbor_get_map(struct ky_cbor_map *out, struct ky_cbor *c, size_t max_pairs, const char *what)
{
    size_t pairs;
    KY_TRY(get_list(&pairs, c, KY_CBOR_MAP, max_pairs, what));
    *out = (struct ky_cbor_map){.left = pairs};
    return KY_OK;
}

/* Shorter keys first, then bytewise (CTAP 2.1 §8; keys here have one major type per length class). */
static bool comes_after(struct ky_bytes key, struct ky_bytes last)
{
    if (key.n != last.n)
        return key.n > last.n;
    return key.n > 0 && memcmp(key.p, last.p, key.n) > 0;
}

ky_rc ky_cbor_map_key(struct ky_cbor_item *key, struct ky_cbor_map *m, struct ky_cbor *c, const char *what)
{
    struct ky_cbor ahead = *c;
    KY_TRY(ky_cbor_next(key, &ahead, what));
    if (key->type == KY_CBOR_ARRAY || key->type == KY_CBOR_MAP)
        return bad(what, "a map key is an array or a map");
    struct ky_bytes encoded = KY_BYTES(c->left.p, c->left.n - ahead.left.n);
    if (!comes_after(encoded, m->last))
        return bad(what, "map keys are doubled or not in canonical order");
    m->last = encoded;
    m->left--;
    *c = ahead;
    return KY_OK;
}

static void add_head(struct ky_buf *b, unsigned major, uint64_t n)
{
    unsigned extra = n < 24 ? 0 : n <= UINT8_MAX ? 1 : n <= UINT16_MAX ? 2 : n <= UINT32_MAX ? 4 : 8;
    unsigned info = extra == 0 ? (unsigned)n : 24 + (unsigned)__builtin_ctz(extra);
    ky_buf_add_u8(b, (uint8_t)(major << 5 | info));
    for (unsigned i = extra; i > 0; i--)
        ky_buf_add_u8(b, (uint8_t)(n >> 8 * (i - 1)));
}

void ky_cbor_add_int(struct ky_buf *b, int64_t v)
{
    add_head(b, v < 0 ? 1 : 0, v < 0 ? (uint64_t)(-1 - v) : (uint64_t)v);
}

void ky_cbor_add_bytes(struct ky_buf *b, struct ky_bytes v)
{
    add_head(b, 2, v.n);
    ky_buf_add(b, v);
}

void ky_cbor_add_text(struct ky_buf *b, const char *v)
{
    add_head(b, 3, strlen(v));
    ky_buf_add_str(b, v);
}

void ky_cbor_add_array(struct ky_buf *b, size_t items)
{
    add_head(b, 4, items);
}

void ky_cbor_add_map(struct ky_buf *b, size_t pairs)
{
    add_head(b, 5, pairs);
}

void ky_cbor_add_bool(struct ky_buf *b, bool v)
{
    add_head(b, MAJOR_SIMPLE, v ? SIMPLE_TRUE : SIMPLE_FALSE);
}
