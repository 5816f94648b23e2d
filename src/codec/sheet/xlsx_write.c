/* See xlsx_write.h. */
#include "codec/sheet/xlsx_write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/str.h"
#include "os/file.h"

#define PATH_MAX_BYTES 4096
#define TEXT_FORMAT "@"
#define HEADING_COLOUR 0xE2EFDA
#define CHOICE_ROWS 5000 /* rows that get the list to pick from */

struct ky_xlsx_out {
    lxw_workbook *book; /* freed by workbook_close */
    lxw_worksheet *sheet;
    lxw_format *text;
    size_t columns;
    lxw_row_t row; /* the next */
    char path[PATH_MAX_BYTES];
};

static ky_rc check(lxw_error e, const char *what)
{
    return e == LXW_NO_ERROR ? KY_OK : ky_fail(KY_EINVAL, "xlsx: %s: %s", what, lxw_strerror(e));
}

/* libxlsxwriter takes pointers that it does not change. */
static char *unconst(const char *s)
{
    char *p;
    memcpy(&p, &s, sizeof p);
    return p;
}

static ky_rc add_validation(struct ky_xlsx_out *w, const struct ky_sheet_column *c, lxw_col_t at)
{
    char *list[KY_SHEET_CHOICES_MAX + 1] = {NULL};
    lxw_data_validation v = {.validate = LXW_VALIDATION_TYPE_ANY, .input_message = unconst(c->hint)};
    for (size_t i = 0; i < KY_SHEET_CHOICES_MAX; i++)
        list[i] = unconst(c->choices[i]);
    if (list[0] != NULL) {
        v.validate = LXW_VALIDATION_TYPE_LIST;
        v.value_list = list;
    }
    if (list[0] == NULL && c->hint == NULL)
        return KY_OK;
    return check(worksheet_data_validation_range(w->sheet, 1, at, CHOICE_ROWS, at, &v), c->heading);
}

static ky_rc add_headings(struct ky_xlsx_out *w, const struct ky_sheet_column *columns)
{
    lxw_format *heading = workbook_add_format(w->book);
    if (heading == NULL)
        return ky_fail(KY_ENOMEM, "xlsx");
    format_set_bold(heading);
    format_set_text_wrap(heading);
    format_set_border(heading, LXW_BORDER_THIN);
    format_set_bg_color(heading, HEADING_COLOUR);
    format_set_num_format(heading, TEXT_FORMAT);
    for (size_t i = 0; i < w->columns; i++) {
        lxw_col_t at = (lxw_col_t)i;
        KY_TRY(check(worksheet_set_column(w->sheet, at, at, columns[i].width, w->text), "column"));
        KY_TRY(check(worksheet_write_string(w->sheet, 0, at, columns[i].heading, heading), "heading"));
        KY_TRY(add_validation(w, &columns[i], at));
    }
    worksheet_freeze_panes(w->sheet, 1, 0);
    w->row = 1;
    return KY_OK;
}

static ky_rc make_path(struct ky_xlsx_out *w, const char *folder)
{
    int n = snprintf(w->path, sizeof w->path, "%s/.kyso-xlsx-XXXXXX", folder);
    if (n < 0 || (size_t)n >= sizeof w->path) {
        w->path[0] = '\0';
        return ky_fail(KY_EIO, "%s: the name is too long", folder);
    }
    ky_auto_fd fd = mkstemp(w->path);
    if (fd >= 0)
        return KY_OK;
    w->path[0] = '\0';
    return ky_fail(KY_EIO, "%s: %s", folder, strerror(errno));
}

ky_rc ky_xlsx_out_new(struct ky_xlsx_out **out, const char *folder, const char *name,
                      const struct ky_sheet_column *columns, size_t n)
{
    ky_auto_xlsx_out w = calloc(1, sizeof *w);
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = unconst(folder)};
    if (w == NULL)
        return ky_fail(KY_ENOMEM, "xlsx");
    w->columns = n;
    KY_TRY(make_path(w, folder));
    w->book = workbook_new_opt(w->path, &options);
    if (w->book == NULL)
        return ky_fail(KY_ENOMEM, "xlsx");
    KY_TRY(check(workbook_validate_sheet_name(w->book, name), name));
    w->sheet = workbook_add_worksheet(w->book, name);
    w->text = workbook_add_format(w->book);
    if (w->sheet == NULL || w->text == NULL)
        return ky_fail(KY_ENOMEM, "xlsx");
    format_set_num_format(w->text, TEXT_FORMAT);
    KY_TRY(add_headings(w, columns));
    *out = KY_STEAL(w);
    return KY_OK;
}

void ky_xlsx_out_free(struct ky_xlsx_out *w)
{
    if (w == NULL)
        return;
    lxw_workbook_free(w->book);
    if (w->path[0] != '\0')
        unlink(w->path);
    free(w);
}

static ky_rc write_cell(struct ky_xlsx_out *w, lxw_col_t at, struct ky_bytes text)
{
    char copy[4 * KY_XLSX_OUT_CELL_MAX + 1]; /* libxlsxwriter wants a NUL */
    if (text.n == 0)
        return KY_OK;
    if (!ky_utf8_valid(text) || memchr(text.p, 0, text.n) != NULL)
        return ky_fail(KY_EFORMAT, "xlsx: row %u: not UTF-8", w->row + 1);
    if (ky_utf8_length(text) > KY_XLSX_OUT_CELL_MAX)
        return ky_fail(KY_ELIMIT, "xlsx: row %u: a cell has more than %d characters", w->row + 1,
                       KY_XLSX_OUT_CELL_MAX);
    memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    return check(worksheet_write_string(w->sheet, w->row, at, copy, w->text), "cell");
}

ky_rc ky_xlsx_out_row(struct ky_xlsx_out *w, const struct ky_bytes *cells)
{
    if (w->row > KY_XLSX_OUT_ROWS_MAX)
        return ky_fail(KY_ELIMIT, "xlsx: more than %d rows", KY_XLSX_OUT_ROWS_MAX);
    for (size_t i = 0; i < w->columns; i++)
        KY_TRY(write_cell(w, (lxw_col_t)i, cells[i]));
    w->row++;
    return KY_OK;
}

static ky_rc close_book(struct ky_xlsx_out *w)
{
    lxw_error e = workbook_close(KY_STEAL(w->book));
    return e == LXW_NO_ERROR ? KY_OK : ky_fail(KY_EIO, "xlsx: %s", lxw_strerror(e));
}

ky_rc ky_xlsx_out_finish_file(int *out_fd, struct ky_xlsx_out *w)
{
    KY_TRY(close_book(w));
    *out_fd = open(w->path, O_RDONLY | O_CLOEXEC);
    return *out_fd >= 0 ? KY_OK : ky_fail(KY_EIO, "%s: %s", w->path, strerror(errno));
}

ky_rc ky_xlsx_out_finish(struct ky_buf *file, struct ky_xlsx_out *w)
{
    KY_TRY(close_book(w));
    return ky_file_read(file, w->path);
}
