/* Notices, mails, notifiers, the outbox. */
#include "registration.h"

#include <dirent.h>

#include "base/base64.h"
#include "base/str.h"
#include "domain/mime_html.h"
#include "domain/outbox.h"
#include "domain/vietnamese.h"
#include "os/file.h"
#include "smtp_sink.h"
#include "store/outbox.h"

static const struct ky_mail_sender sender = {"ca@bcy.gov.vn", "Cục Chứng thực số và Bảo mật thông tin"};

struct fixture {
    struct tempdb *db;
    struct ky_personal personal;
    struct ky_notices *notices;
    struct ky_db *pool;
    char folder[128];
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    void *db = NULL;
    uint8_t key[KY_DATA_KEY_SIZE] = {7};
    if (f == NULL || tempdb_open(&db) != 0)
        return -1;
    f->db = db;
    snprintf(f->folder, sizeof f->folder, "%s/outbox", f->db->folder);
    *state = f;
    bool ok = ky_personal_init(&f->personal, KY_BYTES_OF(key)) == KY_OK &&
              ky_notices_load(&f->notices, KY_TEST_ETC "/templates") == KY_OK &&
              ky_db_open(&f->pool, f->db->where, 1, TEST_NOW) == KY_OK;
    return ok ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    void *db = f->db;
    ky_db_close(f->pool);
    tempdb_close(&db);
    ky_notices_free(f->notices);
    free(f);
    return 0;
}

static const struct ky_place places[] = {
    {"name", "Nguyễn Thị Minh Hằng"},
    {"link", "https://approve.example/a#00.xx"},
    {"until", "30/11/2026"},
    {"code", "12345678"},
    {"id", "00112233"},
    {"support", "cơ quan quản lý trực tiếp"},
    {"support_en", "your organisation"},
};

static ky_rc make(struct ky_notice *out, struct fixture *f, const char *name, ky_channel c,
                  const char *address)
{
    return ky_notice_make(out, f->notices, name, c, address, places, KY_COUNT(places));
}

static void templates_become_mails_and_short_messages(void **state)
{
    struct fixture *f = *state;
    ky_auto_notice mail = {.channel = KY_CHANNEL_EMAIL}, sms = {.channel = KY_CHANNEL_EMAIL};
    assert_int_equal(make(&mail, f, "activation-mail", KY_CHANNEL_EMAIL, "hang@lamdong.edu.vn"), KY_OK);
    assert_string_equal(ky_buf_str(&mail.subject), "Kích hoạt chứng thư số và tài khoản ký số tập trung");
    assert_non_null(strstr(ky_buf_str(&mail.body), "Kính gửi ông/bà Nguyễn Thị Minh Hằng,"));
    assert_non_null(strstr(ky_buf_str(&mail.body), "\nhttps://approve.example/a#00.xx\n"));
    assert_int_equal(make(&sms, f, "activation-code", KY_CHANNEL_SMS, "+84912345678"), KY_OK);
    assert_non_null(strstr(ky_buf_str(&sms.body), "Ma kich hoat ky so cua ban: 12345678."));
    assert_true(sms.body.n <= KY_SMS_MAX);
}

static void templates_are_told_one_after_another(void **state)
{
    struct fixture *f = *state;
    struct ky_notice_template one;
    size_t mails = 0, i = 0;
    for (; ky_notices_at(&one, f->notices, i); i++) {
        assert_true(one.body.n > 0);
        assert_int_equal(one.subject.n > 0, one.channel == KY_CHANNEL_EMAIL);
        mails += one.channel == KY_CHANNEL_EMAIL;
    }
    assert_true(mails > 20 && mails < i);
    assert_false(ky_notices_at(&one, f->notices, i + 1));
    assert_true(ky_notices_at(&one, f->notices, 0));
    assert_string_equal(one.name, "activation-mail");
}

