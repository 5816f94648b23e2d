/* Marks by object number; see marks.h. */
#include "codec/pdf/marks.h"

#include <stdlib.h>

ky_rc ky_pdf_marks_init(struct ky_pdf_marks *m, const struct ky_pdf *doc)
{
    m->limit = ky_pdf_object_limit(doc);
    m->bits = calloc(m->limit / 8 + 1, 1);
    return m->bits == NULL ? ky_fail(KY_ENOMEM, "pdf: marks for %u objects", m->limit) : KY_OK;
}

void ky_pdf_marks_clear(struct ky_pdf_marks *m)
{
    free(m->bits);
    *m = (struct ky_pdf_marks){0};
}

bool ky_pdf_mark(struct ky_pdf_marks *m, struct ky_pdf_ref ref)
{
    if (ref.num == 0 || ref.num >= m->limit)
        return ref.num == 0;
    uint8_t bit = (uint8_t)(1u << (ref.num & 7));
    bool first = (m->bits[ref.num / 8] & bit) == 0;
    m->bits[ref.num / 8] |= bit;
    return first;
}
