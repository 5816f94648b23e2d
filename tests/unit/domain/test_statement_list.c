/* domain/statement_list: read whole or not at all, bounded, and only what may be signed in a list. */
#include <stdio.h>

#include "crypto/digest.h"
#include "domain/statement_list.h"
#include "tests/unit/domain/fixture.h"

#define REALM                                                                                                \
    "abcd010203"                                                                                             \
    "0000000000000000000000000000000000000000000000000000"                                                   \
    "00"
#define ID "000102030405060708090a0b0c0d0e0f"
#define HASH ID ID
#define FROM_TO "'profile':'subscriber','not_before':1,'not_after':2,'activate':true"
#define MANY (KY_STATEMENT_LIST_MAX + 1)

/* rest begins with a comma. */
static void make(struct ky_buf *out, const char *type, const char *rest)
{
    char nonce[80];
    ky_auto_buf text = ky_buf_init(KY_STATEMENT_LIST_BYTES_MAX);
    make_nonce_text(nonce, KY_NONCE_LONG, KY_PROCESS_SAM, NOW);
    ky_buf_addf(&text,
                "{'v':1,'realm':'" REALM "','type':'%s','aud':[{'n':'%s','p':'sam'}],'iat':%d,'exp':%d%s}",
                type, nonce, NOW, NOW + 60, rest);
    *out = ky_buf_init(KY_STATEMENT_LIST_BYTES_MAX);
    make_canonical(out, ky_buf_str(&text));
}

/* Rows first … first + rows - 1. */
static void make_issue(struct ky_buf *out, int first, int rows)
{
    ky_auto_buf rest = ky_buf_init(65536);
    ky_buf_addf(&rest, ",'dossier':'" ID "','request':'" HASH "','document':'" HASH "','rows':[");
    for (int i = 0; i < rows; i++)
        ky_buf_addf(&rest, "%s%d", i == 0 ? "" : ",", first + i);
    ky_buf_addf(&rest, "]," FROM_TO);
    make(out, "issue", ky_buf_str(&rest));
}

static void encode(struct ky_buf *out, const struct ky_buf *texts, size_t count)
{
    struct ky_bytes views[MANY];
    for (size_t i = 0; i < count; i++)
        views[i] = ky_buf_bytes(&texts[i]);
    *out = ky_buf_init(2 * KY_STATEMENT_LIST_BYTES_MAX);
    assert_ok(ky_statement_list_encode(out, views, count));
}

static void clear(struct ky_buf *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ky_buf_clear(&texts[i]);
}

static ky_rc judge(struct ky_bytes content)
{
    ky_auto_statement_list list = {0};
    return ky_statement_list_parse(&list, content);
}

static void a_list_comes_back_as_it_was_made(void **state)
{
    struct ky_buf texts[3];
    uint8_t hash[KY_SHA256_SIZE];
    ky_auto_buf content = {0};
    ky_auto_statement_list list = {0};
    ky_auto_statement alone = {0};
    make_issue(&texts[0], 1, 3);
    make(&texts[1], "refuse", ",'request':'" HASH "','rows':[4],'reason':'sai'");
    make(&texts[2], "revoke", ",'serials':['" ID "'],'keys':['" ID "'],'reason':1");
    encode(&content, texts, KY_COUNT(texts));
    assert_true(ky_statement_list_is(ky_buf_bytes(&content)));
    assert_ok(ky_statement_list_parse(&list, ky_buf_bytes(&content)));
    assert_int_equal(list.count, 3);
    assert_int_equal(list.rows, 3 + 1 + 1);
    for (size_t i = 0; i < list.count; i++)
        assert_true(ky_bytes_eq(ky_statement_text(&list.items[i]), ky_buf_bytes(&texts[i])));
    assert_ok(ky_sha256(hash, ky_buf_bytes(&content)));
    assert_memory_equal(hash, list.hash, sizeof hash);
    assert_ok(ky_statement_parse(&alone, ky_buf_bytes(&texts[1])));
    assert_true(ky_statement_list_has(&list, &alone));
    ky_statement_clear(&alone);
    clear(texts, KY_COUNT(texts));
    make_issue(&texts[0], 1, 2);
    assert_ok(ky_statement_parse(&alone, ky_buf_bytes(&texts[0])));
    assert_false(ky_statement_list_has(&list, &alone));
    clear(texts, 1);
}

/* 19 bytes of label and NUL, u16 count, then the statements: nothing may be missing or left over. */
static void the_bytes_are_those_of_the_protocol(void **state)
{
    struct ky_buf text;
    ky_auto_buf content = {0};
    make_issue(&text, 1, 1);
    encode(&content, &text, 1);
    assert_int_equal(content.n, 19 + 2 + 4 + text.n);
    assert_memory_equal(content.p, "kyso statements v1\0\0\1", 21);
    assert_int_equal(ky_get_u32(content.p + 21), text.n);
    for (size_t n = 0; n < content.n; n++)
        assert_rc(judge(KY_BYTES(content.p, n)), KY_EFORMAT);
    ky_buf_add_u8(&content, 0);
    assert_rc(judge(ky_buf_bytes(&content)), KY_EFORMAT);
    content.n--;
    content.p[17] = '2'; /* version of the label */
    assert_rc(judge(ky_buf_bytes(&content)), KY_EFORMAT);
    assert_false(ky_statement_list_is(ky_buf_bytes(&content)));
    clear(&text, 1);
}

