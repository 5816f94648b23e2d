/*
 * Renewal, change and revocation from the clerk's list to the dead key: the real service over HTTPS, with web killed
 * on the way, with what an organisation must not do, and with a revocation that nobody answers.
 */
#include "tests/process/filing_world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/file.h"

#define WAIT_MS 30000
#define TEACHERS 8

static char first[64];                 /* dossier that issued to all of them, rows 1 to TEACHERS */
static char serials[TEACHERS + 1][40]; /* of the certificates that they have now */

static json_t *teacher(int i)
{
    char identity[16], email[64], phone[16];
    snprintf(identity, sizeof identity, "0511910123%02d", i);
    snprintf(email, sizeof email, "gv%d@quangngai.edu.vn", i);
    snprintf(phone, sizeof phone, "09120000%02d", i);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:b}", "identity", identity, "name",
                     "Nguyễn Thị Minh Hằng", "title", "Giáo viên", "unit", "Tổ Toán", "email", email, "phone",
                     phone, "sector", "education", "authority", 0, "finance", 0, "phone_own", 1);
}

static void note_cert(int i, const char *dossier, int64_t row)
{
    ky_auto_arena a = ky_arena_init(1 << 20);
    struct ky_db_cert cert;
    filing_cert(&cert, &a, dossier, row);
    snprintf(serials[i], sizeof serials[i], "%s", cert.serial);
}

/* What the phone's enrolment does to a row (test_web has the whole of it): they sign already. */
static void all_have_devices(void)
{
    ky_auto_store s = NULL;
    assert_ok(filing_store(&s));
    assert_ok(ky_store_begin(s, KY_STORE_WRITE));
    assert_ok(ky_store_exec(s, "UPDATE dossier_row SET state = 'active' WHERE dossier_id = $1 AND number < 8",
                            KY_PARAMS(ky_value_text(first))));
    assert_ok(ky_store_commit(s));
}

static int set_up(void **state)
{
    json_t *rows = json_array();
    if (filing_set_up(state) != 0)
        return -1;
    for (int i = 1; i <= TEACHERS; i++)
        json_array_append_new(rows, teacher(i));
    filing_whole(first, "new", rows, "activating");
    for (int i = 1; i <= TEACHERS; i++)
        note_cert(i, first, i);
    all_have_devices();
    return 0;
}

static json_t *renewal(int i, bool same_key)
{
    return json_pack("{s:s, s:b}", "serial", serials[i], "same_key", same_key);
}

static json_t *revocation(const char *serial, const char *ground)
{
    return json_pack("{s:s, s:s, s:s, s:s}", "serial", serial, "ground", ground, "happened_on", "02/11/2025",
                     "remark", "Mất điện thoại");
}

static void assert_replaced(int i, const char *dossier, int64_t row, bool same_key)
{
    ky_auto_arena a = ky_arena_init(1 << 20);
    struct ky_db_cert old, new;
    filing_cert(&old, &a, first, i);
    filing_cert(&new, &a, dossier, row);
    assert_string_equal(old.status, "revoked");
    assert_int_equal(old.reason, KY_REASON_SUPERSEDED);
    assert_string_equal(old.superseded_by, new.serial);
    assert_string_equal(new.status, "good");
    assert_string_equal(new.owner, old.owner);
    assert_int_equal(filing_ocsp(&old), KY_OCSP_REVOKED);
    assert_int_equal(filing_ocsp(&new), KY_OCSP_GOOD);
    assert_true(filing_key_is_dead(old.key_id));
    assert_false(filing_key_is_dead(new.key_id));
    ky_auto_cert before = NULL;
    ky_auto_cert after = NULL;
    assert_ok(ky_cert_parse(&before, old.der));
    assert_ok(ky_cert_parse(&after, new.der));
    assert_int_equal(ky_bytes_eq(before->spki, after->spki), same_key);
}

static void wait_mails(const char *address, int wanted)
{
    int n = 0;
    for (int64_t end = ky_deadline_in(WAIT_MS); ky_mono_ms() < end && n < wanted; usleep(100000))
        n = filing_mails(address);
    assert_int_equal(n, wanted);
}

/* ---- the ways ---- */

static void a_renewal_replaces_certificate_and_key(void **state)
{
    (void)state;
    char id[64];
    filing_whole(id, "renew", json_pack("[o, o]", renewal(1, true), renewal(2, false)), "done");
    assert_replaced(1, id, 1, true);
    assert_replaced(2, id, 2, false);
    wait_mails("gv1@quangngai.edu.vn", 2); /* account letter, renewal */
    note_cert(1, id, 1);
}

