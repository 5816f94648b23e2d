/*
 * The whole service over HTTPS: an organisation's request, signed, received,
 * approved, issued and activated, and a document's hash signed by CSC; with the
 * web process killed on the way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/hex.h"
#include "crypto/digest.h"
#include "crypto/seal.h"
#include "domain/activation.h"
#include "domain/letter.h"
#include "domain/org.h"
#include "domain/tracking.h"
#include "os/clock.h"
#include "os/file.h"
#include "store/migrate.h"
#include "tests/support/bodies.h"
#include "tests/support/browser.h"
#include "tests/support/https.h"
#include "tests/support/papers.h"
#include "tests/support/phone.h"
#include "tests/support/realm.h"

#define WAIT_MS 60000

#define assert_ok(expr)                                                                                      \
    do {                                                                                                     \
        ky_rc rc_ok_ = (expr);                                                                               \
        if (rc_ok_ != KY_OK)                                                                                 \
            fail_msg("%s: %s: %s", #expr, ky_rc_name(rc_ok_), ky_error());                                   \
    } while (0)

static struct realm realm;
static char org_token[KY_BEARER_TEXT], head_token[KY_BEARER_TEXT], admin_token[KY_BEARER_TEXT];
static char examiner_token[KY_BEARER_TEXT], officer_token[KY_BEARER_TEXT];
static char school[KY_NEW_ID_TEXT]; /* organisation */
static char dossier_id[64], credential[64], owner[128];
static struct phone phone;
static char device[64];
static char client_token[128];

static struct https as(const char *token)
{
    return (struct https){.port = realm.https_port, .token = token};
}

static const char *text_of(const json_t *obj, const char *name)
{
    const char *v = json_string_value(json_object_get(obj, name));
    if (v == NULL)
        fail_msg("no member %s", name);
    return v;
}

/* ---- people, as `kyso org` and `kyso user` enter them ---- */

static ky_rc add_staff(struct ky_store *s, const char *org, const char *roles, char token[KY_BEARER_TEXT])
{
    char id[KY_NEW_ID_TEXT];
    ky_auto_arena a = ky_arena_init(1 << 20);
    const struct ky_db_staff staff = {
        .org_id = org, .name = "Trần Văn An", .email = "an@quangngai.gov.vn", .roles = roles};
    KY_TRY(ky_staff_create(id, s, &a, &KY_ACTOR_SYSTEM, &staff, ky_now()));
    return ky_staff_issue_token(token, s, &KY_ACTOR_SYSTEM, id, ky_now());
}

static ky_rc open_store(struct ky_store **out)
{
    char where[160];
    snprintf(where, sizeof where, "sqlite:%s/store/kyso.db", realm.state);
    return ky_store_open(out, where, 5000);
}

static ky_rc enter_people(void)
{
    ky_auto_store s = NULL;
    char department[KY_NEW_ID_TEXT];
    const struct ky_db_org cuc = {.code = "CUC",
                                  .name = "Cục Chứng thực số",
                                  .province = "Hà Nội",
                                  .place = "Hà Nội",
                                  .sector = "authority"};
    const struct ky_db_org so = {.code = "SGD-QN",
                                 .name = REALM_ORG_NAME,
                                 .province = "Quảng Ngãi",
                                 .place = "Quảng Ngãi",
                                 .sector = "education"};
    KY_TRY(open_store(&s));
    KY_TRY(ky_migrate(s, ky_migrations, ky_migrations_count, ky_now()));
    KY_TRY(ky_store_begin(s, KY_STORE_WRITE));
    KY_TRY(ky_org_create(department, s, &KY_ACTOR_SYSTEM, &cuc, ky_now()));
    KY_TRY(ky_org_create(school, s, &KY_ACTOR_SYSTEM, &so, ky_now()));
    KY_TRY(add_staff(s, school, "enter", org_token));
    KY_TRY(add_staff(s, school, "sign", head_token));
    KY_TRY(add_staff(s, department, "receive examine", examiner_token));
    KY_TRY(add_staff(s, department, "approve", officer_token));
    KY_TRY(add_staff(s, department, "admin", admin_token));
    return ky_store_commit(s);
}

static int set_up(void **state)
{
    (void)state;
    const struct realm_options options = {.issuing_key = "p256", .root_key = "p256", .web = true};
    assert_ok(realm_make(&realm, &options));
    assert_ok(enter_people());
    assert_ok(realm_start(&realm));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    phone_clear(&phone);
    realm_clear(&realm);
    return 0;
}

