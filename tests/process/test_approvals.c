/*
 * Two officers must approve: over HTTPS, one dossier at a time and several by one signature, with what would make two
 * of one, and with what happens to a dossier in between.
 */
#include "tests/process/filing_world.h"

#include <stdio.h>
#include <string.h>

#include "domain/statement_list.h"
#include "os/clock.h"
#include "tests/support/bodies.h"

static int next_teacher;

static int set_up(void **state)
{
    return filing_set_up_several(state, 2);
}

static json_t *teacher(void)
{
    char identity[16], email[64], phone[16];
    int i = ++next_teacher;
    snprintf(identity, sizeof identity, "0511910123%02d", i);
    snprintf(email, sizeof email, "gv%d@quangngai.edu.vn", i);
    snprintf(phone, sizeof phone, "09120000%02d", i);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:b}", "identity", identity, "name",
                     "Nguyễn Thị Minh Hằng", "title", "Giáo viên", "unit", "Tổ Toán", "email", email, "phone",
                     phone, "sector", "education", "authority", 0, "finance", 0, "phone_own", 1);
}

/* A dossier of two teachers that is being examined. */
static void examined(char id[64])
{
    ky_auto_json created = filing_create(CLERK, "new", json_pack("[o, o]", teacher(), teacher()));
    snprintf(id, 64, "%s", filing_text(created, "id"));
    filing_submit(id);
    filing_examine(id);
}

static const struct person *officer(size_t i)
{
    return &filing_realm.officers[i];
}

static json_t *prepared(size_t who, const char *id, int given, bool mine)
{
    json_t *text = NULL;
    ky_auto_json nothing = json_object();
    assert_int_equal(filing_call(&text, who, "POST", nothing, "/api/v1/dossiers/%s/approval", id), 200);
    const json_t *approvals = json_object_get(text, "approvals");
    assert_int_equal(json_integer_value(json_object_get(approvals, "given")), given);
    assert_int_equal(json_integer_value(json_object_get(approvals, "needed")), 2);
    assert_int_equal(json_is_true(json_object_get(approvals, "mine")), mine);
    return text;
}

static long hand_in(size_t who, const char *id, const json_t *text, const struct person *by)
{
    ky_auto_json body = NULL;
    assert_ok(body_authorised(&body, &filing_realm, filing_text(text, "statement"), &by, 1));
    return filing_call(NULL, who, "POST", body, "/api/v1/dossiers/%s/approve", id);
}

static void assert_state(const char *id, const char *state)
{
    ky_auto_json d = filing_get(id);
    assert_string_equal(filing_text(d, "state"), state);
}

static void the_second_officer_is_shown_what_the_first_signed(void **state)
{
    (void)state;
    char id[64];
    examined(id);
    ky_auto_json first = prepared(OFFICER, id, 0, false);
    assert_int_equal(hand_in(OFFICER, id, first, officer(0)), 202);
    assert_state(id, "examining");
    ky_auto_json seen = filing_get(id);
    const json_t *count = json_object_get(seen, "approvals");
    assert_int_equal(json_integer_value(json_object_get(count, "given")), 1);
    assert_int_equal(json_integer_value(json_object_get(count, "needed")), 2);
    ky_auto_json own = prepared(OFFICER, id, 1, true);
    ky_auto_json second = prepared(SECOND_OFFICER, id, 1, false);
    assert_string_equal(filing_text(own, "statement"), filing_text(first, "statement"));
    assert_string_equal(filing_text(second, "statement"), filing_text(first, "statement"));
    assert_int_equal(hand_in(SECOND_OFFICER, id, second, officer(1)), 202);
    filing_wait(id, "activating");
    ky_auto_json done = filing_get(id);
    assert_null(json_object_get(done, "approvals"));
    assert_int_equal(hand_in(SECOND_OFFICER, id, second, officer(2)), 403); /* there were enough */
}

static void one_person_does_not_count_twice(void **state)
{
    (void)state;
    char id[64];
    examined(id);
    ky_auto_json text = prepared(OFFICER, id, 0, false);
    assert_int_equal(hand_in(OFFICER, id, text, officer(0)), 202);
    assert_int_equal(hand_in(OFFICER, id, text, officer(0)), 403);
    assert_int_equal(hand_in(SECOND_OFFICER, id, text, officer(0)), 403); /* by whomever it is handed in */
    assert_state(id, "examining");
}

