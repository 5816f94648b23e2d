/*
 * Registry log, anchor and audit file at rest in the hands of an attacker: what is cut, changed, forked or put back
 * leaves the keeper sealed or ends the start; what a power failure may do is mended. Each case happens to sam
 * and to ca, after a start from the same copy, untouched, has served.
 */
#include "tests/process/at_rest.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/clock.h"

#define WAIT_MS 30000

static struct at_rest rest;
static struct harness *const world = &rest.world;
static const ky_process both[] = {KY_PROCESS_SAM, KY_PROCESS_CA};

/* ---- is it alive? ---- */

static ky_rc ask_nonce(ky_process p)
{
    uint8_t nonce[KY_NONCE_SIZE];
    return realm_nonce(nonce, &world->realm, p, KY_NONCE_LONG);
}

/* Something that goes into the log. */
static ky_rc execute_something(ky_process p)
{
    struct client c = {.name = "Thêm một ứng dụng"};
    ky_auto_json body = NULL;
    ky_auto_buf crl = ky_buf_init(HARNESS_TEXT_MAX);
    if (p == KY_PROCESS_CA)
        return realm_call(&world->realm, "ca-worker.0", KY_MSG_CA_CRL, NULL, 0, &crl);
    c.id[0] = (uint8_t)ky_now();
    c.id[1] = (uint8_t)ky_mono_ms();
    KY_TRY(harness_client_body(&body, &c, 1));
    return harness_admin(world, p, KY_STEAL(body), KY_BYTES_NONE, false, NULL);
}

/* Needs neither keeper nor log. */
static ky_rc ask_plain(ky_process p)
{
    ky_auto_buf reply = ky_buf_init(HARNESS_TEXT_MAX);
    bool sam = p == KY_PROCESS_SAM;
    return realm_call(&world->realm, sam ? "sam-worker.1" : "ca-worker.1",
                      sam ? KY_MSG_SAM_FOUNDING : KY_MSG_CA_CHAIN, NULL, 0, &reply);
}

/* It may still be fetching entries, or starting. */
static bool wakes_up(const char *name, ky_process p)
{
    ky_rc rc = ask_nonce(p);
    for (int64_t end = ky_deadline_in(WAIT_MS); rc == KY_EBUSY && ky_mono_ms() < end; rc = ask_nonce(p))
        usleep(50000);
    if (rc != KY_OK)
        print_error("%s: %s does not serve: %s\n", name, ky_process_name(p), ky_error());
    return rc == KY_OK;
}

static bool serves(const char *name, ky_process p)
{
    if (!wakes_up(name, p))
        return false;
    ky_rc rc = execute_something(p);
    if (rc != KY_OK)
        print_error("%s: %s executes nothing: %s\n", name, ky_process_name(p), ky_error());
    return rc == KY_OK;
}

/* Executes nothing, and says why; what needs no keeper is answered. */
static bool is_sealed(const char *name, ky_process p, const char *why)
{
    ky_rc rc = ask_nonce(p);
    if (rc != KY_EBUSY || strstr(ky_error(), "is sealed") == NULL || strstr(ky_error(), why) == NULL) {
        print_error("%s: %s is not sealed for \"%s\": %s\n", name, ky_process_name(p), why,
                    rc == KY_OK ? "it serves" : ky_error());
        return false;
    }
    return (p == KY_PROCESS_SAM || execute_something(p) == KY_EBUSY) && ask_plain(p) == KY_OK;
}

static int set_up(void **state)
{
    (void)state;
    assert_ok(harness_make(world, NULL));
    for (size_t i = 0; i < 2; i++)
        assert_true(serves("before", both[i]));
    assert_ok(realm_stop(&world->realm));
    for (size_t i = 0; i < 2; i++)
        tampering_read_anchor(&rest.early_anchor[both[i]], world, both[i]);
    tampering_keep(world, "early");
    assert_ok(realm_start(&world->realm));
    for (size_t i = 0; i < 2; i++)
        assert_true(serves("later", both[i]));
    assert_ok(realm_stop(&world->realm));
    tampering_keep(world, "now");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < KY_COUNT(rest.early_anchor); i++)
        ky_buf_clear(&rest.early_anchor[i]);
    harness_clear(world);
    return 0;
}

static bool all_as(const struct tampering *t, bool (*serving)(const char *name, ky_process p))
{
    bool right = true;
    for (size_t i = 0; i < 2; i++)
        right &= t->then == SERVES ? serving(t->name, both[i]) : is_sealed(t->name, both[i], t->why);
    return right;
}

static bool try_one(const struct tampering *t)
{
    tampering_put_back(world, "now");
    for (size_t i = 0; i < 2; i++)
        t->spoil(&rest, both[i]);
    size_t from = tampering_log_end(world);
    assert_ok(realm_start(&world->realm));
    bool right = all_as(t, serves);
    if (t->then == SERVES && !tampering_log_has(world, from, t->why)) {
        print_error("%s: no %s in the log\n", t->name, t->why);
        right = false;
    }
    assert_ok(realm_stop(&world->realm));
    assert_ok(realm_start(&world->realm)); /* mended or sealed, it stays so */
    right &= all_as(t, wakes_up);
    assert_ok(realm_stop(&world->realm));
    return right;
}

/* What others did to their copy of the older state. */
static void make_fork(void)
{
    tampering_put_back(world, "early");
    assert_ok(realm_start(&world->realm));
    for (size_t i = 0; i < 2; i++)
        for (int n = 0; n < 3; n++)
            assert_true(serves("fork", both[i]));
    assert_ok(realm_stop(&world->realm));
    tampering_keep(world, "fork");
}

