/* The cells of one sheet (ECMA-376 part 1 §18.3); see xlsx_read.h. */
#include "codec/sheet/xlsx_read.h"

#include <libxml/parser.h>
#include <stdio.h>

#include "base/str.h"
#include "codec/sheet/xlsx_book.h"

struct reading {
    const struct ky_xlsx_book *book;
    struct ky_xlsx_xml *x;
    struct ky_sheet_filler fill;
    struct ky_buf *text; /* of the cell that is open; borrowed */
};

/* What <c> says of itself. */
struct cell {
    uint32_t column;
    char type[KY_XLSX_ATTRIBUTE_MAX];
    bool date;
    bool formula;
};

static ky_rc refuse_at(struct reading *r, ky_sheet_fault_kind kind, uint32_t column)
{
    return ky_sheet_refuse_cell(r->fill.fault, kind, column, r->fill.row);
}

/* ---- values ---- */

static ky_rc fill_shared(struct reading *r, const struct cell *c)
{
    uint64_t index;
    const struct ky_xlsx_strings *s = &r->book->shared;
    if (ky_parse_u64(&index, ky_buf_bytes(r->text), KY_XLSX_STRINGS_MAX) != KY_OK || index >= s->n)
        return refuse_at(r, KY_SHEET_STRING_INDEX, c->column);
    if (s->items[index].p == NULL)
        return refuse_at(r, KY_SHEET_CELL, c->column);
    return ky_sheet_fill_cell(&r->fill, c->column, KY_CELL_TEXT, s->items[index]);
}

/* A serial number that is no day stays a number: whoever reads the table knows what was meant. */
static ky_rc fill_number(struct reading *r, const struct cell *c)
{
    char date[32];
    ky_auto_buf iso = ky_buf_init(sizeof date);
    if (c->date && ky_sheet_date(&iso, ky_buf_bytes(r->text), r->book->from_1904) == KY_OK)
        return ky_sheet_fill_cell(&r->fill, c->column, KY_CELL_DATE, ky_buf_bytes(&iso));
    return ky_sheet_fill_cell(&r->fill, c->column, KY_CELL_NUMBER, ky_buf_bytes(r->text));
}

#define FILL_AS(name_, kind_)                                                                                \
    static ky_rc name_(struct reading *r, const struct cell *c)                                              \
    {                                                                                                        \
        return ky_sheet_fill_cell(&r->fill, c->column, kind_, ky_buf_bytes(r->text));                        \
    }
FILL_AS(fill_text, KY_CELL_TEXT)
FILL_AS(fill_boolean, KY_CELL_BOOLEAN)
FILL_AS(fill_error, KY_CELL_ERROR)
FILL_AS(fill_date, KY_CELL_DATE)

/* ST_CellType, §18.18.11 */
static const struct {
    const char *type;
    ky_rc (*fill)(struct reading *r, const struct cell *c);
} types[] = {
    {"", fill_number},        {"n", fill_number},  {"s", fill_shared}, {"str", fill_text},
    {"inlineStr", fill_text}, {"b", fill_boolean}, {"e", fill_error},  {"d", fill_date},
};

static ky_rc fill(struct reading *r, const struct cell *c)
{
    if (c->formula)
        return ky_sheet_fill_cell(&r->fill, c->column, KY_CELL_FORMULA, KY_BYTES_NONE);
    if (r->text->n == 0)
        return KY_OK;
    for (size_t i = 0; i < KY_COUNT(types); i++)
        if (ky_str_eq(c->type, types[i].type))
            return types[i].fill(r, c);
    return refuse_at(r, KY_SHEET_BAD_CELL, c->column);
}

/* ---- cells and rows ---- */

