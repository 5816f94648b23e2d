/* Cookies and who may ask by them; see session.h. */
#include "web/session.h"

#include "base/str.h"

#define ATTRIBUTES "; Path=/; Secure; HttpOnly; SameSite=Strict"
#define GONE "=" ATTRIBUTES "; Max-Age=0"

static ky_rc refuse(struct ky_exchange *x, unsigned status, const char *error, const char *text,
                    const char *vi)
{
    ky_answer_refusal(x, status, error, text, vi);
    return ky_fail(KY_EAUTH, "%s", text);
}

ky_rc ky_session_check_page(const struct ky_web *w, struct ky_exchange *x)
{
    const char *own = w->login.origin;
    if (own != NULL && ky_str_eq(x->origin, own) && ky_str_eq(x->page, "1"))
        return KY_OK;
    return refuse(x, 403, "foreign_page", "not asked by a page of this service",
                  "Yêu cầu không đến từ trang của hệ thống này.");
}

struct lookup {
    const struct ky_web *w;
    struct ky_exchange *x;
};

static ky_rc find(struct ky_store *s, void *ctx)
{
    const struct lookup *l = ctx;
    struct ky_exchange *x = l->x;
    KY_TRY(ky_session_find(&x->session, &x->actor, &x->arena, s, ky_bytes_str(x->session_cookie),
                           &l->w->login.limits, x->now));
    return ky_route_check_object(s, x);
}

ky_rc ky_session_look(struct ky_web *w, struct ky_exchange *x)
{
    struct lookup l = {w, x};
    if (x->session_cookie == NULL)
        return KY_OK;
    ky_rc rc = ky_db_read(w->db, find, &l);
    return rc == KY_EAUTH ? KY_OK : rc;
}

static ky_rc set_used(struct ky_store *s, void *ctx)
{
    const struct ky_exchange *x = ctx;
    return ky_db_session_set_used(s, x->session.id, x->now);
}

static bool changes_something(const struct ky_exchange *x)
{
    return !ky_str_eq(x->method, "GET") && !ky_str_eq(x->method, "HEAD");
}

static ky_rc check_demands(struct ky_exchange *x)
{
    if ((x->actor.roles & x->route->roles) == 0)
        return refuse(x, 403, "access_denied", "not with this role", "Tài khoản không có quyền này.");
    if ((x->route->demands & KY_ROUTE_FRESH) != 0 && !ky_session_is_fresh(&x->session, x->now))
        return refuse(x, 403, "step_up_required", "use your passkey or certificate again first",
                      "Cần xác nhận lại bằng khóa truy cập hoặc chứng thư số trước khi thực hiện.");
    return KY_OK;
}

ky_rc ky_session_authorise(struct ky_web *w, struct ky_exchange *x)
{
    KY_TRY(ky_session_look(w, x));
    if (x->session.id == NULL) {
        ky_session_clear_cookie(x, KY_SESSION_COOKIE);
        return refuse(x, 401, "not_logged_in", "not logged in, or the session has ended",
                      "Chưa đăng nhập hoặc phiên làm việc đã kết thúc.");
    }
    if (changes_something(x))
        KY_TRY(ky_session_check_page(w, x));
    KY_TRY(check_demands(x));
    return ky_session_is_stale(&x->session, x->now) ? ky_store_submit(w->db, set_used, x) : KY_OK;
}

ky_rc ky_session_set_cookie(struct ky_exchange *x, const char *name, const char *value, int max_age_s)
{
    const char *text = max_age_s == 0 ? ky_arena_printf(&x->arena, "%s=%s" ATTRIBUTES, name, value)
                                      : ky_arena_printf(&x->arena, "%s=%s" ATTRIBUTES "; Max-Age=%d", name,
                                                        value, max_age_s);
    if (text == NULL)
        return KY_ENOMEM;
    ky_exchange_header(x, "Set-Cookie", text);
    return KY_OK;
}

void ky_session_clear_cookie(struct ky_exchange *x, const char *name)
{
    ky_exchange_header(x, "Set-Cookie",
                       ky_str_eq(name, KY_LOGIN_COOKIE) ? KY_LOGIN_COOKIE GONE : KY_SESSION_COOKIE GONE);
}
