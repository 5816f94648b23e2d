/* Starting and mourning one process. */
#include "prog/kysod/member.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "base/log.h"
#include "os/child.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/sanitizer.h"
#include "os/sock.h"

#define BACK_OFF_FIRST_MS 50
#define BACK_OFF_MOST_MS 5000
#define BACK_OFF_OPERATOR_MS 60000 /* after "a person must act": a wrong PIN tried too often locks a token */
#define HEALTHY_MS 5000            /* a process that served so long starts its back-off anew */
#define MB (UINT64_C(1) << 20)

static const char *const state_names[] = {"down", "starting", "ready", "stopping"};

static ky_rc spawn(struct ky_member *m, const struct ky_settings *settings, int control_fd)
{
    char index[16];
    const struct ky_plan_kind *k = m->kind;
    snprintf(index, sizeof index, "%u", m->index);
    const char *argv[] = {k->program, ky_role_name(k->role), index, NULL};
    const char *env[] = {"PATH=/usr/bin:/bin", "LANG=C.UTF-8", k->module_env[0] == 0 ? NULL : k->module_env,
                         NULL};
    struct ky_proc_spec spec = {
        .path = k->program, .argv = argv, .env = env, .fd3 = control_fd, .user = k->user};
    if (k->role == KY_ROLE_PARSE) {
        spec.max_memory = ky_sanitizer_memory_limit((uint64_t)settings->parse.memory_mb * MB);
        spec.max_cpu_s = (uint64_t)settings->parse.cpu_s;
    }
    return ky_proc_spawn(&m->pid, &spec);
}

static ky_rc send_config(const struct ky_member *m, struct ky_ipc_server *server, struct ky_bytes config)
{
    ky_auto_buf slice = ky_buf_init(KY_CONTROL_CONFIG_MAX);
    KY_TRY(ky_conf_slice(&slice, config, ky_settings_sections(m->kind->role)));
    return ky_ipc_notify(server, m->kind->role, m->index, KY_CONTROL_CONFIG, ky_buf_bytes(&slice), -1);
}

ky_rc ky_member_start(struct ky_member *m, struct ky_ipc_server *server, const struct ky_settings *settings,
                      struct ky_bytes config, int64_t now_ms)
{
    int fds[2];
    KY_TRY(ky_sock_pair(fds));
    ky_auto_fd ours = fds[0];
    ky_auto_fd theirs = fds[1];
    KY_TRY(spawn(m, settings, theirs));
    m->state = KY_MEMBER_STARTING;
    m->kill_at_ms = now_ms + settings->kyso.start_timeout_s * 1000;
    ky_log(KY_LOG_INFO, "process.start", "name=%s.%u child=%d", ky_role_name(m->kind->role), m->index,
           (int)m->pid);
    KY_TRY(ky_ipc_server_add(server, m->kind->role, m->index, ky_fd_take(&ours)));
    return send_config(m, server, config);
}

static void log_end(const struct ky_member *m, int status)
{
    bool expected = m->state == KY_MEMBER_STOPPING || m->kind->role == KY_ROLE_PARSE;
    bool clean = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    ky_log(expected && clean ? KY_LOG_INFO : KY_LOG_WARN, "process.end", "name=%s.%u child=%d %s=%d",
           ky_role_name(m->kind->role), m->index, (int)m->pid, WIFSIGNALED(status) ? "signal" : "status",
           WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

static int64_t next_back_off(const struct ky_member *m, int status, int64_t now_ms)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == KY_EXIT_OPERATOR)
        return BACK_OFF_OPERATOR_MS;
    if (m->state == KY_MEMBER_READY && now_ms - m->at_ms >= HEALTHY_MS)
        return BACK_OFF_FIRST_MS;
    int64_t doubled = m->back_off_ms * 2;
    return doubled < BACK_OFF_FIRST_MS  ? BACK_OFF_FIRST_MS
           : doubled > BACK_OFF_MOST_MS ? BACK_OFF_MOST_MS
                                        : doubled;
}

void ky_member_ended(struct ky_member *m, int status, int64_t now_ms)
{
    log_end(m, status);
    m->back_off_ms = next_back_off(m, status, now_ms);
    m->at_ms = now_ms + m->back_off_ms;
    m->state = KY_MEMBER_DOWN;
    m->pid = 0;
    m->restarts++;
}

void ky_member_not_started(struct ky_member *m, int64_t now_ms)
{
    m->at_ms = now_ms + BACK_OFF_MOST_MS;
}

void ky_member_ready(struct ky_member *m, int64_t now_ms)
{
    if (m->state != KY_MEMBER_STARTING)
        return;
    m->state = KY_MEMBER_READY;
    m->at_ms = now_ms;
    if (m->kind->role != KY_ROLE_PARSE) /* whose time to live runs on */
        m->kill_at_ms = KY_DEADLINE_NEVER;
    ky_log(KY_LOG_INFO, "process.ready", "name=%s.%u child=%d", ky_role_name(m->kind->role), m->index,
           (int)m->pid);
}

void ky_member_kill_overdue(struct ky_member *m, int64_t now_ms)
{
    if (!ky_member_alive(m) || m->kill_at_ms > now_ms)
        return;
    ky_log(KY_LOG_WARN, "process.overdue", "name=%s.%u child=%d", ky_role_name(m->kind->role), m->index,
           (int)m->pid);
    m->kill_at_ms = KY_DEADLINE_NEVER;
    ky_member_kill(m);
}

void ky_member_kill(const struct ky_member *m)
{
    if (m->pid > 0)
        kill(m->pid, SIGKILL); /* fails only when it has just gone */
}

void ky_member_describe(struct ky_buf *out, const struct ky_member *m)
{
    ky_buf_addf(out, "%s.%u %d %s %u\n", ky_role_name(m->kind->role), m->index, (int)m->pid,
                state_names[m->state], m->restarts);
}