/* ---- statements of officers ---- */

static json_t *signed_body(const char *statement, const struct person *const *people, size_t count)
{
    json_t *body = NULL;
    assert_ok(body_authorised(&body, &realm, statement, people, count));
    return body;
}

static void ask_nonce(uint8_t out[KY_NONCE_SIZE], const char *process)
{
    const struct https to = as(admin_token);
    ky_auto_json body = json_pack("{s:s, s:s}", "process", process, "kind", "long");
    ky_auto_json answer = NULL;
    ky_auto_buf nonce = ky_buf_init(KY_NONCE_SIZE);
    assert_int_equal(https_call(&answer, &to, "POST", body, "/api/v1/nonces"), 200);
    assert_ok(body_get_b64(&nonce, answer, "nonce"));
    memcpy(out, nonce.p, KY_NONCE_SIZE);
}

static void execute_admin(const char *statement)
{
    const struct https to = as(admin_token);
    const struct person *const two[] = {&realm.officers[0], &realm.officers[1]};
    ky_auto_json body = signed_body(statement, two, KY_COUNT(two));
    assert_int_equal(https_call(NULL, &to, "POST", body, "/api/v1/admin"), 200);
    assert_int_equal(https_call(NULL, &to, "POST", body, "/api/v1/admin"), 200); /* an answer may be lost */
}

/* ---- the journey ---- */

static void enrols_the_seal_of_the_organisation(void **state)
{
    const struct https to = as(admin_token);
    uint8_t sam[KY_NONCE_SIZE], ca[KY_NONCE_SIZE];
    struct body_seal seal = {.sam_nonce = sam, .ca_nonce = ca, .org = school};
    ky_auto_json wish = json_pack("{s:s}", "identity", "051080000099");
    ky_auto_json answer = NULL;
    ky_auto_buf text = ky_buf_init(KY_STATEMENT_MAX);
    assert_int_equal(https_call(&answer, &to, "POST", wish, "/api/v1/owner"), 200);
    seal.owner = text_of(answer, "owner");
    ask_nonce(sam, "sam");
    ask_nonce(ca, "ca");
    assert_ok(body_seal_statement(&text, &realm, &seal));
    execute_admin(ky_buf_str(&text));
}

static void tells_an_organisation_whose_signature_counts(void **state)
{
    (void)state;
    const struct https clerk = as(org_token), stranger = as(NULL);
    static const char path[] = "/api/v1/organisations/%s/seals";
    char record[2 * KY_ID_SIZE + 1];
    ky_auto_json list = NULL;
    assert_int_equal(https_call(&list, &clerk, "GET", NULL, path, school), 200);
    const json_t *seals = json_object_get(list, "seals");
    assert_int_equal(json_array_size(seals), 1);
    ky_hex_encode(record, KY_BYTES_OF(realm.head.record));
    assert_string_equal(text_of(json_array_get(seals, 0), "id"), record);
    assert_string_equal(text_of(json_array_get(seals, 0), "name"), "Nguyễn Văn Hiệu");
    assert_int_equal(https_call(NULL, &stranger, "GET", NULL, path, school), 401);
    assert_int_equal(https_call(NULL, &clerk, "GET", NULL, path, "00112233445566778899aabbccddeeff"), 404);
}

static json_t *person(const char *identity, const char *email, const char *phone_number, bool finance)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:b}", "identity", identity, "name",
                     "Nguyễn Thị Minh Hằng", "title", "Giáo viên", "email", email, "phone", phone_number,
                     "sector", "education", "authority", 0, "finance", finance, "phone_own", 1);
}

static void takes_eligible_people_and_says_why_not_others(void **state)
{
    const struct https to = as(org_token);
    ky_auto_json answer = NULL;
    ky_auto_json body = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:[o, o, o]}", "procedure", "new", "recipient_name", "Lê Thị Tiếp",
        "recipient_channel", "email", "recipient_email", "tiep@quangngai.gov.vn", "recipient_phone",
        "0912345678", "people", person("051191012345", "hang@quangngai.edu.vn", "0912000001", false),
        person("051191012346", "thu@quangngai.edu.vn", "0912000002", true),
        person("051191012347", "mai@quangngai.edu.vn", "0912000003", false));
    assert_int_equal(https_call(&answer, &to, "POST", body, "/api/v1/dossiers"), 201);
    const json_t *people = json_object_get(answer, "people");
    assert_int_equal(json_integer_value(json_object_get(json_array_get(people, 0), "row")), 1);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(people, 1), "row")), 0);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(people, 2), "row")), 2);
    assert_true(json_array_size(json_object_get(json_array_get(people, 1), "refusals")) > 0);
    snprintf(dossier_id, sizeof dossier_id, "%s", text_of(answer, "id"));
    const struct https other = as(officer_token);
    assert_int_equal(https_call(NULL, &other, "POST", body, "/api/v1/dossiers"),
                     403); /* officers enter none */
}

