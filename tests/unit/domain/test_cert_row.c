/* Rows about certificates: what the record gives, what the organisation may say, and what is refused. */
#include "registration.h"

#include "crypto/digest.h"
#include "crypto/softkey.h"
#include "domain/cert_row.h"
#include "domain/dossier_step.h"
#include "domain/org.h"
#include "domain/request.h"
#include "domain/subject.h"
#include "pki/cert.h"
#include "store/credential.h"
#include "store/watch.h"

#define assert_ok(expr)                                                                                      \
    do {                                                                                                     \
        ky_rc rc_ok_ = (expr);                                                                               \
        if (rc_ok_ != KY_OK)                                                                                 \
            fail_msg("%s: %s: %s", #expr, ky_rc_name(rc_ok_), ky_error());                                   \
    } while (0)

#define END (TEST_NOW + 400 * KY_DAY)
#define EMAIL "hangntm.thcsnguyentrai@lamdong.edu.vn"

struct fixture {
    struct tempdb *db;
    struct ky_store *s;
    struct ky_legal_book legal;
    struct ky_personal personal;
    struct ky_notices *notices;
    struct ky_registration reg;
    struct ky_actor clerk, stranger;
    struct ky_arena arena;
    struct ky_softkey *key;
    unsigned certs; /* made so far */
};

static ky_rc make_actor(struct ky_actor *out, struct fixture *f, const char *code)
{
    const struct ky_scope all = ky_scope_everything();
    char org_id[KY_NEW_ID_TEXT], id[KY_NEW_ID_TEXT];
    struct ky_db_org org = {.code = code,
                            .parent_name = "Ủy ban nhân dân phường Xuân Hương - Đà Lạt",
                            .name = "Trường THCS Nguyễn Trãi",
                            .province = "Lâm Đồng",
                            .place = "Đà Lạt",
                            .sector = "education"};
    KY_TRY(ky_org_create(org_id, f->s, &KY_ACTOR_SYSTEM, &org, TEST_NOW));
    struct ky_db_staff staff = {
        .org_id = org_id, .name = "Lê Thị Hoa", .email = "hoa@x.edu.vn", .roles = "enter sign"};
    KY_TRY(ky_staff_create(id, f->s, &f->arena, &KY_ACTOR_SYSTEM, &staff, TEST_NOW));
    KY_TRY(ky_db_staff_get(&staff, &f->arena, f->s, &all, id));
    return ky_actor_load(out, &f->arena, f->s, &staff);
}

static ky_rc fill(struct fixture *f)
{
    char department[KY_NEW_ID_TEXT];
    uint8_t key[KY_DATA_KEY_SIZE] = {7};
    static const struct ky_settings_clocks clocks = {50, 80, 10, 3, "", ""};
    struct ky_db_org cuc = {
        .code = "A05", .name = "Cục", .province = "Hà Nội", .place = "Hà Nội", .sector = KY_SECTOR_AUTHORITY};
    KY_TRY(ky_personal_init(&f->personal, KY_BYTES_OF(key)));
    KY_TRY(ky_notices_load(&f->notices, KY_TEST_ETC "/templates"));
    f->reg = (struct ky_registration){.legal = &f->legal,
                                      .personal = &f->personal,
                                      .notices = f->notices,
                                      .clocks = &clocks,
                                      .scope = ky_scope_everything()};
    KY_TRY(ky_org_create(department, f->s, &KY_ACTOR_SYSTEM, &cuc, TEST_NOW));
    KY_TRY(make_actor(&f->clerk, f, "H36.1"));
    KY_TRY(make_actor(&f->stranger, f, "H36.2"));
    return ky_softkey_generate(&f->key, KY_KEY_P256);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    void *db = NULL;
    if (f == NULL || tempdb_open(&db) != 0)
        return -1;
    f->db = db;
    f->s = f->db->s;
    f->legal = load_legal();
    f->arena = ky_arena_init(8 << 20);
    *state = f;
    ky_rc rc = fill(f);
    if (rc != KY_OK)
        fprintf(stderr, "%s\n", ky_error());
    return rc == KY_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    void *db = f->db;
    tempdb_close(&db);
    ky_softkey_free(f->key);
    ky_notices_free(f->notices);
    ky_legal_book_clear(&f->legal);
    ky_arena_clear(&f->arena);
    free(f);
    return 0;
}

static void new_dossier(char id[KY_NEW_ID_TEXT], struct fixture *f, const struct ky_actor *who,
                        const char *procedure)
{
    const struct ky_dossier_new in = {.procedure = procedure,
                                      .document_date = TEST_NOW,
                                      .recipient_name = "Lê Thị Hoa",
                                      .recipient_channel = "email",
                                      .recipient_email = "hoa@lamdong.edu.vn",
                                      .recipient_phone = "0987654321"};
    assert_ok(ky_dossier_create(id, f->s, &f->reg, who, &in, TEST_NOW));
}

/* As ca would: signed by the key that it certifies, with what a row says. */
static void make_der(struct ky_buf *der, struct fixture *f, const json_t *row, struct ky_bytes serial,
                     ky_time end)
{
    const struct ky_signer signer = ky_softkey_signer(f->key);
    const struct ky_sigkey sigkey = {.signer = &signer, .scheme = KY_ECDSA, .hash = KY_SHA256};
    ky_auto_buf subject = ky_buf_init(4096);
    assert_ok(ky_request_name(&subject, json_object_get(row, "subject")));
    const struct ky_cert_tbs t = {.scheme = KY_ECDSA,
                                  .hash = KY_SHA256,
                                  .serial = serial,
                                  .issuer = ky_buf_bytes(&subject),
                                  .subject = ky_buf_bytes(&subject),
                                  .spki = ky_pubkey_spki(ky_softkey_public(f->key)),
                                  .not_before = TEST_NOW - KY_DAY,
                                  .not_after = end,
                                  .path_len = KY_PATH_LEN_NONE,
                                  .key_usage = KY_KU_NON_REPUDIATION,
                                  .email = json_string_value(json_object_get(row, "email"))};
    assert_ok(ky_cert_issue(der, &t, &sigkey));
}

/* The certificate of the first row of a dossier; its serial number. */
static const char *certify(struct fixture *f, const char *dossier, ky_time end)
{
    static char text[8][40];
    uint8_t serial[KY_SERIAL_SIZE] = {0x40, [15] = (uint8_t)++f->certs};
    char *name = text[f->certs % 8];
    ky_auto_dossier d = {.n = 0};
    ky_auto_json request = NULL;
    ky_auto_buf der = ky_buf_init(16384);
    uint8_t hash[32];
    snprintf(name, 40, "400000000000000000000000000000%02x", f->certs);
    assert_ok(ky_dossier_load(&d, f->s, &f->reg, dossier));
    assert_ok(ky_dossier_request_members(&request, &d));
    make_der(&der, f, json_array_get(json_object_get(request, "rows"), 0), KY_BYTES_OF(serial), end);
    assert_ok(ky_sha256(hash, ky_buf_bytes(&der)));
    const struct ky_db_cert cert = {.serial = name,
                                    .dossier_id = dossier,
                                    .number = d.rows[0].number,
                                    .key_id = "0d",
                                    .owner = "0e",
                                    .der = ky_buf_bytes(&der),
                                    .not_before = TEST_NOW - KY_DAY,
                                    .not_after = end};
    assert_ok(ky_db_cert_insert(f->s, &cert));
    assert_ok(ky_db_cert_set_good(f->s, name, ky_buf_bytes(&der), KY_BYTES_OF(hash)));
    return name;
}

/* A teacher's certificate, from a dossier for a new one. */
static const char *teacher(struct fixture *f, ky_time end)
{
    char id[KY_NEW_ID_TEXT];
    struct ky_person_result result;
    ky_auto_person p = person_with("{}");
    ky_auto_json list = json_pack("[O]", p.json);
    new_dossier(id, f, &f->clerk, "new");
    assert_ok(ky_dossier_add_people(&result, f->s, &f->reg, &f->clerk, id, list, TEST_NOW));
    assert_int_equal(result.refusals.n, 0);
    return certify(f, id, end);
}

/* Enters one item into a dossier; the code of the first refusal, "" when it was entered. */
static const char *enter(struct fixture *f, const struct ky_actor *who, const char *id, const char *serial,
                         const char *members)
{
    struct ky_person_result result;
    ky_auto_json item = json_loads(members, 0, NULL);
    assert_non_null(item);
    json_object_set_new(item, "serial", json_string(serial));
    ky_auto_json list = json_pack("[O]", item);
    assert_ok(ky_dossier_add_people(&result, f->s, &f->reg, who, id, list, TEST_NOW));
    return result.refusals.n == 0 ? "" : ky_refusal_code_name(result.refusals.list[0].code);
}

static const char *file(struct fixture *f, const char *procedure, const char *serial, const char *members)
{
    char id[KY_NEW_ID_TEXT];
    new_dossier(id, f, &f->clerk, procedure);
    const char *code = enter(f, &f->clerk, id, serial, members);
    if (code[0] == 0)
        assert_ok(ky_dossier_act(f->s, &f->reg, &f->clerk, id, KY_ACT_WITHDRAW, NULL, TEST_NOW));
    return code;
}

/* The row as the request statement has it. */
static json_t *row_of(struct fixture *f, const char *id)
{
    ky_auto_dossier d = {.n = 0};
    ky_auto_json request = NULL;
    assert_ok(ky_dossier_load(&d, f->s, &f->reg, id));
    assert_ok(ky_dossier_request_members(&request, &d));
    assert_ok(ky_procedure_check_rows(request));
    return json_incref(json_array_get(json_object_get(request, "rows"), 0));
}

static const char *text(const json_t *obj, const char *name)
{
    const char *v = json_string_value(json_object_get(obj, name));
    return v == NULL ? "" : v;
}

/* ---- what is put together ---- */

static void a_renewal_is_what_the_certificate_says(void **state)
{
    struct fixture *f = *state;
    char id[KY_NEW_ID_TEXT];
    const char *serial = teacher(f, END);
    new_dossier(id, f, &f->clerk, "renew");
    assert_string_equal(enter(f, &f->clerk, id, serial, "{\"same_key\":true,\"phone\":\"0912000999\"}"), "");
    ky_auto_json row = row_of(f, id);
    assert_string_equal(text(row, "email"), EMAIL);
    assert_string_equal(text(row, "identity"), "068191012345");
    assert_string_equal(text(row, "phone"), "+84912000999");
    assert_true(json_is_true(json_object_get(row, "same_key")));
    const json_t *old = json_object_get(row, "old");
    assert_string_equal(text(old, "serial"), serial);
    assert_int_equal(json_integer_value(json_object_get(old, "not_after")), END);
    assert_null(json_object_get(old, "subject"));
    const json_t *units = json_object_get(json_object_get(row, "subject"), "OU");
    assert_string_equal(json_string_value(json_array_get(units, 1)), "Tổ Toán - Tin");
}

static void a_change_says_what_was_and_what_becomes(void **state)
{
    struct fixture *f = *state;
    char id[KY_NEW_ID_TEXT];
    const char *serial = teacher(f, END);
    new_dossier(id, f, &f->clerk, "change");
    assert_string_equal(enter(f, &f->clerk, id, serial,
                              "{\"unit\":\"\",\"email\":\"moi@lamdong.edu.vn\",\"key\":\"rsa2048\"}"),
                        "");
    ky_auto_json row = row_of(f, id);
    const json_t *old = json_object_get(row, "old");
    assert_string_equal(text(row, "email"), "moi@lamdong.edu.vn");
    assert_string_equal(text(row, "key"), "rsa2048");
    assert_string_equal(text(old, "email"), EMAIL);
    assert_int_equal(json_array_size(json_object_get(json_object_get(row, "subject"), "OU")), 1);
    assert_int_equal(json_array_size(json_object_get(json_object_get(old, "subject"), "OU")), 2);
    ky_auto_dossier d = {.n = 0};
    assert_ok(ky_dossier_load(&d, f->s, &f->reg, id));
    assert_string_equal(d.rows[0].old_serial, serial);
    assert_true(ky_bytes_eq_str(d.people[0].change, "employer"));
    assert_true(ky_bytes_eq_str(d.people[0].becomes, "Trường THCS Nguyễn Trãi, Ủy ban nhân dân phường Xuân "
                                                     "Hương - Đà Lạt; moi@lamdong.edu.vn"));
}

static void a_revocation_has_the_reason_of_its_ground(void **state)
{
    struct fixture *f = *state;
    char id[KY_NEW_ID_TEXT];
    const char *serial = teacher(f, END);
    new_dossier(id, f, &f->clerk, "revoke");
    assert_string_equal(
        enter(f, &f->clerk, id, serial, "{\"ground\":\"device_lost\",\"happened_on\":\"01/02/2024\"}"), "");
    ky_auto_json row = row_of(f, id);
    assert_string_equal(text(row, "serial"), serial);
    assert_string_equal(text(row, "ground"), "device_lost");
    assert_int_equal(json_integer_value(json_object_get(row, "reason")), KY_REASON_KEY_COMPROMISE);
    assert_int_equal(json_integer_value(json_object_get(row, "happened")), 1706720400); /* 00:00 at +07:00 */
    assert_null(json_object_get(row, "identity"));
}

/* ---- what is refused ---- */

static void each_refusal_has_its_code(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *procedure, *members, *want;
    } cases[] = {
        {"renew", "{\"email\":\"khac@lamdong.edu.vn\"}", "EMAIL_KEPT"},
        {"renew", "{\"email\":\"" EMAIL "\"}", ""},
        {"renew", "{\"name\":\"Trần Thị Khác\"}", "PERSON_KEPT"},
        {"renew", "{\"identity\":\"068191012346\"}", "PERSON_KEPT"},
        {"renew", "{\"same_key\":true,\"key\":\"rsa2048\"}", "SAME_KEY"},
        {"renew", "{\"same_key\":true,\"key\":\"p256\"}", ""},
        {"renew", "{\"key\":\"rsa4096\"}", "KEY"},
        {"renew", "{\"authority\":true}", "AUTHORITY"},
        {"renew", "{\"phone\":\"123\"}", "PHONE_FORM"},
        {"change", "{\"title\":\"Tổ trưởng\"}", "NO_CHANGE"},
        {"change", "{\"email\":\"a@gmail.com\"}", "EMAIL_PUBLIC"},
        {"change", "{\"unit\":\"Tổ Lý\"}", ""},
        {"revoke", "{\"ground\":\"expired\"}", "GROUND_NOT_YOURS"},
        {"revoke", "{\"ground\":\"x\"}", "CHOICE"},
        {"revoke", "{\"ground\":\"left\",\"happened_on\":\"01/01/2099\"}", "DATE_RANGE"},
        {"revoke", "{\"ground\":\"left\"}", ""},
    };
    const char *serial = teacher(f, END);
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        const char *code = file(f, cases[i].procedure, serial, cases[i].members);
        if (strcmp(code, cases[i].want) != 0)
            fail_msg("%s %s: %s", cases[i].procedure, cases[i].members, code);
    }
}

