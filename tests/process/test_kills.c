/*
 * kill -9 of any process at any moment, while honest callers have rows issued and hashes signed and simply ask
 * again: what was acknowledged stays true, no row gets a second certificate, no approved hash a second signature.
 * KYSO_KILLS says how many (100); KYSO_SEED repeats a run's choices.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "domain/reglog.h"
#include "os/clock.h"
#include "os/file.h"
#include "pki/ocsp.h"
#include "tests/process/kills.h"
#include "tests/process/signing.h"

#define KILLS 100
#define ALL_AT_ONCE 20     /* every so many kills, kysod itself */
#define PAUSE_LEAST_MS 100 /* between two kills */
#define PAUSE_SPREAD_MS 2000
#define ISSUERS 2
#define SIGNERS 3
#define FILE_MAX (256u << 20)

static const char *const victims[] = {"sam-keeper.0", "sam-worker.0", "sam-worker.1", "ca-keeper.0",
                                      "ca-worker.0",  "ca-worker.1",  "web.0",        "courier.0"};

static struct harness world;
static atomic_bool over;

static struct caller issuers[ISSUERS], signers[SIGNERS];

/* ---- callers ---- */

static void set_caller(struct caller *c, unsigned number, unsigned seed)
{
    c->h = &world;
    c->over = &over;
    c->number = number;
    c->seed = seed;
}

static void start_callers(unsigned seed)
{
    for (unsigned i = 0; i < ISSUERS; i++) {
        set_caller(&issuers[i], i, seed + i);
        assert_int_equal(pthread_create(&issuers[i].thread, NULL, kills_issue, &issuers[i]), 0);
    }
    for (unsigned i = 0; i < SIGNERS; i++) {
        set_caller(&signers[i], i, seed + ISSUERS + i);
        assert_int_equal(pthread_create(&signers[i].thread, NULL, kills_sign, &signers[i]), 0);
    }
}

static void end_callers(void)
{
    atomic_store(&over, true);
    for (unsigned i = 0; i < ISSUERS; i++)
        assert_int_equal(pthread_join(issuers[i].thread, NULL), 0);
    for (unsigned i = 0; i < SIGNERS; i++)
        assert_int_equal(pthread_join(signers[i].thread, NULL), 0);
    for (unsigned i = 0; i < ISSUERS; i++)
        if (issuers[i].rc != KY_OK)
            fail_msg("issuer %u: %s: %s", i, ky_rc_name(issuers[i].rc), issuers[i].text);
    for (unsigned i = 0; i < SIGNERS; i++)
        if (signers[i].rc != KY_OK)
            fail_msg("signer %u: %s: %s", i, ky_rc_name(signers[i].rc), signers[i].text);
}

/* ---- killing ---- */

/* The status file may be older than the process: only a child of this kysod is killed. */
static bool is_ours(pid_t pid)
{
    char path[64], line[256];
    int parent = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "re");
    while (f != NULL && parent == 0 && fgets(line, sizeof line, f) != NULL)
        (void)!sscanf(line, "PPid: %d", &parent);
    if (f != NULL)
        fclose(f);
    return parent != 0 && parent == (int)world.realm.kysod;
}

static bool kill_one(const char *name)
{
    pid_t pid = realm_pid(&world.realm, name);
    return pid > 0 && is_ours(pid) && kill(pid, SIGKILL) == 0;
}

/* As when the power fails for all of them; then the service is started again. */
static void kill_all_at_once(void)
{
    pid_t children[KY_COUNT(victims)];
    for (size_t i = 0; i < KY_COUNT(victims); i++)
        children[i] = realm_pid(&world.realm, victims[i]);
    assert_int_equal(kill(world.realm.kysod, SIGKILL), 0);
    assert_int_equal(waitpid(world.realm.kysod, NULL, 0), world.realm.kysod);
    for (size_t i = 0; i < KY_COUNT(victims); i++)
        for (int n = 0; n < 500 && children[i] > 0 && kill(children[i], 0) == 0; n++)
            usleep(10000);
    assert_ok(realm_start(&world.realm));
}

static bool any_caller_failed(void)
{
    bool failed = false;
    for (unsigned i = 0; i < ISSUERS; i++)
        failed |= atomic_load(&issuers[i].failed);
    for (unsigned i = 0; i < SIGNERS; i++)
        failed |= atomic_load(&signers[i].failed);
    return failed;
}

