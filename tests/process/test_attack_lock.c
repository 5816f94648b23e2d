/*
 * A web tier gone bad, another organisation, and the subscriber want locks that her organisation did not sign, and want
 * lifted what it did. The honest lock holds over a restart, until her organisation or an officer lifts it.
 */
#include "tests/process/ending.h"

#include "os/clock.h"
#include "tests/process/signing.h"

#define OTHER_ORG_NAME "Trường THPT Bình Sơn"

static struct issue_world world;
static struct teacher hoa, lan; /* of the same organisation */

static int set_up(void **state)
{
    *state = &world;
    assert_ok(issue_world_make(&world, NULL));
    assert_ok(teacher_make(&hoa, &world));
    assert_ok(harness_enrol(&world.h, hoa.s));
    assert_ok(teacher_make(&lan, &world));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    teacher_clear(&hoa);
    teacher_clear(&lan);
    issue_world_clear(&world);
    return 0;
}

/* ---- a lock in steps ---- */

struct locking {
    json_t *st; /* owned */
    struct ky_buf text, auths, records, evidence, request;
    const struct person *seal;
    const struct ky_buf *seal_record;
    uint8_t hash[KY_HASH_SIZE];
};
#define auto_locking KY_CLEANUP(locking_clear) struct locking

static void locking_clear(struct locking *l)
{
    struct ky_buf *const all[] = {&l->text, &l->auths, &l->records, &l->evidence, &l->request};
    json_decref(l->st);
    for (size_t i = 0; i < KY_COUNT(all); i++)
        ky_buf_clear(all[i]);
}

static void set_org(struct locking *l, const uint8_t id[KY_ID_SIZE], const char *name)
{
    json_t *org = json_object();
    assert_ok(ky_body_set_hex(org, "id", KY_BYTES(id, KY_ID_SIZE)));
    assert_ok(ky_body_set_text(org, "name", ky_bytes_str(name)));
    json_object_set_new(l->st, "org", org);
}

static void set_request(struct locking *l, const struct filing *f)
{
    ky_buf_reset(&l->request);
    ky_buf_add(&l->request, ky_buf_bytes(&f->d.request));
}

/* lifted: id of the lock, or NULL: a new one is made. */
static void begin(struct locking *l, const uint8_t *lifted)
{
    uint8_t nonce[KY_NONCE_SIZE];
    const struct realm *r = &world.h.realm;
    ky_time now = ky_now();
    *l = (struct locking){.text = ky_buf_init(65536),
                          .auths = ky_buf_init(65536),
                          .records = ky_buf_init(HARNESS_TEXT_MAX),
                          .evidence = ky_buf_init(65536),
                          .request = ky_buf_init(HARNESS_TEXT_MAX),
                          .seal = &r->head,
                          .seal_record = &r->sam_head};
    assert_ok(realm_nonce(nonce, r, KY_PROCESS_SAM, KY_NONCE_SHORT));
    const struct statement_head head = {.type = lifted == NULL ? "lock" : "unlock",
                                        .realm = r->founding->realm,
                                        .sam_nonce = nonce,
                                        .iat = now,
                                        .exp = now + 4 * KY_MINUTE};
    assert_ok(statement_new(&l->st, &head));
    if (lifted != NULL)
        assert_ok(ky_body_set_hex(l->st, "lock", KY_BYTES(lifted, KY_HASH_SIZE)));
    assert_ok(ky_body_set_hex(l->st, "credential", KY_BYTES_OF(hoa.s->key_id)));
    const json_t *row = json_array_get(json_object_get(hoa.f.request, "rows"), 0);
    json_object_set(l->st, "name", json_object_get(row, "name"));
    set_org(l, r->org, REALM_ORG_NAME);
    set_request(l, &hoa.f);
}

static void sign(struct locking *l)
{
    ky_auto_buf crl = ky_buf_init(65536);
    assert_ok(statement_text(&l->text, l->st));
    assert_ok(ky_statement_hash(l->hash, ky_buf_bytes(&l->text)));
    assert_ok(people_authorise(&l->auths, &l->seal, 1, ky_buf_bytes(&l->text), ky_now()));
    assert_ok(token_ca_crl(&crl, &world.h.realm.token_ca, ky_now(), NULL));
    assert_ok(evidence_of(&l->evidence, ky_buf_bytes(&crl)));
    ky_list_begin(&l->records, 3);
    ky_buf_add_lv(&l->records, ky_buf_bytes(l->seal_record));
    ky_buf_add_lv(&l->records, ky_buf_bytes(&hoa.s->key));
    ky_buf_add_lv(&l->records, ky_buf_bytes(&hoa.s->device));
}

