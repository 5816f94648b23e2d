#include "hierarchy.h"

#include "base/hex.h"

static void encodes_types_in_given_order(void **state)
{
    ky_auto_buf der = ky_buf_init(KY_NAME_DER_MAX), hex = ky_buf_init(4096);
    const struct ky_name_attr attrs[] = {{"C", "VN"}, {"CN", "Á"}, {"E", "a@b.vn"}};
    assert_ok(ky_name_encode(&der, attrs, KY_COUNT(attrs)));
    ky_buf_add_hex(&hex, ky_buf_bytes(&der));
    assert_string_equal(ky_buf_str(&hex), "3031310b300906035504061302564e310b300906035504030c02c381"
                                          "3115301306092a864886f70d010901160661"
                                          "40622e766e");
}

static void writes_rfc4514_text(void **state)
{
    static const struct {
        const char *value, *text;
    } cases[] = {
        {"Nguyễn Văn Á", "CN=Nguyễn Văn Á,C=VN"},
        {"a,b+c", "CN=a\\,b\\+c,C=VN"},
        {" x ", "CN=\\ x\\ ,C=VN"},
        {"#1", "CN=\\#1,C=VN"},
        {"\"<>;\\", "CN=\\\"\\<\\>\\;\\\\,C=VN"},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf der = ky_buf_init(KY_NAME_DER_MAX), text = ky_buf_init(4096);
        const struct ky_name_attr attrs[] = {{"C", "VN"}, {"CN", cases[i].value}};
        assert_ok(ky_name_encode(&der, attrs, 2));
        assert_ok(ky_name_text(&text, ky_buf_bytes(&der)));
        assert_string_equal(ky_buf_str(&text), cases[i].text);
    }
}

static void refuses_what_does_not_fit_its_type(void **state)
{
    char long_name[66];
    memset(long_name, 'a', 65);
    long_name[65] = '\0';
    const struct {
        struct ky_name_attr attr;
        ky_rc want;
    } cases[] = {
        {{"C", "vn"}, KY_EFORMAT},         {{"C", "VNM"}, KY_ELIMIT},
        {{"CN", ""}, KY_EFORMAT},          {{"CN", long_name}, KY_ELIMIT},
        {{"CN", "A\xcc\x81"}, KY_EFORMAT}, /* A + combining acute: not NFC */
        {{"CN", "a\x01"}, KY_EFORMAT},     {{"serialNumber", "a_b"}, KY_EFORMAT},
        {{"E", "á@b.vn"}, KY_EFORMAT},     {{"X", "a"}, KY_EINVAL},
        {{"CN", "\xff"}, KY_EFORMAT},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf der = ky_buf_init(KY_NAME_DER_MAX);
        assert_rc(ky_name_encode(&der, &cases[i].attr, 1), cases[i].want);
    }
    ky_auto_buf der = ky_buf_init(KY_NAME_DER_MAX);
    assert_rc(ky_name_encode(&der, &cases[0].attr, 0), KY_EINVAL);
}

static void counts_upper_bounds_in_characters(void **state)
{
    ky_auto_buf der = ky_buf_init(KY_NAME_DER_MAX);
    char name[64 * 3 + 1] = "";
    for (int i = 0; i < 64; i++)
        strcat(name, "ễ");
    assert_ok(ky_name_encode(&der, &(struct ky_name_attr){"CN", name}, 1));
}

static void gets_repeated_attributes_by_number(void **state)
{
    ky_auto_buf der = ky_buf_init(KY_NAME_DER_MAX), value = ky_buf_init(100);
    const struct ky_name_attr attrs[] = {{"UID", "MST:0100"}, {"UID", "CCCD:0251"}, {"CN", "a"}};
    assert_ok(ky_name_encode(&der, attrs, KY_COUNT(attrs)));
    assert_ok(ky_name_get(&value, ky_buf_bytes(&der), "UID", 1));
    assert_string_equal(ky_buf_str(&value), "CCCD:0251");
    assert_rc(ky_name_get(&value, ky_buf_bytes(&der), "UID", 2), KY_ENOTFOUND);
    assert_rc(ky_name_get(&value, ky_buf_bytes(&der), "OU", 0), KY_ENOTFOUND);
    assert_rc(ky_name_get(&value, ky_buf_bytes(&der), "XX", 0), KY_EINVAL);
}

static void unhex(struct ky_buf *out, const char *hex)
{
    size_t n = strlen(hex) / 2;
    assert_ok(ky_hex_decode(ky_buf_grow(out, n), n, ky_bytes_str(hex)));
}

static void reads_names_of_others(void **state)
{
    static const struct {
        const char *hex, *text;
    } cases[] = {
        {"300f310d300b06035504031e0400c11ec4", "CN=ÁỄ"}, /* BMPString */
        {"300d310b30090603550403140261e9", "CN=aé"},     /* T61String */
        {"301a3118300806035504030c0161300c06032a03040c05616263"
         "6465",
         "CN=a+1.2.3.4=#0c056162636465"}, /* several in one RDN */
        {"300c310a300806035504030201"
         "05",
         "CN=#020105"}, /* not a string */
        {"300d310b300906035504030c02610a", "CN=a\\0a"},
        {"3000", ""},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf der = ky_buf_init(1000), text = ky_buf_init(1000);
        unhex(&der, cases[i].hex);
        assert_ok(ky_name_text(&text, ky_buf_bytes(&der)));
        assert_string_equal(ky_buf_str(&text), cases[i].text);
    }
}

static void refuses_malformed_names(void **state)
{
    static const char *const cases[] = {"",
                                        "3100",
                                        "30023100",
                                        "300031",
                                        "300c310a300806035504030c0161ff",
                                        ("30093107300506035504"
                                         "03")};
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf der = ky_buf_init(1000), text = ky_buf_init(1000);
        unhex(&der, cases[i]);
        assert_rc(ky_name_text(&text, ky_buf_bytes(&der)), KY_EFORMAT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodes_types_in_given_order),
        cmocka_unit_test(writes_rfc4514_text),
        cmocka_unit_test(refuses_what_does_not_fit_its_type),
        cmocka_unit_test(counts_upper_bounds_in_characters),
        cmocka_unit_test(gets_repeated_attributes_by_number),
        cmocka_unit_test(reads_names_of_others),
        cmocka_unit_test(refuses_malformed_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
