/* Filters of structural streams; see filter.h. */
#include "codec/pdf/filter.h"

#include <stdlib.h>
#include <zlib.h>

#include "codec/pdf/lex.h"

#define CHUNK_BYTES 32768
#define LZW_CODES 4096
#define COLUMNS_MAX 1000000
#define COLORS_MAX 64

static ky_rc flate(struct ky_buf *out, struct ky_bytes in)
{
    z_stream z = {0};
    if (inflateInit(&z) != Z_OK)
        return ky_fail(KY_ENOMEM, "inflate");
    size_t start = out->n;
    int rc = Z_OK;
    while (rc == Z_OK) {
        if (z.avail_in == 0) {
            uInt take = in.n > CHUNK_BYTES ? CHUNK_BYTES : (uInt)in.n;
            z.next_in = (z_const Bytef *)in.p;
            z.avail_in = take;
            in = KY_BYTES(in.p + take, in.n - take);
        }
        uint8_t chunk[CHUNK_BYTES];
        z.next_out = chunk;
        z.avail_out = sizeof chunk;
        rc = inflate(&z, Z_NO_FLUSH);
        ky_buf_add(out, KY_BYTES(chunk, sizeof chunk - z.avail_out));
        if (out->rc != KY_OK)
            rc = Z_MEM_ERROR;
    }
    (void)inflateEnd(&z);
    KY_TRY(ky_buf_finish(out));
    if (rc != Z_STREAM_END && out->n == start)
        return ky_fail(KY_EFORMAT, "pdf: Flate data are broken");
    return KY_OK;
}

struct lzw {
    uint16_t prefix[LZW_CODES];
    uint8_t last[LZW_CODES];
    uint16_t length[LZW_CODES];
};

/* Appends the string of a code; it has table->length[code] bytes. */
static void lzw_emit(struct ky_buf *out, const struct lzw *table, unsigned code)
{
    size_t n = table->length[code];
    uint8_t *p = ky_buf_grow(out, n);
    for (; p != NULL && n > 0; n--) {
        p[n - 1] = table->last[code];
        code = table->prefix[code];
    }
}

static uint8_t lzw_first(const struct lzw *table, unsigned code)
{
    while (table->length[code] > 1)
        code = table->prefix[code];
    return table->last[code];
}

static ky_rc lzw_run(struct ky_buf *out, struct lzw *table, struct ky_bytes in, unsigned early)
{
    enum { CLEAR = 256, END = 257, NONE = LZW_CODES };
    uint32_t bits = 0;
    unsigned have = 0, width = 9, next = END + 1, previous = NONE;
    for (size_t i = 0; out->rc == KY_OK;) {
        for (; have < width && i < in.n; have += 8)
            bits = bits << 8 | in.p[i++];
        if (have < width)
            break;
        have -= width;
        unsigned code = bits >> have & ((1u << width) - 1);
        if (code == END)
            break;
        if (code == CLEAR) {
            width = 9;
            next = END + 1;
            previous = NONE;
            continue;
        }
        if (code > next || (code == next && previous == NONE))
            return ky_fail(KY_EFORMAT, "pdf: LZW code %u is not defined yet", code);
        if (previous != NONE && next < LZW_CODES) {
            table->prefix[next] = (uint16_t)previous;
            table->last[next] = lzw_first(table, code == next ? previous : code);
            table->length[next] = (uint16_t)(table->length[previous] + 1);
            next++;
        }
        if (code >= next)
            return ky_fail(KY_EFORMAT, "pdf: LZW code %u is not defined", code);
        lzw_emit(out, table, code);
        previous = code;
        while (width < 12 && next + early >= 1u << width)
            width++;
    }
    return ky_buf_finish(out);
}

static ky_rc lzw(struct ky_buf *out, struct ky_bytes in, int64_t early_change)
{
    struct lzw *table = calloc(1, sizeof *table);
    if (table == NULL)
        return ky_fail(KY_ENOMEM, "lzw");
    for (unsigned i = 0; i < 256; i++) {
        table->last[i] = (uint8_t)i;
        table->length[i] = 1;
    }
    ky_rc rc = lzw_run(out, table, in, early_change == 0 ? 0 : 1);
    free(table);
    return rc;
}

