/* domain/calendar_list: one edits, another confirms exactly that, and the calendar changes with it. */
#include "calendar.h"
#include "../store/tempdb.h"

#include "domain/calendar_list.h"

static struct tempdb *db;
static struct ky_store *s;
static char maker_id[KY_NEW_ID_TEXT], checker_id[KY_NEW_ID_TEXT], again_id[KY_NEW_ID_TEXT];
static struct ky_actor maker, checker, again;

static void make_admin(struct ky_actor *out, char id[KY_NEW_ID_TEXT], const char *org, const char *owner)
{
    ky_auto_arena a = ky_arena_init(65536);
    const struct ky_db_staff staff = {
        .org_id = org, .name = "Nguyễn Văn An", .email = "an@bcy.gov.vn", .roles = "admin", .owner = owner};
    assert_int_equal(ky_staff_create(id, s, &a, &KY_ACTOR_SYSTEM, &staff, TEST_NOW), KY_OK);
    *out = (struct ky_actor){.staff_id = id, .org_id = org, .roles = KY_STAFF_ADMIN, .department = true};
}

static int set_up(void **state)
{
    void *opened = NULL;
    char org[KY_NEW_ID_TEXT];
    const struct ky_db_org department = {.code = "A05",
                                         .name = "Cục Chứng thực số",
                                         .province = "Hà Nội",
                                         .place = "Hà Nội",
                                         .sector = KY_SECTOR_AUTHORITY};
    if (tempdb_open(&opened) != 0)
        return -1;
    db = opened;
    s = db->s;
    assert_int_equal(ky_org_create(org, s, &KY_ACTOR_SYSTEM, &department, TEST_NOW), KY_OK);
    make_admin(&maker, maker_id, org, "aa");
    make_admin(&checker, checker_id, org, NULL);
    make_admin(&again, again_id, org, "aa");
    return 0;
}

static int tear_down(void **state)
{
    void *opened = db;
    return tempdb_close(&opened);
}

static ky_rc put(struct ky_calendar_draft *d, const struct ky_actor *who, const char *date)
{
    ky_auto_json json = json_pack("{s:i, s:s, s:[{s:s, s:s, s:s}, {s:s, s:s, s:s}]}", "year", 2026, "source",
                                  "Công văn số 1", "days", "date", date, "kind", "nghi", "name", "Nghỉ",
                                  "date", "2026-01-01", "kind", "nghi", "name", "Tết Dương lịch");
    return ky_calendar_list_put(d, s, who, 2026, json, TEST_NOW);
}

static bool works(const char *date, bool *confirmed)
{
    ky_auto_calendar c = NULL;
    struct ky_calendar_status status;
    assert_int_equal(ky_calendar_load(&c, s, vn("2025-12-31 08:00"), vn("2026-11-23 08:00")), KY_OK);
    assert_int_equal(ky_calendar_day_status(&status, c, day_at(date)), KY_OK);
    *confirmed = status.confirmed;
    return status.working;
}

static void another_person_confirms_what_was_edited(void **state)
{
    struct ky_calendar_draft d;
    bool confirmed;
    assert_true(works("2026-11-24", &confirmed));
    assert_false(confirmed);
    assert_int_equal(put(&d, &maker, "2026-11-24"), KY_OK);
    assert_true(works("2026-11-24", &confirmed));
    assert_int_equal(ky_calendar_list_confirm(s, &maker, 2026, KY_BYTES_OF(d.hash), TEST_NOW), KY_EDENIED);
    assert_int_equal(ky_calendar_list_confirm(s, &again, 2026, KY_BYTES_OF(d.hash), TEST_NOW), KY_EDENIED);
    assert_int_equal(ky_calendar_list_confirm(s, &checker, 2026, KY_BYTES_OF(d.hash), TEST_NOW), KY_OK);
    assert_false(works("2026-11-24", &confirmed));
    assert_true(confirmed);
    assert_true(works("2025-12-31", &confirmed));
    assert_false(confirmed);
    assert_int_equal(ky_calendar_list_confirm(s, &checker, 2026, KY_BYTES_OF(d.hash), TEST_NOW),
                     KY_ENOTFOUND);
}

