/* The tables dossier, dossier_row and dossier_event; see dossier.h. */
#include "store/dossier.h"

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
    KY_COLUMN(struct ky_db_dossier, clock),
    KY_COLUMN(struct ky_db_dossier, stage),
};
static const struct ky_table dossiers = KY_TABLE("dossier", dossier_columns, struct ky_db_dossier);

static const struct ky_column row_columns[] = {
    KY_COLUMN(struct ky_db_dossier_row, dossier_id),    KY_COLUMN(struct ky_db_dossier_row, number),
    KY_COLUMN(struct ky_db_dossier_row, state),         KY_COLUMN(struct ky_db_dossier_row, name),
    KY_COLUMN(struct ky_db_dossier_row, identity_hash), KY_COLUMN(struct ky_db_dossier_row, sealed_person),
    KY_COLUMN(struct ky_db_dossier_row, owner),         KY_COLUMN(struct ky_db_dossier_row, key_id),
    KY_COLUMN(struct ky_db_dossier_row, serial),        KY_COLUMN(struct ky_db_dossier_row, reason),
    KY_COLUMN(struct ky_db_dossier_row, updated_at),
};
static const struct ky_table dossier_rows = KY_TABLE("dossier_row", row_columns, struct ky_db_dossier_row);

static const struct ky_column event_columns[] = {
    KY_COLUMN(struct ky_db_dossier_event, dossier_id), KY_COLUMN(struct ky_db_dossier_event, sequence),
    KY_COLUMN(struct ky_db_dossier_event, at),         KY_COLUMN(struct ky_db_dossier_event, staff_id),
    KY_COLUMN(struct ky_db_dossier_event, action),     KY_COLUMN(struct ky_db_dossier_event, from_state),
    KY_COLUMN(struct ky_db_dossier_event, to_state),   KY_COLUMN(struct ky_db_dossier_event, note),
};
static const struct ky_table events = KY_TABLE("dossier_event", event_columns, struct ky_db_dossier_event);

/* dossier_count follows every dossier, in the same transaction. */
static ky_rc count(struct ky_store *s, const char *state, int64_t stage, int64_t change)
{
    return ky_store_exec(s,
                         "INSERT INTO dossier_count (state, stage, dossiers) VALUES ($1, $2, $3)"
                         " ON CONFLICT (state, stage) DO UPDATE SET dossiers = dossier_count.dossiers + $3",
                         KY_PARAMS(ky_value_text(state), ky_value_int(stage), ky_value_int(change)));
}

ky_rc ky_db_dossier_insert(struct ky_store *s, const struct ky_db_dossier *d)
{
    struct ky_db_dossier fresh = *d;
    fresh.clock = "none";
    fresh.stage = 0;
    KY_TRY(ky_table_insert(s, &dossiers, &fresh));
    return count(s, fresh.state, 0, 1);
}

ky_rc ky_db_dossier_get(struct ky_db_dossier *out, struct ky_arena *a, struct ky_store *s, const char *id)
{
    return ky_table_get(out, a, s, &dossiers, "id = $1", KY_PARAMS(ky_value_text(id)));
}

/* One statement for each combination, so that each uses its index. */
ky_rc ky_db_dossier_list(struct ky_db_dossier **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                         const char *org_id, const char *state, const struct ky_page *page)
{
    static const char *const where[2][2] = {
        {"(created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC LIMIT $3",
         "state = $4 AND (created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC LIMIT $3"},
        {"org_id = $4 AND (created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC LIMIT $3",
         "org_id = $4 AND state = $5 AND (created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC LIMIT "
         "$3"},
    };
    struct ky_value v[5] = {ky_value_int(page->before), ky_value_text(page->before_id),
                            ky_value_int(page->limit)};
    size_t count = 3;
    if (org_id != NULL)
        v[count++] = ky_value_text(org_id);
    if (state != NULL)
        v[count++] = ky_value_text(state);
    return ky_table_list(out, n, a, s, &dossiers, where[org_id != NULL][state != NULL],
                         (struct ky_params){v, count});
}

