/*
 * kyso-agent: signs for web pages with a person's own token. Started in the person's session; pages reach it at
 * wss://127.0.0.1:8987. One process listens, this one answers, children fetch, read and sign (docs/protocol/agent.md).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "base/log.h"
#include "base/str.h"
#include "os/file.h"
#include "os/lang.h"
#include "os/sandbox.h"
#include "prog/agent/desk.h"
#include "prog/agent/link.h"
#include "prog/agent/listener.h"
#include "prog/agent/rules.h"
#include "prog/agent/tls.h"
#include "prog/agent/trust.h"

#define PATH_MAX_BYTES 4000
#define START_MS 15000
#define SAMPLE_MAX 65536
#define CONF_MEMORY_MAX ((size_t)1 << 20)
#define EXIT_USAGE 2

/* Where things of this person are. */
struct places {
    char folder[PATH_MAX_BYTES], conf[PATH_MAX_BYTES + 32], root[PATH_MAX_BYTES + 32], nss[PATH_MAX_BYTES];
};

/* --home DIR, or ~/.config/kyso-agent; --nss DIR, or ~/.pki/nssdb. */
static ky_rc find_places(struct places *p, const char *folder, const char *nss)
{
    const char *home = getenv("HOME");
    if ((folder == NULL || nss == NULL) && (home == NULL || home[0] != '/'))
        return ky_fail(
            KY_ENOTFOUND, "%s",
            ky_say("không có biến HOME: dùng --home và --nss", "HOME is not set: use --home and --nss"));
    const int n = folder != NULL ? snprintf(p->folder, sizeof p->folder, "%s", folder)
                                 : snprintf(p->folder, sizeof p->folder, "%s/.config/kyso-agent", home);
    const int m = nss != NULL ? snprintf(p->nss, sizeof p->nss, "%s", nss)
                              : snprintf(p->nss, sizeof p->nss, "%s/.pki/nssdb", home);
    if (n >= PATH_MAX_BYTES || m >= PATH_MAX_BYTES)
        return ky_fail(KY_ELIMIT, "path too long");
    snprintf(p->conf, sizeof p->conf, "%s/agent.conf", p->folder);
    snprintf(p->root, sizeof p->root, "%s/" AGENT_ROOT_FILE, p->folder);
    return KY_OK;
}

static ky_rc make_folder(const char *path)
{
    char parent[PATH_MAX_BYTES];
    snprintf(parent, sizeof parent, "%.*s", (int)(strrchr(path, '/') - path), path);
    if (mkdir(parent, 0700) != 0 && errno != EEXIST)
        return ky_fail(KY_EIO, "%s: %s", parent, strerror(errno));
    return ky_dir_make(path, 0700);
}

/* ---- run ---- */

static ky_rc serve(const struct agent_conf *conf, const struct agent_child *listener)
{
    for (;;) {
        char origin[AGENT_ORIGIN_MAX + 1];
        struct agent_request req;
        ky_auto_buf question = ky_buf_init(AGENT_TEXT_MAX + AGENT_QUESTION_ROOM),
                    reply = ky_buf_init(AGENT_REPLY_MAX);
        KY_TRY(ky_context(agent_recv(listener->fd, &question, KY_DEADLINE_NEVER), "listener"));
        KY_TRY(agent_question_read(&req, origin, conf->origins, ky_buf_bytes(&question)));
        agent_desk_answer(&reply, conf, &req);
        KY_TRY(agent_send(listener->fd, ky_buf_bytes(&reply), ky_deadline_in(START_MS)));
    }
}

/* The listener takes the TLS key with it; here it is forgotten. */
static ky_rc start_listener(struct agent_child *out, const struct agent_conf *conf, const struct places *p)
{
    KY_CLEANUP(agent_tls_clear) struct agent_tls tls;
    bool made = false;
    ky_auto_buf nothing = ky_buf_init(1);
    KY_TRY(agent_tls_load(&tls, &made, p->folder, ky_now()));
    if (made)
        fprintf(stderr,
                ky_say("kyso-agent: chứng thư số TLS mới; để trình duyệt tin cậy: kyso-agent trust (%s)\n",
                       "kyso-agent: new TLS certificate; for browsers to trust it: kyso-agent trust (%s)\n"),
                p->root);
    const struct agent_listener cfg = {
        .conf = conf, .cert = ky_buf_str(&tls.cert), .key = ky_buf_str(&tls.key)};
    KY_TRY(agent_child_start(out, agent_listener_run, &cfg, NULL, 0));
    return agent_wait(&nothing, out, ky_deadline_in(START_MS));
}

