/*
 * The network against kyso-web: thousands of connections that keep it waiting, and bodies that nobody may send. Who is
 * honest is served meanwhile, memory stays bounded, and nothing is left afterwards.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "domain/org.h"
#include "os/clock.h"
#include "os/sanitizer.h"
#include "store/migrate.h"
#include "tests/process/flood.h"
#include "tests/support/https.h"
#include "tests/support/procinfo.h"
#include "tests/support/realm.h"
#include "web/server.h"

#define MANY 10000
#define PER_ADDRESS 500  /* [web] connections_per_address */
#define CONNECTIONS 4000 /* [web] connections */
#define ADDRESSES 20
#define SETTLE_MS 5000
#define SOON_MS 5000          /* an honest client is answered within */
#define GROWTH_MIB 96         /* of web's memory */
#define QUARANTINE_MIB 256    /* what AddressSanitizer keeps of freed memory */
#define AT_ONCE_MS 2000       /* a refusal */
#define BODIES 200            /* refused at once */
#define OPEN_MAX (512u << 10) /* of a body of the approval API */
#define UPLOAD_MAX (48u << 20)
#define OTHER "127.0.0.2"

#define assert_ok(expr)                                                                                      \
    do {                                                                                                     \
        ky_rc rc_ok_ = (expr);                                                                               \
        if (rc_ok_ != KY_OK)                                                                                 \
            fail_msg("%s: %s: %s", #expr, ky_rc_name(rc_ok_), ky_error());                                   \
    } while (0)

static struct realm realm;
static char submit_path[128];
static char org_token[KY_BEARER_TEXT], officer_token[KY_BEARER_TEXT];
static pid_t web;
static struct flood flood;

/* ---- the world ---- */

static ky_rc add_staff(struct ky_store *s, const char *org, const char *roles, char token[KY_BEARER_TEXT])
{
    char id[KY_NEW_ID_TEXT];
    ky_auto_arena a = ky_arena_init(1 << 20);
    const struct ky_db_staff staff = {
        .org_id = org, .name = "Trần Văn An", .email = "an@quangngai.gov.vn", .roles = roles};
    KY_TRY(ky_staff_create(id, s, &a, &KY_ACTOR_SYSTEM, &staff, ky_now()));
    return ky_staff_issue_token(token, s, &KY_ACTOR_SYSTEM, id, ky_now());
}

static ky_rc enter_people(void)
{
    ky_auto_store s = NULL;
    char where[160], school[KY_NEW_ID_TEXT], department[KY_NEW_ID_TEXT];
    const struct ky_db_org cuc = {.code = "CUC",
                                  .name = "Cục Chứng thực số",
                                  .province = "Hà Nội",
                                  .place = "Hà Nội",
                                  .sector = "authority"};
    const struct ky_db_org so = {.code = "SGD-QN",
                                 .name = REALM_ORG_NAME,
                                 .province = "Quảng Ngãi",
                                 .place = "Quảng Ngãi",
                                 .sector = "education"};
    snprintf(where, sizeof where, "sqlite:%s/store/kyso.db", realm.state);
    KY_TRY(ky_store_open(&s, where, 5000));
    KY_TRY(ky_migrate(s, ky_migrations, ky_migrations_count, ky_now()));
    KY_TRY(ky_store_begin(s, KY_STORE_WRITE));
    KY_TRY(ky_org_create(department, s, &KY_ACTOR_SYSTEM, &cuc, ky_now()));
    KY_TRY(ky_org_create(school, s, &KY_ACTOR_SYSTEM, &so, ky_now()));
    KY_TRY(add_staff(s, school, "enter sign", org_token));
    KY_TRY(add_staff(s, department, "receive approve", officer_token));
    return ky_store_commit(s);
}

/* Where the largest bodies go: an address that is there. */
static void make_dossier(void)
{
    const struct https to = {.port = realm.https_port, .token = org_token};
    ky_auto_json answer = NULL;
    ky_auto_json body = json_pack("{s:s, s:s, s:s, s:s, s:s, s:[]}", "procedure", "new", "recipient_name",
                                  "Lê Thị Tiếp", "recipient_channel", "email", "recipient_email",
                                  "tiep@quangngai.gov.vn", "recipient_phone", "0912345678", "people");
    assert_int_equal(https_call(&answer, &to, "POST", body, "/api/v1/dossiers"), 201);
    snprintf(submit_path, sizeof submit_path, "/api/v1/dossiers/%s/submit",
             json_string_value(json_object_get(answer, "id")));
}

static int set_up(void **state)
{
    (void)state;
    const struct realm_options options = {.issuing_key = "p256", .root_key = "p256", .web = true};
    assert_ok(realm_make(&realm, &options));
    assert_ok(enter_people());
    assert_ok(realm_start(&realm));
    web = realm_pid(&realm, "web.0");
    make_dossier();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    realm_clear(&realm);
    return 0;
}

/* ---- an honest client ---- */

static long get_http(const char *from)
{
    static const char request[] =
        "GET /crt/issuing.crt HTTP/1.1\r\nHost: ca.kyso.test\r\nConnection: close\r\n\r\n";
    char answer[4096];
    long status = 0;
    size_t n = 0;
    ssize_t got = 1;
    const struct timeval limit = {.tv_sec = 2 * SOON_MS / 1000};
    struct sockaddr_in own = {.sin_family = AF_INET};
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)realm.http_port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(inet_pton(AF_INET, from, &own.sin_addr), 1);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&own, sizeof own), 0);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0 &&
        send(fd, request, sizeof request - 1, MSG_NOSIGNAL) == sizeof request - 1) {
        while (n < sizeof answer - 1 && (got = recv(fd, answer + n, sizeof answer - 1 - n, 0)) > 0)
            n += (size_t)got;
        answer[n] = 0;
        sscanf(answer, "HTTP/1.1 %ld", &status);
    }
    close(fd);
    return status;
}

