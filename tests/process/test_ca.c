/*
 * The authority over its own socket, with a real sam beside it: a dossier
 * becomes certificates, and OCSP, CRL and time stamps are judged by openssl.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/hex.h"
#include "domain/request.h"
#include "os/clock.h"
#include "os/file.h"
#include "pki/crl.h"
#include "pki/ocsp.h"
#include "tests/support/realm.h"

#define ROWS 5
#define ANSWER_MAX (1u << 20)

#define assert_ok(expr)                                                                                      \
    do {                                                                                                     \
        ky_rc rc_ok_ = (expr);                                                                               \
        if (rc_ok_ != KY_OK)                                                                                 \
            fail_msg("%s: %s: %s", #expr, ky_rc_name(rc_ok_), ky_error());                                   \
    } while (0)
/* Refused with that code, for the reason that the text names. */
#define assert_refused(expr, want, why)                                                                      \
    do {                                                                                                     \
        ky_rc rc_no_ = (expr);                                                                               \
        if (rc_no_ != (want) || strstr(ky_error(), why) == NULL)                                             \
            fail_msg("%s: %s: %s; wanted %s: …%s…", #expr, ky_rc_name(rc_no_), ky_error(), ky_rc_name(want), \
                     why);                                                                                   \
    } while (0)

static struct realm realm;
static struct dossier dossier;
static struct ky_buf keys; /* answer of SAM_ISSUE_KEYS for all rows */

static int set_up(void **state)
{
    (void)state;
    keys = ky_buf_init(ANSWER_MAX);
    assert_ok(realm_make(&realm, NULL));
    assert_ok(realm_start(&realm));
    assert_ok(realm_enrol_head(&realm));
    assert_ok(dossier_make(&dossier, &realm, ROWS, "p256"));
    assert_ok(dossier_make_keys(&keys, &dossier, &realm, 1, ROWS));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    dossier_clear(&dossier);
    ky_buf_clear(&keys);
    realm_clear(&realm);
    return 0;
}

/* ---- asking ca ---- */

static ky_rc ask(struct ky_buf *reply, uint16_t type, const struct dossier *d, struct ky_bytes items)
{
    struct ky_bytes fields[7];
    dossier_fields(fields, d, KY_PROCESS_CA);
    fields[6] = items;
    return realm_call(&realm, "ca-worker.0", type, fields, KY_COUNT(fields), reply);
}

/* For items first … last (from 0) of the keys. */
static ky_rc prepare(struct ky_buf *reply, unsigned first, unsigned last)
{
    ky_auto_buf items = ky_buf_init(ANSWER_MAX);
    assert_ok(dossier_attestations(&items, ky_buf_bytes(&keys), first, last, 1));
    return ask(reply, KY_MSG_CA_PREPARE, &dossier, ky_buf_bytes(&items));
}

static ky_rc issue(struct ky_buf *der, uint8_t spend[KY_LOG_ID_SIZE], unsigned item)
{
    ky_auto_buf items = ky_buf_init(ANSWER_MAX), reply = ky_buf_init(ANSWER_MAX);
    assert_ok(dossier_attestations(&items, ky_buf_bytes(&keys), item, item, 1));
    KY_TRY(ask(&reply, KY_MSG_CA_ISSUE, &dossier, ky_buf_bytes(&items)));
    struct ky_reader in = KY_READER(ky_buf_bytes(&reply));
    ky_buf_add(der, ky_read_lv(&in, KY_CERT_DER_MAX));
    struct ky_bytes id = ky_read_bytes(&in, KY_LOG_ID_SIZE);
    assert_ok(ky_reader_finish(&in, "CA_ISSUE"));
    memcpy(spend, id.p, KY_LOG_ID_SIZE);
    return ky_buf_finish(der);
}

static struct ky_cert *issued_cert(unsigned item)
{
    uint8_t spend[KY_LOG_ID_SIZE];
    struct ky_cert *cert = NULL;
    ky_auto_buf der = ky_buf_init(KY_CERT_DER_MAX);
    assert_ok(issue(&der, spend, item));
    assert_ok(ky_cert_parse(&cert, ky_buf_bytes(&der)));
    return cert;
}

/* ---- openssl ---- */

