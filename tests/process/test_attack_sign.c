/*
 * A web tier gone bad asks sam to sign what nobody approved. Before each
 * attack the same message, unspoiled, is signed; in the end every refusal
 * stands in the audit file and every process still serves.
 */
#include "tests/process/attack_sign.h"

#include <pthread.h>
#include <stdio.h>

#include "base/hex.h"
#include "os/clock.h"
#include "pki/crl.h"

static struct harness world;
static struct pids pids;

static int set_up(void **state)
{
    *state = &world;
    assert_ok(harness_make(&world, NULL));
    assert_ok(harness_issue(&world, 2, "p256"));
    assert_ok(harness_issue(&world, 1, "p256"));
    for (size_t i = 0; i < SIGN_PEOPLE; i++)
        assert_ok(harness_enrol(&world, &world.people[i]));
    assert_memory_equal(world.people[HOA].owner, world.people[HOA_AGAIN].owner, KY_OWNER_SIZE);
    pids = harness_pids(&world);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    harness_clear(&world);
    return 0;
}

/* ---- once ---- */

static void approve_fresh(struct signing *s, struct subscriber *who, unsigned count)
{
    assert_ok(signing_ask(s, &world, who, count));
    assert_ok(signing_word(s));
    assert_ok(signing_approve(s));
}

static void assert_same(const struct ky_buf *a, const struct ky_buf *b)
{
    assert_true(ky_bytes_eq(ky_buf_bytes(a), ky_buf_bytes(b)));
}

static void a_repeat_gets_the_same_signatures(void **state)
{
    (void)state;
    KY_CLEANUP(signing_clear) struct signing s = {0};
    ky_auto_buf first = ky_buf_init(HARNESS_TEXT_MAX), again = ky_buf_init(HARNESS_TEXT_MAX),
                elsewhere = ky_buf_init(HARNESS_TEXT_MAX);
    approve_fresh(&s, &world.people[HOA], SIGN_HASHES);
    assert_ok(signing_send(&s, "sam-worker.0", &first));
    assert_ok(signing_send(&s, "sam-worker.0", &again));
    assert_ok(signing_send(&s, "sam-worker.1", &elsewhere));
    assert_same(&first, &again);
    assert_same(&first, &elsewhere);
}

struct racer {
    pthread_t thread;
    const struct signing *s;
    const char *worker;
    ky_rc rc;
    char text[256];
    struct ky_buf answer;
};

static void *race(void *ctx)
{
    struct racer *r = ctx;
    r->rc = signing_send(r->s, r->worker, &r->answer);
    snprintf(r->text, sizeof r->text, "%s", r->rc == KY_OK ? "" : ky_error());
    return NULL;
}

/* Of two at once one signs; the other gets the same bytes, or is told to come again. */
static void two_workers_make_one_set(void **state)
{
    (void)state;
    for (int round = 0; round < 20; round++) {
        KY_CLEANUP(signing_clear) struct signing s = {0};
        struct racer r[2] = {{.s = &s, .worker = "sam-worker.0"}, {.s = &s, .worker = "sam-worker.1"}};
        ky_auto_buf later = ky_buf_init(HARNESS_TEXT_MAX);
        approve_fresh(&s, &world.people[HOA], 20);
        for (size_t i = 0; i < 2; i++) {
            r[i].answer = ky_buf_init(HARNESS_TEXT_MAX);
            assert_int_equal(pthread_create(&r[i].thread, NULL, race, &r[i]), 0);
        }
        for (size_t i = 0; i < 2; i++)
            assert_int_equal(pthread_join(r[i].thread, NULL), 0);
        assert_ok(signing_send(&s, "sam-worker.0", &later));
        assert_true(r[0].rc == KY_OK || r[1].rc == KY_OK);
        for (size_t i = 0; i < 2; i++) {
            if (r[i].rc == KY_OK) {
                assert_same(&r[i].answer, &later);
            } else {
                assert_int_equal(r[i].rc, KY_EBUSY);
                assert_non_null(strstr(r[i].text, "is being signed"));
                world.refused[KY_PROCESS_SAM][KY_OP_SIGN][-KY_EBUSY]++;
            }
            ky_buf_clear(&r[i].answer);
        }
    }
}

