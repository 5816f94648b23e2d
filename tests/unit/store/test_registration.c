/* Organisations, staff, clients, dossiers, requests. */
#include "tempdb.h"

#include "store/approval.h"
#include "store/client.h"
#include "store/dossier.h"
#include "store/find.h"
#include "store/inventory.h"
#include "store/org.h"
#include "store/request.h"
#include "store/setting.h"
#include "store/staff.h"
#include "store/watch.h"

#define HASH(c) KY_BYTES_LIT(c "0123456789012345678901234567890")

static const struct ky_scope all = {.from = "/", .to = "0"};
static const struct ky_scope ours = {.from = "/0a/", .to = "/0a0"};
static const struct ky_scope theirs = {.from = "/0d/", .to = "/0d0"};

static const char *path_of(const char *id)
{
    static char path[3][8];
    static size_t next;
    char *p = path[next++ % 3];
    snprintf(p, sizeof path[0], "/%s/", id);
    return p;
}

static struct ky_db_org school(const char *id, const char *code, int64_t created_at)
{
    return (struct ky_db_org){.id = id,
                              .code = code,
                              .name = "Trường THCS Nguyễn Trãi",
                              .province = "Lâm Đồng",
                              .place = "Đà Lạt",
                              .sector = "education",
                              .state = "active",
                              .kind = "organisation",
                              .path = path_of(id),
                              .folded = "h36 truong thcs nguyen trai",
                              .separation = "auto",
                              .created_at = created_at};
}

/* An organisation "0a", a clerk "0b" in it, a dossier "0c" with two rows. */
static int open_filled(void **state)
{
    if (tempdb_open(state) != 0)
        return -1;
    struct ky_store *s = ((struct tempdb *)*state)->s;
    struct ky_db_org org = school("0a", "H36.1", 10);
    struct ky_db_staff clerk = {.id = "0b",
                                .org_id = "0a",
                                .name = "Lê Thị Hoa",
                                .email = "hoa@lamdong.edu.vn",
                                .roles = "enter",
                                .state = "active",
                                .created_at = 11};
    struct ky_db_dossier d = {.id = "0c",
                              .code = "CM-2026-000001",
                              .org_id = "0a",
                              .procedure = "new",
                              .state = "draft",
                              .entered_by = "0b",
                              .legal = "2024",
                              .recipient_name = "Lê Thị Hoa",
                              .recipient_channel = "email",
                              .recipient_email = "hoa@lamdong.edu.vn",
                              .sealed_recipient_phone = KY_BYTES_LIT("sealed"),
                              .path = "/0a/",
                              .created_at = 12};
    struct ky_db_dossier_row row = {.dossier_id = "0c",
                                    .number = 1,
                                    .state = "entered",
                                    .name = "Nguyễn Văn An",
                                    .identity_hash = HASH("a"),
                                    .sealed_person = KY_BYTES_LIT("sealed")};
    struct ky_db_dossier_row second = row;
    second.number = 2;
    second.identity_hash = HASH("b");
    bool ok = ky_db_org_insert(s, &org) == KY_OK && ky_db_staff_insert(s, &clerk) == KY_OK &&
              ky_db_dossier_insert(s, &d) == KY_OK && ky_db_dossier_row_insert(s, &row) == KY_OK &&
              ky_db_dossier_row_insert(s, &second) == KY_OK;
    if (!ok)
        fprintf(stderr, "%s\n", ky_error());
    return ok ? 0 : -1;
}

static void organisations_are_found_and_paged(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_org org = school("0d", "H36.2", 10), same_code = school("0e", "H36.2", 10), *list = NULL;
    assert_int_equal(ky_db_org_insert(s, &org), KY_OK);
    assert_int_equal(ky_db_org_insert(s, &same_code), KY_EEXIST);
    assert_int_equal(ky_db_org_get_by_code(&org, &a, s, &all, "H36.1"), KY_OK);
    assert_string_equal(org.id, "0a");
    assert_null(org.parent_id);
    assert_int_equal(ky_db_org_get(&org, &a, s, &all, "ff"), KY_ENOTFOUND);

    struct ky_page page;
    char cursor[KY_CURSOR_MAX];
    size_t n = 0;
    assert_int_equal(ky_page_parse(&page, NULL, 1), KY_OK);
    assert_int_equal(ky_db_org_list(&list, &n, &a, s, &all, NULL, &page), KY_OK);
    assert_int_equal(n, 1);
    assert_string_equal(list[0].id, "0d");
    ky_cursor_format(cursor, list[0].created_at, list[0].id);
    assert_int_equal(ky_page_parse(&page, cursor, 10), KY_OK);
    assert_int_equal(ky_db_org_list(&list, &n, &a, s, &all, NULL, &page), KY_OK);
    assert_int_equal(n, 1);
    assert_string_equal(list[0].id, "0a");
    assert_int_equal(ky_db_org_set_state(s, &all, "0a", "closed"), KY_OK);
    assert_int_equal(ky_db_org_set_state(s, &all, "0a", "sleeping"), KY_EDENIED);
}

