/* prog/keeper/spent: a nonce belongs to one statement, a position is signed once and repeated as it was. */
#include "prog/keeper/spent.h"
#include "tests/unit/domain/fixture.h"

#define UNTIL (NOW + 300)

static const uint8_t nonce_a[32] = {0xa, 1}, nonce_b[32] = {0xb, 2}, statement[32] = {1}, other[32] = {2};

static int set_up(void **state)
{
    struct ky_spent_set *s;
    assert_ok(ky_spent_new(&s));
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    ky_spent_free(*state);
    return 0;
}

struct answer {
    uint64_t ticket;
    uint8_t state[4];
    struct ky_bytes signature[4];
    struct ky_buf bytes;
};

static ky_rc reserve(struct answer *a, struct ky_spent_set *s, const uint8_t *nonce, uint16_t first,
                     size_t count, unsigned worker)
{
    struct ky_reserve r = {.total = 4, .count = count};
    for (size_t i = 0; i < count; i++)
        r.positions[i] = (uint16_t)(first + i);
    *a = (struct answer){.bytes = ky_buf_init(4096)};
    ky_rc rc = ky_spent_reserve(&a->ticket, &a->bytes, s, nonce, &r, worker);
    struct ky_reader in = KY_READER(ky_buf_bytes(&a->bytes));
    for (size_t i = 0; rc == KY_OK && i < count; i++) {
        a->state[i] = ky_read_u8(&in);
        a->signature[i] = ky_read_lv(&in, 1024);
    }
    return rc;
}

static ky_rc outcome(struct ky_spent_set *s, const struct answer *a, unsigned worker, ky_rc rc,
                     uint16_t position)
{
    const struct ky_bytes signature = KY_BYTES_LIT("signature");
    return ky_spent_outcome(s, a->ticket, worker, rc, &position, &signature, 1);
}

static void a_nonce_belongs_to_the_first_statement(void **state)
{
    struct ky_spent_set *s = *state;
    assert_ok(ky_spent_check(s, nonce_a, statement));
    assert_ok(ky_spent_use(s, nonce_a, statement, UNTIL));
    assert_ok(ky_spent_use(s, nonce_a, statement, UNTIL));
    assert_rc(ky_spent_use(s, nonce_a, other, UNTIL), KY_EDENIED);
    assert_rc(ky_spent_check(s, nonce_a, other), KY_EDENIED);
    assert_ok(ky_spent_use(s, nonce_b, other, UNTIL));
}

static void a_position_is_given_once_and_repeated_as_it_was(void **state)
{
    struct ky_spent_set *s = *state;
    struct answer first, second, again;
    assert_rc(reserve(&first, s, nonce_a, 0, 1, 0), KY_EINTERNAL); /* the nonce comes first */
    assert_ok(ky_spent_use(s, nonce_a, statement, UNTIL));
    assert_ok(reserve(&first, s, nonce_a, 0, 2, 0));
    assert_true(first.ticket != 0 && first.state[0] == KY_POSITION_SIGN &&
                first.state[1] == KY_POSITION_SIGN);
    assert_rc(reserve(&second, s, nonce_a, 1, 2, 1), KY_EBUSY);
    assert_rc(outcome(s, &first, 1, KY_OK, 0), KY_EDENIED); /* another worker's ticket */
    assert_ok(outcome(s, &first, 0, KY_OK, 0));
    assert_rc(outcome(s, &first, 0, KY_OK, 0), KY_EDENIED); /* the ticket is used up */
    assert_ok(reserve(&again, s, nonce_a, 0, 2, 1));        /* 1 was taken, not named and is free again */
    assert_int_equal(again.state[0], KY_POSITION_DONE);
    assert_true(ky_bytes_eq_str(again.signature[0], "signature"));
    assert_int_equal(again.state[1], KY_POSITION_SIGN);
    assert_true(again.ticket != first.ticket);
    ky_buf_clear(&first.bytes);
    ky_buf_clear(&again.bytes);
}

