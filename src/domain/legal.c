/* Profiles, their rules between members, and looking things up; see legal.h. */
#include "domain/legal.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/str.h"
#include "domain/legal_read.h"
#include "os/file.h"

#define PEOPLE_FILE "people.json"
#define NUMBER_COLUMN "number"
#define SAME_KEY_COLUMN "same_key"
#define PATH_LEN 4096

/* ---- rules ---- */

/* Items start with their key: struct ky_legal_field, …_declaration, …_ground, …_condition, …_procedure, …_choice. */
static const char *key_at(const void *items, size_t size, size_t i)
{
    const char *key;
    memcpy(&key, (const uint8_t *)items + i * size, sizeof key);
    return key;
}

static ky_rc check_once(const char *what, const void *items, size_t size, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (ky_str_eq(key_at(items, size, i), key_at(items, size, k)))
                return ky_fail(KY_EFORMAT, "%s: '%s' stands there twice", what, key_at(items, size, i));
    return KY_OK;
}

static ky_rc check_fields(const char *what, const struct ky_legal_field *fields, size_t n)
{
    KY_TRY(check_once(what, fields, sizeof *fields, n));
    for (size_t i = 0; i < n; i++) {
        const struct ky_legal_field *f = &fields[i];
        if ((f->type == KY_FIELD_CHOICE) != (f->n_choices > 0))
            return ky_fail(KY_EFORMAT, "%s: '%s': choices belong to the type choice, and it needs them", what,
                           f->key);
        KY_TRY(check_once(f->key, f->choices, sizeof *f->choices, f->n_choices));
    }
    return KY_OK;
}

static ky_rc check_own_form(const struct ky_legal_procedure *p)
{
    for (size_t i = 0; i < p->own_form.n_fields; i++)
        if (ky_legal_field_find(p->fields, p->n_fields, p->own_form.fields[i]) == NULL)
            return ky_fail(KY_EFORMAT, "own_form: there is no field '%s'", p->own_form.fields[i]);
    return KY_OK;
}

/* Columns beside those of fields. */
static bool is_own_column(const char *field)
{
    return ky_str_eq(field, NUMBER_COLUMN) || ky_str_eq(field, SAME_KEY_COLUMN);
}

static ky_rc check_columns(const struct ky_legal_procedure *p)
{
    for (size_t i = 0; i < p->layout.n_columns; i++) {
        const char *field = p->layout.columns[i].field;
        if (!is_own_column(field) && ky_legal_field_find(p->fields, p->n_fields, field) == NULL)
            return ky_fail(KY_EFORMAT, "layout: there is no field '%s'", field);
    }
    return KY_OK;
}

static ky_rc check_declarations(const struct ky_legal *l, const struct ky_legal_procedure *p)
{
    for (size_t i = 0; i < p->n_declarations; i++)
        if (ky_legal_declaration_find(l, p->declarations[i]) == NULL)
            return ky_fail(KY_EFORMAT, "there is no declaration '%s'", p->declarations[i]);
    return KY_OK;
}

static ky_rc check_limits(const struct ky_legal_procedure *p)
{
    for (size_t i = 0; i < p->n_limits; i++)
        for (size_t k = 0; k < i; k++)
            if (p->limits[i].key == p->limits[k].key)
                return ky_fail(KY_EFORMAT, "limits: item %zu repeats item %zu", i + 1, k + 1);
    return ky_legal_limit_find(p, KY_LIMIT_ANSWER) != NULL
               ? KY_OK
               : ky_fail(KY_EFORMAT, "limits: there is no 'answer'");
}

static ky_rc check_procedure(const struct ky_legal *l, const struct ky_legal_procedure *p)
{
    static const char *const keys[] = {"new", "renew", "change", "revoke"};
    bool known = false;
    for (size_t i = 0; i < KY_COUNT(keys); i++)
        known = known || ky_str_eq(p->key, keys[i]);
    if (!known)
        return ky_fail(KY_EFORMAT, "there is no such procedure");
    KY_TRY(check_fields("fields", p->fields, p->n_fields));
    KY_TRY(check_once("conditions", p->conditions, sizeof *p->conditions, p->n_conditions));
    KY_TRY(check_own_form(p));
    KY_TRY(check_columns(p));
    KY_TRY(check_limits(p));
    return check_declarations(l, p);
}

static ky_rc check_profile(const struct ky_legal *l)
{
    KY_TRY(check_once("terms", l->terms, sizeof *l->terms, l->n_terms));
    KY_TRY(check_fields("document", l->document, l->n_document));
    KY_TRY(check_fields("recipient", l->recipient, l->n_recipient));
    KY_TRY(check_once("declarations", l->declarations, sizeof *l->declarations, l->n_declarations));
    KY_TRY(check_once("grounds", l->grounds, sizeof *l->grounds, l->n_grounds));
    KY_TRY(check_once("attachments", l->attachments, sizeof *l->attachments, l->n_attachments));
    KY_TRY(check_once("procedures", l->procedures, sizeof *l->procedures, l->n_procedures));
    for (size_t i = 0; i < l->n_procedures; i++)
        KY_TRY(ky_context(check_procedure(l, &l->procedures[i]), "procedure %s", l->procedures[i].key));
    return KY_OK;
}

