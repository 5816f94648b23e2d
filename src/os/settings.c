/* The tables of etc/kyso.conf, and which process may know which section. */
#include "os/settings.h"

#include "base/str.h"

#define ITEM(type_, struct_, member, ...)                                                                    \
    {                                                                                                        \
        .name = #member, .type = KY_CONF_##type_, .offset = offsetof(struct ky_settings_##struct_, member),  \
        __VA_ARGS__                                                                                          \
    }
#define HELP(vi, en) .help_vi = (vi), .help_en = (en)

#define PROGRAM_AND_USER(struct_)                                                                            \
    ITEM(PATH, struct_, program, .value = "",                                                                \
         HELP("chương trình; trống: nằm cạnh kysod", "program; empty: next to kysod")),                      \
        ITEM(TEXT, struct_, user, .value = "",                                                               \
             HELP("người dùng (tên hoặc số) khi kysod do root chạy; trống: giữ nguyên",                      \
                  "user (name or number) when kysod is started as root; empty: no change"))

static const struct ky_conf_item kyso_items[] = {
    ITEM(PATH, kyso, state_dir, HELP("thư mục trạng thái", "state folder")),
    ITEM(PATH, kyso, pid_file, .value = "", HELP("tệp ghi số tiến trình", "file for the process number")),
    ITEM(PATH, kyso, status_file, .value = "",
         HELP("tệp liệt kê các tiến trình; trống: STATE_DIR/kysod.status",
              "file that lists the processes; empty: STATE_DIR/kysod.status")),
    ITEM(INT, kyso, start_timeout_s, .value = "60", .min = 1, .max = 600, .unit = "s",
         HELP("thời hạn để một tiến trình sẵn sàng", "time for one process to become ready")),
    ITEM(INT, kyso, stop_timeout_s, .value = "10", .min = 1, .max = 600, .unit = "s",
         HELP("thời hạn để một tiến trình dừng", "time for one process to stop")),
};

static const struct ky_conf_item store_items[] = {
    ITEM(PATH, store, path, .value = "",
         HELP("tệp SQLite; trống: STATE_DIR/store/kyso.db", "SQLite file; empty: STATE_DIR/store/kyso.db")),
};

static ky_rc check_env(const char *value)
{
    const char *equals = strchr(value, '=');
    if (value[0] == 0 || (equals != NULL && equals != value))
        return KY_OK;
    return ky_fail(KY_EFORMAT, "\"%s\" is not NAME=VALUE", value);
}

#define SOFTHSM "/usr/lib/softhsm/libsofthsm2.so"
#define KEY_ITEMS(token_label)                                                                               \
    PROGRAM_AND_USER(key),                                                                                   \
        ITEM(INT, key, workers, .value = "2", .min = 1, .max = 64, .unit = "processes",                      \
             HELP("số tiến trình làm việc", "worker processes")),                                            \
        ITEM(PATH, key, module, .value = SOFTHSM,                                                            \
             HELP("thư viện PKCS#11 của HSM", "PKCS#11 library of the HSM")),                                \
        ITEM(TEXT, key, module_env, .value = "", .check = check_env,                                         \
             HELP("biến môi trường cho thư viện đó, NAME=VALUE",                                             \
                  "environment for that library, NAME=VALUE")),                                              \
        ITEM(TEXT, key, token, .value = token_label, .min = 1, .max = 32, .unit = "bytes",                   \
             HELP("nhãn token", "label of the token")),                                                      \
        ITEM(PATH, key, pin_file, .value = "",                                                               \
             HELP("tệp chứa PIN, quyền 0600 hoặc 0400; trống: STATE_DIR/(sam|ca)/pin",                       \
                  "file with the PIN, mode 0600 or 0400; empty: STATE_DIR/(sam|ca)/pin"))

