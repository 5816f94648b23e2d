/*
 * What has grown old: the clock of the machine really goes on, by minutes to weeks, between an honest step and the
 * next. Each case first takes both steps in time, which succeeds; at last the clock is set back.
 */
#include "tests/process/attack_activation.h"

#include <stdio.h>

#include "os/clock.h"
#include "tests/process/signing.h"

static struct harness world;

static int set_up(void **state)
{
    const struct realm_options options = {.issuing_key = "p256", .root_key = "p256", .machine = true};
    *state = &world;
    assert_ok(harness_make_people(&world, &options, 1, "p256"));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    harness_clear(&world);
    return 0;
}

static void let_pass(ky_time seconds)
{
    machine_wait(world.realm.machine, seconds);
}

static void refused(const char *name, ky_process process, ky_operation op, ky_rc rc, const char *why)
{
    harness_refused(&world, name, process, op, rc, KY_EEXPIRED, why);
}

/* ---- signing ---- */

static void ask(struct signing *s)
{
    assert_ok(signing_ask(s, &world, &world.people[0], 1));
}

static ky_rc finish(struct signing *s)
{
    ky_auto_buf answer = ky_buf_init(HARNESS_TEXT_MAX);
    assert_ok(signing_word(s));
    assert_ok(signing_approve(s));
    return signing_send(s, "sam-worker.0", &answer);
}

/* The statement of signing_ask ends after four minutes. */
static void an_approval_ends_after_minutes(void **state)
{
    (void)state;
    static const struct {
        ky_time wait;
        bool good;
    } cases[] = {{4 * KY_MINUTE - 5, true}, {4 * KY_MINUTE + 1, false}};
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        KY_CLEANUP(signing_clear) struct signing s = {0};
        ky_auto_buf answer = ky_buf_init(HARNESS_TEXT_MAX);
        ask(&s);
        assert_ok(signing_word(&s));
        assert_ok(signing_approve(&s));
        let_pass(cases[i].wait);
        ky_rc rc = signing_send(&s, "sam-worker.0", &answer);
        if (cases[i].good)
            assert_ok(rc);
        else
            refused("an old approval", KY_PROCESS_SAM, KY_OP_SIGN, rc, "expired");
    }
}

/* A statement of now over a nonce that was put by. */
static void a_hoarded_nonce_makes_no_new_statement(void **state)
{
    (void)state;
    static const ky_time waits[] = {3 * KY_MINUTE, 5 * KY_MINUTE + 1};
    for (size_t i = 0; i < KY_COUNT(waits); i++) {
        KY_CLEANUP(signing_clear) struct signing s = {0};
        ask(&s);
        let_pass(waits[i]);
        assert_ok(ky_body_set_int(s.st, "iat", ky_now()));
        assert_ok(ky_body_set_int(s.st, "exp", ky_now() + KY_MINUTE));
        if (i == 0)
            assert_ok(finish(&s));
        else
            refused("a hoarded nonce", KY_PROCESS_SAM, KY_OP_SIGN, finish(&s), "later than the nonce allows");
    }
}

static void an_ocsp_answer_counts_ten_minutes(void **state)
{
    (void)state;
    static const ky_time waits[] = {9 * KY_MINUTE, 10 * KY_MINUTE + 2};
    for (size_t i = 0; i < KY_COUNT(waits); i++) {
        KY_CLEANUP(signing_clear) struct signing s = {0};
        ky_auto_buf ocsp = ky_buf_init(65536);
        assert_ok(harness_ocsp(&ocsp, &world, ky_buf_bytes(&world.people[0].cert)));
        let_pass(waits[i]);
        ask(&s);
        assert_ok(signing_set(&s, SIGNING_OCSP, ky_buf_bytes(&ocsp)));
        if (i == 0)
            assert_ok(finish(&s));
        else
            refused("an old OCSP answer", KY_PROCESS_SAM, KY_OP_SIGN, finish(&s), "OCSP answer");
    }
}

/* ---- activation ---- */

static void a_code_counts_ten_minutes(void **state)
{
    (void)state;
    struct activated in_time, late;
    assert_ok(harness_issue(&world, 2, "p256"));
    activation_begin(&in_time, &world);
    let_pass(9 * KY_MINUTE);
    activation_finish(&in_time, &world);
    activation_begin(&late, &world);
    let_pass(10 * KY_MINUTE + 2);
    refused("an old code", KY_PROCESS_SAM, KY_OP_ENROL_DEVICE,
            activation_try(&world, &late, &late.who->phone, "sam-worker.0", NULL),
            "the code is older than 10 minutes");
    struct ky_letter sms; /* she asks for another */
    assert_ok(activating_ask_code(&sms, &world, late.who, late.secret));
    snprintf(late.code, sizeof late.code, "%s", sms.secret);
    activation_finish(&late, &world);
}