ky_rc ky_legal_parse(const struct ky_legal **out, struct ky_arena *a, struct ky_bytes text,
                     const struct ky_legal_people *people)
{
    struct ky_legal *l = NULL;
    KY_TRY(ky_legal_read_profile(&l, a, text));
    KY_TRY(ky_context(check_profile(l), "legal profile"));
    l->people = people;
    *out = l;
    return KY_OK;
}

static ky_rc check_digits(const char *what, const char *text, size_t n)
{
    return strlen(text) == n && strspn(text, "0123456789") == n
               ? KY_OK
               : ky_fail(KY_EFORMAT, "people: %s '%s' is not %zu digits", what, text, n);
}

ky_rc ky_legal_people_parse(const struct ky_legal_people **out, struct ky_arena *a, struct ky_bytes text)
{
    struct ky_legal_people *p = NULL;
    KY_TRY(ky_legal_read_people(&p, a, text));
    KY_TRY(ky_context(check_once("provinces", p->provinces, sizeof *p->provinces, p->n_provinces), "people"));
    for (size_t i = 0; i < p->n_provinces; i++)
        KY_TRY(check_digits("province", p->provinces[i].code, 3));
    for (size_t i = 0; i < p->n_mobile_prefixes; i++)
        KY_TRY(check_digits("mobile prefix", p->mobile_prefixes[i], 3));
    for (size_t i = 0; i < p->n_renumbered; i++) {
        KY_TRY(check_digits("old prefix", p->renumbered[i].was, 4));
        KY_TRY(check_digits("new prefix", p->renumbered[i].is, 3));
    }
    *out = p;
    return KY_OK;
}

/* ---- the book ---- */

static ky_rc read_file(struct ky_buf *out, char path[PATH_LEN], const char *folder, const char *name)
{
    int n = snprintf(path, PATH_LEN, "%s/%s", folder, name);
    if (n < 0 || n >= PATH_LEN)
        return ky_fail(KY_ELIMIT, "path of %s is too long", name);
    return ky_file_read(out, path);
}

static ky_rc load_people(const struct ky_legal_people **out, struct ky_legal_book *b, const char *folder)
{
    char path[PATH_LEN];
    ky_auto_buf text = ky_buf_init(KY_LEGAL_FILE_MAX);
    KY_TRY(read_file(&text, path, folder, PEOPLE_FILE));
    return ky_context(ky_legal_people_parse(out, &b->arena, ky_buf_bytes(&text)), "%s", path);
}

/* Oldest first. */
static ky_rc insert_profile(struct ky_legal_book *b, const struct ky_legal *l)
{
    size_t at = b->n;
    if (b->n == KY_LEGAL_PROFILES_MAX)
        return ky_fail(KY_ELIMIT, "more than %d legal profiles", KY_LEGAL_PROFILES_MAX);
    for (size_t i = 0; i < b->n; i++)
        if (ky_str_eq(b->profiles[i]->id, l->id) || b->profiles[i]->in_force_from == l->in_force_from)
            return ky_fail(KY_EEXIST, "id or date is that of profile %s", b->profiles[i]->id);
    for (; at > 0 && b->profiles[at - 1]->in_force_from > l->in_force_from; at--)
        b->profiles[at] = b->profiles[at - 1];
    b->profiles[at] = l;
    b->n++;
    return KY_OK;
}

static ky_rc load_profile(struct ky_legal_book *b, const char *folder, const char *name,
                          const struct ky_legal_people *people)
{
    char path[PATH_LEN];
    const struct ky_legal *l;
    ky_auto_buf text = ky_buf_init(KY_LEGAL_FILE_MAX);
    KY_TRY(read_file(&text, path, folder, name));
    KY_TRY(ky_context(ky_legal_parse(&l, &b->arena, ky_buf_bytes(&text), people), "%s", path));
    return ky_context(insert_profile(b, l), "%s", path);
}

static bool is_profile(const char *name)
{
    size_t n = strlen(name);
    return n > 5 && ky_str_eq(name + n - 5, ".json") && name[0] != '.' && !ky_str_eq(name, PEOPLE_FILE);
}

static ky_rc load_profiles(struct ky_legal_book *b, const char *folder, DIR *dir)
{
    const struct ky_legal_people *people = NULL;
    KY_TRY(load_people(&people, b, folder));
    for (const struct dirent *e; (e = readdir(dir)) != NULL;)
        if (is_profile(e->d_name))
            KY_TRY(load_profile(b, folder, e->d_name, people));
    return b->n > 0 ? KY_OK : ky_fail(KY_ENOTFOUND, "%s: no legal profile in it", folder);
}

static void close_dir(DIR **dir)
{
    if (*dir != NULL)
        closedir(*dir);
}

