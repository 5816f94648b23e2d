/*
 * What the console, the board, the figures and the public addresses show of a dossier that was filed, decided and
 * issued: two teachers of one school, who have not activated yet. Over HTTPS.
 */
#include "tests/process/filing_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/org.h"
#include "domain/tracking.h"
#include "tests/support/bodies.h"

static char dossier_id[64];
static char school[KY_NEW_ID_TEXT];

/* One of filing_world, or nobody: FILING_PEOPLE. */
static struct https as(size_t who)
{
    const char *token = who == FILING_PEOPLE ? NULL : filing_token(who);
    return (struct https){.port = filing_realm.https_port, .token = token};
}

static json_t *teacher(const char *identity, const char *email, const char *phone)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:b}", "identity", identity, "name",
                     "Nguyễn Thị Minh Hằng", "title", "Giáo viên", "email", email, "phone", phone, "sector",
                     "education", "authority", 0, "finance", 0, "phone_own", 1);
}

static int set_up(void **state)
{
    if (filing_set_up(state) != 0)
        return -1;
    json_t *rows = json_pack("[o, o]", teacher("051191012345", "hang@quangngai.edu.vn", "0912000111"),
                             teacher("051191012346", "hang2@quangngai.edu.vn", "0912000112"));
    filing_whole(dossier_id, "new", rows, "activating");
    ky_auto_json shown = filing_get(dossier_id);
    snprintf(school, sizeof school, "%s", filing_text(shown, "org"));
    return 0;
}

/* ---- what the console shows of it ---- */

static size_t count_listed(size_t who, const char *list, const char *path)
{
    const struct https to = as(who);
    ky_auto_json answer = NULL;
    assert_int_equal(https_call(&answer, &to, "GET", NULL, "/api/v1/%s", path), 200);
    return json_array_size(json_object_get(answer, list));
}

static void finds_certificates_and_dossiers_by_words(void **state)
{
    (void)state;
    static const struct {
        const char *question;
        size_t certificates, dossiers;
    } cases[] = {
        {"?q=hang", 2, 1},
        {"?q=Nguy%E1%BB%85n%20Th%E1%BB%8B%20Minh%20H%E1%BA%B1ng", 2, 1},
        {"?q=minh%20nguyen%20quang%20ng", 2, 1},
        {"?q=051191012345", 1, 1},
        {"?q=051191099999", 0, 0},
        {"?q=nobody", 0, 0},
        {"?q=hang&limit=1", 1, 1},
        {"?limit=1", 1, 1},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        char path[160];
        static const size_t people[] = {CLERK, OFFICER};
        for (size_t k = 0; k < KY_COUNT(people); k++) {
            snprintf(path, sizeof path, "certificates%s", cases[i].question);
            if (count_listed(people[k], "certificates", path) != cases[i].certificates)
                fail_msg("%s", path);
            snprintf(path, sizeof path, "dossiers%s", cases[i].question);
            if (count_listed(people[k], "dossiers", path) != cases[i].dossiers)
                fail_msg("%s", path);
        }
    }
    const struct https to = as(CLERK);
    static const char *const wrong[] = {"certificates?q=%2C%2C",
                                        "certificates?state=none",
                                        "certificates?org=1",
                                        "certificates?q=hang&sort=expiry",
                                        "dossiers?q=hang&sort=due",
                                        "certificates?q=a%20b%20c%20d%20e%20f%20g%20h%20i",
                                        "certificates?sort=expiry&state=revoked"};
    for (size_t i = 0; i < KY_COUNT(wrong); i++)
        assert_in_range(https_call(NULL, &to, "GET", NULL, "/api/v1/%s", wrong[i]), 400, 413);
}