static void a_token_finds_its_active_person_until_it_expires(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_staff who;
    assert_int_equal(ky_db_staff_token_insert(s, HASH("t"), "0b", 10, 100), KY_OK);
    assert_int_equal(ky_db_staff_token_insert(s, HASH("u"), "0b", 10, 100), KY_OK);
    assert_int_equal(ky_db_staff_get_by_token(&who, &a, s, HASH("t"), 99), KY_OK);
    assert_string_equal(who.id, "0b");
    assert_int_equal(ky_db_staff_get_by_token(&who, &a, s, HASH("t"), 100), KY_ENOTFOUND);
    assert_int_equal(ky_db_staff_get_by_token(&who, &a, s, HASH("x"), 99), KY_ENOTFOUND);
    assert_int_equal(ky_db_staff_token_delete(s, HASH("u")), KY_OK);
    assert_int_equal(ky_db_staff_get_by_token(&who, &a, s, HASH("u"), 99), KY_ENOTFOUND);
    assert_int_equal(ky_db_staff_set_state(s, &ours, "0b", "closed"), KY_OK);
    assert_int_equal(ky_db_staff_set_state(s, &ours, "0b", "active"), KY_OK);
    assert_int_equal(ky_db_staff_get_by_token(&who, &a, s, HASH("t"), 99), KY_ENOTFOUND);
}

static void staff_are_listed_and_bound_to_an_officer(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_staff who, *list = NULL;
    struct ky_page page;
    size_t n = 0;
    assert_int_equal(ky_db_staff_set_officer(s, "0b", "0f", "0e"), KY_OK);
    assert_int_equal(ky_db_staff_get(&who, &a, s, &ours, "0b"), KY_OK);
    assert_string_equal(who.officer_record, "0f");
    assert_int_equal(ky_page_parse(&page, NULL, 10), KY_OK);
    assert_int_equal(ky_db_staff_list(&list, &n, &a, s, &ours, "0a", &page), KY_OK);
    assert_int_equal(n, 1);
    assert_int_equal(ky_db_staff_token_insert(s, HASH("t"), "0b", 10, 100), KY_OK);
    assert_int_equal(ky_db_staff_token_purge(s, 100), KY_OK);
    assert_int_equal(ky_db_staff_token_delete(s, HASH("t")), KY_ENOTFOUND);
}

static void a_client_token_ends_with_time_and_with_its_client(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_client c = {
        .client_id = "emr", .secret_hash = HASH("s"), .record_id = "01", .name = "EMR", .state = "active"};
    struct ky_db_access_token t = {
        .hash = HASH("t"), .client_id = "emr", .scope = "credential", .expires_at = 100};
    struct ky_db_access_token u = {.hash = HASH("u"), .client_id = "nobody", .scope = "credential"};
    assert_int_equal(ky_db_client_insert(s, &c), KY_OK);
    assert_int_equal(ky_db_client_insert(s, &c), KY_EEXIST);
    assert_int_equal(ky_db_client_get(&c, &a, s, "emr"), KY_OK);
    assert_true(ky_bytes_eq(c.secret_hash, HASH("s")));
    assert_int_equal(ky_db_access_token_insert(s, &t), KY_OK);
    assert_int_equal(ky_db_access_token_insert(s, &u), KY_EDENIED);
    assert_int_equal(ky_db_access_token_get(&t, &a, s, HASH("t"), 99), KY_OK);
    assert_int_equal(ky_db_access_token_get(&t, &a, s, HASH("t"), 100), KY_ENOTFOUND);
    assert_int_equal(ky_db_client_set_state(s, "emr", "closed"), KY_OK);
    assert_int_equal(ky_db_client_set_state(s, "emr", "active"), KY_OK);
    assert_int_equal(ky_db_access_token_get(&t, &a, s, HASH("t"), 99), KY_ENOTFOUND);
    assert_int_equal(ky_db_access_token_insert(s, &t), KY_OK);
    assert_int_equal(ky_db_access_token_purge(s, 100), KY_OK);
    assert_int_equal(ky_db_access_token_delete(s, HASH("t")), KY_ENOTFOUND);
}

