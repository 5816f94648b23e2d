/*
 * Clocks in the running service, on a machine whose time the test moves: lists of working days confirmed by two
 * administrators; a dossier received on a Thursday at 16:59, asked, answered, put off by a new list, warned about,
 * late; and one that nobody answers. The courier is killed on the way, and nobody is told anything twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "domain/calendar_json.h"
#include "domain/org.h"
#include "os/clock.h"
#include "store/dossier.h"
#include "store/migrate.h"
#include "tests/support/https.h"
#include "tests/support/realm.h"

#define WAIT_MS 60000

#define assert_ok(expr)                                                                                      \
    do {                                                                                                     \
        ky_rc rc_ok_ = (expr);                                                                               \
        if (rc_ok_ != KY_OK)                                                                                 \
            fail_msg("%s: %s: %s", #expr, ky_rc_name(rc_ok_), ky_error());                                   \
    } while (0)

enum { CLERK, OFFICER, CHIEF, MAKER, CHECKER, PEOPLE };
static const struct {
    const char *roles, *email;
} people[PEOPLE] = {
    [CLERK] = {"enter sign", "hoa@quangngai.gov.vn"}, [OFFICER] = {"receive examine", "tiepnhan@bcy.gov.vn"},
    [CHIEF] = {"approve", "lanhdao@bcy.gov.vn"},      [MAKER] = {"admin", "quantri@bcy.gov.vn"},
    [CHECKER] = {"admin", "kiemsoat@bcy.gov.vn"},
};

static struct realm realm;
static char tokens[PEOPLE][KY_BEARER_TEXT];
static char department[KY_NEW_ID_TEXT];
static char asked[KY_NEW_ID_TEXT], silent[KY_NEW_ID_TEXT];
static int64_t thursday; /* day number */

/* ---- the world ---- */

static ky_rc open_store(struct ky_store **out)
{
    char where[160];
    snprintf(where, sizeof where, "sqlite:%s/store/kyso.db", realm.state);
    return ky_store_open(out, where, 5000);
}

static ky_rc add_person(struct ky_store *s, const char *org, size_t i, char id[KY_NEW_ID_TEXT])
{
    ky_auto_arena a = ky_arena_init(1 << 20);
    const struct ky_db_staff staff = {
        .org_id = org, .name = "Trần Văn An", .email = people[i].email, .roles = people[i].roles};
    KY_TRY(ky_staff_create(id, s, &a, &KY_ACTOR_SYSTEM, &staff, ky_now()));
    return ky_staff_issue_token(tokens[i], s, &KY_ACTOR_SYSTEM, id, ky_now());
}

static ky_rc fill(struct ky_store *s)
{
    char school[KY_NEW_ID_TEXT], clerk[KY_NEW_ID_TEXT], id[KY_NEW_ID_TEXT];
    const struct ky_db_org cuc = {.code = "CUC",
                                  .name = "Cục Chứng thực số",
                                  .province = "Hà Nội",
                                  .place = "Hà Nội",
                                  .sector = "authority"};
    const struct ky_db_org so = {.code = "SGD-QN",
                                 .name = REALM_ORG_NAME,
                                 .province = "Quảng Ngãi",
                                 .place = "Quảng Ngãi",
                                 .sector = "education"};
    KY_TRY(ky_org_create(department, s, &KY_ACTOR_SYSTEM, &cuc, ky_now()));
    KY_TRY(ky_org_create(school, s, &KY_ACTOR_SYSTEM, &so, ky_now()));
    KY_TRY(add_person(s, school, CLERK, clerk));
    for (size_t i = OFFICER; i < PEOPLE; i++)
        KY_TRY(add_person(s, department, i, id));
    return KY_OK;
}

static ky_rc enter_all(void)
{
    ky_auto_store s = NULL;
    KY_TRY(open_store(&s));
    KY_TRY(ky_migrate(s, ky_migrations, ky_migrations_count, ky_now()));
    KY_TRY(ky_store_begin(s, KY_STORE_WRITE));
    KY_TRY(fill(s));
    return ky_store_commit(s);
}

/* The next Thursday after which three weeks lie in one year: only 1 January will be a day off. */
static int64_t choose_thursday(void)
{
    int64_t day = ky_time_day_vn(ky_now()) + 1;
    while (ky_day_weekday(day) != 4 ||
           ky_time_split(day * KY_DAY).year != ky_time_split((day + 21) * KY_DAY).year)
        day++;
    return day;
}

