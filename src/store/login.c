/* The tables login_start, login_code, invitation, login_failure and login_place; see login.h. */
#include "store/login.h"

static const struct ky_column start_columns[] = {
    KY_COLUMN(struct ky_db_login_start, hash),       KY_COLUMN(struct ky_db_login_start, challenge),
    KY_COLUMN(struct ky_db_login_start, session_id), KY_COLUMN(struct ky_db_login_start, invitation),
    KY_COLUMN(struct ky_db_login_start, address),    KY_COLUMN(struct ky_db_login_start, expires_at),
};
static const struct ky_table starts = KY_TABLE("login_start", start_columns, struct ky_db_login_start);

static const struct ky_column code_columns[] = {
    KY_COLUMN(struct ky_db_login_code, hash),
    KY_COLUMN(struct ky_db_login_code, start),
    KY_COLUMN(struct ky_db_login_code, key_id),
    KY_COLUMN(struct ky_db_login_code, expires_at),
};
static const struct ky_table codes = KY_TABLE("login_code", code_columns, struct ky_db_login_code);

static const struct ky_column invitation_columns[] = {
    KY_COLUMN(struct ky_db_invitation, staff_id),
    KY_COLUMN(struct ky_db_invitation, hash),
    KY_COLUMN(struct ky_db_invitation, created_at),
    KY_COLUMN(struct ky_db_invitation, expires_at),
};
static const struct ky_table invitations =
    KY_TABLE("invitation", invitation_columns, struct ky_db_invitation);

static const struct ky_column failure_columns[] = {
    KY_COLUMN(struct ky_db_login_failure, subject),
    KY_COLUMN(struct ky_db_login_failure, failures),
    KY_COLUMN(struct ky_db_login_failure, last_at),
    KY_COLUMN(struct ky_db_login_failure, locked_until),
};
static const struct ky_table failures =
    KY_TABLE("login_failure", failure_columns, struct ky_db_login_failure);

/* ---- beginnings ---- */

ky_rc ky_db_login_start_insert(struct ky_store *s, const struct ky_db_login_start *row, int64_t keep)
{
    KY_TRY(ky_store_exec(s,
                         "DELETE FROM login_start WHERE address = $1 AND hash NOT IN (SELECT hash FROM"
                         " login_start WHERE address = $1 ORDER BY expires_at DESC, hash LIMIT $2)",
                         KY_PARAMS(ky_value_text(row->address), ky_value_int(keep - 1))));
    return ky_table_insert(s, &starts, row);
}

ky_rc ky_db_login_start_get(struct ky_db_login_start *out, struct ky_arena *a, struct ky_store *s,
                            struct ky_bytes hash, int64_t now)
{
    return ky_table_get(out, a, s, &starts, "hash = $1 AND expires_at > $2",
                        KY_PARAMS(ky_value_blob(hash), ky_value_int(now)));
}

ky_rc ky_db_login_start_take(struct ky_db_login_start *out, struct ky_arena *a, struct ky_store *s,
                             struct ky_bytes hash, int64_t now)
{
    KY_TRY(ky_db_login_start_get(out, a, s, hash, now));
    return ky_store_exec_one(s, "DELETE FROM login_start WHERE hash = $1", KY_PARAMS(ky_value_blob(hash)));
}

/* ---- codes ---- */

ky_rc ky_db_login_code_insert(struct ky_store *s, const struct ky_db_login_code *row)
{
    return ky_table_insert(s, &codes, row);
}

ky_rc ky_db_login_code_take(struct ky_db_login_code *out, struct ky_arena *a, struct ky_store *s,
                            struct ky_bytes hash, int64_t now)
{
    KY_TRY(ky_table_get(out, a, s, &codes, "hash = $1 AND expires_at > $2",
                        KY_PARAMS(ky_value_blob(hash), ky_value_int(now))));
    return ky_store_exec_one(s, "DELETE FROM login_code WHERE hash = $1", KY_PARAMS(ky_value_blob(hash)));
}

/* ---- invitations ---- */

ky_rc ky_db_invitation_put(struct ky_store *s, const struct ky_db_invitation *row)
{
    KY_TRY(ky_db_invitation_delete(s, row->staff_id));
    return ky_table_insert(s, &invitations, row);
}

ky_rc ky_db_invitation_get(struct ky_db_invitation *out, struct ky_arena *a, struct ky_store *s,
                           struct ky_bytes hash, int64_t now)
{
    return ky_table_get(out, a, s, &invitations, "hash = $1 AND expires_at > $2",
                        KY_PARAMS(ky_value_blob(hash), ky_value_int(now)));
}

ky_rc ky_db_invitation_delete(struct ky_store *s, const char *staff_id)
{
    return ky_store_exec(s, "DELETE FROM invitation WHERE staff_id = $1", KY_PARAMS(ky_value_text(staff_id)));
}

/* ---- failures ---- */

ky_rc ky_db_login_failure_get(struct ky_db_login_failure *out, struct ky_arena *a, struct ky_store *s,
                              const char *subject)
{
    return ky_table_get(out, a, s, &failures, "subject = $1", KY_PARAMS(ky_value_text(subject)));
}

ky_rc ky_db_login_failure_put(struct ky_store *s, const struct ky_db_login_failure *row)
{
    KY_TRY(ky_db_login_failure_delete(s, row->subject));
    return ky_table_insert(s, &failures, row);
}

ky_rc ky_db_login_failure_delete(struct ky_store *s, const char *subject)
{
    return ky_store_exec(s, "DELETE FROM login_failure WHERE subject = $1",
                         KY_PARAMS(ky_value_text(subject)));
}

/* ---- places ---- */

ky_rc ky_db_login_place_put(bool *known, bool *others, struct ky_store *s, const char *staff_id,
                            const char *network, int64_t now)
{
    int64_t all = 0;
    KY_TRY(ky_store_query_int(&all, s, "SELECT count(*) FROM login_place WHERE staff_id = $1",
                              KY_PARAMS(ky_value_text(staff_id))));
    KY_TRY(ky_store_exec(s, "UPDATE login_place SET last_at = $3 WHERE staff_id = $1 AND network = $2",
                         KY_PARAMS(ky_value_text(staff_id), ky_value_text(network), ky_value_int(now))));
    *known = ky_store_changes(s) == 1;
    *others = all > (*known ? 1 : 0);
    if (*known)
        return KY_OK;
    return ky_store_exec(s, "INSERT INTO login_place (staff_id, network, last_at) VALUES ($1, $2, $3)",
                         KY_PARAMS(ky_value_text(staff_id), ky_value_text(network), ky_value_int(now)));
}

ky_rc ky_db_login_purge(struct ky_store *s, int64_t now, int64_t failures_before, int64_t places_before)
{
    static const char *const expired[] = {
        "DELETE FROM login_start WHERE expires_at <= $1",
        "DELETE FROM login_code WHERE expires_at <= $1",
        "DELETE FROM invitation WHERE expires_at <= $1",
    };
    for (size_t i = 0; i < KY_COUNT(expired); i++)
        KY_TRY(ky_store_exec(s, expired[i], KY_PARAMS(ky_value_int(now))));
    KY_TRY(ky_store_exec(s, "DELETE FROM login_failure WHERE last_at <= $1 AND locked_until <= $2",
                         KY_PARAMS(ky_value_int(failures_before), ky_value_int(now))));
    return ky_store_exec(s, "DELETE FROM login_place WHERE last_at <= $1",
                         KY_PARAMS(ky_value_int(places_before)));
}
