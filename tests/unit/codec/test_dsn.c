/* Bounces as OpenSMTPD and Postfix write them, and mails that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "codec/dsn.h"

#define HEAD "To: <a@b.vn>\nContent-Type: multipart/report; boundary=\"x\"\n\nnothing\n"
#define STATUS_PART "--x\nContent-Type: message/delivery-status\n\n"

static ky_rc parse(struct ky_dsn *out, const char *mail)
{
    return ky_dsn_parse(out, ky_bytes_str(mail));
}

static bool is(struct ky_bytes b, const char *text)
{
    return ky_bytes_eq(b, ky_bytes_str(text));
}

static void tells_who_was_written_to_and_that_it_failed(void **state)
{
    struct ky_dsn d;
    static const char mail[] =
        "Delivered-To: bounce+0a.0b@kyso.test\r\nTo: Kyso\r\n\t<bounce+0a.0b@kyso.test>\r\n"
        "Content-Type: multipart/mixed;boundary=\"1/mail.test\"\r\n\r\n--1/mail.test\r\n"
        "Content-Type: text/plain\r\n\r\nhi\r\n--1/mail.test\r\n"
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        "Final-Recipient: rfc822; no@x.vn\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        "--1/mail.test--\r\n";
    assert_int_equal(parse(&d, mail), KY_OK);
    assert_true(d.failed);
    assert_string_equal(d.status, "5.1.1");
    assert_int_equal(d.n_to, 2);
    assert_true(is(d.to[0], "bounce+0a.0b@kyso.test"));
    assert_true(is(d.to[1], "bounce+0a.0b@kyso.test"));
}

static void of_several_recipients_the_one_that_failed_counts(void **state)
{
    struct ky_dsn d;
    assert_int_equal(parse(&d, HEAD STATUS_PART
                           "Reporting-MTA: dns; m\n\nAction: delayed\nStatus: 4.4.1 (x)\n\n"
                           "ACTION: Failed (really)\nStatus: 5.2.2\n\nAction: relayed\n\n--x--\n"),
                     KY_OK);
    assert_true(d.failed);
    assert_string_equal(d.status, "5.2.2");
    assert_int_equal(parse(&d, HEAD STATUS_PART "Action: delayed\nStatus: 4.4.1 (x)\n--x--\n"), KY_OK);
    assert_false(d.failed);
    assert_string_equal(d.status, "4.4.1");
}

static void what_is_no_bounce_is_refused(void **state)
{
    static const char *const mails[] = {
        "",
        "To: a@b\nContent-Type: text/plain\n\nAction: failed\n",
        "Content-Type: multipart/mixed\n\n--x\n",
        "Content-Type: multipart/mixed; boundary=\n\n--\nContent-Type: message/delivery-status\n\nAction: "
        "failed\n",
        HEAD "--x\nContent-Type: text/plain\n\nAction: failed\n--x--\n",
        HEAD "--x--\n" STATUS_PART "Action: failed\n",
        HEAD STATUS_PART "Reporting-MTA: dns; m\n\nStatus: 5.1.1\n--x--\n",
        HEAD "--xy\nContent-Type: message/delivery-status\n\nAction: failed\n",
        "Content-Type: multipart/x; "
        "boundary=123456789012345678901234567890123456789012345678901234567890123456"
        "789012\n\n",
    };
    for (size_t i = 0; i < KY_COUNT(mails); i++) {
        struct ky_dsn d;
        if (parse(&d, mails[i]) != KY_EFORMAT)
            fail_msg("%s", mails[i]);
    }
}

static void addresses_are_few_and_short(void **state)
{
    struct ky_dsn d;
    ky_auto_buf mail = ky_buf_init(65536);
    for (int i = 0; i < 20; i++)
        ky_buf_addf(&mail, "To: a%d@b.vn, other@b.vn\n", i);
    ky_buf_add_str(&mail, HEAD STATUS_PART "Action: failed\n");
    assert_int_equal(parse(&d, ky_buf_str(&mail)), KY_OK);
    assert_int_equal(d.n_to, KY_DSN_TO_MAX);
    assert_true(is(d.to[7], "a7@b.vn"));
    assert_int_equal(parse(&d, "To: Name <unclosed@b.vn\nTo:\n" HEAD STATUS_PART "Action: failed\n"), KY_OK);
    assert_int_equal(d.n_to, 1);
    assert_string_equal(d.status, "");
    ky_buf_reset(&mail);
    ky_buf_add_str(&mail, "To: ");
    for (int i = 0; i <= KY_DSN_ADDRESS_MAX; i++)
        ky_buf_add_u8(&mail, 'a');
    ky_buf_add_str(&mail, "\n" HEAD STATUS_PART "Action: failed\nStatus: 5.555555555555555\n");
    assert_int_equal(parse(&d, ky_buf_str(&mail)), KY_OK);
    assert_int_equal(d.n_to, 1);
    assert_int_equal(strlen(d.status), KY_DSN_STATUS_MAX - 1);
}

static void what_lies_behind_the_limit_is_not_read(void **state)
{
    struct ky_dsn d;
    ky_auto_buf mail = ky_buf_init(2 * KY_DSN_MAX);
    ky_buf_add_str(&mail, HEAD);
    while (mail.n < KY_DSN_MAX)
        ky_buf_add_str(&mail, "0123456789\n");
    ky_buf_add_str(&mail, STATUS_PART "Action: failed\n--x--\n");
    assert_int_equal(ky_dsn_parse(&d, ky_buf_bytes(&mail)), KY_EFORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_who_was_written_to_and_that_it_failed),
        cmocka_unit_test(of_several_recipients_the_one_that_failed_counts),
        cmocka_unit_test(what_is_no_bounce_is_refused),
        cmocka_unit_test(addresses_are_few_and_short),
        cmocka_unit_test(what_lies_behind_the_limit_is_not_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
