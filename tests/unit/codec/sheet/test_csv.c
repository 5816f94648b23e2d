/* CSV as spreadsheet programs write it, what is pasted from them, and what we write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "codec/sheet/csv_read.h"
#include "codec/sheet/csv_write.h"

/* Cells as "A1=text|B1=text|". */
static void print_sheet(struct ky_buf *out, const struct ky_sheet *s)
{
    for (size_t r = 0; r < s->n; r++)
        for (size_t c = 0; c < s->rows[r].n; c++) {
            char ref[KY_SHEET_REF_MAX];
            ky_sheet_ref(ref, s->rows[r].cells[c].column, s->rows[r].number);
            ky_buf_addf(out, "%s=%s|", ref, (const char *)s->rows[r].cells[c].text.p);
        }
}

static void assert_reads(struct ky_bytes file, const char *want)
{
    ky_auto_sheet s = {.n = 0};
    ky_auto_buf text = ky_buf_init(1 << 16);
    struct ky_sheet_fault fault;
    assert_int_equal(ky_csv_read(&s, &fault, file), KY_OK);
    print_sheet(&text, &s);
    assert_string_equal(ky_buf_str(&text), want);
}

static void reads_what_programs_write(void **state)
{
    static const struct {
        const char *file, *want;
    } cases[] = {
        {"a,b\r\n1,2\r\n", "A1=a|B1=b|A2=1|B2=2|"},
        {"\xef\xbb\xbf"
         "họ;tên\n\"x;y\";\"a \"\"b\"\" c\"\n",
         "A1=họ|B1=tên|A2=x;y|B2=a \"b\" c|"},
        {"a\tb\r001\t\rc", "A1=a|B1=b|A2=001|A3=c|"},
        {"sep=;\r\na;b,c\n", "A1=a|B1=b,c|"},
        {"\"a,b;c\";d\n", "A1=a,b;c|B1=d|"}, /* separators within quotes do not count */
        {"a\n\n\n\"two\nlines\",z", "A1=a|A4=two\nlines|B4=z|"},
        {"a,,c,\n", "A1=a|C1=c|"},
        {"a\"b,c\n", "A1=a\"b|B1=c|"},
        {"=cmd|'/C calc'!A0,+1\n", "A1==cmd|'/C calc'!A0|B1=+1|"}, /* text; whoever reads it judges */
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++)
        assert_reads(ky_bytes_str(cases[i].file), cases[i].want);
}

static void reads_utf16_with_its_mark(void **state)
{
    static const uint8_t little[] = {0xff, 0xfe, 'h',  0,    0xcd, 0x1e, '\t',
                                     0,    0x3d, 0xd8, 0x00, 0xde, '\n', 0};
    static const uint8_t big[] = {0xfe, 0xff, 0, 'h', 0x1e, 0xcd};
    assert_reads(KY_BYTES_OF(little), "A1=họ|B1=😀|");
    assert_reads(KY_BYTES_OF(big), "A1=họ|");
}

static void refuses_and_names_the_cell(void **state)
{
    static const uint8_t lone[] = {0xff, 0xfe, 'a', 0, 0x3d, 0xd8};
    static const uint8_t odd[] = {0xff, 0xfe, 'a', 0, 'b'};
    static const struct {
        struct ky_bytes file;
        ky_sheet_fault_kind kind;
        const char *where;
    } cases[] = {
        {KY_BYTES_LIT("a,b\nc,\"d"), KY_SHEET_QUOTE, "B2"},
        {KY_BYTES_LIT("a,\"b\"c\n"), KY_SHEET_QUOTE, "B1"},
        {KY_BYTES_LIT("a\n\xc3(\n"), KY_SHEET_ENCODING, "A2"},
        {KY_BYTES_LIT("a,\0b\n"), KY_SHEET_ENCODING, "B1"},
        {KY_BYTES_OF(lone), KY_SHEET_ENCODING, "A1"},
        {KY_BYTES_OF(odd), KY_SHEET_ENCODING, "UTF-16"},
        {KY_BYTES_LIT(""), KY_SHEET_EMPTY, ""},
        {KY_BYTES_LIT(",,\n\n"), KY_SHEET_EMPTY, ""},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_sheet s = {.n = 0};
        struct ky_sheet_fault fault;
        assert_int_not_equal(ky_csv_read(&s, &fault, cases[i].file), KY_OK);
        assert_int_equal(fault.kind, cases[i].kind);
        assert_string_equal(fault.where, cases[i].where);
    }
}

static ky_sheet_fault_kind fault_of_repeated(const char *unit, size_t count)
{
    ky_auto_buf file = ky_buf_init(16 << 20);
    ky_auto_sheet s = {.n = 0};
    struct ky_sheet_fault fault;
    for (size_t i = 0; i < count; i++)
        ky_buf_add_str(&file, unit);
    assert_int_equal(ky_buf_finish(&file), KY_OK);
    ky_rc rc = ky_csv_read(&s, &fault, ky_buf_bytes(&file));
    assert_true(rc == KY_OK || fault.kind != KY_SHEET_NO_FAULT);
    return fault.kind;
}

static void refuses_beyond_every_limit(void **state)
{
    assert_int_equal(fault_of_repeated("a\n", KY_SHEET_ROWS_MAX), KY_SHEET_NO_FAULT);
    assert_int_equal(fault_of_repeated("a\n", KY_SHEET_ROWS_MAX + 1), KY_SHEET_ROWS);
    assert_int_equal(fault_of_repeated("a,", KY_SHEET_COLUMNS_MAX), KY_SHEET_NO_FAULT);
    assert_int_equal(fault_of_repeated("a,", 10000), KY_SHEET_COLUMNS);
    assert_int_equal(fault_of_repeated("abcd", KY_SHEET_CELL_MAX / 4), KY_SHEET_NO_FAULT);
    assert_int_equal(fault_of_repeated("abcd", KY_SHEET_CELL_MAX / 4 + 1), KY_SHEET_CELL);
    assert_int_equal(fault_of_repeated("0123456789abcdef", KY_SHEET_FILE_MAX / 16 + 1), KY_SHEET_FILE_SIZE);
}

static void writes_no_formula(void **state)
{
    static const struct ky_sheet_column columns[] = {{.heading = "Họ và tên"}, {.heading = "a,b"}};
    const struct ky_bytes rows[][2] = {
        {KY_BYTES_LIT("=cmd|'/C calc'!A0"), KY_BYTES_LIT("+84912345678")},
        {KY_BYTES_LIT("-1"), KY_BYTES_LIT("@SUM(1)")},
        {KY_BYTES_LIT("\tx"), KY_BYTES_LIT("\r=1")},
        {KY_BYTES_LIT("a\"b"), KY_BYTES_LIT("001185004217")},
    };
    ky_auto_buf out = ky_buf_init(4096);
    ky_csv_add_headings(&out, columns, 2);
    for (size_t i = 0; i < KY_COUNT(rows); i++)
        ky_csv_add_row(&out, rows[i], 2);
    assert_string_equal(ky_buf_str(&out), "\xef\xbb\xbfHọ và tên,\"a,b\"\r\n"
                                          "'=cmd|'/C calc'!A0,'+84912345678\r\n"
                                          "'-1,'@SUM(1)\r\n"
                                          "\"'\tx\",\"'\r=1\"\r\n"
                                          "\"a\"\"b\",001185004217\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_programs_write),  cmocka_unit_test(reads_utf16_with_its_mark),
        cmocka_unit_test(refuses_and_names_the_cell), cmocka_unit_test(refuses_beyond_every_limit),
        cmocka_unit_test(writes_no_formula),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
