/*
 * A web tier that keeps the registry and serves what it likes: records altered, mistaken for others, of yesterday,
 * of people who were removed. Hoa's message is signed unspoilt before each attack on it.
 */
#include "tests/process/attack_sign.h"

#include "base/hex.h"
#include "crypto/random.h"
#include "os/clock.h"

#define BYTE_STEP 5 /* every fifth byte of a record, and all of its MAC, are changed */

static struct harness world;
static struct pids pids;

static int set_up(void **state)
{
    *state = &world;
    assert_ok(harness_make(&world, NULL));
    assert_ok(harness_issue(&world, 2, "p256"));
    for (size_t i = 0; i < 2; i++)
        assert_ok(harness_enrol(&world, &world.people[i]));
    pids = harness_pids(&world);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    harness_clear(&world);
    return 0;
}

/* ---- altered ---- */

static bool byte_is_noticed(struct signing *s, enum signing_field field, size_t at)
{
    ky_auto_buf answer = ky_buf_init(HARNESS_TEXT_MAX);
    s->field[field].p[at] ^= 0x20;
    ky_rc rc = signing_send(s, "sam-worker.0", &answer);
    s->field[field].p[at] ^= 0x20;
    bool length = at < 4; /* of the JSON: then it is no envelope */
    return harness_judge(&world, "a byte of a record", KY_PROCESS_SAM, KY_OP_SIGN, rc,
                         length ? KY_EFORMAT : KY_EAUTH, length ? "record" : "record: MAC does not fit");
}

static void every_byte_of_a_record_counts(void **state)
{
    (void)state;
    static const enum signing_field fields[] = {SIGNING_DEVICE, SIGNING_KEY, SIGNING_CLIENT};
    KY_CLEANUP(signing_clear) struct signing s = {0};
    ky_auto_buf answer = ky_buf_init(HARNESS_TEXT_MAX);
    assert_ok(sign_attack_run(&s, &world, NULL));
    for (size_t i = 0; i < KY_COUNT(fields); i++) {
        size_t n = s.field[fields[i]].n;
        for (size_t at = 0; at < n; at += at + KY_HMAC_SIZE >= n || at < 4 ? 1 : BYTE_STEP)
            assert_true(byte_is_noticed(&s, fields[i], at));
    }
    assert_ok(signing_send(&s, "sam-worker.0", &answer));
}

/* ---- mistaken ---- */

static void device_as_key(struct signing *s)
{
    sign_set_field(s, SIGNING_KEY, &s->who->device);
}

static void key_as_device(struct signing *s)
{
    sign_set_field(s, SIGNING_DEVICE, &s->who->key);
}

static void device_as_client(struct signing *s)
{
    sign_set_field(s, SIGNING_CLIENT, &s->who->device);
}

static void activation_as_key(struct signing *s)
{
    sign_set_field(s, SIGNING_KEY, &s->who->activation);
}

static void seal_as_client(struct signing *s)
{
    sign_set_field(s, SIGNING_CLIENT, &s->h->realm.sam_head);
}

static void seal_of_ca(struct signing *s)
{
    sign_set_field(s, SIGNING_CLIENT, &s->h->realm.ca_head);
}

/* The MAC of one under the JSON of another. */
static void mac_of_another(struct signing *s)
{
    const struct ky_buf *other = &s->h->people[COLLEAGUE].key;
    struct ky_buf *key = &s->field[SIGNING_KEY];
    memcpy(key->p + key->n - KY_HMAC_SIZE, other->p + other->n - KY_HMAC_SIZE, KY_HMAC_SIZE);
}

static void longer_envelope(struct signing *s)
{
    ky_buf_add_u8(&s->field[SIGNING_KEY], 0);
}

static void shorter_envelope(struct signing *s)
{
    s->field[SIGNING_KEY].n--;
}

static void no_record(struct signing *s)
{
    assert_ok(signing_set(s, SIGNING_DEVICE, KY_BYTES_NONE));
}

/* The colleague's rows, all of them, under Hoa's statement. */
static void rows_of_another(struct signing *s)
{
    const struct subscriber *other = &s->h->people[COLLEAGUE];
    sign_set_field(s, SIGNING_DEVICE, &other->device);
    sign_set_field(s, SIGNING_KEY, &other->key);
    sign_set_field(s, SIGNING_CERT, &other->cert);
    sign_set_field(s, SIGNING_BLOB, &other->blob);
}

