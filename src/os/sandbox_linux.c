/*
 * The sandbox on Linux: capabilities, no_new_privs, dumps, and a seccomp filter made from tables. A profile is a
 * list of groups of system calls; a call in none of them fails with EPERM, the deadly ones kill.
 */
#include "os/sandbox.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/sanitizer.h"

#define CALL(name)                                                                                           \
    {                                                                                                        \
        SCMP_SYS(name), #name                                                                                \
    }
struct call {
    int number;
    const char *name;
};

/* Memory, time, own signals, existing descriptors: what any program does. */
static const struct call basic_calls[] = {
    CALL(read),
    CALL(write),
    CALL(readv),
    CALL(writev),
    CALL(pread64),
    CALL(pwrite64),
    CALL(close),
    CALL(lseek),
    CALL(fstat),
    CALL(sendto),
    CALL(recvfrom),
    CALL(sendmsg),
    CALL(recvmsg),
    CALL(poll),
    CALL(ppoll),
    CALL(shutdown),
    CALL(munmap),
    CALL(mremap),
    CALL(madvise),
    CALL(brk),
    CALL(mlock),
    CALL(mlock2),
    CALL(munlock),
    CALL(futex),
    CALL(rt_sigaction),
    CALL(rt_sigprocmask),
    CALL(rt_sigreturn),
    CALL(sigaltstack),
    CALL(restart_syscall),
    CALL(getrandom),
    CALL(clock_gettime),
    CALL(clock_getres),
    CALL(gettimeofday),
    CALL(time),
    CALL(nanosleep),
    CALL(clock_nanosleep),
    CALL(getpid),
    CALL(gettid),
    CALL(sched_yield),
    CALL(exit),
    CALL(exit_group),
    CALL(getrlimit),
    CALL(alarm),
    CALL(rseq),
    CALL(membarrier),
    CALL(set_robust_list),
};

/* Own state and the token's files: whatever the user's permissions allow. */
static const struct call file_calls[] = {
    CALL(open),      CALL(openat),     CALL(creat),      CALL(stat),
    CALL(lstat),     CALL(newfstatat), CALL(statx),      CALL(statfs),
    CALL(fstatfs),   CALL(access),     CALL(faccessat),  CALL(faccessat2),
    CALL(readlink),  CALL(readlinkat), CALL(getdents64), CALL(getcwd),
    CALL(mkdir),     CALL(mkdirat),    CALL(rmdir),      CALL(rename),
    CALL(renameat),  CALL(renameat2),  CALL(unlink),     CALL(unlinkat),
    CALL(link),      CALL(linkat),     CALL(ftruncate),  CALL(fallocate),
    CALL(fadvise64), CALL(fsync),      CALL(fdatasync),  CALL(flock),
    CALL(fcntl),     CALL(dup),        CALL(dup2),       CALL(dup3),
    CALL(umask),     CALL(chmod),      CALL(fchmod),     CALL(fchmodat),
    CALL(utimensat), CALL(getuid),     CALL(geteuid),    CALL(getgid),
    CALL(getegid),   CALL(getppid),    CALL(getrusage),  CALL(sysinfo),
    CALL(uname),     CALL(select),     CALL(pselect6),   CALL(sched_getaffinity),
    CALL(times),
};

/* Threads and the event calls of libmicrohttpd, libcurl and libpq. */
static const struct call thread_calls[] = {
    CALL(clone),
    CALL(clone3),
    CALL(set_tid_address),
    CALL(epoll_create),
    CALL(epoll_create1),
    CALL(epoll_ctl),
    CALL(epoll_wait),
    CALL(epoll_pwait),
    CALL(eventfd2),
    CALL(timerfd_create),
    CALL(timerfd_settime),
    CALL(timerfd_gettime),
    CALL(pipe),
    CALL(pipe2),
    CALL(signalfd4),
    CALL(rt_sigtimedwait),
    CALL(rt_sigpending),
    CALL(sched_getparam),
    CALL(sched_getscheduler),
    CALL(sched_setscheduler),
    CALL(msync),
    CALL(mincore),
    CALL(sendfile),
    CALL(splice),
    CALL(copy_file_range),
    CALL(preadv),
    CALL(pwritev),
    CALL(fchown),
    CALL(prctl),
    CALL(ioctl),
};

static const struct call connect_calls[] = {
    CALL(socketpair), CALL(connect),    CALL(bind),     CALL(getsockname), CALL(getpeername),
    CALL(getsockopt), CALL(setsockopt), CALL(sendmmsg), CALL(recvmmsg),
};

static const struct call listen_calls[] = {CALL(listen), CALL(accept), CALL(accept4)};

/* Nobody of ours has a good reason for these once it serves. */
static const struct call deadly_calls[] = {
    CALL(execve), CALL(execveat), CALL(ptrace), CALL(process_vm_readv), CALL(process_vm_writev),
};

/* Newer than some library expects: "no such call" makes it take the older way. */
static const struct call unknown_calls[] = {CALL(clone3)};