static void only_ones_own_certificates_that_are_good(void **state)
{
    struct fixture *f = *state;
    char id[KY_NEW_ID_TEXT];
    const char *serial = teacher(f, END), *ended = teacher(f, TEST_NOW - 1);
    new_dossier(id, f, &f->stranger, "revoke");
    assert_string_equal(enter(f, &f->stranger, id, serial, "{\"ground\":\"left\"}"), "CERT_UNKNOWN");
    assert_string_equal(file(f, "renew", "ff", "{}"), "CERT_UNKNOWN");
    assert_string_equal(file(f, "renew", "xyz", "{}"), "SERIAL_FORM");
    assert_string_equal(file(f, "renew", ended, "{}"), "CERT_REMAINING");
    assert_string_equal(file(f, "revoke", ended, "{\"ground\":\"left\"}"), ""); /* nothing forbids it */
    assert_ok(ky_db_cert_set_revoked(f->s, serial, TEST_NOW, 1));
    assert_string_equal(file(f, "revoke", serial, "{\"ground\":\"left\"}"), "CERT_ENDED");
}

static void sixty_days_must_be_left(void **state)
{
    struct fixture *f = *state;
    const char *enough = teacher(f, TEST_NOW + 60 * KY_DAY),
               *short_of = teacher(f, TEST_NOW + 60 * KY_DAY - 1);
    assert_string_equal(file(f, "renew", enough, "{}"), "");
    assert_string_equal(file(f, "renew", short_of, "{}"), "CERT_REMAINING");
    assert_string_equal(file(f, "change", short_of, "{\"unit\":\"Tổ Lý\"}"), "CERT_REMAINING");
}

