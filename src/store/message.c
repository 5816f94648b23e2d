/* The outbox and the letters of sam as one list, and the view row_letter; see message.h. */
#include "store/message.h"

#include "base/buf.h"
#include "base/str.h"

#define SQL_MAX 1024

static const struct ky_column message_columns[] = {
    KY_COLUMN(struct ky_db_message, id),          KY_COLUMN(struct ky_db_message, template),
    KY_COLUMN(struct ky_db_message, channel),     KY_COLUMN(struct ky_db_message, dossier_id),
    KY_COLUMN(struct ky_db_message, dossier_row), KY_COLUMN(struct ky_db_message, state),
    KY_COLUMN(struct ky_db_message, attempts),    KY_COLUMN(struct ky_db_message, next_try),
    KY_COLUMN(struct ky_db_message, last_error),  KY_COLUMN(struct ky_db_message, created_at),
};
static const struct ky_table messages = KY_TABLE("message", message_columns, struct ky_db_message);

static const struct ky_column row_letter_columns[] = {
    KY_COLUMN(struct ky_db_row_letter, dossier_row), KY_COLUMN(struct ky_db_row_letter, id),
    KY_COLUMN(struct ky_db_row_letter, state),       KY_COLUMN(struct ky_db_row_letter, sending),
    KY_COLUMN(struct ky_db_row_letter, last_error),  KY_COLUMN(struct ky_db_row_letter, created_at),
    KY_COLUMN(struct ky_db_row_letter, expires_at),
};
static const struct ky_table row_letters =
    KY_TABLE("row_letter", row_letter_columns, struct ky_db_row_letter);

/* The two tables on their own: each has indexes in the order of the list, the view over both has none. */
static const struct ky_column outbox_columns[] = {
    KY_COLUMN(struct ky_db_message, id),         KY_COLUMN(struct ky_db_message, template),
    KY_COLUMN(struct ky_db_message, channel),    KY_COLUMN(struct ky_db_message, dossier_id),
    KY_COLUMN(struct ky_db_message, state),      KY_COLUMN(struct ky_db_message, attempts),
    KY_COLUMN(struct ky_db_message, next_try),   KY_COLUMN(struct ky_db_message, last_error),
    KY_COLUMN(struct ky_db_message, created_at),
};
static const struct ky_table outbox_table = KY_TABLE("outbox", outbox_columns, struct ky_db_message);

static const struct ky_column letter_columns[] = {
    {"kind", KY_VALUE_TEXT, offsetof(struct ky_db_message, template)},
    KY_COLUMN(struct ky_db_message, id),
    KY_COLUMN(struct ky_db_message, channel),
    KY_COLUMN(struct ky_db_message, dossier_id),
    KY_COLUMN(struct ky_db_message, dossier_row),
    KY_COLUMN(struct ky_db_message, state),
    KY_COLUMN(struct ky_db_message, attempts),
    KY_COLUMN(struct ky_db_message, next_try),
    KY_COLUMN(struct ky_db_message, last_error),
    KY_COLUMN(struct ky_db_message, created_at),
};
static const struct ky_table letter_table = KY_TABLE("letter", letter_columns, struct ky_db_message);

/* The conditions of one list, with a parameter for each. */
struct conditions {
    struct ky_buf sql;
    struct ky_value v[8];
    size_t n;
};

static void add_condition(struct conditions *c, const char *before, struct ky_value value, const char *after)
{
    c->v[c->n++] = value;
    ky_buf_addf(&c->sql, "%s$%zu%s", before, c->n, after);
}

/* Of a branch without a dossier named only what was not sent: that is little, and an index has it. */
static ky_rc make_conditions(struct conditions *c, const struct ky_scope *scope, const char *dossier_id,
                             const char *state, const struct ky_page *page)
{
    bool everything = ky_scope_is_everything(scope);
    add_condition(c, "(created_at, id) < (", ky_value_int(page->before), ", ");
    add_condition(c, "", ky_value_text(page->before_id), ")");
    if (dossier_id != NULL)
        add_condition(c, " AND dossier_id = ", ky_value_text(dossier_id), "");
    if (state != NULL)
        add_condition(c, " AND state = ", ky_value_text(state), "");
    if (!everything && dossier_id == NULL)
        ky_buf_add_str(&c->sql, " AND state IN ('waiting', 'bounced', 'dead')");
    if (!everything) {
        add_condition(c, " AND dossier_id IN (SELECT dossier.id FROM dossier WHERE path >= ",
                      ky_value_text(scope->from), "");
        add_condition(c, " AND path < ", ky_value_text(scope->to), ")");
    }
    add_condition(c, " ORDER BY created_at DESC, id DESC LIMIT ", ky_value_int(page->limit), "");
    return ky_buf_finish(&c->sql);
}

static void clear_conditions(struct conditions *c)
{
    ky_buf_clear(&c->sql);
}

static bool is_newer(const struct ky_db_message *a, const struct ky_db_message *b)
{
    return a->created_at != b->created_at ? a->created_at > b->created_at : strcmp(a->id, b->id) > 0;
}

struct part {
    struct ky_db_message *list;
    size_t n, at;
};

