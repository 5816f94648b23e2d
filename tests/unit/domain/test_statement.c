/* domain/statement and nonce: one form, closed schemas, times that the nonce bounds. */
#include <stdio.h>

#include "domain/statement.h"
#include "tests/unit/domain/fixture.h"

#define REALM                                                                                                \
    "abcd010203"                                                                                             \
    "0000000000000000000000000000000000000000000000000000"                                                   \
    "00"
#define ID "000102030405060708090a0b0c0d0e0f"
#define HASH "000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f"
#define B64_32 "AAECAwQFBgcICQoLDA0ODwABAgMEBQYHCAkKCwwNDg8"

struct made {
    struct ky_buf text;
};

/* A statement of that type: common members, then rest (which begins with a comma). */
static void make(struct ky_buf *out, const char *type, const char *aud, ky_nonce_kind kind, ky_time iat,
                 ky_time exp, const char *rest)
{
    char nonce[80], text[8192];
    make_nonce_text(nonce, kind, KY_PROCESS_SAM, NOW);
    snprintf(text, sizeof text,
             "{'v':1,'realm':'%s','type':'%s','aud':[{'n':'%s','p':'%s'}],'iat':%lld,'exp':%lld%s}", REALM,
             type, nonce, aud, (long long)iat, (long long)exp, rest);
    make_canonical(out, text);
}

static const char sign_rest[] =
    ",'credential':'" ID "','cert':'" HASH
    "','hash_alg':'2.16.840.1.101.3.4.2.1','sign_alg':'1.2.840.10045.4.3.2',"
    "'hashes':['" B64_32 "'],'requester':{'id':'" ID "','name':'Học bạ số'},'opaque':true,"
    "'actor':{'device':'" ID "','owner':'" HASH "'}";

static void every_type_parses(void **state)
{
    static const struct {
        const char *type;
        ky_nonce_kind kind;
        const char *rest;
        ky_statement_type want;
        ky_operation op;
    } cases[] = {
        {"sign", KY_NONCE_SHORT, sign_rest, KY_ST_SIGN, KY_OP_SIGN},
        {"request", KY_NONCE_LONG,
         ",'procedure':'new','org':{'id':'" ID "','name':'Trường THCS A'},'dossier':'" ID
         "','document':'" HASH "','rows':[{'row':1,'identity':'001185000001','name':'Nguyễn Thị "
         "Hà','subject':{'C':'VN','O':'Sở','OU':['A'],"
         "'CN':'Nguyễn Thị Hà'},'email':'a@b.vn','phone':'0912345678','key':'p256','sector':'education',"
         "'authority':false,'finance':false}]",
         KY_ST_REQUEST, KY_OP_ISSUE},
        {"issue", KY_NONCE_LONG,
         ",'dossier':'" ID "','request':'" HASH "','document':'" HASH
         "','rows':[1,2],'profile':'subscriber','not_before':1,'not_after':2,'activate':true",
         KY_ST_ISSUE, KY_OP_ISSUE},
        {"refuse", KY_NONCE_LONG, ",'request':'" HASH "','rows':[3],'reason':'sai'", KY_ST_REFUSE,
         KY_OP_REFUSE},
        {"revoke", KY_NONCE_LONG, ",'serials':['" ID "'],'keys':['" ID "'],'reason':1", KY_ST_REVOKE,
         KY_OP_REVOKE},
        {"revoke", KY_NONCE_LONG,
         ",'request':'" HASH "','document':'" HASH "','dossier':'" ID "','rows':[1,3]", KY_ST_REVOKE,
         KY_OP_REVOKE},
        {"remove-device", KY_NONCE_SHORT, ",'device':'" ID "'", KY_ST_REMOVE_DEVICE, KY_OP_REMOVE_DEVICE},
        {"lock", KY_NONCE_SHORT, ",'credential':'" ID "'", KY_ST_LOCK, KY_OP_LOCK},
        {"unlock", KY_NONCE_SHORT, ",'credential':'" ID "','lock':'" HASH "'", KY_ST_UNLOCK, KY_OP_UNLOCK},
        {"lock", KY_NONCE_SHORT,
         ",'credential':'" ID "','org':{'id':'" ID "','name':'Trường'},'name':'Nguyễn Thị Hoa'", KY_ST_LOCK,
         KY_OP_LOCK},
        {"unlock", KY_NONCE_SHORT,
         ",'credential':'" ID "','lock':'" HASH "','org':{'id':'" ID "','name':'Trường'},'name':'Hoa'",
         KY_ST_UNLOCK, KY_OP_UNLOCK},
        {"admin", KY_NONCE_LONG, ",'record':{'type':'client'}", KY_ST_ADMIN, KY_OP_ADMIN},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf text = ky_buf_init(1 << 16);
        ky_auto_statement st = {0};
        struct ky_nonce nonce;
        make(&text, cases[i].type, "sam", cases[i].kind, NOW, NOW + 60, cases[i].rest);
        assert_ok(ky_statement_parse(&st, ky_buf_bytes(&text)));
        assert_int_equal(st.type, cases[i].want);
        assert_int_equal(ky_statement_operation(st.type), cases[i].op);
        assert_string_equal(ky_statement_type_name(st.type), cases[i].type);
        assert_true(ky_bytes_eq(ky_statement_text(&st), ky_buf_bytes(&text)));
        assert_ok(ky_statement_check(&nonce, &st, st.type, KY_PROCESS_SAM, test_realm, NOW + 1));
    }
}

