/*
 * A web tier gone bad wants renewals and changes that nobody asked for, of another's certificate, of what was revoked or
 * locked, for longer, or with another name; and the old certificate kept alive. The honest message goes through before,
 * and for the same certificate after.
 */
#include "tests/process/renewing.h"

#include "os/clock.h"
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

#define auto_teacher KY_CLEANUP(teacher_clear) struct teacher
#define auto_filing KY_CLEANUP(filing_clear) struct filing
#define auto_renewed KY_CLEANUP(renewed_clear) struct renewed

static void at_sam(const char *name, ky_rc rc, ky_rc want, const char *why)
{
    harness_refused(&world.h, name, KY_PROCESS_SAM, KY_OP_ISSUE, rc, want, why);
}

static void at_ca(const char *name, ky_rc rc, ky_rc want, const char *why)
{
    harness_refused(&world.h, name, KY_PROCESS_CA, KY_OP_CERTIFY, rc, want, why);
}

static struct ky_buf large(void)
{
    return ky_buf_init(HARNESS_TEXT_MAX);
}

static ky_rc keys_of(struct ky_buf *answer, const struct filing *f, const struct subscriber *who)
{
    return renewing_keys(answer, f, ky_buf_bytes(&who->key), ky_buf_bytes(&who->cert));
}

static ky_rc certify(struct ky_buf *answer, const struct filing *f, const struct ky_buf *keys,
                     const struct subscriber *who)
{
    return renewing_certify(answer, f, ky_buf_bytes(keys), ky_buf_bytes(&who->cert));
}

/* ---- the good case ---- */

static const struct {
    const char *procedure;
    bool same_key;
} ways[] = {{"renew", true}, {"renew", false}, {"change", true}, {"change", false}};

static void check_certificates(const struct subscriber *before, const struct renewed *after, bool change,
                               bool same_key)
{
    ky_auto_cert old = NULL;
    ky_auto_cert new = NULL;
    assert_ok(ky_cert_parse(&old, ky_buf_bytes(&before->cert)));
    assert_ok(ky_cert_parse(&new, ky_buf_bytes(&after->cert)));
    assert_true(ky_bytes_eq(old->spki, new->spki) == same_key);
    assert_true(ky_bytes_eq(old->subject, new->subject));
    assert_false(ky_bytes_eq(old->serial, new->serial));
    assert_string_equal(new->email, change ? RENEWING_NEW_EMAIL : old->email);
    if (change)
        assert_int_equal(old->not_after, new->not_after);
    assert_int_equal(ending_ocsp(&world, before), KY_OCSP_REVOKED);
    assert_true(ending_on_crl(&world, before));
    assert_int_equal(ending_ocsp(&world, &after->s), KY_OCSP_GOOD);
}

static void the_new_one_signs_and_the_old_one_no_more(void **state)
{
    (void)state;
    for (size_t i = 0; i < KY_COUNT(ways); i++) {
        auto_teacher t = {0};
        auto_filing f = {0};
        auto_renewed r = {0};
        bool change = strcmp(ways[i].procedure, "change") == 0;
        assert_ok(teacher_make(&t, &world));
        assert_ok(harness_enrol(&world.h, t.s));
        assert_ok(signing_do(&world.h, t.s, 1, NULL));
        assert_ok(renewing_make(&f, &world, &t, ways[i].procedure, ways[i].same_key));
        assert_ok(renewing_do(&r, &f, t.s));
        assert_ok(renewed_bind(&r, &world)); /* the answer was lost */
        check_certificates(t.s, &r, change, ways[i].same_key);
        assert_ok(signing_do(&world.h, &r.s, 1, NULL)); /* with the phone she has */
        harness_refused(&world.h, "the old certificate", KY_PROCESS_SAM, KY_OP_SIGN,
                        signing_do(&world.h, t.s, 1, NULL), KY_EDENIED, "revoked or unknown");
    }
}

/* ---- rows and approval ---- */

static json_t *row_of(const struct filing *f)
{
    return json_array_get(json_object_get(f->request, "rows"), 0);
}

