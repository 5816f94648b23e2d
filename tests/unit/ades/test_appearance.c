#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "ades/appearance.h"
#include "base/base64.h"

#include <stdio.h>

/* 2 × 1 pixels: half-transparent red, opaque blue. */
static const char png_alpha[] =
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAYAAAD0In+KAAAAEUlEQVR4nGP4z8DQwMDw/z8ADX4DfuoeFyEAAAAASUVORK5CYII=";

static const uint32_t numbers[] = {11, 12, 13, 14, 15, 16, 17, 18, 19};
static const struct ky_appearance_box box = {1, 50, 60, 170, 30};

static void places_the_box_on_turned_pages(void **state)
{
    (void)state;
    const struct {
        int rotate;
        double want[4];
    } cases[] = {
        {0, {60, 80, 230, 110}},    {90, {520, 70, 550, 240}},  {180, {390, 710, 560, 740}},
        {270, {70, 580, 100, 750}}, {-90, {70, 580, 100, 750}},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        const struct ky_appearance_page page = {{10, 20, 610, 800}, cases[i].rotate, 1};
        double rect[4];
        assert_int_equal(ky_appearance_rect(rect, &box, &page), KY_OK);
        for (int k = 0; k < 4; k++)
            assert_true(rect[k] > cases[i].want[k] - 0.001 && rect[k] < cases[i].want[k] + 0.001);
    }
}

static void counts_in_points_whatever_the_unit_is(void **state)
{
    (void)state;
    const struct ky_appearance_page page = {{0, 0, 300, 400}, 0, 2};
    double rect[4];
    assert_int_equal(ky_appearance_rect(rect, &box, &page), KY_OK);
    assert_true(rect[0] == 25 && rect[1] == 30 && rect[2] == 110 && rect[3] == 45);
}

static void refuses_a_box_off_the_page(void **state)
{
    (void)state;
    const struct ky_appearance_page page = {{0, 0, 200, 400}, 0, 1};
    double rect[4];
    assert_int_equal(ky_appearance_rect(rect, &box, &page), KY_EINVAL);
    const struct ky_appearance_box flat = {1, 0, 0, 100, 0};
    assert_int_equal(ky_appearance_rect(rect, &flat, &page), KY_EINVAL);
}

static void text_form_refers_to_its_font(void **state)
{
    (void)state;
    const struct ky_appearance_wish wish = {.fields = {.name = "Đặng Thùy Trâm", .time = "05/03/2020"}};
    ky_auto_appearance a = {0};
    assert_int_equal(ky_appearance_render(&a, &wish, &box, 90, numbers), KY_OK);
    assert_int_equal(a.n, ky_appearance_count(&wish));
    assert_non_null(strstr(ky_buf_str(&a.parts[0].dict), "/F0 12 0 R"));
    assert_non_null(strstr(ky_buf_str(&a.parts[0].dict), "/Matrix [0 1 -1 0 30.000 0]"));
    assert_non_null(strstr(ky_buf_str(&a.parts[1].dict), "/DescendantFonts [13 0 R]"));
    assert_non_null(strstr(ky_buf_str(&a.parts[3].dict), "/FontFile2 15 0 R"));
    assert_null(strstr(ky_buf_str(&a.parts[0].dict), "SMask"));
}

static void image_with_alpha_gets_a_soft_mask(void **state)
{
    (void)state;
    ky_auto_buf png = ky_buf_init(4096);
    assert_int_equal(ky_base64_decode(&png, ky_bytes_str(png_alpha)), KY_OK);
    const struct ky_appearance_wish wish = {.image_png = ky_buf_bytes(&png)};
    ky_auto_appearance a = {0};
    const ky_rc rc = ky_appearance_render(&a, &wish, &box, 0, numbers);
    if (rc != KY_OK)
        fail_msg("%s", ky_error());
    assert_int_equal(a.n, 3);
    assert_non_null(strstr(ky_buf_str(&a.parts[1].dict), "/SMask 13 0 R"));
    assert_non_null(strstr(ky_buf_str(&a.parts[0].dict), "/Im0 12 0 R"));
}

static void refuses_a_broken_image(void **state)
{
    (void)state;
    const struct ky_appearance_wish wish = {.image_png = KY_BYTES_LIT("\x89PNG\r\n\x1a\nxxxx")};
    struct ky_appearance a = {0};
    assert_int_equal(ky_appearance_render(&a, &wish, &box, 0, numbers), KY_EFORMAT);
}

static void writes_time_as_the_decree_does(void **state)
{
    (void)state;
    char text[KY_APPEARANCE_TIME_MAX];
    ky_appearance_time(text, 1583391909);
    assert_string_equal(text, "05/03/2020 14:05:09 +07:00");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_the_box_on_turned_pages),
        cmocka_unit_test(counts_in_points_whatever_the_unit_is),
        cmocka_unit_test(refuses_a_box_off_the_page),
        cmocka_unit_test(text_form_refers_to_its_font),
        cmocka_unit_test(image_with_alpha_gets_a_soft_mask),
        cmocka_unit_test(refuses_a_broken_image),
        cmocka_unit_test(writes_time_as_the_decree_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