static void an_activation_lives_seven_days(void **state)
{
    (void)state;
    struct activated a;
    uint8_t secret[KY_MAIL_SECRET_SIZE];
    struct ky_letter sms;
    assert_ok(harness_issue(&world, 2, "p256"));
    let_pass(7 * KY_DAY - KY_HOUR);
    activation_begin(&a, &world);
    activation_finish(&a, &world);
    const struct subscriber *late = &world.people[world.people_count - 1];
    assert_ok(activating_mail_secret(secret, &world, late));
    let_pass(KY_HOUR + 1);
    refused("an old letter", KY_PROCESS_SAM, KY_OP_CODE, activating_ask_code(&sms, &world, late, secret),
            "expired");
}

/* ---- issuing ---- */

static void put_evidence_of(struct dossier *d, ky_time when)
{
    ky_auto_buf crl = ky_buf_init(65536);
    assert_ok(token_ca_crl(&crl, &world.realm.token_ca, when, NULL));
    ky_buf_reset(&d->evidence);
    assert_ok(evidence_of(&d->evidence, ky_buf_bytes(&crl)));
}

static ky_rc make_keys(const struct dossier *d)
{
    ky_auto_buf keys = ky_buf_init(HARNESS_TEXT_MAX);
    return dossier_make_keys(&keys, d, &world.realm, 1, 1);
}

/* The statements of dossier_make end after twenty days. */
static void an_officers_approval_lives_for_days(void **state)
{
    (void)state;
    static const ky_time waits[] = {19 * KY_DAY, 20 * KY_DAY + 1};
    for (size_t i = 0; i < KY_COUNT(waits); i++) {
        KY_CLEANUP(dossier_clear) struct dossier d = {0};
        assert_ok(dossier_make(&d, &world.realm, 1, "p256"));
        let_pass(waits[i]);
        put_evidence_of(&d, ky_now());
        if (i == 0)
            assert_ok(make_keys(&d));
        else
            refused("an old approval of rows", KY_PROCESS_SAM, KY_OP_ISSUE, make_keys(&d), "expired");
    }
}

static void evidence_about_officers_counts_a_day(void **state)
{
    (void)state;
    KY_CLEANUP(dossier_clear) struct dossier d = {0};
    assert_ok(dossier_make(&d, &world.realm, 2, "p256"));
    ky_time made = ky_now();
    let_pass(KY_DAY - KY_MINUTE);
    assert_ok(make_keys(&d));
    let_pass(2 * KY_MINUTE);
    put_evidence_of(&d, made);
    refused("a CRL of yesterday", KY_PROCESS_SAM, KY_OP_ISSUE, make_keys(&d), "");
}

/* ---- back ---- */

static ky_rc ask_nonce(ky_process p)
{
    uint8_t nonce[KY_NONCE_SIZE];
    return realm_nonce(nonce, &world.realm, p, KY_NONCE_SHORT);
}

static void a_clock_set_back_stops_until_it_is_right(void **state)
{
    (void)state;
    static const ky_process both[] = {KY_PROCESS_SAM, KY_PROCESS_CA};
    assert_ok(harness_issue(&world, 1, "p256")); /* both have recorded something just now */
    let_pass(-KY_HOUR);
    for (size_t i = 0; i < KY_COUNT(both); i++)
        harness_refused(&world, "an hour back", both[i], KY_OP_NONCE, ask_nonce(both[i]), KY_EBUSY,
                        "behind what was already recorded");
    let_pass(KY_HOUR);
    for (size_t i = 0; i < KY_COUNT(both); i++)
        assert_ok(ask_nonce(both[i]));
}

static void all_is_audited_and_everybody_serves(void **state)
{
    (void)state;
    harness_check_audit(&world);
    harness_check_serving(&world, NULL);
    assert_ok(signing_do(&world, &world.people[0], 1, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_approval_ends_after_minutes),
        cmocka_unit_test(a_hoarded_nonce_makes_no_new_statement),
        cmocka_unit_test(an_ocsp_answer_counts_ten_minutes),
        cmocka_unit_test(a_code_counts_ten_minutes),
        cmocka_unit_test(an_activation_lives_seven_days),
        cmocka_unit_test(an_officers_approval_lives_for_days),
        cmocka_unit_test(evidence_about_officers_counts_a_day),
        cmocka_unit_test(a_clock_set_back_stops_until_it_is_right),
        cmocka_unit_test(all_is_audited_and_everybody_serves),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