static const struct sign_attack mistaken[] = {
    {"a device as key", PASS, device_as_key, KY_EDENIED, "type device where key is wanted"},
    {"a key as device", PASS, key_as_device, KY_EDENIED, "type key where device is wanted"},
    {"a device as client", PASS, device_as_client, KY_EDENIED, "type device where client is wanted"},
    {"an activation as key", PASS, activation_as_key, KY_EDENIED, "type activation where key is wanted"},
    {"a seal as client", PASS, seal_as_client, KY_EDENIED, "type seal where client is wanted"},
    {"a record of ca", PASS, seal_of_ca, KY_EAUTH, "record: MAC does not fit"},
    {"the MAC of another row", PASS, mac_of_another, KY_EAUTH, "record: MAC does not fit"},
    {"a longer envelope", PASS, longer_envelope, KY_EFORMAT, "record"},
    {"a shorter envelope", PASS, shorter_envelope, KY_EFORMAT, "record"},
    {"no record", PASS, no_record, KY_EFORMAT, "record"},
    {"rows of another person", PASS, rows_of_another, KY_EDENIED, "not that of the credential"},
};

static void one_record_is_not_another(void **state)
{
    sign_attack_all(*state, mistaken, KY_COUNT(mistaken));
}

/* ---- of yesterday: clients ---- */

/* Hoa signs for that client, whose record is this. */
static ky_rc sign_for(const struct client *c, const char *name, const struct ky_buf *record)
{
    KY_CLEANUP(signing_clear) struct signing s = {0};
    ky_auto_buf answer = ky_buf_init(HARNESS_TEXT_MAX);
    KY_TRY(signing_ask(&s, &world, &world.people[HOA], 1));
    json_t *requester = json_object_get(s.st, "requester");
    KY_TRY(ky_body_set_hex(requester, "id", KY_BYTES_OF(c->id)));
    KY_TRY(ky_body_set_text(requester, "name", ky_bytes_str(name)));
    KY_TRY(signing_set(&s, SIGNING_CLIENT, ky_buf_bytes(record)));
    KY_TRY(signing_word(&s));
    KY_TRY(signing_approve(&s));
    return signing_send(&s, "sam-worker.1", &answer);
}

/* A new version of a client's record, under another name. */
static ky_rc rename_client(const struct client *c, uint32_t version, const char *name,
                           const struct ky_buf *replaced, struct ky_buf *record)
{
    struct client renamed = *c;
    json_t *body = NULL;
    renamed.name = name;
    KY_TRY(harness_client_body(&body, &renamed, version));
    return harness_admin(&world, KY_PROCESS_SAM, body, ky_buf_bytes(replaced), false, record);
}

static void refused(const char *name, ky_operation op, ky_rc rc, ky_rc want, const char *why)
{
    harness_refused(&world, name, KY_PROCESS_SAM, op, rc, want, why);
}

static void old_name_of_a_client_is_gone(void **state)
{
    (void)state;
    const struct client *c = &world.other_client;
    ky_auto_buf second = ky_buf_init(KY_RECORD_ENVELOPE_MAX), third = ky_buf_init(KY_RECORD_ENVELOPE_MAX),
                twin = ky_buf_init(KY_RECORD_ENVELOPE_MAX);
    assert_ok(sign_for(c, c->name, &c->record));
    assert_ok(rename_client(c, 2, "Bệnh án điện tử mới", &c->record, &second));
    assert_ok(sign_for(c, "Bệnh án điện tử mới", &second));
    refused("the record before", KY_OP_SIGN, sign_for(c, c->name, &c->record), KY_EDENIED,
            "version 1 is not the valid one, which is version 2");
    refused("the name before", KY_OP_SIGN, sign_for(c, c->name, &second), KY_EDENIED,
            "requester is not the client");
    refused("a second form of version 2", KY_OP_ADMIN,
            rename_client(c, 2, "Kho bạc Nhà nước", &c->record, &twin), KY_EDENIED,
            "version 1 is not the valid one");
    refused("a version left out", KY_OP_ADMIN, rename_client(c, 4, "Kho bạc Nhà nước", &second, &twin),
            KY_EDENIED, "version 4 does not follow version 2");
    assert_ok(rename_client(c, 3, c->name, &second, &third)); /* the old name again: still another version */
    assert_ok(sign_for(c, c->name, &third));
    refused("the first record", KY_OP_SIGN, sign_for(c, c->name, &c->record), KY_EDENIED,
            "version 1 is not the valid one, which is version 3");
    refused("the second record", KY_OP_SIGN, sign_for(c, "Bệnh án điện tử mới", &second), KY_EDENIED,
            "version 2 is not the valid one, which is version 3");
}

