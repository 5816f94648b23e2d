/* The tables dossier, dossier_row and dossier_event; see dossier.h. */
#include "store/dossier.h"

#include "base/buf.h"
#include "store/figure.h"
#include "store/find.h"

#define LIST_SQL_MAX 1024

static const struct ky_column dossier_columns[] = {
    KY_COLUMN(struct ky_db_dossier, id),
    KY_COLUMN(struct ky_db_dossier, code),
    KY_COLUMN(struct ky_db_dossier, org_id),
    KY_COLUMN(struct ky_db_dossier, procedure),
    KY_COLUMN(struct ky_db_dossier, state),
    KY_COLUMN(struct ky_db_dossier, entered_by),
    KY_COLUMN(struct ky_db_dossier, legal),
    KY_COLUMN(struct ky_db_dossier, document_number),
    KY_COLUMN(struct ky_db_dossier, document_date),
    KY_COLUMN(struct ky_db_dossier, signer_title),
    KY_COLUMN(struct ky_db_dossier, signer_name),
    KY_COLUMN(struct ky_db_dossier, recipient_name),
    KY_COLUMN(struct ky_db_dossier, recipient_title),
    KY_COLUMN(struct ky_db_dossier, recipient_channel),
    KY_COLUMN(struct ky_db_dossier, recipient_email),
    KY_COLUMN(struct ky_db_dossier, sealed_recipient_phone),
    KY_COLUMN(struct ky_db_dossier, note),
    KY_COLUMN(struct ky_db_dossier, created_at),
    KY_COLUMN(struct ky_db_dossier, updated_at),
    KY_COLUMN(struct ky_db_dossier, received_at),
    KY_COLUMN(struct ky_db_dossier, due_at),
    KY_COLUMN(struct ky_db_dossier, path),
    KY_COLUMN(struct ky_db_dossier, handler),
    KY_COLUMN(struct ky_db_dossier, clock),
    KY_COLUMN(struct ky_db_dossier, stage),
    KY_COLUMN(struct ky_db_dossier, tracking),
    KY_COLUMN(struct ky_db_dossier, sent_at),
    KY_COLUMN(struct ky_db_dossier, ordinal),
};
static const struct ky_table dossiers = KY_TABLE("dossier", dossier_columns, struct ky_db_dossier);

static const struct ky_column row_columns[] = {
    KY_COLUMN(struct ky_db_dossier_row, dossier_id),    KY_COLUMN(struct ky_db_dossier_row, number),
    KY_COLUMN(struct ky_db_dossier_row, state),         KY_COLUMN(struct ky_db_dossier_row, name),
    KY_COLUMN(struct ky_db_dossier_row, identity_hash), KY_COLUMN(struct ky_db_dossier_row, sealed_person),
    KY_COLUMN(struct ky_db_dossier_row, owner),         KY_COLUMN(struct ky_db_dossier_row, key_id),
    KY_COLUMN(struct ky_db_dossier_row, serial),        KY_COLUMN(struct ky_db_dossier_row, reason),
    KY_COLUMN(struct ky_db_dossier_row, updated_at),    KY_COLUMN(struct ky_db_dossier_row, old_serial),
};
static const struct ky_table dossier_rows = KY_TABLE("dossier_row", row_columns, struct ky_db_dossier_row);

static const struct ky_column event_columns[] = {
    KY_COLUMN(struct ky_db_dossier_event, dossier_id), KY_COLUMN(struct ky_db_dossier_event, sequence),
    KY_COLUMN(struct ky_db_dossier_event, at),         KY_COLUMN(struct ky_db_dossier_event, staff_id),
    KY_COLUMN(struct ky_db_dossier_event, action),     KY_COLUMN(struct ky_db_dossier_event, from_state),
    KY_COLUMN(struct ky_db_dossier_event, to_state),   KY_COLUMN(struct ky_db_dossier_event, note),
};
static const struct ky_table events = KY_TABLE("dossier_event", event_columns, struct ky_db_dossier_event);

/* What belongs to a dossier is in a scope through it: $1 is the dossier, $2 and $3 the range. */
#define IN_SCOPE                                                                                             \
    " AND EXISTS (SELECT 1 FROM dossier WHERE dossier.id = $1 AND dossier.path >= $2 AND dossier.path < $3)"

