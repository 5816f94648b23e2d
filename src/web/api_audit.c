/*
 * The registry logs of sam and ca, out of the copy that the keepers send here. What can be told without their keys is
 * told: numbers, form, order. The MACs, and the audit files, which this process may not read, are for `kyso audit verify`
 * and for the keepers themselves at every start.
 */
#include "base/str.h"
#include "domain/reglog.h"
#include "store/logcopy.h"
#include "web/api_certificate.h"
#include "web/body.h"
#include "web/handlers.h"

struct audit_call {
    struct ky_exchange *x;
    ky_process process;
    uint64_t before;
    int64_t limit, highest;
    struct ky_db_log_entry *list;
    size_t n;
    uint64_t broken_at; /* the entry that does not fit its place; 0: none of this page */
};

static const struct {
    const char *name, *vi;
} kinds[KY_LOG_KIND_LAST + 1] = {
    [KY_LOGGED_BOOT] = {"boot", "Khởi động"},
    [KY_LOGGED_DEAD] = {"dead", "Chấm dứt bản ghi"},
    [KY_LOGGED_VERSION] = {"version", "Phiên bản có hiệu lực"},
    [KY_LOGGED_SPENT] = {"spent", "Đã sử dụng, không dùng lại"},
    [KY_LOGGED_CODE] = {"code", "Gửi mã kích hoạt"},
    [KY_LOGGED_ATTEMPT] = {"attempt", "Nhập sai mã kích hoạt"},
    [KY_LOGGED_LOCKED] = {"locked", "Khóa tài khoản ký"},
    [KY_LOGGED_UNLOCKED] = {"unlocked", "Mở khóa tài khoản ký"},
    [KY_LOGGED_ISSUED] = {"issued", "Cấp chứng thư số"},
    [KY_LOGGED_REVOKED] = {"revoked", "Thu hồi chứng thư số"},
    [KY_LOGGED_CRL] = {"crl", "Ký danh sách thu hồi"},
    [KY_LOGGED_LETTER] = {"letter", "Lập thư"},
    [KY_LOGGED_DONE] = {"done", "Kết quả đã được nhận"},
    [KY_LOGGED_RECEIVED] = {"received", "Nhận yêu cầu thu hồi"},
    [KY_LOGGED_OVERDUE] = {"overdue", "Tự động thu hồi do quá hạn"},
};

static ky_rc read_question(struct audit_call *c)
{
    static const char *const processes[] = {"sam", "ca"};
    const char *process, *after = ky_exchange_arg(c->x, "after");
    uint64_t limit = KY_PAGE_DEFAULT;
    const char *text = ky_exchange_arg(c->x, "limit");
    KY_TRY(ky_query_word(&process, c->x, "process", processes, KY_COUNT(processes)));
    if (process == NULL)
        return ky_fail(KY_EINVAL, "process: sam or ca");
    c->process = ky_str_eq(process, "sam") ? KY_PROCESS_SAM : KY_PROCESS_CA;
    c->before = INT64_MAX;
    if (after != NULL)
        KY_TRY(ky_context(ky_parse_u64(&c->before, ky_bytes_str(after), INT64_MAX), "after"));
    if (text != NULL)
        KY_TRY(ky_context(ky_parse_u64(&limit, ky_bytes_str(text), KY_PAGE_ROWS_MAX), "limit"));
    c->limit = (int64_t)limit;
    return limit > 0 ? KY_OK : ky_fail(KY_EINVAL, "limit: 1 to %d", KY_PAGE_ROWS_MAX);
}

static ky_rc load(struct ky_store *s, void *ctx)
{
    struct audit_call *c = ctx;
    KY_TRY(ky_db_log_highest(&c->highest, s, c->process));
    return ky_db_log_list(&c->list, &c->n, &c->x->arena, s, c->process, (int64_t)c->before, c->limit);
}

/* Every entry has the number it stands under, numbers have no gaps, and times do not run backwards. */
static bool fits(const struct ky_db_log_entry *row, const struct ky_log_entry *e,
                 const struct ky_log_entry *newer)
{
    return e->sequence == (uint64_t)row->sequence &&
           (newer == NULL || (e->sequence + 1 == newer->sequence && e->time <= newer->time));
}

static void put_entry(struct ky_json_out *o, const struct ky_log_entry *e)
{
    ky_json_open_object(o, NULL);
    ky_json_put_int(o, "sequence", (int64_t)e->sequence);
    ky_json_put_int(o, "at", e->time);
    ky_json_put_cstr(o, "kind", kinds[e->kind].name);
    ky_json_put_cstr(o, "kind_vi", kinds[e->kind].vi);
    ky_json_put_int(o, "node", e->node);
    ky_json_put_hex(o, "id", KY_BYTES_OF(e->id));
    ky_json_put_int(o, "version", e->version);
    ky_json_put_hex(o, "hash", KY_BYTES_OF(e->hash));
    if (e->not_after != KY_TIME_NEVER)
        ky_json_put_int(o, "not_after", e->not_after);
    ky_json_put_hex(o, "mac", KY_BYTES_OF(e->mac));
    ky_json_close_object(o);
}

static void put_entries(struct ky_json_out *o, struct audit_call *c)
{
    struct ky_log_entry pair[2], *newer = NULL;
    ky_json_open_array(o, "entries");
    for (size_t i = 0; i < c->n; i++) {
        struct ky_log_entry *e = &pair[i % 2];
        bool read =
            c->list[i].entry.n == KY_LOG_ENTRY_SIZE && ky_log_entry_decode(e, c->list[i].entry.p) == KY_OK;
        if (!read || !fits(&c->list[i], e, newer))
            c->broken_at = (uint64_t)c->list[i].sequence;
        newer = read ? e : NULL;
        if (read)
            put_entry(o, e);
    }
    ky_json_close_array(o);
}

static void put_check(struct ky_json_out *o, const struct audit_call *c)
{
    ky_json_open_object(o, "check");
    ky_json_put_bool(o, "whole", c->broken_at == 0);
    if (c->broken_at != 0)
        ky_json_put_int(o, "broken_at", (int64_t)c->broken_at);
    ky_json_put_cstr(
        o, "vi",
        c->broken_at == 0
            ? "Các bản ghi trên trang này liên tục, đúng thứ tự. Mã xác thực (HMAC) do thiết bị HSM "
              "kiểm tra khi khởi động; kiểm tra đầy đủ bằng lệnh kyso audit verify."
            : "Có bản ghi không khớp vị trí của nó: đề nghị kiểm tra ngay bằng lệnh kyso audit verify.");
    ky_json_close_object(o);
}

ky_rc ky_handle_audit(struct ky_web *w, struct ky_exchange *x)
{
    struct audit_call c = {.x = x};
    if (!x->actor.department)
        return ky_why_deny(&x->why, x->actor.name, "nhật ký của hệ thống chỉ dành cho kiểm toán viên của Cục",
                           "the logs are of everything, and for auditors of the department");
    KY_TRY(read_question(&c));
    KY_TRY(ky_db_read(w->db, load, &c));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_put_cstr(o, "process", ky_process_name(c.process));
    ky_json_put_int(o, "highest", c.highest);
    put_entries(o, &c);
    put_check(o, &c);
    if (c.n == (size_t)c.limit && c.list[c.n - 1].sequence > 1)
        ky_json_put_int(o, "next", c.list[c.n - 1].sequence);
    return ky_answer_end(x);
}
