/* Writing objects (ISO 32000-2 §7.3): one canonical form, numbers that were read stay as they stood. */
#ifndef KY_CODEC_PDF_WRITE_H
#define KY_CODEC_PDF_WRITE_H

#include "base/buf.h"
#include "codec/pdf/crypt.h"

struct ky_pdf_writer {
    struct ky_buf *out;
    uint64_t base;                    /* file offset of the first byte of out */
    const struct ky_pdf_crypt *crypt; /* NULL: strings and streams are not encrypted */
    struct ky_pdf_ref object;         /* the indirect object being written */
};

ky_rc ky_pdf_write_value(struct ky_pdf_writer *w, const struct ky_pdf_value *v);
/* "n g obj … endobj" */
ky_rc ky_pdf_write_object(struct ky_pdf_writer *w, struct ky_pdf_ref ref, const struct ky_pdf_value *v);

#endif
