/* codec/der reader: what is read, and every form that is not DER. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "codec/der.h"

#define READ(literal) KY_DER_READ(KY_BYTES_LIT(literal))

static void walks_nested_elements(void **state)
{
    struct ky_der d = READ("\x30\x0a\x02\x01\x05\xa0\x03\x04\x01\x61\x05\x00\x01\x01\xff"), seq, explicit_tag;
    assert_int_equal(ky_der_enter(&seq, &d, KY_DER_SEQUENCE, "seq"), KY_OK);
    int64_t n;
    assert_int_equal(ky_der_get_int(&n, &seq, "n"), KY_OK);
    assert_int_equal(n, 5);
    assert_false(ky_der_at(&seq, KY_DER_CONTEXT_CONS(1)));
    assert_true(ky_der_at(&seq, KY_DER_CONTEXT_CONS(0)));
    assert_int_equal(ky_der_enter(&explicit_tag, &seq, KY_DER_CONTEXT_CONS(0), "tag"), KY_OK);
    struct ky_bytes octets;
    assert_int_equal(ky_der_get_octets(&octets, &explicit_tag, "octets"), KY_OK);
    assert_true(ky_bytes_eq_str(octets, "a"));
    assert_int_equal(ky_der_finish(&explicit_tag, "tag"), KY_OK);
    assert_int_equal(ky_der_finish(&seq, "seq"), KY_EFORMAT);
    assert_string_equal(ky_error(), "seq: 2 bytes after the end");
    assert_int_equal(ky_der_get_null(&seq, "null"), KY_OK);
    assert_true(ky_der_at_end(&seq));
    bool b = false;
    assert_int_equal(ky_der_get_bool(&b, &d, "b"), KY_OK);
    assert_true(b);
}

static void next_gives_value_and_whole(void **state)
{
    struct ky_der d = READ("\x04\x02xy\x05\x00");
    struct ky_der_tlv tlv;
    assert_int_equal(ky_der_next(&tlv, &d, "x"), KY_OK);
    assert_int_equal(tlv.tag, KY_DER_OCTET_STRING);
    assert_true(ky_bytes_eq_str(tlv.value, "xy"));
    assert_int_equal(tlv.whole.n, 4);
    assert_int_equal(ky_der_single(&tlv, KY_BYTES_LIT("\x05\x00"), "one"), KY_OK);
    assert_int_equal(ky_der_single(&tlv, KY_BYTES_LIT("\x05\x00\x00"), "one"), KY_EFORMAT);
}

static void refuses_bad_heads_and_lengths(void **state)
{
    static const struct ky_bytes cases[] = {
        {(const uint8_t *)"", 0},
        {(const uint8_t *)"\x04", 1},                         /* no length */
        {(const uint8_t *)"\x04\x02x", 3},                    /* cut off */
        {(const uint8_t *)"\x30\x80\x00\x00", 4},             /* indefinite */
        {(const uint8_t *)"\x04\x81\x01x", 4},                /* long form of a short length */
        {(const uint8_t *)"\x04\x82\x00\x81x", 5},            /* leading zero */
        {(const uint8_t *)"\x04\x81", 2},                     /* length cut off */
        {(const uint8_t *)"\x04\x84\xff\xff\xff\xff", 6},     /* 4 GiB announced */
        {(const uint8_t *)"\x04\x85\x01\x01\x01\x01\x01", 7}, /* five length octets */
        {(const uint8_t *)"\x1f\x21\x00", 3},                 /* high tag number */
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        struct ky_der d = KY_DER_READ(cases[i]);
        struct ky_der_tlv tlv;
        assert_int_equal(ky_der_next(&tlv, &d, "case"), KY_EFORMAT);
        assert_ptr_equal(d.left.p, cases[i].p);
    }
}

static void a_refused_element_stays(void **state)
{
    struct ky_der d = READ("\x02\x01\x05");
    struct ky_bytes octets;
    assert_int_equal(ky_der_get_octets(&octets, &d, "octets"), KY_EFORMAT);
    assert_string_equal(ky_error(), "octets: tag 02, must be 04");
    int64_t n;
    assert_int_equal(ky_der_get_int(&n, &d, "n"), KY_OK);
}