/* What was changed in between counts as the same certificate. */
static void it_is_renewed_once(void **state)
{
    struct fixture *f = *state;
    char renewal[KY_NEW_ID_TEXT], change[KY_NEW_ID_TEXT];
    const char *serial = teacher(f, END);
    new_dossier(renewal, f, &f->clerk, "renew");
    assert_string_equal(enter(f, &f->clerk, renewal, serial, "{}"), "");
    const char *second = certify(f, renewal, END);
    assert_string_equal(file(f, "renew", second, "{}"), "CERT_TIMES");
    new_dossier(change, f, &f->clerk, "change");
    assert_string_equal(enter(f, &f->clerk, change, second, "{\"unit\":\"Tổ Lý\"}"), "");
    assert_string_equal(file(f, "renew", certify(f, change, END), "{}"), "CERT_TIMES");
}

static void one_open_dossier_holds_a_certificate(void **state)
{
    struct fixture *f = *state;
    char id[KY_NEW_ID_TEXT], revocation[KY_NEW_ID_TEXT];
    const char *serial = teacher(f, END);
    new_dossier(id, f, &f->clerk, "renew");
    assert_string_equal(enter(f, &f->clerk, id, serial, "{}"), "");
    assert_string_equal(enter(f, &f->clerk, id, serial, "{}"), "CERT_TWICE");
    assert_string_equal(file(f, "change", serial, "{\"unit\":\"Tổ Lý\"}"), "CERT_TAKEN");
    new_dossier(revocation, f, &f->clerk, "revoke");
    assert_string_equal(enter(f, &f->clerk, revocation, serial, "{\"ground\":\"left\"}"), "");
    assert_string_equal(file(f, "revoke", serial, "{\"ground\":\"left\"}"), "CERT_TAKEN");
    assert_ok(ky_dossier_act(f->s, &f->reg, &f->clerk, id, KY_ACT_WITHDRAW, NULL, TEST_NOW));
    assert_ok(ky_dossier_act(f->s, &f->reg, &f->clerk, revocation, KY_ACT_WITHDRAW, NULL, TEST_NOW));
    assert_string_equal(file(f, "change", serial, "{\"unit\":\"Tổ Lý\"}"), "");
}

