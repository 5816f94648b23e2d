/* The parts of the request document, top to bottom; see form.h. */
#include "domain/form.h"

#include <stdio.h>

#include "base/str.h"
#include "domain/form_table.h"
#include "domain/template.h"

#define LEFT_WIDTH (68 * KY_MM) /* of the heading's columns */
#define RIGHT_X (KY_PAPER_LEFT + LEFT_WIDTH)
#define RIGHT_WIDTH (KY_PAPER_TEXT_WIDTH - LEFT_WIDTH)
#define PARAGRAPH_GAP 6.0 /* at least 6 pt between paragraphs */
#define PARAGRAPH_MAX 4096
#define ENCLOSURE_MAX 1024                     /* bytes of its line: name and hash */
#define DATE_MAX 256                           /* bytes of its line, with the place */
#define SIGNATURE_SPACE (30 * KY_MM)           /* between title and name */
#define SIGNATURE_BLOCK (SIGNATURE_SPACE + 60) /* with title and name */
#define SEAL_LEFT (10 * KY_MM)                 /* of the seal is beside the signature, the rest over it */

/* Sizes and shapes: Decree 30/2020, annex I, part II. */
static const struct ky_paper_style parent_style = {.size_pt = 12, .upper = true, .align = KY_ALIGN_CENTER};
static const struct ky_paper_style org_style = {
    .size_pt = 12, .bold = true, .upper = true, .align = KY_ALIGN_CENTER};
static const struct ky_paper_style motto_style = {.size_pt = 13, .bold = true, .align = KY_ALIGN_CENTER};
static const struct ky_paper_style number_style = {.size_pt = 13, .align = KY_ALIGN_CENTER};
static const struct ky_paper_style subject_style = {.size_pt = 12, .align = KY_ALIGN_CENTER};
static const struct ky_paper_style date_style = {.size_pt = 13, .italic = true, .align = KY_ALIGN_CENTER};
static const struct ky_paper_style to_style = {.size_pt = 13, .align = KY_ALIGN_CENTER};
static const struct ky_paper_style body_style = {
    .size_pt = 13, .align = KY_ALIGN_JUSTIFY, .indent_pt = 10 * KY_MM, .line_factor = 1.1};
static const struct ky_paper_style enclosure_style = {.size_pt = 11, .indent_pt = 10 * KY_MM};
static const struct ky_paper_style copies_title_style = {.size_pt = 12, .bold = true, .italic = true};
static const struct ky_paper_style copies_style = {.size_pt = 11};
static const struct ky_paper_style signer_style = {
    .size_pt = 13, .bold = true, .upper = true, .align = KY_ALIGN_CENTER};
static const struct ky_paper_style signer_name_style = {
    .size_pt = 13, .bold = true, .align = KY_ALIGN_CENTER};

static void centred_line(struct ky_paper *p, double x, double width, double y, double length)
{
    double from = x + (width - length) / 2;
    ky_paper_line(p, from, y, from + length, y);
}

static double draw_left_heading(struct ky_paper *p, const struct ky_form *f, const char *subject)
{
    char number[160];
    double y = KY_PAPER_TOP;
    if (f->parent_name != NULL)
        y += ky_paper_text(p, &parent_style, KY_PAPER_LEFT, y, LEFT_WIDTH, f->parent_name);
    y += ky_paper_text(p, &org_style, KY_PAPER_LEFT, y, LEFT_WIDTH, f->org_name) + 2;
    centred_line(p, KY_PAPER_LEFT, LEFT_WIDTH, y, LEFT_WIDTH * 0.4);
    y += 8;
    snprintf(number, sizeof number, "Số: %s", f->number == NULL ? "          /          " : f->number);
    y += ky_paper_text(p, &number_style, KY_PAPER_LEFT, y, LEFT_WIDTH, number) + 4;
    return y + ky_paper_text(p, &subject_style, KY_PAPER_LEFT, y, LEFT_WIDTH, subject);
}

