/* os/file: whole files, private files, locks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/file.h"

static char dir[] = "/tmp/kyso-file-XXXXXX";
static char path[64], other[64];

static int make_dir(void **state)
{
    if (mkdtemp(dir) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/file", dir);
    snprintf(other, sizeof other, "%s/other", dir);
    return 0;
}

static int remove_dir(void **state)
{
    return rmdir(dir);
}

static int remove_files(void **state)
{
    unlink(path);
    unlink(other);
    rmdir(other);
    return 0;
}

static mode_t mode_of(const char *name)
{
    struct stat st;
    assert_int_equal(stat(name, &st), 0);
    return st.st_mode & 07777;
}

static void write_replaces_and_read_returns(void **state)
{
    ky_auto_buf out = ky_buf_init(5);
    assert_int_equal(ky_file_write(path, KY_BYTES_LIT("first, longer"), 0600), KY_OK);
    assert_int_equal(ky_file_write(path, KY_BYTES_LIT("12345"), 0640), KY_OK);
    assert_int_equal(mode_of(path), 0640);
    assert_int_equal(ky_file_read(&out, path), KY_OK);
    assert_string_equal(ky_buf_str(&out), "12345");
    assert_int_equal(rmdir(dir), -1); /* nothing but the file … */
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(dir), 0); /* … no temporary one is left */
    assert_int_equal(mkdir(dir, 0700), 0);
}

static void read_is_bounded(void **state)
{
    ky_auto_buf out = ky_buf_init(4);
    assert_int_equal(ky_file_write(path, KY_BYTES_LIT("12345"), 0600), KY_OK);
    assert_int_equal(ky_file_read(&out, path), KY_ELIMIT);
    assert_non_null(strstr(ky_error(), "longer than 4 bytes"));
}

static void read_refuses_what_is_no_file(void **state)
{
    ky_auto_buf out = ky_buf_init(100);
    assert_int_equal(ky_file_read(&out, path), KY_ENOTFOUND);
    assert_int_equal(ky_file_read(&out, dir), KY_EINVAL);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(ky_file_read(&out, path), KY_EINVAL);
}

static void secret_must_be_private(void **state)
{
    ky_auto_buf plain = ky_buf_init(100);
    ky_auto_buf out = ky_buf_init_secret(100);
    assert_int_equal(ky_file_write(path, KY_BYTES_LIT("1234\n"), 0640), KY_OK);
    assert_int_equal(ky_file_read_secret(&out, path), KY_EDENIED);
    assert_non_null(strstr(ky_error(), "mode 0640"));
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(ky_file_read_secret(&plain, path), KY_EINTERNAL);
    assert_int_equal(ky_file_read_secret(&out, path), KY_OK);
    assert_string_equal(ky_buf_str(&out), "1234");
}

static void append_adds_at_the_end(void **state)
{
    ky_auto_fd fd = -1;
    ky_auto_buf out = ky_buf_init(100);
    assert_int_equal(ky_file_open_append(&fd, path, 0600), KY_OK);
    assert_int_equal(ky_file_append(fd, KY_BYTES_LIT("one ")), KY_OK);
    ky_fd_clear(&fd);
    assert_int_equal(ky_file_open_append(&fd, path, 0600), KY_OK);
    assert_int_equal(ky_file_append(fd, KY_BYTES_LIT("two")), KY_OK);
    assert_int_equal(ky_file_read(&out, path), KY_OK);
    assert_string_equal(ky_buf_str(&out), "one two");
    assert_int_equal(symlink(path, other), 0);
    assert_int_equal(ky_file_open_append(&fd, other, 0600), KY_EIO);
    ky_fd_clear(&fd);
    fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_int_equal(ky_file_append(fd, KY_BYTES_LIT("x")), KY_EIO);
}

static void lock_is_exclusive(void **state)
{
    ky_auto_fd first = -1;
    ky_auto_fd second = -1;
    assert_int_equal(ky_file_lock(&first, path), KY_OK);
    assert_int_equal(ky_file_lock(&second, path), KY_EBUSY);
    ky_fd_clear(&first);
    assert_int_equal(ky_file_lock(&second, path), KY_OK);
}

static void directory_is_no_more_open_than_asked(void **state)
{
    assert_int_equal(ky_dir_make(other, 0750), KY_OK);
    assert_int_equal(mode_of(other), 0750);
    assert_int_equal(ky_dir_make(other, 0755), KY_OK);
    assert_int_equal(ky_dir_make(other, 0700), KY_EDENIED);
    assert_int_equal(ky_dir_make("/dev/null", 0700), KY_EDENIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(write_replaces_and_read_returns, remove_files),
        cmocka_unit_test_teardown(read_is_bounded, remove_files),
        cmocka_unit_test_teardown(read_refuses_what_is_no_file, remove_files),
        cmocka_unit_test_teardown(secret_must_be_private, remove_files),
        cmocka_unit_test_teardown(append_adds_at_the_end, remove_files),
        cmocka_unit_test_teardown(lock_is_exclusive, remove_files),
        cmocka_unit_test_teardown(directory_is_no_more_open_than_asked, remove_files),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
