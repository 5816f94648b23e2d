/* Comparing two states of a file: what it finds, and what it costs. */
#include "ades/objdiff.h"
#include "codec/pdf/update.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>

#define BULK_BYTES ((size_t)4 << 20)
#define FILE_MAX (2 * BULK_BYTES)
#define COMPARISONS 20 /* of BULK_BYTES each: more than a document's budget, were they read each time */

static const struct ky_pdf_ref page_ref = {3, 0};

/* A catalog, a page, and one object of BULK_BYTES. */
static void bulky_pdf(struct ky_buf *out)
{
    size_t at[4];
    ky_buf_add_str(out, "%PDF-1.7\n");
    at[0] = out->n;
    ky_buf_add_str(out, "1 0 obj\n<< /Type /Catalog /Pages 2 0 R /Bulk 4 0 R >>\nendobj\n");
    at[1] = out->n;
    ky_buf_add_str(out, "2 0 obj\n<< /Type /Pages /Count 1 /Kids [3 0 R] >>\nendobj\n");
    at[2] = out->n;
    ky_buf_add_str(out, "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>\nendobj\n");
    at[3] = out->n;
    ky_buf_add_str(out, "4 0 obj\n(");
    memset(ky_buf_grow(out, BULK_BYTES), 'x', BULK_BYTES);
    ky_buf_add_str(out, ")\nendobj\n");
    const size_t xref = out->n;
    ky_buf_add_str(out, "xref\n0 5\n0000000000 65535 f \n");
    for (size_t i = 0; i < KY_COUNT(at); i++)
        ky_buf_addf(out, "%010zu 00000 n \n", at[i]);
    ky_buf_addf(out, "trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%zu\n%%%%EOF\n", xref);
    assert_int_equal(ky_buf_finish(out), KY_OK);
}

/* The file with its page turned. */
static void turned_pdf(struct ky_buf *out, struct ky_bytes file)
{
    ky_auto_pdf doc = NULL;
    ky_auto_pdf_update u = NULL;
    ky_auto_buf tail = ky_buf_init(FILE_MAX);
    struct ky_pdf_value *page;
    assert_int_equal(ky_pdf_open(&doc, file, NULL), KY_OK);
    assert_int_equal(ky_pdf_update_new(&u, doc), KY_OK);
    assert_int_equal(ky_pdf_update_edit(&page, u, page_ref), KY_OK);
    struct ky_arena *a = ky_pdf_update_arena(u);
    assert_int_equal(ky_pdf_dict_put(a, page, "Rotate", ky_pdf_int(a, 90)), KY_OK);
    assert_int_equal(ky_pdf_update_render(&tail, u), KY_OK);
    ky_buf_add(out, file);
    ky_buf_add(out, ky_buf_bytes(&tail));
    assert_int_equal(ky_buf_finish(out), KY_OK);
}

static void what_stands_where_it_was_is_not_read_again(void **state)
{
    ky_auto_buf plain = ky_buf_init(FILE_MAX), all = ky_buf_init(FILE_MAX);
    bulky_pdf(&plain);
    turned_pdf(&all, ky_buf_bytes(&plain));
    ky_auto_pdf after = NULL;
    assert_int_equal(ky_pdf_open(&after, ky_buf_bytes(&all), NULL), KY_OK);
    for (int i = 0; i < COMPARISONS; i++) {
        ky_auto_pdf before = NULL;
        ky_auto_objdiff d = {0};
        assert_int_equal(ky_pdf_open(&before, KY_BYTES(all.p, plain.n), NULL), KY_OK);
        assert_int_equal(ky_objdiff_init(&d, before, after), KY_OK);
        assert_int_equal(ky_objdiff_first(&d), page_ref.num);
        ky_objdiff_explain(&d, page_ref);
        assert_int_equal(ky_objdiff_first(&d), 0);
    }
    assert_null(ky_pdf_needs_repair(after));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_stands_where_it_was_is_not_read_again)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
