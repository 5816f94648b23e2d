/* PAdES as a format (ades/format_ops.h), and which PDF may be signed. */
#ifndef KY_ADES_PADES_H
#define KY_ADES_PADES_H

#include "codec/pdf/signable.h"

/*
 * As ky_pdf_signable, and the file begins with its header: where something stands before it, readers count offsets
 * from different places, and what one shows as signed another cannot read.
 */
ky_rc ky_pades_signable(ky_pdf_obstacle *why, struct ky_pdf *doc, const struct ky_pdf_sign_wish *wish);

#endif
