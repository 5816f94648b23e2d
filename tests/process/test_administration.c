/*
 * What the pages of administration ask: proposals that wait for signatures and are executed with the last one, integrating
 * systems and their credentials, an officer's record, texts, legal profiles, and queues. Over HTTPS.
 */
#include "tests/process/filing_world.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "crypto/random.h"
#include "os/clock.h"
#include "tests/support/bodies.h"

#define EMPTY_LIST "AA" /* an encoded list of no authorisation */

static const char *const no_officer = "0123456789abcdef0123456789abcdef";

/* ---- proposals ---- */

static void ask_nonce(uint8_t out[KY_NONCE_SIZE])
{
    ky_auto_json body = json_pack("{s:s, s:s}", "process", "sam", "kind", "long");
    ky_auto_json answer = NULL;
    ky_auto_buf nonce = ky_buf_init(KY_NONCE_SIZE);
    assert_int_equal(filing_call(&answer, EXAMINER, "POST", body, "/api/v1/nonces"), 200);
    assert_ok(body_get_b64(&nonce, answer, "nonce"));
    memcpy(out, nonce.p, KY_NONCE_SIZE);
}

/* An `admin` statement that makes an integrating system; record: its id. */
static void draw_up(struct ky_buf *text, char record[2 * KY_ID_SIZE + 1], const char *name)
{
    uint8_t nonce[KY_NONCE_SIZE], id[KY_ID_SIZE];
    json_t *st = NULL;
    ky_time now = ky_now();
    ask_nonce(nonce);
    assert_ok(ky_random(id, sizeof id));
    ky_hex_encode(record, KY_BYTES_OF(id));
    const struct statement_head head = {.type = "admin",
                                        .realm = filing_realm.founding->realm,
                                        .sam_nonce = nonce,
                                        .iat = now,
                                        .exp = now + KY_DAY};
    assert_ok(statement_new(&st, &head));
    assert_int_equal(
        json_object_set_new(st, "record",
                            json_pack("{s:s, s:s, s:s, s:i, s:I, s:I}", "type", "client", "id", record,
                                      "name", name, "version", 1, "not_before", (json_int_t)(now - KY_MINUTE),
                                      "not_after", (json_int_t)(now + 100 * KY_DAY))),
        0);
    ky_rc rc = statement_text(text, st);
    json_decref(st);
    assert_ok(rc);
}

static json_t *signed_by(const char *statement, size_t officer)
{
    json_t *body = NULL;
    const struct person *const one[] = {&filing_realm.officers[officer]};
    assert_ok(body_authorised(&body, &filing_realm, statement, one, 1));
    return body;
}

static void propose(char id[2 * KY_HASH_SIZE + 1], size_t who, const json_t *body)
{
    ky_auto_json made = NULL;
    assert_int_equal(filing_call(&made, who, "POST", body, "/api/v1/proposals"), 201);
    snprintf(id, 2 * KY_HASH_SIZE + 1, "%s", filing_text(made, "id"));
}

static size_t count_listed(size_t who, const char *list)
{
    ky_auto_json answer = NULL;
    assert_int_equal(filing_call(&answer, who, "GET", NULL, "/api/v1/%s", list), 200);
    return json_array_size(json_object_get(answer, list));
}

static void executes_with_the_last_signature(void **state)
{
    (void)state;
    char record[2 * KY_ID_SIZE + 1], id[2 * KY_HASH_SIZE + 1];
    ky_auto_buf text = ky_buf_init(KY_STATEMENT_MAX);
    draw_up(&text, record, "Học bạ số");
    ky_auto_json first = signed_by(ky_buf_str(&text), 0);
    ky_auto_json second = signed_by(ky_buf_str(&text), 1);
    propose(id, ADMIN, first);
    assert_int_equal(filing_call(NULL, ADMIN, "POST", first, "/api/v1/proposals"), 409);
    assert_int_equal(count_listed(ADMIN, "clients"), 0);

    ky_auto_json waiting = NULL;
    assert_int_equal(filing_call(&waiting, ADMIN, "GET", NULL, "/api/v1/proposals"), 200);
    const json_t *one = json_array_get(json_object_get(waiting, "proposals"), 0);
    assert_string_equal(filing_text(one, "statement"), ky_buf_str(&text));
    assert_int_equal(json_array_size(json_object_get(one, "signers")), 1);
    assert_int_equal(json_integer_value(json_object_get(waiting, "needed")), 2);

    ky_auto_json done = NULL;
    assert_int_equal(filing_call(NULL, ADMIN, "POST", first, "/api/v1/proposals/%s/authorisations", id), 409);
    assert_int_equal(filing_call(NULL, OFFICER, "POST", second, "/api/v1/proposals/%s/authorisations", id),
                     403);
    assert_int_equal(filing_call(&done, ADMIN, "POST", second, "/api/v1/proposals/%s/authorisations", id),
                     200);
    assert_true(json_is_true(json_object_get(done, "executed")));
    assert_int_equal(filing_call(NULL, ADMIN, "POST", second, "/api/v1/proposals/%s/authorisations", id),
                     404);
    assert_int_equal(count_listed(ADMIN, "proposals"), 0);
    assert_int_equal(count_listed(ADMIN, "clients"), 1);
    assert_int_equal(count_listed(AUDITOR, "clients"), 1);
}

