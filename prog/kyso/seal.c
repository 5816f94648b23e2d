/* kyso seal: whose signature counts for an organisation: its head's, or its seal's. */
#include <stdio.h>

#include "base/str.h"
#include "prog/kyso/cmd.h"
#include "prog/kyso/registry.h"
#include "prog/kyso/say.h"
#include "prog/kyso/sub.h"

struct options {
    struct kyso_registry_opts common;
    const char *identity, *cert, *org, *org_name, *kind;
};
#define TEXT(...) KYSO_TEXT(struct options, __VA_ARGS__)

static const struct kyso_opt opts[] = {
    TEXT("org", org, "ID", "cơ quan, tổ chức", "the organisation"),
    TEXT("org-name", org_name, "NAME", "tên cơ quan, đúng như đã đăng ký",
         "its name, exactly as it is registered"),
    TEXT("kind", kind, "KIND", "head: chữ ký người đứng đầu (mặc định); seal: con dấu",
         "head: its head's signature (default); seal"),
    TEXT("identity", identity, "NUMBER", "số định danh của người giữ thiết bị",
         "identity number of the token's holder"),
    TEXT("cert", cert, "FILE", "chứng thư số trên thiết bị", "certificate of the token"),
    KYSO_REGISTRY_OPTS,
};
static const struct kyso_usage usage = {
    .command = "seal add",
    .args = "",
    .opts = opts,
    .n = KY_COUNT(opts),
    .vi = "Cần chữ ký của n cán bộ có vai trò admin, như bản ghi sáng lập quy định.",
    .en = "n officers with the role admin must sign, as the founding record says.",
};

static ky_rc set_members(json_t *body, const void *values)
{
    const struct options *o = values;
    KY_TRY(kyso_need(o->org, "org"));
    KY_TRY(kyso_need(o->org_name, "org-name"));
    ky_auto_json org = json_pack("{s:s, s:s}", "id", o->org, "name", o->org_name);
    if (org == NULL || json_object_set(body, "org", org) != 0)
        return ky_fail(KY_EFORMAT, "--org-name");
    KY_TRY(ky_body_set_text(body, "kind", ky_bytes_str(o->kind != NULL ? o->kind : "head")));
    return kyso_registry_set_cert(body, o->cert);
}

static ky_rc add(int *status, const void *values)
{
    const struct options *o = values;
    return kyso_registry_add_person(KY_REC_SEAL, &o->common, o->identity, set_members, o);
}

static int run_add(int argc, char **argv)
{
    struct options o = {.identity = NULL};
    return kyso_opts_run(argc, argv, &usage, &o, add);
}

static const struct kyso_sub subs[] = {
    {"add", "đăng ký chữ ký người đứng đầu hoặc con dấu", "register a head's signature or a seal", run_add},
};

static int run(int argc, char **argv)
{
    return kyso_sub_run("seal", subs, KY_COUNT(subs), argc, argv);
}

const struct kyso_cmd kyso_cmd_seal = {"seal", "chữ ký, con dấu của cơ quan, tổ chức",
                                       "signatures and seals of organisations", run};
