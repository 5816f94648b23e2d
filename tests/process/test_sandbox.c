/* The whole service as the kernel sees it: capabilities, no_new_privs, seccomp, and which descriptors a key process holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"
#include "os/file.h"
#include "tests/support/realm.h"

#define PROC_FILE_MAX (4u << 20)

static struct realm realm;

static const char *const processes[] = {"sam-keeper.0", "sam-worker.0", "sam-worker.1", "ca-keeper.0",
                                        "ca-worker.0",  "ca-worker.1",  "courier.0",    "web.0"};
#define KEY_PROCESSES 6
#define SUPERVISOR_KEEPS (UINT64_C(1) << 5 | UINT64_C(1) << 6 | UINT64_C(1) << 7) /* KILL SETGID SETUID */

static int set_up(void **state)
{
    (void)state;
    const struct realm_options options = {.issuing_key = "p256", .root_key = "p256", .web = true};
    if (realm_make(&realm, &options) == KY_OK && realm_start(&realm) == KY_OK)
        return 0;
    print_error("%s\n", ky_error());
    return -1;
}

static int tear_down(void **state)
{
    (void)state;
    realm_clear(&realm);
    return 0;
}

/* ---- /proc ---- */

/* Files there have no size, so that ky_file_read does not fit. */
static void read_proc(struct ky_buf *out, const char *path)
{
    char chunk[4096];
    FILE *f = fopen(path, "re");
    *out = ky_buf_init(PROC_FILE_MAX);
    for (size_t n; f != NULL && (n = fread(chunk, 1, sizeof chunk, f)) > 0;)
        ky_buf_add(out, KY_BYTES(chunk, n));
    if (f != NULL)
        fclose(f);
}

/* "Name:\tvalue" of a status file; hexadecimal. UINT64_MAX: no such line. */
static uint64_t status_value(const struct ky_buf *status, const char *name)
{
    const char *at = strstr(ky_buf_str(status), name);
    return at == NULL ? UINT64_MAX : strtoull(at + strlen(name), NULL, 16);
}

static pid_t pid_of(const char *process)
{
    pid_t pid = realm_pid(&realm, process);
    if (pid == 0)
        fail_msg("%s does not run", process);
    return pid;
}

static void check_thread(const char *process, const char *path, bool confined)
{
    static const char *const capabilities[] = {"CapEff:", "CapPrm:", "CapInh:", "CapAmb:"};
    ky_auto_buf status = {0};
    read_proc(&status, path);
    for (size_t i = 0; confined && i < KY_COUNT(capabilities); i++)
        if (status_value(&status, capabilities[i]) != 0)
            fail_msg("%s: %s is not empty", process, capabilities[i]);
    if (geteuid() == 0 && (status_value(&status, "CapBnd:") & ~SUPERVISOR_KEEPS) != 0)
        fail_msg("%s: the bounding set is not reduced", process);
    if (status_value(&status, "NoNewPrivs:") != 1 || status_value(&status, "Seccomp:") != 2)
        fail_msg("%s: NoNewPrivs %d, Seccomp %d", process, (int)status_value(&status, "NoNewPrivs:"),
                 (int)status_value(&status, "Seccomp:"));
}

/* Every thread: a filter set too late would leave some without. */
static void check_process(const char *name, pid_t pid, bool confined)
{
    char folder[64], path[PATH_MAX];
    int threads = 0;
    snprintf(folder, sizeof folder, "/proc/%d/task", (int)pid);
    DIR *d = opendir(folder);
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        if (e->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s/status", folder, e->d_name);
        check_thread(name, path, confined);
        threads++;
    }
    closedir(d);
    assert_true(threads > 0);
}

static void only_the_supervisor_has_capabilities(void **state)
{
    (void)state;
    for (size_t i = 0; i < KY_COUNT(processes); i++)
        check_process(processes[i], pid_of(processes[i]), true);
    check_process("kysod", realm.kysod, false);
}

/* The supervisor keeps what starting others as other users takes, and no more. */
static void supervisor_keeps_three_capabilities(void **state)
{
    (void)state;
    char path[64];
    ky_auto_buf status = {0};
    snprintf(path, sizeof path, "/proc/%d/status", (int)realm.kysod);
    read_proc(&status, path);
    assert_int_equal(status_value(&status, "CapEff:") & ~SUPERVISOR_KEEPS, 0);
    assert_int_equal(status_value(&status, "CapPrm:") & ~SUPERVISOR_KEEPS, 0);
}

/* ---- descriptors ---- */

static bool is_unix_socket(unsigned long inode)
{
    char wanted[32];
    ky_auto_buf table = {0};
    snprintf(wanted, sizeof wanted, " %lu", inode);
    read_proc(&table, "/proc/net/unix");
    const char *at = strstr(ky_buf_str(&table), wanted);
    return at != NULL && (at[strlen(wanted)] == '\n' || at[strlen(wanted)] == ' ');
}