/* The code of the first refusal of a row, "" when there is none. */
static const char *refusal_of(const json_t *list, size_t row)
{
    const json_t *one = json_array_get(json_object_get(list, "people"), row);
    const json_t *first = json_array_get(json_object_get(one, "refusals"), 0);
    return first == NULL ? "" : json_string_value(json_object_get(first, "code"));
}

static void judges_lists_of_people(void **state)
{
    (void)state;
    static const char text[] =
        "Họ và tên;Số căn cước;Thư điện tử;Điện thoại;Chính chủ;Lĩnh vực;Có thẩm quyền;Tài chính\n"
        "Nguyễn Thị Lan;001185004217;lan@c1.quangngai.edu.vn;0912345678;có;giáo dục;không;không\n"
        "Trần Văn Minh;1082007731;minh@c1.quangngai.edu.vn;0912345679;có;giáo dục;không;không\n"
        "=cmd;001082007731;x@c1.quangngai.edu.vn;0912345670;có;giáo dục;không;không\n"
        "Nguyễn Thị Lan;001185004217;lan2@c1.quangngai.edu.vn;0912345671;có;giáo dục;không;không\n";
    const struct https clerk = as(org_token), officer = as(officer_token);
    ky_auto_json list = NULL;
    ky_auto_json bad = NULL;
    assert_int_equal(https_upload(NULL, &officer, "/api/v1/people-lists", ky_bytes_str(text)), 403);
    assert_int_equal(https_upload(&list, &clerk, "/api/v1/people-lists", ky_bytes_str(text)), 200);
    assert_int_equal(json_array_size(json_object_get(list, "people")), 3);
    assert_string_equal(refusal_of(list, 0), "");
    assert_string_equal(refusal_of(list, 1), "IDENTITY_ZERO");
    assert_string_equal(refusal_of(list, 2), "SAME_IDENTITY");
    const json_t *error = json_array_get(json_object_get(list, "errors"), 0);
    assert_string_equal(json_string_value(json_object_get(error, "cell")), "A4");
    assert_int_equal(https_upload(&bad, &clerk, "/api/v1/people-lists", KY_BYTES_LIT("PK\x03\x04 no zip")),
                     200);
    assert_non_null(json_object_get(bad, "fault"));
}

/* What is handed out is taken back: a list with nobody in it. */
static void hands_out_the_list_to_fill_in(void **state)
{
    (void)state;
    static const char *const paths[] = {"/api/v1/people-template/xlsx", "/api/v1/people-template/csv"};
    const struct https clerk = as(org_token);
    for (size_t i = 0; i < KY_COUNT(paths); i++) {
        ky_auto_buf file = ky_buf_init(1 << 20);
        ky_auto_json list = NULL;
        assert_int_equal(https_download(&file, &clerk, paths[i]), 200);
        assert_int_equal(https_upload(&list, &clerk, "/api/v1/people-lists", ky_buf_bytes(&file)), 200);
        const json_t *fault = json_object_get(list, "fault");
        assert_string_equal(json_string_value(json_object_get(fault, "code")), "nobody");
    }
    ky_auto_buf none = ky_buf_init(1 << 20);
    assert_int_equal(https_download(&none, &clerk, "/api/v1/people-template/ods"), 404);
}

static json_t *submission(const json_t *handed_out, const struct person *by)
{
    json_t *body = NULL;
    assert_ok(body_submission(&body, &realm, handed_out, by));
    return body;
}

