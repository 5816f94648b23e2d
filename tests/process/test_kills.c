/*
 * kill -9 of any process at any moment, while honest callers have rows issued and hashes signed and simply ask
 * again: what was acknowledged stays true, no row gets a second certificate, no approved hash a second signature.
 * KYSO_KILLS says how many (100); KYSO_SEED repeats a run's choices.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base64.h"
#include "crypto/digest.h"
#include "domain/reglog.h"
#include "domain/request.h"
#include "os/clock.h"
#include "os/file.h"
#include "pki/ocsp.h"
#include "tests/process/signing.h"

#define KILLS 100
#define ALL_AT_ONCE 20     /* every so many kills, kysod itself */
#define PAUSE_LEAST_MS 100 /* between two kills */
#define PAUSE_SPREAD_MS 2000
#define PATIENCE_MS 60000 /* a caller asks again for so long */
#define ISSUERS 2
#define SIGNERS 3
#define ROWS 2
#define HASHES 4
#define CERTS_MAX 2000
#define SIGNATURES_MAX 20000
#define FILE_MAX (256u << 20)

static const char *const victims[] = {"sam-keeper.0", "sam-worker.0", "sam-worker.1", "ca-keeper.0",
                                      "ca-worker.0",  "ca-worker.1",  "web.0",        "courier.0"};

static struct harness world;
static atomic_bool over;

/* What a caller was told, and with what it ended. */
struct signature {
    uint8_t statement[KY_HASH_SIZE], sha256[KY_HASH_SIZE];
    uint16_t position;
};
struct caller {
    pthread_t thread;
    unsigned number, seed;
    ky_rc rc;
    char text[512];
    struct ky_buf certs[CERTS_MAX];
    size_t cert_count;
    struct signature signatures[SIGNATURES_MAX];
    size_t signature_count;
    unsigned lost; /* statements whose answer was lost: told to ask the person again */
};
static struct caller issuers[ISSUERS], signers[SIGNERS];

static unsigned dice(struct caller *c, unsigned sides)
{
    return (unsigned)rand_r(&c->seed) % sides;
}

static struct ky_buf large(void)
{
    return ky_buf_init(HARNESS_TEXT_MAX);
}

/* ---- asking again ---- */

/* Somebody was away: the same may be asked again. */
static bool ask_again(ky_rc rc, int64_t end)
{
    if ((rc != KY_EBUSY && rc != KY_EIO) || ky_mono_ms() > end)
        return false;
    usleep(20000);
    return true;
}

static ky_rc call(struct ky_buf *answer, const char *process, unsigned worker, uint16_t type,
                  const struct ky_bytes *fields, size_t count)
{
    char name[32];
    ky_rc rc;
    int64_t end = ky_deadline_in(PATIENCE_MS);
    do {
        snprintf(name, sizeof name, "%s-worker.%u", process, worker++ % 2);
        ky_buf_reset(answer);
        rc = realm_call(&world.realm, name, type, fields, count, answer);
    } while (ask_again(rc, end));
    return ky_context(rc, "%04x", type);
}

/* Asked, answered, and now and then asked once more: the answer must not change. */
static ky_rc call_twice(struct caller *c, struct ky_buf *answer, const char *process, uint16_t type,
                        const struct ky_bytes *fields, size_t count)
{
    ky_auto_buf again = large();
    KY_TRY(call(answer, process, dice(c, 2), type, fields, count));
    if (dice(c, 2) == 0)
        return KY_OK;
    KY_TRY(call(&again, process, dice(c, 2), type, fields, count));
    return ky_bytes_eq(ky_buf_bytes(answer), ky_buf_bytes(&again))
               ? KY_OK
               : ky_fail(KY_EINTERNAL, "two answers to one message %04x", type);
}

/* ---- issuing ---- */

static ky_rc make_dossier(struct dossier *d)
{
    int64_t end = ky_deadline_in(PATIENCE_MS);
    ky_rc rc;
    while ((rc = dossier_make(d, &world.realm, ROWS, "p256")) != KY_OK && ask_again(rc, end))
        dossier_clear(d);
    return ky_context(rc, "dossier");
}

static ky_rc acknowledge(struct caller *c, const char *process, uint16_t type, const struct dossier *d)
{
    uint8_t request[KY_HASH_SIZE], spend[KY_LOG_ID_SIZE];
    ky_auto_buf none = ky_buf_init(64);
    KY_TRY(ky_statement_hash(request, ky_buf_bytes(&d->request)));
    for (uint32_t row = 1; row <= ROWS; row++) {
        KY_TRY(ky_row_spend_id(spend, request, row));
        const struct ky_bytes field = KY_BYTES_OF(spend);
        KY_TRY(call(&none, process, dice(c, 2), type, &field, 1));
    }
    return KY_OK;
}