static ky_rc send(const struct locking *l)
{
    ky_auto_buf reply = ky_buf_init(HARNESS_TEXT_MAX);
    const struct ky_bytes fields[] = {ky_buf_bytes(&l->text), ky_buf_bytes(&l->auths),
                                      ky_buf_bytes(&l->records), ky_buf_bytes(&l->evidence),
                                      ky_buf_bytes(&l->request)};
    return realm_call(&world.h.realm, "sam-worker.0", KY_MSG_SAM_LOCK, fields, KY_COUNT(fields), &reply);
}

/* The same without the request. */
static ky_rc send_as_officers(const struct locking *l)
{
    ky_auto_buf reply = ky_buf_init(HARNESS_TEXT_MAX);
    const struct ky_bytes fields[] = {ky_buf_bytes(&l->text), ky_buf_bytes(&l->auths),
                                      ky_buf_bytes(&l->records), ky_buf_bytes(&l->evidence)};
    return realm_call(&world.h.realm, "sam-worker.0", KY_MSG_SAM_EXECUTE, fields, KY_COUNT(fields), &reply);
}

static void refused(const char *name, ky_operation op, ky_rc rc, ky_rc want, const char *why)
{
    harness_refused(&world.h, name, KY_PROCESS_SAM, op, rc, want, why);
}

/* hash: the lock's id, or NULL. */
static void lock_by_head(uint8_t hash[KY_HASH_SIZE])
{
    auto_locking l;
    begin(&l, NULL);
    sign(&l);
    assert_ok(send(&l));
    memcpy(hash, l.hash, KY_HASH_SIZE);
}

static void unlock_by_head(const uint8_t lock[KY_HASH_SIZE])
{
    auto_locking l;
    begin(&l, lock);
    sign(&l);
    assert_ok(send(&l));
}

static void check_signs(bool signs, const char *when)
{
    ky_rc rc = signing_do(&world.h, hoa.s, 1, NULL);
    if (signs)
        assert_ok(rc);
    else
        refused(when, KY_OP_SIGN, rc, KY_EDENIED, "is locked");
}

/* ---- who may ---- */

static void by_other_head(struct locking *l)
{
    static const uint8_t other_org[KY_ID_SIZE] = {3};
    l->seal = &world.other_head.p;
    l->seal_record = &world.other_head.sam;
    set_org(l, other_org, OTHER_ORG_NAME);
}

static void by_other_head_for_this_org(struct locking *l)
{
    l->seal = &world.other_head.p;
    l->seal_record = &world.other_head.sam;
}

static void request_of_a_colleague(struct locking *l)
{
    set_request(l, &lan.f);
}

/* What the other organisation would have had to ask, in its own name. */
static void request_exchanged(struct locking *l)
{
    static const uint8_t other_org[KY_ID_SIZE] = {3};
    ky_auto_json request = json_deep_copy(hoa.f.request);
    by_other_head(l);
    json_object_set(request, "org", json_object_get(l->st, "org"));
    ky_buf_reset(&l->request);
    assert_ok(statement_text(&l->request, request));
    set_org(l, other_org, OTHER_ORG_NAME);
}

static void no_request(struct locking *l)
{
    assert_ok(statement_text(&l->text, l->st));
    ky_buf_reset(&l->request);
    ky_buf_add(&l->request, ky_buf_bytes(&l->text));
    ky_buf_reset(&l->text);
}

static void another_name(struct locking *l)
{
    json_object_set_new(l->st, "name", json_string("Trần Thị Khác"));
}

static void org_renamed(struct locking *l)
{
    set_org(l, world.h.realm.org, "Sở Giáo dục và Đào tạo Bình Định");
}

static void credential_of_nobody(struct locking *l)
{
    json_object_set_new(l->st, "credential", json_string("00000000000000000000000000000000"));
}

static void by_stranger(struct locking *l)
{
    memcpy(world.stranger.record, world.h.realm.head.record, KY_ID_SIZE);
    l->seal = &world.stranger;
}

static void by_officer(struct locking *l)
{
    l->seal = &world.h.realm.officers[0];
}

