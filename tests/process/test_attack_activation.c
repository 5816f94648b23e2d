/*
 * A web tier gone bad, a reader of mailboxes and a stranger try to hang a phone of their own on a person's account,
 * or to keep hers from it. Between the attacks people enrol as they should; in the end every refusal stands in the
 * audit file and every process still serves.
 * What has grown old: test_attack_time.c.
 */
#include "tests/process/attack_activation.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "crypto/random.h"
#include "os/clock.h"
#include "pki/crl.h"

#define RESTART_MS 20000

static struct harness world;

static int set_up(void **state)
{
    *state = &world;
    assert_ok(harness_make(&world, NULL));
    assert_ok(harness_issue(&world, 24, "p256"));
    assert_ok(harness_issue(&world, 24, "p256"));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    harness_clear(&world);
    return 0;
}

static void refused(const char *name, ky_operation op, ky_rc rc, ky_rc want, const char *why)
{
    harness_refused(&world, name, KY_PROCESS_SAM, op, rc, want, why);
}

/* ---- codes ---- */

static ky_rc try_code(const struct activated *a, char code[KY_CODE_DIGITS + 1])
{
    struct activated guess = *a;
    memcpy(guess.code, code, sizeof guess.code);
    return activation_try(&world, &guess, &a->who->phone, "sam-worker.0", NULL);
}

static ky_rc wrong_code(const struct activated *a)
{
    char code[KY_CODE_DIGITS + 1];
    memcpy(code, a->code, sizeof code);
    code[0] = code[0] == '9' ? '0' : (char)(code[0] + 1);
    return try_code(a, code);
}

static void fifth_wrong_code_kills(void **state)
{
    (void)state;
    struct activated fine, a;
    activation_begin(&fine, &world);
    activation_finish(&fine, &world);
    activation_begin(&a, &world);
    for (unsigned i = 1; i <= KY_ATTEMPTS_MAX; i++) {
        char why[64];
        snprintf(why, sizeof why, "the code is wrong (attempt %u of 5)", i);
        refused("wrong code", KY_OP_ENROL_DEVICE, wrong_code(&a), KY_EAUTH, why);
    }
    refused("sixth wrong code", KY_OP_ENROL_DEVICE, wrong_code(&a), KY_EDENIED, "dead after 5 attempts");
    refused("right code, too late", KY_OP_ENROL_DEVICE, try_code(&a, a.code), KY_EDENIED,
            "dead after 5 attempts");
    struct ky_letter sms;
    refused("a new code, too late", KY_OP_CODE, activating_ask_code(&sms, &world, a.who, a.secret),
            KY_EDENIED, "dead after 5 attempts");
}

/* Kills a worker and waits for the one that takes its place. */
static void kill_worker(const char *name)
{
    pid_t before = realm_pid(&world.realm, name), now = before;
    assert_true(before > 0);
    assert_int_equal(kill(before, SIGKILL), 0);
    for (int64_t end = ky_deadline_in(RESTART_MS); now == before || now == 0; usleep(10000)) {
        assert_true(ky_mono_ms() < end);
        now = realm_pid(&world.realm, name);
    }
    uint8_t nonce[KY_NONCE_SIZE];
    while (realm_nonce(nonce, &world.realm, KY_PROCESS_SAM, KY_NONCE_SHORT) != KY_OK)
        usleep(10000);
}

static void killing_workers_resets_no_counter(void **state)
{
    (void)state;
    struct activated fine, a;
    activation_begin(&fine, &world);
    kill_worker("sam-worker.0");
    activation_finish(&fine, &world);
    activation_begin(&a, &world);
    for (unsigned i = 1; i <= KY_ATTEMPTS_MAX; i++) {
        char why[64];
        snprintf(why, sizeof why, "the code is wrong (attempt %u of 5)", i);
        refused("wrong code", KY_OP_ENROL_DEVICE, wrong_code(&a), KY_EAUTH, why);
        kill_worker("sam-worker.0");
    }
    refused("right code, too late", KY_OP_ENROL_DEVICE, try_code(&a, a.code), KY_EDENIED,
            "dead after 5 attempts");
}

static void five_codes_are_sent_and_no_more(void **state)
{
    (void)state;
    struct activated a;
    struct ky_letter sms;
    activation_begin(&a, &world);
    for (unsigned i = 2; i <= KY_CODES_MAX; i++)
        assert_ok(activating_ask_code(&sms, &world, a.who, a.secret));
    refused("sixth code", KY_OP_CODE, activating_ask_code(&sms, &world, a.who, a.secret), KY_ELIMIT,
            "5 codes were sent, at most 5");
    refused("first code, after the fifth", KY_OP_ENROL_DEVICE, try_code(&a, a.code), KY_EAUTH,
            "the code is wrong");
    assert_ok(activating_open_letter(&sms, &world, a.who));
    assert_int_equal(sms.kind, KY_LETTER_ACTIVATION_MAIL);
}

