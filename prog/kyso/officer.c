/* kyso officer: those who receive, approve and administer, by their tokens' certificates. */
#include <stdio.h>
#include <string.h>

#include "prog/kyso/cmd.h"
#include "prog/kyso/registry.h"
#include "prog/kyso/say.h"
#include "prog/kyso/sub.h"

#define ROLES_MAX 128

struct options {
    struct kyso_registry_opts common;
    const char *identity, *roles, *cert;
};
#define TEXT(...) KYSO_TEXT(struct options, __VA_ARGS__)

static const struct kyso_opt opts[] = {
    TEXT("identity", identity, "NUMBER", "số định danh cá nhân", "identity number"),
    TEXT("roles", roles, "WORDS", "receive, approve, admin, audit", "receive, approve, admin, audit"),
    TEXT("cert", cert, "FILE", "chứng thư số trên thiết bị", "certificate of the token"),
    KYSO_REGISTRY_OPTS,
};
static const struct kyso_usage usage = {
    .command = "officer add",
    .args = "",
    .opts = opts,
    .n = KY_COUNT(opts),
    .vi = "Cần chữ ký của n cán bộ có vai trò admin, như bản ghi sáng lập quy định.",
    .en = "n officers with the role admin must sign, as the founding record says.",
};

static ky_rc set_roles(json_t *body, const char *words)
{
    char copy[ROLES_MAX], *next = NULL;
    ky_auto_json list = json_array();
    if (words == NULL || snprintf(copy, sizeof copy, "%s", words) >= ROLES_MAX)
        return ky_fail(KY_EINVAL, "%s", kyso_say("thiếu --roles", "--roles is missing"));
    for (char *w = strtok_r(copy, ", ", &next); w != NULL; w = strtok_r(NULL, ", ", &next))
        if (json_array_append_new(list, json_string(w)) != 0)
            return ky_fail(KY_ENOMEM, "--roles");
    return json_object_set(body, "roles", list) == 0 ? KY_OK : ky_fail(KY_ENOMEM, "--roles");
}

static ky_rc set_auth(json_t *body, const char *cert)
{
    ky_auto_json auth = json_pack("{s:s}", "kind", "cms");
    if (auth == NULL)
        return ky_fail(KY_ENOMEM, "auth");
    KY_TRY(kyso_registry_set_cert(auth, cert));
    return json_object_set(body, "auth", auth) == 0 ? KY_OK : ky_fail(KY_ENOMEM, "auth");
}

static ky_rc add(int *status, const void *values)
{
    const struct options *o = values;
    char owner[2 * KY_OWNER_SIZE + 1];
    kyso_auto_registry r = {.founding = NULL};
    ky_auto_json body = NULL;
    KY_TRY(kyso_registry_open(&r, &o->common));
    KY_TRY(kyso_registry_owner(owner, &r, o->identity));
    KY_TRY(kyso_registry_body(&body, &r, &o->common, KY_REC_OFFICER, owner));
    KY_TRY(set_roles(body, o->roles));
    KY_TRY(set_auth(body, o->cert));
    KY_TRY(kyso_registry_submit(&r, &o->common, body, KYSO_AUD_BOTH));
    printf(o->common.json ? "{\"id\":\"%s\"}\n" : kyso_say("Đã thêm cán bộ: %s\n", "Officer added: %s\n"),
           r.id);
    return KY_OK;
}

static int run_add(int argc, char **argv)
{
    struct options o = {.identity = NULL};
    return kyso_opts_run(argc, argv, &usage, &o, add);
}

static const struct kyso_sub subs[] = {
    {"add", "thêm cán bộ", "add an officer", run_add},
};

static int run(int argc, char **argv)
{
    return kyso_sub_run("officer", subs, KY_COUNT(subs), argc, argv);
}

const struct kyso_cmd kyso_cmd_officer = {"officer", "cán bộ tiếp nhận, phê duyệt, quản trị",
                                          "officers who receive, approve, administer", run};
