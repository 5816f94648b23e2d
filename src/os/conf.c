/*
 * The ini reader: libinih finds sections and items, the tables say what they may be. Nothing here knows a
 * particular item.
 */
#include "os/conf.h"

#include <errno.h>
#include <ini.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"

#define TEXT_MAX_DEFAULT 1024 /* bytes of a text item without limits of its own */
#define LINE_MAX_BYTES 197    /* of the file; libinih would cut longer ones in two */

struct parse {
    struct ky_arena *arena;
    const struct ky_conf_target *targets;
    size_t count;
    uint64_t *given[KY_CONF_SECTIONS_MAX]; /* bit per item, from the arena */
    const char *origin;
    ky_rc rc; /* the first failure; its text is this thread's error */
};

/* ---- one value ---- */

static ky_rc check_range(const struct ky_conf_item *item, const char *kind, int64_t is)
{
    if (item->min == 0 && item->max == 0)
        return KY_OK;
    if (is >= item->min && is <= item->max)
        return KY_OK;
    const char *unit = item->unit == NULL ? "" : item->unit;
    return ky_fail(KY_ELIMIT, "%s%" PRId64 "; allowed: %" PRId64 " to %" PRId64 "%s%s", kind, is, item->min,
                   item->max, unit[0] == 0 ? "" : " ", unit);
}

static ky_rc store_int(const struct ky_conf_item *item, void *member, const char *text)
{
    char *end;
    errno = 0;
    long long v = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != 0)
        return ky_fail(KY_EFORMAT, "\"%s\" is not a whole number", text);
    KY_TRY(check_range(item, "", v));
    *(int64_t *)member = v;
    return KY_OK;
}

static ky_rc store_bool(void *member, const char *text)
{
    bool yes = ky_str_eq(text, "yes");
    if (!yes && !ky_str_eq(text, "no"))
        return ky_fail(KY_EFORMAT, "\"%s\" is neither yes nor no", text);
    *(bool *)member = yes;
    return KY_OK;
}

static ky_rc store_text(const struct ky_conf_item *item, void *member, const char *text,
                        struct ky_arena *arena)
{
    bool limits = item->min != 0 || item->max != 0;
    if (!limits && strlen(text) > TEXT_MAX_DEFAULT)
        return ky_fail(KY_ELIMIT, "%zu bytes; at most %d", strlen(text), TEXT_MAX_DEFAULT);
    KY_TRY(check_range(item, "length ", (int64_t)strlen(text)));
    bool may_be_empty = item->value != NULL && item->value[0] == 0;
    if (item->type == KY_CONF_PATH && text[0] != '/' && !(may_be_empty && text[0] == 0))
        return ky_fail(KY_EFORMAT, "\"%s\" is not an absolute path", text);
    char *copy = ky_arena_strdup(arena, text);
    if (copy == NULL)
        return ky_fail(KY_ENOMEM, "configuration");
    *(const char **)member = copy;
    return KY_OK;
}

static ky_rc store_value(const struct ky_conf_target *target, const struct ky_conf_item *item,
                         const char *text, struct ky_arena *arena)
{
    void *member = (char *)target->values + item->offset;
    ky_rc rc = item->type == KY_CONF_INT    ? store_int(item, member, text)
               : item->type == KY_CONF_BOOL ? store_bool(member, text)
                                            : store_text(item, member, text, arena);
    if (rc == KY_OK && item->check != NULL)
        rc = item->check(text);
    return ky_context(rc, "[%s] %s", target->section->name, item->name);
}

/* ---- the file ---- */

static ky_rc find_item(size_t *out_target, size_t *out_item, const struct parse *p, const char *section,
                       const char *name)
{
    for (size_t t = 0; t < p->count; t++) {
        const struct ky_conf_section *s = p->targets[t].section;
        if (!ky_str_eq(s->name, section))
            continue;
        for (size_t i = 0; i < s->count; i++) {
            if (!ky_str_eq(s->items[i].name, name))
                continue;
            *out_target = t;
            *out_item = i;
            return KY_OK;
        }
        return ky_fail(KY_EFORMAT, "[%s] has no item \"%s\"", section, name);
    }
    return ky_fail(KY_EFORMAT, "there is no section [%s]", section);
}

static ky_rc take_item(struct parse *p, const char *section, const char *name, const char *value)
{
    size_t t, i;
    KY_TRY(find_item(&t, &i, p, section, name));
    uint64_t bit = UINT64_C(1) << i;
    if ((*p->given[t] & bit) != 0)
        return ky_fail(KY_EFORMAT, "[%s] %s is given twice", section, name);
    *p->given[t] |= bit;
    return store_value(&p->targets[t], &p->targets[t].section->items[i], value, p->arena);
}

static int on_item(void *ctx, const char *section, const char *name, const char *value)
{
    struct parse *p = ctx;
    if (p->rc != KY_OK)
        return 1; /* only the first failure counts: libinih gives its line */
    p->rc = take_item(p, section, name, value == NULL ? "" : value);
    return p->rc == KY_OK;
}

static ky_rc set_defaults(struct parse *p)
{
    for (size_t t = 0; t < p->count; t++) {
        const struct ky_conf_section *s = p->targets[t].section;
        if (s->count > KY_CONF_ITEMS_MAX)
            return ky_fail(KY_EINTERNAL, "[%s] has %zu items; at most %d", s->name, s->count,
                           KY_CONF_ITEMS_MAX);
        p->given[t] = ky_arena_alloc(p->arena, sizeof *p->given[t]);
        if (p->given[t] == NULL)
            return ky_fail(KY_ENOMEM, "configuration");
        for (size_t i = 0; i < s->count; i++)
            if (s->items[i].value != NULL)
                KY_TRY(store_value(&p->targets[t], &s->items[i], s->items[i].value, p->arena));
    }
    return KY_OK;
}

