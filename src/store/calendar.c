/* The table calendar_list; see calendar.h. */
#include "store/calendar.h"

#include "store/setting.h"

#define COUNTER "calendar"

static const struct ky_column columns[] = {
    KY_COLUMN(struct ky_db_calendar, year),         KY_COLUMN(struct ky_db_calendar, version),
    KY_COLUMN(struct ky_db_calendar, state),        KY_COLUMN(struct ky_db_calendar, list),
    KY_COLUMN(struct ky_db_calendar, hash),         KY_COLUMN(struct ky_db_calendar, edited_by),
    KY_COLUMN(struct ky_db_calendar, edited_at),    KY_COLUMN(struct ky_db_calendar, confirmed_by),
    KY_COLUMN(struct ky_db_calendar, confirmed_at),
};
static const struct ky_table table = KY_TABLE("calendar_list", columns, struct ky_db_calendar);

ky_rc ky_db_calendar_put_draft(int64_t *version, struct ky_store *s, const struct ky_db_calendar *draft)
{
    struct ky_db_calendar row = *draft;
    row.state = "draft";
    row.confirmed_by = NULL;
    row.confirmed_at = 0;
    KY_TRY(ky_store_exec(s, "DELETE FROM calendar_list WHERE year = $1 AND state = 'draft'",
                         KY_PARAMS(ky_value_int(row.year))));
    KY_TRY(ky_store_query_int(&row.version, s,
                              "SELECT coalesce(max(version), 0) + 1 FROM calendar_list WHERE year = $1",
                              KY_PARAMS(ky_value_int(row.year))));
    if (row.version > KY_DB_CALENDAR_VERSIONS_MAX)
        return ky_fail(KY_ELIMIT, "calendar %lld: %d versions are the most", (long long)row.year,
                       KY_DB_CALENDAR_VERSIONS_MAX);
    KY_TRY(ky_table_insert(s, &table, &row));
    *version = row.version;
    return KY_OK;
}

ky_rc ky_db_calendar_get(struct ky_db_calendar *out, struct ky_arena *a, struct ky_store *s, int64_t year,
                         const char *state)
{
    return ky_table_get(out, a, s, &table, "year = $1 AND state = $2",
                        KY_PARAMS(ky_value_int(year), ky_value_text(state)));
}

ky_rc ky_db_calendar_get_version(struct ky_db_calendar *out, struct ky_arena *a, struct ky_store *s,
                                 int64_t year, int64_t version)
{
    return ky_table_get(out, a, s, &table, "year = $1 AND version = $2",
                        KY_PARAMS(ky_value_int(year), ky_value_int(version)));
}

ky_rc ky_db_calendar_list(struct ky_db_calendar **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                          int64_t year)
{
    return ky_table_list(out, n, a, s, &table, "year = $1 ORDER BY version DESC",
                         KY_PARAMS(ky_value_int(year)));
}

ky_rc ky_db_calendar_list_confirmed(struct ky_db_calendar **out, size_t *n, struct ky_arena *a,
                                    struct ky_store *s, int64_t first, int64_t last)
{
    return ky_table_list(out, n, a, s, &table, "state = 'confirmed' AND year BETWEEN $1 AND $2 ORDER BY year",
                         KY_PARAMS(ky_value_int(first), ky_value_int(last)));
}

ky_rc ky_db_calendar_confirm(struct ky_store *s, int64_t year, struct ky_bytes hash, const char *staff_id,
                             int64_t now)
{
    int64_t number = 0;
    KY_TRY(ky_store_exec(
        s, "UPDATE calendar_list SET state = 'replaced' WHERE year = $1 AND state = 'confirmed'",
        KY_PARAMS(ky_value_int(year))));
    KY_TRY(ky_store_exec_one(
        s,
        "UPDATE calendar_list SET state = 'confirmed', confirmed_by = $3,"
        " confirmed_at = $4 WHERE year = $1 AND state = 'draft' AND hash = $2",
        KY_PARAMS(ky_value_int(year), ky_value_blob(hash), ky_value_text(staff_id), ky_value_int(now))));
    return ky_db_counter_next(&number, s, COUNTER);
}

ky_rc ky_db_calendar_number(int64_t *out, struct ky_store *s)
{
    return ky_store_query_int(out, s, "SELECT coalesce(max(value), 0) FROM counter WHERE name = $1",
                              KY_PARAMS(ky_value_text(COUNTER)));
}
