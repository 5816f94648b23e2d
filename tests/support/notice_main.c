/*
 * kyso-notice: one notice through a real driver, for the tests of mail and SMS.
 *
 *     kyso-notice smtp   URL FROM          TEMPLATE ADDRESS ID [PLACE=VALUE]…
 *     kyso-notice kannel URL PASSWORD-FILE TEMPLATE ADDRESS ID [PLACE=VALUE]…
 *
 * Templates are those of KYSO_SOURCE. Prints the name of the result, and why; status 0 only for ok.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "domain/notifier.h"
#include "os/clock.h"
#include "os/file.h"

#define PLACES_MAX 24
#define FIXED_ARGS 7
#define TIMEOUT_S 4
#define PASSWORD_MAX 256

struct job {
    const char *url, *from, *template_name, *address, *id;
    ky_channel channel;
    struct ky_place places[PLACES_MAX];
    size_t n;
};

static ky_rc open_driver(struct ky_notifier **out, const struct job *j)
{
    ky_auto_buf password = ky_buf_init_secret(PASSWORD_MAX);
    if (j->channel == KY_CHANNEL_EMAIL)
        return ky_notifier_open_smtp(out, &(struct ky_smtp_config){.url = j->url,
                                                                   .timeout_s = TIMEOUT_S,
                                                                   .from = {j->from, "Cục Chứng thực"}});
    KY_TRY(ky_file_read_secret(&password, j->from));
    return ky_notifier_open_kannel(out, &(struct ky_kannel_config){.url = j->url,
                                                                   .user = "kyso",
                                                                   .password = ky_buf_str(&password),
                                                                   .from = "KYSO",
                                                                   .dlr_url = "",
                                                                   .timeout_s = TIMEOUT_S});
}

static ky_rc run(const struct job *j)
{
    char folder[1024];
    ky_auto_notices templates = NULL;
    ky_auto_notifier driver = NULL;
    ky_auto_notice notice = {.channel = j->channel};
    snprintf(folder, sizeof folder, "%s/etc/templates", getenv("KYSO_SOURCE"));
    KY_TRY(ky_notices_load(&templates, folder));
    KY_TRY(ky_notice_make(&notice, templates, j->template_name, j->channel, j->address, j->places, j->n));
    KY_TRY(open_driver(&driver, j));
    return ky_notifier_send(driver, &notice, j->id, ky_now());
}

static void read_place(struct ky_place *out, char *arg)
{
    char *equals = strchr(arg, '=');
    *out = (struct ky_place){arg, equals == NULL ? "" : equals + 1};
    if (equals != NULL)
        *equals = 0;
}

int main(int argc, char **argv)
{
    if (argc < FIXED_ARGS || argc > FIXED_ARGS + PLACES_MAX || getenv("KYSO_SOURCE") == NULL) {
        fprintf(stderr,
                "usage: kyso-notice smtp|kannel URL FROM|PASSWORD-FILE TEMPLATE ADDRESS ID [PLACE=VALUE]…\n");
        return 2;
    }
    struct job j = {.channel = ky_str_eq(argv[1], "smtp") ? KY_CHANNEL_EMAIL : KY_CHANNEL_SMS,
                    .url = argv[2],
                    .from = argv[3],
                    .template_name = argv[4],
                    .address = argv[5],
                    .id = argv[6],
                    .n = (size_t)(argc - FIXED_ARGS)};
    for (size_t i = 0; i < j.n; i++)
        read_place(&j.places[i], argv[FIXED_ARGS + i]);
    ky_rc rc = run(&j);
    printf("%s %s\n", ky_rc_name(rc), rc == KY_OK ? "" : ky_error());
    return rc == KY_OK ? 0 : 1;
}
