/* One-time addresses at the door; see visit.h. */
#include "web/visit.h"

#include "base/str.h"
#include "web/throttle.h"

static const struct {
    unsigned status;
    const char *error, *en, *vi;
} told[] = {
    [KY_VISIT_UNKNOWN] =
        {404, "not_found", "no such address, or another has taken its place",
         "Địa chỉ không đúng hoặc đã được thay bằng địa chỉ khác; đề nghị bấm ký lại trên trang."},
    [KY_VISIT_USED] = {410, "address_used", "this address was used before; begin again on the page",
                       "Địa chỉ này đã được dùng; đề nghị bấm ký lại trên trang."},
    [KY_VISIT_ENDED] = {410, "address_expired",
                        "this address or the session has ended; begin again on the page",
                        "Địa chỉ này hoặc phiên làm việc đã hết hạn; đề nghị bấm ký lại trên trang."},
};

struct call {
    struct ky_web *w;
    struct ky_exchange *x;
    ky_visit_verdict verdict;
};

static ky_visit_kind kind_of(const struct ky_exchange *x)
{
    return ky_str_eq(x->route->method, "POST") ? KY_VISIT_UPLOAD : KY_VISIT_DOWNLOAD;
}

static ky_rc find(struct ky_store *s, void *ctx)
{
    struct call *c = ctx;
    struct ky_exchange *x = c->x;
    return ky_visit_find(&c->verdict, &x->visit, &x->actor, &x->arena, s, kind_of(x), x->params[0],
                         &c->w->login.limits, x->now);
}

static ky_rc use(struct ky_store *s, void *ctx)
{
    struct call *c = ctx;
    return ky_visit_use(&c->verdict, s, kind_of(c->x), c->x->params[0], c->x->now);
}

static ky_rc answer(const struct call *c)
{
    const ky_visit_verdict v = c->verdict;
    if (v == KY_VISIT_GOOD)
        return KY_OK;
    ky_answer_refusal(c->x, told[v].status, told[v].error, told[v].en, told[v].vi);
    return ky_fail(KY_EAUTH, "%s", told[v].en);
}

ky_rc ky_visit_authorise(struct ky_web *w, struct ky_exchange *x)
{
    struct call c = {.w = w, .x = x};
    const int64_t wait = ky_throttle_wait(w->visits, x->place.address, x->now);
    if (wait > 0)
        return ky_answer_often(x, wait);
    KY_TRY(ky_db_read(w->db, find, &c));
    if (c.verdict != KY_VISIT_GOOD)
        ky_throttle_count(w->visits, x->place.address, x->now);
    return answer(&c);
}

ky_rc ky_visit_begin(struct ky_web *w, struct ky_exchange *x)
{
    struct call c = {.w = w, .x = x};
    ky_throttle_count(w->visits, x->place.address, x->now);
    KY_TRY(ky_store_submit(w->db, use, &c));
    return answer(&c);
}
