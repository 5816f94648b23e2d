/* See people_cell.h. */
#include "domain/people_cell.h"

#include <stdio.h>
#include <stdlib.h>
#include <uninorm.h>

#include "base/str.h"
#include "codec/sheet/column.h"

#define DATE_YEAR_MIN 1930 /* no cell of dates means a day before */

static const struct ky_people_issue_info issues[KY_PEOPLE_ISSUE_COUNT] = {
    [KY_PEOPLE_FINE] = {"fine", "Không có lỗi", "Nothing is wrong"},
    [KY_PEOPLE_MISSING] = {"missing", "Ô bắt buộc còn trống", "The cell must be filled in"},
    [KY_PEOPLE_FORMULA] = {"formula", "Ô chứa công thức; hãy thay bằng giá trị",
                           "The cell holds a formula; put its value there"},
    [KY_PEOPLE_FORMULA_LIKE] = {"formula-like", "Nội dung bắt đầu bằng = + - @ như công thức",
                                "The text begins with = + - @ like a formula"},
    [KY_PEOPLE_ERROR_VALUE] = {"error-value", "Ô chứa giá trị lỗi", "The cell holds an error value"},
    [KY_PEOPLE_MERGED] = {"merged", "Dòng có ô gộp; hãy bỏ gộp ô", "The row has merged cells; unmerge them"},
    [KY_PEOPLE_TOO_LONG] = {"too-long", "Nội dung quá dài", "The text is too long"},
    [KY_PEOPLE_CHARACTERS] = {"characters", "Ô có ký tự không được phép",
                              "The cell has characters that are not allowed"},
    [KY_PEOPLE_NOT_YES_OR_NO] = {"not-yes-or-no", "Phải ghi có hoặc không", "Write có (yes) or không (no)"},
    [KY_PEOPLE_NOT_IN_LIST] = {"not-in-list", "Giá trị không có trong danh mục",
                               "The value is not in the list"},
    [KY_PEOPLE_IS_DATE] = {"is-date",
                           "Bảng tính đã đổi nội dung thành ngày; hãy đặt định dạng Văn bản và nhập lại",
                           "The spreadsheet made a date of it; format the cell as text and enter it again"},
    [KY_PEOPLE_NOT_TEXT] = {"not-text", "Ô phải là văn bản", "The cell must be text"},
    [KY_PEOPLE_DIGITS_LOST] =
        {"digits-lost", "Bảng tính đã đổi số thành dạng thập phân hoặc lũy thừa; hãy nhập lại dạng Văn bản",
         "The spreadsheet made a fraction or power of ten of it; enter it again as text"},
    [KY_PEOPLE_NO_HEADING] = {"no-heading", "Không tìm thấy dòng tiêu đề có Họ và tên và Số căn cước",
                              "There is no row of headings with the name and the identity number"},
    [KY_PEOPLE_COLUMN_MISSING] = {"column-missing", "Thiếu cột bắt buộc",
                                  "A column that is needed is missing"},
    [KY_PEOPLE_COLUMN_TWICE] = {"column-twice", "Hai cột có cùng ý nghĩa", "Two columns mean the same"},
    [KY_PEOPLE_HEADING_MERGED] = {"heading-merged", "Dòng tiêu đề có ô gộp; hãy bỏ gộp ô",
                                  "The row of headings has merged cells; unmerge them"},
    [KY_PEOPLE_NOBODY] = {"nobody", "Dưới dòng tiêu đề không có người nào",
                          "There is nobody below the headings"},
    [KY_PEOPLE_TOO_MANY] = {"too-many", "Có hơn 1000 người trong danh sách",
                            "There are more than 1000 people in the list"},
};

const struct ky_people_issue_info *ky_people_issue_info(ky_people_issue issue)
{
    return &issues[issue];
}

/* ---- text ---- */

static void free_u8(uint8_t **p)
{
    free(*p);
}

static bool is_space(int32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xa0 || c == 0x202f || c == 0x3000;
}

/* NFC, each run of white space one space, none at the ends. */
static ky_rc tidy(struct ky_buf *out, struct ky_bytes text)
{
    size_t n = 0;
    bool space = false;
    KY_CLEANUP(free_u8) uint8_t *nfc = u8_normalize(UNINORM_NFC, text.p, text.n, NULL, &n);
    if (nfc == NULL)
        return ky_fail(KY_ENOMEM, "people");
    for (struct ky_bytes left = KY_BYTES(nfc, n); left.n > 0;) {
        const uint8_t *start = left.p;
        if (is_space(ky_utf8_next(&left))) {
            space = out->n > 0;
            continue;
        }
        if (space)
            ky_buf_add_u8(out, ' ');
        space = false;
        ky_buf_add(out, KY_BYTES(start, left.p - start));
    }
    return ky_buf_finish(out);
}

/* "1.08E+09": what is left of a number in a CSV file of a spreadsheet program. */
static bool is_power_of_ten(struct ky_bytes text)
{
    size_t letters = 0;
    for (size_t i = 0; i < text.n; i++) {
        letters += text.p[i] == 'E' || text.p[i] == 'e';
        if (strchr("0123456789.,+Ee", text.p[i]) == NULL)
            return false;
    }
    return letters == 1 && text.n > 2 && text.p[0] >= '0' && text.p[0] <= '9';
}

/* ---- columns ---- */

