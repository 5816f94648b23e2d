/* prog/ca/tbs: what is certified for a row comes from the signed statements and sam's attestation, and from nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "crypto/digest.h"
#include "pki/name.h"
#include "pki/profile.h"
#include "prog/ca/ca.h"
#include "prog/ca/tbs.h"
#include "tests/support/people.h"

#define NOW ((ky_time)1790000000)
#define YEAR (365 * KY_DAY)

#define assert_ok(expr)                                                                                      \
    do {                                                                                                     \
        ky_rc rc_ok_ = (expr);                                                                               \
        if (rc_ok_ != KY_OK)                                                                                 \
            fail_msg("%s: %s: %s", #expr, ky_rc_name(rc_ok_), ky_error());                                   \
    } while (0)

static ky_rc soft_hmac(void *ctx, uint8_t out[KY_HMAC_SIZE], const struct ky_bytes *parts, size_t count)
{
    return ky_hmac_sha256(out, KY_BYTES(ctx, 4), parts, count);
}
static const struct ky_mac k_id = {.ctx = (void *)(uintptr_t) "K_id", .hmac = soft_hmac};

/* An authority without a token, a request of two rows, and its approval. */
struct scene {
    struct ky_founding founding;
    struct token_ca ca; /* plays the issuing CA */
    struct ky_softkey *sam_att, *subject_key;
    struct ky_signer sam_signer;
    json_t *request_json, *issue_json;
    struct ky_statement request, issue;
    struct ky_attestation attestation;
    struct ky_buf json;
    uint8_t signature[KY_P256_RAW];
    struct ky_row_item item;
};

static void set_founding(struct scene *s)
{
    struct ky_founding *f = &s->founding;
    assert_ok(token_ca_init(&s->ca, "CA cấp thử nghiệm", NOW));
    assert_ok(ky_softkey_generate(&s->sam_att, KY_KEY_P256));
    s->sam_signer = ky_softkey_signer(s->sam_att);
    memcpy(f->sam_att, ky_pubkey_point(ky_softkey_public(s->sam_att)).p, KY_P256_POINT);
    memset(f->realm, 0x11, sizeof f->realm);
    f->issuing = s->ca.ca.cert;
    strcpy(f->policy_oid, KY_OID_POLICY_SUBSCRIBER);
    strcpy(f->cps_url, "https://ca.example.vn/cps");
    strcpy(f->notice, "Ký số tập trung.");
    strcpy(f->aia_url, "http://ca.example.vn/crt/issuing.crt");
    strcpy(f->ocsp_url, "http://ca.example.vn/ocsp");
    strcpy(f->crl_url, "http://ca.example.vn/crl/issuing.crl");
}

static void parse_json(json_t **out, const struct ky_buf *text)
{
    assert_ok(ky_jcs_parse(out, ky_buf_bytes(text), KY_REQUEST_MAX, KY_JCS_DEPTH_MAX));
}

static void set_statements(struct scene *s)
{
    static const uint8_t nonce[KY_NONCE_SIZE] = {2, 0, 1}, id[KY_ID_SIZE] = {7}, document[KY_HASH_SIZE] = {8};
    const struct statement_head head = {
        .realm = s->founding.realm, .sam_nonce = nonce, .ca_nonce = nonce, .iat = NOW, .exp = NOW + KY_DAY};
    ky_auto_buf request = ky_buf_init(KY_REQUEST_MAX), issue = ky_buf_init(KY_STATEMENT_MAX);
    const struct request_spec r = {.head = head,
                                   .org = id,
                                   .org_name = "Sở",
                                   .dossier = id,
                                   .document = document,
                                   .rows = 2,
                                   .key_type = "p256"};
    assert_ok(request_text(&request, &r));
    const struct issue_spec i = {.head = head,
                                 .dossier = id,
                                 .document = document,
                                 .request = ky_buf_bytes(&request),
                                 .first = 1,
                                 .last = 1,
                                 .not_before = NOW,
                                 .not_after = NOW + 3 * YEAR};
    assert_ok(issue_text(&issue, &i));
    parse_json(&s->request_json, &request);
    parse_json(&s->issue_json, &issue);
}