static void check_served(const char *from)
{
    int64_t began_ms = ky_mono_ms();
    const struct https to = {.port = realm.https_port, .token = org_token, .from = from};
    assert_int_equal(https_call(NULL, &to, "GET", NULL, "/api/v1/dossiers"), 200);
    int64_t https_ms = ky_mono_ms() - began_ms;
    began_ms = ky_mono_ms();
    assert_int_equal(get_http(from), 200);
    print_message("  %s is served: HTTPS in %lld ms, HTTP in %lld ms\n", from, (long long)https_ms,
                  (long long)(ky_mono_ms() - began_ms));
    assert_in_range(https_ms, 0, SOON_MS);
    assert_in_range(ky_mono_ms() - began_ms, 0, SOON_MS);
    assert_int_equal(realm_pid(&realm, "web.0"), web); /* it is the same process */
}

/* Descriptors are given back once the library has noticed each end. */
static void check_nothing_left(long descriptors)
{
    int64_t end_ms = ky_deadline_in(SOON_MS);
    while (procinfo_descriptors(web) > descriptors + 8 && ky_mono_ms() < end_ms)
        usleep(50000);
    assert_in_range(procinfo_descriptors(web), 0, descriptors + 8); /* honest clients' kept alive */
}

static long grown_mib(long before_kib)
{
    return (procinfo_memory_kib(web) - before_kib) / 1024;
}

static void check_growth(long before_kib)
{
    bool sanitized = ky_sanitizer_memory_limit(1) == 0;
    long most = GROWTH_MIB + (sanitized ? QUARANTINE_MIB : 0);
    if (grown_mib(before_kib) > most)
        fail_msg("web has %ld MiB more, at most %ld are right", grown_mib(before_kib), most);
}

/* ---- connections ---- */

