/* The data key: sam gives it once for each connection, always the same, and it lies nowhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <stdio.h>

#include "base/hex.h"
#include "domain/data_key.h"
#include "domain/message.h"
#include "tests/support/realm.h"

#define WAIT_MS 20000

static struct realm realm;
static uint8_t first[KY_DATA_KEY_SIZE];

static int set_up(void **state)
{
    (void)state;
    if (realm_make(&realm, NULL) == KY_OK && realm_start(&realm) == KY_OK)
        return 0;
    print_error("%s\n", ky_error());
    return -1;
}

static int tear_down(void **state)
{
    (void)state;
    realm_clear(&realm);
    return 0;
}

static ky_rc ask(uint8_t key[KY_DATA_KEY_SIZE], struct ky_ipc_client *client)
{
    ky_auto_buf reply = ky_buf_init(KY_DATA_KEY_SIZE);
    KY_TRY(ky_ipc_call(client, KY_MSG_SAM_DATA_KEY, KY_BYTES_NONE, &reply, WAIT_MS));
    assert_int_equal(reply.n, KY_DATA_KEY_SIZE);
    memcpy(key, reply.p, KY_DATA_KEY_SIZE);
    return KY_OK;
}

/* A connection of its own each time: the relay asks for a fresh one when the one before has ended. */
static void each_connection_is_given_the_same_key_once(void **state)
{
    (void)state;
    static const uint8_t zeros[KY_DATA_KEY_SIZE];
    static const char *const workers[] = {"sam-worker.0", "sam-worker.0", "sam-worker.1"};
    for (size_t i = 0; i < KY_COUNT(workers); i++) {
        struct ky_ipc_client client;
        uint8_t key[KY_DATA_KEY_SIZE], again[KY_DATA_KEY_SIZE];
        assert_int_equal(realm_connect(&client, &realm, workers[i]), KY_OK);
        assert_int_equal(ask(key, &client), KY_OK);
        assert_memory_not_equal(key, zeros, sizeof key);
        if (i > 0)
            assert_memory_equal(key, first, sizeof key);
        memcpy(first, key, sizeof key);
        assert_int_equal(ask(again, &client), KY_EDENIED);
        assert_non_null(strstr(ky_error(), "on this connection"));
        ky_ipc_client_clear(&client);
    }
}

static void ca_knows_of_none(void **state)
{
    (void)state;
    uint8_t key[KY_DATA_KEY_SIZE];
    struct ky_ipc_client client;
    assert_int_equal(realm_connect(&client, &realm, "ca-worker.0"), KY_OK);
    assert_int_not_equal(ask(key, &client), KY_OK);
    ky_ipc_client_clear(&client);
}

/* As bytes or digits, in any file of the realm, tokens and logs included. */
static void no_file_holds_it(void **state)
{
    (void)state;
    char hex[2 * KY_DATA_KEY_SIZE + 1], escaped[4 * KY_DATA_KEY_SIZE + 1], command[512];
    ky_hex_encode(hex, KY_BYTES_OF(first));
    for (size_t i = 0; i < KY_DATA_KEY_SIZE; i++)
        snprintf(escaped + 4 * i, 5, "\\x%02x", first[i]);
    snprintf(command, sizeof command, "LC_ALL=C grep -r -l -a -i -e %s %s", hex, realm.dir);
    assert_int_not_equal(system(command), 0);
    snprintf(command, sizeof command, "LC_ALL=C grep -r -l -a -P -e '%s' %s", escaped, realm.dir);
    assert_int_not_equal(system(command), 0);
    snprintf(command, sizeof command, "find %s -name data.key | grep .", realm.state);
    assert_int_not_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_connection_is_given_the_same_key_once),
        cmocka_unit_test(ca_knows_of_none),
        cmocka_unit_test(no_file_holds_it),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
