/* Reading every object that can be reached from the trailer. */
#ifndef KY_CODEC_PDF_REACH_H
#define KY_CODEC_PDF_REACH_H

#include "codec/pdf/doc.h"

/*
 * Parses all reachable objects, so that ky_pdf_needs_repair tells of damage in any
 * of them; what nothing refers to does not matter. Each object is visited once.
 */
ky_rc ky_pdf_read_reachable(struct ky_pdf *doc);

#endif
