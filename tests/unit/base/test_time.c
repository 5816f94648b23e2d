/* base/time: dates both ways, against known instants. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/time.h"

static void known_instants(void **state)
{
    char text[KY_TIME_TEXT_MAX];
    ky_time_text_utc(text, 0);
    assert_string_equal(text, "1970-01-01T00:00:00Z");
    ky_time_text_utc(text, 951782399);
    assert_string_equal(text, "2000-02-28T23:59:59Z");
    ky_time_text_vn(text, 1583391849);
    assert_string_equal(text, "2020-03-05T14:04:09+07:00");
    ky_time_text_pdf(text, 1583391849);
    assert_string_equal(text, "D:20200305140409+07'00'");
    ky_time_text_utc(text, -1);
    assert_string_equal(text, "1969-12-31T23:59:59Z");
}

static void split_and_join_agree(void **state)
{
    for (ky_time t = -5000000000; t < 9000000000; t += 86413 * 97) {
        struct ky_date d = ky_time_split(t);
        ky_time back;
        assert_int_equal(ky_time_join(&back, &d), KY_OK);
        assert_true(back == t);
    }
}

static void impossible_dates_are_refused(void **state)
{
    ky_time t;
    struct ky_date feb29 = {2023, 2, 29, 0, 0, 0}, leap = {2024, 2, 29, 0, 0, 0},
                   second60 = {2024, 1, 1, 0, 0, 60};
    assert_int_equal(ky_time_join(&t, &feb29), KY_EINVAL);
    assert_int_equal(ky_time_join(&t, &leap), KY_OK);
    assert_int_equal(ky_time_join(&t, &second60), KY_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_instants),
        cmocka_unit_test(split_and_join_agree),
        cmocka_unit_test(impossible_dates_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
