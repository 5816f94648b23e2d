/*
 * The supervisor's loop. Only one process is starting at any time (a token does not like two logins at once): at
 * the first start the earliest in the plan that is not ready, later the earliest that is due.
 */
#include "prog/kysod/supervise.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "os/child.h"
#include "os/clock.h"
#include "os/file.h"
#include "prog/kysod/team.h"

#define RELINK_EVERY_MS 50 /* a connection is renewed at most so often */
#define EXIT_MS 1000       /* for a process to end by itself once its connection is closed */
#define STATUS_MAX 65536   /* bytes of the status file */

struct supervisor {
    struct ky_team team;
    struct ky_ipc_server *server; /* owned */
    int signal_fd;                /* owned */
    char status_path[PATH_MAX];
    bool booted;           /* every process was ready once */
    bool stopping, failed; /* failed: stopping because a person must act */
    bool changed;          /* the status file is behind */
    int64_t relink_at_ms;
};

/* ---- start and end of processes ---- */

static void stop_all(struct supervisor *s)
{
    s->stopping = true;
    s->team.relink_count = 0;
    for (size_t i = 0; i < KY_TEAM_PARSE_MAX; i++)
        ky_member_kill(&s->team.parse[i]); /* they hold nothing */
}

/* Nothing can work until a person acts; once the service has run, the others go on. */
static void operator_needed(struct supervisor *s, const struct ky_member *m)
{
    if (s->booted || s->stopping)
        return;
    ky_log(KY_LOG_ERROR, "start.failed", "name=%s.%u", ky_role_name(m->kind->role), m->index);
    s->failed = true;
    stop_all(s);
}

static void start_member(struct supervisor *s, struct ky_member *m, int64_t now_ms)
{
    s->changed = true;
    if (ky_team_start(&s->team, m, now_ms) == KY_OK)
        return;
    ky_log(KY_LOG_ERROR, "process.not_started", "name=%s.%u reason=" KY_Q, ky_role_name(m->kind->role),
           m->index, ky_error());
    if (ky_member_alive(m)) {
        ky_member_kill(m); /* its end is handled like any */
        return;
    }
    ky_member_not_started(m, now_ms);
    operator_needed(s, m);
}

/* At most one starts; until the first start is through, nobody passes the earliest that is down. */
static void start_next(struct supervisor *s, int64_t now_ms)
{
    struct ky_member *due = NULL;
    bool all_ready = true;
    for (size_t i = 0; i < s->team.count; i++) {
        struct ky_member *m = &s->team.members[i];
        if (m->state == KY_MEMBER_STARTING)
            return;
        if (m->state != KY_MEMBER_DOWN)
            continue;
        if (due == NULL && (all_ready || s->booted) && m->at_ms <= now_ms)
            due = m;
        all_ready = false;
    }
    if (all_ready && !s->booted) {
        s->booted = true;
        ky_log(KY_LOG_INFO, "service.ready", "processes=%zu", s->team.count);
    }
    if (due != NULL)
        start_member(s, due, now_ms);
}

static void on_end(struct supervisor *s, pid_t pid, int status, int64_t now_ms)
{
    struct ky_member *m = ky_team_find_pid(&s->team, pid);
    if (m == NULL)
        return;
    bool must_act = WIFEXITED(status) && WEXITSTATUS(status) == KY_EXIT_OPERATOR;
    ky_ipc_server_remove(s->server, m->kind->role, m->index);
    ky_member_ended(m, status, now_ms);
    s->changed = true;
    if (must_act && m->kind->role != KY_ROLE_PARSE)
        operator_needed(s, m);
}

static void kill_overdue(struct supervisor *s, int64_t now_ms)
{
    for (size_t i = 0; i < s->team.count; i++)
        ky_member_kill_overdue(&s->team.members[i], now_ms);
    for (size_t i = 0; i < KY_TEAM_PARSE_MAX; i++)
        ky_member_kill_overdue(&s->team.parse[i], now_ms);
}

/* ---- stopping, in the reverse order of the start, kind by kind ---- */

static void ask_to_stop(struct supervisor *s, struct ky_member *m, int64_t now_ms)
{
    if (m->state == KY_MEMBER_STOPPING)
        return;
    s->changed = true;
    m->state = KY_MEMBER_STOPPING;
    m->kill_at_ms = now_ms + s->team.settings->kyso.stop_timeout_s * 1000;
    if (ky_ipc_notify(s->server, m->kind->role, m->index, KY_CONTROL_STOP, KY_BYTES_NONE, -1) != KY_OK)
        ky_member_kill(m);
}

