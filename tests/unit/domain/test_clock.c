/* domain/clock, domain/clock_timer: a dossier of Thursday 16:59, asked, answered, warned about, late; and a revocation
 * of the night. */
#include "calendar.h"
#include "../store/tempdb.h"

#include "domain/calendar_list.h"
#include "domain/clock_timer.h"

#define ID "0123456789abcdef0123456789abcdef"

static struct tempdb *db;
static struct ky_store *s;
static struct ky_db *pool;
static struct ky_legal_book legal;
static struct ky_personal personal;
static struct ky_notices *notices;
static struct ky_settings_clocks clocks;
static struct ky_registration reg;
static char school[KY_NEW_ID_TEXT], department[KY_NEW_ID_TEXT], path[KY_ORG_PATH_MAX]; /* of the school */
static char clerk_id[KY_NEW_ID_TEXT], officer_id[KY_NEW_ID_TEXT], chief_id[KY_NEW_ID_TEXT],
    admin_id[KY_NEW_ID_TEXT];
static struct ky_actor clerk, officer, chief, admin;

static ky_rc make_org(char id[KY_NEW_ID_TEXT], const char *code, const char *sector)
{
    const struct ky_db_org org = {.code = code,
                                  .name = "Trường THCS Nguyễn Trãi",
                                  .province = "Lâm Đồng",
                                  .place = "Đà Lạt",
                                  .sector = sector};
    return ky_org_create(id, s, &KY_ACTOR_SYSTEM, &org, TEST_NOW);
}

static ky_rc make_actor(struct ky_actor *out, char id[KY_NEW_ID_TEXT], const char *org, const char *roles,
                        const char *email)
{
    ky_auto_arena a = ky_arena_init(65536);
    const struct ky_db_staff staff = {.org_id = org, .name = "Lê Thị Hoa", .email = email, .roles = roles};
    KY_TRY(ky_staff_create(id, s, &a, &KY_ACTOR_SYSTEM, &staff, TEST_NOW));
    *out = (struct ky_actor){.staff_id = id,
                             .name = "Lê Thị Hoa",
                             .org_id = org,
                             .separation = "auto",
                             .department = org == department};
    return ky_staff_roles_parse(&out->roles, roles);
}

static ky_rc insert_in(const char *state, const char *id, const char *procedure, ky_time created)
{
    char place[96];
    ky_auto_buf sealed = ky_buf_init(256);
    snprintf(place, sizeof place, "dossier/phone/%s", id);
    KY_TRY(ky_personal_seal(&sealed, &personal, place, KY_BYTES_LIT("+84987654321")));
    const struct ky_db_dossier d = {.id = id,
                                    .code = id,
                                    .org_id = school,
                                    .procedure = procedure,
                                    .state = state,
                                    .entered_by = clerk_id,
                                    .legal = "2024",
                                    .recipient_name = "Lê Thị Hoa",
                                    .recipient_channel = "sms",
                                    .recipient_email = "hoa@lamdong.edu.vn",
                                    .sealed_recipient_phone = ky_buf_bytes(&sealed),
                                    .path = path,
                                    .handler = department,
                                    .created_at = created};
    return ky_db_dossier_insert(s, &d);
}

static ky_rc insert_dossier(const char *id, const char *procedure, ky_time created)
{
    return insert_in("sent", id, procedure, created);
}

static ky_rc fill(void)
{
    uint8_t key[KY_DATA_KEY_SIZE] = {7};
    KY_TRY(ky_personal_init(&personal, KY_BYTES_OF(key)));
    KY_TRY(ky_legal_book_load(&legal, KY_TEST_ETC "/legal"));
    KY_TRY(ky_notices_load(&notices, KY_TEST_ETC "/templates"));
    clocks = (struct ky_settings_clocks){50, 80, 10, 3, "truc@bcy.gov.vn", "+84912000000,+84912000001"};
    reg = (struct ky_registration){.legal = &legal,
                                   .personal = &personal,
                                   .notices = notices,
                                   .clocks = &clocks,
                                   .scope = ky_scope_everything()};
    KY_TRY(make_org(department, "A05", KY_SECTOR_AUTHORITY));
    KY_TRY(make_org(school, "H36.1", "education"));
    snprintf(path, sizeof path, "/%s/", school);
    KY_TRY(make_actor(&clerk, clerk_id, school, "enter sign", "hoa@x.edu.vn"));
    KY_TRY(make_actor(&officer, officer_id, department, "receive examine", "tiepnhan@bcy.gov.vn"));
    KY_TRY(make_actor(&chief, chief_id, department, "approve", "lanhdao@bcy.gov.vn"));
    KY_TRY(make_actor(&admin, admin_id, department, "admin", "quantri@bcy.gov.vn"));
    return ky_db_open(&pool, db->where, 1, TEST_NOW);
}

