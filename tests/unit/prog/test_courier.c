/* What the courier does with letters: genuine ones go out once, to the address inside them; others do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/softkey.h"
#include "os/file.h"
#include "prog/courier/courier.h"
#include "store/client.h"
#include "store/message.h"
#include "store/org.h"
#include "store/outbox.h"
#include "store/staff.h"

#define NOW ((ky_time)1795400000)
#define FILE_MAX 65536

static char folder[64], outbox[96], book[96];
static struct courier c;
static struct ky_founding founding;
static struct ky_softkey *k_att, *stranger;

static int remove_entry(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    return remove(path);
}

static ky_rc open_courier(void)
{
    static const uint8_t data_key[KY_DATA_KEY_SIZE] = {1};
    static const struct ky_mail_sender from = {"ca@example.gov.vn", "Cục Chứng thực số"};
    char where[128];
    snprintf(where, sizeof where, "sqlite:%s/kyso.db", folder);
    c = (struct courier){.founding = &founding, .registration.scope = ky_scope_everything()};
    KY_TRY(ky_x25519_generate(c.key, founding.courier_key));
    KY_TRY(ky_personal_init(&c.personal, KY_BYTES_OF(data_key)));
    KY_TRY(ky_notices_load(&c.templates, KY_TEST_ETC "/templates"));
    KY_TRY(ky_notifier_open_folder(&c.folder, outbox, &from));
    c.by_channel[KY_CHANNEL_EMAIL] = c.by_channel[KY_CHANNEL_SMS] = c.folder;
    KY_TRY(ky_letter_book_open(&c.book, book));
    ky_sms_quota_open(&c.quota, folder, &c.personal);
    return ky_db_open(&c.db, where, 1, NOW);
}

static int set_up(void **state)
{
    snprintf(folder, sizeof folder, "/tmp/kyso-courier-XXXXXX");
    if (mkdtemp(folder) == NULL || ky_softkey_generate(&k_att, KY_KEY_P256) != KY_OK ||
        ky_softkey_generate(&stranger, KY_KEY_P256) != KY_OK)
        return -1;
    snprintf(outbox, sizeof outbox, "%s/outbox", folder);
    snprintf(book, sizeof book, "%s/letters", folder);
    founding = (struct ky_founding){.origin = "https://approve.example"};
    memset(founding.realm, 0x5a, sizeof founding.realm);
    memcpy(founding.sam_att, ky_pubkey_point(ky_softkey_public(k_att)).p, KY_P256_POINT);
    if (open_courier() == KY_OK)
        return 0;
    fprintf(stderr, "%s\n", ky_error());
    return -1;
}

static int tear_down(void **state)
{
    ky_db_close(c.db);
    ky_notifier_close(c.folder);
    ky_notices_free(c.templates);
    ky_letter_book_close(&c.book);
    ky_sms_quota_close(&c.quota);
    ky_softkey_free(k_att);
    ky_softkey_free(stranger);
    return nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static struct ky_letter mail_letter(uint64_t number)
{
    struct ky_letter l = {.node = 1,
                          .number = number,
                          .kind = KY_LETTER_ACTIVATION_MAIL,
                          .address = "nguyen.thi.lan@hanoi.edu.vn",
                          .name = "Nguyễn Thị Lan",
                          .secret = "AAECAwQFBgcICQoLDA0ODw",
                          .not_after = NOW + KY_DAY};
    memcpy(l.realm, founding.realm, KY_HASH_SIZE);
    memset(l.id, 0xab, sizeof l.id);
    return l;
}

static struct ky_letter code_letter(uint64_t number)
{
    struct ky_letter l = mail_letter(number);
    l.kind = KY_LETTER_ACTIVATION_CODE;
    l.sms = true;
    snprintf(l.address, sizeof l.address, "+84912345678");
    snprintf(l.secret, sizeof l.secret, "01234567");
    return l;
}

static ky_rc insert(struct ky_store *s, void *ctx)
{
    return ky_db_letter_insert(s, ctx);
}

/* Lays a letter into the database under a number that need not be its own. */
static void post(const struct ky_letter *l, struct ky_softkey *by, int64_t as_number)
{
    ky_auto_buf sealed = ky_buf_init(KY_LETTER_SEALED_MAX);
    struct ky_signer signer = ky_softkey_signer(by);
    assert_int_equal(ky_letter_seal(&sealed, l, &signer, founding.courier_key), KY_OK);
    struct ky_db_letter row = {.number = as_number,
                               .kind = "activation-mail",
                               .channel = "email",
                               .sealed = ky_buf_bytes(&sealed),
                               .state = "waiting",
                               .created_at = NOW};
    assert_int_equal(ky_store_submit(c.db, insert, &row), KY_OK);
}

struct count {
    const char *state;
    int64_t n;
};

