/* Records, proposals, credentials, copies of the log, status, sign requests, messages. */
#include "tempdb.h"

#include "store/client.h"
#include "store/credential.h"
#include "store/crl.h"
#include "store/dossier.h"
#include "store/logcopy.h"
#include "store/org_event.h"
#include "store/outbox.h"
#include "store/pending.h"
#include "store/proposal.h"
#include "store/record.h"

#define HASH(c) KY_BYTES_LIT(c "0123456789012345678901234567890")

static int open_filled(void **state)
{
    if (tempdb_open(state) != 0)
        return -1;
    return ky_store_script(
               ((struct tempdb *)*state)->s,
               "INSERT INTO organisation (id, code, name, province, place, sector, state, created_at, path) "
               "VALUES ('0a','c','n','p','p','health','active',1,'/0a/'),"
               "('1a','d','m','p','p','health','active',1,'/1a/');"
               "INSERT INTO staff VALUES ('0b','0a','n','e','enter',NULL,NULL,'active',1);"
               "INSERT INTO dossier (id, code, org_id, procedure, state, entered_by, legal, document_date, "
               "recipient_name, recipient_channel, recipient_email, sealed_recipient_phone, created_at, "
               "updated_at, received_at, due_at, path) VALUES "
               "('0c','k','0a','new','draft','0b','2024',0,'r','sms','e','x',1,1,0,0,'/0a/');"
               "INSERT INTO dossier_row VALUES ('0c',1,'approved','n','h1','x',NULL,NULL,NULL,NULL,1,NULL);"
               "INSERT INTO dossier_row VALUES ('0c',2,'approved','n','h2','x',NULL,NULL,NULL,NULL,1,NULL);"
               "INSERT INTO client VALUES ('emr','s','r','EMR','active',1);") == KY_OK
               ? 0
               : -1;
}

static struct ky_db_record device(int64_t version, const char *json)
{
    return (struct ky_db_record){.process = "sam",
                                 .id = "0d",
                                 .version = version,
                                 .type = "device",
                                 .owner = "0e",
                                 .json = ky_bytes_str(json),
                                 .mac = HASH("m")};
}

static ky_rc put_device(struct ky_store *s, int64_t version, const char *json)
{
    struct ky_db_record r = device(version, json);
    return ky_db_record_put(s, &r);
}

static void the_highest_version_is_current(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_record r, *list = NULL;
    size_t n = 0;
    assert_int_equal(put_device(s, 1, "{1}"), KY_OK);
    assert_int_equal(put_device(s, 3, "{3}"), KY_OK);
    assert_int_equal(put_device(s, 2, "{2}"), KY_OK);
    assert_int_equal(ky_db_record_get(&r, &a, s, "sam", "0d"), KY_OK);
    assert_int_equal(r.version, 3);
    assert_int_equal(ky_db_record_get_version(&r, &a, s, "sam", "0d", 2), KY_OK);
    assert_true(ky_bytes_eq_str(r.json, "{2}"));
    assert_int_equal(ky_db_record_list_owner(&list, &n, &a, s, "sam", "0e", "device"), KY_OK);
    assert_int_equal(n, 1);
    assert_int_equal(list[0].version, 3);
    assert_int_equal(ky_db_record_list_type(&list, &n, &a, s, "sam", "device", "", 10), KY_OK);
    assert_int_equal(n, 1);
    assert_int_equal(ky_db_record_list_type(&list, &n, &a, s, "sam", "device", "0d", 10), KY_OK);
    assert_int_equal(n, 0);
    assert_int_equal(ky_db_record_get(&r, &a, s, "ca", "0d"), KY_ENOTFOUND);
    assert_int_equal(ky_db_record_retire(s, "sam", "0d"), KY_OK);
    assert_int_equal(ky_db_record_get(&r, &a, s, "sam", "0d"), KY_ENOTFOUND);
}

static ky_rc put_seal(struct ky_store *s, const char *id, const char *org, const char *action)
{
    const struct ky_db_record r = {.process = "sam",
                                   .id = id,
                                   .version = 1,
                                   .type = "seal",
                                   .json = ky_bytes_str("{}"),
                                   .mac = HASH("m")};
    const struct ky_db_org_event e = {.org_id = org, .at = 1, .action = action, .note = id};
    KY_TRY(ky_db_record_put(s, &r));
    return ky_db_org_event_insert(s, &e);
}

