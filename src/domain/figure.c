/* See figure.h. */
#include "domain/figure.h"

#include <stdio.h>

#include "base/str.h"
#include "store/inventory.h"

#define MEASURE_MAX 32
#define CERTIFICATE_ARENA ((size_t)1 << 18) /* one row of each table */
#define WITHIN "within-"
#define ENDS "ends" /* certificates in force that end in the month: an outlook, and no figure of dossiers */

/* Upper ends, in hours; the last takes the rest. */
static const int64_t hours[KY_FIGURE_BUCKETS] = {1,  2,  4,  6,   8,   10,  12,  18,  24,  36,  48,
                                                 60, 72, 96, 120, 168, 240, 336, 480, 720, 8760};

/* ---- months ---- */

int64_t ky_figure_month(ky_time t)
{
    const struct ky_date d = ky_time_split(t + KY_TIME_VN_OFFSET_S);
    return (int64_t)d.year * 100 + d.month;
}

ky_rc ky_figure_month_parse(int64_t *out, struct ky_bytes text)
{
    uint64_t year = 0, month = 0;
    bool ok = text.n == 7 && text.p[4] == '-' && text.p[0] != '0' &&
              ky_parse_u64(&year, KY_BYTES(text.p, 4), 9999) == KY_OK;
    if (ok) /* "0" before it is no decimal number of ours */
        ok = ky_parse_u64(&month, KY_BYTES(text.p + 5 + (text.p[5] == '0'), 2 - (text.p[5] == '0')), 12) ==
             KY_OK;
    if (!ok || month == 0)
        return ky_fail(KY_EFORMAT, "a month is written YYYY-MM");
    *out = (int64_t)(year * 100 + month);
    return KY_OK;
}

static int64_t months_since_zero(int64_t month)
{
    return month / 100 * 12 + month % 100 - 1;
}

int64_t ky_figure_month_count(int64_t first, int64_t last)
{
    return months_since_zero(last) - months_since_zero(first) + 1;
}

int64_t ky_figure_month_add(int64_t month, int64_t n)
{
    int64_t months = months_since_zero(month) + n;
    return months / 12 * 100 + months % 12 + 1;
}

/* ---- counting ---- */

static struct ky_db_figure_key key_of(const struct ky_dossier *d, ky_time now)
{
    return (struct ky_db_figure_key){.path = d->head.path,
                                     .month = ky_figure_month(now),
                                     .procedure = d->head.procedure,
                                     .province = d->org.province,
                                     .sector = d->org.sector};
}

ky_rc ky_figure_count_sent(struct ky_store *s, const struct ky_dossier *d, ky_time now)
{
    const struct ky_db_figure_key key = key_of(d, now);
    return ky_db_figure_add(s, &key, "sent", 1);
}

/* From receipt, as it counts, to the answer. */
static ky_rc count_time(struct ky_store *s, const struct ky_db_figure_key *key, const struct ky_dossier *d,
                        ky_time now)
{
    char measure[MEASURE_MAX];
    ky_time from = d->head.received_at != 0 ? d->head.received_at : d->head.sent_at;
    size_t i = 0;
    while (i + 1 < KY_COUNT(hours) && now - from > hours[i] * KY_HOUR)
        i++;
    snprintf(measure, sizeof measure, WITHIN "%lld", (long long)hours[i]);
    KY_TRY(ky_db_figure_add(s, key, measure, 1));
    bool late = d->head.stage == 3 || (ky_str_eq(d->head.clock, "runs") && d->head.due_at < now);
    return late ? ky_db_figure_add(s, key, "late", 1) : KY_OK;
}

ky_rc ky_figure_count_step(struct ky_store *s, const struct ky_dossier *d, const char *to, ky_time now)
{
    const struct ky_state_info *before = ky_dossier_state_find(d->head.state),
                               *after = ky_dossier_state_find(to);
    const struct ky_db_figure_key key = key_of(d, now);
    if (d->head.sent_at == 0 || before == NULL || after == NULL || after->clock != KY_CLOCK_ENDS ||
        before->clock == KY_CLOCK_ENDS)
        return KY_OK;
    bool given_up = ky_str_eq(to, "withdrawn") || ky_str_eq(to, "lapsed");
    KY_TRY(ky_db_figure_add(s, &key, given_up || ky_str_eq(to, "refused") ? to : "done", 1));
    return given_up ? KY_OK : count_time(s, &key, d, now);
}

ky_rc ky_figure_count_certificate(struct ky_store *s, const char *serial, int64_t change)
{
    struct ky_db_org org;
    struct ky_db_dossier d;
    struct ky_db_listed_cert c;
    ky_auto_arena a = ky_arena_init(CERTIFICATE_ARENA);
    const struct ky_scope all = ky_scope_everything();
    KY_TRY(ky_db_inventory_get(&c, &a, s, &all, serial));
    KY_TRY(ky_db_dossier_get(&d, &a, s, &all, c.dossier_id));
    KY_TRY(ky_db_org_get(&org, &a, s, &all, c.org_id));
    const struct ky_db_figure_key key = {.path = c.path,
                                         .month = ky_figure_month(c.not_after),
                                         .procedure = d.procedure,
                                         .province = org.province,
                                         .sector = org.sector};
    return ky_db_figure_add(s, &key, ENDS, change);
}