static void gives_credentials_and_closes_them(void **state)
{
    (void)state;
    ky_auto_json before = NULL;
    ky_auto_json made = NULL;
    ky_auto_json after = NULL;
    ky_auto_json none = json_object();
    assert_int_equal(filing_call(&before, ADMIN, "GET", NULL, "/api/v1/clients"), 200);
    const json_t *system = json_array_get(json_object_get(before, "clients"), 0);
    assert_string_equal(filing_text(system, "name"), "Học bạ số");
    assert_int_equal(json_array_size(json_object_get(system, "credentials")), 0);
    ky_auto_json wish = json_pack("{s:s}", "record", filing_text(system, "record"));
    assert_int_equal(filing_call(&made, ADMIN, "POST", wish, "/api/v1/clients"), 201);
    const char *client = filing_text(made, "client_id");
    assert_int_equal(filing_call(NULL, OFFICER, "POST", none, "/api/v1/clients/%s/close", client), 403);
    assert_int_equal(filing_call(NULL, ADMIN, "POST", none, "/api/v1/clients/%s/close", client), 204);
    assert_int_equal(filing_call(NULL, ADMIN, "POST", none, "/api/v1/clients/%s/close", no_officer), 404);
    assert_int_equal(filing_call(&after, ADMIN, "GET", NULL, "/api/v1/clients"), 200);
    system = json_array_get(json_object_get(after, "clients"), 0);
    const json_t *credentials = json_array_get(json_object_get(system, "credentials"), 0);
    assert_string_equal(filing_text(credentials, "state"), "closed");
    assert_int_equal(filing_call(NULL, OFFICER, "GET", NULL, "/api/v1/clients"), 403);
}

static void shows_everybody_their_own_and_admins_all(void **state)
{
    (void)state;
    char record[2 * KY_ID_SIZE + 1], id[2 * KY_HASH_SIZE + 1];
    ky_auto_buf text = ky_buf_init(KY_STATEMENT_MAX);
    draw_up(&text, record, "Bệnh án điện tử");
    ky_auto_json unsigned_ =
        json_pack("{s:s, s:s}", "statement", ky_buf_str(&text), "authorisations", EMPTY_LIST);
    propose(id, OFFICER, unsigned_);
    assert_int_equal(count_listed(OFFICER, "proposals"), 1);
    assert_int_equal(count_listed(ADMIN, "proposals"), 1);
    assert_int_equal(count_listed(EXAMINER, "proposals"), 0);
    assert_int_equal(filing_call(NULL, CLERK, "GET", NULL, "/api/v1/proposals"), 403);
    assert_int_equal(filing_call(NULL, EXAMINER, "DELETE", NULL, "/api/v1/proposals/%s", id), 404);
    assert_int_equal(filing_call(NULL, OFFICER, "DELETE", NULL, "/api/v1/proposals/%s", id), 204);
    assert_int_equal(filing_call(NULL, OFFICER, "DELETE", NULL, "/api/v1/proposals/%s", id), 404);
}

static void keeps_a_signature_that_does_not_fit_from_counting(void **state)
{
    (void)state;
    char record[2 * KY_ID_SIZE + 1], id[2 * KY_HASH_SIZE + 1];
    ky_auto_buf text = ky_buf_init(KY_STATEMENT_MAX), other = ky_buf_init(KY_STATEMENT_MAX);
    draw_up(&text, record, "Hệ thống một");
    draw_up(&other, record, "Hệ thống hai");
    ky_auto_json first = signed_by(ky_buf_str(&text), 0);
    ky_auto_json wrong = signed_by(ky_buf_str(&other), 1);
    ky_auto_json right = signed_by(ky_buf_str(&text), 2);
    ky_auto_json nobody = json_pack("{s:s}", "authorisations", EMPTY_LIST);
    propose(id, ADMIN, first);
    assert_int_equal(filing_call(NULL, ADMIN, "POST", nobody, "/api/v1/proposals/%s/authorisations", id),
                     400);
    assert_in_range(filing_call(NULL, ADMIN, "POST", wrong, "/api/v1/proposals/%s/authorisations", id), 400,
                    499);
    assert_int_equal(count_listed(ADMIN, "proposals"), 1);
    assert_int_equal(filing_call(NULL, ADMIN, "POST", right, "/api/v1/proposals/%s/authorisations", id), 200);
    assert_int_equal(count_listed(ADMIN, "clients"), 2);
}

