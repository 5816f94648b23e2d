/* Counters of branches: added along a path, summed, and taken along when a branch moves. */
#include "tempdb.h"

#include "store/figure.h"

#define SO "00000000000000000000000000000001"
#define OTHER "00000000000000000000000000000002"
#define SCHOOL "00000000000000000000000000000003"

static struct ky_scope branch(const char *path)
{
    struct ky_scope scope;
    assert_int_equal(ky_scope_make(&scope, path), KY_OK);
    return scope;
}

static int64_t counted(struct ky_store *s, const char *path, const char *state)
{
    ky_auto_arena a = ky_arena_init(10000);
    struct ky_db_dossier_count *list = NULL;
    size_t n = 0;
    int64_t all = 0;
    const struct ky_scope scope = branch(path);
    assert_int_equal(ky_db_dossier_counts(&list, &n, &a, s, &scope), KY_OK);
    for (size_t i = 0; i < n; i++)
        all += strcmp(list[i].state, state) == 0 ? list[i].dossiers : 0;
    return all;
}

static ky_rc add_up(void *ctx, const char *group, const char *measure, int64_t n)
{
    int64_t *sum = ctx;
    assert_string_equal(group, "202611");
    assert_string_equal(measure, "sent");
    *sum += n;
    return KY_OK;
}

static int64_t summed(struct ky_store *s, const char *path, int64_t first, int64_t last)
{
    int64_t sum = 0;
    const struct ky_scope scope = branch(path);
    assert_int_equal(ky_db_figure_sums(s, &scope, KY_FIGURE_MONTH, first, last, add_up, &sum), KY_OK);
    return sum;
}

static void put_two(struct ky_store *s)
{
    const char *const path = "/" SO "/" SCHOOL "/";
    const struct ky_db_figure_key key = {path, 202611, "new", "Huế", "education"};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(ky_db_count_add(s, path, "sent", 0, 1), KY_OK);
        assert_int_equal(ky_db_figure_add(s, &key, "sent", 1), KY_OK);
    }
}

static void counts_in_every_branch_of_the_path(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    put_two(s);
    static const char *const paths[] = {"/", "/" SO "/", "/" SO "/" SCHOOL "/"};
    for (size_t i = 0; i < KY_COUNT(paths); i++) {
        assert_int_equal(counted(s, paths[i], "sent"), 2);
        assert_int_equal(summed(s, paths[i], 202611, 202611), 2);
    }
    assert_int_equal(counted(s, "/" OTHER "/", "sent"), 0);
    assert_int_equal(summed(s, "/", 202512, 202610), 0);
    assert_int_equal(summed(s, "/", 202612, 202712), 0);
    assert_int_equal(ky_db_count_add(s, "", "sent", 0, 1), KY_OK); /* nowhere */
    assert_int_equal(counted(s, "/", "sent"), 2);
}

static void a_branch_that_moves_takes_its_counters_along(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    put_two(s);
    assert_int_equal(ky_db_figure_move(s, "/" SO "/" SCHOOL "/", "/" OTHER "/" SCHOOL "/"), KY_OK);
    assert_int_equal(counted(s, "/", "sent"), 2);
    assert_int_equal(counted(s, "/" SO "/", "sent"), 0);
    assert_int_equal(summed(s, "/" SO "/", 202611, 202611), 0);
    assert_int_equal(counted(s, "/" OTHER "/", "sent"), 2);
    assert_int_equal(summed(s, "/" OTHER "/", 202611, 202611), 2);
    assert_int_equal(counted(s, "/" OTHER "/" SCHOOL "/", "sent"), 2);
    assert_int_equal(ky_db_count_add(s, "/" OTHER "/" SCHOOL "/", "sent", 0, -1), KY_OK);
    assert_int_equal(counted(s, "/" OTHER "/", "sent"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(counts_in_every_branch_of_the_path, tempdb_open, tempdb_close),
        cmocka_unit_test_setup_teardown(a_branch_that_moves_takes_its_counters_along, tempdb_open,
                                        tempdb_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
