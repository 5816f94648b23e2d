/* Branches as ranges of paths; see scope.h. */
#include "store/scope.h"

#include <stdio.h>

#include "base/str.h"

ky_rc ky_scope_make(struct ky_scope *out, const char *path)
{
    size_t n = path == NULL ? 0 : strlen(path);
    *out = (struct ky_scope){.from = ""};
    if (n == 0 || n >= KY_ORG_PATH_MAX || path[0] != '/' || path[n - 1] != '/')
        return ky_fail(KY_EDENIED, "scope: not a path of the tree of organisations");
    memcpy(out->from, path, n + 1);
    memcpy(out->to, path, n + 1);
    out->to[n - 1] = '/' + 1;
    return KY_OK;
}

struct ky_scope ky_scope_everything(void)
{
    return (struct ky_scope){.from = "/", .to = "0"};
}

bool ky_scope_is_everything(const struct ky_scope *scope)
{
    return ky_str_eq(scope->from, KY_ORG_PATH_ROOT);
}

bool ky_scope_holds_path(const struct ky_scope *scope, const char *path)
{
    return path != NULL && strcmp(path, scope->from) >= 0 && strcmp(path, scope->to) < 0;
}

/* Each looks up one row by its id and compares that row's path. */
static const char *const questions[KY_OBJECT_COUNT] = {
    [KY_OBJECT_DOSSIER] = "SELECT count(*) FROM dossier WHERE id = $1 AND path >= $2 AND path < $3",
    [KY_OBJECT_ORG] = "SELECT count(*) FROM organisation WHERE id = $1 AND path >= $2 AND path < $3",
    [KY_OBJECT_STAFF] = "SELECT count(*) FROM staff JOIN organisation ON organisation.id = staff.org_id"
                        " WHERE staff.id = $1 AND organisation.path >= $2 AND organisation.path < $3",
    [KY_OBJECT_MESSAGE] = "SELECT count(*) FROM message LEFT JOIN dossier ON dossier.id = message.dossier_id"
                          " WHERE message.id = $1 AND coalesce(dossier.path, '/') >= $2"
                          " AND coalesce(dossier.path, '/') < $3",
    [KY_OBJECT_CERTIFICATE] = "SELECT count(*) FROM certificate WHERE serial = $1 AND status <> 'waiting'"
                              " AND path >= $2 AND path < $3",
};

ky_rc ky_scope_check(struct ky_store *s, const struct ky_scope *scope, ky_object kind, const char *id)
{
    int64_t n = 0;
    if (kind <= KY_OBJECT_NONE || kind >= KY_OBJECT_COUNT)
        return ky_fail(KY_EINTERNAL, "scope: nothing to look for");
    KY_TRY(ky_store_query_int(
        &n, s, questions[kind],
        KY_PARAMS(ky_value_text(id), ky_value_text(scope->from), ky_value_text(scope->to))));
    return n == 1 ? KY_OK : ky_fail(KY_ENOTFOUND, "there is no such thing");
}
