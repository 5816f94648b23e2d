/* What people type, and what is found: also what was there before anything was found by words. */
#include "../store/tempdb.h"

#include "domain/search.h"
#include "store/dossier.h"
#include "store/inventory.h"

#define SCHEMA_BEFORE 10 /* migrations before the one that brings ordinals */

static struct ky_personal personal(void)
{
    struct ky_personal p;
    const uint8_t key[KY_DATA_KEY_SIZE] = {7};
    assert_int_equal(ky_personal_init(&p, KY_BYTES_OF(key)), KY_OK);
    return p;
}

static void tells_words_serials_and_identities_apart(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *match, *serial;
        bool identity;
    } cases[] = {
        {"Đình  Hằng", "\"dinh\" AND \"hang\"*", NULL, false},
        {"CM-2026-000123", "\"cm\" AND \"2026\" AND \"000123\"*", NULL, false},
        {"051191012345", NULL, NULL, true},
        {"05119101234", NULL, "05119101234", false},
        {"3F:A1", "\"3f\" AND \"a1\"*", NULL, false},
        {"3FA10b", NULL, "3fa10b", false},
        {"abcdef", "\"abcdef\"*", NULL, false},
        {"a", "\"a\"", NULL, false},
    };
    struct ky_personal p = personal();
    const struct ky_scope all = ky_scope_everything();
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_arena a = ky_arena_init(10000);
        struct ky_search s;
        assert_int_equal(ky_search_read(&s, &a, cases[i].typed, &p, &all), KY_OK);
        assert_int_equal(s.identity, cases[i].identity);
        assert_int_equal(s.match == NULL, cases[i].match == NULL);
        assert_int_equal(s.serial == NULL, cases[i].serial == NULL);
        if (s.match != NULL)
            assert_string_equal(s.match, cases[i].match);
        if (s.serial != NULL)
            assert_string_equal(s.serial, cases[i].serial);
    }
}