static int set_up(void **state)
{
    void *opened = NULL;
    if (tempdb_open(&opened) != 0)
        return -1;
    db = opened;
    s = db->s;
    ky_rc rc = fill();
    if (rc != KY_OK)
        fprintf(stderr, "%s\n", ky_error());
    return rc == KY_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    void *opened = db;
    ky_db_close(pool);
    ky_notices_free(notices);
    ky_legal_book_clear(&legal);
    ky_personal_clear(&personal);
    return tempdb_close(&opened);
}

static void act(const struct ky_actor *who, const char *id, ky_dossier_action action, const char *note,
                const char *when)
{
    if (ky_dossier_act(s, &reg, who, id, action, note, vn(when)) != KY_OK)
        fail_msg("%s: %s", ky_dossier_action_name(action), ky_error());
}

static struct ky_db_dossier head_of(struct ky_arena *a, const char *id)
{
    struct ky_db_dossier d;
    assert_int_equal(ky_db_dossier_get(&d, a, s, &reg.scope, id), KY_OK);
    return d;
}

static void run(const char *when, size_t done)
{
    struct ky_timers_result r;
    assert_int_equal(ky_timers_run(&r, pool, &reg, vn(when)), KY_OK);
    assert_int_equal(r.failed, 0);
    assert_int_equal(r.done, done);
}

static void assert_clock(const char *id, const char *clock, int64_t stage, const char *due)
{
    ky_auto_arena a = ky_arena_init(65536);
    struct ky_db_dossier d = head_of(&a, id);
    assert_string_equal(d.clock, clock);
    assert_int_equal(d.stage, stage);
    assert_vn(d.due_at, due);
}

/* Messages about the dossier whose `about` starts like that. */
static int64_t messages(const char *start)
{
    int64_t n = 0;
    char pattern[160];
    snprintf(pattern, sizeof pattern, "%s%%", start);
    assert_int_equal(ky_store_query_int(&n, s, "SELECT count(*) FROM outbox WHERE about LIKE $1",
                                        KY_PARAMS(ky_value_text(pattern))),
                     KY_OK);
    return n;
}

static int64_t timers(const char *id)
{
    int64_t n = 0;
    assert_int_equal(ky_store_query_int(&n, s, "SELECT count(*) FROM dossier_timer WHERE dossier_id = $1",
                                        KY_PARAMS(ky_value_text(id))),
                     KY_OK);
    return n;
}

/* 60 seconds of Thursday, all of Friday and Monday, Tuesday until 17:00: 86,460 seconds of work. */
static void receive_on_thursday(void)
{
    assert_int_equal(insert_dossier(ID, "new", vn("2026-11-26 16:00")), KY_OK);
    act(&officer, ID, KY_ACT_RECEIVE, NULL, "2026-11-26 16:59");
}

static void a_dossier_of_thursday_16_59_is_due_on_tuesday(void **state)
{
    ky_auto_arena a = ky_arena_init(65536);
    receive_on_thursday();
    assert_clock(ID, "runs", 0, "2026-12-01 17:00");
    assert_vn(head_of(&a, ID).received_at, "2026-11-26 16:59");
    assert_int_equal(insert_dossier("e1", "new", vn("2026-11-26 16:00")), KY_OK);
    act(&officer, "e1", KY_ACT_RECEIVE, NULL, "2026-11-26 17:01");
    assert_clock("e1", "runs", 0, "2026-12-02 17:00");
    assert_vn(head_of(&a, "e1").received_at, "2026-11-27 08:00");
}

static void the_officer_is_warned_twice_and_the_chief_told_when_it_is_late(void **state)
{
    receive_on_thursday();
    run("2026-11-30 11:59:29", 0);
    run("2026-11-30 11:59:30", 1);
    run("2026-11-30 11:59:31", 0);
    assert_clock(ID, "runs", 1, "2026-12-01 17:00");
    assert_int_equal(messages("clock/warn-1/"), 1);
    run("2026-12-01 11:11:47", 0);
    run("2026-12-01 11:11:48", 1);
    assert_int_equal(messages("clock/warn-2/"), 1);
    run("2026-12-01 17:00:00", 0);
    run("2026-12-01 17:00:01", 1);
    assert_clock(ID, "runs", 3, "2026-12-01 17:00");
    assert_int_equal(messages("clock/overdue/"), 2);
    assert_int_equal(messages("clock/"), 4);
    assert_int_equal(timers(ID), 0);
}

