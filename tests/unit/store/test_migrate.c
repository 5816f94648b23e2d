#include "tempdb.h"

#include "base/arena.h"

static const struct ky_migration two[] = {
    {1, "0001-a", "CREATE TABLE a (x BIGINT); CREATE TABLE b (x BIGINT);"},
    {2, "0002-b", "ALTER TABLE a ADD COLUMN y BIGINT; INSERT INTO a VALUES (1, 2);"},
};

static int open_empty(void **state)
{
    if (tempdb_open(state) != 0)
        return -1;
    struct tempdb *t = *state;
    ky_store_close(t->s);
    char path[256];
    snprintf(path, sizeof path, "%s/kyso.db", t->folder);
    remove(path);
    return ky_store_open(&t->s, t->where, 1000) == KY_OK ? 0 : -1;
}

static int64_t version_of(struct ky_store *s)
{
    int64_t v = -1;
    assert_int_equal(ky_migrate_version(&v, s), KY_OK);
    return v;
}

static void applies_each_once_and_in_order(void **state)
{
    struct tempdb *t = *state;
    int64_t rows = 0;
    assert_int_equal(version_of(t->s), 0);
    assert_int_equal(ky_migrate(t->s, two, 1, TEST_NOW), KY_OK);
    assert_int_equal(version_of(t->s), 1);
    assert_int_equal(ky_migrate(t->s, two, 2, TEST_NOW), KY_OK);
    assert_int_equal(ky_migrate(t->s, two, 2, TEST_NOW), KY_OK);
    assert_int_equal(ky_store_query_int(&rows, t->s, "SELECT count(*) FROM a", KY_NO_PARAMS), KY_OK);
    assert_int_equal(rows, 1);
}

static void a_failed_migration_leaves_nothing(void **state)
{
    struct tempdb *t = *state;
    const struct ky_migration bad[] = {
        two[0], {2, "0002-bad", "CREATE TABLE c (x BIGINT); INSERT INTO d VALUES (1);"}};
    assert_int_equal(ky_migrate(t->s, bad, 2, TEST_NOW), KY_EIO);
    assert_non_null(strstr(ky_error(), "0002-bad"));
    assert_int_equal(version_of(t->s), 1);
    assert_int_equal(ky_store_exec(t->s, "SELECT * FROM c", KY_NO_PARAMS), KY_EIO);
    assert_int_equal(ky_migrate(t->s, two, 2, TEST_NOW), KY_OK);
}

static void leaves_a_newer_database_alone(void **state)
{
    struct tempdb *t = *state;
    assert_int_equal(ky_migrate(t->s, two, 2, TEST_NOW), KY_OK);
    assert_int_equal(ky_migrate(t->s, two, 1, TEST_NOW), KY_EDENIED);
}

static void refuses_a_gap(void **state)
{
    struct tempdb *t = *state;
    const struct ky_migration gap[] = {two[0], {3, "0003-c", "SELECT 1"}};
    assert_int_equal(ky_migrate(t->s, gap, 2, TEST_NOW), KY_EINTERNAL);
    assert_int_equal(version_of(t->s), 1);
}

static void the_embedded_schema_applies(void **state)
{
    struct tempdb *t = *state;
    assert_int_equal(ky_migrate(t->s, ky_migrations, ky_migrations_count, TEST_NOW), KY_OK);
    assert_int_equal(version_of(t->s), (int64_t)ky_migrations_count);
    assert_int_equal(ky_store_exec(t->s, "SELECT serial FROM certificate", KY_NO_PARAMS), KY_OK);
}

static const char *text_at(struct ky_store *s, struct ky_arena *a, const char *sql)
{
    ky_auto_rows rows = {0};
    bool have = false;
    assert_int_equal(ky_store_query(&rows, s, sql, KY_NO_PARAMS), KY_OK);
    assert_int_equal(ky_rows_next(&rows, &have), KY_OK);
    assert_true(have);
    return (const char *)ky_arena_dup(a, ky_rows_bytes(&rows, 0));
}

/* Organisations from before there was a tree: the first authority is the department, everybody else is below it. */
static void old_organisations_get_their_place_in_the_tree(void **state)
{
    struct tempdb *t = *state;
    ky_auto_arena a = ky_arena_init(4096);
    assert_int_equal(ky_migrate(t->s, ky_migrations, 4, TEST_NOW), KY_OK);
    assert_int_equal(
        ky_store_script(
            t->s,
            "INSERT INTO organisation VALUES "
            "('0c','C',NULL,NULL,'n','p','p','authority',NULL,NULL,'active',1);"
            "INSERT INTO organisation VALUES "
            "('0d','D',NULL,NULL,'n','p','p','authority',NULL,NULL,'active',2);"
            "INSERT INTO organisation VALUES ('0e','E','0d',NULL,'n','p','p','health',NULL,NULL,'active',3);"
            "INSERT INTO staff VALUES ('0b','0e','n','e','enter',NULL,NULL,'active',1);"
            "INSERT INTO dossier VALUES ('01','k','0e','new','sent','0b','2024',NULL,0,NULL,NULL,'r',NULL,"
            "'sms','e','x',NULL,1,1,0,0);"),
        KY_OK);
    assert_int_equal(ky_migrate(t->s, ky_migrations, ky_migrations_count, TEST_NOW), KY_OK);
    assert_string_equal(text_at(t->s, &a, "SELECT path FROM organisation WHERE id = '0c'"), "/");
    assert_string_equal(text_at(t->s, &a, "SELECT path FROM organisation WHERE id = '0d'"), "/0d/");
    assert_string_equal(text_at(t->s, &a, "SELECT kind FROM organisation WHERE id = '0d'"), "delegate");
    assert_string_equal(text_at(t->s, &a, "SELECT path FROM organisation WHERE id = '0e'"), "/0d/0e/");
    assert_string_equal(text_at(t->s, &a, "SELECT path FROM dossier"), "/0d/0e/");
    assert_string_equal(text_at(t->s, &a, "SELECT handler FROM dossier"), "0c");
}

int main(void)
{
#define EMPTY(f) cmocka_unit_test_setup_teardown(f, open_empty, tempdb_close)
    const struct CMUnitTest tests[] = {
        EMPTY(applies_each_once_and_in_order), EMPTY(a_failed_migration_leaves_nothing),
        EMPTY(leaves_a_newer_database_alone),  EMPTY(refuses_a_gap),
        EMPTY(the_embedded_schema_applies),    EMPTY(old_organisations_get_their_place_in_the_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