static void scene_init(struct scene *s)
{
    *s = (struct scene){.json = ky_buf_init(KY_ATTESTATION_MAX)};
    set_founding(s);
    set_statements(s);
    assert_ok(ky_softkey_generate(&s->subject_key, KY_KEY_P256));
}

static void scene_clear(struct scene *s)
{
    json_decref(s->request_json);
    json_decref(s->issue_json);
    ky_statement_clear(&s->request);
    ky_statement_clear(&s->issue);
    ky_buf_clear(&s->json);
    ky_softkey_free(s->sam_att);
    ky_softkey_free(s->subject_key);
    token_ca_clear(&s->ca);
}

static void parse_statement(struct ky_statement *out, const json_t *json)
{
    ky_auto_buf text = ky_buf_init(KY_REQUEST_MAX);
    assert_ok(statement_text(&text, json));
    assert_ok(ky_statement_parse(out, ky_buf_bytes(&text)));
}

/* After a test has had its way with the JSON: statements, and a genuine attestation for row 1 of them. */
static void scene_finish(struct scene *s)
{
    struct ky_bytes spki = ky_pubkey_spki(ky_softkey_public(s->subject_key));
    parse_statement(&s->request, s->request_json);
    parse_statement(&s->issue, s->issue_json);
    s->attestation = (struct ky_attestation){.row = 1, .spki_n = spki.n};
    memcpy(s->attestation.realm, s->founding.realm, KY_HASH_SIZE);
    memcpy(s->attestation.request, s->request.hash, KY_HASH_SIZE);
    memcpy(s->attestation.statement, s->issue.hash, KY_HASH_SIZE);
    memcpy(s->attestation.spki, spki.p, spki.n);
}

static void attest(struct scene *s, uint32_t row)
{
    assert_ok(ky_attestation_make(&s->json, s->signature, &s->attestation, &s->sam_signer));
    s->item = (struct ky_row_item){
        .row = row, .attestation = ky_buf_bytes(&s->json), .signature = KY_BYTES_OF(s->signature)};
}

static ky_rc make(struct ky_row_tbs *r, const struct scene *s)
{
    return ky_row_tbs_make(r, &s->item, &s->request, &s->issue, &s->founding, &k_id, KY_ECDSA, KY_SHA256);
}

/* ---- good ---- */

static void lays_out_the_row_as_it_was_signed(void **state)
{
    (void)state;
    KY_CLEANUP(scene_clear) struct scene s;
    KY_CLEANUP(ky_row_tbs_clear) struct ky_row_tbs r = {0};
    ky_auto_buf der = ky_buf_init(KY_CERT_DER_MAX), name = ky_buf_init(1024);
    ky_auto_cert cert = NULL;
    scene_init(&s);
    scene_finish(&s);
    attest(&s, 1);
    assert_ok(make(&r, &s));
    assert_ok(ky_cert_issue(&der, &r.tbs, &s.ca.ca.sigkey));
    assert_ok(ky_cert_parse(&cert, ky_buf_bytes(&der)));
    assert_true(ky_bytes_eq(cert->tbs, ky_buf_bytes(&r.der)));
    assert_ok(ky_name_get(&name, cert->subject, "CN", 0));
    assert_string_equal(ky_buf_str(&name), "Nguyễn Thị Hoa 1");
    assert_string_equal(cert->email, "hoa1@quangngai.gov.vn");
    assert_true(ky_bytes_eq(cert->spki, KY_BYTES(s.attestation.spki, s.attestation.spki_n)));
    assert_int_equal(cert->not_before, NOW);
    assert_int_equal(cert->not_after, NOW + 3 * YEAR);
    assert_string_equal(cert->crl_url, s.founding.crl_url);
    assert_false(cert->ca);
}

