/*
 * A web tier gone bad wants certificates revoked that nobody asked for, others than were asked for, and keys kept alive
 * or killed that were not meant. Before each attack an honest revocation goes through.
 */
#include "tests/process/ending.h"

#include "os/clock.h"
#include "tests/process/signing.h"

#define TEACHERS 24

static struct issue_world world;
static struct subscriber *next; /* she has a certificate and was not touched yet */

static int set_up(void **state)
{
    *state = &world;
    assert_ok(issue_world_make(&world, NULL));
    next = &world.h.people[world.h.people_count];
    assert_ok(harness_issue(&world.h, TEACHERS, "p256"));
    assert_ok(harness_issue(&world.h, TEACHERS, "p256"));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    issue_world_clear(&world);
    return 0;
}

static void refused(const char *name, ky_process process, ky_rc rc, ky_rc want, const char *why)
{
    harness_refused(&world.h, name, process, KY_OP_REVOKE, rc, want, why);
}

static ky_rc at_sam(const struct filing *f, const struct subscriber *who)
{
    return ending_at_sam(f, ky_buf_bytes(&who->key), ky_buf_bytes(&who->cert));
}

static void revoke_honestly(struct subscriber *who)
{
    KY_CLEANUP(filing_clear) struct filing f = {0};
    assert_ok(ending_make(&f, &world, who));
    assert_ok(at_sam(&f, who));
    assert_ok(ending_at_ca(&f));
}

/* ---- the organisation's rows, the officer's approval ---- */

static json_t *row_of(const struct filing *f)
{
    return json_array_get(json_object_get(f->request, "rows"), 0);
}

/* web exchanges the certificate, shows it to the officer, who approves what she sees. */
static void another_serial(struct filing *f)
{
    json_object_set_new(row_of(f), "serial", json_string("41000000000000000000000000000001"));
    filing_reword_request(f);
}

static void another_reason(struct filing *f)
{
    json_object_set_new(row_of(f), "reason", json_integer(KY_REASON_PRIVILEGE_WITHDRAWN));
    filing_reword_request(f);
}

static void another_time(struct filing *f)
{
    json_object_set_new(row_of(f), "happened", json_integer(1));
    filing_reword_request(f);
}

static void resign(struct filing *f, const struct person *who)
{
    filing_reword_request(f);
    ky_buf_reset(&f->d.request_auths);
    assert_ok(people_authorise(&f->d.request_auths, &who, 1, ky_buf_bytes(&f->d.request), ky_now()));
}

static void by_a_stranger_for_the_organisation(struct filing *f)
{
    memcpy(f->w->stranger.record, f->w->h.realm.head.record, KY_ID_SIZE);
    resign(f, &f->w->stranger);
}

static void by_another_organisation(struct filing *f)
{
    filing_add_records(f, &f->w->other_head);
    resign(f, &f->w->other_head.p);
}

static void nobody_asked(struct filing *f)
{
    ky_buf_reset(&f->d.request_auths);
    ky_buf_add_u8(&f->d.request_auths, 0);
}

static void nobody_approved(struct filing *f)
{
    ky_buf_reset(&f->d.issue_auths);
    ky_buf_add_u8(&f->d.issue_auths, 0);
}

static void by_a_stranger(struct filing *f)
{
    filing_by(f, &f->w->stranger);
}

static void without_the_role(struct filing *f)
{
    filing_add_records(f, &f->w->receiver);
    filing_by(f, &f->w->receiver.p);
}

static void by_who_filed(struct filing *f)
{
    filing_add_records(f, &f->w->filer);
    filing_by(f, &f->w->filer.p);
}

static void superseded(struct filing *f)
{
    json_object_set_new(row_of(f), "reason", json_integer(KY_REASON_SUPERSEDED));
}

static void on_hold(struct filing *f)
{
    json_object_set_new(row_of(f), "reason", json_integer(6));
}

static void row_not_approved(struct filing *f)
{
    json_object_set_new(f->issue, "rows", json_pack("[i]", 2));
}

static void serials_as_well(struct filing *f)
{
    json_object_set_new(f->issue, "serials", json_pack("[s]", "41000000000000000000000000000001"));
}

static void other_dossier(struct filing *f)
{
    json_object_set_new(f->issue, "dossier", json_string("000000000000000000000000000000ff"));
}

