/* kyso user list, invite, close: over the API, so that the service sends the mail and keeps the administrator's name. */
#include "prog/kyso/user_remote.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "prog/kyso/api.h"
#include "prog/kyso/opts.h"
#include "prog/kyso/say.h"

#define ID_TEXT 64
#define QUERY_MAX 128
#define PATH_MAX_BYTES 160

struct options {
    const char *server, *ca, *org;
    struct kyso_list args;
    bool json;
};
#define TEXT(...) KYSO_TEXT(struct options, __VA_ARGS__)
#define SERVER                                                                                               \
    TEXT("server", server, "URL", "địa chỉ dịch vụ, https://…", "address of the service, https://…")
#define CA TEXT("cacert", ca, "PEM", "gốc TLS được tin cậy", "trusted TLS roots")
#define TOKEN_VI "KYSO_TOKEN: mã truy cập của quản trị viên (`kyso user add`)."
#define TOKEN_EN "KYSO_TOKEN: token of an administrator (`kyso user add`)."

static const struct kyso_opt list_opts[] = {
    SERVER,
    CA,
    TEXT("org", org, "CODE", "mã định danh của cơ quan", "code of the organisation"),
    {"json", KYSO_OPT_FLAG, offsetof(struct options, json), NULL, "mỗi người một dòng JSON",
     "one line of JSON a person"},
};
static const struct kyso_usage list_usage = {.command = "user list",
                                             .args = "",
                                             .opts = list_opts,
                                             .n = KY_COUNT(list_opts),
                                             .vi = TOKEN_VI,
                                             .en = TOKEN_EN};

static const struct kyso_opt one_opts[] = {SERVER, CA};
#define ONE_PERSON(command_)                                                                                 \
    {                                                                                                        \
        .command = command_, .args = "ID", .args_offset = offsetof(struct options, args), .opts = one_opts,  \
        .n = KY_COUNT(one_opts), .vi = TOKEN_VI, .en = TOKEN_EN                                              \
    }
static const struct kyso_usage invite_usage = ONE_PERSON("user invite");
static const struct kyso_usage close_usage = ONE_PERSON("user close");

/* ---- list ---- */

struct sought {
    const char *code;
    char id[ID_TEXT]; /* empty until it is found */
};

static ky_rc is_sought(const json_t *org, void *ctx)
{
    struct sought *s = ctx;
    const char *id = json_string_value(json_object_get(org, "id"));
    if (id != NULL && ky_str_eq(json_string_value(json_object_get(org, "code")), s->code))
        snprintf(s->id, sizeof s->id, "%s", id);
    return KY_OK;
}

/* The id of the organisation with exactly that code; KY_ENOTFOUND. Codes are letters, digits, '.' and '-'. */
static ky_rc find_org(struct sought *s, const struct kyso_api *api)
{
    char query[QUERY_MAX];
    if (snprintf(query, sizeof query, "q=%s&", s->code) < (int)sizeof query &&
        strpbrk(s->code, "%&#?+ \t\n") == NULL)
        KY_TRY(kyso_api_each(api, "/api/v1/organisations", query, "organisations", is_sought, s));
    return s->id[0] != 0 ? KY_OK
                         : ky_fail(KY_ENOTFOUND, "--org %s: %s", s->code,
                                   kyso_say("không có cơ quan này", "there is no such organisation"));
}

static ky_rc print_person(const json_t *person, void *ctx)
{
    const char *id, *name, *email, *roles, *state;
    const struct options *o = ctx;
    if (json_unpack((json_t *)person, "{s:s, s:s, s:s, s:s, s:s}", "id", &id, "name", &name, "email", &email,
                    "roles", &roles, "state", &state) != 0)
        return ky_fail(KY_EFORMAT, "%s",
                       kyso_say("câu trả lời không đọc được", "an answer that cannot be read"));
    if (o->json)
        json_dumpf(person, stdout, JSON_COMPACT);
    else
        printf("%s  %-8s %s <%s>  %s", id, state, name, email, roles);
    putchar('\n');
    return KY_OK;
}

static ky_rc list(int *status, const void *values)
{
    struct options o = *(const struct options *)values;
    struct kyso_api api;
    struct sought org = {.code = o.org};
    char path[PATH_MAX_BYTES];
    KY_TRY(kyso_need(o.org, "org"));
    KY_TRY(kyso_api_open(&api, o.server, o.ca));
    KY_TRY(find_org(&org, &api));
    snprintf(path, sizeof path, "/api/v1/organisations/%s/staff", org.id);
    return kyso_api_each(&api, path, "", "staff", print_person, &o);
}

/* ---- one person ---- */

static ky_rc act(const struct options *o, const char *action, const char *done)
{
    struct kyso_api api;
    ky_auto_json nothing = json_object();
    if (o->args.n != 1)
        return ky_fail(KY_EINVAL, "%s",
                       kyso_say("cần đúng một mã người dùng (`kyso user list`)",
                                "exactly one id of a person is needed (`kyso user list`)"));
    KY_TRY(kyso_api_open(&api, o->server, o->ca));
    KY_TRY(kyso_api_call(NULL, &api, nothing, "/api/v1/staff/%s/%s", o->args.v[0], action));
    printf("%s\n", done);
    return KY_OK;
}

static ky_rc invite(int *status, const void *values)
{
    return act(values, "invitation",
               kyso_say("Đã gửi thư mời đăng nhập; thư mời cũ hết hiệu lực.",
                        "The invitation is on its way; earlier ones are void."));
}

static ky_rc close_person(int *status, const void *values)
{
    return act(values, "close", kyso_say("Đã đóng tài khoản.", "The account is closed."));
}

int kyso_user_list(int argc, char **argv)
{
    struct options o = {0};
    return kyso_opts_run(argc, argv, &list_usage, &o, list);
}

int kyso_user_invite(int argc, char **argv)
{
    struct options o = {0};
    return kyso_opts_run(argc, argv, &invite_usage, &o, invite);
}

int kyso_user_close(int argc, char **argv)
{
    struct options o = {0};
    return kyso_opts_run(argc, argv, &close_usage, &o, close_person);
}