static json_t *old_of(const struct filing *f)
{
    return json_object_get(row_of(f), "old");
}

static void set_text(json_t *obj, const char *name, const char *text)
{
    json_object_set_new(obj, name, json_string(text));
}

static void another_serial(struct filing *f)
{
    set_text(old_of(f), "serial", "41000000000000000000000000000001");
}

static void serial_exchanged(struct filing *f)
{
    another_serial(f);
    filing_reword_request(f);
}

static void other_key_wish(struct filing *f)
{
    json_object_set_new(row_of(f), "same_key",
                        json_boolean(!json_is_true(json_object_get(row_of(f), "same_key"))));
    filing_reword_request(f);
}

static void another_person(struct filing *f)
{
    set_text(row_of(f), "identity", "051195000099");
}

static void another_key_type(struct filing *f)
{
    set_text(row_of(f), "key", "p384");
}

static void procedure_exchanged(struct filing *f)
{
    json_object_del(row_of(f), "old");
    json_object_del(row_of(f), "same_key");
    set_text(f->request, "procedure", "new");
    filing_reword_request(f);
}

static void not_approved(struct filing *f)
{
    ky_buf_reset(&f->d.issue_auths);
    ky_buf_add_u8(&f->d.issue_auths, 0);
}

static void another_subject(struct filing *f)
{
    set_text(json_object_get(row_of(f), "subject"), "O", "Bộ Giáo dục và Đào tạo");
}

static void another_email(struct filing *f)
{
    set_text(row_of(f), "email", "khac@quangngai.gov.vn");
}

static void another_end(struct filing *f)
{
    json_object_set_new(old_of(f), "not_after", json_integer(ky_now() + KY_DAY));
}

static void four_years(struct filing *f)
{
    json_object_set_new(f->issue, "not_after", json_integer(ky_now() + 4 * 365 * KY_DAY));
}

static void longer_than_before(struct filing *f)
{
    json_object_set_new(f->issue, "not_after",
                        json_integer(json_integer_value(json_object_get(f->issue, "not_after")) + 1));
}

static void changes_nothing(struct filing *f)
{
    json_object_set(row_of(f), "email", json_object_get(old_of(f), "email"));
}

static void old_value_invented(struct filing *f)
{
    set_text(old_of(f), "email", "chua.tung.co@quangngai.gov.vn");
}

static void another_name(struct filing *f)
{
    set_text(row_of(f), "name", "Trần Văn Trộm");
    set_text(json_object_get(row_of(f), "subject"), "CN", "Trần Văn Trộm");
}

static const struct {
    struct issue_attack a;
    const char *procedure;
    bool same_key;
} attacks[] = {
    {{"serial exchanged", APPROVE_IT, serial_exchanged, AT_SAM, KY_EDENIED, "not this statement"},
     "renew",
     true},
    {{"new key for the same", APPROVE_IT, other_key_wish, AT_SAM, KY_EDENIED, "not this statement"},
     "renew",
     true},
    {{"same key for a new one", APPROVE_IT, other_key_wish, AT_SAM, KY_EDENIED, "not this statement"},
     "renew",
     false},
    {{"a first one instead", APPROVE_IT, procedure_exchanged, AT_SAM, KY_EDENIED, "not this statement"},
     "renew",
     false},
    {{"not approved", SEND_IT, not_approved, AT_SAM, KY_EAUTH, "0 officers signed"}, "renew", true},
    {{"another serial", FILE_IT, another_serial, AT_SAM, KY_EDENIED, "another serial number"}, "renew", true},
    {{"another person", FILE_IT, another_person, AT_SAM, KY_EDENIED, "belongs to another person"},
     "renew",
     true},
    {{"another person's, changed", FILE_IT, another_person, AT_SAM, KY_EDENIED, "belongs to another person"},
     "change",
     false},
    {{"another key type", FILE_IT, another_key_type, AT_SAM, KY_EDENIED, "the same key is p256"},
     "renew",
     true},
    {{"another subject", FILE_IT, another_subject, AT_CA, KY_EDENIED, "keeps subject and e-mail"},
     "renew",
     true},
    {{"another e-mail", FILE_IT, another_email, AT_CA, KY_EDENIED, "keeps subject and e-mail"},
     "renew",
     false},
    {{"another end", FILE_IT, another_end, AT_CA, KY_EDENIED, "another serial number or end"}, "renew", true},
    {{"four years", APPROVE_IT, four_years, AT_CA, KY_EDENIED, "a renewal is for"}, "renew", true},
    {{"longer than before", APPROVE_IT, longer_than_before, AT_CA, KY_EDENIED, "keeps the end"},
     "change",
     true},
    {{"changes nothing", FILE_IT, changes_nothing, AT_CA, KY_EDENIED, "changes nothing"}, "change", true},
    {{"old value invented", FILE_IT, old_value_invented, AT_CA, KY_EDENIED,
      "does not stand in the certificate"},
     "change",
     true},
    {{"another name", FILE_IT, another_name, AT_CA, KY_EDENIED, "keeps the name"}, "change", false},
};

