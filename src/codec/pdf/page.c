/* Walking the page tree; see page.h. */
#include "codec/pdf/page.h"

#include <math.h>

#include "codec/pdf/internal.h"
#include "codec/pdf/marks.h"

#define TREE_DEPTH_MAX 64

/* What a node hands down to its kids (§7.7.3.4). */
struct inherited {
    const struct ky_pdf_value *resources, *media_box, *crop_box, *rotate;
};

struct walk {
    struct ky_pdf *doc;
    struct ky_pdf_marks seen;
    size_t index;
    ky_rc (*fn)(void *ctx, size_t index, const struct ky_pdf_page *page);
    void *ctx;
};

static double clean(double v)
{
    return isfinite(v) && fabs(v) < 1e9 ? v : 0;
}

bool ky_pdf_rect_read(struct ky_pdf_rect *out, struct ky_pdf *doc, const struct ky_pdf_value *v)
{
    double n[4];
    v = ky_pdf_resolve(doc, v);
    if (v->type != KY_PDF_ARRAY || v->u.array.n < 4)
        return false;
    for (size_t i = 0; i < 4; i++) {
        if (!ky_pdf_as_number(ky_pdf_item(doc, v, i), &n[i]))
            return false;
        n[i] = clean(n[i]);
    }
    *out = (struct ky_pdf_rect){fmin(n[0], n[2]), fmin(n[1], n[3]), fmax(n[0], n[2]), fmax(n[1], n[3])};
    return true;
}

static bool is_area(const struct ky_pdf_rect *r)
{
    return r->x1 > r->x0 && r->y1 > r->y0;
}

static void read_boxes(struct ky_pdf_page *page, struct ky_pdf *doc, const struct inherited *in)
{
    struct ky_pdf_rect crop;
    if (!ky_pdf_rect_read(&page->media_box, doc, in->media_box) || !is_area(&page->media_box))
        page->media_box = (struct ky_pdf_rect){0, 0, 612, 792};
    page->crop_box = page->media_box;
    if (!ky_pdf_rect_read(&crop, doc, in->crop_box))
        return;
    crop = (struct ky_pdf_rect){fmax(crop.x0, page->media_box.x0), fmax(crop.y0, page->media_box.y0),
                                fmin(crop.x1, page->media_box.x1), fmin(crop.y1, page->media_box.y1)};
    if (is_area(&crop))
        page->crop_box = crop;
}

static struct ky_pdf_page make_page(struct ky_pdf *doc, struct ky_pdf_ref ref,
                                    const struct ky_pdf_value *dict, const struct inherited *in)
{
    struct ky_pdf_page page = {.ref = ref, .dict = dict, .user_unit = 1};
    page.resources = ky_pdf_resolve(doc, in->resources);
    read_boxes(&page, doc, in);
    int64_t rotate = 0;
    (void)ky_pdf_as_int(ky_pdf_resolve(doc, in->rotate), &rotate);
    page.rotate = rotate % 90 == 0 ? (int)((rotate % 360 + 360) % 360) : 0;
    double unit;
    if (ky_pdf_as_number(ky_pdf_get(doc, dict, "UserUnit"), &unit) && unit > 0)
        page.user_unit = clean(unit) > 0 ? unit : 1;
    return page;
}

static struct inherited inherit(struct inherited in, const struct ky_pdf_value *dict)
{
    const struct {
        const char *key;
        const struct ky_pdf_value **field;
    } fields[] = {{"Resources", &in.resources},
                  {"MediaBox", &in.media_box},
                  {"CropBox", &in.crop_box},
                  {"Rotate", &in.rotate}};
    for (size_t i = 0; i < KY_COUNT(fields); i++) {
        const struct ky_pdf_value *own = ky_pdf_dict_find(dict, fields[i].key);
        if (own != NULL && own->type != KY_PDF_NULL)
            *fields[i].field = own;
    }
    return in;
}

static ky_rc visit(struct walk *w, const struct ky_pdf_value *node, struct inherited in, unsigned depth)
{
    struct ky_pdf_ref ref = node->type == KY_PDF_REF ? node->u.ref : (struct ky_pdf_ref){0, 0};
    const struct ky_pdf_value *dict = ky_pdf_resolve(w->doc, node);
    size_t entries = ky_pdf_is_dict(dict) ? dict->u.dict.n : 0;
    if (!ky_pdf_charge(w->doc, entries + KY_PDF_NODE_WORK))
        return KY_ELIMIT;
    if (!ky_pdf_is_dict(dict) || depth > TREE_DEPTH_MAX)
        return KY_OK;
    in = inherit(in, dict);
    const struct ky_pdf_value *kids = ky_pdf_get(w->doc, dict, "Kids");
    if (kids->type == KY_PDF_ARRAY && !ky_pdf_is_name(ky_pdf_get(w->doc, dict, "Type"), "Page")) {
        if (!ky_pdf_mark(&w->seen, ref))
            return KY_OK; /* a loop; a page itself may be shown twice */
        for (size_t i = 0; i < kids->u.array.n; i++)
            KY_TRY(visit(w, kids->u.array.at[i], in, depth + 1));
        return KY_OK;
    }
    if (w->index == KY_PDF_PAGES_MAX)
        return ky_fail(KY_ELIMIT, "pdf: more than %d pages", KY_PDF_PAGES_MAX);
    struct ky_pdf_page page = make_page(w->doc, ref, dict, &in);
    return w->fn(w->ctx, w->index++, &page);
}

ky_rc ky_pdf_page_each(struct ky_pdf *doc,
                       ky_rc (*fn)(void *ctx, size_t index, const struct ky_pdf_page *page), void *ctx)
{
    const struct ky_pdf_value *pages = ky_pdf_dict_find(ky_pdf_catalog(doc), "Pages");
    if (!ky_pdf_is_dict(ky_pdf_resolve(doc, pages)))
        return ky_fail(KY_EFORMAT, "pdf: no page tree");
    struct walk w = {.doc = doc, .fn = fn, .ctx = ctx};
    KY_TRY(ky_pdf_marks_init(&w.seen, doc));
    ky_rc rc = visit(&w, pages, (struct inherited){0}, 0);
    ky_pdf_marks_clear(&w.seen);
    return rc;
}

static ky_rc count_page(void *ctx, size_t index, const struct ky_pdf_page *page)
{
    *(size_t *)ctx = index + 1;
    return KY_OK;
}

ky_rc ky_pdf_page_count(size_t *out, struct ky_pdf *doc)
{
    size_t n = 0;
    KY_TRY(ky_pdf_page_each(doc, count_page, &n));
    *out = n;
    return KY_OK;
}

struct wanted {
    size_t index;
    struct ky_pdf_page *out;
};

/* KY_EEXIST ends the walk: the page was found. */
static ky_rc take_page(void *ctx, size_t index, const struct ky_pdf_page *page)
{
    struct wanted *w = ctx;
    if (index != w->index)
        return KY_OK;
    *w->out = *page;
    return KY_EEXIST;
}

ky_rc ky_pdf_page_get(struct ky_pdf_page *out, struct ky_pdf *doc, size_t index)
{
    struct wanted w = {.index = index, .out = out};
    ky_rc rc = ky_pdf_page_each(doc, take_page, &w);
    if (rc == KY_EEXIST)
        return KY_OK;
    return rc == KY_OK ? ky_fail(KY_ENOTFOUND, "pdf: there is no page %zu", index + 1) : rc;
}
