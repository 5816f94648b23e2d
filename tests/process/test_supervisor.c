/*
 * kysod with programs that only say who they are: order of start, confinement, restart with fresh connections,
 * broken rules, parse processes, orderly end. As root every process has a user of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/str.h"
#include "os/clock.h"
#include "os/file.h"

#define WAIT_MS 30000
#define FILE_MAX (1u << 20)
#define PROCESSES 8 /* of the configuration below */

static const char *echo_program; /* from the command line */
static char dir[64];
static pid_t kysod;

static const char *const names[PROCESSES] = {"sam-keeper.0", "sam-worker.0", "sam-worker.1", "ca-keeper.0",
                                             "ca-worker.0",  "ca-worker.1",  "courier.0",    "web.0"};

/* ---- files and waiting ---- */

static const char *in_dir(const char *name)
{
    static char path[4][PATH_MAX];
    static unsigned turn;
    char *out = path[turn++ % 4];
    snprintf(out, PATH_MAX, "%s/%s", dir, name);
    return out;
}

static struct ky_buf read_text(const char *path)
{
    struct ky_buf text = ky_buf_init(FILE_MAX);
    ky_rc rc = ky_file_read(&text, path);
    if (rc != KY_OK)
        ky_buf_reset(&text);
    return text;
}

static bool text_has(const char *path, const char *wanted)
{
    ky_auto_buf text = read_text(path);
    return strstr(ky_buf_str(&text), wanted) != NULL;
}

static void wait_for_text(const char *name, const char *wanted)
{
    for (int64_t end = ky_deadline_in(WAIT_MS); ky_mono_ms() < end; usleep(20000))
        if (text_has(in_dir(name), wanted))
            return;
    ky_auto_buf text = read_text(in_dir(name)), log = read_text(in_dir("log"));
    fail_msg("%s never held \"%s\":\n%s\nlog:\n%s", name, wanted, ky_buf_str(&text), ky_buf_str(&log));
}

/* The pid and state of one process in the status file; 0 when it is not there. */
static pid_t status_of(const char *name, char state[16])
{
    ky_auto_buf text = read_text(in_dir("kysod.status"));
    const char *at = strstr(ky_buf_str(&text), name);
    int pid = 0;
    state[0] = 0;
    if (at != NULL && sscanf(at + strlen(name), " %d %15s", &pid, state) != 2)
        return 0;
    return pid;
}

static pid_t wait_ready(const char *name, pid_t not_this)
{
    char state[16];
    for (int64_t end = ky_deadline_in(WAIT_MS); ky_mono_ms() < end; usleep(20000)) {
        pid_t pid = status_of(name, state);
        if (strcmp(state, "ready") == 0 && pid != not_this)
            return pid;
    }
    ky_auto_buf log = read_text(in_dir("log"));
    fail_msg("%s was never ready:\n%s", name, ky_buf_str(&log));
    return 0;
}

/* ---- kysod ---- */

static void copy_program(const char *from, const char *to)
{
    ky_auto_buf bytes = ky_buf_init(256u << 20);
    assert_int_equal(ky_file_read(&bytes, from), KY_OK);
    assert_int_equal(ky_file_write(in_dir(to), ky_buf_bytes(&bytes), 0755), KY_OK);
}

static void write_config(const char *sam_program)
{
    ky_auto_buf text = ky_buf_init(FILE_MAX);
    static const char *const sections[] = {"ca", "web", "courier"};
    static const char *const users[] = {"54321", "54322", "54323"};
    bool root = geteuid() == 0;
    ky_buf_addf(&text, "[kyso]\nstate_dir = %s\npid_file = %s/pid\nstop_timeout_s = 20\n", dir, dir);
    ky_buf_addf(&text, "[sam]\nprogram = %s\nuser = %s\n", sam_program, root ? "54320" : "");
    for (size_t i = 0; i < KY_COUNT(sections); i++)
        ky_buf_addf(&text, "[%s]\nprogram = %s/echo-child\nuser = %s\n", sections[i], dir,
                    root ? users[i] : "");
    ky_buf_addf(&text, "[parse]\nprogram = %s/kyso-parse\nuser = %s\n", dir, root ? "54324" : "");
    assert_int_equal(ky_file_write(in_dir("conf"), ky_buf_bytes(&text), 0600), KY_OK);
}