/* A number cell's digits; else the issue. */
static ky_people_issue take_digits(struct ky_buf *value, const struct ky_cell *cell)
{
    if (cell->kind == KY_CELL_DATE)
        return KY_PEOPLE_IS_DATE;
    if (cell->kind == KY_CELL_BOOLEAN)
        return KY_PEOPLE_NOT_TEXT;
    if (cell->kind == KY_CELL_TEXT)
        return is_power_of_ten(ky_buf_bytes(value)) ? KY_PEOPLE_DIGITS_LOST : KY_PEOPLE_FINE;
    ky_buf_reset(value);
    return ky_sheet_digits(value, cell->text) == KY_OK ? KY_PEOPLE_FINE : KY_PEOPLE_DIGITS_LOST;
}

static void drop_separators(struct ky_buf *b)
{
    size_t to = 0;
    for (size_t i = 0; i < b->n; i++)
        if (b->p[i] != ' ' && b->p[i] != '.' && b->p[i] != '-')
            b->p[to++] = b->p[i];
    b->n = to;
    b->p[to] = '\0';
}

/* An identity or telephone number: the digits, as they stand. */
static ky_people_issue read_digits(struct ky_buf *value, const struct ky_people_column *column,
                                   const struct ky_cell *cell)
{
    ky_people_issue issue = take_digits(value, cell);
    if (issue == KY_PEOPLE_FINE)
        drop_separators(value);
    return issue;
}

static ky_people_issue read_plain(struct ky_buf *value, const struct ky_people_column *column,
                                  const struct ky_cell *cell)
{
    if (cell->kind == KY_CELL_DATE)
        return KY_PEOPLE_IS_DATE;
    return cell->kind == KY_CELL_BOOLEAN ? KY_PEOPLE_NOT_TEXT : KY_PEOPLE_FINE;
}

static ky_people_issue read_word(struct ky_buf *value, const struct ky_people_column *column,
                                 const struct ky_cell *cell)
{
    ky_auto_buf folded = ky_buf_init(KY_SHEET_CELL_MAX);
    const char *found = NULL;
    if (ky_people_fold(&folded, ky_buf_bytes(value)) == KY_OK)
        found = ky_people_word_find(column, ky_buf_str(&folded));
    if (found == NULL)
        return column->kind == KY_PEOPLE_BOOL ? KY_PEOPLE_NOT_YES_OR_NO : KY_PEOPLE_NOT_IN_LIST;
    ky_buf_reset(value);
    ky_buf_add_str(value, found);
    return KY_PEOPLE_FINE;
}

/* "1985-03-09" of a cell of dates becomes 09/03/1985; 1985 in such a cell is a day in 1905. */
static ky_people_issue read_date(struct ky_buf *value, const struct ky_people_column *column,
                                 const struct ky_cell *cell)
{
    unsigned year, month, day;
    if (cell->kind == KY_CELL_NUMBER)
        return take_digits(value, cell);
    if (cell->kind != KY_CELL_DATE)
        return read_plain(value, column, cell);
    if (sscanf(ky_buf_str(value), "%4u-%2u-%2u", &year, &month, &day) != 3 || year < DATE_YEAR_MIN)
        return KY_PEOPLE_IS_DATE;
    ky_buf_reset(value);
    ky_buf_addf(value, "%02u/%02u/%04u", day, month, year);
    return KY_PEOPLE_FINE;
}

static ky_people_issue (*const readers[])(struct ky_buf *, const struct ky_people_column *,
                                          const struct ky_cell *) = {
    [KY_PEOPLE_TEXT] = read_plain, [KY_PEOPLE_IDENTITY] = read_digits, [KY_PEOPLE_PHONE] = read_digits,
    [KY_PEOPLE_WORD] = read_word,  [KY_PEOPLE_BOOL] = read_word,       [KY_PEOPLE_DATE] = read_date,
};

/* Our own CSV has an apostrophe before what looks like a formula (codec/sheet/csv_write). */
static struct ky_bytes without_apostrophe(struct ky_bytes text)
{
    struct ky_bytes rest = KY_BYTES(text.p + 1, text.n - 1);
    return text.p[0] == '\'' && ky_sheet_is_formula_like(rest) ? rest : text;
}

/* A telephone number may begin with its plus; nothing else does. */
static bool is_formula_like(const struct ky_people_column *column, struct ky_bytes text)
{
    bool plus = column->kind == KY_PEOPLE_PHONE && text.n > 0 && text.p[0] == '+';
    return !plus && ky_sheet_is_formula_like(text);
}

static ky_people_issue check_text(const struct ky_people_column *column, struct ky_bytes text)
{
    if (ky_text_check(column->member, text, SIZE_MAX) != KY_OK)
        return KY_PEOPLE_CHARACTERS;
    return ky_utf8_length(text) > column->max_chars ? KY_PEOPLE_TOO_LONG : KY_PEOPLE_FINE;
}

ky_rc ky_people_cell_read(struct ky_buf *value, ky_people_issue *issue, const struct ky_people_column *column,
                          const struct ky_cell *cell)
{
    ky_buf_reset(value);
    *issue = KY_PEOPLE_FINE;
    if (cell != NULL && cell->text.n > 0)
        KY_TRY(tidy(value, without_apostrophe(cell->text)));
    if (cell != NULL && (cell->kind == KY_CELL_FORMULA || cell->kind == KY_CELL_ERROR))
        *issue = cell->kind == KY_CELL_FORMULA ? KY_PEOPLE_FORMULA : KY_PEOPLE_ERROR_VALUE;
    else if (value->n == 0)
        *issue = column->required ? KY_PEOPLE_MISSING : KY_PEOPLE_FINE;
    else if (is_formula_like(column, ky_buf_bytes(value)))
        *issue = KY_PEOPLE_FORMULA_LIKE;
    else if ((*issue = check_text(column, ky_buf_bytes(value))) == KY_PEOPLE_FINE)
        *issue = readers[column->kind](value, column, cell);
    return ky_buf_finish(value);
}