static void the_same_input_gives_the_same_bytes(void **state)
{
    (void)state;
    KY_CLEANUP(scene_clear) struct scene s;
    KY_CLEANUP(ky_row_tbs_clear) struct ky_row_tbs once = {0};
    KY_CLEANUP(ky_row_tbs_clear) struct ky_row_tbs again = {0};
    scene_init(&s);
    scene_finish(&s);
    attest(&s, 1);
    assert_ok(make(&once, &s));
    assert_ok(make(&again, &s));
    assert_memory_equal(once.hash, again.hash, KY_HASH_SIZE);
    assert_memory_equal(once.serial, again.serial, KY_SERIAL_SIZE);
}

/* ---- refused ---- */

static void put_int(json_t *obj, const char *name, int64_t v)
{
    assert_int_equal(json_object_set_new(obj, name, json_integer(v)), 0);
}

static json_t *first_row(struct scene *s)
{
    return json_array_get(json_object_get(s->request_json, "rows"), 0);
}

static void too_early(struct scene *s)
{
    put_int(s->issue_json, "not_before", NOW - KY_CA_BACKDATE_S - 1);
}
static void too_late(struct scene *s)
{
    put_int(s->issue_json, "not_before", NOW + KY_CA_POSTDATE_S + 1);
}
static void turned_round(struct scene *s)
{
    put_int(s->issue_json, "not_after", NOW);
}
static void longer_than_five_years(struct scene *s)
{
    put_int(s->issue_json, "not_after", NOW + 6 * YEAR);
}
static void longer_than_its_issuer(struct scene *s)
{
    put_int(s->issue_json, "not_after", NOW + 11 * YEAR);
}
static void of_another_profile(struct scene *s)
{
    json_object_set_new(s->issue_json, "profile", json_string("issuing"));
}
static void another_row_approved(struct scene *s)
{
    json_object_set_new(s->issue_json, "rows", json_pack("[i]", 2));
}
static void of_another_key_type(struct scene *s)
{
    json_object_set_new(first_row(s), "key", json_string("rsa2048"));
}
static void with_authority(struct scene *s)
{
    json_object_set_new(first_row(s), "authority", json_true());
}
static void named_otherwise(struct scene *s)
{
    json_object_set_new(first_row(s), "name", json_string("Trần Văn Nam"));
}

static void refuses_statements_that_ask_too_much(void **state)
{
    static const struct {
        void (*spoil)(struct scene *s);
        ky_rc want;
        const char *why;
    } cases[] = {
        {too_early, KY_EDENIED, "not_before lies"},
        {too_late, KY_EDENIED, "not_before lies"},
        {turned_round, KY_EDENIED, "not_after is not after"},
        {longer_than_five_years, KY_EDENIED, "at most"},
        {longer_than_its_issuer, KY_EDENIED, "after the end of the issuing CA"},
        {of_another_profile, KY_EDENIED, "only \"subscriber\""},
        {another_row_approved, KY_EDENIED, "not among those approved"},
        {of_another_key_type, KY_EDENIED, "the request says rsa2048"},
        {with_authority, KY_EDENIED, "authority"},
        {named_otherwise, KY_EFORMAT, "CN is not the name"},
    };
    (void)state;
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        KY_CLEANUP(scene_clear) struct scene s;
        KY_CLEANUP(ky_row_tbs_clear) struct ky_row_tbs r = {0};
        scene_init(&s);
        cases[i].spoil(&s);
        scene_finish(&s);
        attest(&s, 1);
        assert_int_equal(make(&r, &s), cases[i].want);
        if (strstr(ky_error(), cases[i].why) == NULL)
            fail_msg("case %zu: %s", i, ky_error());
    }
}

static void of_another_realm(struct scene *s)
{
    s->attestation.realm[0] ^= 1;
}
static void for_another_request(struct scene *s)
{
    s->attestation.request[0] ^= 1;
}
static void for_another_approval(struct scene *s)
{
    s->attestation.statement[0] ^= 1;
}
static void for_another_row(struct scene *s)
{
    s->attestation.row = 2;
}
static void for_no_key(struct scene *s)
{
    s->attestation.spki[s->attestation.spki_n - 1] ^= 1; /* a point off the curve */
}

