#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include "web/throttle.h"

#define NOW ((ky_time)1800000000)

static int setup(void **state)
{
    struct ky_throttle *t = NULL;
    if (ky_throttle_new(&t, 3, 10) != KY_OK)
        return -1;
    *state = t;
    return 0;
}

static int teardown(void **state)
{
    ky_throttle_free(*state);
    return 0;
}

static void lets_a_burst_through_and_then_one_in_so_many_seconds(void **state)
{
    struct ky_throttle *t = *state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(ky_throttle_wait(t, "192.0.2.1", NOW), 0);
        ky_throttle_count(t, "192.0.2.1", NOW);
    }
    assert_int_equal(ky_throttle_wait(t, "192.0.2.1", NOW), 10);
    assert_int_equal(ky_throttle_wait(t, "192.0.2.1", NOW + 4), 6);
    assert_int_equal(ky_throttle_wait(t, "192.0.2.1", NOW + 10), 0);
    ky_throttle_count(t, "192.0.2.1", NOW + 10);
    assert_int_equal(ky_throttle_wait(t, "192.0.2.1", NOW + 10), 10);
    assert_int_equal(ky_throttle_wait(t, "192.0.2.2", NOW + 10), 0); /* nobody else is kept out */
    assert_int_equal(ky_throttle_wait(t, "192.0.2.1", NOW + KY_DAY), 0);
}

static void counts_a_network_of_ipv6_as_one(void **state)
{
    struct ky_throttle *t = *state;
    ky_throttle_count(t, "2001:db8:1:2::1", NOW);
    ky_throttle_count(t, "2001:db8:1:2::2", NOW);
    ky_throttle_count(t, "2001:db8:1:2:3:4:5:6", NOW);
    assert_true(ky_throttle_wait(t, "2001:db8:1:2::7", NOW) > 0);
    assert_int_equal(ky_throttle_wait(t, "2001:db8:1:3::1", NOW), 0);
}

static void stays_small_whoever_asks(void **state)
{
    struct ky_throttle *t = *state;
    char address[32];
    for (unsigned i = 0; i < 4 * KY_THROTTLE_NETWORKS; i++) {
        snprintf(address, sizeof address, "10.%u.%u.%u", i >> 16, i >> 8 & 255u, i & 255u);
        ky_throttle_count(t, address, NOW + i);
    }
    for (int i = 0; i < 3; i++)
        ky_throttle_count(t, "192.0.2.9", NOW + KY_DAY);
    assert_true(ky_throttle_wait(t, "192.0.2.9", NOW + KY_DAY) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lets_a_burst_through_and_then_one_in_so_many_seconds, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(counts_a_network_of_ipv6_as_one, setup, teardown),
        cmocka_unit_test_setup_teardown(stays_small_whoever_asks, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