static void removed_client_asks_for_nothing(void **state)
{
    (void)state;
    const struct client *c = &world.client;
    json_t *body = NULL;
    ky_auto_buf again = ky_buf_init(KY_RECORD_ENVELOPE_MAX);
    assert_ok(sign_for(c, c->name, &c->record));
    assert_ok(harness_client_body(&body, c, 2));
    assert_ok(harness_admin(&world, KY_PROCESS_SAM, body, ky_buf_bytes(&c->record), true, NULL));
    refused("a removed client", KY_OP_SIGN, sign_for(c, c->name, &c->record), KY_EDENIED, "was removed");
    refused("a new version of the removed", KY_OP_ADMIN, rename_client(c, 2, c->name, &c->record, &again),
            KY_EDENIED, "was removed");
    assert_ok(harness_client_body(&body, c, 1));
    refused("the first version anew", KY_OP_ADMIN,
            harness_admin(&world, KY_PROCESS_SAM, body, KY_BYTES_NONE, false, &again), KY_EDENIED,
            "version 1 of this record exists");
}

/* ---- of yesterday: officers ---- */

struct officer {
    struct person person;
    uint8_t owner[KY_OWNER_SIZE];
    struct ky_buf record[3]; /* by process */
};

static void clear_officer(struct officer *o)
{
    person_clear(&o->person);
    ky_buf_clear(&o->record[KY_PROCESS_SAM]);
    ky_buf_clear(&o->record[KY_PROCESS_CA]);
}

static ky_rc officer_body(json_t **out, const struct officer *o, uint32_t version, const char *role)
{
    ky_time now = ky_now();
    json_t *auth = json_object();
    KY_TRY(ky_record_body(out, KY_REC_OFFICER, o->person.record, version, o->owner, now - KY_MINUTE,
                          now + 365 * KY_DAY));
    KY_TRY(ky_body_set_text(*out, "name", ky_bytes_str("Phạm Văn Dũng")));
    KY_TRY(ky_body_set_text(auth, "kind", ky_bytes_str("cms")));
    KY_TRY(ky_body_set_base64url(auth, "cert", o->person.cert->der));
    bool set = json_object_set_new(*out, "auth", auth) == 0 &&
               json_object_set_new(*out, "roles", json_pack("[s]", role)) == 0;
    return set ? KY_OK : ky_fail(KY_ENOMEM, "officer");
}

static ky_rc make_officer(struct officer *o, const char *role)
{
    static const ky_process both[] = {KY_PROCESS_SAM, KY_PROCESS_CA};
    KY_TRY(token_ca_certify(&world.realm.token_ca, &o->person, "Phạm Văn Dũng", ky_now()));
    KY_TRY(ky_random(o->owner, sizeof o->owner));
    for (size_t i = 0; i < 2; i++) {
        json_t *body = NULL;
        o->record[both[i]] = ky_buf_init(KY_RECORD_ENVELOPE_MAX);
        KY_TRY(officer_body(&body, o, 1, role));
        KY_TRY(harness_admin(&world, both[i], body, KY_BYTES_NONE, false, &o->record[both[i]]));
    }
    return KY_OK;
}

