/* See show.h. */
#include "prog/agent/show.h"

#include "base/hex.h"
#include "base/str.h"
#include "crypto/digest.h"
#include "os/lang.h"
#include "pki/name.h"

#define NAME_TEXT_MAX 2048
#define LINE_CHARS_MAX 2000
#define CONTENT_SHOWN_MAX 65536 /* bytes of a message shown as text */
#define LABEL "kyso statement v1"
#define RESERVED "kyso statement" /* of this label, of lists, and of whatever follows */

/* Names of members of statements, as people call them. */
static const struct {
    const char *member, *vi, *en;
} names[] = {
    {"O", "Cơ quan (O)", "Organisation (O)"},
    {"OU", "Đơn vị (OU)", "Unit (OU)"},
    {"CN", "Tên chứng thư số (CN)", "Common name (CN)"},
    {"C", "Quốc gia (C)", "Country (C)"},
    {"L", "Tỉnh, thành phố (L)", "Place (L)"},
    {"activate", "Kích hoạt tài khoản", "Activate the account"},
    {"activation", "Lần kích hoạt", "Activation"},
    {"actor", "Người thực hiện", "Actor"},
    {"aud", "Nơi thực hiện", "Executed by"},
    {"authority", "Có thẩm quyền ký", "Has authority"},
    {"be", "Khóa có thể sao lưu", "Backup eligible"},
    {"cert", "Chứng thư số (SHA-256)", "Certificate (SHA-256)"},
    {"creation", "Dữ liệu tạo khóa (SHA-256)", "Creation data (SHA-256)"},
    {"credential", "Khóa ký", "Credential"},
    {"device", "Thiết bị", "Device"},
    {"device_key", "Khóa của thiết bị", "Device key"},
    {"digest", "Mã băm SHA-256", "SHA-256"},
    {"document", "Văn bản đã ký (SHA-256)", "Signed document (SHA-256)"},
    {"documents", "Tài liệu", "Documents"},
    {"dossier", "Hồ sơ", "Dossier"},
    {"email", "Thư điện tử công vụ", "Official e-mail"},
    {"exp", "Hết hiệu lực lúc", "Expires"},
    {"finance", "Giao dịch tài chính", "Finance transactions"},
    {"ground", "Căn cứ thu hồi", "Ground for revocation"},
    {"happened", "Xảy ra lúc", "Happened"},
    {"hash_alg", "Thuật toán băm", "Hash algorithm"},
    {"hashes", "Mã băm được ký", "Hashes"},
    {"iat", "Lập lúc", "Made"},
    {"id", "Mã", "Id"},
    {"identity", "Số định danh cá nhân", "Identity number"},
    {"invalidity", "Mất tin cậy từ", "Invalid from"},
    {"key", "Khóa", "Key"},
    {"keys", "Các khóa", "Keys"},
    {"lock", "Lệnh khóa", "Lock"},
    {"n", "Số dùng một lần", "Nonce"},
    {"name", "Tên", "Name"},
    {"not_after", "Hiệu lực đến", "Valid to"},
    {"not_before", "Hiệu lực từ", "Valid from"},
    {"old", "Chứng thư số được thay", "Certificate replaced"},
    {"opaque", "Không hiển thị được nội dung", "Content not shown"},
    {"org", "Cơ quan, tổ chức", "Organisation"},
    {"owner", "Chủ sở hữu", "Owner"},
    {"p", "Tiến trình", "Process"},
    {"passkey", "Khóa truy cập", "Passkey"},
    {"phone", "Điện thoại", "Phone"},
    {"procedure", "Thủ tục", "Procedure"},
    {"profile", "Loại chứng thư số", "Profile"},
    {"realm", "Hệ thống", "Realm"},
    {"reason", "Lý do", "Reason"},
    {"record", "Bản ghi", "Record"},
    {"remove", "Gỡ bỏ", "Remove"},
    {"replaces", "Thay cho bản ghi", "Replaces"},
    {"request", "Đề nghị (SHA-256)", "Request (SHA-256)"},
    {"requester", "Bên yêu cầu", "Requester"},
    {"row", "Dòng số", "Row"},
    {"rows", "Danh sách", "Rows"},
    {"same_key", "Giữ nguyên khóa", "Keeps the key"},
    {"sector", "Ngành", "Sector"},
    {"serial", "Số hiệu chứng thư số", "Serial number"},
    {"serials", "Số hiệu chứng thư số", "Serial numbers"},
    {"sign_alg", "Thuật toán ký", "Signature algorithm"},
    {"size", "Kích thước (byte)", "Size (bytes)"},
    {"subject", "Chủ thể chứng thư số", "Subject"},
    {"text", "Nội dung", "Text"},
    {"title", "Chức vụ", "Title"},
    {"type", "Loại", "Type"},
    {"v", "Phiên bản", "Version"},
};