static ky_rc count_state(struct ky_store *s, void *ctx)
{
    struct count *q = ctx;
    return ky_store_query_int(&q->n, s, "SELECT count(*) FROM letter WHERE state = $1",
                              KY_PARAMS(ky_value_text(q->state)));
}

static int64_t letters_in(const char *state)
{
    struct count q = {.state = state};
    assert_int_equal(ky_db_read(c.db, count_state, &q), KY_OK);
    return q.n;
}

static size_t files_sent(void)
{
    size_t n = 0;
    DIR *d = opendir(outbox);
    assert_non_null(d);
    for (const struct dirent *e; (e = readdir(d)) != NULL;)
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

static void run_round(ky_time now)
{
    assert_int_equal(courier_letters(&c, now), KY_OK);
}

static void sends_to_the_address_in_the_letter(void **state)
{
    struct ky_letter mail = mail_letter(1), code = code_letter(2);
    char path[160];
    post(&mail, k_att, 1);
    post(&code, k_att, 2);
    run_round(NOW);
    assert_int_equal(letters_in("sent"), 2);
    ky_auto_buf eml = ky_buf_init(FILE_MAX), sms = ky_buf_init(FILE_MAX);
    snprintf(path, sizeof path, "%s/letter1.eml", outbox);
    assert_int_equal(ky_file_read(&eml, path), KY_OK);
    assert_non_null(strstr(ky_buf_str(&eml), "nguyen.thi.lan@hanoi.edu.vn"));
    snprintf(path, sizeof path, "%s/letter2.sms.json", outbox);
    assert_int_equal(ky_file_read(&sms, path), KY_OK);
    assert_non_null(strstr(ky_buf_str(&sms), "+84912345678"));
    assert_non_null(strstr(ky_buf_str(&sms), "01234567"));
}

static void the_link_carries_id_and_secret_in_its_fragment(void **state)
{
    struct ky_letter mail = mail_letter(1);
    const struct ky_support support = {.vi = "cán bộ hỗ trợ Lê Thị Mai, điện thoại 0912 345 678"};
    ky_auto_notice notice;
    assert_int_equal(courier_compose(&notice, &c, &mail, &support), KY_OK);
    assert_non_null(strstr(ky_buf_str(&notice.body),
                           "https://approve.example/a#abababababababababababababababab."
                           "AAECAwQFBgcICQoLDA0ODw\n"));
    assert_non_null(strstr(ky_buf_str(&notice.body), "Nguyễn Thị Lan"));
    assert_non_null(strstr(ky_buf_str(&notice.body), "Lê Thị Mai, điện thoại 0912 345 678"));
}

static ky_rc put_back(struct ky_store *s, void *ctx)
{
    return ky_store_exec(s, "UPDATE letter SET state = 'waiting', next_try = 0", KY_NO_PARAMS);
}

static void sends_a_number_once(void **state)
{
    struct ky_letter mail = mail_letter(1);
    char path[160];
    post(&mail, k_att, 1);
    run_round(NOW);
    assert_int_equal(files_sent(), 1);
    snprintf(path, sizeof path, "%s/letter1.eml", outbox);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(ky_store_submit(c.db, put_back, NULL), KY_OK);
    run_round(NOW + 1);
    assert_int_equal(files_sent(), 0);
    assert_int_equal(letters_in("dead"), 1);
}

static ky_rc ask_again(struct ky_store *s, void *ctx)
{
    return ky_db_row_letter_resend(s, ctx, NOW);
}

static void sends_an_account_letter_again_when_asked_and_not_often(void **state)
{
    struct ky_letter mail = mail_letter(1);
    char path[160];
    post(&mail, k_att, 1);
    run_round(NOW);
    snprintf(path, sizeof path, "%s/letter1.eml", outbox);
    for (int i = 0; i <= KY_SMS_PER_DAY; i++) {
        assert_int_equal(unlink(path), 0);
        assert_int_equal(ky_store_submit(c.db, ask_again, (void *)"00000000000000000000000000000001"), KY_OK);
        run_round(NOW + i);
        assert_int_equal(letters_in("sent"), i < KY_SMS_PER_DAY);
        assert_int_equal(files_sent(), i < KY_SMS_PER_DAY);
    }
    run_round(NOW + KY_DAY);
    assert_int_equal(letters_in("dead"), 1);
}

static void neither_a_code_nor_a_late_letter_is_sent_again(void **state)
{
    struct ky_letter code = code_letter(1), mail = mail_letter(2);
    post(&code, k_att, 1);
    post(&mail, k_att, 2);
    run_round(NOW);
    assert_int_equal(files_sent(), 2);
    assert_int_equal(ky_store_submit(c.db, ask_again, (void *)"00000000000000000000000000000001"), KY_OK);
    assert_int_equal(ky_store_submit(c.db, ask_again, (void *)"00000000000000000000000000000002"), KY_OK);
    run_round(NOW + KY_DAY + 1);
    assert_int_equal(letters_in("dead"), 2);
}

static void refuses_a_letter_that_sam_did_not_sign(void **state)
{
    struct ky_letter mail = mail_letter(1);
    post(&mail, stranger, 1);
    run_round(NOW);
    assert_int_equal(letters_in("dead"), 1);
    assert_int_equal(files_sent(), 0);
    assert_false(ky_letter_book_has(&c.book, 1));
}

static void refuses_a_letter_under_another_number(void **state)
{
    struct ky_letter mail = mail_letter(1);
    post(&mail, k_att, 2);
    run_round(NOW);
    assert_int_equal(letters_in("dead"), 1);
    assert_int_equal(files_sent(), 0);
}

static void refuses_a_letter_of_another_realm(void **state)
{
    struct ky_letter mail = mail_letter(1);
    mail.realm[0] ^= 1;
    post(&mail, k_att, 1);
    run_round(NOW);
    assert_int_equal(letters_in("dead"), 1);
    assert_int_equal(files_sent(), 0);
}

static void a_late_letter_is_not_sent_but_not_missing_either(void **state)
{
    struct ky_letter mail = mail_letter(1);
    mail.not_after = NOW - 1;
    post(&mail, k_att, 1);
    run_round(NOW);
    assert_int_equal(letters_in("dead"), 1);
    assert_int_equal(files_sent(), 0);
    assert_true(ky_letter_book_has(&c.book, 1));
}

static void a_lost_letter_shows(void **state)
{
    struct ky_letter mail = mail_letter(3);
    post(&mail, k_att, 3);
    run_round(NOW);
    assert_int_equal(c.book.count, 1);
    assert_false(c.book.gaps[0].told);
    run_round(NOW + KY_LETTER_PATIENCE);
    assert_true(c.book.gaps[0].told);
}

static void a_telephone_is_not_flooded(void **state)
{
    for (uint64_t n = 1; n <= KY_SMS_PER_DAY + 3; n++) {
        struct ky_letter code = code_letter(n);
        post(&code, k_att, (int64_t)n);
    }
    run_round(NOW);
    assert_int_equal(files_sent(), KY_SMS_PER_DAY);
    assert_int_equal(letters_in("dead"), 3);
}

static ky_rc refuse_for_now(struct ky_notifier *n, const struct ky_notice *notice, const char *id,
                            ky_time now)
{
    return ky_fail(KY_EBUSY, "mail server does not answer");
}

static ky_rc refuse_for_good(struct ky_notifier *n, const struct ky_notice *notice, const char *id,
                             ky_time now)
{
    return ky_fail(KY_EDENIED, "mail: no such mailbox");
}

static void gives_up_what_the_mail_server_refuses_for_good(void **state)
{
    static const struct ky_notifier_ops ops = {.name = "strict", .send = refuse_for_good};
    struct ky_notifier strict = {.ops = &ops, .channels = 1u << KY_CHANNEL_EMAIL};
    struct ky_letter mail = mail_letter(1);
    c.by_channel[KY_CHANNEL_EMAIL] = &strict;
    post(&mail, k_att, 1);
    run_round(NOW);
    assert_int_equal(letters_in("dead"), 1);
    assert_true(ky_letter_book_has(&c.book, 1));
    c.by_channel[KY_CHANNEL_EMAIL] = c.folder;
    assert_int_equal(ky_store_submit(c.db, ask_again, (void *)"00000000000000000000000000000001"), KY_OK);
    run_round(NOW + 1);
    assert_int_equal(letters_in("sent"), 1);
}

static void tries_again_when_the_mail_server_is_away(void **state)
{
    static const struct ky_notifier_ops ops = {.name = "away", .send = refuse_for_now};
    struct ky_notifier away = {.ops = &ops, .channels = 1u << KY_CHANNEL_EMAIL};
    struct ky_letter mail = mail_letter(1);
    c.by_channel[KY_CHANNEL_EMAIL] = &away;
    post(&mail, k_att, 1);
    run_round(NOW);
    assert_int_equal(letters_in("waiting"), 1);
    assert_false(ky_letter_book_has(&c.book, 1));
    c.by_channel[KY_CHANNEL_EMAIL] = c.folder;
    run_round(NOW + 1); /* too early */
    assert_int_equal(letters_in("waiting"), 1);
    run_round(NOW + KY_HOUR);
    assert_int_equal(letters_in("sent"), 1);
}

#define OLD ky_bytes_str("old")
#define FRESH ky_bytes_str("new")

static ky_rc insert_tokens(struct ky_store *s, void *ctx)
{
    const struct ky_db_org org = {.id = "0a",
                                  .code = "H36",
                                  .name = "Sở",
                                  .province = "Huế",
                                  .place = "Huế",
                                  .sector = "education",
                                  .state = "active",
                                  .kind = "organisation",
                                  .path = "/0a/",
                                  .folded = "h36 so",
                                  .separation = "auto"};
    const struct ky_db_staff staff = {.id = "0b",
                                      .org_id = "0a",
                                      .name = "An",
                                      .email = "an@x.edu.vn",
                                      .roles = "enter",
                                      .state = "active"};
    const struct ky_db_client client = {
        .client_id = "emr", .secret_hash = OLD, .record_id = "01", .name = "EMR", .state = "active"};
    struct ky_db_access_token t = {.hash = OLD, .client_id = "emr", .scope = "credential", .expires_at = NOW};
    KY_TRY(ky_db_org_insert(s, &org));
    KY_TRY(ky_db_staff_insert(s, &staff));
    KY_TRY(ky_db_client_insert(s, &client));
    KY_TRY(ky_db_staff_token_insert(s, OLD, "0b", 0, NOW));
    KY_TRY(ky_db_staff_token_insert(s, FRESH, "0b", 0, NOW + 1));
    KY_TRY(ky_db_access_token_insert(s, &t));
    t.hash = FRESH;
    t.expires_at = NOW + 1;
    return ky_db_access_token_insert(s, &t);
}

/* Deleting tells whether it was there. */
static ky_rc delete_staff_token(struct ky_store *s, void *ctx)
{
    return ky_db_staff_token_delete(s, *(struct ky_bytes *)ctx);
}

static ky_rc delete_access_token(struct ky_store *s, void *ctx)
{
    return ky_db_access_token_delete(s, *(struct ky_bytes *)ctx);
}

static void make_mail(const char *name, ky_time at)
{
    char path[200];
    snprintf(path, sizeof path, "%s/bounces/cur/%s", folder, name);
    const struct timespec times[2] = {{.tv_sec = at}, {.tv_sec = at}};
    assert_int_equal(ky_file_write(path, KY_BYTES_LIT("x"), 0600), KY_OK);
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void removes_bounces_that_were_read_long_ago(void **state)
{
    char path[200];
    snprintf(path, sizeof path, "%s/bounces", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    c.bounces = path;
    assert_int_equal(courier_purge(&c, NOW), KY_EIO); /* there is no maildir: told, and looked for again */
    char cur[240];
    snprintf(cur, sizeof cur, "%s/cur", path);
    assert_int_equal(mkdir(cur, 0700), 0);
    make_mail("old", NOW - 31 * KY_DAY);
    make_mail("young", NOW - 29 * KY_DAY);
    assert_int_equal(courier_purge(&c, NOW + KY_HOUR), KY_OK);
    snprintf(cur, sizeof cur, "%s/cur/old", path);
    assert_int_not_equal(access(cur, F_OK), 0);
    snprintf(cur, sizeof cur, "%s/cur/young", path);
    assert_int_equal(access(cur, F_OK), 0);
}

static void removes_tokens_that_have_expired_and_no_others(void **state)
{
    struct ky_bytes old = OLD, fresh = FRESH;
    assert_int_equal(ky_store_submit(c.db, insert_tokens, NULL), KY_OK);
    assert_int_equal(courier_purge(&c, NOW), KY_OK);
    assert_int_equal(ky_store_submit(c.db, delete_staff_token, &old), KY_ENOTFOUND);
    assert_int_equal(ky_store_submit(c.db, delete_access_token, &old), KY_ENOTFOUND);
    assert_int_equal(courier_purge(&c, NOW + 1), KY_OK); /* not again within the hour */
    assert_int_equal(ky_store_submit(c.db, delete_staff_token, &fresh), KY_OK);
    assert_int_equal(ky_store_submit(c.db, delete_access_token, &fresh), KY_OK);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sends_to_the_address_in_the_letter),
        TEST(the_link_carries_id_and_secret_in_its_fragment),
        TEST(sends_a_number_once),
        TEST(removes_bounces_that_were_read_long_ago),
        TEST(gives_up_what_the_mail_server_refuses_for_good),
        TEST(sends_an_account_letter_again_when_asked_and_not_often),
        TEST(neither_a_code_nor_a_late_letter_is_sent_again),
        TEST(refuses_a_letter_that_sam_did_not_sign),
        TEST(refuses_a_letter_under_another_number),
        TEST(refuses_a_letter_of_another_realm),
        TEST(a_late_letter_is_not_sent_but_not_missing_either),
        TEST(a_lost_letter_shows),
        TEST(a_telephone_is_not_flooded),
        TEST(tries_again_when_the_mail_server_is_away),
        TEST(removes_tokens_that_have_expired_and_no_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