static ky_rc run(const struct places *p)
{
    struct agent_conf conf;
    ky_auto_arena arena = ky_arena_init(CONF_MEMORY_MAX);
    agent_auto_child listener = {.pid = 0};
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) !=
        0) /* other programs of this person do not read a PIN from here */
        return ky_fail(KY_EDENIED, "dumpable: %s", strerror(errno));
    KY_TRY(agent_conf_load(&conf, &arena, p->conf));
    KY_TRY(make_folder(p->folder));
    KY_TRY(start_listener(&listener, &conf, p));
    KY_TRY(ky_sandbox_enter(KY_SANDBOX_SUPERVISOR));
    ky_log(KY_LOG_INFO, "agent.ready", "port=%lld", (long long)conf.port);
    return serve(&conf, &listener);
}

/* ---- trust ---- */

static ky_rc trust(const struct places *p)
{
    KY_CLEANUP(agent_tls_clear) struct agent_tls tls;
    bool made = false;
    KY_TRY(make_folder(p->folder));
    KY_TRY(agent_tls_load(&tls, &made, p->folder, ky_now()));
    KY_TRY(agent_trust_add(p->nss, p->root));
    printf(ky_say("Đã thêm %s vào %s.\n", "Added %s to %s.\n"), p->root, p->nss);
    return KY_OK;
}

static ky_rc untrust(const struct places *p)
{
    KY_TRY(agent_trust_remove(p->nss));
    printf(ky_say("Đã gỡ khỏi %s.\n", "Removed from %s.\n"), p->nss);
    return KY_OK;
}

static ky_rc sample(const struct places *p)
{
    (void)p;
    ky_auto_buf text = ky_buf_init(SAMPLE_MAX);
    agent_conf_sample(&text);
    KY_TRY(ky_buf_finish(&text));
    printf("%s", ky_buf_str(&text));
    return KY_OK;
}

static const struct command {
    const char *name;
    ky_rc (*run)(const struct places *p);
    const char *vi, *en;
} commands[] = {
    {"run", run, "phục vụ các trang web (mặc định)", "serve pages (default)"},
    {"trust", trust, "để trình duyệt tin cậy chứng thư số TLS của máy này",
     "make browsers trust this machine's TLS root"},
    {"untrust", untrust, "gỡ bỏ sự tin cậy đó", "take that back"},
    {"sample", sample, "in tệp cấu hình mẫu", "print a sample configuration"},
};

static int usage(FILE *to)
{
    fprintf(to, "%s",
            ky_say("Cách dùng: kyso-agent [--home THƯ_MỤC] [--nss THƯ_MỤC] [LỆNH]\n\n",
                   "Usage: kyso-agent [--home FOLDER] [--nss FOLDER] [COMMAND]\n\n"));
    for (size_t i = 0; i < KY_COUNT(commands); i++)
        fprintf(to, "  %-10s %s\n", commands[i].name, ky_say(commands[i].vi, commands[i].en));
    fprintf(to, "%s",
            ky_say("\nCấu hình: ~/.config/kyso-agent/agent.conf. Mã PIN luôn do chương trình này hỏi.\n",
                   "\nConfiguration: ~/.config/kyso-agent/agent.conf. The PIN is always asked for by this "
                   "program.\n"));
    return to == stdout ? EXIT_SUCCESS : EXIT_USAGE;
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < KY_COUNT(commands); i++)
        if (ky_str_eq(commands[i].name, name))
            return &commands[i];
    return NULL;
}

int main(int argc, char **argv)
{
    const char *folder = NULL, *nss = NULL;
    struct places p;
    int at = 1;
    for (; at + 1 < argc && (ky_str_eq(argv[at], "--home") || ky_str_eq(argv[at], "--nss")); at += 2)
        *(ky_str_eq(argv[at], "--home") ? &folder : &nss) = argv[at + 1];
    if (at < argc && ky_str_eq(argv[at], "--help"))
        return usage(stdout);
    if (at < argc && ky_str_eq(argv[at], "--version"))
        return printf("kyso-agent %s\n", KYSO_VERSION) > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    const struct command *command = find_command(at < argc ? argv[at] : "run");
    if (command == NULL || at + 1 < argc)
        return usage(stderr);
    ky_log_init("agent", KY_LOG_INFO);
    ky_rc rc = find_places(&p, folder, nss);
    if (rc == KY_OK)
        rc = command->run(&p);
    if (rc == KY_OK)
        return EXIT_SUCCESS;
    fprintf(stderr, "kyso-agent: %s%s%s\n", ky_lang_english() ? "" : ky_meaning(rc),
            ky_lang_english() ? "" : ": ", ky_error());
    return EXIT_FAILURE;
}