static void what_is_not_the_schema_is_refused(void **state)
{
    static const char *const rests[] = {
        ",'credential':'" ID "'",                             /* members missing */
        ",'credential':'" ID "','lock':1",                    /* unknown member, lock */
        ",'credential':'000102030405060708090A0B0C0D0E0F'",   /* upper-case hex */
        ",'credential':12",                                   /* number as string and back */
        ",'credential':'" ID "','actor':{'device':'" ID "'}", /* half an actor */
        ",'credential':'" ID "','actor':{'device':'" ID "','owner':'" HASH "','x':1}",
        ",'credential':'" ID "','name':'Hoa'", /* a name without the organisation, and the other way round */
        ",'credential':'" ID "','org':{'id':'" ID "','name':'Trường'}",
        ",'credential':'" ID "','name':'Hoa','org':{'id':'" ID "','name':'T'},'actor':{'device':'" ID
        "','owner':'" HASH "'}",
    };
    for (size_t i = 0; i < KY_COUNT(rests); i++) {
        ky_auto_buf text = ky_buf_init(1 << 16);
        struct ky_statement st;
        make(&text, i == 0 ? "sign" : "lock", "sam", KY_NONCE_SHORT, NOW, NOW + 60, rests[i]);
        assert_true(ky_statement_parse(&st, ky_buf_bytes(&text)) != KY_OK);
    }
}

static void revocation_is_by_request_or_on_an_officers_word(void **state)
{
    static const char *const rests[] = {
        "",
        ",'serials':['" ID "'],'reason':1",
        ",'request':'" HASH "','document':'" HASH "','dossier':'" ID "'",
        ",'request':'" HASH "','document':'" HASH "','rows':[1]",
        ",'request':'" HASH "','document':'" HASH "','dossier':'" ID "','rows':[1],'reason':1",
        ",'request':'" HASH "','document':'" HASH "','dossier':'" ID "','rows':[1],'invalidity':1",
        ",'request':'" HASH "','document':'" HASH "','dossier':'" ID "','rows':[2,1]",
        ",'serials':['" ID "'],'keys':['" ID "'],'reason':1,'request':'" HASH "'",
        ",'serials':['" ID "'],'keys':['" ID "'],'reason':1,'rows':[1]",
        ",'serials':['" ID "'],'keys':['" ID "'],'reason':11",
    };
    for (size_t i = 0; i < KY_COUNT(rests); i++) {
        ky_auto_buf text = ky_buf_init(1 << 16);
        struct ky_statement st;
        make(&text, "revoke", "sam", KY_NONCE_LONG, NOW, NOW + 60, rests[i]);
        assert_true(ky_statement_parse(&st, ky_buf_bytes(&text)) != KY_OK);
    }
}

static void documents_and_opaque_exclude_each_other(void **state)
{
    char rest[2048];
    ky_auto_buf text = ky_buf_init(1 << 16), neither = ky_buf_init(1 << 16);
    struct ky_statement st;
    snprintf(rest, sizeof rest, "%s,'documents':[{'name':'a.pdf','size':1,'digest':'" HASH "'}]", sign_rest);
    make(&text, "sign", "sam", KY_NONCE_SHORT, NOW, NOW + 60, rest);
    assert_rc(ky_statement_parse(&st, ky_buf_bytes(&text)), KY_EFORMAT);
    char *opaque = strcpy(rest, sign_rest), *at = strstr(opaque, "'opaque':true");
    memcpy(at, "'opaque':fals", 13);
    memmove(at + 14, at + 13, strlen(at + 13) + 1);
    at[13] = 'e';
    make(&neither, "sign", "sam", KY_NONCE_SHORT, NOW, NOW + 60, rest);
    assert_rc(ky_statement_parse(&st, ky_buf_bytes(&neither)), KY_EFORMAT);
}