/* Asks the last kind of which some are alive; true when nobody is. */
static bool stop_next(struct supervisor *s, int64_t now_ms)
{
    const struct ky_plan_kind *kind = NULL;
    for (size_t i = s->team.count; i-- > 0;) {
        struct ky_member *m = &s->team.members[i];
        if (!ky_member_alive(m))
            continue;
        kind = kind == NULL ? m->kind : kind;
        if (m->kind == kind)
            ask_to_stop(s, m, now_ms);
    }
    return kind == NULL;
}

/* ---- what children say ---- */

static ky_rc on_ready(void *ctx, struct ky_ipc_request *request, struct ky_bytes body, struct ky_buf *reply)
{
    struct supervisor *s = ctx;
    struct ky_member *m = ky_team_find(&s->team, ky_ipc_request_peer(request), ky_ipc_request_index(request));
    s->changed = true;
    if (m != NULL)
        ky_member_ready(m, ky_mono_ms());
    return KY_OK;
}

static ky_rc on_spawn_parse(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                            struct ky_buf *reply)
{
    struct supervisor *s = ctx;
    struct ky_reader r = KY_READER(body);
    uint32_t ticket = ky_read_u32(&r);
    KY_TRY(ky_reader_finish(&r, "ticket"));
    const struct ky_member *asker =
        ky_team_find(&s->team, ky_ipc_request_peer(request), ky_ipc_request_index(request));
    if (asker == NULL || s->stopping)
        return ky_fail(KY_EDENIED, "the service stops");
    s->changed = true;
    return ky_team_start_parse(&s->team, asker, ticket, ky_mono_ms());
}

static ky_rc on_relink(void *ctx, struct ky_ipc_request *request, struct ky_bytes body, struct ky_buf *reply)
{
    struct supervisor *s = ctx;
    struct ky_control_peer peer;
    KY_TRY(ky_control_peer_decode(&peer, body));
    struct ky_member *m = ky_team_find(&s->team, ky_ipc_request_peer(request), ky_ipc_request_index(request));
    if (m == NULL || s->stopping)
        return KY_OK;
    return ky_team_want_relink(&s->team, m, peer.role, peer.index);
}

#define CHILDREN (KY_IPC_ANY_PHASE & ~KY_PEER(KY_ROLE_SUPERVISOR))
static const struct ky_ipc_message messages[] = {
    {KY_CONTROL_READY, "ready", CHILDREN, KY_IPC_ANY_PHASE, 0, false, on_ready},
    {KY_CONTROL_SPAWN_PARSE, "spawn_parse", KY_PEER(KY_ROLE_WEB) | KY_PEER(KY_ROLE_COURIER), KY_IPC_ANY_PHASE,
     4, false, on_spawn_parse},
    {KY_CONTROL_RELINK, "relink", CHILDREN, KY_IPC_ANY_PHASE, KY_CONTROL_PEER_SIZE, false, on_relink},
};

/* ---- the loop ---- */

/* A child that closed its control connection, or broke its rules, shall be gone soon; SIGCHLD does the rest. */
static void on_closed(void *ctx, ky_role peer, unsigned index)
{
    struct supervisor *s = ctx;
    struct ky_member *m = ky_team_find(&s->team, peer, index);
    if (m == NULL || ky_ipc_server_has(s->server, peer, index))
        return;
    int64_t soon_ms = ky_deadline_in(EXIT_MS);
    if (ky_member_alive(m) && m->kill_at_ms > soon_ms)
        m->kill_at_ms = soon_ms;
}

static void reap(struct supervisor *s)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        on_end(s, pid, status, ky_mono_ms());
}

static void on_signal(void *ctx)
{
    struct supervisor *s = ctx;
    struct signalfd_siginfo info;
    while (read(s->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGCHLD) {
            reap(s);
            continue;
        }
        ky_log(KY_LOG_INFO, "service.stop", "signal=%u", info.ssi_signo);
        stop_all(s);
    }
}