static void shows_certificates_in_every_order_and_one_in_full(void **state)
{
    (void)state;
    const struct https to = as(CLERK);
    char path[160];
    ky_auto_json list = NULL;
    ky_auto_json one = NULL;
    ky_auto_json rest = NULL;
    assert_int_equal(count_listed(CLERK, "certificates", "certificates?sort=expiry"), 2);
    assert_int_equal(count_listed(OFFICER, "certificates", "certificates?sort=expiry"), 2);
    assert_int_equal(count_listed(CLERK, "certificates", "certificates?state=good"), 2);
    assert_int_equal(count_listed(CLERK, "certificates", "certificates?state=expired"), 0);
    assert_int_equal(count_listed(CLERK, "certificates", "certificates?state=revoked"), 0);
    assert_int_equal(count_listed(CLERK, "certificates", "certificates?expires_before=1"), 0);
    snprintf(path, sizeof path, "certificates?org=%s", school);
    assert_int_equal(count_listed(OFFICER, "certificates", path), 2);
    assert_int_equal(https_call(&list, &to, "GET", NULL, "/api/v1/certificates?limit=1&sort=expiry"), 200);
    const char *serial = filing_text(json_array_get(json_object_get(list, "certificates"), 0), "serial");
    assert_int_equal(https_call(&rest, &to, "GET", NULL, "/api/v1/certificates?limit=1&sort=expiry&after=%s",
                                filing_text(list, "next")),
                     200);
    const json_t *second = json_array_get(json_object_get(rest, "certificates"), 0);
    assert_string_not_equal(filing_text(second, "serial"), serial);
    assert_int_equal(https_call(&one, &to, "GET", NULL, "/api/v1/certificates/%s", serial), 200);
    assert_string_equal(filing_text(one, "state"), "good");
    assert_string_equal(filing_text(one, "title"), "Giáo viên");
    assert_string_equal(filing_text(one, "org_name"), REALM_ORG_NAME);
    assert_ptr_equal(strstr(filing_text(one, "pem"), "-----BEGIN CERTIFICATE-----"), filing_text(one, "pem"));
    snprintf(path, sizeof path, "certificates?q=%.8s", serial);
    assert_true(count_listed(OFFICER, "certificates", path) >= 1);
    assert_int_equal(count_listed(CLERK, "subscribers", "subscribers?activation=waiting"), 2);
    assert_int_equal(count_listed(CLERK, "subscribers", "subscribers?activation=expired"), 0);
}

/* ---- what needs no log-in ---- */

static void shows_where_a_dossier_is_to_whoever_has_its_code(void **state)
{
    (void)state;
    const struct https clerk = as(CLERK), anyone = as(FILING_PEOPLE),
                       stranger = {.port = filing_realm.https_port, .from = "127.0.0.9"};
    char code[32];
    ky_auto_json dossier = NULL;
    ky_auto_json shown = NULL;
    assert_int_equal(https_call(&dossier, &clerk, "GET", NULL, "/api/v1/dossiers/%s", dossier_id), 200);
    snprintf(code, sizeof code, "%s", filing_text(dossier, "tracking"));
    assert_int_equal(https_call(&shown, &anyone, "GET", NULL, "/api/v1/status/%s", code), 200);
    assert_string_equal(filing_text(shown, "state"), "activating");
    static const char *const personal[] = {"org", "people", "rows", "recipient_name", "document_number",
                                           "id"};
    for (size_t i = 0; i < KY_COUNT(personal); i++)
        assert_null(json_object_get(shown, personal[i]));
    code[0] = code[0] == '0' ? '1' : '0'; /* a slip, which costs nothing */
    for (size_t i = 0; i < 30; i++)
        assert_int_equal(https_call(NULL, &stranger, "GET", NULL, "/api/v1/status/%s", code), 404);
    long last = 404;
    for (size_t i = 0; i < 30 && last == 404; i++) {
        char guess[KY_TRACKING_TEXT];
        assert_ok(ky_tracking_make(guess));
        last = https_call(NULL, &stranger, "GET", NULL, "/api/v1/status/%s", guess);
    }
    assert_int_equal(last, 429);
    assert_int_equal(https_call(NULL, &anyone, "GET", NULL, "/api/v1/status/%s", "x"), 404);
}

static void validates_documents_of_strangers(void **state)
{
    (void)state;
    const struct https clerk = as(CLERK), anyone = as(FILING_PEOPLE);
    ky_auto_json request = NULL;
    ky_auto_json report = NULL;
    ky_auto_buf pdf = ky_buf_init(BODY_PDF_MAX);
    assert_int_equal(https_call(&request, &clerk, "GET", NULL, "/api/v1/dossiers/%s/request", dossier_id),
                     200);
    assert_ok(body_get_b64(&pdf, request, "document"));
    assert_int_equal(https_upload(&report, &anyone, "/api/v1/validations", ky_buf_bytes(&pdf)), 200);
    assert_int_equal(json_array_size(json_object_get(report, "signatures")), 1);
    assert_non_null(json_object_get(report, "indication"));
    assert_int_equal(https_upload(NULL, &anyone, "/api/v1/validations", KY_BYTES_LIT("no PDF")), 400);
    long last = 400;
    for (size_t i = 0; i < 10 && last == 400; i++)
        last = https_upload(NULL, &anyone, "/api/v1/validations", KY_BYTES_LIT("no PDF"));
    assert_int_equal(last, 429);
}

