/* domain/calendar_json: the announced year 2026, there and back, and what is no list. */
#include "calendar.h"

static struct ky_calendar_year year, again;

static void the_announced_year_2026_is_read(void **state)
{
    static const struct {
        const char *date;
        bool works;
    } days[] = {
        {"2026-01-01", false}, {"2026-01-02", false}, {"2026-01-10", true},  {"2026-01-17", false},
        {"2026-02-13", true},  {"2026-02-14", false}, {"2026-02-16", false}, {"2026-02-20", false},
        {"2026-02-22", false}, {"2026-02-23", true},  {"2026-04-27", false}, {"2026-04-29", true},
        {"2026-04-30", false}, {"2026-05-01", false}, {"2026-08-22", true},  {"2026-08-31", false},
        {"2026-09-02", false}, {"2026-09-03", true},  {"2026-11-24", true},
    };
    load_2026(&year);
    assert_int_equal(year.year, 2026);
    assert_int_equal(year.n, 16);
    assert_int_equal(year.hours.n, 2);
    assert_int_equal(year.hours.span[1].to_s, 17 * KY_HOUR);
    for (size_t i = 0; i < KY_COUNT(days); i++)
        if (ky_calendar_year_works(&year, day_at(days[i].date)) != days[i].works)
            fail_msg("%s", days[i].date);
}

/* What was announced for 2026 is the proposal and two swaps. */
static void the_proposal_for_2026_lacks_only_the_swaps(void **state)
{
    size_t others = 0;
    load_2026(&year);
    assert_int_equal(ky_calendar_propose(&again, 2026), KY_OK);
    for (size_t i = 0; i < year.n; i++) {
        const struct ky_calendar_day *d = ky_calendar_year_find(&again, year.days[i].day);
        others += d == NULL;
        if (d != NULL)
            assert_string_equal(d->name, year.days[i].name);
    }
    assert_int_equal(others, 4);
    assert_int_equal(again.n, year.n - 4);
}

static void what_is_written_is_read_again(void **state)
{
    for (int y = 2018; y <= 2040; y++) {
        ky_auto_buf first = ky_buf_init(KY_CALENDAR_FILE_MAX), second = ky_buf_init(KY_CALENDAR_FILE_MAX);
        assert_int_equal(ky_calendar_propose(&year, y), KY_OK);
        year.hours = (struct ky_work_hours){.span = {{7 * KY_HOUR + 1800, 11 * KY_HOUR}}, .n = 1};
        assert_int_equal(ky_calendar_year_encode(&first, &year), KY_OK);
        assert_int_equal(ky_calendar_year_parse(&again, ky_buf_bytes(&first)), KY_OK);
        assert_int_equal(ky_calendar_year_encode(&second, &again), KY_OK);
        assert_true(ky_bytes_eq(ky_buf_bytes(&first), ky_buf_bytes(&second)));
        assert_int_equal(again.hours.span[0].from_s, 7 * KY_HOUR + 1800);
        assert_string_equal(again.source, year.source);
        assert_int_equal(again.n, year.n);
    }
}

/* The longest list that is allowed fits what is said to be enough. */
static void the_longest_list_fits_the_limit(void **state)
{
    ky_auto_buf text = ky_buf_init(KY_CALENDAR_FILE_MAX);
    year = (struct ky_calendar_year){.year = 2026, .hours = ky_work_hours_default, .n = KY_CALENDAR_DAYS_MAX};
    for (int i = 0; i < KY_CALENDAR_SOURCE_CHARS; i++)
        memcpy(year.source + i * KY_UTF8_BYTES_MAX, "\xf0\x9f\x8e\x8b", KY_UTF8_BYTES_MAX);
    for (size_t i = 0; i < year.n; i++) {
        year.days[i].day = day_at("2026-01-01") + (int64_t)i;
        for (int k = 0; k < KY_CALENDAR_NAME_CHARS; k++)
            memcpy(year.days[i].name + k * KY_UTF8_BYTES_MAX, "\xf0\x9f\x8e\x8b", KY_UTF8_BYTES_MAX);
    }
    assert_int_equal(ky_calendar_year_encode(&text, &year), KY_OK);
    assert_int_equal(ky_calendar_year_parse(&again, ky_buf_bytes(&text)), KY_OK);
    assert_string_equal(again.days[63].name, year.days[63].name);
}

#define DAY "{\"date\":\"2026-01-01\",\"kind\":\"nghi\",\"name\":\"Tết\"}"
#define DAYS "\"days\":[" DAY "]"
#define HEAD "{\"year\":2026,\"source\":\"x\","

