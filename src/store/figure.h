/*
 * Counters of dossiers for every branch that holds them: how many stand where,
 * and what happened in a month. Kept in the transaction that moves a dossier.
 */
#ifndef KY_STORE_FIGURE_H
#define KY_STORE_FIGURE_H

#include "store/scope.h"
#include "store/table.h"

struct ky_db_dossier_count {
    const char *state;
    int64_t stage;
    int64_t dossiers;
};

/* change: 1 or -1, for every branch of the path. */
ky_rc ky_db_count_add(struct ky_store *s, const char *path, const char *state, int64_t stage, int64_t change);
/* Every state and stage in which the scope has any. */
ky_rc ky_db_dossier_counts(struct ky_db_dossier_count **out, size_t *n, struct ky_arena *a,
                           struct ky_store *s, const struct ky_scope *scope);

/* What is counted of one dossier. */
struct ky_db_figure_key {
    const char *path;
    int64_t month; /* year × 100 + month */
    const char *procedure, *province, *sector;
};
/* change: 1 or -1, of the measure, for every branch of the path. */
ky_rc ky_db_figure_add(struct ky_store *s, const struct ky_db_figure_key *key, const char *measure,
                       int64_t change);

/* What figures are grouped by; the words of the API. */
typedef enum ky_figure_group {
    KY_FIGURE_PROVINCE,
    KY_FIGURE_SECTOR,
    KY_FIGURE_PROCEDURE,
    KY_FIGURE_MONTH,
    KY_FIGURE_GROUPS
} ky_figure_group;

/* Called for each group and measure, groups in order; texts are borrowed until it returns. */
typedef ky_rc ky_figure_fn(void *ctx, const char *group, const char *measure, int64_t n);
/* The sums of a scope over months first … last. */
ky_rc ky_db_figure_sums(struct ky_store *s, const struct ky_scope *scope, ky_figure_group by, int64_t first,
                        int64_t last, ky_figure_fn *fn, void *ctx);

/* The branch whose path was `from` has moved to `to`: what it counted goes from those above to those above now. */
ky_rc ky_db_figure_move(struct ky_store *s, const char *from, const char *to);

#endif
