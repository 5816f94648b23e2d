/* Files that come with the program are found beside it, or in the source tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "os/share.h"

/* The places above the test program, from the outside in. */
static void make_installed(char paths[3][PATH_MAX])
{
    static const char *const tails[] = {"share", "share/kyso", "share/kyso/things"};
    char own[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", own, sizeof own - 1);
    assert_true(n > 0);
    own[n] = 0;
    *strrchr(own, '/') = 0;
    for (size_t i = 0; i < 3; i++) {
        assert_true(snprintf(paths[i], PATH_MAX, "%s/../%s", own, tails[i]) < PATH_MAX);
        assert_int_equal(mkdir(paths[i], 0755), 0);
    }
}

static void what_is_installed_beside_the_program_comes_first(void **state)
{
    char out[PATH_MAX], paths[3][PATH_MAX];
    make_installed(paths);
    ky_rc rc = ky_share_folder(out, "things", "/source/things");
    for (size_t i = 3; i > 0; i--)
        assert_int_equal(rmdir(paths[i - 1]), 0);
    assert_int_equal(rc, KY_OK);
    assert_string_equal(out, paths[2]);
}

static void a_program_in_its_build_tree_uses_the_source(void **state)
{
    char out[PATH_MAX], longer[PATH_MAX + 1];
    assert_int_equal(ky_share_folder(out, "things", "/source/things"), KY_OK);
    assert_string_equal(out, "/source/things");
    memset(longer, 'a', sizeof longer - 1);
    longer[PATH_MAX] = 0;
    assert_int_equal(ky_share_folder(out, "things", longer), KY_ELIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_installed_beside_the_program_comes_first),
        cmocka_unit_test(a_program_in_its_build_tree_uses_the_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