static void put_file(const char *name, struct ky_bytes content)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", realm.dir, name);
    assert_ok(ky_file_write(path, content, 0600));
}

static void get_file(struct ky_buf *out, const char *name)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", realm.dir, name);
    assert_ok(ky_file_read(out, path));
}

/* A shell command in the realm's folder, PUB being where the public files are; it must succeed and say `says`. */
static void assert_says(const char *command, const char *says)
{
    char line[2048], said[8192];
    snprintf(line, sizeof line, "cd %s && PUB=state/public && { %s ; } 2>&1", realm.dir, command);
    FILE *p = popen(line, "r");
    assert_non_null(p);
    size_t n = fread(said, 1, sizeof said - 1, p);
    said[n] = 0;
    int status = pclose(p);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || strstr(said, says) == NULL)
        fail_msg("%s\n%s", command, said);
}

static void ask_file(uint16_t type, const char *in, const char *out)
{
    ky_auto_buf query = ky_buf_init(8192), reply = ky_buf_init(ANSWER_MAX);
    get_file(&query, in);
    const struct ky_bytes field = ky_buf_bytes(&query);
    assert_ok(realm_call(&realm, "ca-worker.1", type, &field, 1, &reply));
    put_file(out, ky_buf_bytes(&reply));
}

/* ---- certificates ---- */

static void certifies_an_approved_row(void **state)
{
    (void)state;
    ky_auto_buf prepared = ky_buf_init(ANSWER_MAX), pem = ky_buf_init(ANSWER_MAX);
    struct ky_bytes items[KY_BATCH_MAX];
    size_t count;
    assert_ok(prepare(&prepared, 0, 1));
    assert_ok(ky_list_read(items, &count, KY_BATCH_MAX, ky_buf_bytes(&prepared), "prepared"));
    assert_int_equal(count, 2);
    ky_auto_cert cert = issued_cert(0);
    assert_memory_equal(cert->serial.p, items[0].p, KY_SERIAL_SIZE); /* the serial that was reserved */
    assert_int_equal(cert->serial.n, KY_SERIAL_SIZE);
    assert_string_equal(cert->email, "hoa1@quangngai.gov.vn");
    assert_int_equal(cert->key_usage, KY_KU_NON_REPUDIATION);
    ky_buf_add_cert_pem(&pem, cert->der);
    put_file("row1.pem", ky_buf_bytes(&pem));
    assert_says(
        "cat $PUB/issuing.pem $PUB/root.pem > chain.pem; openssl verify -x509_strict -CAfile $PUB/root.pem "
        "-untrusted $PUB/issuing.pem row1.pem",
        "row1.pem: OK");
    assert_says("openssl x509 -in row1.pem -noout -subject -nameopt utf8",
                "OU=Trường THCS Nguyễn Nghiêm, CN=Nguyễn Thị Hoa 1");
    assert_says("openssl x509 -in row1.pem -noout -text", "1.3.6.1.4.1.99999.1.2");
}

static void what_is_linted_is_not_valid(void **state)
{
    (void)state;
    ky_auto_buf prepared = ky_buf_init(ANSWER_MAX);
    struct ky_bytes items[KY_BATCH_MAX];
    size_t count;
    ky_auto_cert linted = NULL;
    assert_ok(prepare(&prepared, 2, 2));
    assert_ok(ky_list_read(items, &count, KY_BATCH_MAX, ky_buf_bytes(&prepared), "prepared"));
    struct ky_reader in = KY_READER(items[0]);
    (void)ky_read_bytes(&in, KY_SERIAL_SIZE);
    assert_ok(ky_cert_parse(&linted, ky_read_lv(&in, KY_CERT_DER_MAX)));
    assert_int_equal(ky_cert_verify_signature(linted, realm.founding->issuing), KY_EAUTH);
    ky_auto_cert real = issued_cert(2);
    assert_true(ky_bytes_eq(linted->tbs, real->tbs));
}

static void gives_the_same_certificate_again(void **state)
{
    (void)state;
    ky_auto_cert once = issued_cert(1);
    ky_auto_cert again = issued_cert(1);
    assert_true(ky_bytes_eq(once->der, again->der));
    assert_ok(realm_stop(&realm));
    assert_ok(realm_start(&realm));
    ky_auto_cert later = issued_cert(1);
    assert_true(ky_bytes_eq(once->der, later->der));
}