static const struct {
    ky_statement_type type;
    const char *vi, *en;
} types[] = {
    {KY_ST_SIGN, "KÝ TÀI LIỆU", "SIGN"},
    {KY_ST_REQUEST, "ĐỀ NGHỊ CỦA CƠ QUAN, TỔ CHỨC", "REQUEST OF AN ORGANISATION"},
    {KY_ST_ISSUE, "CẤP CHỨNG THƯ SỐ", "ISSUE CERTIFICATES"},
    {KY_ST_REFUSE, "TỪ CHỐI ĐỀ NGHỊ", "REFUSE A REQUEST"},
    {KY_ST_REVOKE, "THU HỒI CHỨNG THƯ SỐ", "REVOKE CERTIFICATES"},
    {KY_ST_ENROL_DEVICE, "ĐĂNG KÝ THIẾT BỊ", "ENROL A DEVICE"},
    {KY_ST_REMOVE_DEVICE, "GỠ THIẾT BỊ", "REMOVE A DEVICE"},
    {KY_ST_LOCK, "KHÓA QUYỀN KÝ", "LOCK"},
    {KY_ST_UNLOCK, "MỞ KHÓA QUYỀN KÝ", "UNLOCK"},
    {KY_ST_ADMIN, "THAY ĐỔI QUẢN TRỊ HỆ THỐNG", "ADMINISTRATION"},
};

/* Members whose numbers are moments. */
static const char *const moments[] = {"iat", "exp", "not_before", "not_after", "invalidity", "happened"};

void agent_show_line(struct ky_buf *out, const char *label, struct ky_bytes value)
{
    ky_buf_addf(out, "%s: ", label);
    if (ky_text_check(label, value, LINE_CHARS_MAX) == KY_OK)
        ky_buf_add(out, value);
    else
        ky_buf_add_str(out, ky_say("(không hiển thị được)", "(cannot be shown)"));
    ky_buf_add_u8(out, '\n');
}

void agent_show_number(struct ky_buf *out, const char *label, uint64_t value)
{
    ky_buf_addf(out, "%s: %llu\n", label, (unsigned long long)value);
}

static void show_name(struct ky_buf *out, const char *label, struct ky_bytes name)
{
    ky_auto_buf text = ky_buf_init(NAME_TEXT_MAX);
    if (ky_name_text(&text, name) != KY_OK)
        ky_buf_reset(&text);
    agent_show_line(out, label, ky_buf_bytes(&text));
}

void agent_show_head(struct ky_buf *out, const char *what, const char *origin, const struct ky_cert *cert)
{
    char when[KY_TIME_TEXT_MAX];
    agent_show_line(out, ky_say("Việc", "What"), ky_bytes_str(what));
    agent_show_line(out, ky_say("Trang yêu cầu", "Page that asks"), ky_bytes_str(origin));
    if (cert == NULL)
        return;
    show_name(out, ky_say("Chứng thư số", "Certificate"), cert->subject);
    show_name(out, ky_say("Do", "Issued by"), cert->issuer);
    ky_time_text_vn(when, cert->not_after);
    agent_show_line(out, ky_say("Có hiệu lực đến", "Valid to"), ky_bytes_str(when));
}

void agent_show_sha256(struct ky_buf *out, struct ky_bytes content)
{
    uint8_t digest[KY_SHA256_SIZE];
    char hex[2 * KY_SHA256_SIZE + 1] = "";
    if (ky_sha256(digest, content) == KY_OK)
        ky_hex_encode(hex, KY_BYTES_OF(digest));
    agent_show_line(out, "SHA-256", ky_bytes_str(hex));
}

/* ---- statements ---- */

static const char *name_of(const char *member)
{
    for (size_t i = 0; i < KY_COUNT(names); i++)
        if (ky_str_eq(names[i].member, member))
            return ky_say(names[i].vi, names[i].en);
    return member;
}

static bool is_moment(const char *member)
{
    for (size_t i = 0; i < KY_COUNT(moments); i++)
        if (ky_str_eq(moments[i], member))
            return true;
    return false;
}

static void show_scalar(struct ky_buf *out, const char *member, const char *label, const json_t *v)
{
    char when[KY_TIME_TEXT_MAX];
    if (json_is_string(v)) {
        agent_show_line(out, label, ky_json_str(v));
    } else if (json_is_integer(v) && is_moment(member)) {
        ky_time_text_vn(when, json_integer_value(v));
        agent_show_line(out, label, ky_bytes_str(when));
    } else if (json_is_integer(v)) {
        ky_buf_addf(out, "%s: %lld\n", label, (long long)json_integer_value(v));
    } else {
        agent_show_line(out, label,
                        ky_bytes_str(json_is_true(v) ? ky_say("có", "yes") : ky_say("không", "no")));
    }
}