static void who_has_left_is_not_written_to(void **state)
{
    receive_on_thursday();
    assert_int_equal(ky_db_staff_set_state(s, &reg.scope, officer_id, "closed"), KY_OK);
    run("2026-11-30 12:00", 1);
    assert_int_equal(messages("clock/warn-1/" ID), 1);
    char about[160];
    snprintf(about, sizeof about, "clock/warn-1/" ID "/%s", chief_id);
    assert_int_equal(messages(about), 1);
}

/* Friday 10:00 to Monday 10:00 are eight hours of work: due on Wednesday, at the end of the same hour. */
static void asking_stops_the_clock_and_the_answer_resumes_it(void **state)
{
    receive_on_thursday();
    act(&officer, ID, KY_ACT_EXAMINE, NULL, "2026-11-27 09:00");
    act(&officer, ID, KY_ACT_ASK, "Thiếu quyết định", "2026-11-27 10:00");
    assert_clock(ID, "stands", 0, "2026-12-01 17:00");
    assert_int_equal(timers(ID), 2);
    run("2026-11-30 09:59", 0);
    act(&clerk, ID, KY_ACT_SUPPLEMENT, "Quyết định ở trang 2", "2026-11-30 10:00");
    assert_clock(ID, "runs", 0, "2026-12-02 17:00");
    assert_int_equal(timers(ID), 3);
    run("2026-12-01 11:59:30", 1);
    act(&officer, ID, KY_ACT_ASK, "Thiếu dấu", "2026-12-01 13:00");
    assert_clock(ID, "stands", 1, "2026-12-02 17:00");
    run("2026-12-03 09:00", 0);
    act(&clerk, ID, KY_ACT_SUPPLEMENT, "Đã có dấu", "2026-12-04 02:00");
    assert_clock(ID, "runs", 1, "2026-12-07 12:00");
    ky_auto_arena a = ky_arena_init(65536);
    ky_auto_calendar calendar = NULL;
    struct ky_clock_view v;
    assert_int_equal(ky_calendar_load(&calendar, s, vn("2026-11-26 16:00"), vn("2026-12-04 02:00")), KY_OK);
    assert_int_equal(ky_clock_get(&v, &a, s, calendar, ID), KY_OK);
    assert_int_equal(v.n_pauses, 2);
    assert_vn(v.pauses[0].from_at, "2026-11-27 10:00");
    assert_vn(v.pauses[0].to_at, "2026-11-30 10:00");
    assert_vn(v.pauses[0].answer_by, "2026-12-11 17:00");
    assert_false(v.deadline.confirmed);
}

static void what_is_not_answered_in_time_lapses_after_a_reminder(void **state)
{
    receive_on_thursday();
    act(&officer, ID, KY_ACT_EXAMINE, NULL, "2026-11-27 09:00");
    act(&officer, ID, KY_ACT_ASK, "Thiếu quyết định", "2026-11-27 10:00");
    run("2026-12-08 16:59", 0);
    run("2026-12-08 17:00", 1);
    assert_int_equal(messages("addition-soon/"), 2);
    act(&clerk, ID, KY_ACT_REOPEN, NULL, "2026-12-09 09:00");
    run("2026-12-11 17:00", 0);
    run("2026-12-11 17:00:01", 1);
    ky_auto_arena a = ky_arena_init(65536);
    assert_string_equal(head_of(&a, ID).state, "lapsed");
    assert_clock(ID, "ended", 0, "2026-12-01 17:00");
    assert_int_equal(messages("request-lapsed/"), 2);
    assert_int_equal(timers(ID), 0);
}

static void a_decision_ends_the_clock(void **state)
{
    receive_on_thursday();
    run("2026-11-30 12:00", 1);
    act(&chief, ID, KY_ACT_REFUSE, "Không thuộc phạm vi", "2026-11-30 13:00");
    assert_clock(ID, "ended", 1, "2026-12-01 17:00");
    assert_int_equal(timers(ID), 0);
    run("2026-12-09 09:00", 0);
}

static void confirm(const char *date, const char *kind)
{
    struct ky_calendar_draft d;
    ky_auto_json json = json_pack("{s:i, s:s, s:[{s:s, s:s, s:s}]}", "year", 2026, "source", "QĐ", "days",
                                  "date", date, "kind", kind, "name", "Nghỉ");
    assert_int_equal(ky_calendar_list_put(&d, s, &admin, 2026, json, TEST_NOW), KY_OK);
    struct ky_actor other = chief;
    other.roles |= KY_STAFF_ADMIN;
    assert_int_equal(ky_calendar_list_confirm(s, &other, 2026, KY_BYTES_OF(d.hash), TEST_NOW), KY_OK);
}

