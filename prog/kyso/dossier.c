/* kyso dossier: the table of its commands, entering people, steps without signature, state; see dossier.h. */
#include "prog/kyso/dossier.h"

#include <stdio.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/str.h"
#include "os/file.h"
#include "prog/kyso/cmd.h"
#include "prog/kyso/people_file.h"
#include "prog/kyso/opts.h"
#include "prog/kyso/say.h"
#include "prog/kyso/sub.h"

#define FILE_MAX ((size_t)8 << 20)
#define DOCUMENT_MAX ((size_t)32 << 20)
#define WAIT_POLL_US 500000
#define EXIT_REFUSED 3 /* of `create`: some people were not entered */

int kyso_dossier_main(int argc, char **argv, const struct kyso_usage *usage,
                      ky_rc (*fn)(const struct kyso_dossier_opts *o, int *status))
{
    struct kyso_dossier_opts o = {.server = NULL};
    bool done = false;
    int status = 0;
    if (kyso_opts_parse(&done, &o, usage, argc, argv) != KY_OK) {
        kyso_fail(usage->command, KY_EINVAL);
        return KYSO_EXIT_USAGE;
    }
    if (done)
        return 0;
    ky_rc rc = fn(&o, &status);
    return rc == KY_OK ? status : kyso_fail(usage->command, rc);
}

ky_rc kyso_dossier_id(const char **out, const struct kyso_dossier_opts *o)
{
    if (o->args.n != 1)
        return ky_fail(KY_EINVAL, "%s",
                       kyso_say("cần đúng một mã hồ sơ", "exactly one dossier id is needed"));
    *out = o->args.v[0];
    return KY_OK;
}

ky_rc kyso_dossier_confirm(const struct kyso_dossier_opts *o, const char *question)
{
    char line[16] = "";
    if (o->yes)
        return KY_OK;
    if (!isatty(STDIN_FILENO))
        return ky_fail(
            KY_EDENIED, "%s",
            kyso_say("không có người trả lời: dùng --yes", "nobody is there to answer: use --yes"));
    fprintf(stderr, "%s [c/k] ", question);
    if (fgets(line, sizeof line, stdin) == NULL || (line[0] != 'c' && line[0] != 'y'))
        return ky_fail(KY_EDENIED, "%s", kyso_say("đã dừng theo yêu cầu", "stopped as asked"));
    return KY_OK;
}

/* ---- create ---- */

static const struct kyso_opt create_opts[] = {
    KYSO_DOSSIER_COMMON,
    KYSO_DOSSIER_OPT("from", KYSO_OPT_TEXT, from, "JSON",
                     "hồ sơ: procedure, recipient_name, recipient_channel, …; có thể có people",
                     "the dossier: procedure, recipient_name, recipient_channel, …; people may be in it"),
    KYSO_DOSSIER_OPT("people", KYSO_OPT_TEXT, people, "XLSX|CSV", "danh sách người đề nghị cấp",
                     "list of the people"),
    KYSO_DOSSIER_OPT("procedure", KYSO_OPT_TEXT, procedure, "new|renew|change|revoke",
                     "thủ tục: cấp mới, gia hạn, thay đổi thông tin, thu hồi", "what is asked for"),
    KYSO_DOSSIER_OPT("serial", KYSO_OPT_LIST, serials, "HEX",
                     "số hiệu chứng thư số gia hạn, thay đổi, thu hồi",
                     "certificate that is renewed, changed or revoked"),
    KYSO_DOSSIER_OPT("same-key", KYSO_OPT_FLAG, same_key, NULL, "giữ nguyên khóa", "keep the key"),
    KYSO_DOSSIER_OPT("key", KYSO_OPT_TEXT, key, "KIND", "loại khóa mới", "kind of the new key"),
    KYSO_DOSSIER_OPT("unit", KYSO_OPT_TEXT, unit, "TEXT", "thay đổi: bộ phận công tác mới",
                     "change: the new unit"),
    KYSO_DOSSIER_OPT("title", KYSO_OPT_TEXT, title, "TEXT", "thay đổi: chức vụ mới",
                     "change: the new position"),
    KYSO_DOSSIER_OPT("email", KYSO_OPT_TEXT, email, "ADDRESS", "thay đổi: thư điện tử công vụ mới",
                     "change: the new official address"),
    KYSO_DOSSIER_OPT("phone", KYSO_OPT_TEXT, phone, "NUMBER", "gia hạn, thay đổi: điện thoại mới",
                     "renewal, change: the new telephone"),
    KYSO_DOSSIER_OPT("ground", KYSO_OPT_TEXT, ground, "KEY", "thu hồi: căn cứ (device_lost, left, …)",
                     "revocation: its ground (device_lost, left, …)"),
    KYSO_DOSSIER_OPT("happened", KYSO_OPT_TEXT, happened, "DD/MM/YYYY", "thu hồi: ngày xảy ra",
                     "revocation: when it happened"),
    KYSO_DOSSIER_OPT("remark", KYSO_OPT_TEXT, remark, "TEXT", "thu hồi: ghi chú", "revocation: a remark"),
    KYSO_DOSSIER_OPT("own-request", KYSO_OPT_TEXT, own_request, "PDF",
                     "văn bản đề nghị của thuê bao, cho mọi người trong hồ sơ",
                     "the subscribers' own request, for everybody in the dossier"),
};
static const struct kyso_usage create_usage = {
    .command = "dossier create",
    .args = "",
    .opts = create_opts,
    .n = KY_COUNT(create_opts),
    .vi = "Mã thoát 3: hồ sơ đã lập nhưng có người không đủ điều kiện (lý do được in ra).",
    .en = "Exit status 3: the dossier is there, but some people are not eligible (the reasons are printed).",
};