static void takes_a_request_only_as_the_seal_signed_it(void **state)
{
    const struct https to = as(head_token), clerk = as(org_token);
    struct person stranger = {.key = NULL};
    ky_auto_json nothing = json_object();
    ky_auto_json handed_out = NULL;
    assert_int_equal(https_call(NULL, &to, "POST", nothing, "/api/v1/dossiers/%s/document", dossier_id),
                     403); /* the subscribers' own requests are missing */
    assert_int_equal(papers_hand_in(&clerk, dossier_id), 201);
    assert_int_equal(
        https_call(&handed_out, &to, "POST", nothing, "/api/v1/dossiers/%s/document", dossier_id), 200);
    assert_ok(token_ca_certify(&realm.token_ca, &stranger, "Người khác", ky_now()));
    ky_auto_json forged = submission(handed_out, &stranger);
    assert_int_equal(https_call(NULL, &to, "POST", forged, "/api/v1/dossiers/%s/submit", dossier_id), 403);
    ky_auto_json good = submission(handed_out, &realm.head);
    ky_auto_json unsigned_pdf = json_deep_copy(good);
    json_object_set(unsigned_pdf, "document", json_object_get(handed_out, "document"));
    assert_int_equal(https_call(NULL, &to, "POST", unsigned_pdf, "/api/v1/dossiers/%s/submit", dossier_id),
                     403);
    assert_int_equal(https_call(NULL, &clerk, "POST", good, "/api/v1/dossiers/%s/submit", dossier_id),
                     403); /* entering is not signing */
    assert_int_equal(https_call(NULL, &to, "POST", good, "/api/v1/dossiers/%s/submit", dossier_id), 200);
    assert_int_equal(https_call(NULL, &to, "POST", good, "/api/v1/dossiers/%s/submit", dossier_id),
                     403); /* once */
    ky_auto_json report = NULL;
    assert_int_equal(https_call(&report, &clerk, "GET", NULL, "/api/v1/dossiers/%s/report", dossier_id), 200);
    assert_string_equal(text_of(json_object_get(report, "report"), "indication"), "TOTAL-PASSED");
    person_clear(&stranger);
}

static void wait_for(const char *wanted)
{
    const struct https to = as(officer_token);
    char last[64] = "";
    for (int64_t end = ky_deadline_in(WAIT_MS); ky_mono_ms() < end; usleep(100000)) {
        ky_auto_json answer = NULL;
        if (https_call(&answer, &to, "GET", NULL, "/api/v1/dossiers/%s", dossier_id) != 200)
            continue; /* the web process is starting again */
        snprintf(last, sizeof last, "%s", text_of(answer, "state"));
        if (strcmp(last, wanted) == 0)
            return;
    }
    fail_msg("dossier in state %s, not %s", last, wanted);
}

static void issues_what_an_officer_approved_through_a_kill(void **state)
{
    const struct https to = as(officer_token), examiner = as(examiner_token);
    const struct person *const officer[] = {&realm.officers[2]};
    ky_auto_json nothing = json_object();
    ky_auto_json text = NULL;
    ky_auto_json answer = NULL;
    assert_int_equal(https_call(NULL, &examiner, "POST", nothing, "/api/v1/dossiers/%s/receive", dossier_id),
                     200);
    assert_int_equal(https_call(&text, &to, "POST", nothing, "/api/v1/dossiers/%s/approval", dossier_id),
                     403); /* nobody has examined it */
    json_decref(text);
    assert_int_equal(https_call(NULL, &examiner, "POST", nothing, "/api/v1/dossiers/%s/examine", dossier_id),
                     200);
    assert_int_equal(https_call(&text, &to, "POST", nothing, "/api/v1/dossiers/%s/approval", dossier_id),
                     200);
    const struct person *const none[] = {&realm.head}; /* she made the request: no officer */
    ky_auto_json wrong = signed_body(text_of(text, "statement"), none, 1);
    assert_int_equal(https_call(NULL, &to, "POST", wrong, "/api/v1/dossiers/%s/approve", dossier_id), 403);
    json_decref(text);
    assert_int_equal(https_call(&text, &to, "POST", nothing, "/api/v1/dossiers/%s/approval", dossier_id),
                     200);
    ky_auto_json good = signed_body(text_of(text, "statement"), officer, 1);
    assert_int_equal(https_call(&answer, &to, "POST", good, "/api/v1/dossiers/%s/approve", dossier_id), 202);
    assert_int_equal(json_integer_value(json_object_get(answer, "keys")), 2);
    kill(realm_pid(&realm, "web.0"), SIGKILL);
    wait_for("activating");
    ky_auto_json shown = NULL;
    const struct https clerk = as(org_token);
    assert_int_equal(https_call(&shown, &clerk, "GET", NULL, "/api/v1/dossiers/%s", dossier_id), 200);
    assert_string_equal(text_of(shown, "handler_name"), "Cục Chứng thực số");
}