static void a_dossier_changes_only_from_the_state_it_is_in(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_dossier d;
    assert_int_equal(ky_db_dossier_set_state(s, "0c", "draft", "sent", NULL, 50), KY_OK);
    assert_int_equal(ky_db_dossier_set_state(s, "0c", "draft", "sent", NULL, 51), KY_ENOTFOUND);
    assert_int_equal(ky_db_dossier_set_clock(s, "0c", "runs", 1, 60, 70), KY_OK);
    assert_int_equal(ky_db_dossier_set_clock(s, "0f", "runs", 1, 60, 70), KY_ENOTFOUND);
    assert_int_equal(ky_db_dossier_get(&d, &a, s, &ours, "0c"), KY_OK);
    assert_string_equal(d.state, "sent");
    assert_int_equal(d.updated_at, 50);
    assert_int_equal(d.due_at, 70);
    assert_string_equal(d.clock, "runs");
    assert_int_equal(d.stage, 1);
}

static void dossiers_are_listed_by_organisation_and_state(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    const struct {
        struct ky_dossier_filter filter;
        size_t n;
    } cases[] = {{{NULL, NULL, NULL}, 1},     {{"0a", NULL, NULL}, 1},    {{NULL, "draft", NULL}, 1},
                 {{"0a", "draft", NULL}, 1},  {{"0f", NULL, NULL}, 0},    {{NULL, "sent", NULL}, 0},
                 {{"0a", "sent", NULL}, 0},   {{"0f", "draft", NULL}, 0}, {{NULL, NULL, "new"}, 1},
                 {{NULL, "draft", "new"}, 1}, {{"0a", NULL, "renew"}, 0}, {{NULL, "draft", "renew"}, 0}};
    const struct ky_scope nothing = {.from = ""};
    const struct {
        const struct ky_scope *scope;
        bool sees;
    } scopes[] = {{&all, true}, {&ours, true}, {&theirs, false}, {&nothing, false}};
    struct ky_page page;
    assert_int_equal(ky_page_parse(&page, NULL, 10), KY_OK);
    for (size_t i = 0; i < KY_COUNT(cases) * KY_COUNT(scopes); i++) {
        const size_t c = i % KY_COUNT(cases), v = i / KY_COUNT(cases);
        struct ky_db_dossier *list = NULL;
        size_t n = 99;
        assert_int_equal(
            ky_db_dossier_list(&list, &n, &a, s, scopes[v].scope, &cases[c].filter, KY_DOSSIER_NEWEST, &page),
            KY_OK);
        assert_int_equal(n, scopes[v].sees ? cases[c].n : 0);
    }
}

/* "0e", of the first row of dossier "0c". */
static void put_certificate(struct ky_store *s)
{
    assert_int_equal(
        ky_store_script(s, "INSERT INTO certificate (serial, dossier_id, number, key_id, owner, status,"
                           " der, not_before, not_after, revoked_at, reason, created_at)"
                           " VALUES ('0e', '0c', 1, 'k', 'o', 'good', x'00', 0, 50, 0, 0, 1)"),
        KY_OK);
    assert_int_equal(ky_db_inventory_place(s, "0e", 1), KY_OK);
    const struct ky_find_text text = {1, "nguyen thi hang", "h36 truong thcs", "/0a/"};
    assert_int_equal(ky_db_find_put(s, KY_FIND_CERTIFICATES, &text), KY_OK);
    assert_int_equal(ky_db_find_put_until(s, 50 * 1048576 + 1, "/0a/"), KY_OK);
}

static size_t listed(struct ky_store *s, const struct ky_scope *scope, ky_inventory_order order, int64_t now)
{
    ky_auto_arena a = ky_arena_init(100000);
    ky_auto_buf match = ky_buf_init(KY_FIND_MATCH_MAX);
    struct ky_db_listed_cert *list = NULL;
    struct ky_page page;
    size_t n = 9;
    bool branch = !ky_scope_is_everything(scope);
    bool ends = order == KY_INVENTORY_EXPIRING || order == KY_INVENTORY_EXPIRED;
    bool found = order == KY_INVENTORY_FOUND || (ends && branch);
    if (found)
        assert_int_equal(ky_db_find_match(&match, ends ? "" : "thi ha", scope), KY_OK);
    const struct ky_inventory_query q = {
        .order = order, .match = found ? ky_buf_str(&match) : NULL, .now = now};
    assert_int_equal(ky_page_parse(&page, NULL, 10), KY_OK);
    assert_int_equal(ky_db_inventory_list(&list, &n, &a, s, scope, &q, &page), KY_OK);
    return n;
}

static void certificates_are_listed_in_each_order(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    put_certificate(s);
    const struct ky_scope *const seeing[] = {&all, &ours};
    for (size_t i = 0; i < KY_COUNT(seeing); i++) {
        assert_int_equal(listed(s, seeing[i], KY_INVENTORY_NEWEST, 10), 1);
        assert_int_equal(listed(s, seeing[i], KY_INVENTORY_FOUND, 10), 1);
        assert_int_equal(listed(s, seeing[i], KY_INVENTORY_EXPIRING, 10), 1);
        assert_int_equal(listed(s, seeing[i], KY_INVENTORY_EXPIRING, 49), 1);
        assert_int_equal(listed(s, seeing[i], KY_INVENTORY_EXPIRING, 50), 0);
        assert_int_equal(listed(s, seeing[i], KY_INVENTORY_EXPIRED, 49), 0);
        assert_int_equal(listed(s, seeing[i], KY_INVENTORY_EXPIRED, 50), 1);
        assert_int_equal(listed(s, seeing[i], KY_INVENTORY_REVOKED, 10), 0);
    }
    for (ky_inventory_order order = KY_INVENTORY_NEWEST; order <= KY_INVENTORY_FOUND; order++)
        assert_int_equal(listed(s, &theirs, order, 10), 0);
}

