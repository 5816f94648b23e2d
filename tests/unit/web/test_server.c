#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "web/server.h"
#include "web/web.h"

#define CLIENTS 8
#define CONNECTIONS 64
#define PER_ADDRESS 16

struct fixture {
    struct ky_web web;
    struct ky_workers *workers;
    struct ky_server *server;
};

static ky_rc echo(struct ky_web *w, struct ky_exchange *x)
{
    return ky_answer_bytes(x, 200, "text/plain", x->body);
}

static ky_rc slow(struct ky_web *w, struct ky_exchange *x)
{
    usleep(100000);
    return ky_answer_bytes(x, 200, "text/plain", ky_bytes_str(ky_exchange_arg(x, "who")));
}

static const struct ky_route routes[] = {
    {.method = "POST",
     .path = "/echo",
     .family = KY_FAMILY_PKI,
     .body = KY_BODY_RAW,
     .type = "text/plain",
     .max_body = 32,
     .handle = echo},
    {.method = "POST",
     .path = "/vault",
     .family = KY_FAMILY_PORTAL,
     .roles = KY_STAFF_ENTER,
     .body = KY_BODY_RAW,
     .type = "text/plain",
     .max_body = 32u << 20,
     .handle = echo},
    {.method = "GET", .path = "/slow", .family = KY_FAMILY_PKI, .handle = slow},
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    if (f == NULL || ky_workers_start(&f->workers, 4) != KY_OK)
        return -1;
    const struct ky_server_config cfg = {.web = &f->web,
                                         .workers = f->workers,
                                         .address = "127.0.0.1",
                                         .io_threads = 2,
                                         .connections = CONNECTIONS,
                                         .connections_per_address = PER_ADDRESS,
                                         .idle_s = 1,
                                         .routes = routes,
                                         .route_count = KY_COUNT(routes)};
    *state = f;
    return ky_server_start(&f->server, &cfg) == KY_OK ? 0 : -1;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    ky_server_quiesce(f->server);
    ky_workers_stop(f->workers);
    ky_server_stop(f->server);
    free(f);
    return 0;
}

static int dial(const struct fixture *f, uint32_t from)
{
    const struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(from)};
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(ky_server_port(f->server)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&own, sizeof own), 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

/* Sends text, reads to the end; the status, and the whole answer in out. */
static int ask_from(const struct fixture *f, uint32_t from, const char *text, char *out, size_t max)
{
    int fd = dial(f, from), status = 0;
    size_t n = 0;
    ssize_t got = 1;
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    while (got > 0 && n < max - 1) {
        got = read(fd, out + n, max - 1 - n);
        n += got > 0 ? (size_t)got : 0;
    }
    out[n] = 0;
    close(fd);
    sscanf(out, "HTTP/1.1 %d", &status);
    return status;
}

static int ask(const struct fixture *f, const char *text, char *out, size_t max)
{
    return ask_from(f, INADDR_LOOPBACK, text, out, max);
}

static void carries_a_body_there_and_back(void **state)
{
    char out[2048];
    assert_int_equal(ask(*state,
                         "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: text/plain\r\n"
                         "Content-Length: 5\r\n\r\nhello",
                         out, sizeof out),
                     200);
    assert_non_null(strstr(out, "\r\n\r\nhello"));
    assert_non_null(strstr(out, "X-Request-Id: "));
    assert_non_null(strstr(out, "nosniff"));
}

static void refuses_what_is_too_long_before_reading_it(void **state)
{
    char out[2048];
    assert_int_equal(ask(*state,
                         "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: text/plain\r\n"
                         "Content-Length: 33\r\n\r\n",
                         out, sizeof out),
                     413);
    assert_int_equal(ask(*state,
                         "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: text/plain\r\n"
                         "Content-Length: 99999999999999\r\n\r\n",
                         out, sizeof out),
                     413);
    /* piece by piece: the connection ends */
    assert_int_equal(
        ask(*state,
            "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: text/plain\r\n"
            "Transfer-Encoding: chunked\r\n\r\n28\r\n0123456789012345678901234567890123456789\r\n"
            "0\r\n\r\n",
            out, sizeof out),
        0);
}

