#include "tempdb.h"

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

int main(void)
{
#define EMPTY(f) cmocka_unit_test_setup_teardown(f, open_empty, tempdb_close)
    const struct CMUnitTest tests[] = {
        EMPTY(applies_each_once_and_in_order), EMPTY(a_failed_migration_leaves_nothing),
        EMPTY(leaves_a_newer_database_alone),  EMPTY(refuses_a_gap),
        EMPTY(the_embedded_schema_applies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
