/* See kills.h. */
#include <stdio.h>

#include "domain/reglog.h"
#include "os/file.h"
#include "pki/ocsp.h"
#include "tests/process/kills.h"
#include "tests/process/signing.h"

#define FILE_MAX (256u << 20)

static void read_state(struct ky_buf *out, const struct kills *k, const char *process, const char *name)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s/%s", k->h->realm.state, process, name);
    assert_ok(ky_file_read(out, path));
}

void kills_check_certificates(const struct kills *k)
{
    const struct ky_founding *f = k->h->realm.founding;
    ky_auto_buf audit = ky_buf_init(FILE_MAX);
    read_state(&audit, k, "ca", "audit");
    for (unsigned i = 0; i < k->issuer_count; i++) {
        for (size_t n = 0; n < k->issuers[i].cert_count; n++) {
            struct ky_ocsp_result status;
            ky_auto_cert cert = NULL;
            ky_auto_buf answer = ky_buf_init(65536);
            struct ky_bytes der = ky_buf_bytes(&k->issuers[i].certs[n]);
            assert_ok(ky_cert_parse(&cert, der));
            assert_ok(ky_cert_verify_signature(cert, f->issuing));
            assert_ok(harness_ocsp(&answer, k->h, der));
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

static void read_outcomes(struct outcomes *o, const struct kills *k)
{
    ky_auto_buf file = ky_buf_init(FILE_MAX);
    struct ky_audit_chain chain = {.process = KY_PROCESS_SAM, .node = k->h->realm.founding->node};
    struct ky_audit_object objects[KY_AUDIT_OBJECTS_MAX];
    struct ky_audit_record r;
    read_state(&file, k, "sam", "audit");
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

void kills_check_positions(const struct kills *k)
{
    struct outcomes o = {0};
    read_outcomes(&o, k);
    for (size_t i = 1; i < o.n; i++)
        assert_int_not_equal(by_position(&o.v[i - 1], &o.v[i]), 0);
    for (unsigned i = 0; i < k->signer_count; i++) {
        for (size_t n = 0; n < k->signers[i].signature_count; n++) {
            const struct signature *told = &k->signers[i].signatures[n],
                                   *stands = bsearch(told, o.v, o.n, sizeof *o.v, by_position);
            assert_non_null(stands);
            assert_memory_equal(stands->sha256, told->sha256, KY_HASH_SIZE);
        }
    }
    free(o.v);
}

/* Offsets of docs/protocol/keeper.md §1. */
static int kind_of(const uint8_t *entry)
{
    return entry[1] & ~(int)KY_LOG_MORE;
}

static int by_entry(const void *a, const void *b)
{
    const uint8_t *x = a, *y = b;
    return kind_of(x) != kind_of(y) ? kind_of(x) - kind_of(y) : memcmp(x + 20, y + 20, KY_LOG_ID_SIZE);
}

void kills_check_rows(const struct kills *k)
{
    ky_auto_buf log = ky_buf_init(FILE_MAX);
    size_t issued = 0;
    read_state(&log, k, "ca", "log");
    size_t n = log.n / KY_LOG_ENTRY_SIZE;
    qsort(log.p, n, KY_LOG_ENTRY_SIZE, by_entry);
    for (size_t i = 0; i < n; i++) {
        const uint8_t *e = log.p + i * KY_LOG_ENTRY_SIZE, *before = e - KY_LOG_ENTRY_SIZE;
        if (kind_of(e) != KY_LOGGED_ISSUED)
            continue;
        issued++;
        if (i > 0 && by_entry(before, e) == 0)
            assert_memory_equal(before + 56, e + 56, KY_HASH_SIZE); /* the same TBSCertificate */
    }
    assert_true(issued >= kills_certs(k));
}

void kills_check_service(const struct kills *k)
{
    char line[512];
    harness_check_serving(k->h, NULL);
    assert_ok(realm_stop(&k->h->realm));
    snprintf(line, sizeof line, "%s/kyso audit verify --dir %s", getenv("KYSO_BIN"), k->h->realm.state);
    assert_int_equal(system(line), 0);
    assert_ok(realm_start(&k->h->realm)); /* the keepers verify log and anchor */
    harness_check_serving(k->h, NULL);
    assert_ok(signing_do(k->h, &k->h->people[0], 1, NULL));
}