static void refuses_attestations_of_something_else(void **state)
{
    static const struct {
        void (*spoil)(struct scene *s);
        ky_rc want;
        const char *why;
    } cases[] = {
        {of_another_realm, KY_EDENIED, "another realm"},
        {for_another_request, KY_EDENIED, "another request or approval"},
        {for_another_approval, KY_EDENIED, "another request or approval"},
        {for_another_row, KY_EDENIED, "for row 2"},
        {for_no_key, KY_EFORMAT, "row 1"},
    };
    (void)state;
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        KY_CLEANUP(scene_clear) struct scene s;
        KY_CLEANUP(ky_row_tbs_clear) struct ky_row_tbs r = {0};
        scene_init(&s);
        scene_finish(&s);
        cases[i].spoil(&s);
        attest(&s, 1); /* sam itself signed it: what it says is judged, not only who says it */
        assert_int_equal(make(&r, &s), cases[i].want);
        if (strstr(ky_error(), cases[i].why) == NULL)
            fail_msg("case %zu: %s", i, ky_error());
    }
}

/* ---- replaced ---- */

static void set_row_old(struct scene *s, const struct ky_cert *old, bool change)
{
    json_t *row = first_row(s), *named = json_object();
    assert_ok(ky_body_set_hex(named, "serial", old->serial));
    assert_ok(ky_body_set_int(named, "not_after", old->not_after));
    if (change) {
        json_object_set_new(named, "subject", json_deep_copy(json_object_get(row, "subject")));
        json_object_set(named, "email", json_object_get(row, "email"));
        json_object_set_new(row, "email", json_string("moi@quangngai.gov.vn"));
    }
    json_object_set_new(row, "same_key", json_true());
    json_object_set_new(row, "old", named);
    json_object_set_new(s->request_json, "procedure", json_string(change ? "change" : "renew"));
}

/* A certificate for row 1, and then a request that replaces it. */
static void scene_replace(struct scene *s, struct ky_cert **old, bool change)
{
    KY_CLEANUP(ky_row_tbs_clear) struct ky_row_tbs r = {0};
    ky_auto_buf der = ky_buf_init(KY_CERT_DER_MAX);
    scene_init(s);
    scene_finish(s);
    attest(s, 1);
    assert_ok(make(&r, s));
    assert_ok(ky_cert_issue(&der, &r.tbs, &s->ca.ca.sigkey));
    assert_ok(ky_cert_parse(old, ky_buf_bytes(&der)));
    ky_statement_clear(&s->request);
    ky_statement_clear(&s->issue);
    ky_buf_reset(&s->json);
    json_array_remove(json_object_get(s->request_json, "rows"), 1);
    set_row_old(s, *old, change);
}

static void finish_replaced(struct scene *s, const struct ky_cert *old)
{
    scene_finish(s);
    s->attestation.replaces = true;
    memcpy(s->attestation.old, old->sha256, KY_HASH_SIZE);
    attest(s, 1);
    s->item.old = old->der;
}

static void unspoilt(struct scene *s)
{
    (void)s;
}
static void a_day_later(struct scene *s)
{
    put_int(s->issue_json, "not_after", NOW + 3 * YEAR + KY_DAY + 1);
}
static void another_unit(struct scene *s)
{
    json_object_set_new(json_object_get(first_row(s), "subject"), "O", json_string("Sở Y tế"));
}
static void end_misstated(struct scene *s)
{
    put_int(json_object_get(first_row(s), "old"), "not_after", NOW);
}
static void e_mail_kept(struct scene *s)
{
    json_object_set(first_row(s), "email", json_object_get(json_object_get(first_row(s), "old"), "email"));
}
static void e_mail_misstated(struct scene *s)
{
    json_object_set_new(json_object_get(first_row(s), "old"), "email", json_string("x@y.vn"));
}
static void called_otherwise(struct scene *s)
{
    json_object_set_new(first_row(s), "name", json_string("Trần Văn Nam"));
    json_object_set_new(json_object_get(first_row(s), "subject"), "CN", json_string("Trần Văn Nam"));
}

