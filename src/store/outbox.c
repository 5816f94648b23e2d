/* The tables outbox and letter; see outbox.h. */
#include "store/outbox.h"

#include <stdio.h>

static const struct ky_column outbox_columns[] = {
    KY_COLUMN(struct ky_db_outbox, id),
    KY_COLUMN(struct ky_db_outbox, about),
    KY_COLUMN(struct ky_db_outbox, template),
    KY_COLUMN(struct ky_db_outbox, channel),
    KY_COLUMN(struct ky_db_outbox, sealed_message),
    KY_COLUMN(struct ky_db_outbox, dossier_id),
    KY_COLUMN(struct ky_db_outbox, state),
    KY_COLUMN(struct ky_db_outbox, attempts),
    KY_COLUMN(struct ky_db_outbox, next_try),
    KY_COLUMN(struct ky_db_outbox, last_error),
    KY_COLUMN(struct ky_db_outbox, created_at),
};
static const struct ky_table messages = KY_TABLE("outbox", outbox_columns, struct ky_db_outbox);

static const struct ky_column letter_columns[] = {
    KY_COLUMN(struct ky_db_letter, number),      KY_COLUMN(struct ky_db_letter, id),
    KY_COLUMN(struct ky_db_letter, kind),        KY_COLUMN(struct ky_db_letter, channel),
    KY_COLUMN(struct ky_db_letter, sealed),      KY_COLUMN(struct ky_db_letter, dossier_id),
    KY_COLUMN(struct ky_db_letter, dossier_row), KY_COLUMN(struct ky_db_letter, again),
    KY_COLUMN(struct ky_db_letter, state),       KY_COLUMN(struct ky_db_letter, attempts),
    KY_COLUMN(struct ky_db_letter, next_try),    KY_COLUMN(struct ky_db_letter, last_error),
    KY_COLUMN(struct ky_db_letter, created_at),
};
static const struct ky_table letters = KY_TABLE("letter", letter_columns, struct ky_db_letter);

static const char due[] = "state = 'waiting' AND next_try <= $1 ORDER BY next_try LIMIT $2";

ky_rc ky_db_outbox_put(struct ky_store *s, const struct ky_db_outbox *m)
{
    int64_t already = 0;
    KY_TRY(ky_store_query_int(&already, s, "SELECT count(*) FROM outbox WHERE about = $1",
                              KY_PARAMS(ky_value_text(m->about))));
    return already != 0 ? KY_OK : ky_table_insert(s, &messages, m);
}

ky_rc ky_db_outbox_get(struct ky_db_outbox *out, struct ky_arena *a, struct ky_store *s, const char *id)
{
    return ky_table_get(out, a, s, &messages, "id = $1", KY_PARAMS(ky_value_text(id)));
}

ky_rc ky_db_outbox_list_due(struct ky_db_outbox **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                            int64_t now, int64_t limit)
{
    return ky_table_list(out, n, a, s, &messages, due, KY_PARAMS(ky_value_int(now), ky_value_int(limit)));
}

ky_rc ky_db_outbox_set_sent(struct ky_store *s, const char *id)
{
    return ky_store_exec_one(s, "UPDATE outbox SET state = 'sent', attempts = attempts + 1 WHERE id = $1",
                             KY_PARAMS(ky_value_text(id)));
}

ky_rc ky_db_outbox_set_failed(struct ky_store *s, const char *id, const char *error, int64_t next_try)
{
    return ky_store_exec_one(
        s,
        "UPDATE outbox SET state = $2, attempts = attempts + 1, last_error = $3, next_try = $4 WHERE id = $1",
        KY_PARAMS(ky_value_text(id), ky_value_text(next_try == 0 ? "dead" : "waiting"), ky_value_text(error),
                  ky_value_int(next_try)));
}

ky_rc ky_db_letter_insert(struct ky_store *s, const struct ky_db_letter *l)
{
    char id[KY_LETTER_ID_MAX];
    struct ky_db_letter row = *l;
    ky_letter_id(id, l->number);
    row.id = id;
    return ky_table_insert(s, &letters, &row);
}

void ky_letter_id(char out[KY_LETTER_ID_MAX], int64_t number)
{
    snprintf(out, KY_LETTER_ID_MAX, "%032llx", (unsigned long long)number);
}

ky_rc ky_db_letter_list_due(struct ky_db_letter **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                            int64_t now, int64_t limit)
{
    return ky_table_list(out, n, a, s, &letters, due, KY_PARAMS(ky_value_int(now), ky_value_int(limit)));
}

ky_rc ky_db_letter_set_sent(struct ky_store *s, int64_t number)
{
    return ky_store_exec_one(s, "UPDATE letter SET state = 'sent', attempts = attempts + 1 WHERE number = $1",
                             KY_PARAMS(ky_value_int(number)));
}

ky_rc ky_db_letter_set_failed(struct ky_store *s, int64_t number, const char *error, int64_t next_try)
{
    return ky_store_exec_one(s,
                             "UPDATE letter SET state = $2, attempts = attempts + 1, last_error = $3, "
                             "next_try = $4 WHERE number = $1",
                             KY_PARAMS(ky_value_int(number),
                                       ky_value_text(next_try == 0 ? "dead" : "waiting"),
                                       ky_value_text(error), ky_value_int(next_try)));
}
