/* Lower-case hexadecimal, one form only. */
#ifndef KY_BASE_HEX_H
#define KY_BASE_HEX_H

#include "base/buf.h"

/* Writes 2·n digits and a NUL to out, which has room for 2·n + 1 bytes. */
void ky_hex_encode(char *out, struct ky_bytes in);
void ky_buf_add_hex(struct ky_buf *b, struct ky_bytes in);
/* Exactly n bytes from exactly 2·n lower-case digits; KY_EFORMAT otherwise (upper case too). */
ky_rc ky_hex_decode(uint8_t *out, size_t n, struct ky_bytes text);

#endif