/* What is known of the one whose activation the test carries on. */
static void assert_activation(const char *activation, const char *wanted)
{
    const struct https to = as(org_token);
    ky_auto_json list = NULL;
    assert_int_equal(https_call(&list, &to, "GET", NULL, "/api/v1/subscribers"), 200);
    size_t i;
    json_t *v;
    json_array_foreach(json_object_get(list, "subscribers"), i, v)
    {
        const char *id = json_string_value(json_object_get(v, "activation_id"));
        if (id == NULL || strcmp(id, activation) != 0)
            continue;
        assert_string_equal(text_of(v, "activation"), wanted);
        assert_string_not_equal(text_of(v, "letter"), "none");
        return;
    }
    fail_msg("no subscriber with activation %s", activation);
}

static void gives_out_blank_forms_to_anybody(void **state)
{
    (void)state;
    const struct https anyone = as(NULL);
    ky_auto_json list = NULL;
    const json_t *form;
    size_t i;
    assert_int_equal(https_call(&list, &anyone, "GET", NULL, "/api/v1/forms"), 200);
    assert_int_equal(json_array_size(json_object_get(list, "forms")), 8);
    json_array_foreach(json_object_get(list, "forms"), i, form)
    {
        char path[128];
        ky_auto_buf pdf = ky_buf_init(1 << 20);
        snprintf(path, sizeof path, "/api/v1/forms/%s", text_of(form, "file"));
        assert_int_equal(https_download(&pdf, &anyone, path), 200);
        assert_int_equal(pdf.n, json_integer_value(json_object_get(form, "bytes")));
        assert_memory_equal(pdf.p, "%PDF-", 5);
    }
    ky_auto_buf none = ky_buf_init(1 << 20);
    assert_int_equal(https_download(&none, &anyone, "/api/v1/forms/2024-borrow-own.pdf"), 404);
}

/* ---- activation ---- */

static ky_rc read_letter(struct ky_letter *out, ky_letter_kind kind)
{
    char path[160];
    uint8_t key[KY_X25519_SIZE];
    ky_auto_store s = NULL;
    ky_auto_buf text = ky_buf_init_secret(2 * sizeof key + 1);
    bool have = true;
    snprintf(path, sizeof path, "%s/courier/key", realm.state);
    KY_TRY(ky_file_read_secret(&text, path));
    KY_TRY(ky_hex_decode(key, sizeof key, ky_buf_bytes(&text)));
    KY_TRY(open_store(&s));
    ky_auto_rows rows = {.store = NULL};
    KY_TRY(ky_store_query(&rows, s, "SELECT number, sealed FROM letter ORDER BY number DESC", KY_NO_PARAMS));
    KY_TRY(ky_rows_next(&rows, &have));
    while (have) {
        KY_TRY(ky_letter_open(out, ky_rows_bytes(&rows, 1), (uint64_t)ky_rows_int(&rows, 0), key,
                              realm.founding->sam_att, realm.founding->realm));
        if (out->kind == kind && (strcmp(out->address, "hang@quangngai.edu.vn") == 0 || out->sms))
            return KY_OK;
        KY_TRY(ky_rows_next(&rows, &have));
    }
    return ky_fail(KY_ENOTFOUND, "no letter of kind %d", kind);
}

static void short_nonce(uint8_t out[KY_NONCE_SIZE])
{
    const struct https to = as(NULL);
    ky_auto_json nothing = json_object();
    ky_auto_json answer = NULL;
    ky_auto_buf nonce = ky_buf_init(KY_NONCE_SIZE);
    assert_int_equal(https_call(&answer, &to, "POST", nothing, "/approve/v1/nonce"), 200);
    assert_ok(body_get_b64(&nonce, answer, "nonce"));
    memcpy(out, nonce.p, KY_NONCE_SIZE);
}

static void ask_code(const char *activation, const uint8_t secret[KY_MAIL_SECRET_SIZE], long wanted)
{
    const struct https to = as(NULL);
    uint8_t nonce[KY_NONCE_SIZE], proof[KY_HMAC_SIZE];
    ky_auto_json body = json_pack("{s:s}", "activation", activation);
    short_nonce(nonce);
    assert_ok(ky_code_proof(proof, secret, KY_BYTES_OF(nonce)));
    assert_ok(body_set_b64(body, "nonce", KY_BYTES_OF(nonce)));
    assert_ok(body_set_b64(body, "proof", KY_BYTES_OF(proof)));
    assert_int_equal(https_call(NULL, &to, "POST", body, "/approve/v1/code"), wanted);
}

