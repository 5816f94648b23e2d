/* os/proc: what a started program gets and does not get. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pwd.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/file.h"
#include "os/proc.h"
#include "os/sock.h"

/* Runs a shell line with descriptor 3 connected to us; returns its exit status and what it said there. */
static int run(char out[256], const char *line, struct ky_proc_user user)
{
    int fds[2];
    pid_t pid;
    int status;
    assert_int_equal(ky_sock_pair(fds), KY_OK);
    const char *argv[] = {"sh", "-c", line, NULL}, *env[] = {"KYSO=1", NULL};
    struct ky_proc_spec spec = {
        .path = "/bin/sh", .argv = argv, .env = env, .fd3 = fds[1], .user = user, .max_files = 64};
    assert_int_equal(ky_proc_spawn(&pid, &spec), KY_OK);
    close(fds[1]);
    size_t done;
    int none = -1;
    ky_rc rc = ky_sock_read(fds[0], (uint8_t *)out, 255, &done, &none, ky_deadline_in(5000));
    assert_true(rc == KY_EFORMAT || rc == KY_ENOTFOUND);
    out[done] = 0;
    close(fds[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void child_has_only_what_it_was_given(void **state)
{
    char out[256];
    struct ky_proc_user same = {.change = false};
    assert_int_equal(run(out, "echo $KYSO$HOME$(ulimit -c)/$(ulimit -n) >&3; exit 5", same), 5);
    assert_string_equal(out, "10/64\n");
    assert_int_equal(run(out, "for f in /proc/self/fd/*; do echo -n \"${f##*/} \" >&3; done", same), 0);
    assert_memory_equal(out, "0 1 2 3 ", 8); /* the glob itself may hold one more while it reads */
    assert_true(strlen(out) <= 10);
}

static void child_runs_as_its_user(void **state)
{
    char out[256];
    struct ky_proc_user user;
    assert_int_equal(ky_proc_user_find(&user, "54321"), KY_OK);
    assert_true(user.change && user.uid == 54321 && user.gid == 54321);
    if (geteuid() != 0)
        skip();
    assert_int_equal(run(out, "echo $(id -u) $(id -G) >&3", user), 0);
    assert_string_equal(out, "54321 54321\n");
}

static void finds_users(void **state)
{
    struct ky_proc_user user;
    assert_int_equal(ky_proc_user_find(&user, ""), KY_OK);
    assert_false(user.change);
    assert_int_equal(ky_proc_user_find(&user, "root"), KY_OK);
    assert_true(user.change && user.uid == 0);
    assert_int_equal(ky_proc_user_find(&user, "no-such-user"), KY_ENOTFOUND);
    assert_int_equal(ky_proc_user_find(&user, "54321:54000"), KY_OK);
    assert_true(user.change && user.uid == 54321 && user.gid == 54000);
    assert_int_equal(ky_proc_user_find(&user, "54321:staff"), KY_ENOTFOUND);
    assert_int_equal(ky_proc_user_find(&user, ":54000"), KY_ENOTFOUND);
    assert_int_equal(ky_proc_user_find(&user, "4294967295"), KY_ENOTFOUND);
}

static void missing_program_is_told(void **state)
{
    pid_t pid;
    const char *argv[] = {"x", NULL}, *env[] = {NULL};
    struct ky_proc_spec spec = {.path = "/no/such/program", .argv = argv, .env = env, .fd3 = STDERR_FILENO};
    assert_int_equal(ky_proc_spawn(&pid, &spec), KY_ENOTFOUND);
    assert_non_null(strstr(ky_error(), "/no/such/program: exec"));
    spec.path = "/dev/null";
    assert_int_equal(ky_proc_spawn(&pid, &spec), KY_EDENIED);
}

/* In a child: a lowered hard limit does not rise again. */
static int try_to_raise(rlim_t soft, rlim_t hard, uint64_t wanted, ky_rc rc)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        struct rlimit r = {.rlim_cur = soft, .rlim_max = hard};
        bool good = setrlimit(RLIMIT_NOFILE, &r) == 0 && ky_proc_raise_files(wanted) == rc &&
                    getrlimit(RLIMIT_NOFILE, &r) == 0;
        if (rc == KY_ELIMIT)
            good = good && strstr(ky_error(), "201 open files are needed, the hard limit is 200") != NULL;
        _exit(good && r.rlim_max == hard ? (int)r.rlim_cur : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void open_files_rise_to_the_hard_limit_only(void **state)
{
    assert_int_equal(try_to_raise(64, 200, 200, KY_OK), 200);
    assert_int_equal(try_to_raise(64, 200, 32, KY_OK), 64); /* never lower */
    assert_int_equal(try_to_raise(64, 200, 201, KY_ELIMIT), 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(child_has_only_what_it_was_given),
        cmocka_unit_test(child_runs_as_its_user),
        cmocka_unit_test(finds_users),
        cmocka_unit_test(missing_program_is_told),
        cmocka_unit_test(open_files_rise_to_the_hard_limit_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
