/* Organisations, staff, API clients. */
#include "registration.h"

#include "domain/api_client.h"
#include "domain/org.h"
#include "store/org_event.h"

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

/* The department and a school below it. */
struct fixture {
    struct tempdb *db;
    struct ky_store *s;
    struct ky_arena a;
    char department[KY_NEW_ID_TEXT], school[KY_NEW_ID_TEXT];
};

static const struct ky_scope all = {.from = "/", .to = "0"};
#define CONSOLE (&KY_ACTOR_SYSTEM)

static ky_rc make_authority(char id[KY_NEW_ID_TEXT], struct ky_store *s, const struct ky_actor *actor,
                            const char *code, const char *parent_id)
{
    struct ky_db_org org = school();
    org.code = code;
    org.name = "Ủy ban nhân dân tỉnh Lâm Đồng";
    org.sector = KY_SECTOR_AUTHORITY;
    org.kind = KY_ORG_DELEGATE;
    org.parent_id = parent_id;
    return ky_org_create(id, s, actor, &org, TEST_NOW);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    void *db = NULL;
    if (f == NULL || tempdb_open(&db) != 0)
        return -1;
    f->db = db;
    f->s = f->db->s;
    f->a = ky_arena_init(1 << 20);
    *state = f;
    struct ky_db_org cuc = school(), below = school();
    cuc.code = "A05";
    cuc.sector = KY_SECTOR_AUTHORITY;
    bool ok = ky_org_create(f->department, f->s, CONSOLE, &cuc, TEST_NOW) == KY_OK &&
              ky_org_create(f->school, f->s, CONSOLE, &below, TEST_NOW) == KY_OK;
    if (!ok)
        fprintf(stderr, "%s\n", ky_error());
    return ok ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    void *db = f->db;
    ky_arena_clear(&f->a);
    tempdb_close(&db);
    free(f);
    return 0;
}

static struct ky_db_org get_org(struct fixture *f, const char *id)
{
    struct ky_db_org org = {.id = NULL};
    assert_int_equal(ky_db_org_get(&org, &f->a, f->s, &all, id), KY_OK);
    return org;
}

static struct ky_actor make_person(struct fixture *f, const char *org_id, const char *roles)
{
    char id[KY_NEW_ID_TEXT];
    struct ky_db_staff staff = clerk(org_id, roles);
    struct ky_actor actor = {.staff_id = NULL};
    assert_int_equal(ky_staff_create(id, f->s, &f->a, CONSOLE, &staff, TEST_NOW), KY_OK);
    assert_int_equal(ky_db_staff_get(&staff, &f->a, f->s, &all, id), KY_OK);
    assert_int_equal(ky_actor_load(&actor, &f->a, f->s, &staff), KY_OK);
    return actor;
}

static void an_organisation_is_checked_and_stored(void **state)
{
    struct fixture *f = *state;
    char id[KY_NEW_ID_TEXT];
    struct ky_db_org org = get_org(f, f->school);
    assert_string_equal(org.state, "active");
    assert_string_equal(org.kind, KY_ORG_PLAIN);
    assert_string_equal(org.parent_id, f->department);
    assert_string_equal(org.folded, "h36 1 2 truong thcs nguyen trai");
    assert_string_equal(get_org(f, f->department).path, "/");
    org = school();
    assert_int_equal(ky_org_create(id, f->s, CONSOLE, &org, TEST_NOW), KY_EEXIST);
    org.code = "A06";
    org.sector = KY_SECTOR_AUTHORITY;
    assert_int_equal(ky_org_create(id, f->s, CONSOLE, &org, TEST_NOW), KY_EEXIST); /* a second department */
}

/* ---- the tree ---- */

static void the_department_comes_first(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    char id[KY_NEW_ID_TEXT];
    struct ky_db_org org = school();
    assert_int_equal(ky_org_create(id, s, CONSOLE, &org, TEST_NOW), KY_ENOTFOUND);
}