static void refuses_what_cannot_be_sent(void **state)
{
    struct fixture *f = *state;
    char long_code[200];
    memset(long_code, '1', sizeof long_code - 1);
    long_code[sizeof long_code - 1] = 0;
    const struct ky_place too_long[] = {{"code", long_code}}, not_gsm[] = {{"code", "€"}},
                          two_lines[] = {
                              {"code", "a\r\nBcc: b"}, {"recipient", ""}, {"org", ""}, {"note", ""},
                              {"count", ""},           {"authority", ""}};
    static const char *const bad_addresses[] = {"",         "a b@c.vn", "a@c.vn\r\nBcc: d", "a@c.vn,b@c.vn",
                                                "<a@c.vn>", "ă@c.vn"};
    struct ky_notice n;
    assert_int_equal(make(&n, f, "no-such", KY_CHANNEL_EMAIL, "a@b.vn"), KY_ENOTFOUND);
    assert_int_equal(make(&n, f, "activation-code", KY_CHANNEL_EMAIL, "a@b.vn"), KY_ENOTFOUND);
    assert_int_equal(make(&n, f, "request-sent", KY_CHANNEL_EMAIL, "a@b.vn"), KY_EFORMAT);
    for (size_t i = 0; i < KY_COUNT(bad_addresses); i++)
        assert_int_equal(make(&n, f, "activation-mail", KY_CHANNEL_EMAIL, bad_addresses[i]), KY_EFORMAT);
    assert_int_equal(
        ky_notice_make(&n, f->notices, "activation-code", KY_CHANNEL_SMS, "+84912345678", too_long, 1),
        KY_ELIMIT);
    assert_int_equal(
        ky_notice_make(&n, f->notices, "activation-code", KY_CHANNEL_SMS, "+84912345678", not_gsm, 1),
        KY_EFORMAT);
    assert_int_equal(
        ky_notice_make(&n, f->notices, "request-refused", KY_CHANNEL_EMAIL, "a@b.vn", two_lines, 6),
        KY_EFORMAT);
}

static const struct ky_place longest[] = {
    {"code", "CM-2026-000123"},
    {"count", "1000"},
    {"issued", "1000"},
    {"limit", "12 ngày làm việc"},
    {"due", "17:00 ngày 30/11/2026"},
    {"until", "17:00 ngày 30/11/2026"},
    {"when", "17:00 ngày 30/11/2026"},
    {"percent", "1000"},
    {"row", "1000"},
    {"words", "nghieng nghieng nghieng nghieng nghieng nghieng"},
    {"name", "Công Tằng Tôn Nữ Thị Phương Nghi"},
    {"why", "550 5.1.1 no such user here"},
    {"org", "Trường Phổ thông Dân tộc nội trú"},
    {"recipient", "Trần Thị Bích Đào"},
    {"sender", "Cục Chứng thực số và Bảo mật thông tin"},
    {"authority", "Cục Chứng thực số và Bảo mật thông tin"},
    {"note", "Thiếu số điện thoại"},
    {"procedure", "Thay đổi nội dung thông tin"},
    {"procedure_en", "Change of particulars"},
    {"state", "Đang thẩm định"},
    {"detail", "Khóa"},
    {"device", "Điện thoại"},
    {"link", "https://approve.example/a#00.xx"},
    {"id", "00112233"},
    {"serial", "7a3f…91c2"},
    {"ground", "Cá nhân nghỉ việc"},
    {"days", "60"},
    {"list", "- Nguyễn Thị Minh Hằng"},
    {"support", "cán bộ hỗ trợ Lê Thị Mai"},
    {"support_en", "Lê Thị Mai"},
};

/* Every file of etc/templates with that ending. */
static void make_each(struct fixture *f, const char *ending, ky_channel channel, const char *address,
                      void (*judge)(const char *name, const struct ky_notice *n), size_t at_least)
{
    size_t made = 0, tail = strlen(ending);
    DIR *d = opendir(KY_TEST_ETC "/templates");
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        char name[64];
        ky_auto_notice n = {.channel = channel};
        size_t len = strlen(e->d_name);
        if (len <= tail || strcmp(e->d_name + len - tail, ending) != 0)
            continue;
        snprintf(name, sizeof name, "%.*s", (int)(len - tail), e->d_name);
        if (ky_notice_make(&n, f->notices, name, channel, address, longest, KY_COUNT(longest)) != KY_OK)
            fail_msg("%s", ky_error());
        judge(name, &n);
        made++;
    }
    closedir(d);
    assert_true(made >= at_least);
}