static ky_rc check_complete(const struct parse *p)
{
    for (size_t t = 0; t < p->count; t++) {
        const struct ky_conf_section *s = p->targets[t].section;
        for (size_t i = 0; i < s->count; i++)
            if (s->items[i].value == NULL && (*p->given[t] >> i & 1) == 0)
                return ky_fail(KY_EFORMAT, "[%s] %s must be given", s->name, s->items[i].name);
    }
    return KY_OK;
}

/* NUL and over-long lines are what libinih would misread silently. */
static ky_rc check_text(struct ky_bytes text)
{
    size_t line = 1, at = 0;
    if (text.n > KY_CONF_TEXT_MAX)
        return ky_fail(KY_ELIMIT, "%zu bytes; at most %d", text.n, KY_CONF_TEXT_MAX);
    for (size_t i = 0; i < text.n; i++, at++) {
        if (text.p[i] == 0)
            return ky_fail(KY_EFORMAT, "line %zu holds a NUL byte", line);
        if (text.p[i] != '\n' && at >= LINE_MAX_BYTES)
            return ky_fail(KY_ELIMIT, "line %zu is longer than %d bytes", line, LINE_MAX_BYTES);
        if (text.p[i] == '\n') {
            line++;
            at = (size_t)-1;
        }
    }
    return KY_OK;
}

/* Feeds text to libinih; *line is that of the first thing it or the handler refused, 0 for none. */
static ky_rc feed(int *line, struct ky_bytes text, ini_handler on, void *ctx)
{
    KY_TRY(check_text(text));
    ky_auto_buf copy = ky_buf_init(KY_CONF_TEXT_MAX); /* NUL-terminated */
    ky_buf_add(&copy, text);
    KY_TRY(ky_buf_finish(&copy));
    *line = ini_parse_string(ky_buf_str(&copy), on, ctx);
    return *line == -2 ? ky_fail(KY_ENOMEM, "configuration") : KY_OK;
}

static ky_rc parse_items(struct parse *p, struct ky_bytes text)
{
    int line = 0;
    KY_TRY(feed(&line, text, on_item, p));
    if (p->rc == KY_OK && line != 0)
        p->rc = ky_fail(KY_EFORMAT, "neither [section], name = value nor ; comment");
    return ky_context(p->rc, "line %d", line);
}

ky_rc ky_conf_parse(struct ky_arena *arena, const char *origin, struct ky_bytes text,
                    const struct ky_conf_target *targets, size_t count)
{
    struct parse p = {.arena = arena, .targets = targets, .count = count, .rc = KY_OK};
    if (count > KY_CONF_SECTIONS_MAX)
        return ky_fail(KY_EINTERNAL, "%zu sections; at most %d", count, KY_CONF_SECTIONS_MAX);
    ky_rc rc = set_defaults(&p);
    if (rc == KY_OK)
        rc = parse_items(&p, text);
    if (rc == KY_OK)
        rc = check_complete(&p);
    return ky_context(rc, "%s", origin);
}

/* ---- slices and samples ---- */

struct slice {
    struct ky_buf *out;
    const char *const *sections;
    char current[64]; /* section whose header was written last; libinih's names are shorter than this */
};

static int on_slice_item(void *ctx, const char *section, const char *name, const char *value)
{
    struct slice *s = ctx;
    const char *const *wanted = s->sections;
    while (*wanted != NULL && !ky_str_eq(*wanted, section))
        wanted++;
    if (*wanted == NULL)
        return 1;
    if (!ky_str_eq(s->current, section)) {
        snprintf(s->current, sizeof s->current, "%s", section);
        ky_buf_addf(s->out, "[%s]\n", section);
    }
    ky_buf_addf(s->out, "%s = %s\n", name, value == NULL ? "" : value);
    return 1;
}

ky_rc ky_conf_slice(struct ky_buf *out, struct ky_bytes text, const char *const *sections)
{
    int line = 0;
    struct slice s = {.out = out, .sections = sections, .current = ""};
    KY_TRY(feed(&line, text, on_slice_item, &s));
    if (line != 0)
        return ky_fail(KY_EFORMAT, "line %d: neither [section], name = value nor ; comment", line);
    return ky_buf_finish(out);
}

static void sample_limits(struct ky_buf *out, const struct ky_conf_item *item)
{
    const char *unit = item->unit == NULL ? "" : item->unit;
    if (item->type == KY_CONF_BOOL)
        ky_buf_add_str(out, "; yes | no\n");
    else if (item->min != 0 || item->max != 0)
        ky_buf_addf(out, "; %" PRId64 " … %" PRId64 "%s%s\n", item->min, item->max, unit[0] == 0 ? "" : " ",
                    unit);
    else if (unit[0] != 0)
        ky_buf_addf(out, "; %s\n", unit);
}

void ky_conf_sample(struct ky_buf *out, const struct ky_conf_section *section)
{
    ky_buf_addf(out, "; %s\n; %s\n[%s]\n", section->help_vi, section->help_en, section->name);
    for (size_t i = 0; i < section->count; i++) {
        const struct ky_conf_item *item = &section->items[i];
        ky_buf_addf(out, "\n; %s\n; %s\n", item->help_vi, item->help_en);
        sample_limits(out, item);
        const char *value = item->value == NULL ? "" : item->value;
        ky_buf_addf(out, "%s%s =%s%s\n", item->value == NULL ? "" : ";", item->name, value[0] == 0 ? "" : " ",
                    value);
    }
    ky_buf_add_str(out, "\n");
}