/* Days below 10 and the months 1 and 2 get a zero before them. */
static void put_date(char out[DATE_MAX], const struct ky_form *f)
{
    const struct ky_date d = ky_time_split(f->date + KY_TIME_VN_OFFSET_S);
    if (f->blank)
        snprintf(out, DATE_MAX, "%s, ngày …… tháng …… năm ………", f->place);
    else
        snprintf(out, DATE_MAX,
                 d.month < 3 ? "%s, ngày %02d tháng %02d năm %d" : "%s, ngày %02d tháng %d năm %d", f->place,
                 d.day, d.month, d.year);
}

static double draw_right_heading(struct ky_paper *p, const struct ky_form *f)
{
    static const char motto[] = "Độc lập - Tự do - Hạnh phúc";
    char date[DATE_MAX];
    double y = KY_PAPER_TOP;
    y += ky_paper_text(p, &org_style, RIGHT_X, y, RIGHT_WIDTH, "Cộng hòa xã hội chủ nghĩa Việt Nam");
    y += ky_paper_text(p, &motto_style, RIGHT_X, y, RIGHT_WIDTH, motto) + 2;
    centred_line(p, RIGHT_X, RIGHT_WIDTH, y, ky_paper_line_width(p, &motto_style, motto));
    y += 8;
    put_date(date, f);
    return y + ky_paper_text(p, &date_style, RIGHT_X, y, RIGHT_WIDTH, date);
}

static void draw_heading(struct ky_paper *p, const struct ky_form *f, const char *subject, const char *to)
{
    char line[256];
    double left = draw_left_heading(p, f, subject), right = draw_right_heading(p, f);
    ky_paper_set_y(p, (left > right ? left : right) + 18);
    snprintf(line, sizeof line, "Kính gửi: %s", to);
    double h = ky_paper_text(p, &to_style, KY_PAPER_LEFT, ky_paper_y(p), KY_PAPER_TEXT_WIDTH, line);
    ky_paper_set_y(p, ky_paper_y(p) + h + 12);
}

/* keep: what has to fit below on the same page. */
static void draw_line(struct ky_paper *p, const struct ky_paper_style *style, double gap, double keep,
                      const char *text)
{
    if (!ky_paper_fits(p, ky_paper_measure(p, style, KY_PAPER_TEXT_WIDTH, text) + gap + keep))
        ky_paper_new_page(p);
    double h = ky_paper_text(p, style, KY_PAPER_LEFT, ky_paper_y(p), KY_PAPER_TEXT_WIDTH, text);
    ky_paper_set_y(p, ky_paper_y(p) + h + gap);
}

static void draw_paragraph(struct ky_paper *p, double keep, const char *text)
{
    draw_line(p, &body_style, PARAGRAPH_GAP, keep, text);
}

/* keep: below the last of them. */
static ky_rc draw_paragraphs(struct ky_paper *p, const char *const *texts, size_t n_texts, double keep,
                             const struct ky_place *places, size_t n)
{
    for (size_t i = 0; i < n_texts; i++) {
        ky_auto_buf text = ky_buf_init(PARAGRAPH_MAX);
        KY_TRY(ky_template_fill(&text, ky_bytes_str(texts[i]), places, n));
        draw_paragraph(p, i + 1 == n_texts ? keep : 0, ky_buf_str(&text));
    }
    return KY_OK;
}

/* With their hashes, so that whoever signs the document signs them too. */
static void draw_enclosures(struct ky_paper *p, const struct ky_form *f)
{
    char line[ENCLOSURE_MAX];
    if (f->own_requests == 0 && f->n_files == 0)
        return;
    draw_paragraph(p, 0, "Gửi kèm văn bản này:");
    if (f->own_requests > 0) {
        snprintf(line, sizeof line, "- %02zu văn bản đề nghị của thuê bao (SHA-256: %s);", f->own_requests,
                 f->own_requests_hash);
        draw_line(p, &enclosure_style, 2, 0, line);
    }
    for (size_t i = 0; i < f->n_files; i++) {
        snprintf(line, sizeof line, "- %s (SHA-256: %s);", f->files[i].name, f->files[i].hash);
        draw_line(p, &enclosure_style, 2, 0, line);
    }
    ky_paper_set_y(p, ky_paper_y(p) + PARAGRAPH_GAP);
}

