/*
 * The canonical form of statements and records: RFC 8785, restricted to
 * integers below 2^53 in size, no null, no fractions, limited depth; strings
 * in Unicode NFC (our rule on top). One value, one byte string.
 */
#ifndef KY_CODEC_JCS_H
#define KY_CODEC_JCS_H

#include "codec/json.h"

#define KY_JCS_DEPTH_MAX 6 /* the usual max_depth: object, rows, row, subject, units and one to spare */

/*
 * Appends the canonical form of v, at most max_depth arrays and objects inside one another.
 * Errors: KY_EFORMAT null, fraction, integer of 2^53 or more, string not in NFC; KY_ELIMIT depth, or the buffer's.
 */
ky_rc ky_jcs_encode(struct ky_buf *out, const json_t *v, size_t max_depth);

/*
 * Parses text strictly, makes the canonical form again and compares bytes. *out is the caller's.
 * Errors: KY_EFORMAT not JSON, or not canonical (names the first differing byte); KY_ELIMIT.
 */
ky_rc ky_jcs_parse(json_t **out, struct ky_bytes text, size_t max_bytes, size_t max_depth);

/* Valid UTF-8 in Normalization Form C? */
bool ky_text_is_nfc(struct ky_bytes text);

#endif