static void fits_one_segment(const char *name, const struct ky_notice *n)
{
    if (n->body.n > KY_SMS_MAX || !ky_text_is_gsm(ky_buf_bytes(&n->body)))
        fail_msg("%s: %zu characters", name, n->body.n);
}

static void every_short_message_fits_with_its_longest_values(void **state)
{
    make_each(*state, ".sms.txt", KY_CHANNEL_SMS, "+84912345678", fits_one_segment, 14);
}

static void is_in_both_languages(const char *name, const struct ky_notice *n)
{
    const char *rule = strstr(ky_buf_str(&n->body), "\n\n---\n");
    if (rule == NULL || strlen(rule) < 30 || rule - ky_buf_str(&n->body) < 30)
        fail_msg("%s: not Vietnamese, a line of ---, English", name);
    if (strstr(ky_buf_str(&n->body), "http:") != NULL)
        fail_msg("%s: an address without TLS", name);
}

static void every_mail_is_in_vietnamese_and_english(void **state)
{
    make_each(*state, ".email.txt", KY_CHANNEL_EMAIL, "hang@lamdong.edu.vn", is_in_both_languages, 25);
}

static void text_becomes_harmless_html(void **state)
{
    (void)state;
    static const struct {
        const char *text, *html;
    } cases[] = {
        {"a\nb\n\nc", "<p>a<br>\nb</p>\n<p>c</p>\n"},
        {"x\n---\ny\n", "<p>x</p>\n</div>\n<hr>\n<div lang=\"en\">\n<p>y</p>\n"},
        {"<img src='x' onerror=\"y\"> & co",
         "<p>&lt;img src=&#39;x&#39; onerror=&quot;y&quot;&gt; &amp; co</p>\n"},
        {"https://a.vn/a#1.\"x",
         "<p><a href=\"https://a.vn/a#1.&quot;x\" rel=\"noreferrer\">https://a.vn/a#1.&quot;x</a></p>\n"},
        {"https://a.vn b", "<p>https://a.vn b</p>\n"},
        {"http://a.vn", "<p>http://a.vn</p>\n"},
        {"", "<div lang=\"vi\">\n</div>"},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf html = ky_buf_init(4096);
        ky_mime_html(&html, ky_bytes_str(cases[i].text));
        if (strstr(ky_buf_str(&html), cases[i].html) == NULL)
            fail_msg("%s", ky_buf_str(&html));
    }
}

static void a_folder_without_all_templates_is_refused(void **state)
{
    struct fixture *f = *state;
    struct ky_notices *n = NULL;
    assert_int_equal(ky_notices_load(&n, f->db->folder), KY_ENOTFOUND);
    char path[256];
    snprintf(path, sizeof path, "%s/activation-mail.email.txt", f->db->folder);
    static const char *const bad[] = {"", "Hello\n\nx", "Subject: x\nbody", "Subject: x",
                                      "Subject: \xff\n\nx"};
    for (size_t i = 0; i < KY_COUNT(bad); i++) {
        assert_int_equal(ky_file_write(path, ky_bytes_str(bad[i]), 0600), KY_OK);
        assert_int_equal(ky_notices_load(&n, f->db->folder), KY_EFORMAT);
        assert_non_null(strstr(ky_error(), "activation-mail"));
    }
}

/* The decoded words of a header, and the decoded body, of a mail. */
static void decode_mail(char *subject, size_t room, struct ky_buf *body, const char *mail)
{
    const char *p = strstr(mail, "\r\nSubject: ") + strlen("\r\nSubject: "), *end = p;
    do
        end = strstr(end + 1, "\r\n");
    while (end[2] == ' ');
    ky_auto_buf text = ky_buf_init(4096);
    while ((p = strstr(p, "=?UTF-8?B?")) != NULL && p < end) {
        const char *close = strstr(p + 10, "?=");
        assert_true(close + 2 - p <= 75);
        assert_int_equal(ky_base64_decode(&text, KY_BYTES(p + 10, close - p - 10)), KY_OK);
        assert_true(ky_utf8_valid(ky_buf_bytes(&text)));
        p = close;
    }
    snprintf(subject, room, "%s", ky_buf_str(&text));
    p = strstr(mail, "Content-Type: text/plain;");
    for (p = strstr(p, "\r\n\r\n") + 4; *p != '\r'; p = strstr(p, "\r\n") + 2) {
        size_t n = strcspn(p, "\r");
        assert_true(n <= 76);
        assert_int_equal(ky_base64_decode(body, KY_BYTES(p, n)), KY_OK);
    }
}

