/* Strict parsing and getters over jansson; see json.h. RFC 8259. */
#include "codec/json.h"

#include "base/base64.h"
#include "base/hex.h"

size_t ky_json_depth(const json_t *v)
{
    size_t deepest = 0;
    if (json_is_array(v)) {
        for (size_t i = 0; i < json_array_size(v); i++) {
            size_t d = ky_json_depth(json_array_get(v, i));
            deepest = d > deepest ? d : deepest;
        }
        return deepest + 1;
    }
    if (!json_is_object(v))
        return 0;
    const char *name;
    json_t *member;
    json_object_foreach((json_t *)(uintptr_t)v, name, member)
    {
        size_t d = ky_json_depth(member);
        deepest = d > deepest ? d : deepest;
    }
    return deepest + 1;
}

ky_rc ky_json_parse(json_t **out, struct ky_bytes text, size_t max_bytes)
{
    if (text.n > max_bytes)
        return ky_fail(KY_ELIMIT, "JSON: %zu bytes, at most %zu are allowed", text.n, max_bytes);
    json_error_t error;
    ky_auto_json v = json_loadb(text.n == 0 ? "" : (const char *)text.p, text.n,
                                JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (v == NULL && json_error_code(&error) == json_error_out_of_memory)
        return ky_fail(KY_ENOMEM, "JSON: out of memory");
    if (v == NULL)
        return ky_fail(KY_EFORMAT, "JSON: line %d column %d: %s", error.line, error.column, error.text);
    size_t depth = ky_json_depth(v);
    if (depth > KY_JSON_DEPTH_MAX)
        return ky_fail(KY_ELIMIT, "JSON: depth %zu, at most %d is allowed", depth, KY_JSON_DEPTH_MAX);
    *out = KY_STEAL(v);
    return KY_OK;
}

static const char *kind_name(json_type type)
{
    static const char *const names[] = {
        [JSON_OBJECT] = "an object",   [JSON_ARRAY] = "an array",  [JSON_STRING] = "a string",
        [JSON_INTEGER] = "an integer", [JSON_REAL] = "a fraction", [JSON_TRUE] = "a boolean",
        [JSON_FALSE] = "a boolean",    [JSON_NULL] = "null",
    };
    return names[type];
}

/* Finds a member of the wanted kind; *out is NULL when it is absent. */
static ky_rc find(const json_t **out, const json_t *obj, const char *name, json_type type)
{
    if (!json_is_object(obj))
        return ky_fail(KY_EFORMAT, "%s: looked for in something that is no object", name);
    const json_t *v = json_object_get(obj, name);
    bool right = v == NULL || json_typeof(v) == type || (type == JSON_TRUE && json_is_boolean(v));
    if (!right)
        return ky_fail(KY_EFORMAT, "%s: is %s, must be %s", name, kind_name(json_typeof(v)), kind_name(type));
    *out = v;
    return KY_OK;
}

static ky_rc absent(const char *name)
{
    return ky_fail(KY_EFORMAT, "%s: missing", name);
}

ky_rc ky_json_find_str(struct ky_bytes *out, const json_t *obj, const char *name, size_t max_bytes)
{
    const json_t *v;
    KY_TRY(find(&v, obj, name, JSON_STRING));
    struct ky_bytes text = ky_json_str(v);
    if (text.n > max_bytes)
        return ky_fail(KY_ELIMIT, "%s: %zu bytes, at most %zu are allowed", name, text.n, max_bytes);
    *out = text;
    return KY_OK;
}

ky_rc ky_json_get_str(struct ky_bytes *out, const json_t *obj, const char *name, size_t max_bytes)
{
    struct ky_bytes text;
    KY_TRY(ky_json_find_str(&text, obj, name, max_bytes));
    if (text.p == NULL)
        return absent(name);
    *out = text;
    return KY_OK;
}

static ky_rc check_int(const char *name, int64_t n, int64_t min, int64_t max)
{
    if (n < min || n > max)
        return ky_fail(KY_ELIMIT, "%s: %lld is not in %lld..%lld", name, (long long)n, (long long)min,
                       (long long)max);
    return KY_OK;
}

ky_rc ky_json_find_int(int64_t *out, const json_t *obj, const char *name, int64_t min, int64_t max,
                       int64_t otherwise)
{
    const json_t *v;
    KY_TRY(find(&v, obj, name, JSON_INTEGER));
    if (v != NULL)
        KY_TRY(check_int(name, json_integer_value(v), min, max));
    *out = v == NULL ? otherwise : (int64_t)json_integer_value(v);
    return KY_OK;
}

ky_rc ky_json_get_int(int64_t *out, const json_t *obj, const char *name, int64_t min, int64_t max)
{
    const json_t *v;
    KY_TRY(find(&v, obj, name, JSON_INTEGER));
    if (v == NULL)
        return absent(name);
    KY_TRY(check_int(name, json_integer_value(v), min, max));
    *out = json_integer_value(v);
    return KY_OK;
}

ky_rc ky_json_find_bool(bool *out, const json_t *obj, const char *name, bool otherwise)
{
    const json_t *v;
    KY_TRY(find(&v, obj, name, JSON_TRUE));
    *out = v == NULL ? otherwise : json_is_true(v);
    return KY_OK;
}

ky_rc ky_json_get_bool(bool *out, const json_t *obj, const char *name)
{
    const json_t *v;
    KY_TRY(find(&v, obj, name, JSON_TRUE));
    if (v == NULL)
        return absent(name);
    *out = json_is_true(v);
    return KY_OK;
}

ky_rc ky_json_find_array(const json_t **out, const json_t *obj, const char *name, size_t max_items)
{
    const json_t *v;
    KY_TRY(find(&v, obj, name, JSON_ARRAY));
    if (json_array_size(v) > max_items)
        return ky_fail(KY_ELIMIT, "%s: %zu items, at most %zu are allowed", name, json_array_size(v),
                       max_items);
    *out = v;
    return KY_OK;
}

ky_rc ky_json_get_array(const json_t **out, const json_t *obj, const char *name, size_t max_items)
{
    const json_t *v;
    KY_TRY(ky_json_find_array(&v, obj, name, max_items));
    if (v == NULL)
        return absent(name);
    *out = v;
    return KY_OK;
}

ky_rc ky_json_find_object(const json_t **out, const json_t *obj, const char *name)
{
    return find(out, obj, name, JSON_OBJECT);
}

ky_rc ky_json_get_object(const json_t **out, const json_t *obj, const char *name)
{
    const json_t *v;
    KY_TRY(find(&v, obj, name, JSON_OBJECT));
    if (v == NULL)
        return absent(name);
    *out = v;
    return KY_OK;
}

ky_rc ky_json_get_hex(uint8_t *out, size_t n, const json_t *obj, const char *name)
{
    struct ky_bytes text;
    KY_TRY(ky_json_get_str(&text, obj, name, 2 * n));
    return ky_context(ky_hex_decode(out, n, text), "%s", name);
}

/* Decodes a string member with one of the two base64 alphabets; four characters make three bytes. */
static ky_rc get_base64(struct ky_buf *out, const json_t *obj, const char *name, size_t max_bytes,
                        ky_rc (*decode)(struct ky_buf *, struct ky_bytes))
{
    struct ky_bytes text;
    if (max_bytes > SIZE_MAX / 2)
        return ky_fail(KY_EINVAL, "%s: limit of %zu bytes", name, max_bytes);
    KY_TRY(ky_json_get_str(&text, obj, name, (max_bytes + 2) / 3 * 4));
    size_t before = out->n;
    KY_TRY(ky_context(decode(out, text), "%s", name));
    KY_TRY(ky_context(ky_buf_finish(out), "%s", name));
    if (out->n - before > max_bytes)
        return ky_fail(KY_ELIMIT, "%s: %zu bytes, at most %zu are allowed", name, out->n - before, max_bytes);
    return KY_OK;
}

ky_rc ky_json_get_base64url(struct ky_buf *out, const json_t *obj, const char *name, size_t max_bytes)
{
    return get_base64(out, obj, name, max_bytes, ky_base64url_decode);
}

ky_rc ky_json_get_base64(struct ky_buf *out, const json_t *obj, const char *name, size_t max_bytes)
{
    return get_base64(out, obj, name, max_bytes, ky_base64_decode);
}

struct ky_bytes ky_json_str(const json_t *v)
{
    return json_is_string(v) ? KY_BYTES(json_string_value(v), json_string_length(v)) : KY_BYTES_NONE;
}