static void fill_enrolment(json_t *st, const char *activation, struct ky_bytes attestation,
                           struct ky_bytes client_data)
{
    uint8_t creation[KY_HASH_SIZE];
    assert_ok(ky_creation_hash(creation, attestation, client_data));
    json_object_set_new(st, "owner", json_string(owner));
    json_object_set_new(st, "activation", json_string(activation));
    assert_ok(ky_body_set_text(st, "name", KY_BYTES_LIT("Điện thoại của Hằng")));
    assert_ok(body_set_b64(st, "passkey", KY_BYTES_OF(phone.credential_id)));
    assert_ok(body_set_b64(st, "key", KY_BYTES(phone_key(&phone), KY_P256_POINT)));
    assert_ok(ky_body_set_bool(st, "be", (phone.flags & KY_WEBAUTHN_BE) != 0));
    assert_ok(ky_body_set_hex(st, "creation", KY_BYTES_OF(creation)));
    assert_ok(body_set_b64(st, "device_key", KY_BYTES(phone_device_key(&phone), KY_P256_POINT)));
}

static json_t *enrolment(const char *activation, const uint8_t secret[KY_MAIL_SECRET_SIZE], const char *code)
{
    static const uint8_t nobody[KY_ID_SIZE];
    uint8_t nonce[KY_NONCE_SIZE], challenge[KY_HASH_SIZE], proof[KY_PROOF_SIZE];
    ky_auto_buf attestation = ky_buf_init(65536), client_data = ky_buf_init(65536), text = ky_buf_init(65536),
                auths = ky_buf_init(65536), sealed = ky_buf_init(4096);
    ky_auto_json st = NULL;
    short_nonce(nonce);
    const struct statement_head head = {.type = "enrol-device",
                                        .realm = realm.founding->realm,
                                        .sam_nonce = nonce,
                                        .iat = ky_now(),
                                        .exp = ky_now() + 200};
    assert_ok(ky_creation_challenge(challenge, KY_BYTES_OF(nonce)));
    assert_ok(phone_create(&phone, &attestation, &client_data, KY_BYTES_OF(challenge)));
    assert_ok(statement_new(&st, &head));
    fill_enrolment(st, activation, ky_buf_bytes(&attestation), ky_buf_bytes(&client_data));
    assert_ok(statement_text(&text, st));
    assert_ok(phone_authorise(&phone, &auths, ky_buf_bytes(&text), nobody));
    memcpy(proof, secret, KY_MAIL_SECRET_SIZE);
    memcpy(proof + KY_MAIL_SECRET_SIZE, code, KY_CODE_DIGITS);
    assert_ok(ky_seal_p256(&sealed, realm.founding->sam_open, ky_buf_bytes(&text), KY_BYTES_OF(proof)));
    json_t *body = json_pack("{s:s, s:s}", "activation", activation, "statement", ky_buf_str(&text));
    assert_ok(body_set_b64(body, "authorisations", ky_buf_bytes(&auths)));
    assert_ok(body_set_b64(body, "attestationObject", ky_buf_bytes(&attestation)));
    assert_ok(body_set_b64(body, "clientDataJSON", ky_buf_bytes(&client_data)));
    assert_ok(body_set_b64(body, "proof", ky_buf_bytes(&sealed)));
    return body;
}