static void an_organisation_has_the_seals_that_were_registered_for_it(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_record *list = NULL;
    size_t n = 0;
    assert_int_equal(put_seal(s, "01", "0a", KY_EVENT_SEAL), KY_OK);
    assert_int_equal(put_seal(s, "02", "0a", KY_EVENT_SEAL), KY_OK);
    assert_int_equal(put_seal(s, "03", "0a", "change"), KY_OK);
    assert_int_equal(put_seal(s, "04", "1a", KY_EVENT_SEAL), KY_OK);
    assert_int_equal(ky_db_record_retire(s, "sam", "02"), KY_OK);
    assert_int_equal(ky_db_record_list_seals(&list, &n, &a, s, "0a", 10), KY_OK);
    assert_int_equal(n, 1);
    assert_string_equal(list[0].id, "01");
}

static void credentials_are_listed_by_their_record(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_client *list = NULL;
    size_t n = 9;
    const struct ky_db_client later = {.client_id = "emr2",
                                       .secret_hash = HASH("s"),
                                       .record_id = "r",
                                       .name = "EMR",
                                       .state = "active",
                                       .created_at = 5};
    assert_int_equal(ky_db_client_insert(s, &later), KY_OK);
    assert_int_equal(ky_db_client_list_record(&list, &n, &a, s, "r"), KY_OK);
    assert_int_equal(n, 2);
    assert_string_equal(list[0].client_id, "emr");
    assert_string_equal(list[1].client_id, "emr2");
    assert_int_equal(ky_db_client_list_record(&list, &n, &a, s, "other"), KY_OK);
    assert_int_equal(n, 0);
}

static ky_rc propose(struct ky_store *s, const char *id, int64_t at, int64_t until)
{
    const struct ky_db_proposal p = {.id = id,
                                     .statement = KY_BYTES_LIT("{}"),
                                     .authorisations = KY_BYTES_LIT("0"),
                                     .proposed_by = "0b",
                                     .created_at = at,
                                     .expires_at = until};
    return ky_db_proposal_insert(s, &p);
}

static size_t proposed(struct ky_store *s, const char *staff, int64_t now)
{
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_proposal *list = NULL;
    struct ky_page page;
    size_t n = 9;
    assert_int_equal(ky_page_parse(&page, NULL, 10), KY_OK);
    assert_int_equal(ky_db_proposal_list(&list, &n, &a, s, staff, now, &page), KY_OK);
    return n;
}

static void proposals_wait_until_they_expire(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    int64_t count = 9;
    assert_int_equal(propose(s, "aa", 1, 100), KY_OK);
    assert_int_equal(propose(s, "aa", 1, 100), KY_EEXIST);
    assert_int_equal(propose(s, "bb", 2, 50), KY_OK);
    assert_int_equal(proposed(s, NULL, 49), 2);
    assert_int_equal(proposed(s, "0b", 50), 1);
    assert_int_equal(proposed(s, "0f", 49), 0);
    assert_int_equal(ky_db_proposal_count(&count, s, "0b", 50), KY_OK);
    assert_int_equal(count, 1);
    assert_int_equal(ky_db_proposal_purge(s, 50), KY_OK);
    assert_int_equal(proposed(s, NULL, 0), 1);
    assert_int_equal(ky_db_proposal_delete(s, "aa"), KY_OK);
    assert_int_equal(ky_db_proposal_delete(s, "aa"), KY_ENOTFOUND);
}

static void of_two_signatures_at_once_one_is_told_so(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_proposal p;
    assert_int_equal(propose(s, "aa", 1, 100), KY_OK);
    assert_int_equal(ky_db_proposal_sign(s, "aa", KY_BYTES_LIT("0"), KY_BYTES_LIT("1x")), KY_OK);
    assert_int_equal(ky_db_proposal_sign(s, "aa", KY_BYTES_LIT("0"), KY_BYTES_LIT("1y")), KY_ENOTFOUND);
    assert_int_equal(ky_db_proposal_get(&p, &a, s, "aa"), KY_OK);
    assert_true(ky_bytes_eq_str(p.authorisations, "1x"));
    assert_int_equal(ky_db_proposal_get(&p, &a, s, "bb"), KY_ENOTFOUND);
}