struct racer {
    const char *worker;
    struct ky_bytes items;
    struct ky_buf reply;
    ky_rc rc;
};

static void *race(void *ctx)
{
    struct racer *r = ctx;
    struct ky_bytes fields[7];
    dossier_fields(fields, &dossier, KY_PROCESS_CA);
    fields[6] = r->items;
    r->rc = realm_call(&realm, r->worker, KY_MSG_CA_ISSUE, fields, KY_COUNT(fields), &r->reply);
    return NULL;
}

/* The issuing key is ECDSA here: two signatures over one TBS would differ. */
static void two_workers_make_one_certificate(void **state)
{
    (void)state;
    ky_auto_buf items = ky_buf_init(ANSWER_MAX);
    assert_ok(dossier_attestations(&items, ky_buf_bytes(&keys), 4, 4, 1));
    struct racer racers[] = {
        {.worker = "ca-worker.0", .items = ky_buf_bytes(&items), .reply = ky_buf_init(ANSWER_MAX)},
        {.worker = "ca-worker.1", .items = ky_buf_bytes(&items), .reply = ky_buf_init(ANSWER_MAX)},
    };
    pthread_t threads[KY_COUNT(racers)];
    for (size_t i = 0; i < KY_COUNT(racers); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    for (size_t i = 0; i < KY_COUNT(racers); i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(racers[0].rc, KY_OK);
    assert_int_equal(racers[1].rc, KY_OK);
    assert_true(ky_bytes_eq(ky_buf_bytes(&racers[0].reply), ky_buf_bytes(&racers[1].reply)));
    ky_buf_clear(&racers[0].reply);
    ky_buf_clear(&racers[1].reply);
}

static void acknowledged_means_handed_over(void **state)
{
    (void)state;
    uint8_t spend[KY_LOG_ID_SIZE];
    ky_auto_buf der = ky_buf_init(KY_CERT_DER_MAX), none = ky_buf_init(64);
    assert_ok(issue(&der, spend, 3));
    const struct ky_bytes field = KY_BYTES_OF(spend);
    assert_ok(realm_call(&realm, "ca-worker.1", KY_MSG_CA_ACK, &field, 1, &none));
    assert_refused(issue(&der, spend, 3), KY_EEXIST, "handed over");
}

static void refuses_an_attestation_of_another_row(void **state)
{
    (void)state;
    ky_auto_buf items = ky_buf_init(ANSWER_MAX), reply = ky_buf_init(ANSWER_MAX);
    assert_ok(dossier_attestations(&items, ky_buf_bytes(&keys), 0, 0, 2)); /* row 1's key offered for row 2 */
    assert_refused(ask(&reply, KY_MSG_CA_ISSUE, &dossier, ky_buf_bytes(&items)), KY_EDENIED,
                   "attestation for row 1");
}

static void refuses_an_altered_attestation(void **state)
{
    (void)state;
    ky_auto_buf items = ky_buf_init(ANSWER_MAX), reply = ky_buf_init(ANSWER_MAX);
    assert_ok(dossier_attestations(&items, ky_buf_bytes(&keys), 0, 0, 1));
    items.p[items.n - 1] ^= 1;
    assert_refused(ask(&reply, KY_MSG_CA_PREPARE, &dossier, ky_buf_bytes(&items)), KY_EAUTH,
                   "key attestation");
}

static void refuses_keys_of_another_dossier(void **state)
{
    (void)state;
    struct dossier other;
    ky_auto_buf items = ky_buf_init(ANSWER_MAX), reply = ky_buf_init(ANSWER_MAX);
    assert_ok(dossier_make(&other, &realm, ROWS, "p256"));
    assert_ok(dossier_attestations(&items, ky_buf_bytes(&keys), 0, 0, 1));
    assert_refused(ask(&reply, KY_MSG_CA_ISSUE, &other, ky_buf_bytes(&items)), KY_EDENIED,
                   "for another request or approval");
    dossier_clear(&other);
}

static void refuses_without_the_officer(void **state)
{
    (void)state;
    struct ky_bytes fields[7];
    ky_auto_buf items = ky_buf_init(ANSWER_MAX), reply = ky_buf_init(ANSWER_MAX);
    assert_ok(dossier_attestations(&items, ky_buf_bytes(&keys), 0, 0, 1));
    dossier_fields(fields, &dossier, KY_PROCESS_CA);
    fields[3] = KY_BYTES_LIT("\0");
    fields[6] = ky_buf_bytes(&items);
    assert_refused(realm_call(&realm, "ca-worker.0", KY_MSG_CA_ISSUE, fields, KY_COUNT(fields), &reply),
                   KY_EAUTH, "0 officers signed");
}

/* ---- status ---- */

static void ocsp_says_good_and_openssl_agrees(void **state)
{
    (void)state;
    ky_auto_cert cert = issued_cert(0);
    ky_auto_buf pem = ky_buf_init(ANSWER_MAX);
    ky_buf_add_cert_pem(&pem, cert->der);
    put_file("good.pem", ky_buf_bytes(&pem));
    assert_says("cat $PUB/issuing.pem $PUB/root.pem > chain.pem; openssl ocsp -issuer $PUB/issuing.pem -cert "
                "good.pem "
                "-cert $PUB/tsa.pem -serial 0x4000000000000000000000000000abcd -reqout ocsp.req",
                "");
    ask_file(KY_MSG_CA_OCSP, "ocsp.req", "ocsp.resp");
    assert_says("openssl ocsp -issuer $PUB/issuing.pem -cert good.pem -cert $PUB/tsa.pem -serial "
                "0x4000000000000000000000000000abcd -no_nonce -reqin ocsp.req -respin ocsp.resp -CAfile "
                "chain.pem > said; "
                "grep -c good said; grep unknown said; cat said",
                "Response verify OK");
    assert_says("grep 'good.pem: good' said && grep 'tsa.pem: good' said && grep 'abcd: unknown' said",
                "good");
}

static void ocsp_does_not_speak_for_the_root(void **state)
{
    (void)state;
    assert_says("openssl ocsp -issuer $PUB/root.pem -cert $PUB/issuing.pem -reqout root.req", "");
    ask_file(KY_MSG_CA_OCSP, "root.req", "root.resp");
    assert_says("openssl ocsp -respin root.resp -CAfile $PUB/root.pem || true", "unauthorized");
    put_file("bad.req", KY_BYTES_LIT("rubbish"));
    ask_file(KY_MSG_CA_OCSP, "bad.req", "bad.resp");
    assert_says("openssl ocsp -respin bad.resp -CAfile $PUB/root.pem || true", "malformedrequest");
}

static struct ky_crl *fetch_crl(uint64_t *number)
{
    struct ky_crl *crl = NULL;
    ky_auto_buf reply = ky_buf_init(ANSWER_MAX);
    assert_ok(realm_call(&realm, "ca-worker.0", KY_MSG_CA_CRL, NULL, 0, &reply));
    *number = ky_get_u64(reply.p);
    put_file("issuing.crl", KY_BYTES(reply.p + 8, reply.n - 8));
    assert_ok(ky_crl_parse(&crl, KY_BYTES(reply.p + 8, reply.n - 8)));
    assert_ok(ky_crl_verify(crl, realm.founding->issuing));
    return crl;
}

static void revoke_cert(const struct ky_cert *cert)
{
    uint8_t nonce[KY_NONCE_SIZE];
    char serial[2 * KY_SERIAL_SIZE + 1];
    const struct person *const officer[] = {&realm.officers[2]};
    ky_time now = ky_now();
    ky_auto_json st = NULL;
    ky_auto_buf text = ky_buf_init(KY_STATEMENT_MAX);
    assert_ok(realm_nonce(nonce, &realm, KY_PROCESS_CA, KY_NONCE_LONG));
    const struct statement_head head = {
        .type = "revoke", .realm = realm.founding->realm, .ca_nonce = nonce, .iat = now, .exp = now + KY_DAY};
    assert_ok(statement_new(&st, &head));
    ky_hex_encode(serial, cert->serial);
    json_object_set_new(st, "serials", json_pack("[s]", serial));
    json_object_set_new(st, "keys", json_pack("[s]", "00000000000000000000000000000000"));
    json_object_set_new(st, "reason", json_integer(KY_REASON_CESSATION));
    assert_ok(statement_text(&text, st));
    assert_ok(realm_execute(&realm, KY_PROCESS_CA, ky_buf_bytes(&text), officer, 1, NULL));
}

static void revoked_stands_in_ocsp_and_crl(void **state)
{
    (void)state;
    uint64_t before, after;
    struct ky_crl_entry entry;
    ky_auto_buf pem = ky_buf_init(ANSWER_MAX);
    ky_auto_cert cert = issued_cert(2);
    ky_auto_crl empty = fetch_crl(&before);
    assert_int_equal(ky_crl_find(&entry, empty, cert->serial), KY_ENOTFOUND);
    revoke_cert(cert);
    ky_auto_crl full = fetch_crl(&after);
    assert_true(after > before);
    assert_ok(ky_crl_find(&entry, full, cert->serial));
    assert_int_equal(entry.reason, KY_REASON_CESSATION);
    assert_says("openssl crl -inform DER -in issuing.crl -CAfile $PUB/issuing.pem -noout", "verify OK");
    ky_buf_add_cert_pem(&pem, cert->der);
    put_file("gone.pem", ky_buf_bytes(&pem));
    assert_says("cat $PUB/issuing.pem $PUB/root.pem > chain.pem; openssl ocsp -issuer $PUB/issuing.pem -cert "
                "gone.pem "
                "-reqout gone.req",
                "");
    ask_file(KY_MSG_CA_OCSP, "gone.req", "gone.resp");
    assert_says(
        "openssl ocsp -issuer $PUB/issuing.pem -cert gone.pem -no_nonce -reqin gone.req -respin gone.resp "
        "-CAfile chain.pem",
        "Reason: cessationOfOperation");
}

/* ---- time stamps ---- */

static void stamps_and_openssl_agrees(void **state)
{
    (void)state;
    put_file("document", KY_BYTES_LIT("Một tài liệu cần dấu thời gian.\n"));
    assert_says("openssl ts -query -data document -sha256 -cert -out ts.req", "");
    ask_file(KY_MSG_CA_TSP, "ts.req", "ts.resp");
    assert_says(
        "openssl ts -verify -queryfile ts.req -in ts.resp -CAfile $PUB/root.pem -untrusted $PUB/issuing.pem",
        "Verification: OK");
    assert_says("openssl ts -reply -in ts.resp -text", "Policy OID: 1.3.6.1.4.1.99999.1.3");
    put_file("bad-ts.req", KY_BYTES_LIT("rubbish"));
    ask_file(KY_MSG_CA_TSP, "bad-ts.req", "bad-ts.resp");
    assert_says("openssl ts -reply -in bad-ts.resp -text", "Status: Rejected");
}

static void chain_holds_the_four_certificates(void **state)
{
    (void)state;
    struct ky_bytes items[8];
    size_t count;
    ky_auto_buf reply = ky_buf_init(ANSWER_MAX);
    assert_ok(realm_call(&realm, "ca-worker.0", KY_MSG_CA_CHAIN, NULL, 0, &reply));
    assert_ok(ky_list_read(items, &count, KY_COUNT(items), ky_buf_bytes(&reply), "chain"));
    assert_int_equal(count, 4);
    assert_true(ky_bytes_eq(items[0], realm.founding->issuing->der));
    assert_true(ky_bytes_eq(items[1], realm.founding->root->der));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certifies_an_approved_row),
        cmocka_unit_test(what_is_linted_is_not_valid),
        cmocka_unit_test(gives_the_same_certificate_again),
        cmocka_unit_test(two_workers_make_one_certificate),
        cmocka_unit_test(refuses_an_attestation_of_another_row),
        cmocka_unit_test(refuses_an_altered_attestation),
        cmocka_unit_test(refuses_keys_of_another_dossier),
        cmocka_unit_test(refuses_without_the_officer),
        cmocka_unit_test(ocsp_says_good_and_openssl_agrees),
        cmocka_unit_test(ocsp_does_not_speak_for_the_root),
        cmocka_unit_test(revoked_stands_in_ocsp_and_crl),
        cmocka_unit_test(stamps_and_openssl_agrees),
        cmocka_unit_test(chain_holds_the_four_certificates),
        cmocka_unit_test(acknowledged_means_handed_over),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