/* Cells and rows may leave out where they are: behind the one before. */
static ky_rc read_place(struct reading *r, struct cell *c, uint32_t before)
{
    char ref[KY_XLSX_ATTRIBUTE_MAX];
    uint32_t row = r->fill.row;
    c->column = before + 1;
    KY_TRY(ky_xlsx_xml_attribute(r->x, ref, "r", false));
    if (ref[0] != '\0' &&
        (ky_sheet_ref_parse(&c->column, &row, ky_bytes_str(ref)) != KY_OK || row != r->fill.row))
        return refuse_at(r, KY_SHEET_BAD_CELL, before + 1);
    return c->column > before ? KY_OK : refuse_at(r, KY_SHEET_BAD_CELL, c->column);
}

static ky_rc read_format(struct reading *r, struct cell *c)
{
    char style[KY_XLSX_ATTRIBUTE_MAX];
    uint64_t index;
    const struct ky_buf *dates = &r->book->dates;
    KY_TRY(ky_xlsx_xml_attribute(r->x, style, "s", false));
    c->date = ky_parse_u64(&index, ky_bytes_str(style), KY_XLSX_FORMATS_MAX) == KY_OK && index < dates->n &&
              dates->p[index] != 0;
    return KY_OK;
}

/* The text within <c>; a limit that the text itself breaks is told at the cell. */
static ky_rc read_text(struct reading *r, const struct cell *c, struct ky_xlsx_element *e)
{
    ky_rc rc = KY_OK;
    if (ky_xlsx_is(e, "v"))
        rc = ky_xlsx_xml_text(r->x, r->text, e);
    else if (ky_xlsx_is(e, "is"))
        rc = ky_xlsx_rich_text(r->x, r->text, e);
    if (rc == KY_ELIMIT && r->fill.fault->kind == KY_SHEET_NO_FAULT)
        return refuse_at(r, KY_SHEET_CELL, c->column);
    return rc;
}

static ky_rc read_cell(struct reading *r, struct ky_xlsx_element *e, uint32_t *column)
{
    struct cell c = {.formula = false};
    struct ky_xlsx_element child;
    KY_TRY(read_place(r, &c, *column));
    *column = c.column;
    KY_TRY(read_format(r, &c));
    KY_TRY(ky_xlsx_xml_attribute(r->x, c.type, "t", false));
    ky_buf_reset(r->text);
    for (;;) {
        KY_TRY(ky_xlsx_xml_child(r->x, e, &child));
        if (child.name == NULL)
            return fill(r, &c);
        c.formula |= ky_xlsx_is(&child, "f");
        KY_TRY(read_text(r, &c, &child));
    }
}

static ky_rc read_row(struct reading *r, struct ky_xlsx_element *e)
{
    char number[KY_XLSX_ATTRIBUTE_MAX];
    uint64_t row = r->fill.row + 1;
    uint32_t column = 0;
    struct ky_xlsx_element child;
    KY_TRY(ky_xlsx_xml_attribute(r->x, number, "r", false));
    if (number[0] != '\0' && ky_parse_u64(&row, ky_bytes_str(number), KY_SHEET_EXCEL_ROWS_MAX) != KY_OK)
        return refuse_at(r, KY_SHEET_BAD_CELL, 1);
    if (row <= r->fill.row)
        return refuse_at(r, KY_SHEET_BAD_CELL, 1);
    r->fill.row = (uint32_t)row;
    for (;;) {
        KY_TRY(ky_xlsx_xml_child(r->x, e, &child));
        if (child.name == NULL)
            return ky_sheet_fill_row(&r->fill);
        if (ky_xlsx_is(&child, "c"))
            KY_TRY(read_cell(r, &child, &column));
    }
}

static ky_rc read_rows(struct reading *r, struct ky_xlsx_element *data)
{
    struct ky_xlsx_element e;
    for (;;) {
        KY_TRY(ky_xlsx_xml_child(r->x, data, &e));
        if (e.name == NULL)
            return KY_OK;
        if (ky_xlsx_is(&e, "row"))
            KY_TRY(read_row(r, &e));
    }
}

/* ---- merged ranges ---- */

