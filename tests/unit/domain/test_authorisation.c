/* domain/authorisation: lists arrive whole, and each of the two proofs fails when one thing in it is wrong. */
#include <openssl/cms.h>
#include <openssl/pem.h>

#include "base/hex.h"
#include "domain/authorisation.h"
#include "os/file.h"
#include "pki/cms.h"
#include "pki/ocsp.h"
#include "tests/unit/domain/fixture.h"
#include "tests/unit/domain/founder.h"

#define ID "000102030405060708090a0b0c0d0e0f"

static struct founder founder;
static struct ky_founding *founding;
static struct ky_statement statement, other_statement;
static struct ky_buf crl; /* evidence: nobody is revoked, made NOW */

static void make_statement(struct ky_statement *out, const char *reason)
{
    char nonce[80], text[1024];
    ky_auto_buf json = ky_buf_init(4096);
    make_nonce_text(nonce, KY_NONCE_LONG, KY_PROCESS_SAM, NOW);
    snprintf(text, sizeof text,
             "{'v':1,'realm':'" ID ID "','type':'refuse','aud':[{'n':'%s','p':'sam'}],'iat':%d,'exp':%d,"
             "'request':'" ID ID "','rows':[1],'reason':'%s'}",
             nonce, NOW, NOW + 60, reason);
    make_canonical(&json, text);
    assert_ok(ky_statement_parse(out, ky_buf_bytes(&json)));
}

static void make_crl(struct ky_buf *evidence, const struct token_ca *ca, ky_time made,
                     const struct person *revoked)
{
    ky_auto_buf der = ky_buf_init(65536);
    *evidence = ky_buf_init(65536);
    assert_ok(token_ca_crl(&der, ca, made, revoked));
    assert_ok(evidence_of(evidence, ky_buf_bytes(&der)));
}

static int set_up(void **state)
{
    founder_init(&founder, NOW);
    founder_record(&founding, &founder);
    make_statement(&statement, "sai số định danh");
    make_statement(&other_statement, "trùng");
    make_crl(&crl, &founder.tokens, NOW, NULL);
    return 0;
}

static int tear_down(void **state)
{
    ky_buf_clear(&crl);
    ky_statement_clear(&statement);
    ky_statement_clear(&other_statement);
    ky_founding_free(founding);
    founder_clear(&founder);
    return 0;
}

/* ---- the list ---- */

static const struct ky_authorisation by_phone = {
    .kind = KY_AUTH_WEBAUTHN,
    .record = {1, 2},
    .authenticator_data = {(const uint8_t *)"data", 4},
    .client_data_json = {(const uint8_t *)"{}", 2},
    .signature = {(const uint8_t *)"sig", 3},
    .device_signature = {(const uint8_t *)"device", 6},
};

static void make_list(struct ky_buf *list)
{
    ky_auto_buf first = ky_buf_init(256), second = ky_buf_init(256);
    ky_authorisation_add_webauthn(&first, &by_phone);
    ky_authorisation_add_cms(&second, (const uint8_t[KY_ID_SIZE]){3}, KY_BYTES_LIT("signed data"));
    const struct ky_buf items[] = {first, second};
    ky_authorisations_encode(list, items, KY_COUNT(items));
    assert_ok(ky_buf_finish(list));
}

static void read_vector(struct ky_buf *out, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, KY_TEST_VECTORS "/%s", name);
    assert_ok(ky_file_read(out, path));
    out->n -= out->n > 0 && out->p[out->n - 1] == '\n';
}