/* The officer refuses a row of some request: the least that takes the role `approve`. */
static ky_rc decide_at(ky_process p, const struct officer *o, const struct ky_buf *record)
{
    uint8_t nonce[KY_NONCE_SIZE], request[KY_HASH_SIZE];
    const struct person *const signer[] = {&o->person};
    ky_time now = ky_now();
    ky_auto_json st = NULL;
    ky_auto_buf text = ky_buf_init(65536), records = ky_buf_init(65536);
    KY_TRY(realm_nonce(nonce, &world.realm, p, KY_NONCE_LONG));
    KY_TRY(ky_random(request, sizeof request));
    const struct statement_head head = {.type = "refuse",
                                        .realm = world.realm.founding->realm,
                                        .sam_nonce = p == KY_PROCESS_SAM ? nonce : NULL,
                                        .ca_nonce = p == KY_PROCESS_CA ? nonce : NULL,
                                        .iat = now,
                                        .exp = now + KY_DAY};
    KY_TRY(statement_new(&st, &head));
    KY_TRY(ky_body_set_hex(st, "request", KY_BYTES_OF(request)));
    KY_TRY(ky_body_set_text(st, "reason", ky_bytes_str("Sai số điện thoại")));
    json_object_set_new(st, "rows", json_pack("[i]", 1));
    KY_TRY(statement_text(&text, st));
    ky_list_begin(&records, 1);
    ky_buf_add_lv(&records, ky_buf_bytes(record));
    return harness_execute(&world, p, ky_buf_bytes(&text), signer, 1, ky_buf_bytes(&records), NULL);
}

/* "receive" written over by "approve" in the record that web keeps. */
static void raise_role(struct ky_buf *out, const struct ky_buf *record)
{
    *out = ky_buf_init(KY_RECORD_ENVELOPE_MAX);
    ky_buf_add(out, ky_buf_bytes(record));
    uint8_t *at = memmem(out->p, out->n, "receive", 7);
    assert_non_null(at);
    memcpy(at, "approve", 7);
}

static void officers_role_is_that_of_today(void **state)
{
    (void)state;
    KY_CLEANUP(clear_officer) struct officer dung = {0};
    ky_auto_buf second = ky_buf_init(KY_RECORD_ENVELOPE_MAX), raised = {0};
    json_t *body = NULL;
    assert_ok(make_officer(&dung, "approve"));
    const struct ky_buf *first = &dung.record[KY_PROCESS_SAM];
    assert_ok(decide_at(KY_PROCESS_SAM, &dung, first));
    assert_ok(officer_body(&body, &dung, 2, "receive"));
    assert_ok(harness_admin(&world, KY_PROCESS_SAM, body, ky_buf_bytes(first), false, &second));
    refused("the role of yesterday", KY_OP_REFUSE, decide_at(KY_PROCESS_SAM, &dung, first), KY_EDENIED,
            "version 1 is not the valid one, which is version 2");
    refused("without the role", KY_OP_REFUSE, decide_at(KY_PROCESS_SAM, &dung, &second), KY_EDENIED,
            "does not have the role");
    raise_role(&raised, &second);
    refused("a role raised in the registry", KY_OP_REFUSE, decide_at(KY_PROCESS_SAM, &dung, &raised),
            KY_EAUTH, "record: MAC does not fit");
    refused("a record of ca", KY_OP_REFUSE, decide_at(KY_PROCESS_SAM, &dung, &dung.record[KY_PROCESS_CA]),
            KY_EAUTH, "record: MAC does not fit");
}

/* Each process believes what it was told itself; whoever was told, refuses. */
static void removed_officer_told_to_one_process(void **state)
{
    (void)state;
    static const ky_process both[] = {KY_PROCESS_SAM, KY_PROCESS_CA};
    for (size_t i = 0; i < 2; i++) {
        ky_process told = both[i], other = both[1 - i];
        KY_CLEANUP(clear_officer) struct officer o = {0};
        json_t *body = NULL;
        assert_ok(make_officer(&o, "approve"));
        assert_ok(decide_at(told, &o, &o.record[told]));
        assert_ok(officer_body(&body, &o, 2, "approve"));
        assert_ok(harness_admin(&world, told, body, ky_buf_bytes(&o.record[told]), true, NULL));
        harness_refused(&world, "removed yesterday", told, KY_OP_REFUSE, decide_at(told, &o, &o.record[told]),
                        KY_EDENIED, "was removed");
        assert_ok(decide_at(other, &o, &o.record[other]));
    }
}

/* ---- in the end ---- */

static void all_is_audited_and_everybody_serves(void **state)
{
    (void)state;
    harness_check_audit(&world);
    harness_check_serving(&world, &pids);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_of_a_record_counts),
        cmocka_unit_test(one_record_is_not_another),
        cmocka_unit_test(old_name_of_a_client_is_gone),
        cmocka_unit_test(officers_role_is_that_of_today),
        cmocka_unit_test(removed_officer_told_to_one_process),
        cmocka_unit_test(removed_client_asks_for_nothing),
        cmocka_unit_test(all_is_audited_and_everybody_serves),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
