/* kyso client: programs that may ask subscribers for signatures over the CSC API. */
#include <stdio.h>

#include "prog/kyso/cmd.h"
#include "prog/kyso/registry.h"
#include "prog/kyso/say.h"
#include "prog/kyso/sub.h"

struct options {
    struct kyso_registry_opts common;
};

static const struct kyso_opt opts[] = {KYSO_REGISTRY_OPTS};
static const struct kyso_usage usage = {
    .command = "client add",
    .args = "",
    .opts = opts,
    .n = KY_COUNT(opts),
    .vi = "Tên này hiện trên điện thoại của người ký. Mật khẩu của ứng dụng chỉ hiện một lần.",
    .en = "Signers' phones show this name. The client's secret is shown once.",
};

/* The record first, by the officers' statement; then credentials that point to it. */
static ky_rc add(int *status, const void *values)
{
    const struct options *o = values;
    kyso_auto_registry r = {.founding = NULL};
    struct ky_bytes id, secret;
    ky_auto_json body = NULL;
    ky_auto_json answer = NULL;
    KY_TRY(kyso_registry_open(&r, &o->common));
    KY_TRY(kyso_registry_body(&body, &r, &o->common, KY_REC_CLIENT, NULL));
    KY_TRY(kyso_registry_submit(&r, &o->common, body, KYSO_AUD_SAM));
    ky_auto_json wish = json_pack("{s:s}", "record", r.id);
    if (wish == NULL)
        return ky_fail(KY_ENOMEM, "client");
    KY_TRY(kyso_api_call(&answer, &r.api, wish, "/api/v1/clients"));
    KY_TRY(ky_json_get_str(&id, answer, "client_id", 256));
    KY_TRY(ky_json_get_str(&secret, answer, "client_secret", 256));
    printf(o->common.json ? "{\"record\":\"%s\",\"client_id\":\"%.*s\",\"client_secret\":\"%.*s\"}\n"
                          : kyso_say("Bản ghi: %s\nclient_id: %.*s\nclient_secret (chỉ hiện một lần): %.*s\n",
                                     "Record: %s\nclient_id: %.*s\nclient_secret (shown once): %.*s\n"),
           r.id, (int)id.n, (const char *)id.p, (int)secret.n, (const char *)secret.p);
    return KY_OK;
}

static int run_add(int argc, char **argv)
{
    struct options o = {.common = {.server = NULL}};
    return kyso_opts_run(argc, argv, &usage, &o, add);
}

static const struct kyso_sub subs[] = {
    {"add", "thêm ứng dụng", "add a client", run_add},
};

static int run(int argc, char **argv)
{
    return kyso_sub_run("client", subs, KY_COUNT(subs), argc, argv);
}

const struct kyso_cmd kyso_cmd_client = {"client", "ứng dụng được yêu cầu ký (CSC)",
                                         "programs that may ask for signatures (CSC)", run};
