/* codec/pdf document: cross-reference data of every kind, damage, pages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "build_pdf.h"
#include "codec/pdf/page.h"
#include "codec/pdf/reach.h"

static struct ky_pdf *open_ok(struct ky_bytes file)
{
    struct ky_pdf *doc;
    assert_int_equal(ky_pdf_open(&doc, file, NULL), KY_OK);
    return doc;
}

static size_t page_count(struct ky_pdf *doc)
{
    size_t n;
    assert_int_equal(ky_pdf_page_count(&n, doc), KY_OK);
    return n;
}

static void opens_a_table(void **state)
{
    auto_build_pdf b = build_start("");
    build_two_pages(&b);
    build_stream(&b, 9, "/Filter /ASCIIHexDecode", KY_BYTES_LIT("4142>"));
    build_table(&b, "/ID [<aa> <bb>]");
    ky_auto_pdf doc = open_ok(build_bytes(&b));
    assert_null(ky_pdf_needs_repair(doc));
    assert_int_equal(page_count(doc), 2);
    assert_int_equal(ky_pdf_version(doc), 17);
    assert_int_equal(ky_pdf_revision_count(doc), 1);
    assert_int_equal(ky_pdf_revision_at(doc, 0)->kind, KY_PDF_XREF_TABLE);
    assert_int_equal(ky_pdf_revision_at(doc, 0)->end, b.out.n);
    assert_false(ky_pdf_is_encrypted(doc));
    static const char first[] = "1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj";
    uint64_t at;
    assert_true(ky_pdf_object_offset(&at, doc, (struct ky_pdf_ref){1, 0}));
    assert_memory_equal(b.out.p + at, first, strlen(first));
    assert_int_equal(ky_pdf_object(doc, (struct ky_pdf_ref){1, 1})->type, KY_PDF_NULL);
    assert_int_equal(ky_pdf_object(doc, (struct ky_pdf_ref){60, 0})->type, KY_PDF_NULL);
    ky_auto_buf data = ky_buf_init(100);
    assert_int_equal(ky_pdf_stream_decode(&data, doc, ky_pdf_object(doc, (struct ky_pdf_ref){9, 0})), KY_OK);
    assert_string_equal(ky_buf_str(&data), "AB");
}

static void inherits_page_attributes(void **state)
{
    auto_build_pdf b = build_start("");
    build_two_pages(&b);
    build_table(&b, "");
    ky_auto_pdf doc = open_ok(build_bytes(&b));
    struct ky_pdf_page p;
    assert_int_equal(ky_pdf_page_get(&p, doc, 0), KY_OK);
    assert_int_equal(p.ref.num, 3);
    assert_int_equal(p.rotate, 90);
    assert_true(p.media_box.x1 == 200 && p.media_box.y1 == 100 && p.crop_box.x1 == 200);
    assert_int_equal(p.resources->type, KY_PDF_DICT);
    assert_int_equal(ky_pdf_page_get(&p, doc, 1), KY_OK);
    assert_int_equal(p.rotate, 270);
    assert_true(p.media_box.x1 == 300 && p.media_box.y0 == 0 && p.crop_box.x0 == 10 && p.crop_box.x1 == 300);
    assert_true(p.user_unit == 2.5);
    assert_int_equal(ky_pdf_page_get(&p, doc, 2), KY_ENOTFOUND);
}

static void a_loop_of_pages_ends(void **state)
{
    auto_build_pdf b = build_start("");
    build_object(&b, 1, "<< /Pages 2 0 R >>");
    build_object(&b, 2, "<< /Kids [3 0 R 2 0 R 3 0 R << /Type /Page >>] >>");
    build_object(&b, 3, "<< /Kids [2 0 R 3 0 R 4 0 R] >>");
    build_object(&b, 4, "<< /Type /Page >>");
    build_table(&b, "");
    ky_auto_pdf doc = open_ok(build_bytes(&b));
    assert_int_equal(page_count(doc), 2);
}

static void newer_revisions_win(void **state)
{
    auto_build_pdf b = build_start("");
    build_two_pages(&b);
    build_table(&b, "");
    size_t first = b.out.n;
    build_object(&b, 2, "<< /Kids [4 0 R] >>");
    build_xref_stream(&b, 20, "");
    ky_auto_pdf doc = open_ok(build_bytes(&b));
    assert_null(ky_pdf_needs_repair(doc));
    assert_int_equal(page_count(doc), 1);
    assert_int_equal(ky_pdf_revision_count(doc), 2);
    assert_int_equal(ky_pdf_revision_at(doc, 0)->end, first);
    assert_int_equal(ky_pdf_revision_at(doc, 1)->kind, KY_PDF_XREF_STREAM);
    ky_auto_pdf old = open_ok(KY_BYTES(b.out.p, first));
    assert_int_equal(page_count(old), 2);
}

/* Object 5 lives in object stream 10 and is listed in the stream of a hybrid only. */
static void build_hybrid(struct build_pdf *b)
{
    build_object(b, 1, "<< /Pages 5 0 R >>");
    build_object(b, 4, "<< /Type /Page >>");
    build_stream(b, 10, "/Type /ObjStm /N 2 /First 8", KY_BYTES_LIT("6 0 5 2 1 << /Kids [4 0 R 4 0 R] >>"));
    size_t stream = b->out.n;
    build_stream(b, 11, "/Type /XRef /Size 64 /W [1 1 1] /Index [5 2]", KY_BYTES_LIT("\2\12\1\2\12\0"));
    char extra[64];
    snprintf(extra, sizeof extra, "/XRefStm %zu", stream);
    build_table(b, extra);
}

