/* domain/reglog: the chain refuses what does not continue it; the index answers what may never come back. */
#include "domain/reglog.h"
#include "tests/unit/domain/fixture.h"

static void add(struct ky_buf *out, struct ky_reglog *log, ky_log_kind kind, uint8_t id, uint32_t version,
                uint8_t hash, ky_time not_after)
{
    struct ky_log_entry e = {
        .kind = kind, .time = NOW, .id = {id}, .version = version, .hash = {hash}, .not_after = not_after};
    assert_ok(ky_reglog_append(out, log, &e));
}

static struct ky_reglog *new_log(void)
{
    struct ky_reglog *log;
    assert_ok(ky_reglog_new(&log, &soft_mac, KY_PROCESS_SAM, 1));
    return log;
}

static void replay_gives_the_same_state(void **state)
{
    ky_auto_reglog a = new_log();
    ky_auto_reglog b = new_log();
    ky_auto_buf bytes = ky_buf_init(1 << 20);
    for (unsigned i = 0; i < 3000; i++) {
        struct ky_log_entry e = {.kind = KY_LOGGED_SPENT, .time = NOW + i, .not_after = KY_TIME_NEVER};
        ky_put_u32(e.id, i * 2654435761u);
        assert_ok(ky_reglog_append(&bytes, a, &e));
    }
    assert_ok(ky_reglog_replay(b, ky_buf_bytes(&bytes)));
    assert_true(ky_reglog_sequence(b) == 3000);
    assert_memory_equal(ky_reglog_head(a), ky_reglog_head(b), KY_HMAC_SIZE);
    assert_true(ky_reglog_highest_time(b) == NOW + 2999);
    uint8_t id[32] = {0};
    ky_put_u32(id, 1234 * 2654435761u);
    assert_non_null(ky_reglog_find(b, KY_LOGGED_SPENT, id));
    assert_null(ky_reglog_find(b, KY_LOGGED_DEAD, id));
    assert_true(ky_reglog_on_chain(b, 3000, ky_reglog_head(a)));
    assert_false(ky_reglog_on_chain(b, 2999, ky_reglog_head(a)));
    assert_false(ky_reglog_on_chain(b, 3001, ky_reglog_head(a)));
}

static void replay_refuses_changed_reordered_and_foreign_entries(void **state)
{
    ky_auto_reglog log = new_log();
    ky_auto_buf bytes = ky_buf_init(4096);
    for (uint8_t i = 1; i <= 3; i++)
        add(&bytes, log, KY_LOGGED_DEAD, i, 1, 0, KY_TIME_NEVER);
    for (size_t at = 0; at < bytes.n; at += 7) {
        ky_auto_reglog victim = new_log();
        bytes.p[at] ^= 1;
        assert_true(ky_reglog_replay(victim, ky_buf_bytes(&bytes)) != KY_OK);
        assert_true(ky_reglog_sequence(victim) == at / KY_LOG_ENTRY_SIZE);
        bytes.p[at] ^= 1;
    }
    ky_auto_reglog second_first = new_log();
    assert_rc(ky_reglog_replay(second_first, KY_BYTES(bytes.p + KY_LOG_ENTRY_SIZE, KY_LOG_ENTRY_SIZE)),
              KY_EAUTH);
    ky_auto_reglog half = new_log();
    assert_rc(ky_reglog_replay(half, KY_BYTES(bytes.p, KY_LOG_ENTRY_SIZE / 2)), KY_EFORMAT);
    struct ky_reglog *of_ca;
    assert_ok(ky_reglog_new(&of_ca, &soft_mac, KY_PROCESS_CA, 1));
    assert_rc(ky_reglog_replay(of_ca, ky_buf_bytes(&bytes)), KY_EAUTH);
    ky_reglog_free(of_ca);
    assert_ok(ky_reglog_new(&of_ca, &other_soft_mac, KY_PROCESS_SAM, 1));
    assert_rc(ky_reglog_replay(of_ca, ky_buf_bytes(&bytes)), KY_EAUTH);
    ky_reglog_free(of_ca);
}