static void attack_step(struct filing *f, const struct issue_attack *a, enum issue_stage stage)
{
    if (a->stage == stage)
        a->spoil(f);
}

static void attack(size_t i, const struct teacher *t)
{
    auto_filing bad = {0};
    ky_auto_buf keys = large(), cert = large();
    const struct issue_attack *a = &attacks[i].a;
    assert_ok(renewing_begin(&bad, &world, t, attacks[i].procedure, attacks[i].same_key));
    attack_step(&bad, a, FILE_IT);
    assert_ok(filing_file(&bad));
    attack_step(&bad, a, APPROVE_IT);
    assert_ok(filing_approve(&bad));
    attack_step(&bad, a, SEND_IT);
    ky_rc rc = keys_of(&keys, &bad, t->s);
    if (a->at == AT_SAM) {
        at_sam(a->name, rc, a->rc, a->why);
        return;
    }
    assert_ok(rc);
    at_ca(a->name, certify(&cert, &bad, &keys, t->s), a->rc, a->why);
}

static void organisation_asked_and_officer_approved(void **state)
{
    (void)state;
    for (size_t i = 0; i < KY_COUNT(attacks); i++) {
        auto_teacher t = {0};
        auto_filing good = {0};
        auto_renewed r = {0};
        assert_ok(teacher_make(&t, &world));
        assert_ok(renewing_make(&good, &world, &t, attacks[i].procedure, attacks[i].same_key));
        attack(i, &t);
        assert_int_equal(ending_ocsp(&world, t.s), KY_OCSP_GOOD);
        assert_ok(renewing_do(&r, &good, t.s)); /* as it was before the attack */
    }
}

/* ---- which credential, which certificate ---- */

static void what_is_replaced_is_hers_and_alive(void **state)
{
    (void)state;
    auto_teacher t = {0}, other = {0};
    auto_filing f = {0};
    auto_renewed r = {0};
    ky_auto_buf keys = large(), cert = large();
    assert_ok(teacher_make(&t, &world));
    assert_ok(teacher_make(&other, &world));
    assert_ok(renewing_make(&f, &world, &t, "renew", true));
    const struct ky_bytes none = KY_BYTES_NONE, her_key = ky_buf_bytes(&t.s->key),
                          her_cert = ky_buf_bytes(&t.s->cert), other_cert = ky_buf_bytes(&other.s->cert);
    at_sam("nothing", renewing_keys(&keys, &f, none, none), KY_EFORMAT, "credential");
    at_sam("another credential", keys_of(&keys, &f, other.s), KY_EDENIED, "another serial number");
    at_sam("another's key", renewing_keys(&keys, &f, ky_buf_bytes(&other.s->key), her_cert), KY_EDENIED,
           "names another certificate");
    at_sam("before it was certified", renewing_keys(&keys, &f, ky_buf_bytes(&t.s->key_v1), her_cert),
           KY_EDENIED, "names another certificate");
    assert_ok(renewing_keys(&keys, &f, her_key, her_cert));
    at_ca("without the old one", renewing_certify(&cert, &f, ky_buf_bytes(&keys), none), KY_EDENIED,
          "replaces a certificate");
    at_ca("another old one", renewing_certify(&cert, &f, ky_buf_bytes(&keys), other_cert), KY_EDENIED,
          "than was attested");
    assert_ok(renewing_certify(&cert, &f, ky_buf_bytes(&keys), her_cert));
    assert_ok(renewed_read(&r, t.s, ky_buf_bytes(&keys), ky_buf_bytes(&cert)));
    assert_ok(renewed_bind(&r, &world));
    auto_filing again = {0};
    assert_ok(renewing_make(&again, &world, &t, "renew", true));
    at_sam("replaced before", keys_of(&keys, &again, t.s), KY_EDENIED, "was removed");
}

