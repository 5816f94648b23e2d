/*
 * The power fails at every step by which a keeper makes something last, while honest callers have rows issued and
 * hashes signed: what was written and not flushed is gone, wholly or in part. After the start the callers ask again;
 * what was acknowledged stays true. The argument names the process, sam or ca; KYSO_SEED repeats a run's choices.
 */
#include <stdio.h>

#include "os/clock.h"
#include "tests/process/kills.h"

#define DARK_WAIT_MS 40000
#define SKIP_MOST 3 /* moments that pass before the one that counts */

static struct harness world;
static struct kills kills = {.h = &world, .issuer_count = 1, .signer_count = 2};

static const struct {
    const char *file;
    enum machine_moment moment;
} steps[] = {
    {"/log", MACHINE_BEFORE_WRITE},
    {"/log", MACHINE_HALF_WRITTEN},
    {"/log", MACHINE_WRITTEN},
    {"/log", MACHINE_FLUSHED},
    {"/audit", MACHINE_BEFORE_WRITE},
    {"/audit", MACHINE_HALF_WRITTEN},
    {"/audit", MACHINE_WRITTEN},
    {"/audit", MACHINE_FLUSHED},
    {"/checkpoints", MACHINE_BEFORE_WRITE},
    {"/checkpoints", MACHINE_HALF_WRITTEN},
    {"/checkpoints", MACHINE_WRITTEN},
    {"/checkpoints", MACHINE_FLUSHED},
    {"/outbox/", MACHINE_BEFORE_WRITE},
    {"/outbox/", MACHINE_BEFORE_RENAME},
    {"/outbox/", MACHINE_RENAMED},
    {"/outbox/", MACHINE_BEFORE_REMOVE},
    {"/outbox/", MACHINE_REMOVED},
    {"/token/", MACHINE_BEFORE_REMOVE}, /* the new anchor stands, */
    {"/token/", MACHINE_REMOVED},       /* the old one goes */
    {MACHINE_SOCKET, MACHINE_BEFORE_WRITE},
    {MACHINE_SOCKET, MACHINE_WRITTEN},
};
static const char *keeper; /* "sam-keeper.0" */

/* Returns the bytes lost. */
static size_t fail_power(size_t step, unsigned *seed)
{
    struct machine *m = world.realm.machine;
    unsigned skip = (unsigned)rand_r(seed) % (SKIP_MOST + 1);
    machine_arm(m, realm_pid(&world.realm, keeper), steps[step].file, steps[step].moment, skip);
    if (!machine_wait_dark(m, DARK_WAIT_MS))
        print_error("%s never came to moment %d of %s\n", keeper, steps[step].moment, steps[step].file);
    assert_ok(realm_kill(&world.realm));
    size_t lost = machine_lose_unflushed(m, seed);
    assert_ok(realm_start(&world.realm));
    return atomic_load(&m->dark) ? lost : SIZE_MAX;
}

static void power_fails_at_every_step(void **state)
{
    (void)state;
    const char *text = getenv("KYSO_SEED");
    unsigned seed = text == NULL ? (unsigned)ky_now() : (unsigned)strtoul(text, NULL, 10);
    size_t lost = 0, reached = 0;
    print_message("KYSO_SEED=%u\n", seed);
    kills_begin(&kills, seed);
    for (size_t i = 0; i < KY_COUNT(steps) && !kills_any_failed(&kills); i++) {
        size_t gone = fail_power(i, &seed);
        reached += gone != SIZE_MAX;
        lost += gone != SIZE_MAX ? gone : 0;
    }
    kills_end(&kills);
    print_message("%zu bytes lost, %zu certificates, %zu signatures, %u approvals lost and told so\n", lost,
                  kills_certs(&kills), kills_signatures(&kills), kills_lost(&kills));
    assert_int_equal(reached, KY_COUNT(steps));
    assert_true(lost > 0 && kills_certs(&kills) > 0 && kills_signatures(&kills) > 0);
}

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
    const struct realm_options options = {.issuing_key = "p256", .root_key = "p256", .machine = true};
    *state = &world;
    assert_ok(harness_make_people(&world, &options, KILLS_SIGNERS_MAX, "p256"));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    kills_clear(&kills);
    harness_clear(&world);
    return 0;
}

int main(int argc, char **argv)
{
    char name[32];
    if (argc != 2)
        return 2;
    snprintf(name, sizeof name, "%s-keeper.0", argv[1]);
    keeper = name;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(power_fails_at_every_step),         cmocka_unit_test(acknowledged_certificates_hold),
        cmocka_unit_test(no_position_has_two_signatures),    cmocka_unit_test(no_row_has_two_certificates),
        cmocka_unit_test(files_verify_and_everybody_serves),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
