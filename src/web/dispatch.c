/* Authority, body, handler, failure; see dispatch.h. */
#include "web/dispatch.h"

#include <strings.h>

#include "base/log.h"
#include "base/str.h"
#include "domain/api_client.h"
#include "web/session.h"
#include "web/visit.h"

#define RETRY_AFTER_S "2"

/* How a failure is told. own_fault: its text is for our log only. */
static const struct failure {
    ky_rc rc;
    unsigned status;
    const char *error;
    bool own_fault;
    const char *vi;
} failures[] = {
    {KY_EINVAL, 400, "invalid_request", false, "Yêu cầu không hợp lệ."},
    {KY_EFORMAT, 400, "invalid_request", false, "Dữ liệu gửi lên không đúng định dạng."},
    {KY_ELIMIT, 413, "too_large", false, "Dữ liệu gửi lên vượt giới hạn cho phép."},
    {KY_ENOTFOUND, 404, "not_found", false, "Không tìm thấy."},
    {KY_EEXIST, 409, "conflict", false, "Đã tồn tại hoặc đã được xử lý."},
    {KY_EDENIED, 403, "access_denied", false, "Yêu cầu bị từ chối theo quy định."},
    {KY_EAUTH, 403, "invalid_authorisation", false, "Chữ ký hoặc bằng chứng xác nhận không đúng."},
    {KY_EEXPIRED, 410, "expired", false, "Yêu cầu đã hết hạn; đề nghị thực hiện lại."},
    {KY_EBUSY, 503, "temporarily_unavailable", false, "Hệ thống đang bận; đề nghị thử lại sau."},
    {KY_ETOKEN, 503, "temporarily_unavailable", true,
     "Thiết bị HSM tạm thời không sẵn sàng; đề nghị thử lại sau."},
    {KY_EIO, 503, "temporarily_unavailable", true, "Hệ thống tạm thời gián đoạn; đề nghị thử lại sau."},
    {KY_EINTERNAL, 500, "server_error", true, "Lỗi hệ thống."}, /* last: also for what is not listed */
};

static const struct failure *find_failure(ky_rc rc)
{
    size_t i = 0;
    while (i + 1 < KY_COUNT(failures) && failures[i].rc != rc)
        i++;
    return &failures[i];
}

void ky_answer_failure(struct ky_exchange *x, ky_rc rc)
{
    const struct failure *f = find_failure(rc);
    ky_route_family family = x->route == NULL ? KY_FAMILY_PORTAL : x->route->family;
    const char *why = f->own_fault ? f->vi : ky_error();
    const char *vi = rc == KY_EDENIED && x->why.vi[0] != 0 ? x->why.vi : f->vi;
    ky_log(f->own_fault ? KY_LOG_ERROR : KY_LOG_INFO, "http.refused", "id=%s code=%s reason=" KY_Q, x->id,
           ky_rc_name(rc), ky_error());
    x->header_count = 0;
    if (f->status == 503)
        ky_exchange_header(x, "Retry-After", RETRY_AFTER_S);
    if (family == KY_FAMILY_PKI)
        (void)!ky_answer_bytes(x, f->status, "text/plain; charset=utf-8", ky_bytes_str(why));
    else if (family == KY_FAMILY_CSC)
        ky_answer_refusal(x, f->status, f->error, why, NULL);
    else
        ky_answer_refusal(x, f->status, f->error, why, vi);
}

bool ky_rc_is_refusal(ky_rc rc)
{
    return rc != KY_OK && find_failure(rc)->status < 500;
}

void ky_failure_put(struct ky_json_out *o, const char *name, struct ky_exchange *x, ky_rc rc)
{
    const struct failure *f = find_failure(rc);
    ky_json_open_object(o, name);
    ky_json_put_cstr(o, "error", f->error);
    ky_json_put_cstr(o, "error_description", f->own_fault ? f->vi : ky_error());
    ky_json_put_cstr(o, "vi", rc == KY_EDENIED && x->why.vi[0] != 0 ? x->why.vi : f->vi);
    ky_json_close_object(o);
    x->why = (struct ky_why){.vi = ""};
}

ky_rc ky_bearer_read(struct ky_bytes *out, const char *authorization)
{
    static const char scheme[] = "Bearer ";
    if (authorization == NULL || strncasecmp(authorization, scheme, sizeof scheme - 1) != 0)
        return ky_fail(KY_EFORMAT, "Malformed authorization header.");
    struct ky_bytes token = ky_bytes_str(authorization + sizeof scheme - 1);
    if (token.n == 0 || memchr(token.p, ' ', token.n) != NULL)
        return ky_fail(KY_EFORMAT, "Malformed authorization header.");
    *out = token;
    return KY_OK;
}

struct identity {
    struct ky_exchange *x;
    struct ky_bytes token;
};

static ky_rc find_staff(struct ky_store *s, void *ctx)
{
    struct identity *i = ctx;
    KY_TRY(ky_staff_authenticate(&i->x->actor, &i->x->arena, s, i->token, i->x->now));
    return ky_route_check_object(s, i->x);
}

static ky_rc find_client(struct ky_store *s, void *ctx)
{
    struct identity *i = ctx;
    return ky_access_token_check(&i->x->token, &i->x->arena, s, i->token, i->x->now);
}