/* Due dates go up, so the first page starts below all of them. */
ky_rc ky_db_dossier_list_due(struct ky_db_dossier **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                             const char *org_id, const char *state, const struct ky_page *page)
{
#define OPEN_FROM "clock IN ('runs', 'stands') AND (due_at, id) > ($1, $2)"
#define BY_DUE " ORDER BY due_at, id LIMIT $3"
    static const char *const where[2][2] = {
        {OPEN_FROM BY_DUE, "state = $4 AND " OPEN_FROM BY_DUE},
        {"org_id = $4 AND " OPEN_FROM BY_DUE, "org_id = $4 AND state = $5 AND " OPEN_FROM BY_DUE},
    };
    bool first = page->before_id[0] == 0;
    struct ky_value v[5] = {ky_value_int(first ? 0 : page->before), ky_value_text(page->before_id),
                            ky_value_int(page->limit)};
    size_t count_v = 3;
    if (org_id != NULL)
        v[count_v++] = ky_value_text(org_id);
    if (state != NULL)
        v[count_v++] = ky_value_text(state);
    return ky_table_list(out, n, a, s, &dossiers, where[org_id != NULL][state != NULL],
                         (struct ky_params){v, count_v});
}

static ky_rc get_stage(int64_t *out, struct ky_store *s, const char *id)
{
    return ky_store_query_int(out, s, "SELECT stage FROM dossier WHERE id = $1",
                              KY_PARAMS(ky_value_text(id)));
}

ky_rc ky_db_dossier_set_state(struct ky_store *s, const char *id, const char *from, const char *to,
                              const char *note, int64_t now)
{
    int64_t stage = 0;
    KY_TRY(ky_store_exec_one(
        s, "UPDATE dossier SET state = $3, note = $4, updated_at = $5 WHERE id = $1 AND state = $2",
        KY_PARAMS(ky_value_text(id), ky_value_text(from), ky_value_text(to), ky_value_text(note),
                  ky_value_int(now))));
    KY_TRY(get_stage(&stage, s, id));
    KY_TRY(count(s, from, stage, -1));
    return count(s, to, stage, 1);
}

ky_rc ky_db_dossier_set_clock(struct ky_store *s, const char *id, const char *clock, int64_t stage,
                              int64_t received_at, int64_t due_at)
{
    ky_auto_arena a = ky_arena_init(65536);
    struct ky_db_dossier before;
    KY_TRY(ky_db_dossier_get(&before, &a, s, id));
    KY_TRY(ky_store_exec_one(
        s, "UPDATE dossier SET clock = $2, stage = $3, received_at = $4, due_at = $5 WHERE id = $1",
        KY_PARAMS(ky_value_text(id), ky_value_text(clock), ky_value_int(stage), ky_value_int(received_at),
                  ky_value_int(due_at))));
    if (stage == before.stage)
        return KY_OK;
    KY_TRY(count(s, before.state, before.stage, -1));
    return count(s, before.state, stage, 1);
}

ky_rc ky_db_dossier_row_insert(struct ky_store *s, const struct ky_db_dossier_row *row)
{
    return ky_table_insert(s, &dossier_rows, row);
}

ky_rc ky_db_dossier_row_delete(struct ky_store *s, const char *dossier_id, int64_t number)
{
    return ky_store_exec_one(s, "DELETE FROM dossier_row WHERE dossier_id = $1 AND number = $2",
                             KY_PARAMS(ky_value_text(dossier_id), ky_value_int(number)));
}

ky_rc ky_db_dossier_row_get(struct ky_db_dossier_row *out, struct ky_arena *a, struct ky_store *s,
                            const char *dossier_id, int64_t number)
{
    return ky_table_get(out, a, s, &dossier_rows, "dossier_id = $1 AND number = $2",
                        KY_PARAMS(ky_value_text(dossier_id), ky_value_int(number)));
}

ky_rc ky_db_dossier_row_list(struct ky_db_dossier_row **out, size_t *n, struct ky_arena *a,
                             struct ky_store *s, const char *dossier_id)
{
    return ky_table_list(out, n, a, s, &dossier_rows, "dossier_id = $1 ORDER BY number",
                         KY_PARAMS(ky_value_text(dossier_id)));
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
                               struct ky_store *s, const char *dossier_id)
{
    return ky_table_list(out, n, a, s, &events, "dossier_id = $1 ORDER BY sequence",
                         KY_PARAMS(ky_value_text(dossier_id)));
}