/* The vectors of ui/portal/test/authorisation.test.ts: what a page encodes and hashes is what is read here. */
static void a_page_makes_the_same_bytes(void **state)
{
    uint8_t device[64], record[KY_ID_SIZE], hash[KY_HASH_SIZE];
    struct ky_authorisation phone = by_phone;
    struct ky_statement st = {.type = 0};
    ky_auto_buf list = ky_buf_init(1024), wanted = ky_buf_init(1024), text = ky_buf_init(4096);
    ky_auto_buf first = ky_buf_init(256), second = ky_buf_init(256), hex = ky_buf_init(4096);
    memset(device, 0x5a, sizeof device);
    assert_ok(ky_hex_decode(record, sizeof record, KY_BYTES_LIT(ID)));
    memcpy(phone.record, record, sizeof record);
    phone.device_signature = KY_BYTES_OF(device);
    ky_authorisation_add_webauthn(&first, &phone);
    ky_authorisation_add_cms(&second, (const uint8_t[KY_ID_SIZE]){3}, KY_BYTES_LIT("signed data"));
    const struct ky_buf items[] = {first, second};
    ky_authorisations_encode(&list, items, KY_COUNT(items));
    read_vector(&hex, "list.hex");
    uint8_t *raw = test_calloc(1, hex.n / 2);
    assert_ok(ky_hex_decode(raw, hex.n / 2, ky_buf_bytes(&hex)));
    assert_int_equal(list.n, hex.n / 2);
    assert_memory_equal(list.p, raw, list.n);
    test_free(raw);
    read_vector(&text, "statement.json");
    read_vector(&wanted, "statement.hash");
    assert_ok(ky_statement_parse(&st, ky_buf_bytes(&text)));
    assert_ok(ky_hex_decode(hash, sizeof hash, ky_buf_bytes(&wanted)));
    assert_memory_equal(st.hash, hash, KY_HASH_SIZE);
    ky_statement_clear(&st);
}

static void a_list_comes_back_as_it_was_made(void **state)
{
    ky_auto_buf list = ky_buf_init(1024), other = ky_buf_init(1024);
    struct ky_authorisations got, changed;
    make_list(&list);
    assert_ok(ky_authorisations_parse(&got, ky_buf_bytes(&list)));
    assert_int_equal(got.count, 2);
    assert_int_equal(got.item[0].kind, KY_AUTH_WEBAUTHN);
    assert_int_equal(got.item[0].record[1], 2);
    assert_true(ky_bytes_eq_str(got.item[0].client_data_json, "{}"));
    assert_true(ky_bytes_eq_str(got.item[0].device_signature, "device"));
    assert_int_equal(got.item[1].kind, KY_AUTH_CMS);
    assert_true(ky_bytes_eq_str(got.item[1].cms, "signed data"));
    ky_buf_add(&other, ky_buf_bytes(&list));
    other.p[other.n - 1] ^= 1;
    assert_ok(ky_authorisations_parse(&changed, ky_buf_bytes(&other)));
    assert_memory_not_equal(got.hash, changed.hash, KY_HASH_SIZE);
    assert_ok(ky_authorisations_parse(&got, KY_BYTES("\0", 1)));
    assert_int_equal(got.count, 0);
}

static void an_assertion_over_a_list_brings_the_list(void **state)
{
    struct ky_authorisation over_list = by_phone;
    struct ky_authorisations got;
    ky_auto_buf item = ky_buf_init(1024), list = ky_buf_init(1024);
    over_list.kind = KY_AUTH_WEBAUTHN_LIST;
    over_list.statements = KY_BYTES_LIT("statements");
    ky_authorisation_add_webauthn(&item, &over_list);
    ky_authorisations_encode(&list, &item, 1);
    assert_ok(ky_authorisations_parse(&got, ky_buf_bytes(&list)));
    assert_int_equal(got.item[0].kind, KY_AUTH_WEBAUTHN_LIST);
    assert_true(ky_bytes_eq_str(got.item[0].statements, "statements"));
    for (size_t n = 0; n < list.n; n++)
        assert_rc(ky_authorisations_parse(&got, KY_BYTES(list.p, n)), KY_EFORMAT);
}

static void a_list_that_is_cut_or_longer_is_refused(void **state)
{
    ky_auto_buf list = ky_buf_init(1024);
    struct ky_authorisations got;
    make_list(&list);
    for (size_t n = 0; n < list.n; n++)
        assert_rc(ky_authorisations_parse(&got, KY_BYTES(list.p, n)), KY_EFORMAT);
    ky_buf_add_u8(&list, 0);
    assert_rc(ky_authorisations_parse(&got, ky_buf_bytes(&list)), KY_EFORMAT);
    list.n--;
    list.p[5] = 4; /* kind of the first */
    assert_rc(ky_authorisations_parse(&got, ky_buf_bytes(&list)), KY_EFORMAT);
    list.p[0] = KY_AUTHORISATIONS_MAX + 1;
    assert_rc(ky_authorisations_parse(&got, ky_buf_bytes(&list)), KY_ELIMIT);
}

/* ---- webauthn ---- */

static const struct ky_officer *phone_officer(void)
{
    const struct ky_officer *o = ky_founding_find_officer(founding, founder.phone_record);
    assert_non_null(o);
    return o;
}

