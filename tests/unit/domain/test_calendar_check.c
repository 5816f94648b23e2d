/* domain/calendar_check: every mistake of a list, beside the day it is in. */
#include "calendar.h"

#include "domain/calendar_check.h"

static json_t *list_2026(void)
{
    struct ky_calendar_year *year = calloc(1, sizeof *year);
    ky_auto_buf text = ky_buf_init(KY_CALENDAR_FILE_MAX);
    json_t *json = NULL;
    assert_non_null(year);
    load_2026(year);
    assert_int_equal(ky_calendar_year_encode(&text, year), KY_OK);
    assert_int_equal(ky_json_parse(&json, ky_buf_bytes(&text), KY_CALENDAR_FILE_MAX), KY_OK);
    free(year);
    return json;
}

static void the_announced_year_has_no_mistake(void **state)
{
    ky_auto_json json = list_2026();
    struct ky_calendar_problems p = {.n = 0};
    ky_calendar_check(&p, json, 2026);
    assert_int_equal(p.n, 0);
    json_object_del(json, "hours");
    ky_calendar_check(&p, json, 2026);
    assert_int_equal(p.n, 0);
}

static void each_mistake_is_told_where_it_is(void **state)
{
    static const struct {
        const char *member, *value; /* of the third day */
        ky_calendar_fault fault;
    } cases[] = {
        {"date", "2026-02-30", KY_FAULT_DATE},    {"date", "30/4/2026", KY_FAULT_DATE},
        {"date", "2027-01-01", KY_FAULT_YEAR},    {"date", "2026-01-01", KY_FAULT_TWICE},
        {"kind", "holiday", KY_FAULT_KIND},       {"name", "", KY_FAULT_NAME},
        {"name", "a\xe2\x80\xae", KY_FAULT_NAME},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_json json = list_2026();
        struct ky_calendar_problems p = {.n = 0};
        json_object_set_new(json_array_get(json_object_get(json, "days"), 2), cases[i].member,
                            json_string(cases[i].value));
        ky_calendar_check(&p, json, 2026);
        assert_true(p.n >= 1);
        assert_int_equal(p.list[0].day, 2);
        assert_int_equal(p.list[0].fault, cases[i].fault);
    }
}

static void people_do_not_make_up_on_a_weekday(void **state)
{
    ky_auto_json json = json_pack("{s:s, s:[{s:s, s:s, s:s}, {s:s, s:s, s:s}]}", "source", "QĐ 1", "days",
                                  "date", "2026-11-23", "kind", "lam_bu", "name", "thứ Hai", "date",
                                  "2026-11-28", "kind", "lam_bu", "name", "thứ Bảy");
    struct ky_calendar_problems p = {.n = 0};
    ky_calendar_check(&p, json, 2026);
    assert_int_equal(p.n, 1);
    assert_int_equal(p.list[0].day, 0);
    assert_int_equal(p.list[0].fault, KY_FAULT_WORKS);
}

static void what_is_wrong_with_the_list_itself_is_told(void **state)
{
    static const struct {
        const char *list;
        ky_calendar_fault fault;
    } cases[] = {
        {"{\"source\":\"x\"}", KY_FAULT_DAYS},
        {"{\"source\":\"x\",\"days\":[]}", KY_FAULT_DAYS},
        {"{\"source\":\"x\",\"days\":7}", KY_FAULT_DAYS},
        {"{\"days\":[{\"date\":\"2026-01-01\",\"kind\":\"nghi\",\"name\":\"x\"}]}", KY_FAULT_SOURCE},
        {"{\"source\":\"x\",\"hours\":[{\"from\":\"12:00\",\"to\":\"08:00\"}],"
         "\"days\":[{\"date\":\"2026-01-01\",\"kind\":\"nghi\",\"name\":\"x\"}]}",
         KY_FAULT_HOURS},
        {"{\"source\":\"x\",\"hours\":\"always\","
         "\"days\":[{\"date\":\"2026-01-01\",\"kind\":\"nghi\",\"name\":\"x\"}]}",
         KY_FAULT_HOURS},
        {"[]", KY_FAULT_SOURCE},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_json json = json_loads(cases[i].list, 0, NULL);
        struct ky_calendar_problems p = {.n = 0};
        ky_calendar_check(&p, json, 2026);
        assert_true(p.n >= 1);
        assert_int_equal(p.list[0].fault, cases[i].fault);
        assert_true(p.list[0].day == KY_CALENDAR_NO_DAY);
    }
}

static void all_of_a_bad_list_are_told_up_to_a_limit(void **state)
{
    ky_auto_json json = json_pack("{s:s, s:[]}", "source", "x", "days");
    ky_auto_buf text = ky_buf_init(1 << 20);
    struct ky_json_out o = KY_JSON_OUT(&text);
    struct ky_calendar_problems p = {.n = 0};
    for (size_t i = 0; i < KY_CALENDAR_DAYS_MAX; i++)
        json_array_append_new(json_object_get(json, "days"), json_integer(7));
    ky_calendar_check(&p, json, 2026);
    assert_int_equal(p.n, KY_CALENDAR_PROBLEMS_MAX);
    ky_json_open_object(&o, NULL);
    ky_calendar_problems_write(&o, "problems", &p, json);
    ky_json_close_object(&o);
    ky_auto_json written = NULL;
    assert_int_equal(ky_json_parse(&written, ky_buf_bytes(&text), 1 << 20), KY_OK);
    const json_t *first = json_array_get(json_object_get(written, "problems"), 0);
    assert_string_equal(json_string_value(json_object_get(first, "code")), "kind");
    assert_int_equal(json_integer_value(json_object_get(first, "day")), 0);
    assert_non_null(json_object_get(first, "vi"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_announced_year_has_no_mistake),
        cmocka_unit_test(each_mistake_is_told_where_it_is),
        cmocka_unit_test(people_do_not_make_up_on_a_weekday),
        cmocka_unit_test(what_is_wrong_with_the_list_itself_is_told),
        cmocka_unit_test(all_of_a_bad_list_are_told_up_to_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
