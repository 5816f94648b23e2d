/* See conf.h. */
#include "prog/agent/conf.h"

#include "os/file.h"
#include "prog/agent/rules.h"

#define ITEM(type_, member, ...)                                                                             \
    {                                                                                                        \
        .name = #member, .type = KY_CONF_##type_, .offset = offsetof(struct agent_conf, member), __VA_ARGS__ \
    }
#define HELP(vi, en) .help_vi = (vi), .help_en = (en)
#define ORIGINS_MAX 4096 /* bytes */

static const struct ky_conf_item items[] = {
    ITEM(INT, port, .value = "8987", .min = 1024, .max = 65535,
         HELP("cổng trên 127.0.0.1; các trang web hiện có dùng 8987",
              "port on 127.0.0.1; existing pages use 8987")),
    ITEM(TEXT, origins, .min = 1, .max = ORIGINS_MAX, .unit = "bytes", .check = agent_origins_check,
         HELP("các trang được phép gọi, cách nhau bởi dấu cách, viết đúng như trình duyệt: "
              "https://cong.example.gov.vn hoặc https://cong.example.gov.vn:8443",
              "pages that may call, separated by spaces, as browsers write them: "
              "https://portal.example.gov.vn or "
              "https://portal.example.gov.vn:8443")),
    ITEM(PATH, module, HELP("thư viện PKCS#11 của thiết bị", "PKCS#11 library of the token")),
    ITEM(TEXT, token, .min = 1, .max = 32, .unit = "bytes", HELP("nhãn của thiết bị", "label of the token")),
    ITEM(TEXT, key, .min = 1, .max = 64, .unit = "bytes", HELP("nhãn của khóa", "label of the key")),
    ITEM(PATH, prompt, .value = "",
         HELP("chương trình hỏi người dùng; trống: zenity nếu có màn hình, nếu không thì cửa sổ dòng lệnh",
              "program that asks the person; empty: zenity where there is a desktop, else the terminal")),
    ITEM(PATH, ca_file, .value = "",
         HELP("tệp PEM các chứng thư số gốc của máy chủ cổng; trống: của hệ thống",
              "PEM file with the roots of the pages' servers; empty: the system's")),
    ITEM(INT, file_mb, .value = "64", .min = 1, .max = 1024, .unit = "MiB",
         HELP("tài liệu lớn nhất", "largest document")),
    ITEM(INT, answer_s, .value = "180", .min = 5, .max = 900, .unit = "s",
         HELP("thời gian để trả lời một câu hỏi", "time to answer a question")),
    ITEM(INT, fetch_s, .value = "60", .min = 5, .max = 600, .unit = "s",
         HELP("thời gian tải một tài liệu", "time for one download or upload")),
};
static const struct ky_conf_section section = {
    .name = "agent",
    .items = items,
    .count = KY_COUNT(items),
    .help_vi = "chương trình ký số trên máy cá nhân",
    .help_en = "local signing program",
};

ky_rc agent_conf_load(struct agent_conf *out, struct ky_arena *arena, const char *path)
{
    ky_auto_buf text = ky_buf_init(KY_CONF_TEXT_MAX);
    const struct ky_conf_target target = {&section, out};
    KY_TRY(ky_file_read(&text, path));
    return ky_conf_parse(arena, path, ky_buf_bytes(&text), &target, 1);
}

void agent_conf_sample(struct ky_buf *out)
{
    ky_conf_sample(out, &section);
}
