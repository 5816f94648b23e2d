#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "os/file.h"
#include "os/map.h"

static char dir[] = "/tmp/kyso-map-XXXXXX";
static char path[64];

static int setup(void **state)
{
    if (mkdtemp(dir) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/file", dir);
    return 0;
}

static int teardown(void **state)
{
    unlink(path);
    return rmdir(dir);
}

static void maps_what_was_written_in_pieces(void **state)
{
    const struct ky_bytes parts[] = {KY_BYTES_LIT("one "), KY_BYTES_NONE, KY_BYTES_LIT("two")};
    assert_int_equal(ky_file_write_parts(path, parts, KY_COUNT(parts), 0600), KY_OK);
    ky_auto_map m = {0};
    assert_int_equal(ky_map_open(&m, path), KY_OK);
    assert_true(ky_bytes_eq_str(m.bytes, "one two"));
}

static void an_empty_file_is_no_bytes(void **state)
{
    assert_int_equal(ky_file_write(path, KY_BYTES_NONE, 0600), KY_OK);
    ky_auto_map m = {0};
    assert_int_equal(ky_map_open(&m, path), KY_OK);
    assert_int_equal(m.bytes.n, 0);
}

static void says_why_a_file_cannot_be_mapped(void **state)
{
    struct ky_map m = {0};
    assert_int_equal(ky_map_open(&m, "/nonexistent/file"), KY_ENOTFOUND);
    assert_int_equal(ky_map_open(&m, dir), KY_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maps_what_was_written_in_pieces),
        cmocka_unit_test(an_empty_file_is_no_bytes),
        cmocka_unit_test(says_why_a_file_cannot_be_mapped),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
