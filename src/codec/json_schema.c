/* Closed schemas for JSON objects from outside, driven by tables; see json.h. */
#include "codec/json.h"

#include "base/base64.h"
#include "base/str.h"

static ky_rc check_value(const json_t *v, const struct ky_json_member *m, const char *name);

static ky_rc check_range(const struct ky_json_member *m, const char *name, size_t n, const char *unit)
{
    if (n > INT64_MAX || (int64_t)n < m->min || (int64_t)n > m->max)
        return ky_fail(KY_ELIMIT, "%s: %zu %s, must be %lld..%lld", name, n, unit, (long long)m->min,
                       (long long)m->max);
    return KY_OK;
}

static ky_rc check_str(const json_t *v, const struct ky_json_member *m, const char *name)
{
    return check_range(m, name, json_string_length(v), "bytes");
}

static ky_rc check_text(const json_t *v, const struct ky_json_member *m, const char *name)
{
    struct ky_bytes text = ky_json_str(v);
    KY_TRY(check_range(m, name, ky_utf8_length(text), "characters"));
    return ky_text_check(name, text, (size_t)m->max);
}

static ky_rc check_hex(const json_t *v, const struct ky_json_member *m, const char *name)
{
    struct ky_bytes text = ky_json_str(v);
    for (size_t i = 0; i < text.n; i++)
        if (!((text.p[i] >= '0' && text.p[i] <= '9') || (text.p[i] >= 'a' && text.p[i] <= 'f')))
            return ky_fail(KY_EFORMAT, "%s: character %zu is not lower-case hexadecimal", name, i);
    if (text.n % 2 != 0)
        return ky_fail(KY_EFORMAT, "%s: odd number of hexadecimal digits", name);
    return check_range(m, name, text.n / 2, "bytes");
}

static ky_rc check_base64url(const json_t *v, const struct ky_json_member *m, const char *name)
{
    struct ky_bytes text = ky_json_str(v);
    KY_TRY(check_range(m, name, text.n / 4 * 3 + (text.n % 4 * 3) / 4, "bytes"));
    ky_auto_buf decoded = ky_buf_init(text.n);
    return ky_context(ky_base64url_decode(&decoded, text), "%s", name);
}

static ky_rc check_int(const json_t *v, const struct ky_json_member *m, const char *name)
{
    long long n = json_integer_value(v);
    if (n < m->min || n > m->max)
        return ky_fail(KY_ELIMIT, "%s: %lld is not in %lld..%lld", name, n, (long long)m->min,
                       (long long)m->max);
    return KY_OK;
}

static ky_rc check_bool(const json_t *v, const struct ky_json_member *m, const char *name)
{
    return KY_OK;
}

static ky_rc check_array(const json_t *v, const struct ky_json_member *m, const char *name)
{
    KY_TRY(check_range(m, name, json_array_size(v), "items"));
    for (size_t i = 0; i < json_array_size(v); i++)
        KY_TRY(ky_context(check_value(json_array_get(v, i), m->sub, m->sub->name), "%s: item %zu", name, i));
    return KY_OK;
}

static ky_rc check_object(const json_t *v, const struct ky_json_member *m, const char *name)
{
    return m->sub_n == 0 ? KY_OK : ky_json_check_closed(v, m->sub, m->sub_n, name);
}

static const struct {
    json_type type;
    const char *text;
    ky_rc (*check)(const json_t *v, const struct ky_json_member *m, const char *name);
} kinds[] = {
    [KY_JSON_STR] = {JSON_STRING, "a string", check_str},
    [KY_JSON_TEXT] = {JSON_STRING, "a string", check_text},
    [KY_JSON_HEX] = {JSON_STRING, "a string", check_hex},
    [KY_JSON_BASE64URL] = {JSON_STRING, "a string", check_base64url},
    [KY_JSON_INT] = {JSON_INTEGER, "an integer", check_int},
    [KY_JSON_BOOL] = {JSON_TRUE, "a boolean", check_bool},
    [KY_JSON_ARRAY] = {JSON_ARRAY, "an array", check_array},
    [KY_JSON_OBJECT] = {JSON_OBJECT, "an object", check_object},
};

static ky_rc check_value(const json_t *v, const struct ky_json_member *m, const char *name)
{
    bool is_bool = m->kind == KY_JSON_BOOL && json_is_boolean(v);
    if (!is_bool && json_typeof(v) != kinds[m->kind].type)
        return ky_fail(KY_EFORMAT, "%s: must be %s", name, kinds[m->kind].text);
    return kinds[m->kind].check(v, m, name);
}

static bool is_known(const char *name, const struct ky_json_member *members, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(members[i].name, name) == 0)
            return true;
    return false;
}

static ky_rc check_members(const json_t *obj, const struct ky_json_member *members, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const json_t *v = json_object_get(obj, members[i].name);
        if (v == NULL && members[i].required)
            return ky_fail(KY_EFORMAT, "%s: missing", members[i].name);
        if (v != NULL)
            KY_TRY(check_value(v, &members[i], members[i].name));
    }
    return KY_OK;
}

ky_rc ky_json_check_closed(const json_t *obj, const struct ky_json_member *members, size_t n,
                           const char *what)
{
    if (!json_is_object(obj))
        return ky_fail(KY_EFORMAT, "%s: must be an object", what);
    const char *name;
    json_t *v;
    json_object_foreach((json_t *)(uintptr_t)obj, name, v)
    {
        if (!is_known(name, members, n))
            return ky_fail(KY_EFORMAT, "%s: member \"%.40s\" is unknown", what, name);
    }
    return ky_context(check_members(obj, members, n), "%s", what);
}