/* ---- time and requests ---- */

static ky_time at(int days_on, int hour, int minute)
{
    return ky_time_of_day_vn(thursday + days_on) + hour * KY_HOUR + minute * KY_MINUTE;
}

static void go_to(int days_on, int hour, int minute)
{
    machine_wait(realm.machine, at(days_on, hour, minute) - ky_now());
}

static long call(json_t **answer, size_t who, const char *method, const json_t *body, const char *path)
{
    const struct https to = {.port = realm.https_port, .token = tokens[who]};
    return https_call(answer, &to, method, body, "%s", path);
}

static ky_rc send_dossier(struct ky_store *s, const char *id)
{
    KY_TRY(ky_store_begin(s, KY_STORE_WRITE));
    KY_TRY(ky_db_dossier_set_state(s, id, "draft", "sent", NULL, ky_now()));
    KY_TRY(ky_db_dossier_set_handler(s, id, department));
    return ky_store_commit(s);
}

/* A dossier that has been signed and sent; how that is done is test_web's matter. */
static void make_dossier(char id[KY_NEW_ID_TEXT])
{
    ky_auto_store s = NULL;
    ky_auto_json answer = NULL;
    ky_auto_json body = json_pack("{s:s, s:s, s:s, s:s, s:s, s:[]}", "procedure", "new", "recipient_name",
                                  "Lê Thị Hoa", "recipient_channel", "email", "recipient_email",
                                  "hoa@quangngai.gov.vn", "recipient_phone", "0987654321", "people");
    assert_int_equal(call(&answer, CLERK, "POST", body, "/api/v1/dossiers"), 201);
    snprintf(id, KY_NEW_ID_TEXT, "%s", json_string_value(json_object_get(answer, "id")));
    assert_ok(open_store(&s));
    assert_ok(send_dossier(s, id));
}

static void act(size_t who, const char *id, const char *action, const char *note)
{
    char path[128];
    ky_auto_json answer = NULL;
    ky_auto_json body = note == NULL ? json_object() : json_pack("{s:s}", "note", note);
    snprintf(path, sizeof path, "/api/v1/dossiers/%s/%s", id, action);
    long status = call(&answer, who, "POST", body, path);
    if (status != 200)
        fail_msg("%s: %ld %s", action, status,
                 json_string_value(json_object_get(answer, "error_description")));
}

static json_t *get_dossier(const char *id)
{
    char path[128];
    json_t *answer = NULL;
    snprintf(path, sizeof path, "/api/v1/dossiers/%s", id);
    assert_int_equal(call(&answer, OFFICER, "GET", NULL, path), 200);
    return answer;
}

/* Until the dossier's member has that value: the courier takes its time. */
static void wait_for(const char *id, const char *member, int64_t value)
{
    int64_t is = 0;
    for (int64_t end = ky_deadline_in(WAIT_MS); ky_mono_ms() < end; usleep(50000)) {
        ky_auto_json d = get_dossier(id);
        is = json_integer_value(json_object_get(d, member));
        if (is == value)
            return;
    }
    fail_msg("%s is %lld, not %lld", member, (long long)is, (long long)value);
}

/* Mails to that address in the folder that stands for the mail server. */
static int mails(const char *address)
{
    char command[512];
    int n = -1;
    snprintf(command, sizeof command, "grep -l '^To:.*%s' %s/courier/outbox/*.eml | wc -l", address,
             realm.state);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    assert_int_equal(fscanf(f, "%d", &n), 1);
    pclose(f);
    return n;
}

/* Notices about a dossier that were sent, by what they tell of. */
static int64_t sent(const char *about)
{
    int64_t n = 0;
    ky_auto_store s = NULL;
    assert_ok(open_store(&s));
    assert_ok(ky_store_query_int(&n, s, "SELECT count(*) FROM outbox WHERE state = 'sent' AND about LIKE $1",
                                 KY_PARAMS(ky_value_text(about))));
    return n;
}

static void wait_sent(const char *about, int64_t wanted)
{
    for (int64_t end = ky_deadline_in(WAIT_MS); ky_mono_ms() < end && sent(about) < wanted;)
        usleep(50000);
    assert_int_equal(sent(about), wanted);
}