/* Two statements over one nonce, at once: one of them is signed. */
static void two_workers_spend_one_nonce_once(void **state)
{
    (void)state;
    for (int round = 0; round < 20; round++) {
        KY_CLEANUP(signing_clear) struct signing a = {0}, b = {0};
        struct racer r[2] = {{.s = &a, .worker = "sam-worker.0"}, {.s = &b, .worker = "sam-worker.1"}};
        approve_fresh(&a, &world.people[HOA], 1);
        assert_ok(signing_ask(&b, &world, &world.people[HOA], 1));
        sign_set_nonce(&b, a.nonce);
        assert_ok(signing_word(&b));
        assert_ok(signing_approve(&b));
        for (size_t i = 0; i < 2; i++) {
            r[i].answer = ky_buf_init(HARNESS_TEXT_MAX);
            assert_int_equal(pthread_create(&r[i].thread, NULL, race, &r[i]), 0);
        }
        for (size_t i = 0; i < 2; i++) {
            assert_int_equal(pthread_join(r[i].thread, NULL), 0);
            ky_buf_clear(&r[i].answer);
        }
        assert_int_equal((r[0].rc == KY_OK) + (r[1].rc == KY_OK), 1);
        const struct racer *lost = r[0].rc == KY_OK ? &r[1] : &r[0];
        assert_int_equal(lost->rc, KY_EDENIED);
        assert_non_null(strstr(lost->text, "used by another statement"));
        world.refused[KY_PROCESS_SAM][KY_OP_SIGN][-KY_EDENIED]++;
    }
}

/* ---- lock, removal ---- */

/* A statement of her own device that sam executes. */
static ky_rc device_statement(struct subscriber *who, const char *type, const char *name, const char *value,
                              struct ky_bytes name2, struct ky_bytes records, uint8_t hash[KY_HASH_SIZE])
{
    static const uint8_t none[2] = {0, 0};
    uint8_t nonce[KY_NONCE_SIZE];
    ky_time now = ky_now();
    ky_auto_json st = NULL;
    ky_auto_json actor = json_object();
    ky_auto_buf text = ky_buf_init(65536), auths = ky_buf_init(65536), reply = ky_buf_init(HARNESS_TEXT_MAX);
    KY_TRY(realm_nonce(nonce, &world.realm, KY_PROCESS_SAM, KY_NONCE_SHORT));
    const struct statement_head head = {.type = type,
                                        .realm = world.realm.founding->realm,
                                        .sam_nonce = nonce,
                                        .iat = now,
                                        .exp = now + KY_MINUTE};
    KY_TRY(statement_new(&st, &head));
    KY_TRY(ky_body_set_hex(actor, "device", KY_BYTES_OF(who->device_id)));
    KY_TRY(ky_body_set_hex(actor, "owner", KY_BYTES_OF(who->owner)));
    json_object_set(st, "actor", actor);
    json_object_set_new(st, name, json_string(value));
    if (name2.n > 0)
        KY_TRY(ky_body_set_hex(st, "lock", name2));
    KY_TRY(statement_text(&text, st));
    KY_TRY(ky_statement_hash(hash, ky_buf_bytes(&text)));
    KY_TRY(phone_authorise(&who->phone, &auths, ky_buf_bytes(&text), who->device_id));
    const struct ky_bytes fields[] = {ky_buf_bytes(&text), ky_buf_bytes(&auths), records, KY_BYTES_OF(none)};
    return realm_call(&world.realm, "sam-worker.0", KY_MSG_SAM_EXECUTE, fields, KY_COUNT(fields), &reply);
}

static void records_list(struct ky_buf *out, const struct ky_buf *a, const struct ky_buf *b)
{
    ky_list_begin(out, 2);
    ky_buf_add_lv(out, ky_buf_bytes(a));
    ky_buf_add_lv(out, ky_buf_bytes(b));
}