static void start_kysod(void)
{
    char program[PATH_MAX];
    snprintf(program, sizeof program, "%s/kysod", getenv("KYSO_BIN"));
    kysod = fork();
    assert_true(kysod >= 0);
    if (kysod != 0)
        return;
    int log = open(in_dir("log"), O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(log, STDERR_FILENO);
    execl(program, "kysod", "-c", in_dir("conf"), (char *)NULL);
    _exit(127);
}

static int end_of_kysod(void)
{
    int status = -1;
    for (int64_t end = ky_deadline_in(WAIT_MS); ky_mono_ms() < end; usleep(20000))
        if (waitpid(kysod, &status, WNOHANG) == kysod) {
            kysod = 0;
            return status;
        }
    fail_msg("kysod does not end");
    return -1;
}

static int prepare(void **state)
{
    char program[PATH_MAX];
    snprintf(dir, sizeof dir, "/tmp/kysod-XXXXXX");
    if (mkdtemp(dir) == NULL || chmod(dir, 0755) != 0)
        return -1;
    snprintf(program, sizeof program, "%s/kyso-parse", getenv("KYSO_BIN"));
    copy_program(echo_program, "echo-child"); /* where every user may read it */
    copy_program(program, "kyso-parse");
    write_config(in_dir("echo-child"));
    return 0;
}

static int start(void **state)
{
    if (prepare(state) != 0)
        return -1;
    start_kysod();
    wait_for_text("log", "service.ready");
    return 0;
}

static void remove_folder(const char *path)
{
    DIR *d = opendir(path);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        char inner[PATH_MAX];
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        snprintf(inner, sizeof inner, "%s/%s", path, e->d_name);
        if (unlink(inner) != 0 && errno == EISDIR)
            remove_folder(inner);
    }
    if (d != NULL)
        closedir(d);
    rmdir(path);
}

static int finish(void **state)
{
    if (kysod != 0) {
        kill(kysod, SIGTERM);
        end_of_kysod();
    }
    remove_folder(dir);
    return 0;
}

/* ---- what the kernel says ---- */

static uint64_t status_value(pid_t pid, const char *field)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "re");
    uint64_t value = UINT64_MAX;
    char line[256];
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        if (ky_str_starts(line, field))
            value = strtoull(line + strlen(field), NULL, 16);
    if (f != NULL)
        fclose(f);
    return value;
}

/* True when one of the process's sockets is listed as an internet socket. */
static bool has_network(pid_t pid)
{
    static const char *const tables[] = {"/proc/net/tcp", "/proc/net/tcp6", "/proc/net/udp",
                                         "/proc/net/udp6"};
    char path[64], link[64], wanted[64];
    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *d = opendir(path);
    bool found = false;
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        unsigned long inode;
        ssize_t n = readlinkat(dirfd(d), e->d_name, link, sizeof link - 1);
        link[n < 0 ? 0 : n] = 0;
        if (sscanf(link, "socket:[%lu]", &inode) != 1)
            continue;
        snprintf(wanted, sizeof wanted, " %lu ", inode);
        for (size_t i = 0; i < KY_COUNT(tables); i++)
            found = found || text_has(tables[i], wanted);
    }
    if (d != NULL)
        closedir(d);
    return found;
}

/* ---- tests ---- */

/* Each is ready before the next one starts. */
static void starts_one_after_another(void **state)
{
    ky_auto_buf log = read_text(in_dir("log"));
    const char *at = ky_buf_str(&log);
    for (size_t i = 0; i < PROCESSES; i++) {
        char started[64], ready[64];
        snprintf(started, sizeof started, "process.start name=%s", names[i]);
        snprintf(ready, sizeof ready, "process.ready name=%s", names[i]);
        const char *next = strstr(at, "process.start");
        assert_non_null(next);
        assert_int_equal(strncmp(next, started, strlen(started)), 0);
        at = strstr(next, "process.ready");
        assert_non_null(at);
        assert_int_equal(strncmp(at, ready, strlen(ready)), 0);
    }
}

static void processes_are_confined(void **state)
{
    for (size_t i = 0; i < PROCESSES; i++) {
        pid_t pid = wait_ready(names[i], 0);
        assert_int_equal(status_value(pid, "CapEff:"), 0);
        assert_int_equal(status_value(pid, "CapPrm:"), 0);
        assert_int_equal(status_value(pid, "NoNewPrivs:"), 1);
        assert_int_equal(status_value(pid, "Seccomp:"), 2);
        assert_false(has_network(pid));
    }
    assert_int_equal(status_value(kysod, "NoNewPrivs:"), 1);
    assert_int_equal(status_value(kysod, "Seccomp:"), 2);
    assert_false(has_network(kysod));
}

static void each_has_its_own_user(void **state)
{
    if (geteuid() != 0)
        skip();
    assert_int_equal(status_value(wait_ready("sam-keeper.0", 0), "Uid:"), 0x54320);
    assert_int_equal(status_value(wait_ready("ca-worker.1", 0), "Gid:"), 0x54321);
    assert_int_equal(status_value(wait_ready("web.0", 0), "Uid:"), 0x54322);
    assert_int_equal(status_value(wait_ready("courier.0", 0), "Uid:"), 0x54323);
}

/* Web sees the new process: its survivors got fresh connections. */
static void killed_process_comes_back_connected(void **state)
{
    static const char *const victims[] = {"sam-worker.1", "ca-keeper.0"};
    for (size_t i = 0; i < KY_COUNT(victims); i++) {
        char line[64];
        pid_t old = wait_ready(victims[i], 0);
        snprintf(line, sizeof line, "%s %d\n", victims[i], (int)old);
        wait_for_text("web/who", line);
        assert_int_equal(kill(old, SIGKILL), 0);
        pid_t new = wait_ready(victims[i], old);
        snprintf(line, sizeof line, "%s %d\n", victims[i], (int)new);
        wait_for_text("web/who", line);
    }
    assert_true(text_has(in_dir("log"), "signal=9"));
}