/* *wrong: rows of the list that are not taken. */
static ky_rc read_dossier(json_t **out, size_t *wrong, const struct kyso_dossier_opts *o)
{
    ky_auto_buf text = ky_buf_init_secret(FILE_MAX);
    ky_auto_json dossier = NULL;
    ky_auto_json people = NULL;
    KY_TRY(kyso_need(o->from, "from"));
    KY_TRY(ky_file_read(&text, o->from));
    KY_TRY(ky_context(ky_json_parse(&dossier, ky_buf_bytes(&text), FILE_MAX), "%s", o->from));
    if (o->people != NULL)
        KY_TRY(kyso_people_read(&people, wrong, o->people));
    if (o->serials.n > 0)
        KY_TRY(kyso_dossier_rows(&people, o));
    if (people != NULL && json_object_set(dossier, "people", people) != 0)
        return ky_fail(KY_ENOMEM, "dossier");
    if (o->procedure != NULL && json_object_set_new(dossier, "procedure", json_string(o->procedure)) != 0)
        return ky_fail(KY_EFORMAT, "--procedure");
    *out = KY_STEAL(dossier);
    return KY_OK;
}

/* Who was not entered, and why. */
static size_t print_refusals(const json_t *answer, const json_t *sent)
{
    size_t refused = 0, i, k;
    json_t *v, *r;
    json_array_foreach(json_object_get(answer, "people"), i, v)
    {
        const json_t *person = json_array_get(json_object_get(sent, "people"), i);
        const char *name = json_string_value(json_object_get(person, "name"));
        if (name == NULL)
            name = json_string_value(json_object_get(person, "serial"));
        refused += json_array_size(json_object_get(v, "refusals")) > 0;
        json_array_foreach(json_object_get(v, "refusals"), k, r)
        {
            const char *why = json_string_value(json_object_get(r, kyso_english() ? "en" : "vi"));
            fprintf(stderr, kyso_say("Không nhận: %s: %s [%s]\n", "Not entered: %s: %s [%s]\n"),
                    name != NULL ? name : "?", why != NULL ? why : "?",
                    json_string_value(json_object_get(r, "code")));
        }
    }
    return refused;
}

static ky_rc print_json(const json_t *json)
{
    return json_dumpf(json, stdout, JSON_INDENT(2)) == 0 && putchar('\n') != EOF ? KY_OK
                                                                                 : ky_fail(KY_EIO, "stdout");
}

static ky_rc hand_in_request(const struct kyso_api *api, struct ky_bytes id, const char *pdf)
{
    char text[65];
    snprintf(text, sizeof text, "%.*s", (int)id.n, (const char *)id.p);
    return kyso_dossier_own_request(api, text, pdf, NULL);
}

static ky_rc create(const struct kyso_dossier_opts *o, int *exit_status)
{
    struct kyso_api api;
    struct ky_bytes id;
    ky_auto_json dossier = NULL;
    ky_auto_json answer = NULL;
    size_t wrong = 0;
    KY_TRY(kyso_api_open(&api, o->server, o->cacert));
    KY_TRY(read_dossier(&dossier, &wrong, o));
    KY_TRY(kyso_api_call(&answer, &api, dossier, "/api/v1/dossiers"));
    KY_TRY(ky_json_get_str(&id, answer, "id", 64));
    *exit_status = print_refusals(answer, dossier) + wrong > 0 ? EXIT_REFUSED : 0;
    if (o->own_request != NULL)
        KY_TRY(hand_in_request(&api, id, o->own_request));
    if (o->json)
        return print_json(answer);
    printf(kyso_say("Đã lập hồ sơ: %.*s\n", "Dossier made: %.*s\n"), (int)id.n, (const char *)id.p);
    return KY_OK;
}

static int run_create(int argc, char **argv)
{
    return kyso_dossier_main(argc, argv, &create_usage, create);
}

