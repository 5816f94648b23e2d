/* The courier's book of letters and its count of SMS. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "domain/letter_book.h"
#include "domain/sms_quota.h"
#include "os/file.h"

#define NOW ((ky_time)1795400000)

static char folder[64], path[128];
static struct ky_personal personal;

static int set_up(void **state)
{
    snprintf(folder, sizeof folder, "/tmp/kyso-book-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/letters", folder);
    static const uint8_t key[KY_DATA_KEY_SIZE] = {7};
    return ky_personal_init(&personal, KY_BYTES_OF(key)) == KY_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    char day[160];
    unlink(path);
    for (int64_t d = -2; d <= 2; d++) {
        snprintf(day, sizeof day, "%s/sms-%lld", folder,
                 (long long)((NOW + KY_TIME_VN_OFFSET_S) / KY_DAY + d));
        unlink(day);
    }
    return rmdir(folder);
}

static struct ky_letter_book open_book(void)
{
    struct ky_letter_book book;
    assert_int_equal(ky_letter_book_open(&book, path), KY_OK);
    return book;
}

static void takes_each_number_once(void **state)
{
    ky_auto_letter_book book = open_book();
    assert_false(ky_letter_book_has(&book, 1));
    assert_int_equal(ky_letter_book_take(&book, 1, NOW), KY_OK);
    assert_int_equal(ky_letter_book_take(&book, 2, NOW), KY_OK);
    assert_true(ky_letter_book_has(&book, 2));
    assert_int_equal(ky_letter_book_take(&book, 2, NOW), KY_EEXIST);
    assert_int_equal(ky_letter_book_take(&book, 0, NOW), KY_EEXIST);
}

static void remembers_over_a_restart(void **state)
{
    ky_auto_letter_book book = open_book();
    assert_int_equal(ky_letter_book_take(&book, 3, NOW), KY_OK);
    assert_int_equal(ky_letter_book_take(&book, 9, NOW), KY_OK);
    ky_auto_letter_book again = open_book();
    static const bool want[] = {true, false, false, true, false, false, false, false, false, true, false};
    for (uint64_t n = 0; n < KY_COUNT(want); n++)
        assert_int_equal(ky_letter_book_has(&again, n), want[n]);
}

static void late_letters_fill_gaps(void **state)
{
    ky_auto_letter_book book = open_book();
    static const uint64_t order[] = {10, 5, 1, 9, 2, 3, 8, 4, 7};
    for (size_t i = 0; i < KY_COUNT(order); i++)
        assert_int_equal(ky_letter_book_take(&book, order[i], NOW), KY_OK);
    assert_int_equal(book.count, 1);
    assert_int_equal(book.gaps[0].first, 6);
    assert_int_equal(book.gaps[0].last, 6);
    assert_int_equal(ky_letter_book_take(&book, 6, NOW), KY_OK);
    assert_int_equal(book.count, 0);
    ky_auto_letter_book again = open_book();
    assert_int_equal(again.highest, 10);
}

static void a_missing_letter_is_told_once_after_a_while(void **state)
{
    ky_auto_letter_book book = open_book();
    assert_int_equal(ky_letter_book_take(&book, 4, NOW), KY_OK);
    assert_null(ky_letter_book_overdue(&book, NOW + KY_LETTER_PATIENCE - 1));
    const struct ky_letter_gap *g = ky_letter_book_overdue(&book, NOW + KY_LETTER_PATIENCE);
    assert_non_null(g);
    assert_int_equal(g->first, 1);
    assert_int_equal(g->last, 3);
    assert_null(ky_letter_book_overdue(&book, NOW + KY_HOUR));
}

static void refuses_a_damaged_book(void **state)
{
    static const char *const texts[] = {
        "",
        "lowest 3\n",
        "highest 9\nmissing 4 2 0\n",
        "highest 9\nmissing 4 9 0\n",
        "highest 9\nmissing 4 5 0\nmissing 3 3 0\n",
        "highest 9\nmissing 4 5 0\nmissing 5 6 0\n",
        "highest 9\nmissing 4\n",
    };
    for (size_t i = 0; i < KY_COUNT(texts); i++) {
        struct ky_letter_book book;
        assert_int_equal(ky_file_write(path, ky_bytes_str(texts[i]), 0600), KY_OK);
        assert_int_equal(ky_letter_book_open(&book, path), KY_EFORMAT);
    }
}

static void limits_sms_of_a_number_and_day(void **state)
{
    ky_auto_sms_quota q;
    ky_sms_quota_open(&q, folder, &personal);
    for (int i = 0; i < KY_SMS_PER_DAY; i++) {
        assert_int_equal(ky_sms_quota_check(&q, "+84912345678", NOW), KY_OK);
        assert_int_equal(ky_sms_quota_count(&q, "+84912345678", NOW), KY_OK);
        assert_int_equal(ky_sms_quota_count(&q, "+84900000001", NOW), KY_OK);
    }
    assert_int_equal(ky_sms_quota_check(&q, "+84912345678", NOW), KY_ELIMIT);
    assert_int_equal(ky_sms_quota_check(&q, "+84912345679", NOW), KY_OK);
    assert_int_equal(ky_sms_quota_check(&q, "+84912345678", NOW + KY_DAY), KY_OK);
}

static void counts_sms_over_a_restart(void **state)
{
    ky_auto_sms_quota q, again;
    ky_sms_quota_open(&q, folder, &personal);
    for (int i = 0; i < KY_SMS_PER_DAY; i++)
        assert_int_equal(ky_sms_quota_count(&q, "+84912345678", NOW), KY_OK);
    assert_int_equal(ky_file_append(q.fd, KY_BYTES_LIT("half")), KY_OK);
    ky_sms_quota_open(&again, folder, &personal);
    assert_int_equal(ky_sms_quota_check(&again, "+84912345678", NOW), KY_ELIMIT);
    assert_int_equal(again.count, KY_SMS_PER_DAY);
    assert_int_equal(ky_sms_quota_count(&again, "+84912345677", NOW), KY_OK);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(takes_each_number_once),    TEST(remembers_over_a_restart),
        TEST(late_letters_fill_gaps),    TEST(a_missing_letter_is_told_once_after_a_while),
        TEST(refuses_a_damaged_book),    TEST(limits_sms_of_a_number_and_day),
        TEST(counts_sms_over_a_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