static ky_rc get_keys(struct caller *c, struct ky_buf *keys, const struct dossier *d)
{
    struct ky_bytes fields[7];
    ky_auto_buf rows = ky_buf_init(1024);
    dossier_fields(fields, d, KY_PROCESS_SAM);
    ky_list_begin(&rows, ROWS);
    for (uint32_t row = 1; row <= ROWS; row++) {
        ky_buf_add_u32(&rows, 4);
        ky_buf_add_u32(&rows, row);
    }
    fields[6] = ky_buf_bytes(&rows);
    return call_twice(c, keys, "sam", KY_MSG_SAM_ISSUE_KEYS, fields, KY_COUNT(fields));
}

static ky_rc certify(struct caller *c, const struct dossier *d, struct ky_bytes keys, unsigned row)
{
    struct ky_bytes fields[7];
    ky_auto_buf items = large(), answer = large();
    dossier_fields(fields, d, KY_PROCESS_CA);
    KY_TRY(dossier_attestations(&items, keys, row - 1, row - 1, 1));
    fields[6] = ky_buf_bytes(&items);
    if (dice(c, 2) == 0)
        KY_TRY(call(&answer, "ca", dice(c, 2), KY_MSG_CA_PREPARE, fields, KY_COUNT(fields)));
    KY_TRY(call_twice(c, &answer, "ca", KY_MSG_CA_ISSUE, fields, KY_COUNT(fields)));
    if (c->cert_count == CERTS_MAX)
        return ky_fail(KY_ELIMIT, "certificates");
    struct ky_reader in = KY_READER(ky_buf_bytes(&answer));
    struct ky_buf *cert = &c->certs[c->cert_count++];
    *cert = ky_buf_init(KY_CERT_DER_MAX);
    ky_buf_add(cert, ky_read_lv(&in, KY_CERT_DER_MAX));
    return ky_buf_finish(cert);
}

static ky_rc bind(struct caller *c, struct ky_bytes keys)
{
    struct ky_bytes items[ROWS];
    size_t count;
    ky_auto_buf list = large(), answer = large();
    KY_TRY(ky_list_read(items, &count, ROWS, keys, "keys"));
    ky_list_begin(&list, ROWS);
    for (size_t i = 0; i < ROWS; i++) {
        struct ky_reader in = KY_READER(items[i]);
        ky_auto_buf item = large();
        ky_buf_add_lv(&item, ky_read_lv(&in, KY_RECORD_ENVELOPE_MAX));
        ky_buf_add_lv(&item, ky_buf_bytes(&c->certs[c->cert_count - ROWS + i]));
        (void)ky_read_lv(&in, 65536);
        (void)ky_read_lv(&in, 65536);
        (void)ky_read_bytes(&in, KY_P256_RAW);
        ky_buf_add_lv(&item, ky_read_lv(&in, KY_RECORD_ENVELOPE_MAX));
        ky_buf_add_lv(&list, ky_buf_bytes(&item));
    }
    KY_TRY(ky_buf_finish(&list));
    const struct ky_bytes field = ky_buf_bytes(&list);
    return call_twice(c, &answer, "sam", KY_MSG_SAM_BIND_CERT, &field, 1);
}

static ky_rc issue_dossier(struct caller *c)
{
    KY_CLEANUP(dossier_clear) struct dossier d = {0};
    ky_auto_buf keys = large();
    KY_TRY(make_dossier(&d));
    KY_TRY(get_keys(c, &keys, &d));
    KY_TRY(acknowledge(c, "sam", KY_MSG_SAM_ACK, &d));
    for (unsigned row = 1; row <= ROWS; row++)
        KY_TRY(certify(c, &d, ky_buf_bytes(&keys), row));
    KY_TRY(acknowledge(c, "ca", KY_MSG_CA_ACK, &d));
    return bind(c, ky_buf_bytes(&keys));
}

/* ---- signing ---- */

/* What one statement has brought so far; empty: nothing yet, or its fate is unknown. */
struct outcome {
    struct ky_buf answer;
    bool any;
};

/* A later answer may know less, never something else. */
static ky_rc compare(const struct outcome *o, struct ky_bytes answer)
{
    struct ky_bytes was[HASHES], is[HASHES];
    size_t n, m;
    KY_TRY(ky_list_read(was, &n, HASHES, ky_buf_bytes(&o->answer), "signatures"));
    KY_TRY(ky_list_read(is, &m, HASHES, answer, "signatures"));
    for (size_t i = 0; i < n; i++)
        if (n != m || !ky_bytes_eq(was[i], is[i]))
            return ky_fail(KY_EINTERNAL, "position %zu: two outcomes of one statement", i);
    return KY_OK;
}