ky_rc ky_legal_book_load(struct ky_legal_book *out, const char *folder)
{
    ky_auto_legal_book b = {.arena = ky_arena_init(KY_LEGAL_ARENA)};
    KY_CLEANUP(close_dir) DIR *dir = opendir(folder);
    if (dir == NULL)
        return ky_fail(KY_ENOTFOUND, "%s: no folder of legal profiles", folder);
    KY_TRY(load_profiles(&b, folder, dir));
    *out = b;
    b = (struct ky_legal_book){.n = 0};
    return KY_OK;
}

void ky_legal_book_clear(struct ky_legal_book *b)
{
    ky_arena_clear(&b->arena);
    *b = (struct ky_legal_book){.n = 0};
}

ky_rc ky_legal_at(const struct ky_legal **out, const struct ky_legal_book *b, ky_time t)
{
    for (size_t i = b->n; i > 0; i--)
        if (b->profiles[i - 1]->in_force_from <= t) {
            *out = b->profiles[i - 1];
            return KY_OK;
        }
    return ky_fail(KY_ENOTFOUND, "no legal profile was in force then");
}

ky_rc ky_legal_get(const struct ky_legal **out, const struct ky_legal_book *b, const char *id)
{
    for (size_t i = 0; i < b->n; i++)
        if (ky_str_eq(b->profiles[i]->id, id)) {
            *out = b->profiles[i];
            return KY_OK;
        }
    return ky_fail(KY_ENOTFOUND, "there is no legal profile '%s'", id);
}

/* ---- in one profile ---- */

ky_rc ky_legal_procedure_get(const struct ky_legal_procedure **out, const struct ky_legal *l, const char *key)
{
    for (size_t i = 0; i < l->n_procedures; i++)
        if (ky_str_eq(l->procedures[i].key, key)) {
            *out = &l->procedures[i];
            return KY_OK;
        }
    return ky_fail(KY_ENOTFOUND, "legal profile %s has no procedure '%s'", l->id, key);
}

const struct ky_legal_field *ky_legal_field_find(const struct ky_legal_field *fields, size_t n,
                                                 const char *key)
{
    for (size_t i = 0; i < n; i++)
        if (ky_str_eq(fields[i].key, key))
            return &fields[i];
    return NULL;
}

const struct ky_legal_choice *ky_legal_choice_find(const struct ky_legal_field *f, struct ky_bytes key)
{
    for (size_t i = 0; i < f->n_choices; i++)
        if (ky_bytes_eq_str(key, f->choices[i].key))
            return &f->choices[i];
    return NULL;
}

const struct ky_legal_limit *ky_legal_limit_find(const struct ky_legal_procedure *p, ky_limit_key key)
{
    for (size_t i = 0; i < p->n_limits; i++)
        if (p->limits[i].key == key)
            return &p->limits[i];
    return NULL;
}

const struct ky_legal_ground *ky_legal_ground_find(const struct ky_legal *l, struct ky_bytes key)
{
    for (size_t i = 0; i < l->n_grounds; i++)
        if (ky_bytes_eq_str(key, l->grounds[i].key))
            return &l->grounds[i];
    return NULL;
}

const struct ky_legal_declaration *ky_legal_declaration_find(const struct ky_legal *l, const char *key)
{
    for (size_t i = 0; i < l->n_declarations; i++)
        if (ky_str_eq(l->declarations[i].key, key))
            return &l->declarations[i];
    return NULL;
}

const struct ky_legal_attachment *ky_legal_attachment_find(const struct ky_legal *l, const char *type)
{
    for (size_t i = 0; i < l->n_attachments; i++)
        if (ky_str_eq(l->attachments[i].type, type))
            return &l->attachments[i];
    return NULL;
}

const char *ky_legal_term(const struct ky_legal *l, const char *key)
{
    for (size_t i = 0; i < l->n_terms; i++)
        if (ky_str_eq(l->terms[i].key, key))
            return l->terms[i].vi;
    return NULL;
}

const struct ky_legal_province *ky_legal_province_find(const struct ky_legal_people *p, const char *code)
{
    for (size_t i = 0; i < p->n_provinces; i++)
        if (ky_str_eq(p->provinces[i].code, code))
            return &p->provinces[i];
    return NULL;
}

static bool fits(struct ky_bytes host, struct ky_bytes pattern)
{
    bool wildcard = pattern.n > 2 && pattern.p[0] == '*';
    struct ky_bytes tail = wildcard ? KY_BYTES(pattern.p + 1, pattern.n - 1) : pattern; /* ".gov.vn" */
    if (wildcard ? host.n <= tail.n : host.n != tail.n)
        return false;
    return strncasecmp((const char *)host.p + (host.n - tail.n), (const char *)tail.p, tail.n) == 0;
}

bool ky_legal_host_fits(struct ky_bytes host, const char *const *patterns, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (host.n > 0 && fits(host, ky_bytes_str(patterns[i])))
            return true;
    return false;
}
