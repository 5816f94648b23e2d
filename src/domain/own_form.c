/* Drawing the subscriber's own request; see own_form.h. Sizes as domain/form has them. */
#include "domain/own_form.h"

#include <stdio.h>

#include "base/str.h"
#include "domain/form_table.h"

#define HALF (KY_PAPER_TEXT_WIDTH / 2)
#define RIGHT_X (KY_PAPER_LEFT + HALF)
#define LINE_MAX (KY_FORM_CELL_MAX + 512)
#define DATE_MAX 256 /* bytes of its line, with the place */
#define GAP 5.0
#define SIGNATURE_SPACE (22 * KY_MM)

static const struct ky_paper_style nation_style = {
    .size_pt = 13, .bold = true, .upper = true, .align = KY_ALIGN_CENTER};
static const struct ky_paper_style motto_style = {.size_pt = 13, .bold = true, .align = KY_ALIGN_CENTER};
static const struct ky_paper_style title_style = {
    .size_pt = 14, .bold = true, .upper = true, .align = KY_ALIGN_CENTER};
static const struct ky_paper_style subject_style = {.size_pt = 12, .align = KY_ALIGN_CENTER};
static const struct ky_paper_style to_style = {.size_pt = 13, .align = KY_ALIGN_CENTER};
static const struct ky_paper_style body_style = {
    .size_pt = 13, .align = KY_ALIGN_JUSTIFY, .indent_pt = 10 * KY_MM, .line_factor = 1.1};
static const struct ky_paper_style date_style = {.size_pt = 13, .italic = true, .align = KY_ALIGN_CENTER};
static const struct ky_paper_style signer_style = {.size_pt = 13, .bold = true, .align = KY_ALIGN_CENTER};
static const struct ky_paper_style note_style = {.size_pt = 11, .italic = true, .align = KY_ALIGN_JUSTIFY};

/* Fields of a row about a certificate that the person may say; all of a row about a person are hers. */
static const char *const own_fields[] = {"phone", "happened_on", "remark"};
static const char *const own_declarations[] = {"authority", "finance", "phone_own"};

static bool is_one_of(const char *const *list, size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++)
        if (ky_str_eq(list[i], key))
            return true;
    return false;
}

bool ky_own_form_is_fixed(const struct ky_legal_procedure *procedure, const char *field)
{
    return !procedure->of_people && !is_one_of(own_fields, KY_COUNT(own_fields), field);
}

bool ky_own_form_declares(const char *declaration)
{
    return is_one_of(own_declarations, KY_COUNT(own_declarations), declaration);
}

/* A block over the whole width, on the next page when there is no room. */
static void draw_block(struct ky_paper *p, const struct ky_paper_style *style, const char *text, double gap)
{
    if (!ky_paper_fits(p, ky_paper_measure(p, style, KY_PAPER_TEXT_WIDTH, text)))
        ky_paper_new_page(p);
    double h = ky_paper_text(p, style, KY_PAPER_LEFT, ky_paper_y(p), KY_PAPER_TEXT_WIDTH, text);
    ky_paper_set_y(p, ky_paper_y(p) + h + gap);
}

static void draw_heading(struct ky_paper *p, const struct ky_own_form *f, const struct ky_legal_own_form *own)
{
    static const char motto[] = "Độc lập - Tự do - Hạnh phúc";
    char to[LINE_MAX];
    draw_block(p, &nation_style, "Cộng hòa xã hội chủ nghĩa Việt Nam", 0);
    draw_block(p, &motto_style, motto, 2);
    double w = ky_paper_line_width(p, &motto_style, motto);
    double x = KY_PAPER_LEFT + (KY_PAPER_TEXT_WIDTH - w) / 2;
    ky_paper_line(p, x, ky_paper_y(p), x + w, ky_paper_y(p));
    ky_paper_set_y(p, ky_paper_y(p) + 24);
    draw_block(p, &title_style, own->title, GAP);
    draw_block(p, &subject_style, own->subject, 14);
    snprintf(to, sizeof to, "Kính gửi: %s", f->d->org.name);
    draw_block(p, &to_style, to, 14);
}

/* What may be chosen from stands beside the name: "Lĩnh vực (Giáo dục, đào tạo; Y tế): ……". */
static void put_blank_line(char out[LINE_MAX], size_t number, const struct ky_legal_field *field)
{
    ky_auto_buf line = ky_buf_init(LINE_MAX - 1);
    ky_buf_addf(&line, "%zu. %s", number, field->vi);
    for (size_t i = 0; i < field->n_choices; i++)
        ky_buf_addf(&line, "%s%s", i == 0 ? " (" : "; ", field->choices[i].vi);
    ky_buf_addf(&line, "%s: ……………………………………", field->n_choices > 0 ? ")" : "");
    snprintf(out, LINE_MAX, "%s", ky_buf_str(&line));
}