ky_rc ky_db_dossier_insert(struct ky_store *s, const struct ky_db_dossier *d)
{
    struct ky_db_dossier fresh = *d;
    fresh.clock = "none";
    fresh.stage = 0;
    KY_TRY(ky_db_find_next(&fresh.ordinal, s, KY_FIND_DOSSIERS));
    KY_TRY(ky_table_insert(s, &dossiers, &fresh));
    return ky_db_count_add(s, fresh.path, fresh.state, 0, 1);
}

ky_rc ky_db_dossier_get(struct ky_db_dossier *out, struct ky_arena *a, struct ky_store *s,
                        const struct ky_scope *scope, const char *id)
{
    return ky_table_get(out, a, s, &dossiers, "id = $1 AND path >= $2 AND path < $3",
                        KY_PARAMS(ky_value_text(id), ky_value_text(scope->from), ky_value_text(scope->to)));
}

/* The conditions of one list, with a parameter for each. */
struct conditions {
    struct ky_buf sql;
    struct ky_value v[10];
    size_t n;
};

static void add_condition(struct conditions *c, const char *before, struct ky_value value)
{
    c->v[c->n++] = value;
    ky_buf_addf(&c->sql, "%s$%zu", before, c->n);
}

/* Where a list begins, and its order. */
static const struct order {
    const char *before, *between, *after, *by;
    size_t number; /* of struct ky_db_dossier */
    bool up;
    bool by_procedure; /* an index of procedures without states has this order */
} orders[KY_DOSSIER_ORDERS] = {
    [KY_DOSSIER_NEWEST] = {"(created_at, id) < (", ", ", ")", " ORDER BY created_at DESC, id DESC",
                           offsetof(struct ky_db_dossier, created_at), false, true},
    [KY_DOSSIER_DUE] = {"clock IN ('runs', 'stands') AND (due_at, id) > (", ", ", ")", " ORDER BY due_at, id",
                        offsetof(struct ky_db_dossier, due_at), true, false},
    [KY_DOSSIER_OLDEST] = {"sent_at > 0 AND (sent_at, id) > (", ", ", ")", " ORDER BY sent_at, id",
                           offsetof(struct ky_db_dossier, sent_at), true, false},
};

/*
 * What the list is narrowed to. Of an organisation or a branch no index of states or procedures is to be taken: it holds
 * everybody's.
 */
static void add_narrowing(struct conditions *c, const struct ky_scope *scope,
                          const struct ky_dossier_filter *f, const struct order *order)
{
    bool everything = ky_scope_is_everything(scope), whole = f->org_id == NULL && everything;
    if (f->org_id != NULL)
        add_condition(c, " AND org_id = ", ky_value_text(f->org_id));
    if (!everything) {
        add_condition(c, " AND path >= ", ky_value_text(scope->from));
        add_condition(c, " AND path < ", ky_value_text(scope->to));
    }
    if (f->state != NULL)
        add_condition(c, whole ? " AND state = " : " AND state || '' = ", ky_value_text(f->state));
    if (f->procedure != NULL)
        add_condition(c,
                      whole && (f->state != NULL || order->by_procedure) ? " AND procedure = "
                                                                         : " AND procedure || '' = ",
                      ky_value_text(f->procedure));
}

/*
 * Over everything, or within one organisation, an index has the rows in the list's order. Over a branch the inner query
 * reads nothing but its index of paths and finds the page; the rows are fetched afterwards.
 */
static ky_rc list_in_order(struct ky_db_dossier **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                           const struct order *order, const struct ky_scope *scope,
                           const struct ky_dossier_filter *filter, const struct ky_page *page)
{
    bool branch = filter->org_id == NULL && !ky_scope_is_everything(scope);
    struct conditions c = {.sql = ky_buf_init(LIST_SQL_MAX)};
    if (branch)
        ky_buf_add_str(&c.sql, "id IN (SELECT id FROM dossier WHERE ");
    add_condition(&c, order->before, ky_value_int(page->before));
    add_condition(&c, order->between, ky_value_text(page->before_id));
    ky_buf_add_str(&c.sql, order->after);
    add_narrowing(&c, scope, filter, order);
    ky_buf_add_str(&c.sql, order->by);
    add_condition(&c, " LIMIT ", ky_value_int(page->limit));
    if (branch)
        ky_buf_addf(&c.sql, ")%s", order->by);
    ky_rc rc = ky_buf_finish(&c.sql);
    if (rc == KY_OK)
        rc = ky_table_list(out, n, a, s, &dossiers, ky_buf_str(&c.sql), (struct ky_params){c.v, c.n});
    ky_buf_clear(&c.sql);
    return rc;
}

