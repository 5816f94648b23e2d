#include "../store/tempdb.h"

#include "web/records.h"

static const char device[] =
    "{\"id\":\"00112233445566778899aabbccddeeff\",\"not_after\":20,\"not_before\":10,"
    "\"owner\":\"aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899\","
    "\"type\":\"device\",\"version\":3}";

static void make_envelope(struct ky_buf *out, const char *json)
{
    static const uint8_t mac[KY_HMAC_SIZE] = {7};
    *out = ky_buf_init(KY_RECORD_ENVELOPE_MAX);
    ky_buf_add_lv(out, ky_bytes_str(json));
    ky_buf_add(out, KY_BYTES_OF(mac));
}

static void takes_an_envelope_apart_and_puts_it_together(void **state)
{
    struct ky_buf envelope;
    struct ky_db_record row;
    ky_auto_record peek = {.json = NULL};
    ky_auto_arena a = ky_arena_init(1 << 16);
    ky_auto_buf again = ky_buf_init(KY_RECORD_ENVELOPE_MAX);
    make_envelope(&envelope, device);
    assert_int_equal(ky_record_to_row(&row, &a, KY_PROCESS_SAM, ky_buf_bytes(&envelope), TEST_NOW), KY_OK);
    assert_string_equal(row.process, "sam");
    assert_string_equal(row.type, "device");
    assert_int_equal(row.version, 3);
    ky_buf_add_record(&again, &row);
    assert_true(ky_bytes_eq(ky_buf_bytes(&again), ky_buf_bytes(&envelope)));
    assert_int_equal(ky_record_peek(&peek, &row), KY_OK);
    assert_int_equal(peek.type, KY_REC_DEVICE);
    assert_int_equal(peek.not_after, 20);
    assert_true(peek.has_owner);
    ky_buf_clear(&envelope);
}

static void refuses_what_is_no_record(void **state)
{
    static const char *const cases[] = {"{}",
                                        "[]",
                                        "{\"id\":\"00\"}",
                                        "{\"id\":\"00\",\"type\":\"x\"}",
                                        "nonsense",
                                        "{\"id\":\"00\",\"type\":\"device\",\"version\":0}"};
    ky_auto_arena a = ky_arena_init(1 << 16);
    struct ky_db_record row;
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        struct ky_buf envelope;
        make_envelope(&envelope, cases[i]);
        assert_int_equal(ky_record_to_row(&row, &a, KY_PROCESS_SAM, ky_buf_bytes(&envelope), 0), KY_EFORMAT);
        ky_buf_clear(&envelope);
    }
    struct ky_buf envelope;
    make_envelope(&envelope, device);
    for (size_t n = 0; n < envelope.n; n++)
        assert_int_equal(ky_record_to_row(&row, &a, KY_PROCESS_SAM, KY_BYTES(envelope.p, n), 0), KY_EFORMAT);
    ky_buf_clear(&envelope);
}

static void peeks_at_known_types_only(void **state)
{
    ky_auto_record peek = {.json = NULL};
    const struct ky_db_record row = {
        .id = "00112233445566778899aabbccddeeff", .version = 1, .type = "throne"};
    assert_int_equal(ky_record_peek(&peek, &row), KY_EFORMAT);
}

static void lists_each_record_once_and_passes_over_founders(void **state)
{
    struct tempdb *t = *state;
    struct ky_buf envelope;
    struct ky_db_record row;
    struct ky_bytes items[KY_WEB_RECORDS_MAX];
    size_t n;
    ky_auto_arena a = ky_arena_init(1 << 16);
    ky_auto_record_list list = ky_record_list_init(KY_PROCESS_SAM);
    ky_auto_buf out = ky_buf_init(1 << 20);
    make_envelope(&envelope, device);
    assert_int_equal(ky_record_to_row(&row, &a, KY_PROCESS_SAM, ky_buf_bytes(&envelope), TEST_NOW), KY_OK);
    assert_int_equal(ky_db_record_put(t->s, &row), KY_OK);
    assert_int_equal(ky_record_list_add_hex(&list, t->s, &a, row.id), KY_OK);
    assert_int_equal(ky_record_list_add_hex(&list, t->s, &a, row.id), KY_OK);
    assert_int_equal(ky_record_list_add_hex(&list, t->s, &a, "ffffffffffffffffffffffffffffffff"), KY_OK);
    ky_record_list_write(&out, &list);
    assert_int_equal(ky_list_read(items, &n, KY_WEB_RECORDS_MAX, ky_buf_bytes(&out), "records"), KY_OK);
    assert_int_equal(n, 1);
    assert_true(ky_bytes_eq(items[0], ky_buf_bytes(&envelope)));
    ky_buf_clear(&envelope);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_an_envelope_apart_and_puts_it_together),
        cmocka_unit_test(refuses_what_is_no_record),
        cmocka_unit_test(peeks_at_known_types_only),
        cmocka_unit_test_setup_teardown(lists_each_record_once_and_passes_over_founders, tempdb_open,
                                        tempdb_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
