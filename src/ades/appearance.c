/*
 * Geometry and objects of a visible signature. Objects are, in this order:
 * form, then with text: Type0 font, CIDFont, descriptor, font file, ToUnicode,
 * CIDSet; then with an image: image, soft mask.
 */
#include "ades/appearance.h"

#include "ades/image.h"
#include "base/str.h"

#include <math.h>
#include <stdio.h>

#define MARGIN_PT 2.0
#define IMAGE_SHARE (1.0 / 3) /* of the width, when there is text as well */
#define STREAM_MAX KY_IMAGE_STREAM_MAX
#define TEXT_DEFAULT "{name}\n{time}"

enum {
    PART_FORM,
    PART_FONT,
    PART_CIDFONT,
    PART_DESCRIPTOR,
    PART_FILE,
    PART_UNICODE,
    PART_CIDSET,
    TEXT_PARTS
};
_Static_assert(TEXT_PARTS + 2 <= KY_APPEARANCE_PARTS_MAX, "room for the image and its mask");

/* All that one rendering needs to hand around. */
struct drawing {
    struct ky_appearance *to;
    const uint32_t *numbers;
    const struct ky_appearance_box *box;
    int rotate;
    struct ky_font *font;  /* NULL: no text */
    struct ky_layout text; /* owned */
    struct ky_image image; /* owned; width 0: none */
    size_t image_part;
};

void ky_appearance_clear(struct ky_appearance *a)
{
    for (size_t i = 0; i < a->n; i++) {
        ky_buf_clear(&a->parts[i].dict);
        ky_buf_clear(&a->parts[i].stream);
    }
    *a = (struct ky_appearance){0};
}

void ky_appearance_time(char out[KY_APPEARANCE_TIME_MAX], ky_time t)
{
    const struct ky_date d = ky_time_split(t + KY_TIME_VN_OFFSET_S);
    snprintf(out, KY_APPEARANCE_TIME_MAX, "%02d/%02d/%04d %02d:%02d:%02d +07:00", d.day, d.month, d.year,
             d.hour, d.minute, d.second);
}

static int quarter_turns(int rotate)
{
    return ((rotate / 90) % 4 + 4) % 4;
}

ky_rc ky_appearance_rect(double rect[4], const struct ky_appearance_box *box,
                         const struct ky_appearance_page *page)
{
    const double unit = page->user_unit > 0 ? page->user_unit : 1;
    const double x = box->x / unit, y = box->y / unit, w = box->w / unit, h = box->h / unit;
    const double *c = page->crop;
    const int turns = quarter_turns(page->rotate);
    const double seen_w = turns % 2 == 0 ? c[2] - c[0] : c[3] - c[1];
    const double seen_h = turns % 2 == 0 ? c[3] - c[1] : c[2] - c[0];
    if (!(box->w >= KY_APPEARANCE_SIDE_MIN_PT && box->h >= KY_APPEARANCE_SIDE_MIN_PT &&
          box->w <= KY_APPEARANCE_SIDE_MAX_PT && box->h <= KY_APPEARANCE_SIDE_MAX_PT))
        return ky_fail(KY_EINVAL, "--visible: %g × %g pt; each side %g to %g", box->w, box->h,
                       KY_APPEARANCE_SIDE_MIN_PT, KY_APPEARANCE_SIDE_MAX_PT);
    if (!(x >= 0 && y >= 0 && x + w <= seen_w + 0.01 && y + h <= seen_h + 0.01))
        return ky_fail(KY_EINVAL, "--visible: box %g,%g,%g,%g is not on page %u, which is %g × %g pt", box->x,
                       box->y, box->w, box->h, box->page, seen_w * unit, seen_h * unit);
    const double seen[4][4] = {
        {c[0] + x, c[1] + y, c[0] + x + w, c[1] + y + h}, /* upright */
        {c[2] - y - h, c[1] + x, c[2] - y, c[1] + x + w}, /* turned by 90 */
        {c[2] - x - w, c[3] - y - h, c[2] - x, c[3] - y},
        {c[0] + y, c[3] - x - w, c[0] + y + h, c[3] - x},
    };
    memcpy(rect, seen[turns], sizeof seen[turns]);
    return KY_OK;
}

static struct ky_appearance_part *new_part(struct drawing *d)
{
    struct ky_appearance_part *p = &d->to->parts[d->to->n++];
    p->dict = ky_buf_init(KY_APPEARANCE_DICT_MAX);
    p->stream = ky_buf_init(STREAM_MAX);
    return p;
}

/* Makes a stream part of raw data, compressed. */
static ky_rc deflated_part(struct drawing *d, struct ky_bytes data, const char *extra)
{
    struct ky_appearance_part *p = new_part(d);
    p->is_stream = true;
    KY_TRY(ky_image_deflate(&p->stream, data));
    ky_buf_addf(&p->dict, "%s/Filter /FlateDecode /Length %zu", extra, p->stream.n);
    return ky_buf_finish(&p->dict);
}

