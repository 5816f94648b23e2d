/*
 * Tables as CSV (RFC 4180) for spreadsheet programs: UTF-8 with a byte order mark, lines end with CR LF. A cell that such a
 * program would take for a formula gets an apostrophe before it.
 */
#ifndef KY_CODEC_SHEET_CSV_WRITE_H
#define KY_CODEC_SHEET_CSV_WRITE_H

#include "base/buf.h"
#include "codec/sheet/column.h"

/* Byte order mark and headings. Errors stick in the buffer. */
void ky_csv_add_headings(struct ky_buf *out, const struct ky_sheet_column *columns, size_t n);
void ky_csv_add_row(struct ky_buf *out, const struct ky_bytes *cells, size_t n);

#endif
