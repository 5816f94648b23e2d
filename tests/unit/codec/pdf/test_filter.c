/* codec/pdf filters and text strings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <zlib.h>

#include "codec/pdf/filter.h"
#include "codec/pdf/text.h"

static ky_rc apply(struct ky_buf *out, const char *name, struct ky_pdf_predictor p, struct ky_bytes in)
{
    return ky_pdf_filter_apply(out, ky_bytes_str(name), &p, in);
}

static void decodes_each_filter(void **state)
{
    static const struct {
        const char *name, *in, *want;
    } cases[] = {
        {"ASCIIHexDecode", "48 65 6c6C 6f>junk", "Hello"},
        {"AHx", "4>", "@"},
        {"ASCII85Decode", "87cUR D]i,\"Ebo80~>", "Hello World!"},
        {"A85", "87cURDZ~>", "Hello"},
        {"RunLengthDecode",
         "\x02"
         "abc\xfe"
         "x\x80",
         "abcxxx"},
        {"LZWDecode", "\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01", "-----A---B"},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf out = ky_buf_init(1000);
        struct ky_bytes in = ky_bytes_str(cases[i].in);
        assert_true(ky_pdf_filter_known(ky_bytes_str(cases[i].name)));
        assert_int_equal(apply(&out, cases[i].name, KY_PDF_PREDICTOR_DEFAULT, in), KY_OK);
        assert_string_equal(ky_buf_str(&out), cases[i].want);
    }
}

static void refuses_broken_data(void **state)
{
    static const struct {
        const char *name, *in;
        ky_rc want;
    } cases[] = {
        {"ASCIIHexDecode", "4x>", KY_EFORMAT},
        {"ASCII85Decode", "!~>", KY_EFORMAT},
        {"ASCII85Decode", "uuuuu", KY_EFORMAT},
        {"ASCII85Decode", "87\x7f", KY_EFORMAT},
        {"RunLengthDecode",
         "\x05"
         "ab",
         KY_EFORMAT},
        {"LZWDecode", "\x80\x7f\xff", KY_EFORMAT},
        {"FlateDecode", "no zlib", KY_EFORMAT},
        {"JPXDecode", "", KY_EDENIED},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf out = ky_buf_init(1000);
        assert_int_equal(apply(&out, cases[i].name, KY_PDF_PREDICTOR_DEFAULT, ky_bytes_str(cases[i].in)),
                         cases[i].want);
    }
}

static size_t deflate_into(uint8_t *out, size_t room, struct ky_bytes in)
{
    uLongf n = room;
    assert_int_equal(compress(out, &n, in.p, in.n), Z_OK);
    return n;
}

static void inflates_up_to_the_limit(void **state)
{
    static uint8_t zeros[100000], packed[1000];
    size_t n = deflate_into(packed, sizeof packed, KY_BYTES_OF(zeros));
    ky_auto_buf out = ky_buf_init(sizeof zeros);
    assert_int_equal(apply(&out, "FlateDecode", KY_PDF_PREDICTOR_DEFAULT, KY_BYTES(packed, n)), KY_OK);
    assert_int_equal(out.n, sizeof zeros);
    ky_auto_buf small = ky_buf_init(sizeof zeros - 1);
    assert_int_equal(apply(&small, "Fl", KY_PDF_PREDICTOR_DEFAULT, KY_BYTES(packed, n)), KY_ELIMIT);
    ky_auto_buf cut = ky_buf_init(sizeof zeros);
    assert_int_equal(apply(&cut, "Fl", KY_PDF_PREDICTOR_DEFAULT, KY_BYTES(packed, n - 8)), KY_OK);
    assert_true(cut.n > 0);
}

static void undoes_predictors(void **state)
{
    /* One row for each PNG type; all rows mean 1 2 3 4. */
    static const uint8_t png[] = {0, 1, 2, 3, 4, 1, 1, 1, 1, 1, 2, 0, 0, 0, 0, 3, 1, 1, 1, 1, 4, 0, 0, 0, 0};
    uint8_t packed[200];
    struct ky_pdf_predictor p = {.predictor = 12, .colors = 1, .bits = 8, .columns = 4, .early_change = 1};
    size_t n = deflate_into(packed, sizeof packed, KY_BYTES_OF(png));
    ky_auto_buf out = ky_buf_init(1000);
    assert_int_equal(apply(&out, "FlateDecode", p, KY_BYTES(packed, n)), KY_OK);
    assert_int_equal(out.n, 20);
    for (size_t i = 0; i < 5; i++)
        assert_memory_equal(out.p + 4 * i, "\1\2\3\4", 4);
    static const uint8_t tiff[] = {1, 1, 1, 1, 5, 1, 0, 0};
    p.predictor = 2;
    n = deflate_into(packed, sizeof packed, KY_BYTES_OF(tiff));
    ky_auto_buf flat = ky_buf_init(1000);
    assert_int_equal(apply(&flat, "FlateDecode", p, KY_BYTES(packed, n)), KY_OK);
    assert_memory_equal(flat.p, "\1\2\3\4\5\6\6\6", 8);
    p.columns = 0;
    ky_auto_buf bad = ky_buf_init(1000);
    assert_int_equal(apply(&bad, "FlateDecode", p, KY_BYTES(packed, n)), KY_EFORMAT);
}

static void reads_text_strings(void **state)
{
    ky_auto_arena a = ky_arena_init(1 << 16);
    assert_string_equal(ky_pdf_text_decode(&a, KY_BYTES_LIT("plain")), "plain");
    assert_string_equal(ky_pdf_text_decode(&a, KY_BYTES_LIT("\xa0\x92")), "€™");
    assert_string_equal(ky_pdf_text_decode(&a, KY_BYTES_LIT("\xfe\xff\x01\x10\x1e\xa5")), "Đấ");
    assert_string_equal(ky_pdf_text_decode(&a, KY_BYTES_LIT("\xfe\xff\xd8\x3d\xde\x00\xd8\x3d")),
                        "😀\xef\xbf\xbd");
    assert_string_equal(ky_pdf_text_decode(&a, KY_BYTES_LIT("\xef\xbb\xbfĐà")), "Đà");
    assert_string_equal(ky_pdf_text_decode(&a, KY_BYTES_LIT("a\0b")), "a\xef\xbf\xbd"
                                                                      "b");
}

static void writes_text_strings(void **state)
{
    ky_auto_arena a = ky_arena_init(1 << 16);
    struct ky_bytes out;
    assert_int_equal(ky_pdf_text_encode(&out, &a, KY_BYTES_LIT("Ky so")), KY_OK);
    assert_true(ky_bytes_eq_str(out, "Ky so"));
    assert_int_equal(ky_pdf_text_encode(&out, &a, KY_BYTES_LIT("ấ😀")), KY_OK);
    assert_true(ky_bytes_eq(out, KY_BYTES_LIT("\xfe\xff\x1e\xa5\xd8\x3d\xde\x00")));
    assert_int_equal(ky_pdf_text_encode(&out, &a, KY_BYTES_LIT("\xff")), KY_EFORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_each_filter),      cmocka_unit_test(refuses_broken_data),
        cmocka_unit_test(inflates_up_to_the_limit), cmocka_unit_test(undoes_predictors),
        cmocka_unit_test(reads_text_strings),       cmocka_unit_test(writes_text_strings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