/* Asked for once, sent once: who repeats the message sends nobody a second SMS. */
static void code_request_is_used_once(void **state)
{
    (void)state;
    struct activated a;
    uint8_t nonce[KY_NONCE_SIZE], proof[KY_HMAC_SIZE];
    ky_auto_buf answer = ky_buf_init(65536);
    activation_begin(&a, &world);
    assert_ok(realm_nonce(nonce, &world.realm, KY_PROCESS_SAM, KY_NONCE_SHORT));
    assert_ok(ky_code_proof(proof, a.secret, KY_BYTES_OF(nonce)));
    const struct ky_bytes activation = ky_buf_bytes(&a.who->activation);
    assert_ok(activating_send_code(&answer, &world, activation, KY_BYTES_OF(nonce), KY_BYTES_OF(proof)));
    for (int i = 0; i < 6; i++)
        refused("code request again", KY_OP_CODE,
                activating_send_code(&answer, &world, activation, KY_BYTES_OF(nonce), KY_BYTES_OF(proof)),
                KY_EDENIED, "nonce was used");
    struct ky_letter sms;
    assert_ok(activating_ask_code(&sms, &world, a.who, a.secret)); /* the third of five */
}

/* Who does not know the mail secret can neither have an SMS sent nor use up attempts. */
static void stranger_burns_nothing(void **state)
{
    (void)state;
    struct activated a;
    struct ky_letter sms;
    uint8_t guess[KY_MAIL_SECRET_SIZE];
    activation_begin(&a, &world);
    struct activated stranger = a;
    memset(stranger.secret, 0, sizeof stranger.secret);
    for (int i = 0; i < 8; i++) {
        assert_ok(ky_random(guess, sizeof guess));
        refused("code for a stranger", KY_OP_CODE, activating_ask_code(&sms, &world, a.who, guess), KY_EAUTH,
                "the mail secret is not known");
        refused("enrolment of a stranger", KY_OP_ENROL_DEVICE, wrong_code(&stranger), KY_EAUTH,
                "the mail secret is wrong");
    }
    refused("first attempt that counts", KY_OP_ENROL_DEVICE, wrong_code(&a), KY_EAUTH, "attempt 1 of 5");
    for (unsigned i = 2; i <= KY_CODES_MAX; i++)
        assert_ok(activating_ask_code(&sms, &world, a.who, a.secret));
    memcpy(a.code, sms.secret, sizeof a.code);
    activation_finish(&a, &world);
}

/* ---- once ---- */

/* The very message again brings the very device, until it was acknowledged; never a second one. */
static void repeated_enrolment_makes_no_second_device(void **state)
{
    (void)state;
    struct activated a;
    KY_CLEANUP(enrolling_clear) struct enrolling e = {0};
    ky_auto_buf first = ky_buf_init(HARNESS_TEXT_MAX), again = ky_buf_init(HARNESS_TEXT_MAX);
    uint8_t spend[KY_LOG_ID_SIZE] = {0};
    activation_begin(&a, &world);
    assert_ok(enrolling_begin(&e, &world, a.who, &a.who->phone, a.secret, a.code));
    assert_ok(enrolling_finish(&e));
    assert_ok(enrolling_send(&e, "sam-worker.0", &first));
    assert_ok(enrolling_send(&e, "sam-worker.1", &again));
    assert_true(ky_bytes_eq(ky_buf_bytes(&first), ky_buf_bytes(&again)));
    memcpy(spend, a.who->activation_id, KY_ID_SIZE);
    const struct ky_bytes field = KY_BYTES_OF(spend);
    ky_auto_buf nothing = ky_buf_init(64);
    assert_ok(realm_call(&world.realm, "sam-worker.0", KY_MSG_SAM_ACK, &field, 1, &nothing));
    refused("enrolment again", KY_OP_ENROL_DEVICE, enrolling_send(&e, "sam-worker.0", &again), KY_EEXIST,
            "handed over");
}

static void used_activation_enrols_no_other_phone(void **state)
{
    (void)state;
    struct activated a;
    struct ky_letter sms;
    KY_CLEANUP(phone_clear) struct phone thief = {0};
    const struct ky_founding *f = world.realm.founding;
    activation_begin(&a, &world);
    activation_finish(&a, &world);
    assert_ok(phone_init(&thief, f->origin, f->rp_id));
    refused("another phone, later", KY_OP_ENROL_DEVICE,
            activation_try(&world, &a, &thief, "sam-worker.1", NULL), KY_EDENIED, "was used");
    refused("the same phone anew", KY_OP_ENROL_DEVICE,
            activation_try(&world, &a, &a.who->phone, "sam-worker.0", NULL), KY_EDENIED, "was used");
    refused("a code for a used activation", KY_OP_CODE, activating_ask_code(&sms, &world, a.who, a.secret),
            KY_EDENIED, "was used");
}

