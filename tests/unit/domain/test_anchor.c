/* domain/anchor on a token: the highest genuine one counts, and writing leaves one. */
#include "domain/anchor.h"
#include "tests/unit/crypto/hsm.h"
#include "tests/unit/domain/fixture.h"

#define NODE 1
#define VALUE_SIZE 80

static struct softhsm hsm;
static struct ky_keystore *ks;
static size_t found; /* objects at the last read */

static int set_up(void **state)
{
    assert_true(softhsm_setup(&hsm));
    assert_ok(make_token(softhsm_module(), "anchor"));
    assert_ok(open_token(&ks, softhsm_module(), "anchor", PIN));
    return 0;
}

static int tear_down(void **state)
{
    ky_keystore_close(ks);
    softhsm_teardown(&hsm);
    return 0;
}

static ky_rc write_one(uint64_t sequence, uint16_t node)
{
    const struct ky_anchor a = {.sequence = sequence, .head = {(uint8_t)sequence, 7}, .time = NOW};
    return ky_anchor_write(ks, &soft_mac, KY_PROCESS_SAM, node, &a);
}

static ky_rc read_one(struct ky_anchor *a)
{
    return ky_anchor_read(a, &found, ks, &soft_mac, KY_PROCESS_SAM, NODE);
}

/* The value of the one anchor object there is. */
static void take_value(uint8_t out[VALUE_SIZE])
{
    ky_auto_arena arena = ky_arena_init(1 << 20);
    struct ky_token_data *items;
    size_t count;
    assert_ok(ky_keystore_list_data(&items, &count, &arena, ks, "kyso", "anchor.1", 8));
    assert_int_equal(count, 1);
    assert_int_equal(items[0].value.n, VALUE_SIZE);
    memcpy(out, items[0].value.p, VALUE_SIZE);
}

static void put(const uint8_t *value, size_t n)
{
    assert_ok(ky_keystore_add_data(ks, "kyso", "anchor.1", KY_BYTES(value, n), false));
}

static void writing_replaces_the_one_before(void **state)
{
    struct ky_anchor a;
    assert_rc(read_one(&a), KY_ENOTFOUND);
    assert_int_equal(found, 0);
    assert_ok(write_one(0, NODE));
    assert_ok(write_one(5, NODE));
    assert_ok(read_one(&a));
    assert_true(a.sequence == 5 && a.head[0] == 5 && a.time == NOW && found == 1);
}

static void the_highest_counts_and_writing_removes_the_surplus(void **state)
{
    struct ky_anchor a;
    uint8_t five[VALUE_SIZE], nine[VALUE_SIZE];
    assert_ok(write_one(5, NODE));
    take_value(five);
    assert_ok(write_one(9, NODE));
    take_value(nine);
    put(five, VALUE_SIZE);
    assert_ok(read_one(&a));
    assert_true(a.sequence == 9 && found == 2);
    put(nine, VALUE_SIZE);
    assert_ok(read_one(&a));
    assert_true(a.sequence == 9 && found == 3);
    assert_ok(write_one(10, NODE));
    assert_ok(read_one(&a));
    assert_true(a.sequence == 10 && found == 1);
}

static void forged_ones_are_counted_and_not_believed(void **state)
{
    struct ky_anchor a;
    uint8_t value[VALUE_SIZE];
    assert_ok(write_one(5, NODE));
    take_value(value);
    value[7] = 200; /* sequence */
    put(value, VALUE_SIZE);
    put(value, VALUE_SIZE - 1);
    assert_ok(read_one(&a));
    assert_true(a.sequence == 5 && found == 3);
    assert_rc(ky_anchor_read(&a, &found, ks, &soft_mac, KY_PROCESS_CA, NODE), KY_ENOTFOUND);
    assert_rc(ky_anchor_read(&a, &found, ks, &other_soft_mac, KY_PROCESS_SAM, NODE), KY_ENOTFOUND);
    assert_int_equal(found, 3);
}

static void each_node_has_its_own(void **state)
{
    struct ky_anchor a;
    assert_ok(write_one(50, 10)); /* label anchor.10 begins like anchor.1 */
    assert_rc(read_one(&a), KY_ENOTFOUND);
    assert_ok(write_one(3, NODE));
    assert_ok(read_one(&a));
    assert_true(a.sequence == 3 && found == 1);
    assert_ok(ky_anchor_read(&a, &found, ks, &soft_mac, KY_PROCESS_SAM, 10));
    assert_true(a.sequence == 50 && found == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(writing_replaces_the_one_before, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_highest_counts_and_writing_removes_the_surplus, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(forged_ones_are_counted_and_not_believed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_node_has_its_own, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
