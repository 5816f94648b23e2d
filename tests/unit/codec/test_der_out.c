/* codec/der writer: lengths, integers, OIDs, sets, times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/hex.h"
#include "codec/der.h"

static void assert_hex(const struct ky_buf *b, const char *want)
{
    ky_auto_buf hex = ky_buf_init(10000);
    assert_int_equal(ky_buf_finish(b), KY_OK);
    ky_buf_add_hex(&hex, ky_buf_bytes(b));
    assert_string_equal(ky_buf_str(&hex), want);
}

static void lengths_grow_when_closed(void **state)
{
    static const struct {
        size_t n;
        const char *head;
    } cases[] = {{0, "3000"},     {127, "307f"},     {128, "308180"},
                 {255, "3081ff"}, {256, "30820100"}, {65536, "3083010000"}};
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf b = ky_buf_init(100000), same = ky_buf_init(100000), fill = ky_buf_init(100000);
        size_t at = ky_der_begin(&b, KY_DER_SEQUENCE);
        ky_buf_add_fill(&b, 0xaa, cases[i].n);
        ky_der_end(&b, at);
        ky_buf_add_fill(&fill, 0xaa, cases[i].n);
        ky_der_add(&same, KY_DER_SEQUENCE, ky_buf_bytes(&fill));
        assert_true(ky_bytes_eq(ky_buf_bytes(&b), ky_buf_bytes(&same)));
        char head[16];
        ky_hex_encode(head, KY_BYTES(b.p, strlen(cases[i].head) / 2));
        assert_string_equal(head, cases[i].head);
        struct ky_der_tlv tlv;
        assert_int_equal(ky_der_single(&tlv, ky_buf_bytes(&b), "made"), KY_OK);
        assert_int_equal(tlv.value.n, cases[i].n);
    }
}

static void nests_and_sticks_at_the_limit(void **state)
{
    ky_auto_buf b = ky_buf_init(131);
    size_t outer = ky_der_begin(&b, KY_DER_SEQUENCE), inner = ky_der_begin(&b, KY_DER_SET);
    ky_buf_add_fill(&b, 1, 126);
    ky_der_end(&b, inner);
    ky_der_end(&b, outer);
    assert_int_equal(ky_buf_finish(&b), KY_OK);
    assert_int_equal(b.n, 131);
    ky_der_end(&b, outer);
    assert_int_equal(ky_buf_finish(&b), KY_ELIMIT);
    assert_int_equal(ky_der_end_set_of(&b, outer), KY_ELIMIT);
}

static void integers_are_minimal(void **state)
{
    ky_auto_buf b = ky_buf_init(200);
    static const int64_t values[] = {0, 127, 128, -1, -128, -129, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < KY_COUNT(values); i++)
        ky_der_add_int(&b, values[i]);
    assert_hex(&b, "020100"
                   "02017f"
                   "02020080"
                   "0201ff"
                   "020180"
                   "0202ff7f"
                   "02087fffffffffffffff"
                   "02088000000000000000");
    struct ky_der d = KY_DER_READ(ky_buf_bytes(&b));
    for (size_t i = 0; i < KY_COUNT(values); i++) {
        int64_t n;
        assert_int_equal(ky_der_get_int(&n, &d, "n"), KY_OK);
        assert_true(n == values[i]);
    }
    ky_buf_reset(&b);
    ky_der_add_uint(&b, KY_BYTES_NONE);
    ky_der_add_uint(&b, KY_BYTES_LIT("\0\0\x7f"));
    ky_der_add_uint(&b, KY_BYTES_LIT("\x80"));
    assert_hex(&b, "020100"
                   "02017f"
                   "02020080");
}

static void oids_there_and_back(void **state)
{
    static const char *const good[] = {
        "1.2.840.113549", "0.0", "0.39", "2.999.3", "2.5.29.15", "1.2.4294967295", "1.3.6.1.4.1.311.10.3.12"};
    for (size_t i = 0; i < KY_COUNT(good); i++) {
        ky_auto_buf b = ky_buf_init(200);
        char text[KY_DER_OID_TEXT_MAX];
        assert_int_equal(ky_der_add_oid(&b, good[i]), KY_OK);
        struct ky_der d = KY_DER_READ(ky_buf_bytes(&b));
        assert_int_equal(ky_der_get_oid(text, &d, "oid"), KY_OK);
        assert_string_equal(text, good[i]);
    }
    static const char *const bad[] = {"",    "1", "3.1", "1.40", "1.2.", "1..2", "1.2.x", "1.2.4294967296",
                                      "1.02"};
    for (size_t i = 0; i < KY_COUNT(bad); i++) {
        ky_auto_buf b = ky_buf_init(200);
        assert_int_equal(ky_der_add_oid(&b, bad[i]), KY_EINVAL);
        assert_int_equal(b.n, 0);
    }
}

static void set_of_is_sorted_bytewise(void **state)
{
    ky_auto_buf b = ky_buf_init(200);
    size_t at = ky_der_begin(&b, KY_DER_SET);
    ky_der_add_int(&b, 300);
    ky_der_add_int(&b, 7);
    ky_der_add_null(&b);
    ky_der_add_int(&b, 5);
    assert_int_equal(ky_der_end_set_of(&b, at), KY_OK);
    assert_hex(&b, "310c"
                   "020105"
                   "020107"
                   "0202012c"
                   "0500");
    at = ky_der_begin(&b, KY_DER_SET);
    ky_buf_add_str(&b, "\x04\x05x");
    assert_int_equal(ky_der_end_set_of(&b, at), KY_EFORMAT);
}

static void simple_types(void **state)
{
    ky_auto_buf b = ky_buf_init(200);
    ky_der_add_bool(&b, true);
    ky_der_add_bool(&b, false);
    ky_der_add_bits(&b, KY_BYTES_LIT("\xab"));
    ky_der_add_str(&b, KY_DER_UTF8_STRING, "\xc4\x91");
    assert_hex(&b, "0101ff"
                   "010100"
                   "030200ab"
                   "0c02c491");
}

static void named_bits_drop_trailing_zeros(void **state)
{
    ky_auto_buf b = ky_buf_init(200);
    ky_der_add_named_bits(&b, 0);
    ky_der_add_named_bits(&b, 1u << 0 | 1u << 1); /* digitalSignature, nonRepudiation */
    ky_der_add_named_bits(&b, 1u << 5 | 1u << 6); /* keyCertSign, cRLSign */
    ky_der_add_named_bits(&b, 1u << 8);           /* decipherOnly */
    assert_hex(&b, "030100"
                   "030206c0"
                   "03020106"
                   "0303070080");
}

