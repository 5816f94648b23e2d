/*
 * kill -9 of any process at any moment, while organisations send dossiers and the department decides them over HTTPS:
 * what was acknowledged is there afterwards, once, and leads to its certificate; the counters agree with a recount.
 * KYSO_KILLS says how many (200); KYSO_SEED repeats a run's choices.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "os/clock.h"
#include "store/store.h"
#include "tests/process/filing.h"

#define KILLS 200
#define ALL_AT_ONCE 40    /* every so many kills, kysod itself */
#define PAUSE_LEAST_MS 50 /* between two kills */
#define PAUSE_SPREAD_MS 900
#define CLERKS 3
#define WAIT_MS 120000 /* until everything that was approved is issued */

#define assert_ok(expr)                                                                                      \
    do {                                                                                                     \
        ky_rc rc_ok_ = (expr);                                                                               \
        if (rc_ok_ != KY_OK)                                                                                 \
            fail_msg("%s: %s: %s", #expr, ky_rc_name(rc_ok_), ky_error());                                   \
    } while (0)

static const char *const victims[] = {"web.0",       "sam-keeper.0", "sam-worker.0", "sam-worker.1",
                                      "ca-keeper.0", "ca-worker.0",  "ca-worker.1",  "courier.0"};

static struct realm realm;
static struct office office;
static struct filing clerks[CLERKS];
static atomic_bool over;

static unsigned setting(const char *name, unsigned usual)
{
    const char *text = getenv(name);
    return text == NULL ? usual : (unsigned)strtoul(text, NULL, 10);
}

/* ---- killing ---- */

static bool any_failed(void)
{
    for (size_t i = 0; i < CLERKS; i++)
        if (clerks[i].failed)
            return true;
    return false;
}

/* Every other time web, which every request goes through; who is away just now cannot be killed. */
static void kill_somebody(unsigned *seed)
{
    for (;; usleep(20000)) {
        unsigned which = (unsigned)rand_r(seed);
        if (realm_kill_process(&realm, victims[which % 2 == 0 ? 0 : which / 2 % KY_COUNT(victims)]))
            return;
    }
}

static void kill_at_random(unsigned count, unsigned seed)
{
    for (unsigned done = 0; done < count && !any_failed(); done++) {
        usleep((PAUSE_LEAST_MS + (useconds_t)rand_r(&seed) % PAUSE_SPREAD_MS) * 1000);
        if (done % ALL_AT_ONCE != ALL_AT_ONCE - 1) {
            kill_somebody(&seed);
            continue;
        }
        assert_ok(realm_kill(&realm));
        assert_ok(realm_start(&realm));
    }
}

static size_t acknowledged(filing_step step)
{
    size_t n = 0;
    for (size_t i = 0; i < CLERKS; i++)
        for (size_t k = 0; k < clerks[i].n; k++)
            n += clerks[i].dossiers[k].done[step];
    return n;
}

static void killed_at_random_moments(void **state)
{
    (void)state;
    unsigned kill_count = setting("KYSO_KILLS", KILLS), seed = setting("KYSO_SEED", (unsigned)ky_now());
    print_message("KYSO_SEED=%u KYSO_KILLS=%u\n", seed, kill_count);
    for (unsigned i = 0; i < CLERKS; i++)
        filing_begin(&clerks[i], &office, i, &over);
    kill_at_random(kill_count, seed);
    over = true;
    for (size_t i = 0; i < CLERKS; i++)
        filing_end(&clerks[i]);
    for (size_t i = 0; i < CLERKS; i++)
        if (clerks[i].failed)
            fail_msg("clerk %zu: %s", i, clerks[i].text);
    print_message("acknowledged: %zu entered, %zu sent, %zu received, %zu examined, %zu approved\n",
                  acknowledged(FILING_CREATED), acknowledged(FILING_SUBMITTED), acknowledged(FILING_RECEIVED),
                  acknowledged(FILING_EXAMINED), acknowledged(FILING_APPROVED));
    assert_true(acknowledged(FILING_APPROVED) > 0);
}

/* ---- what must be true afterwards ---- */

static bool is_issued(const struct filed *d)
{
    ky_auto_json shown = NULL;
    assert_ok(filing_look(&shown, &office, d->id));
    return ky_str_eq(json_string_value(json_object_get(shown, "state")), "activating");
}

static void what_was_approved_is_issued(void **state)
{
    (void)state;
    int64_t end = ky_deadline_in(WAIT_MS);
    for (size_t i = 0; i < CLERKS; i++) {
        for (size_t k = 0; k < clerks[i].n; k++) {
            const struct filed *d = &clerks[i].dossiers[k];
            while (d->done[FILING_APPROVED] && !is_issued(d)) {
                if (ky_mono_ms() > end)
                    fail_msg("dossier %s was approved and is not issued", d->id);
                usleep(200000);
            }
        }
    }
}

/* How often the history of a dossier has that action. */
static unsigned times(const json_t *shown, const char *action)
{
    size_t i;
    unsigned n = 0;
    json_t *v, *events = json_object_get(shown, "events");
    json_array_foreach(events, i, v)
    {
        n += ky_str_eq(json_string_value(json_object_get(v, "action")), action);
    }
    return n;
}

static void check_dossier(const struct filed *d)
{
    static const char *const actions[FILING_STEPS] = {
        [FILING_SUBMITTED] = "submit",
        [FILING_RECEIVED] = "receive",
        [FILING_EXAMINED] = "examine",
        [FILING_APPROVED] = "approve",
    };
    ky_auto_json shown = NULL;
    assert_ok(filing_look(&shown, &office, d->id));
    assert_int_equal(json_array_size(json_object_get(shown, "rows")), 1);
    for (size_t step = FILING_SUBMITTED; step < FILING_STEPS; step++) {
        unsigned n = times(shown, actions[step]);
        if (n > 1 || (d->done[step] && n != 1))
            fail_msg("dossier %s: %s %u times, %s", d->id, actions[step], n,
                     d->done[step] ? "acknowledged" : "not acknowledged");
    }
}

static void every_acknowledged_step_is_there_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < CLERKS; i++)
        for (size_t k = 0; k < clerks[i].n; k++)
            check_dossier(&clerks[i].dossiers[k]);
}

