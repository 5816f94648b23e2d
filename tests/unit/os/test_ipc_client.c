/* os/ipc_client and os/ipc_pool: answers, late answers, nonsense. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/file.h"
#include "os/ipc_pool.h"
#include "os/sock.h"

enum { ASK = 9 };

/* Writes a reply into the far end before it is asked for: ids begin with 1. */
static void prepare(int far, uint16_t type, uint16_t status, uint32_t id, const char *body)
{
    uint8_t head[KY_IPC_HEADER];
    struct ky_ipc_header h = {.body_n = (uint32_t)strlen(body), .type = type, .status = status, .id = id};
    ky_ipc_header_encode(head, &h);
    assert_int_equal(ky_sock_write(far, KY_BYTES_OF(head), -1, ky_deadline_in(1000)), KY_OK);
    assert_int_equal(ky_sock_write(far, ky_bytes_str(body), -1, ky_deadline_in(1000)), KY_OK);
}

static struct ky_ipc_client client_with(int *far)
{
    int fds[2];
    assert_int_equal(ky_sock_pair(fds), KY_OK);
    *far = fds[1];
    return ky_ipc_client_init(fds[0]);
}

static void returns_the_reply(void **state)
{
    ky_auto_fd far = -1;
    ky_auto_ipc_client c = client_with(&far);
    ky_auto_buf reply = ky_buf_init(10);
    prepare(far, ASK | KY_IPC_REPLY, 0, 1, "0123456789");
    assert_int_equal(ky_ipc_call(&c, ASK, KY_BYTES_LIT("q"), &reply, 1000), KY_OK);
    assert_string_equal(ky_buf_str(&reply), "0123456789");
    uint8_t sent[KY_IPC_HEADER + 1];
    assert_int_equal(read(far, sent, sizeof sent), sizeof sent);
    assert_memory_equal(sent, "\0\0\0\1\0\x09\0\0\0\0\0\1q", sizeof sent);
}

static void failure_of_the_peer_keeps_the_connection(void **state)
{
    ky_auto_fd far = -1;
    ky_auto_ipc_client c = client_with(&far);
    ky_auto_buf reply = ky_buf_init(10);
    prepare(far, ASK | KY_IPC_REPLY, 6, 1, "denied by rule");
    assert_int_equal(ky_ipc_call(&c, ASK, KY_BYTES_NONE, &reply, 1000), KY_EDENIED);
    assert_string_equal(ky_error(), "denied by rule");
    assert_true(ky_ipc_client_connected(&c));
}

static void late_reply_is_passed_over(void **state)
{
    ky_auto_fd far = -1;
    ky_auto_ipc_client c = client_with(&far);
    ky_auto_buf reply = ky_buf_init(10);
    assert_int_equal(ky_ipc_call(&c, ASK, KY_BYTES_NONE, &reply, 10), KY_EBUSY);
    assert_true(ky_ipc_client_connected(&c));
    prepare(far, ASK | KY_IPC_REPLY, 0, 1, "too late, and longer than anyone wants");
    prepare(far, ASK | KY_IPC_REPLY, 0, 2, "mine");
    assert_int_equal(ky_ipc_call(&c, ASK, KY_BYTES_NONE, &reply, 1000), KY_OK);
    assert_string_equal(ky_buf_str(&reply), "mine");
}

static void nonsense_disconnects(void **state)
{
    static const struct {
        uint16_t type, status;
        const char *body;
        ky_rc want;
    } cases[] = {
        {ASK, 0, "", KY_EIO},                              /* a request */
        {(ASK + 1) | KY_IPC_REPLY, 0, "", KY_EIO},         /* reply to another type */
        {ASK | KY_IPC_REPLY, 77, "", KY_EIO},              /* unknown status */
        {ASK | KY_IPC_REPLY, 0, "12345678901", KY_ELIMIT}, /* longer than asked for */
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_fd far = -1;
        ky_auto_ipc_client c = client_with(&far);
        ky_auto_buf reply = ky_buf_init(10);
        prepare(far, cases[i].type, cases[i].status, 1, cases[i].body);
        assert_int_equal(ky_ipc_call(&c, ASK, KY_BYTES_NONE, &reply, 1000), cases[i].want);
        assert_false(ky_ipc_client_connected(&c));
        assert_int_equal(ky_ipc_call(&c, ASK, KY_BYTES_NONE, &reply, 1000), KY_EIO);
    }
}

