/*
 * Requests for revocation that nobody answers are executed by ca alone. A web tier gone bad would like that for
 * requests that nobody signed, before their hour, for the certificates of others, or after they were answered.
 */
#include "tests/process/ending.h"

#include "os/clock.h"
#include "tests/process/signing.h"

#define HOURS 10

static struct issue_world world;

static int set_up(void **state)
{
    static const struct realm_options options = {.issuing_key = "p256", .root_key = "p256", .machine = true};
    *state = &world;
    assert_ok(issue_world_make(&world, &options));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    issue_world_clear(&world);
    return 0;
}

static void refused(const char *name, ky_operation op, ky_rc rc, ky_rc want, const char *why)
{
    harness_refused(&world.h, name, KY_PROCESS_CA, op, rc, want, why);
}

static void wait_hours(unsigned hours)
{
    machine_wait(world.h.realm.machine, (int64_t)hours * KY_HOUR);
}

/* A teacher, and the organisation's signed request to revoke her certificate. */
struct asked {
    struct teacher t;
    struct filing f;
};

static void asked_clear(struct asked *a)
{
    teacher_clear(&a->t);
    filing_clear(&a->f);
}
#define auto_asked KY_CLEANUP(asked_clear) struct asked

static void ask(struct asked *a)
{
    assert_ok(teacher_make(&a->t, &world));
    assert_ok(ending_make(&a->f, &world, a->t.s));
}

static ky_rc overdue(const struct asked *a)
{
    return ending_overdue(&a->f, &a->t.f);
}

static void unanswered_is_executed_in_its_hour(void **state)
{
    (void)state;
    auto_asked a = {0};
    ky_auto_buf word = ky_buf_init(1024);
    const struct subscriber *who;
    ask(&a);
    who = a.t.s;
    assert_ok(ending_receive(&a.f));
    refused("at once", KY_OP_OVERDUE, overdue(&a), KY_EDENIED, "its hour has not come");
    wait_hours(HOURS - 1);
    assert_ok(ending_receive(&a.f)); /* told once more: the first time counts */
    refused("an hour before", KY_OP_OVERDUE, overdue(&a), KY_EDENIED, "its hour has not come");
    assert_int_equal(ending_ocsp(&world, who), KY_OCSP_GOOD);
    wait_hours(1);
    assert_ok(overdue(&a));
    assert_ok(overdue(&a)); /* the answer was lost */
    assert_int_equal(ending_ocsp(&world, who), KY_OCSP_REVOKED);
    assert_true(ending_on_crl(&world, who));
    assert_ok(ending_word(&word, &world, who));
    assert_ok(
        ending_tell_sam(&world, ky_buf_bytes(&word), ky_buf_bytes(&who->key), ky_buf_bytes(&who->cert)));
    harness_refused(&world.h, "an officer comes too late", KY_PROCESS_CA, KY_OP_REVOKE, ending_at_ca(&a.f),
                    KY_EDENIED, "used by another statement");
}

/* ---- what is received ---- */

static void unsigned_request(struct filing *f)
{
    ky_buf_reset(&f->d.request_auths);
    ky_buf_add_u8(&f->d.request_auths, 0);
}

static void signed_by(struct filing *f, struct person *who)
{
    memcpy(who->record, f->w->h.realm.head.record, KY_ID_SIZE);
    const struct person *const one[] = {who};
    ky_buf_reset(&f->d.request_auths);
    assert_ok(people_authorise(&f->d.request_auths, one, 1, ky_buf_bytes(&f->d.request), ky_now()));
}

static void by_a_stranger(struct filing *f)
{
    signed_by(f, &f->w->stranger);
}

static void by_a_foreign_seal(struct filing *f)
{
    signed_by(f, &f->w->foreign);
}

static void altered(struct filing *f)
{
    json_object_set_new(json_array_get(json_object_get(f->request, "rows"), 0), "happened", json_integer(1));
    filing_reword_request(f);
}

static void without_record(struct filing *f)
{
    ky_buf_reset(&f->d.ca_records);
    ky_list_begin(&f->d.ca_records, 0);
}

static void for_a_new_one(struct filing *f)
{
    filing_clear(f);
    assert_ok(filing_make(f, &world, 1));
}

static void approval_instead(struct filing *f)
{
    ky_buf_reset(&f->d.request);
    ky_buf_add(&f->d.request, ky_buf_bytes(&f->d.issue));
}

static const struct {
    const char *name;
    void (*spoil)(struct filing *f);
    ky_rc rc;
    const char *why;
} receipts[] = {
    {"unsigned", unsigned_request, KY_EAUTH, "request: 0 signatures"},
    {"by a stranger", by_a_stranger, KY_EAUTH, "another certificate than the record names"},
    {"by a foreign seal", by_a_foreign_seal, KY_EAUTH, "another certificate than the record names"},
    {"altered", altered, KY_EDENIED, "not this statement"},
    {"without the seal's record", without_record, KY_EDENIED, "no record of the seal"},
    {"for a new certificate", for_a_new_one, KY_EDENIED, "nothing is to be revoked"},
    {"an approval for a request", approval_instead, KY_EDENIED, "where request is wanted"},
};

