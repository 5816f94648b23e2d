/* See dossier_list.h. */
#include "web/dossier_list.h"

#include "base/hex.h"
#include "base/str.h"
#include "domain/dossier_state.h"

/* Words, or a whole identity number; a serial is a certificate's, but its digits may be a word. */
static ky_rc read_search(struct ky_dossier_query *q, const struct ky_web *w, struct ky_exchange *x,
                         const char *typed)
{
    if (q->by_due)
        return ky_fail(KY_EINVAL, "q: what is found comes newest first, not by sort");
    KY_TRY(ky_search_read(&q->search, &x->arena, typed, &w->personal, &q->scope));
    return q->search.serial == NULL ? KY_OK
                                    : ky_search_words(&q->search, &x->arena, q->search.serial, &q->scope);
}

/* A filter that means nothing is told, not passed over. */
static ky_rc check_filter(const struct ky_dossier_query *q, const char *sort)
{
    uint8_t id[KY_ID_SIZE];
    if (q->state != NULL && ky_dossier_state_find(q->state) == NULL)
        return ky_fail(KY_EFORMAT, "state: there is none of that name");
    if (q->org != NULL && ky_hex_decode(id, sizeof id, ky_bytes_str(q->org)) != KY_OK)
        return ky_fail(KY_EFORMAT, "org: the id of an organisation");
    return sort == NULL || q->by_due ? KY_OK : ky_fail(KY_EFORMAT, "sort: \"due\"");
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
    const char *typed = ky_exchange_arg(x, "q"), *sort = ky_exchange_arg(x, "sort");
    *out = (struct ky_dossier_query){.org = ky_exchange_arg(x, "org"),
                                     .state = ky_exchange_arg(x, "state"),
                                     .by_due = ky_str_eq(sort, "due"),
                                     .searched = typed != NULL && typed[0] != 0,
                                     .scope = *scope};
    KY_TRY(check_filter(out, sort));
    if (out->searched)
        return read_search(out, w, x, typed);
    return out->by_due || out->org != NULL || out->state != NULL ? KY_OK : read_branch(out, x);
}

ky_rc ky_dossier_query_list(struct ky_db_dossier **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                            const struct ky_dossier_query *q, const struct ky_page *page)
{
    if (q->searched)
        return ky_db_dossier_list_found(out, n, a, s, &q->scope, q->org, q->state, q->search.match,
                                        KY_BYTES_OF(q->search.identity_hash), page);
    return (q->by_due ? ky_db_dossier_list_due : ky_db_dossier_list)(out, n, a, s, &q->scope, q->org,
                                                                     q->state, page);
}

int64_t ky_dossier_query_number(const struct ky_dossier_query *q, const struct ky_db_dossier *d)
{
    if (q->searched)
        return d->ordinal;
    return q->by_due ? d->due_at : d->created_at;
}