static ky_rc take(struct caller *c, const struct signing *s, struct ky_bytes answer)
{
    struct ky_bytes items[HASHES];
    size_t count;
    ky_auto_cert cert = NULL;
    ky_auto_pubkey key = NULL;
    KY_TRY(ky_list_read(items, &count, HASHES, answer, "signatures"));
    KY_TRY(ky_cert_parse(&cert, ky_buf_bytes(&s->who->cert)));
    KY_TRY(ky_pubkey_parse(&key, cert->spki));
    for (size_t i = 0; i < count && c->signature_count < SIGNATURES_MAX; i++) {
        ky_auto_buf hash = ky_buf_init(KY_HASH_SIZE);
        const char *text = json_string_value(json_array_get(json_object_get(s->st, "hashes"), i));
        if (items[i].n == 0)
            continue; /* told that its fate is unknown */
        KY_TRY(ky_base64url_decode(&hash, ky_bytes_str(text)));
        KY_TRY(ky_pubkey_verify(key, KY_ECDSA, KY_SHA256, ky_buf_bytes(&hash), items[i]));
        struct signature *made = &c->signatures[c->signature_count++];
        made->position = (uint16_t)i;
        KY_TRY(ky_statement_hash(made->statement, ky_buf_bytes(&s->text)));
        KY_TRY(ky_sha256(made->sha256, items[i]));
    }
    return KY_OK;
}

static ky_rc ask(struct signing *s, struct subscriber *who, unsigned count)
{
    int64_t end = ky_deadline_in(PATIENCE_MS);
    ky_rc rc;
    while ((rc = signing_ask(s, &world, who, count)) != KY_OK && ask_again(rc, end)) {
        signing_clear(s);
        *s = (struct signing){0};
    }
    KY_TRY(ky_context(rc, "nonce or status"));
    KY_TRY(signing_word(s));
    return signing_approve(s);
}

/* The answer of ca's responder may have been "try later". */
static void fresh_status(struct signing *s)
{
    ky_auto_buf ocsp = ky_buf_init(65536);
    if (harness_ocsp(&ocsp, &world, ky_buf_bytes(&s->who->cert)) == KY_OK)
        (void)!signing_set(s, SIGNING_OCSP, ky_buf_bytes(&ocsp));
}

static ky_rc send_until_answered(struct caller *c, struct signing *s, struct ky_buf *answer)
{
    int64_t end = ky_deadline_in(PATIENCE_MS);
    for (;;) {
        ky_buf_reset(answer);
        ky_rc rc = signing_send(s, dice(c, 2) == 0 ? "sam-worker.0" : "sam-worker.1", answer);
        if (!ask_again(rc, end))
            return rc;
        fresh_status(s);
    }
}

static ky_rc sign_statement(struct caller *c)
{
    KY_CLEANUP(signing_clear) struct signing s = {0};
    struct outcome o = {.answer = large()};
    ky_auto_buf answer = large();
    ky_rc rc = ask(&s, &world.people[c->number], 1 + dice(c, HASHES));
    for (unsigned again = dice(c, 3) + 1; rc == KY_OK && again > 0; again--) {
        rc = send_until_answered(c, &s, &answer);
        if (rc == KY_OK && o.any)
            rc = compare(&o, ky_buf_bytes(&answer));
        else if (rc == KY_OK)
            rc = take(c, &s, ky_buf_bytes(&answer));
        if (rc == KY_OK && !o.any)
            ky_buf_add(&o.answer, ky_buf_bytes(&answer));
        o.any |= rc == KY_OK;
    }
    ky_buf_clear(&o.answer);
    if (rc == KY_EEXPIRED) { /* "nonce of an earlier start", "lost in a failure": she must approve anew */
        c->lost += !o.any;
        return KY_OK;
    }
    return ky_context(rc, "sign");
}

/* ---- callers ---- */

static void *run_caller(struct caller *c, ky_rc (*once)(struct caller *c))
{
    while (!atomic_load(&over) && c->rc == KY_OK)
        c->rc = once(c);
    snprintf(c->text, sizeof c->text, "%s", c->rc == KY_OK ? "" : ky_error());
    return NULL;
}

static void *issue_for_ever(void *ctx)
{
    return run_caller(ctx, issue_dossier);
}

static void *sign_for_ever(void *ctx)
{
    return run_caller(ctx, sign_statement);
}

static void start_callers(unsigned seed)
{
    for (unsigned i = 0; i < ISSUERS; i++) {
        issuers[i].seed = seed + i;
        assert_int_equal(pthread_create(&issuers[i].thread, NULL, issue_for_ever, &issuers[i]), 0);
    }
    for (unsigned i = 0; i < SIGNERS; i++) {
        signers[i].number = i;
        signers[i].seed = seed + ISSUERS + i;
        assert_int_equal(pthread_create(&signers[i].thread, NULL, sign_for_ever, &signers[i]), 0);
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
        failed |= issuers[i].rc != KY_OK;
    for (unsigned i = 0; i < SIGNERS; i++)
        failed |= signers[i].rc != KY_OK;
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
