/* The tables expiry and expiry_digest; see expiry.h. */
#include "store/expiry.h"

#include "base/time.h"

#define MORNING (8 * KY_HOUR)

static const int64_t days[KY_EXPIRY_STEPS] = {60, 30, 7};

static const struct ky_column expiry_columns[] = {
    KY_COLUMN(struct ky_db_expiry, serial),
    KY_COLUMN(struct ky_db_expiry, step),
    KY_COLUMN(struct ky_db_expiry, at),
};
static const struct ky_table expiries = KY_TABLE("expiry", expiry_columns, struct ky_db_expiry);

static const struct ky_column line_columns[] = {
    KY_COLUMN(struct ky_db_expiry_line, org_id),
    KY_COLUMN(struct ky_db_expiry_line, serial),
    KY_COLUMN(struct ky_db_expiry_line, step),
};
static const struct ky_table lines = KY_TABLE("expiry_digest", line_columns, struct ky_db_expiry_line);

int64_t ky_expiry_days(int64_t step)
{
    return step >= 0 && step < KY_EXPIRY_STEPS ? days[step] : 0;
}

int64_t ky_expiry_at(int64_t not_after, int64_t step)
{
    return ky_time_of_day_vn(ky_time_day_vn(not_after) - ky_expiry_days(step)) + MORNING;
}

ky_rc ky_db_expiry_begin(struct ky_store *s, const char *serial)
{
    int64_t not_after = 0;
    KY_TRY(ky_store_query_int(&not_after, s, "SELECT not_after FROM certificate WHERE serial = $1",
                              KY_PARAMS(ky_value_text(serial))));
    const struct ky_db_expiry row = {.serial = serial, .step = 0, .at = ky_expiry_at(not_after, 0)};
    return ky_table_insert(s, &expiries, &row);
}

ky_rc ky_db_expiry_end(struct ky_store *s, const char *serial)
{
    KY_TRY(ky_store_exec(s, "DELETE FROM expiry_digest WHERE serial = $1", KY_PARAMS(ky_value_text(serial))));
    return ky_store_exec(s, "DELETE FROM expiry WHERE serial = $1", KY_PARAMS(ky_value_text(serial)));
}

ky_rc ky_db_expiry_finish(struct ky_store *s, const char *serial)
{
    return ky_store_exec(s, "DELETE FROM expiry WHERE serial = $1", KY_PARAMS(ky_value_text(serial)));
}

ky_rc ky_db_expiry_list_due(struct ky_db_expiry **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                            int64_t now, int64_t limit)
{
    return ky_table_list(out, n, a, s, &expiries, "at <= $1 ORDER BY at, serial LIMIT $2",
                         KY_PARAMS(ky_value_int(now), ky_value_int(limit)));
}

ky_rc ky_db_expiry_move(struct ky_store *s, const struct ky_db_expiry *from, int64_t step, int64_t at)
{
    return ky_store_exec_one(s, "UPDATE expiry SET step = $3, at = $4 WHERE serial = $1 AND step = $2",
                             KY_PARAMS(ky_value_text(from->serial), ky_value_int(from->step),
                                       ky_value_int(step), ky_value_int(at)));
}

ky_rc ky_db_expiry_replaced(bool *out, struct ky_store *s, const char *owner, int64_t not_after)
{
    int64_t later = 0;
    KY_TRY(ky_store_query_int(
        &later, s, "SELECT count(*) FROM certificate WHERE owner = $1 AND status = 'good' AND not_after > $2",
        KY_PARAMS(ky_value_text(owner), ky_value_int(not_after))));
    *out = later > 0;
    return KY_OK;
}

ky_rc ky_db_expiry_digest_put(struct ky_store *s, const struct ky_db_expiry_line *line)
{
    return ky_store_exec(
        s,
        "INSERT INTO expiry_digest (org_id, serial, step) VALUES ($1, $2, $3)"
        " ON CONFLICT (org_id, serial) DO UPDATE SET step = excluded.step",
        KY_PARAMS(ky_value_text(line->org_id), ky_value_text(line->serial), ky_value_int(line->step)));
}

ky_rc ky_db_expiry_digest_next(struct ky_db_expiry_line *out, struct ky_arena *a, struct ky_store *s)
{
    return ky_table_get(out, a, s, &lines, "org_id <> '' ORDER BY org_id LIMIT 1", KY_NO_PARAMS);
}

ky_rc ky_db_expiry_digest_list(struct ky_db_expiry_line **out, size_t *n, struct ky_arena *a,
                               struct ky_store *s, const char *org_id, int64_t limit)
{
    return ky_table_list(out, n, a, s, &lines, "org_id = $1 ORDER BY step DESC, serial LIMIT $2",
                         KY_PARAMS(ky_value_text(org_id), ky_value_int(limit)));
}

ky_rc ky_db_expiry_digest_count(int64_t *out, struct ky_store *s, const char *org_id)
{
    return ky_store_query_int(out, s, "SELECT count(*) FROM expiry_digest WHERE org_id = $1",
                              KY_PARAMS(ky_value_text(org_id)));
}

ky_rc ky_db_expiry_digest_clear(struct ky_store *s, const char *org_id)
{
    return ky_store_exec(s, "DELETE FROM expiry_digest WHERE org_id = $1", KY_PARAMS(ky_value_text(org_id)));
}
