/*
 * From JSON to the structs of legal.h: codec/json checks an object against its
 * shape (legal_shape.h), what follows here copies. Rules between members are in legal.c.
 */
#include "domain/legal_read.h"

#include <stdlib.h>

#include "codec/jcs.h"
#include "codec/json.h"
#include "domain/legal_shape.h"

static const struct ky_json_member text_item = {
    .name = "text", .kind = KY_JSON_TEXT, .required = true, .min = 1, .max = KY_LEGAL_TEXT_MAX};
static const struct ky_json_member object_item = {.name = "object", .kind = KY_JSON_OBJECT, .required = true};

/* What codec/json checks of a slot; objects inside are checked when they are read. */
static struct ky_json_member member_of(const struct ky_slot *s)
{
    static const ky_json_kind kinds[] = {
        [KY_SLOT_TEXT] = KY_JSON_TEXT,   [KY_SLOT_INT] = KY_JSON_INT,    [KY_SLOT_BOOL] = KY_JSON_BOOL,
        [KY_SLOT_DATE] = KY_JSON_TEXT,   [KY_SLOT_WORD] = KY_JSON_TEXT,  [KY_SLOT_WORDS] = KY_JSON_ARRAY,
        [KY_SLOT_TEXTS] = KY_JSON_ARRAY, [KY_SLOT_LIST] = KY_JSON_ARRAY, [KY_SLOT_OBJECT] = KY_JSON_OBJECT};
    return (struct ky_json_member){.name = s->name,
                                   .kind = kinds[s->kind],
                                   .required = s->required,
                                   .min = s->min,
                                   .max = s->max,
                                   .sub = s->kind == KY_SLOT_LIST ? &object_item : &text_item,
                                   .sub_n = s->kind == KY_SLOT_OBJECT ? 0 : 1};
}

static ky_rc read_object(void *out, struct ky_arena *a, const json_t *json, const struct ky_shape *shape);

static ky_rc read_text(const char **out, struct ky_arena *a, const json_t *v)
{
    if (!ky_text_is_nfc(ky_json_str(v)))
        return ky_fail(KY_EFORMAT, "not in Unicode normalisation form C");
    *out = ky_arena_strdup(a, json_string_value(v));
    return *out != NULL ? KY_OK : ky_fail(KY_ENOMEM, "legal profile");
}

static ky_rc read_date(ky_time *out, const char *text)
{
    struct ky_date d = {0};
    static const char form[] = "dddd-dd-dd";
    for (size_t i = 0; form[i] != 0; i++)
        if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
            return ky_fail(KY_EFORMAT, "\"%s\" is not YYYY-MM-DD", text);
    d.year = (int)strtol(text, NULL, 10);
    d.month = (int)strtol(text + 5, NULL, 10);
    d.day = (int)strtol(text + 8, NULL, 10);
    KY_TRY(ky_time_join(out, &d));
    *out -= KY_TIME_VN_OFFSET_S;
    return KY_OK;
}

static ky_rc read_word(unsigned *out, const struct ky_slot *s, const json_t *v)
{
    for (size_t i = 0; i < s->n_words; i++)
        if (strcmp(s->words[i].text, json_string_value(v)) == 0) {
            *out = s->words[i].value;
            return KY_OK;
        }
    return ky_fail(KY_EFORMAT, "\"%.40s\" is not one of its words", json_string_value(v));
}

static ky_rc read_words(unsigned *out, const struct ky_slot *s, const json_t *list)
{
    size_t i;
    json_t *v;
    json_array_foreach((json_t *)(uintptr_t)list, i, v)
    {
        unsigned value = 0;
        KY_TRY(read_word(&value, s, v));
        *out |= value;
    }
    return KY_OK;
}

static ky_rc read_texts(const char *const **out, struct ky_arena *a, const json_t *list)
{
    size_t i;
    json_t *v;
    const char **texts = ky_arena_alloc_array(a, json_array_size(list), sizeof *texts);
    if (texts == NULL)
        return ky_fail(KY_ENOMEM, "legal profile");
    json_array_foreach((json_t *)(uintptr_t)list, i, v)
    {
        KY_TRY(ky_context(read_text(&texts[i], a, v), "item %zu", i + 1));
    }
    *out = texts;
    return KY_OK;
}

