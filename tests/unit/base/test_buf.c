/* base/buf: growth, limits, sticky errors, the reader. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/buf.h"

static void grows_and_stays_terminated(void **state)
{
    ky_auto_buf b = ky_buf_init(1000);
    for (int i = 0; i < 100; i++)
        ky_buf_addf(&b, "%d,", i % 10);
    assert_int_equal(ky_buf_finish(&b), KY_OK);
    assert_int_equal(b.n, 200);
    assert_int_equal(strlen(ky_buf_str(&b)), 200);
}

static void limit_is_sticky(void **state)
{
    ky_auto_buf b = ky_buf_init(4);
    ky_buf_add_u32(&b, 7);
    assert_int_equal(ky_buf_finish(&b), KY_OK);
    ky_buf_add_u8(&b, 1);
    ky_buf_add(&b, KY_BYTES_NONE);
    assert_int_equal(ky_buf_finish(&b), KY_ELIMIT);
    assert_string_equal(ky_error(), "more than 4 bytes");
    uint8_t *p;
    size_t n;
    assert_int_equal(ky_buf_steal(&p, &n, &b), KY_ELIMIT);
}

static void reader_mirrors_builder(void **state)
{
    ky_auto_buf b = ky_buf_init(100);
    ky_buf_add_u8(&b, 1);
    ky_buf_add_u16(&b, 0x0203);
    ky_buf_add_u64(&b, 0x0405060708090a0bULL);
    ky_buf_add_lv(&b, KY_BYTES_LIT("abc"));
    struct ky_reader r = KY_READER(ky_buf_bytes(&b));
    assert_int_equal(ky_read_u8(&r), 1);
    assert_int_equal(ky_read_u16(&r), 0x0203);
    assert_true(ky_read_u64(&r) == 0x0405060708090a0bULL);
    assert_true(ky_bytes_eq_str(ky_read_lv(&r, 3), "abc"));
    assert_int_equal(ky_reader_finish(&r, "test"), KY_OK);
}

static void reader_refuses_short_long_and_trailing(void **state)
{
    struct ky_reader r = KY_READER(KY_BYTES_LIT("\0\0\0\4abc"));
    assert_int_equal(ky_read_lv(&r, 10).n, 0);
    assert_int_equal(ky_reader_finish(&r, "short"), KY_EFORMAT);
    r = KY_READER(KY_BYTES_LIT("\0\0\0\3abc"));
    assert_int_equal(ky_read_lv(&r, 2).n, 0);
    assert_int_equal(ky_reader_finish(&r, "long"), KY_EFORMAT);
    r = KY_READER(KY_BYTES_LIT("ab"));
    (void)ky_read_u8(&r);
    assert_int_equal(ky_reader_finish(&r, "trailing"), KY_EFORMAT);
    assert_string_equal(ky_error(), "trailing: 1 bytes after the end");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_and_stays_terminated),
        cmocka_unit_test(limit_is_sticky),
        cmocka_unit_test(reader_mirrors_builder),
        cmocka_unit_test(reader_refuses_short_long_and_trailing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