static ky_rc ascii_hex(struct ky_buf *out, struct ky_bytes in)
{
    int high = -1;
    for (size_t i = 0; i < in.n && in.p[i] != '>'; i++) {
        uint8_t c = in.p[i], lower = c | 0x20;
        if (ky_pdf_is_space(c))
            continue;
        int d = c >= '0' && c <= '9' ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
        if (d < 0)
            return ky_fail(KY_EFORMAT, "pdf: ASCIIHex data with byte %u", c);
        if (high >= 0)
            ky_buf_add_u8(out, (uint8_t)(high << 4 | d));
        high = high >= 0 ? -1 : d;
    }
    if (high >= 0)
        ky_buf_add_u8(out, (uint8_t)(high << 4));
    return ky_buf_finish(out);
}

static ky_rc ascii85(struct ky_buf *out, struct ky_bytes in)
{
    uint64_t group = 0;
    unsigned n = 0;
    for (size_t i = 0; i < in.n && in.p[i] != '~'; i++) {
        uint8_t c = in.p[i];
        if (ky_pdf_is_space(c))
            continue;
        if (c == 'z' && n == 0) {
            ky_buf_add_u32(out, 0);
            continue;
        }
        if (c < '!' || c > 'u')
            return ky_fail(KY_EFORMAT, "pdf: ASCII85 data with byte %u", c);
        group = group * 85 + (c - '!');
        if (++n == 5) {
            if (group > UINT32_MAX)
                return ky_fail(KY_EFORMAT, "pdf: ASCII85 group too large");
            ky_buf_add_u32(out, (uint32_t)group);
            group = n = 0;
        }
    }
    if (n == 1)
        return ky_fail(KY_EFORMAT, "pdf: ASCII85 data end with a single character");
    for (unsigned i = n; n > 0 && i < 5; i++)
        group = group * 85 + 84;
    uint8_t last[4];
    ky_put_u32(last, (uint32_t)group);
    ky_buf_add(out, KY_BYTES(last, n > 0 ? n - 1 : 0));
    return ky_buf_finish(out);
}

static ky_rc run_length(struct ky_buf *out, struct ky_bytes in)
{
    struct ky_reader r = KY_READER(in);
    while (r.left.n > 0 && !r.failed && out->rc == KY_OK) {
        uint8_t length = ky_read_u8(&r);
        if (length == 128)
            break;
        if (length < 128)
            ky_buf_add(out, ky_read_bytes(&r, (size_t)length + 1));
        else
            ky_buf_add_fill(out, ky_read_u8(&r), (size_t)257 - length);
    }
    if (r.failed)
        return ky_fail(KY_EFORMAT, "pdf: RunLength data end early");
    return ky_buf_finish(out);
}

static uint8_t paeth(int left, int up, int corner)
{
    int p = left + up - corner;
    int pa = abs(p - left), pb = abs(p - up), pc = abs(p - corner);
    return (uint8_t)(pa <= pb && pa <= pc ? left : pb <= pc ? up : corner);
}

/* Undoes one PNG row in place (ISO/IEC 15948 §9). */
static void png_row(uint8_t *row, const uint8_t *above, size_t n, size_t pixel, uint8_t type)
{
    for (size_t i = 0; i < n; i++) {
        uint8_t left = i >= pixel ? row[i - pixel] : 0, up = above[i];
        uint8_t corner = i >= pixel ? above[i - pixel] : 0;
        const uint8_t add[] = {0, left, up, (uint8_t)((left + up) / 2), paeth(left, up, corner)};
        row[i] = (uint8_t)(row[i] + (type < sizeof add ? add[type] : 0));
    }
}