static void activates_with_both_secrets_only(void **state)
{
    const struct https to = as(NULL);
    struct ky_letter mail, sms;
    uint8_t secret[KY_MAIL_SECRET_SIZE], wrong[KY_MAIL_SECRET_SIZE] = {1};
    char activation[2 * KY_ID_SIZE + 1];
    ky_auto_json about = NULL;
    ky_auto_json answer = NULL;
    assert_ok(read_letter(&mail, KY_LETTER_ACTIVATION_MAIL));
    assert_ok(ky_base64url_decode_exact(secret, sizeof secret, ky_bytes_str(mail.secret)));
    ky_hex_encode(activation, KY_BYTES_OF(mail.id));
    ask_code(activation, wrong, 403);
    assert_activation(activation, "waiting");
    ask_code(activation, secret, 204);
    assert_activation(activation, "opened");
    assert_ok(read_letter(&sms, KY_LETTER_ACTIVATION_CODE));
    ky_auto_json wish = json_pack("{s:s}", "activation", activation);
    assert_int_equal(https_call(&about, &to, "POST", wish, "/approve/v1/activation"), 200);
    snprintf(owner, sizeof owner, "%s", text_of(about, "owner"));
    assert_ok(phone_init(&phone, realm.founding->origin, realm.founding->rp_id));
    ky_auto_json bad = enrolment(activation, secret, "00000000");
    assert_int_equal(https_call(NULL, &to, "POST", bad, "/approve/v1/enrol"), 403);
    ky_auto_json good = enrolment(activation, secret, sms.secret);
    assert_int_equal(https_call(&answer, &to, "POST", good, "/approve/v1/enrol"), 201);
    snprintf(device, sizeof device, "%s", text_of(answer, "device"));
    assert_activation(activation, "done");
    ky_auto_json again = enrolment(activation, secret, sms.secret);
    assert_true(https_call(NULL, &to, "POST", again, "/approve/v1/enrol") >= 400);
}

/* ---- signing ---- */

static void registers_a_client(void **state)
{
    const struct https to = as(admin_token);
    const struct https anyone = as(NULL);
    char form[512], record[2 * KY_ID_SIZE + 1];
    uint8_t nonce[KY_NONCE_SIZE];
    ky_auto_json st = NULL;
    ky_auto_json body = NULL;
    ky_auto_json made = NULL;
    ky_auto_json token = NULL;
    ky_auto_buf text = ky_buf_init(65536);
    ask_nonce(nonce, "sam");
    const struct statement_head head = {.type = "admin",
                                        .realm = realm.founding->realm,
                                        .sam_nonce = nonce,
                                        .iat = ky_now(),
                                        .exp = ky_now() + KY_DAY};
    assert_ok(statement_new(&st, &head));
    assert_ok(ky_record_body(&body, KY_REC_CLIENT, realm.founding->realm, 1, NULL, ky_now() - 60,
                             ky_now() + 365 * KY_DAY));
    assert_ok(ky_body_set_text(body, "name", KY_BYTES_LIT("Quản lý văn bản")));
    json_object_set(st, "record", body);
    assert_ok(statement_text(&text, st));
    execute_admin(ky_buf_str(&text));
    ky_hex_encode(record, KY_BYTES(realm.founding->realm, KY_ID_SIZE));
    ky_auto_json wish = json_pack("{s:s}", "record", record);
    assert_int_equal(https_call(&made, &to, "POST", wish, "/api/v1/clients"), 201);
    snprintf(form, sizeof form, "grant_type=client_credentials&client_id=%s&client_secret=%s",
             text_of(made, "client_id"), text_of(made, "client_secret"));
    assert_int_equal(https_form(&token, &anyone, "/oauth2/token", form), 200);
    snprintf(client_token, sizeof client_token, "%s", text_of(token, "access_token"));
}

static json_t *sign_request(const char *hash)
{
    return json_pack("{s:s, s:i, s:[s], s:s, s:s, s:s}", "credentialID", credential, "numSignatures", 1,
                     "hashes", hash, "hashAlgorithmOID", "2.16.840.1.101.3.4.2.1", "signAlgo",
                     "1.2.840.10045.4.3.2", "description", "Ký học bạ");
}

static void approve_on_the_phone(void)
{
    const struct https to = as(NULL);
    uint8_t id[KY_ID_SIZE];
    ky_auto_json inbox = NULL;
    ky_auto_buf auths = ky_buf_init(65536);
    assert_int_equal(https_call(&inbox, &to, "GET", NULL, "/approve/v1/pending?device=%s", device), 200);
    const json_t *one = json_array_get(json_object_get(inbox, "pending"), 0);
    assert_ok(ky_hex_decode(id, sizeof id, ky_bytes_str(device)));
    assert_ok(phone_authorise(&phone, &auths, ky_bytes_str(text_of(one, "statement")), id));
    ky_auto_json body = json_pack("{s:s}", "handle", text_of(one, "handle"));
    assert_ok(body_set_b64(body, "authorisations", ky_buf_bytes(&auths)));
    assert_int_equal(https_call(NULL, &to, "POST", body, "/approve/v1/authorise"), 204);
}

