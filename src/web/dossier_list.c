/* See dossier_list.h. */
#include "web/dossier_list.h"

#include "base/hex.h"
#include "base/str.h"
#include "domain/dossier_state.h"
#include "domain/procedure.h"

/* Words, or a whole identity number; a serial is a certificate's, but its digits may be a word. */
static ky_rc read_search(struct ky_dossier_query *q, const struct ky_web *w, struct ky_exchange *x,
                         const char *typed)
{
    if (q->order != KY_DOSSIER_NEWEST)
        return ky_fail(KY_EINVAL, "q: what is found comes newest first, not by sort");
    KY_TRY(ky_search_read(&q->search, &x->arena, typed, &w->personal, &q->scope));
    return q->search.serial == NULL ? KY_OK
                                    : ky_search_words(&q->search, &x->arena, q->search.serial, &q->scope);
}

static ky_rc read_order(ky_dossier_order *out, const char *sort)
{
    static const struct {
        const char *name;
        ky_dossier_order order;
    } sorts[] = {{"due", KY_DOSSIER_DUE}, {"oldest", KY_DOSSIER_OLDEST}};
    *out = KY_DOSSIER_NEWEST;
    for (size_t i = 0; i < KY_COUNT(sorts); i++)
        if (ky_str_eq(sort, sorts[i].name))
            *out = sorts[i].order;
    return sort == NULL || *out != KY_DOSSIER_NEWEST ? KY_OK
                                                     : ky_fail(KY_EFORMAT, "sort: \"due\" or \"oldest\"");
}

static bool is_procedure(const char *name)
{
    for (ky_procedure p = 0; p < KY_PROCEDURE_COUNT; p++)
        if (ky_str_eq(name, ky_procedure_name(p)))
            return true;
    return false;
}

/* A filter that means nothing is told, not passed over. */
static ky_rc check_filter(const struct ky_dossier_filter *f)
{
    uint8_t id[KY_ID_SIZE];
    if (f->state != NULL && ky_dossier_state_find(f->state) == NULL)
        return ky_fail(KY_EFORMAT, "state: there is none of that name");
    if (f->procedure != NULL && !is_procedure(f->procedure))
        return ky_fail(KY_EFORMAT, "procedure: there is none of that name");
    if (f->org_id != NULL && ky_hex_decode(id, sizeof id, ky_bytes_str(f->org_id)) != KY_OK)
        return ky_fail(KY_EFORMAT, "org: the id of an organisation");
    return KY_OK;
}

static bool is_narrowed(const struct ky_dossier_query *q)
{
    return q->order != KY_DOSSIER_NEWEST || q->filter.org_id != NULL || q->filter.state != NULL ||
           q->filter.procedure != NULL;
}

/* All of a branch, newest first: its own word finds them in that order, however large it is. */
static ky_rc read_branch(struct ky_dossier_query *q, struct ky_exchange *x)
{
    q->searched = !ky_scope_is_everything(&q->scope);
    return q->searched ? ky_search_words(&q->search, &x->arena, "", &q->scope) : KY_OK;
}

ky_rc ky_dossier_query_read(struct ky_dossier_query *out, struct ky_web *w, struct ky_exchange *x,
                            const struct ky_scope *scope)
{
    const char *typed = ky_exchange_arg(x, "q");
    *out = (struct ky_dossier_query){.filter = {.org_id = ky_exchange_arg(x, "org"),
                                                .state = ky_exchange_arg(x, "state"),
                                                .procedure = ky_exchange_arg(x, "procedure")},
                                     .searched = typed != NULL && typed[0] != 0,
                                     .scope = *scope};
    KY_TRY(read_order(&out->order, ky_exchange_arg(x, "sort")));
    KY_TRY(check_filter(&out->filter));
    if (out->searched)
        return read_search(out, w, x, typed);
    return is_narrowed(out) ? KY_OK : read_branch(out, x);
}

ky_rc ky_dossier_query_list(struct ky_db_dossier **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                            const struct ky_dossier_query *q, const struct ky_page *page)
{
    if (q->searched)
        return ky_db_dossier_list_found(out, n, a, s, &q->scope, &q->filter, q->search.match,
                                        KY_BYTES_OF(q->search.identity_hash), page);
    return ky_db_dossier_list(out, n, a, s, &q->scope, &q->filter, q->order, page);
}

int64_t ky_dossier_query_number(const struct ky_dossier_query *q, const struct ky_db_dossier *d)
{
    return q->searched ? d->ordinal : ky_db_dossier_number(d, q->order);
}
