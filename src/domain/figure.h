/* Figures of a branch: what came in, what was answered, how long it took; by province, sector, procedure or month. */
#ifndef KY_DOMAIN_FIGURE_H
#define KY_DOMAIN_FIGURE_H

#include "domain/dossier.h"
#include "store/figure.h"

#define KY_FIGURE_BUCKETS 21
#define KY_FIGURE_MONTHS_MAX 60 /* of one question */
#define KY_FIGURE_ROWS_MAX 256  /* groups of one answer */

struct ky_figure_sums {
    char key[64]; /* province, sector, procedure, "2026-11" */
    int64_t sent, done, refused, withdrawn, lapsed;
    int64_t late;                       /* of those done or refused */
    int64_t buckets[KY_FIGURE_BUCKETS]; /* of those done or refused, by the time it took */
};

struct ky_figures {
    struct ky_figure_sums all, *rows; /* rows lie in the arena */
    size_t n;
    int64_t open, overdue; /* now */
};

/* 202611: the month in Vietnam. */
int64_t ky_figure_month(ky_time t);
/* "2026-11" → 202611. KY_EFORMAT. */
ky_rc ky_figure_month_parse(int64_t *out, struct ky_bytes text);
/* Months from first to last, both counted. */
int64_t ky_figure_month_count(int64_t first, int64_t last);
/* n months later; n may be negative. */
int64_t ky_figure_month_add(int64_t month, int64_t n);

/* The dossier is sent for the first time. */
ky_rc ky_figure_count_sent(struct ky_store *s, const struct ky_dossier *d, ky_time now);
/* The dossier goes to another state: counted when that ends the work on it. */
ky_rc ky_figure_count_step(struct ky_store *s, const struct ky_dossier *d, const char *to, ky_time now);

/* A certificate has become good (1), or was revoked (-1): it ends, or does not any more, in its month. */
ky_rc ky_figure_count_certificate(struct ky_store *s, const char *serial, int64_t change);
/* How many certificates in force end in each of so many months from the first on; of this one also those that have ended. */
ky_rc ky_outlook_read(int64_t *counts, size_t months, struct ky_store *s, const struct ky_scope *scope,
                      int64_t first);

/* KY_ELIMIT: more than KY_FIGURE_ROWS_MAX groups. */
ky_rc ky_figures_read(struct ky_figures *out, struct ky_arena *a, struct ky_store *s,
                      const struct ky_scope *scope, ky_figure_group by, int64_t first, int64_t last);

/* Seconds within which that share (50, 90 percent) was answered: the upper end of its bucket; 0: nothing was answered. */
int64_t ky_figure_percentile_s(const struct ky_figure_sums *f, int percent);
int64_t ky_figure_answered(const struct ky_figure_sums *f);

#endif
