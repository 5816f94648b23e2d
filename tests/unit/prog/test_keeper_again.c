/* prog/keeper asked again: a lost answer comes back, and nothing happens a second time, whoever repeats it. */
#include "domain/activation.h"
#include "tests/unit/prog/keeper_world.h"

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

static struct ky_execute one_append(ky_log_kind kind, uint8_t id, uint32_t version, uint8_t hash)
{
    return (struct ky_execute){
        .spend_nonce = true,
        .appends =
            {{.kind = kind, .id = {id}, .version = version, .hash = {hash}, .not_after = KY_TIME_NEVER}},
        .append_count = 1};
}

static size_t log_entries(const struct world *w)
{
    struct ky_buf log;
    world_read(&log, w, "log");
    size_t n = log.n / KY_LOG_ENTRY_SIZE;
    ky_buf_clear(&log);
    return n;
}

/* Executes; the first byte of the answer: was it there before? */
static bool execute(struct world *w, const struct ky_keeper_head *h, const struct ky_execute *e)
{
    ky_auto_buf reply = ky_buf_init(64);
    assert_ok(world_execute(w, h, e, &reply));
    return reply.p[0] == 1;
}

/* ---- statements ---- */

static void a_statement_executed_before_is_so_again_without_an_entry(void **state)
{
    static const ky_nonce_kind kinds[] = {KY_NONCE_LONG, KY_NONCE_SHORT};
    struct world *w = *state;
    assert_ok(world_start(w));
    for (uint8_t i = 0; i < KY_COUNT(kinds); i++) {
        struct ky_execute e = one_append(KY_LOGGED_VERSION, i, 2, 22);
        struct ky_keeper_head h;
        world_head(&h, w, KY_OP_ADMIN, 1, kinds[i]);
        h.refs[0] = (struct ky_ref){.id = {i}, .version = 1, .hash = {21}}; /* which version 2 replaces */
        h.ref_count = 1;
        assert_false(execute(w, &h, &e));
        size_t before = log_entries(w);
        assert_true(execute(w, &h, &e));
        assert_int_equal(log_entries(w), before);
        h.statement[0] = 2;
        assert_rc(world_execute(w, &h, &e, NULL), KY_EDENIED);
        h.statement[0] = 1;
        e.appends[0].hash[0] = 23; /* the same statement cannot come to say something else */
        assert_rc(world_execute(w, &h, &e, NULL), KY_EDENIED);
    }
}

static void an_old_lock_is_refused_and_an_old_unlock_does_nothing(void **state)
{
    struct world *w = *state;
    const struct ky_execute lock = one_append(KY_LOGGED_LOCKED, 7, KY_LOCK_BY_OWNER, 1);
    const struct ky_execute unlock = one_append(KY_LOGGED_UNLOCKED, 7, KY_LOCK_BY_OWNER, 1);
    const struct ky_execute lock_2 = one_append(KY_LOGGED_LOCKED, 7, KY_LOCK_BY_OWNER, 4);
    const uint8_t credential[KY_LOG_ID_SIZE] = {7};
    struct ky_keeper_head locking, unlocking, locking_2;
    assert_ok(world_start(w));
    world_head(&locking, w, KY_OP_LOCK, 1, KY_NONCE_SHORT);
    world_head(&unlocking, w, KY_OP_UNLOCK, 2, KY_NONCE_SHORT);
    world_head(&locking_2, w, KY_OP_LOCK, 4, KY_NONCE_SHORT);
    assert_false(execute(w, &locking, &lock));
    assert_true(execute(w, &locking, &lock));
    assert_false(execute(w, &unlocking, &unlock));
    assert_rc(world_execute(w, &locking, &lock, NULL), KY_EDENIED); /* its id says no more than that it was */
    assert_false(ky_reglog_locked(w->keeper.log, credential));
    assert_false(execute(w, &locking_2, &lock_2));
    assert_true(execute(w, &unlocking, &unlock));
    assert_true(ky_reglog_locked(w->keeper.log, credential));
}

/* ---- results in two steps ---- */

static void a_binding_begun_and_not_ended_may_go_on(void **state)
{
    struct world *w = *state;
    struct ky_execute e = one_append(KY_LOGGED_VERSION, 5, 2, 22);
    struct ky_keeper_head h = {.op = KY_OP_BIND, .statement = {1}};
    h.refs[0] = (struct ky_ref){.id = {5}, .version = 1, .hash = {21}};
    h.ref_count = 1;
    e.spend_nonce = false;
    e.spends[0] = (struct ky_spend){.id = {6}, .not_after = KY_TIME_NEVER};
    e.spend_count = 1;
    assert_ok(world_start(w));
    assert_false(execute(w, &h, &e));
    size_t before = log_entries(w);
    assert_true(execute(w, &h, &e)); /* though version 1 is dead by now */
    assert_int_equal(log_entries(w), before);
    h.statement[0] = 2;
    assert_rc(world_execute(w, &h, &e, NULL), KY_EDENIED);
}