static void a_wrong_signature_is_not_kept(void **state)
{
    (void)state;
    char id[64], other[64];
    examined(id);
    examined(other);
    ky_auto_json text = prepared(OFFICER, id, 0, false);
    ky_auto_json elsewhere = prepared(OFFICER, other, 0, false);
    ky_auto_json body = NULL;
    const struct person *by = officer(0), *head = &filing_realm.head;
    assert_ok(body_authorised(&body, &filing_realm, filing_text(elsewhere, "statement"), &by, 1));
    json_object_set(body, "statement", json_object_get(text, "statement"));
    assert_int_equal(filing_call(NULL, OFFICER, "POST", body, "/api/v1/dossiers/%s/approve", id), 403);
    assert_int_equal(hand_in(OFFICER, id, text, head), 403); /* no officer */
    assert_int_equal(hand_in(EXAMINER, id, text, by), 403);  /* nobody who approves hands it in */
    ky_auto_json again = prepared(SECOND_OFFICER, id, 0, false);
}

/* The dossier goes back to the organisation and comes again: what was approved before is not what is there now. */
static void what_happens_to_the_dossier_makes_approvals_void(void **state)
{
    (void)state;
    char id[64];
    examined(id);
    ky_auto_json text = prepared(OFFICER, id, 0, false);
    assert_int_equal(hand_in(OFFICER, id, text, officer(0)), 202);
    filing_act(EXAMINER, id, "ask", "Bổ sung quyết định bổ nhiệm");
    filing_act(CLERK, id, "supplement", "Đã nộp");
    filing_act(EXAMINER, id, "examine", NULL);
    assert_int_equal(hand_in(SECOND_OFFICER, id, text, officer(1)), 404);
    ky_auto_json fresh = prepared(SECOND_OFFICER, id, 0, false);
    assert_string_not_equal(filing_text(fresh, "statement"), filing_text(text, "statement"));
}

static void two_approvals_are_not_gathered_side_by_side(void **state)
{
    (void)state;
    char id[64];
    examined(id);
    ky_auto_json one = prepared(OFFICER, id, 0, false);
    ky_auto_json two = prepared(SECOND_OFFICER, id, 0, false);
    assert_int_equal(hand_in(OFFICER, id, one, officer(0)), 202);
    assert_int_equal(hand_in(SECOND_OFFICER, id, two, officer(1)), 403);
    assert_int_equal(filing_call(NULL, CLERK, "DELETE", NULL, "/api/v1/dossiers/%s/approval", id), 403);
    assert_int_equal(filing_call(NULL, SECOND_OFFICER, "DELETE", NULL, "/api/v1/dossiers/%s/approval", id),
                     204);
    assert_int_equal(filing_call(NULL, SECOND_OFFICER, "DELETE", NULL, "/api/v1/dossiers/%s/approval", id),
                     404);
    assert_int_equal(hand_in(SECOND_OFFICER, id, one, officer(1)), 404);
    ky_auto_json fresh = prepared(SECOND_OFFICER, id, 0, false);
    assert_int_equal(hand_in(SECOND_OFFICER, id, fresh, officer(1)), 202);
}

/* ---- several dossiers ---- */

static json_t *prepare_list(size_t who, const char *const *ids, size_t n)
{
    json_t *answer = NULL;
    ky_auto_json list = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, json_string(ids[i]));
    ky_auto_json body = json_pack("{s:O}", "dossiers", list);
    assert_int_equal(filing_call(&answer, who, "POST", body, "/api/v1/approvals"), 200);
    assert_int_equal(json_array_size(json_object_get(answer, "dossiers")), n);
    return answer;
}

static const json_t *item(const json_t *answer, size_t i)
{
    return json_array_get(json_object_get(answer, "dossiers"), i);
}

/* One officer signs what was prepared, as far as there is a statement. */
static long sign_list(json_t **answer, size_t who, const json_t *prepared_list, const struct person *by)
{
    struct ky_bytes texts[KY_STATEMENT_LIST_MAX];
    size_t n = 0, i;
    json_t *v;
    ky_auto_json body = json_object();
    ky_auto_buf content = ky_buf_init(KY_STATEMENT_LIST_BYTES_MAX), auths = ky_buf_init(1 << 20);
    json_array_foreach(json_object_get(prepared_list, "dossiers"), i, v)
    {
        if (json_object_get(v, "statement") != NULL)
            texts[n++] = ky_json_str(json_object_get(v, "statement"));
    }
    assert_ok(ky_statement_list_encode(&content, texts, n));
    assert_ok(people_authorise_list(&auths, &by, 1, ky_buf_bytes(&content), ky_now()));
    assert_ok(body_set_b64(body, "authorisations", ky_buf_bytes(&auths)));
    assert_ok(body_set_evidence(body, &filing_realm));
    return filing_call(answer, who, "POST", body, "/api/v1/approvals/signed");
}