static void killed_web_comes_back_connected(void **state)
{
    char line[64];
    pid_t old = wait_ready("web.0", 0);
    wait_for_text("web/who", "sam-keeper.0");
    assert_int_equal(kill(old, SIGKILL), 0);
    wait_ready("web.0", old);
    assert_int_equal(unlink(in_dir("web/who")), 0);
    for (size_t i = 0; i < 6; i++) {
        snprintf(line, sizeof line, "%s %d\n", names[i], (int)wait_ready(names[i], 0));
        wait_for_text("web/who", line);
    }
}

static void broken_rule_costs_only_the_connection(void **state)
{
    char line[64];
    pid_t pid = wait_ready("sam-worker.0", 0);
    assert_int_equal(ky_file_write(in_dir("web/break"), KY_BYTES_NONE, 0644), KY_OK);
    wait_for_text("log", "process.relink name=web.0 peer=sam-worker.0");
    assert_true(text_has(in_dir("log"), "no message has type 99"));
    assert_int_equal(unlink(in_dir("web/who")), 0);
    snprintf(line, sizeof line, "sam-worker.0 %d\n", (int)pid);
    wait_for_text("web/who", line); /* the same process, over a new connection */
}

static void parses_in_a_process_of_its_own(void **state)
{
    assert_int_equal(ky_file_write(in_dir("web/digest"), KY_BYTES_LIT("abc"), 0644), KY_OK);
    wait_for_text("web/digest.hex", "0000000000000003"
                                    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    wait_for_text("log", "process.end name=parse.1");
    ky_auto_buf log = read_text(in_dir("log"));
    const char *end = strstr(ky_buf_str(&log), "process.end name=parse.1");
    const char *status = strstr(end, "status=0");
    assert_true(status != NULL && status < strchr(end, '\n'));
}

static void stops_in_reverse_order(void **state)
{
    pid_t pids[PROCESSES];
    for (size_t i = 0; i < PROCESSES; i++)
        pids[i] = wait_ready(names[i], 0);
    assert_true(text_has(in_dir("pid"), "\n"));
    assert_int_equal(kill(kysod, SIGTERM), 0);
    int status = end_of_kysod();
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    for (size_t i = 0; i < PROCESSES; i++)
        assert_int_equal(kill(pids[i], 0), -1);
    ky_auto_buf log = read_text(in_dir("log"));
    static const char *const order[] = {"end name=web.0",     "end name=courier.0",  "end name=ca-worker",
                                        "end name=ca-keeper", "end name=sam-worker", "end name=sam-keeper"};
    const char *at = ky_buf_str(&log);
    for (size_t i = 0; i < KY_COUNT(order); i++) {
        at = strstr(at, order[i]);
        assert_non_null(at);
    }
    assert_null(strstr(ky_buf_str(&log), "signal=9"));
    assert_int_equal(access(in_dir("pid"), F_OK), -1);
}

static void nobody_outlives_kysod(void **state)
{
    pid_t pids[PROCESSES];
    for (size_t i = 0; i < PROCESSES; i++)
        pids[i] = wait_ready(names[i], 0);
    assert_int_equal(kill(kysod, SIGKILL), 0);
    end_of_kysod();
    for (size_t i = 0; i < PROCESSES; i++) {
        int64_t end = ky_deadline_in(WAIT_MS);
        while (status_value(pids[i], "Pid:") != UINT64_MAX && status_value(pids[i], "VmRSS:") != UINT64_MAX &&
               ky_mono_ms() < end)
            usleep(20000);
        assert_true(status_value(pids[i], "VmRSS:") == UINT64_MAX); /* gone, or a zombie nobody has reaped */
    }
}

static void missing_program_ends_the_start(void **state)
{
    write_config("/no/such/kyso-sam");
    start_kysod();
    int status = end_of_kysod();
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    assert_true(text_has(in_dir("log"), "/no/such/kyso-sam: exec"));
}

#define RUNNING(f) cmocka_unit_test_setup_teardown(f, start, finish)
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        RUNNING(starts_one_after_another),
        RUNNING(processes_are_confined),
        RUNNING(each_has_its_own_user),
        RUNNING(killed_process_comes_back_connected),
        RUNNING(killed_web_comes_back_connected),
        RUNNING(broken_rule_costs_only_the_connection),
        RUNNING(parses_in_a_process_of_its_own),
        RUNNING(stops_in_reverse_order),
        RUNNING(nobody_outlives_kysod),
        cmocka_unit_test_setup_teardown(missing_program_ends_the_start, prepare, finish),
    };
    if (argc != 2 || getenv("KYSO_BIN") == NULL) {
        fprintf(stderr, "usage: KYSO_BIN=DIR test_supervisor ECHO-CHILD\n");
        return 2;
    }
    echo_program = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