static void only_authorities_have_others_below_them_and_not_too_deep(void **state)
{
    struct fixture *f = *state;
    char ids[KY_ORG_DEPTH_MAX + 1][KY_NEW_ID_TEXT];
    char code[8] = "D0";
    const char *parent = f->department;
    assert_int_equal(make_authority(ids[0], f->s, CONSOLE, "X", f->school), KY_EDENIED);
    assert_int_equal(make_authority(ids[0], f->s, CONSOLE, "X", "00"), KY_ENOTFOUND);
    for (size_t i = 0; i <= KY_ORG_DEPTH_MAX; i++) {
        code[1] = (char)('0' + i);
        assert_int_equal(make_authority(ids[i], f->s, CONSOLE, code, parent),
                         i < KY_ORG_DEPTH_MAX ? KY_OK : KY_ELIMIT);
        parent = ids[i];
    }
    assert_int_equal(strlen(get_org(f, ids[KY_ORG_DEPTH_MAX - 1]).path), KY_ORG_PATH_MAX - 1);
    assert_int_equal(ky_org_move(NULL, f->s, CONSOLE, ids[0], ids[2], TEST_NOW), KY_EDENIED);
    assert_int_equal(ky_org_move(NULL, f->s, CONSOLE, ids[0], ids[0], TEST_NOW), KY_EDENIED);
    assert_int_equal(ky_org_move(NULL, f->s, CONSOLE, f->department, ids[0], TEST_NOW), KY_EDENIED);
    assert_int_equal(ky_org_move(NULL, f->s, CONSOLE, f->school, ids[KY_ORG_DEPTH_MAX - 1], TEST_NOW),
                     KY_ELIMIT);
    char other[KY_NEW_ID_TEXT];
    assert_int_equal(make_authority(other, f->s, CONSOLE, "E", NULL), KY_OK);
    assert_int_equal(ky_org_move(NULL, f->s, CONSOLE, ids[0], other, TEST_NOW), KY_ELIMIT); /* its deepest */
}

static void a_branch_moves_as_a_whole_when_the_department_says_so(void **state)
{
    struct fixture *f = *state;
    char so[KY_NEW_ID_TEXT], bo[KY_NEW_ID_TEXT], want[KY_ORG_PATH_MAX];
    struct ky_why why = {.vi = ""};
    assert_int_equal(make_authority(so, f->s, CONSOLE, "SO", NULL), KY_OK);
    assert_int_equal(make_authority(bo, f->s, CONSOLE, "BO", NULL), KY_OK);
    assert_int_equal(ky_org_move(NULL, f->s, CONSOLE, f->school, so, TEST_NOW), KY_OK);
    struct ky_actor admin = make_person(f, so, "admin");
    assert_int_equal(ky_org_move(&why, f->s, &admin, f->school, so, TEST_NOW), KY_EDENIED);
    assert_non_null(strstr(why.vi, "Cục"));
    assert_int_equal(ky_org_move(NULL, f->s, CONSOLE, so, bo, TEST_NOW), KY_OK);
    snprintf(want, sizeof want, "/%s/%s/%s/", bo, so, f->school);
    assert_string_equal(get_org(f, f->school).path, want);
    assert_string_equal(get_org(f, so).parent_id, bo);
}

static void delegates_see_and_change_their_branch_only(void **state)
{
    struct fixture *f = *state;
    char so[KY_NEW_ID_TEXT], mine[KY_NEW_ID_TEXT], id[KY_NEW_ID_TEXT];
    struct ky_db_org org, *list;
    struct ky_page page;
    size_t n = 0;
    assert_int_equal(make_authority(so, f->s, CONSOLE, "SO", NULL), KY_OK);
    struct ky_actor admin = make_person(f, so, "admin");
    const struct ky_scope scope = ky_actor_scope(&admin);
    struct ky_db_org below = school();
    below.code = "MINE";
    below.parent_id = so;
    assert_int_equal(ky_org_create(mine, f->s, &admin, &below, TEST_NOW), KY_OK);
    below.code = "NOT";
    below.parent_id = NULL; /* the department's: not in her scope */
    assert_int_equal(ky_org_create(id, f->s, &admin, &below, TEST_NOW), KY_ENOTFOUND);
    org = get_org(f, f->school);
    assert_int_equal(ky_org_change(f->s, &admin, &org, TEST_NOW), KY_ENOTFOUND);
    assert_int_equal(ky_org_close(NULL, f->s, &admin, f->school, TEST_NOW), KY_ENOTFOUND);
    struct ky_db_staff stranger = clerk(f->school, "enter");
    assert_int_equal(ky_staff_create(id, f->s, &f->a, &admin, &stranger, TEST_NOW), KY_ENOTFOUND);
    assert_int_equal(ky_page_parse(&page, NULL, 10), KY_OK);
    assert_int_equal(ky_db_org_list(&list, &n, &f->a, f->s, &scope, NULL, &page), KY_OK);
    assert_int_equal(n, 2);
    const struct ky_actor nobody = {.org_id = so, .roles = KY_STAFF_ADMIN};
    assert_int_equal(ky_org_close(NULL, f->s, &nobody, mine, TEST_NOW), KY_ENOTFOUND);
}