/* What neither the supervisor nor any child ever does; children inherit the supervisor's filter. */
static const struct call foreign_calls[] = {
    CALL(ptrace),
    CALL(process_vm_readv),
    CALL(process_vm_writev),
    CALL(mount),
    CALL(umount2),
    CALL(pivot_root),
    CALL(chroot),
    CALL(swapon),
    CALL(swapoff),
    CALL(reboot),
    CALL(kexec_load),
    CALL(kexec_file_load),
    CALL(init_module),
    CALL(finit_module),
    CALL(delete_module),
    CALL(bpf),
    CALL(perf_event_open),
    CALL(userfaultfd),
    CALL(keyctl),
    CALL(add_key),
    CALL(request_key),
    CALL(unshare),
    CALL(setns),
    CALL(open_by_handle_at),
    CALL(acct),
    CALL(settimeofday),
    CALL(clock_settime),
    CALL(clock_adjtime),
    CALL(adjtimex),
    CALL(sethostname),
    CALL(setdomainname),
    CALL(iopl),
    CALL(ioperm),
    CALL(io_uring_setup),
    CALL(io_uring_enter),
    CALL(io_uring_register),
    CALL(quotactl),
    CALL(syslog),
};

#define GROUP(calls)                                                                                         \
    {                                                                                                        \
        calls, KY_COUNT(calls)                                                                               \
    }
struct group {
    const struct call *calls;
    size_t count;
};

static const struct group web_groups[] = {GROUP(basic_calls), GROUP(file_calls), GROUP(thread_calls),
                                          GROUP(connect_calls), GROUP(listen_calls)};
static const struct group courier_groups[] = {GROUP(basic_calls), GROUP(file_calls), GROUP(thread_calls),
                                              GROUP(connect_calls)};
static const struct group key_groups[] = {GROUP(basic_calls), GROUP(file_calls)};
static const struct group token_groups[] = {GROUP(basic_calls), GROUP(file_calls), GROUP(thread_calls),
                                            GROUP(connect_calls)};
static const struct group parse_groups[] = {GROUP(basic_calls)};

struct profile {
    const char *name;
    const struct group *groups; /* what is allowed; NULL: all but foreign_calls */
    size_t count;
    bool network;    /* may make sockets */
    bool local;      /* may make sockets that stay on this machine: smart card daemon, device events */
    bool code;       /* may map code (plug-ins of libraries that load late) */
    bool undumpable; /* memory holds keys or PINs */
    uint64_t caps;   /* capabilities kept, as bits */
};

#define PROFILE_GROUPS(g) .groups = (g), .count = KY_COUNT(g)
#define CAP_BIT(cap) (UINT64_C(1) << (cap))
static const struct profile profiles[KY_SANDBOX_COUNT] = {
    [KY_SANDBOX_SUPERVISOR] = {.name = "supervisor",
                               .caps = CAP_BIT(CAP_SETUID) | CAP_BIT(CAP_SETGID) | CAP_BIT(CAP_KILL)},
    [KY_SANDBOX_WEB] = {.name = "web", PROFILE_GROUPS(web_groups), .network = true, .code = true},
    [KY_SANDBOX_COURIER] = {.name = "courier", PROFILE_GROUPS(courier_groups), .network = true, .code = true},
    [KY_SANDBOX_KEY] = {.name = "key", PROFILE_GROUPS(key_groups), .undumpable = true},
    [KY_SANDBOX_TOKEN] =
        {.name = "token", PROFILE_GROUPS(token_groups), .local = true, .code = true, .undumpable = true},
    [KY_SANDBOX_PARSE] = {.name = "parse", PROFILE_GROUPS(parse_groups)},
};

static ky_rc refused(const char *profile, const char *step, int error)
{
    return ky_fail(KY_EDENIED, "sandbox %s: %s: %s", profile, step, strerror(error));
}

/* ---- privileges ---- */

static ky_rc drop_bounding_set(const struct profile *p)
{
    for (int cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++) {
        bool kept = cap < 64 && (p->caps & CAP_BIT(cap)) != 0;
        if (!kept && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) != 0 &&
            errno != EPERM) /* EPERM: had none to begin with */
            return refused(p->name, "capability bounding set", errno);
    }
    return KY_OK;
}

/* Keeps of the profile's capabilities what we have; an ordinary user keeps none. */
static ky_rc drop_capabilities(const struct profile *p)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct now[_LINUX_CAPABILITY_U32S_3], kept[_LINUX_CAPABILITY_U32S_3] = {{0}};
    KY_TRY(drop_bounding_set(p));
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0)
        return refused(p->name, "ambient capabilities", errno);
    if (syscall(SYS_capget, &header, now) != 0)
        return refused(p->name, "capget", errno);
    for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
        kept[i].permitted = now[i].permitted & (uint32_t)(p->caps >> (32 * i));
        kept[i].effective = kept[i].permitted;
    }
    if (syscall(SYS_capset, &header, kept) != 0)
        return refused(p->name, "capset", errno);
    return KY_OK;
}