/* What was found in the old branch is found in the new one, and under the new name. */
static void words_follow_an_organisation(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    put_certificate(s);
    assert_int_equal(ky_store_script(s, "UPDATE certificate SET path = '/0d/0a/'"), KY_OK);
    assert_int_equal(ky_db_find_move(s, &theirs), KY_OK);
    assert_int_equal(listed(s, &ours, KY_INVENTORY_FOUND, 10), 0);
    assert_int_equal(listed(s, &theirs, KY_INVENTORY_FOUND, 10), 1);
    assert_int_equal(listed(s, &ours, KY_INVENTORY_EXPIRING, 10), 0);
    assert_int_equal(listed(s, &theirs, KY_INVENTORY_EXPIRING, 10), 1);
    assert_int_equal(ky_db_find_rename(s, "0a", "thi ha"), KY_OK);
    assert_int_equal(listed(s, &theirs, KY_INVENTORY_FOUND, 10), 1);
}

static void a_question_has_words_and_not_too_many(void **state)
{
    (void)state;
    ky_auto_buf match = ky_buf_init(KY_FIND_MATCH_MAX);
    assert_int_equal(ky_db_find_match(&match, "", &all), KY_EINVAL);
    assert_int_equal(ky_db_find_match(&match, "a b c d e f g h i", &all), KY_ELIMIT);
    ky_buf_reset(&match);
    assert_int_equal(ky_db_find_match(&match, "thi h", &all), KY_OK);
    assert_string_equal(ky_buf_str(&match), "\"thi\" AND \"h\"");
    ky_buf_reset(&match);
    assert_int_equal(ky_db_find_match(&match, "ha", &ours), KY_OK);
    assert_string_equal(ky_buf_str(&match), "\"ha\"* AND \"\xEE\x80\x80"
                                            "0a\"");
}

/* Every question that takes a scope, asked from outside it. */
static void what_lies_outside_the_scope_is_not_there(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    const struct ky_scope *scopes[] = {&theirs, &(const struct ky_scope){.from = ""}};
    struct ky_page page;
    put_certificate(s);
    assert_int_equal(ky_page_parse(&page, NULL, 10), KY_OK);
    assert_int_equal(
        ky_store_exec(s,
                      "INSERT INTO outbox (id, about, template, channel, sealed_message, dossier_id,"
                      " state, attempts, next_try, created_at)"
                      " VALUES ('0e', 'x', 't', 'email', 'x', '0c', 'sent', 1, 0, 1)",
                      KY_NO_PARAMS),
        KY_OK);
    for (size_t i = 0; i < KY_COUNT(scopes); i++) {
        struct ky_db_org org, *orgs;
        struct ky_db_staff who, *people;
        struct ky_db_dossier d;
        struct ky_db_dossier_row row, *rows;
        struct ky_db_dossier_event *events;
        struct ky_db_request request;
        size_t n = 9;
        assert_int_equal(ky_db_org_get(&org, &a, s, scopes[i], "0a"), KY_ENOTFOUND);
        assert_int_equal(ky_db_org_get_by_code(&org, &a, s, scopes[i], "H36.1"), KY_ENOTFOUND);
        assert_int_equal(ky_db_org_list(&orgs, &n, &a, s, scopes[i], NULL, &page), KY_OK);
        assert_int_equal(n, 0);
        assert_int_equal(ky_db_org_set_state(s, scopes[i], "0a", "closed"), KY_ENOTFOUND);
        assert_int_equal(ky_db_staff_get(&who, &a, s, scopes[i], "0b"), KY_ENOTFOUND);
        assert_int_equal(ky_db_staff_list(&people, &n, &a, s, scopes[i], "0a", &page), KY_ENOTFOUND);
        assert_int_equal(ky_db_staff_set_state(s, scopes[i], "0b", "closed"), KY_ENOTFOUND);
        assert_int_equal(ky_db_dossier_get(&d, &a, s, scopes[i], "0c"), KY_ENOTFOUND);
        assert_int_equal(ky_db_dossier_row_get(&row, &a, s, scopes[i], "0c", 1), KY_ENOTFOUND);
        n = 9;
        assert_int_equal(ky_db_dossier_row_list(&rows, &n, &a, s, scopes[i], "0c"), KY_OK);
        assert_int_equal(n, 0);
        n = 9;
        assert_int_equal(ky_db_dossier_event_list(&events, &n, &a, s, scopes[i], "0c"), KY_OK);
        assert_int_equal(n, 0);
        assert_int_equal(ky_db_request_get(&request, &a, s, scopes[i], "0c"), KY_ENOTFOUND);
        for (ky_object k = KY_OBJECT_DOSSIER; k < KY_OBJECT_COUNT; k++) {
            static const char *const ids[] = {[KY_OBJECT_DOSSIER] = "0c",
                                              [KY_OBJECT_ORG] = "0a",
                                              [KY_OBJECT_STAFF] = "0b",
                                              [KY_OBJECT_MESSAGE] = "0e",
                                              [KY_OBJECT_CERTIFICATE] = "0e"};
            assert_int_equal(ky_scope_check(s, scopes[i], k, ids[k]), KY_ENOTFOUND);
            assert_int_equal(ky_scope_check(s, &ours, k, ids[k]), KY_OK);
            assert_int_equal(ky_scope_check(s, &all, k, "ff"), KY_ENOTFOUND);
        }
    }
}