static void a_version_has_one_content(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    assert_int_equal(put_device(s, 1, "{1}"), KY_OK);
    assert_int_equal(put_device(s, 1, "{1}"), KY_OK);
    assert_int_equal(put_device(s, 1, "{2}"), KY_EEXIST);
    assert_int_equal(put_device(s, 0, "{0}"), KY_EDENIED);
}

static void no_row_has_two_keys(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_key_blob k = {.key_id = "01",
                               .dossier_id = "0c",
                               .number = 1,
                               .blob = KY_BYTES_LIT("wrapped"),
                               .attestation = KY_BYTES_LIT("{}"),
                               .attestation_signature = HASH("s")};
    assert_int_equal(ky_db_key_blob_insert(s, &k), KY_OK);
    k.key_id = "02";
    assert_int_equal(ky_db_key_blob_insert(s, &k), KY_EEXIST);
    assert_int_equal(ky_db_key_blob_get_by_row(&k, &a, s, "0c", 1), KY_OK);
    assert_string_equal(k.key_id, "01");
    assert_int_equal(ky_db_key_blob_delete(s, "01"), KY_OK);
    assert_int_equal(ky_db_key_blob_get(&k, &a, s, "01"), KY_ENOTFOUND);
}

static struct ky_db_cert cert(const char *serial, int64_t number)
{
    return (struct ky_db_cert){.serial = serial,
                               .dossier_id = "0c",
                               .number = number,
                               .key_id = "01",
                               .owner = "0e",
                               .der = KY_BYTES_LIT("preview")};
}

static void no_row_and_no_serial_has_two_certificates(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    struct ky_db_cert c = cert("77", 1), same_row = cert("78", 1), same_serial = cert("77", 2),
                      no_row = cert("79", 9);
    assert_int_equal(ky_db_cert_insert(s, &c), KY_OK);
    assert_int_equal(ky_db_cert_insert(s, &same_row), KY_EEXIST);
    assert_int_equal(ky_db_cert_insert(s, &same_serial), KY_EEXIST);
    assert_int_equal(ky_db_cert_insert(s, &no_row), KY_EDENIED);
}

static void a_certificate_goes_from_waiting_to_good_to_revoked(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_cert c = cert("77", 1), *list = NULL;
    size_t n = 0;
    c.status = "good";
    assert_int_equal(ky_db_cert_insert(s, &c), KY_OK);
    assert_int_equal(ky_db_cert_get_by_key(&c, &a, s, "01"), KY_ENOTFOUND);
    assert_int_equal(ky_db_cert_list_waiting(&list, &n, &a, s), KY_OK);
    assert_int_equal(n, 1);
    assert_int_equal(ky_db_cert_set_revoked(s, "77", 5, 1), KY_ENOTFOUND);
    assert_int_equal(ky_db_cert_set_good(s, "77", KY_BYTES_LIT("der"), HASH("c")), KY_OK);
    assert_int_equal(ky_db_cert_set_good(s, "77", KY_BYTES_LIT("other"), HASH("d")), KY_ENOTFOUND);
    assert_int_equal(ky_db_cert_get_by_key(&c, &a, s, "01"), KY_OK);
    assert_true(ky_bytes_eq_str(c.der, "der"));
    assert_int_equal(ky_db_cert_get_by_hash(&c, &a, s, HASH("c")), KY_OK);
    assert_int_equal(ky_db_cert_get_by_row(&c, &a, s, "0c", 1), KY_OK);
    assert_int_equal(ky_db_cert_list_owner(&list, &n, &a, s, "0e"), KY_OK);
    assert_int_equal(n, 1);
    assert_int_equal(ky_db_cert_set_revoked(s, "77", 5, 1), KY_OK);
    assert_int_equal(ky_db_cert_set_revoked(s, "77", 6, 4), KY_ENOTFOUND);
    assert_int_equal(ky_db_cert_get(&c, &a, s, "77"), KY_OK);
    assert_string_equal(c.status, "revoked");
    assert_int_equal(c.reason, 1);
}