static void reads_integers(void **state)
{
    static const struct {
        struct ky_bytes der;
        int64_t want;
    } good[] = {
        {{(const uint8_t *)"\x02\x01\x00", 3}, 0},
        {{(const uint8_t *)"\x02\x01\x80", 3}, -128},
        {{(const uint8_t *)"\x02\x02\x00\x80", 4}, 128},
        {{(const uint8_t *)"\x02\x08\x7f\xff\xff\xff\xff\xff\xff\xff", 10}, INT64_MAX},
        {{(const uint8_t *)"\x02\x08\x80\x00\x00\x00\x00\x00\x00\x00", 10}, INT64_MIN},
    };
    for (size_t i = 0; i < KY_COUNT(good); i++) {
        struct ky_der d = KY_DER_READ(good[i].der);
        int64_t n = 99;
        assert_int_equal(ky_der_get_int(&n, &d, "n"), KY_OK);
        assert_true(n == good[i].want);
    }
    static const struct ky_bytes bad[] = {
        {(const uint8_t *)"\x02\x00", 2},
        {(const uint8_t *)"\x02\x02\x00\x7f", 4},
        {(const uint8_t *)"\x02\x02\xff\x80", 4},
        {(const uint8_t *)"\x02\x09\x01\x00\x00\x00\x00\x00\x00\x00\x00", 11},
    };
    for (size_t i = 0; i < KY_COUNT(bad); i++) {
        struct ky_der d = KY_DER_READ(bad[i]);
        int64_t n;
        assert_int_equal(ky_der_get_int(&n, &d, "n"), KY_EFORMAT);
        assert_int_equal(d.left.n, bad[i].n);
    }
}

static void reads_magnitudes(void **state)
{
    struct ky_der d = READ("\x02\x02\x00\x80\x02\x01\x00\x02\x01\x80");
    struct ky_bytes v;
    assert_int_equal(ky_der_get_uint(&v, &d, "v"), KY_OK);
    assert_true(ky_bytes_eq(v, KY_BYTES_LIT("\x80")));
    assert_int_equal(ky_der_get_uint(&v, &d, "v"), KY_OK);
    assert_true(ky_bytes_eq(v, KY_BYTES_LIT("\0")));
    assert_int_equal(ky_der_get_uint(&v, &d, "v"), KY_EFORMAT);
    assert_string_equal(ky_error(), "v: integer is negative");
}

static void reads_oids(void **state)
{
    static const struct {
        struct ky_bytes content;
        const char *want;
    } cases[] = {
        {{(const uint8_t *)"\x2a\x86\x48\x86\xf7\x0d", 6}, "1.2.840.113549"},
        {{(const uint8_t *)"\x00", 1}, "0.0"},
        {{(const uint8_t *)"\x27", 1}, "0.39"},
        {{(const uint8_t *)"\x88\x37\x03", 3}, "2.999.3"},
        {{(const uint8_t *)"\x2a\x8f\xff\xff\xff\x7f", 6}, "1.2.4294967295"},
        {{(const uint8_t *)"", 0}, NULL},
        {{(const uint8_t *)"\x2a\x86", 2}, NULL},
        {{(const uint8_t *)"\x2a\x80\x01", 3}, NULL},
        {{(const uint8_t *)"\x2a\x90\x80\x80\x80\x00", 6}, NULL},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        char text[KY_DER_OID_TEXT_MAX] = "untouched";
        ky_rc rc = ky_der_oid_text(text, cases[i].content);
        assert_int_equal(rc, cases[i].want == NULL ? KY_EFORMAT : KY_OK);
        assert_string_equal(text, cases[i].want == NULL ? "untouched" : cases[i].want);
    }
    uint8_t endless[100];
    memset(endless, 0x2a, sizeof endless);
    char text[KY_DER_OID_TEXT_MAX];
    assert_int_equal(ky_der_oid_text(text, KY_BYTES_OF(endless)), KY_ELIMIT);
}