static void kill_courier(void)
{
    pid_t old = realm_pid(&realm, "courier.0");
    assert_true(old > 0);
    kill(old, SIGKILL);
    for (int64_t end = ky_deadline_in(WAIT_MS); ky_mono_ms() < end; usleep(50000)) {
        pid_t now = realm_pid(&realm, "courier.0");
        if (now > 0 && now != old)
            return;
    }
    fail_msg("the courier does not come back");
}

/* ---- lists of working days ---- */

static int year_of(int64_t day)
{
    return ky_time_split(day * KY_DAY).year;
}

/* 1 January and, when it is not 0, that day. */
static json_t *list_with(int64_t more)
{
    char first[KY_DAY_TEXT_MAX], text[KY_DAY_TEXT_MAX];
    int64_t day;
    assert_ok(ky_day_join(&day, year_of(thursday), 1, 1));
    ky_day_text(first, day);
    json_t *list =
        json_pack("{s:i, s:s, s:[{s:s, s:s, s:s}]}", "year", year_of(thursday), "source",
                  "Công văn số 1/VPCP", "days", "date", first, "kind", "nghi", "name", "Tết Dương lịch");
    if (more != 0) {
        ky_day_text(text, more);
        json_array_insert_new(
            json_object_get(list, "days"), 0,
            json_pack("{s:s, s:s, s:s}", "date", text, "kind", "nghi", "name", "Nghỉ thêm"));
    }
    return list;
}

static void confirm_list(int64_t more)
{
    char path[64];
    ky_auto_json list = list_with(more);
    ky_auto_json put = NULL;
    ky_auto_json none = NULL;
    ky_auto_json refused = NULL;
    snprintf(path, sizeof path, "/api/v1/calendars/%d", year_of(thursday));
    assert_int_equal(call(&put, MAKER, "PUT", list, path), 200);
    ky_auto_json body = json_pack("{s:O}", "hash", json_object_get(put, "hash"));
    assert_int_equal(call(&refused, MAKER, "POST", body, path), 403);
    assert_int_equal(call(&none, CHECKER, "POST", body, path), 204);
}

static void two_administrators_confirm_the_years_list(void **state)
{
    (void)state;
    char path[64];
    ky_auto_json before = NULL;
    ky_auto_json refused = NULL;
    ky_auto_json after = NULL;
    ky_auto_json none = NULL;
    ky_auto_json bad = list_with(thursday);
    snprintf(path, sizeof path, "/api/v1/calendars/%d", year_of(thursday));
    assert_int_equal(call(&before, CLERK, "GET", NULL, path), 200);
    assert_int_equal(json_array_size(json_object_get(before, "versions")), 0);
    assert_true(json_is_object(json_object_get(before, "proposal")));
    assert_int_equal(call(&none, OFFICER, "PUT", bad, path), 403);
    json_object_set_new(json_array_get(json_object_get(bad, "days"), 0), "kind", json_string("lam_bu"));
    assert_int_equal(call(&refused, MAKER, "PUT", bad, path), 400);
    const json_t *problem = json_array_get(json_object_get(refused, "problems"), 0);
    assert_string_equal(json_string_value(json_object_get(problem, "code")), "works");
    assert_int_equal(json_integer_value(json_object_get(problem, "day")), 0);
    confirm_list(0);
    assert_int_equal(call(&after, CLERK, "GET", NULL, path), 200);
    const json_t *version = json_array_get(json_object_get(after, "versions"), 0);
    assert_string_equal(json_string_value(json_object_get(version, "state")), "confirmed");
}

/* ---- a dossier ---- */

static int64_t limit_int(const char *member)
{
    ky_auto_json d = get_dossier(asked);
    return json_integer_value(json_object_get(json_object_get(d, "limit"), member));
}

static void a_dossier_of_thursday_16_59_is_asked_and_answered(void **state)
{
    (void)state;
    go_to(0, 16, 59);
    act(OFFICER, asked, "receive", NULL);
    wait_for(asked, "due_at", at(5, 17, 0));
    go_to(1, 10, 0);
    act(OFFICER, asked, "examine", NULL);
    act(OFFICER, asked, "ask", "Thiếu quyết định tuyển dụng");
    go_to(4, 10, 0);
    act(CLERK, asked, "supplement", "Quyết định ở trang 2");
    int64_t due = limit_int("due_at"); /* eight hours of work later, and what the requests took */
    assert_in_range(due, at(6, 16, 59) - 60, at(6, 17, 1));
    assert_int_equal(limit_int("percent"), 8);
}