static void a_mail_can_be_read_back(void **state)
{
    struct fixture *f = *state;
    ky_auto_notice n = {.channel = KY_CHANNEL_EMAIL};
    ky_auto_buf mail = ky_buf_init(KY_MAIL_MAX), body = ky_buf_init(KY_MAIL_MAX);
    char subject[1024];
    assert_int_equal(make(&n, f, "activation-mail", KY_CHANNEL_EMAIL, "hang@lamdong.edu.vn"), KY_OK);
    assert_int_equal(ky_mime_encode(&mail, &n, &sender, "0a0b", TEST_NOW), KY_OK);
    const char *text = ky_buf_str(&mail);
    assert_memory_equal(text, "From: =?UTF-8?B?", 16);
    assert_non_null(strstr(text, " <ca@bcy.gov.vn>\r\nTo: <hang@lamdong.edu.vn>\r\n"));
    assert_non_null(strstr(text, "\r\nDate: Mon, 23 Nov 2026 09:13:20 +0700\r\n"));
    assert_non_null(strstr(text, "\r\nMessage-ID: <0a0b@bcy.gov.vn>\r\n"));
    decode_mail(subject, sizeof subject, &body, text);
    assert_string_equal(subject, ky_buf_str(&n.subject));
    assert_true(ky_bytes_eq(ky_buf_bytes(&body), ky_buf_bytes(&n.body)));
    const struct ky_mail_sender nowhere = {"ca", "CA"};
    assert_int_equal(ky_mime_encode(&mail, &n, &nowhere, "0a0b", TEST_NOW), KY_EINVAL);
}

/* Puts one mail and one SMS into the outbox. */
static ky_rc put_both(struct ky_store *s, void *ctx)
{
    struct fixture *f = ctx;
    ky_auto_notice mail = {.channel = KY_CHANNEL_EMAIL}, sms = {.channel = KY_CHANNEL_SMS};
    KY_TRY(make(&mail, f, "activation-mail", KY_CHANNEL_EMAIL, "hang@lamdong.edu.vn"));
    KY_TRY(make(&sms, f, "activation-code", KY_CHANNEL_SMS, "+84912345678"));
    KY_TRY(ky_outbox_put(s, &f->personal, "activation-mail", "x/1", &mail, TEST_NOW));
    return ky_outbox_put(s, &f->personal, "activation-code", "x/1", &sms, TEST_NOW);
}

static int count_files(const char *folder, const char *ending)
{
    int n = 0;
    DIR *d = opendir(folder);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        size_t len = strlen(e->d_name), tail = strlen(ending);
        n += len > tail && strcmp(e->d_name + len - tail, ending) == 0;
    }
    if (d != NULL)
        closedir(d);
    return n;
}

static void what_was_put_is_written_once(void **state)
{
    struct fixture *f = *state;
    struct ky_outbox_result r;
    ky_auto_notifier folder = NULL;
    assert_int_equal(ky_notifier_open_folder(&folder, f->folder, &sender), KY_OK);
    struct ky_notifier *const by_channel[] = {folder, folder};
    assert_int_equal(ky_store_submit(f->pool, put_both, f), KY_OK);
    assert_int_equal(ky_store_submit(f->pool, put_both, f), KY_OK);
    assert_int_equal(ky_outbox_run(&r, f->pool, &f->personal, by_channel, TEST_NOW), KY_OK);
    assert_int_equal(r.sent, 2);
    assert_int_equal(ky_outbox_run(&r, f->pool, &f->personal, by_channel, TEST_NOW + KY_DAY), KY_OK);
    assert_int_equal(r.sent, 0);
    assert_int_equal(count_files(f->folder, ".eml"), 1);
    assert_int_equal(count_files(f->folder, ".sms.json"), 1);
}

