/* base/network: what counts as one client. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/network.h"

static void assert_network(const char *address, const char *want)
{
    char got[KY_NETWORK_TEXT];
    ky_network_of(got, address);
    assert_string_equal(got, want);
}

static void an_ipv4_address_is_one_client(void **state)
{
    assert_network("192.0.2.7", "192.0.2.7");
    assert_network("::ffff:192.0.2.7", "192.0.2.7");
}

static void a_network_of_ipv6_is_one_client(void **state)
{
    assert_network("2001:db8:0:1:2:3:4:5", "2001:db8:0:1::/64");
    assert_network("2001:db8:0:1::9", "2001:db8:0:1::/64");
    assert_network("2001:db8::9", "2001:db8::/64");
    assert_network("2001:db8:0:2::9", "2001:db8:0:2::/64");
    assert_network("::1", "::/64");
}

static void what_is_no_address_stays(void **state)
{
    assert_network("", "");
    assert_network("2001:db8:::9", "2001:db8:::9");
    assert_network("0123456789012345678901234567890123456789012345678901234567890123",
                   "01234567890123456789012345678901234567890123456");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ipv4_address_is_one_client),
        cmocka_unit_test(a_network_of_ipv6_is_one_client),
        cmocka_unit_test(what_is_no_address_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
