/*
 * A table on its way out, as .xlsx or CSV: rows go to a file without a name, so that memory does not grow with them.
 * Cells that a spreadsheet program would take for formulas are made harmless by codec/sheet.
 */
#ifndef KY_WEB_EXPORT_H
#define KY_WEB_EXPORT_H

#include "codec/sheet/xlsx_write.h"
#include "web/web.h"

#define KY_EXPORT_ROWS_MAX 50000
#define KY_EXPORT_AT_ONCE 2 /* in this process */
#define KY_EXPORT_COLUMNS_MAX 20

typedef enum ky_export_form { KY_EXPORT_CSV, KY_EXPORT_XLSX } ky_export_form;

struct ky_export {
    ky_export_form form;
    const struct ky_sheet_column *columns; /* borrowed */
    size_t column_count, rows;
    struct ky_xlsx_out *book; /* of .xlsx */
    int fd;                   /* of CSV; -1: none */
    struct ky_buf text;       /* CSV that is not written yet */
    struct ky_web *web;
};
#define ky_auto_export KY_CLEANUP(ky_export_clear) struct ky_export

/* KY_EBUSY: KY_EXPORT_AT_ONCE are under way. name: of the sheet. */
ky_rc ky_export_begin(struct ky_export *out, struct ky_web *w, ky_export_form form, const char *name,
                      const struct ky_sheet_column *columns, size_t n);
/* As many cells as columns, NULL: empty. KY_ELIMIT: more than KY_EXPORT_ROWS_MAX. */
ky_rc ky_export_row(struct ky_export *e, const char *const *cells);
/* The whole file becomes the answer, with that name but for its ending. */
ky_rc ky_export_answer(struct ky_export *e, struct ky_exchange *x, const char *file_name);
void ky_export_clear(struct ky_export *e);

#endif