static ky_rc judge_phone(struct phone *p, const struct ky_statement *signed_one,
                         const struct ky_statement *st)
{
    ky_auto_buf list = ky_buf_init(8192);
    struct ky_authorisations got;
    assert_ok(phone_authorise(p, &list, ky_statement_text(signed_one), founder.phone_record));
    assert_ok(ky_authorisations_parse(&got, ky_buf_bytes(&list)));
    return ky_authorise_officer(&got.item[0], st, phone_officer(), KY_BYTES_NONE, founding, NOW);
}

static void a_phone_proves_only_the_statement_it_signed(void **state)
{
    assert_ok(judge_phone(&founder.phone, &statement, &statement));
    assert_rc(judge_phone(&founder.phone, &statement, &other_statement), KY_EAUTH);
}

static void a_phone_of_another_origin_or_with_one_other_key_is_refused(void **state)
{
    struct phone other, mixed = founder.phone, elsewhere = founder.phone;
    assert_ok(phone_init(&other, FOUNDER_ORIGIN, FOUNDER_RP_ID));
    assert_rc(judge_phone(&other, &statement, &statement), KY_EAUTH);
    mixed.device = other.device; /* the passkey is right, the device is another */
    assert_rc(judge_phone(&mixed, &statement, &statement), KY_EAUTH);
    mixed.device = founder.phone.device;
    mixed.passkey = other.passkey;
    assert_rc(judge_phone(&mixed, &statement, &statement), KY_EAUTH);
    snprintf(elsewhere.origin, sizeof elsewhere.origin, "https://portal.example.vn");
    assert_rc(judge_phone(&elsewhere, &statement, &statement), KY_EAUTH);
    phone_clear(&other);
}

static void each_proof_is_only_taken_for_its_kind(void **state)
{
    struct ky_authorisation cms = {.kind = KY_AUTH_CMS};
    assert_rc(ky_authorise_webauthn(&cms, &statement, &phone_officer()->authenticator, founding), KY_EDENIED);
    assert_rc(
        ky_authorise_cms(&by_phone, &statement, founder.officer.cert->der, ky_buf_bytes(&crl), founding, NOW),
        KY_EDENIED);
}

/* ---- cms ---- */

/* What the officer's record says of this SignedData. */
static ky_rc judge_at(struct ky_bytes cms, struct ky_bytes evidence, ky_time now)
{
    const struct ky_authorisation a = {.kind = KY_AUTH_CMS, .cms = cms};
    const struct ky_officer *o = ky_founding_find_officer(founding, founder.officer.record);
    assert_non_null(o);
    return ky_authorise_officer(&a, &statement, o, evidence, founding, now);
}

static ky_rc judge(struct ky_bytes cms)
{
    return judge_at(cms, ky_buf_bytes(&crl), NOW);
}

static void sign(struct ky_buf *cms, const struct person *p, const char *type, struct ky_bytes content,
                 bool detached)
{
    const struct ky_certs none = {NULL, 0};
    assert_ok(ky_cms_sign(cms, &p->sigkey, p->cert, none, type, content, detached, NOW));
}

static void label_and_text(struct ky_buf *content, const struct ky_statement *st)
{
    ky_buf_add(content, KY_LABEL("kyso statement v1"));
    ky_buf_add(content, ky_statement_text(st));
    assert_ok(ky_buf_finish(content));
}

static void a_token_proves_the_statement_it_encloses(void **state)
{
    static const char *const types[] = {KY_STATEMENT_CONTENT_OID, KY_OID_DATA};
    ky_auto_buf content = ky_buf_init(8192);
    label_and_text(&content, &statement);
    for (size_t i = 0; i < KY_COUNT(types); i++) {
        ky_auto_buf cms = ky_buf_init(65536);
        sign(&cms, &founder.officer, types[i], ky_buf_bytes(&content), false);
        assert_ok(judge(ky_buf_bytes(&cms)));
        assert_ok(judge_at(ky_buf_bytes(&cms), ky_buf_bytes(&crl), NOW + KY_EVIDENCE_AGE_MAX - 1));
    }
}