static const struct ky_conf_item sam_items[] = {KEY_ITEMS("kyso-sam")};
static const struct ky_conf_item ca_items[] = {
    KEY_ITEMS("kyso-ca"),
    ITEM(INT, key, ocsp_minutes, .value = "10", .min = 1, .max = 1440, .unit = "minutes",
         HELP("một câu trả lời OCSP có giá trị bao lâu", "how long an OCSP answer counts")),
    ITEM(INT, key, crl_hours, .value = "24", .min = 1, .max = 168, .unit = "hours",
         HELP("một danh sách thu hồi có giá trị bao lâu", "how long a CRL counts")),
    ITEM(INT, key, overdue_hours, .value = "10", .min = 0, .max = 12, .unit = "hours",
         HELP("yêu cầu thu hồi chưa được trả lời sau bấy lâu thì tự động thu hồi; 0: không bao giờ",
              "a request for revocation left unanswered so long is executed; 0: never")),
    ITEM(INT, key, tsa_accuracy_ms, .value = "1000", .min = 1, .max = 1000, .unit = "ms",
         HELP("độ chính xác của đồng hồ, ghi trong dấu thời gian",
              "accuracy of the clock, said in time stamps")),
};

static const struct ky_conf_item web_items[] = {
    PROGRAM_AND_USER(web),
    ITEM(TEXT, web, address, .value = "0.0.0.0", HELP("địa chỉ lắng nghe", "address to listen on")),
    ITEM(INT, web, https_port, .value = "8443", .min = 1, .max = 65535, HELP("cổng HTTPS", "HTTPS port")),
    ITEM(INT, web, http_port, .value = "8080", .min = 1, .max = 65535,
         HELP("cổng HTTP cho CRL, OCSP, chứng thư số, dấu thời gian",
              "HTTP port for CRL, OCSP, certificates and time stamps")),
    ITEM(INT, web, login_port, .value = "8445", .min = 0, .max = 65535,
         HELP("cổng đăng nhập bằng chứng thư số, nơi duy nhất hỏi chứng thư; 0: không có",
              "port for log-in with a certificate, the only one that asks for one; 0: none")),
    ITEM(TEXT, web, origin, .value = "https://localhost:8443",
         HELP("địa chỉ gốc của cổng thông tin như trình duyệt thấy",
              "origin of the portal as browsers see it")),
    ITEM(PATH, web, token_cas, .value = "",
         HELP("CA của thiết bị ký được chấp nhận khi đăng nhập (PEM), thêm vào bản ghi sáng lập",
              "CAs of tokens accepted at log-in (PEM), beside those of the founding record")),
    ITEM(PATH, web, token_crls, .value = "",
         HELP("thư mục danh sách thu hồi của các CA đó, (keyIdentifier).crl; trống: STATE_DIR/web/token-crls",
              "folder of their revocation lists, (keyIdentifier).crl; empty: STATE_DIR/web/token-crls")),
    ITEM(INT, web, session_idle_minutes, .value = "15", .min = 1, .max = 1440, .unit = "minutes",
         HELP("phiên làm việc kết thúc sau bao lâu không dùng", "a session ends when unused so long")),
    ITEM(INT, web, session_hours, .value = "8", .min = 1, .max = 24, .unit = "hours",
         HELP("phiên làm việc dài nhất", "the longest session")),
    ITEM(PATH, web, tls_cert, .value = "",
         HELP("chứng thư số TLS (PEM); trống: STATE_DIR/web/tls.crt",
              "TLS certificate (PEM); empty: STATE_DIR/web/tls.crt")),
    ITEM(PATH, web, tls_key, .value = "",
         HELP("khóa TLS (PEM); trống: STATE_DIR/web/tls.key", "TLS key (PEM); empty: STATE_DIR/web/tls.key")),
    ITEM(INT, web, threads, .value = "8", .min = 1, .max = 256, HELP("số luồng", "threads")),
    ITEM(INT, web, connections, .value = "4000", .min = 16, .max = 100000,
         HELP("số kết nối cùng lúc, mỗi cổng; cần chừng ba lần số này tệp mở (ulimit -Hn)",
              "connections at once, each port; needs some three times as many open files (ulimit -Hn)")),
    ITEM(
        INT, web, connections_per_address, .value = "500", .min = 0, .max = 100000,
        HELP("trong đó từ một địa chỉ; 0: không giới hạn, chỉ khi đứng sau bộ cân bằng tải có giới hạn riêng",
             "of these from one address; 0: no limit, only behind a load balancer that limits clients "
             "itself")),
    ITEM(INT, web, idle_s, .value = "30", .min = 1, .max = 600, .unit = "s",
         HELP("kết nối im lặng bao lâu thì bị đóng", "a connection that is silent so long is closed")),
    ITEM(PATH, web, pages, .value = "",
         HELP("thư mục trang tĩnh hiện tại địa chỉ gốc; trống: không có",
              "folder of static pages shown at the root; empty: none")),
    ITEM(PATH, web, portal, .value = "",
         HELP("thư mục cổng thông tin đã dựng (index.html, assets); trống: không có",
              "folder of the portal as built (index.html, assets); empty: none")),
    ITEM(PATH, web, legal, .value = "",
         HELP("thư mục bộ quy định pháp lý (JSON); trống: kèm theo chương trình",
              "folder of legal profiles (JSON); empty: those that came with the program")),
    ITEM(PATH, web, templates, .value = "",
         HELP("thư mục mẫu thông báo; trống: kèm theo chương trình",
              "folder of notice templates; empty: those that came with the program")),
};

