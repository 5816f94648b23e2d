/*
 * Rubbish where messages are expected: each costs the connection it came on, or gets an error as its answer, and
 * every process serves on. Messages that are large or many, but right, are answered.
 */
#include "tests/process/signing.h"

#include <stdio.h>
#include <unistd.h>

#include "crypto/random.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/sock.h"
#include "tests/support/procinfo.h"

#define WAIT_MS 20000
#define MANY 1000            /* in a row; the supervisor gives out no more than RENEWALS_S a second */
#define RENEWALS_S 20        /* to each worker */
#define BACKLOG 66           /* of the relay, each worker */
#define GROWTH_KIB (4 << 10) /* of a worker's memory */
#define PIPELINED 500

static struct harness world;
static struct pids pids;
static const char *const workers[] = {"sam-worker.0", "sam-worker.1", "ca-worker.0", "ca-worker.1"};

static int set_up(void **state)
{
    (void)state;
    assert_ok(harness_make_people(&world, NULL, 1, "p256"));
    pids = harness_pids(&world);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    harness_clear(&world);
    return 0;
}

/* ---- frames by hand ---- */

static void frame(struct ky_buf *out, uint32_t length, uint16_t type, uint16_t status, uint32_t id)
{
    ky_buf_add_u32(out, length);
    ky_buf_add_u16(out, type);
    ky_buf_add_u16(out, status);
    ky_buf_add_u32(out, id);
}

static uint16_t nonce_type(const char *worker)
{
    return worker[0] == 's' ? KY_MSG_SAM_NONCE : KY_MSG_CA_NONCE;
}

/* What each attack sends to that worker. */
static void random_bytes(struct ky_buf *out, const char *worker)
{
    uint8_t bytes[4096];
    (void)worker;
    assert_ok(ky_random(bytes, sizeof bytes));
    bytes[0] = 0xff; /* a length that cannot be, for certain */
    ky_buf_add(out, KY_BYTES_OF(bytes));
}

static void text(struct ky_buf *out, const char *worker)
{
    (void)worker;
    ky_buf_add_str(out, "GET / HTTP/1.1\r\nHost: sam\r\n\r\n");
}

static void longest_length(struct ky_buf *out, const char *worker)
{
    frame(out, UINT32_MAX, nonce_type(worker), 0, 1);
}

static void more_than_allowed(struct ky_buf *out, const char *worker)
{
    frame(out, (8u << 20) + 1, nonce_type(worker), 0, 1);
}

static void unknown_type(struct ky_buf *out, const char *worker)
{
    (void)worker;
    frame(out, 0, 0x7abc, 0, 1);
}

static void message_of_a_worker(struct ky_buf *out, const char *worker)
{
    (void)worker;
    frame(out, 0, KY_MSG_K_CHECKPOINT, 0, 1);
}

static void message_of_the_other(struct ky_buf *out, const char *worker)
{
    frame(out, 0, worker[0] == 's' ? KY_MSG_CA_CHAIN : KY_MSG_SAM_FOUNDING, 0, 1);
}

static void message_to_web(struct ky_buf *out, const char *worker)
{
    (void)worker;
    frame(out, 9, KY_MSG_LOG_APPEND, 0, 1);
    ky_buf_add_fill(out, 0, 9);
}

static void status_in_a_request(struct ky_buf *out, const char *worker)
{
    frame(out, 0, nonce_type(worker), 6, 1);
}

static void reply_nobody_asked_for(struct ky_buf *out, const char *worker)
{
    frame(out, 0, nonce_type(worker) | KY_IPC_REPLY, 0, 77);
}

static void right_then_wrong(struct ky_buf *out, const char *worker)
{
    frame(out, 5, nonce_type(worker), 0, 1);
    ky_buf_add_u32(out, 1);
    ky_buf_add_u8(out, KY_NONCE_SHORT);
    frame(out, 0, 0x7abc, 0, 2);
}

static const struct {
    const char *name;
    void (*make)(struct ky_buf *out, const char *worker);
} broken[] = {
    {"random bytes", random_bytes},
    {"another protocol", text},
    {"the longest length", longest_length},
    {"a length above the limit", more_than_allowed},
    {"an unknown type", unknown_type},
    {"a message of workers to keepers", message_of_a_worker},
    {"a message of the other process", message_of_the_other},
    {"a message to web", message_to_web},
    {"a status in a request", status_in_a_request},
    {"a reply nobody asked for", reply_nobody_asked_for},
    {"a good message, then a bad one", right_then_wrong},
};

/* True when the other side ends the connection, whatever it says before. */
static bool is_closed(int fd)
{
    uint8_t byte;
    size_t done;
    int unasked = -1;
    ky_rc rc = KY_OK;
    while (rc == KY_OK)
        rc = ky_sock_read(fd, &byte, 1, &done, &unasked, ky_deadline_in(WAIT_MS));
    return rc == KY_ENOTFOUND || rc == KY_EIO;
}

