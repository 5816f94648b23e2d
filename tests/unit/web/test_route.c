#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include "base/str.h"
#include "os/file.h"
#include "web/handlers.h"
#include "web/routes.h"

static const struct ky_route table[] = {
    {.method = "GET", .path = "/a"},
    {.method = "POST", .path = "/a", .max_body = 10},
    {.method = "GET", .path = "/a/{}/b"},
    {.method = "POST", .path = "/a/{}/{}"},
    {.method = "GET", .path = "/x/{*}"},
    {.method = "POST", .path = "/approve/v1/code", .family = KY_FAMILY_APPROVE},
};

static ky_rc find(struct ky_exchange *x, const char *method, const char *path)
{
    ky_exchange_clear(x);
    ky_exchange_init(x);
    x->method = method;
    x->path = path;
    return ky_route_find(x, table, KY_COUNT(table));
}

static void finds_by_method_and_path(void **state)
{
    KY_CLEANUP(ky_exchange_clear) struct ky_exchange x = {.route = NULL};
    assert_int_equal(find(&x, "GET", "/a"), KY_OK);
    assert_ptr_equal(x.route, &table[0]);
    assert_int_equal(find(&x, "POST", "/a"), KY_OK);
    assert_ptr_equal(x.route, &table[1]);
    assert_int_equal(find(&x, "HEAD", "/a"), KY_OK);
    assert_ptr_equal(x.route, &table[0]);
}

static void gives_what_stands_for_braces(void **state)
{
    KY_CLEANUP(ky_exchange_clear) struct ky_exchange x = {.route = NULL};
    assert_int_equal(find(&x, "GET", "/a/12/b"), KY_OK);
    assert_true(ky_bytes_eq_str(x.params[0], "12"));
    assert_int_equal(find(&x, "GET", "/x/MEQw/Qj+/BA=="), KY_OK);
    assert_true(ky_bytes_eq_str(x.params[0], "MEQw/Qj+/BA=="));
}

static void takes_the_first_address_that_fits(void **state)
{
    KY_CLEANUP(ky_exchange_clear) struct ky_exchange x = {.route = NULL};
    assert_int_equal(find(&x, "POST", "/a/12/c"), KY_OK);
    assert_int_equal(find(&x, "POST", "/a/12/b"), KY_EDENIED);
    assert_string_equal(x.headers[0].value, "GET");
}

static void refuses_what_is_not_in_the_table(void **state)
{
    static const char *const paths[] = {"", "/", "/b", "/a/", "/a//b", "/a/1/b/", "/a/1/2/b", "/x/", "/A"};
    KY_CLEANUP(ky_exchange_clear) struct ky_exchange x = {.route = NULL};
    for (size_t i = 0; i < KY_COUNT(paths); i++) {
        assert_int_equal(find(&x, "GET", paths[i]), KY_ENOTFOUND);
        assert_null(x.route);
    }
    assert_int_equal(find(&x, "DELETE", "/a"), KY_EDENIED);
    assert_non_null(x.route);
    assert_int_equal(x.status, 405);
    assert_string_equal(x.headers[0].name, "Allow");
    assert_string_equal(x.headers[0].value, "GET, POST");
    assert_int_equal(find(&x, "POST", "/csc/v2/signatures/signDoc"), KY_ENOTFOUND);
    assert_int_equal(x.status, 501);
}

static void answers_preflight_only_for_the_approval_api(void **state)
{
    KY_CLEANUP(ky_exchange_clear) struct ky_exchange x = {.route = NULL};
    assert_int_equal(find(&x, "OPTIONS", "/approve/v1/code"), KY_OK);
    assert_int_equal(x.route->family, KY_FAMILY_APPROVE);
    assert_non_null(x.route->handle);
    assert_int_equal(find(&x, "OPTIONS", "/a"), KY_EDENIED);
}

/* Whoever adds an address must say who answers it, and how long it may be. */
static void check_table(const struct ky_route *routes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct ky_exchange x = {.method = routes[i].method, .path = routes[i].path};
        assert_non_null(routes[i].handle);
        assert_true((routes[i].body == KY_BODY_NONE) == (routes[i].max_body == 0));
        assert_true((routes[i].body == KY_BODY_RAW) == (routes[i].type != NULL));
        assert_int_equal(ky_route_find(&x, routes, count), KY_OK);
        assert_ptr_equal(x.route, &routes[i]); /* none hides another */
    }
}

static void every_line_is_whole(void **state)
{
    check_table(ky_routes_https, ky_routes_https_count);
    check_table(ky_routes_http, ky_routes_http_count);
}

/* The description's paths, "\n  /a/{id}:" as "\n/a/{}", one after another. */
static void read_paths(struct ky_buf *out, const char *text)
{
    for (const char *at = text; (at = strstr(at, "\n  /")) != NULL;) {
        ky_buf_add_u8(out, '\n');
        for (at += 3; *at != ':' && *at != 0; at++) {
            ky_buf_add_u8(out, (uint8_t)*at);
            if (*at == '{')
                at = strchr(at, '}') - 1;
        }
    }
    ky_buf_add_u8(out, '\n');
}

static void the_description_of_the_api_has_every_path(void **state)
{
    ky_auto_buf text = ky_buf_init(1 << 20), paths = ky_buf_init(1 << 16);
    assert_int_equal(ky_file_read(&text, KY_TEST_ETC "/../api/openapi.yaml"), KY_OK);
    read_paths(&paths, ky_buf_str(&text));
    for (size_t i = 0; i < ky_routes_https_count; i++) {
        char wanted[300];
        if (ky_routes_https[i].family != KY_FAMILY_PORTAL || ky_routes_https[i].handle == ky_handle_page)
            continue; /* pages are not of the API */
        snprintf(wanted, sizeof wanted, "\n%s\n", ky_routes_https[i].path);
        if (strstr(ky_buf_str(&paths), wanted) == NULL)
            fail_msg("api/openapi.yaml lacks %s", ky_routes_https[i].path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_by_method_and_path),
        cmocka_unit_test(gives_what_stands_for_braces),
        cmocka_unit_test(takes_the_first_address_that_fits),
        cmocka_unit_test(refuses_what_is_not_in_the_table),
        cmocka_unit_test(answers_preflight_only_for_the_approval_api),
        cmocka_unit_test(every_line_is_whole),
        cmocka_unit_test(the_description_of_the_api_has_every_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