static void what_is_not_this_statement_inside_is_refused(void **state)
{
    ky_auto_buf right = ky_buf_init(8192), wrong = ky_buf_init(8192), longer = ky_buf_init(8192);
    label_and_text(&right, &statement);
    label_and_text(&wrong, &other_statement);
    label_and_text(&longer, &statement);
    ky_buf_add_u8(&longer, ' ');
    const struct {
        const char *type;
        struct ky_bytes content;
        bool detached;
    } cases[] = {
        {KY_STATEMENT_CONTENT_OID, ky_buf_bytes(&right), true},
        {KY_OID_DATA, ky_buf_bytes(&right), true},
        {KY_STATEMENT_CONTENT_OID, ky_buf_bytes(&wrong), false},
        {KY_STATEMENT_CONTENT_OID, ky_buf_bytes(&longer), false},
        {KY_OID_DATA, ky_statement_text(&statement), false}, /* a document that happens to be a statement */
        {"1.2.840.113549.1.9.16.1.4", ky_buf_bytes(&right), false},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf cms = ky_buf_init(65536);
        sign(&cms, &founder.officer, cases[i].type, cases[i].content, cases[i].detached);
        assert_rc(judge(ky_buf_bytes(&cms)), KY_EDENIED);
    }
}

/* Refused with any one byte changed from the first occurrence of `what` on, n bytes or to the end. */
static void assert_each_byte_counts(struct ky_buf *cms, struct ky_bytes what, size_t n)
{
    uint8_t *at = memmem(cms->p, cms->n, what.p, what.n), *end = cms->p + cms->n;
    assert_non_null(at);
    end = n < (size_t)(end - at) ? at + n : end;
    for (; at < end; at++) {
        *at ^= 1;
        assert_true(judge(ky_buf_bytes(cms)) != KY_OK);
        *at ^= 1;
    }
}

static void any_changed_byte_of_content_attributes_or_signature_is_refused(void **state)
{
    static const uint8_t content_type[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x03};
    ky_auto_buf cms = ky_buf_init(65536), content = ky_buf_init(8192);
    label_and_text(&content, &statement);
    assert_ok(person_sign(&cms, &founder.officer, ky_statement_text(&statement), NOW));
    assert_ok(judge(ky_buf_bytes(&cms)));
    assert_each_byte_counts(&cms, ky_buf_bytes(&content), content.n);
    assert_each_byte_counts(&cms, KY_BYTES_OF(content_type), SIZE_MAX); /* the first signed attribute */
}

static void a_colleague_cannot_sign_in_an_officers_name(void **state)
{
    struct person colleague;
    ky_auto_buf cms = ky_buf_init(65536);
    assert_ok(token_ca_certify(&founder.tokens, &colleague, "Đồng nghiệp", NOW));
    assert_ok(person_sign(&cms, &colleague, ky_statement_text(&statement), NOW));
    assert_rc(judge(ky_buf_bytes(&cms)), KY_EAUTH);
    person_clear(&colleague);
}

/* The certificate that the record pins, and who issued it. */
static ky_rc judge_pinned(struct token_ca *issuer, struct ky_bytes evidence)
{
    struct person p;
    ky_auto_buf cms = ky_buf_init(65536);
    assert_ok(token_ca_certify(issuer, &p, "Người ký", NOW));
    assert_ok(person_sign(&cms, &p, ky_statement_text(&statement), NOW));
    const struct ky_authorisation a = {.kind = KY_AUTH_CMS, .cms = ky_buf_bytes(&cms)};
    ky_rc rc = ky_authorise_cms(&a, &statement, p.cert->der, evidence, founding, NOW);
    person_clear(&p);
    return rc;
}

static void certificates_of_our_own_ca_and_of_strangers_are_refused(void **state)
{
    struct token_ca stranger;
    struct ky_buf own_crl, strange_crl;
    assert_ok(token_ca_init(&stranger, "CA lạ", NOW));
    make_crl(&own_crl, &founder.authority, NOW, NULL);
    make_crl(&strange_crl, &stranger, NOW, NULL);
    assert_ok(judge_pinned(&founder.tokens, ky_buf_bytes(&crl)));
    assert_rc(judge_pinned(&founder.authority, ky_buf_bytes(&own_crl)), KY_EDENIED);
    assert_non_null(strstr(ky_error(), "one of our own"));
    assert_rc(judge_pinned(&stranger, ky_buf_bytes(&strange_crl)), KY_EDENIED);
    ky_buf_clear(&own_crl);
    ky_buf_clear(&strange_crl);
    token_ca_clear(&stranger);
}