static void takes_no_other_statement_and_not_too_many(void **state)
{
    (void)state;
    char record[2 * KY_ID_SIZE + 1], id[2 * KY_HASH_SIZE + 1];
    uint8_t nonce[KY_NONCE_SIZE];
    json_t *st = NULL;
    ky_auto_buf lock = ky_buf_init(KY_STATEMENT_MAX);
    ask_nonce(nonce);
    const struct statement_head head = {.type = "lock",
                                        .realm = filing_realm.founding->realm,
                                        .sam_nonce = nonce,
                                        .iat = ky_now(),
                                        .exp = ky_now() + 60};
    assert_ok(statement_new(&st, &head));
    assert_int_equal(json_object_set_new(st, "credential", json_string(no_officer)), 0);
    ky_rc rc = statement_text(&lock, st);
    json_decref(st);
    assert_ok(rc);
    ky_auto_json body = json_pack("{s:s, s:s}", "statement", ky_buf_str(&lock), "authorisations", EMPTY_LIST);
    assert_int_equal(filing_call(NULL, ADMIN, "POST", body, "/api/v1/proposals"), 400);
    for (size_t i = 0; i <= 20; i++) {
        ky_auto_buf text = ky_buf_init(KY_STATEMENT_MAX);
        draw_up(&text, record, "Hệ thống");
        ky_auto_json one =
            json_pack("{s:s, s:s}", "statement", ky_buf_str(&text), "authorisations", EMPTY_LIST);
        if (i < 20)
            propose(id, EXAMINER, one);
        else
            assert_int_equal(filing_call(NULL, EXAMINER, "POST", one, "/api/v1/proposals"), 403);
    }
}

/* ---- what is read ---- */

static void tells_officers_records_and_no_others(void **state)
{
    (void)state;
    ky_auto_json systems = NULL;
    assert_int_equal(filing_call(&systems, ADMIN, "GET", NULL, "/api/v1/clients"), 200);
    const char *client = filing_text(json_array_get(json_object_get(systems, "clients"), 0), "record");
    assert_int_equal(filing_call(NULL, OFFICER, "GET", NULL, "/api/v1/officers/%s", no_officer), 404);
    assert_int_equal(filing_call(NULL, OFFICER, "GET", NULL, "/api/v1/officers/%s", client), 404);
    assert_int_equal(filing_call(NULL, CLERK, "GET", NULL, "/api/v1/officers/%s", no_officer), 403);
}

static void tells_templates_and_keeps_reasons(void **state)
{
    (void)state;
    ky_auto_json templates = NULL;
    ky_auto_json fresh = NULL;
    ky_auto_json kept = NULL;
    assert_int_equal(filing_call(&templates, ADMIN, "GET", NULL, "/api/v1/templates"), 200);
    assert_true(json_array_size(json_object_get(templates, "templates")) > 30);
    assert_int_equal(filing_call(NULL, CLERK, "GET", NULL, "/api/v1/templates"), 403);
    assert_int_equal(filing_call(&fresh, OFFICER, "GET", NULL, "/api/v1/refusal-reasons"), 200);
    assert_null(json_object_get(fresh, "reasons"));
    ky_auto_json reasons = json_pack("{s:[s, s]}", "reasons", "Thiếu văn bản.", "Sai thông tin.");
    ky_auto_json empty = json_pack("{s:[s]}", "reasons", "");
    ky_auto_json lines = json_pack("{s:[s]}", "reasons", "hai\ndòng");
    assert_int_equal(filing_call(NULL, OFFICER, "PUT", reasons, "/api/v1/refusal-reasons"), 403);
    assert_int_equal(filing_call(NULL, ADMIN, "PUT", empty, "/api/v1/refusal-reasons"), 400);
    assert_int_equal(filing_call(NULL, ADMIN, "PUT", lines, "/api/v1/refusal-reasons"), 400);
    assert_int_equal(filing_call(NULL, ADMIN, "PUT", reasons, "/api/v1/refusal-reasons"), 204);
    assert_int_equal(filing_call(&kept, OFFICER, "GET", NULL, "/api/v1/refusal-reasons"), 200);
    assert_true(json_equal(kept, reasons));
}

