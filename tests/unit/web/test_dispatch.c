#include "../store/tempdb.h"

#include "domain/bearer.h"
#include "store/org.h"
#include "web/dispatch.h"

struct fixture {
    struct tempdb *temp;
    struct ky_web web;
    struct ky_exchange x;
    char token[KY_BEARER_TEXT], client_token[KY_BEARER_TEXT];
    char header[80];
};

static ky_rc insert_people(struct ky_store *s, void *ctx)
{
    struct fixture *f = ctx;
    uint8_t hash[KY_BEARER_HASH];
    const struct ky_db_org org = {.id = "00",
                                  .code = "C",
                                  .name = "Trường",
                                  .province = "Lâm Đồng",
                                  .place = "Đà Lạt",
                                  .sector = "education",
                                  .state = "active",
                                  .kind = "organisation",
                                  .path = "/00/",
                                  .folded = "c truong",
                                  .separation = "auto"};
    const struct ky_db_staff staff = {.id = "11",
                                      .org_id = "00",
                                      .name = "An",
                                      .email = "an@x.edu.vn",
                                      .roles = "enter",
                                      .state = "active"};
    const struct ky_db_client client = {.client_id = "qlvb",
                                        .secret_hash = KY_BYTES_LIT("x"),
                                        .record_id = "22",
                                        .name = "Quản lý văn bản",
                                        .state = "active"};
    KY_TRY(ky_db_org_insert(s, &org));
    KY_TRY(ky_db_staff_insert(s, &staff));
    KY_TRY(ky_bearer_new(f->token, hash));
    KY_TRY(ky_db_staff_token_insert(s, KY_BYTES_OF(hash), "11", TEST_NOW, TEST_NOW + 100));
    KY_TRY(ky_db_client_insert(s, &client));
    KY_TRY(ky_bearer_new(f->client_token, hash));
    const struct ky_db_access_token token = {.hash = KY_BYTES_OF(hash),
                                             .client_id = "qlvb",
                                             .scope = "service",
                                             .created_at = TEST_NOW,
                                             .expires_at = TEST_NOW + 100};
    return ky_db_access_token_insert(s, &token);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    if (f == NULL || tempdb_open((void **)&f->temp) != 0)
        return -1;
    if (ky_db_open(&f->web.db, f->temp->where, 2, TEST_NOW) != KY_OK)
        return -1;
    if (ky_store_submit(f->web.db, insert_people, f) != KY_OK)
        return -1;
    ky_exchange_init(&f->x);
    f->x.now = TEST_NOW;
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    ky_exchange_clear(&f->x);
    ky_db_close(f->web.db);
    tempdb_close((void **)&f->temp);
    free(f);
    return 0;
}

static ky_rc say_hello(struct ky_web *w, struct ky_exchange *x)
{
    ky_json_put_cstr(ky_answer_begin(x, 200), "hello", "x");
    return ky_answer_end(x);
}

static ky_rc fail_busy(struct ky_web *w, struct ky_exchange *x)
{
    return ky_fail(KY_EBUSY, "sam: all connections are busy");
}

static ky_rc fail_inside(struct ky_web *w, struct ky_exchange *x)
{
    ky_answer_begin(x, 200);
    return ky_fail(KY_EINTERNAL, "secret detail");
}

static const struct ky_route open_route = {.method = "GET", .path = "/o", .handle = say_hello};
static const struct ky_route org_route = {
    .method = "GET", .path = "/s", .roles = KY_STAFF_ENTER, .handle = say_hello};
static const struct ky_route admin_route = {
    .method = "GET", .path = "/a", .roles = KY_STAFF_ADMIN, .handle = say_hello};
static const struct ky_route client_route = {.method = "POST",
                                             .path = "/c",
                                             .family = KY_FAMILY_CSC,
                                             .roles = KY_MAY_CLIENT,
                                             .body = KY_BODY_JSON,
                                             .max_body = 64,
                                             .handle = say_hello};

static unsigned run(struct fixture *f, const struct ky_route *route, const char *token)
{
    f->x.route = route;
    f->x.status = 0;
    f->x.header_count = 0;
    if (token != NULL)
        snprintf(f->header, sizeof f->header, "Bearer %s", token);
    f->x.authorization = token == NULL ? NULL : f->header;
    ky_dispatch(&f->web, &f->x);
    return f->x.status;
}

static bool says(const struct fixture *f, const char *text)
{
    return strstr(ky_buf_str(&f->x.out), text) != NULL;
}

static void lets_in_by_token_and_role(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(run(f, &open_route, NULL), 200);
    assert_int_equal(run(f, &org_route, f->token), 200);
    assert_string_equal(f->x.actor.name, "An");
    assert_int_equal(run(f, &admin_route, f->token), 403);
    assert_true(says(f, "access_denied"));
}

/* The person's own organisation is "00": an id of 32 digits is nothing in her branch, whatever it names. */
static void an_object_outside_the_branch_is_not_there(void **state)
{
    struct fixture *f = *state;
    static const char *const ids[] = {"00000000000000000000000000000000", "zz", ""};
    for (ky_object k = KY_OBJECT_DOSSIER; k < KY_OBJECT_COUNT; k++) {
        const struct ky_route route = {.method = "GET",
                                       .path = "/x/{}",
                                       .roles = KY_STAFF_ADMIN, /* not hers: that is not told either */
                                       .object = k,
                                       .handle = say_hello};
        for (size_t i = 0; i < KY_COUNT(ids); i++) {
            f->x.params[0] = ky_bytes_str(ids[i]);
            assert_int_equal(run(f, &route, f->token), 404);
            assert_true(says(f, "there is no such thing, or it is not yours to see"));
        }
    }
}

