#include "tempdb.h"

static int open_with_table(void **state)
{
    if (tempdb_open(state) != 0)
        return -1;
    struct tempdb *t = *state;
    return ky_store_script(t->s,
                           "CREATE TABLE pet (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, photo BLOB,"
                           " age BIGINT CHECK (age >= 0))") == KY_OK
               ? 0
               : -1;
}

static ky_rc add_pet(struct ky_store *s, int64_t id, const char *name)
{
    return ky_store_exec(
        s, "INSERT INTO pet (id, name, photo, age) VALUES ($1, $2, $3, 3)",
        KY_PARAMS(ky_value_int(id), ky_value_text(name), ky_value_blob(KY_BYTES_LIT("\0\1"))));
}

static int64_t count_pets(struct ky_store *s)
{
    int64_t n = -1;
    assert_int_equal(ky_store_query_int(&n, s, "SELECT count(*) FROM pet", KY_NO_PARAMS), KY_OK);
    return n;
}

static void gives_back_what_was_bound(void **state)
{
    struct tempdb *t = *state;
    assert_int_equal(add_pet(t->s, 7, "Mèo mướp"), KY_OK);
    ky_auto_rows rows = {0};
    bool have_row = false;
    assert_int_equal(ky_store_query(&rows, t->s, "SELECT id, name, photo FROM pet WHERE id = $1",
                                    KY_PARAMS(ky_value_int(7))),
                     KY_OK);
    assert_int_equal(ky_rows_next(&rows, &have_row), KY_OK);
    assert_true(have_row);
    assert_int_equal(ky_rows_int(&rows, 0), 7);
    assert_true(ky_bytes_eq_str(ky_rows_bytes(&rows, 1), "Mèo mướp"));
    assert_true(ky_bytes_eq(ky_rows_bytes(&rows, 2), KY_BYTES_LIT("\0\1")));
    assert_int_equal(ky_rows_next(&rows, &have_row), KY_OK);
    assert_false(have_row);
}

static void parameters_may_repeat_and_come_in_any_order(void **state)
{
    struct tempdb *t = *state;
    int64_t v = 0;
    assert_int_equal(
        ky_store_query_int(&v, t->s, "SELECT $2 - $1 + $2", KY_PARAMS(ky_value_int(1), ky_value_int(10))),
        KY_OK);
    assert_int_equal(v, 19);
}

static void refuses_a_wrong_number_of_parameters(void **state)
{
    struct tempdb *t = *state;
    assert_int_equal(ky_store_exec(t->s, "SELECT $1", KY_NO_PARAMS), KY_EINTERNAL);
    assert_int_equal(ky_store_exec(t->s, "SELECT $2", KY_PARAMS(ky_value_int(1))), KY_EINTERNAL);
    assert_int_equal(ky_store_exec(t->s, "SELECT 1", KY_PARAMS(ky_value_int(1))), KY_EINTERNAL);
}

static void null_and_empty_differ(void **state)
{
    struct tempdb *t = *state;
    const struct {
        struct ky_value value;
        int64_t is_null, length;
    } cases[] = {
        {ky_value_text(NULL), 1, 0},
        {ky_value_text(""), 0, 0},
        {ky_value_blob(KY_BYTES_NONE), 1, 0},
        {ky_value_blob(KY_BYTES_LIT("")), 0, 0},
        {ky_value_blob(KY_BYTES_LIT("abc")), 0, 3},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        int64_t is_null = -1, length = -1;
        assert_int_equal(ky_store_query_int(&is_null, t->s, "SELECT $1 IS NULL", KY_PARAMS(cases[i].value)),
                         KY_OK);
        assert_int_equal(
            ky_store_query_int(&length, t->s, "SELECT coalesce(length($1), 0)", KY_PARAMS(cases[i].value)),
            KY_OK);
        assert_int_equal(is_null, cases[i].is_null);
        assert_int_equal(length, cases[i].length);
    }
}

static void constraint_failures_have_their_codes(void **state)
{
    struct tempdb *t = *state;
    assert_int_equal(add_pet(t->s, 1, "a"), KY_OK);
    assert_int_equal(add_pet(t->s, 1, "b"), KY_EEXIST);
    assert_int_equal(add_pet(t->s, 2, "a"), KY_EEXIST);
    assert_int_equal(add_pet(t->s, 3, NULL), KY_EDENIED);
    assert_int_equal(ky_store_exec(t->s, "UPDATE pet SET age = -1", KY_NO_PARAMS), KY_EDENIED);
    assert_int_equal(
        ky_store_exec(t->s, "INSERT INTO staff_token VALUES ('h', 'nobody', 1, 2)", KY_NO_PARAMS),
        KY_EDENIED);
    assert_int_equal(ky_store_exec(t->s, "SELECT * FROM nowhere", KY_NO_PARAMS), KY_EIO);
    assert_non_null(strstr(ky_error(), "nowhere"));
}

static void exec_one_counts(void **state)
{
    struct tempdb *t = *state;
    assert_int_equal(add_pet(t->s, 1, "a"), KY_OK);
    const char *sql = "UPDATE pet SET age = 4 WHERE id = $1";
    assert_int_equal(ky_store_exec_one(t->s, sql, KY_PARAMS(ky_value_int(1))), KY_OK);
    assert_int_equal(ky_store_exec_one(t->s, sql, KY_PARAMS(ky_value_int(2))), KY_ENOTFOUND);
}