struct racer {
    pthread_t thread;
    const struct enrolling *e;
    const char *worker;
    ky_rc rc;
    char text[256];
};

static void *race(void *ctx)
{
    struct racer *r = ctx;
    ky_auto_buf answer = ky_buf_init(HARNESS_TEXT_MAX);
    r->rc = enrolling_send(r->e, r->worker, &answer);
    snprintf(r->text, sizeof r->text, "%s", r->rc == KY_OK ? "" : ky_error());
    return NULL;
}

static void of_two_phones_at_once_one_wins(void **state)
{
    (void)state;
    const struct ky_founding *f = world.realm.founding;
    for (int round = 0; round < 3; round++) {
        struct activated a;
        KY_CLEANUP(phone_clear) struct phone other = {0};
        KY_CLEANUP(enrolling_clear) struct enrolling hers = {0}, theirs = {0};
        struct racer r[2] = {{.e = &hers, .worker = "sam-worker.0"},
                             {.e = &theirs, .worker = "sam-worker.1"}};
        activation_begin(&a, &world);
        assert_ok(phone_init(&other, f->origin, f->rp_id));
        assert_ok(enrolling_begin(&hers, &world, a.who, &a.who->phone, a.secret, a.code));
        assert_ok(enrolling_begin(&theirs, &world, a.who, &other, a.secret, a.code));
        assert_ok(enrolling_finish(&hers));
        assert_ok(enrolling_finish(&theirs));
        for (size_t i = 0; i < 2; i++)
            assert_int_equal(pthread_create(&r[i].thread, NULL, race, &r[i]), 0);
        for (size_t i = 0; i < 2; i++)
            assert_int_equal(pthread_join(r[i].thread, NULL), 0);
        assert_int_equal((r[0].rc == KY_OK) + (r[1].rc == KY_OK), 1);
        const struct racer *lost = r[0].rc == KY_OK ? &r[1] : &r[0];
        assert_int_equal(lost->rc, KY_EDENIED);
        assert_non_null(strstr(lost->text, "was used"));
        world.refused[KY_PROCESS_SAM][KY_OP_ENROL_DEVICE][-KY_EDENIED]++;
    }
}

/* ---- end of an activation ---- */

static void expired_activation_enrols_nothing(void **state)
{
    (void)state;
    struct activated a;
    struct ky_letter sms;
    ky_time now = ky_now();
    activation_begin(&a, &world);
    const struct ky_buf honest = a.who->activation;
    ky_auto_buf old = ky_buf_init(KY_RECORD_ENVELOPE_MAX), future = ky_buf_init(KY_RECORD_ENVELOPE_MAX);
    activation_write_as_sam(&old, &world, a.who, now - 8 * KY_DAY, now - KY_DAY);
    activation_write_as_sam(&future, &world, a.who, now + KY_HOUR, now + KY_DAY);
    a.who->activation = old;
    refused("after expiry", KY_OP_ENROL_DEVICE, try_code(&a, a.code), KY_EEXPIRED, "activation: expired");
    refused("a code after expiry", KY_OP_CODE, activating_ask_code(&sms, &world, a.who, a.secret),
            KY_EEXPIRED, "activation: expired");
    a.who->activation = future;
    refused("before its time", KY_OP_ENROL_DEVICE, try_code(&a, a.code), KY_EEXPIRED, "valid only in");
    a.who->activation = honest;
    activation_finish(&a, &world);
}

/* An officer revokes a key that nobody has a phone for yet: its activation is worth nothing any more. */
static void activation_of_a_revoked_key_enrols_nothing(void **state)
{
    (void)state;
    struct activated a;
    struct ky_letter sms;
    uint8_t nonce[KY_NONCE_SIZE];
    const struct person *const officer[] = {&world.realm.officers[1]};
    ky_time now = ky_now();
    ky_auto_json st = NULL;
    ky_auto_json ids = json_object();
    ky_auto_buf text = ky_buf_init(65536);
    activation_begin(&a, &world);
    assert_ok(realm_nonce(nonce, &world.realm, KY_PROCESS_SAM, KY_NONCE_LONG));
    const struct statement_head head = {.type = "revoke",
                                        .realm = world.realm.founding->realm,
                                        .sam_nonce = nonce,
                                        .iat = now,
                                        .exp = now + KY_DAY};
    assert_ok(statement_new(&st, &head));
    assert_ok(ky_body_set_hex(ids, "id", KY_BYTES_OF(a.who->key_id)));
    const char *id = json_string_value(json_object_get(ids, "id"));
    json_object_set_new(st, "keys", json_pack("[s]", id));
    json_object_set_new(st, "serials", json_pack("[s]", id));
    json_object_set_new(st, "reason", json_integer(KY_REASON_CESSATION));
    assert_ok(statement_text(&text, st));
    assert_ok(harness_execute(&world, KY_PROCESS_SAM, ky_buf_bytes(&text), officer, 1, KY_BYTES_NONE, NULL));
    refused("after the key was revoked", KY_OP_ENROL_DEVICE, try_code(&a, a.code), KY_EDENIED, "was removed");
    refused("a code after the key was revoked", KY_OP_CODE,
            activating_ask_code(&sms, &world, a.who, a.secret), KY_EDENIED, "was removed");
}