/* The first `limit` of both, in order. */
static ky_rc merge(struct ky_db_message **out, size_t *n, struct ky_arena *a, struct part *x, struct part *y,
                   size_t limit)
{
    struct ky_db_message *list = ky_arena_alloc_array(a, limit + 1, sizeof *list);
    if (list == NULL)
        return KY_ENOMEM;
    for (*n = 0; *n < limit && (x->at < x->n || y->at < y->n); (*n)++) {
        bool first = y->at == y->n || (x->at < x->n && is_newer(&x->list[x->at], &y->list[y->at]));
        list[*n] = first ? x->list[x->at++] : y->list[y->at++];
    }
    *out = list;
    return KY_OK;
}

ky_rc ky_db_message_list(struct ky_db_message **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                         const struct ky_scope *scope, const char *dossier_id, const char *state,
                         const struct ky_page *page)
{
    KY_CLEANUP(clear_conditions) struct conditions c = {.sql = ky_buf_init(SQL_MAX)};
    struct part outbox = {.n = 0}, letters = {.n = 0};
    KY_TRY(make_conditions(&c, scope, dossier_id, state, page));
    const struct ky_params params = {c.v, c.n};
    KY_TRY(ky_table_list(&outbox.list, &outbox.n, a, s, &outbox_table, ky_buf_str(&c.sql), params));
    KY_TRY(ky_table_list(&letters.list, &letters.n, a, s, &letter_table, ky_buf_str(&c.sql), params));
    return merge(out, n, a, &outbox, &letters, (size_t)page->limit);
}

ky_rc ky_db_message_get(struct ky_db_message *out, struct ky_arena *a, struct ky_store *s,
                        const struct ky_scope *scope, const char *id)
{
    KY_TRY(ky_scope_check(s, scope, KY_OBJECT_MESSAGE, id));
    return ky_table_get(out, a, s, &messages, "id = $1", KY_PARAMS(ky_value_text(id)));
}

bool ky_message_is_letter(const char *id)
{
    return strncmp(id, "0000000000000000", 16) == 0; /* ky_letter_id */
}

ky_rc ky_db_message_retry(struct ky_store *s, const char *id, int64_t now)
{
    static const char of_outbox[] = "UPDATE outbox SET state = 'waiting', attempts = 0, next_try = $2"
                                    " WHERE id = $1 AND state IN ('bounced', 'dead')";
    static const char of_letters[] =
        "UPDATE letter SET state = 'waiting', attempts = 0, next_try = $2, again = 1"
        " WHERE id = $1 AND state IN ('bounced', 'dead') AND kind = 'activation-mail'";
    return ky_store_exec_one(s, ky_message_is_letter(id) ? of_letters : of_outbox,
                             KY_PARAMS(ky_value_text(id), ky_value_int(now)));
}

ky_rc ky_db_message_set_bounced(struct ky_store *s, const char *id, const char *why)
{
    static const char of_outbox[] =
        "UPDATE outbox SET state = 'bounced', last_error = $2 WHERE id = $1 AND state = 'sent'";
    static const char of_letters[] =
        "UPDATE letter SET state = 'bounced', last_error = $2 WHERE id = $1 AND state = 'sent'";
    return ky_store_exec_one(s, ky_message_is_letter(id) ? of_letters : of_outbox,
                             KY_PARAMS(ky_value_text(id), ky_value_text(why)));
}

#define NEWEST                                                                                               \
    " AND EXISTS (SELECT 1 FROM dossier WHERE dossier.id = $1 AND path >= $2 AND path < $3)"                 \
    " AND NOT EXISTS (SELECT 1 FROM letter later WHERE later.dossier_id = row_letter.dossier_id"             \
    " AND later.dossier_row = row_letter.dossier_row AND later.kind = 'activation-mail'"                     \
    " AND later.number > row_letter.number)"

ky_rc ky_db_row_letter_list(struct ky_db_row_letter **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                            const struct ky_scope *scope, const char *dossier_id)
{
    return ky_table_list(
        out, n, a, s, &row_letters, "dossier_id = $1" NEWEST " ORDER BY dossier_row",
        KY_PARAMS(ky_value_text(dossier_id), ky_value_text(scope->from), ky_value_text(scope->to)));
}

ky_rc ky_db_row_letter_get(struct ky_db_row_letter *out, struct ky_arena *a, struct ky_store *s,
                           const struct ky_scope *scope, const char *dossier_id, int64_t row)
{
    return ky_table_get(out, a, s, &row_letters, "dossier_id = $1 AND dossier_row = $4" NEWEST,
                        KY_PARAMS(ky_value_text(dossier_id), ky_value_text(scope->from),
                                  ky_value_text(scope->to), ky_value_int(row)));
}

ky_rc ky_db_row_letter_resend(struct ky_store *s, const char *letter_id, int64_t now)
{
    return ky_store_exec_one(s,
                             "UPDATE letter SET state = 'waiting', attempts = 0, next_try = $2, again = 1"
                             " WHERE id = $1 AND state <> 'waiting' AND kind = 'activation-mail'",
                             KY_PARAMS(ky_value_text(letter_id), ky_value_int(now)));
}