static void a_change_keeps_the_end_and_says_what_was(void **state)
{
    (void)state;
    char id[64];
    ky_auto_arena a = ky_arena_init(1 << 20);
    struct ky_db_cert old, new;
    ky_auto_cert cert = NULL;
    filing_whole(id, "change",
                 json_pack("[{s:s, s:b, s:s, s:s}]", "serial", serials[3], "same_key", 1, "unit",
                           "Tổ Tin học", "email", "gv3.moi@quangngai.edu.vn"),
                 "done");
    assert_replaced(3, id, 1, true);
    filing_cert(&old, &a, first, 3);
    filing_cert(&new, &a, id, 1);
    assert_int_equal(old.not_after, new.not_after);
    assert_ok(ky_cert_parse(&cert, new.der));
    assert_string_equal(cert->email, "gv3.moi@quangngai.edu.vn");
    ky_auto_json d = filing_get(id);
    const json_t *person = json_object_get(json_array_get(json_object_get(d, "rows"), 0), "person");
    assert_string_equal(filing_text(person, "change"), "employer");
    assert_non_null(strstr(filing_text(person, "was"), "Tổ Toán"));
    assert_non_null(strstr(filing_text(person, "becomes"), "Tổ Tin học"));
    wait_mails("gv3@quangngai.edu.vn", 2); /* account letter; the old address hears of it too */
    wait_mails("gv3.moi@quangngai.edu.vn", 1);
}

static void a_revocation_ends_certificate_and_key_through_a_kill(void **state)
{
    (void)state;
    ky_auto_arena a = ky_arena_init(1 << 20);
    struct ky_db_cert cert;
    ky_auto_json created = filing_create(
        CLERK, "revoke",
        json_pack("[o, o]", revocation(serials[4], "device_lost"), revocation(serials[5], "left")));
    const char *id = filing_text(created, "id");
    filing_submit(id);
    ky_auto_json received = filing_get(id);
    assert_string_equal(filing_text(received, "state"), "received"); /* by machine */
    filing_act(EXAMINER, id, "examine", NULL);
    assert_int_equal(filing_approve(id, NULL), 202);
    kill(realm_pid(&filing_realm, "web.0"), SIGKILL);
    filing_wait(id, "done");
    for (int i = 4; i <= 5; i++) {
        filing_cert(&cert, &a, first, i);
        assert_string_equal(cert.status, "revoked");
        assert_int_equal(cert.reason, i == 4 ? KY_REASON_KEY_COMPROMISE : KY_REASON_CESSATION);
        assert_int_equal(filing_ocsp(&cert), KY_OCSP_REVOKED);
        assert_true(filing_key_is_dead(cert.key_id));
    }
    assert_int_equal(filing_approve(id, NULL), 403); /* once */
    wait_mails("gv4@quangngai.edu.vn", 2);
}

static void a_renewal_goes_on_where_web_was_killed(void **state)
{
    (void)state;
    ky_auto_json created = filing_create(CLERK, "renew", json_pack("[o]", renewal(6, true)));
    char id[64];
    snprintf(id, sizeof id, "%s", filing_text(created, "id"));
    filing_submit(id);
    filing_examine(id);
    assert_int_equal(filing_approve(id, NULL), 202);
    kill(realm_pid(&filing_realm, "web.0"), SIGKILL);
    filing_wait(id, "done");
    assert_replaced(6, id, 1, true);
    note_cert(6, id, 1);
}

/* Who has no device yet is sent the account letter again, for the new credential. */
static void who_never_activated_gets_her_letter_again(void **state)
{
    (void)state;
    char id[64];
    filing_whole(id, "renew", json_pack("[o]", renewal(8, true)), "activating");
    wait_mails("gv8@quangngai.edu.vn", 3);
}

/* ---- many at once ---- */

#define CROWD 35 /* more than one message takes */
static char crowd[64];

static json_t *colleague(int i)
{
    char identity[16], email[64], phone[16];
    snprintf(identity, sizeof identity, "0511910456%02d", i);
    snprintf(email, sizeof email, "dn%d@quangngai.edu.vn", i);
    snprintf(phone, sizeof phone, "09130000%02d", i);
    json_t *p = teacher(0);
    json_object_set_new(p, "identity", json_string(identity));
    json_object_set_new(p, "email", json_string(email));
    json_object_set_new(p, "phone", json_string(phone));
    return p;
}

