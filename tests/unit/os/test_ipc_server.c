/* os/ipc_server: each rule of the message table, kept and broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/ipc_server.h"
#include "os/sock.h"

#define MANY 10000

enum { ECHO = 1, REFUSE = 2, LATER = 3, FOR_CA = 4, IN_PHASE_2 = 5, WITH_FD = 6, STORE = 7 };

/* A server, our end of its one connection (a web process, as far as it knows), and what happened. */
struct world {
    struct ky_ipc_server *server;
    int fd;
    struct ky_ipc_ticket tickets[8];
    size_t ticket_count;
    unsigned closed, ticks, handled;
    ky_rc reply_rc;
    bool reply_transport;
    char reply[64];
};

static ky_rc on_echo(void *ctx, struct ky_ipc_request *request, struct ky_bytes body, struct ky_buf *reply)
{
    struct world *w = ctx;
    w->handled++;
    assert_int_equal(ky_ipc_request_peer(request), KY_ROLE_WEB);
    ky_buf_add(reply, body);
    return KY_OK;
}

static ky_rc on_refuse(void *ctx, struct ky_ipc_request *request, struct ky_bytes body, struct ky_buf *reply)
{
    ky_buf_add_str(reply, "secret that must not leave");
    return ky_fail(KY_EAUTH, "statement: challenge differs");
}

static ky_rc on_later(void *ctx, struct ky_ipc_request *request, struct ky_bytes body, struct ky_buf *reply)
{
    struct world *w = ctx;
    w->tickets[w->ticket_count++] = ky_ipc_defer(request);
    return KY_OK;
}

static ky_rc on_fd(void *ctx, struct ky_ipc_request *request, struct ky_bytes body, struct ky_buf *reply)
{
    ky_auto_fd fd = ky_ipc_request_take_fd(request);
    assert_true(fd >= 0);
    assert_int_equal(ky_ipc_request_take_fd(request), -1);
    return KY_OK;
}

#define WEB KY_PEER(KY_ROLE_WEB)
static const struct ky_ipc_message messages[] = {
    {ECHO, "echo", WEB, KY_IPC_ANY_PHASE, 16, false, on_echo},
    {REFUSE, "refuse", WEB, KY_IPC_ANY_PHASE, 16, false, on_refuse},
    {LATER, "later", WEB, KY_IPC_ANY_PHASE, 16, false, on_later},
    {FOR_CA, "for_ca", KY_PEER(KY_ROLE_CA_WORKER), KY_IPC_ANY_PHASE, 16, false, on_echo},
    {IN_PHASE_2, "in_phase_2", WEB, 2, 16, false, on_echo},
    {WITH_FD, "with_fd", WEB, KY_IPC_ANY_PHASE, 16, true, on_fd},
};

static int64_t on_tick(void *ctx, int64_t now_ms)
{
    struct world *w = ctx;
    w->ticks++;
    return KY_DEADLINE_NEVER;
}

static void on_closed(void *ctx, ky_role peer, unsigned index)
{
    struct world *w = ctx;
    assert_int_equal(peer, KY_ROLE_WEB);
    w->closed++;
}

static struct world world;
static struct ky_ipc_table table = {messages, KY_COUNT(messages), &world};

static int set_up(void **state)
{
    int fds[2];
    world = (struct world){.fd = -1};
    if (ky_ipc_server_new(&world.server) != KY_OK || ky_sock_pair(fds) != KY_OK)
        return -1;
    struct ky_ipc_server_ops ops = {.ctx = &world, .tick = on_tick, .closed = on_closed};
    ky_ipc_server_set_ops(world.server, &ops);
    world.fd = fds[1];
    return ky_ipc_server_serve(world.server, &table) == KY_OK &&
                   ky_ipc_server_add(world.server, KY_ROLE_WEB, 0, fds[0]) == KY_OK
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    ky_ipc_server_free(world.server);
    ky_fd_clear(&world.fd);
    return 0;
}