static void refuses_unknown_addresses_and_wrong_types(void **state)
{
    char out[2048];
    assert_int_equal(
        ask(*state, "GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", out, sizeof out), 404);
    assert_int_equal(ask(*state,
                         "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx",
                         out, sizeof out),
                     400);
    assert_int_equal(ask(*state, "garbage\r\n\r\n", out, sizeof out), 0);
}

static void *ask_slowly(void *arg)
{
    char out[2048];
    bool good = ask(arg, "GET /slow?who=toi HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", out,
                    sizeof out) == 200 &&
                strstr(out, "\r\n\r\ntoi") != NULL;
    return good ? arg : NULL;
}

static void answers_many_at_once(void **state)
{
    pthread_t threads[CLIENTS];
    for (size_t i = 0; i < CLIENTS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_slowly, *state), 0);
    for (size_t i = 0; i < CLIENTS; i++) {
        void *good = NULL;
        pthread_join(threads[i], &good);
        assert_non_null(good);
    }
}

/* Nobody sends the 32 MiB: the answer comes before, and the connection ends though it might be kept alive. */
static void refuses_whom_it_does_not_know_before_the_body(void **state)
{
    char out[2048];
    assert_int_equal(ask(*state,
                         "POST /vault HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
                         "Content-Length: 33554432\r\n\r\n",
                         out, sizeof out),
                     401);
    assert_non_null(strstr(out, "WWW-Authenticate: Bearer"));
    assert_int_equal(ask(*state,
                         "POST /vault HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
                         "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n",
                         out, sizeof out),
                     401);
    assert_int_equal(ask(*state,
                         "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: text/html\r\n"
                         "Content-Length: 32\r\n\r\n",
                         out, sizeof out),
                     400); /* of a type that is not taken */
}

static bool is_closed(int fd, int wait_ms)
{
    char byte;
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return poll(&p, 1, wait_ms) == 1 && recv(fd, &byte, 1, 0) <= 0;
}

static void one_address_gets_its_share_of_connections(void **state)
{
    int fds[PER_ADDRESS + 4];
    char out[2048];
    size_t closed = 0;
    for (size_t i = 0; i < KY_COUNT(fds); i++)
        fds[i] = dial(*state, INADDR_LOOPBACK);
    assert_int_equal(ask_from(*state, INADDR_LOOPBACK + 1,
                              "GET /slow?who=toi HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", out,
                              sizeof out),
                     200);
    for (size_t i = 0; i < KY_COUNT(fds); i++)
        closed += is_closed(fds[i], 20);
    assert_int_equal(closed, KY_COUNT(fds) - PER_ADDRESS);
    for (size_t i = 0; i < KY_COUNT(fds); i++)
        close(fds[i]);
}

static void a_silent_connection_is_closed(void **state)
{
    static const char half[] = "GET /slow HTTP/1.1\r\nHost: x\r\n";
    int silent = dial(*state, INADDR_LOOPBACK), slow_one = dial(*state, INADDR_LOOPBACK);
    assert_int_equal(write(slow_one, half, sizeof half - 1), sizeof half - 1);
    assert_false(is_closed(silent, 300));
    assert_true(is_closed(silent, 3000));
    assert_true(is_closed(slow_one, 3000));
    close(silent);
    close(slow_one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(carries_a_body_there_and_back, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_what_is_too_long_before_reading_it, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_unknown_addresses_and_wrong_types, setup, teardown),
        cmocka_unit_test_setup_teardown(answers_many_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_whom_it_does_not_know_before_the_body, setup, teardown),
        cmocka_unit_test_setup_teardown(one_address_gets_its_share_of_connections, setup, teardown),
        cmocka_unit_test_setup_teardown(a_silent_connection_is_closed, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
