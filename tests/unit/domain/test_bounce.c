/* Addresses that mails come back to, what a parse process says of one, and what follows. */
#include "registration.h"

#include <stdio.h>

#include "codec/jcs.h"
#include "domain/bounce.h"
#include "domain/bounce_job.h"
#include "domain/bounce_take.h"
#include "domain/org.h"
#include "store/contact.h"
#include "store/message.h"
#include "store/outbox.h"

#define ID "0123456789abcdef0123456789abcdef"

static struct ky_personal keys(uint8_t first)
{
    struct ky_personal p;
    uint8_t key[KY_DATA_KEY_SIZE] = {first};
    assert_int_equal(ky_personal_init(&p, KY_BYTES_OF(key)), KY_OK);
    return p;
}

static void an_address_names_its_message(void **state)
{
    (void)state;
    const struct ky_personal p = keys(7);
    char address[KY_BOUNCE_ADDRESS_MAX], id[KY_BOUNCE_ID_MAX];
    assert_int_equal(ky_bounce_address(address, &p, ID, "ca@kyso.test"), KY_OK);
    assert_non_null(strstr(address, "bounce+" ID "."));
    assert_non_null(strstr(address, "@kyso.test"));
    assert_true(strcspn(address, "@") <= 64);
    assert_int_equal(ky_bounce_open(id, &p, ky_bytes_str(address)), KY_OK);
    assert_string_equal(id, ID);
    for (char *c = address; *c != '@'; c++)
        *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 32 : *c);
    assert_int_equal(ky_bounce_open(id, &p, ky_bytes_str(address)), KY_OK); /* case is nothing */
    assert_string_equal(id, ID);
}

static void a_forged_address_is_refused(void **state)
{
    (void)state;
    const struct ky_personal p = keys(7), other = keys(8);
    char address[KY_BOUNCE_ADDRESS_MAX], id[KY_BOUNCE_ID_MAX];
    static const char *const none[] = {"",
                                       "a",
                                       "ca@kyso.test",
                                       "bounce+@kyso.test",
                                       "bounce+0a@kyso.test",
                                       "bounce+.00@kyso.test",
                                       "bounce+0a/.00@kyso.test",
                                       "bounce+0123456789abcdef0123456789abcdef0.00@kyso.test"};
    assert_int_equal(ky_bounce_address(address, &p, "letter41", "ca@kyso.test"), KY_OK);
    assert_int_equal(ky_bounce_open(id, &other, ky_bytes_str(address)), KY_EAUTH);
    address[strlen("bounce+letter4")] = '2';
    assert_int_equal(ky_bounce_open(id, &p, ky_bytes_str(address)), KY_EAUTH);
    assert_int_equal(ky_bounce_open(id, &p, KY_BYTES_LIT("bounce+letter41.00@kyso.test")), KY_EAUTH);
    for (size_t i = 0; i < KY_COUNT(none); i++)
        assert_int_equal(ky_bounce_open(id, &p, ky_bytes_str(none[i])), KY_EFORMAT);
    assert_int_equal(ky_bounce_address(address, &p, "a b", "ca@kyso.test"), KY_EINVAL);
    assert_int_equal(ky_bounce_address(address, &p, "", "ca@kyso.test"), KY_EINVAL);
    assert_int_equal(ky_bounce_address(address, &p, ID, "nowhere"), KY_EINVAL);
}

static void an_answer_can_be_read_back_and_nothing_else(void **state)
{
    (void)state;
    static const char mail[] =
        "To: a@b.vn\nContent-Type: multipart/report; boundary=x\n\n--x\n"
        "Content-Type: message/delivery-status\n\nAction: failed\nStatus: 5.1.1\n--x--\n";
    ky_auto_buf answer = ky_buf_init(KY_BOUNCE_ANSWER_MAX), none = ky_buf_init(64);
    struct ky_dsn d;
    assert_int_equal(ky_bounce_answer(&none, KY_BYTES_LIT("To: a@b.vn\n\nhi\n")), KY_EFORMAT);
    assert_int_equal(ky_bounce_answer(&answer, ky_bytes_str(mail)), KY_OK);
    assert_int_equal(ky_bounce_answer_read(&d, ky_buf_bytes(&answer)), KY_OK);
    assert_true(d.failed);
    assert_string_equal(d.status, "5.1.1");
    assert_int_equal(d.n_to, 1);
    for (size_t n = 0; n < answer.n; n++)
        assert_int_not_equal(ky_bounce_answer_read(&d, KY_BYTES(answer.p, n)), KY_OK);
    answer.p[6] = 'x'; /* in the status */
    assert_int_equal(ky_bounce_answer_read(&d, ky_buf_bytes(&answer)), KY_EFORMAT);
}

