/* domain/message: bodies split into the fields of the table, none cut, none left over, none too long. */
#include "domain/message.h"
#include "tests/unit/domain/fixture.h"

static void messages_split_into_their_fields(void **state)
{
    const struct ky_bytes fields[3] = {KY_BYTES_LIT("rec"), KY_BYTES_LIT("nonce"), KY_BYTES_LIT("proof")};
    struct ky_bytes got[KY_MESSAGE_FIELDS_MAX], items[4];
    size_t count;
    ky_auto_buf out = ky_buf_init(1000), list = ky_buf_init(100);
    assert_ok(ky_message_write(&out, KY_MSG_SAM_CODE, fields, 3));
    assert_ok(ky_message_read(got, KY_MSG_SAM_CODE, ky_buf_bytes(&out)));
    assert_true(ky_bytes_eq_str(got[2], "proof"));
    assert_rc(ky_message_read(got, KY_MSG_SAM_CODE, KY_BYTES(out.p, out.n - 1)), KY_EFORMAT);
    assert_rc(ky_message_read(got, KY_MSG_SAM_NONCE, ky_buf_bytes(&out)), KY_EFORMAT);
    assert_rc(ky_message_write(&out, KY_MSG_SAM_CODE, fields, 2), KY_EINTERNAL);
    assert_true(ky_message_max(KY_MSG_SAM_NONCE) == 5 && ky_message_max(0x7777) == 0);
    const struct ky_bytes long_nonce[3] = {fields[0], KY_BYTES(got, 52), fields[2]};
    assert_rc(ky_message_write(&out, KY_MSG_SAM_CODE, long_nonce, 3), KY_ELIMIT);
    ky_list_begin(&list, 2);
    ky_buf_add_lv(&list, fields[0]);
    ky_buf_add_lv(&list, fields[1]);
    assert_ok(ky_list_read(items, &count, 4, ky_buf_bytes(&list), "list"));
    assert_true(count == 2 && ky_bytes_eq_str(items[1], "nonce"));
    assert_rc(ky_list_read(items, &count, 1, ky_buf_bytes(&list), "list"), KY_ELIMIT);
}

/* Every type between KY_MSG_SAM_NONCE and KY_MSG_K_CHECKPOINT that is made of fields. */
static const struct ky_message_spec *next_spec(uint16_t *type)
{
    while (++*type < 0x0500)
        if (ky_message_spec(*type) != NULL)
            return ky_message_spec(*type);
    return NULL;
}

static void every_message_refuses_cut_and_surplus_bytes(void **state)
{
    const struct ky_message_spec *spec;
    size_t types = 0;
    for (uint16_t type = 0; (spec = next_spec(&type)) != NULL; types++) {
        struct ky_bytes fields[KY_MESSAGE_FIELDS_MAX], got[KY_MESSAGE_FIELDS_MAX];
        ky_auto_buf body = ky_buf_init(4096);
        for (size_t i = 0; i < spec->fields; i++)
            fields[i] = KY_BYTES(&"abcdefghijkl"[i], 1);
        assert_ok(ky_message_write(&body, type, fields, spec->fields));
        assert_true(body.n <= ky_message_max(type));
        assert_ok(ky_message_read(got, type, ky_buf_bytes(&body)));
        for (size_t i = 0; i < spec->fields; i++)
            assert_true(ky_bytes_eq(got[i], fields[i]));
        for (size_t n = 0; n < body.n; n++)
            assert_rc(ky_message_read(got, type, KY_BYTES(body.p, n)), KY_EFORMAT);
        ky_buf_add_u8(&body, 0);
        assert_rc(ky_message_read(got, type, ky_buf_bytes(&body)), KY_EFORMAT);
    }
    assert_int_equal(types, 29);
}

static void every_field_has_a_limit(void **state)
{
    const struct ky_message_spec *spec;
    for (uint16_t type = 0; (spec = next_spec(&type)) != NULL;) {
        assert_true(ky_message_max(type) <= KY_MESSAGE_BODY_MAX);
        for (size_t i = 0; i < spec->fields; i++) {
            struct ky_bytes got[KY_MESSAGE_FIELDS_MAX];
            ky_auto_buf body = ky_buf_init(1 << 23);
            for (size_t f = 0; f < i; f++)
                ky_buf_add_lv(&body, KY_BYTES_NONE);
            ky_buf_add_u32(&body, (uint32_t)spec->max[i] + 1);
            memset(ky_buf_grow(&body, spec->max[i] + 1), 'x', spec->max[i] + 1);
            assert_rc(ky_message_read(got, type, ky_buf_bytes(&body)), KY_EFORMAT);
            assert_non_null(strstr(ky_error(), spec->name));
        }
    }
}

static void binary_messages_are_not_made_of_fields(void **state)
{
    struct ky_bytes got[KY_MESSAGE_FIELDS_MAX];
    ky_auto_buf out = ky_buf_init(64);
    assert_null(ky_message_spec(KY_MSG_K_RESERVE));
    assert_rc(ky_message_read(got, KY_MSG_K_RESERVE, KY_BYTES_NONE), KY_EINTERNAL);
    assert_rc(ky_message_write(&out, KY_MSG_K_RESERVE, got, 0), KY_EINTERNAL);
}

static void answers_have_exactly_their_fields(void **state)
{
    struct ky_bytes got[2];
    ky_auto_buf body = ky_buf_init(64);
    ky_buf_add_lv(&body, KY_BYTES_LIT("number"));
    ky_buf_add_lv(&body, KY_BYTES_LIT("letter"));
    assert_ok(ky_answer_read(got, 2, ky_buf_bytes(&body)));
    assert_true(ky_bytes_eq_str(got[1], "letter"));
    assert_rc(ky_answer_read(got, 1, ky_buf_bytes(&body)), KY_EFORMAT);
    assert_rc(ky_answer_read(got, 2, KY_BYTES(body.p, body.n - 1)), KY_EFORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_split_into_their_fields),
        cmocka_unit_test(every_message_refuses_cut_and_surplus_bytes),
        cmocka_unit_test(every_field_has_a_limit),
        cmocka_unit_test(binary_messages_are_not_made_of_fields),
        cmocka_unit_test(answers_have_exactly_their_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
