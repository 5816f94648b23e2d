/* Sessions and lock-outs as rules: times, rotation, what ends with what. */
#include "../store/tempdb.h"

#include "domain/lockout.h"
#include "domain/login.h"
#include "domain/session.h"
#include "store/login.h"

#define IDLE (15 * KY_MINUTE)

static const struct ky_session_limits limits = {.idle_s = IDLE, .absolute_s = 8 * KY_HOUR};
static const struct ky_session_place place = {.address = "10.0.0.7", .agent = "Firefox\r\n\x01 140"};

struct fixture {
    struct tempdb *temp;
    struct ky_store *s;
    struct ky_db_login_key key;
    struct ky_arena a;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    static uint8_t fingerprint[32] = {7};
    const struct ky_db_org org = {.id = "00",
                                  .code = "C",
                                  .name = "Trường",
                                  .province = "Lâm Đồng",
                                  .place = "Đà Lạt",
                                  .sector = "education",
                                  .kind = KY_ORG_PLAIN,
                                  .path = "/00/",
                                  .folded = "",
                                  .separation = "auto",
                                  .state = "active"};
    const struct ky_db_staff staff = {.id = "11",
                                      .org_id = "00",
                                      .name = "An",
                                      .email = "an@x.edu.vn",
                                      .roles = "enter",
                                      .state = "active"};
    if (f == NULL || tempdb_open((void **)&f->temp) != 0)
        return -1;
    f->s = f->temp->s;
    f->a = ky_arena_init(1 << 20);
    f->key = (struct ky_db_login_key){.id = "22",
                                      .staff_id = "11",
                                      .kind = "certificate",
                                      .fingerprint = KY_BYTES_OF(fingerprint),
                                      .name = "Thẻ",
                                      .evidence = KY_BYTES_LIT("x"),
                                      .not_after = TEST_NOW + KY_DAY};
    *state = f;
    return ky_db_org_insert(f->s, &org) == KY_OK && ky_db_staff_insert(f->s, &staff) == KY_OK &&
                   ky_db_login_key_insert(f->s, &f->key) == KY_OK
               ? 0
               : -1;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    ky_arena_clear(&f->a);
    tempdb_close((void **)&f->temp);
    free(f);
    return 0;
}

static ky_rc find(struct fixture *f, struct ky_db_session *out, const char *cookie, ky_time now)
{
    struct ky_actor actor;
    KY_TRY(ky_session_find(out, &actor, &f->a, f->s, ky_bytes_str(cookie), &limits, now));
    assert_string_equal(actor.path, "/00/"); /* what the person sees */
    assert_int_equal(actor.roles, KY_STAFF_ENTER);
    return KY_OK;
}

static void a_session_ends_by_disuse_and_by_age(void **state)
{
    struct fixture *f = *state;
    char cookie[KY_BEARER_TEXT];
    struct ky_db_session got;
    assert_int_equal(ky_session_open(cookie, f->s, &f->key, &place, &limits, TEST_NOW), KY_OK);
    assert_int_equal(find(f, &got, cookie, TEST_NOW + IDLE - 1), KY_OK);
    assert_int_equal(find(f, &got, cookie, TEST_NOW + IDLE), KY_EAUTH);
    for (ky_time t = TEST_NOW; t < TEST_NOW + 8 * KY_HOUR; t += 10 * KY_MINUTE) {
        assert_int_equal(find(f, &got, cookie, t), KY_OK);
        assert_int_equal(ky_session_is_stale(&got, t), t > TEST_NOW);
        assert_int_equal(ky_db_session_set_used(f->s, got.id, t), KY_OK);
    }
    assert_int_equal(find(f, &got, cookie, TEST_NOW + 8 * KY_HOUR), KY_EAUTH);
}

static void a_session_ends_with_its_certificate(void **state)
{
    struct fixture *f = *state;
    char cookie[KY_BEARER_TEXT];
    struct ky_db_session got;
    f->key.not_after = TEST_NOW + KY_MINUTE;
    assert_int_equal(ky_session_open(cookie, f->s, &f->key, &place, &limits, TEST_NOW), KY_OK);
    assert_int_equal(find(f, &got, cookie, TEST_NOW + 59), KY_OK);
    assert_int_equal(find(f, &got, cookie, TEST_NOW + KY_MINUTE), KY_EAUTH);
    f->key.not_after = TEST_NOW + KY_DAY;
    assert_int_equal(ky_session_open(cookie, f->s, &f->key, &place, &limits, TEST_NOW), KY_OK);
    assert_int_equal(ky_db_login_key_delete(f->s, "11", "22"), KY_OK);
    assert_int_equal(find(f, &got, cookie, TEST_NOW), KY_EAUTH);
}