static ky_rc check_driver(const char *value)
{
    if (ky_str_eq(value, "outbox") || ky_str_eq(value, "smtp"))
        return KY_OK;
    return ky_fail(KY_EFORMAT, "\"%s\" is neither outbox nor smtp", value);
}

static ky_rc check_sms_driver(const char *value)
{
    if (ky_str_eq(value, "outbox") || ky_str_eq(value, "kannel"))
        return KY_OK;
    return ky_fail(KY_EFORMAT, "\"%s\" is neither outbox nor kannel", value);
}

static const struct ky_conf_item courier_items[] = {
    PROGRAM_AND_USER(courier),
    ITEM(TEXT, courier, driver, .value = "outbox", .check = check_driver,
         HELP("cách gửi: outbox (ghi vào thư mục) hoặc smtp", "how to send: outbox (into a folder) or smtp")),
    ITEM(PATH, courier, outbox_dir, .value = "",
         HELP("thư mục của outbox; trống: STATE_DIR/courier/outbox",
              "folder of outbox; empty: STATE_DIR/courier/outbox")),
    ITEM(TEXT, courier, smtp_url, .value = "",
         HELP("máy chủ thư, smtps://host:465", "mail server, smtps://host:465")),
    ITEM(TEXT, courier, smtp_user, .value = "", HELP("tài khoản thư", "mail account")),
    ITEM(PATH, courier, smtp_password_file, .value = "",
         HELP("tệp chứa mật khẩu thư, quyền 0600 hoặc 0400",
              "file with the mail password, mode 0600 or 0400")),
    ITEM(TEXT, courier, smtp_from, .value = "kyso@localhost", HELP("địa chỉ gửi", "sender's address")),
    ITEM(PATH, courier, bounces, .value = "",
         HELP("hộp thư maildir nhận thư trả lại gửi đến bounce+…@ miền của smtp_from; trống: không",
              "maildir that mail to bounce+…@ the domain of smtp_from is delivered to; empty: none")),
    ITEM(TEXT, courier, sms_driver, .value = "outbox", .check = check_sms_driver,
         HELP("cách gửi tin nhắn: outbox (ghi vào thư mục) hoặc kannel",
              "how to send SMS: outbox (into a folder) or kannel")),
    ITEM(TEXT, courier, kannel_url, .value = "",
         HELP("dịch vụ sendsms của Kannel, http://host:13013/cgi-bin/sendsms",
              "Kannel's sendsms service, http://host:13013/cgi-bin/sendsms")),
    ITEM(TEXT, courier, kannel_user, .value = "", HELP("tài khoản sendsms-user", "account of sendsms-user")),
    ITEM(PATH, courier, kannel_password_file, .value = "",
         HELP("tệp chứa mật khẩu Kannel, quyền 0600 hoặc 0400",
              "file with Kannel's password, mode 0600 or 0400")),
    ITEM(TEXT, courier, kannel_from, .value = "",
         HELP("tên hoặc số gửi; trống: theo Kannel", "sender's name or number; empty: as Kannel says")),
    ITEM(INT, courier, kannel_dlr_mask, .value = "0", .min = 0, .max = 31,
         HELP("báo cáo gửi nhận (dlr-mask); 0: không", "delivery reports (dlr-mask); 0: none")),
    ITEM(TEXT, courier, kannel_dlr_url, .value = "",
         HELP("nơi Kannel gửi báo cáo đến (dlr-url); {id} là mã tin",
              "where Kannel sends them (dlr-url); {id} is the message's id")),
    ITEM(PATH, courier, templates, .value = "",
         HELP("thư mục mẫu thư và tin nhắn; trống: kèm theo chương trình",
              "folder of the templates of mails and SMS; empty: those that came with the program")),
    ITEM(PATH, courier, legal, .value = "",
         HELP("thư mục bộ quy định pháp lý (JSON); trống: kèm theo chương trình",
              "folder of legal profiles (JSON); empty: those that came with the program")),
};