static void record_of_ca(struct locking *l)
{
    l->seal_record = &world.h.realm.ca_head;
}

/* The stranger's certificate in the head's record, as whoever has the database can write it. */
static void inserted_seal(struct locking *l)
{
    static struct ky_buf forged;
    const struct ky_bytes whole = ky_buf_bytes(l->seal_record);
    struct ky_reader in = KY_READER(whole);
    struct ky_bytes json = ky_read_lv(&in, KY_RECORD_MAX), mac = ky_read_bytes(&in, KY_HMAC_SIZE);
    ky_auto_json body = NULL;
    ky_auto_buf text = ky_buf_init(KY_RECORD_MAX);
    assert_ok(ky_json_parse(&body, json, KY_RECORD_MAX));
    assert_ok(ky_body_set_base64url(body, "cert", world.stranger.cert->der));
    assert_ok(ky_jcs_encode(&text, body, KY_JCS_DEPTH_MAX));
    ky_buf_clear(&forged);
    forged = ky_buf_init(KY_RECORD_ENVELOPE_MAX);
    ky_buf_add_lv(&forged, ky_buf_bytes(&text));
    ky_buf_add(&forged, mac);
    by_stranger(l);
    l->seal_record = &forged;
}

static void only_her_organisation_locks(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        void (*spoil)(struct locking *l);
        ky_rc want;
        const char *why;
    } attacks[] = {
        {"another organisation's head", by_other_head, KY_EDENIED, "requested by another organisation"},
        {"another head in this one's name", by_other_head_for_this_org, KY_EDENIED,
         "belongs to another organisation"},
        {"a colleague's request", request_of_a_colleague, KY_EDENIED, "not the request"},
        {"a request of the other's own", request_exchanged, KY_EDENIED, "not the request"},
        {"the lock as its request", no_request, KY_EDENIED, "not the request"},
        {"another person's name", another_name, KY_EDENIED, "another person's"},
        {"the organisation by another name", org_renamed, KY_EDENIED, "belongs to another organisation"},
        {"a credential that did not come along", credential_of_nobody, KY_EDENIED, "no record"},
        {"a stranger under the head's record", by_stranger, KY_EAUTH, "another certificate"},
        {"an officer where a seal signs", by_officer, KY_EDENIED, "no record of the seal"},
        {"the seal's record of ca", record_of_ca, KY_EAUTH, ""},
        {"a seal put into the database", inserted_seal, KY_EAUTH, ""},
    };
    for (size_t i = 0; i < KY_COUNT(attacks); i++) {
        auto_locking l;
        begin(&l, NULL);
        attacks[i].spoil(&l);
        sign(&l);
        refused(attacks[i].name, KY_OP_LOCK, send(&l), attacks[i].want, attacks[i].why);
    }
    check_signs(true, "after all attacks");
}

static void without_the_request_nobody_believes_it(void **state)
{
    (void)state;
    auto_locking l;
    begin(&l, NULL);
    sign(&l);
    refused("head at SAM_EXECUTE", KY_OP_LOCK, send_as_officers(&l), KY_EDENIED, "no record of the officer");
    auto_locking by;
    begin(&by, NULL);
    by_officer(&by);
    sign(&by);
    refused("officer in an organisation's name", KY_OP_LOCK, send_as_officers(&by), KY_EDENIED,
            "by an organisation");
}

static void what_was_signed_afterwards_changed(void **state)
{
    (void)state;
    auto_locking l;
    begin(&l, NULL);
    sign(&l);
    json_object_set_new(l.st, "exp", json_integer(ky_now() + KY_MINUTE));
    ky_buf_reset(&l.text);
    assert_ok(statement_text(&l.text, l.st));
    refused("other text than signed", KY_OP_LOCK, send(&l), KY_EDENIED, "");
}

/* ---- what a lock does ---- */

static void the_organisations_lock_holds_until_it_is_lifted(void **state)
{
    (void)state;
    uint8_t lock[KY_HASH_SIZE];
    check_signs(true, "before");
    lock_by_head(lock);
    check_signs(false, "locked");
    assert_ok(realm_stop(&world.h.realm));
    assert_ok(realm_start(&world.h.realm));
    check_signs(false, "locked, after a restart");
    unlock_by_head(lock);
    check_signs(true, "lifted");
}

