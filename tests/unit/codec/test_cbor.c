/* codec/cbor: values of RFC 8949 appendix A, canonical maps, refusals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "codec/cbor.h"

static void integers_there_and_back(void **state)
{
    static const struct {
        int64_t v;
        size_t n; /* bytes of the encoding */
    } cases[] = {{0, 1},         {23, 1},       {24, 2},    {255, 2},
                 {256, 3},       {65535, 3},    {65536, 5}, {1000000000000, 9},
                 {INT64_MAX, 9}, {-1, 1},       {-24, 1},   {-25, 2},
                 {-1000, 3},     {INT64_MIN, 9}};
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf b = ky_buf_init(20);
        ky_cbor_add_int(&b, cases[i].v);
        assert_int_equal(b.n, cases[i].n);
        struct ky_cbor c = KY_CBOR_READ(ky_buf_bytes(&b));
        int64_t v;
        assert_int_equal(ky_cbor_get_int(&v, &c, "v"), KY_OK);
        assert_true(v == cases[i].v);
        assert_int_equal(ky_cbor_finish(&c, "v"), KY_OK);
    }
}

static void strings_lists_and_booleans(void **state)
{
    ky_auto_buf b = ky_buf_init(200);
    ky_cbor_add_array(&b, 3);
    ky_cbor_add_bytes(&b, KY_BYTES_LIT("\x01\x02"));
    ky_cbor_add_text(&b, "IETF");
    ky_cbor_add_bool(&b, true);
    assert_true(ky_bytes_eq(ky_buf_bytes(&b), KY_BYTES_LIT("\x83\x42\x01\x02\x64IETF\xf5")));
    struct ky_cbor c = KY_CBOR_READ(ky_buf_bytes(&b)), again = c;
    size_t n;
    struct ky_bytes v;
    struct ky_cbor_item item;
    assert_int_equal(ky_cbor_get_array(&n, &c, 3, "list"), KY_OK);
    assert_int_equal(ky_cbor_get_text(&v, &c, 10, "text"), KY_EFORMAT);
    assert_int_equal(ky_cbor_get_bytes(&v, &c, 1, "bytes"), KY_ELIMIT);
    c = again;
    assert_int_equal(ky_cbor_get_array(&n, &c, 2, "list"), KY_ELIMIT);
    c = again;
    assert_int_equal(ky_cbor_get_array(&n, &c, 3, "list"), KY_OK);
    assert_int_equal(ky_cbor_get_bytes(&v, &c, 2, "bytes"), KY_OK);
    assert_int_equal(ky_cbor_get_text(&v, &c, 4, "text"), KY_OK);
    assert_true(ky_bytes_eq_str(v, "IETF"));
    assert_int_equal(ky_cbor_finish(&c, "list"), KY_EFORMAT);
    int64_t i;
    assert_int_equal(ky_cbor_get_int(&i, &c, "int"), KY_EFORMAT);
    assert_int_equal(ky_cbor_next(&item, &c, "bool"), KY_OK);
    assert_int_equal(item.type, KY_CBOR_BOOL);
    assert_int_equal(item.n, 1);
    assert_int_equal(ky_cbor_skip(&again, "all"), KY_OK);
    assert_int_equal(ky_cbor_finish(&again, "all"), KY_OK);
}

