/* Cells, rows and faults; see sheet.h. */
#include "codec/sheet/sheet.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"

#define TEXT_OF(number) TEXT_OF_(number)
#define TEXT_OF_(number) #number

static const struct ky_sheet_fault_info faults[KY_SHEET_FAULT_COUNT] = {
    [KY_SHEET_NO_FAULT] = {KY_EINTERNAL, "none", "Không có lỗi", "No fault"},
    [KY_SHEET_FILE_SIZE] = {KY_ELIMIT, "file-size", "Tệp lớn hơn 10 MB", "The file is larger than 10 MB"},
    [KY_SHEET_EMPTY] = {KY_EFORMAT, "empty", "Tệp không có dữ liệu", "The file holds no data"},
    [KY_SHEET_NOT_XLSX] = {KY_EFORMAT, "not-xlsx", "Tệp không phải bảng tính .xlsx hay .csv",
                           "The file is neither an .xlsx nor a .csv spreadsheet"},
    [KY_SHEET_OLD_XLS] = {KY_EFORMAT, "old-xls", "Tệp là bảng tính .xls kiểu cũ; hãy lưu lại thành .xlsx",
                          "The file is an old .xls spreadsheet; save it as .xlsx"},
    [KY_SHEET_ENCRYPTED] = {KY_EDENIED, "encrypted", "Tệp được bảo vệ bằng mật khẩu; hãy bỏ mật khẩu",
                            "The file is protected by a password; remove it"},
    [KY_SHEET_MACROS] = {KY_EDENIED, "macros", "Tệp chứa macro; hãy lưu lại thành .xlsx không có macro",
                         "The file contains macros; save it as .xlsx without them"},
    [KY_SHEET_DAMAGED] = {KY_EFORMAT, "damaged", "Tệp .xlsx bị hỏng hoặc thiếu thành phần",
                          "The .xlsx file is damaged or lacks a part"},
    [KY_SHEET_MEMBERS] = {KY_ELIMIT, "members", "Tệp .xlsx có quá nhiều thành phần",
                          "The .xlsx file has too many members"},
    [KY_SHEET_MEMBER_NAME] = {KY_EDENIED, "member-name", "Tên thành phần trong tệp .xlsx không hợp lệ",
                              "A member of the .xlsx file has a name that is not allowed"},
    [KY_SHEET_MEMBER_TWICE] = {KY_EDENIED, "member-twice", "Tệp .xlsx có hai thành phần trùng tên",
                               "The .xlsx file has two members of one name"},
    [KY_SHEET_BOMB] = {KY_ELIMIT, "zip-bomb", "Nội dung giải nén vượt quá giới hạn",
                       "The content unpacks to more than is allowed"},
    [KY_SHEET_DOCTYPE] = {KY_EDENIED, "doctype", "Nội dung XML có khai báo DOCTYPE, không được phép",
                          "The XML has a DOCTYPE, which is not allowed"},
    [KY_SHEET_XML] = {KY_EFORMAT, "xml", "Nội dung XML không hợp lệ", "The XML is malformed"},
    [KY_SHEET_XML_LIMIT] = {KY_ELIMIT, "xml-limit", "Nội dung XML quá phức tạp",
                            "The XML has too many or too large elements"},
    [KY_SHEET_EXTERNAL] = {KY_EDENIED, "external", "Bảng tính nằm ngoài tệp",
                           "The sheet lies outside the file"},
    [KY_SHEET_STRINGS] = {KY_ELIMIT, "strings", "Có quá nhiều chuỗi ký tự dùng chung",
                          "There are too many shared strings"},
    [KY_SHEET_STRING_INDEX] = {KY_EFORMAT, "string-index", "Ô trỏ tới chuỗi ký tự không tồn tại",
                               "The cell names a string that is not there"},
    [KY_SHEET_BAD_CELL] = {KY_EFORMAT, "bad-cell", "Ô hoặc dòng ghi sai quy cách",
                           "A cell or row is not as the format asks"},
    [KY_SHEET_ROWS] = {KY_ELIMIT, "rows", "Có dữ liệu ngoài " TEXT_OF(KY_SHEET_ROWS_MAX) " dòng đầu",
                       "There is data beyond the first " TEXT_OF(KY_SHEET_ROWS_MAX) " rows"},
    [KY_SHEET_COLUMNS] = {KY_ELIMIT, "columns", "Có dữ liệu ngoài " TEXT_OF(KY_SHEET_COLUMNS_MAX) " cột đầu",
                          "There is data beyond the first " TEXT_OF(KY_SHEET_COLUMNS_MAX) " columns"},
    [KY_SHEET_CELL] = {KY_ELIMIT, "cell", "Ô dài hơn " TEXT_OF(KY_SHEET_CELL_MAX) " byte",
                       "The cell is longer than " TEXT_OF(KY_SHEET_CELL_MAX) " bytes"},
    [KY_SHEET_TEXT] = {KY_ELIMIT, "text", "Bảng có quá nhiều nội dung", "The table holds too much text"},
    [KY_SHEET_MERGES] = {KY_ELIMIT, "merges", "Có quá nhiều ô gộp", "There are too many merged ranges"},
    [KY_SHEET_ENCODING] = {KY_EFORMAT, "encoding", "Ký tự không phải UTF-8; hãy lưu lại thành CSV UTF-8",
                           "The text is not UTF-8; save it as CSV UTF-8"},
    [KY_SHEET_QUOTE] = {KY_EFORMAT, "quote", "Dấu ngoặc kép trong ô không khép đúng",
                        "The quotes of the cell are not closed properly"},
};

const struct ky_sheet_fault_info *ky_sheet_fault_info(ky_sheet_fault_kind kind)
{
    return &faults[kind];
}