/* Where the order goes up, the first page starts below all of them. */
ky_rc ky_db_dossier_list(struct ky_db_dossier **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                         const struct ky_scope *scope, const struct ky_dossier_filter *filter,
                         ky_dossier_order order, const struct ky_page *page)
{
    struct ky_page from = *page;
    if (orders[order].up && page->before_id[0] == 0)
        from.before = 0;
    return list_in_order(out, n, a, s, &orders[order], scope, filter, &from);
}

int64_t ky_db_dossier_number(const struct ky_db_dossier *d, ky_dossier_order order)
{
    int64_t number;
    memcpy(&number, (const char *)d + orders[order].number, sizeof number);
    return number;
}

static void write_found(struct conditions *c, const struct ky_scope *scope,
                        const struct ky_dossier_filter *filter, const char *match,
                        struct ky_bytes identity_hash, const struct ky_page *page)
{
    if (match != NULL) {
        ky_buf_add_str(&c->sql, "ordinal IN (SELECT dossier.ordinal FROM dossier_text AS t CROSS JOIN dossier"
                                " ON dossier.ordinal = t.rowid");
        add_condition(c, " WHERE dossier_text MATCH ", ky_value_text(match));
        add_condition(c, " AND t.rowid < ", ky_value_int(page->before));
    } else {
        ky_buf_add_str(&c->sql, "ordinal IN (SELECT dossier.ordinal FROM dossier_row AS r CROSS JOIN dossier"
                                " ON dossier.id = r.dossier_id");
        add_condition(c, " WHERE r.identity_hash = ", ky_value_blob(identity_hash));
        add_condition(c, " AND dossier.ordinal < ", ky_value_int(page->before));
    }
    add_condition(c, " AND path >= ", ky_value_text(scope->from));
    add_condition(c, " AND path < ", ky_value_text(scope->to));
    if (filter->org_id != NULL)
        add_condition(c, " AND org_id = ", ky_value_text(filter->org_id));
    if (filter->state != NULL)
        add_condition(c, " AND dossier.state = ", ky_value_text(filter->state));
    if (filter->procedure != NULL)
        add_condition(c, " AND procedure = ", ky_value_text(filter->procedure));
    ky_buf_add_str(&c->sql, match != NULL ? " ORDER BY t.rowid DESC" : " ORDER BY dossier.ordinal DESC");
    add_condition(c, " LIMIT ", ky_value_int(page->limit));
    ky_buf_add_str(&c->sql, ") ORDER BY ordinal DESC");
}

ky_rc ky_db_dossier_list_found(struct ky_db_dossier **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                               const struct ky_scope *scope, const struct ky_dossier_filter *filter,
                               const char *match, struct ky_bytes identity_hash, const struct ky_page *page)
{
    struct conditions c = {.sql = ky_buf_init(LIST_SQL_MAX)};
    write_found(&c, scope, filter, match, identity_hash, page);
    ky_rc rc = ky_buf_finish(&c.sql);
    if (rc == KY_OK)
        rc = ky_table_list(out, n, a, s, &dossiers, ky_buf_str(&c.sql), (struct ky_params){c.v, c.n});
    ky_buf_clear(&c.sql);
    return rc;
}

ky_rc ky_db_dossier_id_at(const char **id, struct ky_arena *a, struct ky_store *s, int64_t ordinal)
{
    struct ky_db_dossier d;
    KY_TRY(ky_table_get(&d, a, s, &dossiers, "ordinal = $1", KY_PARAMS(ky_value_int(ordinal))));
    *id = d.id;
    return KY_OK;
}

ky_rc ky_db_dossier_set_tracking(struct ky_store *s, const char *id, const char *code, int64_t now)
{
    return ky_store_exec_one(
        s, "UPDATE dossier SET tracking = $2, sent_at = $3 WHERE id = $1 AND tracking IS NULL",
        KY_PARAMS(ky_value_text(id), ky_value_text(code), ky_value_int(now)));
}

ky_rc ky_db_dossier_get_tracked(struct ky_db_dossier *out, struct ky_arena *a, struct ky_store *s,
                                const char *code)
{
    return ky_table_get(out, a, s, &dossiers, "tracking = $1", KY_PARAMS(ky_value_text(code)));
}

