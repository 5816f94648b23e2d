/* Spreadsheets as programs write them, and those that attackers would (tests/fuzz/xlsx_seeds.py makes both). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <zip.h>

#include "codec/sheet/xlsx_read.h"
#include "codec/sheet/xlsx_zip.h"
#include "os/file.h"

static ky_rc read_named(struct ky_sheet *out, struct ky_sheet_fault *fault, const char *name)
{
    char path[512];
    ky_auto_buf file = ky_buf_init(1 << 20);
    snprintf(path, sizeof path, KY_TEST_XLSX "/%s.xlsx", name);
    assert_int_equal(ky_file_read(&file, path), KY_OK);
    return ky_xlsx_read(out, fault, ky_buf_bytes(&file));
}

struct want {
    uint32_t row, column;
    ky_cell_kind kind;
    const char *text;
};

static void assert_cells(const char *name, const struct want *want, size_t n)
{
    ky_auto_sheet sheet = {.n = 0};
    struct ky_sheet_fault fault;
    size_t at = 0;
    ky_rc rc = read_named(&sheet, &fault, name);
    if (rc != KY_OK)
        print_error("%s: %s\n", name, ky_error());
    assert_int_equal(rc, KY_OK);
    for (size_t r = 0; r < sheet.n; r++)
        for (size_t c = 0; c < sheet.rows[r].n; c++, at++) {
            const struct ky_cell *cell = &sheet.rows[r].cells[c];
            assert_true(at < n);
            assert_int_equal(sheet.rows[r].number, want[at].row);
            assert_int_equal(cell->column, want[at].column);
            assert_int_equal(cell->kind, want[at].kind);
            assert_string_equal((const char *)cell->text.p, want[at].text);
        }
    assert_int_equal(at, n);
}

static const struct want kinds[] = {
    {1, 1, KY_CELL_TEXT, "NguyễnThị  Lan "}, /* the first run has no xml:space, the second has */
    {1, 2, KY_CELL_TEXT, "  kept  "},
    {1, 3, KY_CELL_TEXT, "cut"},
    {1, 4, KY_CELL_TEXT, "a\nb_x0041_"},
    {3, 1, KY_CELL_NUMBER, "912345678"},
    {3, 2, KY_CELL_DATE, "1985-03-09"},
    {3, 3, KY_CELL_DATE, "1985-03-09T07:30:00"},
    {3, 4, KY_CELL_NUMBER, "7"}, /* "ngày" in quotes is no date */
    {3, 5, KY_CELL_NUMBER, "1.5E3"},
    {3, 6, KY_CELL_BOOLEAN, "1"},
    {3, 7, KY_CELL_ERROR, "#N/A"},
    {3, 8, KY_CELL_TEXT, "text"},
    {3, 9, KY_CELL_DATE, "2026-11-23"},
    {4, 1, KY_CELL_NUMBER, "1"},
    {4, 4, KY_CELL_FORMULA, ""},
    {4, 6, KY_CELL_TEXT, "sau"},
};

static void reads_every_kind_of_cell(void **state)
{
    assert_cells("good-kinds", kinds, KY_COUNT(kinds));
}

static void reads_strict_as_transitional(void **state)
{
    assert_cells("good-strict", kinds, KY_COUNT(kinds));
}

static void tells_merged_ranges(void **state)
{
    ky_auto_sheet sheet = {.n = 0};
    struct ky_sheet_fault fault;
    assert_int_equal(read_named(&sheet, &fault, "good-kinds"), KY_OK);
    assert_int_equal(sheet.n_merges, 1);
    assert_string_equal(sheet.merges[0].ref, "A5:C6");
    assert_int_equal(sheet.merges[0].first_row, 5);
    assert_int_equal(sheet.merges[0].last_row, 6);
}

static void reads_dates_from_1904(void **state)
{
    static const struct want want[] = {{1, 1, KY_CELL_DATE, "1985-03-09"}};
    assert_cells("good-1904", want, 1);
}

static void reads_the_first_sheet_that_is_shown(void **state)
{
    static const struct want want[] = {{1, 1, KY_CELL_TEXT, "second"}};
    assert_cells("good-hidden-first", want, 1);
}

static void reads_stored_members_and_absolute_targets(void **state)
{
    static const struct want want[] = {{1, 1, KY_CELL_TEXT, "x"}};
    assert_cells("good-absolute-target", want, 1);
}