static const struct ky_bytes half_http[] = {
    KY_BYTES_NONE,
    KY_BYTES_LIT("GET /crt/issuing.crt HTTP/1.1\r\nHost: ca.kyso.test\r\nX-Wait: "),
    KY_BYTES_LIT("POST /tsa HTTP/1.1\r\nHost: x\r\nContent-Type: application/timestamp-query\r\n"
                 "Content-Length: 60\r\n\r\n0"),
};
static const struct ky_bytes half_tls[] = {
    KY_BYTES_NONE,
    KY_BYTES_LIT("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), /* a ClientHello of 512 bytes begins */
};
static const struct front {
    const char *name;
    bool tls;
    const struct ky_bytes *openings;
    size_t opening_count;
} fronts[] = {
    {"HTTP", false, half_http, KY_COUNT(half_http)},
    {"HTTPS", true, half_tls, KY_COUNT(half_tls)},
};

/* Also after a failure, for the tests that follow. */
static int end_flood(void **state)
{
    (void)state;
    flood_close(&flood);
    return 0;
}

static void start_flood(const struct front *to, unsigned addresses)
{
    if (!flood_can(MANY)) {
        print_message("skipped: %d connections need a higher hard limit of open files (ulimit -Hn)\n", MANY);
        skip();
    }
    int64_t began_ms = ky_mono_ms();
    flood_open(&flood, to->tls ? realm.https_port : realm.http_port, MANY, addresses, to->openings,
               to->opening_count, SETTLE_MS);
    print_message("%s: %d connections from %u addresses in %lld ms\n", to->name, MANY, addresses,
                  (long long)(ky_mono_ms() - began_ms));
}

static void one_address_takes_its_share_only(void **state)
{
    (void)state;
    long descriptors = procinfo_descriptors(web);
    for (size_t i = 0; i < KY_COUNT(fronts); i++) {
        long before_kib = procinfo_memory_kib(web);
        start_flood(&fronts[i], 1);
        check_served(OTHER);
        check_served(OTHER);
        size_t held = flood_held(&flood);
        print_message("  web holds %zu, and %ld MiB more\n", held, grown_mib(before_kib));
        assert_int_equal(held, PER_ADDRESS);
        check_growth(before_kib);
        flood_close(&flood);
        check_served("127.0.1.1"); /* whence the attack came */
        check_nothing_left(descriptors);
    }
}

/* Nobody finds a place then; but nothing else happens, and it is over as soon as they go. */
static void many_addresses_take_all_places_and_no_more(void **state)
{
    (void)state;
    long descriptors = procinfo_descriptors(web);
    for (size_t i = 0; i < KY_COUNT(fronts); i++) {
        long before_kib = procinfo_memory_kib(web);
        start_flood(&fronts[i], ADDRESSES);
        long taken = procinfo_descriptors(web) - descriptors;
        print_message("  web holds %ld, and %ld MiB more\n", taken, grown_mib(before_kib));
        assert_in_range(taken, CONNECTIONS * 9 / 10, CONNECTIONS + 8);
        check_growth(before_kib);
        flood_close(&flood);
        check_served("127.0.0.1");
        check_served(OTHER);
        check_nothing_left(descriptors);
    }
}

/* ---- bodies ---- */

static void put_head(struct ky_buf *out, const char *path, const char *token, size_t body)
{
    ky_buf_addf(out, "POST %s HTTP/1.1\r\nHost: kyso.test\r\nContent-Type: application/json\r\n", path);
    if (token != NULL)
        ky_buf_addf(out, "Authorization: Bearer %s\r\n", token);
    ky_buf_addf(out, "Content-Length: %zu\r\n\r\n", body);
    assert_ok(ky_buf_finish(out));
}

static unsigned status_of(const struct ky_buf *answer)
{
    unsigned status = 0;
    if (answer->n > 0)
        sscanf(ky_buf_str(answer), "HTTP/1.1 %u", &status);
    return status;
}

static void a_refusal_does_not_wait_for_the_body(void **state)
{
    (void)state;
    static const char stranger[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    const struct {
        const char *name, *path, *token;
        size_t body;
        unsigned status;
    } cases[] = {
        {"no token", submit_path, NULL, UPLOAD_MAX, 401},
        {"a token nobody has", submit_path, stranger, UPLOAD_MAX, 401},
        {"a token without the role", submit_path, officer_token, UPLOAD_MAX, 403},
        {"longer than the route allows", submit_path, org_token, UPLOAD_MAX + 1, 413},
        {"longer than another route allows", "/api/v1/nonces", org_token, UPLOAD_MAX, 413},
        {"longer, by a stranger", "/approve/v1/enrol", NULL, OPEN_MAX + 1, 413},
        {"what is not there", "/api/v1/dossiers/00112233445566778899aabbccddeeff/submit", org_token,
         UPLOAD_MAX, 404},
        {"a client without token", "/csc/v2/signatures/signHash", NULL, 512u << 10, 400},
        {"no such address", "/api/v1/nothing/here/at/all", org_token, UPLOAD_MAX, 404},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        KY_CLEANUP(https_stream_close) struct https_stream s = {0};
        ky_auto_buf head = ky_buf_init(4096), answer = ky_buf_init(65536);
        const struct https to = {.port = realm.https_port};
        put_head(&head, cases[i].path, cases[i].token, cases[i].body);
        assert_true(https_stream_open(&s, &to));
        assert_true(https_stream_send(&s, ky_buf_bytes(&head), SOON_MS));
        if (!https_stream_read_to_end(&s, &answer, AT_ONCE_MS))
            fail_msg("%s: the connection stays open (%u)", cases[i].name, status_of(&answer));
        if (status_of(&answer) != cases[i].status)
            fail_msg("%s: %u, not %u", cases[i].name, status_of(&answer), cases[i].status);
    }
}

/* Sends on and on, whatever is answered. */
static void push_body(const struct https_stream *s)
{
    static const uint8_t part[65536];
    for (size_t sent = 0; sent < UPLOAD_MAX; sent += sizeof part)
        if (!https_stream_send(s, KY_BYTES_OF(part), AT_ONCE_MS))
            return;
    fail_msg("a body of %u bytes was taken", UPLOAD_MAX);
}

static void open_streams(struct https_stream *streams, size_t count, const struct https *to,
                         const struct ky_buf *head)
{
    for (size_t i = 0; i < count; i++) {
        assert_true(https_stream_open(&streams[i], to));
        assert_true(https_stream_send(&streams[i], ky_buf_bytes(head), SOON_MS));
    }
}

static void close_streams(struct https_stream *streams, size_t count)
{
    for (size_t i = 0; i < count; i++)
        https_stream_close(&streams[i]);
}

static void bodies_of_strangers_are_not_kept(void **state)
{
    (void)state;
    static struct https_stream streams[BODIES];
    ky_auto_buf head = ky_buf_init(4096);
    const struct https to = {.port = realm.https_port};
    long before_kib = procinfo_memory_kib(web);
    put_head(&head, submit_path, NULL, UPLOAD_MAX);
    open_streams(streams, BODIES, &to, &head);
    for (size_t i = 0; i < BODIES; i++)
        push_body(&streams[i]);
    print_message("%d bodies of %u MiB: web has %ld MiB more\n", BODIES, UPLOAD_MAX >> 20,
                  grown_mib(before_kib));
    check_growth(before_kib);
    close_streams(streams, BODIES);
    check_served("127.0.0.1");
}

/* The approval API asks for no token: all that one address can promise leaves room for others, whether known or not. */
static void promised_bodies_keep_nobody_out(void **state)
{
    (void)state;
    static struct https_stream streams[PER_ADDRESS];
    ky_auto_buf head = ky_buf_init(4096), answer = ky_buf_init(4096);
    const struct https to = {.port = realm.https_port, .from = "127.0.1.1"};
    const struct https other = {.port = realm.https_port, .token = org_token, .from = OTHER};
    ky_auto_json nothing = json_object();
    ky_auto_json upload = json_object();
    long before_kib = procinfo_memory_kib(web);
    assert_true(flood_can(PER_ADDRESS * 4)); /* descriptors of the client library */
    put_head(&head, "/approve/v1/enrol", NULL, OPEN_MAX);
    int64_t began_ms = ky_mono_ms();
    open_streams(streams, PER_ADDRESS, &to, &head);
    print_message("%d bodies of %u KiB promised in %lld ms: web has %ld MiB more\n", PER_ADDRESS,
                  OPEN_MAX >> 10, (long long)(ky_mono_ms() - began_ms), grown_mib(before_kib));
    assert_false(https_stream_read_to_end(&streams[0], &answer, 1)); /* it is waited for */
    assert_false(https_stream_read_to_end(&streams[PER_ADDRESS - 1], &answer, 1));
    assert_int_equal(https_call(NULL, &other, "POST", nothing, "/approve/v1/nonce"), 200);
    ky_auto_buf large = ky_buf_init(UPLOAD_MAX);
    ky_buf_add_fill(&large, 'A', UPLOAD_MAX / 8);
    json_object_set_new(upload, "document", json_string(ky_buf_str(&large)));
    assert_int_equal(https_call(NULL, &other, "POST", upload, "%s", submit_path), 400);
    close_streams(streams, PER_ADDRESS);
    check_served("127.0.1.1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refusal_does_not_wait_for_the_body),
        cmocka_unit_test(bodies_of_strangers_are_not_kept),
        cmocka_unit_test(promised_bodies_keep_nobody_out),
        cmocka_unit_test_teardown(one_address_takes_its_share_only, end_flood),
        cmocka_unit_test_teardown(many_addresses_take_all_places_and_no_more, end_flood),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
