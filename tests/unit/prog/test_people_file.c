/* Lists of people as spreadsheets write them. */
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

static ky_rc read_text(json_t **out, const char *text)
{
    char path[] = "/tmp/kyso-people-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(ky_file_write(path, ky_bytes_str(text), 0600), KY_OK);
    ky_rc rc = kyso_people_read_csv(out, path);
    unlink(path);
    return rc;
}

static void reads_what_a_spreadsheet_writes(void **state)
{
    ky_auto_json people = NULL;
    assert_int_equal(read_text(&people, "\xef\xbb\xbf"
                                        "name,identity,authority,birth_date,title\r\n"
                                        "\"Nguyễn, \"\"Lan\"\"\",001185004217,không,05/09/1985,\r\n"
                                        "\r\n"
                                        "Trần Tuấn,001082007731,có,14/05/1982,Giáo viên"),
                     KY_OK);
    ky_auto_json want =
        json_pack("[{s:s, s:s, s:b, s:s}, {s:s, s:s, s:b, s:s, s:s}]", "name", "Nguyễn, \"Lan\"", "identity",
                  "001185004217", "authority", 0, "birth_date", "05/09/1985", "name", "Trần Tuấn", "identity",
                  "001082007731", "authority", 1, "birth_date", "14/05/1982", "title", "Giáo viên");
    assert_non_null(want);
    assert_true(json_equal(people, want));
}

static void names_the_line_that_is_wrong(void **state)
{
    static const struct {
        const char *text, *line;
    } cases[] = {
        {"name,authority\nLan,maybe\n", "line 2"},
        {"name,authority\nLan,no\nMinh\n", "line 3"},
        {"name,authority\nLan,no,more\n", "line 2"},
        {"name\n\"Lan\n", "line 2"},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        json_t *people = NULL;
        assert_int_not_equal(read_text(&people, cases[i].text), KY_OK);
        assert_null(people);
        assert_non_null(strstr(ky_error(), cases[i].line));
    }
}

static void refuses_what_is_too_wide_or_not_there(void **state)
{
    char wide[128] = "a";
    json_t *people = NULL;
    for (size_t i = 0; i < 40; i++)
        strcat(wide, ",a");
    assert_int_equal(read_text(&people, wide), KY_ELIMIT);
    assert_int_equal(kyso_people_read_csv(&people, "/nonexistent/people.csv"), KY_ENOTFOUND);
    assert_null(people);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_a_spreadsheet_writes),
        cmocka_unit_test(names_the_line_that_is_wrong),
        cmocka_unit_test(refuses_what_is_too_wide_or_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
