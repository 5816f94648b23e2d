/* domain/record and request: a record is what its process wrote, a row is what the rules allow. */
#include <stdio.h>

#include "base/base64.h"
#include "domain/record.h"
#include "domain/reglog.h"
#include "domain/request.h"
#include "tests/unit/domain/fixture.h"

#define P65 "BAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8"
#define HASH "000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f"
#define ID "000102030405060708090a0b0c0d0e0f"

static const uint8_t id[16] = {9}, owner[32] = {8};

static void seal_device(struct ky_buf *envelope, uint8_t hash[32])
{
    ky_auto_json body = NULL;
    assert_ok(ky_record_body(&body, KY_REC_DEVICE, id, 1, owner, NOW, NOW + 100));
    assert_ok(ky_body_set_text(body, "name", ky_bytes_str("Máy của cô Hà")));
    assert_ok(ky_body_set_base64url(body, "passkey", KY_BYTES_LIT("credential")));
    assert_ok(ky_body_set_text(body, "key", KY_BYTES_LIT(P65)));
    assert_ok(ky_body_set_bool(body, "be", false));
    assert_ok(ky_body_set_text(body, "device_key", KY_BYTES_LIT(P65)));
    assert_ok(ky_body_set_text(body, "class", KY_BYTES_LIT("device-bound")));
    assert_ok(ky_record_seal(envelope, hash, body, KY_PROCESS_SAM, &soft_mac, test_realm));
}

static void opens_what_was_sealed(void **state)
{
    ky_auto_buf envelope = ky_buf_init(KY_RECORD_ENVELOPE_MAX);
    ky_auto_record r = {0};
    uint8_t hash[32];
    struct ky_authenticator a;
    seal_device(&envelope, hash);
    assert_ok(ky_record_open(&r, ky_buf_bytes(&envelope), KY_PROCESS_SAM, &soft_mac, test_realm));
    assert_int_equal(r.type, KY_REC_DEVICE);
    assert_memory_equal(r.id, id, 16);
    assert_memory_equal(r.owner, owner, 32);
    assert_memory_equal(r.hash, hash, 32);
    assert_ok(ky_record_device(&a, &r));
    assert_true(ky_bytes_eq_str(KY_BYTES(a.passkey, a.passkey_n), "credential"));
    assert_int_equal(a.key[0], 4);
    assert_ok(ky_record_check(&r, KY_REC_DEVICE, NOW, "device"));
    assert_rc(ky_record_check(&r, KY_REC_KEY, NOW, "device"), KY_EDENIED);
    assert_rc(ky_record_check(&r, KY_REC_DEVICE, NOW - 1, "device"), KY_EEXPIRED);
    assert_rc(ky_record_check(&r, KY_REC_DEVICE, NOW + 101, "device"), KY_EEXPIRED);
}

static void seal_key(struct ky_buf *envelope, bool with_prior)
{
    ky_auto_json body = NULL;
    assert_ok(ky_record_body(&body, KY_REC_KEY, id, 1, owner, NOW, NOW + 100));
    assert_ok(ky_body_set_text(body, "key_type", KY_BYTES_LIT("p256")));
    assert_ok(ky_body_set_base64url(body, "spki", KY_BYTES_LIT("spki")));
    assert_ok(ky_body_set_base64url(body, "subject", KY_BYTES_LIT("name")));
    assert_ok(ky_body_set_int(body, "kwrap", 1));
    assert_ok(ky_body_set_hex(body, "blob", KY_BYTES_OF(owner)));
    assert_ok(ky_body_set_hex(body, "request", KY_BYTES_OF(owner)));
    assert_ok(ky_body_set_int(body, "row", 3));
    if (with_prior)
        json_object_set_new(body, "prior", json_pack("{s:s,s:i,s:s}", "id", ID, "version", 2, "hash", HASH));
    assert_ok(ky_record_seal(envelope, NULL, body, KY_PROCESS_SAM, &soft_mac, test_realm));
}

static void a_key_names_the_one_it_replaces(void **state)
{
    for (int with = 0; with < 2; with++) {
        ky_auto_buf envelope = ky_buf_init(KY_RECORD_ENVELOPE_MAX);
        ky_auto_record r = {0};
        struct ky_key_record key;
        seal_key(&envelope, with == 1);
        assert_ok(ky_record_open(&r, ky_buf_bytes(&envelope), KY_PROCESS_SAM, &soft_mac, test_realm));
        assert_ok(ky_record_key(&key, &r));
        assert_int_equal(key.has_prior, with);
        assert_false(key.has_cert);
        if (with == 1)
            assert_true(key.prior[15] == 0x0f && key.prior_version == 2 && key.prior_hash[31] == 0x0f);
    }
}

static void any_changed_byte_is_refused(void **state)
{
    ky_auto_buf envelope = ky_buf_init(KY_RECORD_ENVELOPE_MAX);
    struct ky_record r;
    seal_device(&envelope, NULL);
    for (size_t i = 0; i < envelope.n; i++) {
        envelope.p[i] ^= 2;
        assert_true(ky_record_open(&r, ky_buf_bytes(&envelope), KY_PROCESS_SAM, &soft_mac, test_realm) !=
                    KY_OK);
        envelope.p[i] ^= 2;
    }
}