static void tells_the_law_that_forms_follow(void **state)
{
    (void)state;
    const struct https anyone = as(FILING_PEOPLE);
    ky_auto_json law = NULL;
    ky_auto_json older = NULL;
    assert_int_equal(https_call(&law, &anyone, "GET", NULL, "/api/v1/legal"), 200);
    assert_string_equal(filing_text(law, "id"), "2024");
    assert_int_equal(json_array_size(json_object_get(law, "procedures")), 4);
    const json_t *first = json_array_get(json_object_get(law, "procedures"), 0);
    assert_true(json_array_size(json_object_get(first, "fields")) > 5);
    assert_true(json_array_size(json_object_get(law, "grounds")) > 3);
    assert_int_equal(https_call(&older, &anyone, "GET", NULL, "/api/v1/legal?profile=2019"), 200);
    assert_string_equal(filing_text(older, "id"), "2019");
    assert_int_equal(https_call(NULL, &anyone, "GET", NULL, "/api/v1/legal?profile=1999"), 404);
}

/* ---- figures ---- */

static int64_t figure(const json_t *group, const char *name)
{
    return json_integer_value(json_object_get(group, name));
}

static void counts_what_came_and_what_was_answered(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        "?by=day",
                                        "?by=month&from=2026-13",
                                        "?by=month&from=2026-1",
                                        "?by=month&from=2026-02&to=2026-01",
                                        "?by=month&from=1990-01"};
    static const char *const groups[] = {"province", "sector", "procedure", "month"};
    static const size_t people[] = {CLERK, OFFICER};
    for (size_t i = 0; i < KY_COUNT(groups) * KY_COUNT(people); i++) {
        const struct https to = as(people[i % 2]);
        ky_auto_json answer = NULL;
        assert_int_equal(https_call(&answer, &to, "GET", NULL, "/api/v1/figures?by=%s", groups[i / 2]), 200);
        const json_t *all = json_object_get(answer, "all");
        assert_int_equal(json_array_size(json_object_get(answer, "groups")), 1);
        assert_int_equal(figure(all, "sent"), 1);
        assert_int_equal(figure(all, "done"), 1);
        assert_int_equal(figure(all, "answered"), 1);
        assert_int_equal(figure(all, "late"), 0);
        assert_int_equal(figure(all, "median_s"), 3600);
        assert_int_equal(figure(answer, "open"), 0);
    }
    const struct https to = as(CLERK), officer = as(OFFICER);
    for (size_t i = 0; i < KY_COUNT(wrong); i++)
        assert_int_equal(https_call(NULL, &to, "GET", NULL, "/api/v1/figures%s", wrong[i]), 400);
    ky_auto_json elsewhere = NULL;
    assert_int_equal(https_call(NULL, &officer, "GET", NULL, "/api/v1/figures?by=month&org=%s", school), 200);
    assert_int_equal(https_call(&elsewhere, &to, "GET", NULL, "/api/v1/figures?by=month&org=%s", dossier_id),
                     404);
}

static void tells_what_ends_when(void **state)
{
    (void)state;
    static const size_t people[] = {CLERK, OFFICER};
    for (size_t i = 0; i < KY_COUNT(people); i++) {
        const struct https to = as(people[i]);
        ky_auto_json answer = NULL;
        int64_t all = 0;
        size_t k;
        json_t *month;
        assert_int_equal(https_call(&answer, &to, "GET", NULL, "/api/v1/outlook"), 200);
        json_array_foreach(json_object_get(answer, "months"), k, month)
        {
            all += figure(month, "certificates");
        }
        assert_int_equal(all, 2);
        assert_int_equal(figure(json_array_get(json_object_get(answer, "months"), 0), "certificates"), 0);
    }
}

/* ---- messages, saved views ---- */

static long say(size_t who, const char *text)
{
    const struct https to = as(who);
    ky_auto_json body = json_pack("{s:s}", "text", text);
    return https_call(NULL, &to, "POST", body, "/api/v1/dossiers/%s/messages", dossier_id);
}