static void for_issue(struct filing *f)
{
    json_object_set_new(f->issue, "type", json_string("issue"));
    json_object_set_new(f->issue, "profile", json_string("subscriber"));
    json_object_set_new(f->issue, "not_before", json_integer(ky_now()));
    json_object_set_new(f->issue, "not_after", json_integer(ky_now() + KY_DAY));
    json_object_set_new(f->issue, "activate", json_false());
}

static void take_request(struct filing *f, const struct filing *other)
{
    json_decref(f->request);
    f->request = json_deep_copy(other->request);
    json_object_set(f->issue, "dossier", json_object_get(other->issue, "dossier"));
    json_object_set(f->issue, "document", json_object_get(other->issue, "document"));
}

/* Somebody's request for a new certificate, approved as if it asked for a revocation. */
static void request_for_a_new_one(struct filing *f)
{
    KY_CLEANUP(filing_clear) struct filing other = {0};
    assert_ok(filing_begin(&other, f->w, 1));
    take_request(f, &other);
}

static void approval_of_another(struct filing *f)
{
    KY_CLEANUP(filing_clear) struct filing other = {0};
    assert_ok(ending_make(&other, f->w, next));
    ky_buf_reset(&f->d.issue);
    ky_buf_reset(&f->d.issue_auths);
    ky_buf_add(&f->d.issue, ky_buf_bytes(&other.d.issue));
    ky_buf_add(&f->d.issue_auths, ky_buf_bytes(&other.d.issue_auths));
}

static void expired(struct filing *f)
{
    json_object_set_new(f->issue, "exp", json_integer(ky_now() - 1));
}

static const struct issue_attack attacks[] = {
    {"another serial", APPROVE_IT, another_serial, AT_SAM | AT_CA, KY_EDENIED, "not this statement"},
    {"another reason", APPROVE_IT, another_reason, AT_SAM | AT_CA, KY_EDENIED, "not this statement"},
    {"another time", APPROVE_IT, another_time, AT_SAM | AT_CA, KY_EDENIED, "not this statement"},
    {"request by a stranger", APPROVE_IT, by_a_stranger_for_the_organisation, AT_SAM | AT_CA, KY_EAUTH,
     "another certificate than the record names"},
    {"request by another organisation", APPROVE_IT, by_another_organisation, AT_SAM | AT_CA, KY_EDENIED,
     "belongs to another organisation"},
    {"request unsigned", APPROVE_IT, nobody_asked, AT_SAM | AT_CA, KY_EAUTH, "request: 0 signatures"},
    {"reason superseded", FILE_IT, superseded, AT_SAM | AT_CA, KY_EDENIED, "reason 4 is not offered"},
    {"on hold", FILE_IT, on_hold, AT_SAM | AT_CA, KY_EDENIED, "reason 6 is not offered"},
    {"not approved", SEND_IT, nobody_approved, AT_SAM | AT_CA, KY_EAUTH, "0 officers signed, 1 are wanted"},
    {"approved by a stranger", APPROVE_IT, by_a_stranger, AT_SAM | AT_CA, KY_EDENIED,
     "no record of the officer"},
    {"without the role", APPROVE_IT, without_the_role, AT_SAM | AT_CA, KY_EDENIED, "does not have the role"},
    {"by who filed", APPROVE_IT, by_who_filed, AT_SAM | AT_CA, KY_EDENIED, "who filed the dossier"},
    {"row not approved", APPROVE_IT, row_not_approved, AT_SAM | AT_CA, KY_EDENIED,
     "not among those approved"},
    {"serials beside the request", APPROVE_IT, serials_as_well, AT_SAM | AT_CA, KY_EFORMAT, "either request"},
    {"another dossier", APPROVE_IT, other_dossier, AT_SAM | AT_CA, KY_EDENIED, "dossier or document"},
    {"an approval to issue", APPROVE_IT, for_issue, AT_SAM | AT_CA, KY_EDENIED, "of type issue"},
    {"a request for a new one", FILE_IT, request_for_a_new_one, AT_SAM | AT_CA, KY_EDENIED,
     "nothing is to be revoked"},
    {"approval of another dossier", SEND_IT, approval_of_another, AT_SAM | AT_CA, KY_EDENIED,
     "it speaks of another request"},
    {"expired", APPROVE_IT, expired, AT_SAM | AT_CA, KY_EEXPIRED, "revoke: expired"},
};