static ky_rc font_parts(struct drawing *d)
{
    const uint32_t *no = d->numbers;
    ky_auto_buf name = ky_buf_init(KY_APPEARANCE_DICT_MAX);
    ky_font_write_name(&name, d->font);
    KY_TRY(ky_buf_finish(&name));
    const char *base = ky_buf_str(&name);

    struct ky_appearance_part *font = new_part(d);
    ky_buf_addf(&font->dict,
                "/Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%u 0 R] "
                "/ToUnicode %u 0 R",
                base, no[PART_CIDFONT], no[PART_UNICODE]);
    struct ky_appearance_part *cid = new_part(d);
    ky_buf_addf(
        &cid->dict,
        "/Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo << /Registry (Adobe) "
        "/Ordering (Identity) /Supplement 0 >> /FontDescriptor %u 0 R /CIDToGIDMap /Identity /DW 1000 /W ",
        base, no[PART_DESCRIPTOR]);
    ky_font_write_widths(&cid->dict, d->font);
    const struct ky_font_metrics m = ky_font_metrics(d->font);
    struct ky_appearance_part *desc = new_part(d);
    ky_buf_addf(
        &desc->dict,
        "/Type /FontDescriptor /FontName /%s /Flags 6 /FontBBox [%d %d %d %d] /ItalicAngle 0 /Ascent %d "
        "/Descent %d /CapHeight %d /StemV 80 /FontFile2 %u 0 R /CIDSet %u 0 R",
        base, m.bbox[0], m.bbox[1], m.bbox[2], m.bbox[3], m.ascent, m.descent, m.cap_height, no[PART_FILE],
        no[PART_CIDSET]);
    KY_TRY(ky_buf_finish(&font->dict));
    KY_TRY(ky_buf_finish(&cid->dict));
    return ky_buf_finish(&desc->dict);
}

static ky_rc text_streams(struct drawing *d)
{
    char length1[40];
    const struct ky_bytes file = ky_font_file(d->font);
    snprintf(length1, sizeof length1, "/Length1 %zu ", file.n);
    KY_TRY(deflated_part(d, file, length1));
    ky_auto_buf b = ky_buf_init(STREAM_MAX);
    ky_font_write_to_unicode(&b, d->font);
    KY_TRY(ky_buf_finish(&b));
    KY_TRY(deflated_part(d, ky_buf_bytes(&b), ""));
    ky_buf_reset(&b);
    ky_font_write_cidset(&b, d->font);
    KY_TRY(ky_buf_finish(&b));
    return deflated_part(d, ky_buf_bytes(&b), "");
}

/* sRGB as a calibrated colour space: no profile to embed, and device-independent as PDF/A wants it. */
#define CAL_RGB                                                                                              \
    "[/CalRGB << /WhitePoint [0.9505 1 1.089] /Gamma [2.2 2.2 2.2] "                                         \
    "/Matrix [0.4124 0.2126 0.0193 0.3576 0.7152 0.1192 0.1805 0.0722 0.9505] >>]"

static ky_rc image_parts(struct drawing *d)
{
    struct ky_image *im = &d->image;
    const bool masked = im->alpha.n > 0;
    struct ky_appearance_part *p = new_part(d);
    p->is_stream = true;
    ky_buf_addf(&p->dict,
                "/Type /XObject /Subtype /Image /Width %u /Height %u /BitsPerComponent 8 /ColorSpace " CAL_RGB
                " /Filter /FlateDecode /Length %zu",
                im->width, im->height, im->rgb.n);
    if (masked)
        ky_buf_addf(&p->dict, " /SMask %u 0 R", d->numbers[d->image_part + 1]);
    ky_buf_add(&p->stream, ky_buf_bytes(&im->rgb));
    KY_TRY(ky_buf_finish(&p->dict));
    KY_TRY(ky_buf_finish(&p->stream));
    if (!masked)
        return KY_OK;
    struct ky_appearance_part *mask = new_part(d);
    mask->is_stream = true;
    ky_buf_addf(
        &mask->dict,
        "/Type /XObject /Subtype /Image /Width %u /Height %u /BitsPerComponent 8 /ColorSpace /DeviceGray "
        "/Filter /FlateDecode /Length %zu",
        im->width, im->height, im->alpha.n);
    ky_buf_add(&mask->stream, ky_buf_bytes(&im->alpha));
    KY_TRY(ky_buf_finish(&mask->dict));
    return ky_buf_finish(&mask->stream);
}

/* The image keeps its proportions, in the middle of its share of the box. */
static void draw_image(struct ky_buf *out, const struct drawing *d, double share_w)
{
    const double h = d->box->h;
    const double scale = fmin(share_w / d->image.width, h / d->image.height);
    const double w1 = d->image.width * scale, h1 = d->image.height * scale;
    ky_buf_addf(out, "q %.3f 0 0 %.3f %.3f %.3f cm /Im0 Do Q\n", w1, h1, (share_w - w1) / 2, (h - h1) / 2);
}

