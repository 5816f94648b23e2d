/*
 * fork and exec with nothing inherited by accident. What goes wrong in the child before exec comes back
 * through a close-on-exec pipe as a step number and errno.
 */
#include "os/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"
#include "os/file.h"

#define UID_HIGHEST 0xfffffffeu /* (uid_t)-1 means "unchanged" to setresuid */
#define PASSWD_ENTRY_MAX 16384  /* bytes of one user's entry */
#define USER_NAME_MAX 64

typedef enum step { STEP_FDS, STEP_SESSION, STEP_LIMITS, STEP_USER, STEP_EXEC } step;
static const char *const step_names[] = {"descriptors", "session", "limits", "user", "exec"};

struct failure {
    step at;
    int error;
};

static ky_rc find_user(struct ky_proc_user *out, const char *name)
{
    uint64_t number;
    bool numeric = ky_parse_u64(&number, ky_bytes_str(name), UID_HIGHEST) == KY_OK;
    char space[PASSWD_ENTRY_MAX];
    struct passwd entry, *found = NULL;
    if (numeric)
        getpwuid_r((uid_t)number, &entry, space, sizeof space, &found);
    else
        getpwnam_r(name, &entry, space, sizeof space, &found);
    if (found != NULL)
        *out = (struct ky_proc_user){.change = true, .uid = entry.pw_uid, .gid = entry.pw_gid};
    else if (numeric)
        *out = (struct ky_proc_user){.change = true, .uid = (uid_t)number, .gid = (gid_t)number};
    else
        return ky_fail(KY_ENOTFOUND, "there is no user \"%s\"", name);
    return KY_OK;
}

ky_rc ky_proc_user_find(struct ky_proc_user *out, const char *name)
{
    char user[USER_NAME_MAX];
    uint64_t group;
    *out = (struct ky_proc_user){.change = false};
    if (name[0] == 0)
        return KY_OK;
    const char *colon = strchr(name, ':');
    snprintf(user, sizeof user, "%.*s", colon == NULL ? USER_NAME_MAX : (int)(colon - name), name);
    KY_TRY(find_user(out, user));
    if (colon == NULL)
        return KY_OK;
    if (ky_parse_u64(&group, ky_bytes_str(colon + 1), UID_HIGHEST) != KY_OK)
        return ky_fail(KY_ENOTFOUND, "\"%s\" is not the number of a group", colon + 1);
    out->gid = (gid_t)group;
    return KY_OK;
}

/* ---- in the child; only async-signal-safe calls ---- */

static void give_up(int report_fd, step at)
{
    struct failure f = {.at = at, .error = errno};
    ssize_t ignored = write(report_fd, &f, sizeof f);
    (void)ignored;
    _exit(127);
}

/* Descriptor 3 is the given one; the report stays out of the way above it until exec closes it. */
static bool arrange_fds(const struct ky_proc_spec *spec, int *report_fd)
{
    *report_fd = fcntl(*report_fd, F_DUPFD_CLOEXEC, 10);
    if (*report_fd < 0)
        return false;
    if (spec->stdio > 2 && (dup2(spec->stdio, 0) != 0 || dup2(spec->stdio, 1) != 1))
        return false;
    if (spec->fd3 == 3 ? fcntl(3, F_SETFD, 0) != 0 : dup2(spec->fd3, 3) != 3)
        return false;
    return (*report_fd == 4 || close_range(4, (unsigned)*report_fd - 1, 0) == 0) &&
           close_range((unsigned)*report_fd + 1, ~0u, 0) == 0;
}

static bool limit(int resource, uint64_t value)
{
    struct rlimit r = {.rlim_cur = value, .rlim_max = value};
    return value == 0 || setrlimit((__rlimit_resource_t)resource, &r) == 0;
}

static bool set_limits(const struct ky_proc_spec *spec)
{
    struct rlimit none = {0, 0};
    return setrlimit(RLIMIT_CORE, &none) == 0 && limit(RLIMIT_NOFILE, spec->max_files) &&
           limit(RLIMIT_AS, spec->max_memory) && limit(RLIMIT_CPU, spec->max_cpu_s);
}

static bool become(const struct ky_proc_user *user)
{
    if (!user->change)
        return true;
    return setgroups(0, NULL) == 0 && setresgid(user->gid, user->gid, user->gid) == 0 &&
           setresuid(user->uid, user->uid, user->uid) == 0;
}

/* After the user change, which clears it: die with the parent, who may be gone already. */
static bool bind_to_parent(pid_t parent)
{
    return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent;
}

static void reset_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int i = 1; i < 32; i++)
        signal(i, SIG_DFL); /* refused for SIGKILL and SIGSTOP, which have no handlers to lose */
}

static void run_child(const struct ky_proc_spec *spec, int report_fd, pid_t parent)
{
    reset_signals();
    if (!arrange_fds(spec, &report_fd))
        give_up(report_fd, STEP_FDS);
    if (setsid() < 0)
        give_up(report_fd, STEP_SESSION);
    if (!set_limits(spec))
        give_up(report_fd, STEP_LIMITS);
    if (!become(&spec->user) || !bind_to_parent(parent))
        give_up(report_fd, STEP_USER);
    execve(spec->path, (char *const *)(uintptr_t)spec->argv, (char *const *)(uintptr_t)spec->env);
    give_up(report_fd, STEP_EXEC);
}

/* ---- in the parent ---- */

static ky_rc read_report(int fd, pid_t pid, const char *path)
{
    struct failure f;
    ssize_t n;
    do
        n = read(fd, &f, sizeof f);
    while (n < 0 && errno == EINTR);
    if (n == 0)
        return KY_OK; /* closed by exec */
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    if (n != (ssize_t)sizeof f)
        return ky_fail(KY_EIO, "%s: no word from the new process", path);
    ky_rc rc = f.error == ENOENT ? KY_ENOTFOUND : f.error == EACCES || f.error == EPERM ? KY_EDENIED : KY_EIO;
    return ky_fail(rc, "%s: %s: %s", path, step_names[f.at], strerror(f.error));
}

ky_rc ky_proc_spawn(pid_t *out, const struct ky_proc_spec *spec)
{
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0)
        return ky_fail(KY_EIO, "%s: pipe: %s", spec->path, strerror(errno));
    ky_auto_fd read_end = report[0];
    ky_auto_fd write_end = report[1];
    pid_t parent = getpid(), pid = fork();
    if (pid < 0)
        return ky_fail(KY_EIO, "%s: fork: %s", spec->path, strerror(errno));
    if (pid == 0)
        run_child(spec, write_end, parent);
    ky_fd_clear(&write_end);
    KY_TRY(read_report(read_end, pid, spec->path));
    *out = pid;
    return KY_OK;
}

ky_rc ky_proc_raise_files(uint64_t wanted)
{
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r) != 0)
        return ky_fail(KY_EIO, "limit of open files: %s", strerror(errno));
    if (r.rlim_cur >= wanted)
        return KY_OK;
    if (r.rlim_max < wanted)
        return ky_fail(KY_ELIMIT,
                       "%llu open files are needed, the hard limit is %llu (ulimit -Hn, LimitNOFILE=)",
                       (unsigned long long)wanted, (unsigned long long)r.rlim_max);
    r.rlim_cur = wanted;
    if (setrlimit(RLIMIT_NOFILE, &r) != 0)
        return ky_fail(KY_EIO, "limit of open files: %s", strerror(errno));
    return KY_OK;
}