static void a_superseded_certificate_names_its_successor(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_cert old = cert("77", 1), successor = cert("78", 2);
    struct ky_db_dossier_row *rows = NULL;
    size_t n = 0;
    assert_int_equal(ky_db_cert_insert(s, &old), KY_OK);
    assert_int_equal(ky_db_cert_insert(s, &successor), KY_OK);
    assert_int_equal(ky_db_cert_set_superseded(s, "77", "78", 5), KY_ENOTFOUND);
    assert_int_equal(ky_db_cert_set_good(s, "77", KY_BYTES_LIT("der"), HASH("c")), KY_OK);
    assert_int_equal(ky_db_cert_set_superseded(s, "77", "78", 5), KY_OK);
    assert_int_equal(ky_db_cert_get(&old, &a, s, "77"), KY_OK);
    assert_string_equal(old.status, "revoked");
    assert_string_equal(old.superseded_by, "78");
    assert_int_equal(old.reason, 4);
    assert_int_equal(old.revoked_at, 5);
    assert_int_equal(ky_db_dossier_row_list_about(&rows, &n, &a, s, "77"), KY_OK);
    assert_int_equal(n, 0);
}

static void an_activation_ends_once(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_activation act = {
        .id = "05", .dossier_id = "0c", .number = 1, .key_id = "01", .owner = "0e", .state = "waiting"};
    assert_int_equal(ky_db_activation_insert(s, &act), KY_OK);
    assert_int_equal(ky_db_activation_finish(s, "05", "done"), KY_OK);
    assert_int_equal(ky_db_activation_finish(s, "05", "dead"), KY_ENOTFOUND);
    assert_int_equal(ky_db_activation_get(&act, &a, s, "05"), KY_OK);
    assert_string_equal(act.state, "done");
}

static void the_log_copy_takes_no_gap_and_no_other_entry(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    uint8_t entries[4 * KY_DB_LOG_ENTRY];
    for (size_t i = 0; i < sizeof entries; i++)
        entries[i] = (uint8_t)(i / KY_DB_LOG_ENTRY);
    int64_t highest = -1;
    assert_int_equal(ky_db_log_append(s, 1, 2, KY_BYTES(entries, KY_DB_LOG_ENTRY)), KY_EDENIED);
    assert_int_equal(ky_db_log_append(s, 1, 1, KY_BYTES(entries, 2 * KY_DB_LOG_ENTRY)), KY_OK);
    assert_int_equal(ky_db_log_append(s, 1, 1, KY_BYTES(entries, 3 * KY_DB_LOG_ENTRY)), KY_OK);
    assert_int_equal(ky_db_log_highest(&highest, s, 1), KY_OK);
    assert_int_equal(highest, 3);
    assert_int_equal(ky_db_log_append(s, 1, 2, KY_BYTES(entries, KY_DB_LOG_ENTRY)), KY_EDENIED);
    assert_int_equal(ky_db_log_append(s, 1, 4, KY_BYTES(entries, KY_DB_LOG_ENTRY - 1)), KY_EFORMAT);
    assert_int_equal(ky_db_log_append(s, 1, 4, KY_BYTES_NONE), KY_EFORMAT);
    ky_auto_buf out = ky_buf_init(1 << 20);
    assert_int_equal(ky_db_log_fetch(&out, s, 1, 1), KY_OK);
    assert_true(ky_bytes_eq(ky_buf_bytes(&out), KY_BYTES(entries + KY_DB_LOG_ENTRY, 2 * KY_DB_LOG_ENTRY)));
    assert_int_equal(ky_db_log_highest(&highest, s, 2), KY_OK);
    assert_int_equal(highest, 0);
}

static void the_newest_status_is_given(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_crl crl;
    assert_int_equal(ky_db_crl_get_newest(&crl, &a, s), KY_ENOTFOUND);
    assert_int_equal(ky_db_crl_insert(s, &(struct ky_db_crl){.number = 9, .der = KY_BYTES_LIT("nine")}),
                     KY_OK);
    assert_int_equal(ky_db_crl_insert(s, &(struct ky_db_crl){.number = 7, .der = KY_BYTES_LIT("seven")}),
                     KY_OK);
    assert_int_equal(ky_db_crl_insert(s, &(struct ky_db_crl){.number = 9, .der = KY_BYTES_LIT("again")}),
                     KY_EEXIST);
    assert_int_equal(ky_db_crl_get_newest(&crl, &a, s), KY_OK);
    assert_true(ky_bytes_eq_str(crl.der, "nine"));

    struct ky_db_ocsp o = {.serial = "77", .der = KY_BYTES_LIT("old"), .this_update = 10};
    assert_int_equal(ky_db_ocsp_put(s, &o), KY_OK);
    o.der = KY_BYTES_LIT("new");
    o.this_update = 20;
    assert_int_equal(ky_db_ocsp_put(s, &o), KY_OK);
    assert_int_equal(ky_db_ocsp_get(&o, &a, s, "77", 20), KY_OK);
    assert_true(ky_bytes_eq_str(o.der, "new"));
    assert_int_equal(ky_db_ocsp_get(&o, &a, s, "77", 21), KY_ENOTFOUND);
    assert_int_equal(ky_db_ocsp_delete(s, "77"), KY_OK);
    assert_int_equal(ky_db_ocsp_get(&o, &a, s, "77", 0), KY_ENOTFOUND);
}