static void organisations_are_found_without_diacritics(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *query;
        size_t n;
    } cases[] = {{"nguyen trai", 2}, {"truong thcs", 2}, {"h36", 1}, {"a05", 1}, {"quang trung", 0}};
    struct ky_page page;
    assert_int_equal(ky_page_parse(&page, NULL, 10), KY_OK);
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        struct ky_db_org *list;
        size_t n = 9;
        assert_int_equal(ky_db_org_list(&list, &n, &f->a, f->s, &all, cases[i].query, &page), KY_OK);
        assert_int_equal(n, cases[i].n);
    }
    struct ky_db_org org = get_org(f, f->school);
    org.name = "Trường THCS Quang Trung";
    assert_int_equal(ky_org_change(f->s, CONSOLE, &org, TEST_NOW), KY_OK);
    struct ky_db_org *list;
    size_t n = 0;
    assert_int_equal(ky_db_org_list(&list, &n, &f->a, f->s, &all, "quang trung", &page), KY_OK);
    assert_int_equal(n, 1);
}

static void what_is_closed_lets_nobody_in(void **state)
{
    struct fixture *f = *state;
    struct ky_actor actor, person = make_person(f, f->school, "enter");
    char token[KY_BEARER_TEXT], so[KY_NEW_ID_TEXT];
    struct ky_why why = {.vi = ""};
    assert_int_equal(ky_staff_issue_token(token, f->s, CONSOLE, person.staff_id, TEST_NOW), KY_OK);
    assert_int_equal(ky_org_close(&why, f->s, CONSOLE, f->department, TEST_NOW), KY_EDENIED);
    assert_int_equal(make_authority(so, f->s, CONSOLE, "SO", NULL), KY_OK);
    assert_int_equal(ky_org_move(NULL, f->s, CONSOLE, f->school, so, TEST_NOW), KY_OK);
    assert_int_equal(ky_org_close(&why, f->s, CONSOLE, so, TEST_NOW), KY_EDENIED); /* the school is active */
    assert_int_equal(ky_org_close(&why, f->s, CONSOLE, f->school, TEST_NOW), KY_OK);
    assert_int_equal(ky_org_close(&why, f->s, CONSOLE, f->school, TEST_NOW), KY_EEXIST);
    assert_int_equal(ky_staff_authenticate(&actor, &f->a, f->s, ky_bytes_str(token), TEST_NOW), KY_EAUTH);
    struct ky_db_staff late = clerk(f->school, "enter");
    char id[KY_NEW_ID_TEXT];
    assert_int_equal(ky_staff_create(id, f->s, &f->a, CONSOLE, &late, TEST_NOW), KY_EDENIED);
    assert_int_equal(ky_org_close(&why, f->s, CONSOLE, so, TEST_NOW), KY_OK);
}

static void the_department_delegates_known_procedures_to_authorities(void **state)
{
    struct fixture *f = *state;
    char so[KY_NEW_ID_TEXT];
    const char *handler;
    static const char *const two[] = {"renew", "change"}, *const wrong[] = {"adopt"},
                             *const twice[] = {"new", "new"}, *const words[] = {"new renew"};
    assert_int_equal(make_authority(so, f->s, CONSOLE, "SO", NULL), KY_OK);
    struct ky_actor admin = make_person(f, so, "admin");
    assert_int_equal(ky_org_delegate(f->s, CONSOLE, f->school, two, 2, TEST_NOW), KY_EDENIED);
    assert_int_equal(ky_org_delegate(f->s, CONSOLE, f->department, two, 2, TEST_NOW), KY_EDENIED);
    assert_int_equal(ky_org_delegate(f->s, &admin, so, two, 2, TEST_NOW), KY_EDENIED);
    assert_int_equal(ky_org_delegate(f->s, CONSOLE, so, wrong, 1, TEST_NOW), KY_EFORMAT);
    assert_int_equal(ky_org_delegate(f->s, CONSOLE, so, twice, 2, TEST_NOW), KY_EFORMAT);
    assert_int_equal(ky_org_delegate(f->s, CONSOLE, so, words, 1, TEST_NOW), KY_EFORMAT);
    assert_int_equal(ky_org_delegate(f->s, CONSOLE, so, two, 2, TEST_NOW), KY_OK);
    assert_int_equal(ky_org_move(NULL, f->s, CONSOLE, f->school, so, TEST_NOW), KY_OK);
    const char *path = get_org(f, f->school).path;
    assert_int_equal(ky_org_handler(&handler, &f->a, f->s, path, "renew"), KY_OK);
    assert_string_equal(handler, so);
    assert_int_equal(ky_org_handler(&handler, &f->a, f->s, path, "revoke"), KY_OK);
    assert_string_equal(handler, f->department);
    assert_int_equal(ky_org_handler(&handler, &f->a, f->s, "/", "renew"), KY_OK);
    assert_string_equal(handler, f->department);
}