static void indent(struct ky_buf *out, size_t depth)
{
    ky_buf_add_fill(out, ' ', 4 * depth);
}

static void show_value(struct ky_buf *out, const char *member, const json_t *v, size_t depth);

static void show_members(struct ky_buf *out, const json_t *v, size_t depth)
{
    json_t *object = (json_t *)(uintptr_t)v; /* jansson's iterators take no const */
    for (void *i = json_object_iter(object); i != NULL; i = json_object_iter_next(object, i))
        show_value(out, json_object_iter_key(i), json_object_iter_value(i), depth);
}

static void show_items(struct ky_buf *out, const char *member, const json_t *v, size_t depth)
{
    for (size_t i = 0; i < json_array_size(v); i++) {
        const json_t *item = json_array_get(v, i);
        indent(out, depth);
        if (json_is_object(item)) {
            ky_buf_addf(out, "%zu.\n", i + 1);
            show_members(out, item, depth + 1);
        } else {
            show_scalar(out, member, "-", item);
        }
    }
}

static void show_value(struct ky_buf *out, const char *member, const json_t *v, size_t depth)
{
    indent(out, depth);
    if (!json_is_object(v) && !json_is_array(v)) {
        show_scalar(out, member, name_of(member), v);
        return;
    }
    ky_buf_addf(out, "%s:\n", name_of(member));
    if (json_is_object(v))
        show_members(out, v, depth + 1);
    else
        show_items(out, member, v, depth + 1);
}

void agent_show_statement(struct ky_buf *out, const struct ky_statement *st)
{
    char hex[2 * KY_HASH_SIZE + 1];
    for (size_t i = 0; i < KY_COUNT(types); i++)
        if (types[i].type == st->type)
            ky_buf_addf(out, "\n%s\n", ky_say(types[i].vi, types[i].en));
    show_members(out, st->json, 0);
    ky_hex_encode(hex, KY_BYTES_OF(st->hash));
    agent_show_line(out, ky_say("Mã băm của tuyên bố", "Hash of the statement"), ky_bytes_str(hex));
}

/* Lines of text, as ky_text_check wants each of them. */
static bool is_text(struct ky_bytes content)
{
    if (content.n > CONTENT_SHOWN_MAX)
        return false;
    for (size_t at = 0; at < content.n;) {
        const uint8_t *end = memchr(content.p + at, '\n', content.n - at);
        const size_t n = end == NULL ? content.n - at : (size_t)(end - (content.p + at));
        if (n > 0 && ky_text_check("text", KY_BYTES(content.p + at, n), LINE_CHARS_MAX) != KY_OK)
            return false;
        at += n + 1;
    }
    return true;
}

void agent_show_content(struct ky_buf *out, struct ky_bytes content)
{
    agent_show_number(out, ky_say("Kích thước (byte)", "Size (bytes)"), content.n);
    agent_show_sha256(out, content);
    if (!is_text(content)) {
        ky_buf_add_str(out, ky_say("\nNỘI DUNG KHÔNG PHẢI LÀ CHỮ: không hiển thị được.\n",
                                   "\nTHE CONTENT IS NOT TEXT: it cannot be shown.\n"));
        return;
    }
    ky_buf_add_str(out, ky_say("\nNội dung:\n", "\nContent:\n"));
    ky_buf_add(out, content);
    ky_buf_add_u8(out, '\n');
}

ky_rc agent_statement_find(struct ky_statement *st, bool *found, struct ky_bytes content)
{
    const struct ky_bytes label = KY_LABEL(LABEL);
    *found = content.n >= sizeof RESERVED - 1 && memcmp(content.p, RESERVED, sizeof RESERVED - 1) == 0;
    if (!*found)
        return KY_OK;
    if (content.n < label.n || memcmp(content.p, label.p, label.n) != 0)
        return ky_fail(KY_EDENIED, "%s",
                       ky_say("nội dung giống một tuyên bố của kyso nhưng sai nhãn: không ký",
                              "the content looks like a statement under a wrong label: not signed"));
    if (ky_statement_parse(st, KY_BYTES(content.p + label.n, content.n - label.n)) != KY_OK)
        return ky_context(ky_fail(KY_EDENIED, "%s", ky_error()), "%s",
                          ky_say("tuyên bố không đúng dạng, không ký", "malformed statement, not signed"));
    return KY_OK;
}
