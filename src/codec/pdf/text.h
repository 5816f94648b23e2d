/* Text strings (ISO 32000-2 §7.9.2.2): PDFDocEncoding, UTF-16BE, UTF-8 with its mark. */
#ifndef KY_CODEC_PDF_TEXT_H
#define KY_CODEC_PDF_TEXT_H

#include "base/arena.h"

/* UTF-8 of a text string; undecodable parts become U+FFFD. NULL when the arena is full. */
char *ky_pdf_text_decode(struct ky_arena *a, struct ky_bytes string);
/* ASCII stays as it is, all else becomes UTF-16BE with its mark. KY_EFORMAT when not UTF-8. */
ky_rc ky_pdf_text_encode(struct ky_bytes *out, struct ky_arena *a, struct ky_bytes utf8);

#endif
