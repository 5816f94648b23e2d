#include "prog/kyso/people_file.h"

#include "base/str.h"
#include "os/file.h"

#define COLUMNS_MAX 32
#define CELL_MAX 1024

struct csv {
    struct ky_bytes left;
    size_t line;
    struct ky_buf cells[COLUMNS_MAX];
    size_t count; /* of the present record */
};

static const char *const booleans[] = {"authority", "finance", "phone_own"};

static bool is_among(const char *name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (ky_str_eq(name, list[i]))
            return true;
    return false;
}

static int take(struct csv *c)
{
    if (c->left.n == 0)
        return -1;
    int byte = c->left.p[0];
    c->left = KY_BYTES(c->left.p + 1, c->left.n - 1);
    c->line += byte == '\n';
    return byte;
}

/* Reads up to the closing quote; two quotes are one. */
static ky_rc read_quoted(struct csv *c, struct ky_buf *cell)
{
    for (int byte; (byte = take(c)) >= 0;) {
        if (byte != '"') {
            ky_buf_add_u8(cell, (uint8_t)byte);
            continue;
        }
        if (c->left.n == 0 || c->left.p[0] != '"')
            return KY_OK;
        ky_buf_add_u8(cell, (uint8_t)take(c));
    }
    return ky_fail(KY_EFORMAT, "line %zu: a quote is not closed", c->line);
}

/* One cell; *last: it ends its record. */
static ky_rc read_cell(struct csv *c, struct ky_buf *cell, bool *last)
{
    for (;;) {
        int byte = take(c);
        if (byte == '"' && cell->n == 0) {
            KY_TRY(read_quoted(c, cell));
        } else if (byte == ',' || byte == '\n' || byte < 0) {
            *last = byte != ',';
            return ky_buf_finish(cell);
        } else if (byte != '\r') {
            ky_buf_add_u8(cell, (uint8_t)byte);
        }
    }
}

static ky_rc read_record(struct csv *c)
{
    bool last = false;
    c->count = 0;
    while (!last) {
        if (c->count == COLUMNS_MAX)
            return ky_fail(KY_ELIMIT, "line %zu: more than %d columns", c->line, COLUMNS_MAX);
        ky_buf_reset(&c->cells[c->count]);
        KY_TRY(ky_context(read_cell(c, &c->cells[c->count], &last), "line %zu", c->line));
        c->count++;
    }
    return KY_OK;
}

static ky_rc to_bool(bool *out, const char *text)
{
    static const struct {
        const char *word;
        bool value;
    } words[] = {{"có", true},   {"không", false}, {"yes", true}, {"no", false},
                 {"true", true}, {"false", false}, {"1", true},   {"0", false}};
    for (size_t i = 0; i < KY_COUNT(words); i++) {
        *out = words[i].value;
        if (ky_str_eq(text, words[i].word))
            return KY_OK;
    }
    return ky_fail(KY_EFORMAT, "\"%s\" is neither có nor không", text);
}

static ky_rc to_value(json_t **out, const char *name, const char *text)
{
    bool truth;
    if (is_among(name, booleans, KY_COUNT(booleans))) {
        KY_TRY(to_bool(&truth, text));
        *out = json_boolean(truth);
    } else {
        *out = json_string(text);
    }
    return *out != NULL ? KY_OK : ky_fail(KY_EFORMAT, "text is not UTF-8");
}

static ky_rc add_person(json_t *people, const json_t *names, const struct csv *c)
{
    ky_auto_json person = json_object();
    if (c->count != json_array_size(names))
        return ky_fail(KY_EFORMAT, "%zu columns where the first line names %zu", c->count,
                       json_array_size(names));
    for (size_t i = 0; i < c->count; i++) {
        const char *name = json_string_value(json_array_get(names, i));
        json_t *value = NULL;
        if (c->cells[i].n == 0)
            continue;
        KY_TRY(ky_context(to_value(&value, name, ky_buf_str(&c->cells[i])), "%s", name));
        if (json_object_set_new(person, name, value) != 0)
            return ky_fail(KY_ENOMEM, "people");
    }
    return json_array_append(people, person) == 0 ? KY_OK : ky_fail(KY_ENOMEM, "people");
}

static ky_rc read_names(json_t *names, struct csv *c)
{
    KY_TRY(read_record(c));
    for (size_t i = 0; i < c->count; i++)
        if (json_array_append_new(names, json_string(ky_buf_str(&c->cells[i]))) != 0)
            return ky_fail(KY_EFORMAT, "line 1: not UTF-8");
    return KY_OK;
}

static ky_rc read_all(json_t *people, struct csv *c)
{
    ky_auto_json names = json_array();
    KY_TRY(read_names(names, c));
    while (c->left.n > 0) {
        size_t line = c->line;
        KY_TRY(read_record(c));
        if (c->count == 1 && c->cells[0].n == 0)
            continue; /* an empty line */
        KY_TRY(ky_context(add_person(people, names, c), "line %zu", line));
    }
    return KY_OK;
}

ky_rc kyso_people_read_csv(json_t **out, const char *path)
{
    static const uint8_t bom[] = {0xef, 0xbb, 0xbf};
    ky_auto_buf file = ky_buf_init_secret(KYSO_PEOPLE_FILE_MAX);
    ky_auto_json people = json_array();
    struct csv c = {.line = 1};
    KY_TRY(ky_file_read(&file, path));
    c.left = ky_buf_bytes(&file);
    if (c.left.n >= sizeof bom && memcmp(c.left.p, bom, sizeof bom) == 0)
        c.left = KY_BYTES(c.left.p + sizeof bom, c.left.n - sizeof bom);
    for (size_t i = 0; i < COLUMNS_MAX; i++)
        c.cells[i] = ky_buf_init_secret(CELL_MAX);
    ky_rc rc = ky_context(read_all(people, &c), "%s", path);
    for (size_t i = 0; i < COLUMNS_MAX; i++)
        ky_buf_clear(&c.cells[i]);
    if (rc == KY_OK)
        *out = KY_STEAL(people);
    return rc;
}