/* ---- a dossier of one row, whose account letter was sent ---- */

struct world {
    struct tempdb *db;
    struct ky_personal personal;
    struct ky_legal_book legal;
    struct ky_notices *notices;
    struct ky_registration reg;
    char department[KY_NEW_ID_TEXT], school[KY_NEW_ID_TEXT], clerk[KY_NEW_ID_TEXT];
};

static ky_rc make_org(char id[KY_NEW_ID_TEXT], struct ky_store *s, const char *code, const char *sector)
{
    const struct ky_db_org org = {.code = code,
                                  .name = "Trường THCS Nguyễn Trãi",
                                  .province = "Lâm Đồng",
                                  .place = "Đà Lạt",
                                  .sector = sector};
    return ky_org_create(id, s, &KY_ACTOR_SYSTEM, &org, TEST_NOW);
}

static ky_rc make_dossier(struct world *w, struct ky_store *s)
{
    ky_auto_buf phone = ky_buf_init(256), person = ky_buf_init(KY_PERSON_MAX + KY_PERSONAL_EXTRA),
                text = ky_buf_init(KY_PERSON_MAX);
    ky_auto_person p = person_with("{}");
    KY_TRY(ky_jcs_encode(&text, p.json, 2));
    KY_TRY(ky_personal_seal(&phone, &w->personal, "dossier/phone/d0", KY_BYTES_LIT("+84987654321")));
    KY_TRY(ky_personal_seal(&person, &w->personal, "dossier_row/person/d0/1", ky_buf_bytes(&text)));
    const struct ky_db_dossier d = {.id = "d0",
                                    .code = "CM-2026-000001",
                                    .org_id = w->school,
                                    .procedure = "new",
                                    .state = "activating",
                                    .entered_by = w->clerk,
                                    .legal = "2024",
                                    .recipient_name = "Lê Thị Hoa",
                                    .recipient_channel = "sms",
                                    .recipient_email = "hoa@lamdong.edu.vn",
                                    .sealed_recipient_phone = ky_buf_bytes(&phone),
                                    .path = "/x/",
                                    .created_at = 1};
    const struct ky_db_dossier_row row = {.dossier_id = "d0",
                                          .number = 1,
                                          .state = "activating",
                                          .name = "Nguyễn Thị Minh Hằng",
                                          .identity_hash = KY_BYTES_LIT("h"),
                                          .sealed_person = ky_buf_bytes(&person)};
    const struct ky_db_letter letter = {.number = 41,
                                        .kind = "activation-mail",
                                        .channel = "email",
                                        .sealed = KY_BYTES_LIT("box"),
                                        .dossier_id = "d0",
                                        .dossier_row = 1,
                                        .state = "sent",
                                        .created_at = 1};
    KY_TRY(ky_db_dossier_insert(s, &d));
    KY_TRY(ky_db_dossier_row_insert(s, &row));
    return ky_db_letter_insert(s, &letter);
}

static ky_rc fill(struct world *w, struct ky_store *s)
{
    ky_auto_arena a = ky_arena_init(65536);
    w->personal = keys(7);
    KY_TRY(ky_legal_book_load(&w->legal, KY_TEST_ETC "/legal"));
    KY_TRY(ky_notices_load(&w->notices, KY_TEST_ETC "/templates"));
    w->reg = (struct ky_registration){
        .legal = &w->legal, .personal = &w->personal, .notices = w->notices, .scope = ky_scope_everything()};
    KY_TRY(make_org(w->department, s, "A05", KY_SECTOR_AUTHORITY));
    KY_TRY(make_org(w->school, s, "H36.1", "education"));
    const struct ky_db_staff staff = {
        .org_id = w->school, .name = "Trần Thị Mai", .email = "mai@x.edu.vn", .roles = "enter support"};
    KY_TRY(ky_staff_create(w->clerk, s, &a, &KY_ACTOR_SYSTEM, &staff, TEST_NOW));
    return make_dossier(w, s);
}

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    void *db = NULL;
    if (w == NULL || tempdb_open(&db) != 0)
        return -1;
    w->db = db;
    *state = w;
    ky_rc rc = fill(w, w->db->s);
    if (rc != KY_OK)
        fprintf(stderr, "%s\n", ky_error());
    return rc == KY_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    void *db = w->db;
    ky_notices_free(w->notices);
    ky_legal_book_clear(&w->legal);
    int rc = tempdb_close(&db);
    free(w);
    return rc;
}