static void a_lock_counts_once(void **state)
{
    (void)state;
    auto_locking first, second;
    begin(&first, NULL);
    sign(&first);
    assert_ok(send(&first));
    assert_ok(send(&first)); /* an answer that was lost is given again */
    begin(&second, NULL);    /* its nonce used for another statement */
    json_object_set(second.st, "aud", json_object_get(first.st, "aud"));
    json_object_set_new(second.st, "exp", json_integer(ky_now() + KY_MINUTE));
    sign(&second);
    refused("nonce used twice", KY_OP_LOCK, send(&second), KY_EDENIED, "another statement");
    unlock_by_head(first.hash);
    refused("lock put back after it was lifted", KY_OP_LOCK, send(&first), KY_EDENIED, "was lifted");
    check_signs(true, "after the replay");
}

/* A statement of hers, or of an officer, that sam executes. */
static ky_rc execute_by(const char *type, const uint8_t *lifted, bool officer, uint8_t hash[KY_HASH_SIZE])
{
    auto_locking l;
    begin(&l, lifted);
    json_object_del(l.st, "org");
    json_object_del(l.st, "name");
    json_object_set_new(l.st, "type", json_string(type));
    if (officer)
        by_officer(&l);
    else {
        json_t *actor = json_object();
        KY_TRY(ky_body_set_hex(actor, "device", KY_BYTES_OF(hoa.s->device_id)));
        KY_TRY(ky_body_set_hex(actor, "owner", KY_BYTES_OF(hoa.s->owner)));
        json_object_set_new(l.st, "actor", actor);
    }
    sign(&l);
    if (!officer) {
        ky_buf_reset(&l.auths);
        KY_TRY(phone_authorise(&hoa.s->phone, &l.auths, ky_buf_bytes(&l.text), hoa.s->device_id));
    }
    memcpy(hash, l.hash, KY_HASH_SIZE);
    return send_as_officers(&l);
}

static void nobody_else_lifts_the_organisations_lock(void **state)
{
    (void)state;
    uint8_t lock[KY_HASH_SIZE], ignored[KY_HASH_SIZE];
    void (*const spoils[])(struct locking *) = {by_other_head, by_other_head_for_this_org, inserted_seal};
    static const ky_rc want[] = {KY_EDENIED, KY_EDENIED, KY_EAUTH};
    lock_by_head(lock);
    for (size_t i = 0; i < KY_COUNT(spoils); i++) {
        auto_locking l;
        begin(&l, lock);
        spoils[i](&l);
        sign(&l);
        refused("lifted by another", KY_OP_UNLOCK, send(&l), want[i], "");
    }
    refused("lifted by herself", KY_OP_UNLOCK, execute_by("unlock", lock, false, ignored), KY_EDENIED,
            "lifted by the organisation");
    check_signs(false, "still locked");
    assert_ok(execute_by("unlock", lock, true, ignored));
    check_signs(true, "lifted by an officer");
}

static void the_organisation_lifts_its_own_lock_only(void **state)
{
    (void)state;
    uint8_t hers[KY_HASH_SIZE], officers[KY_HASH_SIZE], ignored[KY_HASH_SIZE];
    assert_ok(execute_by("lock", NULL, false, hers));
    assert_ok(execute_by("lock", NULL, true, officers));
    auto_locking one, two;
    begin(&one, hers);
    sign(&one);
    refused("her own lock", KY_OP_UNLOCK, send(&one), KY_EDENIED, "by herself or an officer");
    begin(&two, officers);
    sign(&two);
    refused("an officer's lock", KY_OP_UNLOCK, send(&two), KY_EDENIED, "lifted by an officer");
    assert_ok(execute_by("unlock", officers, true, ignored));
    check_signs(false, "her own lock holds");
    assert_ok(execute_by("unlock", hers, false, ignored));
    check_signs(true, "both lifted");
}

static void every_refusal_stands_in_the_audit_file(void **state)
{
    (void)state;
    harness_check_audit(&world.h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_her_organisation_locks),
        cmocka_unit_test(without_the_request_nobody_believes_it),
        cmocka_unit_test(what_was_signed_afterwards_changed),
        cmocka_unit_test(a_lock_counts_once),
        cmocka_unit_test(nobody_else_lifts_the_organisations_lock),
        cmocka_unit_test(the_organisation_lifts_its_own_lock_only),
        cmocka_unit_test(
            every_refusal_stands_in_the_audit_file), /* a restart forgets counts not yet written */
        cmocka_unit_test(the_organisations_lock_holds_until_it_is_lifted),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
