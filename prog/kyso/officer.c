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
    KY_TRY(kyso_need(words, "roles"));
    if (snprintf(copy, sizeof copy, "%s", words) >= ROLES_MAX)
        return ky_fail(KY_EINVAL, kyso_say("--roles dài hơn %d byte", "--roles is longer than %d bytes"),
                       ROLES_MAX - 1);
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

static ky_rc set_members(json_t *body, const void *values)
{
    const struct options *o = values;
    KY_TRY(set_roles(body, o->roles));
    return set_auth(body, o->cert);
}

static ky_rc add(int *status, const void *values)
{
    const struct options *o = values;
    return kyso_registry_add_person(KY_REC_OFFICER, &o->common, o->identity, set_members, o);
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