static void certificate_of(char serial[40], char key[40], const char *dossier, int row)
{
    ky_auto_arena a = ky_arena_init(1 << 20);
    struct ky_db_cert cert;
    filing_cert(&cert, &a, dossier, row);
    snprintf(serial, 40, "%s", cert.serial);
    snprintf(key, 40, "%s", cert.key_id);
}

/* Those of one day end together; another day's are approved apart. */
static void a_change_is_approved_end_by_end(void **state)
{
    (void)state;
    char id[64], serial[40], key[40];
    int64_t left = -1;
    json_t *rows = json_array();
    for (int i = 1; i <= CROWD; i++)
        json_array_append_new(rows, colleague(i));
    machine_wait(filing_realm.machine, KY_HOUR);
    filing_whole(crowd, "new", rows, "activating");
    certificate_of(serial, key, crowd, 1);
    ky_auto_json created = filing_create(CLERK, "change",
                                         json_pack("[{s:s, s:s}, {s:s, s:s}]", "serial", serials[7], "unit",
                                                   "Tổ Văn", "serial", serial, "unit", "Tổ Sử"));
    snprintf(id, sizeof id, "%s", filing_text(created, "id"));
    filing_submit(id);
    filing_examine(id);
    assert_int_equal(filing_approve(id, &left), 202);
    assert_int_equal(left, 1);
    filing_wait(id, "approved");
    assert_int_equal(filing_approve(id, &left), 202);
    assert_int_equal(left, 0);
    filing_wait(id, "activating"); /* the second has no device */
    ky_auto_arena a = ky_arena_init(1 << 20);
    struct ky_db_cert old, new;
    filing_cert(&old, &a, first, 7);
    filing_cert(&new, &a, id, 1);
    assert_int_equal(old.not_after, new.not_after);
    note_cert(7, id, 1);
}

/* In the second message one credential is locked by then. */
static void one_locked_account_does_not_hold_the_others(void **state)
{
    (void)state;
    char id[64], serial[40], key[40];
    json_t *rows = json_array();
    for (int i = 2; i <= CROWD; i++) {
        certificate_of(serial, key, crowd, i);
        json_array_append_new(rows, json_pack("{s:s, s:b}", "serial", serial, "same_key", i % 2));
    }
    filing_lock(key);
    filing_whole(id, "renew", rows, "activating");
    ky_auto_json d = filing_get(id);
    const json_t *list = json_object_get(d, "rows");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *row = json_array_get(list, i);
        bool last = i + 1 == json_array_size(list);
        assert_string_equal(filing_text(row, "state"), last ? "refused" : "activating");
        if (last)
            assert_non_null(strstr(filing_text(row, "reason"), "lock"));
    }
    ky_auto_arena a = ky_arena_init(1 << 20);
    struct ky_db_cert kept;
    filing_cert(&kept, &a, crowd, CROWD);
    assert_string_equal(kept.status, "good");
}

/* And all of them end: the locked one as well. */
static void they_all_end_in_one_dossier(void **state)
{
    (void)state;
    char id[64], serial[40], key[40];
    json_t *rows = json_array();
    ky_auto_store s = NULL;
    int64_t revoked = 0;
    assert_ok(filing_store(&s));
    ky_auto_rows found = {.store = NULL};
    bool have = true;
    assert_ok(ky_store_query(&found, s,
                             "SELECT serial FROM certificate WHERE status = 'good' AND dossier_id IN"
                             " (SELECT dossier_id FROM dossier_row WHERE old_serial IN (SELECT serial FROM"
                             " certificate WHERE dossier_id = $1)) ORDER BY serial",
                             KY_PARAMS(ky_value_text(crowd))));
    assert_ok(ky_rows_next(&found, &have));
    while (have) {
        struct ky_bytes v = ky_rows_bytes(&found, 0);
        snprintf(serial, sizeof serial, "%.*s", (int)v.n, (const char *)v.p);
        if (strcmp(serial, serials[7]) != 0)
            json_array_append_new(rows, revocation(serial, "body"));
        assert_ok(ky_rows_next(&found, &have));
    }
    ky_rows_close(&found);
    assert_int_equal(json_array_size(rows), CROWD - 1);
    certificate_of(serial, key, crowd, CROWD);
    json_array_append_new(rows, revocation(serial, "body"));
    filing_whole(id, "revoke", rows, "done");
    assert_ok(ky_store_query_int(
        &revoked, s, "SELECT count(*) FROM dossier_row WHERE dossier_id = $1 AND state = 'revoked'",
        KY_PARAMS(ky_value_text(id))));
    assert_int_equal(revoked, CROWD);
    assert_true(filing_key_is_dead(key));
    filing_wait(crowd, "done"); /* nobody is left who could still activate her first credential */
}