static ky_rc refuse(struct ky_exchange *x, unsigned status, const char *error, const char *text,
                    const char *vi)
{
    ky_answer_refusal(x, status, error, text, x->route->family == KY_FAMILY_CSC ? NULL : vi);
    if (status == 401)
        ky_exchange_header(x, "WWW-Authenticate", "Bearer");
    return ky_fail(KY_EAUTH, "%s", text);
}

/* A browser's cookie counts where no token was sent, or where a token does not do. */
static bool by_session(const struct ky_exchange *x)
{
    bool only = (x->route->demands & KY_ROUTE_SESSION) != 0;
    bool client = (x->route->roles & KY_MAY_CLIENT) != 0;
    return only || (!client && x->authorization == NULL && x->session_cookie != NULL);
}

/* The token decides only what may be asked for; whether anything is signed or issued is for the key processes. */
static ky_rc authorise(struct ky_web *web, struct ky_exchange *x)
{
    struct identity who = {.x = x};
    bool client = (x->route->roles & KY_MAY_CLIENT) != 0;
    if (x->route->roles == 0)
        return (x->route->demands & KY_ROUTE_PAGE) != 0 ? ky_session_check_page(web, x) : KY_OK;
    if ((x->route->roles & KY_MAY_VISIT) != 0)
        return ky_visit_authorise(web, x);
    if (by_session(x))
        return ky_session_authorise(web, x);
    if (ky_bearer_read(&who.token, x->authorization) != KY_OK)
        return refuse(x, client ? 400 : 401, "invalid_request", ky_error(),
                      "Thiếu mã truy cập (Authorization: Bearer).");
    ky_rc rc = ky_db_read(web->db, client ? find_client : find_staff, &who);
    if (rc == KY_EAUTH)
        return refuse(x, 401, "invalid_token", "The access or refresh token is expired or has been revoked.",
                      "Mã truy cập không đúng, đã hết hạn hoặc bị thu hồi.");
    KY_TRY(rc);
    if (!client && (x->actor.roles & x->route->roles) == 0)
        return refuse(x, 403, "access_denied", "not with this role", "Tài khoản không có quyền này.");
    return KY_OK;
}

static bool type_is(const char *sent, const char *wanted)
{
    size_t n = strlen(wanted);
    return sent != NULL && strncasecmp(sent, wanted, n) == 0 &&
           (sent[n] == 0 || sent[n] == ';' || sent[n] == ' ');
}

static ky_rc check_type(const struct ky_exchange *x)
{
    const struct ky_route *r = x->route;
    const char *wanted = r->body == KY_BODY_JSON ? "application/json" : r->type;
    if (r->body == KY_BODY_NONE || type_is(x->content_type, wanted))
        return KY_OK;
    return ky_fail(KY_EFORMAT, "Content-Type must be %s", wanted);
}

static ky_rc read_body(struct ky_exchange *x)
{
    const struct ky_route *r = x->route;
    KY_TRY(check_type(x));
    if (r->body != KY_BODY_JSON)
        return KY_OK;
    if (ky_json_parse(&x->json, x->body, r->max_body) !=
        KY_OK) /* its text quotes the body, which may hold secrets */
        return ky_fail(KY_EFORMAT, "the body is not well-formed JSON");
    return json_is_object(x->json) ? KY_OK : ky_fail(KY_EFORMAT, "the body is not a JSON object");
}

/* Pages of the approval app, on its own origin, may read answers of the approval API; nobody else may. */
static void allow_origin(const struct ky_web *web, struct ky_exchange *x)
{
    if (x->route->family != KY_FAMILY_APPROVE || web->founding == NULL)
        return;
    ky_exchange_header(x, "Vary", "Origin");
    if (ky_str_eq(x->origin, web->founding->origin))
        ky_exchange_header(x, "Access-Control-Allow-Origin", web->founding->origin);
}

static ky_rc answer(struct ky_web *web, struct ky_exchange *x)
{
    KY_TRY(authorise(web, x));
    KY_TRY(read_body(x));
    return x->route->handle(web, x);
}

static void conclude(const struct ky_web *web, struct ky_exchange *x, ky_rc rc)
{
    if (rc != KY_OK && (x->status == 0 || x->status < 400))
        ky_answer_failure(x, rc);
    if (x->route->family != KY_FAMILY_PKI && !ky_exchange_has_header(x, "Cache-Control"))
        ky_exchange_header(x, "Cache-Control", "no-store");
    allow_origin(web, x);
}

bool ky_dispatch_admits(struct ky_web *web, struct ky_exchange *x)
{
    ky_rc rc = authorise(web, x);
    if (rc == KY_OK)
        rc = check_type(x);
    if (rc != KY_OK)
        conclude(web, x, rc);
    return rc == KY_OK;
}

void ky_dispatch(struct ky_web *web, struct ky_exchange *x)
{
    ky_rc rc = answer(web, x);
    if (rc == KY_OK && x->status == 0)
        rc = ky_fail(KY_EINTERNAL, "%s gave no answer", x->route->path);
    if (rc == KY_OK)
        rc = ky_buf_finish(&x->out);
    conclude(web, x, rc);
}