static void a_proof_counts_for_five_minutes_and_changes_the_cookie(void **state)
{
    struct fixture *f = *state;
    char cookie[KY_BEARER_TEXT], next[KY_BEARER_TEXT];
    struct ky_db_session got;
    assert_int_equal(ky_session_open(cookie, f->s, &f->key, &place, &limits, TEST_NOW), KY_OK);
    assert_int_equal(find(f, &got, cookie, TEST_NOW), KY_OK);
    assert_true(ky_session_is_fresh(&got, TEST_NOW + KY_SESSION_FRESH));
    assert_false(ky_session_is_fresh(&got, TEST_NOW + KY_SESSION_FRESH + 1));
    assert_false(ky_session_is_fresh(&got, TEST_NOW - 1)); /* the clock was set back */
    assert_int_equal(ky_session_prove(next, f->s, got.id, TEST_NOW + 600), KY_OK);
    assert_int_equal(find(f, &got, cookie, TEST_NOW + 600), KY_EAUTH);
    assert_int_equal(find(f, &got, next, TEST_NOW + 600), KY_OK);
    assert_true(ky_session_is_fresh(&got, TEST_NOW + 900));
    assert_int_equal(got.created_at, TEST_NOW);
    assert_int_equal(got.expires_at, TEST_NOW + 8 * KY_HOUR); /* no longer than before */
}

static void what_a_browser_calls_itself_is_made_fit_to_show(void **state)
{
    struct fixture *f = *state;
    char cookie[KY_BEARER_TEXT];
    struct ky_db_session got;
    assert_int_equal(ky_session_open(cookie, f->s, &f->key, &place, &limits, TEST_NOW), KY_OK);
    assert_int_equal(find(f, &got, cookie, TEST_NOW), KY_OK);
    assert_string_equal(got.agent, "Firefox 140");
}