ky_rc ky_db_dossier_set_handler(struct ky_store *s, const char *id, const char *handler)
{
    return ky_store_exec_one(s, "UPDATE dossier SET handler = $2 WHERE id = $1",
                             KY_PARAMS(ky_value_text(id), ky_value_text(handler)));
}

/* How it is counted. */
struct standing {
    struct ky_arena arena;
    struct ky_db_dossier row;
};

static void clear_standing(struct standing *b)
{
    ky_arena_clear(&b->arena);
}
#define auto_standing KY_CLEANUP(clear_standing) struct standing

static ky_rc get_standing(struct standing *b, struct ky_store *s, const char *id)
{
    const struct ky_scope all = ky_scope_everything();
    b->arena = ky_arena_init(65536);
    return ky_db_dossier_get(&b->row, &b->arena, s, &all, id);
}

ky_rc ky_db_dossier_set_state(struct ky_store *s, const char *id, const char *from, const char *to,
                              const char *note, int64_t now)
{
    auto_standing after = {.row.id = NULL};
    KY_TRY(ky_store_exec_one(
        s, "UPDATE dossier SET state = $3, note = $4, updated_at = $5 WHERE id = $1 AND state = $2",
        KY_PARAMS(ky_value_text(id), ky_value_text(from), ky_value_text(to), ky_value_text(note),
                  ky_value_int(now))));
    KY_TRY(get_standing(&after, s, id));
    KY_TRY(ky_db_count_add(s, after.row.path, from, after.row.stage, -1));
    return ky_db_count_add(s, after.row.path, to, after.row.stage, 1);
}

ky_rc ky_db_dossier_set_clock(struct ky_store *s, const char *id, const char *clock, int64_t stage,
                              int64_t received_at, int64_t due_at)
{
    auto_standing before = {.row.id = NULL};
    KY_TRY(get_standing(&before, s, id));
    KY_TRY(ky_store_exec_one(
        s, "UPDATE dossier SET clock = $2, stage = $3, received_at = $4, due_at = $5 WHERE id = $1",
        KY_PARAMS(ky_value_text(id), ky_value_text(clock), ky_value_int(stage), ky_value_int(received_at),
                  ky_value_int(due_at))));
    if (stage == before.row.stage)
        return KY_OK;
    KY_TRY(ky_db_count_add(s, before.row.path, before.row.state, before.row.stage, -1));
    return ky_db_count_add(s, before.row.path, before.row.state, stage, 1);
}

ky_rc ky_db_dossier_row_insert(struct ky_store *s, const struct ky_db_dossier_row *row)
{
    return ky_table_insert(s, &dossier_rows, row);
}

ky_rc ky_db_dossier_row_set_person(struct ky_store *s, const struct ky_db_dossier_row *row)
{
    return ky_store_exec_one(
        s,
        "UPDATE dossier_row SET name = $3, identity_hash = $4, sealed_person = $5, updated_at = $6"
        " WHERE dossier_id = $1 AND number = $2 AND state = 'entered'",
        KY_PARAMS(ky_value_text(row->dossier_id), ky_value_int(row->number), ky_value_text(row->name),
                  ky_value_blob(row->identity_hash), ky_value_blob(row->sealed_person),
                  ky_value_int(row->updated_at)));
}

ky_rc ky_db_dossier_row_delete(struct ky_store *s, const char *dossier_id, int64_t number)
{
    return ky_store_exec_one(s, "DELETE FROM dossier_row WHERE dossier_id = $1 AND number = $2",
                             KY_PARAMS(ky_value_text(dossier_id), ky_value_int(number)));
}

ky_rc ky_db_dossier_row_get(struct ky_db_dossier_row *out, struct ky_arena *a, struct ky_store *s,
                            const struct ky_scope *scope, const char *dossier_id, int64_t number)
{
    return ky_table_get(out, a, s, &dossier_rows, "dossier_id = $1 AND number = $4" IN_SCOPE,
                        KY_PARAMS(ky_value_text(dossier_id), ky_value_text(scope->from),
                                  ky_value_text(scope->to), ky_value_int(number)));
}