static long count_descriptors(void)
{
    long count = 0;
    DIR *folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

static void put_raw(struct ky_bytes bytes, int fd)
{
    assert_int_equal(ky_sock_write(world.fd, bytes, fd, ky_deadline_in(1000)), KY_OK);
}

static void put(uint32_t body_n, uint16_t type, uint16_t status, uint32_t id, const char *body)
{
    uint8_t head[KY_IPC_HEADER];
    struct ky_ipc_header h = {.body_n = body_n, .type = type, .status = status, .id = id};
    ky_ipc_header_encode(head, &h);
    put_raw(KY_BYTES_OF(head), -1);
    put_raw(ky_bytes_str(body), -1);
}

static void step(void)
{
    assert_int_equal(ky_ipc_server_step(world.server, 100), KY_OK);
}

static void expect(uint16_t type, ky_rc rc, uint32_t id, const char *body)
{
    uint8_t head[KY_IPC_HEADER], text[64] = {0};
    struct ky_ipc_header h;
    size_t done;
    int fd = -1;
    assert_int_equal(ky_sock_read(world.fd, head, sizeof head, &done, &fd, ky_deadline_in(1000)), KY_OK);
    assert_int_equal(ky_ipc_header_decode(&h, head), KY_OK);
    assert_int_equal(h.type, type | KY_IPC_REPLY);
    assert_int_equal(-(int)h.status, rc);
    assert_int_equal(h.id, id);
    assert_int_equal(h.body_n, strlen(body));
    assert_int_equal(ky_sock_read(world.fd, text, h.body_n, &done, &fd, ky_deadline_in(1000)), KY_OK);
    assert_string_equal((char *)text, body);
}

static bool connected(void)
{
    return ky_ipc_server_has(world.server, KY_ROLE_WEB, 0);
}

static void answers_in_order(void **state)
{
    put(5, ECHO, 0, 7, "hello");
    put(0, ECHO, 0, 8, "");
    step();
    expect(ECHO, KY_OK, 7, "hello");
    expect(ECHO, KY_OK, 8, "");
    assert_int_equal(ky_ipc_server_counters(world.server).requests, 2);
    assert_true(world.ticks > 0);
}

static void failure_is_a_reply_with_its_text_only(void **state)
{
    put(0, REFUSE, 0, 1, "");
    step();
    expect(REFUSE, KY_EAUTH, 1, "statement: challenge differs");
    assert_true(connected());
    assert_int_equal(ky_ipc_server_counters(world.server).errors, 1);
}

static void notice_gets_no_reply(void **state)
{
    uint8_t byte;
    put(0, ECHO, 0, 0, "");
    put(0, REFUSE, 0, 0, "");
    step();
    assert_int_equal(world.handled, 1);
    assert_int_equal(read(world.fd, &byte, 1), -1);
}

static void waits_for_the_rest_of_a_message(void **state)
{
    uint8_t head[KY_IPC_HEADER];
    struct ky_ipc_header h = {.body_n = 2, .type = ECHO, .id = 3};
    ky_ipc_header_encode(head, &h);
    for (size_t i = 0; i < sizeof head; i++) {
        put_raw(KY_BYTES(head + i, 1), -1);
        step();
    }
    put_raw(KY_BYTES_LIT("o"), -1);
    step();
    assert_int_equal(world.handled, 0);
    put_raw(KY_BYTES_LIT("k"), -1);
    step();
    expect(ECHO, KY_OK, 3, "ok");
}

/* Each of these ends the connection and nothing else. */
static void broken_rules_end_the_connection(void **state)
{
    static const struct {
        uint32_t body_n;
        uint16_t type, status;
        uint32_t id;
        const char *says;
    } cases[] = {
        {0, 99, 0, 1, "no message has type 99"},
        {17, ECHO, 0, 1, "echo of 17 bytes; at most 16"},
        {UINT32_MAX, ECHO, 0, 1, "at most"},
        {0, FOR_CA, 0, 1, "for_ca is not for web to send"},
        {0, IN_PHASE_2, 0, 1, "in_phase_2 is not allowed in phase 0x1"},
        {0, ECHO, 1, 1, "request of type 1 with status 1"},
        {0, ECHO | KY_IPC_REPLY, 0, 1, "question that was not asked"},
        {0, ECHO | KY_IPC_REPLY, 0, 0, "reply without request id"},
        {0, ECHO | KY_IPC_REPLY, 99, 1, "unknown status 99"},
        {513, ECHO | KY_IPC_REPLY, 1, 1, "error text of 513 bytes"},
        {0, WITH_FD, 0, 1, "without its descriptor"},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        assert_int_equal(set_up(NULL), 0);
        put(0, ECHO, 0, 1, "");
        step();
        assert_true(connected());
        put(cases[i].body_n, cases[i].type, cases[i].status, cases[i].id, "");
        step();
        assert_false(connected());
        assert_non_null(strstr(ky_error(), cases[i].says));
        assert_int_equal(ky_ipc_server_counters(world.server).broken, 1);
        assert_int_equal(world.closed, 1);
        assert_int_equal(world.handled, 1);
        tear_down(NULL);
    }
}

static void garbage_ends_the_connection(void **state)
{
    put_raw(KY_BYTES_LIT("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), -1);
    step();
    assert_false(connected());
}

static void half_a_message_at_the_end_is_counted(void **state)
{
    put(4, ECHO, 0, 1, "abc");
    ky_fd_clear(&world.fd);
    step();
    step();
    assert_false(connected());
    assert_int_equal(ky_ipc_server_counters(world.server).broken, 1);
    assert_int_equal(world.handled, 0);
}

static void orderly_end_is_not_counted(void **state)
{
    put(0, ECHO, 0, 0, "");
    ky_fd_clear(&world.fd);
    step();
    step();
    assert_false(connected());
    assert_int_equal(world.closed, 1);
    assert_int_equal(ky_ipc_server_counters(world.server).broken, 0);
    assert_int_equal(world.handled, 1);
}

static void phase_opens_a_message(void **state)
{
    ky_ipc_server_set_phase(world.server, 2);
    put(0, IN_PHASE_2, 0, 1, "");
    step();
    expect(IN_PHASE_2, KY_OK, 1, "");
}

static void deferred_answers_come_in_any_order(void **state)
{
    put(0, LATER, 0, 1, "");
    put(0, LATER, 0, 2, "");
    put(0, ECHO, 0, 3, "");
    step();
    expect(ECHO, KY_OK, 3, "");
    ky_ipc_answer(world.server, world.tickets[1], KY_OK, KY_BYTES_LIT("two"));
    ky_ipc_answer(world.server, world.tickets[0], ky_fail(KY_EIO, "disk"), KY_BYTES_LIT("ignored"));
    expect(LATER, KY_OK, 2, "two");
    expect(LATER, KY_EIO, 1, "disk");
}

static void deferred_answer_to_nobody_is_harmless(void **state)
{
    int fds[2];
    put(0, LATER, 0, 1, "");
    step();
    assert_int_equal(ky_sock_pair(fds), KY_OK);
    assert_int_equal(ky_ipc_server_add(world.server, KY_ROLE_WEB, 0, fds[0]), KY_OK);
    step();
    assert_int_equal(world.closed, 1);
    ky_ipc_answer(world.server, world.tickets[0], KY_OK, KY_BYTES_LIT("for the old connection"));
    ky_fd_clear(&world.fd);
    world.fd = fds[1];
    put(2, ECHO, 0, 1, "me");
    step();
    expect(ECHO, KY_OK, 1, "me"); /* and not what was owed to the one before */
}

static void descriptor_goes_where_the_table_says(void **state)
{
    uint8_t head[KY_IPC_HEADER];
    struct ky_ipc_header h = {.type = WITH_FD, .id = 1};
    ky_ipc_header_encode(head, &h);
    put_raw(KY_BYTES_OF(head), STDERR_FILENO);
    step();
    expect(WITH_FD, KY_OK, 1, "");
    h.type = ECHO;
    ky_ipc_header_encode(head, &h);
    put_raw(KY_BYTES_OF(head), STDERR_FILENO);
    step();
    assert_false(connected());
}

static void on_reply(void *ctx, ky_rc rc, bool transport, struct ky_bytes body)
{
    struct world *w = ctx;
    w->reply_rc = rc;
    w->reply_transport = transport;
    snprintf(w->reply, sizeof w->reply, "%.*s", (int)body.n, (const char *)body.p);
}

static void asks_and_hears_the_answer(void **state)
{
    uint8_t head[KY_IPC_HEADER];
    struct ky_ipc_header h;
    size_t done;
    int fd = -1;
    assert_int_equal(ky_ipc_ask(world.server, KY_ROLE_WEB, 1, STORE, KY_BYTES_NONE, on_reply, &world),
                     KY_ENOTFOUND);
    assert_int_equal(ky_ipc_ask(world.server, KY_ROLE_WEB, 0, STORE, KY_BYTES_NONE, on_reply, &world), KY_OK);
    assert_int_equal(ky_sock_read(world.fd, head, sizeof head, &done, &fd, ky_deadline_in(1000)), KY_OK);
    assert_int_equal(ky_ipc_header_decode(&h, head), KY_OK);
    assert_int_equal(h.type, STORE);
    put(4, STORE | KY_IPC_REPLY, 0, h.id, "done");
    step();
    assert_int_equal(world.reply_rc, KY_OK);
    assert_string_equal(world.reply, "done");
    put(4, STORE | KY_IPC_REPLY, 0, h.id, "done"); /* a second answer was not asked for */
    step();
    assert_false(connected());
}

static void question_fails_when_the_peer_goes(void **state)
{
    assert_int_equal(ky_ipc_ask(world.server, KY_ROLE_WEB, 0, STORE, KY_BYTES_NONE, on_reply, &world), KY_OK);
    ky_fd_clear(&world.fd);
    step();
    assert_int_equal(world.reply_rc, KY_EIO);
    assert_true(world.reply_transport);
}

static void peer_that_does_not_read_is_dropped(void **state)
{
    put(0, LATER, 0, 1, "");
    put(0, LATER, 0, 2, "");
    put(0, LATER, 0, 3, "");
    step();
    ky_auto_buf big = ky_buf_init(KY_IPC_BODY_MAX);
    ky_buf_add_fill(&big, 'x', KY_IPC_BODY_MAX);
    for (int i = 0; i < 3; i++)
        ky_ipc_answer(world.server, world.tickets[i], KY_OK, ky_buf_bytes(&big));
    step();
    assert_false(connected());
}

static void notice_is_sent_at_once_or_not_at_all(void **state)
{
    ky_rc rc = KY_OK;
    static const uint8_t page[4096];
    for (int i = 0; i < 1000 && rc == KY_OK; i++)
        rc = ky_ipc_notify(world.server, KY_ROLE_WEB, 0, STORE, KY_BYTES_OF(page), -1);
    assert_int_equal(rc, KY_EBUSY);
    assert_int_equal(ky_ipc_notify(world.server, KY_ROLE_CA_WORKER, 0, STORE, KY_BYTES_NONE, -1),
                     KY_ENOTFOUND);
}

/* One after the other, every second one cut off in a message or breaking the rules. */
static void ten_thousand_connections_leave_nothing(void **state)
{
    long before = count_descriptors();
    for (uint32_t i = 0; i < MANY; i++) {
        int fds[2];
        ky_fd_clear(&world.fd);
        assert_int_equal(ky_sock_pair(fds), KY_OK);
        assert_int_equal(ky_ipc_server_add(world.server, KY_ROLE_WEB, 0, fds[0]), KY_OK);
        world.fd = fds[1];
        put(i % 4 == 1 ? 9 : 2, i % 4 == 3 ? 99 : ECHO, 0, i + 1, "ab");
        step();
        if (i % 2 == 0)
            expect(ECHO, KY_OK, i + 1, "ab");
        assert_int_equal(connected(), i % 4 != 3);
    }
    assert_int_equal(world.handled, MANY / 2);
    assert_in_range(count_descriptors(), before - 1, before); /* the last one was broken off by the server */
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        T(answers_in_order),
        T(failure_is_a_reply_with_its_text_only),
        T(notice_gets_no_reply),
        T(waits_for_the_rest_of_a_message),
        cmocka_unit_test(broken_rules_end_the_connection),
        T(garbage_ends_the_connection),
        T(half_a_message_at_the_end_is_counted),
        T(orderly_end_is_not_counted),
        T(phase_opens_a_message),
        T(deferred_answers_come_in_any_order),
        T(deferred_answer_to_nobody_is_harmless),
        T(descriptor_goes_where_the_table_says),
        T(asks_and_hears_the_answer),
        T(question_fails_when_the_peer_goes),
        T(peer_that_does_not_read_is_dropped),
        T(notice_is_sent_at_once_or_not_at_all),
        T(ten_thousand_connections_leave_nothing),
    };
    ky_log_init("test", KY_LOG_ERROR); /* thousands of broken connections are no news here */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
