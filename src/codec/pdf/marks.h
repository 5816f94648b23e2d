/* One bit for each object of a document, to visit each once. */
#ifndef KY_CODEC_PDF_MARKS_H
#define KY_CODEC_PDF_MARKS_H

#include "codec/pdf/doc.h"

struct ky_pdf_marks {
    uint8_t *bits; /* owned */
    uint32_t limit;
};

ky_rc ky_pdf_marks_init(struct ky_pdf_marks *m, const struct ky_pdf *doc);
void ky_pdf_marks_clear(struct ky_pdf_marks *m);
/* Marks an object; true the first time, and always for num 0 (a direct object). */
bool ky_pdf_mark(struct ky_pdf_marks *m, struct ky_pdf_ref ref);

#endif