static ky_rc drop_privileges(const struct profile *p)
{
    struct rlimit none = {0, 0};
    KY_TRY(drop_capabilities(p));
    if (setrlimit(RLIMIT_CORE, &none) != 0)
        return refused(p->name, "core limit", errno);
    if (p->undumpable && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return refused(p->name, "dumpable", errno);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return refused(p->name, "no_new_privs", errno);
    return KY_OK;
}

/* ---- the filter ---- */

static ky_rc add_calls(scmp_filter_ctx f, const struct profile *p, uint32_t action, const struct call *calls,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int e = seccomp_rule_add(f, action, calls[i].number, 0);
        if (e != 0 && e != -EDOM) /* EDOM: this machine has no such call */
            return refused(p->name, calls[i].name, -e);
    }
    return KY_OK;
}

/* Only these kinds of socket; without any only the refusal that lets syslog(3) in a library go quietly. */
static ky_rc add_socket_rules(scmp_filter_ctx f, const struct profile *p)
{
    static const unsigned families[] = {AF_UNIX, AF_NETLINK, AF_INET, AF_INET6};
    const size_t count = p->network ? KY_COUNT(families) : 2;
    if (!p->network && !p->local) {
        int e =
            seccomp_rule_add(f, SCMP_ACT_KILL_PROCESS, SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_NE, AF_UNIX, 0));
        return e == 0 ? KY_OK : refused(p->name, "socket", -e);
    }
    for (size_t i = 0; i < count; i++) {
        int e =
            seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_EQ, families[i], 0));
        if (e != 0)
            return refused(p->name, "socket", -e);
    }
    return KY_OK;
}

/* Memory may be mapped and protected; as code only where the profile says. */
static ky_rc add_memory_rules(scmp_filter_ctx f, const struct profile *p)
{
    static const struct call calls[] = {CALL(mmap), CALL(mprotect)};
    if (p->code)
        return add_calls(f, p, SCMP_ACT_ALLOW, calls, KY_COUNT(calls));
    for (size_t i = 0; i < KY_COUNT(calls); i++) {
        int e = seccomp_rule_add(f, SCMP_ACT_ALLOW, calls[i].number, 1,
                                 SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
        if (e != 0)
            return refused(p->name, calls[i].name, -e);
    }
    return KY_OK;
}

/* abort(3) signals this process; no call signals another. */
static ky_rc add_signal_rule(scmp_filter_ctx f, const struct profile *p)
{
    int e = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                             SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0));
    return e == 0 ? KY_OK : refused(p->name, "tgkill", -e);
}

/* Reading limits is harmless, setting them is not: prlimit64 only with a NULL new limit. */
static ky_rc add_limit_rule(scmp_filter_ctx f, const struct profile *p)
{
    int e = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A2(SCMP_CMP_EQ, 0, 0));
    return e == 0 ? KY_OK : refused(p->name, "prlimit64", -e);
}

static ky_rc fill_filter(scmp_filter_ctx f, const struct profile *p)
{
    if (p->groups == NULL)
        return add_calls(f, p, SCMP_ACT_ERRNO(EPERM), foreign_calls, KY_COUNT(foreign_calls));
    for (size_t i = 0; i < p->count; i++)
        KY_TRY(add_calls(f, p, SCMP_ACT_ALLOW, p->groups[i].calls, p->groups[i].count));
    if (!p->network && !p->local)
        KY_TRY(add_calls(f, p, SCMP_ACT_ERRNO(ENOSYS), unknown_calls, KY_COUNT(unknown_calls)));
    KY_TRY(add_calls(f, p, SCMP_ACT_KILL_PROCESS, deadly_calls, KY_COUNT(deadly_calls)));
    KY_TRY(add_socket_rules(f, p));
    KY_TRY(add_memory_rules(f, p));
    KY_TRY(add_signal_rule(f, p));
    return add_limit_rule(f, p);
}

static ky_rc load_filter(const struct profile *p)
{
    uint32_t otherwise = p->groups == NULL ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EPERM);
    scmp_filter_ctx f = seccomp_init(otherwise);
    if (f == NULL)
        return ky_fail(KY_ENOMEM, "sandbox %s", p->name);
    ky_rc rc = fill_filter(f, p);
    int e = rc == KY_OK ? seccomp_attr_set(f, SCMP_FLTATR_CTL_TSYNC, 1) : 0;
    if (rc == KY_OK && e == 0)
        e = seccomp_load(f);
    seccomp_release(f);
    return rc == KY_OK && e != 0 ? refused(p->name, "filter", -e) : rc;
}

ky_rc ky_sandbox_enter(ky_sandbox_profile profile)
{
    const struct profile *p = &profiles[profile];
    KY_TRY(drop_privileges(p));
    ky_sanitizer_enter_sandbox();
    return load_filter(p);
}