static void refuses_what_is_no_question(void **state)
{
    (void)state;
    char long_text[KY_SEARCH_MAX + 2];
    struct ky_search s;
    struct ky_personal p = personal();
    ky_auto_arena a = ky_arena_init(10000);
    const struct ky_scope all = ky_scope_everything();
    memset(long_text, 'a', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = 0;
    assert_int_equal(ky_search_read(&s, &a, "", &p, &all), KY_EINVAL);
    assert_int_equal(ky_search_read(&s, &a, "-- ** \"\"", &p, &all), KY_EINVAL);
    assert_int_equal(ky_search_read(&s, &a, "\xff", &p, &all), KY_EFORMAT);
    assert_int_equal(ky_search_read(&s, &a, long_text, &p, &all), KY_ELIMIT);
    assert_int_equal(ky_search_read(&s, &a, "a b c d e f g h i", &p, &all), KY_ELIMIT);
}

/* A department, a school and a dossier with one certificate, by the schema before. */
static int open_old(void **state)
{
    static const char old[] =
        "INSERT INTO organisation (id, code, name, province, place, sector, state, created_at, kind, path, "
        "folded)"
        " VALUES ('0c', 'CUC', 'Cục', 'HN', 'HN', 'authority', 'active', 1, 'department', '/', 'cuc cuc');"
        "INSERT INTO organisation (id, code, parent_id, name, province, place, sector, state, created_at, "
        "kind,"
        " path, folded) VALUES ('0e', 'T1', '0c', 'Trường Ba Đình', 'HN', 'HN', 'education', 'active', 1,"
        " 'organisation', '/0e/', 't1 truong ba dinh');"
        "INSERT INTO staff VALUES ('0b', '0e', 'n', 'e', 'enter', NULL, NULL, 'active', 1);"
        "INSERT INTO dossier (id, code, org_id, procedure, state, entered_by, legal, document_date,"
        " recipient_name, recipient_channel, recipient_email, sealed_recipient_phone, created_at, updated_at,"
        " received_at, due_at, path) VALUES ('01', 'CM-2026-000001', '0e', 'new', 'done', '0b', '2024', 0, "
        "'r',"
        " 'sms', 'e', x'00', 1, 1, 0, 0, '/0e/');"
        "INSERT INTO dossier_count (state, stage, dossiers) VALUES ('done', 0, 1);"
        "INSERT INTO dossier_row (dossier_id, number, state, name, identity_hash, sealed_person, updated_at)"
        " VALUES ('01', 1, 'active', 'Đỗ Thị Hằng', x'00', x'00', 0);"
        "INSERT INTO certificate (serial, dossier_id, number, key_id, owner, status, der, not_before, "
        "not_after,"
        " revoked_at, reason, created_at) VALUES ('aa', '01', 1, 'k', 'o', 'good', x'00', 0, 50, 0, 0, 1);";
    struct tempdb *t = calloc(1, sizeof *t);
    if (t == NULL)
        return -1;
    snprintf(t->folder, sizeof t->folder, "/tmp/kyso-test-XXXXXX");
    if (mkdtemp(t->folder) == NULL)
        return -1;
    snprintf(t->where, sizeof t->where, "sqlite:%s/kyso.db", t->folder);
    *state = t;
    bool ok = ky_store_open(&t->s, t->where, 5000) == KY_OK &&
              ky_migrate(t->s, ky_migrations, SCHEMA_BEFORE, TEST_NOW) == KY_OK &&
              ky_store_script(t->s, old) == KY_OK &&
              ky_migrate(t->s, ky_migrations, ky_migrations_count, TEST_NOW) == KY_OK;
    return ok ? 0 : -1;
}

static size_t found(struct ky_store *s, const char *typed, bool certificates)
{
    size_t n = 99;
    struct ky_page page;
    struct ky_search q;
    struct ky_scope branch;
    struct ky_personal p = personal();
    ky_auto_arena a = ky_arena_init(100000);
    const struct ky_dossier_filter none = {.state = NULL};
    struct ky_db_dossier *dossiers;
    struct ky_db_listed_cert *certs;
    assert_int_equal(ky_scope_make(&branch, "/0e/"), KY_OK);
    assert_int_equal(ky_page_parse(&page, NULL, 10), KY_OK);
    assert_int_equal(ky_search_read(&q, &a, typed, &p, &branch), KY_OK);
    const struct ky_inventory_query by = {.order = KY_INVENTORY_FOUND, .match = q.match, .now = 10};
    if (certificates)
        assert_int_equal(ky_db_inventory_list(&certs, &n, &a, s, &branch, &by, &page), KY_OK);
    else
        assert_int_equal(
            ky_db_dossier_list_found(&dossiers, &n, &a, s, &branch, &none, q.match, KY_BYTES_NONE, &page),
            KY_OK);
    return n;
}

static void what_was_there_before_is_found_after_catching_up(void **state)
{
    struct tempdb *t = *state;
    ky_auto_db db = NULL;
    int64_t left = 1;
    assert_int_equal(ky_db_open(&db, t->where, 1, TEST_NOW), KY_OK);
    assert_int_equal(found(t->s, "hang", true), 0);
    assert_int_equal(found(t->s, "hang", false), 0);
    while (left > 0)
        assert_int_equal(ky_search_catch_up(&left, db), KY_OK);
    static const char *const questions[] = {"hang", "do thi", "Đỗ Hằng", "ba dinh", "CM 2026", "t1 000001"};
    for (size_t i = 0; i < KY_COUNT(questions); i++) {
        assert_int_equal(found(t->s, questions[i], true), 1);
        assert_int_equal(found(t->s, questions[i], false), 1);
    }
    assert_int_equal(found(t->s, "hang nga", true), 0);
    assert_int_equal(ky_search_catch_up(&left, db), KY_OK); /* nothing is left to do */
    assert_int_equal(left, 0);
}

static void counters_of_before_are_kept_by_branch(void **state)
{
    struct tempdb *t = *state;
    int64_t n = 0;
    assert_int_equal(ky_store_query_int(&n, t->s,
                                        "SELECT sum(dossiers) FROM branch_count"
                                        " WHERE branch IN ('/', '0e') AND state = 'done'",
                                        KY_NO_PARAMS),
                     KY_OK);
    assert_int_equal(n, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_words_serials_and_identities_apart),
        cmocka_unit_test(refuses_what_is_no_question),
        cmocka_unit_test_setup_teardown(what_was_there_before_is_found_after_catching_up, open_old,
                                        tempdb_close),
        cmocka_unit_test_setup_teardown(counters_of_before_are_kept_by_branch, open_old, tempdb_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