static void kill_at_random(unsigned kills, unsigned seed)
{
    for (unsigned done = 0; done < kills && !any_caller_failed();) {
        usleep((PAUSE_LEAST_MS + (useconds_t)rand_r(&seed) % PAUSE_SPREAD_MS) * 1000);
        if (done % ALL_AT_ONCE == ALL_AT_ONCE - 1) {
            kill_all_at_once();
            done++;
        } else {
            done += kill_one(victims[(unsigned)rand_r(&seed) % KY_COUNT(victims)]);
        }
    }
}

static unsigned setting(const char *name, unsigned usual)
{
    const char *text = getenv(name);
    return text == NULL ? usual : (unsigned)strtoul(text, NULL, 10);
}

static void killed_at_random_moments(void **state)
{
    (void)state;
    unsigned kills = setting("KYSO_KILLS", KILLS), seed = setting("KYSO_SEED", (unsigned)ky_now());
    size_t certs = 0, signatures = 0;
    unsigned lost = 0;
    print_message("KYSO_SEED=%u KYSO_KILLS=%u\n", seed, kills);
    start_callers(seed);
    kill_at_random(kills, seed);
    end_callers();
    for (unsigned i = 0; i < ISSUERS; i++)
        certs += issuers[i].cert_count;
    for (unsigned i = 0; i < SIGNERS; i++) {
        signatures += signers[i].signature_count;
        lost += signers[i].lost;
    }
    print_message("%zu certificates, %zu signatures, %u approvals lost and told so\n", certs, signatures,
                  lost);
    assert_true(certs > kills / 4);
    assert_true(signatures > kills / 4);
}

/* ---- what must be true afterwards ---- */

static void read_state(struct ky_buf *out, const char *process, const char *name)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s/%s", world.realm.state, process, name);
    assert_ok(ky_file_read(out, path));
}

static void acknowledged_certificates_hold(void **state)
{
    (void)state;
    const struct ky_founding *f = world.realm.founding;
    ky_auto_buf audit = ky_buf_init(FILE_MAX);
    read_state(&audit, "ca", "audit");
    for (unsigned i = 0; i < ISSUERS; i++) {
        for (size_t k = 0; k < issuers[i].cert_count; k++) {
            struct ky_ocsp_result status;
            ky_auto_cert cert = NULL;
            ky_auto_buf answer = ky_buf_init(65536);
            struct ky_bytes der = ky_buf_bytes(&issuers[i].certs[k]);
            assert_ok(ky_cert_parse(&cert, der));
            assert_ok(ky_cert_verify_signature(cert, f->issuing));
            assert_ok(harness_ocsp(&answer, &world, der));
            assert_ok(ky_ocsp_verify(&status, ky_buf_bytes(&answer), cert, f->issuing, f->ocsp));
            assert_int_equal(status.status, KY_OCSP_GOOD);
            assert_non_null(memmem(audit.p, audit.n, der.p, der.n)); /* what counts is ca's audit file */
        }
    }
}

/* Signed outcomes of sam's audit file, sorted. */
struct outcomes {
    struct signature *v;
    size_t n, cap;
};

static void add_outcomes(struct outcomes *o, const struct ky_audit_record *r)
{
    struct ky_reader in = KY_READER(r->payload);
    while (in.left.n > 0) {
        if (o->n == o->cap) {
            o->cap = o->cap == 0 ? 4096 : 2 * o->cap;
            o->v = reallocarray(o->v, o->cap, sizeof *o->v);
            assert_non_null(o->v);
        }
        struct signature *s = &o->v[o->n++];
        s->position = ky_read_u16(&in);
        memcpy(s->statement, r->statement, KY_HASH_SIZE);
        struct ky_bytes sha256 = ky_read_bytes(&in, KY_HASH_SIZE);
        assert_int_equal(sha256.n, KY_HASH_SIZE);
        memcpy(s->sha256, sha256.p, KY_HASH_SIZE);
    }
}

static int by_position(const void *a, const void *b)
{
    const struct signature *x = a, *y = b;
    int order = memcmp(x->statement, y->statement, KY_HASH_SIZE);
    return order != 0 ? order : (int)x->position - (int)y->position;
}

