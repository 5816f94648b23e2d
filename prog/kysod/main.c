/*
 * kysod: the supervisor. Reads the configuration, starts the processes, hands out the connections between them,
 * restarts the dead. It has no network, no keys and no database.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "os/file.h"
#include "prog/kysod/supervise.h"

#define CONFIG_ARENA_MAX (1u << 20)

typedef enum action { ACTION_RUN, ACTION_CHECK, ACTION_SAMPLE, ACTION_VERSION, ACTION_HELP } action;

/* The reader's language: Vietnamese unless the environment asks for English. */
static const char *say(const char *vi, const char *en)
{
    const char *lang = getenv("LANG");
    return lang != NULL && ky_str_starts(lang, "en") ? en : vi;
}

static int usage(FILE *to, int status)
{
    fputs(say("Cách dùng: kysod -c TỆP [--check]\n"
              "  -c, --config TỆP  tệp cấu hình (mẫu: kysod --sample)\n"
              "      --check       chỉ kiểm tra cấu hình\n"
              "      --sample      in tệp cấu hình mẫu\n"
              "      --version     in phiên bản\n",
              "Usage: kysod -c FILE [--check]\n"
              "  -c, --config FILE  configuration (sample: kysod --sample)\n"
              "      --check        only check the configuration\n"
              "      --sample       print a sample configuration\n"
              "      --version      print the version\n"),
          to);
    return status;
}

static int fail(const char *what)
{
    fprintf(stderr, "kysod: %s: %s\n", what, ky_error());
    return 1;
}

static int print_sample(void)
{
    ky_auto_buf text = ky_buf_init(KY_CONF_TEXT_MAX);
    ky_settings_sample(&text);
    return fputs(ky_buf_str(&text), stdout) < 0;
}

/* The arguments; -1 when they make no sense. */
static int read_arguments(int argc, char **argv, const char **config)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'},     {"check", no_argument, NULL, ACTION_CHECK},
        {"sample", no_argument, NULL, ACTION_SAMPLE}, {"version", no_argument, NULL, ACTION_VERSION},
        {"help", no_argument, NULL, ACTION_HELP},     {0},
    };
    int chosen = ACTION_RUN;
    for (int c; (c = getopt_long(argc, argv, "c:", options, NULL)) != -1;) {
        if (c == '?')
            return -1;
        if (c == 'c')
            *config = optarg;
        else
            chosen = c;
    }
    bool needs_config = chosen == ACTION_RUN || chosen == ACTION_CHECK;
    return optind != argc || (needs_config && *config == NULL) ? -1 : chosen;
}

static ky_rc load(struct ky_settings *settings, struct ky_plan *plan, struct ky_arena *arena,
                  struct ky_buf *text, const char *path)
{
    KY_TRY(ky_file_read(text, path));
    KY_TRY(ky_settings_load(settings, arena, KY_ROLE_SUPERVISOR, path, ky_buf_bytes(text)));
    return ky_plan_make(plan, arena, settings);
}

static ky_rc write_pid(const char *path)
{
    char text[16];
    int n = snprintf(text, sizeof text, "%d\n", (int)getpid());
    return path[0] == 0 ? KY_OK : ky_file_write(path, KY_BYTES(text, n), 0644);
}

static ky_rc serve(const struct ky_plan *plan, const struct ky_settings *settings, struct ky_bytes config)
{
    KY_TRY(ky_plan_make_folders(plan, settings));
    KY_TRY(write_pid(settings->kyso.pid_file));
    ky_rc rc = ky_supervise(plan, settings, config);
    if (settings->kyso.pid_file[0] != 0)
        unlink(settings->kyso.pid_file);
    return rc;
}

static int run(action what, const char *path)
{
    struct ky_settings settings;
    struct ky_plan plan;
    ky_auto_arena arena = ky_arena_init(CONFIG_ARENA_MAX);
    ky_auto_buf text = ky_buf_init(KY_CONF_TEXT_MAX);
    if (load(&settings, &plan, &arena, &text, path) != KY_OK)
        return fail(say("cấu hình sai", "bad configuration"));
    if (what == ACTION_CHECK)
        return puts(say("cấu hình đúng", "the configuration is right")) < 0;
    if (serve(&plan, &settings, ky_buf_bytes(&text)) != KY_OK)
        return fail(say("không chạy được", "cannot run"));
    return 0;
}

int main(int argc, char **argv)
{
    const char *config = NULL;
    ky_log_init("kysod", KY_LOG_INFO);
    int what = read_arguments(argc, argv, &config);
    if (what < 0)
        return usage(stderr, 2);
    if (what == ACTION_HELP)
        return usage(stdout, 0);
    if (what == ACTION_SAMPLE)
        return print_sample();
    if (what == ACTION_VERSION)
        return puts("kysod " KYSO_VERSION) < 0;
    return run((action)what, config);
}