static void what_only_the_service_writes_is_not_taken(void **state)
{
    struct fixture *f = *state;
    static const char *const members[] = {"{\"old\":{}}", "{\"subject\":{}}",
                                          "{\"not_after\":\"01/01/2099\"}", "{\"ground\":\"left\"}"};
    char id[KY_NEW_ID_TEXT];
    struct ky_person_result result;
    const char *serial = teacher(f, END);
    new_dossier(id, f, &f->clerk, "renew");
    for (size_t i = 0; i < KY_COUNT(members); i++) {
        ky_auto_json item = json_loads(members[i], 0, NULL);
        json_object_set_new(item, "serial", json_string(serial));
        ky_auto_json list = json_pack("[O]", item);
        assert_int_equal(ky_dossier_add_people(&result, f->s, &f->reg, &f->clerk, id, list, TEST_NOW),
                         KY_EFORMAT);
    }
}

static void a_certificate_that_ended_meanwhile_is_not_sent(void **state)
{
    struct fixture *f = *state;
    char id[KY_NEW_ID_TEXT];
    const char *serial = teacher(f, END);
    ky_auto_dossier d = {.n = 0};
    new_dossier(id, f, &f->clerk, "renew");
    assert_string_equal(enter(f, &f->clerk, id, serial, "{}"), "");
    assert_ok(ky_dossier_load(&d, f->s, &f->reg, id));
    assert_ok(ky_cert_rows_check(f->s, &d));
    assert_ok(ky_db_cert_set_revoked(f->s, serial, TEST_NOW, 1));
    assert_int_equal(ky_cert_rows_check(f->s, &d), KY_EDENIED);
}