static void tampered_state_is_noticed(void **state)
{
    (void)state;
    size_t right = 0;
    make_fork();
    for (size_t i = 0; i < at_rest_count; i++)
        right += try_one(&at_rest_cases[i]);
    assert_int_equal(right, at_rest_count);
}

static void assert_start_ends(const char *why)
{
    char command[512];
    size_t from = tampering_log_end(world);
    snprintf(command, sizeof command, "timeout 40 %s/kysod -c %s/kyso.conf >>%s/log 2>&1", getenv("KYSO_BIN"),
             world->realm.dir, world->realm.dir);
    int status = system(command);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    if (!tampering_log_has(world, from, why))
        fail_msg("no \"%s\" in the log", why);
}

/* The file has no key of its own: the signed checkpoints tell what was in it. */
static void a_changed_audit_file_ends_the_start(void **state)
{
    (void)state;
    static const struct {
        void (*spoil)(const struct at_rest *w, ky_process p);
        const char *why;
    } cases[] = {
        {at_rest_audit_changed, "audit record"},
        {at_rest_audit_cut, "where a checkpoint says"},
        {at_rest_audit_put_back, "where a checkpoint says"},
    };
    for (size_t i = 0; i < 2 * KY_COUNT(cases); i++) {
        tampering_put_back(world, "now");
        cases[i / 2].spoil(&rest, both[i % 2]);
        assert_start_ends(cases[i / 2].why);
    }
}

static void a_clock_set_back_stops_execution(void **state)
{
    (void)state;
    tampering_put_back(world, "now");
    for (size_t i = 0; i < 2; i++)
        at_rest_clock_set_back(&rest, both[i]);
    assert_ok(realm_start(&world->realm));
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(ask_nonce(both[i]), KY_EBUSY);
        assert_non_null(strstr(ky_error(), "behind what was already recorded"));
        assert_ok(ask_plain(both[i]));
    }
    assert_ok(realm_stop(&world->realm));
}

/* ---- while running ---- */

static void wait_sealed(ky_process p, const char *why)
{
    ky_rc rc = ask_nonce(p);
    for (int64_t end = ky_deadline_in(WAIT_MS); rc == KY_OK && ky_mono_ms() < end; rc = ask_nonce(p))
        usleep(100000);
    assert_true(is_sealed("running", p, why));
}

static void anchor_is_looked_at_while_running(void **state)
{
    (void)state;
    tampering_put_back(world, "now");
    assert_ok(realm_start(&world->realm));
    struct pids pids = harness_pids(world);
    for (size_t i = 0; i < 2; i++)
        assert_true(serves("running", both[i]));
    at_rest_anchor_deleted(&rest, KY_PROCESS_SAM);
    at_rest_anchor_older_beside(&rest, KY_PROCESS_CA);
    wait_sealed(KY_PROCESS_SAM, "the anchor is gone from the token");
    wait_sealed(KY_PROCESS_CA, "not the one this keeper wrote");
    struct pids after = harness_pids(world);
    assert_memory_equal(&pids, &after, sizeof pids);
    assert_ok(realm_stop(&world->realm));
}

/* The database does not answer: an alarm, and on. */
static void a_deaf_database_stops_nobody(void **state)
{
    (void)state;
    tampering_put_back(world, "now");
    tampering_shell("touch %s/web/relay/deaf", world->realm.state);
    size_t from = tampering_log_end(world);
    assert_ok(realm_start(&world->realm));
    for (size_t i = 0; i < 2; i++)
        assert_true(serves("deaf", both[i]));
    assert_true(tampering_log_has(world, from, "log.copy.late"));
    tampering_shell("rm %s/web/relay/deaf", world->realm.state);
    for (int64_t end = ky_deadline_in(WAIT_MS);
         !tampering_log_has(world, from, "log.copy.current") && ky_mono_ms() < end;)
        usleep(100000);
    assert_true(tampering_log_has(world, from, "log.copy.current"));
    assert_ok(realm_stop(&world->realm));
}

/* ---- a second founding ---- */

static void a_second_founding_is_refused(void **state)
{
    (void)state;
    char command[512];
    tampering_put_back(world, "now");
    tampering_shell("chmod 700 %s/root", world->realm.state); /* as if the root were still here, and open */
    size_t from = tampering_log_end(world);
    snprintf(command, sizeof command, "LANG=en %s/kyso init --config %s/ceremony.ini >>%s/log 2>&1",
             getenv("KYSO_BIN"), world->realm.dir, world->realm.dir);
    int status = system(command);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 0);
    assert_true(tampering_log_has(world, from, "a ceremony needs an empty one"));
}

/* Last, since it cannot be undone: a founding record is never destroyed. */
static void two_founding_records_end_the_start(void **state)
{
    (void)state;
    tampering_put_back(world, "now");
    ky_auto_keystore ks = NULL;
    assert_ok(harness_open_token(&ks, world, KY_PROCESS_SAM));
    assert_ok(
        ky_keystore_add_data(ks, KY_FOUNDING_APPLICATION, KY_FOUNDING_LABEL, KY_BYTES_LIT("{}"), false));
    assert_start_ends("holds 2 founding records");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tampered_state_is_noticed),
        cmocka_unit_test(a_changed_audit_file_ends_the_start),
        cmocka_unit_test(a_clock_set_back_stops_execution),
        cmocka_unit_test(anchor_is_looked_at_while_running),
        cmocka_unit_test(a_deaf_database_stops_nobody),
        cmocka_unit_test(a_second_founding_is_refused),
        cmocka_unit_test(two_founding_records_end_the_start),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