/* ---- template ---- */

static const struct kyso_opt template_opts[] = {
    KYSO_DOSSIER_OPT("out", KYSO_OPT_TEXT, out, "XLSX|CSV", "ghi tệp mẫu vào đây", "write the template here"),
};
static const struct kyso_usage template_usage = {
    .command = "dossier template",
    .args = "",
    .opts = template_opts,
    .n = KY_COUNT(template_opts),
    .vi = "Bảng trống để điền danh sách người đề nghị cấp; dùng lại với dossier create --people.",
    .en = "An empty list of people to fill in, for dossier create --people.",
};

static ky_rc make_template(const struct kyso_dossier_opts *o, int *exit_status)
{
    if (o->out == NULL)
        return ky_fail(KY_EINVAL, "%s", kyso_say("thiếu --out", "--out is missing"));
    KY_TRY(kyso_people_write_template(o->out));
    printf(kyso_say("Đã ghi bảng mẫu: %s\n", "Template written: %s\n"), o->out);
    return KY_OK;
}

static int run_template(int argc, char **argv)
{
    return kyso_dossier_main(argc, argv, &template_usage, make_template);
}

/* ---- document ---- */

static const struct kyso_opt document_opts[] = {
    KYSO_DOSSIER_COMMON,
    KYSO_DOSSIER_OPT("out", KYSO_OPT_TEXT, out, "PDF", "ghi văn bản vào tệp này", "write the document here"),
};
static const struct kyso_usage document_usage = {.command = "dossier document",
                                                 .args = "ID",
                                                 .args_offset = offsetof(struct kyso_dossier_opts, args),
                                                 .opts = document_opts,
                                                 .n = KY_COUNT(document_opts),
                                                 .vi = "Văn bản đề nghị đã ký của hồ sơ.",
                                                 .en = "The dossier's request document as signed."};

static ky_rc document(const struct kyso_dossier_opts *o, int *exit_status)
{
    struct kyso_api api;
    const char *id;
    ky_auto_json answer = NULL;
    ky_auto_buf pdf = ky_buf_init(DOCUMENT_MAX);
    KY_TRY(kyso_dossier_id(&id, o));
    KY_TRY(kyso_need(o->out, "out"));
    KY_TRY(kyso_api_open(&api, o->server, o->cacert));
    KY_TRY(kyso_api_call(&answer, &api, NULL, "/api/v1/dossiers/%s/request", id));
    KY_TRY(ky_json_get_base64url(&pdf, answer, "document", DOCUMENT_MAX));
    return ky_file_write(o->out, ky_buf_bytes(&pdf), 0600);
}

static int run_document(int argc, char **argv)
{
    return kyso_dossier_main(argc, argv, &document_usage, document);
}

/* ---- steps with a note at most ---- */

static const struct kyso_opt step_opts[] = {
    KYSO_DOSSIER_COMMON,
    KYSO_DOSSIER_OPT("note", KYSO_OPT_TEXT, note, "TEXT", "lý do hoặc nội dung yêu cầu",
                     "reason, or what is asked for"),
};

static ky_rc step(const struct kyso_dossier_opts *o, const char *action)
{
    struct kyso_api api;
    const char *id;
    ky_auto_json answer = NULL;
    ky_auto_json body = json_object();
    KY_TRY(kyso_dossier_id(&id, o));
    KY_TRY(kyso_api_open(&api, o->server, o->cacert));
    if (o->note != NULL && json_object_set_new(body, "note", json_string(o->note)) != 0)
        return ky_fail(KY_EFORMAT, "--note");
    KY_TRY(kyso_api_call(&answer, &api, body, "/api/v1/dossiers/%s/%s", id, action));
    if (o->json)
        return print_json(answer);
    const char *state = json_string_value(json_object_get(answer, kyso_english() ? "state" : "state_vi"));
    printf(kyso_say("Hồ sơ %s: %s\n", "Dossier %s: %s\n"), id, state != NULL ? state : "?");
    return KY_OK;
}

