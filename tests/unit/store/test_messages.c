/* Messages and letters as people see them; certificates that end soon; what an older database brings along. */
#include "tempdb.h"

#include <stdio.h>

#include "base/time.h"
#include "store/credential.h"
#include "store/expiry.h"
#include "store/message.h"
#include "store/outbox.h"

#define L4 "00000000000000000000000000000004"
#define L5 "00000000000000000000000000000005"
#define END (ky_time_of_day_vn(21000) + 5 * KY_HOUR) /* of the certificates, on day 21000 */

/* Two organisations with a dossier of one row each. */
static int open_filled(void **state)
{
    if (tempdb_open(state) != 0)
        return -1;
    return ky_store_script(
               ((struct tempdb *)*state)->s,
               "INSERT INTO organisation (id, code, name, province, place, sector, state, created_at, path) "
               "VALUES ('0a','c','n','p','p','health','active',1,'/0a/'),"
               "('1a','d','n','p','p','health','active',1,'/1a/');"
               "INSERT INTO staff VALUES ('0b','0a','n','e','enter',NULL,NULL,'active',1);"
               "INSERT INTO dossier (id, code, org_id, procedure, state, entered_by, legal, document_date, "
               "recipient_name, recipient_channel, recipient_email, sealed_recipient_phone, created_at, "
               "updated_at, received_at, due_at, path) VALUES "
               "('0c','k','0a','new','draft','0b','2024',0,'r','sms','e','x',1,1,0,0,'/0a/'),"
               "('1c','l','1a','new','draft','0b','2024',0,'r','sms','e','x',1,1,0,0,'/1a/');"
               "INSERT INTO dossier_row (dossier_id, number, state, name, identity_hash, sealed_person, "
               "updated_at) "
               "VALUES ('0c',1,'issued','n','h1','x',1), ('1c',1,'issued','n','h2','x',1);"
               "INSERT INTO activation (id, dossier_id, number, key_id, owner, state, expires_at, "
               "created_at) "
               "VALUES ('0f','0c',1,'k','o','waiting',900,1);") == KY_OK
               ? 0
               : -1;
}

static void put(struct ky_store *s, const char *id, const char *dossier, int64_t at)
{
    const struct ky_db_outbox m = {.id = id,
                                   .about = id,
                                   .template = "request-sent",
                                   .channel = "email",
                                   .sealed_message = KY_BYTES_LIT("x"),
                                   .dossier_id = dossier,
                                   .state = "waiting",
                                   .created_at = at};
    assert_int_equal(ky_db_outbox_put(s, &m), KY_OK);
}

static void put_letter(struct ky_store *s, int64_t number, const char *kind)
{
    const struct ky_db_letter l = {.number = number,
                                   .kind = kind,
                                   .channel = "email",
                                   .sealed = KY_BYTES_LIT("box"),
                                   .dossier_id = "0c",
                                   .dossier_row = 1,
                                   .state = "waiting",
                                   .created_at = number};
    assert_int_equal(ky_db_letter_insert(s, &l), KY_OK);
}

static struct ky_scope branch(const char *path)
{
    struct ky_scope s;
    assert_int_equal(ky_scope_make(&s, path), KY_OK);
    return s;
}

/* Ids of a page, with spaces. */
static void list_ids(char out[128], struct ky_store *s, const struct ky_scope *scope, const char *dossier,
                     const char *state, const char *cursor, int64_t limit)
{
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_message *list = NULL;
    struct ky_page page;
    size_t n = 0, at = 0;
    out[0] = 0;
    assert_int_equal(ky_page_parse(&page, cursor, limit), KY_OK);
    assert_int_equal(ky_db_message_list(&list, &n, &a, s, scope, dossier, state, &page), KY_OK);
    for (size_t i = 0; i < n; i++)
        at += (size_t)snprintf(out + at, 128 - at, "%s ", list[i].id);
}

