/*
 * A web tier gone bad wants keys and certificates that nobody asked for or approved, or two where one was approved,
 * and to keep alive what was revoked. Before each attack an honest dossier goes through; in the end every refusal
 * stands in the audit files and every process still serves.
 */
#include "tests/process/attack_issue.h"

#include <stdio.h>

#include "crypto/random.h"
#include "domain/request.h"
#include "os/clock.h"
#include "pki/crl.h"
#include "pki/ocsp.h"
#include "tests/process/signing.h"

static struct issue_world world;

static int set_up(void **state)
{
    *state = &world;
    assert_ok(issue_world_make(&world, NULL));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    issue_world_clear(&world);
    return 0;
}

static void at_sam(const char *name, ky_rc rc, ky_rc want, const char *why)
{
    harness_refused(&world.h, name, KY_PROCESS_SAM, KY_OP_ISSUE, rc, want, why);
}

static void at_ca(const char *name, ky_rc rc, ky_rc want, const char *why)
{
    harness_refused(&world.h, name, KY_PROCESS_CA, KY_OP_CERTIFY, rc, want, why);
}

/* ---- once ---- */

static struct ky_buf large(void)
{
    return ky_buf_init(HARNESS_TEXT_MAX);
}

static void acknowledge(ky_process process, const struct filing *f)
{
    uint8_t request[KY_HASH_SIZE], spend[KY_LOG_ID_SIZE];
    ky_auto_buf none = ky_buf_init(64);
    assert_ok(ky_statement_hash(request, ky_buf_bytes(&f->d.request)));
    assert_ok(ky_row_spend_id(spend, request, f->row));
    const struct ky_bytes field = KY_BYTES_OF(spend);
    bool sam = process == KY_PROCESS_SAM;
    assert_ok(realm_call(&world.h.realm, sam ? "sam-worker.1" : "ca-worker.1",
                         sam ? KY_MSG_SAM_ACK : KY_MSG_CA_ACK, &field, 1, &none));
}

/* The same request, approved once more: by another officer, in another statement. */
static void approve_again(struct filing *again, const struct filing *first)
{
    assert_ok(filing_begin(again, &world, 2));
    json_decref(again->request);
    again->request = json_incref(first->request);
    json_object_set(again->issue, "dossier", json_object_get(first->issue, "dossier"));
    json_object_set(again->issue, "document", json_object_get(first->issue, "document"));
    filing_reword_request(again);
    ky_buf_reset(&again->d.request_auths);
    ky_buf_add(&again->d.request_auths, ky_buf_bytes(&first->d.request_auths));
    filing_by(again, &world.h.realm.officers[2]);
    assert_ok(filing_approve(again));
}

static void assert_again(const struct filing *f, const struct ky_buf *keys, const struct ky_buf *cert)
{
    ky_auto_buf keys_again = large(), cert_again = large();
    assert_ok(filing_keys(&keys_again, f));
    assert_ok(filing_certify(&cert_again, f, ky_buf_bytes(keys)));
    assert_true(ky_bytes_eq(ky_buf_bytes(keys), ky_buf_bytes(&keys_again)));
    assert_true(ky_bytes_eq(ky_buf_bytes(cert), ky_buf_bytes(&cert_again)));
}

static void row_is_issued_once(void **state)
{
    (void)state;
    KY_CLEANUP(filing_clear) struct filing f = {0}, second = {0};
    ky_auto_buf keys = large(), cert = large(), none = large();
    assert_ok(filing_make(&f, &world, 2));
    assert_ok(filing_keys(&keys, &f));
    assert_ok(filing_certify(&cert, &f, ky_buf_bytes(&keys)));
    approve_again(&second, &f);
    for (int round = 0; round < 2; round++) {
        assert_again(&f, &keys, &cert);
        at_sam("a second approval", filing_keys(&none, &second), KY_EDENIED, "used by another statement");
        at_ca("a second approval", filing_certify(&none, &second, ky_buf_bytes(&keys)), KY_EDENIED,
              "for another request or approval");
        if (round == 0) {
            harness_check_audit(&world.h); /* a keeper that stops forgets what it has not summed yet */
            assert_ok(realm_stop(&world.h.realm));
            assert_ok(realm_start(&world.h.realm));
        }
    }
    acknowledge(KY_PROCESS_SAM, &f);
    acknowledge(KY_PROCESS_CA, &f);
    at_sam("after it was handed over", filing_keys(&none, &f), KY_EEXIST, "handed over");
    at_ca("after it was handed over", filing_certify(&none, &f, ky_buf_bytes(&keys)), KY_EEXIST,
          "handed over");
}