static void add_pending(struct ky_store *s, const char *handle, struct ky_bytes hash)
{
    struct ky_db_pending p = {.handle = handle,
                              .client_id = "emr",
                              .owner = "0e",
                              .key_id = "01",
                              .statement = KY_BYTES_LIT("{}"),
                              .statement_hash = hash,
                              .hash_count = 2,
                              .state = "waiting",
                              .expires_at = 100};
    assert_int_equal(ky_db_pending_insert(s, &p), KY_OK);
}

static void a_sign_request_is_answered_once_and_in_time(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_pending p, *list = NULL;
    size_t n = 0;
    add_pending(s, "a1", HASH("1"));
    add_pending(s, "a2", HASH("2"));
    assert_int_equal(ky_db_pending_list(&list, &n, &a, s, "0e", 100), KY_OK);
    assert_int_equal(n, 2);
    assert_int_equal(ky_db_pending_list(&list, &n, &a, s, "0e", 101), KY_OK);
    assert_int_equal(n, 0);
    assert_int_equal(ky_db_pending_authorise(s, "a1", "0d", KY_BYTES_LIT("auth"), 101), KY_ENOTFOUND);
    assert_int_equal(ky_db_pending_authorise(s, "a1", "0d", KY_BYTES_LIT("auth"), 99), KY_OK);
    assert_int_equal(ky_db_pending_authorise(s, "a1", "0d", KY_BYTES_LIT("auth"), 99), KY_ENOTFOUND);
    assert_int_equal(ky_db_pending_reject(s, "a1", "0d", 99), KY_ENOTFOUND);
    assert_int_equal(ky_db_pending_reject(s, "a2", "0d", 99), KY_OK);
    assert_int_equal(ky_db_pending_get(&p, &a, s, "a1"), KY_OK);
    assert_string_equal(p.state, "authorised");
    assert_true(ky_bytes_eq_str(p.authorisations, "auth"));
}

static void a_position_has_one_signature_and_goes_with_its_request(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_signature one = {
        .handle = "a1", .position = 1, .state = "made", .value = KY_BYTES_LIT("sig")};
    struct ky_db_signature zero = {.handle = "a1", .position = 0, .state = "unknown"}, *list = NULL;
    struct ky_db_pending p;
    size_t n = 0;
    add_pending(s, "a1", HASH("1"));
    assert_int_equal(ky_db_signature_insert(s, &one), KY_OK);
    assert_int_equal(ky_db_signature_insert(s, &one), KY_EEXIST);
    assert_int_equal(ky_db_signature_insert(s, &zero), KY_OK);
    assert_int_equal(ky_db_signature_list(&list, &n, &a, s, "a1"), KY_OK);
    assert_int_equal(n, 2);
    assert_null(list[0].value.p);
    assert_true(ky_bytes_eq_str(list[1].value, "sig"));
    assert_int_equal(ky_db_sad_insert(s, HASH("t"), "a1", 100), KY_OK);
    assert_int_equal(ky_db_sad_get(&p, &a, s, HASH("t"), 99), KY_OK);
    assert_string_equal(p.handle, "a1");
    assert_int_equal(ky_db_sad_get(&p, &a, s, HASH("t"), 100), KY_ENOTFOUND);
    assert_int_equal(ky_db_pending_purge(s, 100), KY_OK);
    assert_int_equal(ky_db_sad_get(&p, &a, s, HASH("t"), 99), KY_OK);
    assert_int_equal(ky_db_pending_purge(s, 101), KY_OK);
    assert_int_equal(ky_db_sad_get(&p, &a, s, HASH("t"), 99), KY_ENOTFOUND);
    assert_int_equal(ky_db_signature_list(&list, &n, &a, s, "a1"), KY_OK);
    assert_int_equal(n, 0);
}

