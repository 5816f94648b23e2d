/* Organisations, staff, API clients. */
#include "registration.h"

#include "domain/api_client.h"
#include "domain/org.h"

static struct ky_db_org school(void)
{
    return (struct ky_db_org){.code = "H36.1.2",
                              .parent_name = "Ủy ban nhân dân phường Xuân Hương - Đà Lạt",
                              .name = "Trường THCS Nguyễn Trãi",
                              .province = "Lâm Đồng",
                              .place = "Đà Lạt",
                              .sector = "education",
                              .email = "thcsnguyentrai@lamdong.edu.vn"};
}

static struct ky_db_staff clerk(const char *org_id, const char *roles)
{
    return (struct ky_db_staff){
        .org_id = org_id, .name = "Lê Thị Hoa", .email = "hoa@lamdong.edu.vn", .roles = roles};
}

static void an_organisation_is_checked_and_stored(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(65536);
    char id[KY_NEW_ID_TEXT];
    struct ky_db_org org = school();
    assert_int_equal(ky_org_create(id, s, &org, TEST_NOW), KY_OK);
    assert_int_equal(ky_db_org_get(&org, &a, s, id), KY_OK);
    assert_string_equal(org.state, "active");
    org = school();
    assert_int_equal(ky_org_create(id, s, &org, TEST_NOW), KY_EEXIST);
}

static void refuses_an_organisation_that_a_certificate_cannot_name(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    char id[KY_NEW_ID_TEXT];
    char long_name[200];
    memset(long_name, 'a', 65);
    long_name[65] = 0;
    const struct {
        size_t member;
        const char *value;
        ky_rc rc;
    } cases[] = {
        {offsetof(struct ky_db_org, code), "", KY_EFORMAT},
        {offsetof(struct ky_db_org, code), "H36/1", KY_EFORMAT},
        {offsetof(struct ky_db_org, name), NULL, KY_EFORMAT},
        {offsetof(struct ky_db_org, name), long_name, KY_ELIMIT},
        {offsetof(struct ky_db_org, name), "Tru\xcc\x9bng", KY_EFORMAT},
        {offsetof(struct ky_db_org, name), "a\xe2\x80\xae", KY_EFORMAT},
        {offsetof(struct ky_db_org, parent_name), long_name, KY_ELIMIT},
        {offsetof(struct ky_db_org, province), NULL, KY_EFORMAT},
        {offsetof(struct ky_db_org, place), NULL, KY_EFORMAT},
        {offsetof(struct ky_db_org, sector), "finance", KY_EFORMAT},
        {offsetof(struct ky_db_org, email), "nobody", KY_EFORMAT},
        {offsetof(struct ky_db_org, email), "a b@c.vn", KY_EFORMAT},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        struct ky_db_org org = school();
        memcpy((uint8_t *)&org + cases[i].member, &cases[i].value, sizeof cases[i].value);
        assert_int_equal(ky_org_create(id, s, &org, TEST_NOW), cases[i].rc);
    }
}

static void people_have_the_roles_of_their_side(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(65536);
    char school_id[KY_NEW_ID_TEXT], department_id[KY_NEW_ID_TEXT], id[KY_NEW_ID_TEXT];
    struct ky_db_org org = school();
    assert_int_equal(ky_org_create(school_id, s, &org, TEST_NOW), KY_OK);
    org.code = "A05";
    org.sector = KY_SECTOR_AUTHORITY;
    assert_int_equal(ky_org_create(department_id, s, &org, TEST_NOW), KY_OK);
    const struct {
        const char *org, *roles;
        ky_rc rc;
    } cases[] = {
        {school_id, "enter", KY_OK},
        {school_id, "approve", KY_EDENIED},
        {school_id, "enter receive", KY_EDENIED},
        {department_id, "receive approve", KY_OK},
        {department_id, "enter", KY_EDENIED},
        {department_id, "", KY_EFORMAT},
        {department_id, "king", KY_EFORMAT},
        {"00", "enter", KY_ENOTFOUND},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        struct ky_db_staff staff = clerk(cases[i].org, cases[i].roles);
        assert_int_equal(ky_staff_create(id, s, &a, &staff, TEST_NOW), cases[i].rc);
    }
}