static void hex_of(char out[65], struct ky_bytes v)
{
    ky_auto_buf text = ky_buf_init(64);
    ky_buf_add_hex(&text, v);
    snprintf(out, 65, "%s", ky_buf_str(&text));
}

static void locked_credential_signs_nothing(void **state)
{
    (void)state;
    struct subscriber *hoa = &world.people[HOA], *other = &world.people[COLLEAGUE];
    uint8_t lock[KY_HASH_SIZE], unlock[KY_HASH_SIZE];
    char credential[65];
    ky_auto_buf records = ky_buf_init(HARNESS_TEXT_MAX), theirs = ky_buf_init(HARNESS_TEXT_MAX);
    hex_of(credential, KY_BYTES_OF(hoa->key_id));
    records_list(&records, &hoa->device, &hoa->key);
    records_list(&theirs, &other->device, &hoa->key);
    assert_ok(signing_do(&world, hoa, 1, NULL));
    harness_refused(
        &world, "lock by another person", KY_PROCESS_SAM, KY_OP_LOCK,
        device_statement(other, "lock", "credential", credential, KY_BYTES_NONE, ky_buf_bytes(&theirs), lock),
        KY_EDENIED, "not a credential of this person");
    assert_ok(
        device_statement(hoa, "lock", "credential", credential, KY_BYTES_NONE, ky_buf_bytes(&records), lock));
    harness_refused(&world, "locked", KY_PROCESS_SAM, KY_OP_SIGN, signing_do(&world, hoa, 1, NULL),
                    KY_EDENIED, "locked");
    harness_refused(&world, "unlock by another person", KY_PROCESS_SAM, KY_OP_UNLOCK,
                    device_statement(other, "unlock", "credential", credential, KY_BYTES_OF(lock),
                                     ky_buf_bytes(&theirs), unlock),
                    KY_EDENIED, "not a credential of this person");
    harness_refused(&world, "still locked", KY_PROCESS_SAM, KY_OP_SIGN, signing_do(&world, hoa, 1, NULL),
                    KY_EDENIED, "locked");
    assert_ok(device_statement(hoa, "unlock", "credential", credential, KY_BYTES_OF(lock),
                               ky_buf_bytes(&records), unlock));
    assert_ok(signing_do(&world, hoa, 1, NULL));
}

/* An officer locks a credential, or lifts the lock of that id. */
static ky_rc officer_statement(const struct subscriber *who, const char *type, const char *credential,
                               struct ky_bytes lock, uint8_t hash[KY_HASH_SIZE])
{
    uint8_t nonce[KY_NONCE_SIZE];
    const struct person *const officer[] = {&world.realm.officers[1]};
    ky_time now = ky_now();
    ky_auto_json st = NULL;
    ky_auto_buf text = ky_buf_init(65536), records = ky_buf_init(HARNESS_TEXT_MAX);
    KY_TRY(realm_nonce(nonce, &world.realm, KY_PROCESS_SAM, KY_NONCE_SHORT));
    const struct statement_head head = {.type = type,
                                        .realm = world.realm.founding->realm,
                                        .sam_nonce = nonce,
                                        .iat = now,
                                        .exp = now + KY_MINUTE};
    KY_TRY(statement_new(&st, &head));
    json_object_set_new(st, "credential", json_string(credential));
    if (lock.n > 0)
        KY_TRY(ky_body_set_hex(st, "lock", lock));
    KY_TRY(statement_text(&text, st));
    KY_TRY(ky_statement_hash(hash, ky_buf_bytes(&text)));
    ky_list_begin(&records, 1);
    ky_buf_add_lv(&records, ky_buf_bytes(&who->key));
    return harness_execute(&world, KY_PROCESS_SAM, ky_buf_bytes(&text), officer, 1, ky_buf_bytes(&records),
                           NULL);
}