static void attack_step(struct filing *f, const struct issue_attack *a, enum issue_stage stage)
{
    if (a->stage == stage)
        a->spoil(f);
}

static void attack(const struct issue_attack *a, const struct subscriber *who)
{
    KY_CLEANUP(filing_clear) struct filing bad = {0};
    assert_ok(ending_begin(&bad, &world, &who, 1));
    attack_step(&bad, a, FILE_IT);
    assert_ok(filing_file(&bad));
    attack_step(&bad, a, APPROVE_IT);
    assert_ok(filing_approve(&bad));
    attack_step(&bad, a, SEND_IT);
    refused(a->name, KY_PROCESS_SAM, at_sam(&bad, who), a->rc, a->why);
    refused(a->name, KY_PROCESS_CA, ending_at_ca(&bad), a->rc, a->why);
}

static void organisation_asked_and_officer_approved(void **state)
{
    (void)state;
    for (size_t i = 0; i < KY_COUNT(attacks); i++) {
        revoke_honestly(next++);
        attack(&attacks[i], next);
        assert_int_equal(ending_ocsp(&world, next), KY_OCSP_GOOD);
    }
}

/* ---- which key, which certificate ---- */

static void key_is_the_one_of_the_certificate(void **state)
{
    (void)state;
    struct subscriber *who = next++, *other = next;
    KY_CLEANUP(filing_clear) struct filing f = {0};
    assert_ok(ending_make(&f, &world, who));
    refused("another's key", KY_PROCESS_SAM, at_sam(&f, other), KY_EDENIED, "another serial number");
    refused("another's key under her certificate", KY_PROCESS_SAM,
            ending_at_sam(&f, ky_buf_bytes(&other->key), ky_buf_bytes(&who->cert)), KY_EDENIED,
            "names another certificate");
    refused("her key under another's certificate", KY_PROCESS_SAM,
            ending_at_sam(&f, ky_buf_bytes(&who->key), ky_buf_bytes(&other->cert)), KY_EDENIED,
            "names another certificate");
    refused("her key before it was certified", KY_PROCESS_SAM,
            ending_at_sam(&f, ky_buf_bytes(&who->key_v1), ky_buf_bytes(&who->cert)), KY_EDENIED,
            "names another certificate");
    refused("another record", KY_PROCESS_SAM,
            ending_at_sam(&f, ky_buf_bytes(&who->activation), ky_buf_bytes(&who->cert)), KY_EDENIED,
            "a record of type activation");
    assert_ok(at_sam(&f, who));
    assert_ok(ending_at_ca(&f));
    KY_CLEANUP(filing_clear) struct filing g = {0};
    const struct subscriber *const one[] = {other};
    assert_ok(ending_begin(&g, &world, one, 1));
    another_serial(&g);
    assert_ok(filing_file(&g));
    assert_ok(filing_approve(&g));
    refused("never issued", KY_PROCESS_CA, ending_at_ca(&g), KY_EDENIED, "was issued here");
}

static void revoked_key_signs_no_more(void **state)
{
    (void)state;
    struct subscriber *who = next++;
    KY_CLEANUP(filing_clear) struct filing f = {0};
    assert_ok(harness_enrol(&world.h, who));
    assert_ok(signing_do(&world.h, who, 1, NULL));
    assert_int_equal(ending_ocsp(&world, who), KY_OCSP_GOOD);
    assert_false(ending_on_crl(&world, who));
    assert_ok(ending_make(&f, &world, who));
    assert_ok(ending_at_ca(&f));
    assert_int_equal(ending_ocsp(&world, who), KY_OCSP_REVOKED);
    assert_true(ending_on_crl(&world, who));
    harness_refused(&world.h, "told to ca only", KY_PROCESS_SAM, KY_OP_SIGN,
                    signing_do(&world.h, who, 1, NULL), KY_EDENIED, "revoked or unknown");
    assert_ok(at_sam(&f, who));
    harness_refused(&world.h, "told to both", KY_PROCESS_SAM, KY_OP_SIGN, signing_do(&world.h, who, 1, NULL),
                    KY_EDENIED, "revoked or unknown");
}