static void refuses_hostile_files(void **state)
{
    static const struct {
        const char *name, *code, *where;
    } cases[] = {
        {"bad-doctype", "doctype", "xl/worksheets/sheet1.xml"},
        {"bad-external-entity", "doctype", "xl/worksheets/sheet1.xml"},
        {"bad-undeclared-entity", "xml", "xl/worksheets/sheet1.xml"},
        {"bad-external-sheet", "external", "worksheet"},
        {"bad-target-path", "member-name", ""},
        {"bad-target-missing", "damaged", "xl/worksheets/nine.xml"},
        {"bad-member-path", "member-name", ""},
        {"bad-member-absolute", "member-name", ""},
        {"bad-member-backslash", "member-name", ""},
        {"bad-member-twice", "member-twice", NULL},
        {"bad-members", "members", ""},
        {"bad-macro-member", "macros", "xl/vbaProject.bin"},
        {"bad-macro-type", "macros", ""},
        {"bad-no-content-types", "not-xlsx", ""},
        {"bad-ole-xls", "old-xls", ""},
        {"bad-ole-encrypted", "encrypted", ""},
        {"bad-encrypted-member", "encrypted", NULL},
        {"bad-string-index", "string-index", "B2"},
        {"bad-cell-type", "bad-cell", "B2"},
        {"bad-cell-elsewhere", "bad-cell", "A2"},
        {"bad-cell-twice", "bad-cell", "B2"},
        {"bad-row-order", "bad-cell", NULL},
        {"bad-row-far", "rows", "A1048576"},
        {"bad-column-far", "columns", "NTP1"},
        {"bad-columns", "columns", "BM1"},
        {"bad-cell-long", "cell", "A1"},
        {"bad-shared-long", "cell", "C1"},
        {"bad-attributes", "xml-limit", "xl/worksheets/sheet1.xml"},
        {"bad-tag-long", "xml-limit", "xl/worksheets/sheet1.xml"},
        {"bad-depth", "xml-limit", "xl/worksheets/sheet1.xml"},
        {"bad-xml", "xml", "xl/worksheets/sheet1.xml"},
        {"bad-encoding", "xml", "xl/worksheets/sheet1.xml"},
        {"bad-empty", "empty", ""},
        {"bad-merges", "merges", "A1:B1"},
        {"bad-cut", "damaged", ""},
        {"bad-crc", "damaged", NULL},
        {"bad-size-lies", "zip-bomb", NULL},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_sheet sheet = {.n = 0};
        struct ky_sheet_fault fault = {.kind = KY_SHEET_NO_FAULT};
        ky_rc rc = read_named(&sheet, &fault, cases[i].name);
        const struct ky_sheet_fault_info *info = ky_sheet_fault_info(fault.kind);
        if (rc != info->rc || strcmp(info->code, cases[i].code) != 0 ||
            (cases[i].where != NULL && strcmp(fault.where, cases[i].where) != 0))
            fail_msg("%s: %s at \"%s\" (%s)", cases[i].name, info->code, fault.where, ky_error());
        assert_int_equal(sheet.n, 0);
    }
}

/* ---- files too large for the corpus ---- */

static const char content_types[] =
    "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>";
static const char root_rels[] =
    "<Relationships><Relationship Id='a' Type='x/officeDocument' Target='w.xml'/></Relationships>";
static const char workbook[] = "<workbook xmlns:r='r'><sheets><sheet r:id='a'/></sheets></workbook>";
static const char workbook_rels[] =
    "<Relationships><Relationship Id='a' Type='x/worksheet' Target='s.xml'/></Relationships>";

static void add_member(zip_t *zip, const char *name, const char *content, size_t n)
{
    zip_source_t *source = zip_source_buffer(zip, content, n, 0);
    assert_non_null(source);
    assert_true(zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8) >= 0);
}

/* A package whose sheet is this; returns its bytes in *out (free). */
static void make_package(struct ky_buf *out, const struct ky_buf *sheet)
{
    zip_source_t *target = zip_source_buffer_create(NULL, 0, 0, NULL);
    zip_stat_t stat;
    zip_t *zip = zip_open_from_source(target, ZIP_TRUNCATE, NULL);
    assert_non_null(zip);
    zip_source_keep(target);
    add_member(zip, "[Content_Types].xml", content_types, sizeof content_types - 1);
    add_member(zip, "_rels/.rels", root_rels, sizeof root_rels - 1);
    add_member(zip, "w.xml", workbook, sizeof workbook - 1);
    add_member(zip, "_rels/w.xml.rels", workbook_rels, sizeof workbook_rels - 1);
    add_member(zip, "s.xml", (const char *)sheet->p, sheet->n);
    assert_int_equal(zip_close(zip), 0);
    assert_int_equal(zip_source_open(target), 0);
    assert_int_equal(zip_source_stat(target, &stat), 0);
    uint8_t *to = ky_buf_grow(out, stat.size);
    assert_non_null(to);
    assert_int_equal(zip_source_read(target, to, stat.size), stat.size);
    zip_source_close(target);
    zip_source_free(target);
}

/* The unit over and over, by whole blocks of it. */
static void fill(struct ky_buf *b, const char *unit, size_t bytes)
{
    ky_auto_buf block = ky_buf_init(1 << 16);
    for (size_t n = strlen(unit); block.n + n <= 1 << 15;)
        ky_buf_add(&block, KY_BYTES(unit, n));
    while (b->n + block.n <= bytes)
        ky_buf_add(b, ky_buf_bytes(&block));
}