static int64_t count_rows(const char *sql)
{
    int64_t n = -1;
    ky_auto_store s = NULL;
    assert_ok(filing_store(&s));
    assert_ok(ky_store_query_int(&n, s, sql, KY_NO_PARAMS));
    return n;
}

static void carries_messages_to_the_other_side(void **state)
{
    (void)state;
    char line[1100];
    const struct https to = as(CLERK);
    ky_auto_json shown = NULL;
    memset(line, 'a', sizeof line - 1);
    line[sizeof line - 1] = 0;
    assert_int_equal(say(CLERK, "Khi nào có kết quả?\nCảm ơn."), 201);
    assert_int_equal(say(OFFICER, "Sáng mai."), 201);
    assert_int_equal(say(CLERK, ""), 400);
    assert_int_equal(say(CLERK, "\x07"), 400);
    assert_int_equal(say(CLERK, line), 413);
    assert_int_equal(https_call(&shown, &to, "GET", NULL, "/api/v1/dossiers/%s", dossier_id), 200);
    const json_t *events = json_object_get(shown, "events");
    const json_t *last = json_array_get(events, json_array_size(events) - 1);
    assert_string_equal(filing_text(last, "action"), "message");
    assert_string_equal(filing_text(last, "note"), "Sáng mai.");
    assert_string_equal(filing_text(last, "from"), filing_text(last, "to"));
    assert_int_equal(count_rows("SELECT count(*) FROM outbox WHERE template = 'dossier-message'"), 2);
}

static void keeps_views_for_each_person(void **state)
{
    (void)state;
    const struct https mine = as(CLERK), others = as(OFFICER);
    ky_auto_json kept = json_pack("{s:[{s:s, s:s, s:{s:s}}]}", "views", "name", "Sắp hết hạn", "list",
                                  "certificates", "query", "sort", "expiry");
    ky_auto_json answer = NULL;
    ky_auto_json none = NULL;
    assert_int_equal(https_call(NULL, &mine, "PUT", kept, "/api/v1/views"), 204);
    assert_int_equal(https_call(&answer, &mine, "GET", NULL, "/api/v1/views"), 200);
    assert_true(json_equal(answer, kept));
    assert_int_equal(https_call(&none, &others, "GET", NULL, "/api/v1/views"), 200);
    assert_int_equal(json_array_size(json_object_get(none, "views")), 0);
    static const char *const wrong[] = {
        "{\"views\": 1}", "{\"views\": [1]}",
        "{\"views\": [{\"name\": \"a\", \"list\": \"b\", \"query\": {\"c\": 1}}]}",
        "{\"views\": [{\"name\": \"\\u0007\", \"list\": \"b\", \"query\": {}}]}"};
    for (size_t i = 0; i < KY_COUNT(wrong); i++) {
        ky_auto_json body = json_loads(wrong[i], 0, NULL);
        assert_int_equal(https_call(NULL, &mine, "PUT", body, "/api/v1/views"), 400);
    }
}

/* ---- logs ---- */

static void shows_the_logs_to_auditors_only(void **state)
{
    (void)state;
    const struct https auditor = as(AUDITOR), clerk = as(CLERK);
    static const char *const processes[] = {"sam", "ca"};
    for (size_t i = 0; i < KY_COUNT(processes); i++) {
        ky_auto_json page = NULL;
        ky_auto_json next = NULL;
        assert_int_equal(
            https_call(&page, &auditor, "GET", NULL, "/api/v1/audit?process=%s&limit=2", processes[i]), 200);
        assert_true(json_is_true(json_object_get(json_object_get(page, "check"), "whole")));
        assert_int_equal(json_array_size(json_object_get(page, "entries")), 2);
        json_int_t after = json_integer_value(json_object_get(page, "next"));
        assert_int_equal(https_call(&next, &auditor, "GET", NULL, "/api/v1/audit?process=%s&after=%lld",
                                    processes[i], (long long)after),
                         200);
        const json_t *first = json_array_get(json_object_get(next, "entries"), 0);
        assert_int_equal(json_integer_value(json_object_get(first, "sequence")), after - 1);
    }
    assert_int_equal(https_call(NULL, &auditor, "GET", NULL, "/api/v1/audit"), 400);
    assert_int_equal(https_call(NULL, &auditor, "GET", NULL, "/api/v1/audit?process=web"), 400);
    assert_int_equal(https_call(NULL, &clerk, "GET", NULL, "/api/v1/audit?process=sam"), 403);
}