static void an_append_counts_whole_or_not_at_all(void **state)
{
    static const size_t counted[] = {0, 1, 1,
                                     1, 4, 5}; /* of so many entries: one, then three at once, then one */
    ky_auto_reglog log = new_log();
    ky_auto_buf bytes = ky_buf_init(4096);
    struct ky_log_entry three[3];
    add(&bytes, log, KY_LOGGED_DEAD, 1, 1, 0, KY_TIME_NEVER);
    for (uint8_t i = 0; i < KY_COUNT(three); i++)
        three[i] = (struct ky_log_entry){
            .kind = KY_LOGGED_SPENT, .time = NOW, .id = {(uint8_t)(2 + i)}, .not_after = KY_TIME_NEVER};
    assert_ok(ky_reglog_append_all(&bytes, log, three, KY_COUNT(three)));
    add(&bytes, log, KY_LOGGED_DEAD, 5, 1, 0, KY_TIME_NEVER);
    for (size_t n = 0; n < KY_COUNT(counted); n++) {
        ky_auto_reglog again = new_log();
        assert_ok(ky_reglog_replay(again, KY_BYTES(bytes.p, n * KY_LOG_ENTRY_SIZE)));
        assert_int_equal(ky_reglog_sequence(again), counted[n]);
        assert_int_equal(ky_reglog_find(again, KY_LOGGED_SPENT, three[0].id) != NULL, counted[n] >= 4);
        size_t rest = counted[n] * KY_LOG_ENTRY_SIZE; /* the same bytes, once all of them are there */
        assert_ok(ky_reglog_replay(again, KY_BYTES(bytes.p + rest, bytes.n - rest)));
        assert_int_equal(ky_reglog_sequence(again), 5);
    }
    ky_auto_reglog victim = new_log();
    bytes.p[2 * KY_LOG_ENTRY_SIZE + 60] ^= 1; /* in a piece of an append, too */
    assert_rc(ky_reglog_replay(victim, KY_BYTES(bytes.p, 3 * KY_LOG_ENTRY_SIZE)), KY_EAUTH);
}

static void an_append_has_a_limit(void **state)
{
    ky_auto_reglog log = new_log();
    ky_auto_buf bytes = ky_buf_init(65536);
    struct ky_log_entry many[KY_LOG_APPEND_MAX + 1];
    for (size_t i = 0; i < KY_COUNT(many); i++)
        many[i] = (struct ky_log_entry){.kind = KY_LOGGED_SPENT, .time = NOW, .not_after = KY_TIME_NEVER};
    assert_rc(ky_reglog_append_all(&bytes, log, many, KY_COUNT(many)), KY_ELIMIT);
    assert_ok(ky_reglog_append_all(&bytes, log, many, KY_COUNT(many) - 1));
    assert_int_equal(ky_reglog_sequence(log), KY_LOG_APPEND_MAX);
}

static void dead_kills_all_versions_up_to_its_own(void **state)
{
    ky_auto_reglog log = new_log();
    ky_auto_buf bytes = ky_buf_init(4096);
    const uint8_t id[32] = {7}, hash[32] = {1};
    assert_ok(ky_reglog_check_alive(log, id, 1, hash));
    add(&bytes, log, KY_LOGGED_DEAD, 7, 2, 0, KY_TIME_NEVER);
    add(&bytes, log, KY_LOGGED_DEAD, 7, 1, 0, KY_TIME_NEVER); /* a later, smaller one changes nothing */
    assert_rc(ky_reglog_check_alive(log, id, 1, hash), KY_EDENIED);
    assert_rc(ky_reglog_check_alive(log, id, 2, hash), KY_EDENIED);
    assert_ok(ky_reglog_check_alive(log, id, 3, hash));
}

static void only_the_logged_version_with_its_hash_is_valid(void **state)
{
    ky_auto_reglog log = new_log();
    ky_auto_buf bytes = ky_buf_init(4096);
    const uint8_t id[32] = {7}, right[32] = {5}, wrong[32] = {6};
    add(&bytes, log, KY_LOGGED_VERSION, 7, 2, 5, KY_TIME_NEVER);
    assert_ok(ky_reglog_check_alive(log, id, 2, right));
    assert_rc(ky_reglog_check_alive(log, id, 2, wrong), KY_EDENIED);
    assert_rc(ky_reglog_check_alive(log, id, 1, right), KY_EDENIED);
    assert_rc(ky_reglog_check_alive(log, id, 3, right), KY_EDENIED);
    add(&bytes, log, KY_LOGGED_VERSION, 7, 2, 6, KY_TIME_NEVER); /* forked: neither */
    assert_rc(ky_reglog_check_alive(log, id, 2, right), KY_EDENIED);
    assert_rc(ky_reglog_check_alive(log, id, 2, wrong), KY_EDENIED);
}

static void locks_are_lifted_one_by_one(void **state)
{
    ky_auto_reglog log = new_log();
    ky_auto_buf bytes = ky_buf_init(4096);
    const uint8_t credential[32] = {7}, other[32] = {8}, first[32] = {0xa1}, second[32] = {0xa2};
    add(&bytes, log, KY_LOGGED_LOCKED, 7, 1, 0xa1, KY_TIME_NEVER);
    add(&bytes, log, KY_LOGGED_LOCKED, 7, 2, 0xa2, KY_TIME_NEVER);
    assert_true(ky_reglog_locked(log, credential));
    assert_false(ky_reglog_locked(log, other));
    assert_int_equal(ky_reglog_lock_by(log, credential, first), 1);
    assert_int_equal(ky_reglog_lock_by(log, credential, second), 2);
    assert_int_equal(ky_reglog_lock_by(log, other, first), 0);
    add(&bytes, log, KY_LOGGED_UNLOCKED, 7, 1, 0xa1, KY_TIME_NEVER);
    assert_true(ky_reglog_locked(log, credential));
    add(&bytes, log, KY_LOGGED_UNLOCKED, 7, 1, 0xa1, KY_TIME_NEVER); /* twice is once */
    assert_true(ky_reglog_locked(log, credential));
    add(&bytes, log, KY_LOGGED_UNLOCKED, 7, 2, 0xa2, KY_TIME_NEVER);
    assert_false(ky_reglog_locked(log, credential));
    add(&bytes, log, KY_LOGGED_LOCKED, 7, 1, 0xa1, KY_TIME_NEVER); /* a lock id is good once */
    assert_false(ky_reglog_locked(log, credential));
}

