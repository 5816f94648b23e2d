/* The page tree (ISO 32000-2 §7.7.3): cycle-safe, with inherited attributes. */
#ifndef KY_CODEC_PDF_PAGE_H
#define KY_CODEC_PDF_PAGE_H

#include "codec/pdf/doc.h"

#define KY_PDF_PAGES_MAX 1000000

struct ky_pdf_rect {
    double x0, y0, x1, y1; /* normalised: x0 <= x1, y0 <= y1 */
};

struct ky_pdf_page {
    struct ky_pdf_ref ref;                /* num 0: the page is a direct object and can not be updated */
    const struct ky_pdf_value *dict;      /* the page's own dictionary */
    const struct ky_pdf_value *resources; /* inherited; a null value when absent */
    struct ky_pdf_rect media_box;         /* inherited; Letter when absent or broken */
    struct ky_pdf_rect crop_box;          /* inherited, cut to the media box; media_box when absent */
    int rotate;                           /* 0, 90, 180, 270: clockwise */
    double user_unit;                     /* 1/72 inch each; 1.0 by default */
};

/* Counts the leaves, not /Count. KY_ELIMIT above KY_PDF_PAGES_MAX; KY_EFORMAT when there is no page tree. */
ky_rc ky_pdf_page_count(size_t *out, struct ky_pdf *doc);
/* Page by index from 0; KY_ENOTFOUND beyond the last. */
ky_rc ky_pdf_page_get(struct ky_pdf_page *out, struct ky_pdf *doc, size_t index);
/* Calls fn for every page in order until it fails; its result is passed on. */
ky_rc ky_pdf_page_each(struct ky_pdf *doc,
                       ky_rc (*fn)(void *ctx, size_t index, const struct ky_pdf_page *page), void *ctx);
/* Four numbers as a normalised rectangle; false when it is not one. */
bool ky_pdf_rect_read(struct ky_pdf_rect *out, struct ky_pdf *doc, const struct ky_pdf_value *v);

#endif