static void records_of_others_are_refused(void **state)
{
    ky_auto_buf envelope = ky_buf_init(KY_RECORD_ENVELOPE_MAX);
    struct ky_record r;
    const uint8_t other_realm[32] = {1};
    seal_device(&envelope, NULL);
    struct ky_bytes e = ky_buf_bytes(&envelope);
    assert_rc(ky_record_open(&r, e, KY_PROCESS_CA, &soft_mac, test_realm), KY_EAUTH);
    assert_rc(ky_record_open(&r, e, KY_PROCESS_SAM, &other_soft_mac, test_realm), KY_EAUTH);
    assert_rc(ky_record_open(&r, e, KY_PROCESS_SAM, &soft_mac, other_realm), KY_EDENIED);
    assert_rc(ky_record_open(&r, KY_BYTES(e.p, e.n - 1), KY_PROCESS_SAM, &soft_mac, test_realm), KY_EFORMAT);
}

static void a_body_that_is_not_the_schema_is_not_sealed(void **state)
{
    ky_auto_buf envelope = ky_buf_init(KY_RECORD_ENVELOPE_MAX);
    ky_auto_json body = NULL;
    assert_ok(ky_record_body(&body, KY_REC_CLIENT, id, 1, NULL, NOW, NOW + 1));
    assert_rc(ky_record_seal(&envelope, NULL, body, KY_PROCESS_SAM, &soft_mac, test_realm), KY_EFORMAT);
    assert_ok(ky_body_set_text(body, "name", KY_BYTES_LIT("HIS")));
    assert_ok(ky_body_set_text(body, "colour", KY_BYTES_LIT("red")));
    assert_rc(ky_record_seal(&envelope, NULL, body, KY_PROCESS_SAM, &soft_mac, test_realm), KY_EFORMAT);
}

static void officers_come_from_records_and_from_the_founding(void **state)
{
    ky_auto_buf founder = ky_buf_init(4096);
    ky_auto_json json = NULL;
    struct ky_officer officer;
    make_canonical(
        &founder, "{'id':'" ID "','owner':'" HASH "','name':'Lê Văn Bình','roles':['approve','admin'],'auth':"
                  "{'kind':'webauthn','passkey':'AQ','key':'" P65 "','be':true,'device_key':'" P65 "'}}");
    assert_ok(ky_jcs_parse(&json, ky_buf_bytes(&founder), 4096, 6));
    assert_ok(ky_founding_officer(&officer, json));
    assert_int_equal(officer.roles, KY_MAY_APPROVE | KY_MAY_ADMIN);
    assert_false(officer.by_cms);
    assert_int_equal(officer.version, 1);
    json_array_append_new(json_object_get(json, "roles"), json_string("king"));
    assert_rc(ky_founding_officer(&officer, json), KY_EFORMAT);
}

static const char request_text[] =
    "{'v':1,'realm':'" HASH
    "','type':'request','aud':[{'n':'%s','p':'sam'}],'iat':1,'exp':2,'procedure':'new',"
    "'org':{'id':'" ID "','name':'Trường'},'dossier':'" ID "','document':'" HASH "','rows':[%s]}";
static const char row_text[] =
    "{'row':%d,'identity':'%s','name':'Nguyễn Thị Hà','subject':{'C':'VN','L':'Hà "
    "Nội','O':'UBND','OU':['Phường','Trường'],"
    "'CN':'%s'},'email':'%s','phone':'%s','key':'%s','sector':'%s','authority':%s,'finance':%s}";

struct row {
    const char *identity, *cn, *email, *phone, *key, *sector, *authority, *finance;
    ky_rc want;
};

static void parse_row(struct ky_statement *st, const struct row *r)
{
    char nonce[80], row[2048], text[8192];
    ky_auto_buf canonical = ky_buf_init(1 << 16);
    make_nonce_text(nonce, KY_NONCE_LONG, KY_PROCESS_SAM, NOW);
    snprintf(row, sizeof row, row_text, 5, r->identity, r->cn, r->email, r->phone, r->key, r->sector,
             r->authority, r->finance);
    snprintf(text, sizeof text, request_text, nonce, row);
    make_canonical(&canonical, text);
    assert_ok(ky_statement_parse(st, ky_buf_bytes(&canonical)));
}