/* ---- what is refused ---- */

static void rows_are_refused_one_by_one(void **state)
{
    (void)state;
    static const char unknown[] = "00112233445566778899aabbccddeeff";
    char upper[40];
    for (size_t i = 0; i <= 32; i++)
        upper[i] = (char)(serials[7][i] >= 'a' ? serials[7][i] - 32 : serials[7][i]);
    static const char *const wanted[] = {"CERT_ENDED", "CERT_TIMES",  "CERT_UNKNOWN", "SERIAL_FORM",
                                         "EMAIL_KEPT", "PERSON_KEPT", "FINANCE",      "SAME_KEY",
                                         "",           "CERT_TWICE"};
    ky_auto_json answer = filing_create(
        CLERK, "renew",
        json_pack("[o, o, {s:s}, {s:s}, {s:s, s:s}, {s:s, s:s}, {s:s, s:b}, {s:s, s:b, s:s}, {s:s}, {s:s}]",
                  renewal(4, true), renewal(6, true), "serial", unknown, "serial", "số", "serial", serials[7],
                  "email", "khac@quangngai.edu.vn", "serial", serials[7], "name", "Trần Thị Khác", "serial",
                  serials[7], "finance", 1, "serial", serials[7], "same_key", 1, "key", "rsa2048", "serial",
                  upper, "serial", serials[7]));
    for (size_t i = 0; i < KY_COUNT(wanted); i++)
        assert_string_equal(filing_refusal(answer, i), wanted[i]);
    /* And while that one is open: */
    ky_auto_json again =
        filing_create(CLERK, "change", json_pack("[{s:s, s:s}]", "serial", serials[7], "unit", "Tổ Lý"));
    assert_string_equal(filing_refusal(again, 0), "CERT_TAKEN");
    ky_auto_json revoke =
        filing_create(CLERK, "revoke",
                      json_pack("[o, o, {s:s, s:s}, {s:s, s:s, s:s}]", revocation(serials[7], "proceedings"),
                                revocation(serials[7], "nonsense"), "serial", serials[7], "ground", "left",
                                "serial", serials[7], "ground", "left", "happened_on", "31/02/2026"));
    assert_string_equal(filing_refusal(revoke, 0), "GROUND_NOT_YOURS");
    assert_string_equal(filing_refusal(revoke, 1), "CHOICE");
    assert_string_equal(filing_refusal(revoke, 2), ""); /* a renewal that lies about does not hold it up */
    assert_string_equal(filing_refusal(revoke, 3), "DATE_IMPOSSIBLE");
    filing_act(CLERK, filing_text(revoke, "id"), "withdraw", NULL);
    filing_act(CLERK, filing_text(answer, "id"), "withdraw", NULL);
    ky_auto_json nothing =
        filing_create(CLERK, "change", json_pack("[{s:s, s:s}]", "serial", serials[7], "title", "Tổ trưởng"));
    assert_string_equal(filing_refusal(nothing, 0), "NO_CHANGE");
}

static void anothers_certificate_looks_like_none(void **state)
{
    (void)state;
    static const char unknown[] = "00112233445566778899aabbccddeeff";
    ky_auto_json theirs =
        filing_create(OTHER_CLERK, "revoke",
                      json_pack("[o, o]", revocation(serials[7], "left"), revocation(unknown, "left")));
    assert_string_equal(filing_refusal(theirs, 0), "CERT_UNKNOWN");
    assert_string_equal(filing_refusal(theirs, 1), "CERT_UNKNOWN");
    const json_t *a = json_object_get(json_array_get(json_object_get(theirs, "people"), 0), "row");
    assert_int_equal(json_integer_value(a), 0);
    ky_auto_json renew = filing_create(OTHER_CLERK, "renew", json_pack("[o]", renewal(7, true)));
    assert_string_equal(filing_refusal(renew, 0), "CERT_UNKNOWN");
}