static void told_to_sam_only_the_key_is_dead(void **state)
{
    (void)state;
    struct subscriber *who = next++;
    KY_CLEANUP(filing_clear) struct filing f = {0};
    assert_ok(harness_enrol(&world.h, who));
    assert_ok(signing_do(&world.h, who, 1, NULL));
    assert_ok(ending_make(&f, &world, who));
    assert_ok(at_sam(&f, who));
    assert_int_equal(ending_ocsp(&world, who), KY_OCSP_GOOD);
    harness_refused(&world.h, "told to sam only", KY_PROCESS_SAM, KY_OP_SIGN,
                    signing_do(&world.h, who, 1, NULL), KY_EDENIED, "was removed");
}

/* ---- once ---- */

static void approve_again(struct filing *again, const struct filing *first, const struct subscriber *who)
{
    assert_ok(ending_begin(again, &world, &who, 1));
    take_request(again, first);
    filing_reword_request(again);
    ky_buf_reset(&again->d.request_auths);
    ky_buf_add(&again->d.request_auths, ky_buf_bytes(&first->d.request_auths));
    filing_by(again, &world.h.realm.officers[2]);
    assert_ok(filing_approve(again));
}

static void row_is_decided_once(void **state)
{
    (void)state;
    struct subscriber *who = next++, *kept = next++;
    KY_CLEANUP(filing_clear) struct filing f = {0}, second = {0}, no = {0};
    assert_ok(ending_make(&f, &world, who));
    for (int i = 0; i < 2; i++) { /* the answer was lost */
        assert_ok(at_sam(&f, who));
        assert_ok(ending_at_ca(&f));
    }
    approve_again(&second, &f, who);
    refused("a second approval", KY_PROCESS_SAM, at_sam(&second, who), KY_EDENIED,
            "used by another statement");
    refused("a second approval", KY_PROCESS_CA, ending_at_ca(&second), KY_EDENIED,
            "used by another statement");
    assert_ok(ending_make(&no, &world, kept));
    assert_ok(ending_refuse(&no, KY_PROCESS_SAM));
    assert_ok(ending_refuse(&no, KY_PROCESS_CA));
    refused("refused before", KY_PROCESS_SAM, at_sam(&no, kept), KY_EDENIED, "used by another statement");
    refused("refused before", KY_PROCESS_CA, ending_at_ca(&no), KY_EDENIED, "used by another statement");
    assert_int_equal(ending_ocsp(&world, kept), KY_OCSP_GOOD);
}

/* ---- the word of ca ---- */

static void sam_believes_ca_alone(void **state)
{
    (void)state;
    struct subscriber *who = next++, *other = next++;
    KY_CLEANUP(filing_clear) struct filing f = {0};
    ky_auto_buf word = ky_buf_init(1024), forged = ky_buf_init(1024), none = ky_buf_init(1024);
    const struct ky_bytes key = ky_buf_bytes(&who->key), cert = ky_buf_bytes(&who->cert);
    assert_ok(harness_enrol(&world.h, other));
    refused("not revoked", KY_PROCESS_CA, ending_word(&none, &world, who), KY_EDENIED, "is revoked");
    assert_ok(ending_make(&f, &world, who));
    assert_ok(ending_at_ca(&f));
    assert_ok(ending_word(&word, &world, who));
    ky_buf_add(&forged, ky_buf_bytes(&word));
    forged.p[forged.n - 1] ^= 1;
    refused("forged", KY_PROCESS_SAM, ending_tell_sam(&world, ky_buf_bytes(&forged), key, cert), KY_EAUTH,
            "revocation attestation");
    refused(
        "of another certificate", KY_PROCESS_SAM,
        ending_tell_sam(&world, ky_buf_bytes(&word), ky_buf_bytes(&other->key), ky_buf_bytes(&other->cert)),
        KY_EDENIED, "another serial number");
    assert_ok(ending_tell_sam(&world, ky_buf_bytes(&word), key, cert));
    assert_ok(ending_tell_sam(&world, ky_buf_bytes(&word), key, cert));
    assert_ok(signing_do(&world.h, other, 1, NULL));
    refused("dead by the word of ca", KY_PROCESS_SAM, at_sam(&f, who), KY_EDENIED, "was removed");
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
        cmocka_unit_test(organisation_asked_and_officer_approved),
        cmocka_unit_test(key_is_the_one_of_the_certificate),
        cmocka_unit_test(revoked_key_signs_no_more),
        cmocka_unit_test(told_to_sam_only_the_key_is_dead),
        cmocka_unit_test(row_is_decided_once),
        cmocka_unit_test(sam_believes_ca_alone),
        cmocka_unit_test(all_is_audited_and_everybody_serves),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