static void reads_bit_strings(void **state)
{
    struct ky_der d = READ("\x03\x02\x05\xa0\x03\x03\x00\xab\xcd\x03\x01\x00");
    struct ky_bytes v;
    unsigned unused;
    assert_int_equal(ky_der_get_bit_octets(&v, &d, "bits"), KY_EFORMAT);
    assert_int_equal(ky_der_get_bits(&v, &unused, &d, "bits"), KY_OK);
    assert_int_equal(unused, 5);
    assert_int_equal(ky_der_get_bit_octets(&v, &d, "bits"), KY_OK);
    assert_true(ky_bytes_eq(v, KY_BYTES_LIT("\xab\xcd")));
    assert_int_equal(ky_der_get_bits(&v, &unused, &d, "bits"), KY_OK);
    assert_int_equal(v.n, 0);
    static const char *const bad[] = {"\x03\x02\x08\xa0", "\x03\x02\x05\xbf"};
    for (size_t i = 0; i < KY_COUNT(bad); i++) {
        d = KY_DER_READ(KY_BYTES(bad[i], 4));
        assert_int_equal(ky_der_get_bits(&v, &unused, &d, "bits"), KY_EFORMAT);
    }
    d = READ("\x03\x00");
    assert_int_equal(ky_der_get_bits(&v, &unused, &d, "bits"), KY_EFORMAT);
    d = READ("\x03\x01\x01");
    assert_int_equal(ky_der_get_bits(&v, &unused, &d, "bits"), KY_EFORMAT);
}

static void refuses_other_booleans_and_nulls(void **state)
{
    struct ky_der d = READ("\x01\x01\x01");
    bool b;
    assert_int_equal(ky_der_get_bool(&b, &d, "b"), KY_EFORMAT);
    d = READ("\x01\x02\xff\xff");
    assert_int_equal(ky_der_get_bool(&b, &d, "b"), KY_EFORMAT);
    d = READ("\x05\x01\x00");
    assert_int_equal(ky_der_get_null(&d, "n"), KY_EFORMAT);
}

static void reads_times_of_rfc_5280(void **state)
{
    static const struct {
        const char *text;
        uint8_t tag;
        ky_time want; /* -1: refused */
    } cases[] = {
        {"700101000000Z", KY_DER_UTC_TIME, 0},
        {"491231235959Z", KY_DER_UTC_TIME, 2524607999},
        {"20500101000000Z", KY_DER_GENERALIZED_TIME, 2524608000},
        {"500101000000Z", KY_DER_UTC_TIME, -631152000},
        {"7001010000Z", KY_DER_UTC_TIME, -1},
        {"700101000000+0700", KY_DER_UTC_TIME, -1},
        {"20500101000000.5Z", KY_DER_GENERALIZED_TIME, -1},
        {"20500101000000", KY_DER_GENERALIZED_TIME, -1},
        {"20501301000000Z", KY_DER_GENERALIZED_TIME, -1},
        {"2050010100000:Z", KY_DER_GENERALIZED_TIME, -1},
        {"700101000000Z", KY_DER_PRINTABLE_STRING, -1},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf b = ky_buf_init(100);
        ky_der_add_str(&b, cases[i].tag, cases[i].text);
        struct ky_der d = KY_DER_READ(ky_buf_bytes(&b));
        ky_time t = -1;
        assert_int_equal(ky_der_get_time(&t, &d, "t"), cases[i].want == -1 ? KY_EFORMAT : KY_OK);
        assert_true(t == cases[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_nested_elements),
        cmocka_unit_test(next_gives_value_and_whole),
        cmocka_unit_test(refuses_bad_heads_and_lengths),
        cmocka_unit_test(a_refused_element_stays),
        cmocka_unit_test(reads_integers),
        cmocka_unit_test(reads_magnitudes),
        cmocka_unit_test(reads_oids),
        cmocka_unit_test(reads_bit_strings),
        cmocka_unit_test(refuses_other_booleans_and_nulls),
        cmocka_unit_test(reads_times_of_rfc_5280),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