/* What the server knows is not taken from outside. */
static void nobody_slips_in_what_the_record_says(void **state)
{
    (void)state;
    ky_auto_json body =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:[{s:s, s:{s:s, s:I}}]}", "procedure", "renew",
                  "recipient_name", "Lê Thị Tiếp", "recipient_channel", "email", "recipient_email",
                  "tiep@quangngai.gov.vn", "recipient_phone", "0912345678", "people", "serial", serials[7],
                  "old", "serial", serials[7], "not_after", (json_int_t)4102444800);
    assert_int_equal(filing_call(NULL, CLERK, "POST", body, "/api/v1/dossiers"), 400);
    ky_auto_json person = teacher(20);
    json_object_set_new(person, "serial", json_string(serials[7]));
    ky_auto_json as_new =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:[O]}", "procedure", "new", "recipient_name", "Lê Thị Tiếp",
                  "recipient_channel", "email", "recipient_email", "tiep@quangngai.gov.vn", "recipient_phone",
                  "0912345678", "people", person);
    assert_int_equal(filing_call(NULL, CLERK, "POST", as_new, "/api/v1/dossiers"), 400);
}

/* ---- the command line ---- */

static int create_by_command(const char *options)
{
    char command[1024], file[128];
    snprintf(file, sizeof file, "%s/dossier.json", filing_realm.dir);
    assert_ok(
        ky_file_write(file,
                      KY_BYTES_LIT("{\"recipient_name\":\"Lê Thị Tiếp\",\"recipient_channel\":\"email\","
                                   "\"recipient_email\":\"tiep@quangngai.gov.vn\",\"recipient_phone\":"
                                   "\"0912345678\"}"),
                      0600));
    snprintf(
        command, sizeof command,
        "KYSO_TOKEN=%s %s/kyso dossier create --server https://127.0.0.1:%u --cacert %s/tls.pem --from %s %s",
        filing_token(CLERK), getenv("KYSO_BIN"), filing_realm.https_port, filing_realm.dir, file, options);
    int status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void the_command_files_what_is_about_certificates(void **state)
{
    (void)state;
    char good[256], refused[256], wrong[256];
    snprintf(good, sizeof good, "--procedure revoke --serial %s --ground left --happened 02/11/2025",
             serials[7]);
    snprintf(refused, sizeof refused, "--procedure renew --same-key --serial %s", serials[4]);
    snprintf(wrong, sizeof wrong, "--procedure new --serial %s", serials[7]);
    assert_int_equal(create_by_command(good), 0);
    assert_int_equal(create_by_command(refused), 3); /* it has ended */
    assert_int_equal(create_by_command(wrong), 1);
    ky_auto_json list = NULL;
    size_t i, found = 0;
    json_t *made;
    assert_int_equal(filing_call(&list, CLERK, "GET", NULL, "/api/v1/dossiers?state=draft"), 200);
    json_array_foreach(json_object_get(list, "dossiers"), i, made)
    {
        if (strcmp(filing_text(made, "procedure"), "revoke") != 0)
            continue;
        filing_act(CLERK, filing_text(made, "id"), "withdraw", NULL);
        found++;
    }
    assert_int_equal(found, 1);
}

/* ---- nobody answers ---- */

static void wait_hours(int64_t hours)
{
    machine_wait(filing_realm.machine, hours * KY_HOUR);
}

static void an_unanswered_revocation_happens_at_hour_10_at_night(void **state)
{
    (void)state;
    ky_auto_arena a = ky_arena_init(1 << 20);
    struct ky_db_cert cert;
    ky_time day = ky_time_of_day_vn(ky_time_day_vn(ky_now()) + 1);
    machine_wait(filing_realm.machine,
                 day + 17 * KY_HOUR - ky_now()); /* filed at 17:00, due to happen at 03:00 */
    ky_auto_json created =
        filing_create(CLERK, "revoke", json_pack("[o]", revocation(serials[7], "key_exposed")));
    const char *id = filing_text(created, "id");
    filing_submit(id);
    ky_auto_store s = NULL;
    assert_ok(filing_store(&s));
    assert_ok(ky_db_cert_get(&cert, &a, s, serials[7]));
    wait_hours(9);
    usleep(1000000);
    assert_int_equal(filing_ocsp(&cert), KY_OCSP_GOOD);
    ky_auto_json before = filing_get(id);
    assert_string_equal(filing_text(before, "state"), "received");
    wait_hours(1);
    machine_wait(filing_realm.machine, KY_MINUTE);
    filing_wait(id, "done");
    assert_int_equal(filing_ocsp(&cert), KY_OCSP_REVOKED);
    assert_true(filing_key_is_dead(cert.key_id));
    ky_auto_json after = filing_get(id);
    const json_t *events = json_object_get(after, "events");
    const json_t *last = json_array_get(events, json_array_size(events) - 1);
    assert_string_equal(filing_text(last, "action"), "overdue");
    assert_null(json_object_get(last, "staff"));
    const json_t *row = json_array_get(json_object_get(after, "rows"), 0);
    assert_string_equal(filing_text(row, "state"), "revoked");
    assert_int_equal(filing_approve(id, NULL), 403); /* an officer comes too late */
    wait_mails("gv7@quangngai.edu.vn", 3);           /* account letter, change, this */
}

static int64_t watched(void)
{
    int64_t n = -1;
    ky_auto_store s = NULL;
    assert_ok(filing_store(&s));
    assert_ok(ky_store_query_int(&n, s, "SELECT count(*) FROM revocation_watch", KY_NO_PARAMS));
    return n;
}

static ky_ocsp_status status_of(const char *serial)
{
    ky_auto_arena a = ky_arena_init(1 << 20);
    struct ky_db_cert cert;
    ky_auto_store s = NULL;
    assert_ok(filing_store(&s));
    assert_ok(ky_db_cert_get(&cert, &a, s, serial));
    return filing_ocsp(&cert);
}

static void file_revocation(char id[64], const char *serial, const char *ground)
{
    ky_auto_json created = filing_create(CLERK, "revoke", json_pack("[o]", revocation(serial, ground)));
    snprintf(id, 64, "%s", filing_text(created, "id"));
    filing_submit(id);
}

static void what_an_officer_refused_never_happens_by_itself(void **state)
{
    (void)state;
    char id[64];
    file_revocation(id, serials[6], "left");
    filing_refuse(id, "Không đủ căn cứ");
    filing_wait(id, "refused");
    wait_hours(11);
    for (int64_t end = ky_deadline_in(WAIT_MS); ky_mono_ms() < end && watched() > 0;)
        usleep(100000);
    assert_int_equal(watched(), 0);
    assert_int_equal(status_of(serials[6]), KY_OCSP_GOOD);
}

/* The hour stands while the organisation has to answer, also through a restart. */
static void the_hour_moves_while_an_addition_is_waited_for(void **state)
{
    (void)state;
    char id[64];
    file_revocation(id, serials[6], "left");
    wait_hours(2);
    filing_act(EXAMINER, id, "examine", NULL);
    filing_act(EXAMINER, id, "ask", "Đề nghị nêu rõ ngày nghỉ việc");
    wait_hours(20);
    kill(realm_pid(&filing_realm, "web.0"), SIGKILL);
    filing_wait(id, "incomplete");
    filing_act(CLERK, id, "supplement", "Nghỉ việc từ 01/11/2025");
    wait_hours(7);
    usleep(2 * 1000000);
    assert_int_equal(status_of(serials[6]), KY_OCSP_GOOD);
    filing_wait(id, "supplemented");
    wait_hours(1);
    machine_wait(filing_realm.machine, 2 * KY_MINUTE);
    filing_wait(id, "done");
    assert_int_equal(status_of(serials[6]), KY_OCSP_REVOKED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_renewal_replaces_certificate_and_key),
        cmocka_unit_test(a_change_keeps_the_end_and_says_what_was),
        cmocka_unit_test(a_revocation_ends_certificate_and_key_through_a_kill),
        cmocka_unit_test(a_renewal_goes_on_where_web_was_killed),
        cmocka_unit_test(who_never_activated_gets_her_letter_again),
        cmocka_unit_test(a_change_is_approved_end_by_end),
        cmocka_unit_test(one_locked_account_does_not_hold_the_others),
        cmocka_unit_test(they_all_end_in_one_dossier),
        cmocka_unit_test(rows_are_refused_one_by_one),
        cmocka_unit_test(anothers_certificate_looks_like_none),
        cmocka_unit_test(nobody_slips_in_what_the_record_says),
        cmocka_unit_test(the_command_files_what_is_about_certificates),
        cmocka_unit_test(an_unanswered_revocation_happens_at_hour_10_at_night),
        cmocka_unit_test(what_an_officer_refused_never_happens_by_itself),
        cmocka_unit_test(the_hour_moves_while_an_addition_is_waited_for),
    };
    return cmocka_run_group_tests(tests, set_up, filing_tear_down);
}
