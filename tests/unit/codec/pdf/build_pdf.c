#include "build_pdf.h"

struct build_pdf build_start(const char *junk)
{
    struct build_pdf b = {.out = ky_buf_init(1 << 20), .base = strlen(junk)};
    ky_buf_addf(&b.out, "%s%%PDF-1.7\n%%\xe2\xe3\xcf\xd3\n", junk);
    return b;
}

void build_clear(struct build_pdf *b)
{
    ky_buf_clear(&b->out);
}

void build_object(struct build_pdf *b, unsigned num, const char *body)
{
    b->at[num] = b->out.n;
    ky_buf_addf(&b->out, "%u 0 obj\n%s\nendobj\n", num, body);
}

void build_stream(struct build_pdf *b, unsigned num, const char *entries, struct ky_bytes data)
{
    b->at[num] = b->out.n;
    ky_buf_addf(&b->out, "%u 0 obj\n<< %s /Length %zu >>\nstream\n", num, entries, data.n);
    ky_buf_add(&b->out, data);
    ky_buf_add_str(&b->out, "\nendstream\nendobj\n");
}

static void finish_section(struct build_pdf *b, size_t at)
{
    ky_buf_addf(&b->out, "startxref\n%zu\n%%%%EOF\n", at);
    memset(b->at, 0, sizeof b->at);
    b->last_xref = at;
}

void build_table(struct build_pdf *b, const char *extra)
{
    size_t at = b->out.n - b->base;
    ky_buf_add_str(&b->out, "xref\n0 1\n0000000000 65535 f \n");
    for (unsigned i = 1; i < BUILD_OBJECTS; i++) {
        if (b->at[i] != 0)
            ky_buf_addf(&b->out, "%u 1\n%010zu 00000 n \n", i, b->at[i] - b->base);
    }
    ky_buf_addf(&b->out, "trailer\n<< /Size 64 /Root 1 0 R %s", extra);
    if (b->last_xref != 0)
        ky_buf_addf(&b->out, " /Prev %zu", b->last_xref);
    ky_buf_add_str(&b->out, " >>\n");
    finish_section(b, at);
}

void build_xref_stream(struct build_pdf *b, unsigned num, const char *extra)
{
    size_t at = b->out.n - b->base;
    b->at[num] = b->out.n;
    ky_buf_addf(&b->out, "%u 0 obj\n<< /Type /XRef /Size 64 /Root 1 0 R /W [1 4 2] %s /Index [", num, extra);
    size_t n = 0;
    for (unsigned i = 1; i < BUILD_OBJECTS; i++) {
        if (b->at[i] != 0)
            ky_buf_addf(&b->out, " %u 1", i), n++;
    }
    ky_buf_addf(&b->out, " ] /Length %zu", 7 * n);
    if (b->last_xref != 0)
        ky_buf_addf(&b->out, " /Prev %zu", b->last_xref);
    ky_buf_add_str(&b->out, " >>\nstream\n");
    for (unsigned i = 1; i < BUILD_OBJECTS; i++) {
        if (b->at[i] == 0)
            continue;
        ky_buf_add_u8(&b->out, 1);
        ky_buf_add_u32(&b->out, (uint32_t)(b->at[i] - b->base));
        ky_buf_add_u16(&b->out, 0);
    }
    ky_buf_add_str(&b->out, "\nendstream\nendobj\n");
    finish_section(b, at);
}

void build_two_pages(struct build_pdf *b)
{
    build_object(b, 1, "<< /Type /Catalog /Pages 2 0 R >>");
    build_object(b, 2, "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 /MediaBox [0 0 200 100] /Rotate 90 >>");
    build_object(b, 3, "<< /Type /Page /Parent 2 0 R /Contents 9 0 R /Resources << >> >>");
    build_object(b, 4,
                 "<< /Type /Page /Parent 2 0 R /MediaBox [300 400 0 0] /CropBox [10 10 999 50] /Rotate -90 "
                 "/UserUnit 2.5 >>");
}