static const char *fault_of(const struct ky_buf *xml)
{
    ky_auto_buf file = ky_buf_init(64 << 20);
    ky_auto_sheet sheet = {.n = 0};
    struct ky_sheet_fault fault = {.kind = KY_SHEET_NO_FAULT};
    struct timespec from, to;
    make_package(&file, xml);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    ky_rc rc = ky_xlsx_read(&sheet, &fault, ky_buf_bytes(&file));
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    print_message("%zu KiB packed, %zu MiB unpacked: %s, %.2f s, peak so far %ld MiB\n", file.n >> 10,
                  xml->n >> 20, rc == KY_OK ? "read" : ky_error(),
                  (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9,
                  use.ru_maxrss >> 10);
    assert_true(to.tv_sec - from.tv_sec < 20);
    return ky_sheet_fault_info(fault.kind)->code;
}

/* Each a repeated unit behind a beginning, as large as stated. */
static void refuses_what_unpacks_to_too_much(void **state)
{
    static const struct {
        const char *begin, *unit;
        size_t bytes;
        const char *code;
    } cases[] = {
        {"<worksheet>", " ", 40 << 20, "zip-bomb"},
        {"<worksheet><sheetData>", "<row/>", 40 << 20, "zip-bomb"},
        {"<worksheet>", " ", 20 << 20, "zip-bomb"}, /* by its ratio */
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf xml = ky_buf_init(64 << 20);
        ky_buf_add_str(&xml, cases[i].begin);
        fill(&xml, cases[i].unit, cases[i].bytes);
        assert_string_equal(fault_of(&xml), cases[i].code);
    }
}

/* Without an end, hence "xml" where no limit comes first. Numbered units pack too badly to be a bomb, and must cost bounded time and memory all the same. */
static void bounds_the_cost_of_many_elements(void **state)
{
    static const struct {
        const char *begin, *format, *code;
    } cases[] = {
        {"<worksheet><sheetData>", "<row%x/>", "xml-limit"},
        {"<worksheet><sheetData>", "<row a='%u'/>", "xml"},
        {"<worksheet><sheetData>", "<row a%x=''/>", "xml-limit"},
        {"<worksheet><sheetData>", "<row xmlns='%x'/>", "xml-limit"},
        {"<worksheet>", "<!--%u-->", "xml-limit"},
        {"<worksheet>", "<?a%u?>", "xml-limit"},
        {"<worksheet><!--", "%08x-", "xml-limit"},
        {"<worksheet><sheetData><row>", "<c><v>%u</v></c>", "columns"},
        {"<worksheet><sheetData><row><c t='inlineStr'><is>", "<t>%u</t>", "cell"},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf xml = ky_buf_init(64 << 20);
        ky_buf_add_str(&xml, cases[i].begin);
        for (unsigned k = 0; xml.n < 4u << 20; k++) {
            char unit[64];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
            snprintf(unit, sizeof unit, cases[i].format, k * 2654435761u % 99999989u);
#pragma GCC diagnostic pop
            ky_buf_add_str(&xml, unit);
        }
        assert_string_equal(fault_of(&xml), cases[i].code);
    }
}

/* As many cells as there may be: what a large honest file costs. */
static void reads_as_many_cells_as_there_may_be(void **state)
{
    ky_auto_buf xml = ky_buf_init(64 << 20);
    ky_buf_add_str(&xml, "<worksheet><sheetData>");
    for (unsigned row = 1; row <= KY_SHEET_ROWS_MAX; row++) {
        ky_buf_addf(&xml, "<row r='%u'>", row);
        for (unsigned column = 1; column <= KY_SHEET_COLUMNS_MAX; column++)
            ky_buf_addf(&xml, "<c><v>%u</v></c>", row * column);
        ky_buf_add_str(&xml, "</row>");
    }
    ky_buf_add_str(&xml, "</sheetData></worksheet>");
    assert_string_equal(fault_of(&xml), "none");
}

static void refuses_a_file_that_is_too_large(void **state)
{
    ky_auto_buf file = ky_buf_init(KY_SHEET_FILE_MAX + 8);
    ky_auto_sheet sheet = {.n = 0};
    struct ky_sheet_fault fault;
    ky_buf_add_str(&file, "PK\x03\x04");
    ky_buf_add_fill(&file, 0, KY_SHEET_FILE_MAX);
    assert_int_equal(ky_xlsx_read(&sheet, &fault, ky_buf_bytes(&file)), KY_ELIMIT);
    assert_int_equal(fault.kind, KY_SHEET_FILE_SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_kind_of_cell),
        cmocka_unit_test(reads_strict_as_transitional),
        cmocka_unit_test(tells_merged_ranges),
        cmocka_unit_test(reads_dates_from_1904),
        cmocka_unit_test(reads_the_first_sheet_that_is_shown),
        cmocka_unit_test(reads_stored_members_and_absolute_targets),
        cmocka_unit_test(refuses_hostile_files),
        cmocka_unit_test(refuses_what_unpacks_to_too_much),
        cmocka_unit_test(bounds_the_cost_of_many_elements),
        cmocka_unit_test(reads_as_many_cells_as_there_may_be),
        cmocka_unit_test(refuses_a_file_that_is_too_large),
    };
    ky_xlsx_prepare();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