static ky_rc read_list(const void **out, struct ky_arena *a, const json_t *list, const struct ky_shape *shape)
{
    size_t i;
    json_t *v;
    uint8_t *items = ky_arena_alloc_array(a, json_array_size(list), shape->size);
    if (items == NULL)
        return ky_fail(KY_ENOMEM, "legal profile");
    json_array_foreach((json_t *)(uintptr_t)list, i, v)
    {
        KY_TRY(ky_context(read_object(items + i * shape->size, a, v, shape), "item %zu", i + 1));
    }
    *out = items;
    return KY_OK;
}

static ky_rc read_slot(uint8_t *out, struct ky_arena *a, const json_t *v, const struct ky_slot *s)
{
    void *at = out + s->at;
    if (s->kind >= KY_SLOT_TEXTS && s->kind <= KY_SLOT_LIST) {
        size_t n = json_array_size(v);
        memcpy(out + s->n_at, &n, sizeof n);
    }
    switch (s->kind) {
    case KY_SLOT_TEXT:
        return read_text(at, a, v);
    case KY_SLOT_INT:
        *(int64_t *)at = json_integer_value(v);
        return KY_OK;
    case KY_SLOT_BOOL:
        *(bool *)at = json_is_true(v);
        return KY_OK;
    case KY_SLOT_DATE:
        return read_date(at, json_string_value(v));
    case KY_SLOT_WORD:
        return read_word(at, s, v);
    case KY_SLOT_WORDS:
        return read_words(at, s, v);
    case KY_SLOT_TEXTS:
        return read_texts(at, a, v);
    case KY_SLOT_LIST:
        return read_list(at, a, v, s->shape);
    case KY_SLOT_OBJECT:
        return read_object(at, a, v, s->shape);
    }
    return ky_fail(KY_EINTERNAL, "%s: no such kind", s->name);
}

static ky_rc check_closed(const json_t *json, const struct ky_shape *shape)
{
    struct ky_json_member members[KY_SLOTS_MAX];
    for (size_t i = 0; i < shape->n; i++)
        members[i] = member_of(&shape->slots[i]);
    return ky_json_check_closed(json, members, shape->n, "object");
}

static ky_rc read_object(void *out, struct ky_arena *a, const json_t *json, const struct ky_shape *shape)
{
    KY_TRY(check_closed(json, shape));
    for (size_t i = 0; i < shape->n; i++) {
        const struct ky_slot *s = &shape->slots[i];
        const json_t *v = json_object_get(json, s->name);
        if (v != NULL)
            KY_TRY(ky_context(read_slot(out, a, v, s), "%s", s->name));
    }
    if (json_is_false(json_object_get(json, "official")) && json_object_get(json, "note") == NULL)
        return ky_fail(KY_EFORMAT, "note: missing where official is false");
    return KY_OK;
}

static ky_rc read_file(void **out, struct ky_arena *a, struct ky_bytes text, const struct ky_shape *shape)
{
    ky_auto_json json = NULL;
    KY_TRY(ky_json_parse(&json, text, KY_LEGAL_FILE_MAX));
    void *root = ky_arena_alloc(a, shape->size);
    if (root == NULL)
        return ky_fail(KY_ENOMEM, "legal profile");
    KY_TRY(read_object(root, a, json, shape));
    *out = root;
    return KY_OK;
}

ky_rc ky_legal_read_profile(struct ky_legal **out, struct ky_arena *a, struct ky_bytes text)
{
    void *root = NULL;
    KY_TRY(ky_context(read_file(&root, a, text, &ky_shape_profile), "legal profile"));
    *out = root;
    return KY_OK;
}

ky_rc ky_legal_read_people(struct ky_legal_people **out, struct ky_arena *a, struct ky_bytes text)
{
    void *root = NULL;
    KY_TRY(ky_context(read_file(&root, a, text, &ky_shape_people), "people"));
    *out = root;
    return KY_OK;
}
