/*
 * Plays any process of the plan for the tests of kysod. Everybody answers WHO with its process number. The web
 * process asks all its peers again and again and keeps the answers in STATE_DIR/web/who; files in its folder
 * tell it to do more:
 *   break  it sends sam-worker 0 a message that breaks the rules, and asks for a fresh connection
 *   digest it has that file parsed and writes the answer to "digest.hex"
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/log.h"
#include "os/child.h"
#include "os/clock.h"
#include "os/file.h"
#include "prog/parse/jobs.h"

#define ASK_EVERY_MS 50
#define SEEN_MAX 64
#define ANYBODY (~0u)

enum { WHO = 1, NO_SUCH_MESSAGE = 99 };

struct seen {
    struct echo *echo;
    ky_role role;
    unsigned index;
    int pid; /* 0: never answered */
};

struct echo {
    struct ky_child *child;
    char folder[256]; /* STATE_DIR/web */
    struct seen seen[SEEN_MAX];
    size_t count;
    int64_t ask_at_ms;
    bool parsing;
};

static ky_rc on_who(void *ctx, struct ky_ipc_request *request, struct ky_bytes body, struct ky_buf *reply)
{
    ky_buf_addf(reply, "%d", (int)getpid());
    return KY_OK;
}

static const struct ky_ipc_message messages[] = {{WHO, "who", ANYBODY, KY_IPC_ANY_PHASE, 0, false, on_who}};

/* ---- the web process ---- */

static void write_who(const struct echo *e)
{
    char path[300];
    ky_auto_buf text = ky_buf_init(4096);
    for (size_t i = 0; i < e->count; i++)
        ky_buf_addf(&text, "%s.%u %d\n", ky_role_name(e->seen[i].role), e->seen[i].index, e->seen[i].pid);
    snprintf(path, sizeof path, "%s/who", e->folder);
    if (ky_file_write(path, ky_buf_bytes(&text), 0644) != KY_OK)
        ky_log(KY_LOG_ERROR, "who", "reason=" KY_Q, ky_error());
}

static void on_answer(void *ctx, ky_rc rc, bool transport, struct ky_bytes body)
{
    struct seen *s = ctx;
    s->pid = rc == KY_OK ? atoi((const char *)body.p) : 0;
    if (rc == KY_EIO && transport && ky_child_relink(s->echo->child, s->role, s->index) != KY_OK)
        ky_log(KY_LOG_ERROR, "relink", "reason=" KY_Q, ky_error());
    write_who(s->echo);
}

static bool take_order(const struct echo *e, const char *name)
{
    char path[300], taken[310];
    snprintf(path, sizeof path, "%s/%s", e->folder, name);
    snprintf(taken, sizeof taken, "%s.taken", path);
    return rename(path, taken) == 0;
}

static void ask_all(struct echo *e)
{
    struct ky_ipc_server *server = ky_child_server(e->child);
    uint16_t type = take_order(e, "break") ? NO_SUCH_MESSAGE : WHO;
    for (size_t i = 0; i < e->count; i++) {
        struct seen *s = &e->seen[i];
        bool spoiled = type != WHO && s->role == KY_ROLE_SAM_WORKER && s->index == 0;
        if (ky_ipc_server_has(server, s->role, s->index) &&
            ky_ipc_ask(server, s->role, s->index, spoiled ? type : WHO, KY_BYTES_NONE, on_answer, s) != KY_OK)
            ky_log(KY_LOG_ERROR, "ask", "reason=" KY_Q, ky_error());
    }
}

static ky_rc digest_file(struct echo *e)
{
    char path[300];
    ky_auto_ipc_client parse = KY_IPC_CLIENT_NONE;
    ky_auto_buf reply = ky_buf_init(KY_JOB_DIGEST_SIZE);
    ky_auto_buf text = ky_buf_init(2 * KY_JOB_DIGEST_SIZE + 1);
    snprintf(path, sizeof path, "%s/digest.taken", e->folder);
    ky_auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);
    KY_TRY(ky_child_spawn_parse(e->child, &parse, 10000));
    KY_TRY(ky_ipc_call_fd(&parse, KY_JOB_DIGEST, KY_BYTES_NONE, fd, &reply, 10000));
    ky_buf_add_hex(&text, ky_buf_bytes(&reply));
    snprintf(path, sizeof path, "%s/digest.hex", e->folder);
    return ky_file_write(path, ky_buf_bytes(&text), 0644);
}

static void *run_digest(void *ctx)
{
    if (digest_file(ctx) != KY_OK)
        ky_log(KY_LOG_ERROR, "digest", "reason=" KY_Q, ky_error());
    return NULL;
}

static int64_t on_tick(void *ctx, int64_t now_ms)
{
    struct echo *e = ctx;
    pthread_t thread;
    if (now_ms < e->ask_at_ms)
        return e->ask_at_ms;
    e->ask_at_ms = now_ms + ASK_EVERY_MS;
    ask_all(e);
    if (take_order(e, "digest") && pthread_create(&thread, NULL, run_digest, e) == 0)
        pthread_detach(thread);
    return e->ask_at_ms;
}

static void plan_peers(struct echo *e)
{
    static const ky_role roles[] = {KY_ROLE_SAM_KEEPER, KY_ROLE_SAM_WORKER, KY_ROLE_CA_KEEPER,
                                    KY_ROLE_CA_WORKER};
    for (size_t i = 0; i < KY_COUNT(roles); i++)
        for (unsigned k = 0; k < 2; k++)
            e->seen[e->count++] = (struct seen){.echo = e, .role = roles[i], .index = k};
}

/* ---- everybody ---- */

static ky_rc read_state_dir(struct echo *e)
{
    const char *text = (const char *)ky_child_config(e->child).p;
    const char *at = strstr(text, "state_dir = ");
    if (at == NULL)
        return ky_fail(KY_EFORMAT, "no state_dir in the configuration");
    at += strlen("state_dir = ");
    snprintf(e->folder, sizeof e->folder, "%.*s/web", (int)strcspn(at, "\n"), at);
    return KY_OK;
}

static ky_sandbox_profile profile_of(ky_role role)
{
    return role == KY_ROLE_WEB       ? KY_SANDBOX_WEB
           : role == KY_ROLE_COURIER ? KY_SANDBOX_COURIER
                                     : KY_SANDBOX_KEY;
}

static ky_rc run(struct echo *e)
{
    struct ky_ipc_table table = {messages, KY_COUNT(messages), e};
    struct ky_ipc_server_ops ops = {.ctx = e, .tick = on_tick};
    KY_TRY(read_state_dir(e));
    if (ky_child_role(e->child) == KY_ROLE_WEB) {
        plan_peers(e);
        ky_child_set_ops(e->child, &ops);
    }
    KY_TRY(ky_child_serve(e->child, ANYBODY, &table));
    KY_TRY(ky_sandbox_enter(profile_of(ky_child_role(e->child))));
    return ky_child_run(e->child);
}

int main(int argc, char **argv)
{
    ky_auto_child child = NULL;
    ky_rc rc = ky_child_init(&child, argc, argv, ANYBODY & ~KY_PEER(KY_ROLE_PARSE));
    struct echo e = {.child = child};
    if (rc == KY_OK)
        rc = run(&e);
    return ky_child_exit_status(child, rc);
}