static void rows_obey_the_rules(void **state)
{
    static const struct row rows[] = {
        {"001185000001", "Nguyễn Thị Hà", "ha@hanoi.edu.vn", "0912345678", "p256", "education", "false",
         "false", KY_OK},
        {"001185000001", "Nguyễn Thị Hà", "ha@hanoi.edu.vn", "+84912345678", "rsa3072", "health", "false",
         "false", KY_OK},
        {"001185000001", "Nguyễn Thị Hà", "ha@hanoi.edu.vn", "0912345678", "p256", "education", "true",
         "false", KY_EDENIED},
        {"001185000001", "Nguyễn Thị Hà", "ha@hanoi.edu.vn", "0912345678", "p256", "education", "false",
         "true", KY_EDENIED},
        {"001185000001", "Nguyễn Thị Hà", "ha@hanoi.edu.vn", "0912345678", "p256", "defence", "false",
         "false", KY_EDENIED},
        {"00118500000", "Nguyễn Thị Hà", "ha@hanoi.edu.vn", "0912345678", "p256", "education", "false",
         "false", KY_EFORMAT},
        {"00118500000a", "Nguyễn Thị Hà", "ha@hanoi.edu.vn", "0912345678", "p256", "education", "false",
         "false", KY_EFORMAT},
        {"001185000001", "Trần Văn Tám", "ha@hanoi.edu.vn", "0912345678", "p256", "education", "false",
         "false", KY_EFORMAT},
        {"001185000001", "Nguyễn Thị Hà", "hanoi.edu.vn", "0912345678", "p256", "education", "false", "false",
         KY_EFORMAT},
        {"001185000001", "Nguyễn Thị Hà", "ha@", "0912345678", "p256", "education", "false", "false",
         KY_EFORMAT},
        {"001185000001", "Nguyễn Thị Hà", "ha@hanoi.edu.vn", "phone", "p256", "education", "false", "false",
         KY_EFORMAT},
        {"001185000001", "Nguyễn Thị Hà", "ha@hanoi.edu.vn", "0912345678", "rsa4096", "education", "false",
         "false", KY_EFORMAT},
    };
    for (size_t i = 0; i < KY_COUNT(rows); i++) {
        ky_auto_statement st = {0};
        struct ky_request_row row;
        parse_row(&st, &rows[i]);
        assert_rc(ky_request_find_row(&row, &st, 5), rows[i].want);
        assert_rc(ky_request_find_row(&row, &st, 4), KY_ENOTFOUND);
    }
}

static void subject_spend_owner_and_serial_are_bound_to_the_row(void **state)
{
    static const struct row good = {"001185000001", "Nguyễn Thị Hà", "ha@hanoi.edu.vn", "0912345678", "p256",
                                    "education",    "false",         "false",           KY_OK};
    ky_auto_statement st = {0};
    struct ky_request_row row;
    ky_auto_buf subject = ky_buf_init(4096);
    uint8_t a[32], b[32], serial[16], serial2[16];
    parse_row(&st, &good);
    assert_ok(ky_request_find_row(&row, &st, 5));
    assert_ok(ky_request_subject(&subject, &row));
    assert_true(subject.n > 60 && subject.p[0] == 0x30);
    assert_ok(ky_row_spend_id(a, st.hash, 5));
    assert_ok(ky_row_spend_id(b, st.hash, 6));
    assert_memory_not_equal(a, b, 32);
    assert_ok(ky_owner_of(a, &soft_mac, row.identity));
    assert_ok(ky_owner_of(b, &other_soft_mac, row.identity));
    assert_memory_not_equal(a, b, 32);
    assert_rc(ky_owner_of(a, &soft_mac, KY_BYTES_LIT("12")), KY_EFORMAT);
    for (uint32_t i = 1; i <= 1000; i++) {
        assert_ok(ky_serial_of(serial, &soft_mac, st.hash, i));
        assert_true(serial[0] >= 0x40 && serial[0] <= 0x7f);
    }
    assert_ok(ky_serial_of(serial2, &soft_mac, st.hash, 1000));
    assert_memory_equal(serial, serial2, 16);
    assert_false(ky_rows_contain(&st, 5)); /* rows of a request are objects, not numbers */
}

static void the_log_tells_records_of_one_id_apart(void **state)
{
    uint8_t key[KY_LOG_ID_SIZE], other[KY_LOG_ID_SIZE];
    ky_record_log_id(key, KY_REC_KEY, id);
    for (ky_record_type t = 0; t < KY_REC_COUNT; t++) {
        ky_record_log_id(other, t, id);
        assert_memory_equal(other, id, KY_ID_SIZE);
        assert_true((memcmp(other, key, KY_LOG_ID_SIZE) == 0) == (t == KY_REC_KEY));
    }
    ky_log_id(other, id);
    assert_memory_not_equal(other, key, KY_LOG_ID_SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_log_tells_records_of_one_id_apart),
        cmocka_unit_test(opens_what_was_sealed),
        cmocka_unit_test(a_key_names_the_one_it_replaces),
        cmocka_unit_test(any_changed_byte_is_refused),
        cmocka_unit_test(records_of_others_are_refused),
        cmocka_unit_test(a_body_that_is_not_the_schema_is_not_sealed),
        cmocka_unit_test(officers_come_from_records_and_from_the_founding),
        cmocka_unit_test(rows_obey_the_rules),
        cmocka_unit_test(subject_spend_owner_and_serial_are_bound_to_the_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
