/* The tables dossier_clock, dossier_pause and dossier_timer; see clock.h. */
#include "store/clock.h"

static const struct ky_column clock_columns[] = {
    KY_COLUMN(struct ky_db_clock, dossier_id), KY_COLUMN(struct ky_db_clock, unit),
    KY_COLUMN(struct ky_db_clock, amount),     KY_COLUMN(struct ky_db_clock, arrived_at),
    KY_COLUMN(struct ky_db_clock, confirmed),  KY_COLUMN(struct ky_db_clock, calendar),
    KY_COLUMN(struct ky_db_clock, ended_at),
};
static const struct ky_table clocks = KY_TABLE("dossier_clock", clock_columns, struct ky_db_clock);

static const struct ky_column pause_columns[] = {
    KY_COLUMN(struct ky_db_pause, dossier_id), KY_COLUMN(struct ky_db_pause, sequence),
    KY_COLUMN(struct ky_db_pause, from_at),    KY_COLUMN(struct ky_db_pause, to_at),
    KY_COLUMN(struct ky_db_pause, answer_by),
};
static const struct ky_table pauses = KY_TABLE("dossier_pause", pause_columns, struct ky_db_pause);

static const struct ky_column timer_columns[] = {
    KY_COLUMN(struct ky_db_timer, dossier_id),
    KY_COLUMN(struct ky_db_timer, kind),
    KY_COLUMN(struct ky_db_timer, at),
};
static const struct ky_table timers = KY_TABLE("dossier_timer", timer_columns, struct ky_db_timer);

ky_rc ky_db_clock_insert(struct ky_store *s, const struct ky_db_clock *c)
{
    return ky_table_insert(s, &clocks, c);
}

ky_rc ky_db_clock_get(struct ky_db_clock *out, struct ky_arena *a, struct ky_store *s, const char *dossier_id)
{
    return ky_table_get(out, a, s, &clocks, "dossier_id = $1", KY_PARAMS(ky_value_text(dossier_id)));
}

ky_rc ky_db_clock_set_reckoned(struct ky_store *s, const char *dossier_id, bool confirmed, int64_t calendar)
{
    return ky_store_exec_one(
        s, "UPDATE dossier_clock SET confirmed = $2, calendar = $3 WHERE dossier_id = $1",
        KY_PARAMS(ky_value_text(dossier_id), ky_value_int(confirmed), ky_value_int(calendar)));
}

ky_rc ky_db_clock_set_ended(struct ky_store *s, const char *dossier_id, int64_t now)
{
    return ky_store_exec_one(s,
                             "UPDATE dossier_clock SET ended_at = $2 WHERE dossier_id = $1 AND ended_at = 0",
                             KY_PARAMS(ky_value_text(dossier_id), ky_value_int(now)));
}

ky_rc ky_db_clock_list_stale(struct ky_db_clock **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                             int64_t calendar, int64_t limit)
{
    return ky_table_list(out, n, a, s, &clocks,
                         "ended_at = 0 AND calendar < $1 ORDER BY calendar, dossier_id LIMIT $2",
                         KY_PARAMS(ky_value_int(calendar), ky_value_int(limit)));
}

/* ---- pauses ---- */

ky_rc ky_db_pause_begin(struct ky_store *s, const char *dossier_id, int64_t from, int64_t answer_by)
{
    struct ky_db_pause p = {.dossier_id = dossier_id, .from_at = from, .answer_by = answer_by};
    int64_t open = 0;
    KY_TRY(ky_store_query_int(&open, s,
                              "SELECT count(*) FROM dossier_pause WHERE dossier_id = $1 AND to_at = 0",
                              KY_PARAMS(ky_value_text(dossier_id))));
    if (open != 0)
        return ky_fail(KY_EEXIST, "dossier %s: its clock stands already", dossier_id);
    KY_TRY(ky_store_query_int(&p.sequence, s, "SELECT count(*) + 1 FROM dossier_pause WHERE dossier_id = $1",
                              KY_PARAMS(ky_value_text(dossier_id))));
    if (p.sequence > KY_DB_PAUSES_MAX)
        return ky_fail(KY_ELIMIT, "dossier %s: its clock stood %d times, which is the most", dossier_id,
                       KY_DB_PAUSES_MAX);
    return ky_table_insert(s, &pauses, &p);
}

ky_rc ky_db_pause_end(struct ky_store *s, const char *dossier_id, int64_t to)
{
    return ky_store_exec_one(s, "UPDATE dossier_pause SET to_at = $2 WHERE dossier_id = $1 AND to_at = 0",
                             KY_PARAMS(ky_value_text(dossier_id), ky_value_int(to)));
}

ky_rc ky_db_pause_list(struct ky_db_pause **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                       const char *dossier_id)
{
    return ky_table_list(out, n, a, s, &pauses, "dossier_id = $1 ORDER BY sequence",
                         KY_PARAMS(ky_value_text(dossier_id)));
}

/* ---- timers ---- */

ky_rc ky_db_timer_set(struct ky_store *s, const char *dossier_id, const char *kind, int64_t at)
{
    return ky_store_exec(s,
                         "INSERT INTO dossier_timer (dossier_id, kind, at) VALUES ($1, $2, $3)"
                         " ON CONFLICT (dossier_id, kind) DO UPDATE SET at = excluded.at",
                         KY_PARAMS(ky_value_text(dossier_id), ky_value_text(kind), ky_value_int(at)));
}

ky_rc ky_db_timer_take(struct ky_store *s, const struct ky_db_timer *t)
{
    return ky_store_exec_one(
        s, "DELETE FROM dossier_timer WHERE dossier_id = $1 AND kind = $2 AND at = $3",
        KY_PARAMS(ky_value_text(t->dossier_id), ky_value_text(t->kind), ky_value_int(t->at)));
}

ky_rc ky_db_timer_postpone(struct ky_store *s, const struct ky_db_timer *t, int64_t at)
{
    return ky_store_exec(s,
                         "UPDATE dossier_timer SET at = $4 WHERE dossier_id = $1 AND kind = $2 AND at = $3",
                         KY_PARAMS(ky_value_text(t->dossier_id), ky_value_text(t->kind), ky_value_int(t->at),
                                   ky_value_int(at)));
}

ky_rc ky_db_timer_delete(struct ky_store *s, const char *dossier_id, const char *kind)
{
    return ky_store_exec(s, "DELETE FROM dossier_timer WHERE dossier_id = $1 AND kind = $2",
                         KY_PARAMS(ky_value_text(dossier_id), ky_value_text(kind)));
}

ky_rc ky_db_timer_list_due(struct ky_db_timer **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                           int64_t now, int64_t limit)
{
    return ky_table_list(out, n, a, s, &timers, "at <= $1 ORDER BY at, dossier_id, kind LIMIT $2",
                         KY_PARAMS(ky_value_int(now), ky_value_int(limit)));
}