static bool is_email(const char *value, size_t n)
{
    const char *at = memchr(value, '@', n);
    size_t plain = strcspn(value, " <>;");
    return at != NULL && at != value && at + 1 < value + n && plain >= n;
}

static bool is_phone(const char *value, size_t n)
{
    size_t digits = value[0] == '+' ? strspn(value + 1, "0123456789") : 0;
    return digits >= 8 && digits <= 15 && 1 + digits == n;
}

/* Items with commas between; none at all is fine. */
static ky_rc check_list(const char *value, bool (*is_item)(const char *value, size_t n), const char *what)
{
    for (const char *p = value; *value != 0; p += strcspn(p, ",") + 1) {
        size_t n = strcspn(p, ",");
        if (!is_item(p, n))
            return ky_fail(KY_EFORMAT, "\"%.*s\" is no %s", (int)n, p, what);
        if (p[n] == 0)
            return KY_OK;
    }
    return KY_OK;
}

static ky_rc check_emails(const char *value)
{
    return check_list(value, is_email, "e-mail address");
}

static ky_rc check_phones(const char *value)
{
    return check_list(value, is_phone, "telephone number of the form +84912345678");
}

static const struct ky_conf_item clocks_items[] = {
    ITEM(INT, clocks, warn_first, .value = "50", .min = 1, .max = 99, .unit = "%",
         HELP("nhắc lần đầu khi đã dùng bao nhiêu phần thời hạn", "share of a limit at the first warning")),
    ITEM(INT, clocks, warn_second, .value = "80", .min = 1, .max = 99, .unit = "%",
         HELP("nhắc lần hai khi đã dùng bao nhiêu phần thời hạn", "share of a limit at the second warning")),
    ITEM(INT, clocks, addition_days, .value = "10", .min = 1, .max = 250, .unit = "working days",
         HELP("thời hạn đơn vị bổ sung hồ sơ; quá thời hạn hồ sơ khép lại",
              "time for an organisation's addition; after it the dossier lapses")),
    ITEM(INT, clocks, addition_notice_days, .value = "3", .min = 0, .max = 250, .unit = "working days",
         HELP("nhắc đơn vị trước khi hết hạn bổ sung; 0: không nhắc",
              "reminder before that time ends; 0: none")),
    ITEM(TEXT, clocks, oncall_email, .value = "", .check = check_emails,
         HELP("thư điện tử người trực, cách nhau bằng dấu phẩy: báo yêu cầu thu hồi ngoài giờ, quá hạn; "
              "trống: không",
              "mail addresses on call, with commas: told of revocations out of hours and overdue; empty: "
              "none")),
    ITEM(
        TEXT, clocks, oncall_phone, .value = "", .check = check_phones,
        HELP("điện thoại người trực, cách nhau bằng dấu phẩy: nhận tin nhắn ngoài giờ, quá hạn; trống: không",
             "telephones on call, with commas: get SMS out of hours and overdue; empty: none")),
};