static void messages_come_when_due_until_sent_or_given_up(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_outbox m = {.id = "01",
                             .about = "received/0c",
                             .template = "received",
                             .channel = "email",
                             .sealed_message = KY_BYTES_LIT("x"),
                             .state = "waiting",
                             .next_try = 10};
    struct ky_db_outbox again = m, *list = NULL;
    size_t n = 0;
    again.id = "02";
    assert_int_equal(ky_db_outbox_put(s, &m), KY_OK);
    assert_int_equal(ky_db_outbox_put(s, &again), KY_OK);
    assert_int_equal(ky_db_outbox_get(&again, &a, s, "02"), KY_ENOTFOUND);
    assert_int_equal(ky_db_outbox_list_due(&list, &n, &a, s, 9, 10), KY_OK);
    assert_int_equal(n, 0);
    assert_int_equal(ky_db_outbox_list_due(&list, &n, &a, s, 10, 10), KY_OK);
    assert_int_equal(n, 1);
    assert_int_equal(ky_db_outbox_set_failed(s, "01", "no route", 70), KY_OK);
    assert_int_equal(ky_db_outbox_get(&m, &a, s, "01"), KY_OK);
    assert_string_equal(m.last_error, "no route");
    assert_int_equal(m.attempts, 1);
    assert_string_equal(m.state, "waiting");
    assert_int_equal(ky_db_outbox_set_failed(s, "01", "no route", 0), KY_OK);
    assert_int_equal(ky_db_outbox_list_due(&list, &n, &a, s, 1000, 10), KY_OK);
    assert_int_equal(n, 0);
    assert_int_equal(ky_db_outbox_set_sent(s, "01"), KY_OK);
    assert_int_equal(ky_db_outbox_get(&m, &a, s, "01"), KY_OK);
    assert_string_equal(m.state, "sent");
}

static void letters_keep_their_number(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_letter l = {.number = 41,
                             .kind = "activation-mail",
                             .channel = "email",
                             .sealed = KY_BYTES_LIT("box"),
                             .state = "waiting"},
                        *list = NULL;
    size_t n = 0;
    assert_int_equal(ky_db_letter_insert(s, &l), KY_OK);
    assert_int_equal(ky_db_letter_insert(s, &l), KY_EEXIST);
    assert_int_equal(ky_db_letter_set_failed(s, 41, "no route", 50), KY_OK);
    assert_int_equal(ky_db_letter_list_due(&list, &n, &a, s, 50, 10), KY_OK);
    assert_int_equal(n, 1);
    assert_int_equal(list[0].number, 41);
    assert_int_equal(ky_db_letter_set_sent(s, 41), KY_OK);
    assert_int_equal(ky_db_letter_list_due(&list, &n, &a, s, 50, 10), KY_OK);
    assert_int_equal(n, 0);
}

int main(void)
{
#define FILLED(f) cmocka_unit_test_setup_teardown(f, open_filled, tempdb_close)
    const struct CMUnitTest tests[] = {
        FILLED(the_highest_version_is_current),
        FILLED(an_organisation_has_the_seals_that_were_registered_for_it),
        FILLED(credentials_are_listed_by_their_record),
        FILLED(proposals_wait_until_they_expire),
        FILLED(of_two_signatures_at_once_one_is_told_so),
        FILLED(a_version_has_one_content),
        FILLED(no_row_has_two_keys),
        FILLED(no_row_and_no_serial_has_two_certificates),
        FILLED(a_certificate_goes_from_waiting_to_good_to_revoked),
        FILLED(a_superseded_certificate_names_its_successor),
        FILLED(an_activation_ends_once),
        FILLED(the_log_copy_takes_no_gap_and_no_other_entry),
        FILLED(the_newest_status_is_given),
        FILLED(a_sign_request_is_answered_once_and_in_time),
        FILLED(a_position_has_one_signature_and_goes_with_its_request),
        FILLED(messages_come_when_due_until_sent_or_given_up),
        FILLED(letters_keep_their_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