static int64_t count(struct ky_store *s, const char *sql)
{
    int64_t n = 0;
    assert_int_equal(ky_store_query_int(&n, s, sql, KY_NO_PARAMS), KY_OK);
    return n;
}

static void an_account_letter_that_came_back_alarms(void **state)
{
    struct world *w = *state;
    struct ky_store *s = w->db->s;
    ky_auto_arena a = ky_arena_init(65536);
    struct ky_db_row_letter l;
    struct ky_db_dossier_event *events = NULL;
    size_t n = 0;
    assert_int_equal(ky_bounce_take(s, &w->reg, "letter41", "5.1.1", TEST_NOW), KY_OK);
    assert_int_equal(ky_db_row_letter_get(&l, &a, s, &w->reg.scope, "d0", 1), KY_OK);
    assert_string_equal(l.state, "bounced");
    assert_int_equal(ky_db_dossier_event_list(&events, &n, &a, s, &w->reg.scope, "d0"), KY_OK);
    assert_int_equal(n, 1);
    assert_string_equal(events[0].action, "letter-bounced");
    assert_string_equal(events[0].note, "1");
    assert_int_equal(count(s, "SELECT count(*) FROM outbox WHERE template = 'letter-bounced'"), 3);
    assert_int_equal(count(s, "SELECT count(*) FROM outbox WHERE channel = 'sms'"), 1);
    assert_int_equal(count(s, "SELECT count(*) FROM letter WHERE last_error LIKE '%không tồn tại (5.1.1)'"),
                     1);
    assert_int_equal(ky_bounce_take(s, &w->reg, "letter41", "5.1.1", TEST_NOW), KY_ENOTFOUND); /* told */
    assert_int_equal(ky_bounce_take(s, &w->reg, "letter42", "5.1.1", TEST_NOW), KY_ENOTFOUND);
    assert_int_equal(ky_bounce_take(s, &w->reg, "letterx", "5.1.1", TEST_NOW), KY_ENOTFOUND);
    assert_int_equal(count(s, "SELECT count(*) FROM outbox"), 3);
}

static void one_that_the_server_would_not_take_alarms_too(void **state)
{
    struct world *w = *state;
    struct ky_store *s = w->db->s;
    assert_int_equal(ky_letter_alarm(s, &w->reg, 41, TEST_NOW), KY_OK);
    assert_int_equal(count(s, "SELECT count(*) FROM outbox WHERE template = 'letter-bounced'"), 3);
    assert_int_equal(count(s, "SELECT count(*) FROM dossier_event WHERE action = 'letter-bounced'"), 1);
    assert_int_equal(ky_store_script(s, "UPDATE letter SET kind = 'activation-code'"), KY_OK);
    assert_int_equal(ky_letter_alarm(s, &w->reg, 41, TEST_NOW + 1), KY_OK);
    assert_int_equal(count(s, "SELECT count(*) FROM outbox"), 3);
}

static void another_message_is_only_marked(void **state)
{
    struct world *w = *state;
    struct ky_store *s = w->db->s;
    const struct ky_db_outbox m = {.id = ID,
                                   .about = "x",
                                   .template = "request-sent",
                                   .channel = "email",
                                   .sealed_message = KY_BYTES_LIT("x"),
                                   .dossier_id = "d0",
                                   .state = "sent"};
    assert_int_equal(ky_db_outbox_put(s, &m), KY_OK);
    assert_int_equal(ky_bounce_take(s, &w->reg, ID, "", TEST_NOW), KY_OK);
    assert_int_equal(count(s, "SELECT count(*) FROM outbox WHERE state = 'bounced'"), 1);
    assert_int_equal(count(s, "SELECT count(*) FROM outbox"), 1);
    assert_int_equal(count(s, "SELECT count(*) FROM dossier_event"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_names_its_message),
        cmocka_unit_test(a_forged_address_is_refused),
        cmocka_unit_test(an_answer_can_be_read_back_and_nothing_else),
        cmocka_unit_test_setup_teardown(an_account_letter_that_came_back_alarms, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_that_the_server_would_not_take_alarms_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_message_is_only_marked, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
