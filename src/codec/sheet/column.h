/* The columns of a table that is written, the same for .xlsx and CSV. */
#ifndef KY_CODEC_SHEET_COLUMN_H
#define KY_CODEC_SHEET_COLUMN_H

#include "base/bytes.h"

#define KY_SHEET_CHOICES_MAX 16

struct ky_sheet_column {
    const char *heading;
    double width;                              /* in characters of the usual font; .xlsx only */
    const char *choices[KY_SHEET_CHOICES_MAX]; /* the values a person may pick, up to NULL; .xlsx only */
    const char *hint; /* shown while the cell is edited, at most 255 characters, or NULL; .xlsx only */
};

/*
 * Would a spreadsheet program take the text for a formula (or the start of one, behind a tab or line end)?
 * It begins with = + - @, a tab, a carriage return or a line feed.
 */
static inline bool ky_sheet_is_formula_like(struct ky_bytes text)
{
    return text.n > 0 && text.p[0] != '\0' && strchr("=+-@\t\r\n", text.p[0]) != NULL;
}

#endif