/* ---- letters ---- */

static ky_rc open_with(const struct subscriber *who, uint64_t number, const uint8_t key[KY_X25519_SIZE],
                       const uint8_t att[KY_P256_POINT], const uint8_t realm[KY_HASH_SIZE])
{
    struct ky_letter letter;
    return ky_letter_open(&letter, ky_buf_bytes(&who->letter), number, key, att, realm);
}

static void letter_refused(const char *name, ky_rc rc)
{
    if (rc != KY_EAUTH)
        fail_msg("%s: %s: %s", name, ky_rc_name(rc), rc == KY_OK ? "" : ky_error());
}

/* Whatever stands in the database: sealed to the founding record's key, signed by sam, numbered, with its address. */
static void letter_is_sealed_signed_and_numbered(void **state)
{
    (void)state;
    struct activated a;
    struct ky_letter letter;
    const struct ky_founding *f = world.realm.founding;
    uint8_t other[KY_X25519_SIZE];
    activation_begin(&a, &world);
    struct subscriber *who = a.who;
    char address[64];
    snprintf(address, sizeof address, "hoa%u@quangngai.gov.vn", who->row);
    assert_ok(ky_random(other, sizeof other));
    assert_ok(activating_open_letter(&letter, &world, who));
    assert_string_equal(letter.address, address);
    assert_memory_equal(letter.id, who->activation_id, KY_ID_SIZE);
    letter_refused("opened with another key",
                   open_with(who, who->letter_number, other, f->sam_att, f->realm));
    letter_refused("wrong number",
                   open_with(who, who->letter_number + 1, world.courier_private, f->sam_att, f->realm));
    letter_refused("signed by another than sam",
                   open_with(who, who->letter_number, world.courier_private, f->ca_att, f->realm));
    letter_refused("of another realm",
                   open_with(who, who->letter_number, world.courier_private, f->sam_att, other));
    who->letter.p[who->letter.n / 2] ^= 1;
    letter_refused("altered",
                   open_with(who, who->letter_number, world.courier_private, f->sam_att, f->realm));
    who->letter.p[who->letter.n / 2] ^= 1;
    activation_finish(&a, &world);
}

/* The courier's key is public: anyone can seal a letter, and only sam can sign one. */
static void forged_letter_is_not_opened(void **state)
{
    (void)state;
    struct activated a;
    ky_auto_softkey key = NULL;
    ky_auto_buf forged = ky_buf_init(KY_LETTER_SEALED_MAX);
    struct ky_letter letter;
    const struct ky_founding *f = world.realm.founding;
    activation_begin(&a, &world);
    assert_ok(activating_open_letter(&letter, &world, a.who));
    snprintf(letter.address, sizeof letter.address, "thief@example.com");
    assert_ok(ky_softkey_generate(&key, KY_KEY_P256));
    const struct ky_signer signer = ky_softkey_signer(key);
    assert_ok(ky_letter_seal(&forged, &letter, &signer, f->courier_key));
    letter_refused("forged", ky_letter_open(&letter, ky_buf_bytes(&forged), a.who->letter_number,
                                            world.courier_private, f->sam_att, f->realm));
    activation_finish(&a, &world);
}

static void all_is_audited_and_everybody_serves(void **state)
{
    (void)state;
    harness_check_audit(&world);
    harness_check_serving(&world, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(enrolment_is_of_this_person_and_these_keys),
        cmocka_unit_test(fifth_wrong_code_kills),
        cmocka_unit_test(killing_workers_resets_no_counter),
        cmocka_unit_test(five_codes_are_sent_and_no_more),
        cmocka_unit_test(code_request_is_used_once),
        cmocka_unit_test(stranger_burns_nothing),
        cmocka_unit_test(repeated_enrolment_makes_no_second_device),
        cmocka_unit_test(used_activation_enrols_no_other_phone),
        cmocka_unit_test(of_two_phones_at_once_one_wins),
        cmocka_unit_test(expired_activation_enrols_nothing),
        cmocka_unit_test(activation_of_a_revoked_key_enrols_nothing),
        cmocka_unit_test(letter_is_sealed_signed_and_numbered),
        cmocka_unit_test(forged_letter_is_not_opened),
        cmocka_unit_test(all_is_audited_and_everybody_serves),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
