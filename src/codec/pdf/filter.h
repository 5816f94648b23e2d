/*
 * Stream filters (ISO 32000-2 §7.4) that structural streams use: Flate and
 * LZW with predictors, ASCIIHex, ASCII85, RunLength. Output never passes out->max.
 */
#ifndef KY_CODEC_PDF_FILTER_H
#define KY_CODEC_PDF_FILTER_H

#include "base/buf.h"

struct ky_pdf_predictor {
    int64_t predictor, colors, bits, columns; /* 1, 1, 8, 1 by default */
    int64_t early_change;                     /* LZW: 1 by default */
};
#define KY_PDF_PREDICTOR_DEFAULT ((struct ky_pdf_predictor){1, 1, 8, 1, 1})

/* True for names (long or short) that ky_pdf_filter_apply knows. */
bool ky_pdf_filter_known(struct ky_bytes name);
/*
 * Appends the decoded data. Flate data that end early are used as far as they go
 * when something could be decoded. KY_EDENIED: unknown filter; KY_EFORMAT; KY_ELIMIT.
 */
ky_rc ky_pdf_filter_apply(struct ky_buf *out, struct ky_bytes name, const struct ky_pdf_predictor *params,
                          struct ky_bytes in);

#endif