static void a_repeat_of_everything_takes_no_ticket(void **state)
{
    struct ky_spent_set *s = *state;
    struct answer first, again;
    assert_ok(ky_spent_use(s, nonce_a, statement, UNTIL));
    assert_ok(reserve(&first, s, nonce_a, 3, 1, 0));
    assert_ok(outcome(s, &first, 0, KY_OK, 3));
    assert_ok(reserve(&again, s, nonce_a, 3, 1, 1));
    assert_true(again.ticket == 0 && again.state[0] == KY_POSITION_DONE);
    ky_buf_clear(&first.bytes);
    ky_buf_clear(&again.bytes);
}

static void a_failure_frees_and_a_lost_worker_does_not(void **state)
{
    struct ky_spent_set *s = *state;
    struct answer a, b, c;
    assert_ok(ky_spent_use(s, nonce_a, statement, UNTIL));
    assert_ok(reserve(&a, s, nonce_a, 0, 1, 0));
    assert_ok(outcome(s, &a, 0, KY_ETOKEN, 0)); /* nothing left the token */
    assert_ok(reserve(&b, s, nonce_a, 0, 2, 0));
    assert_int_equal(b.state[0], KY_POSITION_SIGN);
    assert_int_equal(ky_spent_lost(s, 1), 0);
    assert_int_equal(ky_spent_lost(s, 0), 2);
    assert_rc(outcome(s, &b, 0, KY_OK, 0), KY_EDENIED);
    assert_ok(reserve(&c, s, nonce_a, 0, 3, 0));
    assert_true(c.state[0] == KY_POSITION_UNKNOWN && c.state[1] == KY_POSITION_UNKNOWN);
    assert_int_equal(c.state[2], KY_POSITION_SIGN);
    ky_buf_clear(&a.bytes);
    ky_buf_clear(&b.bytes);
    ky_buf_clear(&c.bytes);
}

static void an_outcome_names_positions_of_its_ticket(void **state)
{
    struct ky_spent_set *s = *state;
    struct answer a;
    struct ky_reserve five = {.total = 5, .count = 1};
    uint64_t ticket;
    assert_ok(ky_spent_use(s, nonce_a, statement, UNTIL));
    assert_ok(reserve(&a, s, nonce_a, 0, 1, 0));
    assert_rc(outcome(s, &a, 0, KY_OK, 4), KY_EFORMAT);
    assert_rc(outcome(s, &a, 0, KY_OK, 1), KY_EDENIED);
    assert_rc(ky_spent_reserve(&ticket, &a.bytes, s, nonce_a, &five, 0),
              KY_EDENIED); /* another number of hashes */
    ky_buf_clear(&a.bytes);
}

static void nonces_are_forgotten_after_their_end_only(void **state)
{
    struct ky_spent_set *s = *state;
    struct answer a;
    assert_ok(ky_spent_use(s, nonce_a, statement, UNTIL));
    assert_ok(ky_spent_use(s, nonce_b, statement, UNTIL));
    assert_ok(reserve(&a, s, nonce_b, 0, 1, 0));
    ky_spent_sweep(s, NOW);
    ky_spent_sweep(s, UNTIL);
    assert_rc(ky_spent_check(s, nonce_a, other), KY_EDENIED);
    ky_spent_sweep(s, UNTIL + 1);
    assert_ok(ky_spent_check(s, nonce_a, other));
    assert_rc(ky_spent_check(s, nonce_b, other), KY_EDENIED); /* a worker is signing under it */
    assert_ok(outcome(s, &a, 0, KY_OK, 0));
    ky_spent_sweep(s, UNTIL + 3000);
    assert_ok(ky_spent_check(s, nonce_b, other));
    ky_buf_clear(&a.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_nonce_belongs_to_the_first_statement, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_position_is_given_once_and_repeated_as_it_was, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_repeat_of_everything_takes_no_ticket, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failure_frees_and_a_lost_worker_does_not, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_outcome_names_positions_of_its_ticket, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nonces_are_forgotten_after_their_end_only, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