static void a_token_tells_who_asks(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(65536);
    char org_id[KY_NEW_ID_TEXT], id[KY_NEW_ID_TEXT], token[KY_BEARER_TEXT];
    struct ky_db_org org = school();
    struct ky_actor actor;
    assert_int_equal(ky_org_create(org_id, s, &org, TEST_NOW), KY_OK);
    struct ky_db_staff staff = clerk(org_id, "enter");
    assert_int_equal(ky_staff_create(id, s, &a, &staff, TEST_NOW), KY_OK);
    assert_int_equal(ky_staff_issue_token(token, s, id, TEST_NOW), KY_OK);
    assert_int_equal(ky_staff_authenticate(&actor, &a, s, ky_bytes_str(token), TEST_NOW), KY_OK);
    assert_string_equal(actor.staff_id, id);
    assert_int_equal(actor.roles, KY_STAFF_ENTER);
    assert_int_equal(
        ky_staff_authenticate(&actor, &a, s, ky_bytes_str(token), TEST_NOW + KY_STAFF_TOKEN_LIFE), KY_EAUTH);
    token[0] = token[0] == 'A' ? 'B' : 'A';
    assert_int_equal(ky_staff_authenticate(&actor, &a, s, ky_bytes_str(token), TEST_NOW), KY_EAUTH);
    assert_int_equal(ky_staff_authenticate(&actor, &a, s, KY_BYTES_LIT("x"), TEST_NOW), KY_EAUTH);
}

static void a_client_proves_its_secret(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(65536);
    char id[KY_NEW_ID_TEXT], secret[KY_BEARER_TEXT], token[KY_BEARER_TEXT];
    struct ky_db_client client;
    struct ky_db_access_token access;
    assert_int_equal(ky_api_client_create(id, secret, s, "Bệnh án điện tử", "0a", TEST_NOW), KY_OK);
    assert_int_equal(ky_api_client_authenticate(&client, &a, s, id, ky_bytes_str(secret)), KY_OK);
    assert_string_equal(client.record_id, "0a");
    assert_int_equal(ky_access_token_issue(token, s, id, NULL, "service", TEST_NOW), KY_OK);
    assert_int_equal(
        ky_access_token_check(&access, &a, s, ky_bytes_str(token), TEST_NOW + KY_ACCESS_TOKEN_LIFE - 1),
        KY_OK);
    assert_string_equal(access.client_id, id);
    assert_int_equal(
        ky_access_token_check(&access, &a, s, ky_bytes_str(token), TEST_NOW + KY_ACCESS_TOKEN_LIFE),
        KY_EAUTH);
    assert_int_equal(ky_access_token_check(&access, &a, s, ky_bytes_str(secret), TEST_NOW), KY_EAUTH);
    assert_int_equal(ky_api_client_authenticate(&client, &a, s, id, ky_bytes_str(token)), KY_EAUTH);
    assert_int_equal(ky_api_client_authenticate(&client, &a, s, "nobody", ky_bytes_str(secret)), KY_EAUTH);
    assert_int_equal(ky_api_client_authenticate(&client, &a, s, id, KY_BYTES_LIT("")), KY_EAUTH);
    assert_int_equal(ky_db_client_set_state(s, id, "closed"), KY_OK);
    assert_int_equal(ky_api_client_authenticate(&client, &a, s, id, ky_bytes_str(secret)), KY_EAUTH);
}

int main(void)
{
#define DB(f) cmocka_unit_test_setup_teardown(f, tempdb_open, tempdb_close)
    const struct CMUnitTest tests[] = {
        DB(an_organisation_is_checked_and_stored),
        DB(refuses_an_organisation_that_a_certificate_cannot_name),
        DB(people_have_the_roles_of_their_side),
        DB(a_token_tells_who_asks),
        DB(a_client_proves_its_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
