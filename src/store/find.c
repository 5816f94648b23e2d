/* The virtual tables dossier_text and certificate_text; see find.h. */
#include "store/find.h"

#include <stdio.h>

#include "store/setting.h"

#define PREFIX_MIN 2          /* bytes: there is no index of shorter beginnings */
#define BRANCH "\xEE\x80\x80" /* U+E000 before an id: no word that is typed begins so */

static const struct {
    const char *next, *left; /* counters */
    const char *forget, *put, *rename, *move;
} kinds[] = {
    [KY_FIND_DOSSIERS] = {"ordinal.dossier", "unfound.dossier", "DELETE FROM dossier_text WHERE rowid = $1",
                          "INSERT INTO dossier_text (rowid, words, org, branch)"
                          " VALUES ($1, $2, $3, replace($4, '/', ' " BRANCH "'))",
                          "UPDATE dossier_text SET org = $2 WHERE rowid IN"
                          " (SELECT ordinal FROM dossier WHERE org_id = $1)",
                          "UPDATE dossier_text SET branch = (SELECT replace(dossier.path, '/', ' " BRANCH "')"
                          " FROM dossier WHERE dossier.ordinal = dossier_text.rowid)"
                          " WHERE rowid IN (SELECT ordinal FROM dossier WHERE path >= $1 AND path < $2)"},
    [KY_FIND_CERTIFICATES] = {"ordinal.certificate", "unfound.certificate",
                              "DELETE FROM certificate_text WHERE rowid = $1",
                              "INSERT INTO certificate_text (rowid, words, org, branch)"
                              " VALUES ($1, $2, $3, replace($4, '/', ' " BRANCH "'))",
                              "UPDATE certificate_text SET org = $2 WHERE rowid IN"
                              " (SELECT ordinal FROM certificate WHERE org_id = $1)",
                              "UPDATE certificate_text SET branch ="
                              " (SELECT replace(certificate.path, '/', ' " BRANCH "')"
                              " FROM certificate WHERE certificate.ordinal = certificate_text.rowid)"
                              " WHERE rowid IN"
                              " (SELECT ordinal FROM certificate WHERE path >= $1 AND path < $2)"},
};

ky_rc ky_db_find_next(int64_t *out, struct ky_store *s, ky_find_kind kind)
{
    return ky_db_counter_next(out, s, kinds[kind].next);
}

ky_rc ky_db_find_put(struct ky_store *s, ky_find_kind kind, const struct ky_find_text *t)
{
    KY_TRY(ky_store_exec(s, kinds[kind].forget, KY_PARAMS(ky_value_int(t->ordinal))));
    return ky_store_exec(s, kinds[kind].put,
                         KY_PARAMS(ky_value_int(t->ordinal), ky_value_text(t->words), ky_value_text(t->org),
                                   ky_value_text(t->path)));
}

ky_rc ky_db_find_put_until(struct ky_store *s, int64_t until, const char *path)
{
    KY_TRY(
        ky_store_exec(s, "DELETE FROM certificate_until WHERE rowid = $1", KY_PARAMS(ky_value_int(until))));
    return ky_store_exec(s,
                         "INSERT INTO certificate_until (rowid, branch)"
                         " VALUES ($1, replace($2, '/', ' " BRANCH "'))",
                         KY_PARAMS(ky_value_int(until), ky_value_text(path)));
}

ky_rc ky_db_find_rename(struct ky_store *s, const char *org_id, const char *org)
{
    for (size_t i = 0; i < KY_COUNT(kinds); i++)
        KY_TRY(ky_store_exec(s, kinds[i].rename, KY_PARAMS(ky_value_text(org_id), ky_value_text(org))));
    return KY_OK;
}

ky_rc ky_db_find_move(struct ky_store *s, const struct ky_scope *branch)
{
    for (size_t i = 0; i < KY_COUNT(kinds); i++)
        KY_TRY(ky_store_exec(s, kinds[i].move,
                             KY_PARAMS(ky_value_text(branch->from), ky_value_text(branch->to))));
    return ky_store_exec(s,
                         "UPDATE certificate_until SET branch ="
                         " (SELECT replace(certificate.path, '/', ' " BRANCH "')"
                         " FROM certificate WHERE certificate.until = certificate_until.rowid)"
                         " WHERE rowid IN (SELECT until FROM certificate WHERE path >= $1 AND path < $2"
                         " AND status <> 'waiting')",
                         KY_PARAMS(ky_value_text(branch->from), ky_value_text(branch->to)));
}

/* The scope's own id is the last of its path. */
static void add_branch(struct ky_buf *out, const struct ky_scope *scope, bool alone)
{
    size_t end = strlen(scope->from);
    size_t from = end < 2 ? 0 : end - 1;
    while (from > 0 && scope->from[from - 1] != '/')
        from--;
    ky_buf_add_str(out, alone ? "\"" BRANCH : " AND \"" BRANCH);
    ky_buf_add(out, KY_BYTES(scope->from + from, end < 2 ? 0 : end - 1 - from));
    ky_buf_add_str(out, "\"");
}

/* What is folded has no quotation marks in it. */
ky_rc ky_db_find_match(struct ky_buf *out, const char *folded, const struct ky_scope *scope)
{
    size_t words = 0;
    for (const char *at = folded; *at != 0;) {
        size_t n = strcspn(at, " ");
        ky_buf_add_str(out, words == 0 ? "\"" : " AND \"");
        ky_buf_add(out, KY_BYTES(at, n));
        ky_buf_add_str(out, at[n] == 0 && n >= PREFIX_MIN ? "\"*" : "\"");
        at += n + (at[n] != 0);
        if (++words > KY_FIND_WORDS_MAX)
            return ky_fail(KY_ELIMIT, "q: at most %d words", KY_FIND_WORDS_MAX);
    }
    if (!ky_scope_is_everything(scope))
        add_branch(out, scope, words == 0);
    else if (words == 0)
        return ky_fail(KY_EINVAL, "q: no letter or digit in it");
    return ky_buf_finish(out);
}

ky_rc ky_db_find_left(int64_t *out, struct ky_store *s, ky_find_kind kind)
{
    return ky_store_query_int(out, s, "SELECT coalesce(max(value), 0) FROM counter WHERE name = $1",
                              KY_PARAMS(ky_value_text(kinds[kind].left)));
}

ky_rc ky_db_find_set_left(struct ky_store *s, ky_find_kind kind, int64_t left)
{
    return ky_store_exec_one(s, "UPDATE counter SET value = $2 WHERE name = $1",
                             KY_PARAMS(ky_value_text(kinds[kind].left), ky_value_int(left)));
}
