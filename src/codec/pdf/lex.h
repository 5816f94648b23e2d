/*
 * Lexical conventions and direct objects (ISO 32000-2 §7.2, §7.3). The parser
 * reads from a view and reports the position in it; it never follows a reference.
 */
#ifndef KY_CODEC_PDF_LEX_H
#define KY_CODEC_PDF_LEX_H

#include "codec/pdf/value.h"

struct ky_pdf_lexer {
    struct ky_bytes in;
    size_t at; /* next byte */
    struct ky_arena *arena;
};

bool ky_pdf_is_space(uint8_t c);
bool ky_pdf_is_regular(uint8_t c);
/* Skips white space and comments. */
void ky_pdf_skip_space(struct ky_pdf_lexer *lx);
/* Skips space, then takes the word if it stands there as a whole; else stays before it. */
bool ky_pdf_take_word(struct ky_pdf_lexer *lx, const char *word);
/* Skips space, then takes an unsigned decimal integer below 2^53 that ends at a non-regular byte. */
bool ky_pdf_take_uint(struct ky_pdf_lexer *lx, uint64_t *out);
/* "n g obj" */
bool ky_pdf_take_header(struct ky_pdf_lexer *lx, struct ky_pdf_ref *out);
/* One direct object or reference. KY_EFORMAT with the position; KY_ELIMIT for depth. */
ky_rc ky_pdf_parse_value(struct ky_pdf_value **out, struct ky_pdf_lexer *lx);

#endif