static void everybody_sees_the_messages_about_the_own_dossiers(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    const struct ky_scope all = ky_scope_everything(), own = branch("/0a/"), other = branch("/1a/");
    char ids[128];
    put(s, "01", "0c", 1);
    put(s, "02", "1c", 2);
    put(s, "03", NULL, 3);
    put_letter(s, 4, "activation-mail");
    list_ids(ids, s, &all, NULL, NULL, NULL, 10);
    assert_string_equal(ids, L4 " 03 02 01 ");
    list_ids(ids, s, &own, NULL, NULL, NULL, 10);
    assert_string_equal(ids, L4 " 01 ");
    list_ids(ids, s, &other, NULL, NULL, NULL, 10);
    assert_string_equal(ids, "02 ");
    list_ids(ids, s, &other, "0c", NULL, NULL, 10);
    assert_string_equal(ids, "");
    list_ids(ids, s, &all, "0c", "waiting", NULL, 1);
    assert_string_equal(ids, L4 " ");
    list_ids(ids, s, &all, "0c", "waiting", "4-" L4, 1);
    assert_string_equal(ids, "01 ");
    list_ids(ids, s, &all, NULL, "sent", NULL, 10);
    assert_string_equal(ids, "");
    assert_int_equal(ky_db_outbox_set_sent(s, "01"), KY_OK);
    list_ids(ids, s, &all, NULL, "sent", NULL, 10);
    assert_string_equal(ids, "01 ");
    list_ids(ids, s, &own, NULL, NULL, NULL, 10); /* a branch sees what was sent dossier by dossier */
    assert_string_equal(ids, L4 " ");
    list_ids(ids, s, &own, NULL, "sent", NULL, 10);
    assert_string_equal(ids, "");
    list_ids(ids, s, &own, "0c", NULL, NULL, 10);
    assert_string_equal(ids, L4 " 01 ");
}

static void pages_of_both_tables_follow_one_another(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    const struct ky_scope all = ky_scope_everything();
    char ids[128];
    put(s, "11", "0c", 7);
    put(s, "12", "0c", 7);
    put(s, "13", "0c", 9);
    put_letter(s, 7, "activation-code");
    put_letter(s, 8, "activation-code");
    list_ids(ids, s, &all, NULL, NULL, NULL, 2);
    assert_string_equal(ids, "13 00000000000000000000000000000008 ");
    list_ids(ids, s, &all, NULL, NULL, "8-00000000000000000000000000000008", 2);
    assert_string_equal(ids, "12 11 ");
    list_ids(ids, s, &all, NULL, NULL, "7-11", 2);
    assert_string_equal(ids, "00000000000000000000000000000007 ");
}

static void one_of_another_branch_is_not_there(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    const struct ky_scope all = ky_scope_everything(), own = branch("/0a/"), other = branch("/1a/");
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_message m;
    put(s, "01", "0c", 1);
    put(s, "03", NULL, 3);
    assert_int_equal(ky_db_message_get(&m, &a, s, &own, "01"), KY_OK);
    assert_int_equal(ky_db_message_get(&m, &a, s, &other, "01"), KY_ENOTFOUND);
    assert_int_equal(ky_db_message_get(&m, &a, s, &own, "03"), KY_ENOTFOUND);
    assert_int_equal(ky_db_message_get(&m, &a, s, &all, "03"), KY_OK);
}