/* ---- refused rows ---- */

static ky_rc refuse_row(const struct filing *f, ky_process process, uint32_t row)
{
    uint8_t nonce[KY_NONCE_SIZE];
    bool sam = process == KY_PROCESS_SAM;
    const struct person *const officer[] = {&world.h.realm.officers[1]};
    ky_time now = ky_now();
    ky_auto_json st = NULL;
    ky_auto_buf text = ky_buf_init(65536);
    KY_TRY(realm_nonce(nonce, &world.h.realm, process, KY_NONCE_LONG));
    const struct statement_head head = {.type = "refuse",
                                        .realm = world.h.realm.founding->realm,
                                        .sam_nonce = sam ? nonce : NULL,
                                        .ca_nonce = sam ? NULL : nonce,
                                        .iat = now,
                                        .exp = now + KY_DAY};
    KY_TRY(statement_new(&st, &head));
    json_object_set(st, "request", json_object_get(f->issue, "request"));
    json_object_set_new(st, "rows", json_pack("[i]", (int)row));
    json_object_set_new(st, "reason", json_string("Sai số điện thoại"));
    KY_TRY(statement_text(&text, st));
    return harness_execute(&world.h, process, ky_buf_bytes(&text), officer, 1, KY_BYTES_NONE, NULL);
}

static void refused_row_is_not_issued(void **state)
{
    (void)state;
    KY_CLEANUP(filing_clear) struct filing f = {0}, g = {0};
    ky_auto_buf keys = large(), cert = large(), none = large();
    assert_ok(filing_make(&f, &world, 2));
    assert_ok(refuse_row(&f, KY_PROCESS_SAM, 1));
    at_sam("a row refused at sam", filing_keys(&none, &f), KY_EDENIED, "used by another statement");
    f.row = 2;
    assert_ok(filing_keys(&keys, &f));
    assert_ok(filing_certify(&cert, &f, ky_buf_bytes(&keys)));
    assert_ok(filing_make(&g, &world, 2));
    ky_buf_reset(&keys);
    assert_ok(filing_keys(&keys, &g));
    assert_ok(refuse_row(&g, KY_PROCESS_CA, 1));
    at_ca("a row refused at ca", filing_certify(&none, &g, ky_buf_bytes(&keys)), KY_EDENIED,
          "used by another statement");
    harness_refused(&world.h, "refusing a row that was issued", KY_PROCESS_SAM, KY_OP_REFUSE,
                    refuse_row(&f, KY_PROCESS_SAM, 2), KY_EDENIED, "used by another statement");
}

/* ---- revocation ---- */