static bool plan_holds(struct ky_store *s, const char *sql, const char *wanted)
{
    ky_auto_rows rows = {0};
    bool have = true, found = false;
    assert_int_equal(ky_store_query(&rows, s, sql, KY_NO_PARAMS), KY_OK);
    while (ky_rows_next(&rows, &have) == KY_OK && have) {
        struct ky_bytes line = ky_rows_bytes(&rows, 3);
        found |= memmem(line.p, line.n, wanted, strlen(wanted)) != NULL;
    }
    return found;
}

static void a_branch_is_a_range_of_an_index(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    assert_true(plan_holds(s,
                           "EXPLAIN QUERY PLAN SELECT id FROM dossier WHERE (created_at, id) < (99, 'z')"
                           " AND path >= '/a/' AND path < '/a0' AND state || '' = 'sent'"
                           " ORDER BY created_at DESC, id DESC LIMIT 50",
                           "COVERING INDEX dossier_by_path (path>? AND path<?)"));
    assert_true(plan_holds(s,
                           "EXPLAIN QUERY PLAN SELECT * FROM dossier WHERE (created_at, id) < (99, 'z')"
                           " ORDER BY created_at DESC, id DESC LIMIT 50",
                           "INDEX dossier_by_time"));
    assert_true(plan_holds(s,
                           "EXPLAIN QUERY PLAN SELECT * FROM dossier WHERE (created_at, id) < (99, 'z')"
                           " AND org_id = 'a' AND path >= '/a/' AND path < '/a0'"
                           " ORDER BY created_at DESC, id DESC LIMIT 50",
                           "INDEX dossier_by_org"));
}

static void a_scope_is_a_branch(void **state)
{
    (void)state;
    struct ky_scope scope;
    static const char *const wrong[] = {"", "a", "/a", "a/", NULL};
    for (size_t i = 0; i < KY_COUNT(wrong); i++) {
        assert_int_equal(ky_scope_make(&scope, wrong[i]), KY_EDENIED);
        assert_false(ky_scope_holds_path(&scope, "/"));
    }
    assert_int_equal(ky_scope_make(&scope, "/"), KY_OK);
    assert_true(ky_scope_is_everything(&scope));
    assert_true(ky_scope_holds_path(&scope, "/a/b/"));
    assert_false(ky_scope_holds_path(&scope, ""));
    assert_int_equal(ky_scope_make(&scope, "/a/"), KY_OK);
    assert_true(ky_scope_holds_path(&scope, "/a/"));
    assert_true(ky_scope_holds_path(&scope, "/a/f/"));
    assert_false(ky_scope_holds_path(&scope, "/ab/"));
    assert_false(ky_scope_holds_path(&scope, "/"));
    assert_false(ky_scope_holds_path(&scope, "/b/"));
}

static void a_person_is_once_in_a_dossier(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    struct ky_db_dossier_row row = {.dossier_id = "0c",
                                    .number = 3,
                                    .state = "entered",
                                    .name = "Nguyễn Văn An",
                                    .identity_hash = HASH("a"),
                                    .sealed_person = KY_BYTES_LIT("sealed")};
    assert_int_equal(ky_db_dossier_row_insert(s, &row), KY_EEXIST);
    row.identity_hash = HASH("c");
    assert_int_equal(ky_db_dossier_row_insert(s, &row), KY_OK);
    row.identity_hash = HASH("d");
    assert_int_equal(ky_db_dossier_row_insert(s, &row), KY_EEXIST);
    row.number = KY_DB_DOSSIER_ROWS_MAX + 1;
    assert_int_equal(ky_db_dossier_row_insert(s, &row), KY_EDENIED);
    assert_int_equal(ky_db_dossier_row_delete(s, "0c", 3), KY_OK);
    assert_int_equal(ky_db_dossier_row_delete(s, "0c", 3), KY_ENOTFOUND);
}

