/* Tables that we write, read again by our own reader. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "codec/sheet/xlsx_read.h"
#include "codec/sheet/xlsx_write.h"

static const struct ky_sheet_column columns[] = {
    {.heading = "Họ và tên", .width = 20, .hint = "Như trên thẻ căn cước."},
    {.heading = "Lĩnh vực", .width = 10, .choices = {"giáo dục", "y tế"}},
};

static void keeps_text_as_text(void **state)
{
    const struct ky_bytes rows[][2] = {
        {KY_BYTES_LIT("=cmd|'/C calc'!A0"), KY_BYTES_LIT("001185004217")},
        {KY_BYTES_LIT("Nguyễn <Thị> & \"Lan\""), KY_BYTES_LIT("+84912345678")},
        {KY_BYTES_LIT(" a\tb\nc "), KY_BYTES_LIT("@x")},
    };
    ky_auto_xlsx_out w = NULL;
    ky_auto_buf file = ky_buf_init(1 << 20);
    ky_auto_sheet sheet = {.n = 0};
    struct ky_sheet_fault fault;
    assert_int_equal(ky_xlsx_out_new(&w, "/tmp", "Danh sách", columns, 2), KY_OK);
    for (size_t i = 0; i < KY_COUNT(rows); i++)
        assert_int_equal(ky_xlsx_out_row(w, rows[i]), KY_OK);
    assert_int_equal(ky_xlsx_out_finish(&file, w), KY_OK);
    assert_int_equal(ky_xlsx_read(&sheet, &fault, ky_buf_bytes(&file)), KY_OK);
    assert_int_equal(sheet.n, 1 + KY_COUNT(rows));
    assert_string_equal((const char *)sheet.rows[0].cells[1].text.p, "Lĩnh vực");
    for (size_t i = 0; i < KY_COUNT(rows); i++)
        for (size_t c = 0; c < 2; c++) {
            const struct ky_cell *cell = ky_sheet_row_find(&sheet.rows[i + 1], (uint32_t)c + 1);
            assert_non_null(cell);
            assert_int_equal(cell->kind, KY_CELL_TEXT);
            assert_true(ky_bytes_eq(cell->text, rows[i][c]));
        }
}

static void refuses_what_a_sheet_cannot_hold(void **state)
{
    ky_auto_xlsx_out w = NULL;
    ky_auto_buf file = ky_buf_init(1 << 20);
    ky_auto_buf text = ky_buf_init(1 << 20);
    ky_buf_add_fill(&text, 'x', KY_XLSX_OUT_CELL_MAX + 1);
    const struct ky_bytes too_long[] = {ky_buf_bytes(&text), KY_BYTES_NONE};
    const struct ky_bytes malformed[] = {KY_BYTES_LIT("\xff"), KY_BYTES_NONE};
    assert_int_equal(ky_xlsx_out_new(&w, "/tmp", "a/b", columns, 2), KY_EINVAL);
    assert_int_equal(ky_xlsx_out_new(&w, "/nonexistent", "a", columns, 2), KY_EIO);
    assert_int_equal(ky_xlsx_out_new(&w, "/tmp", "a", columns, 2), KY_OK);
    assert_int_equal(ky_xlsx_out_row(w, too_long), KY_ELIMIT);
    assert_int_equal(ky_xlsx_out_row(w, malformed), KY_EFORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_text_as_text),
        cmocka_unit_test(refuses_what_a_sheet_cannot_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
