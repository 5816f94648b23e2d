/* The command line's way with lists of people. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "os/file.h"
#include "prog/kyso/people_file.h"

static ky_rc read_text(json_t **out, size_t *wrong, const char *text)
{
    char path[] = "/tmp/kyso-people-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(ky_file_write(path, ky_bytes_str(text), 0600), KY_OK);
    ky_rc rc = kyso_people_read(out, wrong, path);
    unlink(path);
    return rc;
}

static void takes_good_rows_and_counts_the_errors(void **state)
{
    ky_auto_json people = NULL;
    size_t wrong = 0;
    assert_int_equal(read_text(&people, &wrong,
                               "\xef\xbb\xbf"
                               "name,identity,sector,authority,finance,birth_date,title\r\n"
                               "\"Nguyễn, \"\"Lan\"\"\",001185004217,education,không,no,05/09/1985,\r\n"
                               "\r\n"
                               "Hoa,001185004218,education,maybe,,05/09/1985,\r\n"
                               "Trần Tuấn,001082007731,health,có,0,14/05/1982,Giáo viên"),
                     KY_OK);
    ky_auto_json want = json_pack(
        "[{s:s, s:s, s:s, s:b, s:b, s:s}, {s:s, s:s, s:s, s:b, s:b, s:s, s:s}]", "name", "Nguyễn, \"Lan\"",
        "identity", "001185004217", "sector", "education", "authority", 0, "finance", 0, "birth_date",
        "05/09/1985", "name", "Trần Tuấn", "identity", "001082007731", "sector", "health", "authority", 1,
        "finance", 0, "birth_date", "14/05/1982", "title", "Giáo viên");
    assert_non_null(want);
    assert_true(json_equal(people, want));
    assert_int_equal(wrong, 2);
}

static void tells_why_a_list_cannot_be_read(void **state)
{
    json_t *people = NULL;
    size_t wrong = 0;
    assert_int_equal(read_text(&people, &wrong, "name,identity\n\"Lan\n"), KY_EFORMAT);
    assert_non_null(strstr(ky_error(), "A2"));
    assert_int_equal(kyso_people_read(&people, &wrong, "/nonexistent/people.csv"), KY_ENOTFOUND);
    assert_null(people);
}

static void writes_a_template_of_either_kind(void **state)
{
    static const char *const names[] = {"/tmp/kyso-template-test.xlsx", "/tmp/kyso-template-test.csv"};
    for (size_t i = 0; i < KY_COUNT(names); i++) {
        json_t *people = NULL;
        size_t wrong = 0;
        assert_int_equal(kyso_people_write_template(names[i]), KY_OK);
        assert_int_equal(kyso_people_read(&people, &wrong, names[i]), KY_EFORMAT); /* nobody is in it */
        unlink(names[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_good_rows_and_counts_the_errors),
        cmocka_unit_test(tells_why_a_list_cannot_be_read),
        cmocka_unit_test(writes_a_template_of_either_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