static void refuses_an_organisation_that_a_certificate_cannot_name(void **state)
{
    struct fixture *f = *state;
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
        {offsetof(struct ky_db_org, sector), KY_SECTOR_AUTHORITY, KY_EEXIST},
        {offsetof(struct ky_db_org, kind), "club", KY_EFORMAT},
        {offsetof(struct ky_db_org, kind), KY_ORG_DELEGATE, KY_EFORMAT}, /* a school is no authority */
        {offsetof(struct ky_db_org, separation), "sometimes", KY_EFORMAT},
        {offsetof(struct ky_db_org, email), "nobody", KY_EFORMAT},
        {offsetof(struct ky_db_org, email), "a b@c.vn", KY_EFORMAT},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        struct ky_db_org org = school();
        org.code = "NEW";
        memcpy((uint8_t *)&org + cases[i].member, &cases[i].value, sizeof cases[i].value);
        assert_int_equal(ky_org_create(id, f->s, CONSOLE, &org, TEST_NOW), cases[i].rc);
    }
}

/* ---- people ---- */

static void people_have_the_roles_of_their_side(void **state)
{
    struct fixture *f = *state;
    char id[KY_NEW_ID_TEXT];
    const struct {
        const char *org, *roles;
        ky_rc rc;
    } cases[] = {
        {f->school, "enter", KY_OK},
        {f->school, "enter sign seal support", KY_OK},
        {f->school, "approve", KY_EDENIED},
        {f->school, "enter receive", KY_EDENIED},
        {f->school, "admin", KY_EDENIED},
        {f->department, "receive examine approve operate audit admin", KY_OK},
        {f->department, "enter", KY_EDENIED},
        {f->department, "sign", KY_EDENIED},
        {f->department, "", KY_EFORMAT},
        {f->department, "king", KY_EFORMAT},
        {"00", "enter", KY_ENOTFOUND},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        struct ky_db_staff staff = clerk(cases[i].org, cases[i].roles);
        assert_int_equal(ky_staff_create(id, f->s, &f->a, CONSOLE, &staff, TEST_NOW), cases[i].rc);
    }
}

static void a_token_tells_who_asks(void **state)
{
    struct fixture *f = *state;
    char token[KY_BEARER_TEXT];
    struct ky_actor actor, person = make_person(f, f->school, "enter");
    assert_int_equal(ky_staff_issue_token(token, f->s, CONSOLE, person.staff_id, TEST_NOW), KY_OK);
    assert_int_equal(ky_staff_authenticate(&actor, &f->a, f->s, ky_bytes_str(token), TEST_NOW), KY_OK);
    assert_string_equal(actor.staff_id, person.staff_id);
    assert_int_equal(actor.roles, KY_STAFF_ENTER);
    assert_string_equal(actor.path, get_org(f, f->school).path);
    assert_false(actor.department);
    assert_int_equal(
        ky_staff_authenticate(&actor, &f->a, f->s, ky_bytes_str(token), TEST_NOW + KY_STAFF_TOKEN_LIFE),
        KY_EAUTH);
    token[0] = token[0] == 'A' ? 'B' : 'A';
    assert_int_equal(ky_staff_authenticate(&actor, &f->a, f->s, ky_bytes_str(token), TEST_NOW), KY_EAUTH);
    assert_int_equal(ky_staff_authenticate(&actor, &f->a, f->s, KY_BYTES_LIT("x"), TEST_NOW), KY_EAUTH);
}