static void rows_carry_their_progress(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_dossier_row row, *list = NULL;
    size_t n = 0;
    int64_t count = 0;
    assert_int_equal(ky_db_dossier_row_set_state(s, "0c", 1, "entered", "refused", "sector", 5), KY_OK);
    assert_int_equal(ky_db_dossier_row_set_state(s, "0c", 1, "entered", "refused", NULL, 5), KY_ENOTFOUND);
    assert_int_equal(ky_db_dossier_row_set_key(s, "0c", 2, "0e", "0d"), KY_OK);
    assert_int_equal(ky_db_dossier_row_set_serial(s, "0c", 2, "77"), KY_OK);
    assert_int_equal(ky_db_dossier_row_get(&row, &a, s, &ours, "0c", 2), KY_OK);
    assert_string_equal(row.key_id, "0d");
    assert_string_equal(row.serial, "77");
    assert_int_equal(ky_db_dossier_row_list(&list, &n, &a, s, &ours, "0c"), KY_OK);
    assert_int_equal(n, 2);
    assert_string_equal(list[0].reason, "sector");
    assert_int_equal(ky_db_dossier_row_count(&count, s, "0c", "entered"), KY_OK);
    assert_int_equal(count, 1);
    assert_int_equal(ky_db_dossier_row_count(&count, s, "0c", NULL), KY_OK);
    assert_int_equal(count, 2);
}

static void events_are_numbered_in_order(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_dossier_event e = {.dossier_id = "0c",
                                    .at = 5,
                                    .staff_id = "0b",
                                    .action = "send",
                                    .from_state = "draft",
                                    .to_state = "sent"};
    struct ky_db_dossier_event *list = NULL;
    size_t n = 0;
    assert_int_equal(ky_db_dossier_event_insert(s, &e), KY_OK);
    assert_int_equal(ky_db_dossier_event_insert(s, &e), KY_OK);
    assert_int_equal(ky_db_dossier_event_list(&list, &n, &a, s, &ours, "0c"), KY_OK);
    assert_int_equal(n, 2);
    assert_int_equal(list[1].sequence, 2);
}

static void a_signed_request_is_not_replaced(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_request r = {
        .dossier_id = "0c", .sealed_draft = KY_BYTES_LIT("pdf"), .draft_hash = HASH("p")};
    assert_int_equal(ky_db_request_put_draft(s, &r), KY_OK);
    r.sealed_draft = KY_BYTES_LIT("pdf2");
    assert_int_equal(ky_db_request_put_draft(s, &r), KY_OK);
    struct ky_db_request done = {.dossier_id = "0c",
                                 .sealed_statement = KY_BYTES_LIT("{}"),
                                 .statement_hash = HASH("s"),
                                 .sealed_document = KY_BYTES_LIT("signed"),
                                 .document_hash = HASH("d"),
                                 .authorisations = KY_BYTES_LIT("cms"),
                                 .seal_record = "0f",
                                 .signed_at = 60};
    assert_int_equal(ky_db_request_set_signed(s, &done), KY_OK);
    assert_int_equal(ky_db_request_set_signed(s, &done), KY_ENOTFOUND);
    assert_int_equal(ky_db_request_put_draft(s, &r), KY_EDENIED);
    assert_int_equal(ky_db_request_get(&r, &a, s, &ours, "0c"), KY_OK);
    assert_true(ky_bytes_eq_str(r.sealed_document, "signed"));
    assert_true(ky_bytes_eq_str(r.sealed_draft, "pdf2"));
    assert_int_equal(ky_db_request_retire(s, "0c"), KY_OK);
    assert_int_equal(ky_db_request_get(&r, &a, s, &ours, "0c"), KY_ENOTFOUND);
}