static void rows_ascend_and_text_does_not_deceive(void **state)
{
    static const char *const rests[] = {
        ",'request':'" HASH "','rows':[2,1],'reason':'x'",
        ",'request':'" HASH "','rows':[1,1],'reason':'x'",
        ",'request':'" HASH "','rows':[],'reason':'x'",
        ",'request':'" HASH "','rows':[1],'reason':'a\xe2\x80\xae"
        "b'",
        ",'request':'" HASH "','rows':[1],'reason':''",
    };
    for (size_t i = 0; i < KY_COUNT(rests); i++) {
        ky_auto_buf text = ky_buf_init(1 << 16);
        struct ky_statement st;
        make(&text, "refuse", "sam", KY_NONCE_LONG, NOW, NOW + 60, rests[i]);
        assert_true(ky_statement_parse(&st, ky_buf_bytes(&text)) != KY_OK);
    }
}

static void another_encoding_of_the_same_is_refused(void **state)
{
    ky_auto_buf text = ky_buf_init(1 << 16), spaced = ky_buf_init(1 << 16), twin = ky_buf_init(1 << 16);
    struct ky_statement st;
    make(&text, "lock", "sam", KY_NONCE_SHORT, NOW, NOW + 60, ",'credential':'" ID "'");
    ky_buf_add(&spaced, KY_BYTES(text.p, text.n - 1));
    ky_buf_add_str(&spaced, " }");
    assert_rc(ky_statement_parse(&st, ky_buf_bytes(&spaced)), KY_EFORMAT);
    ky_buf_add(&twin, KY_BYTES(text.p, text.n - 1));
    ky_buf_add_str(&twin, ",\"v\":1}");
    assert_rc(ky_statement_parse(&st, ky_buf_bytes(&twin)), KY_EFORMAT);
    assert_rc(ky_statement_parse(&st, KY_BYTES_LIT("")), KY_EFORMAT);
    assert_rc(ky_statement_parse(&st, KY_BYTES_LIT("{}")), KY_EFORMAT);
}

static void audience_names_each_process_once(void **state)
{
    char nonce[80], text[4096];
    static const char *const auds[] = {"[{'n':'%s','p':'sam'},{'n':'%s','p':'sam'}]",
                                       "[{'n':'%s','p':'ca'},{'n':'%s','p':'sam'}]", "[{'n':'%s','p':'web'}]",
                                       "[]"};
    make_nonce_text(nonce, KY_NONCE_SHORT, KY_PROCESS_SAM, NOW);
    for (size_t i = 0; i < KY_COUNT(auds); i++) {
        char aud[400];
        struct ky_statement st;
        ky_auto_buf canonical = ky_buf_init(1 << 16);
        const char *second = strchr(auds[i], ',') == NULL ? "" : nonce;
        (void)second;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(aud, sizeof aud, auds[i], nonce, nonce);
#pragma GCC diagnostic pop
        snprintf(text, sizeof text,
                 "{'v':1,'realm':'" REALM "','type':'lock','aud':%s,'iat':1,'exp':2,'credential':'" ID "'}",
                 aud);
        make_canonical(&canonical, text);
        assert_true(ky_statement_parse(&st, ky_buf_bytes(&canonical)) != KY_OK);
    }
}

static void checks_type_realm_audience_and_times(void **state)
{
    ky_auto_buf text = ky_buf_init(1 << 16);
    ky_auto_statement st = {0};
    struct ky_nonce nonce;
    uint8_t other_realm[32] = {1};
    make(&text, "lock", "sam", KY_NONCE_SHORT, NOW, NOW + 300, ",'credential':'" ID "'");
    assert_ok(ky_statement_parse(&st, ky_buf_bytes(&text)));
    assert_ok(ky_statement_check(&nonce, &st, KY_ST_LOCK, KY_PROCESS_SAM, test_realm, NOW + 300));
    assert_rc(ky_statement_check(&nonce, &st, KY_ST_SIGN, KY_PROCESS_SAM, test_realm, NOW), KY_EDENIED);
    assert_rc(ky_statement_check(&nonce, &st, KY_ST_LOCK, KY_PROCESS_CA, test_realm, NOW), KY_EDENIED);
    assert_rc(ky_statement_check(&nonce, &st, KY_ST_LOCK, KY_PROCESS_SAM, other_realm, NOW), KY_EDENIED);
    assert_rc(ky_statement_check(&nonce, &st, KY_ST_LOCK, KY_PROCESS_SAM, test_realm, NOW + 301),
              KY_EEXPIRED);
    assert_rc(ky_statement_check(&nonce, &st, KY_ST_LOCK, KY_PROCESS_SAM, test_realm, NOW - 61), KY_EEXPIRED);
}

