/*
 * Canonical JSON; see jcs.h. RFC 8785: members sorted by UTF-16 code units
 * (§3.2.3), shortest escapes (§3.2.2.2), integers without exponent. Called for
 * every statement and record, so ASCII text takes a short way.
 */
#include "codec/jcs.h"

#include <stdlib.h>
#include <uninorm.h>

#include "base/str.h"

bool ky_text_is_nfc(struct ky_bytes text)
{
    bool ascii = true;
    for (size_t i = 0; i < text.n && ascii; i++)
        ascii = text.p[i] < 0x80;
    if (ascii)
        return true;
    if (!ky_utf8_valid(text))
        return false;
    size_t n = 0;
    uint8_t *normal = u8_normalize(UNINORM_NFC, text.p, text.n, NULL, &n);
    bool same = normal != NULL && ky_bytes_eq(text, KY_BYTES(normal, n));
    free(normal);
    return same;
}

/* The first UTF-16 code unit of a code point. */
static int32_t lead_unit(int32_t c)
{
    return c < 0x10000 ? c : 0xd800 + ((c - 0x10000) >> 10);
}

static int compare_names(const void *left, const void *right)
{
    struct ky_bytes a = ky_bytes_str(*(const char *const *)left);
    struct ky_bytes b = ky_bytes_str(*(const char *const *)right);
    while (a.n > 0 && b.n > 0) {
        int32_t ca = ky_utf8_next(&a), cb = ky_utf8_next(&b);
        if (ca == cb)
            continue;
        int32_t ua = lead_unit(ca), ub = lead_unit(cb);
        return ua != ub ? (ua < ub ? -1 : 1) : (ca < cb ? -1 : 1);
    }
    return (a.n > 0) - (b.n > 0);
}

static ky_rc encode(struct ky_buf *out, const json_t *v, size_t depth_left);

static ky_rc encode_str(struct ky_buf *out, struct ky_bytes text)
{
    if (!ky_text_is_nfc(text))
        return ky_fail(KY_EFORMAT, "canonical JSON: string \"%.40s\" is not in NFC", (const char *)text.p);
    ky_buf_add_json_str(out, text);
    return KY_OK;
}

static ky_rc encode_int(struct ky_buf *out, int64_t n)
{
    if (n > KY_JSON_INT_MAX || n < -KY_JSON_INT_MAX)
        return ky_fail(KY_EFORMAT, "canonical JSON: integer %lld is not below 2^53", (long long)n);
    ky_buf_addf(out, "%lld", (long long)n);
    return KY_OK;
}

static ky_rc encode_array(struct ky_buf *out, const json_t *v, size_t depth_left)
{
    ky_buf_add_u8(out, '[');
    for (size_t i = 0; i < json_array_size(v); i++) {
        if (i > 0)
            ky_buf_add_u8(out, ',');
        KY_TRY(encode(out, json_array_get(v, i), depth_left));
    }
    ky_buf_add_u8(out, ']');
    return KY_OK;
}

static ky_rc encode_members(struct ky_buf *out, const json_t *v, const char **names, size_t depth_left)
{
    size_t n = 0;
    const char *name;
    json_t *member;
    json_object_foreach((json_t *)(uintptr_t)v, name, member)
    {
        names[n++] = name;
    }
    qsort(names, n, sizeof *names, compare_names);
    ky_buf_add_u8(out, '{');
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            ky_buf_add_u8(out, ',');
        KY_TRY(encode_str(out, ky_bytes_str(names[i])));
        ky_buf_add_u8(out, ':');
        KY_TRY(encode(out, json_object_get(v, names[i]), depth_left));
    }
    ky_buf_add_u8(out, '}');
    return KY_OK;
}

static ky_rc encode_object(struct ky_buf *out, const json_t *v, size_t depth_left)
{
    const char **names = calloc(json_object_size(v) + 1, sizeof *names);
    if (names == NULL)
        return ky_fail(KY_ENOMEM, "canonical JSON: out of memory");
    ky_rc rc = encode_members(out, v, names, depth_left);
    free(names);
    return rc;
}

static ky_rc encode(struct ky_buf *out, const json_t *v, size_t depth_left)
{
    bool nests = json_is_object(v) || json_is_array(v);
    if (nests && depth_left == 0)
        return ky_fail(KY_ELIMIT, "canonical JSON: arrays and objects nested too deep");
    if (json_is_object(v))
        return encode_object(out, v, depth_left - 1);
    if (json_is_array(v))
        return encode_array(out, v, depth_left - 1);
    if (json_is_string(v))
        return encode_str(out, ky_json_str(v));
    if (json_is_integer(v))
        return encode_int(out, json_integer_value(v));
    if (!json_is_boolean(v))
        return ky_fail(KY_EFORMAT, "canonical JSON: null and fractions are not allowed");
    ky_buf_add_str(out, json_is_true(v) ? "true" : "false");
    return KY_OK;
}

ky_rc ky_jcs_encode(struct ky_buf *out, const json_t *v, size_t max_depth)
{
    KY_TRY(encode(out, v, max_depth));
    return ky_buf_finish(out);
}

ky_rc ky_jcs_parse(json_t **out, struct ky_bytes text, size_t max_bytes, size_t max_depth)
{
    ky_auto_json v = NULL;
    KY_TRY(ky_json_parse(&v, text, max_bytes));
    ky_auto_buf again = ky_buf_init(text.n); /* the canonical form is never the longer one */
    KY_TRY(ky_jcs_encode(&again, v, max_depth));
    size_t at = 0;
    while (at < text.n && at < again.n && text.p[at] == again.p[at])
        at++;
    if (at != text.n || at != again.n)
        return ky_fail(KY_EFORMAT, "not canonical JSON: byte %zu differs from RFC 8785", at);
    *out = KY_STEAL(v);
    return KY_OK;
}