static ky_rc revoke(const struct subscriber *who, ky_process process)
{
    uint8_t nonce[KY_NONCE_SIZE];
    bool sam = process == KY_PROCESS_SAM;
    const struct person *const officer[] = {&world.h.realm.officers[1]};
    ky_time now = ky_now();
    ky_auto_json st = NULL;
    ky_auto_json ids = json_object();
    ky_auto_cert cert = NULL;
    ky_auto_buf text = ky_buf_init(65536);
    KY_TRY(ky_cert_parse(&cert, ky_buf_bytes(&who->cert)));
    KY_TRY(realm_nonce(nonce, &world.h.realm, process, KY_NONCE_LONG));
    const struct statement_head head = {.type = "revoke",
                                        .realm = world.h.realm.founding->realm,
                                        .sam_nonce = sam ? nonce : NULL,
                                        .ca_nonce = sam ? NULL : nonce,
                                        .iat = now,
                                        .exp = now + KY_DAY};
    KY_TRY(statement_new(&st, &head));
    KY_TRY(ky_body_set_hex(ids, "serial", cert->serial));
    KY_TRY(ky_body_set_hex(ids, "key", KY_BYTES_OF(who->key_id)));
    json_object_set_new(st, "serials", json_pack("[O]", json_object_get(ids, "serial")));
    json_object_set_new(st, "keys", json_pack("[O]", json_object_get(ids, "key")));
    json_object_set_new(st, "reason", json_integer(KY_REASON_KEY_COMPROMISE));
    KY_TRY(statement_text(&text, st));
    return harness_execute(&world.h, process, ky_buf_bytes(&text), officer, 1, KY_BYTES_NONE, NULL);
}

static ky_ocsp_status ocsp_status(struct ky_bytes cert_der)
{
    struct ky_ocsp_result result;
    ky_auto_cert cert = NULL;
    ky_auto_buf answer = ky_buf_init(65536);
    const struct ky_founding *f = world.h.realm.founding;
    assert_ok(ky_cert_parse(&cert, cert_der));
    assert_ok(harness_ocsp(&answer, &world.h, cert_der));
    assert_ok(ky_ocsp_verify(&result, ky_buf_bytes(&answer), cert, f->issuing, f->ocsp));
    return result.status;
}

static uint64_t crl_number(const struct subscriber *listed, bool is_listed)
{
    struct ky_crl_entry entry;
    ky_auto_crl crl = NULL;
    ky_auto_cert cert = NULL;
    ky_auto_buf reply = large();
    assert_ok(realm_call(&world.h.realm, "ca-worker.0", KY_MSG_CA_CRL, NULL, 0, &reply));
    assert_ok(ky_crl_parse(&crl, KY_BYTES(reply.p + 8, reply.n - 8)));
    assert_ok(ky_crl_verify(crl, world.h.realm.founding->issuing));
    assert_ok(ky_cert_parse(&cert, ky_buf_bytes(&listed->cert)));
    assert_int_equal(ky_crl_find(&entry, crl, cert->serial), is_listed ? KY_OK : KY_ENOTFOUND);
    return ky_get_u64(reply.p);
}

static void told_to_one_process_it_is_revoked(void **state)
{
    (void)state;
    struct harness *h = &world.h;
    struct subscriber *first = &h->people[h->people_count], *second = first + 1;
    assert_ok(harness_issue(h, 2, "p256"));
    assert_ok(harness_enrol(h, first));
    assert_ok(harness_enrol(h, second));
    assert_ok(signing_do(h, first, 1, NULL));
    assert_ok(signing_do(h, second, 1, NULL));
    assert_ok(revoke(first, KY_PROCESS_SAM));
    harness_refused(h, "revoked at sam only", KY_PROCESS_SAM, KY_OP_SIGN, signing_do(h, first, 1, NULL),
                    KY_EDENIED, "was removed");
    assert_int_equal(ocsp_status(ky_buf_bytes(&first->cert)), KY_OCSP_GOOD);
    assert_ok(revoke(second, KY_PROCESS_CA));
    assert_int_equal(ocsp_status(ky_buf_bytes(&second->cert)), KY_OCSP_REVOKED);
    harness_refused(h, "revoked at ca only", KY_PROCESS_SAM, KY_OP_SIGN, signing_do(h, second, 1, NULL),
                    KY_EDENIED, "revoked or unknown");
}

/* ... also after everything was started anew: CRL numbers rise, the list keeps what it had. */
static void crl_number_never_falls(void **state)
{
    (void)state;
    struct harness *h = &world.h;
    const struct subscriber *revoked = &h->people[h->people_count - 1];
    uint64_t last = crl_number(revoked, true);
    for (int i = 0; i < 2; i++) {
        uint64_t next = crl_number(revoked, true);
        assert_true(next > last);
        last = next;
        harness_check_audit(h);
        assert_ok(realm_stop(&h->realm));
        assert_ok(realm_start(&h->realm));
    }
    assert_true(crl_number(revoked, true) > last);
    assert_true(crl_number(&h->people[0], false) > last);
}

