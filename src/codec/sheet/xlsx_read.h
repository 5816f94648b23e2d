/*
 * Spreadsheets (.xlsx, ECMA-376 strict and transitional) read by libzip and libxml2, in a process that has nothing to
 * lose: the first sheet that is shown, without formulas, macros, entities or anything outside the file.
 */
#ifndef KY_CODEC_SHEET_XLSX_READ_H
#define KY_CODEC_SHEET_XLSX_READ_H

#include "codec/sheet/sheet.h"

/* Does it look like a package or a compound file, rather than text? */
bool ky_xlsx_is_likely(struct ky_bytes file);

/*
 * ky_xlsx_read — the cells of a file of at most KY_SHEET_FILE_MAX bytes, with formulas and errors by their kind and the
 * ranges that are merged.
 *
 * Errors: KY_EFORMAT, KY_ELIMIT, KY_EDENIED with *fault;  KY_ENOMEM
 */
ky_rc ky_xlsx_read(struct ky_sheet *out, struct ky_sheet_fault *fault, struct ky_bytes file);

/* What libxml2 does once a process; before a sandbox closes. */
void ky_xlsx_prepare(void);

#endif
