/* PNG by its chunks (ISO/IEC 15948 §5), JPEG by its segments (ISO/IEC 10918-1 annex B), PDF by codec/pdf; see file_kind.h. */
#include "ades/file_kind.h"

#include <zlib.h>

#include "base/str.h"
#include "codec/json.h"
#include "codec/pdf/inert.h"
#include "codec/pdf/page.h"

#define PNG_CHUNKS_MAX 100000
#define JPEG_SEGMENTS_MAX 100000
#define PDF_TAIL 2048 /* bytes from the end in which %%EOF is looked for */

static const char *const types[KY_FILE_KINDS] = {
    [KY_FILE_PDF] = "application/pdf", [KY_FILE_PNG] = "image/png", [KY_FILE_JPEG] = "image/jpeg"};

static const struct {
    const char *name, *vi, *en;
} faults[KY_FILE_FAULTS] = {
    [KY_FILE_GOOD] = {"GOOD", "Tệp hợp lệ.", "The file is good."},
    [KY_FILE_UNKNOWN] = {"UNKNOWN", "Tệp không phải là PDF, PNG hoặc JPEG.",
                         "The file is no PDF, PNG or JPEG."},
    [KY_FILE_DAMAGED] = {"DAMAGED", "Tệp bị hỏng, không đọc được.",
                         "The file is damaged and cannot be read."},
    [KY_FILE_BEHIND] = {"BEHIND", "Sau phần kết thúc của tệp còn có dữ liệu khác.",
                        "There is something else behind the end of the file."},
    [KY_FILE_ENCRYPTED] = {"ENCRYPTED", "Tệp PDF có đặt mật khẩu; đề nghị bỏ mật khẩu rồi gửi lại.",
                           "The PDF has a password; take it off and send it again."},
    [KY_FILE_ACTIVE] =
        {"ACTIVE", "Tệp PDF chứa mã lệnh, tệp nhúng hoặc liên kết ra ngoài; đề nghị in lại ra PDF.",
         "The PDF has scripts, embedded files or actions that lead out of it; print it to PDF again."},
    [KY_FILE_NO_PAGE] = {"NO_PAGE", "Tệp PDF không có trang nào.", "The PDF has no page."},
    [KY_FILE_LARGE] = {"LARGE", "Ảnh hoặc tài liệu quá lớn.", "The image or document is too large."},
};

const char *ky_file_kind_type(ky_file_kind kind)
{
    return types[kind];
}
const char *ky_file_fault_name(ky_file_fault fault)
{
    return faults[fault].name;
}
ky_file_fault ky_file_fault_find(const char *name)
{
    for (ky_file_fault f = KY_FILE_GOOD; f < KY_FILE_FAULTS; f++)
        if (ky_str_eq(faults[f].name, name))
            return f;
    return KY_FILE_DAMAGED;
}
const char *ky_file_fault_vi(ky_file_fault fault)
{
    return faults[fault].vi;
}
const char *ky_file_fault_en(ky_file_fault fault)
{
    return faults[fault].en;
}

static ky_file_fault check_sides(const struct ky_file_info *info)
{
    if (info->width == 0 || info->height == 0)
        return KY_FILE_DAMAGED;
    return info->width > KY_FILE_SIDE_MAX || info->height > KY_FILE_SIDE_MAX ? KY_FILE_LARGE : KY_FILE_GOOD;
}

/* ---- PNG ---- */