static void a_signed_request_is_kept_when_the_dossier_is_corrected(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_request draft = {.dossier_id = "0c",
                                  .sealed_draft = KY_BYTES_LIT("pdf"),
                                  .draft_hash = HASH("p")},
                         done = {.dossier_id = "0c",
                                 .sealed_statement = KY_BYTES_LIT("{}"),
                                 .sealed_document = KY_BYTES_LIT("signed"),
                                 .document_hash = HASH("d"),
                                 .authorisations = KY_BYTES_LIT("cms"),
                                 .evidence = KY_BYTES_LIT("crl"),
                                 .seal_record = "0f"},
                         *list = NULL;
    static const char *const hashes[] = {"first", "second"};
    size_t n = 0;
    for (size_t i = 0; i < 2; i++) {
        done.statement_hash = ky_bytes_str(hashes[i]);
        done.signed_at = 60 + (int64_t)i;
        assert_int_equal(ky_db_request_put_draft(s, &draft), KY_OK);
        assert_int_equal(ky_db_request_set_signed(s, &done), KY_OK);
        assert_int_equal(ky_db_request_retire(s, "0c"), KY_OK);
        assert_int_equal(ky_db_request_put_draft(s, &draft), KY_OK); /* and a draft that was never signed */
        assert_int_equal(ky_db_request_retire(s, "0c"), KY_OK);
    }
    assert_int_equal(ky_db_request_list_earlier(&list, &n, &a, s, "0c"), KY_OK);
    assert_int_equal(n, 2);
    assert_true(ky_bytes_eq_str(list[0].statement_hash, "first"));
    assert_true(ky_bytes_eq_str(list[1].evidence, "crl"));
    assert_int_equal(list[1].signed_at, 61);
}

static void a_revocation_is_watched_until_it_is_answered(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_watch *list = NULL,
                       told = {.dossier_id = "0c", .told_at = 10, .overdue_s = 90, .next_at = 100};
    size_t n = 0;
    assert_int_equal(ky_db_watch_set(s, &told), KY_ENOTFOUND);
    assert_int_equal(ky_db_watch_put(s, "0c", 10), KY_OK);
    assert_int_equal(ky_db_watch_list_due(&list, &n, &a, s, 9, 50), KY_OK);
    assert_int_equal(n, 0);
    assert_int_equal(ky_db_watch_list_due(&list, &n, &a, s, 10, 50), KY_OK);
    assert_int_equal(n, 1);
    assert_int_equal(list[0].told_at, 0);
    assert_int_equal(ky_db_watch_set(s, &told), KY_OK);
    assert_int_equal(ky_db_watch_list_due(&list, &n, &a, s, 99, 50), KY_OK);
    assert_int_equal(n, 0);
    assert_int_equal(ky_db_watch_put(s, "0c", 20), KY_OK); /* signed anew: ca has not heard of it */
    assert_int_equal(ky_db_watch_list_due(&list, &n, &a, s, 20, 50), KY_OK);
    assert_int_equal(list[0].told_at, 0);
    assert_int_equal(ky_db_watch_delete(s, "0c"), KY_OK);
    assert_int_equal(ky_db_watch_list_due(&list, &n, &a, s, 1000, 50), KY_OK);
    assert_int_equal(n, 0);
}

static void approve(struct ky_store *s, const char *owner, const char *signature, int64_t at, ky_rc want)
{
    const struct ky_db_approval_signature sig = {.hash = ky_bytes_str(signature),
                                                 .item = KY_BYTES_LIT("item"),
                                                 .evidence = KY_BYTES_LIT("evidence"),
                                                 .created_at = at};
    const struct ky_db_approval approval = {.statement_hash = HASH("s"),
                                            .owner = owner,
                                            .name = "Trần Thị Bình",
                                            .signature_hash = sig.hash,
                                            .created_at = at};
    assert_int_equal(ky_db_approval_signature_put(s, &sig), KY_OK);
    assert_int_equal(ky_db_approval_insert(s, &approval), want);
}

static void a_statement_gathers_approvals_while_open_and_in_time(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_statement st = {.hash = HASH("s"),
                                 .type = "issue",
                                 .dossier_id = "0c",
                                 .json = KY_BYTES_LIT("{}"),
                                 .state = "open",
                                 .expires_at = 100};
    struct ky_db_statement *list = NULL, found;
    struct ky_db_approval *given = NULL;
    struct ky_db_approval_signature sig;
    size_t n = 0;
    assert_int_equal(ky_db_statement_insert(s, &st), KY_OK);
    assert_int_equal(ky_db_statement_get_gathered(&found, &a, s, "0c", 50), KY_ENOTFOUND);
    approve(s, "b", "1", 20, KY_OK);
    approve(s, "b", "2", 21, KY_EEXIST); /* one person once */
    approve(s, "a", "1", 30, KY_OK);     /* the signature is there already */
    assert_int_equal(ky_db_approval_list(&given, &n, &a, s, HASH("s")), KY_OK);
    assert_int_equal(n, 2);
    assert_string_equal(given[0].owner, "b");
    assert_int_equal(ky_db_approval_signature_get(&sig, &a, s, given[0].signature_hash), KY_OK);
    assert_int_equal(sig.created_at, 20);
    assert_int_equal(ky_db_approval_list_signed(&given, &n, &a, s, KY_BYTES_LIT("1")), KY_OK);
    assert_int_equal(n, 2);
    assert_int_equal(ky_db_statement_get_gathered(&found, &a, s, "0c", 100), KY_OK);
    assert_int_equal(ky_db_statement_get_gathered(&found, &a, s, "0c", 101), KY_ENOTFOUND);
    assert_int_equal(ky_db_statement_get_gathered(&found, &a, s, "0d", 50), KY_ENOTFOUND);
    assert_int_equal(ky_db_statement_void(s, HASH("s"), "not yet"), KY_ENOTFOUND);
    assert_int_equal(ky_db_statement_set_state(s, HASH("s"), "open", "authorised"), KY_OK);
    assert_int_equal(ky_db_statement_get_gathered(&found, &a, s, "0c", 50), KY_ENOTFOUND);
    assert_int_equal(ky_db_statement_list(&list, &n, &a, s, "0c", "issue", NULL), KY_OK);
    assert_int_equal(n, 1);
    assert_int_equal(ky_db_statement_list(&list, &n, &a, s, NULL, NULL, "open"), KY_OK);
    assert_int_equal(n, 0);
    assert_int_equal(ky_db_statement_set_state(s, HASH("s"), "authorised", "executed"), KY_OK);
    assert_int_equal(ky_db_statement_set_state(s, HASH("s"), "authorised", "executed"), KY_ENOTFOUND);
    assert_int_equal(ky_db_statement_void(s, HASH("s"), "too late"), KY_ENOTFOUND);
}