static void an_empty_list_and_a_statement_twice_are_refused(void **state)
{
    struct ky_buf texts[2];
    ky_auto_buf none = {0}, twice = {0};
    encode(&none, NULL, 0);
    assert_rc(judge(ky_buf_bytes(&none)), KY_EFORMAT);
    make_issue(&texts[0], 1, 1);
    make_issue(&texts[1], 1, 1);
    encode(&twice, texts, KY_COUNT(texts));
    assert_rc(judge(ky_buf_bytes(&twice)), KY_EFORMAT);
    assert_non_null(strstr(ky_error(), "statement 2 of the list"));
    clear(texts, KY_COUNT(texts));
}

static void what_must_be_signed_by_itself_is_refused(void **state)
{
    static const struct {
        const char *type, *rest;
    } cases[] = {
        {"admin", ",'record':{'type':'client'}"},
        {"lock", ",'credential':'" ID "'"},
        {"unlock", ",'credential':'" ID "','lock':'" HASH "'"},
        {"remove-device", ",'device':'" ID "'"},
        {"sign", ",'credential':'" ID "','cert':'" HASH "','hash_alg':'1.2','sign_alg':'1.2',"
                 "'hashes':['AAECAwQFBgcICQoLDA0ODwABAgMEBQYHCAkKCwwNDg8'],"
                 "'requester':{'id':'" ID "','name':'a'},'opaque':true"},
        {"request",
         ",'procedure':'revoke','org':{'id':'" ID "','name':'A'},'dossier':'" ID "','document':'" HASH
         "','rows':[{'row':1,'ground':'key-lost','serial':'41000000000000000000000000000000','reason':1,"
         "'happened':1690000000,'name':'A'}]"},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        struct ky_buf texts[2];
        ky_auto_buf content = {0};
        make_issue(&texts[0], 1, 1);
        make(&texts[1], cases[i].type, cases[i].rest);
        encode(&content, texts, KY_COUNT(texts));
        ky_rc rc = judge(ky_buf_bytes(&content));
        if (rc != KY_EDENIED || strstr(ky_error(), "signed by itself") == NULL)
            fail_msg("%s: %s: %s", cases[i].type, ky_rc_name(rc), ky_error());
        clear(texts, KY_COUNT(texts));
    }
}

static void more_statements_than_allowed_are_refused(void **state)
{
    struct ky_buf texts[MANY];
    struct ky_bytes views[MANY];
    ky_auto_buf most = {0}, content = ky_buf_init(2 * KY_STATEMENT_LIST_BYTES_MAX);
    for (int i = 0; i < MANY; i++) {
        make_issue(&texts[i], i + 1, 1);
        views[i] = ky_buf_bytes(&texts[i]);
    }
    encode(&most, texts, KY_STATEMENT_LIST_MAX);
    assert_ok(judge(ky_buf_bytes(&most)));
    assert_rc(ky_statement_list_encode(&content, views, MANY), KY_ELIMIT);
    most.p[20]++; /* the count */
    ky_buf_add_lv(&most, views[MANY - 1]);
    assert_rc(judge(ky_buf_bytes(&most)), KY_ELIMIT);
    clear(texts, MANY);
}

static void more_rows_than_allowed_are_refused(void **state)
{
    struct ky_buf texts[3];
    ky_auto_buf most = {0}, more = {0};
    make_issue(&texts[0], 1, KY_STATEMENT_LIST_ROWS_MAX - 400);
    make_issue(&texts[1], 1, 400);
    make_issue(&texts[2], 1, 401);
    encode(&most, texts, 2);
    assert_ok(judge(ky_buf_bytes(&most)));
    struct ky_buf over[] = {texts[0], texts[2]};
    encode(&more, over, 2);
    assert_rc(judge(ky_buf_bytes(&more)), KY_ELIMIT);
    assert_non_null(strstr(ky_error(), "1001 rows"));
    clear(texts, KY_COUNT(texts));
}

static void more_bytes_than_allowed_are_refused(void **state)
{
    uint8_t *long_text = calloc(1, KY_STATEMENT_LIST_BYTES_MAX);
    ky_auto_buf content = ky_buf_init(2 * KY_STATEMENT_LIST_BYTES_MAX);
    const struct ky_bytes text = KY_BYTES(long_text, KY_STATEMENT_LIST_BYTES_MAX);
    assert_rc(ky_statement_list_encode(&content, &text, 1), KY_ELIMIT);
    assert_rc(judge(ky_buf_bytes(&content)), KY_ELIMIT);
    free(long_text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_comes_back_as_it_was_made),
        cmocka_unit_test(the_bytes_are_those_of_the_protocol),
        cmocka_unit_test(an_empty_list_and_a_statement_twice_are_refused),
        cmocka_unit_test(what_must_be_signed_by_itself_is_refused),
        cmocka_unit_test(more_statements_than_allowed_are_refused),
        cmocka_unit_test(more_rows_than_allowed_are_refused),
        cmocka_unit_test(more_bytes_than_allowed_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