static const struct ky_conf_item parse_items[] = {
    PROGRAM_AND_USER(parse),
    ITEM(INT, parse, processes, .value = "8", .min = 1, .max = 64,
         HELP("nhiều nhất cùng lúc", "most at once")),
    ITEM(INT, parse, memory_mb, .value = "1024", .min = 64, .max = 65536, .unit = "MB",
         HELP("bộ nhớ của mỗi tiến trình", "memory of each process")),
    ITEM(INT, parse, cpu_s, .value = "20", .min = 1, .max = 600, .unit = "s",
         HELP("thời gian CPU của mỗi tiến trình", "CPU time of each process")),
};

#define SECTION(name_, vi, en) [SECTION_##name_] = {#name_, name_##_items, KY_COUNT(name_##_items), vi, en}
enum {
    SECTION_kyso,
    SECTION_store,
    SECTION_sam,
    SECTION_ca,
    SECTION_web,
    SECTION_courier,
    SECTION_clocks,
    SECTION_parse,
    SECTIONS
};
static const struct ky_conf_section sections[SECTIONS] = {
    SECTION(kyso, "toàn hệ thống", "the whole service"),
    SECTION(store, "cơ sở dữ liệu", "database"),
    SECTION(sam, "khóa của thuê bao", "subscribers' keys"),
    SECTION(ca, "khóa của cơ quan chứng thực", "the authority's keys"),
    SECTION(web, "giao diện mạng", "network side"),
    SECTION(courier, "thư điện tử và tin nhắn", "mail and text messages"),
    SECTION(clocks, "thời hạn giải quyết hồ sơ", "time limits of dossiers"),
    SECTION(parse, "đọc tệp không tin cậy", "reading untrusted files"),
};

static const size_t offsets[SECTIONS] = {
    [SECTION_kyso] = offsetof(struct ky_settings, kyso),
    [SECTION_store] = offsetof(struct ky_settings, store),
    [SECTION_sam] = offsetof(struct ky_settings, sam),
    [SECTION_ca] = offsetof(struct ky_settings, ca),
    [SECTION_web] = offsetof(struct ky_settings, web),
    [SECTION_courier] = offsetof(struct ky_settings, courier),
    [SECTION_clocks] = offsetof(struct ky_settings, clocks),
    [SECTION_parse] = offsetof(struct ky_settings, parse),
};

static const char *const role_sections[KY_ROLE_COUNT][SECTIONS + 1] = {
    [KY_ROLE_SUPERVISOR] = {"kyso", "store", "sam", "ca", "web", "courier", "clocks", "parse"},
    [KY_ROLE_SAM_KEEPER] = {"kyso", "sam"},
    [KY_ROLE_SAM_WORKER] = {"kyso", "sam"},
    [KY_ROLE_CA_KEEPER] = {"kyso", "ca"},
    [KY_ROLE_CA_WORKER] = {"kyso", "ca"},
    [KY_ROLE_COURIER] = {"kyso", "store", "courier", "clocks"},
    [KY_ROLE_WEB] = {"kyso", "store", "web", "clocks"},
    [KY_ROLE_PARSE] = {"parse"},
};

const char *const *ky_settings_sections(ky_role role)
{
    return role_sections[role];
}

static const struct ky_conf_section *find_section(const char *name, size_t *offset)
{
    size_t i = 0;
    while (!ky_str_eq(sections[i].name, name))
        i++; /* ends: role_sections names only these */
    *offset = offsets[i];
    return &sections[i];
}

ky_rc ky_settings_load(struct ky_settings *out, struct ky_arena *arena, ky_role role, const char *origin,
                       struct ky_bytes text)
{
    struct ky_conf_target targets[SECTIONS];
    size_t count = 0;
    *out = (struct ky_settings){0};
    for (const char *const *name = role_sections[role]; *name != NULL; name++, count++) {
        size_t offset;
        targets[count].section = find_section(*name, &offset);
        targets[count].values = (char *)out + offset;
    }
    return ky_conf_parse(arena, origin, text, targets, count);
}

void ky_settings_sample(struct ky_buf *out)
{
    for (size_t i = 0; i < SECTIONS; i++)
        ky_conf_sample(out, &sections[i]);
}