ky_rc ky_db_dossier_row_list(struct ky_db_dossier_row **out, size_t *n, struct ky_arena *a,
                             struct ky_store *s, const struct ky_scope *scope, const char *dossier_id)
{
    return ky_table_list(
        out, n, a, s, &dossier_rows, "dossier_id = $1" IN_SCOPE " ORDER BY number",
        KY_PARAMS(ky_value_text(dossier_id), ky_value_text(scope->from), ky_value_text(scope->to)));
}

ky_rc ky_db_dossier_row_list_about(struct ky_db_dossier_row **out, size_t *n, struct ky_arena *a,
                                   struct ky_store *s, const char *serial)
{
    return ky_table_list(out, n, a, s, &dossier_rows, "old_serial = $1 ORDER BY updated_at DESC LIMIT 200",
                         KY_PARAMS(ky_value_text(serial)));
}

ky_rc ky_db_dossier_row_set_state(struct ky_store *s, const char *dossier_id, int64_t number,
                                  const char *from, const char *to, const char *reason, int64_t now)
{
    return ky_store_exec_one(s,
                             "UPDATE dossier_row SET state = $4, reason = $5, updated_at = $6"
                             " WHERE dossier_id = $1 AND number = $2 AND state = $3",
                             KY_PARAMS(ky_value_text(dossier_id), ky_value_int(number), ky_value_text(from),
                                       ky_value_text(to), ky_value_text(reason), ky_value_int(now)));
}

ky_rc ky_db_dossier_row_set_key(struct ky_store *s, const char *dossier_id, int64_t number, const char *owner,
                                const char *key_id)
{
    return ky_store_exec_one(
        s, "UPDATE dossier_row SET owner = $3, key_id = $4 WHERE dossier_id = $1 AND number = $2",
        KY_PARAMS(ky_value_text(dossier_id), ky_value_int(number), ky_value_text(owner),
                  ky_value_text(key_id)));
}

ky_rc ky_db_dossier_row_set_serial(struct ky_store *s, const char *dossier_id, int64_t number,
                                   const char *serial)
{
    return ky_store_exec_one(
        s, "UPDATE dossier_row SET serial = $3 WHERE dossier_id = $1 AND number = $2",
        KY_PARAMS(ky_value_text(dossier_id), ky_value_int(number), ky_value_text(serial)));
}

ky_rc ky_db_dossier_row_count(int64_t *out, struct ky_store *s, const char *dossier_id, const char *state)
{
    return ky_store_query_int(
        out, s, "SELECT count(*) FROM dossier_row WHERE dossier_id = $1 AND state = coalesce($2, state)",
        KY_PARAMS(ky_value_text(dossier_id), ky_value_text(state)));
}

ky_rc ky_db_dossier_event_insert(struct ky_store *s, const struct ky_db_dossier_event *e)
{
    struct ky_db_dossier_event numbered = *e;
    KY_TRY(
        ky_store_query_int(&numbered.sequence, s,
                           "SELECT coalesce(max(sequence), 0) + 1 FROM dossier_event WHERE dossier_id = $1",
                           KY_PARAMS(ky_value_text(e->dossier_id))));
    return ky_table_insert(s, &events, &numbered);
}

ky_rc ky_db_dossier_event_list(struct ky_db_dossier_event **out, size_t *n, struct ky_arena *a,
                               struct ky_store *s, const struct ky_scope *scope, const char *dossier_id)
{
    return ky_table_list(
        out, n, a, s, &events, "dossier_id = $1" IN_SCOPE " ORDER BY sequence",
        KY_PARAMS(ky_value_text(dossier_id), ky_value_text(scope->from), ky_value_text(scope->to)));
}

ky_rc ky_db_dossier_event_count(int64_t *out, struct ky_store *s, const char *dossier_id, const char *action)
{
    return ky_store_query_int(out, s,
                              "SELECT count(*) FROM dossier_event WHERE dossier_id = $1 AND action = $2",
                              KY_PARAMS(ky_value_text(dossier_id), ky_value_text(action)));
}

ky_rc ky_db_dossier_event_by(bool *out, struct ky_store *s, const char *dossier_id, const char *action,
                             const char *staff_id)
{
    int64_t n = 0;
    KY_TRY(ky_store_query_int(
        &n, s, "SELECT count(*) FROM dossier_event WHERE dossier_id = $1 AND action = $2 AND staff_id = $3",
        KY_PARAMS(ky_value_text(dossier_id), ky_value_text(action), ky_value_text(staff_id))));
    *out = n > 0;
    return KY_OK;
}
