/* RFC 4180 and what spreadsheet programs make of it; see csv_read.h. */
#include "codec/sheet/csv_read.h"

#include "base/str.h"

struct csv {
    struct ky_bytes left;
    int separator;
    struct ky_sheet_filler fill;
    struct ky_buf *cell; /* borrowed */
};

/* ---- encodings ---- */

static uint32_t unit_at(struct ky_bytes text, size_t at, bool big_endian)
{
    return (uint32_t)(big_endian ? text.p[at] << 8 | text.p[at + 1] : text.p[at + 1] << 8 | text.p[at]);
}

static void add_utf8(struct ky_buf *out, uint32_t c)
{
    if (c < 0x80) {
        ky_buf_add_u8(out, (uint8_t)c);
    } else if (c < 0x800) {
        ky_buf_add_u8(out, (uint8_t)(0xc0 | c >> 6));
        ky_buf_add_u8(out, (uint8_t)(0x80 | (c & 0x3f)));
    } else {
        ky_buf_add_u8(out, (uint8_t)(c < 0x10000 ? 0xe0 | c >> 12 : 0xf0 | c >> 18));
        if (c >= 0x10000)
            ky_buf_add_u8(out, (uint8_t)(0x80 | (c >> 12 & 0x3f)));
        ky_buf_add_u8(out, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
        ky_buf_add_u8(out, (uint8_t)(0x80 | (c & 0x3f)));
    }
}

/* A lone surrogate becomes malformed UTF-8, which the cell it is in is refused for. */
static void from_utf16(struct ky_buf *out, struct ky_bytes text, bool big_endian)
{
    for (size_t at = 0; at + 1 < text.n; at += 2) {
        uint32_t c = unit_at(text, at, big_endian);
        uint32_t low = at + 3 < text.n ? unit_at(text, at + 2, big_endian) : 0;
        if ((c & 0xfc00) == 0xd800 && (low & 0xfc00) == 0xdc00) {
            c = 0x10000 + ((c & 0x3ff) << 10 | (low & 0x3ff));
            at += 2;
        }
        add_utf8(out, c);
    }
}

/* The text in UTF-8 without byte order mark: a view of file, or of *converted. */
static ky_rc to_utf8(struct ky_bytes *out, struct ky_buf *converted, struct ky_sheet_fault *fault,
                     struct ky_bytes file)
{
    static const uint8_t bom8[] = {0xef, 0xbb, 0xbf}, little[] = {0xff, 0xfe}, big[] = {0xfe, 0xff};
    bool is_little = file.n >= 2 && memcmp(file.p, little, 2) == 0;
    bool is_big = file.n >= 2 && memcmp(file.p, big, 2) == 0;
    *out = file;
    if (file.n >= 3 && memcmp(file.p, bom8, 3) == 0)
        *out = KY_BYTES(file.p + 3, file.n - 3);
    if (!is_little && !is_big)
        return KY_OK;
    if (file.n % 2 != 0)
        return ky_sheet_refuse(fault, KY_SHEET_ENCODING, "UTF-16");
    from_utf16(converted, KY_BYTES(file.p + 2, file.n - 2), is_big);
    *out = ky_buf_bytes(converted);
    return ky_buf_finish(converted);
}

/* ---- the separator ---- */

static struct ky_bytes first_line(struct ky_bytes text)
{
    bool quoted = false;
    size_t n = 0;
    for (; n < text.n; n++) {
        quoted ^= text.p[n] == '"';
        if (!quoted && (text.p[n] == '\n' || text.p[n] == '\r'))
            break;
    }
    return KY_BYTES(text.p, n);
}

static size_t count_outside_quotes(struct ky_bytes line, uint8_t c)
{
    bool quoted = false;
    size_t count = 0;
    for (size_t i = 0; i < line.n; i++) {
        quoted ^= line.p[i] == '"';
        count += !quoted && line.p[i] == c;
    }
    return count;
}

static int find_separator(struct ky_bytes line)
{
    static const uint8_t separators[] = {'\t', ';', ','};
    int best = ',';
    size_t most = 0;
    for (size_t i = 0; i < sizeof separators; i++) {
        size_t count = count_outside_quotes(line, separators[i]);
        if (count > most) {
            most = count;
            best = separators[i];
        }
    }
    return best;
}

/* ---- records ---- */

static int peek(const struct csv *c)
{
    return c->left.n > 0 ? c->left.p[0] : -1;
}

static void skip(struct csv *c)
{
    c->left = KY_BYTES(c->left.p + 1, c->left.n - 1);
}

static bool is_line_end(int byte)
{
    return byte == '\n' || byte == '\r' || byte < 0;
}

/* Behind the opening quote, up to and with the closing one; two quotes are one. False: it is not closed. */
static bool read_quoted(struct csv *c)
{
    for (int byte; (byte = peek(c)) >= 0;) {
        skip(c);
        if (byte == '"' && peek(c) != '"')
            return true;
        if (byte == '"')
            skip(c);
        ky_buf_add_u8(c->cell, (uint8_t)byte);
    }
    return false;
}

static ky_rc read_cell(struct csv *c, uint32_t column)
{
    bool closed = true;
    ky_buf_reset(c->cell);
    if (peek(c) == '"') {
        skip(c);
        closed = read_quoted(c);
    } else {
        for (; !is_line_end(peek(c)) && peek(c) != c->separator; skip(c))
            ky_buf_add_u8(c->cell, (uint8_t)peek(c));
    }
    if (c->cell->rc == KY_ELIMIT)
        return ky_sheet_refuse_cell(c->fill.fault, KY_SHEET_CELL, column, c->fill.row);
    KY_TRY(ky_buf_finish(c->cell));
    if (!closed || (!is_line_end(peek(c)) && peek(c) != c->separator))
        return ky_sheet_refuse_cell(c->fill.fault, KY_SHEET_QUOTE, column, c->fill.row);
    return ky_sheet_fill_cell(&c->fill, column, KY_CELL_TEXT, ky_buf_bytes(c->cell));
}

static void skip_line_end(struct csv *c)
{
    int byte = peek(c);
    if (byte >= 0)
        skip(c);
    if (byte == '\r' && peek(c) == '\n')
        skip(c);
}

static ky_rc read_record(struct csv *c)
{
    for (uint32_t column = 1;; column++) {
        KY_TRY(read_cell(c, column));
        if (peek(c) != c->separator)
            break;
        skip(c);
    }
    skip_line_end(c);
    return ky_sheet_fill_row(&c->fill);
}

static ky_rc read_records(struct csv *c)
{
    static const char told[] = "sep="; /* what Excel writes and reads before the table itself */
    struct ky_bytes line = first_line(c->left);
    if (line.n == sizeof told && memcmp(line.p, told, sizeof told - 1) == 0) {
        c->separator = line.p[sizeof told - 1];
        c->left = KY_BYTES(c->left.p + line.n, c->left.n - line.n);
        skip_line_end(c);
    } else {
        c->separator = find_separator(line);
    }
    while (c->left.n > 0) {
        c->fill.row++;
        KY_TRY(read_record(c));
    }
    return KY_OK;
}

ky_rc ky_csv_read(struct ky_sheet *out, struct ky_sheet_fault *fault, struct ky_bytes file)
{
    ky_auto_buf converted = ky_buf_init_secret(2 * (size_t)KY_SHEET_FILE_MAX);
    ky_auto_buf cell = ky_buf_init_secret(KY_SHEET_CELL_MAX);
    ky_auto_sheet sheet = {.n = 0};
    struct csv c = {.cell = &cell};
    fault->kind = KY_SHEET_NO_FAULT;
    if (file.n > KY_SHEET_FILE_MAX)
        return ky_sheet_refuse(fault, KY_SHEET_FILE_SIZE, "");
    KY_TRY(to_utf8(&c.left, &converted, fault, file));
    KY_TRY(ky_sheet_init(&sheet));
    c.fill = (struct ky_sheet_filler){.sheet = &sheet, .fault = fault};
    KY_TRY(read_records(&c));
    if (sheet.n == 0)
        return ky_sheet_refuse(fault, KY_SHEET_EMPTY, "");
    *out = sheet;
    sheet = (struct ky_sheet){.n = 0};
    return KY_OK;
}
