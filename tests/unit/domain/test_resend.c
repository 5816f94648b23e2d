/* Sending once more, and whom subscribers are told to ask. */
#include "registration.h"

#include "domain/resend.h"
#include "domain/support.h"
#include "store/credential.h"
#include "store/outbox.h"

#define NOW 500
#define LINK_ENDS "900"

static int open_filled(void **state)
{
    if (tempdb_open(state) != 0)
        return -1;
    return ky_store_script(
               ((struct tempdb *)*state)->s,
               "INSERT INTO organisation (id, code, name, province, place, sector, state, created_at, path) "
               "VALUES ('0a','c','n','p','p','health','active',1,'/0a/'),"
               "('1a','d','n','p','p','health','active',1,'/1a/');"
               "INSERT INTO staff VALUES ('0b','0a','An','an@x.vn','enter',NULL,NULL,'active',1);"
               "INSERT INTO dossier (id, code, org_id, procedure, state, entered_by, legal, document_date, "
               "recipient_name, recipient_channel, recipient_email, sealed_recipient_phone, created_at, "
               "updated_at, received_at, due_at, path) VALUES "
               "('0c','k','0a','new','activating','0b','2024',0,'r','sms','e','x',1,1,0,0,'/0a/');"
               "INSERT INTO dossier_row (dossier_id, number, state, name, identity_hash, sealed_person, "
               "updated_at) "
               "VALUES ('0c',1,'activating','n','h1','x',1);"
               "INSERT INTO activation (id, dossier_id, number, key_id, owner, state, expires_at, "
               "created_at) "
               "VALUES ('0f','0c',1,'k','o','waiting'," LINK_ENDS ",1);") == KY_OK
               ? 0
               : -1;
}

static const struct ky_actor support = {
    .staff_id = "0b", .name = "An", .org_id = "0a", .roles = KY_STAFF_SUPPORT, .path = "/0a/"};
static const struct ky_actor stranger = {
    .staff_id = "0b", .name = "Bình", .org_id = "1a", .roles = KY_STAFF_SUPPORT, .path = "/1a/"};

static void letter_id(char out[KY_LETTER_ID_MAX], struct ky_store *s, int64_t number, const char *kind)
{
    const struct ky_db_letter l = {.number = number,
                                   .kind = kind,
                                   .channel = "email",
                                   .sealed = KY_BYTES_LIT("box"),
                                   .dossier_id = "0c",
                                   .dossier_row = 1,
                                   .state = "waiting",
                                   .created_at = 1};
    assert_int_equal(ky_db_letter_insert(s, &l), KY_OK);
    ky_letter_id(out, number);
}

static void support_sends_an_account_letter_again(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(65536);
    const struct ky_scope all = ky_scope_everything();
    struct ky_db_dossier_event *events = NULL;
    struct ky_why why = {.vi = ""};
    char id[KY_LETTER_ID_MAX];
    size_t n = 0;
    assert_int_equal(ky_letter_resend(&why, s, &support, "0c", 1, NOW), KY_ENOTFOUND);
    letter_id(id, s, 4, "activation-mail");
    assert_int_equal(ky_letter_resend(&why, s, &support, "0c", 1, NOW), KY_EEXIST);
    assert_int_equal(ky_db_letter_set_sent(s, 4), KY_OK);
    assert_int_equal(ky_letter_resend(&why, s, &stranger, "0c", 1, NOW), KY_ENOTFOUND);
    assert_int_equal(ky_letter_resend(&why, s, &support, "0c", 2, NOW), KY_ENOTFOUND);
    assert_int_equal(ky_letter_resend(&why, s, &support, "0c", 1, NOW), KY_OK);
    assert_int_equal(ky_db_dossier_event_list(&events, &n, &a, s, &all, "0c"), KY_OK);
    assert_int_equal(n, 1);
    assert_string_equal(events[0].action, "letter-resent");
    assert_string_equal(events[0].staff_id, "0b");
    assert_string_equal(events[0].note, "1");
}

static void a_link_that_ended_or_was_used_is_not_sent(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    struct ky_why why = {.vi = ""};
    char id[KY_LETTER_ID_MAX];
    letter_id(id, s, 4, "activation-mail");
    assert_int_equal(ky_db_letter_set_failed(s, 4, "no", 0), KY_OK);
    assert_int_equal(ky_letter_resend(&why, s, &support, "0c", 1, 900), KY_EDENIED);
    assert_non_null(strstr(why.vi, "hết hạn"));
    assert_int_equal(ky_message_resend(&why, s, &support, id, 900), KY_EDENIED);
    assert_int_equal(ky_db_activation_finish(s, "0f", "done"), KY_OK);
    assert_int_equal(ky_letter_resend(&why, s, &support, "0c", 1, NOW), KY_EDENIED);
    assert_non_null(strstr(why.vi, "đã kích hoạt"));
}