static void what_was_edited_since_is_not_confirmed(void **state)
{
    struct ky_calendar_draft seen, newer;
    assert_int_equal(put(&seen, &maker, "2026-11-24"), KY_OK);
    assert_int_equal(put(&newer, &maker, "2026-11-25"), KY_OK);
    assert_int_equal(newer.version, 1);
    assert_int_equal(ky_calendar_list_confirm(s, &checker, 2026, KY_BYTES_OF(seen.hash), TEST_NOW),
                     KY_EEXIST);
    assert_int_equal(put(&newer, &checker, "2026-11-25"), KY_OK);
    assert_int_equal(ky_calendar_list_confirm(s, &checker, 2026, KY_BYTES_OF(newer.hash), TEST_NOW),
                     KY_EDENIED);
    assert_int_equal(ky_calendar_list_confirm(s, &maker, 2026, KY_BYTES_OF(newer.hash), TEST_NOW), KY_OK);
}

static void a_newer_list_takes_the_place_and_the_old_one_stays_to_be_read(void **state)
{
    ky_auto_arena a = ky_arena_init(KY_CALENDAR_LIST_ARENA);
    struct ky_calendar_draft first, second;
    struct ky_db_calendar *all = NULL;
    size_t n = 0;
    bool confirmed;
    assert_int_equal(put(&first, &maker, "2026-11-24"), KY_OK);
    assert_int_equal(ky_calendar_list_confirm(s, &checker, 2026, KY_BYTES_OF(first.hash), TEST_NOW), KY_OK);
    assert_int_equal(put(&second, &maker, "2026-11-25"), KY_OK);
    assert_int_equal(second.version, 2);
    assert_false(works("2026-11-24", &confirmed));
    assert_int_equal(ky_calendar_list_confirm(s, &checker, 2026, KY_BYTES_OF(second.hash), TEST_NOW), KY_OK);
    assert_true(works("2026-11-24", &confirmed));
    assert_int_equal(ky_db_calendar_list(&all, &n, &a, s, 2026), KY_OK);
    assert_int_equal(n, 2);
    assert_string_equal(all[1].state, "replaced");
    assert_true(ky_bytes_eq(all[1].hash, KY_BYTES_OF(first.hash)));
    assert_string_equal(all[1].edited_by, maker_id);
    assert_string_equal(all[1].confirmed_by, checker_id);
}

static void only_administrators_keep_lists(void **state)
{
    struct ky_calendar_draft d;
    struct ky_actor officer = maker;
    officer.roles = KY_STAFF_APPROVE | KY_STAFF_RECEIVE;
    assert_int_equal(put(&d, &officer, "2026-11-24"), KY_EDENIED);
    assert_int_equal(put(&d, &maker, "2026-11-24"), KY_OK);
    assert_int_equal(ky_calendar_list_confirm(s, &officer, 2026, KY_BYTES_OF(d.hash), TEST_NOW), KY_EDENIED);
}

static void what_is_no_list_of_the_year_is_refused(void **state)
{
    struct ky_calendar_draft d;
    ky_auto_json other = json_pack("{s:i, s:s, s:[{s:s, s:s, s:s}]}", "year", 2027, "source", "x", "days",
                                   "date", "2027-01-01", "kind", "nghi", "name", "x");
    ky_auto_json many = json_pack("{s:i, s:s, s:[]}", "year", 2026, "source", "x", "days");
    for (size_t i = 0; i <= KY_CALENDAR_DAYS_MAX; i++)
        json_array_append_new(json_object_get(many, "days"), json_integer(1));
    assert_int_equal(put(&d, &maker, "2026-11-31"), KY_EFORMAT);
    assert_int_equal(put(&d, &maker, "2026-01-01"), KY_EFORMAT);
    assert_int_equal(ky_calendar_list_put(&d, s, &maker, 2026, other, TEST_NOW), KY_EFORMAT);
    assert_int_equal(ky_calendar_list_put(&d, s, &maker, 2026, many, TEST_NOW), KY_ELIMIT);
}

int main(void)
{
#define LIST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        LIST(another_person_confirms_what_was_edited),
        LIST(what_was_edited_since_is_not_confirmed),
        LIST(a_newer_list_takes_the_place_and_the_old_one_stays_to_be_read),
        LIST(only_administrators_keep_lists),
        LIST(what_is_no_list_of_the_year_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