static ky_rc failing_mac(void *ctx, uint8_t out[KY_HMAC_SIZE], const struct ky_bytes *parts, size_t count)
{
    int *left = ctx;
    if ((*left)-- == 0)
        return ky_fail(KY_ETOKEN, "token lost");
    return soft_mac.hmac(soft_mac.ctx, out, parts, count);
}

static void several_entries_are_made_all_or_none(void **state)
{
    int left = 3;
    const struct ky_mac mac = {.ctx = &left, .hmac = failing_mac};
    struct ky_reglog *log;
    ky_auto_buf bytes = ky_buf_init(4096);
    struct ky_log_entry e[3];
    const uint8_t id[32] = {1};
    for (uint8_t i = 0; i < 3; i++)
        e[i] = (struct ky_log_entry){.kind = KY_LOGGED_DEAD, .time = NOW, .id = {i}, .version = 1};
    assert_ok(ky_reglog_new(&log, &mac, KY_PROCESS_SAM, 1));
    add(&bytes, log, KY_LOGGED_DEAD, 9, 1, 0, KY_TIME_NEVER);
    assert_rc(ky_reglog_append_all(&bytes, log, e, 3), KY_ETOKEN);
    assert_int_equal(bytes.n, KY_LOG_ENTRY_SIZE);
    assert_true(ky_reglog_sequence(log) == 1);
    assert_null(ky_reglog_find(log, KY_LOGGED_DEAD, id));
    left = 3;
    assert_ok(ky_reglog_append_all(&bytes, log, e, 3));
    ky_auto_reglog again = new_log();
    assert_ok(ky_reglog_replay(again, ky_buf_bytes(&bytes)));
    assert_non_null(ky_reglog_find(again, KY_LOGGED_DEAD, id));
    ky_reglog_free(log);
}

static void revocations_keep_their_order_and_first_word(void **state)
{
    ky_auto_reglog log = new_log();
    ky_auto_buf bytes = ky_buf_init(4096);
    add(&bytes, log, KY_LOGGED_REVOKED, 9, 1, 0, KY_TIME_NEVER);
    add(&bytes, log, KY_LOGGED_REVOKED, 3, 4, 0, KY_TIME_NEVER);
    add(&bytes, log, KY_LOGGED_REVOKED, 9, 5, 0, KY_TIME_NEVER);
    assert_int_equal(ky_reglog_revoked(log, 0)->id[0], 9);
    assert_int_equal(ky_reglog_revoked(log, 0)->version, 1);
    assert_int_equal(ky_reglog_revoked(log, 1)->id[0], 3);
    assert_null(ky_reglog_revoked(log, 2));
}

static void sweep_forgets_what_has_ended_and_nothing_else(void **state)
{
    ky_auto_reglog log = new_log();
    ky_auto_buf bytes = ky_buf_init(4096);
    const uint8_t short_lived[32] = {1}, for_ever[32] = {2};
    add(&bytes, log, KY_LOGGED_SPENT, 1, 0, 0, NOW);
    add(&bytes, log, KY_LOGGED_SPENT, 2, 0, 0, KY_TIME_NEVER);
    assert_ok(ky_reglog_sweep(log, NOW + KY_DAY));
    assert_non_null(ky_reglog_find(log, KY_LOGGED_SPENT, short_lived));
    assert_ok(ky_reglog_sweep(log, NOW + KY_DAY + 1));
    assert_null(ky_reglog_find(log, KY_LOGGED_SPENT, short_lived));
    assert_non_null(ky_reglog_find(log, KY_LOGGED_SPENT, for_ever));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replay_gives_the_same_state),
        cmocka_unit_test(replay_refuses_changed_reordered_and_foreign_entries),
        cmocka_unit_test(an_append_counts_whole_or_not_at_all),
        cmocka_unit_test(an_append_has_a_limit),
        cmocka_unit_test(dead_kills_all_versions_up_to_its_own),
        cmocka_unit_test(only_the_logged_version_with_its_hash_is_valid),
        cmocka_unit_test(locks_are_lifted_one_by_one),
        cmocka_unit_test(several_entries_are_made_all_or_none),
        cmocka_unit_test(revocations_keep_their_order_and_first_word),
        cmocka_unit_test(sweep_forgets_what_has_ended_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
