/* Figures of a branch for charts; see domain/figure.h. */
#include <stdio.h>

#include "base/str.h"
#include "domain/figure.h"
#include "domain/org.h"
#include "web/api_certificate.h"
#include "web/execute.h"
#include "web/handlers.h"

#define MONTHS_DEFAULT 12
#define MONTH_TEXT 8
#define OUTLOOK_MONTHS 60 /* no certificate lives longer */

struct figure_call {
    struct ky_exchange *x;
    struct ky_scope scope;
    const char *by, *org;
    ky_figure_group group;
    int64_t first, last;
    struct ky_figures figures;
};

static const char *const groups[KY_FIGURE_GROUPS] = {[KY_FIGURE_PROVINCE] = "province",
                                                     [KY_FIGURE_SECTOR] = "sector",
                                                     [KY_FIGURE_PROCEDURE] = "procedure",
                                                     [KY_FIGURE_MONTH] = "month"};

static ky_rc read_month(int64_t *out, const struct ky_exchange *x, const char *name, int64_t otherwise)
{
    const char *text = ky_exchange_arg(x, name);
    *out = otherwise;
    return text == NULL ? KY_OK : ky_context(ky_figure_month_parse(out, ky_bytes_str(text)), "%s", name);
}

static ky_rc read_question(struct figure_call *c)
{
    struct ky_exchange *x = c->x;
    KY_TRY(ky_query_word(&c->by, x, "by", groups, KY_COUNT(groups)));
    if (c->by == NULL)
        return ky_fail(KY_EINVAL, "by: province, sector, procedure or month");
    while (!ky_str_eq(groups[c->group], c->by))
        c->group++;
    KY_TRY(ky_query_org(&c->org, x));
    KY_TRY(read_month(&c->last, x, "to", ky_figure_month(x->now)));
    KY_TRY(read_month(&c->first, x, "from", ky_figure_month_add(c->last, 1 - MONTHS_DEFAULT)));
    int64_t months = ky_figure_month_count(c->first, c->last);
    return months >= 1 && months <= KY_FIGURE_MONTHS_MAX
               ? KY_OK
               : ky_fail(KY_EINVAL, "from, to: 1 to %d months", KY_FIGURE_MONTHS_MAX);
}

/* The branch that begins at the organisation, within one's own. */
static ky_rc narrow(struct ky_store *s, struct figure_call *c)
{
    struct ky_db_org org;
    if (c->org == NULL)
        return KY_OK;
    KY_TRY(ky_db_org_get(&org, &c->x->arena, s, &c->scope, c->org));
    return ky_scope_make(&c->scope, org.path);
}

static ky_rc load(struct ky_store *s, void *ctx)
{
    struct figure_call *c = ctx;
    KY_TRY(narrow(s, c));
    return ky_figures_read(&c->figures, &c->x->arena, s, &c->scope, c->group, c->first, c->last);
}

static const char *label_of(const struct ky_legal *l, const struct figure_call *c, const char *key)
{
    static const struct {
        const char *key, *vi;
    } sectors[] = {{"education", "Giáo dục"}, {"health", "Y tế"}, {"authority", "Cơ quan quản lý"}};
    const struct ky_legal_procedure *procedure;
    if (c->group == KY_FIGURE_PROCEDURE && ky_legal_procedure_get(&procedure, l, key) == KY_OK)
        return procedure->vi;
    for (size_t i = 0; c->group == KY_FIGURE_SECTOR && i < KY_COUNT(sectors); i++)
        if (ky_str_eq(sectors[i].key, key))
            return sectors[i].vi;
    return key;
}

static void put_sums(struct ky_json_out *o, const char *name, const struct ky_figure_sums *f,
                     const char *label)
{
    ky_json_open_object(o, name);
    ky_json_put_cstr(o, "key", f->key);
    ky_json_put_cstr(o, "label", label);
    ky_json_put_int(o, "sent", f->sent);
    ky_json_put_int(o, "done", f->done);
    ky_json_put_int(o, "refused", f->refused);
    ky_json_put_int(o, "withdrawn", f->withdrawn);
    ky_json_put_int(o, "lapsed", f->lapsed);
    ky_json_put_int(o, "late", f->late);
    ky_json_put_int(o, "answered", ky_figure_answered(f));
    if (ky_figure_percentile_s(f, 50) != 0) {
        ky_json_put_int(o, "median_s", ky_figure_percentile_s(f, 50));
        ky_json_put_int(o, "p90_s", ky_figure_percentile_s(f, 90));
    }
    ky_json_close_object(o);
}

static void put_month(struct ky_json_out *o, const char *name, int64_t month)
{
    char text[MONTH_TEXT];
    snprintf(text, sizeof text, "%04d-%02d", (int)(month / 100), (int)(month % 100));
    ky_json_put_cstr(o, name, text);
}

ky_rc ky_handle_figures(struct ky_web *w, struct ky_exchange *x)
{
    const struct ky_legal *legal;
    struct figure_call c = {.x = x, .scope = ky_actor_scope(&x->actor)};
    KY_TRY(read_question(&c));
    KY_TRY(ky_legal_at(&legal, &w->legal, x->now));
    KY_TRY(ky_db_read(w->db, load, &c));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_put_cstr(o, "by", c.by);
    put_month(o, "from", c.first);
    put_month(o, "to", c.last);
    ky_json_put_cstr(o, "org", c.org != NULL ? c.org : x->actor.org_id);
    ky_json_open_array(o, "groups");
    for (size_t i = 0; i < c.figures.n; i++)
        put_sums(o, NULL, &c.figures.rows[i], label_of(legal, &c, c.figures.rows[i].key));
    ky_json_close_array(o);
    put_sums(o, "all", &c.figures.all, "Tất cả");
    ky_json_put_int(o, "open", c.figures.open);
    ky_json_put_int(o, "overdue", c.figures.overdue);
    return ky_answer_end(x);
}

/* ---- what ends when ---- */

struct outlook_call {
    struct figure_call base;
    int64_t counts[OUTLOOK_MONTHS];
};

static ky_rc load_outlook(struct ky_store *s, void *ctx)
{
    struct outlook_call *c = ctx;
    KY_TRY(narrow(s, &c->base));
    return ky_outlook_read(c->counts, OUTLOOK_MONTHS, s, &c->base.scope, c->base.first);
}

ky_rc ky_handle_outlook(struct ky_web *w, struct ky_exchange *x)
{
    struct outlook_call c = {.base = {.x = x, .scope = ky_actor_scope(&x->actor)}};
    c.base.first = ky_figure_month(x->now);
    KY_TRY(ky_query_org(&c.base.org, x));
    KY_TRY(ky_db_read(w->db, load_outlook, &c));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_put_cstr(o, "org", c.base.org != NULL ? c.base.org : x->actor.org_id);
    ky_json_open_array(o, "months");
    for (int i = 0; i < OUTLOOK_MONTHS; i++) {
        ky_json_open_object(o, NULL);
        put_month(o, "month", ky_figure_month_add(c.base.first, i));
        ky_json_put_int(o, "certificates", c.counts[i]);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
    return ky_answer_end(x);
}