#define STEP(name_)                                                                                          \
    static ky_rc name_(const struct kyso_dossier_opts *o, int *exit_status)                                  \
    {                                                                                                        \
        return step(o, #name_);                                                                              \
    }                                                                                                        \
    static int run_##name_(int argc, char **argv)                                                            \
    {                                                                                                        \
        static const struct kyso_usage usage = {.command = "dossier " #name_,                                \
                                                .args = "ID",                                                \
                                                .args_offset = offsetof(struct kyso_dossier_opts, args),     \
                                                .opts = step_opts,                                           \
                                                .n = KY_COUNT(step_opts)};                                   \
        return kyso_dossier_main(argc, argv, &usage, name_);                                                 \
    }
STEP(receive)
STEP(examine)
STEP(ask)
STEP(withdraw)
STEP(reopen)

/* ---- status ---- */

static const struct kyso_opt status_opts[] = {
    KYSO_DOSSIER_COMMON,
    KYSO_DOSSIER_OPT("wait", KYSO_OPT_FLAG, wait, NULL, "chờ đến khi giải quyết xong cho mọi người",
                     "wait until everything is done for everybody"),
};
static const struct kyso_usage status_usage = {.command = "dossier status",
                                               .args = "ID",
                                               .args_offset = offsetof(struct kyso_dossier_opts, args),
                                               .opts = status_opts,
                                               .n = KY_COUNT(status_opts)};

/* Rows that have nothing more to be made for them. */
static size_t count_settled(const json_t *dossier, size_t *all)
{
    static const char *const settled[] = {"activating", "active", "revoked", "refused"};
    const json_t *rows = json_object_get(dossier, "rows");
    size_t n = 0, i;
    json_t *row;
    *all = json_array_size(rows);
    json_array_foreach(rows, i, row)
    {
        const char *state = json_string_value(json_object_get(row, "state"));
        for (size_t k = 0; k < KY_COUNT(settled); k++)
            n += state != NULL && ky_str_eq(state, settled[k]);
    }
    return n;
}

static void show_progress(size_t done, size_t all)
{
    enum { WIDTH = 30 };
    if (!isatty(STDERR_FILENO) || all == 0)
        return;
    int filled = (int)(WIDTH * done / all);
    fprintf(stderr, "\r[%.*s%*s] %zu/%zu", filled, "##############################", WIDTH - filled, "", done,
            all);
    if (done == all)
        fputc('\n', stderr);
}

static void print_status(const json_t *dossier)
{
    const char *state_member = kyso_english() ? "state" : "state_vi";
    size_t i;
    json_t *row;
    printf("%s  %s\n", json_string_value(json_object_get(dossier, "code")),
           json_string_value(json_object_get(dossier, state_member)));
    json_array_foreach(json_object_get(dossier, "rows"), i, row)
    {
        const char *credential = json_string_value(json_object_get(row, "credential"));
        printf("%4lld  %-28s %-26s %s\n", json_integer_value(json_object_get(row, "row")),
               json_string_value(json_object_get(json_object_get(row, "person"), "name")),
               json_string_value(json_object_get(row, state_member)), credential != NULL ? credential : "");
    }
}

static ky_rc status(const struct kyso_dossier_opts *o, int *exit_status)
{
    struct kyso_api api;
    const char *id;
    KY_TRY(kyso_dossier_id(&id, o));
    KY_TRY(kyso_api_open(&api, o->server, o->cacert));
    for (;; usleep(WAIT_POLL_US)) {
        size_t all;
        ky_auto_json dossier = NULL;
        KY_TRY(kyso_api_call(&dossier, &api, NULL, "/api/v1/dossiers/%s", id));
        size_t done = count_settled(dossier, &all);
        if (o->wait)
            show_progress(done, all);
        if (o->wait && done < all)
            continue;
        if (o->json)
            return print_json(dossier);
        print_status(dossier);
        return KY_OK;
    }
}

static int run_status(int argc, char **argv)
{
    return kyso_dossier_main(argc, argv, &status_usage, status);
}

static const struct kyso_sub subs[] = {
    {"create", "lập hồ sơ từ tệp: cấp mới, gia hạn, thay đổi, thu hồi", "make a dossier from a file",
     run_create},
    {"template", "bảng trống để điền danh sách người", "an empty list of people to fill in", run_template},
    {"own-request", "nộp văn bản đề nghị của thuê bao", "hand in subscribers' own requests",
     kyso_dossier_own},
    {"sign", "ký số văn bản đề nghị và gửi hồ sơ", "sign the request and send the dossier",
     kyso_dossier_sign},
    {"document", "tải văn bản đề nghị đã ký", "fetch the signed request document", run_document},
    {"receive", "tiếp nhận", "take it in", run_receive},
    {"examine", "thẩm định", "examine it", run_examine},
    {"ask", "yêu cầu bổ sung", "ask for a supplement", run_ask},
    {"reopen", "sửa lại", "edit it again", run_reopen},
    {"withdraw", "rút hồ sơ", "withdraw it", run_withdraw},
    {"approve", "phê duyệt bằng thiết bị của cán bộ", "approve with an officer's token",
     kyso_dossier_approve},
    {"status", "xem tình trạng", "show its state", run_status},
};

static int run(int argc, char **argv)
{
    return kyso_sub_run("dossier", subs, KY_COUNT(subs), argc, argv);
}

const struct kyso_cmd kyso_cmd_dossier = {"dossier", "hồ sơ đề nghị cấp chứng thư số",
                                          "dossiers that request certificates", run};