static void lock_of_another_is_not_lifted(void **state)
{
    (void)state;
    struct subscriber *hoa = &world.people[HOA], *again = &world.people[HOA_AGAIN];
    uint8_t own[KY_HASH_SIZE], officers[KY_HASH_SIZE], unlock[KY_HASH_SIZE];
    char credential[65], second[65];
    ky_auto_buf records = ky_buf_init(HARNESS_TEXT_MAX), others = ky_buf_init(HARNESS_TEXT_MAX);
    hex_of(credential, KY_BYTES_OF(again->key_id));
    hex_of(second, KY_BYTES_OF(hoa->key_id));
    records_list(&records, &again->device, &again->key);
    records_list(&others, &again->device, &hoa->key);
    assert_ok(device_statement(again, "lock", "credential", credential, KY_BYTES_NONE, ky_buf_bytes(&records),
                               own));
    assert_ok(officer_statement(again, "lock", credential, KY_BYTES_NONE, officers));
    harness_refused(&world, "officer's lock, by the owner", KY_PROCESS_SAM, KY_OP_UNLOCK,
                    device_statement(again, "unlock", "credential", credential, KY_BYTES_OF(officers),
                                     ky_buf_bytes(&records), unlock),
                    KY_EDENIED, "lifted by an officer");
    harness_refused(&world, "lock of another credential", KY_PROCESS_SAM, KY_OP_UNLOCK,
                    device_statement(again, "unlock", "credential", second, KY_BYTES_OF(own),
                                     ky_buf_bytes(&others), unlock),
                    KY_EDENIED, "no such lock");
    assert_ok(device_statement(again, "unlock", "credential", credential, KY_BYTES_OF(own),
                               ky_buf_bytes(&records), unlock));
    harness_refused(&world, "officer's lock stays", KY_PROCESS_SAM, KY_OP_SIGN,
                    signing_do(&world, again, 1, NULL), KY_EDENIED, "locked");
    assert_ok(officer_statement(again, "unlock", credential, KY_BYTES_OF(officers), unlock));
    assert_ok(signing_do(&world, again, 1, NULL));
}

/* ---- revocation told to one process only ---- */

static ky_rc revoke_at(ky_process process, const struct subscriber *who)
{
    uint8_t nonce[KY_NONCE_SIZE];
    char serial[65], key[65];
    const struct person *const officer[] = {&world.realm.officers[1]};
    bool sam = process == KY_PROCESS_SAM;
    ky_time now = ky_now();
    ky_auto_json st = NULL;
    ky_auto_cert cert = NULL;
    ky_auto_buf text = ky_buf_init(65536);
    KY_TRY(ky_cert_parse(&cert, ky_buf_bytes(&who->cert)));
    KY_TRY(realm_nonce(nonce, &world.realm, process, KY_NONCE_LONG));
    const struct statement_head head = {.type = "revoke",
                                        .realm = world.realm.founding->realm,
                                        .sam_nonce = sam ? nonce : NULL,
                                        .ca_nonce = sam ? NULL : nonce,
                                        .iat = now,
                                        .exp = now + KY_DAY};
    KY_TRY(statement_new(&st, &head));
    hex_of(serial, cert->serial);
    hex_of(key, KY_BYTES_OF(who->key_id));
    json_object_set_new(st, "serials", json_pack("[s]", serial));
    json_object_set_new(st, "keys", json_pack("[s]", key));
    json_object_set_new(st, "reason", json_integer(KY_REASON_KEY_COMPROMISE));
    KY_TRY(statement_text(&text, st));
    return harness_execute(&world, process, ky_buf_bytes(&text), officer, 1, KY_BYTES_NONE, NULL);
}

static void revocation_told_to_sam_alone_stops_the_key(void **state)
{
    (void)state;
    struct subscriber *other = &world.people[COLLEAGUE];
    assert_ok(signing_do(&world, other, 1, NULL));
    assert_ok(revoke_at(KY_PROCESS_SAM, other));
    harness_refused(&world, "revoked at sam only", KY_PROCESS_SAM, KY_OP_SIGN,
                    signing_do(&world, other, 1, NULL), KY_EDENIED, "was removed");
}