/* ---- how rows end, and who hears of it ---- */

static int told(struct fixture *f, const char *template_name)
{
    int64_t n = -1;
    assert_ok(ky_store_query_int(&n, f->s, "SELECT count(*) FROM outbox WHERE template = $1",
                                 KY_PARAMS(ky_value_text(template_name))));
    return (int)n;
}

static void assert_state(struct fixture *f, const char *id, const char *want)
{
    ky_auto_dossier d = {.n = 0};
    assert_ok(ky_dossier_load(&d, f->s, &f->reg, id));
    assert_string_equal(d.head.state, want);
}

static void put_into(struct fixture *f, const char *id, const char *state)
{
    assert_ok(ky_db_dossier_set_state(f->s, id, "draft", state, NULL, TEST_NOW));
}

static void a_revocation_by_itself_ends_the_dossier_and_is_told(void **state)
{
    struct fixture *f = *state;
    static const char *const states[] = {"received", "examining", "supplemented"};
    for (size_t i = 0; i < KY_COUNT(states); i++) {
        char id[KY_NEW_ID_TEXT];
        new_dossier(id, f, &f->clerk, "revoke");
        assert_string_equal(enter(f, &f->clerk, id, teacher(f, END), "{\"ground\":\"left\"}"), "");
        put_into(f, id, states[i]);
        assert_ok(ky_dossier_row_act(f->s, &f->reg, id, 1, KY_ROW_OVERDUE, NULL, TEST_NOW));
        assert_state(f, id, "done");
        assert_int_equal(told(f, "revoked-overdue"), i + 1);
        assert_int_equal(told(f, "request-revoked-overdue"), i + 1);
    }
    assert_int_equal(told(f, "revoked"), 0);
}