static const uint8_t png_head[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

struct chunk {
    const uint8_t *type; /* four letters */
    struct ky_bytes data;
};

/* The chunk at *at, whole and with the right sum; moves *at behind it. */
static bool read_chunk(struct chunk *out, size_t *at, struct ky_bytes file)
{
    if (file.n - *at < 12)
        return false;
    const uint8_t *p = file.p + *at;
    const size_t n = ky_get_u32(p);
    if (n > file.n - *at - 12)
        return false;
    *out = (struct chunk){.type = p + 4, .data = KY_BYTES(p + 8, n)};
    *at += n + 12;
    return crc32(crc32(0, NULL, 0), p + 4, (uInt)(n + 4)) == ky_get_u32(p + 8 + n);
}

static bool is_chunk(const struct chunk *c, const char type[4])
{
    return memcmp(c->type, type, 4) == 0;
}

static ky_file_fault look_at_png(struct ky_file_info *out, struct ky_bytes file)
{
    struct chunk c;
    size_t at = sizeof png_head;
    bool has_data = false;
    if (!read_chunk(&c, &at, file) || !is_chunk(&c, "IHDR") || c.data.n != 13)
        return KY_FILE_DAMAGED;
    *out = (struct ky_file_info){
        .kind = KY_FILE_PNG, .pages = 1, .width = ky_get_u32(c.data.p), .height = ky_get_u32(c.data.p + 4)};
    for (size_t i = 0; i < PNG_CHUNKS_MAX && read_chunk(&c, &at, file); i++) {
        has_data = has_data || is_chunk(&c, "IDAT");
        if (!is_chunk(&c, "IEND"))
            continue;
        if (!has_data || c.data.n != 0)
            return KY_FILE_DAMAGED;
        return at == file.n ? check_sides(out) : KY_FILE_BEHIND;
    }
    return KY_FILE_DAMAGED;
}

/* ---- JPEG ---- */

enum { SOI = 0xd8, EOI = 0xd9, SOS = 0xda, RST0 = 0xd0, RST7 = 0xd7, DHT = 0xc4, JPG = 0xc8, DAC = 0xcc };

static bool is_frame(uint8_t marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != DHT && marker != JPG && marker != DAC;
}

/* Coded data end at the first marker that is neither a stuffed 0xff nor a restart. */
static bool skip_coded(size_t *at, struct ky_bytes file)
{
    for (size_t i = *at; i + 1 < file.n; i++) {
        const uint8_t next = file.p[i + 1];
        if (file.p[i] != 0xff || next == 0 || next == 0xff || (next >= RST0 && next <= RST7))
            continue;
        *at = i;
        return true;
    }
    return false;
}

static void read_frame(struct ky_file_info *out, struct ky_bytes segment)
{
    if (segment.n < 5 || out->width != 0)
        return;
    out->height = ky_get_u16(segment.p + 1);
    out->width = ky_get_u16(segment.p + 3);
}

/* One image from its SOI to its EOI; moves *at behind it. */
static ky_file_fault look_at_picture(struct ky_file_info *out, size_t *at, struct ky_bytes file)
{
    bool scanned = false;
    *at += 2;
    for (size_t i = 0; i < JPEG_SEGMENTS_MAX; i++) {
        while (*at + 1 < file.n && file.p[*at] == 0xff && file.p[*at + 1] == 0xff)
            ++*at; /* fill bytes, B.1.1.2 */
        if (file.n - *at < 2 || file.p[*at] != 0xff)
            return KY_FILE_DAMAGED;
        const uint8_t marker = file.p[*at + 1];
        *at += 2;
        if (marker == EOI)
            return scanned ? check_sides(out) : KY_FILE_DAMAGED;
        if (file.n - *at < 2 || ky_get_u16(file.p + *at) < 2 || ky_get_u16(file.p + *at) > file.n - *at)
            return KY_FILE_DAMAGED;
        const size_t n = ky_get_u16(file.p + *at);
        if (is_frame(marker))
            read_frame(out, KY_BYTES(file.p + *at + 2, n - 2));
        *at += n;
        scanned = scanned || marker == SOS;
        if (marker == SOS && !skip_coded(at, file))
            return KY_FILE_DAMAGED;
    }
    return KY_FILE_DAMAGED;
}

static bool starts_picture(struct ky_bytes file, size_t at)
{
    return file.n - at >= 4 && file.p[at] == 0xff && file.p[at + 1] == SOI && file.p[at + 2] == 0xff;
}

/* Telephones write several images one behind the other (CIPA DC-007): each has to be whole. */
static ky_file_fault look_at_jpeg(struct ky_file_info *out, struct ky_bytes file)
{
    size_t at = 0;
    *out = (struct ky_file_info){.kind = KY_FILE_JPEG, .pages = 1};
    ky_file_fault fault = look_at_picture(out, &at, file);
    while (fault == KY_FILE_GOOD && at < file.n)
        fault = starts_picture(file, at) ? look_at_picture(out, &at, file) : KY_FILE_BEHIND;
    return fault;
}

/* ---- PDF ---- */

/* Behind the last %%EOF only the end of its line. */
static bool ends_cleanly(struct ky_bytes file)
{
    static const char mark[] = "%%EOF";
    const size_t n = sizeof mark - 1, from = file.n > PDF_TAIL ? file.n - PDF_TAIL : 0;
    for (size_t at = file.n >= n ? file.n - n + 1 : 0; at-- > from;) {
        if (memcmp(file.p + at, mark, n) == 0)
            return true;
        const uint8_t last = file.p[at + n - 1];
        if (last != '\r' && last != '\n' && last != ' ')
            return false;
    }
    return false;
}

static ky_file_fault of_open(ky_rc rc)
{
    if (rc == KY_EAUTH || rc == KY_EDENIED)
        return KY_FILE_ENCRYPTED;
    return rc == KY_ELIMIT || rc == KY_ENOMEM ? KY_FILE_LARGE : KY_FILE_DAMAGED;
}

static ky_file_fault look_at_pdf(struct ky_file_info *out, struct ky_bytes file)
{
    ky_auto_pdf doc = NULL;
    const char *active;
    *out = (struct ky_file_info){.kind = KY_FILE_PDF};
    ky_rc rc = ky_pdf_open(&doc, file, NULL);
    if (rc != KY_OK)
        return of_open(rc);
    if (ky_pdf_is_encrypted(doc))
        return KY_FILE_ENCRYPTED;
    rc = ky_pdf_page_count(&out->pages, doc);
    if (rc != KY_OK)
        return of_open(rc);
    if (out->pages == 0)
        return KY_FILE_NO_PAGE;
    if (!ends_cleanly(file))
        return KY_FILE_BEHIND;
    ky_pdf_find_active(&active, doc);
    return active == NULL ? KY_FILE_GOOD : KY_FILE_ACTIVE;
}

/* ---- all of them ---- */

static const struct {
    struct ky_bytes head;
    ky_file_fault (*look)(struct ky_file_info *out, struct ky_bytes file);
} kinds[] = {
    {KY_BYTES_LIT("%PDF-"), look_at_pdf},
    {{png_head, sizeof png_head}, look_at_png},
    {KY_BYTES_LIT("\xff\xd8\xff"), look_at_jpeg},
};

ky_file_fault ky_file_look(struct ky_file_info *out, struct ky_bytes file)
{
    for (size_t i = 0; i < KY_COUNT(kinds); i++)
        if (file.n >= kinds[i].head.n && memcmp(file.p, kinds[i].head.p, kinds[i].head.n) == 0)
            return kinds[i].look(out, file);
    return KY_FILE_UNKNOWN;
}

ky_rc ky_file_answer(struct ky_buf *out, struct ky_bytes file)
{
    struct ky_file_info info;
    struct ky_json_out o = KY_JSON_OUT(out);
    const ky_file_fault fault = ky_file_look(&info, file);
    ky_json_open_object(&o, NULL);
    if (fault == KY_FILE_GOOD) {
        ky_json_put_cstr(&o, "type", ky_file_kind_type(info.kind));
        ky_json_put_int(&o, "pages", (int64_t)info.pages);
    } else {
        ky_json_put_cstr(&o, "fault", ky_file_fault_name(fault));
    }
    ky_json_close_object(&o);
    return ky_buf_finish(out);
}