/* A unix socket, a file of its own, the service's log, or nothing that leads anywhere. */
static bool is_allowed(const char *name, const char *link)
{
    char own[160], log[160];
    unsigned long inode;
    if (sscanf(link, "socket:[%lu]", &inode) == 1)
        return is_unix_socket(inode);
    snprintf(own, sizeof own, "%s/%.*s/", realm.state, (int)strcspn(name, "-"), name);
    snprintf(log, sizeof log, "%s/log", realm.dir);
    return ky_str_starts(link, own) || ky_str_eq(link, log) || ky_str_starts(link, "anon_inode:") ||
           ky_str_eq(link, "/dev/null") || ky_str_eq(link, "/dev/urandom") || ky_str_starts(link, "pipe:");
}

static void check_descriptors(const char *name, pid_t pid)
{
    char folder[64], link[PATH_MAX];
    snprintf(folder, sizeof folder, "/proc/%d/fd", (int)pid);
    DIR *d = opendir(folder);
    if (d == NULL) { /* it is not dumpable, and we are not root */
        assert_true(geteuid() != 0);
        return;
    }
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        ssize_t n = readlinkat(dirfd(d), e->d_name, link, sizeof link - 1);
        if (n < 0)
            continue;
        link[n] = 0;
        int fd = atoi(e->d_name);
        if (fd > 2 && !is_allowed(name, link)) /* the first three are whatever kysod was given */
            fail_msg("%s holds %s", name, link);
    }
    closedir(d);
}

static void key_processes_hold_no_network_socket(void **state)
{
    (void)state;
    for (size_t i = 0; i < KEY_PROCESSES; i++)
        check_descriptors(processes[i], pid_of(processes[i]));
}

/* ---- dumps ---- */

static void nobody_leaves_a_core(void **state)
{
    (void)state;
    for (size_t i = 0; i < KY_COUNT(processes); i++) {
        char path[64];
        unsigned long soft = 1, hard = 1;
        ky_auto_buf limits = {0};
        snprintf(path, sizeof path, "/proc/%d/limits", (int)pid_of(processes[i]));
        read_proc(&limits, path);
        const char *at = strstr(ky_buf_str(&limits), "Max core file size");
        assert_non_null(at);
        assert_int_equal(sscanf(at + strlen("Max core file size"), " %lu %lu", &soft, &hard), 2);
        assert_int_equal(soft, 0);
        assert_int_equal(hard, 0);
    }
}

/* environ asks for the same right as a debugger does. */
static bool can_look_into(pid_t pid)
{
    char path[64], byte;
    snprintf(path, sizeof path, "/proc/%d/environ", (int)pid);
    ky_auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd >= 0 && read(fd, &byte, 1) >= 0;
}

static uid_t user_of(pid_t pid)
{
    char path[64];
    unsigned uid = 0;
    ky_auto_buf status = {0};
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    read_proc(&status, path);
    const char *at = strstr(ky_buf_str(&status), "Uid:");
    assert_non_null(at);
    assert_int_equal(sscanf(at, "Uid: %u", &uid), 1);
    return uid;
}

/* In a child. Exit status 0: it may look into itself, and not into that process. */
static _Noreturn void look_as(uid_t user, pid_t pid)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    const struct __user_cap_data_struct none[2] = {{0}};
    bool became = setresuid(user, user, user) == 0 && syscall(SYS_capset, &head, none) == 0 &&
                  prctl(PR_SET_DUMPABLE, 1) == 0;
    _exit(!became || !can_look_into(getpid()) ? 2 : can_look_into(pid) ? 1 : 0);
}

/* Not even their own user, where it is not root with root's capabilities, sees their memory. */
static void key_processes_are_not_dumpable(void **state)
{
    (void)state;
    for (size_t i = 0; i < KEY_PROCESSES; i++) {
        int status = -1;
        pid_t pid = pid_of(processes[i]);
        uid_t user = user_of(pid);
        pid_t child = fork();
        if (child == 0)
            look_as(user, pid);
        assert_int_equal(waitpid(child, &status, 0), child);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
            fail_msg("%s: a process of its user ended with %d", processes[i], status);
    }
}

/* ---- the data key ---- */

static void web_and_courier_have_the_data_key_from_sam_and_no_file(void **state)
{
    (void)state;
    static const char *const peers[] = {"web", "courier"};
    char path[160], wanted[64];
    for (size_t i = 0; i < KY_COUNT(peers); i++) {
        ky_auto_buf log = {0};
        snprintf(path, sizeof path, "%s/log", realm.dir);
        read_proc(&log, path);
        snprintf(wanted, sizeof wanted, "data-key.given peer=%s", peers[i]);
        assert_non_null(strstr(ky_buf_str(&log), wanted));
        snprintf(path, sizeof path, "%s/%s/data.key", realm.state, peers[i]);
        assert_int_not_equal(access(path, F_OK), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_supervisor_has_capabilities),
        cmocka_unit_test(supervisor_keeps_three_capabilities),
        cmocka_unit_test(key_processes_hold_no_network_socket),
        cmocka_unit_test(nobody_leaves_a_core),
        cmocka_unit_test(key_processes_are_not_dumpable),
        cmocka_unit_test(web_and_courier_have_the_data_key_from_sam_and_no_file),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