static void send_bytes(const char *worker, const struct ky_buf *bytes, struct ky_ipc_client *c)
{
    assert_ok(realm_connect(c, &world.realm, worker));
    ky_rc rc = ky_sock_write(c->fd, ky_buf_bytes(bytes), -1, ky_deadline_in(WAIT_MS));
    assert_true(rc == KY_OK || rc == KY_EIO); /* it may have closed already */
}

static void broken_frames_cost_the_connection(void **state)
{
    (void)state;
    for (size_t i = 0; i < KY_COUNT(broken); i++) {
        for (size_t k = 0; k < KY_COUNT(workers); k++) {
            ky_auto_ipc_client c = KY_IPC_CLIENT_NONE;
            ky_auto_buf bytes = ky_buf_init(65536);
            broken[i].make(&bytes, workers[k]);
            send_bytes(workers[k], &bytes, &c);
            if (!is_closed(c.fd))
                fail_msg("%s: %s keeps the connection", broken[i].name, workers[k]);
        }
        harness_check_serving(&world, &pids);
    }
}

/* A header, a body, a length: cut off anywhere. */
static void half_messages_are_forgotten(void **state)
{
    (void)state;
    for (size_t cut = 1; cut < 17; cut += 3) {
        for (size_t k = 0; k < KY_COUNT(workers); k++) {
            ky_auto_ipc_client c = KY_IPC_CLIENT_NONE;
            ky_auto_buf bytes = ky_buf_init(64);
            right_then_wrong(&bytes, workers[k]);
            bytes.n = cut;
            send_bytes(workers[k], &bytes, &c);
        }
    }
    harness_check_serving(&world, &pids);
}

static void note_use(long descriptors[], long kib[])
{
    for (size_t k = 0; k < KY_COUNT(workers); k++) {
        pid_t pid = realm_pid(&world.realm, workers[k]);
        descriptors[k] = procinfo_descriptors(pid);
        kib[k] = procinfo_memory_kib(pid);
    }
}

/*
 * Nobody can make a key process's connections faster than the supervisor renews them, and 10,000 at the same
 * server within this process are tried by the unit tests of os/ipc_server.
 */
static void many_connections_in_a_row(void **state)
{
    (void)state;
    long descriptors[2][KY_COUNT(workers)], kib[2][KY_COUNT(workers)];
    int64_t began_ms = ky_mono_ms();
    note_use(descriptors[0], kib[0]);
    for (size_t i = 0; i < MANY; i++) {
        ky_auto_ipc_client c = KY_IPC_CLIENT_NONE;
        ky_auto_buf bytes = ky_buf_init(64);
        if (i % 2 == 0)
            unknown_type(&bytes, "");
        send_bytes(workers[i % KY_COUNT(workers)], &bytes, &c);
    }
    harness_check_serving(&world, &pids);
    assert_true(ky_mono_ms() - began_ms >= (int64_t)(MANY / KY_COUNT(workers) - BACKLOG) * 1000 / RENEWALS_S);
    note_use(descriptors[1], kib[1]);
    for (size_t k = 0; k < KY_COUNT(workers); k++) {
        print_message("%s: %ld descriptors, then %ld; %ld KiB, then %ld\n", workers[k], descriptors[0][k],
                      descriptors[1][k], kib[0][k], kib[1][k]);
        assert_in_range(descriptors[1][k], 0, descriptors[0][k] + 1); /* a connection may just be renewed */
        assert_in_range(kib[1][k], 1, kib[0][k] + GROWTH_KIB);
    }
}

static void many_questions_before_an_answer_is_read(void **state)
{
    (void)state;
    ky_auto_ipc_client c = KY_IPC_CLIENT_NONE;
    ky_auto_buf bytes = ky_buf_init(1 << 20);
    for (uint32_t i = 1; i <= PIPELINED; i++)
        frame(&bytes, 0, KY_MSG_SAM_FOUNDING, 0, i);
    send_bytes("sam-worker.0", &bytes, &c);
    for (uint32_t i = 1; i <= PIPELINED; i++) {
        uint8_t head[KY_IPC_HEADER], body[KY_FOUNDING_MAX];
        struct ky_ipc_header h;
        size_t done;
        int unasked = -1;
        assert_ok(ky_sock_read(c.fd, head, sizeof head, &done, &unasked, ky_deadline_in(WAIT_MS)));
        assert_ok(ky_ipc_header_decode(&h, head));
        assert_int_equal(h.id, i);
        assert_int_equal(h.status, 0);
        assert_ok(ky_sock_read(c.fd, body, h.body_n, &done, &unasked, ky_deadline_in(WAIT_MS)));
    }
}

/* ---- bodies ---- */

struct body_case {
    const char *name;
    size_t field; /* of SAM_SIGN */
    size_t size;
    uint8_t fill;
    ky_rc rc;
    const char *why;
};