static void dead_and_bounced_ones_are_sent_again(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    const struct ky_scope all = ky_scope_everything();
    char ids[128];
    put(s, "01", "0c", 1);
    put_letter(s, 4, "activation-mail");
    put_letter(s, 5, "activation-code");
    assert_int_equal(ky_db_message_retry(s, "01", 50), KY_ENOTFOUND);
    assert_int_equal(ky_db_message_set_bounced(s, "01", "5.1.1"), KY_ENOTFOUND);
    assert_int_equal(ky_db_outbox_set_sent(s, "01"), KY_OK);
    assert_int_equal(ky_db_message_set_bounced(s, "01", "5.1.1"), KY_OK);
    assert_int_equal(ky_db_letter_set_failed(s, 4, "no", 0), KY_OK);
    assert_int_equal(ky_db_letter_set_failed(s, 5, "no", 0), KY_OK);
    list_ids(ids, s, &all, NULL, "bounced", NULL, 10);
    assert_string_equal(ids, "01 ");
    list_ids(ids, s, &all, NULL, "dead", NULL, 10);
    assert_string_equal(ids, L5 " " L4 " ");
    assert_int_equal(ky_db_message_retry(s, "01", 50), KY_OK);
    assert_int_equal(ky_db_message_retry(s, L4, 50), KY_OK);
    assert_int_equal(ky_db_message_retry(s, L5, 50), KY_ENOTFOUND); /* a code has its ten minutes */
    list_ids(ids, s, &all, NULL, "waiting", NULL, 10);
    assert_string_equal(ids, L4 " 01 ");
}

static const char *letter_state(struct ky_store *s, struct ky_arena *a)
{
    const struct ky_scope all = ky_scope_everything();
    struct ky_db_row_letter l, *list = NULL;
    size_t n = 0;
    assert_int_equal(ky_db_row_letter_get(&l, a, s, &all, "0c", 1), KY_OK);
    assert_int_equal(ky_db_row_letter_list(&list, &n, a, s, &all, "0c"), KY_OK);
    assert_int_equal(n, 1);
    assert_string_equal(list[0].id, l.id);
    return l.state;
}

static void a_row_tells_how_far_its_letter_came(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    const struct ky_scope other = branch("/1a/"), all = ky_scope_everything();
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_row_letter l;
    assert_int_equal(ky_db_row_letter_get(&l, &a, s, &all, "0c", 1), KY_ENOTFOUND);
    put_letter(s, 4, "activation-mail");
    put_letter(s, 5, "activation-code");
    assert_string_equal(letter_state(s, &a), "waiting");
    assert_int_equal(ky_db_letter_set_sent(s, 4), KY_OK);
    assert_string_equal(letter_state(s, &a), "sent");
    assert_int_equal(ky_db_message_set_bounced(s, L4, "5.1.1"), KY_OK);
    assert_string_equal(letter_state(s, &a), "bounced");
    assert_int_equal(ky_db_row_letter_resend(s, L4, 50), KY_OK);
    assert_int_equal(ky_db_row_letter_resend(s, L4, 50), KY_ENOTFOUND);
    put_letter(s, 6, "activation-mail");
    assert_int_equal(ky_db_letter_set_sent(s, 6), KY_OK);
    assert_string_equal(letter_state(s, &a), "sent");
    assert_int_equal(ky_db_activation_set_opened(s, "0f", 70), KY_OK);
    assert_int_equal(ky_db_activation_set_opened(s, "0f", 90), KY_OK);
    assert_string_equal(letter_state(s, &a), "opened");
    assert_int_equal(ky_db_activation_finish(s, "0f", "done"), KY_OK);
    assert_string_equal(letter_state(s, &a), "activated");
    assert_int_equal(ky_db_row_letter_get(&l, &a, s, &all, "0c", 1), KY_OK);
    assert_int_equal(l.expires_at, 900);
    assert_string_equal(l.sending, "sent");
    assert_int_equal(ky_db_row_letter_get(&l, &a, s, &other, "0c", 1), KY_ENOTFOUND);
}

static void put_cert(struct ky_store *s, const char *serial, const char *dossier, int64_t end)
{
    const struct ky_db_cert c = {.serial = serial,
                                 .dossier_id = dossier,
                                 .number = 1,
                                 .key_id = "k",
                                 .owner = "o",
                                 .status = "waiting",
                                 .der = KY_BYTES_LIT("d"),
                                 .not_after = end};
    assert_int_equal(ky_db_cert_insert(s, &c), KY_OK);
    assert_int_equal(ky_db_cert_set_good(s, serial, KY_BYTES_LIT("d"), KY_BYTES_LIT("h")), KY_OK);
}