static void what_is_no_list_is_refused(void **state)
{
    static const struct {
        const char *text;
        ky_rc want;
    } cases[] = {
        {HEAD DAYS "}", KY_OK},
        {HEAD "\"hours\":[{\"from\":\"07:30\",\"to\":\"11:30\"}]," DAYS "}", KY_OK},
        {"", KY_EFORMAT},
        {"[]", KY_EFORMAT},
        {"{}", KY_EFORMAT},
        {HEAD DAYS "} ?", KY_EFORMAT},
        {HEAD DAYS ",\"note\":1}", KY_EFORMAT},
        {HEAD "\"year\":2026," DAYS "}", KY_EFORMAT},
        {"{\"source\":\"x\"," DAYS "}", KY_EFORMAT},
        {"{\"year\":2026," DAYS "}", KY_EFORMAT},
        {"{\"year\":\"2026\",\"source\":\"x\"," DAYS "}", KY_EFORMAT},
        {"{\"year\":2026.5,\"source\":\"x\"," DAYS "}", KY_EFORMAT},
        {"{\"year\":1899,\"source\":\"x\"," DAYS "}", KY_ELIMIT},
        {"{\"year\":4294969322,\"source\":\"x\"," DAYS "}", KY_ELIMIT},
        {"{\"year\":2027,\"source\":\"x\"," DAYS "}", KY_EFORMAT},
        {"{\"year\":2026,\"source\":\"\"," DAYS "}", KY_ELIMIT},
        {"{\"year\":2026,\"source\":\"a\\u202eb\"," DAYS "}", KY_EFORMAT},
        {HEAD "\"days\":[]}", KY_ELIMIT},
        {HEAD "\"days\":[" DAY "," DAY "]}", KY_EFORMAT},
        {HEAD "\"days\":[{\"date\":\"2026-01-01\",\"kind\":\"nghi\"}]}", KY_EFORMAT},
        {HEAD "\"days\":[{\"date\":\"2026-01-01\",\"kind\":\"off\",\"name\":\"a\"}]}", KY_EFORMAT},
        {HEAD "\"days\":[{\"date\":\"2026-01-01\",\"kind\":\"lam_bu\",\"name\":\"a\"}]}", KY_EFORMAT},
        {HEAD "\"days\":[{\"date\":\"2026-02-29\",\"kind\":\"nghi\",\"name\":\"a\"}]}", KY_EFORMAT},
        {HEAD "\"days\":[{\"date\":\"01/01/2026\",\"kind\":\"nghi\",\"name\":\"a\"}]}", KY_EFORMAT},
        {HEAD "\"days\":[{\"date\":\"2026-1-1\",\"kind\":\"nghi\",\"name\":\"a\"}]}", KY_ELIMIT},
        {HEAD "\"days\":[{\"date\":\"2026-01-01\",\"kind\":\"nghi\",\"name\":\"a\\nb\"}]}", KY_EFORMAT},
        {HEAD "\"hours\":[]," DAYS "}", KY_ELIMIT},
        {HEAD "\"hours\":null," DAYS "}", KY_EFORMAT},
        {HEAD "\"hours\":[{\"from\":\"08:00\",\"to\":\"24:00\"}]," DAYS "}", KY_EFORMAT},
        {HEAD "\"hours\":[{\"from\":\"08:60\",\"to\":\"12:00\"}]," DAYS "}", KY_EFORMAT},
        {HEAD "\"hours\":[{\"from\":\"8h000\",\"to\":\"12:00\"}]," DAYS "}", KY_EFORMAT},
        {HEAD "\"hours\":[{\"from\":\"12:00\",\"to\":\"08:00\"}]," DAYS "}", KY_EFORMAT},
        {HEAD "\"hours\":[{\"from\":\"08:00\"}]," DAYS "}", KY_EFORMAT},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        year.year = 77;
        ky_rc rc = ky_calendar_year_parse(&year, ky_bytes_str(cases[i].text));
        if (rc != cases[i].want)
            fail_msg("%s: %s (%s)", cases[i].text, ky_rc_name(rc), ky_error());
        assert_int_equal(year.year, rc == KY_OK ? 2026 : 77);
    }
}

static void a_file_too_long_is_refused(void **state)
{
    ky_auto_buf text = ky_buf_init(2 * KY_CALENDAR_FILE_MAX);
    ky_buf_add_fill(&text, ' ', KY_CALENDAR_FILE_MAX);
    ky_buf_add_str(&text, HEAD DAYS "}");
    assert_int_equal(ky_calendar_year_parse(&year, ky_buf_bytes(&text)), KY_ELIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_announced_year_2026_is_read),
        cmocka_unit_test(the_proposal_for_2026_lacks_only_the_swaps),
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(the_longest_list_fits_the_limit),
        cmocka_unit_test(what_is_no_list_is_refused),
        cmocka_unit_test(a_file_too_long_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