static void reads_hybrids_and_object_streams(void **state)
{
    auto_build_pdf b = build_start("");
    build_hybrid(&b);
    ky_auto_pdf doc = open_ok(build_bytes(&b));
    assert_null(ky_pdf_needs_repair(doc));
    assert_int_equal(ky_pdf_revision_at(doc, 0)->kind, KY_PDF_XREF_HYBRID);
    assert_int_equal(page_count(doc), 2);
    int64_t n;
    assert_true(ky_pdf_as_int(ky_pdf_object(doc, (struct ky_pdf_ref){6, 0}), &n));
    assert_int_equal(n, 1);
    uint64_t at;
    assert_false(ky_pdf_object_offset(&at, doc, (struct ky_pdf_ref){5, 0}));
}

static void counts_offsets_from_the_header(void **state)
{
    auto_build_pdf b = build_start("HTTP/1.1 200 OK\n\n");
    build_two_pages(&b);
    build_table(&b, "");
    ky_auto_pdf doc = open_ok(build_bytes(&b));
    assert_null(ky_pdf_needs_repair(doc));
    assert_int_equal(ky_pdf_header_at(doc), 17);
    assert_int_equal(ky_pdf_offset_base(doc), 17);
    assert_int_equal(page_count(doc), 2);
    b.base = 0; /* the same, counted from the start of the file */
    b.last_xref += 17;
    build_two_pages(&b);
    build_table(&b, "");
    ky_buf_addf(&b.out, "%s", "");
    ky_auto_pdf mixed = open_ok(build_bytes(&b));
    assert_int_equal(ky_pdf_offset_base(mixed), 0);
}

/* A file of two pages with one text replaced by another of the same length. */
static struct ky_pdf *open_spoiled(struct build_pdf *b, const char *text, const char *by)
{
    build_two_pages(b);
    build_table(b, "");
    uint8_t *p = memmem(b->out.p, b->out.n, text, strlen(text));
    assert_non_null(p);
    memcpy(p, by, strlen(by));
    return open_ok(build_bytes(b));
}

static void rebuilds_what_is_damaged_and_says_so(void **state)
{
    static const struct {
        const char *text, *by;
    } cases[] = {
        {"startxref\n", "startxref\n9"},
        {"startxref", "startxxxx"},
        {"%%EOF", "     "},
        {"%PDF-", "%QDF-"},
        {"0000000000 65535 f", "0000000000 65535 x"},
        {"/Root 1 0 R", "/Roof 1 0 R"},
        {"trailer", "tra1ler"},
        {"1 1\n0000", "1 1\n0009"},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        auto_build_pdf b = build_start("");
        ky_auto_pdf doc = open_spoiled(&b, cases[i].text, cases[i].by);
        assert_non_null(ky_pdf_needs_repair(doc));
    }
    auto_build_pdf b = build_start("");
    ky_auto_pdf doc = open_spoiled(&b, "trailer", "tra1ler");
    assert_int_equal(page_count(doc), 2);
}

static void a_loop_of_sections_is_damage(void **state)
{
    auto_build_pdf b = build_start("");
    build_two_pages(&b);
    b.last_xref = b.out.n;
    build_table(&b, "");
    ky_auto_pdf doc = open_ok(build_bytes(&b));
    assert_non_null(strstr(ky_pdf_needs_repair(doc), "loop of /Prev"));
}

static void a_moved_object_is_noticed(void **state)
{
    auto_build_pdf b = build_start("");
    build_two_pages(&b);
    b.at[4] += 3;
    build_table(&b, "");
    ky_auto_pdf doc = open_ok(build_bytes(&b));
    assert_null(ky_pdf_needs_repair(doc));
    assert_int_equal(ky_pdf_object_check(doc, 3), KY_OK);
    assert_int_equal(ky_pdf_object_check(doc, 4), KY_EFORMAT);
    assert_int_equal(ky_pdf_read_reachable(doc), KY_OK);
    assert_non_null(ky_pdf_needs_repair(doc));
}

static void finds_the_end_of_a_stream_of_wrong_length(void **state)
{
    auto_build_pdf b = build_start("");
    build_two_pages(&b);
    build_object(&b, 8, "<< /Length 8 0 R >>\nstream\nself\r\nendstream");
    build_object(&b, 9, "<< /Length 99999 >>\nstream\nlong\nendstream");
    build_table(&b, "");
    ky_auto_pdf doc = open_ok(build_bytes(&b));
    assert_true(ky_bytes_eq_str(ky_pdf_object(doc, (struct ky_pdf_ref){9, 0})->text, "long"));
    assert_null(ky_pdf_needs_repair(doc));
    assert_true(ky_bytes_eq_str(ky_pdf_object(doc, (struct ky_pdf_ref){8, 0})->text, "self"));
    assert_non_null(strstr(ky_pdf_needs_repair(doc), "needs itself"));
}

