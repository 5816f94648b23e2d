/* kyso org: organisations that manage subscribers directly, and the department itself. */
#include <stdio.h>

#include "codec/json.h"
#include "domain/org.h"
#include "os/clock.h"
#include "prog/kyso/admin_store.h"
#include "prog/kyso/cmd.h"
#include "prog/kyso/opts.h"
#include "prog/kyso/org_change.h"
#include "prog/kyso/say.h"
#include "prog/kyso/sub.h"

#define ARENA_MAX (8u << 20)

struct options {
    const char *config, *code, *name, *kind, *above, *parent, *province, *place, *sector, *address, *email,
        *separation;
    bool json;
};
#define TEXT(...) KYSO_TEXT(struct options, __VA_ARGS__)

static const struct kyso_opt add_opts[] = {
    TEXT("config", config, "FILE", "tệp cấu hình của kysod", "configuration of kysod"),
    TEXT("code", code, "CODE", "mã định danh của cơ quan", "identification code of the organisation"),
    TEXT("name", name, "NAME", "tên cơ quan", "name of the organisation"),
    TEXT("kind", kind, "KIND", "department: Cục; delegate: cơ quan được ủy quyền; organisation",
         "department; delegate: an authority with delegated procedures; organisation"),
    TEXT("above", above, "CODE", "cơ quan chứng thực cấp trên trực tiếp (mặc định: Cục)",
         "authority directly above (default: the department)"),
    TEXT("separation", separation, "WORD",
         "auto, always, never: hai người nhập và ký, thẩm định và phê duyệt",
         "auto, always, never: two persons enter and sign, examine and approve"),
    TEXT("parent", parent, "NAME", "cơ quan chủ quản", "its parent organisation"),
    TEXT("province", province, "NAME", "tỉnh, thành phố (L trong chứng thư số)",
         "province (L of certificates)"),
    TEXT("place", place, "NAME", "địa danh ghi trên văn bản", "place, as documents name it"),
    TEXT("sector", sector, "SECTOR", "education, health; authority: cơ quan chứng thực",
         "education, health; authority: the department itself"),
    TEXT("address", address, "TEXT", "địa chỉ", "address"),
    TEXT("email", email, "ADDRESS", "thư điện tử công vụ", "official e-mail"),
    {"json", KYSO_OPT_FLAG, offsetof(struct options, json), NULL, "in kết quả dạng JSON", "print JSON"},
};
static const struct kyso_usage add_usage = {
    .command = "org add", .args = "", .opts = add_opts, .n = KY_COUNT(add_opts)};

static const struct kyso_opt list_opts[] = {
    TEXT("config", config, "FILE", "tệp cấu hình của kysod", "configuration of kysod"),
    {"json", KYSO_OPT_FLAG, offsetof(struct options, json), NULL, "in kết quả dạng JSON", "print JSON"},
};
static const struct kyso_usage list_usage = {
    .command = "org list", .args = "", .opts = list_opts, .n = KY_COUNT(list_opts)};

struct adding {
    const struct ky_db_org *org;
    const char *above; /* code, or NULL: the department */
    char id[KY_NEW_ID_TEXT];
};

static ky_rc create(struct ky_store *s, void *ctx)
{
    struct adding *a = ctx;
    ky_auto_arena arena = ky_arena_init(ARENA_MAX);
    const struct ky_scope all = ky_scope_everything();
    struct ky_db_org row = *a->org, above;
    if (a->above != NULL) {
        KY_TRY(ky_context(ky_db_org_get_by_code(&above, &arena, s, &all, a->above), "--above %s", a->above));
        row.parent_id = above.id;
    }
    return ky_org_create(a->id, s, &KY_ACTOR_SYSTEM, &row, ky_now());
}

