/* What files are, by their content. KY_KIND_OUT=FOLDER keeps the good ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

#include "ades/file_kind.h"

#define FILE_MAX 65536

/* ---- files to look at ---- */

static void add_chunk(struct ky_buf *out, const char *type, struct ky_bytes data)
{
    ky_auto_buf body = ky_buf_init(FILE_MAX);
    ky_buf_add_str(&body, type);
    ky_buf_add(&body, data);
    ky_buf_add_u32(out, (uint32_t)data.n);
    ky_buf_add(out, ky_buf_bytes(&body));
    ky_buf_add_u32(out, (uint32_t)crc32(0, body.p, (uInt)body.n));
}

static void make_png(struct ky_buf *out, uint32_t width)
{
    uint8_t head[13] = {0, 0, 0, 0, 0, 0, 0, 1, 8};
    static const uint8_t pixel[] = {0, 0x80};
    uint8_t packed[64];
    uLongf n = sizeof packed;
    ky_put_u32(head, width);
    assert_int_equal(compress(packed, &n, pixel, sizeof pixel), Z_OK);
    ky_buf_add(out, KY_BYTES_LIT("\x89PNG\r\n\x1a\n"));
    add_chunk(out, "IHDR", KY_BYTES_OF(head));
    add_chunk(out, "IDAT", KY_BYTES(packed, n));
    add_chunk(out, "IEND", KY_BYTES_NONE);
}

static void make_jpeg(struct ky_buf *out)
{
    static const uint8_t jpeg[] = {
        0xff, 0xd8, 0xff, 0xe0, 0, 4,    'J', 'F',           /* APP0 */
        0xff, 0xc0, 0,    8,    8, 0,    2,   0,    3,    1, /* SOF0: 3 × 2 */
        0xff, 0xda, 0,    2,    1, 0xff, 0,   0xff, 0xd0, 7, /* coded, stuffed, restart */
        0xff, 0xd9};
    ky_buf_add(out, KY_BYTES_OF(jpeg));
}

/* One page; more: members of the catalog. */
static void make_pdf(struct ky_buf *out, const char *more)
{
    size_t at[4];
    ky_buf_add_str(out, "%PDF-1.7\n");
    at[1] = out->n;
    ky_buf_addf(out, "1 0 obj\n<< /Type /Catalog /Pages 2 0 R %s >>\nendobj\n", more);
    at[2] = out->n;
    ky_buf_add_str(out, "2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n");
    at[3] = out->n;
    ky_buf_add_str(out, "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\nendobj\n");
    const size_t xref = out->n;
    ky_buf_add_str(out, "xref\n0 4\n0000000000 65535 f \n");
    for (size_t i = 1; i < KY_COUNT(at); i++)
        ky_buf_addf(out, "%010zu 00000 n \n", at[i]);
    ky_buf_addf(out, "trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%zu\n%%%%EOF\n", xref);
}

static ky_file_fault look(struct ky_file_info *info, const struct ky_buf *file)
{
    assert_int_equal(file->rc, KY_OK);
    return ky_file_look(info, KY_BYTES(file->p, file->n));
}

static void keep(const char *name, const struct ky_buf *file)
{
    char path[256];
    const char *folder = getenv("KY_KIND_OUT");
    if (folder == NULL)
        return;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fwrite(file->p, 1, file->n, f);
    fclose(f);
}

/* ---- tests ---- */

static void knows_the_three_kinds(void **state)
{
    struct ky_file_info info;
    ky_auto_buf png = ky_buf_init(FILE_MAX), jpeg = ky_buf_init(FILE_MAX), pdf = ky_buf_init(FILE_MAX);
    make_png(&png, 1);
    assert_int_equal(look(&info, &png), KY_FILE_GOOD);
    assert_string_equal(ky_file_kind_type(info.kind), "image/png");
    assert_int_equal(info.width, 1);
    make_jpeg(&jpeg);
    assert_int_equal(look(&info, &jpeg), KY_FILE_GOOD);
    assert_string_equal(ky_file_kind_type(info.kind), "image/jpeg");
    assert_int_equal(info.width, 3);
    assert_int_equal(info.height, 2);
    make_pdf(&pdf, "");
    assert_int_equal(look(&info, &pdf), KY_FILE_GOOD);
    assert_string_equal(ky_file_kind_type(info.kind), "application/pdf");
    assert_int_equal(info.pages, 1);
    keep("png", &png);
    keep("jpeg", &jpeg);
    keep("pdf", &pdf);
}

static void answers_for_the_process_that_asked(void **state)
{
    ky_auto_buf pdf = ky_buf_init(FILE_MAX), good = ky_buf_init(KY_FILE_ANSWER_MAX),
                bad = ky_buf_init(KY_FILE_ANSWER_MAX);
    make_pdf(&pdf, "");
    assert_int_equal(ky_file_answer(&good, KY_BYTES(pdf.p, pdf.n)), KY_OK);
    assert_string_equal(ky_buf_str(&good), "{\"type\":\"application/pdf\",\"pages\":1}");
    assert_int_equal(ky_file_answer(&bad, KY_BYTES_LIT("MZ")), KY_OK);
    assert_string_equal(ky_buf_str(&bad), "{\"fault\":\"UNKNOWN\"}");
    assert_int_equal(ky_file_fault_find("ACTIVE"), KY_FILE_ACTIVE);
    assert_int_equal(ky_file_fault_find("nonsense"), KY_FILE_DAMAGED);
}

