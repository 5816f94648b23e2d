#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "domain/tracking.h"

static void reads_what_it_made_however_it_is_typed(void **state)
{
    char code[KY_TRACKING_TEXT], read[KY_TRACKING_TEXT];
    for (int i = 0; i < 200; i++) {
        assert_int_equal(ky_tracking_make(code), KY_OK);
        assert_int_equal(strlen(code), KY_TRACKING_TEXT - 1);
        assert_int_equal(ky_tracking_read(read, ky_bytes_str(code)), KY_OK);
        assert_string_equal(read, code);
        for (char *p = code; *p != 0; p++)
            *p = *p == '-' ? ' ' : *p == '0' ? 'o' : *p == '1' ? 'l' : *p;
        assert_int_equal(ky_tracking_read(read, ky_bytes_str(code)), KY_OK);
    }
}

/* Each of the 16 places, each other symbol: the check tells. */
static void tells_every_single_slip(void **state)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    char code[KY_TRACKING_TEXT], read[KY_TRACKING_TEXT];
    assert_int_equal(ky_tracking_make(code), KY_OK);
    for (size_t at = 0; code[at] != 0; at++) {
        char was = code[at];
        for (const char *p = alphabet; was != '-' && *p != 0; p++) {
            code[at] = *p;
            assert_int_equal(ky_tracking_read(read, ky_bytes_str(code)), *p == was ? KY_OK : KY_EFORMAT);
        }
        code[at] = was;
    }
}

static void refuses_what_is_no_code(void **state)
{
    static const char *const wrong[] = {"",
                                        "----",
                                        "0000-0000-0000-000",
                                        "0000-0000-0000-00000",
                                        "0000-0000-0000-000U",
                                        "0000-0000-0000-0001",
                                        "0000-0000-0000-000\xc3\xa9"};
    char read[KY_TRACKING_TEXT] = "unchanged";
    for (size_t i = 0; i < KY_COUNT(wrong); i++)
        assert_int_equal(ky_tracking_read(read, ky_bytes_str(wrong[i])), KY_EFORMAT);
    assert_int_equal(ky_tracking_read(read, KY_BYTES("0000-0000-0000-000\0", 19)), KY_EFORMAT);
    assert_string_equal(read, "unchanged");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_it_made_however_it_is_typed),
        cmocka_unit_test(tells_every_single_slip),
        cmocka_unit_test(refuses_what_is_no_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