static void draw_text(struct ky_buf *out, const struct drawing *d, double left)
{
    const struct ky_layout *t = &d->text;
    const struct ky_font_metrics m = ky_font_metrics(d->font);
    const double block = t->leading_pt * (double)t->n;
    const double ascent = t->size_pt * m.ascent / 1000;
    const double top = (d->box->h + block) / 2 - (t->leading_pt - t->size_pt) / 2;
    ky_buf_addf(out, "BT\n/F0 %.2f Tf\n", t->size_pt);
    for (size_t i = 0; i < t->n; i++) {
        ky_buf_addf(out, "1 0 0 1 %.3f %.3f Tm ", left, top - ascent - t->leading_pt * (double)i);
        ky_font_write_run(out, d->font, &t->lines[i]);
        ky_buf_add_u8(out, '\n');
    }
    ky_buf_add_str(out, "ET\n");
}

static double image_share(const struct drawing *d)
{
    if (d->image.width == 0)
        return 0;
    return d->font == NULL ? d->box->w : d->box->w * IMAGE_SHARE;
}

/* The form turns against the page, so that it stands upright when the page is shown. */
static void write_form_dict(struct ky_buf *out, const struct drawing *d)
{
    const double w = d->box->w, h = d->box->h;
    ky_buf_addf(out, "/Type /XObject /Subtype /Form /FormType 1 /BBox [0 0 %.3f %.3f] ", w, h);
    switch (quarter_turns(d->rotate)) {
    case 1:
        ky_buf_addf(out, "/Matrix [0 1 -1 0 %.3f 0] ", h);
        break;
    case 2:
        ky_buf_addf(out, "/Matrix [-1 0 0 -1 %.3f %.3f] ", w, h);
        break;
    case 3:
        ky_buf_addf(out, "/Matrix [0 -1 1 0 0 %.3f] ", w);
        break;
    default:
        break;
    }
    ky_buf_add_str(out, "/Resources << ");
    if (d->font != NULL)
        ky_buf_addf(out, "/Font << /F0 %u 0 R >> ", d->numbers[PART_FONT]);
    if (d->image.width > 0)
        ky_buf_addf(out, "/XObject << /Im0 %u 0 R >> ", d->numbers[d->image_part]);
    ky_buf_add_str(out, ">> ");
}

static ky_rc form_part(struct drawing *d)
{
    ky_auto_buf dict = ky_buf_init(KY_APPEARANCE_DICT_MAX);
    ky_auto_buf content = ky_buf_init(KY_APPEARANCE_DICT_MAX);
    write_form_dict(&dict, d);
    const double share = image_share(d);
    if (d->image.width > 0)
        draw_image(&content, d, share);
    if (d->font != NULL)
        draw_text(&content, d, share + MARGIN_PT);
    KY_TRY(ky_buf_finish(&dict));
    KY_TRY(ky_buf_finish(&content));
    return deflated_part(d, ky_buf_bytes(&content), ky_buf_str(&dict));
}

static const char *template_of(const struct ky_appearance_wish *wish)
{
    if (wish->text != NULL)
        return wish->text;
    return wish->image_png.n > 0 ? "" : TEXT_DEFAULT;
}

size_t ky_appearance_count(const struct ky_appearance_wish *wish)
{
    const size_t text = template_of(wish)[0] != '\0' ? (size_t)TEXT_PARTS : 1;
    return text + (wish->image_png.n > 0 ? 2 : 0);
}

static ky_rc lay_out_text(struct drawing *d, const struct ky_appearance_wish *wish)
{
    ky_auto_buf text = ky_buf_init(KY_LAYOUT_TEXT_MAX);
    KY_TRY(ky_layout_fill(&text, template_of(wish), &wish->fields));
    const double width = d->box->w - 2 * MARGIN_PT - (d->image.width > 0 ? d->box->w * IMAGE_SHARE : 0);
    KY_TRY(ky_layout_fit(&d->text, d->font, ky_buf_bytes(&text), width, d->box->h));
    return ky_font_subset(d->font);
}

static ky_rc draw(struct drawing *d, const struct ky_appearance_wish *wish)
{
    if (wish->image_png.n > 0)
        KY_TRY(ky_image_read_png(&d->image, wish->image_png));
    if (d->font != NULL)
        KY_TRY(lay_out_text(d, wish));
    d->image_part = d->font != NULL ? TEXT_PARTS : PART_FORM + 1;
    KY_TRY(form_part(d));
    if (d->font != NULL) {
        KY_TRY(font_parts(d));
        KY_TRY(text_streams(d));
    }
    return d->image.width > 0 ? image_parts(d) : KY_OK;
}

ky_rc ky_appearance_render(struct ky_appearance *out, const struct ky_appearance_wish *wish,
                           const struct ky_appearance_box *box, int page_rotate, const uint32_t *numbers)
{
    ky_auto_font font = NULL;
    if (template_of(wish)[0] != '\0')
        KY_TRY(ky_font_open(&font, wish->font_path != NULL ? wish->font_path : KY_FONT_SERIF));
    ky_auto_appearance a = {0};
    struct drawing d = {.to = &a, .numbers = numbers, .box = box, .rotate = page_rotate, .font = font};
    const ky_rc rc = draw(&d, wish);
    ky_layout_clear(&d.text);
    ky_image_clear(&d.image);
    KY_TRY(rc);
    *out = a;
    a = (struct ky_appearance){0};
    return KY_OK;
}