static void refuses_other_forms(void **state)
{
    static const struct ky_bytes cases[] = {
        {(const uint8_t *)"", 0},
        {(const uint8_t *)"\x18\x17", 2},                             /* 23 in two bytes */
        {(const uint8_t *)"\x19\x00\xff", 3},                         /* 255 in three */
        {(const uint8_t *)"\x1a\x00\x00\xff\xff", 5},                 /* 65535 in five */
        {(const uint8_t *)"\x1b\x00\x00\x00\x00\xff\xff\xff\xff", 9}, /* 2^32 - 1 in nine */
        {(const uint8_t *)"\x19\x01", 2},                             /* cut off */
        {(const uint8_t *)"\x1c", 1},                                 /* reserved */
        {(const uint8_t *)"\x5f\x41\x61\xff", 4},                     /* indefinite */
        {(const uint8_t *)"\x42\x61", 2},                             /* string cut off */
        {(const uint8_t *)"\x9b\x7f\xff\xff\xff\xff\xff\xff\xff", 9}, /* a list of 2^63 items */
        {(const uint8_t *)"\xc0\x60", 2},                             /* tag */
        {(const uint8_t *)"\xf6", 1},                                 /* null */
        {(const uint8_t *)"\xf9\x3c\x00", 3},                         /* float */
        {(const uint8_t *)"\xf8\x14", 2},                             /* false in two bytes */
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        struct ky_cbor c = KY_CBOR_READ(cases[i]);
        struct ky_cbor_item item;
        assert_int_equal(ky_cbor_next(&item, &c, "case"), KY_EFORMAT);
        assert_int_equal(c.left.n, cases[i].n);
    }
    struct ky_cbor big = KY_CBOR_READ(KY_BYTES_LIT("\x1b\x80\x00\x00\x00\x00\x00\x00\x00"));
    int64_t v;
    assert_int_equal(ky_cbor_get_int(&v, &big, "big"), KY_EFORMAT);
}

static ky_rc read_keys(struct ky_bytes der)
{
    struct ky_cbor c = KY_CBOR_READ(der);
    struct ky_cbor_map m;
    KY_TRY(ky_cbor_get_map(&m, &c, 4, "map"));
    while (m.left > 0) {
        struct ky_cbor_item key;
        KY_TRY(ky_cbor_map_key(&key, &m, &c, "map"));
        KY_TRY(ky_cbor_skip(&c, "value"));
    }
    return ky_cbor_finish(&c, "map");
}

static void map_keys_are_in_canonical_order(void **state)
{
    assert_int_equal(read_keys(KY_BYTES_LIT("\xa3\x01\x02\x20\x01\x61x\x40")), KY_OK);
    assert_int_equal(read_keys(KY_BYTES_LIT("\xa2\x20\x02\x01\x01")), KY_EFORMAT);
    assert_int_equal(read_keys(KY_BYTES_LIT("\xa2\x62xy\x01\x61z\x01")), KY_EFORMAT);
    assert_int_equal(read_keys(KY_BYTES_LIT("\xa2\x01\x02\x01\x02")), KY_EFORMAT);
    assert_string_equal(ky_error(), "map: map keys are doubled or not in canonical order");
    assert_int_equal(read_keys(KY_BYTES_LIT("\xa1\x80\x02")), KY_EFORMAT);
    assert_int_equal(read_keys(KY_BYTES_LIT("\xa1\x01")), KY_EFORMAT);
    assert_int_equal(read_keys(KY_BYTES_LIT("\xa5\x01\x01\x02\x02\x03\x03\x04\x04\x05\x05")), KY_ELIMIT);
}

static void skips_to_a_limited_depth(void **state)
{
    struct ky_cbor c = KY_CBOR_READ(KY_BYTES_LIT("\x81\x81\x81\x81\x01"));
    assert_int_equal(ky_cbor_skip(&c, "deep"), KY_OK);
    c = KY_CBOR_READ(KY_BYTES_LIT("\x81\x81\x81\x81\x81\x01"));
    assert_int_equal(ky_cbor_skip(&c, "deep"), KY_ELIMIT);
    assert_int_equal(c.left.n, 6);
    c = KY_CBOR_READ(KY_BYTES_LIT("\xa1\x61x\xa1\x01\x82\x01\x02"));
    assert_int_equal(ky_cbor_skip(&c, "maps"), KY_OK);
    assert_int_equal(c.left.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_there_and_back),  cmocka_unit_test(strings_lists_and_booleans),
        cmocka_unit_test(refuses_other_forms),      cmocka_unit_test(map_keys_are_in_canonical_order),
        cmocka_unit_test(skips_to_a_limited_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