static void a_renewal_keeps_and_a_change_changes(void **state)
{
    static const struct {
        bool change;
        void (*spoil)(struct scene *s);
        ky_rc want;
        const char *why;
    } cases[] = {
        {false, unspoilt, KY_OK, ""},
        {true, unspoilt, KY_OK, ""},
        {true, another_unit, KY_OK, ""},
        {false, a_day_later, KY_EDENIED, "a renewal is for"},
        {false, another_unit, KY_EDENIED, "keeps subject and e-mail"},
        {false, end_misstated, KY_EDENIED, "another serial number or end"},
        {true, a_day_later, KY_EDENIED, "keeps the end"},
        {true, e_mail_kept, KY_EDENIED, "changes nothing"},
        {true, e_mail_misstated, KY_EDENIED, "does not stand in the certificate"},
        {true, called_otherwise, KY_EDENIED, "keeps the name"},
    };
    (void)state;
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        KY_CLEANUP(scene_clear) struct scene s;
        KY_CLEANUP(ky_row_tbs_clear) struct ky_row_tbs r = {0};
        ky_auto_cert old = NULL;
        scene_replace(&s, &old, cases[i].change);
        cases[i].spoil(&s);
        finish_replaced(&s, old);
        ky_rc rc = make(&r, &s);
        if (rc != cases[i].want || (rc != KY_OK && strstr(ky_error(), cases[i].why) == NULL))
            fail_msg("case %zu: %s: %s", i, ky_rc_name(rc), ky_error());
    }
}

static void what_is_replaced_comes_along_and_is_attested(void **state)
{
    (void)state;
    KY_CLEANUP(scene_clear) struct scene s;
    KY_CLEANUP(ky_row_tbs_clear) struct ky_row_tbs r = {0};
    ky_auto_cert old = NULL;
    scene_replace(&s, &old, false);
    finish_replaced(&s, old);
    s.item.old = KY_BYTES_NONE;
    assert_int_equal(make(&r, &s), KY_EDENIED);
    ky_row_tbs_clear(&r);
    s.item.old = s.ca.ca.cert->der;
    assert_int_equal(make(&r, &s), KY_EDENIED);
    ky_row_tbs_clear(&r);
    s.item.old = old->der;
    s.attestation.replaces = false;
    ky_buf_reset(&s.json);
    attest(&s, 1);
    s.item.old = old->der;
    assert_int_equal(make(&r, &s), KY_EDENIED);
}

static void refuses_an_attestation_by_anyone_else(void **state)
{
    (void)state;
    KY_CLEANUP(scene_clear) struct scene s;
    KY_CLEANUP(ky_row_tbs_clear) struct ky_row_tbs r = {0};
    scene_init(&s);
    scene_finish(&s);
    s.sam_signer = ky_softkey_signer(s.subject_key); /* web's own key, well formed in all else */
    attest(&s, 1);
    assert_int_equal(make(&r, &s), KY_EAUTH);
}

static void reads_items_exactly(void **state)
{
    (void)state;
    struct ky_row_item item;
    ky_auto_buf b = ky_buf_init(256);
    ky_buf_add_u32(&b, 7);
    ky_buf_add_lv(&b, KY_BYTES_LIT("{}"));
    ky_buf_add_fill(&b, 0xab, KY_P256_RAW);
    assert_ok(ky_row_item_read(&item, ky_buf_bytes(&b)));
    assert_int_equal(item.row, 7);
    assert_int_equal(item.signature.n, KY_P256_RAW);
    for (size_t n = 0; n < b.n; n++)
        assert_int_equal(ky_row_item_read(&item, KY_BYTES(b.p, n)), KY_EFORMAT);
    ky_buf_add_u8(&b, 0);
    assert_int_equal(ky_row_item_read(&item, ky_buf_bytes(&b)), KY_EFORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lays_out_the_row_as_it_was_signed),
        cmocka_unit_test(the_same_input_gives_the_same_bytes),
        cmocka_unit_test(refuses_statements_that_ask_too_much),
        cmocka_unit_test(refuses_attestations_of_something_else),
        cmocka_unit_test(a_renewal_keeps_and_a_change_changes),
        cmocka_unit_test(what_is_replaced_comes_along_and_is_attested),
        cmocka_unit_test(refuses_an_attestation_by_anyone_else),
        cmocka_unit_test(reads_items_exactly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
