/* domain/procedure and request: each procedure has rows of its own form, and gives what they say. */
#include <stdio.h>

#include "domain/procedure.h"
#include "domain/revoke.h"
#include "tests/unit/domain/fixture.h"

#define ID "000102030405060708090a0b0c0d0e0f"
#define HASH "000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f"
#define SUBJECT(o) "{'C':'VN','O':'" o "','OU':['Phường','Trường'],'CN':'Nguyễn Thị Hà'}"
#define PERSON                                                                                               \
    "'row':1,'identity':'001185000001','name':'Nguyễn Thị Hà','subject':" SUBJECT(                           \
        "Mới") ",'email':'moi@hanoi.edu.vn','phone':'0912345678','key':'p256','sector':'education',"         \
               "'authority':false,'finance':false"
#define OLD "'serial':'" ID "','not_after':1800000000"
#define RENEW ",'same_key':true,'old':{" OLD "}"
#define CHANGE ",'same_key':false,'old':{" OLD ",'subject':" SUBJECT("Cũ") ",'email':'cu@hanoi.edu.vn'}"
#define REVOKE                                                                                               \
    "'row':1,'serial':'" ID "','name':'Nguyễn Thị Hà','ground':'key-lost','reason':1,'happened':1699990000"

static ky_rc parse(struct ky_statement *st, const char *procedure, const char *row)
{
    char nonce[80], text[8192];
    ky_auto_buf canonical = ky_buf_init(1 << 16);
    make_nonce_text(nonce, KY_NONCE_LONG, KY_PROCESS_SAM, NOW);
    snprintf(text, sizeof text,
             "{'v':1,'realm':'" HASH "','type':'request','aud':[{'n':'%s','p':'sam'}],'iat':1,'exp':2,"
             "'procedure':'%s','org':{'id':'" ID "','name':'Trường'},'dossier':'" ID "','document':'" HASH
             "','rows':[{%s}]}",
             nonce, procedure, row);
    make_canonical(&canonical, text);
    return ky_statement_parse(st, ky_buf_bytes(&canonical));
}

static void a_row_has_the_form_of_its_procedure(void **state)
{
    static const char *const rows[KY_PROCEDURE_COUNT] = {PERSON, PERSON RENEW, PERSON CHANGE, REVOKE};
    for (ky_procedure p = 0; p < KY_PROCEDURE_COUNT; p++) {
        for (ky_procedure as = 0; as < KY_PROCEDURE_COUNT; as++) {
            ky_auto_statement st = {0};
            ky_procedure read;
            assert_rc(parse(&st, ky_procedure_name(as), rows[p]), p == as ? KY_OK : KY_EFORMAT);
            if (p != as)
                continue;
            assert_ok(ky_procedure_read(&read, st.json));
            assert_int_equal(read, p);
        }
    }
    ky_auto_statement st = {0};
    assert_rc(parse(&st, "suspend", PERSON), KY_EFORMAT);
    assert_rc(parse(&st, "revoke", REVOKE ",'extra':1"), KY_EFORMAT);
}

static void what_is_replaced_is_read(void **state)
{
    ky_auto_statement renew = {0}, change = {0}, first = {0};
    struct ky_request_row row;
    assert_ok(parse(&first, "new", PERSON));
    assert_ok(ky_request_find_row(&row, &first, 1));
    assert_false(ky_request_replaces(&row));
    assert_ok(parse(&renew, "renew", PERSON RENEW));
    assert_ok(ky_request_find_row(&row, &renew, 1));
    assert_true(ky_request_replaces(&row) && row.same_key && row.old.serial[15] == 0x0f);
    assert_true(row.old.not_after == 1800000000 && row.old.subject == NULL);
    assert_ok(parse(&change, "change", PERSON CHANGE));
    assert_ok(ky_request_find_row(&row, &change, 1));
    assert_true(ky_request_replaces(&row) && !row.same_key);
    assert_string_equal(json_string_value(json_object_get(row.old.subject, "O")), "Cũ");
    assert_true(ky_bytes_eq_str(row.old.email, "cu@hanoi.edu.vn"));
}

static void rows_for_revocation_are_not_issued_and_others_not_revoked(void **state)
{
    ky_auto_statement revoke = {0}, first = {0};
    struct ky_request_row row;
    struct ky_revoke_row end;
    assert_ok(parse(&revoke, "revoke", REVOKE));
    assert_ok(parse(&first, "new", PERSON));
    assert_rc(ky_request_find_row(&row, &revoke, 1), KY_EDENIED);
    assert_rc(ky_revoke_find_row(&end, &first, 1), KY_EDENIED);
    assert_rc(ky_revoke_find_row(&end, &revoke, 2), KY_ENOTFOUND);
    assert_ok(ky_revoke_find_row(&end, &revoke, 1));
    assert_true(end.number == 1 && end.reason == 1 && end.happened == 1699990000 && end.serial[1] == 1);
}

static void reasons_are_those_that_people_give(void **state)
{
    static const bool offered[] = {true, true, false, true, false, true, false, false, false, true, false};
    for (int64_t i = -1; i <= (int64_t)KY_COUNT(offered); i++)
        assert_rc(ky_reason_check(i),
                  i >= 0 && i < (int64_t)KY_COUNT(offered) && offered[i] ? KY_OK : KY_EDENIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_has_the_form_of_its_procedure),
        cmocka_unit_test(what_is_replaced_is_read),
        cmocka_unit_test(rows_for_revocation_are_not_issued_and_others_not_revoked),
        cmocka_unit_test(reasons_are_those_that_people_give),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