static void a_certificate_is_warned_of_in_three_steps(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_expiry *due = NULL;
    size_t n = 0;
    bool replaced = true;
    ky_time first = ky_time_of_day_vn(21000 - 60) + 8 * KY_HOUR;
    put_cert(s, "05", "0c", END);
    assert_int_equal(ky_db_expiry_list_due(&due, &n, &a, s, first - 1, 10), KY_OK);
    assert_int_equal(n, 0);
    assert_int_equal(ky_db_expiry_list_due(&due, &n, &a, s, first, 10), KY_OK);
    assert_int_equal(n, 1);
    assert_int_equal(due[0].step, 0);
    assert_int_equal(ky_db_expiry_move(s, &due[0], 1, ky_expiry_at(END, 1)), KY_OK);
    assert_int_equal(ky_db_expiry_move(s, &due[0], 1, 0), KY_ENOTFOUND); /* another did it */
    assert_int_equal(ky_db_expiry_list_due(&due, &n, &a, s, first + 30 * KY_DAY, 10), KY_OK);
    assert_int_equal(n, 1);
    assert_int_equal(ky_db_expiry_replaced(&replaced, s, "o", END), KY_OK);
    assert_false(replaced);
    put_cert(s, "06", "1c", END + 1);
    assert_int_equal(ky_db_expiry_replaced(&replaced, s, "o", END), KY_OK);
    assert_true(replaced);
    assert_int_equal(ky_db_cert_set_revoked(s, "05", 1, 1), KY_OK);
    assert_int_equal(ky_db_expiry_list_due(&due, &n, &a, s, END, 10), KY_OK);
    assert_int_equal(n, 1);
    assert_string_equal(due[0].serial, "06");
}

static void a_digest_gathers_lines_of_an_organisation(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_expiry_line next, *lines = NULL;
    size_t n = 0;
    int64_t count = 0;
    put_cert(s, "05", "0c", END);
    put_cert(s, "06", "1c", END);
    assert_int_equal(ky_db_expiry_digest_next(&next, &a, s), KY_ENOTFOUND);
    assert_int_equal(ky_db_expiry_digest_put(s, &(struct ky_db_expiry_line){"1a", "05", 0}), KY_OK);
    assert_int_equal(ky_db_expiry_digest_put(s, &(struct ky_db_expiry_line){"1a", "06", 1}), KY_OK);
    assert_int_equal(ky_db_expiry_digest_put(s, &(struct ky_db_expiry_line){"1a", "05", 2}), KY_OK);
    assert_int_equal(ky_db_expiry_digest_next(&next, &a, s), KY_OK);
    assert_string_equal(next.org_id, "1a");
    assert_int_equal(ky_db_expiry_digest_list(&lines, &n, &a, s, "1a", 1), KY_OK);
    assert_int_equal(n, 1);
    assert_string_equal(lines[0].serial, "05");
    assert_int_equal(lines[0].step, 2);
    assert_int_equal(ky_db_expiry_digest_count(&count, s, "1a"), KY_OK);
    assert_int_equal(count, 2);
    assert_int_equal(ky_db_expiry_digest_clear(s, "1a"), KY_OK);
    assert_int_equal(ky_db_expiry_digest_next(&next, &a, s), KY_ENOTFOUND);
}

int main(void)
{
#define FILLED(test) cmocka_unit_test_setup_teardown(test, open_filled, tempdb_close)
    const struct CMUnitTest tests[] = {
        FILLED(everybody_sees_the_messages_about_the_own_dossiers),
        FILLED(pages_of_both_tables_follow_one_another),
        FILLED(one_of_another_branch_is_not_there),
        FILLED(dead_and_bounced_ones_are_sent_again),
        FILLED(a_row_tells_how_far_its_letter_came),
        FILLED(a_certificate_is_warned_of_in_three_steps),
        FILLED(a_digest_gathers_lines_of_an_organisation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