/* As long as the table allows, and longer: an error for an answer. */
static void large_rubbish_is_answered(void **state)
{
    (void)state;
    static const struct body_case cases[] = {
        {"a statement of brackets", SIGNING_STATEMENT, KY_STATEMENT_MAX, '[', KY_EFORMAT, "JSON"},
        {"authorisations of 0xff", SIGNING_AUTHS, 65536, 0xff, KY_ELIMIT, "255 authorisations"},
        {"a record of zeros", SIGNING_KEY, 16384, 0, KY_EFORMAT, "record"},
        {"a certificate of 0x30", SIGNING_CERT, 16384, 0x30, KY_EFORMAT, ""},
        {"a large OCSP answer", SIGNING_OCSP, 131072, 0x30, KY_EFORMAT, ""},
        {"positions of 0xff", SIGNING_POSITIONS, 6002, 0xff, KY_ELIMIT, "positions"},
        {"a blob above its limit", SIGNING_BLOB, 4097, 0, KY_EFORMAT, "field 8 is cut off or longer"},
    };
    size_t right = 0;
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        KY_CLEANUP(signing_clear) struct signing s = {0};
        ky_auto_buf body = ky_buf_init(KY_MESSAGE_BODY_MAX), answer = ky_buf_init(HARNESS_TEXT_MAX),
                    large = ky_buf_init(KY_MESSAGE_BODY_MAX);
        assert_ok(signing_ask(&s, &world, &world.people[0], 1));
        assert_ok(signing_word(&s));
        assert_ok(signing_approve(&s));
        ky_buf_add_fill(&large, cases[i].fill, cases[i].size);
        for (size_t f = 0; f < SIGNING_FIELDS; f++)
            ky_buf_add_lv(&body, f == cases[i].field ? ky_buf_bytes(&large)
                                 : f == 0            ? ky_buf_bytes(&s.text)
                                                     : ky_buf_bytes(&s.field[f]));
        ky_rc rc =
            realm_call_raw(&world.realm, "sam-worker.0", KY_MSG_SAM_SIGN, ky_buf_bytes(&body), &answer);
        right +=
            harness_judge(&world, cases[i].name, KY_PROCESS_SAM, KY_OP_SIGN, rc, cases[i].rc, cases[i].why);
    }
    assert_int_equal(right, KY_COUNT(cases));
    harness_check_serving(&world, &pids);
}

static void fields_are_counted(void **state)
{
    (void)state;
    ky_auto_buf answer = ky_buf_init(HARNESS_TEXT_MAX);
    static const uint8_t rubbish[64] = {0xff};
    harness_refused(&world, "no fields", KY_PROCESS_SAM, KY_OP_SIGN,
                    realm_call_raw(&world.realm, "sam-worker.0", KY_MSG_SAM_SIGN, KY_BYTES_NONE, &answer),
                    KY_EFORMAT, "field 1 is cut off");
    harness_refused(
        &world, "rubbish", KY_PROCESS_SAM, KY_OP_ENROL_DEVICE,
        realm_call_raw(&world.realm, "sam-worker.1", KY_MSG_SAM_ENROL, KY_BYTES_OF(rubbish), &answer),
        KY_EFORMAT, "field 1 is cut off");
    harness_refused(
        &world, "rubbish", KY_PROCESS_CA, KY_OP_CERTIFY,
        realm_call_raw(&world.realm, "ca-worker.0", KY_MSG_CA_ISSUE, KY_BYTES_OF(rubbish), &answer),
        KY_EFORMAT, "field 1 is cut off");
}

/* The largest that is right: a thousand hashes under one approval. */
static void a_thousand_hashes_are_signed(void **state)
{
    (void)state;
    ky_auto_buf answer = ky_buf_init(HARNESS_TEXT_MAX);
    struct ky_bytes signatures[KY_LIST_ITEMS_MAX];
    size_t count;
    assert_ok(signing_do(&world, &world.people[0], KY_SIGN_HASHES_MAX, &answer));
    assert_ok(ky_list_read(signatures, &count, KY_LIST_ITEMS_MAX, ky_buf_bytes(&answer), "signatures"));
    assert_int_equal(count, KY_SIGN_HASHES_MAX);
}

static void all_is_audited_and_everybody_serves(void **state)
{
    (void)state;
    harness_check_audit(&world);
    harness_check_serving(&world, &pids);
    assert_ok(signing_do(&world, &world.people[0], 1, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(broken_frames_cost_the_connection),
        cmocka_unit_test(half_messages_are_forgotten),
        cmocka_unit_test(many_connections_in_a_row),
        cmocka_unit_test(many_questions_before_an_answer_is_read),
        cmocka_unit_test(large_rubbish_is_answered),
        cmocka_unit_test(fields_are_counted),
        cmocka_unit_test(a_thousand_hashes_are_signed),
        cmocka_unit_test(all_is_audited_and_everybody_serves),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