static ky_rc lock(const struct subscriber *who)
{
    uint8_t nonce[KY_NONCE_SIZE];
    const struct realm *r = &world.h.realm;
    const struct person *const officer[] = {&r->officers[1]};
    ky_time now = ky_now();
    ky_auto_json st = NULL;
    ky_auto_buf text = ky_buf_init(65536), records = large();
    KY_TRY(realm_nonce(nonce, r, KY_PROCESS_SAM, KY_NONCE_SHORT));
    const struct statement_head head = {.type = "lock",
                                        .realm = r->founding->realm,
                                        .sam_nonce = nonce,
                                        .iat = now,
                                        .exp = now + 4 * KY_MINUTE};
    KY_TRY(statement_new(&st, &head));
    KY_TRY(ky_body_set_hex(st, "credential", KY_BYTES_OF(who->key_id)));
    KY_TRY(statement_text(&text, st));
    ky_list_begin(&records, 1);
    ky_buf_add_lv(&records, ky_buf_bytes(&who->key));
    return harness_execute(&world.h, KY_PROCESS_SAM, ky_buf_bytes(&text), officer, 1, ky_buf_bytes(&records),
                           NULL);
}

static void what_is_locked_is_not_replaced(void **state)
{
    (void)state;
    auto_teacher before = {0}, between = {0};
    auto_filing f = {0}, g = {0};
    auto_renewed r = {0};
    ky_auto_buf keys = large(), cert = large(), none = large();
    assert_ok(teacher_make(&before, &world));
    assert_ok(teacher_make(&between, &world));
    assert_ok(renewing_make(&f, &world, &before, "renew", true));
    assert_ok(lock(before.s));
    at_sam("locked", keys_of(&none, &f, before.s), KY_EDENIED, "is locked");
    assert_ok(renewing_make(&g, &world, &between, "renew", true));
    assert_ok(keys_of(&keys, &g, between.s));
    assert_ok(certify(&cert, &g, &keys, between.s));
    assert_ok(renewed_read(&r, between.s, ky_buf_bytes(&keys), ky_buf_bytes(&cert)));
    assert_ok(lock(between.s));
    harness_refused(&world.h, "locked in between", KY_PROCESS_SAM, KY_OP_BIND, renewed_bind(&r, &world),
                    KY_EDENIED, "is locked");
}

static void revoke_at(const struct subscriber *who, ky_process process)
{
    auto_filing end = {0};
    assert_ok(ending_make(&end, &world, who));
    if (process == KY_PROCESS_CA)
        assert_ok(ending_at_ca(&end));
    else
        assert_ok(ending_at_sam(&end, ky_buf_bytes(&who->key), ky_buf_bytes(&who->cert)));
}