static void what_has_no_result_yet_cannot_be_acknowledged_away(void **state)
{
    struct world *w = *state;
    struct ky_execute e = {.spends = {{.id = {6}, .not_after = KY_TIME_NEVER}}, .spend_count = 1};
    struct ky_keeper_head h;
    assert_ok(world_start(w));
    world_head(&h, w, KY_OP_CERTIFY, 1, KY_NONCE_LONG);
    assert_false(execute(w, &h, &e));
    assert_ok(world_call(w, 1, KY_MSG_K_ACK, KY_BYTES_OF(e.spends[0].id), NULL));
    assert_true(execute(w, &h, &e));
}

static void a_result_is_of_an_operation(void **state)
{
    struct world *w = *state;
    uint8_t body[1 + 3 * 32 + 4] = {KY_OP_END};
    assert_ok(world_start(w));
    assert_rc(world_call(w, 0, KY_MSG_K_RESULT, KY_BYTES_OF(body), NULL), KY_EFORMAT);
    body[0] = 0;
    assert_rc(world_call(w, 0, KY_MSG_K_RESULT, KY_BYTES_OF(body), NULL), KY_EFORMAT);
}

/* ---- counting ---- */

static ky_rc count(struct world *w, const struct ky_keeper_head *h, ky_log_kind kind, struct ky_buf *reply)
{
    const uint8_t id[KY_LOG_ID_SIZE] = {9};
    ky_auto_buf body = ky_buf_init(1024);
    ky_keeper_head_encode(&body, h);
    ky_buf_add_u8(&body, (uint8_t)kind);
    ky_buf_add(&body, KY_BYTES_OF(id));
    ky_buf_add_u64(&body, NOW + KY_DAY);
    return world_call(w, 0, KY_MSG_K_COUNT, ky_buf_bytes(&body), reply);
}

static void what_was_seen_once_uses_up_neither_codes_nor_attempts(void **state)
{
    static const ky_log_kind kinds[] = {KY_LOGGED_CODE, KY_LOGGED_ATTEMPT};
    const uint8_t id[KY_LOG_ID_SIZE] = {9};
    struct world *w = *state;
    assert_ok(world_start(w));
    for (size_t i = 0; i < KY_COUNT(kinds); i++) {
        struct ky_keeper_head h;
        world_head(&h, w, KY_OP_CODE, 1, KY_NONCE_SHORT);
        assert_ok(count(w, &h, kinds[i], NULL));
        assert_rc(count(w, &h, kinds[i], NULL), KY_EDENIED);
        assert_int_equal(ky_reglog_count(w->keeper.log, kinds[i], id), 1);
    }
}

static void an_enrolment_that_was_made_is_not_counted_again(void **state)
{
    struct world *w = *state;
    struct ky_execute e = {.spends = {{.id = {9}, .not_after = KY_TIME_NEVER}}, .spend_count = 1};
    struct ky_keeper_head h, other;
    ky_auto_buf counts = ky_buf_init(64), device = ky_buf_init(64);
    e.outbox = KY_BYTES_LIT("device");
    assert_ok(world_start(w));
    world_head(&h, w, KY_OP_ENROL_DEVICE, 1, KY_NONCE_SHORT);
    world_head(&other, w, KY_OP_ENROL_DEVICE, 2, KY_NONCE_SHORT);
    assert_ok(count(w, &h, KY_LOGGED_ATTEMPT, NULL));
    assert_false(execute(w, &h, &e));
    assert_ok(count(w, &h, KY_LOGGED_ATTEMPT, &counts));
    assert_int_equal(ky_get_u32(counts.p), 0);
    e.outbox = KY_BYTES_NONE;
    assert_ok(world_execute(w, &h, &e, &device));
    assert_memory_equal(device.p + 13, "device", 6);
    assert_rc(count(w, &other, KY_LOGGED_ATTEMPT, NULL), KY_EDENIED);
}

/* ---- records, clock, copy ---- */

static ky_rc reserve_credential(struct world *w, uint8_t id)
{
    const struct ky_reserve r = {.total = 1, .count = 1};
    struct ky_keeper_head h;
    world_head(&h, w, KY_OP_SIGN, 1, KY_NONCE_SHORT);
    h.refs[0] = (struct ky_ref){.id = {id}, .unlocked = true, .any_version = true};
    h.ref_count = 1;
    return world_reserve(w, 0, &h, &r, NULL);
}