static void refuses_what_is_behind_the_end(void **state)
{
    struct ky_file_info info;
    ky_auto_buf png = ky_buf_init(FILE_MAX), jpeg = ky_buf_init(FILE_MAX), pdf = ky_buf_init(FILE_MAX);
    make_png(&png, 1);
    ky_buf_add_str(&png, "PK\x03\x04");
    assert_int_equal(look(&info, &png), KY_FILE_BEHIND);
    make_jpeg(&jpeg);
    ky_buf_add_str(&jpeg, "<script>");
    assert_int_equal(look(&info, &jpeg), KY_FILE_BEHIND);
    make_pdf(&pdf, "");
    ky_buf_add_str(&pdf, "PK\x05\x06");
    assert_int_equal(look(&info, &pdf), KY_FILE_BEHIND);
}

static void a_second_picture_behind_the_first_has_to_be_whole(void **state)
{
    struct ky_file_info info;
    ky_auto_buf two = ky_buf_init(FILE_MAX);
    make_jpeg(&two);
    make_jpeg(&two);
    assert_int_equal(look(&info, &two), KY_FILE_GOOD);
    assert_int_not_equal(ky_file_look(&info, KY_BYTES(two.p, two.n - 1)), KY_FILE_GOOD);
}

static void refuses_pdfs_that_run_or_carry_something(void **state)
{
    static const char *const active[] = {
        "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>",
        "/OpenAction << /S /Launch /F (cmd.exe) >>",
        "/Names << /EmbeddedFiles << /Names [] >> >>",
        "/AcroForm << /XFA [(x) 3 0 R] >>",
        "/X [[<< /Type /EmbeddedFile >>]]",
    };
    for (size_t i = 0; i < KY_COUNT(active); i++) {
        struct ky_file_info info;
        ky_auto_buf pdf = ky_buf_init(FILE_MAX);
        make_pdf(&pdf, active[i]);
        assert_int_equal(look(&info, &pdf), KY_FILE_ACTIVE);
    }
}

static void leaves_links_and_outlines_alone(void **state)
{
    struct ky_file_info info;
    ky_auto_buf pdf = ky_buf_init(FILE_MAX);
    make_pdf(&pdf, "/OpenAction << /S /GoTo /D [3 0 R /Fit] >> /X << /S /URI /URI (https://ca.gov.vn) >>");
    assert_int_equal(look(&info, &pdf), KY_FILE_GOOD);
}

static void refuses_what_is_cut_or_altered(void **state)
{
    struct ky_file_info info;
    ky_auto_buf png = ky_buf_init(FILE_MAX), jpeg = ky_buf_init(FILE_MAX);
    make_png(&png, 1);
    make_jpeg(&jpeg);
    for (size_t n = 0; n < png.n; n++)
        assert_int_not_equal(ky_file_look(&info, KY_BYTES(png.p, n)), KY_FILE_GOOD);
    for (size_t n = 0; n < jpeg.n; n++)
        assert_int_not_equal(ky_file_look(&info, KY_BYTES(jpeg.p, n)), KY_FILE_GOOD);
    png.p[20] ^= 1; /* in IHDR: the sum is wrong now */
    assert_int_equal(look(&info, &png), KY_FILE_DAMAGED);
}

static void refuses_what_is_too_large_or_nothing(void **state)
{
    struct ky_file_info info;
    ky_auto_buf wide = ky_buf_init(FILE_MAX), none = ky_buf_init(FILE_MAX), broken = ky_buf_init(FILE_MAX);
    make_png(&wide, KY_FILE_SIDE_MAX + 1);
    assert_int_equal(look(&info, &wide), KY_FILE_LARGE);
    make_png(&none, 0);
    assert_int_equal(look(&info, &none), KY_FILE_DAMAGED);
    ky_buf_add_str(&broken, "%PDF-1.7\nnothing of the kind\n%%EOF\n");
    assert_int_equal(look(&info, &broken), KY_FILE_DAMAGED);
    assert_int_equal(ky_file_look(&info, KY_BYTES_NONE), KY_FILE_UNKNOWN);
    assert_int_equal(ky_file_look(&info, KY_BYTES_LIT("<html>%PDF-1.7")), KY_FILE_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_three_kinds),
        cmocka_unit_test(answers_for_the_process_that_asked),
        cmocka_unit_test(refuses_what_is_behind_the_end),
        cmocka_unit_test(a_second_picture_behind_the_first_has_to_be_whole),
        cmocka_unit_test(refuses_pdfs_that_run_or_carry_something),
        cmocka_unit_test(leaves_links_and_outlines_alone),
        cmocka_unit_test(refuses_what_is_cut_or_altered),
        cmocka_unit_test(refuses_what_is_too_large_or_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
