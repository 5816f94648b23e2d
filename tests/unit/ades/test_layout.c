#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ades/layout.h"

#define NAME "Nguyễn Thị Ánh Tuyết"

static const struct ky_layout_fields fields = {
    .name = NAME, .time = "05/03/2020 14:05:09 +07:00", .org = NULL};

static void fills_places_and_drops_empty_lines(void **state)
{
    (void)state;
    ky_auto_buf out = ky_buf_init(KY_LAYOUT_TEXT_MAX);
    assert_int_equal(ky_layout_fill(&out, "Ký bởi: {name}\nĐơn vị: {org}\nSAO Y\n{time}", &fields), KY_OK);
    assert_string_equal(ky_buf_str(&out), "Ký bởi: " NAME "\nSAO Y\n05/03/2020 14:05:09 +07:00\n");
}

static void rejects_unknown_places_and_hidden_characters(void **state)
{
    (void)state;
    ky_auto_buf out = ky_buf_init(KY_LAYOUT_TEXT_MAX);
    assert_int_equal(ky_layout_fill(&out, "{nam}", &fields), KY_EINVAL);
    const struct ky_layout_fields bidi = {.name = "abc\u202Edef"};
    assert_int_not_equal(ky_layout_fill(&out, "{name}", &bidi), KY_OK);
}

static void keeps_size_ten_when_it_fits_and_shrinks_when_not(void **state)
{
    (void)state;
    ky_auto_font f = NULL;
    assert_int_equal(ky_font_open(&f, KY_FONT_SERIF), KY_OK);
    ky_auto_layout roomy = {0};
    assert_int_equal(ky_layout_fit(&roomy, f, KY_BYTES_LIT(NAME "\n05/03/2020"), 170, 30), KY_OK);
    assert_int_equal(roomy.n, 2);
    assert_true(roomy.size_pt >= KY_LAYOUT_SIZE_PT);
    ky_auto_layout tight = {0};
    assert_int_equal(ky_layout_fit(&tight, f, KY_BYTES_LIT(NAME "\n05/03/2020"), 60, 20), KY_OK);
    assert_true(tight.size_pt < KY_LAYOUT_SIZE_PT);
    for (size_t i = 0; i < tight.n; i++)
        assert_true(tight.lines[i].width * tight.size_pt / 1000 <= 60);
    struct ky_layout none = {0};
    assert_int_equal(ky_layout_fit(&none, f, KY_BYTES_LIT(NAME), 8, 8), KY_ELIMIT);
}

static void breaks_long_lines_at_spaces(void **state)
{
    (void)state;
    ky_auto_font f = NULL;
    assert_int_equal(ky_font_open(&f, KY_FONT_SERIF), KY_OK);
    ky_auto_layout l = {0};
    assert_int_equal(ky_layout_fit(&l, f, KY_BYTES_LIT(NAME " " NAME), 110, 60), KY_OK);
    assert_true(l.size_pt >= KY_LAYOUT_SIZE_PT);
    assert_int_equal(l.n, 2);
}

static void names_the_character_the_font_lacks(void **state)
{
    (void)state;
    ky_auto_font f = NULL;
    assert_int_equal(ky_font_open(&f, KY_FONT_SERIF), KY_OK);
    struct ky_run run = {0};
    assert_int_equal(ky_font_shape(&run, f, KY_BYTES_LIT("abc\u4E00")), KY_ENOTFOUND);
    assert_non_null(strstr(ky_error(), "U+4E00"));
}

static void writes_each_character_into_the_unicode_map(void **state)
{
    (void)state;
    ky_auto_font f = NULL;
    assert_int_equal(ky_font_open(&f, KY_FONT_SERIF), KY_OK);
    ky_auto_run run = {0};
    assert_int_equal(ky_font_shape(&run, f, KY_BYTES_LIT("\u1EC5\u0110")), KY_OK);
    assert_int_equal(run.n, 2);
    assert_int_equal(ky_font_subset(f), KY_OK);
    ky_auto_buf map = ky_buf_init(1 << 16);
    ky_font_write_to_unicode(&map, f);
    assert_non_null(strstr(ky_buf_str(&map), "<1EC5>"));
    assert_non_null(strstr(ky_buf_str(&map), "<0110>"));
    assert_non_null(strstr(ky_buf_str(&map), "2 beginbfchar"));
    assert_true(ky_font_file(f).n > 500 && ky_font_file(f).n < 20000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_places_and_drops_empty_lines),
        cmocka_unit_test(rejects_unknown_places_and_hidden_characters),
        cmocka_unit_test(keeps_size_ten_when_it_fits_and_shrinks_when_not),
        cmocka_unit_test(breaks_long_lines_at_spaces),
        cmocka_unit_test(names_the_character_the_font_lacks),
        cmocka_unit_test(writes_each_character_into_the_unicode_map),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
