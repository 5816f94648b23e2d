/* Does a PDF run or carry anything? For files that are kept and handed on. */
#ifndef KY_CODEC_PDF_INERT_H
#define KY_CODEC_PDF_INERT_H

#include "codec/pdf/doc.h"

/*
 * ky_pdf_find_active — the first thing in any object of the newest revision, whether or not something refers to it, that a
 * viewer could run or unpack: JavaScript, Launch and other actions that leave the document (ISO 32000-2 §12.6.4),
 * embedded files (§7.11.4), rich media, forms in XML (XFA).
 *
 * Shapes:  *out  name of the key or type ("JavaScript"), a literal; NULL: there is none
 */
void ky_pdf_find_active(const char **out, struct ky_pdf *doc);

#endif
