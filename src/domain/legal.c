/* Reading legal profiles; see legal.h. */
#include "domain/legal.h"

#include <strings.h>

#include "os/file.h"

#define STR(name_, max_)                                                                                     \
    {                                                                                                        \
        .name = name_, .kind = KY_JSON_TEXT, .required = true, .min = 1, .max = max_                         \
    }
#define INT(name_, max_)                                                                                     \
    {                                                                                                        \
        .name = name_, .kind = KY_JSON_INT, .required = true, .min = 0, .max = max_                          \
    }
#define ARRAY(name_, max_, item_)                                                                            \
    {                                                                                                        \
        .name = name_, .kind = KY_JSON_ARRAY, .required = true, .min = 1, .max = max_, .sub = item_,         \
        .sub_n = 1                                                                                           \
    }
#define OBJECT(name_, members_)                                                                              \
    {                                                                                                        \
        .name = name_, .kind = KY_JSON_OBJECT, .required = true, .sub = members_,                            \
        .sub_n = KY_COUNT(members_)                                                                          \
    }

static const struct ky_json_member text_item[] = {STR("text", 2000)};
static const struct ky_json_member word_item[] = {STR("word", 64)};
static const struct ky_json_member sector_members[] = {STR("id", 16), STR("vi", 64)};
static const struct ky_json_member sector_item[] = {OBJECT("sector", sector_members)};
static const struct ky_json_member members[] = {
    STR("id", 16),
    STR("name", 128),
    STR("authority", 128),
    ARRAY("sectors", 8, sector_item),
    ARRAY("mail_domains", 64, word_item),
    ARRAY("mobile_prefixes", 100, word_item),
    ARRAY("birthplaces", 100, word_item),
    INT("birthplaces_abroad_from", 1000),
    INT("age_min", 100),
    STR("key_default", 8),
    {.name = "procedures", .kind = KY_JSON_OBJECT, .required = true},
    {.name = "forms", .kind = KY_JSON_OBJECT, .required = true},
};
static const struct ky_json_member procedure_members[] = {STR("form", 8), STR("code", 8), STR("subject", 200),
                                                          INT("days", 100)};
static const struct ky_json_member column_members[] = {STR("title", 64), STR("field", 16),
                                                       INT("width_mm", 200), STR("align", 8)};
static const struct ky_json_member column_item[] = {OBJECT("column", column_members)};
static const struct ky_json_member form_members[] = {
    STR("label", 64),
    ARRAY("paragraphs_before", 16, text_item),
    ARRAY("columns", 16, column_item),
    ARRAY("paragraphs_after", 16, text_item),
    ARRAY("copies", 16, text_item),
};

/* Each member of a map of objects against one schema; for procedures also that their form is there. */
static ky_rc check_map(const json_t *map, const struct ky_json_member *schema, size_t n, const char *what)
{
    const char *name;
    json_t *v;
    json_object_foreach((json_t *)map, name, v)
    {
        KY_TRY(ky_context(ky_json_check_closed(v, schema, n, what), "%s", name));
    }
    return KY_OK;
}

static ky_rc check_forms_exist(const json_t *json)
{
    const char *name;
    json_t *v;
    json_object_foreach(json_object_get(json, "procedures"), name, v)
    {
        const char *form = json_string_value(json_object_get(v, "form"));
        if (json_object_get(json_object_get(json, "forms"), form) == NULL)
            return ky_fail(KY_EFORMAT, "legal profile: procedure %s: there is no form %s", name, form);
    }
    return KY_OK;
}

ky_rc ky_legal_parse(struct ky_legal *out, struct ky_bytes text)
{
    ky_auto_json json = NULL;
    KY_TRY(ky_json_parse(&json, text, KY_LEGAL_FILE_MAX));
    KY_TRY(ky_json_check_closed(json, members, KY_COUNT(members), "legal profile"));
    KY_TRY(check_map(json_object_get(json, "procedures"), procedure_members, KY_COUNT(procedure_members),
                     "legal profile: procedure"));
    KY_TRY(check_map(json_object_get(json, "forms"), form_members, KY_COUNT(form_members),
                     "legal profile: form"));
    KY_TRY(check_forms_exist(json));
    out->json = KY_STEAL(json);
    return KY_OK;
}

ky_rc ky_legal_load(struct ky_legal *out, const char *path)
{
    ky_auto_buf text = ky_buf_init(KY_LEGAL_FILE_MAX);
    KY_TRY(ky_file_read(&text, path));
    return ky_context(ky_legal_parse(out, ky_buf_bytes(&text)), "%s", path);
}

void ky_legal_clear(struct ky_legal *l)
{
    json_decref(l->json);
    l->json = NULL;
}

const char *ky_legal_str(const struct ky_legal *l, const char *member)
{
    return json_string_value(json_object_get(l->json, member));
}

int64_t ky_legal_int(const struct ky_legal *l, const char *member)
{
    return json_integer_value(json_object_get(l->json, member));
}

bool ky_legal_has(const struct ky_legal *l, const char *array, const char *value)
{
    size_t i;
    json_t *v;
    json_array_foreach(json_object_get(l->json, array), i, v)
    {
        if (strcmp(json_string_value(v), value) == 0)
            return true;
    }
    return false;
}

const char *ky_legal_sector(const struct ky_legal *l, struct ky_bytes id)
{
    size_t i;
    json_t *v;
    json_array_foreach(json_object_get(l->json, "sectors"), i, v)
    {
        if (ky_bytes_eq(ky_json_str(json_object_get(v, "id")), id))
            return json_string_value(json_object_get(v, "vi"));
    }
    return NULL;
}

static bool host_fits(struct ky_bytes host, struct ky_bytes pattern)
{
    bool wildcard = pattern.n > 2 && pattern.p[0] == '*';
    if (!wildcard)
        return host.n == pattern.n && strncasecmp((const char *)host.p, (const char *)pattern.p, host.n) == 0;
    struct ky_bytes tail = KY_BYTES(pattern.p + 1, pattern.n - 1); /* ".gov.vn" */
    return host.n > tail.n &&
           strncasecmp((const char *)host.p + host.n - tail.n, (const char *)tail.p, tail.n) == 0;
}

bool ky_legal_mail_host(const struct ky_legal *l, struct ky_bytes host)
{
    size_t i;
    json_t *v;
    json_array_foreach(json_object_get(l->json, "mail_domains"), i, v)
    {
        if (host_fits(host, ky_json_str(v)))
            return true;
    }
    return false;
}

ky_rc ky_legal_procedure(const json_t **out, const struct ky_legal *l, const char *procedure)
{
    const json_t *p = json_object_get(json_object_get(l->json, "procedures"), procedure);
    if (p == NULL)
        return ky_fail(KY_ENOTFOUND, "legal profile %s has no procedure '%s'", ky_legal_str(l, "id"),
                       procedure);
    *out = p;
    return KY_OK;
}

ky_rc ky_legal_form(const json_t **out, const struct ky_legal *l, const char *form)
{
    const json_t *f = json_object_get(json_object_get(l->json, "forms"), form);
    if (f == NULL)
        return ky_fail(KY_ENOTFOUND, "legal profile %s has no form '%s'", ky_legal_str(l, "id"), form);
    *out = f;
    return KY_OK;
}
