/* Setting text with pango on cairo's PDF surface; see paper.h. */
#include "domain/paper.h"

#include <cairo-pdf.h>
#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>
#include <stdio.h>
#include <stdlib.h>
#include <unicase.h>

#define FONT "Liberation Serif"
#define LINE_WIDTH 0.6
#define NUMBER_Y (10 * KY_MM) /* of page numbers */

struct ky_paper {
    struct ky_buf pdf; /* what cairo has written */
    cairo_surface_t *surface;
    cairo_t *cr;
    PangoFontMap *fonts;
    PangoLayout *layout;
    double y;
    int page;
};

static cairo_status_t write_pdf(void *ctx, const unsigned char *data, unsigned int n)
{
    struct ky_paper *p = ctx;
    ky_buf_add(&p->pdf, KY_BYTES(data, n));
    return p->pdf.rc == KY_OK ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static void set_metadata(struct ky_paper *p, const char *title, const char *author, ky_time made)
{
    char when[KY_TIME_TEXT_MAX];
    ky_time_text_vn(when, made);
    cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_TITLE, title);
    cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_AUTHOR, author);
    cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATOR, "kyso " KYSO_VERSION);
    cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATE_DATE, when);
}

/* Glyph positions as the font says, so that the text is the same whatever the screen is. */
static void set_resolution(struct ky_paper *p)
{
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    PangoContext *context = pango_layout_get_context(p->layout);
    pango_cairo_context_set_font_options(context, options);
    pango_cairo_context_set_resolution(context, 72);
    pango_context_set_round_glyph_positions(context, FALSE);
    pango_context_set_language(context, pango_language_from_string("vi"));
    cairo_font_options_destroy(options);
}

static bool add_fonts(FcConfig *config)
{
    static const char *const files[] = {"Regular", "Bold", "Italic", "BoldItalic"};
    for (size_t i = 0; i < KY_COUNT(files); i++) {
        char path[512];
        snprintf(path, sizeof path, KY_FONT_FOLDER "/LiberationSerif-%s.ttf", files[i]);
        if (!FcConfigAppFontAddFile(config, (const FcChar8 *)path))
            return false;
    }
    return true;
}

ky_rc ky_paper_open_fonts(void)
{
    FcConfig *config = FcConfigCreate();
    if (config == NULL || !add_fonts(config)) {
        FcConfigDestroy(config);
        return ky_fail(KY_EIO, "paper: Liberation Serif is not in " KY_FONT_FOLDER);
    }
    FcConfigSetCurrent(config);
    FcConfigDestroy(config); /* fontconfig holds a reference */
    return KY_OK;
}

void ky_paper_close_fonts(void)
{
    FcFini();
}

/* A font map of the document's own: the thread's would stay for ever. */
static void open_layout(struct ky_paper *p)
{
    p->fonts = pango_cairo_font_map_new();
    PangoContext *context = pango_font_map_create_context(p->fonts);
    p->layout = pango_layout_new(context);
    g_object_unref(context);
}

ky_rc ky_paper_new(struct ky_paper **out, const char *title, const char *author, ky_time made)
{
    ky_auto_paper p = calloc(1, sizeof *p);
    if (p == NULL)
        return ky_fail(KY_ENOMEM, "paper");
    p->pdf = ky_buf_init(KY_PAPER_FILE_MAX);
    p->surface = cairo_pdf_surface_create_for_stream(write_pdf, p, KY_PAPER_WIDTH, KY_PAPER_HEIGHT);
    p->cr = cairo_create(p->surface);
    if (cairo_status(p->cr) != CAIRO_STATUS_SUCCESS)
        return ky_fail(KY_EIO, "paper: %s", cairo_status_to_string(cairo_status(p->cr)));
    open_layout(p);
    PangoAttrList *attributes = pango_attr_list_new();
    pango_attr_list_insert(attributes,
                           pango_attr_insert_hyphens_new(FALSE)); /* none may get into an address */
    pango_layout_set_attributes(p->layout, attributes);
    pango_attr_list_unref(attributes);
    set_resolution(p);
    set_metadata(p, title, author, made);
    cairo_set_line_width(p->cr, LINE_WIDTH);
    p->page = 1;
    p->y = KY_PAPER_TOP;
    *out = KY_STEAL(p);
    return KY_OK;
}