static void dead_messages_go_out_again_and_codes_do_not(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    struct ky_why why = {.vi = ""};
    const struct ky_db_outbox m = {.id = "ab",
                                   .about = "x",
                                   .template = "request-sent",
                                   .channel = "email",
                                   .sealed_message = KY_BYTES_LIT("x"),
                                   .dossier_id = "0c",
                                   .state = "waiting"};
    char code[KY_LETTER_ID_MAX], mail[KY_LETTER_ID_MAX];
    assert_int_equal(ky_db_outbox_put(s, &m), KY_OK);
    letter_id(mail, s, 4, "activation-mail");
    letter_id(code, s, 5, "activation-code");
    assert_int_equal(ky_message_resend(&why, s, &support, "ab", NOW), KY_EEXIST);
    assert_int_equal(ky_db_outbox_set_failed(s, "ab", "no", 0), KY_OK);
    assert_int_equal(ky_db_letter_set_failed(s, 4, "no", 0), KY_OK);
    assert_int_equal(ky_db_letter_set_failed(s, 5, "no", 0), KY_OK);
    assert_int_equal(ky_message_resend(&why, s, &stranger, "ab", NOW), KY_ENOTFOUND);
    assert_int_equal(ky_message_resend(&why, s, &support, code, NOW), KY_EDENIED);
    assert_int_equal(ky_message_resend(&why, s, &support, "ab", NOW), KY_OK);
    assert_int_equal(ky_message_resend(&why, s, &support, mail, NOW), KY_OK);
    assert_int_equal(ky_message_resend(&why, s, &support, mail, NOW), KY_EEXIST);
}

static void subscribers_are_told_a_name_and_a_number(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    const struct ky_scope own = {.from = "/0a/", .to = "/0a0"}, other = {.from = "/1a/", .to = "/1a0"};
    struct ky_support who;
    assert_int_equal(ky_support_of(&who, s, "0a"), KY_OK); /* nobody has the role */
    assert_string_equal(who.vi, "cơ quan quản lý trực tiếp của ông/bà");
    assert_string_equal(who.email, "");
    assert_int_equal(
        ky_store_script(
            s, "INSERT INTO staff VALUES ('1b','0a','Lê Thị Mai','mai@x.vn','enter support',NULL,NULL,"
               "'active',2), ('2b','0a','Xem http://x.vn','e','support',NULL,NULL,'active',1);"
               "UPDATE staff SET state = 'closed' WHERE id = '2b'"),
        KY_OK);
    assert_int_equal(ky_support_of(&who, s, "0a"), KY_OK);
    assert_string_equal(who.vi, "cán bộ hỗ trợ Lê Thị Mai");
    assert_int_equal(ky_db_contact_set(s, &other, "1b", "+84912345678"), KY_ENOTFOUND);
    assert_int_equal(ky_db_contact_set(s, &own, "1b", "+84912345678"), KY_OK);
    assert_int_equal(ky_support_of(&who, s, "0a"), KY_OK);
    assert_string_equal(who.vi, "cán bộ hỗ trợ Lê Thị Mai, điện thoại 0912 345 678");
    assert_string_equal(who.en, "Lê Thị Mai, telephone 0912 345 678");
    assert_string_equal(who.email, "mai@x.vn");
    assert_int_equal(ky_store_script(s, "UPDATE staff_contact SET phone = 'call http://x.vn'"), KY_OK);
    assert_int_equal(ky_support_of(&who, s, "0a"), KY_OK); /* what is no number does not get into a letter */
    assert_string_equal(who.vi, "cán bộ hỗ trợ Lê Thị Mai");
    assert_int_equal(ky_store_script(s, "UPDATE staff SET name = 'Xem http://x.vn' WHERE id = '1b'"), KY_OK);
    assert_int_equal(ky_support_of(&who, s, "0a"), KY_OK);
    assert_string_equal(who.vi, "cơ quan quản lý trực tiếp của ông/bà");
}

int main(void)
{
#define FILLED(test) cmocka_unit_test_setup_teardown(test, open_filled, tempdb_close)
    const struct CMUnitTest tests[] = {
        FILLED(support_sends_an_account_letter_again),
        FILLED(a_link_that_ended_or_was_used_is_not_sent),
        FILLED(dead_messages_go_out_again_and_codes_do_not),
        FILLED(subscribers_are_told_a_name_and_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
