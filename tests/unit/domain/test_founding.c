/* domain/founding: the one record everything hangs on is whole, of this token, and there once. */
#include "domain/founding.h"
#include "crypto/digest.h"
#include "tests/unit/crypto/hsm.h"
#include "tests/unit/domain/fixture.h"
#include "tests/unit/domain/founder.h"

static struct founder founder;

static int set_up(void **state)
{
    founder_init(&founder, NOW);
    return 0;
}

static int tear_down(void **state)
{
    founder_clear(&founder);
    return 0;
}

static void gives_what_was_founded(void **state)
{
    ky_auto_founding f = NULL;
    ky_auto_json json = NULL;
    ky_auto_buf text = ky_buf_init(KY_FOUNDING_MAX);
    uint8_t hash[KY_HASH_SIZE];
    founder_json(&json, &founder);
    founder_text(&text, json);
    assert_ok(ky_founding_parse(&f, ky_buf_bytes(&text)));
    assert_ok(ky_sha256(hash, ky_buf_bytes(&text)));
    assert_memory_equal(f->realm, hash, KY_HASH_SIZE);
    assert_true(f->node == FOUNDER_NODE && f->n == 2 && f->issue_n == 1 && f->officer_count == 2);
    assert_string_equal(f->origin, FOUNDER_ORIGIN);
    assert_string_equal(f->rp_id, FOUNDER_RP_ID);
    assert_string_equal(f->crl_url, "http://a.vn/ca.crl");
    assert_int_equal(f->token_ca_count, 1);
    assert_true(ky_bytes_eq(f->issuing->der, founder.authority.ca.cert->der));
    assert_memory_equal(f->sam_audit, founder.sam_audit, KY_P256_POINT);
    const struct ky_officer *by_token = ky_founding_find_officer(f, founder.officer.record);
    const struct ky_officer *by_phone = ky_founding_find_officer(f, founder.phone_record);
    assert_true(by_token != NULL && by_token->by_cms && by_token->roles == (KY_MAY_APPROVE | KY_MAY_ADMIN));
    assert_true(by_phone != NULL && !by_phone->by_cms && by_phone->owner[0] == 2);
    assert_null(ky_founding_find_officer(f, (const uint8_t[KY_ID_SIZE]){0x55}));
}

static void what_lacks_a_member_is_refused(void **state)
{
    static const char *const names[] = {"type",  "n",           "issue_n",   "officers", "nodes",   "origin",
                                        "rp_id", "courier_key", "token_cas", "root",     "issuing", "ocsp",
                                        "tsa",   "sam",         "ca",        "policy"};
    for (size_t i = 0; i < KY_COUNT(names); i++) {
        struct ky_founding *f = NULL;
        ky_auto_json json = NULL;
        ky_auto_buf text = ky_buf_init(KY_FOUNDING_MAX);
        founder_json(&json, &founder);
        json_object_del(json, names[i]);
        founder_text(&text, json);
        assert_true(ky_founding_parse(&f, ky_buf_bytes(&text)) != KY_OK);
        assert_non_null(strstr(ky_error(), names[i]));
        assert_null(f);
    }
}

static void what_makes_no_sense_is_refused(void **state)
{
    const struct {
        const char *name;
        json_t *value; /* taken */
    } cases[] = {
        {"type", json_string("statement")},
        {"n", json_integer(3)}, /* of two officers */
        {"n", json_integer(0)},
        {"nodes", json_pack("[i,i]", 1, 2)},
        {"nodes", json_pack("[i]", 0)},
        {"nodes", json_pack("[i]", 65536)},
        {"courier_key", json_string("AAAA")},
        {"root", json_string("AAAA")},
        {"token_cas", json_pack("[s]", "AAAA")},
        {"token_cas", json_pack("[i]", 1)},
        {"officers", json_pack("[{s:s}]", "id", "00")},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        struct ky_founding *f = NULL;
        ky_auto_json json = NULL;
        ky_auto_buf text = ky_buf_init(KY_FOUNDING_MAX);
        founder_json(&json, &founder);
        json_object_set_new(json, cases[i].name, cases[i].value);
        founder_text(&text, json);
        if (ky_founding_parse(&f, ky_buf_bytes(&text)) == KY_OK)
            fail_msg("case %zu, %s, was taken", i, cases[i].name);
    }
}