ky_rc ky_sheet_refuse(struct ky_sheet_fault *out, ky_sheet_fault_kind kind, const char *where)
{
    const struct ky_sheet_fault_info *info = &faults[kind];
    *out = (struct ky_sheet_fault){.kind = kind};
    snprintf(out->where, sizeof out->where, "%s", where);
    return ky_fail(info->rc, "%s%s%s", info->en, where[0] == '\0' ? "" : ": ", out->where);
}

ky_rc ky_sheet_refuse_cell(struct ky_sheet_fault *out, ky_sheet_fault_kind kind, uint32_t column,
                           uint32_t row)
{
    char ref[KY_SHEET_REF_MAX];
    ky_sheet_ref(ref, column, row);
    return ky_sheet_refuse(out, kind, ref);
}

ky_rc ky_sheet_init(struct ky_sheet *out)
{
    struct ky_sheet s = {.arena = ky_arena_init(KY_SHEET_TEXT_MAX)};
    s.rows = ky_arena_alloc_array(&s.arena, KY_SHEET_ROWS_MAX, sizeof *s.rows);
    s.merges = ky_arena_alloc_array(&s.arena, KY_SHEET_MERGES_MAX, sizeof *s.merges);
    if (s.rows == NULL || s.merges == NULL) {
        ky_arena_clear(&s.arena);
        return ky_fail(KY_ENOMEM, "sheet");
    }
    *out = s;
    return KY_OK;
}

void ky_sheet_clear(struct ky_sheet *s)
{
    ky_arena_clear(&s->arena);
    *s = (struct ky_sheet){.n = 0};
}

const struct ky_cell *ky_sheet_row_find(const struct ky_sheet_row *row, uint32_t column)
{
    for (size_t i = 0; i < row->n; i++)
        if (row->cells[i].column == column)
            return &row->cells[i];
    return NULL;
}

/* ---- references ---- */

void ky_sheet_ref(char out[KY_SHEET_REF_MAX], uint32_t column, uint32_t row)
{
    char letters[8];
    size_t at = sizeof letters;
    letters[--at] = '\0';
    for (uint32_t c = column; c > 0; c = (c - 1) / 26)
        letters[--at] = (char)('A' + (c - 1) % 26);
    if (row == 0)
        snprintf(out, KY_SHEET_REF_MAX, "%s", letters + at);
    else
        snprintf(out, KY_SHEET_REF_MAX, "%s%u", letters + at, row);
}

ky_rc ky_sheet_ref_parse(uint32_t *column, uint32_t *row, struct ky_bytes ref)
{
    uint32_t c = 0;
    uint64_t r = 0;
    size_t at = 0;
    for (; at < ref.n && at < 3 && ref.p[at] >= 'A' && ref.p[at] <= 'Z'; at++)
        c = c * 26 + (uint32_t)(ref.p[at] - 'A') + 1;
    if (c == 0 || c > KY_SHEET_EXCEL_COLUMNS_MAX)
        return ky_fail(KY_EFORMAT, "cell reference");
    KY_TRY(ky_parse_u64(&r, KY_BYTES(ref.p + at, ref.n - at), KY_SHEET_EXCEL_ROWS_MAX));
    if (r == 0)
        return ky_fail(KY_EFORMAT, "cell reference");
    *column = c;
    *row = (uint32_t)r;
    return KY_OK;
}

/* ---- filling ---- */

ky_rc ky_sheet_fill_cell(struct ky_sheet_filler *f, uint32_t column, ky_cell_kind kind, struct ky_bytes text)
{
    if (text.n == 0 && kind != KY_CELL_FORMULA)
        return KY_OK;
    if (f->row == 0 || f->row > KY_SHEET_ROWS_MAX)
        return ky_sheet_refuse_cell(f->fault, KY_SHEET_ROWS, column, f->row);
    if (column == 0 || column > KY_SHEET_COLUMNS_MAX)
        return ky_sheet_refuse_cell(f->fault, KY_SHEET_COLUMNS, column, f->row);
    if (text.n > KY_SHEET_CELL_MAX)
        return ky_sheet_refuse_cell(f->fault, KY_SHEET_CELL, column, f->row);
    if (!ky_utf8_valid(text) || (text.n > 0 && memchr(text.p, 0, text.n) != NULL))
        return ky_sheet_refuse_cell(f->fault, KY_SHEET_ENCODING, column, f->row);
    if (f->n > 0 && f->cells[f->n - 1].column >= column)
        return ky_sheet_refuse_cell(f->fault, KY_SHEET_BAD_CELL, column, f->row);
    const uint8_t *copy = ky_arena_dup(&f->sheet->arena, text);
    if (copy == NULL)
        return ky_sheet_refuse_cell(f->fault, KY_SHEET_TEXT, column, f->row);
    f->cells[f->n++] = (struct ky_cell){column, kind, KY_BYTES(copy, text.n)};
    return KY_OK;
}

ky_rc ky_sheet_fill_row(struct ky_sheet_filler *f)
{
    struct ky_sheet *s = f->sheet;
    size_t n = f->n;
    f->n = 0;
    if (n == 0)
        return KY_OK;
    if (s->n > 0 && s->rows[s->n - 1].number >= f->row)
        return ky_sheet_refuse_cell(f->fault, KY_SHEET_BAD_CELL, f->cells[0].column, f->row);
    struct ky_cell *cells = ky_arena_alloc_array(&s->arena, n, sizeof *cells);
    if (cells == NULL)
        return ky_sheet_refuse_cell(f->fault, KY_SHEET_TEXT, f->cells[0].column, f->row);
    memcpy(cells, f->cells, n * sizeof *cells);
    s->rows[s->n++] = (struct ky_sheet_row){f->row, cells, n};
    return KY_OK;
}