static void broken_object_streams_give_null(void **state)
{
    static const char *const entries[] = {"/Type /ObjStm /N 9 /First 8", "/Type /ObjStm /N 2 /First 99",
                                          "/Type /Other /N 2 /First 8", "/Type /ObjStm /N 1 /First 4"};
    for (size_t i = 0; i < KY_COUNT(entries); i++) {
        auto_build_pdf b = build_start("");
        build_two_pages(&b);
        build_stream(&b, 10, entries[i], KY_BYTES_LIT("6 0 5 2 1 2"));
        build_table(&b, "");
        build_stream(&b, 11, "/Type /XRef /Size 64 /Root 1 0 R /W [1 1 1] /Index [5 1] /Prev 9",
                     KY_BYTES_LIT("\2\12\1"));
        char *prev = memmem(b.out.p, b.out.n, "/Prev 9", 7);
        assert_non_null(prev);
        b.last_xref = b.at[11];
        ky_buf_addf(&b.out, "startxref\n%zu\n%%%%EOF", b.at[11]);
        ky_auto_pdf doc = open_ok(build_bytes(&b)); /* /Prev is wrong too: rebuilt */
        assert_int_equal(ky_pdf_object(doc, (struct ky_pdf_ref){50, 0})->type, KY_PDF_NULL);
        assert_non_null(ky_pdf_needs_repair(doc));
    }
}

static void refuses_what_is_no_pdf(void **state)
{
    struct ky_pdf *doc;
    assert_int_equal(ky_pdf_open(&doc, KY_BYTES_NONE, NULL), KY_EFORMAT);
    assert_int_equal(ky_pdf_open(&doc, KY_BYTES_LIT("PK\3\4 zip"), NULL), KY_EFORMAT);
    assert_int_equal(ky_pdf_open(&doc, KY_BYTES_LIT("%PDF-1.4\n1 0 obj\n<< /Type /Pages >>\nendobj"), NULL),
                     KY_EFORMAT);
}

static void memory_is_bounded(void **state)
{
    char many[1000];
    memset(many, ' ', sizeof many);
    for (size_t i = 0; i < sizeof many - 2; i += 2)
        many[i] = '1';
    memcpy(many, "[", 1);
    memcpy(many + sizeof many - 2, "]", 2);
    auto_build_pdf b = build_start("");
    build_two_pages(&b);
    build_object(&b, 9, many);
    build_table(&b, "");
    const struct ky_pdf_open_args args = {.memory_max = 20000};
    struct ky_pdf *opened;
    assert_int_equal(ky_pdf_open(&opened, build_bytes(&b), &args), KY_OK);
    ky_auto_pdf doc = opened;
    assert_int_equal(ky_pdf_object(doc, (struct ky_pdf_ref){9, 0})->type, KY_PDF_NULL);
    assert_non_null(strstr(ky_pdf_needs_repair(doc), "more than 20000 bytes"));
}

/* Fifty nodes with one list of sixty thousand kids would be three million visits for a small file. */
static void shared_lists_do_not_multiply(void **state)
{
    enum { NODES = 50, KIDS = 60000 };
    auto_build_pdf b = build_start("");
    ky_auto_buf kids = ky_buf_init(1 << 20);
    ky_buf_add_str(&kids, "[");
    for (unsigned i = 0; i < NODES; i++)
        ky_buf_addf(&kids, "%u 0 R ", 4 + i);
    for (unsigned i = 0; i < KIDS; i++)
        ky_buf_add_str(&kids, "62 0 R ");
    ky_buf_add_str(&kids, "]");
    build_object(&b, 1, "<< /Pages 2 0 R >>");
    build_object(&b, 2, "<< /Kids 3 0 R >>");
    build_object(&b, 3, ky_buf_str(&kids));
    for (unsigned i = 0; i < NODES; i++)
        build_object(&b, 4 + i, "<< /Kids 3 0 R >>");
    build_table(&b, "");
    ky_auto_pdf doc = open_ok(build_bytes(&b));
    size_t n;
    assert_int_equal(ky_pdf_page_count(&n, doc), KY_ELIMIT);
    assert_non_null(ky_pdf_needs_repair(doc));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_a_table),
        cmocka_unit_test(inherits_page_attributes),
        cmocka_unit_test(a_loop_of_pages_ends),
        cmocka_unit_test(newer_revisions_win),
        cmocka_unit_test(reads_hybrids_and_object_streams),
        cmocka_unit_test(counts_offsets_from_the_header),
        cmocka_unit_test(rebuilds_what_is_damaged_and_says_so),
        cmocka_unit_test(a_loop_of_sections_is_damage),
        cmocka_unit_test(a_moved_object_is_noticed),
        cmocka_unit_test(finds_the_end_of_a_stream_of_wrong_length),
        cmocka_unit_test(broken_object_streams_give_null),
        cmocka_unit_test(refuses_what_is_no_pdf),
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(shared_lists_do_not_multiply),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