static void a_new_list_puts_off_what_is_open(void **state)
{
    (void)state;
    int64_t due = limit_int("due_at");
    confirm_list(thursday + 5);
    wait_for(asked, "due_at", due + KY_DAY);
}

/* Tuesday is off now: 50 % come on Wednesday before noon, 80 % on Thursday. */
static void the_officer_is_warned_at_50_and_80_percent(void **state)
{
    (void)state;
    go_to(6, 14, 0);
    wait_for(asked, "stage", 1);
    wait_sent("clock/warn-1/%", 1);
    kill_courier();
    go_to(7, 14, 0);
    wait_for(asked, "stage", 2);
    wait_sent("clock/warn-2/%", 1);
    assert_int_equal(sent("clock/warn-1/%"), 1);
    assert_int_equal(mails("tiepnhan@bcy.gov.vn"), 2);
    assert_int_equal(mails("lanhdao@bcy.gov.vn"), 0);
}

static int64_t on_board(const char *state_id, const char *colour)
{
    size_t i;
    json_t *v;
    int64_t n = -1;
    ky_auto_json board = NULL;
    assert_int_equal(call(&board, CHIEF, "GET", NULL, "/api/v1/board"), 200);
    json_array_foreach(json_object_get(board, "states"), i, v)
    {
        if (ky_str_eq(json_string_value(json_object_get(v, "state")), state_id))
            n = json_integer_value(json_object_get(v, colour));
    }
    return n;
}

static void the_chief_hears_when_it_is_late(void **state)
{
    (void)state;
    ky_auto_json list = NULL;
    ky_auto_json refused = NULL;
    assert_int_equal(on_board("supplemented", "most"), 1);
    go_to(7, 17, 2);
    wait_for(asked, "stage", 3);
    wait_sent("clock/overdue/%", 2);
    assert_int_equal(mails("lanhdao@bcy.gov.vn"), 1);
    assert_int_equal(on_board("supplemented", "overdue"), 1);
    assert_int_equal(on_board("supplemented", "most"), 0);
    assert_int_equal(on_board("sent", "calm"), 1);
    assert_int_equal(call(&refused, CLERK, "GET", NULL, "/api/v1/board"), 403);
    assert_int_equal(call(&list, CHIEF, "GET", NULL, "/api/v1/dossiers?sort=due"), 200);
    const json_t *first = json_array_get(json_object_get(list, "dossiers"), 0);
    assert_int_equal(json_array_size(json_object_get(list, "dossiers")), 1);
    assert_string_equal(json_string_value(json_object_get(first, "id")), asked);
}

static void nobody_answers_and_the_dossier_lapses(void **state)
{
    (void)state;
    act(OFFICER, silent, "receive", NULL);
    act(OFFICER, silent, "examine", NULL);
    act(OFFICER, silent, "ask", "Thiếu văn bản đề nghị");
    go_to(18, 9, 0);
    assert_int_equal(sent("addition-soon/%"), 0);
    go_to(19, 17, 1); /* three working days before the end */
    wait_sent("addition-soon/%", 1);
    go_to(22, 17, 1);
    wait_sent("request-lapsed/%", 1);
    ky_auto_json d = get_dossier(silent);
    assert_string_equal(json_string_value(json_object_get(d, "state")), "lapsed");
    assert_string_equal(json_string_value(json_object_get(d, "clock")), "ended");
}

static int set_up(void **state)
{
    (void)state;
    const struct realm_options options = {
        .issuing_key = "p256", .root_key = "p256", .web = true, .machine = true};
    assert_ok(realm_make(&realm, &options));
    assert_ok(enter_all());
    assert_ok(realm_start(&realm));
    thursday = choose_thursday();
    make_dossier(asked);
    make_dossier(silent);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    realm_clear(&realm);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_administrators_confirm_the_years_list),
        cmocka_unit_test(a_dossier_of_thursday_16_59_is_asked_and_answered),
        cmocka_unit_test(a_new_list_puts_off_what_is_open),
        cmocka_unit_test(the_officer_is_warned_at_50_and_80_percent),
        cmocka_unit_test(the_chief_hears_when_it_is_late),
        cmocka_unit_test(nobody_answers_and_the_dossier_lapses),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
