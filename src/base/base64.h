/* Base64 (RFC 4648): §4 with padding for CSC and PEM, §5 without padding ("base64url") for statements. */
#ifndef KY_BASE_BASE64_H
#define KY_BASE_BASE64_H

#include "base/buf.h"

void ky_buf_add_base64(struct ky_buf *b, struct ky_bytes in);
void ky_buf_add_base64url(struct ky_buf *b, struct ky_bytes in);

/*
 * Appends the decoded bytes to out. Strict: right alphabet, right (or no)
 * padding, unused bits zero, no white space. KY_EFORMAT otherwise.
 */
ky_rc ky_base64_decode(struct ky_buf *out, struct ky_bytes text);
ky_rc ky_base64url_decode(struct ky_buf *out, struct ky_bytes text);
/* The same into a caller's array of exactly n bytes. */
ky_rc ky_base64url_decode_exact(uint8_t *out, size_t n, struct ky_bytes text);

#endif
