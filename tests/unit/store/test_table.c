#include "tempdb.h"

#include "store/page.h"
#include "store/table.h"

struct crl {
    int64_t number, this_update, next_update;
    struct ky_bytes der;
};
static const struct ky_column crl_columns[] = {
    KY_COLUMN(struct crl, number),
    KY_COLUMN(struct crl, der),
    KY_COLUMN(struct crl, this_update),
    KY_COLUMN(struct crl, next_update),
};
static const struct ky_table crl_table = KY_TABLE("crl", crl_columns, struct crl);

static void add_crl(struct ky_store *s, int64_t number)
{
    struct crl c = {.number = number, .this_update = number * 10, .der = KY_BYTES_LIT("der")};
    assert_int_equal(ky_table_insert(s, &crl_table, &c), KY_OK);
}

static void a_row_comes_back_as_it_went_in(void **state)
{
    struct tempdb *t = *state;
    ky_auto_arena a = ky_arena_init(10000);
    add_crl(t->s, 5);
    struct crl c = {0};
    assert_int_equal(ky_table_get(&c, &a, t->s, &crl_table, "number = $1", KY_PARAMS(ky_value_int(5))),
                     KY_OK);
    assert_int_equal(c.number, 5);
    assert_int_equal(c.this_update, 50);
    assert_true(ky_bytes_eq_str(c.der, "der"));
    assert_int_equal(ky_table_get(&c, &a, t->s, &crl_table, "number = $1", KY_PARAMS(ky_value_int(6))),
                     KY_ENOTFOUND);
    assert_non_null(strstr(ky_error(), "crl"));
}

static void a_second_row_with_the_key_is_refused(void **state)
{
    struct tempdb *t = *state;
    add_crl(t->s, 5);
    struct crl again = {.number = 5, .der = KY_BYTES_LIT("other")};
    assert_int_equal(ky_table_insert(t->s, &crl_table, &again), KY_EEXIST);
    assert_non_null(strstr(ky_error(), "crl"));
}

static void lists_grow_and_are_bounded(void **state)
{
    struct tempdb *t = *state;
    ky_auto_arena a = ky_arena_init(1 << 20);
    struct crl *rows = NULL;
    size_t n = 99;
    assert_int_equal(ky_table_list(&rows, &n, &a, t->s, &crl_table, "1 = 1", KY_NO_PARAMS), KY_OK);
    assert_int_equal(n, 0);
    for (int64_t i = 1; i <= KY_TABLE_ROWS_MAX; i++)
        add_crl(t->s, i);
    assert_int_equal(ky_table_list(&rows, &n, &a, t->s, &crl_table, "1 = 1 ORDER BY number", KY_NO_PARAMS),
                     KY_OK);
    assert_int_equal(n, KY_TABLE_ROWS_MAX);
    assert_int_equal(rows[0].number, 1);
    assert_int_equal(rows[n - 1].number, KY_TABLE_ROWS_MAX);
    add_crl(t->s, KY_TABLE_ROWS_MAX + 1);
    assert_int_equal(ky_table_list(&rows, &n, &a, t->s, &crl_table, "1 = 1", KY_NO_PARAMS), KY_ELIMIT);
}

static void a_full_arena_is_reported(void **state)
{
    struct tempdb *t = *state;
    ky_auto_arena a = ky_arena_init(2);
    struct crl c = {0}, *rows = NULL;
    size_t n = 0;
    add_crl(t->s, 5);
    assert_int_equal(ky_table_get(&c, &a, t->s, &crl_table, "1 = 1", KY_NO_PARAMS), KY_ENOMEM);
    assert_int_equal(ky_table_list(&rows, &n, &a, t->s, &crl_table, "1 = 1", KY_NO_PARAMS), KY_ENOMEM);
}

static void cursors_go_there_and_back(void **state)
{
    char cursor[KY_CURSOR_MAX];
    struct ky_page p;
    ky_cursor_format(cursor, 1795400000, "00ff");
    assert_int_equal(ky_page_parse(&p, cursor, 50), KY_OK);
    assert_int_equal(p.before, 1795400000);
    assert_string_equal(p.before_id, "00ff");
    assert_int_equal(p.limit, 50);
    assert_int_equal(ky_page_parse(&p, NULL, 1), KY_OK);
    assert_int_equal(p.before, INT64_MAX);
}

static void refuses_what_is_no_cursor(void **state)
{
    const char *bad[] = {"-", "5", "5-", "x-00", "5-00'; DROP", "99999999999999999999-00", "5-A"};
    struct ky_page p;
    for (size_t i = 0; i < KY_COUNT(bad); i++)
        assert_int_not_equal(ky_page_parse(&p, bad[i], 10), KY_OK);
    assert_int_equal(ky_page_parse(&p, NULL, 0), KY_ELIMIT);
    assert_int_equal(ky_page_parse(&p, NULL, KY_PAGE_ROWS_MAX + 1), KY_ELIMIT);
}

int main(void)
{
#define DB(f) cmocka_unit_test_setup_teardown(f, tempdb_open, tempdb_close)
    const struct CMUnitTest tests[] = {
        DB(a_row_comes_back_as_it_went_in),
        DB(a_second_row_with_the_key_is_refused),
        DB(lists_grow_and_are_bounded),
        DB(a_full_arena_is_reported),
        cmocka_unit_test(cursors_go_there_and_back),
        cmocka_unit_test(refuses_what_is_no_cursor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