static void tells_which_law_counts_from_when(void **state)
{
    (void)state;
    ky_auto_json now = NULL;
    ky_auto_json earlier = NULL;
    assert_int_equal(filing_call(&now, CLERK, "GET", NULL, "/api/v1/legal"), 200);
    assert_int_equal(filing_call(&earlier, CLERK, "GET", NULL, "/api/v1/legal?profile=2019"), 200);
    const json_t *all = json_object_get(now, "profiles");
    assert_int_equal(json_array_size(all), 2);
    assert_true(json_equal(all, json_object_get(earlier, "profiles")));
    assert_string_equal(filing_text(json_array_get(all, 0), "id"), "2019");
}

/* ---- queues ---- */

static json_t *teacher(const char *identity, const char *email, const char *phone)
{
    return json_pack("[{s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:b}]", "identity", identity, "name",
                     "Nguyễn Thị Minh Hằng", "title", "Giáo viên", "email", email, "phone", phone, "sector",
                     "education", "authority", 0, "finance", 0, "phone_own", 1);
}

static size_t in_queue(size_t who, const char *question)
{
    ky_auto_json answer = NULL;
    assert_int_equal(filing_call(&answer, who, "GET", NULL, "/api/v1/dossiers?%s", question), 200);
    return json_array_size(json_object_get(answer, "dossiers"));
}

static void lists_queues_by_procedure_and_by_who_waits_longest(void **state)
{
    (void)state;
    char draft[64], sent[64];
    static const struct {
        const char *question;
        size_t n;
    } cases[] = {
        {"sort=oldest", 1},
        {"sort=oldest&state=sent", 1},
        {"sort=oldest&state=sent&procedure=new", 1},
        {"sort=oldest&procedure=revoke", 0},
        {"state=sent&procedure=renew", 0},
        {"procedure=new", 2},
        {"procedure=new&q=hang", 2},
        {"procedure=change&q=hang", 0},
        {"sort=due&procedure=new", 0},
    };
    json_t *answer =
        filing_create(CLERK, "new", teacher("051191012345", "hang@quangngai.edu.vn", "0912000111"));
    snprintf(draft, sizeof draft, "%s", filing_text(answer, "id"));
    json_decref(answer);
    json_t *second =
        filing_create(CLERK, "new", teacher("051191012346", "hang2@quangngai.edu.vn", "0912000112"));
    snprintf(sent, sizeof sent, "%s", filing_text(second, "id"));
    json_decref(second);
    filing_submit(sent);
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        static const size_t people[] = {CLERK, EXAMINER};
        for (size_t k = 0; k < KY_COUNT(people); k++)
            if (in_queue(people[k], cases[i].question) != cases[i].n)
                fail_msg("%s", cases[i].question);
    }
    assert_int_equal(in_queue(OTHER_CLERK, "sort=oldest"), 0);
    assert_int_equal(filing_call(NULL, CLERK, "GET", NULL, "/api/v1/dossiers?procedure=none"), 400);
    assert_int_equal(filing_call(NULL, CLERK, "GET", NULL, "/api/v1/dossiers?sort=newest"), 400);
    assert_int_equal(filing_call(NULL, CLERK, "GET", NULL, "/api/v1/dossiers?q=hang&sort=oldest"), 400);
    ky_auto_json shown = filing_get(sent);
    assert_true(json_integer_value(json_object_get(shown, "sent_at")) > 0);
    ky_auto_json unsent = filing_get(draft);
    assert_null(json_object_get(unsent, "sent_at"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(executes_with_the_last_signature),
        cmocka_unit_test(gives_credentials_and_closes_them),
        cmocka_unit_test(shows_everybody_their_own_and_admins_all),
        cmocka_unit_test(keeps_a_signature_that_does_not_fit_from_counting),
        cmocka_unit_test(takes_no_other_statement_and_not_too_many),
        cmocka_unit_test(tells_officers_records_and_no_others),
        cmocka_unit_test(tells_templates_and_keeps_reasons),
        cmocka_unit_test(tells_which_law_counts_from_when),
        cmocka_unit_test(lists_queues_by_procedure_and_by_who_waits_longest),
    };
    return cmocka_run_group_tests(tests, filing_set_up, filing_tear_down);
}
