/*
 * What stands around a sheet in an .xlsx file: relationships, the workbook, number formats, shared strings (ECMA-376 part 1
 * clauses 12.3, 18.2, 18.4, 18.8; strict and transitional alike, for elements are known by their local names).
 */
#ifndef KY_CODEC_SHEET_XLSX_BOOK_H
#define KY_CODEC_SHEET_XLSX_BOOK_H

#include "codec/sheet/xlsx_xml.h"

#define KY_XLSX_STRINGS_MAX 320000 /* KY_SHEET_ROWS_MAX × KY_SHEET_COLUMNS_MAX */
#define KY_XLSX_SHEETS_MAX 256
#define KY_XLSX_FORMATS_MAX 65536 /* cell formats; Excel has at most 65,490 */
#define KY_XLSX_DATE_IDS_MAX 4096 /* number formats of the file's own that are dates */

struct ky_xlsx_strings {
    struct ky_bytes *items; /* p NULL: longer than KY_SHEET_CELL_MAX */
    size_t n, room;
};

struct ky_xlsx_book {
    struct ky_sheet_fault *fault; /* borrowed */
    struct ky_xlsx_zip *zip;      /* borrowed */
    struct ky_arena arena;
    char sheet[KY_XLSX_NAME_MAX];   /* member: the first sheet that is shown */
    char strings[KY_XLSX_NAME_MAX]; /* member; "" when there is none */
    char styles[KY_XLSX_NAME_MAX];
    bool from_1904;
    struct ky_buf dates; /* one byte for each cell format: 1 when it shows a date */
    struct ky_xlsx_strings shared;
};

/* From the package's root to everything but the sheet itself. KY_EFORMAT, KY_ELIMIT, KY_EDENIED with the fault. */
ky_rc ky_xlsx_book_open(struct ky_xlsx_book *out, struct ky_sheet_fault *fault, struct ky_xlsx_zip *zip);
void ky_xlsx_book_clear(struct ky_xlsx_book *b);
#define ky_auto_xlsx_book KY_CLEANUP(ky_xlsx_book_clear) struct ky_xlsx_book

/* Parts of it, each in a file of its own. */
ky_rc ky_xlsx_styles_load(struct ky_xlsx_book *b);
ky_rc ky_xlsx_strings_load(struct ky_xlsx_book *b);
/*
 * Text of a shared or inline string (CT_Rst §18.4.8): its runs put together, phonetic ones left out, "_x000A_" decoded.
 * KY_ELIMIT without a fault: longer than out holds.
 */
ky_rc ky_xlsx_rich_text(struct ky_xlsx_xml *x, struct ky_buf *out, struct ky_xlsx_element *string);
/* Does a number format show a date or a time of day? */
bool ky_xlsx_format_is_date(const char *code);

#endif