static void what_is_revoked_is_not_replaced(void **state)
{
    (void)state;
    auto_teacher dead = {0}, between = {0}, late = {0};
    auto_filing f = {0}, g = {0}, h = {0};
    auto_renewed r = {0};
    ky_auto_buf keys = large(), cert = large(), none = large(), late_keys = large(), late_cert = large();
    assert_ok(teacher_make(&dead, &world));
    assert_ok(teacher_make(&between, &world));
    assert_ok(teacher_make(&late, &world));
    assert_ok(renewing_make(&f, &world, &dead, "renew", false));
    revoke_at(dead.s, KY_PROCESS_SAM);
    at_sam("dead", keys_of(&none, &f, dead.s), KY_EDENIED, "was removed");
    assert_ok(renewing_make(&g, &world, &between, "renew", false));
    assert_ok(keys_of(&keys, &g, between.s));
    revoke_at(between.s, KY_PROCESS_CA);
    at_ca("revoked in between", certify(&cert, &g, &keys, between.s), KY_EDENIED, "was revoked");
    assert_ok(renewing_make(&h, &world, &late, "renew", false));
    assert_ok(keys_of(&late_keys, &h, late.s));
    assert_ok(certify(&late_cert, &h, &late_keys, late.s));
    assert_ok(renewed_read(&r, late.s, ky_buf_bytes(&late_keys), ky_buf_bytes(&late_cert)));
    revoke_at(late.s, KY_PROCESS_SAM);
    harness_refused(&world.h, "killed before it was bound", KY_PROCESS_SAM, KY_OP_BIND,
                    renewed_bind(&r, &world), KY_EDENIED, "was removed");
}

/* ca's word that a certificate was superseded kills no key before its successor can take its place. */
static void successor_is_bound_whatever_web_tells(void **state)
{
    (void)state;
    auto_teacher t = {0};
    auto_filing f = {0};
    auto_renewed r = {0};
    ky_auto_buf keys = large(), cert = large(), word = large();
    assert_ok(teacher_make(&t, &world));
    assert_ok(renewing_make(&f, &world, &t, "renew", true));
    assert_ok(keys_of(&keys, &f, t.s));
    assert_ok(certify(&cert, &f, &keys, t.s));
    assert_ok(ending_word(&word, &world, t.s));
    harness_refused(
        &world.h, "superseded, told to sam", KY_PROCESS_SAM, KY_OP_REVOKE,
        ending_tell_sam(&world, ky_buf_bytes(&word), ky_buf_bytes(&t.s->key), ky_buf_bytes(&t.s->cert)),
        KY_EDENIED, "ends when its successor is bound");
    assert_ok(renewed_read(&r, t.s, ky_buf_bytes(&keys), ky_buf_bytes(&cert)));
    assert_ok(renewed_bind(&r, &world));
}

/* Two approvals to replace one certificate: the second has nothing left to replace. */
static void one_certificate_has_one_successor(void **state)
{
    (void)state;
    auto_teacher t = {0};
    auto_filing first = {0}, second = {0};
    ky_auto_buf keys = large(), second_keys = large(), cert = large(), again = large(), none = large();
    assert_ok(teacher_make(&t, &world));
    assert_ok(renewing_make(&first, &world, &t, "renew", true));
    assert_ok(renewing_make(&second, &world, &t, "renew", false));
    assert_ok(keys_of(&keys, &first, t.s));
    assert_ok(keys_of(&second_keys, &second, t.s));
    assert_ok(certify(&cert, &first, &keys, t.s));
    assert_ok(certify(&again, &first, &keys, t.s));
    assert_true(ky_bytes_eq(ky_buf_bytes(&cert), ky_buf_bytes(&again)));
    at_ca("a second successor", certify(&none, &second, &second_keys, t.s), KY_EDENIED, "was revoked");
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
        cmocka_unit_test(the_new_one_signs_and_the_old_one_no_more),
        cmocka_unit_test(organisation_asked_and_officer_approved),
        cmocka_unit_test(what_is_replaced_is_hers_and_alive),
        cmocka_unit_test(what_is_locked_is_not_replaced),
        cmocka_unit_test(what_is_revoked_is_not_replaced),
        cmocka_unit_test(successor_is_bound_whatever_web_tells),
        cmocka_unit_test(one_certificate_has_one_successor),
        cmocka_unit_test(all_is_audited_and_everybody_serves),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
