/* The table registry_log; see logcopy.h. */
#include "store/logcopy.h"

static const struct ky_column columns[] = {
    KY_COLUMN(struct ky_db_log_entry, sequence),
    KY_COLUMN(struct ky_db_log_entry, entry),
};
static const struct ky_table entries = KY_TABLE("registry_log", columns, struct ky_db_log_entry);

static ky_rc append_one(struct ky_store *s, int64_t process, int64_t sequence, struct ky_bytes entry)
{
    struct ky_params params = KY_PARAMS(ky_value_int(process), ky_value_int(sequence), ky_value_blob(entry));
    KY_TRY(ky_store_exec(s,
                         "INSERT INTO registry_log (process, sequence, entry) VALUES ($1, $2, $3)"
                         " ON CONFLICT (process, sequence) DO NOTHING",
                         params));
    if (ky_store_changes(s) == 1)
        return KY_OK;
    int64_t same = 0;
    KY_TRY(ky_store_query_int(
        &same, s, "SELECT entry = $3 FROM registry_log WHERE process = $1 AND sequence = $2", params));
    return same ? KY_OK
                : ky_fail(KY_EDENIED, "registry log %lld: entry %lld is held with other content",
                          (long long)process, (long long)sequence);
}

ky_rc ky_db_log_append(struct ky_store *s, int64_t process, int64_t first, struct ky_bytes added)
{
    if (added.n == 0 || added.n % KY_DB_LOG_ENTRY != 0 || first < 1)
        return ky_fail(KY_EFORMAT, "registry log: %zu bytes from entry %lld", added.n, (long long)first);
    int64_t highest = 0;
    KY_TRY(ky_db_log_highest(&highest, s, process));
    if (first > highest + 1)
        return ky_fail(KY_EDENIED, "registry log %lld: entry %lld comes after %lld", (long long)process,
                       (long long)first, (long long)highest);
    for (size_t at = 0; at < added.n; at += KY_DB_LOG_ENTRY, first++)
        KY_TRY(append_one(s, process, first, KY_BYTES(added.p + at, KY_DB_LOG_ENTRY)));
    return KY_OK;
}

ky_rc ky_db_log_highest(int64_t *out, struct ky_store *s, int64_t process)
{
    return ky_store_query_int(out, s,
                              "SELECT coalesce(max(sequence), 0) FROM registry_log WHERE process = $1",
                              KY_PARAMS(ky_value_int(process)));
}

ky_rc ky_db_log_fetch(struct ky_buf *out, struct ky_store *s, int64_t process, int64_t after)
{
    ky_auto_rows rows = {0};
    KY_TRY(ky_store_query(
        &rows, s,
        "SELECT entry FROM registry_log WHERE process = $1 AND sequence > $2 ORDER BY sequence LIMIT $3",
        KY_PARAMS(ky_value_int(process), ky_value_int(after), ky_value_int(KY_DB_LOG_FETCH_MAX))));
    for (bool have_row = true;;) {
        KY_TRY(ky_rows_next(&rows, &have_row));
        if (!have_row)
            return ky_buf_finish(out);
        ky_buf_add(out, ky_rows_bytes(&rows, 0));
    }
}

ky_rc ky_db_log_list(struct ky_db_log_entry **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                     int64_t process, int64_t before, int64_t limit)
{
    return ky_table_list(out, n, a, s, &entries,
                         "process = $1 AND sequence < $2 ORDER BY sequence DESC LIMIT $3",
                         KY_PARAMS(ky_value_int(process), ky_value_int(before), ky_value_int(limit)));
}
