/* Lists of statements: what one signature may cover, and reading it whole; see statement_list.h. */
#include "domain/statement_list.h"

#include <stdlib.h>

#include "crypto/digest.h"

static const struct ky_bytes label = KY_LABEL(KY_STATEMENT_LIST_LABEL);

/* By type: the members that say how much it decides; none: it must be signed by itself. */
static const struct {
    ky_statement_type type;
    const char *counted[3];
} allowed[] = {
    {KY_ST_ISSUE, {"rows"}},
    {KY_ST_REFUSE, {"rows"}},
    {KY_ST_REVOKE, {"rows", "serials", "keys"}},
};

void ky_statement_list_clear(struct ky_statement_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        ky_statement_clear(&list->items[i]);
    free(list->items);
    *list = (struct ky_statement_list){0};
}

bool ky_statement_list_is(struct ky_bytes content)
{
    return content.n >= label.n && memcmp(content.p, label.p, label.n) == 0;
}

/* The most that one of its members names: a key and the serial of its certificate are one thing. */
static size_t count_rows(const struct ky_statement *st, size_t type)
{
    size_t most = 0;
    for (size_t i = 0; i < KY_COUNT(allowed[type].counted); i++) {
        const char *member = allowed[type].counted[i];
        size_t n = member == NULL ? 0 : json_array_size(json_object_get(st->json, member));
        most = n > most ? n : most;
    }
    return most;
}

static ky_rc check_item(struct ky_statement_list *list, const struct ky_statement *st)
{
    size_t type = 0;
    while (type < KY_COUNT(allowed) && allowed[type].type != st->type)
        type++;
    if (type == KY_COUNT(allowed))
        return ky_fail(KY_EDENIED, "a statement of type %s is signed by itself, never in a list",
                       ky_statement_type_name(st->type));
    if (ky_statement_list_has(list, st))
        return ky_fail(KY_EFORMAT, "a statement that is there already");
    list->rows += count_rows(st, type);
    return list->rows <= KY_STATEMENT_LIST_ROWS_MAX
               ? KY_OK
               : ky_fail(KY_ELIMIT, "%zu rows, at most %d", list->rows, KY_STATEMENT_LIST_ROWS_MAX);
}

static ky_rc read_item(struct ky_statement_list *list, struct ky_bytes text)
{
    ky_auto_statement st = {0};
    KY_TRY(ky_statement_parse(&st, text));
    KY_TRY(check_item(list, &st));
    list->items[list->count++] = st;
    st = (struct ky_statement){0};
    return KY_OK;
}

static ky_rc read_count(size_t *count, struct ky_reader *in)
{
    *count = ky_read_u16(in);
    if (*count > KY_STATEMENT_LIST_MAX)
        return ky_fail(KY_ELIMIT, "statement list: %zu statements, at most %d", *count,
                       KY_STATEMENT_LIST_MAX);
    return *count > 0 ? KY_OK : ky_fail(KY_EFORMAT, "statement list: empty or cut off");
}

static ky_rc read_items(struct ky_statement_list *list, struct ky_bytes rest)
{
    size_t count;
    struct ky_reader in = KY_READER(rest);
    KY_TRY(read_count(&count, &in));
    list->items = calloc(count, sizeof *list->items);
    if (list->items == NULL)
        return ky_fail(KY_ENOMEM, "statement list");
    for (size_t i = 0; i < count; i++)
        KY_TRY(ky_context(read_item(list, ky_read_lv(&in, KY_STATEMENT_MAX)), "statement %zu of the list",
                          i + 1));
    return ky_reader_finish(&in, "statement list");
}

ky_rc ky_statement_list_parse(struct ky_statement_list *out, struct ky_bytes content)
{
    ky_auto_statement_list list = {0};
    if (content.n > KY_STATEMENT_LIST_BYTES_MAX)
        return ky_fail(KY_ELIMIT, "statement list: %zu bytes, at most %d", content.n,
                       KY_STATEMENT_LIST_BYTES_MAX);
    if (!ky_statement_list_is(content))
        return ky_fail(KY_EFORMAT, "statement list: another label");
    KY_TRY(read_items(&list, KY_BYTES(content.p + label.n, content.n - label.n)));
    KY_TRY(ky_sha256(list.hash, content));
    *out = list;
    list = (struct ky_statement_list){0};
    return KY_OK;
}

ky_rc ky_statement_list_encode(struct ky_buf *out, const struct ky_bytes *texts, size_t count)
{
    size_t before = out->n;
    if (count > KY_STATEMENT_LIST_MAX)
        return ky_fail(KY_ELIMIT, "statement list: %zu statements, at most %d", count, KY_STATEMENT_LIST_MAX);
    ky_buf_add(out, label);
    ky_buf_add_u16(out, (uint16_t)count);
    for (size_t i = 0; i < count; i++)
        ky_buf_add_lv(out, texts[i]);
    KY_TRY(ky_buf_finish(out));
    if (out->n - before > KY_STATEMENT_LIST_BYTES_MAX)
        return ky_fail(KY_ELIMIT, "statement list: %zu bytes, at most %d", out->n - before,
                       KY_STATEMENT_LIST_BYTES_MAX);
    return KY_OK;
}

bool ky_statement_list_has(const struct ky_statement_list *list, const struct ky_statement *st)
{
    for (size_t i = 0; i < list->count; i++)
        if (ky_bytes_eq(ky_statement_text(&list->items[i]), ky_statement_text(st)))
            return true;
    return false;
}