static void a_revoked_certificate_is_refused(void **state)
{
    struct ky_buf revoked;
    ky_auto_buf cms = ky_buf_init(65536);
    assert_ok(person_sign(&cms, &founder.officer, ky_statement_text(&statement), NOW));
    make_crl(&revoked, &founder.tokens, NOW, &founder.officer);
    assert_rc(judge_at(ky_buf_bytes(&cms), ky_buf_bytes(&revoked), NOW), KY_EDENIED);
    ky_buf_clear(&revoked);
}

static void without_fresh_evidence_a_certificate_proves_nothing(void **state)
{
    ky_auto_buf cms = ky_buf_init(65536);
    assert_ok(person_sign(&cms, &founder.officer, ky_statement_text(&statement), NOW));
    struct ky_bytes signed_data = ky_buf_bytes(&cms);
    assert_true(judge_at(signed_data, KY_BYTES("\0\0", 2), NOW) != KY_OK);
    assert_rc(judge_at(signed_data, KY_BYTES_NONE, NOW), KY_EFORMAT);
    assert_rc(judge_at(signed_data, KY_BYTES("\0\x11", 2), NOW), KY_ELIMIT);
    assert_rc(judge_at(signed_data, ky_buf_bytes(&crl), NOW + KY_EVIDENCE_AGE_MAX + KY_MINUTE), KY_EEXPIRED);
    struct ky_buf late; /* the officer's certificate ends after three years */
    make_crl(&late, &founder.tokens, NOW + 4 * 365 * KY_DAY, NULL);
    assert_rc(judge_at(signed_data, ky_buf_bytes(&late), NOW + 4 * 365 * KY_DAY), KY_EEXPIRED);
    ky_buf_clear(&late);
}

static void make_ocsp(struct ky_buf *evidence, ky_ocsp_status status, ky_time made)
{
    ky_auto_buf req = ky_buf_init(1024), resp = ky_buf_init(8192);
    struct ky_ocsp_req parsed;
    const struct ky_cert *ca = founder.tokens.ca.cert;
    assert_ok(ky_ocsp_req_build(&req, founder.officer.cert, ca, 20, KY_BYTES_NONE));
    assert_ok(ky_ocsp_req_parse(&parsed, ky_buf_bytes(&req)));
    const struct ky_ocsp_single single = {.certid = parsed.ids[0].der,
                                          .status = status,
                                          .revoked_at = made - KY_HOUR,
                                          .this_update = made,
                                          .next_update = made + 7 * KY_DAY};
    const struct ky_ocsp_resp answer = {
        .responder = ca, .produced_at = made, .singles = &single, .n_singles = 1};
    assert_ok(ky_ocsp_resp_build(&resp, &answer, &founder.tokens.ca.sigkey));
    *evidence = ky_buf_init(65536);
    assert_ok(evidence_of(evidence, ky_buf_bytes(&resp)));
}

static void an_ocsp_answer_is_evidence_too(void **state)
{
    const struct {
        ky_ocsp_status status;
        ky_time made;
        ky_rc want;
    } cases[] = {
        {KY_OCSP_GOOD, NOW, KY_OK},
        {KY_OCSP_GOOD, NOW - 2 * KY_DAY, KY_EEXPIRED},
        {KY_OCSP_REVOKED, NOW, KY_EDENIED},
    };
    ky_auto_buf cms = ky_buf_init(65536);
    assert_ok(person_sign(&cms, &founder.officer, ky_statement_text(&statement), NOW));
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        struct ky_buf evidence;
        make_ocsp(&evidence, cases[i].status, cases[i].made);
        assert_rc(judge_at(ky_buf_bytes(&cms), ky_buf_bytes(&evidence), NOW), cases[i].want);
        ky_buf_clear(&evidence);
    }
}

/* ---- one signature over several statements ---- */

static void make_content(struct ky_buf *out, const struct ky_statement *const *statements, size_t count)
{
    struct ky_bytes texts[4];
    for (size_t i = 0; i < count; i++)
        texts[i] = ky_statement_text(statements[i]);
    *out = ky_buf_init(65536);
    assert_ok(ky_statement_list_encode(out, texts, count));
}