static void revocation_told_to_ca_alone_stops_the_key(void **state)
{
    (void)state;
    struct subscriber *again = &world.people[HOA_AGAIN];
    assert_ok(signing_do(&world, again, 1, NULL));
    assert_ok(revoke_at(KY_PROCESS_CA, again));
    harness_refused(&world, "revoked at ca only", KY_PROCESS_SAM, KY_OP_SIGN,
                    signing_do(&world, again, 1, NULL), KY_EDENIED, "revoked or unknown");
}

static void removed_device_approves_nothing(void **state)
{
    (void)state;
    struct subscriber *hoa = &world.people[HOA], *again = &world.people[HOA_AGAIN];
    uint8_t hash[KY_HASH_SIZE];
    char device[65];
    ky_auto_buf records = ky_buf_init(HARNESS_TEXT_MAX);
    hex_of(device, KY_BYTES_OF(hoa->device_id));
    records_list(&records, &again->device, &hoa->device);
    assert_ok(signing_do(&world, hoa, 1, NULL));
    assert_ok(device_statement(again, "remove-device", "device", device, KY_BYTES_NONE,
                               ky_buf_bytes(&records), hash));
    harness_refused(&world, "removed device", KY_PROCESS_SAM, KY_OP_SIGN, signing_do(&world, hoa, 1, NULL),
                    KY_EDENIED, "was removed");
}

/* ---- in the end ---- */

static void all_is_audited_and_everybody_serves(void **state)
{
    (void)state;
    harness_check_audit(&world);
    harness_check_serving(&world, &pids);
}

/* Last: a restart voids every short nonce, used or not. */
static void nonce_of_an_earlier_start_is_refused(void **state)
{
    (void)state;
    struct subscriber *hoa = &world.people[HOA];
    KY_CLEANUP(signing_clear) struct signing used = {0}, fresh = {0};
    ky_auto_buf answer = ky_buf_init(HARNESS_TEXT_MAX);
    approve_fresh(&used, hoa, 1);
    assert_ok(signing_send(&used, "sam-worker.0", &answer));
    approve_fresh(&fresh, hoa, 1);
    assert_ok(realm_stop(&world.realm));
    assert_ok(realm_start(&world.realm));
    harness_refused(&world, "used before the restart", KY_PROCESS_SAM, KY_OP_SIGN,
                    signing_send(&used, "sam-worker.0", &answer), KY_EEXPIRED, "nonce of an earlier start");
    harness_refused(&world, "asked before the restart", KY_PROCESS_SAM, KY_OP_SIGN,
                    signing_send(&fresh, "sam-worker.1", &answer), KY_EEXPIRED, "nonce of an earlier start");
    assert_ok(signing_do(&world, hoa, 1, NULL));
    pids = harness_pids(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(authorisation_is_hers_and_of_this_statement),
        cmocka_unit_test(statement_is_of_now_and_here),
        cmocka_unit_test(exactly_the_hashes_that_were_shown),
        cmocka_unit_test(every_member_counts),
        cmocka_unit_test(passkey_and_device_both_sign),
        cmocka_unit_test(statement_has_one_form),
        cmocka_unit_test(certificate_status_and_key_belong_together),
        cmocka_unit_test(a_repeat_gets_the_same_signatures),
        cmocka_unit_test(two_workers_make_one_set),
        cmocka_unit_test(two_workers_spend_one_nonce_once),
        cmocka_unit_test(locked_credential_signs_nothing),
        cmocka_unit_test(lock_of_another_is_not_lifted),
        cmocka_unit_test(nonce_of_an_earlier_start_is_refused),
        cmocka_unit_test(revocation_told_to_sam_alone_stops_the_key),
        cmocka_unit_test(revocation_told_to_ca_alone_stops_the_key),
        cmocka_unit_test(removed_device_approves_nothing),
        cmocka_unit_test(all_is_audited_and_everybody_serves),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