static void a_failure_is_tried_again_with_growing_pauses_and_then_given_up(void **state)
{
    struct fixture *f = *state;
    struct ky_outbox_result r;
    struct ky_notifier *const nobody[] = {NULL, NULL};
    ky_time now = TEST_NOW;
    assert_int_equal(ky_store_submit(f->pool, put_both, f), KY_OK);
    int64_t tries = 0;
    for (;; tries++) {
        assert_int_equal(ky_outbox_run(&r, f->pool, &f->personal, nobody, now), KY_OK);
        if (r.given_up != 0)
            break;
        assert_int_equal(r.later, 2);
        ky_time pause = ky_outbox_pause(tries);
        assert_true(tries == 0 || pause > ky_outbox_pause(tries - 1));
        assert_int_equal(ky_outbox_run(&r, f->pool, &f->personal, nobody, now + pause - 1), KY_OK);
        assert_int_equal(r.later, 0);
        now += pause;
    }
    assert_int_equal(r.given_up, 2);
    assert_int_equal(ky_outbox_pause(tries), 0);
    assert_int_equal(ky_outbox_run(&r, f->pool, &f->personal, nobody, now + 30 * KY_DAY), KY_OK);
    assert_int_equal(r.later + r.given_up, 0);
}

static void another_data_key_opens_no_message(void **state)
{
    struct fixture *f = *state;
    struct ky_outbox_result r;
    struct ky_personal other;
    uint8_t key[KY_DATA_KEY_SIZE] = {8};
    struct ky_notifier *const nobody[] = {NULL, NULL};
    assert_int_equal(ky_personal_init(&other, KY_BYTES_OF(key)), KY_OK);
    assert_int_equal(ky_store_submit(f->pool, put_both, f), KY_OK);
    assert_int_equal(ky_outbox_run(&r, f->pool, &other, nobody, TEST_NOW), KY_OK);
    assert_int_equal(r.given_up, 2);
}

static ky_rc open_smtp(struct ky_notifier **out, const char *url, bool tls)
{
    const struct ky_smtp_config config = {.url = url, .tls_required = tls, .timeout_s = 10, .from = sender};
    return ky_notifier_open_smtp(out, &config);
}

static void a_gateway_is_known_by_all_it_needs(void **state)
{
    struct fixture *f = *state;
    const struct ky_kannel_config good = {.url = "http://127.0.0.1:1/cgi-bin/sendsms",
                                          .user = "kyso",
                                          .password = "secret",
                                          .from = "KYSO",
                                          .dlr_mask = 31,
                                          .dlr_url = "http://127.0.0.1:1/dlr?id={id}&s=%d",
                                          .timeout_s = 5};
    struct ky_kannel_config bad[6] = {good, good, good, good, good, good};
    ky_auto_notifier kannel = NULL;
    ky_auto_notice sms = {.channel = KY_CHANNEL_SMS}, mail = {.channel = KY_CHANNEL_EMAIL};
    bad[0].url = "";
    bad[1].password = "";
    bad[2].timeout_s = 0;
    bad[3].dlr_url = "";
    bad[4].user = "a\r\nX: y";
    bad[5].from = "Cục";
    for (size_t i = 0; i < KY_COUNT(bad); i++)
        assert_int_equal(ky_notifier_open_kannel(&kannel, &bad[i]), KY_EINVAL);
    assert_int_equal(ky_notifier_open_kannel(&kannel, &good), KY_OK);
    assert_int_equal(make(&sms, f, "activation-code", KY_CHANNEL_SMS, "+84912345678"), KY_OK);
    assert_int_equal(make(&mail, f, "activation-mail", KY_CHANNEL_EMAIL, "hang@lamdong.edu.vn"), KY_OK);
    assert_int_equal(ky_notifier_send(kannel, &mail, "0a0b", TEST_NOW), KY_EINVAL);
    assert_int_equal(ky_notifier_send(kannel, &sms, "0a0b", TEST_NOW), KY_EBUSY); /* nobody is there */
    assert_null(strstr(ky_error(), "secret"));
    assert_null(strstr(ky_error(), "912345678"));
}