static void one_signature_approves_several_dossiers(void **state)
{
    (void)state;
    char id[3][64];
    ky_auto_json draft = filing_create(CLERK, "new", json_pack("[o]", teacher()));
    for (size_t i = 0; i < KY_COUNT(id); i++)
        examined(id[i]);
    ky_auto_json alone = prepared(OFFICER, id[0], 0, false);
    assert_int_equal(hand_in(OFFICER, id[0], alone, officer(0)), 202);
    const char *const all[] = {id[0], id[1], filing_text(draft, "id"), id[2]};
    ky_auto_json first = prepare_list(OFFICER, all, KY_COUNT(all));
    assert_non_null(json_object_get(item(first, 0), "refused")); /* has approved it alone */
    assert_non_null(json_object_get(item(first, 2), "refused")); /* a draft */
    assert_int_equal(json_integer_value(json_object_get(first, "rows")), 4);
    ky_auto_json given = NULL;
    assert_int_equal(sign_list(&given, OFFICER, first, officer(0)), 202);
    assert_int_equal(json_array_size(json_object_get(given, "dossiers")), 2);
    assert_state(id[1], "examining");
    ky_auto_json second = prepare_list(SECOND_OFFICER, all, KY_COUNT(all));
    assert_string_equal(filing_text(item(second, 0), "statement"), filing_text(alone, "statement"));
    assert_string_equal(filing_text(item(second, 1), "statement"), filing_text(item(first, 1), "statement"));
    ky_auto_json enough = NULL;
    assert_int_equal(sign_list(&enough, SECOND_OFFICER, second, officer(1)), 202);
    for (size_t i = 0; i < KY_COUNT(id); i++)
        filing_wait(id[i], "activating");
    ky_auto_json again = NULL;
    assert_int_equal(sign_list(&again, SECOND_OFFICER, second, officer(1)),
                     202); /* each is refused by itself */
    for (size_t i = 0; i < 3; i++)
        assert_non_null(json_object_get(item(again, i), "refused"));
}

static void one_that_was_changed_does_not_stop_the_others(void **state)
{
    (void)state;
    char id[2][64];
    examined(id[0]);
    examined(id[1]);
    const char *const all[] = {id[0], id[1]};
    ky_auto_json first = prepare_list(OFFICER, all, KY_COUNT(all));
    ky_auto_json given = NULL;
    assert_int_equal(sign_list(&given, OFFICER, first, officer(0)), 202);
    ky_auto_json second = prepare_list(SECOND_OFFICER, all, KY_COUNT(all));
    filing_act(EXAMINER, id[0], "ask", "Bổ sung quyết định bổ nhiệm");
    ky_auto_json answer = NULL;
    assert_int_equal(sign_list(&answer, SECOND_OFFICER, second, officer(1)), 202);
    assert_non_null(json_object_get(item(answer, 0), "refused"));
    assert_null(json_object_get(item(answer, 1), "refused"));
    filing_wait(id[1], "activating");
    assert_state(id[0], "incomplete");
}

static void lists_that_are_none_are_refused(void **state)
{
    (void)state;
    char id[64];
    examined(id);
    ky_auto_json empty = json_pack("{s:[]}", "dossiers");
    ky_auto_json wrong = json_pack("{s:[s]}", "dossiers", "x");
    assert_int_equal(filing_call(NULL, OFFICER, "POST", empty, "/api/v1/approvals"), 400);
    assert_int_equal(filing_call(NULL, OFFICER, "POST", wrong, "/api/v1/approvals"), 400);
    assert_int_equal(filing_call(NULL, CLERK, "POST", wrong, "/api/v1/approvals"), 403);
    ky_auto_json text = prepared(OFFICER, id, 0, false);
    ky_auto_json single = NULL;
    const struct person *by = officer(0);
    assert_ok(body_authorised(&single, &filing_realm, filing_text(text, "statement"), &by, 1));
    assert_int_equal(filing_call(NULL, OFFICER, "POST", single, "/api/v1/approvals/signed"), 400);
    const char *const one[] = {id};
    ky_auto_json list = prepare_list(OFFICER, one, 1);
    assert_int_equal(sign_list(NULL, OFFICER, list, &filing_realm.head), 403); /* no officer */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_second_officer_is_shown_what_the_first_signed),
        cmocka_unit_test(one_person_does_not_count_twice),
        cmocka_unit_test(a_wrong_signature_is_not_kept),
        cmocka_unit_test(what_happens_to_the_dossier_makes_approvals_void),
        cmocka_unit_test(two_approvals_are_not_gathered_side_by_side),
        cmocka_unit_test(one_signature_approves_several_dossiers),
        cmocka_unit_test(one_that_was_changed_does_not_stop_the_others),
        cmocka_unit_test(lists_that_are_none_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, filing_tear_down);
}