static ky_rc judge_phone_list(struct phone *p, struct ky_bytes content, const struct ky_statement *st)
{
    ky_auto_buf list = ky_buf_init(65536);
    struct ky_authorisations got;
    assert_ok(phone_authorise_list(p, &list, content, founder.phone_record));
    assert_ok(ky_authorisations_parse(&got, ky_buf_bytes(&list)));
    return ky_authorise_officer(&got.item[0], st, phone_officer(), KY_BYTES_NONE, founding, NOW);
}

static void each_statement_of_a_list_is_authorised_and_no_other(void **state)
{
    struct ky_statement third;
    ky_auto_buf content = {0};
    make_statement(&third, "không có trong danh sách");
    const struct ky_statement *const both[] = {&statement, &other_statement};
    make_content(&content, both, KY_COUNT(both));
    assert_ok(judge_phone_list(&founder.phone, ky_buf_bytes(&content), &statement));
    assert_ok(judge_phone_list(&founder.phone, ky_buf_bytes(&content), &other_statement));
    assert_rc(judge_phone_list(&founder.phone, ky_buf_bytes(&content), &third), KY_EDENIED);
    assert_non_null(strstr(ky_error(), "not in the list"));
    ky_auto_buf cms = ky_buf_init(65536);
    sign(&cms, &founder.officer, KY_STATEMENT_CONTENT_OID, ky_buf_bytes(&content), false);
    assert_ok(judge(ky_buf_bytes(&cms)));
    const struct ky_statement *const without[] = {&other_statement, &third};
    ky_auto_buf elsewhere = {0}, cms_elsewhere = ky_buf_init(65536);
    make_content(&elsewhere, without, KY_COUNT(without));
    sign(&cms_elsewhere, &founder.officer, KY_STATEMENT_CONTENT_OID, ky_buf_bytes(&elsewhere), false);
    assert_rc(judge(ky_buf_bytes(&cms_elsewhere)), KY_EDENIED);
    assert_non_null(strstr(ky_error(), "not in the list"));
    ky_statement_clear(&third);
}

/* The list that comes along is another than the one that was signed. */
static void a_list_that_was_exchanged_is_refused(void **state)
{
    const struct ky_statement *const one[] = {&other_statement}, *const two[] = {&other_statement,
                                                                                 &statement};
    struct ky_authorisations got;
    ky_auto_buf signed_one = {0}, offered = {0}, list = ky_buf_init(65536);
    make_content(&signed_one, one, KY_COUNT(one));
    make_content(&offered, two, KY_COUNT(two));
    assert_ok(phone_authorise_list(&founder.phone, &list, ky_buf_bytes(&signed_one), founder.phone_record));
    assert_ok(ky_authorisations_parse(&got, ky_buf_bytes(&list)));
    got.item[0].statements = ky_buf_bytes(&offered);
    assert_rc(ky_authorise_officer(&got.item[0], &statement, phone_officer(), KY_BYTES_NONE, founding, NOW),
              KY_EAUTH);
}

/* Neither is a single signature one over a list, nor the other way round. */
static void lists_and_single_statements_are_not_mistaken(void **state)
{
    const struct ky_statement *const one[] = {&statement};
    struct ky_authorisations got;
    ky_auto_buf content = {0}, list = ky_buf_init(65536), single = ky_buf_init(65536);
    make_content(&content, one, KY_COUNT(one));
    assert_ok(phone_authorise_list(&founder.phone, &list, ky_buf_bytes(&content), founder.phone_record));
    assert_ok(ky_authorisations_parse(&got, ky_buf_bytes(&list)));
    got.item[0].kind = KY_AUTH_WEBAUTHN;
    assert_rc(ky_authorise_officer(&got.item[0], &statement, phone_officer(), KY_BYTES_NONE, founding, NOW),
              KY_EAUTH);
    assert_ok(phone_authorise(&founder.phone, &single, ky_statement_text(&statement), founder.phone_record));
    assert_ok(ky_authorisations_parse(&got, ky_buf_bytes(&single)));
    got.item[0].kind = KY_AUTH_WEBAUTHN_LIST;
    got.item[0].statements = ky_buf_bytes(&content);
    assert_rc(ky_authorise_officer(&got.item[0], &statement, phone_officer(), KY_BYTES_NONE, founding, NOW),
              KY_EAUTH);
}