/* Asked in the name of a certificate with that serial, by our own issuing CA. */
static void unissued_serial_is_never_good(void **state)
{
    (void)state;
    struct harness *h = &world.h;
    const struct realm *r = &h->realm;
    ky_auto_cert good = NULL;
    assert_ok(ky_cert_parse(&good, ky_buf_bytes(&h->people[0].cert)));
    assert_int_equal(ocsp_status(good->der), KY_OCSP_GOOD);
    for (int i = 0; i < 16; i++) {
        uint8_t serial[KY_SERIAL_SIZE];
        ky_auto_buf der = ky_buf_init(KY_CERT_DER_MAX);
        memcpy(serial, good->serial.p, sizeof serial);
        if (i > 0)
            assert_ok(ky_random(serial + 1, sizeof serial - 1));
        serial[KY_SERIAL_SIZE - 1] ^= (uint8_t)(i + 1);
        const struct ky_cert_tbs t = {.serial = KY_BYTES_OF(serial),
                                      .issuer = good->issuer,
                                      .subject = good->subject,
                                      .spki = good->spki,
                                      .not_before = good->not_before,
                                      .not_after = good->not_after,
                                      .scheme = KY_ECDSA,
                                      .hash = KY_SHA256,
                                      .aki = r->founding->issuing->ski,
                                      .path_len = KY_PATH_LEN_NONE,
                                      .key_usage = KY_KU_NON_REPUDIATION};
        assert_ok(ky_cert_issue(&der, &t, &r->head.sigkey));
        assert_int_equal(ocsp_status(ky_buf_bytes(&der)), KY_OCSP_UNKNOWN);
    }
}

/* ---- an officer leaves ---- */

static void remove_officer(ky_process process, unsigned i)
{
    const struct realm *r = &world.h.realm;
    const struct ky_officer *gone = &r->founding->officers[i];
    const struct person *const two[] = {&r->officers[0], &r->officers[1]};
    uint8_t nonces[2][KY_NONCE_SIZE];
    ky_auto_json st = NULL;
    ky_auto_buf text = ky_buf_init(KY_STATEMENT_MAX), auth = ky_buf_init(65536);
    ky_time now = ky_now();
    assert_ok(realm_nonce(nonces[0], r, KY_PROCESS_SAM, KY_NONCE_LONG));
    assert_ok(realm_nonce(nonces[1], r, KY_PROCESS_CA, KY_NONCE_LONG));
    const struct admin_spec spec = {.head = {.realm = r->founding->realm,
                                             .sam_nonce = nonces[0],
                                             .ca_nonce = nonces[1],
                                             .iat = now,
                                             .exp = now + KY_DAY},
                                    .who = &r->officers[i],
                                    .owner = gone->owner,
                                    .name = "Cán bộ đã nghỉ",
                                    .role = "approve"};
    assert_ok(admin_text(&auth, &spec));
    assert_ok(ky_json_parse(&st, ky_buf_bytes(&auth), KY_STATEMENT_MAX));
    assert_ok(ky_body_set_int(json_object_get(st, "record"), "version", 2));
    assert_ok(ky_body_set_hex(st, "replaces", KY_BYTES_OF(gone->hash)));
    assert_ok(ky_body_set_bool(st, "remove", true));
    assert_ok(statement_text(&text, st));
    assert_ok(
        harness_execute(&world.h, process, ky_buf_bytes(&text), two, KY_COUNT(two), KY_BYTES_NONE, NULL));
}

