/*
 * A table as a person's spreadsheet holds it: the cells that are not empty, as text with their kind, in rows. Made by
 * codec/sheet/csv_read and codec/sheet/xlsx_read, which refuse a file as a whole with a fault that a person understands;
 * a formula, an error value or a merged range is told to the reader of the table, who knows which cells matter.
 */
#ifndef KY_CODEC_SHEET_SHEET_H
#define KY_CODEC_SHEET_SHEET_H

#include "base/arena.h"
#include "base/buf.h"

#define KY_SHEET_FILE_MAX 10485760 /* bytes of a file: 10 MiB */
#define KY_SHEET_ROWS_MAX 5000
#define KY_SHEET_COLUMNS_MAX 64
#define KY_SHEET_CELL_MAX 4096                    /* bytes of UTF-8 in one cell */
#define KY_SHEET_TEXT_MAX ((size_t)32 << 20)      /* bytes of all rows and cells in memory */
#define KY_SHEET_MERGES_MAX 1024                  /* merged ranges */
#define KY_SHEET_REF_MAX 16                       /* "XFD1048576" with its NUL */
#define KY_SHEET_EXCEL_ROWS_MAX UINT32_C(1048576) /* what any spreadsheet program can address */
#define KY_SHEET_EXCEL_COLUMNS_MAX UINT32_C(16384)

typedef enum ky_cell_kind {
    KY_CELL_TEXT,
    KY_CELL_NUMBER,  /* decimal as written in the file: "912345678", "7.9E10" */
    KY_CELL_DATE,    /* "1985-03-09", or with a time of day "1985-03-09T07:30:00" */
    KY_CELL_BOOLEAN, /* "1", "0" */
    KY_CELL_ERROR,   /* "#N/A" */
    KY_CELL_FORMULA, /* without text: neither the formula nor its last value is used */
} ky_cell_kind;

struct ky_cell {
    uint32_t column; /* from 1 */
    ky_cell_kind kind;
    struct ky_bytes text; /* UTF-8, well-formed, without NUL; in the sheet's arena */
};

struct ky_sheet_row {
    uint32_t number;       /* from 1, as the spreadsheet program shows it */
    struct ky_cell *cells; /* by ascending column */
    size_t n;
};

struct ky_sheet_merge {
    uint32_t first_row, last_row;
    char ref[2 * KY_SHEET_REF_MAX]; /* "A3:C3" */
};

struct ky_sheet {
    struct ky_sheet_row *rows; /* those with a cell, by ascending number */
    size_t n;
    struct ky_sheet_merge *merges;
    size_t n_merges;
    struct ky_arena arena;
};
#define ky_auto_sheet KY_CLEANUP(ky_sheet_clear) struct ky_sheet

/* Room for KY_SHEET_ROWS_MAX rows is taken at once. KY_ENOMEM. */
ky_rc ky_sheet_init(struct ky_sheet *out);
void ky_sheet_clear(struct ky_sheet *s);
/* NULL: the cell is empty. */
const struct ky_cell *ky_sheet_row_find(const struct ky_sheet_row *row, uint32_t column);

/* Why a file is refused as a whole. */
typedef enum ky_sheet_fault_kind {
    KY_SHEET_NO_FAULT,
    KY_SHEET_FILE_SIZE,
    KY_SHEET_EMPTY,
    KY_SHEET_NOT_XLSX,
    KY_SHEET_OLD_XLS,
    KY_SHEET_ENCRYPTED,
    KY_SHEET_MACROS,
    KY_SHEET_DAMAGED,
    KY_SHEET_MEMBERS,
    KY_SHEET_MEMBER_NAME,
    KY_SHEET_MEMBER_TWICE,
    KY_SHEET_BOMB,
    KY_SHEET_DOCTYPE,
    KY_SHEET_XML,
    KY_SHEET_XML_LIMIT,
    KY_SHEET_EXTERNAL,
    KY_SHEET_STRINGS,
    KY_SHEET_STRING_INDEX,
    KY_SHEET_BAD_CELL,
    KY_SHEET_ROWS,
    KY_SHEET_COLUMNS,
    KY_SHEET_CELL,
    KY_SHEET_TEXT,
    KY_SHEET_MERGES,
    KY_SHEET_ENCODING,
    KY_SHEET_QUOTE,
    KY_SHEET_FAULT_COUNT,
} ky_sheet_fault_kind;

#define KY_SHEET_WHERE_MAX 64
struct ky_sheet_fault {
    ky_sheet_fault_kind kind;
    char where[KY_SHEET_WHERE_MAX]; /* cell, member or line: "B3", "xl/styles.xml"; may be empty */
};
struct ky_sheet_fault_info {
    ky_rc rc;
    const char *code;    /* "zip-bomb": stable, for programs */
    const char *vi, *en; /* sentences without the place */
};
const struct ky_sheet_fault_info *ky_sheet_fault_info(ky_sheet_fault_kind kind);
/* Fills *out and returns the fault's KY_EFORMAT, KY_ELIMIT or KY_EDENIED with "sentence: where" as its text. */
ky_rc ky_sheet_refuse(struct ky_sheet_fault *out, ky_sheet_fault_kind kind, const char *where);
/* The same at a cell. */
ky_rc ky_sheet_refuse_cell(struct ky_sheet_fault *out, ky_sheet_fault_kind kind, uint32_t column,
                           uint32_t row);

/* "B3"; column alone when row is 0. */
void ky_sheet_ref(char out[KY_SHEET_REF_MAX], uint32_t column, uint32_t row);
/* From "B3" within what spreadsheet programs address. KY_EFORMAT. */
ky_rc ky_sheet_ref_parse(uint32_t *column, uint32_t *row, struct ky_bytes ref);

/*
 * Appends the digits of a number cell that is a whole number of at most 18 digits: "7.9E3" → "7900", "12.0" → "12".
 * KY_EFORMAT: no number, a fraction, negative or larger.
 */
ky_rc ky_sheet_digits(struct ky_buf *out, struct ky_bytes number);
/*
 * Appends the date of a serial number of days since 1899-12-31 (or 1904-01-01), as ISO 8601.
 * KY_EFORMAT: not a number, before the first or after the last day of 9999, or 29 February 1900, which never was.
 */
ky_rc ky_sheet_date(struct ky_buf *out, struct ky_bytes serial, bool from_1904);

/* Filling a sheet, row by row and cell by cell in ascending order; for the readers. */
struct ky_sheet_filler {
    struct ky_sheet *sheet;
    struct ky_sheet_fault *fault;
    struct ky_cell cells[KY_SHEET_COLUMNS_MAX]; /* of the row that is open */
    size_t n;
    uint32_t row;
};
/* Copies text. An empty text cell is left out, wherever it is. KY_EFORMAT, KY_ELIMIT with the fault. */
ky_rc ky_sheet_fill_cell(struct ky_sheet_filler *f, uint32_t column, ky_cell_kind kind, struct ky_bytes text);
/* Ends the open row. */
ky_rc ky_sheet_fill_row(struct ky_sheet_filler *f);

#endif