static void transactions_and_savepoints_undo(void **state)
{
    struct tempdb *t = *state;
    assert_int_equal(ky_store_begin(t->s, KY_STORE_WRITE), KY_OK);
    assert_int_equal(ky_store_begin(t->s, KY_STORE_WRITE), KY_EINVAL);
    assert_int_equal(add_pet(t->s, 1, "a"), KY_OK);
    assert_int_equal(ky_store_savepoint(t->s), KY_OK);
    assert_int_equal(add_pet(t->s, 2, "b"), KY_OK);
    assert_int_equal(ky_store_rollback_to_savepoint(t->s), KY_OK);
    assert_int_equal(ky_store_commit(t->s), KY_OK);
    assert_int_equal(count_pets(t->s), 1);
    assert_int_equal(ky_store_commit(t->s), KY_EINVAL);

    assert_int_equal(ky_store_begin(t->s, KY_STORE_WRITE), KY_OK);
    assert_int_equal(add_pet(t->s, 3, "c"), KY_OK);
    assert_int_equal(ky_store_rollback(t->s), KY_OK);
    assert_int_equal(ky_store_rollback(t->s), KY_OK);
    assert_int_equal(count_pets(t->s), 1);
}

static void a_read_transaction_does_not_write(void **state)
{
    struct tempdb *t = *state;
    assert_int_equal(ky_store_begin(t->s, KY_STORE_READ), KY_OK);
    assert_int_equal(add_pet(t->s, 1, "a"), KY_EIO);
    assert_int_equal(ky_store_rollback(t->s), KY_OK);
    assert_int_equal(add_pet(t->s, 1, "a"), KY_OK);
    assert_int_equal(ky_store_begin(t->s, KY_STORE_WRITE), KY_OK);
    assert_int_equal(add_pet(t->s, 2, "b"), KY_OK);
    assert_int_equal(ky_store_commit(t->s), KY_OK);
}

static void a_second_writer_is_told_to_wait(void **state)
{
    struct tempdb *t = *state;
    ky_auto_store other = NULL;
    assert_int_equal(ky_store_open(&other, t->where, 10), KY_OK);
    assert_int_equal(ky_store_begin(t->s, KY_STORE_WRITE), KY_OK);
    assert_int_equal(ky_store_begin(other, KY_STORE_WRITE), KY_EBUSY);
    assert_int_equal(ky_store_rollback(t->s), KY_OK);
    assert_int_equal(ky_store_begin(other, KY_STORE_WRITE), KY_OK);
    assert_int_equal(ky_store_rollback(other), KY_OK);
}

static void one_text_may_run_twice_at_once(void **state)
{
    struct tempdb *t = *state;
    assert_int_equal(add_pet(t->s, 1, "a"), KY_OK);
    ky_auto_rows first = {0}, second = {0};
    bool have_row = false;
    const char *sql = "SELECT id FROM pet";
    assert_int_equal(ky_store_query(&first, t->s, sql, KY_NO_PARAMS), KY_OK);
    assert_int_equal(ky_store_query(&second, t->s, sql, KY_NO_PARAMS), KY_OK);
    assert_int_equal(ky_rows_next(&first, &have_row), KY_OK);
    assert_true(have_row);
    assert_int_equal(ky_rows_next(&second, &have_row), KY_OK);
    assert_true(have_row);
    assert_int_equal(ky_store_query(&(struct ky_rows){0}, t->s, "SELECT nothing", KY_NO_PARAMS), KY_EIO);
}

static void cache_survives_more_texts_than_slots(void **state)
{
    struct tempdb *t = *state;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 600; i++) {
            char sql[32];
            int64_t v = -1;
            snprintf(sql, sizeof sql, "SELECT %d", i);
            assert_int_equal(ky_store_query_int(&v, t->s, sql, KY_NO_PARAMS), KY_OK);
            assert_int_equal(v, i);
        }
    }
}

static void opens_only_known_kinds(void **state)
{
    struct ky_store *s = NULL;
    assert_int_equal(ky_store_open(&s, "oracle:x", 100), KY_EINVAL);
    assert_int_equal(ky_store_open(&s, "sqlite:/nowhere/at/all.db", 100), KY_EIO);
    assert_int_equal(ky_store_open(&s, "sqlite:/tmp/x.db", 0), KY_EINVAL);
    assert_null(s);
}

int main(void)
{
#define WITH_TABLE(f) cmocka_unit_test_setup_teardown(f, open_with_table, tempdb_close)
    const struct CMUnitTest tests[] = {
        WITH_TABLE(gives_back_what_was_bound),
        WITH_TABLE(parameters_may_repeat_and_come_in_any_order),
        WITH_TABLE(refuses_a_wrong_number_of_parameters),
        WITH_TABLE(null_and_empty_differ),
        WITH_TABLE(constraint_failures_have_their_codes),
        WITH_TABLE(exec_one_counts),
        WITH_TABLE(transactions_and_savepoints_undo),
        WITH_TABLE(a_read_transaction_does_not_write),
        WITH_TABLE(a_second_writer_is_told_to_wait),
        WITH_TABLE(one_text_may_run_twice_at_once),
        WITH_TABLE(cache_survives_more_texts_than_slots),
        cmocka_unit_test(opens_only_known_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