static void nothing_but_a_cookie_of_ours_is_looked_for(void **state)
{
    struct fixture *f = *state;
    struct ky_db_session got;
    assert_int_equal(find(f, &got, "", TEST_NOW), KY_EAUTH);
    assert_int_equal(find(f, &got, "short", TEST_NOW), KY_EAUTH);
    assert_int_equal(find(f, &got, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", TEST_NOW), KY_EAUTH);
}

static int64_t count(struct fixture *f, const char *sql)
{
    int64_t n = -1;
    assert_int_equal(ky_store_query_int(&n, f->s, sql, KY_NO_PARAMS), KY_OK);
    return n;
}

static void purging_leaves_what_still_counts(void **state)
{
    struct fixture *f = *state;
    char cookie[KY_BEARER_TEXT];
    struct ky_login_started started;
    ky_time until;
    bool first;
    assert_int_equal(ky_session_open(cookie, f->s, &f->key, &place, &limits, TEST_NOW), KY_OK);
    assert_int_equal(ky_login_start(&started, f->s, NULL, KY_BYTES_NONE, "10.0.0.7", TEST_NOW), KY_OK);
    assert_int_equal(ky_lockout_count(&until, &first, f->s, KY_LOCKOUT_ADDRESS, "10.0.0.7", TEST_NOW), KY_OK);
    assert_int_equal(ky_login_purge(f->s, TEST_NOW + KY_MINUTE), KY_OK);
    assert_int_equal(count(f, "SELECT count(*) FROM session"), 1);
    assert_int_equal(count(f, "SELECT count(*) FROM login_start"), 1);
    assert_int_equal(ky_login_purge(f->s, TEST_NOW + KY_DAY + 1), KY_OK);
    assert_int_equal(count(f, "SELECT count(*) FROM session"), 0);
    assert_int_equal(count(f, "SELECT count(*) FROM login_start"), 0);
    assert_int_equal(count(f, "SELECT count(*) FROM login_failure"), 0);
}

/* Whoever begins without end takes places only from those behind the same address. */
static void one_address_begins_only_so_often(void **state)
{
    struct fixture *f = *state;
    struct ky_login_started started;
    struct ky_db_login_start row = {.challenge = KY_BYTES_LIT("c"), .expires_at = TEST_NOW};
    assert_int_equal(ky_login_start(&started, f->s, NULL, KY_BYTES_NONE, "10.0.0.8", TEST_NOW), KY_OK);
    for (uint8_t i = 0; i < 6; i++) {
        row.hash = KY_BYTES(&i, 1);
        row.address = "10.0.0.7";
        row.expires_at = TEST_NOW + i;
        assert_int_equal(ky_db_login_start_insert(f->s, &row, 3), KY_OK);
    }
    assert_int_equal(count(f, "SELECT count(*) FROM login_start WHERE address = '10.0.0.7'"), 3);
    assert_int_equal(count(f, "SELECT count(*) FROM login_start WHERE address = '10.0.0.8'"), 1);
}

static void locks_grow_to_their_longest_and_are_forgotten(void **state)
{
    static const ky_time want[] = {0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900};
    struct fixture *f = *state;
    ky_time until, now = TEST_NOW;
    bool first;
    for (size_t i = 0; i < KY_COUNT(want); i++) {
        assert_int_equal(ky_lockout_count(&until, &first, f->s, KY_LOCKOUT_STAFF, "11", now), KY_OK);
        assert_int_equal(until == 0 ? 0 : until - now, want[i]);
        assert_int_equal(first, i == 5);
    }
    assert_int_equal(ky_lockout_get(&until, f->s, KY_LOCKOUT_STAFF, "12", now), KY_OK);
    assert_int_equal(until, 0); /* another person */
    assert_int_equal(ky_lockout_clear(f->s, KY_LOCKOUT_STAFF, "11"), KY_OK);
    assert_int_equal(ky_lockout_get(&until, f->s, KY_LOCKOUT_STAFF, "11", now), KY_OK);
    assert_int_equal(until, 0);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(ky_lockout_count(&until, &first, f->s, KY_LOCKOUT_STAFF, "11", now), KY_OK);
    now += KY_LOCKOUT_FORGET + 1;
    assert_int_equal(ky_lockout_count(&until, &first, f->s, KY_LOCKOUT_STAFF, "11", now), KY_OK);
    assert_int_equal(until, 0);
}

/* The id of a passkey is whatever its owner's authenticator says: also the bytes of somebody's certificate. */
static void a_passkey_is_taken_for_no_certificate(void **state)
{
    struct fixture *f = *state;
    const struct ky_login login = {.limits = limits};
    const struct ky_login_attempt by = {.login = &login, .place = place, .now = TEST_NOW};
    const uint8_t fingerprint[KY_SHA256_SIZE] = {8};
    struct ky_login_started started;
    struct ky_login_result result;
    struct ky_db_login_key key = f->key;
    key.id = "33";
    key.kind = "passkey";
    key.fingerprint = KY_BYTES_OF(fingerprint);
    assert_int_equal(ky_db_login_key_insert(f->s, &key), KY_OK);
    assert_int_equal(ky_login_start(&started, f->s, NULL, KY_BYTES_NONE, "10.0.0.7", TEST_NOW), KY_OK);
    const struct ky_bytes start = ky_bytes_str(started.name);
    assert_int_equal(ky_login_by_certificate(&result, f->s, &by, start, KY_LOGIN_GOOD, fingerprint), KY_OK);
    assert_int_equal(result.verdict, KY_LOGIN_UNKNOWN_KEY);
    key.id = "44";
    key.kind = "certificate"; /* and it keeps nobody from registering that certificate */
    assert_int_equal(ky_db_login_key_insert(f->s, &key), KY_OK);
    assert_int_equal(ky_login_by_certificate(&result, f->s, &by, start, KY_LOGIN_GOOD, fingerprint), KY_OK);
    assert_int_equal(result.verdict, KY_LOGIN_GOOD);
}

static void an_origin_is_scheme_host_and_port(void **state)
{
    static const struct {
        const char *origin, *host; /* NULL: refused */
    } cases[] = {
        {"https://kyso.example.vn", "kyso.example.vn"},
        {"https://localhost:8443", "localhost"},
        {"http://localhost", NULL},
        {"https://", NULL},
        {"https://a/", NULL},
        {"https://a:", NULL},
        {"https://a:84x", NULL},
        {"https://a@b", NULL},
        {"https://a:1/x", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        struct ky_login login = {0};
        ky_rc rc = ky_login_init(&login, cases[i].origin);
        assert_int_equal(rc, cases[i].host == NULL ? KY_EFORMAT : KY_OK);
        if (rc == KY_OK)
            assert_string_equal(login.host, cases[i].host);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_session_ends_by_disuse_and_by_age),
        CASE(a_session_ends_with_its_certificate),
        CASE(a_proof_counts_for_five_minutes_and_changes_the_cookie),
        CASE(what_a_browser_calls_itself_is_made_fit_to_show),
        CASE(nothing_but_a_cookie_of_ours_is_looked_for),
        CASE(purging_leaves_what_still_counts),
        CASE(one_address_begins_only_so_often),
        CASE(locks_grow_to_their_longest_and_are_forgotten),
        CASE(a_passkey_is_taken_for_no_certificate),
        CASE(an_origin_is_scheme_host_and_port),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