static size_t catch_up(const char *when)
{
    size_t n = 99;
    assert_int_equal(ky_clock_catch_up(&n, pool, &reg, vn(when)), KY_OK);
    return n;
}

static void a_confirmed_list_moves_what_is_open_and_nothing_else(void **state)
{
    receive_on_thursday();
    assert_int_equal(insert_dossier("e1", "new", vn("2026-11-26 16:00")), KY_OK);
    act(&officer, "e1", KY_ACT_RECEIVE, NULL, "2026-11-26 16:59");
    act(&chief, "e1", KY_ACT_REFUSE, "Không thuộc phạm vi", "2026-11-27 13:00");
    assert_int_equal(catch_up("2026-11-27 14:00"), 0);
    run("2026-11-30 12:00", 1);
    confirm("2026-12-01", "nghi");
    assert_int_equal(catch_up("2026-11-30 13:00"), 1);
    assert_int_equal(catch_up("2026-11-30 13:00"), 0);
    assert_clock(ID, "runs", 1, "2026-12-02 17:00");
    assert_clock("e1", "ended", 0, "2026-12-01 17:00");
    run("2026-12-01 12:00", 0);
    run("2026-12-02 11:11:48", 1);
    confirm("2026-12-02", "nghi");
    assert_int_equal(catch_up("2026-12-02 12:00"), 1);
    assert_clock(ID, "runs", 2, "2026-12-01 17:00"); /* Tuesday is worked again after all */
    run("2026-12-02 12:00:01", 1);
    assert_clock(ID, "runs", 3, "2026-12-01 17:00");
}

/* Nobody is warned twice of the same share, even when it comes near again. */
static void a_share_is_told_once(void **state)
{
    receive_on_thursday();
    run("2026-11-30 12:00", 1);
    confirm("2026-11-30", "nghi");
    assert_int_equal(catch_up("2026-11-30 12:01"), 1);
    assert_clock(ID, "runs", 0, "2026-12-02 17:00");
    run("2026-12-01 12:00", 1);
    assert_clock(ID, "runs", 1, "2026-12-02 17:00");
    assert_int_equal(messages("clock/warn-1/"), 1);
}

static void many_open_dossiers_are_reckoned_in_batches(void **state)
{
    char id[8];
    for (int i = 0; i < KY_CLOCK_BATCH + 5; i++) {
        snprintf(id, sizeof id, "f%03d", i);
        assert_int_equal(insert_dossier(id, "new", vn("2026-11-26 16:00")), KY_OK);
        act(&officer, id, KY_ACT_RECEIVE, NULL, "2026-11-26 16:59");
    }
    confirm("2026-11-30", "nghi");
    assert_int_equal(catch_up("2026-11-27 12:00"), KY_CLOCK_BATCH);
    assert_clock("f000", "runs", 0, "2026-12-02 17:00");
    assert_clock("f104", "runs", 0, "2026-12-01 17:00");
    assert_int_equal(catch_up("2026-11-27 12:00"), 5);
    assert_clock("f104", "runs", 0, "2026-12-02 17:00");
    assert_int_equal(catch_up("2026-11-27 12:00"), 0);
}

static void a_revocation_of_the_night_runs_and_pages(void **state)
{
    const struct ky_actor system = KY_ACTOR_SYSTEM;
    assert_int_equal(insert_dossier(ID, "revoke", vn("2026-11-28 22:00")), KY_OK);
    act(&system, ID, KY_ACT_RECEIVE, NULL, "2026-11-28 22:30"); /* a Saturday */
    assert_clock(ID, "runs", 0, "2026-11-29 10:30");
    run("2026-11-28 22:30", 1);
    assert_int_equal(messages("clock/arrived/" ID "/on-call-"), 3);
    assert_int_equal(messages("clock/arrived/"), 5); /* officer and chief too */
    run("2026-11-29 04:29:59", 0);
    run("2026-11-29 04:30", 1);
    run("2026-11-29 08:06", 1);
    run("2026-11-29 10:30", 0);
    run("2026-11-29 10:30:01", 1);
    assert_int_equal(messages("clock/overdue/" ID "/on-call-2/sms"), 1);
    assert_clock(ID, "runs", 3, "2026-11-29 10:30");
}