static void draw_fields(struct ky_paper *p, const struct ky_own_form *f,
                        const struct ky_legal_procedure *procedure)
{
    const struct ky_legal_own_form *own = &procedure->own_form;
    size_t n = 0;
    for (size_t i = 0; i < own->n_fields; i++) {
        char value[KY_FORM_CELL_MAX], line[LINE_MAX];
        const struct ky_legal_field *field =
            ky_legal_field_find(procedure->fields, procedure->n_fields, own->fields[i]);
        struct ky_bytes said = ky_json_str(json_object_get(f->blank ? NULL : f->p->json, own->fields[i]));
        if (field == NULL || (said.n == 0 && !f->blank))
            continue;
        n++;
        ky_form_field_text(value, f->d->legal, field, said);
        if (f->blank)
            put_blank_line(line, n, field);
        else
            snprintf(line, sizeof line, "%zu. %s: %s", n, field->vi, value);
        draw_block(p, &body_style, line, GAP);
    }
}

static void draw_declarations(struct ky_paper *p, const struct ky_own_form *f,
                              const struct ky_legal_procedure *procedure)
{
    draw_block(p, &body_style, "Tôi cam đoan:", GAP);
    for (size_t i = 0; i < procedure->n_declarations; i++) {
        char line[LINE_MAX];
        const struct ky_legal_declaration *declaration =
            ky_legal_declaration_find(f->d->legal, procedure->declarations[i]);
        if (declaration == NULL || !ky_own_form_declares(declaration->key))
            continue;
        snprintf(line, sizeof line, "- %s", declaration->vi);
        draw_block(p, &body_style, line, GAP);
    }
    draw_block(p, &body_style,
               "- Thông tin nêu trên là đúng sự thật và tôi chịu trách nhiệm về đề nghị này./.", 12);
}

static void put_date(char out[DATE_MAX], const struct ky_own_form *f)
{
    const struct ky_date d = ky_time_split(f->at + KY_TIME_VN_OFFSET_S);
    if (f->blank)
        snprintf(out, DATE_MAX, "%s, ngày …… tháng …… năm ………", f->d->org.place);
    else
        snprintf(out, DATE_MAX,
                 d.month < 3 ? "%s, ngày %02d tháng %02d năm %d" : "%s, ngày %02d tháng %d năm %d",
                 f->d->org.place, d.day, d.month, d.year);
}

static void draw_signature(struct ky_paper *p, const struct ky_own_form *f)
{
    char date[DATE_MAX], name[KY_FORM_CELL_MAX] = "";
    if (!ky_paper_fits(p, SIGNATURE_SPACE + 60))
        ky_paper_new_page(p);
    put_date(date, f);
    double y = ky_paper_y(p);
    y += ky_paper_text(p, &date_style, RIGHT_X, y, HALF, date);
    y += ky_paper_text(p, &signer_style, RIGHT_X, y, HALF, "NGƯỜI ĐỀ NGHỊ");
    y += ky_paper_text(p, &date_style, RIGHT_X, y, HALF,
                       f->blank ? "(ký, ghi rõ họ tên)" : "(đã xác nhận trên hệ thống)") +
         SIGNATURE_SPACE / 2;
    if (!f->blank)
        snprintf(name, sizeof name, "%.*s", (int)f->p->name.n, (const char *)f->p->name.p);
    y += ky_paper_text(p, &signer_style, RIGHT_X, y, HALF, name);
    ky_paper_set_y(p, y + 18);
}

static void draw_note(struct ky_paper *p, const struct ky_own_form *f)
{
    char when[KY_TIME_TEXT_MAX], line[LINE_MAX];
    ky_notice_time(when, f->at);
    if (f->blank)
        snprintf(line, sizeof line,
                 "Mẫu để in và ký tay; cơ quan, tổ chức quản lý trực tiếp tải bản quét (PDF) lên hồ sơ. "
                 "Không cần in nếu "
                 "thuê bao điền trên hệ thống theo đường dẫn do cơ quan gửi.");
    else
        snprintf(
            line, sizeof line,
            "Người đề nghị xác nhận lúc %s qua đường dẫn riêng do cơ quan, tổ chức quản lý trực tiếp gửi, "
            "từ địa chỉ "
            "mạng %s. Hồ sơ %s, dòng %lld.",
            when, f->address, f->d->head.code, (long long)f->number);
    draw_block(p, &note_style, line, 0);
}

ky_rc ky_own_form_draw(struct ky_buf *pdf, const struct ky_own_form *f)
{
    const struct ky_legal_procedure *procedure;
    KY_TRY(ky_legal_procedure_get(&procedure, f->d->legal, f->d->head.procedure));
    ky_auto_paper p = NULL;
    KY_TRY(ky_paper_new(&p, procedure->own_form.subject, f->d->org.name, f->at));
    draw_heading(p, f, &procedure->own_form);
    draw_fields(p, f, procedure);
    draw_declarations(p, f, procedure);
    draw_signature(p, f);
    draw_note(p, f);
    return ky_paper_finish(pdf, p);
}