static ky_rc add(int *status, const void *values)
{
    const struct options *o = values;
    const struct ky_db_org org = {.code = o->code,
                                  .kind = o->kind,
                                  .separation = o->separation,
                                  .name = o->name,
                                  .parent_name = o->parent,
                                  .province = o->province,
                                  .place = o->place != NULL ? o->place : o->province,
                                  .sector = o->sector,
                                  .address = o->address,
                                  .email = o->email};
    struct adding adding = {.org = &org, .above = o->above};
    ky_auto_store s = NULL;
    KY_TRY(kyso_need(o->code, "code"));
    KY_TRY(kyso_need(o->name, "name"));
    KY_TRY(kyso_need(o->province, "province"));
    KY_TRY(kyso_need(o->sector, "sector"));
    KY_TRY(kyso_store_open(&s, o->config));
    KY_TRY(kyso_store_write(s, create, &adding));
    if (o->json)
        printf("{\"id\":\"%s\"}\n", adding.id);
    else
        printf(kyso_say("Đã thêm cơ quan: %s\n", "Organisation added: %s\n"), adding.id);
    return KY_OK;
}

static ky_rc write_json(struct ky_buf *out, const struct ky_db_org *orgs, size_t n)
{
    struct ky_json_out o = KY_JSON_OUT(out);
    ky_json_open_array(&o, NULL);
    for (size_t i = 0; i < n; i++) {
        ky_json_open_object(&o, NULL);
        ky_json_put_cstr(&o, "id", orgs[i].id);
        ky_json_put_cstr(&o, "code", orgs[i].code);
        ky_json_put_cstr(&o, "name", orgs[i].name);
        ky_json_put_cstr(&o, "kind", orgs[i].kind);
        ky_json_put_cstr(&o, "sector", orgs[i].sector);
        ky_json_put_cstr(&o, "state", orgs[i].state);
        ky_json_close_object(&o);
    }
    ky_json_close_array(&o);
    return ky_buf_finish(out);
}

static ky_rc print_page(const struct ky_db_org *orgs, size_t n, bool json)
{
    ky_auto_buf out = ky_buf_init(ARENA_MAX);
    if (json) {
        KY_TRY(write_json(&out, orgs, n));
        printf("%s\n", ky_buf_str(&out));
        return KY_OK;
    }
    for (size_t i = 0; i < n; i++)
        printf("%s  %-12s %s\n", orgs[i].id, orgs[i].code, orgs[i].name);
    return KY_OK;
}

/* Page by page, so that no number of organisations fills the memory; with --json a line for each page. */
static ky_rc list(int *status, const void *values)
{
    const struct options *o = values;
    char cursor[KY_CURSOR_MAX] = "";
    size_t n = 0;
    ky_auto_store s = NULL;
    const struct ky_scope all = ky_scope_everything();
    KY_TRY(kyso_store_open(&s, o->config));
    do {
        struct ky_page page;
        struct ky_db_org *orgs = NULL;
        ky_auto_arena a = ky_arena_init(ARENA_MAX);
        KY_TRY(ky_page_parse(&page, cursor, KY_PAGE_ROWS_MAX));
        KY_TRY(ky_db_org_list(&orgs, &n, &a, s, &all, NULL, &page));
        KY_TRY(print_page(orgs, n, o->json));
        if (n > 0)
            ky_cursor_format(cursor, orgs[n - 1].created_at, orgs[n - 1].id);
    } while (n == KY_PAGE_ROWS_MAX);
    return KY_OK;
}

static int run_add(int argc, char **argv)
{
    struct options o = {0};
    return kyso_opts_run(argc, argv, &add_usage, &o, add);
}

static int run_list(int argc, char **argv)
{
    struct options o = {0};
    return kyso_opts_run(argc, argv, &list_usage, &o, list);
}

static const struct kyso_sub subs[] = {
    {"add", "thêm cơ quan, tổ chức", "add an organisation", run_add},
    {"list", "liệt kê", "list them", run_list},
    {"move", "chuyển sang cơ quan cấp trên khác", "put below another authority", kyso_org_move},
    {"delegate", "ủy quyền giải quyết thủ tục", "say which procedures a delegate handles", kyso_org_delegate},
    {"close", "đóng", "close", kyso_org_close},
};

static int run(int argc, char **argv)
{
    return kyso_sub_run("org", subs, KY_COUNT(subs), argc, argv);
}

const struct kyso_cmd kyso_cmd_org = {"org", "cơ quan, tổ chức quản lý thuê bao",
                                      "organisations that manage subscribers", run};