/* Sent at 22:30 on a Saturday, its signature and signer verified: nobody has to be there for the clock to run. */
static void a_revocation_is_received_when_it_is_sent(void **state)
{
    ky_auto_arena a = ky_arena_init(65536);
    ky_auto_dossier d = {.n = 0};
    ky_auto_json statement = NULL;
    const struct ky_db_request draft = {
        .dossier_id = ID, .sealed_draft = KY_BYTES_LIT("pdf"), .draft_hash = KY_BYTES_LIT("h")};
    const struct ky_signed_request in = {.statement = KY_BYTES_LIT("{}"),
                                         .statement_hash = KY_BYTES_LIT("h"),
                                         .document = KY_BYTES_LIT("%PDF"),
                                         .document_hash = KY_BYTES_LIT("d"),
                                         .authorisations = KY_BYTES_LIT("cms"),
                                         .seal_record = "0f"};
    assert_int_equal(insert_in("to-sign", ID, "revoke", vn("2026-11-28 22:00")), KY_OK);
    assert_int_equal(ky_db_request_put_draft(s, &draft), KY_OK);
    assert_int_equal(ky_dossier_load(&d, s, &reg, ID), KY_OK);
    assert_int_equal(ky_dossier_request_members(&statement, &d), KY_OK);
    assert_int_equal(ky_dossier_submit(s, &reg, &clerk, ID, &in, statement, vn("2026-11-28 22:30")), KY_OK);
    assert_string_equal(head_of(&a, ID).state, "received");
    assert_clock(ID, "runs", 0, "2026-11-29 10:30");
}

static void in_working_hours_nobody_is_paged(void **state)
{
    const struct ky_actor system = KY_ACTOR_SYSTEM;
    assert_int_equal(insert_dossier(ID, "revoke", vn("2026-11-26 09:00")), KY_OK);
    act(&system, ID, KY_ACT_RECEIVE, NULL, "2026-11-26 12:30"); /* the lunch break */
    run("2026-11-26 12:30", 1);
    assert_int_equal(messages("clock/arrived/"), 2);
    clocks.oncall_email = clocks.oncall_phone = "";
    run("2026-11-26 18:30", 1);
    assert_int_equal(messages("clock/warn-1/"), 2);
}

/* Received at night, overdue in the morning of a Thursday. */
static void an_overdue_revocation_pages_at_any_hour(void **state)
{
    const struct ky_actor system = KY_ACTOR_SYSTEM;
    assert_int_equal(insert_dossier(ID, "revoke", vn("2026-11-25 21:00")), KY_OK);
    act(&system, ID, KY_ACT_RECEIVE, NULL, "2026-11-25 21:30");
    run("2026-11-26 09:29", 3);
    assert_int_equal(messages("clock/overdue/"), 0);
    run("2026-11-26 09:30:01", 1);
    assert_int_equal(messages("clock/overdue/" ID "/on-call-1/email"), 1);
    assert_int_equal(messages("clock/overdue/" ID "/on-call-1/sms"), 1);
    assert_int_equal(messages("clock/overdue/" ID "/on-call-2/sms"), 1);
}

static void a_timer_that_cannot_be_done_comes_again_and_holds_nobody_up(void **state)
{
    struct ky_timers_result r;
    receive_on_thursday();
    assert_int_equal(ky_db_timer_set(s, ID, "nonsense", vn("2026-11-27 09:00")), KY_OK);
    assert_int_equal(ky_timers_run(&r, pool, &reg, vn("2026-11-30 12:00")), KY_OK);
    assert_int_equal(r.failed, 1);
    assert_int_equal(r.done, 1);
    run("2026-11-30 12:00:59", 0);
    assert_int_equal(ky_timers_run(&r, pool, &reg, vn("2026-11-30 12:01")), KY_OK);
    assert_int_equal(r.failed, 1);
}

int main(void)
{
#define CLOCK(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CLOCK(a_dossier_of_thursday_16_59_is_due_on_tuesday),
        CLOCK(the_officer_is_warned_twice_and_the_chief_told_when_it_is_late),
        CLOCK(who_has_left_is_not_written_to),
        CLOCK(asking_stops_the_clock_and_the_answer_resumes_it),
        CLOCK(what_is_not_answered_in_time_lapses_after_a_reminder),
        CLOCK(a_decision_ends_the_clock),
        CLOCK(a_confirmed_list_moves_what_is_open_and_nothing_else),
        CLOCK(a_share_is_told_once),
        CLOCK(many_open_dossiers_are_reckoned_in_batches),
        CLOCK(a_revocation_of_the_night_runs_and_pages),
        CLOCK(a_revocation_is_received_when_it_is_sent),
        CLOCK(in_working_hours_nobody_is_paged),
        CLOCK(an_overdue_revocation_pages_at_any_hour),
        CLOCK(a_timer_that_cannot_be_done_comes_again_and_holds_nobody_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