static void text_that_is_not_canonical_is_refused(void **state)
{
    struct ky_founding *f = NULL;
    ky_auto_json json = NULL;
    ky_auto_buf text = ky_buf_init(KY_FOUNDING_MAX);
    founder_json(&json, &founder);
    founder_text(&text, json);
    ky_buf_add_u8(&text, '\n');
    assert_rc(ky_founding_parse(&f, ky_buf_bytes(&text)), KY_EFORMAT);
    assert_rc(ky_founding_parse(&f, KY_BYTES(text.p, text.n - 2)), KY_EFORMAT);
}

/* ---- in a token ---- */

struct token {
    struct softhsm hsm;
    struct ky_keystore *ks;
    struct ky_token_key *key;
    struct ky_mac k_reg;
    struct ky_buf json;
};

static int open_one(void **state)
{
    static struct token t;
    ky_auto_json json = NULL;
    t.json = ky_buf_init(KY_FOUNDING_MAX);
    founder_json(&json, &founder);
    founder_text(&t.json, json);
    assert_true(softhsm_setup(&t.hsm));
    assert_ok(make_token(softhsm_module(), "founding"));
    assert_ok(open_token(&t.ks, softhsm_module(), "founding", PIN));
    assert_ok(ky_keystore_make_key(t.ks, "K_reg", KY_USE_MAC, KY_KEY_P256));
    assert_ok(ky_keystore_find_key(&t.key, t.ks, "K_reg", KY_USE_MAC));
    t.k_reg = ky_token_mac(t.key);
    *state = &t;
    return 0;
}

static int close_one(void **state)
{
    struct token *t = *state;
    ky_token_key_close(t->key);
    ky_keystore_close(t->ks);
    softhsm_teardown(&t->hsm);
    ky_buf_clear(&t->json);
    return 0;
}

static void put(struct token *t, struct ky_bytes value)
{
    assert_ok(ky_keystore_add_data(t->ks, KY_FOUNDING_APPLICATION, KY_FOUNDING_LABEL, value, false));
}

static void put_sealed(struct token *t, ky_process process, const struct ky_mac *mac)
{
    ky_auto_buf value = ky_buf_init(KY_TOKEN_DATA_MAX);
    assert_ok(ky_founding_seal(&value, ky_buf_bytes(&t->json), process, mac));
    put(t, ky_buf_bytes(&value));
}

static ky_rc load(struct token *t)
{
    ky_auto_founding f = NULL;
    return ky_founding_load(&f, t->ks, KY_PROCESS_SAM, &t->k_reg);
}

static void a_token_holds_exactly_one(void **state)
{
    struct token *t = *state;
    assert_rc(load(t), KY_ENOTFOUND);
    put_sealed(t, KY_PROCESS_SAM, &t->k_reg);
    assert_ok(load(t));
    put_sealed(t, KY_PROCESS_SAM, &t->k_reg);
    assert_rc(load(t), KY_EEXIST);
}

static void one_under_another_key_is_refused(void **state)
{
    struct token *t = *state;
    put_sealed(t, KY_PROCESS_SAM, &soft_mac);
    assert_rc(load(t), KY_EAUTH);
}

static void one_of_the_other_process_is_refused(void **state)
{
    struct token *t = *state;
    put_sealed(t, KY_PROCESS_CA, &t->k_reg);
    assert_rc(load(t), KY_EAUTH);
}

static void one_that_is_only_a_mac_is_refused(void **state)
{
    struct token *t = *state;
    put(t, KY_BYTES(t->json.p, KY_HMAC_SIZE));
    assert_rc(load(t), KY_EFORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_what_was_founded),
        cmocka_unit_test(what_lacks_a_member_is_refused),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(text_that_is_not_canonical_is_refused),
        cmocka_unit_test_setup_teardown(a_token_holds_exactly_one, open_one, close_one),
        cmocka_unit_test_setup_teardown(one_under_another_key_is_refused, open_one, close_one),
        cmocka_unit_test_setup_teardown(one_of_the_other_process_is_refused, open_one, close_one),
        cmocka_unit_test_setup_teardown(one_that_is_only_a_mac_is_refused, open_one, close_one),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