static void times_change_form_in_2050(void **state)
{
    ky_auto_buf b = ky_buf_init(200);
    ky_der_add_time(&b, 2524607999);
    ky_der_add_time(&b, 2524608000);
    ky_der_add_generalized_time(&b, 0);
    assert_string_equal(ky_buf_str(&b), "\x17\x0d"
                                        "491231235959Z"
                                        "\x18\x0f"
                                        "20500101000000Z"
                                        "\x18\x0f"
                                        "19700101000000Z");
}

static void printable_is_a_small_alphabet(void **state)
{
    assert_true(ky_der_is_printable(KY_BYTES_LIT("VN (HN) 12-3/4:5=6?, 'a'.+")));
    assert_false(ky_der_is_printable(KY_BYTES_LIT("a@b")));
    assert_false(ky_der_is_printable(KY_BYTES_LIT("\xc4\x91")));
    assert_false(ky_der_is_printable(KY_BYTES_LIT("a\0b")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_grow_when_closed),       cmocka_unit_test(nests_and_sticks_at_the_limit),
        cmocka_unit_test(integers_are_minimal),           cmocka_unit_test(oids_there_and_back),
        cmocka_unit_test(set_of_is_sorted_bytewise),      cmocka_unit_test(simple_types),
        cmocka_unit_test(named_bits_drop_trailing_zeros), cmocka_unit_test(times_change_form_in_2050),
        cmocka_unit_test(printable_is_a_small_alphabet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
