/* See csv_write.h. */
#include "codec/sheet/csv_write.h"

static bool needs_quotes(struct ky_bytes text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] == '"' || text.p[i] == ',' || text.p[i] == ';' || text.p[i] == '\t' ||
            text.p[i] == '\r' || text.p[i] == '\n')
            return true;
    return false;
}

static void add_cell(struct ky_buf *out, struct ky_bytes text)
{
    bool quoted = needs_quotes(text);
    if (quoted)
        ky_buf_add_u8(out, '"');
    if (ky_sheet_is_formula_like(text))
        ky_buf_add_u8(out, '\'');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"')
            ky_buf_add_u8(out, '"');
        ky_buf_add_u8(out, text.p[i]);
    }
    if (quoted)
        ky_buf_add_u8(out, '"');
}

void ky_csv_add_row(struct ky_buf *out, const struct ky_bytes *cells, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            ky_buf_add_u8(out, ',');
        add_cell(out, cells[i]);
    }
    ky_buf_add_str(out, "\r\n");
}

void ky_csv_add_headings(struct ky_buf *out, const struct ky_sheet_column *columns, size_t n)
{
    ky_buf_add_str(out, "\xef\xbb\xbf");
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            ky_buf_add_u8(out, ',');
        add_cell(out, ky_bytes_str(columns[i].heading));
    }
    ky_buf_add_str(out, "\r\n");
}
