/*
 * Tables as .xlsx through libxlsxwriter: every column has the format of text, so that leading zeros stay and nothing is a
 * formula; headings stay in sight; lists to pick from where a column has choices.
 */
#ifndef KY_CODEC_SHEET_XLSX_WRITE_H
#define KY_CODEC_SHEET_XLSX_WRITE_H

#include "base/buf.h"
#include "codec/sheet/column.h"

#define KY_XLSX_OUT_ROWS_MAX 1048575 /* below the headings */
#define KY_XLSX_OUT_CELL_MAX 32767   /* characters */

struct ky_xlsx_out;
/*
 * ky_xlsx_out_new — begin a table with its headings. Rows are kept in files in `folder` until the end.
 *
 * Shapes:  name     of the sheet, at most 31 characters, none of []:*?/\
 *          columns  borrowed until ky_xlsx_out_finish
 * Errors:  KY_EIO   the folder;  KY_EINVAL  name or column is not allowed;  KY_ENOMEM
 */
ky_rc ky_xlsx_out_new(struct ky_xlsx_out **out, const char *folder, const char *name,
                      const struct ky_sheet_column *columns, size_t n);
void ky_xlsx_out_free(struct ky_xlsx_out *w);
KY_DEFINE_CLEANUP(struct ky_xlsx_out, ky_xlsx_out_free)
#define ky_auto_xlsx_out KY_CLEANUP(ky_xlsx_out_freep) struct ky_xlsx_out *

/* As many cells as columns. KY_ELIMIT: too many rows, or a cell too long; KY_EFORMAT: not UTF-8; KY_ENOMEM. */
ky_rc ky_xlsx_out_row(struct ky_xlsx_out *w, const struct ky_bytes *cells);
/* The same as a descriptor to read from, the caller's; the file has no name any more when the table is freed. */
ky_rc ky_xlsx_out_finish_file(int *out_fd, struct ky_xlsx_out *w);
/* Appends the file. The table cannot be added to any more. KY_EIO, KY_ELIMIT. */
ky_rc ky_xlsx_out_finish(struct ky_buf *file, struct ky_xlsx_out *w);

#endif