static void the_signer_makes_what_is_taken(void **state)
{
    const struct ky_statement *const both[] = {&other_statement, &statement};
    ky_auto_buf content = {0}, cms = ky_buf_init(65536);
    make_content(&content, both, KY_COUNT(both));
    assert_ok(ky_statement_list_sign_cms(&cms, &founder.officer.signer, founder.officer.cert,
                                         ky_buf_bytes(&content), NOW));
    assert_ok(judge(ky_buf_bytes(&cms)));
    ky_auto_statement_list list = {0};
    const struct ky_authorisation by_cms = {.kind = KY_AUTH_CMS, .cms = ky_buf_bytes(&cms)};
    const struct ky_authorisation by_list = {.kind = KY_AUTH_WEBAUTHN_LIST,
                                             .statements = ky_buf_bytes(&content)};
    assert_ok(ky_authorisation_list(&list, &by_cms));
    assert_int_equal(list.count, 2);
    ky_statement_list_clear(&list);
    assert_ok(ky_authorisation_list(&list, &by_list));
    assert_int_equal(list.count, 2);
    assert_rc(ky_authorisation_list(&list, &by_phone), KY_EFORMAT);
}

/* Enveloped id-data by OpenSSL, with or without signing-certificate-v2 (CMS_CADES), as agents make it. */
static void sign_by_openssl(struct ky_buf *out, unsigned flags)
{
    ky_auto_buf content = ky_buf_init(8192), pem = ky_buf_init_secret(8192);
    label_and_text(&content, &statement);
    assert_ok(ky_softkey_store_pem(&pem, founder.officer.key));
    const unsigned char *der = founder.officer.cert->der.p;
    X509 *cert = d2i_X509(NULL, &der, (long)founder.officer.cert->der.n);
    BIO *key_bio = BIO_new_mem_buf(pem.p, (int)pem.n), *data = BIO_new_mem_buf(content.p, (int)content.n);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(key_bio, NULL, NULL, NULL);
    CMS_ContentInfo *cms = CMS_sign(cert, key, NULL, data, CMS_BINARY | CMS_NOSMIMECAP | flags);
    assert_non_null(cms);
    unsigned char *encoded = NULL;
    int n = i2d_CMS_ContentInfo(cms, &encoded);
    assert_true(n > 0);
    ky_buf_add(out, KY_BYTES(encoded, (size_t)n));
    OPENSSL_free(encoded);
    CMS_ContentInfo_free(cms);
    EVP_PKEY_free(key);
    X509_free(cert);
    BIO_free(key_bio);
    BIO_free(data);
}

static void signing_certificate_v2_is_demanded(void **state)
{
    ky_auto_buf with = ky_buf_init(65536), without = ky_buf_init(65536);
    sign_by_openssl(&with, CMS_CADES);
    sign_by_openssl(&without, 0);
    assert_ok(judge(ky_buf_bytes(&with)));
    assert_rc(judge(ky_buf_bytes(&without)), KY_EAUTH);
    assert_non_null(strstr(ky_error(), "signing-certificate-v2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_comes_back_as_it_was_made),
        cmocka_unit_test(an_assertion_over_a_list_brings_the_list),
        cmocka_unit_test(a_page_makes_the_same_bytes),
        cmocka_unit_test(a_list_that_is_cut_or_longer_is_refused),
        cmocka_unit_test(a_phone_proves_only_the_statement_it_signed),
        cmocka_unit_test(a_phone_of_another_origin_or_with_one_other_key_is_refused),
        cmocka_unit_test(each_proof_is_only_taken_for_its_kind),
        cmocka_unit_test(a_token_proves_the_statement_it_encloses),
        cmocka_unit_test(what_is_not_this_statement_inside_is_refused),
        cmocka_unit_test(any_changed_byte_of_content_attributes_or_signature_is_refused),
        cmocka_unit_test(a_colleague_cannot_sign_in_an_officers_name),
        cmocka_unit_test(certificates_of_our_own_ca_and_of_strangers_are_refused),
        cmocka_unit_test(a_revoked_certificate_is_refused),
        cmocka_unit_test(without_fresh_evidence_a_certificate_proves_nothing),
        cmocka_unit_test(an_ocsp_answer_is_evidence_too),
        cmocka_unit_test(signing_certificate_v2_is_demanded),
        cmocka_unit_test(each_statement_of_a_list_is_authorised_and_no_other),
        cmocka_unit_test(a_list_that_was_exchanged_is_refused),
        cmocka_unit_test(lists_and_single_statements_are_not_mistaken),
        cmocka_unit_test(the_signer_makes_what_is_taken),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
