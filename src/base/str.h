/* Text: UTF-8 validity, code points, and the few string helpers libc lacks. */
#ifndef KY_BASE_STR_H
#define KY_BASE_STR_H

#include "base/bytes.h"
#include "base/rc.h"

/* Reads one code point and advances; -1 at a malformed, overlong, surrogate or out-of-range sequence. */
int32_t ky_utf8_next(struct ky_bytes *text);
bool ky_utf8_valid(struct ky_bytes text);
/* Code points in valid UTF-8. */
size_t ky_utf8_length(struct ky_bytes text);
/*
 * Text that a person is shown or that goes into a certificate: valid UTF-8,
 * no control, bidirectional, zero-width, private-use or unassigned-plane
 * characters, at most max_chars code points. KY_EFORMAT / KY_ELIMIT, naming `what`.
 * (NFC is checked where libunistring is at hand: codec/jcs.)
 */
ky_rc ky_text_check(const char *what, struct ky_bytes text, size_t max_chars);

bool ky_str_eq(const char *a, const char *b); /* NULL equals only NULL */
bool ky_str_starts(const char *s, const char *prefix);
/* Decimal without sign, leading zeros or spaces, at most max. */
ky_rc ky_parse_u64(uint64_t *out, struct ky_bytes text, uint64_t max);

#endif