static void the_last_admin_stays(void **state)
{
    struct fixture *f = *state;
    struct ky_why why = {.vi = ""};
    struct ky_actor first = make_person(f, f->department, "admin approve");
    struct ky_db_staff changed = clerk(f->department, "approve");
    changed.id = first.staff_id;
    assert_int_equal(ky_staff_close(&why, f->s, &first, first.staff_id, TEST_NOW), KY_EDENIED);
    assert_non_null(strstr(why.vi, "Lê Thị Hoa: là quản trị viên cuối cùng"));
    assert_non_null(strstr(why.en, "Lê Thị Hoa: the last admin"));
    assert_int_equal(ky_staff_change(&why, f->s, &first, &changed, TEST_NOW), KY_EDENIED);
    struct ky_actor second = make_person(f, f->department, "admin");
    assert_int_equal(ky_staff_change(&why, f->s, &second, &changed, TEST_NOW), KY_OK);
    assert_int_equal(ky_staff_close(&why, f->s, &second, second.staff_id, TEST_NOW), KY_EDENIED);
    changed.roles = "enter";
    assert_int_equal(ky_staff_change(&why, f->s, &second, &changed, TEST_NOW), KY_EDENIED);
    changed.roles = "approve audit";
    changed.name = "";
    assert_int_equal(ky_staff_change(&why, f->s, &second, &changed, TEST_NOW), KY_EFORMAT);
    assert_int_equal(ky_staff_close(&why, f->s, &second, first.staff_id, TEST_NOW), KY_OK);
    assert_int_equal(ky_staff_close(&why, f->s, &second, first.staff_id, TEST_NOW), KY_EEXIST);
}

static void what_is_done_is_written_down(void **state)
{
    struct fixture *f = *state;
    static const char *const wanted[] = {"close", "close-staff", "give-token", "add-staff", "change", "add"};
    struct ky_db_org_event *events;
    struct ky_page page;
    struct ky_db_org org = get_org(f, f->school);
    size_t n = 0;
    char code[KY_BEARER_TEXT];
    assert_int_equal(ky_org_change(f->s, CONSOLE, &org, TEST_NOW), KY_OK);
    struct ky_actor person = make_person(f, f->school, "enter"),
                    admin = make_person(f, f->department, "admin");
    assert_int_equal(ky_staff_issue_token(code, f->s, &admin, person.staff_id, TEST_NOW), KY_OK);
    assert_int_equal(ky_staff_close(NULL, f->s, &admin, person.staff_id, TEST_NOW), KY_OK);
    assert_int_equal(ky_org_close(NULL, f->s, &admin, f->school, TEST_NOW), KY_OK);
    assert_int_equal(ky_page_parse(&page, NULL, 10), KY_OK);
    assert_int_equal(ky_db_org_event_list(&events, &n, &f->a, f->s, &all, f->school, &page), KY_OK);
    assert_int_equal(n, KY_COUNT(wanted));
    for (size_t i = 0; i < n; i++)
        assert_string_equal(events[i].action, wanted[i]);
    assert_string_equal(events[1].actor_id, admin.staff_id);
    assert_string_equal(events[1].staff_id, person.staff_id);
    assert_null(events[4].actor_id);
    const struct ky_scope other = ky_actor_scope(&person);
    assert_int_equal(ky_db_org_event_list(&events, &n, &f->a, f->s, &other, f->department, &page),
                     KY_ENOTFOUND);
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
#define TREE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TREE(an_organisation_is_checked_and_stored),
        TREE(refuses_an_organisation_that_a_certificate_cannot_name),
        DB(the_department_comes_first),
        TREE(only_authorities_have_others_below_them_and_not_too_deep),
        TREE(a_branch_moves_as_a_whole_when_the_department_says_so),
        TREE(delegates_see_and_change_their_branch_only),
        TREE(organisations_are_found_without_diacritics),
        TREE(what_is_closed_lets_nobody_in),
        TREE(the_department_delegates_known_procedures_to_authorities),
        TREE(people_have_the_roles_of_their_side),
        TREE(a_token_tells_who_asks),
        TREE(the_last_admin_stays),
        TREE(what_is_done_is_written_down),
        DB(a_client_proves_its_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