static void a_mail_goes_out_by_smtp(void **state)
{
    struct fixture *f = *state;
    struct smtp_sink sink;
    ky_auto_notice n = {.channel = KY_CHANNEL_EMAIL}, sms = {.channel = KY_CHANNEL_SMS};
    ky_auto_notifier smtp = NULL;
    ky_auto_buf body = ky_buf_init(KY_MAIL_MAX);
    char subject[1024];
    assert_int_equal(smtp_sink_start(&sink, "250 ok"), 0);
    assert_int_equal(open_smtp(&smtp, sink.url, false), KY_OK);
    assert_int_equal(make(&n, f, "activation-mail", KY_CHANNEL_EMAIL, "hang@lamdong.edu.vn"), KY_OK);
    ky_rc rc = ky_notifier_send(smtp, &n, "0a0b", TEST_NOW);
    smtp_sink_stop(&sink);
    assert_int_equal(rc, KY_OK);
    assert_string_equal(sink.sender, "ca@bcy.gov.vn");
    assert_string_equal(sink.recipient, "hang@lamdong.edu.vn");
    decode_mail(subject, sizeof subject, &body, sink.data);
    assert_string_equal(subject, ky_buf_str(&n.subject));
    assert_true(ky_bytes_eq(ky_buf_bytes(&body), ky_buf_bytes(&n.body)));
    assert_int_equal(make(&sms, f, "activation-code", KY_CHANNEL_SMS, "+84912345678"), KY_OK);
    assert_int_equal(ky_notifier_send(smtp, &sms, "0a0c", TEST_NOW), KY_EINVAL);
}

static void smtp_failures_tell_whether_to_try_again(void **state)
{
    struct fixture *f = *state;
    const struct {
        const char *reply;
        bool tls;
        ky_rc rc;
    } cases[] = {{"450 mailbox busy", false, KY_EBUSY},
                 {"550 no such user", false, KY_EDENIED},
                 {"250 ok", true, KY_EBUSY}};
    ky_auto_notice n = {.channel = KY_CHANNEL_EMAIL};
    assert_int_equal(make(&n, f, "activation-mail", KY_CHANNEL_EMAIL, "hang@lamdong.edu.vn"), KY_OK);
    char closed[64];
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        struct smtp_sink sink;
        ky_auto_notifier smtp = NULL;
        assert_int_equal(smtp_sink_start(&sink, cases[i].reply), 0);
        assert_int_equal(open_smtp(&smtp, sink.url, cases[i].tls), KY_OK);
        ky_rc rc = ky_notifier_send(smtp, &n, "0a0b", TEST_NOW);
        smtp_sink_stop(&sink);
        assert_int_equal(rc, cases[i].rc);
        assert_string_equal(sink.data, "");
        snprintf(closed, sizeof closed, "%s", sink.url);
    }
    ky_auto_notifier smtp = NULL;
    assert_int_equal(open_smtp(&smtp, closed, false), KY_OK);
    assert_int_equal(ky_notifier_send(smtp, &n, "0a0b", TEST_NOW), KY_EBUSY);
    const struct ky_smtp_config never = {.url = closed, .timeout_s = 0, .from = sender};
    struct ky_notifier *out = NULL;
    assert_int_equal(ky_notifier_open_smtp(&out, &never), KY_EINVAL);
}

int main(void)
{
#define OUTBOX(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        OUTBOX(templates_become_mails_and_short_messages),
        OUTBOX(templates_are_told_one_after_another),
        OUTBOX(refuses_what_cannot_be_sent),
        OUTBOX(every_short_message_fits_with_its_longest_values),
        OUTBOX(every_mail_is_in_vietnamese_and_english),
        OUTBOX(text_becomes_harmless_html),
        OUTBOX(a_folder_without_all_templates_is_refused),
        OUTBOX(a_mail_can_be_read_back),
        OUTBOX(what_was_put_is_written_once),
        OUTBOX(a_failure_is_tried_again_with_growing_pauses_and_then_given_up),
        OUTBOX(another_data_key_opens_no_message),
        OUTBOX(a_mail_goes_out_by_smtp),
        OUTBOX(a_gateway_is_known_by_all_it_needs),
        OUTBOX(smtp_failures_tell_whether_to_try_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