static void read_outcomes(struct outcomes *o)
{
    ky_auto_buf file = ky_buf_init(FILE_MAX);
    struct ky_audit_chain chain = {.process = KY_PROCESS_SAM, .node = world.realm.founding->node};
    struct ky_audit_object objects[KY_AUDIT_OBJECTS_MAX];
    struct ky_audit_record r;
    read_state(&file, "sam", "audit");
    struct ky_reader in = KY_READER(ky_buf_bytes(&file));
    while (in.left.n > 4) {
        struct ky_bytes body = ky_read_lv(&in, KY_AUDIT_RECORD_MAX);
        if (in.failed)
            break; /* one is being written */
        assert_ok(ky_audit_follow(&chain, &r, objects, body));
        if (r.phase == KY_AUDIT_OUTCOME && r.op == KY_OP_SIGN && r.result == KY_OK)
            add_outcomes(o, &r);
    }
    qsort(o->v, o->n, sizeof *o->v, by_position);
}

static void no_position_has_two_signatures(void **state)
{
    (void)state;
    struct outcomes o = {0};
    read_outcomes(&o);
    for (size_t i = 1; i < o.n; i++)
        assert_int_not_equal(by_position(&o.v[i - 1], &o.v[i]), 0);
    for (unsigned i = 0; i < SIGNERS; i++) {
        for (size_t k = 0; k < signers[i].signature_count; k++) {
            const struct signature *told = &signers[i].signatures[k],
                                   *stands = bsearch(told, o.v, o.n, sizeof *o.v, by_position);
            assert_non_null(stands);
            assert_memory_equal(stands->sha256, told->sha256, KY_HASH_SIZE);
        }
    }
    free(o.v);
}

/* Offsets of docs/protocol/keeper.md §1. */
static int by_entry(const void *a, const void *b)
{
    const uint8_t *x = a, *y = b;
    return x[1] != y[1] ? x[1] - y[1] : memcmp(x + 20, y + 20, KY_LOG_ID_SIZE);
}

static void no_row_has_two_certificates(void **state)
{
    (void)state;
    ky_auto_buf log = ky_buf_init(FILE_MAX);
    size_t issued = 0, told = 0;
    read_state(&log, "ca", "log");
    size_t n = log.n / KY_LOG_ENTRY_SIZE;
    qsort(log.p, n, KY_LOG_ENTRY_SIZE, by_entry);
    for (size_t i = 0; i < n; i++) {
        const uint8_t *e = log.p + i * KY_LOG_ENTRY_SIZE, *before = e - KY_LOG_ENTRY_SIZE;
        if (e[1] != KY_LOGGED_ISSUED)
            continue;
        issued++;
        if (i > 0 && by_entry(before, e) == 0)
            assert_memory_equal(before + 56, e + 56, KY_HASH_SIZE); /* the same TBSCertificate */
    }
    for (unsigned i = 0; i < ISSUERS; i++)
        told += issuers[i].cert_count;
    assert_true(issued >= told);
}

static void files_verify_and_everybody_serves(void **state)
{
    (void)state;
    char line[512];
    harness_check_serving(&world, NULL);
    assert_ok(realm_stop(&world.realm));
    snprintf(line, sizeof line, "%s/kyso audit verify --dir %s", getenv("KYSO_BIN"), world.realm.state);
    assert_int_equal(system(line), 0);
    assert_ok(realm_start(&world.realm)); /* the keepers verify log and anchor */
    harness_check_serving(&world, NULL);
    assert_ok(signing_do(&world, &world.people[0], 1, NULL));
}

static int set_up(void **state)
{
    *state = &world;
    assert_ok(harness_make_people(&world, SIGNERS, "p256"));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ISSUERS; i++)
        for (size_t k = 0; k < issuers[i].cert_count; k++)
            ky_buf_clear(&issuers[i].certs[k]);
    harness_clear(&world);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_at_random_moments),          cmocka_unit_test(acknowledged_certificates_hold),
        cmocka_unit_test(no_position_has_two_signatures),    cmocka_unit_test(no_row_has_two_certificates),
        cmocka_unit_test(files_verify_and_everybody_serves),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