static void only_a_sealed_request_is_received(void **state)
{
    (void)state;
    auto_asked a = {0};
    ask(&a);
    for (size_t i = 0; i < KY_COUNT(receipts); i++) {
        KY_CLEANUP(filing_clear) struct filing good = {0}, bad = {0};
        assert_ok(ending_make(&good, &world, a.t.s));
        assert_ok(ending_receive(&good));
        assert_ok(ending_make(&bad, &world, a.t.s));
        receipts[i].spoil(&bad);
        refused(receipts[i].name, KY_OP_RECEIVE, ending_receive(&bad), receipts[i].rc, receipts[i].why);
    }
}

/* ---- what is executed ---- */

static void only_what_was_received_is_executed(void **state)
{
    (void)state;
    auto_asked good = {0}, never = {0}, changed = {0}, bare = {0};
    ask(&good);
    ask(&never);
    ask(&changed);
    ask(&bare);
    assert_ok(ending_receive(&good.f));
    assert_ok(ending_receive(&changed.f));
    assert_ok(ending_receive(&bare.f));
    wait_hours(HOURS);
    altered(&changed.f);
    unsigned_request(&bare.f);
    refused("never received", KY_OP_OVERDUE, overdue(&never), KY_EDENIED, "was not received here");
    refused("changed since", KY_OP_OVERDUE, overdue(&changed), KY_EDENIED, "was not received here");
    refused("without its signature", KY_OP_OVERDUE, overdue(&bare), KY_EAUTH, "request: 0 signatures");
    assert_ok(overdue(&good));
    assert_int_equal(ending_ocsp(&world, never.t.s), KY_OCSP_GOOD);
    assert_int_equal(ending_ocsp(&world, changed.t.s), KY_OCSP_GOOD);
    assert_int_equal(ending_ocsp(&world, bare.t.s), KY_OCSP_GOOD);
}

/* Another organisation's request, genuine in itself. */
static void ask_as_another(struct filing *f, const struct subscriber *who)
{
    static const uint8_t other_org[KY_ID_SIZE] = {3};
    const struct subscriber *const one[] = {who};
    ky_auto_json org = json_object();
    assert_ok(ending_begin(f, &world, one, 1));
    assert_ok(ky_body_set_hex(org, "id", KY_BYTES_OF(other_org)));
    assert_ok(ky_body_set_text(org, "name", KY_BYTES_LIT("Trường THPT Bình Sơn")));
    json_object_set(f->request, "org", org);
    filing_add_records(f, &world.other_head);
    f->seal = &world.other_head.p;
    assert_ok(filing_file(f));
}

static void organisation_ends_its_own_certificates_only(void **state)
{
    (void)state;
    auto_asked good = {0}, victim = {0};
    KY_CLEANUP(filing_clear) struct filing other = {0};
    ask(&good);
    ask(&victim);
    ask_as_another(&other, victim.t.s);
    assert_ok(ending_receive(&good.f));
    assert_ok(ending_receive(&other));
    wait_hours(HOURS);
    refused("another organisation's teacher", KY_OP_OVERDUE, ending_overdue(&other, &victim.t.f), KY_EDENIED,
            "belongs to another organisation");
    refused("another origin", KY_OP_OVERDUE, ending_overdue(&good.f, &victim.t.f), KY_EDENIED,
            "was not issued by that request");
    json_object_set(victim.t.f.request, "org", json_object_get(other.request, "org"));
    filing_reword_request(&victim.t.f);
    refused("the origin rewritten", KY_OP_OVERDUE, ending_overdue(&other, &victim.t.f), KY_EDENIED,
            "was not issued by that request");
    assert_ok(overdue(&good));
    assert_int_equal(ending_ocsp(&world, victim.t.s), KY_OCSP_GOOD);
}

static void answered_is_not_overdue(void **state)
{
    (void)state;
    auto_asked good = {0}, no = {0};
    ask(&good);
    ask(&no);
    assert_ok(ending_receive(&good.f));
    assert_ok(ending_receive(&no.f));
    assert_ok(ending_refuse(&no.f, KY_PROCESS_CA));
    wait_hours(HOURS);
    refused("refused by an officer", KY_OP_OVERDUE, overdue(&no), KY_EDENIED, "used by another statement");
    assert_ok(overdue(&good));
    assert_int_equal(ending_ocsp(&world, no.t.s), KY_OCSP_GOOD);
}

/* What was received outlives a restart. */
static void hour_is_counted_by_the_log(void **state)
{
    (void)state;
    auto_asked a = {0};
    ask(&a);
    assert_ok(ending_receive(&a.f));
    wait_hours(HOURS - 1);
    harness_check_audit(&world.h);
    assert_ok(realm_stop(&world.h.realm));
    assert_ok(realm_start(&world.h.realm));
    refused("before its hour, started anew", KY_OP_OVERDUE, overdue(&a), KY_EDENIED, "its hour has not come");
    wait_hours(1);
    assert_ok(overdue(&a));
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
        cmocka_unit_test(unanswered_is_executed_in_its_hour),
        cmocka_unit_test(only_a_sealed_request_is_received),
        cmocka_unit_test(only_what_was_received_is_executed),
        cmocka_unit_test(organisation_ends_its_own_certificates_only),
        cmocka_unit_test(answered_is_not_overdue),
        cmocka_unit_test(hour_is_counted_by_the_log),
        cmocka_unit_test(all_is_audited_and_everybody_serves),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
