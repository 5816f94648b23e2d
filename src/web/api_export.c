/* Lists of certificates and dossiers as tables for spreadsheet programs: the same questions, the same branch. */
#include <stdio.h>

#include "base/str.h"
#include "web/api_certificate.h"
#include "web/dossier_list.h"
#include "web/execute.h"
#include "web/export.h"
#include "web/handlers.h"

#define PAGE_MEMORY ((size_t)32 << 20) /* 200 rows with their certificates */
#define NUMBER_TEXT 24

struct exporting {
    struct ky_web *w;
    struct ky_exchange *x;
    struct ky_registration reg;
    struct ky_export table;
    struct ky_inventory_query certs;
    struct ky_dossier_query dossiers;
    struct ky_page page;
    struct ky_arena arena; /* of one page */
    size_t n;              /* rows of it */
};

/* Day and time in Vietnam, in the page's arena; "" for 0. */
static const char *moment(struct exporting *e, int64_t at)
{
    char text[KY_TIME_TEXT_MAX];
    if (at == 0)
        return "";
    ky_time_text_vn(text, at);
    return ky_arena_strdup(&e->arena, text);
}

static const char *number(struct exporting *e, int64_t n)
{
    return ky_arena_printf(&e->arena, "%lld", (long long)n);
}

static void go_on(struct exporting *e, int64_t after, const char *id)
{
    e->page.before = after;
    snprintf(e->page.before_id, sizeof e->page.before_id, "%s", id);
}

/* ---- certificates ---- */

static const struct ky_sheet_column cert_columns[] = {
    {.heading = "Số chứng thư", .width = 36},     {.heading = "Họ và tên", .width = 28},
    {.heading = "Chức vụ", .width = 20},          {.heading = "Bộ phận", .width = 20},
    {.heading = "Cơ quan, tổ chức", .width = 40}, {.heading = "Thư điện tử", .width = 30},
    {.heading = "Hiệu lực từ", .width = 22},      {.heading = "Hiệu lực đến", .width = 22},
    {.heading = "Trạng thái", .width = 14},       {.heading = "Số ngày còn lại", .width = 10},
    {.heading = "Lý do thu hồi", .width = 28},    {.heading = "Thu hồi lúc", .width = 22},
    {.heading = "Loại khóa", .width = 10},        {.heading = "Thư kích hoạt", .width = 18},
    {.heading = "Kích hoạt", .width = 24},
};

static const char *state_vi(const char *state)
{
    return ky_str_eq(state, "good")      ? "Đang hiệu lực"
           : ky_str_eq(state, "revoked") ? "Đã thu hồi"
                                         : "Hết hạn";
}

static ky_rc write_cert(struct exporting *e, const struct ky_holding *h)
{
    const struct ky_db_listed_cert *c = h->cert;
    const char *const cells[KY_COUNT(cert_columns)] = {
        c->serial,
        h->name,
        h->title,
        h->unit,
        h->org_name,
        h->email,
        moment(e, c->not_before),
        moment(e, c->not_after),
        state_vi(h->state),
        number(e, h->days_left),
        h->reason_vi,
        h->reason_vi == NULL ? "" : moment(e, c->revoked_at),
        h->key_type,
        h->letter_vi,
        h->activation_vi,
    };
    return ky_export_row(&e->table, cells);
}

static ky_rc write_certs(struct ky_store *s, void *ctx)
{
    struct exporting *e = ctx;
    struct ky_holding held;
    struct ky_db_listed_cert *list = NULL;
    KY_TRY(ky_db_inventory_list(&list, &e->n, &e->arena, s, &e->reg.scope, &e->certs, &e->page));
    for (size_t i = 0; i < e->n; i++) {
        KY_TRY(ky_holding_open(&held, &e->arena, s, &e->reg, &list[i], e->x->now));
        KY_TRY(write_cert(e, &held));
    }
    if (e->n > 0)
        go_on(e, ky_db_inventory_number(&list[e->n - 1], e->certs.order), list[e->n - 1].serial);
    return KY_OK;
}

/* ---- dossiers ---- */

static const struct ky_sheet_column dossier_columns[] = {
    {.heading = "Mã hồ sơ", .width = 18},        {.heading = "Thủ tục", .width = 20},
    {.heading = "Trạng thái", .width = 24},      {.heading = "Cơ quan, tổ chức", .width = 40},
    {.heading = "Số văn bản", .width = 18},      {.heading = "Ngày văn bản", .width = 22},
    {.heading = "Người tiếp nhận", .width = 28}, {.heading = "Lập lúc", .width = 22},
    {.heading = "Gửi lúc", .width = 22},         {.heading = "Tiếp nhận lúc", .width = 22},
    {.heading = "Hạn trả kết quả", .width = 22}, {.heading = "Quá hạn", .width = 10},
    {.heading = "Cập nhật lúc", .width = 22},    {.heading = "Ghi chú", .width = 40},
};