static struct ky_store *open_store(void)
{
    char where[160];
    struct ky_store *s = NULL;
    snprintf(where, sizeof where, "sqlite:%s/store/kyso.db", realm.state);
    assert_ok(ky_store_open(&s, where, 5000));
    return s;
}

static void assert_none(struct ky_store *s, const char *what, const char *sql)
{
    int64_t n = -1;
    assert_ok(ky_store_query_int(&n, s, sql, KY_NO_PARAMS));
    if (n != 0)
        fail_msg("%s: %lld", what, (long long)n);
}

static void the_database_agrees_with_itself(void **state)
{
    (void)state;
    ky_auto_store s = open_store();
    assert_none(
        s, "branches counted otherwise",
        "WITH real AS (SELECT '/' AS branch, state, stage, count(*) AS n FROM dossier GROUP BY state, stage"
        " UNION ALL SELECT o.id, d.state, d.stage, count(*) FROM organisation o JOIN dossier d"
        " ON d.path >= o.path AND d.path < substr(o.path, 1, length(o.path) - 1) || '0'"
        " WHERE o.path <> '/' GROUP BY o.id, d.state, d.stage),"
        " kept AS (SELECT branch, state, stage, dossiers AS n FROM branch_count WHERE dossiers <> 0)"
        " SELECT (SELECT count(*) FROM (SELECT * FROM real EXCEPT SELECT * FROM kept))"
        " + (SELECT count(*) FROM (SELECT * FROM kept EXCEPT SELECT * FROM real))");
    assert_none(
        s, "rows with two certificates",
        "SELECT count(*) FROM (SELECT 1 FROM certificate GROUP BY dossier_id, number HAVING count(*) > 1)");
    assert_none(s, "rows issued without a certificate",
                "SELECT count(*) FROM dossier_row WHERE serial IS NOT NULL AND serial NOT IN (SELECT serial "
                "FROM certificate)");
    assert_none(s, "sent without a request",
                "SELECT count(*) FROM dossier WHERE state NOT IN ('draft', 'to-sign') AND id NOT IN"
                " (SELECT dossier_id FROM request WHERE sealed_document IS NOT NULL)");
    assert_none(s, "received without a clock",
                "SELECT count(*) FROM dossier WHERE clock <> 'none' AND id NOT IN"
                " (SELECT dossier_id FROM dossier_clock)");
    assert_none(s, "broken references", "SELECT count(*) FROM pragma_foreign_key_check");
    assert_none(s, "damaged pages",
                "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'");
}

static void audit_files_verify(void **state)
{
    (void)state;
    char line[512];
    assert_ok(realm_stop(&realm));
    snprintf(line, sizeof line, "%s/kyso audit verify --dir %s", getenv("KYSO_BIN"), realm.state);
    assert_int_equal(system(line), 0);
    assert_ok(realm_start(&realm));
}

static int set_up(void **state)
{
    (void)state;
    const struct realm_options options = {.issuing_key = "p256", .root_key = "p256", .web = true};
    assert_ok(realm_make(&realm, &options));
    assert_ok(office_enter(&office, &realm));
    assert_ok(realm_start(&realm));
    assert_ok(office_enrol_head(&office));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    realm_clear(&realm);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_at_random_moments),
        cmocka_unit_test(what_was_approved_is_issued),
        cmocka_unit_test(every_acknowledged_step_is_there_once),
        cmocka_unit_test(the_database_agrees_with_itself),
        cmocka_unit_test(audit_files_verify),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
