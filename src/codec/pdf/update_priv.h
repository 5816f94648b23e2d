/* The inside of an update, for update.c and render.c. */
#ifndef KY_CODEC_PDF_UPDATE_PRIV_H
#define KY_CODEC_PDF_UPDATE_PRIV_H

#include "codec/pdf/update.h"

struct ky_pdf_changed {
    struct ky_pdf_ref ref;
    struct ky_pdf_value *value;
    uint64_t at; /* file offset, once rendered */
};

struct ky_pdf_update {
    struct ky_pdf *doc; /* borrowed */
    struct ky_arena arena;
    struct ky_pdf_changed *objects; /* sorted by number */
    size_t count, cap;
    uint32_t next; /* first number never used */
    bool rendered;
};

#endif