static void notices_an_entry_that_was_changed_in_the_copy(void **state)
{
    (void)state;
    const struct https auditor = as(AUDITOR);
    ky_auto_store s = NULL;
    ky_auto_json page = NULL;
    assert_ok(filing_store(&s));
    assert_ok(ky_store_script(s, "UPDATE registry_log SET entry = (SELECT entry FROM registry_log r"
                                 " WHERE r.process = 1 AND r.sequence = 1)"
                                 " WHERE process = 1 AND sequence = 2"));
    assert_int_equal(https_call(&page, &auditor, "GET", NULL, "/api/v1/audit?process=sam&after=4"), 200);
    const json_t *check = json_object_get(page, "check");
    assert_true(json_is_false(json_object_get(check, "whole")));
    assert_in_range(json_integer_value(json_object_get(check, "broken_at")), 1, 2);
}

/* ---- tables ---- */

static void enter_a_formula(void)
{
    const struct https to = as(CLERK);
    ky_auto_json body =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:[]}", "procedure", "new", "document_number",
                  "=HYPERLINK(1)", "recipient_name", "Lê Thị Tiếp", "recipient_channel", "email",
                  "recipient_email", "tiep@quangngai.gov.vn", "recipient_phone", "0912345678", "people");
    assert_int_equal(https_call(NULL, &to, "POST", body, "/api/v1/dossiers"), 201);
}

static void hands_out_tables_without_formulas(void **state)
{
    (void)state;
    static const struct {
        const char *address, *begins, *holds;
    } cases[] = {
        {"certificates.csv", "\xef\xbb\xbfSố chứng thư,Họ và tên", "Nguyễn Thị Minh Hằng,Giáo viên"},
        {"certificates.csv?q=hang&state=good", "\xef\xbb\xbf", "Đang hiệu lực"},
        {"certificates.xlsx", "PK\x03\x04", "xl/worksheets/sheet1.xml"},
        {"dossiers.csv", "\xef\xbb\xbfMã hồ sơ", ",'=HYPERLINK(1),"},
        {"dossiers.csv?sort=due", "\xef\xbb\xbfMã hồ sơ", "Cập nhật lúc"},
        {"dossiers.xlsx", "PK\x03\x04", "xl/worksheets/sheet1.xml"},
    };
    const struct https to = as(CLERK);
    enter_a_formula();
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        char path[96];
        ky_auto_buf file = ky_buf_init(1 << 20);
        snprintf(path, sizeof path, "/api/v1/exports/%s", cases[i].address);
        assert_int_equal(https_download(&file, &to, path), 200);
        assert_memory_equal(file.p, cases[i].begins, strlen(cases[i].begins));
        if (memmem(file.p, file.n, cases[i].holds, strlen(cases[i].holds)) == NULL)
            fail_msg("%s lacks %s", path, cases[i].holds);
    }
    assert_int_equal(https_call(NULL, &to, "GET", NULL, "/api/v1/exports/staff.csv"), 404);
    assert_int_equal(https_call(NULL, &to, "GET", NULL, "/api/v1/exports/certificates.csv?state=x"), 400);
    assert_int_equal(https_call(NULL, &to, "GET", NULL, "/api/v1/exports/certificates.csv?procedure=new"),
                     400);
    assert_int_equal(https_call(NULL, &to, "GET", NULL, "/api/v1/exports/dossiers.csv?expires_before=1"),
                     400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_certificates_and_dossiers_by_words),
        cmocka_unit_test(shows_certificates_in_every_order_and_one_in_full),
        cmocka_unit_test(shows_where_a_dossier_is_to_whoever_has_its_code),
        cmocka_unit_test(validates_documents_of_strangers),
        cmocka_unit_test(tells_the_law_that_forms_follow),
        cmocka_unit_test(counts_what_came_and_what_was_answered),
        cmocka_unit_test(tells_what_ends_when),
        cmocka_unit_test(carries_messages_to_the_other_side),
        cmocka_unit_test(keeps_views_for_each_person),
        cmocka_unit_test(shows_the_logs_to_auditors_only),
        cmocka_unit_test(notices_an_entry_that_was_changed_in_the_copy),
        cmocka_unit_test(hands_out_tables_without_formulas),
    };
    return cmocka_run_group_tests(tests, set_up, filing_tear_down);
}
