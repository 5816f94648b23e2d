/* Finding the line of the route table; see route.h. */
#include "web/route.h"

#include "base/str.h"

#define OBJECT_DIGITS 32
#define NO_OBJECT "there is no such thing, or it is not yours to see"

static ky_rc answer_preflight(struct ky_web *web, struct ky_exchange *x)
{
    (void)web;
    ky_exchange_header(x, "Access-Control-Allow-Methods", "GET, POST");
    ky_exchange_header(x, "Access-Control-Allow-Headers", "Content-Type");
    ky_exchange_header(x, "Access-Control-Max-Age", "600");
    return ky_answer_empty(x);
}

static const struct ky_route preflight = {
    .method = "OPTIONS", .path = "OPTIONS", .family = KY_FAMILY_APPROVE, .handle = answer_preflight};

/* Is this (without the slash at its start) an address of the pages, and of no interface? */
static bool is_page(const char *path)
{
    static const char *const interfaces[] = {"api/", "approve/", "csc/", "oauth2/"};
    size_t i = 0;
    while (i < KY_COUNT(interfaces) && !ky_str_starts(path, interfaces[i]))
        i++;
    return i == KY_COUNT(interfaces);
}

/* One segment at a time; params get what stood for each {}. */
static bool path_fits(struct ky_exchange *x, const char *pattern, const char *path)
{
    size_t param = 0;
    memset(x->params, 0, sizeof x->params);
    while (*pattern != 0) {
        if (ky_str_eq(pattern, "{page}"))
            return is_page(path);
        if (ky_str_eq(pattern, "{*}")) {
            x->params[param] = ky_bytes_str(path);
            return *path != 0;
        }
        if (ky_str_starts(pattern, "{}")) {
            size_t n = strcspn(path, "/");
            if (n == 0 || param == KY_EXCHANGE_PARAMS_MAX)
                return false;
            x->params[param++] = KY_BYTES(path, n);
            pattern += 2;
            path += n;
            continue;
        }
        if (*pattern++ != *path++)
            return false;
    }
    return *path == 0;
}

static bool method_fits(const char *wanted, const char *method)
{
    return ky_str_eq(wanted, method) || (ky_str_eq(wanted, "GET") && ky_str_eq(method, "HEAD"));
}

/* What would have been heard at that address (RFC 9110 §15.5.6); x->route is one of its lines. */
static const char *methods_of(struct ky_exchange *x, const struct ky_route *routes, size_t count)
{
    const char *all = "";
    for (size_t i = 0; all != NULL && i < count; i++)
        if (ky_str_eq(routes[i].path, x->route->path))
            all = ky_arena_printf(&x->arena, "%s%s%s", all, all[0] == 0 ? "" : ", ", routes[i].method);
    return all;
}

static ky_rc refuse_method(struct ky_exchange *x, const struct ky_route *routes, size_t count)
{
    const char *methods = methods_of(x, routes, count);
    bool csc = x->route->family == KY_FAMILY_CSC;
    if (methods == NULL)
        return KY_ENOMEM;
    ky_exchange_header(x, "Allow", methods);
    ky_answer_refusal(x, 405, "invalid_request", "not with this method",
                      csc ? NULL : "Địa chỉ này không nhận phương thức đã dùng.");
    return ky_fail(KY_EDENIED, "not with method %s", x->method);
}

ky_rc ky_route_find(struct ky_exchange *x, const struct ky_route *routes, size_t count)
{
    x->route = NULL;
    for (size_t i = 0; i < count; i++) {
        bool other = x->route != NULL && !ky_str_eq(routes[i].path, x->route->path);
        if (other || !path_fits(x, routes[i].path, x->path)) /* the first that fits is the address */
            continue;
        x->route = &routes[i];
        if (method_fits(routes[i].method, x->method))
            return KY_OK;
        if (routes[i].family == KY_FAMILY_APPROVE && ky_str_eq(x->method, "OPTIONS")) {
            x->route = &preflight;
            return KY_OK;
        }
    }
    if (x->route != NULL)
        return refuse_method(x, routes, count);
    if (ky_str_starts(x->path, "/csc/")) /* a method of CSC that is not offered (CSC v2 §10.1) */
        ky_answer_refusal(x, 501, "access_denied", "The user or Remote Service denied the request.", NULL);
    return ky_fail(KY_ENOTFOUND, "no such address");
}

/* Another's object and one that was never there are the same: to be asked before role and body are looked at. */
ky_rc ky_route_check_object(struct ky_store *s, struct ky_exchange *x)
{
    const char *id;
    const struct ky_scope scope = ky_actor_scope(&x->actor);
    if (x->route->object == KY_OBJECT_NONE || x->route->object == KY_OBJECT_FREE)
        return KY_OK;
    if (ky_exchange_param_hex(&id, x, 0, OBJECT_DIGITS) != KY_OK)
        return ky_fail(KY_ENOTFOUND, NO_OBJECT);
    ky_rc rc = ky_scope_check(s, &scope, x->route->object, id);
    return rc == KY_ENOTFOUND ? ky_fail(KY_ENOTFOUND, NO_OBJECT) : rc;
}