static void a_credential_of_any_version_must_not_be_removed_or_locked(void **state)
{
    struct world *w = *state;
    struct ky_keeper_head h;
    struct ky_execute e = one_append(KY_LOGGED_VERSION, 5, 2, 22);
    assert_ok(world_start(w));
    world_head(&h, w, KY_OP_ADMIN, 1, KY_NONCE_LONG);
    assert_false(execute(w, &h, &e));
    assert_ok(reserve_credential(w, 5));
    world_head(&h, w, KY_OP_LOCK, 2, KY_NONCE_SHORT);
    e = one_append(KY_LOGGED_LOCKED, 5, KY_LOCK_BY_OFFICER, 2);
    assert_false(execute(w, &h, &e));
    assert_rc(reserve_credential(w, 5), KY_EDENIED);
    world_head(&h, w, KY_OP_REVOKE, 3, KY_NONCE_LONG);
    e = one_append(KY_LOGGED_DEAD, 6, INT32_MAX, 3);
    assert_false(execute(w, &h, &e));
    assert_rc(reserve_credential(w, 6), KY_EDENIED);
    assert_ok(reserve_credential(w, 7));
}

static void a_clock_that_leaps_and_returns_frees_no_nonce(void **state)
{
    struct world *w = *state;
    const struct ky_reserve r = {.total = 1, .count = 1};
    struct ky_keeper_head h;
    assert_ok(world_start(w));
    world_head(&h, w, KY_OP_SIGN, 1, KY_NONCE_SHORT);
    assert_ok(world_reserve(w, 0, &h, &r, NULL));
    w->now = NOW + KY_DAY;
    world_steps(w, 3);
    w->now = NOW + 1;
    h.statement[0] = 2;
    assert_rc(world_reserve(w, 0, &h, &r, NULL), KY_EDENIED);
}

static void a_statement_that_has_ended_changes_nothing(void **state)
{
    struct world *w = *state;
    const struct ky_execute e = one_append(KY_LOGGED_DEAD, 7, 1, 1);
    struct ky_keeper_head h;
    assert_ok(world_start(w));
    world_head(&h, w, KY_OP_LOCK, 1, KY_NONCE_SHORT);
    w->now = h.exp + 1;
    assert_rc(world_execute(w, &h, &e, NULL), KY_EEXPIRED);
    assert_rc(count(w, &h, KY_LOGGED_ATTEMPT, NULL), KY_EEXPIRED);
    world_head(&h, w, KY_OP_LOCK, 1, KY_NONCE_SHORT);
    h.exp = w->now + KY_NONCE_SHORT_S + 1; /* later than its nonce allows */
    assert_rc(world_execute(w, &h, &e, NULL), KY_EEXPIRED);
}

static void a_database_that_takes_back_what_it_held_is_not_believed(void **state)
{
    struct world *w = *state;
    struct ky_keeper_head h;
    const struct ky_execute e = one_append(KY_LOGGED_DEAD, 7, 1, 1);
    assert_ok(world_start(w));
    world_connect_web(w);
    world_steps(w, 4);
    world_head(&h, w, KY_OP_ADMIN, 1, KY_NONCE_LONG);
    assert_false(execute(w, &h, &e));
    uint64_t held = w->keeper.copied;
    assert_true(held > 1);
    w->claim = 1;
    world_head(&h, w, KY_OP_ADMIN, 2, KY_NONCE_LONG);
    const struct ky_execute more = one_append(KY_LOGGED_DEAD, 8, 1, 1);
    assert_false(execute(w, &h, &more));
    assert_true(w->keeper.copied >= held);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_statement_executed_before_is_so_again_without_an_entry),
        TEST(an_old_lock_is_refused_and_an_old_unlock_does_nothing),
        TEST(a_binding_begun_and_not_ended_may_go_on),
        TEST(what_has_no_result_yet_cannot_be_acknowledged_away),
        TEST(a_result_is_of_an_operation),
        TEST(what_was_seen_once_uses_up_neither_codes_nor_attempts),
        TEST(an_enrolment_that_was_made_is_not_counted_again),
        TEST(a_credential_of_any_version_must_not_be_removed_or_locked),
        TEST(a_clock_that_leaps_and_returns_frees_no_nonce),
        TEST(a_statement_that_has_ended_changes_nothing),
        TEST(a_database_that_takes_back_what_it_held_is_not_believed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
