/*
 * kill -9 of any process at any moment, while honest callers have rows issued and hashes signed and simply ask
 * again: what was acknowledged stays true, no row gets a second certificate, no approved hash a second signature.
 * KYSO_KILLS says how many (100); KYSO_SEED repeats a run's choices.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "domain/reglog.h"
#include "os/clock.h"
#include "os/file.h"
#include "pki/ocsp.h"
#include "tests/process/kills.h"
#include "tests/process/signing.h"

#define KILLS 100
#define ALL_AT_ONCE 20     /* every so many kills, kysod itself */
#define PAUSE_LEAST_MS 100 /* between two kills */
#define PAUSE_SPREAD_MS 2000

static const char *const victims[] = {"sam-keeper.0", "sam-worker.0", "sam-worker.1", "ca-keeper.0",
                                      "ca-worker.0",  "ca-worker.1",  "web.0",        "courier.0"};

static struct harness world;

static struct kills kills = {
    .h = &world, .issuer_count = KILLS_ISSUERS_MAX, .signer_count = KILLS_SIGNERS_MAX};

/* ---- killing ---- */

static void kill_at_random(unsigned count, unsigned seed)
{
    for (unsigned done = 0; done < count && !kills_any_failed(&kills);) {
        usleep((PAUSE_LEAST_MS + (useconds_t)rand_r(&seed) % PAUSE_SPREAD_MS) * 1000);
        if (done % ALL_AT_ONCE == ALL_AT_ONCE - 1) {
            assert_ok(realm_kill(&world.realm));
            assert_ok(realm_start(&world.realm));
            done++;
        } else {
            done += realm_kill_process(&world.realm, victims[(unsigned)rand_r(&seed) % KY_COUNT(victims)]);
        }
    }
}

static unsigned setting(const char *name, unsigned usual)
{
    const char *text = getenv(name);
    return text == NULL ? usual : (unsigned)strtoul(text, NULL, 10);
}

static void killed_at_random_moments(void **state)
{
    (void)state;
    unsigned kill_count = setting("KYSO_KILLS", KILLS), seed = setting("KYSO_SEED", (unsigned)ky_now());
    print_message("KYSO_SEED=%u KYSO_KILLS=%u\n", seed, kill_count);
    kills_begin(&kills, seed);
    kill_at_random(kill_count, seed);
    kills_end(&kills);
    print_message("%zu certificates, %zu signatures, %u approvals lost and told so\n", kills_certs(&kills),
                  kills_signatures(&kills), kills_lost(&kills));
    assert_true(kills_certs(&kills) > kill_count / 4);
    assert_true(kills_signatures(&kills) > kill_count / 4);
}

/* ---- what must be true afterwards ---- */

static void acknowledged_certificates_hold(void **state)
{
    (void)state;
    kills_check_certificates(&kills);
}

static void no_position_has_two_signatures(void **state)
{
    (void)state;
    kills_check_positions(&kills);
}

static void no_row_has_two_certificates(void **state)
{
    (void)state;
    kills_check_rows(&kills);
}

static void files_verify_and_everybody_serves(void **state)
{
    (void)state;
    kills_check_service(&kills);
}

static int set_up(void **state)
{
    *state = &world;
    assert_ok(harness_make_people(&world, NULL, KILLS_SIGNERS_MAX, "p256"));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    kills_clear(&kills);
    harness_clear(&world);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_at_random_moments),          cmocka_unit_test(acknowledged_certificates_hold),
        cmocka_unit_test(no_position_has_two_signatures),    cmocka_unit_test(no_row_has_two_certificates),
        cmocka_unit_test(files_verify_and_everybody_serves),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