static const char *procedure_vi(const struct exporting *e, const struct ky_db_dossier *d)
{
    const struct ky_legal *legal;
    const struct ky_legal_procedure *procedure;
    if (ky_legal_get(&legal, &e->w->legal, d->legal) != KY_OK ||
        ky_legal_procedure_get(&procedure, legal, d->procedure) != KY_OK)
        return d->procedure;
    return procedure->vi;
}

static ky_rc write_dossier(struct exporting *e, struct ky_store *s, const struct ky_db_dossier *d)
{
    struct ky_db_org org;
    const struct ky_state_info *state = ky_dossier_state_find(d->state);
    KY_TRY(ky_db_org_get(&org, &e->arena, s, &e->reg.scope, d->org_id));
    const char *const cells[KY_COUNT(dossier_columns)] = {
        d->code,
        procedure_vi(e, d),
        state == NULL ? d->state : state->vi,
        org.name,
        d->document_number,
        moment(e, d->document_date),
        d->recipient_name,
        moment(e, d->created_at),
        moment(e, d->sent_at),
        moment(e, d->received_at),
        moment(e, d->due_at),
        d->stage == 3 ? "Quá hạn" : "",
        moment(e, d->updated_at),
        d->note,
    };
    return ky_export_row(&e->table, cells);
}

static ky_rc write_dossiers(struct ky_store *s, void *ctx)
{
    struct exporting *e = ctx;
    struct ky_db_dossier *list = NULL;
    KY_TRY(ky_dossier_query_list(&list, &e->n, &e->arena, s, &e->dossiers, &e->page));
    for (size_t i = 0; i < e->n; i++)
        KY_TRY(write_dossier(e, s, &list[i]));
    if (e->n > 0)
        go_on(e, ky_dossier_query_number(&e->dossiers, &list[e->n - 1]), list[e->n - 1].id);
    return KY_OK;
}

/* ---- both ---- */

static ky_rc read_certs(struct exporting *e)
{
    return ky_certificate_query(&e->certs, e->w, e->x, &e->reg.scope);
}

static ky_rc read_dossiers(struct exporting *e)
{
    return ky_dossier_query_read(&e->dossiers, e->w, e->x, &e->reg.scope);
}

static const struct kind {
    const char *address;
    ky_export_form form;
    const char *sheet, *file;
    const struct ky_sheet_column *columns;
    size_t column_count;
    const char *foreign; /* argument of the other table: asked for here it is a mistake */
    ky_rc (*read)(struct exporting *e);
    ky_store_fn write; /* a page */
} kinds[] = {
    {"certificates.csv", KY_EXPORT_CSV, "Chứng thư số", "chung-thu-so", cert_columns, KY_COUNT(cert_columns),
     "procedure", read_certs, write_certs},
    {"certificates.xlsx", KY_EXPORT_XLSX, "Chứng thư số", "chung-thu-so", cert_columns,
     KY_COUNT(cert_columns), "procedure", read_certs, write_certs},
    {"dossiers.csv", KY_EXPORT_CSV, "Hồ sơ", "ho-so", dossier_columns, KY_COUNT(dossier_columns),
     "expires_before", read_dossiers, write_dossiers},
    {"dossiers.xlsx", KY_EXPORT_XLSX, "Hồ sơ", "ho-so", dossier_columns, KY_COUNT(dossier_columns),
     "expires_before", read_dossiers, write_dossiers},
};

/* Page after page, each in a snapshot and an arena of its own. */
static ky_rc write_pages(struct exporting *e, const struct kind *k)
{
    KY_TRY(ky_page_parse(&e->page, NULL, KY_PAGE_ROWS_MAX));
    for (e->n = KY_PAGE_ROWS_MAX; e->n == KY_PAGE_ROWS_MAX;) {
        e->arena = ky_arena_init(PAGE_MEMORY);
        ky_rc rc = ky_db_read(e->w->db, k->write, e);
        ky_arena_clear(&e->arena);
        KY_TRY(rc);
    }
    return KY_OK;
}

static void clear_exporting(struct exporting *e)
{
    ky_export_clear(&e->table);
}

ky_rc ky_handle_export(struct ky_web *w, struct ky_exchange *x)
{
    KY_CLEANUP(clear_exporting)
    struct exporting e = {.w = w, .x = x, .reg = ky_web_registration_of(w, x)};
    const struct kind *k = NULL;
    for (size_t i = 0; k == NULL && i < KY_COUNT(kinds); i++)
        if (ky_bytes_eq_str(x->params[0], kinds[i].address))
            k = &kinds[i];
    if (k == NULL)
        return ky_fail(KY_ENOTFOUND, "exports: certificates or dossiers, .csv or .xlsx");
    if (ky_exchange_arg(x, k->foreign) != NULL)
        return ky_fail(KY_EFORMAT, "%s: not an argument of this table", k->foreign);
    KY_TRY(k->read(&e));
    KY_TRY(ky_export_begin(&e.table, w, k->form, k->sheet, k->columns, k->column_count));
    KY_TRY(write_pages(&e, k));
    return ky_export_answer(&e.table, x, k->file);
}