static void signs_what_the_phone_approved(void **state)
{
    const struct https to = as(client_token);
    static const char hash[] = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
    ky_auto_json wish = json_pack("{s:s}", "userID", owner);
    ky_auto_json list = NULL;
    ky_auto_json pending = NULL;
    ky_auto_json sad = NULL;
    ky_auto_json done = NULL;
    assert_int_equal(https_call(&list, &to, "POST", wish, "/csc/v2/credentials/list"), 200);
    const char *id = json_string_value(json_array_get(json_object_get(list, "credentialIDs"), 0));
    assert_non_null(id);
    snprintf(credential, sizeof credential, "%s", id);
    ky_auto_json request = sign_request(hash);
    assert_int_equal(https_call(&pending, &to, "POST", request, "/csc/v2/credentials/authorize"), 202);
    ky_auto_json check = json_pack("{s:s}", "handle", text_of(pending, "handle"));
    assert_int_equal(https_call(NULL, &to, "POST", check, "/csc/v2/credentials/authorizeCheck"), 202);
    approve_on_the_phone();
    assert_int_equal(https_call(&sad, &to, "POST", check, "/csc/v2/credentials/authorizeCheck"), 200);
    json_object_set_new(request, "SAD", json_string(text_of(sad, "SAD")));
    assert_int_equal(https_call(&done, &to, "POST", request, "/csc/v2/signatures/signHash"), 200);
    assert_int_equal(json_array_size(json_object_get(done, "signatures")), 1);
    ky_auto_json other = sign_request("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    json_object_set_new(other, "SAD", json_string(text_of(sad, "SAD")));
    assert_int_equal(https_call(NULL, &to, "POST", other, "/csc/v2/signatures/signHash"), 400);
}

/* ---- log-in ---- */

/* The list of the officers' token CA, where the operator keeps it. */
static void publish_list(void)
{
    char hex[2 * KY_KEY_ID_SIZE + 1], path[200];
    ky_auto_buf der = ky_buf_init(65536);
    assert_ok(token_ca_crl(&der, &realm.token_ca, ky_now(), NULL));
    snprintf(path, sizeof path, "%s/web/token-crls", realm.state);
    assert_ok(ky_dir_make(path, 0755));
    ky_hex_encode(hex, realm.token_ca.ca.cert->ski);
    snprintf(path, sizeof path, "%s/web/token-crls/%s.crl", realm.state, hex);
    assert_ok(ky_file_write(path, ky_buf_bytes(&der), 0644));
}

static void assert_sent_back_with(struct browser *b, const char *error)
{
    char want[120];
    snprintf(want, sizeof want, "https://127.0.0.1:%u/login#error=%s", realm.https_port, error);
    assert_int_equal(browser_call(b, NULL, "GET", realm.login_port, NULL, "/api/v1/session/certificate"),
                     303);
    assert_string_equal(b->location, want);
}

/* process/login has the rest: here it is the service itself, with the CAs of its founding record. */
static void asks_for_certificates_on_a_port_of_its_own(void **state)
{
    char cert[120], key[120];
    struct browser b = {.port = realm.https_port};
    assert_sent_back_with(&b, "certificate_missing");
    assert_ok(person_write(&realm.officers[0], realm.dir, "officer-login"));
    snprintf(cert, sizeof cert, "%s/officer-login.pem", realm.dir);
    snprintf(key, sizeof key, "%s/officer-login.key", realm.dir);
    b.cert = cert;
    b.key = key;
    assert_sent_back_with(&b, "revocation_unknown");
    publish_list();
    assert_sent_back_with(&b, "start_invalid");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_for_certificates_on_a_port_of_its_own),
        cmocka_unit_test(enrols_the_seal_of_the_organisation),
        cmocka_unit_test(tells_an_organisation_whose_signature_counts),
        cmocka_unit_test(judges_lists_of_people),
        cmocka_unit_test(hands_out_the_list_to_fill_in),
        cmocka_unit_test(takes_eligible_people_and_says_why_not_others),
        cmocka_unit_test(takes_a_request_only_as_the_seal_signed_it),
        cmocka_unit_test(issues_what_an_officer_approved_through_a_kill),
        cmocka_unit_test(gives_out_blank_forms_to_anybody),
        cmocka_unit_test(activates_with_both_secrets_only),
        cmocka_unit_test(registers_a_client),
        cmocka_unit_test(signs_what_the_phone_approved),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