static void times_beyond_the_nonce_are_refused(void **state)
{
    static const struct {
        ky_nonce_kind kind;
        ky_time iat, exp;
        ky_rc want;
    } cases[] = {
        {KY_NONCE_SHORT, NOW, NOW + 300, KY_OK},           {KY_NONCE_SHORT, NOW, NOW + 301, KY_EEXPIRED},
        {KY_NONCE_SHORT, NOW - 61, NOW + 60, KY_EEXPIRED}, {KY_NONCE_SHORT, NOW + 61, NOW + 90, KY_EEXPIRED},
        {KY_NONCE_LONG, NOW, NOW + 60, KY_EFORMAT}, /* lock wants a short one */
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf text = ky_buf_init(1 << 16);
        ky_auto_statement st = {0};
        struct ky_nonce nonce;
        make(&text, "lock", "sam", cases[i].kind, cases[i].iat, cases[i].exp, ",'credential':'" ID "'");
        assert_ok(ky_statement_parse(&st, ky_buf_bytes(&text)));
        assert_rc(ky_statement_check(&nonce, &st, KY_ST_LOCK, KY_PROCESS_SAM, test_realm, NOW),
                  cases[i].want);
    }
}

static void nonces_belong_to_their_process_and_key(void **state)
{
    uint8_t n[KY_NONCE_SIZE];
    struct ky_nonce made = {.kind = KY_NONCE_LONG, .node = 3, .boot = {1}, .made = NOW, .random = {2}}, back;
    assert_ok(ky_nonce_encode(n, &made, KY_PROCESS_SAM, &soft_mac));
    assert_ok(ky_nonce_parse(&back, n));
    assert_memory_equal(&made, &back, sizeof made);
    assert_ok(ky_nonce_check_mac(n, KY_PROCESS_SAM, &soft_mac));
    assert_rc(ky_nonce_check_mac(n, KY_PROCESS_CA, &soft_mac), KY_EAUTH);
    assert_rc(ky_nonce_check_mac(n, KY_PROCESS_SAM, &other_soft_mac), KY_EAUTH);
    for (size_t i = 0; i < sizeof n; i++) {
        n[i] ^= 1;
        assert_rc(ky_nonce_check_mac(n, KY_PROCESS_SAM, &soft_mac), KY_EAUTH);
        n[i] ^= 1;
    }
    n[0] = 3;
    assert_rc(ky_nonce_parse(&back, n), KY_EFORMAT);
}

static void a_nonce_of_no_time_is_refused(void **state)
{
    static const ky_time made[] = {-1, INT64_MIN, INT64_MIN + 2 * KY_NONCE_LONG_S, KY_TIME_MAX + 1,
                                   INT64_MAX};
    for (size_t i = 0; i < KY_COUNT(made); i++) {
        ky_auto_buf text = ky_buf_init(1 << 16);
        ky_auto_statement st = {0};
        uint8_t bytes[KY_NONCE_SIZE];
        struct ky_nonce n = {.kind = KY_NONCE_SHORT, .made = made[i]};
        assert_ok(ky_nonce_encode(bytes, &n, KY_PROCESS_SAM, &soft_mac));
        assert_rc(ky_nonce_parse(&n, bytes), KY_EFORMAT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_parses),
        cmocka_unit_test(what_is_not_the_schema_is_refused),
        cmocka_unit_test(revocation_is_by_request_or_on_an_officers_word),
        cmocka_unit_test(documents_and_opaque_exclude_each_other),
        cmocka_unit_test(rows_ascend_and_text_does_not_deceive),
        cmocka_unit_test(another_encoding_of_the_same_is_refused),
        cmocka_unit_test(audience_names_each_process_once),
        cmocka_unit_test(checks_type_realm_audience_and_times),
        cmocka_unit_test(times_beyond_the_nonce_are_refused),
        cmocka_unit_test(nonces_belong_to_their_process_and_key),
        cmocka_unit_test(a_nonce_of_no_time_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