/* Each process decides alone: one that was told is enough, since both must agree for a certificate. */
static void removed_officer_issues_nothing(void **state)
{
    (void)state;
    KY_CLEANUP(filing_clear) struct filing before = {0}, pending = {0}, later = {0}, at_one = {0};
    ky_auto_buf keys = large(), cert = large(), pending_keys = large(), none = large();
    struct filing *const all[] = {&before, &pending, &later};
    for (size_t i = 0; i < KY_COUNT(all); i++) {
        assert_ok(filing_begin(all[i], &world, 1));
        filing_by(all[i], &world.h.realm.officers[2]);
        assert_ok(filing_file(all[i]));
        assert_ok(filing_approve(all[i]));
    }
    assert_ok(filing_keys(&keys, &before));
    assert_ok(filing_certify(&cert, &before, ky_buf_bytes(&keys)));
    assert_ok(filing_keys(&pending_keys, &pending));
    remove_officer(KY_PROCESS_CA, 2);
    at_ca("removed, told to ca only", filing_certify(&none, &pending, ky_buf_bytes(&pending_keys)),
          KY_EDENIED, "was removed");
    remove_officer(KY_PROCESS_SAM, 2);
    at_sam("removed, told to sam too", filing_keys(&none, &later), KY_EDENIED, "was removed");
    assert_ok(filing_make(&at_one, &world, 1));
    assert_ok(filing_keys(&none, &at_one)); /* by another officer */
}

/* Told to sam only: sam makes no key, and ca has nothing to certify. */
static void officer_removed_at_sam_alone_issues_nothing(void **state)
{
    (void)state;
    KY_CLEANUP(filing_clear) struct filing good = {0}, bad = {0};
    ky_auto_buf keys = large(), cert = large(), none = large();
    ky_auto_json body = NULL;
    struct filing *const all[] = {&good, &bad};
    for (size_t i = 0; i < KY_COUNT(all); i++) {
        assert_ok(filing_begin(all[i], &world, 1));
        filing_add_records(all[i], &world.twin);
        filing_by(all[i], &world.twin.p);
        assert_ok(filing_file(all[i]));
        assert_ok(filing_approve(all[i]));
    }
    assert_ok(filing_keys(&keys, &good));
    assert_ok(filing_certify(&cert, &good, ky_buf_bytes(&keys)));
    struct ky_reader in = KY_READER(ky_buf_bytes(&world.twin.sam));
    assert_ok(ky_json_parse(&body, ky_read_lv(&in, KY_RECORD_MAX), KY_RECORD_MAX));
    json_object_del(body, "realm");
    json_object_del(body, "kid");
    json_object_del(body, "v");
    assert_ok(ky_body_set_int(body, "version", 2));
    assert_ok(
        harness_admin(&world.h, KY_PROCESS_SAM, KY_STEAL(body), ky_buf_bytes(&world.twin.sam), true, NULL));
    at_sam("removed, told to sam only", filing_keys(&none, &bad), KY_EDENIED, "was removed");
    at_ca("an older key for it", filing_certify(&none, &bad, ky_buf_bytes(&keys)), KY_EDENIED,
          "for another request or approval");
}

static void all_is_audited_and_everybody_serves(void **state)
{
    (void)state;
    harness_check_audit(&world.h);
    harness_check_serving(&world.h, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(organisation_signed_these_rows),
        cmocka_unit_test(officers_approved_these_rows),
        cmocka_unit_test(evidence_is_of_today),
        cmocka_unit_test(key_is_the_one_sam_made),
        cmocka_unit_test(certificate_binds_to_its_key),
        cmocka_unit_test(records_change_by_two_officers),
        cmocka_unit_test(row_is_issued_once),
        cmocka_unit_test(refused_row_is_not_issued),
        cmocka_unit_test(told_to_one_process_it_is_revoked),
        cmocka_unit_test(crl_number_never_falls),
        cmocka_unit_test(unissued_serial_is_never_good),
        cmocka_unit_test(removed_officer_issues_nothing),
        cmocka_unit_test(officer_removed_at_sam_alone_issues_nothing),
        cmocka_unit_test(all_is_audited_and_everybody_serves),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