static const char *channel_text(const struct ky_form *f)
{
    if (f->blank)
        return "(thư điện tử công vụ hoặc tin nhắn SMS) …………………";
    return ky_str_eq(f->recipient_channel, "sms") ? "tin nhắn SMS" : "thư điện tử công vụ";
}

static ky_rc draw_body(struct ky_paper *p, const struct ky_legal *legal,
                       const struct ky_legal_procedure *procedure, const struct ky_form *f)
{
    const struct ky_legal_layout *layout = &procedure->layout;
    char count[24], recipient[512];
    if (f->blank)
        snprintf(count, sizeof count, "……");
    else
        snprintf(count, sizeof count, "%02zu", f->n);
    bool titled = f->recipient_title != NULL && f->recipient_title[0] != 0;
    snprintf(recipient, sizeof recipient, "%s%s%s", f->recipient_name, titled ? ", " : "",
             titled ? f->recipient_title : "");
    const struct ky_place places[] = {
        {"org", f->org_name},
        {"authority", legal->authority},
        {"count", count},
        {"recipient", recipient},
        {"recipient_phone", f->recipient_phone},
        {"recipient_email", f->recipient_email},
        {"recipient_channel", channel_text(f)},
    };
    KY_TRY(draw_paragraphs(p, layout->before, layout->n_before, 0, places, KY_COUNT(places)));
    KY_TRY(ky_form_table_draw(p, legal, procedure, f));
    draw_enclosures(p, f);
    /* A signature never stands on a page without text. */
    return draw_paragraphs(p, layout->after, layout->n_after, SIGNATURE_BLOCK, places, KY_COUNT(places));
}

static void draw_copies(struct ky_paper *p, const struct ky_legal_layout *layout, double y)
{
    y += ky_paper_text(p, &copies_title_style, KY_PAPER_LEFT, y, LEFT_WIDTH, "Nơi nhận:");
    for (size_t i = 0; i < layout->n_copies; i++) {
        char line[256];
        snprintf(line, sizeof line, "- %s", layout->copies[i]);
        y += ky_paper_text(p, &copies_style, KY_PAPER_LEFT, y, LEFT_WIDTH, line);
    }
}

/* The block stays together: title, space for the signature, name. */
static void draw_signature(struct ky_paper *p, const struct ky_legal_procedure *procedure,
                           const struct ky_form *f, struct ky_form_place *place)
{
    const char *title = f->signer_title == NULL ? "Thủ trưởng đơn vị" : f->signer_title;
    double title_h = ky_paper_measure(p, &signer_style, RIGHT_WIDTH, title);
    if (!ky_paper_fits(p, title_h + SIGNATURE_SPACE + 24))
        ky_paper_new_page(p);
    double y = ky_paper_y(p) + 6;
    draw_copies(p, &procedure->layout, y);
    ky_paper_text(p, &signer_style, RIGHT_X, y, RIGHT_WIDTH, title);
    const double bottom = KY_PAPER_HEIGHT - (y + title_h + SIGNATURE_SPACE);
    *place = (struct ky_form_place){.page = ky_paper_page(p),
                                    .pages = ky_paper_page(p),
                                    .signature = {RIGHT_X, bottom, RIGHT_WIDTH, SIGNATURE_SPACE}};
    if (procedure->needs_seal)
        place->seal = (struct ky_form_box){RIGHT_X - SEAL_LEFT, bottom, SIGNATURE_SPACE, SIGNATURE_SPACE};
    if (f->signer_name != NULL)
        ky_paper_text(p, &signer_name_style, RIGHT_X, y + title_h + SIGNATURE_SPACE, RIGHT_WIDTH,
                      f->signer_name);
}

ky_rc ky_form_draw(struct ky_buf *out, struct ky_form_place *place, const struct ky_legal *legal,
                   const struct ky_form *f)
{
    const struct ky_legal_procedure *procedure;
    KY_TRY(ky_legal_procedure_get(&procedure, legal, f->procedure));
    const char *subject = procedure->subject.text;
    ky_auto_paper p = NULL;
    KY_TRY(ky_paper_new(&p, subject, f->org_name, f->date));
    draw_heading(p, f, subject, procedure->addressee);
    KY_TRY(draw_body(p, legal, procedure, f));
    draw_signature(p, procedure, f, place);
    return ky_paper_finish(out, p);
}
