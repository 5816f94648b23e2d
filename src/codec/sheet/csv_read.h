/*
 * Tables as text: CSV (RFC 4180) as spreadsheet programs save it, and cells pasted from one (separated by tabs).
 * UTF-8 with or without a byte order mark, UTF-16 with one; separated by comma, semicolon or tab, whichever the first
 * line has most of outside quotes, or by what a first line "sep=;" says.
 */
#ifndef KY_CODEC_SHEET_CSV_READ_H
#define KY_CODEC_SHEET_CSV_READ_H

#include "codec/sheet/sheet.h"

/*
 * ky_csv_read — every cell is KY_CELL_TEXT; a record is a row, counted as a spreadsheet program does that opens it.
 *
 * Errors: KY_EFORMAT, KY_ELIMIT with *fault;  KY_ENOMEM
 */
ky_rc ky_csv_read(struct ky_sheet *out, struct ky_sheet_fault *fault, struct ky_bytes file);

#endif