static void half_a_reply_disconnects(void **state)
{
    ky_auto_fd far = -1;
    ky_auto_ipc_client c = client_with(&far);
    ky_auto_buf reply = ky_buf_init(10);
    assert_int_equal(write(far, "\0\0\0\5", 4), 4);
    assert_int_equal(ky_ipc_call(&c, ASK, KY_BYTES_NONE, &reply, 10), KY_EBUSY); /* began, and stopped */
    assert_false(ky_ipc_client_connected(&c));
    c = client_with(&far);
    prepare(far, ASK | KY_IPC_REPLY, 0, 1, "");
    ky_fd_clear(&far);
    assert_int_equal(ky_ipc_call(&c, ASK, KY_BYTES_NONE, &reply, 10), KY_EIO);
}

/* ---- the pool ---- */

static void on_broken(void *ctx, unsigned index)
{
    unsigned *lost = ctx;
    *lost = index;
}

static void pool_uses_what_is_connected(void **state)
{
    unsigned lost = 99;
    ky_auto_fd far = -1;
    struct ky_ipc_pool *pool;
    ky_auto_buf reply = ky_buf_init(10);
    assert_int_equal(ky_ipc_pool_new(&pool, on_broken, &lost), KY_OK);
    assert_int_equal(ky_ipc_pool_call(pool, KY_IPC_POOL_ANY, ASK, KY_BYTES_NONE, &reply, 10), KY_EBUSY);
    struct ky_ipc_client c = client_with(&far);
    prepare(far, ASK | KY_IPC_REPLY, 0, 1, "here");
    assert_int_equal(ky_ipc_pool_put(pool, 5, c.fd), KY_OK);
    assert_int_equal(ky_ipc_pool_call(pool, 4, ASK, KY_BYTES_NONE, &reply, 10), KY_EBUSY);
    assert_int_equal(ky_ipc_pool_call(pool, KY_IPC_POOL_ANY, ASK, KY_BYTES_NONE, &reply, 1000), KY_OK);
    assert_string_equal(ky_buf_str(&reply), "here");
    ky_fd_clear(&far);
    assert_int_equal(ky_ipc_pool_call(pool, 5, ASK, KY_BYTES_NONE, &reply, 1000), KY_EIO);
    assert_int_equal(lost, 5);
    c = client_with(&far);
    assert_int_equal(ky_ipc_pool_put(pool, KY_IPC_POOL_MAX, c.fd), KY_ELIMIT);
    ky_ipc_pool_free(pool);
}

static void *put_later(void *ctx)
{
    ky_auto_fd far = -1;
    struct ky_ipc_client c = client_with(&far);
    prepare(far, ASK | KY_IPC_REPLY, 0, 1, "fresh");
    usleep(20000);
    assert_int_equal(ky_ipc_pool_put(ctx, 0, c.fd), KY_OK);
    return (void *)(intptr_t)ky_fd_take(&far);
}

static void pool_waits_for_a_restarted_worker(void **state)
{
    struct ky_ipc_pool *pool;
    pthread_t thread;
    void *far;
    ky_auto_buf reply = ky_buf_init(10);
    assert_int_equal(ky_ipc_pool_new(&pool, NULL, NULL), KY_OK);
    assert_int_equal(pthread_create(&thread, NULL, put_later, pool), 0);
    assert_int_equal(ky_ipc_pool_call(pool, KY_IPC_POOL_ANY, ASK, KY_BYTES_NONE, &reply, 5000), KY_OK);
    assert_string_equal(ky_buf_str(&reply), "fresh");
    assert_int_equal(pthread_join(thread, &far), 0);
    close((int)(intptr_t)far);
    ky_ipc_pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(returns_the_reply),
        cmocka_unit_test(failure_of_the_peer_keeps_the_connection),
        cmocka_unit_test(late_reply_is_passed_over),
        cmocka_unit_test(nonsense_disconnects),
        cmocka_unit_test(half_a_reply_disconnects),
        cmocka_unit_test(pool_uses_what_is_connected),
        cmocka_unit_test(pool_waits_for_a_restarted_worker),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
