/* kyso user: people who work with dossiers, and the access tokens they hold. */
#include <stdio.h>

#include "domain/org.h"
#include "os/clock.h"
#include "prog/kyso/admin_store.h"
#include "prog/kyso/cmd.h"
#include "prog/kyso/opts.h"
#include "prog/kyso/say.h"
#include "prog/kyso/sub.h"
#include "prog/kyso/user_remote.h"

#define ARENA_MAX (1u << 20)

struct options {
    const char *config, *org, *name, *email, *roles, *officer;
    bool json;
};
#define TEXT(...) KYSO_TEXT(struct options, __VA_ARGS__)

static const struct kyso_opt opts[] = {
    TEXT("config", config, "FILE", "tệp cấu hình của kysod", "configuration of kysod"),
    TEXT("org", org, "CODE", "mã định danh của cơ quan", "code of the organisation"),
    TEXT("name", name, "NAME", "họ và tên", "full name"),
    TEXT("email", email, "ADDRESS", "thư điện tử công vụ", "official e-mail"),
    TEXT("roles", roles, "WORDS",
         "enter sign seal support; ở cơ quan chứng thực: receive examine approve operate audit admin",
         "enter sign seal support; at authorities: receive examine approve operate audit admin"),
    TEXT("officer", officer, "ID", "bản ghi cán bộ mà người này dùng để phê duyệt",
         "officer record this person authorises with"),
    {"json", KYSO_OPT_FLAG, offsetof(struct options, json), NULL, "in kết quả dạng JSON", "print JSON"},
};
static const struct kyso_usage usage = {
    .command = "user add",
    .args = "",
    .opts = opts,
    .n = KY_COUNT(opts),
    .vi = "Mã truy cập chỉ hiện một lần; đặt vào KYSO_TOKEN khi dùng `kyso dossier`.",
    .en = "The token is shown once; put it into KYSO_TOKEN for `kyso dossier`.",
};

struct adding {
    const struct options *o;
    struct ky_arena arena;
    char id[KY_NEW_ID_TEXT];
    char token[KY_BEARER_TEXT];
};

static ky_rc create(struct ky_store *s, void *ctx)
{
    struct adding *a = ctx;
    struct ky_db_org org;
    const struct ky_scope all = ky_scope_everything();
    KY_TRY(ky_context(ky_db_org_get_by_code(&org, &a->arena, s, &all, a->o->org), "--org %s", a->o->org));
    const struct ky_db_staff staff = {.org_id = org.id,
                                      .name = a->o->name,
                                      .email = a->o->email,
                                      .roles = a->o->roles,
                                      .officer_record = a->o->officer};
    KY_TRY(ky_staff_create(a->id, s, &a->arena, &KY_ACTOR_SYSTEM, &staff, ky_now()));
    return ky_staff_issue_token(a->token, s, &KY_ACTOR_SYSTEM, a->id, ky_now());
}

static ky_rc add(int *status, const void *values)
{
    const struct options *o = values;
    KY_CLEANUP(ky_arena_clear) struct ky_arena keep = {0};
    struct adding a = {.o = o, .arena = ky_arena_init(ARENA_MAX)};
    ky_auto_store s = NULL;
    if (o->org == NULL || o->name == NULL || o->email == NULL || o->roles == NULL)
        return ky_fail(KY_EINVAL, "%s",
                       kyso_say("cần --org, --name, --email và --roles",
                                "--org, --name, --email and --roles are needed"));
    KY_TRY(kyso_store_open(&s, o->config));
    ky_rc rc = kyso_store_write(s, create, &a);
    keep = a.arena;
    KY_TRY(rc);
    if (o->json)
        printf("{\"id\":\"%s\",\"token\":\"%s\"}\n", a.id, a.token);
    else
        printf(kyso_say("Đã thêm: %s\nMã truy cập (chỉ hiện một lần): %s\n",
                        "Added: %s\nAccess token (shown once): %s\n"),
               a.id, a.token);
    return KY_OK;
}

static int run_add(int argc, char **argv)
{
    struct options o = {0};
    return kyso_opts_run(argc, argv, &usage, &o, add);
}

static const struct kyso_sub subs[] = {
    {"add", "thêm người dùng và cấp mã truy cập", "add a person and an access token", run_add},
    {"list", "liệt kê người của một cơ quan", "list the people of an organisation", kyso_user_list},
    {"invite", "gửi thư mời đăng nhập", "send an invitation to log in", kyso_user_invite},
    {"close", "đóng tài khoản", "close an account", kyso_user_close},
};

static int run(int argc, char **argv)
{
    return kyso_sub_run("user", subs, KY_COUNT(subs), argc, argv);
}

const struct kyso_cmd kyso_cmd_user = {"user", "người làm việc với hồ sơ", "people who work with dossiers",
                                       run};