static ky_rc add_merge(struct reading *r, const char *ref)
{
    struct ky_sheet *s = r->fill.sheet;
    struct ky_sheet_merge m = {.first_row = 0};
    uint32_t column;
    const char *colon = strchr(ref, ':');
    size_t first = colon == NULL ? strlen(ref) : (size_t)(colon - ref);
    const char *last = colon == NULL ? ref : colon + 1;
    if (ky_sheet_ref_parse(&column, &m.first_row, KY_BYTES(ref, first)) != KY_OK ||
        ky_sheet_ref_parse(&column, &m.last_row, ky_bytes_str(last)) != KY_OK || m.last_row < m.first_row)
        return ky_sheet_refuse(r->fill.fault, KY_SHEET_BAD_CELL, ref);
    if (s->n_merges == KY_SHEET_MERGES_MAX)
        return ky_sheet_refuse(r->fill.fault, KY_SHEET_MERGES, ref);
    snprintf(m.ref, sizeof m.ref, "%s", ref);
    s->merges[s->n_merges++] = m;
    return KY_OK;
}

static ky_rc read_merges(struct reading *r, struct ky_xlsx_element *list)
{
    struct ky_xlsx_element e;
    char ref[KY_XLSX_ATTRIBUTE_MAX];
    for (;;) {
        KY_TRY(ky_xlsx_xml_child(r->x, list, &e));
        if (e.name == NULL)
            return KY_OK;
        KY_TRY(ky_xlsx_xml_attribute(r->x, ref, "ref", false));
        KY_TRY(add_merge(r, ref));
    }
}

static ky_rc read_sheet(struct reading *r, struct ky_xlsx_element *root)
{
    struct ky_xlsx_element e;
    for (;;) {
        KY_TRY(ky_xlsx_xml_child(r->x, root, &e));
        if (e.name == NULL)
            return r->fill.sheet->n > 0 ? KY_OK : ky_sheet_refuse(r->fill.fault, KY_SHEET_EMPTY, "");
        if (ky_xlsx_is(&e, "sheetData"))
            KY_TRY(read_rows(r, &e));
        else if (ky_xlsx_is(&e, "mergeCells"))
            KY_TRY(read_merges(r, &e));
    }
}

bool ky_xlsx_is_likely(struct ky_bytes file)
{
    return file.n >= 2 &&
           ((file.p[0] == 'P' && file.p[1] == 'K') || (file.p[0] == 0xd0 && file.p[1] == 0xcf));
}

ky_rc ky_xlsx_read(struct ky_sheet *out, struct ky_sheet_fault *fault, struct ky_bytes file)
{
    ky_auto_xlsx_zip zip = NULL;
    ky_auto_xlsx_book book = {.zip = NULL};
    ky_auto_xlsx_xml x = NULL;
    ky_auto_sheet sheet = {.n = 0};
    ky_auto_buf text = ky_buf_init_secret(KY_SHEET_CELL_MAX);
    struct ky_xlsx_element root;
    fault->kind = KY_SHEET_NO_FAULT;
    KY_TRY(ky_xlsx_zip_open(&zip, fault, file));
    KY_TRY(ky_xlsx_book_open(&book, fault, zip));
    KY_TRY(ky_sheet_init(&sheet));
    ky_rc rc = ky_xlsx_xml_open(&x, fault, zip, book.sheet, &root);
    if (rc == KY_ENOTFOUND)
        return ky_sheet_refuse(fault, KY_SHEET_DAMAGED, book.sheet);
    KY_TRY(rc);
    struct reading r = {.book = &book, .x = x, .fill = {.sheet = &sheet, .fault = fault}, .text = &text};
    KY_TRY(read_sheet(&r, &root));
    *out = sheet;
    sheet = (struct ky_sheet){.n = 0};
    return KY_OK;
}

void ky_xlsx_prepare(void)
{
    xmlInitParser();
}