void ky_paper_free(struct ky_paper *p)
{
    if (p == NULL)
        return;
    if (p->layout != NULL)
        g_object_unref(p->layout);
    if (p->fonts != NULL)
        g_object_unref(p->fonts);
    cairo_destroy(p->cr);
    cairo_surface_destroy(p->surface);
    ky_buf_clear(&p->pdf);
    free(p);
}

static void set_text(PangoLayout *layout, const char *text, bool upper)
{
    size_t n = 0;
    uint8_t *capitals = upper ? u8_toupper((const uint8_t *)text, strlen(text), "vi", NULL, NULL, &n) : NULL;
    if (capitals != NULL)
        pango_layout_set_text(layout, (const char *)capitals, (int)n);
    else
        pango_layout_set_text(layout, text, -1);
    free(capitals);
}

static void prepare(struct ky_paper *p, const struct ky_paper_style *style, double width, const char *text)
{
    static const PangoAlignment alignments[] = {[KY_ALIGN_LEFT] = PANGO_ALIGN_LEFT,
                                                [KY_ALIGN_CENTER] = PANGO_ALIGN_CENTER,
                                                [KY_ALIGN_JUSTIFY] = PANGO_ALIGN_LEFT};
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, FONT);
    pango_font_description_set_size(font, (int)(style->size_pt * PANGO_SCALE));
    pango_font_description_set_weight(font, style->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_style(font, style->italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL);
    pango_layout_set_font_description(p->layout, font);
    pango_font_description_free(font);
    pango_layout_set_width(p->layout, width < 0 ? -1 : (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(p->layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(p->layout, alignments[style->align]);
    pango_layout_set_justify(p->layout, style->align == KY_ALIGN_JUSTIFY);
    pango_layout_set_indent(p->layout, (int)(style->indent_pt * PANGO_SCALE));
    pango_layout_set_line_spacing(p->layout, (float)style->line_factor);
    set_text(p->layout, text, style->upper);
}

double ky_paper_measure(struct ky_paper *p, const struct ky_paper_style *style, double width,
                        const char *text)
{
    int h = 0;
    prepare(p, style, width, text);
    pango_layout_get_size(p->layout, NULL, &h);
    return (double)h / PANGO_SCALE;
}

double ky_paper_line_width(struct ky_paper *p, const struct ky_paper_style *style, const char *text)
{
    int w = 0;
    prepare(p, style, -1, text);
    pango_layout_get_size(p->layout, &w, NULL);
    return (double)w / PANGO_SCALE;
}

double ky_paper_text(struct ky_paper *p, const struct ky_paper_style *style, double x, double y, double width,
                     const char *text)
{
    double height = ky_paper_measure(p, style, width, text);
    cairo_move_to(p->cr, x, y);
    pango_cairo_show_layout(p->cr, p->layout);
    return height;
}

void ky_paper_line(struct ky_paper *p, double x1, double y1, double x2, double y2)
{
    cairo_move_to(p->cr, x1, y1);
    cairo_line_to(p->cr, x2, y2);
    cairo_stroke(p->cr);
}

double ky_paper_y(const struct ky_paper *p)
{
    return p->y;
}

void ky_paper_set_y(struct ky_paper *p, double y)
{
    p->y = y;
}

bool ky_paper_fits(const struct ky_paper *p, double height)
{
    return p->y + height <= KY_PAPER_BOTTOM;
}

void ky_paper_new_page(struct ky_paper *p)
{
    static const struct ky_paper_style number_style = {.size_pt = 13, .align = KY_ALIGN_CENTER};
    char number[16];
    cairo_show_page(p->cr);
    snprintf(number, sizeof number, "%d", ++p->page);
    ky_paper_text(p, &number_style, KY_PAPER_LEFT, NUMBER_Y, KY_PAPER_TEXT_WIDTH, number);
    p->y = KY_PAPER_TOP;
}

int ky_paper_page(const struct ky_paper *p)
{
    return p->page;
}

ky_rc ky_paper_finish(struct ky_buf *out, struct ky_paper *p)
{
    cairo_show_page(p->cr);
    cairo_surface_finish(p->surface);
    KY_TRY(ky_buf_finish(&p->pdf));
    if (cairo_surface_status(p->surface) != CAIRO_STATUS_SUCCESS)
        return ky_fail(KY_EIO, "paper: %s", cairo_status_to_string(cairo_surface_status(p->surface)));
    ky_buf_add(out, ky_buf_bytes(&p->pdf));
    return ky_buf_finish(out);
}