static ky_rc refuse_with_reason(struct ky_web *w, struct ky_exchange *x)
{
    return ky_why_deny(&x->why, "An", "lý do", "the reason");
}

static void a_refusal_is_told_in_both_languages(void **state)
{
    struct fixture *f = *state;
    const struct ky_route route = {
        .method = "GET", .path = "/r", .roles = KY_STAFF_ENTER, .handle = refuse_with_reason};
    assert_int_equal(run(f, &route, f->token), 403);
    assert_true(says(f, "An: lý do"));
    assert_true(says(f, "An: the reason"));
}

static void refuses_wrong_missing_and_expired_tokens(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(run(f, &org_route, NULL), 401);
    assert_int_equal(run(f, &org_route, "short"), 401);
    assert_int_equal(run(f, &org_route, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), 401);
    assert_int_equal(run(f, &org_route, f->client_token), 401); /* of another kind */
    f->x.now = TEST_NOW + 200;
    assert_int_equal(run(f, &org_route, f->token), 401);
    assert_true(says(f, "invalid_token"));
}

/* CSC v2 §8: a malformed header is 400, a bad token 401, with these texts. */
static void tells_clients_in_the_words_of_csc(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(run(f, &client_route, NULL), 400);
    assert_true(
        says(f, "\"error\":\"invalid_request\",\"error_description\":\"Malformed authorization header.\""));
    assert_int_equal(run(f, &client_route, f->token), 401);
    assert_true(says(f, "\"error\":\"invalid_token\""));
    assert_false(says(f, "\"vi\""));
}

static void wants_a_json_object(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *type, *body;
        unsigned status;
    } cases[] = {
        {"application/json", "{}", 200}, {"application/json; charset=utf-8", "{\"a\":1}", 200},
        {"text/plain", "{}", 400},       {NULL, "{}", 400},
        {"application/json", "[]", 400}, {"application/json", "{\"a\":1,\"a\":2}", 400},
        {"application/json", "{", 400},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        json_decref(f->x.json);
        f->x.json = NULL;
        f->x.content_type = cases[i].type;
        f->x.body = ky_bytes_str(cases[i].body);
        assert_int_equal(run(f, &client_route, f->client_token), cases[i].status);
    }
}

static bool admits(struct fixture *f, const char *token, const char *type)
{
    ky_exchange_clear(&f->x);
    ky_exchange_init(&f->x);
    f->x.now = TEST_NOW;
    f->x.route = &client_route;
    f->x.content_type = type;
    if (token != NULL)
        snprintf(f->header, sizeof f->header, "Bearer %s", token);
    f->x.authorization = token == NULL ? NULL : f->header;
    return ky_dispatch_admits(&f->web, &f->x);
}

static void a_body_is_admitted_by_token_and_type(void **state)
{
    struct fixture *f = *state;
    assert_true(admits(f, f->client_token, "application/json"));
    assert_int_equal(f->x.status, 0);
    assert_false(admits(f, NULL, "application/json"));
    assert_int_equal(f->x.status, 400); /* CSC v2 §8 */
    assert_false(admits(f, f->token, "application/json"));
    assert_int_equal(f->x.status, 401);
    assert_false(admits(f, f->client_token, "text/plain"));
    assert_int_equal(f->x.status, 400);
    assert_true(says(f, "Content-Type must be application/json"));
}

/* Between head and body time passes: the handler does not run for a token that ended meanwhile. */
static void a_token_may_end_while_the_body_comes(void **state)
{
    struct fixture *f = *state;
    assert_true(admits(f, f->client_token, "application/json"));
    f->x.now = TEST_NOW + 200;
    f->x.body = KY_BYTES_LIT("{}");
    assert_int_equal(run(f, &client_route, f->client_token), 401);
    assert_false(says(f, "hello"));
}

static void tells_when_to_come_again_and_keeps_own_faults_to_itself(void **state)
{
    struct fixture *f = *state;
    const struct ky_route busy = {.method = "GET", .path = "/b", .handle = fail_busy};
    const struct ky_route broken = {.method = "GET", .path = "/i", .handle = fail_inside};
    assert_int_equal(run(f, &busy, NULL), 503);
    assert_string_equal(f->x.headers[0].name, "Retry-After");
    assert_int_equal(run(f, &broken, NULL), 500);
    assert_false(says(f, "secret detail"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lets_in_by_token_and_role, setup, teardown),
        cmocka_unit_test_setup_teardown(an_object_outside_the_branch_is_not_there, setup, teardown),
        cmocka_unit_test_setup_teardown(a_refusal_is_told_in_both_languages, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_wrong_missing_and_expired_tokens, setup, teardown),
        cmocka_unit_test_setup_teardown(tells_clients_in_the_words_of_csc, setup, teardown),
        cmocka_unit_test_setup_teardown(wants_a_json_object, setup, teardown),
        cmocka_unit_test_setup_teardown(a_body_is_admitted_by_token_and_type, setup, teardown),
        cmocka_unit_test_setup_teardown(a_token_may_end_while_the_body_comes, setup, teardown),
        cmocka_unit_test_setup_teardown(tells_when_to_come_again_and_keeps_own_faults_to_itself, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