static void approvals_under_way_become_void(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_statement found, open = {.type = "issue",
                                          .dossier_id = "0c",
                                          .json = KY_BYTES_LIT("{}"),
                                          .state = "open",
                                          .expires_at = 100};
    open.hash = HASH("o");
    assert_int_equal(ky_db_statement_insert(s, &open), KY_OK);
    open.hash = HASH("s");
    assert_int_equal(ky_db_statement_insert(s, &open), KY_OK);
    approve(s, "b", "1", 20, KY_OK);
    assert_int_equal(ky_db_statement_void_open(s, "0c", true, "edited"), KY_OK);
    assert_int_equal(ky_db_statement_get(&found, &a, s, HASH("s")), KY_OK);
    assert_string_equal(found.state, "void");
    assert_string_equal(found.reason, "edited");
    assert_int_equal(ky_db_statement_get(&found, &a, s, HASH("o")), KY_OK);
    assert_string_equal(found.state, "open");
    assert_int_equal(ky_db_statement_void_open(s, "0c", false, "edited"), KY_OK);
    assert_int_equal(ky_db_statement_get(&found, &a, s, HASH("o")), KY_OK);
    assert_string_equal(found.state, "void");
}

static void settings_and_counters(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(1000);
    struct ky_bytes v;
    int64_t n = 0;
    assert_int_equal(ky_db_setting_get(&v, &a, s, "x"), KY_ENOTFOUND);
    assert_int_equal(ky_db_setting_put(s, "x", KY_BYTES_LIT("1"), 1), KY_OK);
    assert_int_equal(ky_db_setting_put(s, "x", KY_BYTES_LIT("22"), 2), KY_OK);
    assert_int_equal(ky_db_setting_get(&v, &a, s, "x"), KY_OK);
    assert_true(ky_bytes_eq_str(v, "22"));
    for (int64_t want = 1; want <= 3; want++) {
        assert_int_equal(ky_db_counter_next(&n, s, "dossier.2026"), KY_OK);
        assert_int_equal(n, want);
    }
    assert_int_equal(ky_db_counter_next(&n, s, "dossier.2027"), KY_OK);
    assert_int_equal(n, 1);
}

int main(void)
{
#define FILLED(f) cmocka_unit_test_setup_teardown(f, open_filled, tempdb_close)
    const struct CMUnitTest tests[] = {
        FILLED(organisations_are_found_and_paged),
        FILLED(a_token_finds_its_active_person_until_it_expires),
        FILLED(staff_are_listed_and_bound_to_an_officer),
        FILLED(a_client_token_ends_with_time_and_with_its_client),
        FILLED(a_dossier_changes_only_from_the_state_it_is_in),
        FILLED(dossiers_are_listed_by_organisation_and_state),
        FILLED(a_person_is_once_in_a_dossier),
        FILLED(certificates_are_listed_in_each_order),
        FILLED(words_follow_an_organisation),
        cmocka_unit_test(a_question_has_words_and_not_too_many),
        FILLED(what_lies_outside_the_scope_is_not_there),
        FILLED(a_branch_is_a_range_of_an_index),
        FILLED(a_signed_request_is_kept_when_the_dossier_is_corrected),
        FILLED(a_revocation_is_watched_until_it_is_answered),
        cmocka_unit_test(a_scope_is_a_branch),
        FILLED(rows_carry_their_progress),
        FILLED(events_are_numbered_in_order),
        FILLED(a_signed_request_is_not_replaced),
        FILLED(a_statement_gathers_approvals_while_open_and_in_time),
        FILLED(approvals_under_way_become_void),
        FILLED(settings_and_counters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
