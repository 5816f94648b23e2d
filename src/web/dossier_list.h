/* What a list or an export of dossiers is asked for, and its pages. */
#ifndef KY_WEB_DOSSIER_LIST_H
#define KY_WEB_DOSSIER_LIST_H

#include "domain/search.h"
#include "store/dossier.h"
#include "web/web.h"

struct ky_dossier_query {
    struct ky_dossier_filter filter;
    ky_dossier_order order;
    bool searched;           /* by `search`, in the order of ordinals */
    struct ky_search search; /* words or an identity number */
    struct ky_scope scope;
};

/* q, state, procedure, org, sort. KY_EINVAL, KY_ELIMIT, KY_EFORMAT naming the argument. */
ky_rc ky_dossier_query_read(struct ky_dossier_query *out, struct ky_web *w, struct ky_exchange *x,
                            const struct ky_scope *scope);
ky_rc ky_dossier_query_list(struct ky_db_dossier **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                            const struct ky_dossier_query *q, const struct ky_page *page);
/* The number of the cursor behind this one. */
int64_t ky_dossier_query_number(const struct ky_dossier_query *q, const struct ky_db_dossier *d);

#endif