static void refusing_every_row_is_no_revocation(void **state)
{
    struct fixture *f = *state;
    char id[KY_NEW_ID_TEXT];
    new_dossier(id, f, &f->clerk, "revoke");
    assert_string_equal(enter(f, &f->clerk, id, teacher(f, END), "{\"ground\":\"left\"}"), "");
    put_into(f, id, "examining");
    assert_ok(ky_dossier_row_act(f->s, &f->reg, id, 1, KY_ROW_REFUSE, "Không đủ căn cứ", TEST_NOW));
    assert_state(f, id, "examining");
    assert_int_equal(told(f, "request-revoked-overdue"), 0);
}

static void an_approved_revocation_is_done_with_its_rows(void **state)
{
    struct fixture *f = *state;
    char id[KY_NEW_ID_TEXT];
    new_dossier(id, f, &f->clerk, "revoke");
    assert_string_equal(enter(f, &f->clerk, id, teacher(f, END), "{\"ground\":\"left\"}"), "");
    put_into(f, id, "approved");
    assert_int_equal(ky_dossier_row_act(f->s, &f->reg, id, 1, KY_ROW_REVOKE, NULL, TEST_NOW), KY_EDENIED);
    assert_ok(ky_dossier_row_act(f->s, &f->reg, id, 1, KY_ROW_APPROVE, NULL, TEST_NOW));
    assert_state(f, id, "approved");
    assert_ok(ky_dossier_row_act(f->s, &f->reg, id, 1, KY_ROW_REVOKE, NULL, TEST_NOW));
    assert_state(f, id, "done");
    assert_int_equal(told(f, "revoked"), 1);
    assert_int_equal(told(f, "request-revoked"), 1);
}

/* Whoever reads the old mailbox learns that the address was taken away. */
static void of_a_new_address_the_old_one_hears_too(void **state)
{
    struct fixture *f = *state;
    static const ky_row_action way[] = {KY_ROW_APPROVE, KY_ROW_KEY, KY_ROW_ISSUE, KY_ROW_NOTIFY};
    char id[KY_NEW_ID_TEXT];
    new_dossier(id, f, &f->clerk, "change");
    assert_string_equal(
        enter(f, &f->clerk, id, teacher(f, END), "{\"email\":\"moi@lamdong.edu.vn\",\"same_key\":true}"), "");
    put_into(f, id, "approved");
    for (size_t i = 0; i < KY_COUNT(way); i++)
        assert_ok(ky_dossier_row_act(f->s, &f->reg, id, 1, way[i], NULL, TEST_NOW));
    assert_state(f, id, "activating");
    assert_int_equal(told(f, "changed"), 2);
    assert_int_equal(told(f, "request-changed"), 1);
    assert_int_equal(told(f, "request-result"), 0);
}

int main(void)
{
#define OWN(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        OWN(a_renewal_is_what_the_certificate_says),
        OWN(a_change_says_what_was_and_what_becomes),
        OWN(a_revocation_has_the_reason_of_its_ground),
        OWN(each_refusal_has_its_code),
        OWN(only_ones_own_certificates_that_are_good),
        OWN(sixty_days_must_be_left),
        OWN(it_is_renewed_once),
        OWN(one_open_dossier_holds_a_certificate),
        OWN(what_only_the_service_writes_is_not_taken),
        OWN(a_certificate_that_ended_meanwhile_is_not_sent),
        OWN(a_revocation_by_itself_ends_the_dossier_and_is_told),
        OWN(refusing_every_row_is_no_revocation),
        OWN(an_approved_revocation_is_done_with_its_rows),
        OWN(of_a_new_address_the_old_one_hears_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