static ky_rc unpredict_png(struct ky_buf *out, struct ky_bytes in, size_t row_n, size_t pixel)
{
    uint8_t *rows = calloc(2, row_n);
    if (rows == NULL)
        return ky_fail(KY_ENOMEM, "predictor row of %zu bytes", row_n);
    uint8_t *above = rows, *row = rows + row_n;
    while (in.n > 1 && out->rc == KY_OK) {
        size_t n = in.n - 1 < row_n ? in.n - 1 : row_n;
        memset(row, 0, row_n);
        memcpy(row, in.p + 1, n);
        png_row(row, above, row_n, pixel, in.p[0]);
        ky_buf_add(out, KY_BYTES(row, n));
        in = KY_BYTES(in.p + 1 + n, in.n - 1 - n);
        uint8_t *swap = above;
        above = row;
        row = swap;
    }
    free(rows);
    return ky_buf_finish(out);
}

/* TIFF predictor 2 for eight bits a component, the only use outside images. */
static ky_rc unpredict_tiff(struct ky_buf *out, struct ky_bytes in, size_t row_n, size_t pixel)
{
    size_t start = out->n;
    ky_buf_add(out, in);
    KY_TRY(ky_buf_finish(out));
    uint8_t *p = out->p + start;
    for (size_t i = 0; i < in.n; i++) {
        if (i % row_n >= pixel)
            p[i] = (uint8_t)(p[i] + p[i - pixel]);
    }
    return KY_OK;
}

static ky_rc unpredict(struct ky_buf *out, const struct ky_pdf_predictor *p, struct ky_bytes in)
{
    if (p->colors < 1 || p->colors > COLORS_MAX || p->bits < 1 || p->bits > 16 || p->columns < 1 ||
        p->columns > COLUMNS_MAX)
        return ky_fail(KY_EFORMAT, "pdf: predictor parameters out of range");
    size_t pixel = (size_t)((p->colors * p->bits + 7) / 8);
    size_t row_n = (size_t)((p->colors * p->bits * p->columns + 7) / 8);
    if (p->predictor >= 10)
        return unpredict_png(out, in, row_n, pixel);
    if (p->predictor == 2 && p->bits == 8)
        return unpredict_tiff(out, in, row_n, pixel);
    return ky_fail(KY_EDENIED, "pdf: predictor %lld is not supported", (long long)p->predictor);
}

typedef enum filter_kind { FLATE, LZW, HEX, A85, RUN, UNKNOWN } filter_kind;
static const struct {
    const char *name, *abbreviation;
    filter_kind kind;
} filters[] = {
    {"FlateDecode", "Fl", FLATE},  {"LZWDecode", "LZW", LZW},      {"ASCIIHexDecode", "AHx", HEX},
    {"ASCII85Decode", "A85", A85}, {"RunLengthDecode", "RL", RUN},
};

static filter_kind kind_of(struct ky_bytes name)
{
    for (size_t i = 0; i < KY_COUNT(filters); i++) {
        if (ky_bytes_eq_str(name, filters[i].name) || ky_bytes_eq_str(name, filters[i].abbreviation))
            return filters[i].kind;
    }
    return UNKNOWN;
}

bool ky_pdf_filter_known(struct ky_bytes name)
{
    return kind_of(name) != UNKNOWN;
}

static ky_rc compressed(struct ky_buf *out, filter_kind kind, const struct ky_pdf_predictor *params,
                        struct ky_bytes in)
{
    return kind == FLATE ? flate(out, in) : lzw(out, in, params->early_change);
}

ky_rc ky_pdf_filter_apply(struct ky_buf *out, struct ky_bytes name, const struct ky_pdf_predictor *params,
                          struct ky_bytes in)
{
    filter_kind kind = kind_of(name);
    if (kind == HEX)
        return ascii_hex(out, in);
    if (kind == A85)
        return ascii85(out, in);
    if (kind == RUN)
        return run_length(out, in);
    if (kind == UNKNOWN)
        return ky_fail(KY_EDENIED, "pdf: filter %.*s is not supported", (int)(name.n > 40 ? 40 : name.n),
                       (const char *)name.p);
    if (params->predictor <= 1)
        return compressed(out, kind, params, in);
    ky_auto_buf raw = ky_buf_init(out->max);
    KY_TRY(compressed(&raw, kind, params, in));
    return unpredict(out, params, ky_buf_bytes(&raw));
}
