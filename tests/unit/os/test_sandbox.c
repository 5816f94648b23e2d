/* os/sandbox: each profile tried from inside, in a process of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/sandbox.h"

/* What a sandboxed process tries; 0 means it could. */
static int try_unix_socket(void)
{
    return socket(AF_UNIX, SOCK_DGRAM, 0) < 0 ? errno : 0;
}
static int try_inet_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) < 0 ? errno : 0;
}
static int try_packet_socket(void)
{
    return socket(AF_PACKET, SOCK_RAW, 0) < 0 ? errno : 0;
}
static int try_listen(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    return fd < 0 || listen(fd, 1) != 0 ? errno : 0;
}
static int try_open(void)
{
    return open("/dev/null", O_RDONLY | O_CLOEXEC) < 0 ? errno : 0;
}
static int try_exec(void)
{
    return execl("/bin/true", "true", (char *)NULL) < 0 ? errno : 0;
}
static int try_ptrace(void)
{
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 ? errno : 0;
}
static int try_fork(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    return pid < 0 ? errno : 0;
}
static int try_kill_parent(void)
{
    return kill(getppid(), 0) < 0 ? errno : 0;
}
static int try_map_code(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? errno
                                                                                                     : 0;
}
static int try_memory(void)
{
    void *volatile p = malloc(10u << 20);
    free(p);
    return p == NULL ? ENOMEM : 0;
}
static void *nothing(void *ctx)
{
    return ctx;
}
static int try_thread(void)
{
    pthread_t t;
    int e = pthread_create(&t, NULL, nothing, NULL);
    return e == 0 ? pthread_join(t, NULL) : e;
}

#define DIES (-SIGSYS)
static const struct {
    const char *name;
    int (*try)(void);
    int want[KY_SANDBOX_COUNT]; /* 0, errno, or DIES */
} tries[] = {
    /*                                  supervisor, web,   courier, key,   token, parse */
    {"unix socket", try_unix_socket, {0, 0, 0, EPERM, 0, EPERM}},
    {"inet socket", try_inet_socket, {0, 0, 0, DIES, EPERM, DIES}},
    {"packet socket", try_packet_socket, {EPERM, EPERM, EPERM, DIES, EPERM, DIES}},
    {"listen", try_listen, {0, 0, EPERM, DIES, EPERM, DIES}},
    {"open", try_open, {0, 0, 0, 0, 0, EPERM}},
    {"exec", try_exec, {0, DIES, DIES, DIES, DIES, DIES}},
    {"ptrace", try_ptrace, {EPERM, DIES, DIES, DIES, DIES, DIES}},
    {"fork", try_fork, {0, 0, 0, EPERM, 0, EPERM}},
    {"kill parent", try_kill_parent, {0, EPERM, EPERM, EPERM, EPERM, EPERM}},
    {"map code", try_map_code, {0, 0, 0, EPERM, 0, EPERM}},
    {"memory", try_memory, {0, 0, 0, 0, 0, 0}},
    {"thread", try_thread, {0, 0, 0, EPERM, 0, EPERM}},
};

static int in_sandbox(ky_sandbox_profile profile, int (*try)(void))
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        if (ky_sandbox_enter(profile) != KY_OK) {
            fprintf(stderr, "%s\n", ky_error());
            _exit(255);
        }
        _exit(try());
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void each_profile_allows_exactly_its_own(void **state)
{
    for (size_t i = 0; i < KY_COUNT(tries); i++)
        for (unsigned p = 0; p < KY_SANDBOX_COUNT; p++) {
            int got = in_sandbox((ky_sandbox_profile)p, tries[i].try);
            if (got != tries[i].want[p])
                fail_msg("%s in profile %u: %d, not %d", tries[i].name, p, got, tries[i].want[p]);
        }
}

/* A line of /proc/self/status must hold value; capability masks of the supervisor keep three bits at most. */
static bool status_has(const char *name, unsigned long long allowed)
{
    char line[256];
    unsigned long long value = ~0ull;
    FILE *f = fopen("/proc/self/status", "re");
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        if (strncmp(line, name, strlen(name)) == 0)
            value = strtoull(line + strlen(name), NULL, 16);
    if (f != NULL)
        fclose(f);
    return value == allowed;
}

static int try_status(void)
{
    bool caps = status_has("CapEff:", 0) && status_has("CapPrm:", 0) && status_has("CapInh:", 0);
    return caps && status_has("NoNewPrivs:", 1) && status_has("Seccomp:", 2) ? 0 : 1;
}

static void privileges_are_gone(void **state)
{
    assert_int_equal(in_sandbox(KY_SANDBOX_WEB, try_status), 0);
    assert_int_equal(in_sandbox(KY_SANDBOX_COURIER, try_status), 0);
    assert_int_equal(in_sandbox(KY_SANDBOX_KEY, try_status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_profile_allows_exactly_its_own),
        cmocka_unit_test(privileges_are_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