static void write_status(struct supervisor *s)
{
    if (!s->changed)
        return;
    s->changed = false;
    ky_auto_buf text = ky_buf_init(STATUS_MAX);
    ky_team_describe(&text, &s->team);
    ky_rc rc = ky_buf_finish(&text);
    if (rc == KY_OK)
        rc = ky_file_write(s->status_path, ky_buf_bytes(&text), 0644);
    if (rc != KY_OK)
        ky_log(KY_LOG_ERROR, "status.failed", "reason=" KY_Q, ky_error());
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* The next moment anything here has to happen by itself. */
static int64_t next_deadline(const struct supervisor *s)
{
    int64_t kill_at_ms = KY_DEADLINE_NEVER, start_at_ms = KY_DEADLINE_NEVER;
    bool one_starts = false;
    for (size_t i = 0; i < s->team.count; i++) {
        const struct ky_member *m = &s->team.members[i];
        one_starts = one_starts || m->state == KY_MEMBER_STARTING;
        if (ky_member_alive(m))
            kill_at_ms = earlier(kill_at_ms, m->kill_at_ms);
        else if (s->booted || start_at_ms == KY_DEADLINE_NEVER) /* at first nobody passes the earliest */
            start_at_ms = earlier(start_at_ms, m->at_ms);
    }
    for (size_t i = 0; i < KY_TEAM_PARSE_MAX; i++)
        if (ky_member_alive(&s->team.parse[i]))
            kill_at_ms = earlier(kill_at_ms, s->team.parse[i].kill_at_ms);
    int64_t relink_at_ms = s->team.relink_count > 0 ? s->relink_at_ms : KY_DEADLINE_NEVER;
    int64_t next = earlier(kill_at_ms, relink_at_ms);
    return one_starts || s->stopping ? next : earlier(next, start_at_ms);
}

static int64_t on_tick(void *ctx, int64_t now_ms)
{
    struct supervisor *s = ctx;
    kill_overdue(s, now_ms);
    if (s->team.relink_count > 0 && s->relink_at_ms <= now_ms) {
        ky_team_relink(&s->team);
        s->relink_at_ms = now_ms + RELINK_EVERY_MS;
    }
    if (!s->stopping)
        start_next(s, now_ms);
    if (s->stopping && stop_next(s, now_ms)) /* start_next may have come to that */
        ky_ipc_server_stop(s->server);
    write_status(s);
    return next_deadline(s);
}

/* ---- set-up ---- */

static ky_rc catch_signals(struct supervisor *s)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    s->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (s->signal_fd < 0)
        return ky_fail(KY_EIO, "signalfd: %s", strerror(errno));
    return ky_ipc_server_watch(s->server, s->signal_fd, on_signal, s);
}

static void set_status_path(struct supervisor *s, const struct ky_settings_kyso *kyso)
{
    if (kyso->status_file[0] != 0)
        snprintf(s->status_path, sizeof s->status_path, "%s", kyso->status_file);
    else
        snprintf(s->status_path, sizeof s->status_path, "%s/kysod.status", kyso->state_dir);
}

static ky_rc run(struct supervisor *s, const struct ky_plan *plan, const struct ky_settings *settings,
                 struct ky_bytes config)
{
    struct ky_ipc_table table = {messages, KY_COUNT(messages), s};
    struct ky_ipc_server_ops ops = {.ctx = s, .tick = on_tick, .closed = on_closed};
    KY_TRY(ky_ipc_server_new(&s->server));
    ky_ipc_server_set_ops(s->server, &ops);
    KY_TRY(ky_ipc_server_serve(s->server, &table));
    KY_TRY(catch_signals(s));
    ky_team_init(&s->team, plan, settings, s->server, config);
    set_status_path(s, &settings->kyso);
    KY_TRY(ky_sandbox_enter(KY_SANDBOX_SUPERVISOR));
    on_tick(s, ky_mono_ms());
    KY_TRY(ky_ipc_server_run(s->server));
    return s->failed ? ky_fail(KY_EINVAL, "a process could not start; see the log") : KY_OK;
}

ky_rc ky_supervise(const struct ky_plan *plan, const struct ky_settings *settings, struct ky_bytes config)
{
    struct supervisor *s = calloc(1, sizeof *s);
    if (s == NULL)
        return ky_fail(KY_ENOMEM, "supervisor");
    s->signal_fd = -1;
    ky_rc rc = run(s, plan, settings, config);
    ky_ipc_server_free(s->server);
    ky_fd_clear(&s->signal_fd);
    free(s);
    return rc;
}