/* ---- reading ---- */

static void add_to(struct ky_figure_sums *f, const char *measure, int64_t n)
{
    const struct {
        const char *name;
        int64_t *at;
    } plain[] = {{"sent", &f->sent},           {"done", &f->done},     {"refused", &f->refused},
                 {"withdrawn", &f->withdrawn}, {"lapsed", &f->lapsed}, {"late", &f->late}};
    uint64_t end = 0;
    for (size_t i = 0; i < KY_COUNT(plain); i++)
        if (ky_str_eq(plain[i].name, measure))
            *plain[i].at += n;
    if (!ky_str_starts(measure, WITHIN) ||
        ky_parse_u64(&end, ky_bytes_str(measure + strlen(WITHIN)), INT64_MAX) != KY_OK)
        return;
    size_t i = 0;
    while (i + 1 < KY_COUNT(hours) && (uint64_t)hours[i] < end)
        i++;
    f->buckets[i] += n;
}

struct reading {
    struct ky_figures *out;
    ky_figure_group by;
};

/* Groups come one after another. */
static ky_rc take(void *ctx, const char *group, const char *measure, int64_t n)
{
    struct reading *r = ctx;
    struct ky_figures *out = r->out;
    char key[sizeof out->rows->key];
    if (ky_str_eq(measure, ENDS))
        return KY_OK;
    if (r->by == KY_FIGURE_MONTH)
        snprintf(key, sizeof key, "%.4s-%.2s", group, strlen(group) == 6 ? group + 4 : "");
    else
        snprintf(key, sizeof key, "%s", group);
    if (out->n == 0 || !ky_str_eq(out->rows[out->n - 1].key, key)) {
        if (out->n == KY_FIGURE_ROWS_MAX)
            return ky_fail(KY_ELIMIT, "figures: more than %d groups", KY_FIGURE_ROWS_MAX);
        snprintf(out->rows[out->n++].key, sizeof key, "%s", key);
    }
    add_to(&out->rows[out->n - 1], measure, n);
    add_to(&out->all, measure, n);
    return KY_OK;
}

static ky_rc read_now(struct ky_figures *out, struct ky_arena *a, struct ky_store *s,
                      const struct ky_scope *scope)
{
    struct ky_db_dossier_count *counts = NULL;
    size_t n = 0;
    KY_TRY(ky_db_dossier_counts(&counts, &n, a, s, scope));
    for (size_t i = 0; i < n; i++) {
        const struct ky_state_info *state = ky_dossier_state_find(counts[i].state);
        bool open = state != NULL && (state->clock == KY_CLOCK_RUNS || state->clock == KY_CLOCK_STANDS ||
                                      ky_str_eq(state->id, "sent"));
        out->open += open ? counts[i].dossiers : 0;
        out->overdue += open && counts[i].stage == 3 ? counts[i].dossiers : 0;
    }
    return KY_OK;
}

ky_rc ky_figures_read(struct ky_figures *out, struct ky_arena *a, struct ky_store *s,
                      const struct ky_scope *scope, ky_figure_group by, int64_t first, int64_t last)
{
    struct reading r = {out, by};
    *out = (struct ky_figures){.rows = ky_arena_alloc_array(a, KY_FIGURE_ROWS_MAX, sizeof *out->rows)};
    if (out->rows == NULL)
        return KY_ENOMEM;
    KY_TRY(ky_db_figure_sums(s, scope, by, first, last, take, &r));
    return read_now(out, a, s, scope);
}

int64_t ky_figure_answered(const struct ky_figure_sums *f)
{
    return f->done + f->refused;
}

int64_t ky_figure_percentile_s(const struct ky_figure_sums *f, int percent)
{
    int64_t all = 0, below = 0;
    for (size_t i = 0; i < KY_FIGURE_BUCKETS; i++)
        all += f->buckets[i];
    for (size_t i = 0; all > 0 && i < KY_FIGURE_BUCKETS; i++) {
        below += f->buckets[i];
        if (below * 100 >= all * percent)
            return hours[i] * KY_HOUR;
    }
    return 0;
}

struct outlook {
    int64_t first, *counts;
    size_t months;
};

static ky_rc take_end(void *ctx, const char *group, const char *measure, int64_t n)
{
    struct outlook *o = ctx;
    uint64_t month = 0;
    if (!ky_str_eq(measure, ENDS) || ky_parse_u64(&month, ky_bytes_str(group), INT32_MAX) != KY_OK)
        return KY_OK;
    int64_t at = ky_figure_month_count(o->first, (int64_t)month) - 1;
    if (at >= 0 && (size_t)at < o->months)
        o->counts[at] += n;
    return KY_OK;
}

ky_rc ky_outlook_read(int64_t *counts, size_t months, struct ky_store *s, const struct ky_scope *scope,
                      int64_t first)
{
    struct outlook o = {first, counts, months};
    memset(counts, 0, months * sizeof *counts);
    return ky_db_figure_sums(s, scope, KY_FIGURE_MONTH, first,
                             ky_figure_month_add(first, (int64_t)months - 1), take_end, &o);
}
