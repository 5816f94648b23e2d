/* Clocks, pauses, timers and counts, and that each question is answered by an index. */
#include "tempdb.h"

#include "store/calendar.h"
#include "store/clock.h"
#include "store/figure.h"
#include "store/org.h"
#include "store/staff.h"

#define HASH(c) KY_BYTES_LIT(c "0123456789012345678901234567890")

static void insert_dossier(struct ky_store *s, const char *id, const char *org, int64_t due)
{
    struct ky_db_dossier d = {.id = id,
                              .code = id,
                              .org_id = org,
                              .procedure = "new",
                              .state = "received",
                              .entered_by = "0b",
                              .legal = "2024",
                              .path = org[1] == 'a' ? "/0a/" : "/0c/",
                              .recipient_name = "Lê Thị Hoa",
                              .recipient_channel = "email",
                              .recipient_email = "hoa@lamdong.edu.vn",
                              .sealed_recipient_phone = KY_BYTES_LIT("sealed"),
                              .created_at = 12};
    struct ky_db_clock c = {.dossier_id = id, .unit = "working-day", .amount = 3, .arrived_at = 10};
    assert_int_equal(ky_db_dossier_insert(s, &d), KY_OK);
    assert_int_equal(ky_db_clock_insert(s, &c), KY_OK);
    assert_int_equal(ky_db_dossier_set_clock(s, id, "runs", 0, 10, due), KY_OK);
}

/* Two organisations, five dossiers "d1" … "d5" due at 50, 40, 30, 20, 20. */
static int open_filled(void **state)
{
    static const int64_t due[] = {50, 40, 30, 20, 20};
    static const char *const ids[] = {"d1", "d2", "d3", "d4", "d5"};
    struct ky_db_staff person = {
        .id = "0b", .org_id = "0a", .name = "Hoa", .email = "h@x.vn", .roles = "enter", .state = "active"};
    if (tempdb_open(state) != 0)
        return -1;
    struct ky_store *s = ((struct tempdb *)*state)->s;
    for (size_t i = 0; i < 2; i++) {
        struct ky_db_org org = {.id = i == 0 ? "0a" : "0c",
                                .code = i == 0 ? "A" : "C",
                                .name = "Trường",
                                .province = "Lâm Đồng",
                                .place = "Đà Lạt",
                                .sector = i == 0 ? "education" : "authority",
                                .kind = i == 0 ? "organisation" : "delegate",
                                .path = i == 0 ? "/0a/" : "/0c/",
                                .folded = "",
                                .separation = "auto",
                                .state = "active"};
        assert_int_equal(ky_db_org_insert(s, &org), KY_OK);
    }
    assert_int_equal(ky_db_staff_insert(s, &person), KY_OK);
    for (size_t i = 0; i < KY_COUNT(ids); i++)
        insert_dossier(s, ids[i], i < 3 ? "0a" : "0c", due[i]);
    return 0;
}

static void what_is_due_first_comes_first_page_by_page(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    static const char *const order[] = {"d4", "d5", "d3", "d2", "d1"};
    char cursor[KY_CURSOR_MAX] = "";
    size_t seen = 0;
    const struct ky_scope all = ky_scope_everything();
    const struct ky_dossier_filter none = {.state = NULL};
    for (bool more = true; more;) {
        ky_auto_arena a = ky_arena_init(100000);
        struct ky_db_dossier *list = NULL;
        struct ky_page page;
        size_t n = 0;
        assert_int_equal(ky_page_parse(&page, cursor, 2), KY_OK);
        assert_int_equal(ky_db_dossier_list(&list, &n, &a, s, &all, &none, KY_DOSSIER_DUE, &page), KY_OK);
        for (size_t i = 0; i < n; i++)
            assert_string_equal(list[i].id, order[seen++]);
        more = n == 2;
        if (more)
            ky_cursor_format(cursor, list[n - 1].due_at, list[n - 1].id);
    }
    assert_int_equal(seen, 5);
}

static void lists_by_due_are_narrowed_and_leave_out_what_has_ended(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    const struct {
        const char *path, *org, *state;
        size_t n;
    } cases[] = {
        {"/", "0a", NULL, 2},       {"/", "0c", NULL, 2},    {"/", NULL, "received", 4},
        {"/", "0c", "received", 2}, {"/", NULL, "sent", 0},  {"/", "ff", NULL, 0},
        {"/0a/", NULL, NULL, 2},    {"/0a/", "0c", NULL, 0}, {"/0c/", NULL, "received", 2},
        {"/0c/", NULL, "sent", 0},  {"", NULL, NULL, 0},
    };
    struct ky_page page;
    assert_int_equal(ky_db_dossier_set_clock(s, "d1", "ended", 0, 10, 50), KY_OK);
    assert_int_equal(ky_db_dossier_set_clock(s, "d2", "stands", 0, 10, 40), KY_OK);
    assert_int_equal(ky_page_parse(&page, NULL, 10), KY_OK);
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_arena a = ky_arena_init(100000);
        struct ky_db_dossier *list = NULL;
        size_t n = 99;
        struct ky_scope scope;
        assert_int_equal(ky_scope_make(&scope, cases[i].path), cases[i].path[0] == 0 ? KY_EDENIED : KY_OK);
        const struct ky_dossier_filter filter = {.org_id = cases[i].org, .state = cases[i].state};
        assert_int_equal(ky_db_dossier_list(&list, &n, &a, s, &scope, &filter, KY_DOSSIER_DUE, &page), KY_OK);
        assert_int_equal(n, cases[i].n);
    }
}

/* Sent at 30, 10, 20, 10 and never. */
static void who_has_waited_longest_comes_first(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    static const char *const order[] = {"d2", "d4", "d3", "d1"};
    static const struct {
        const char *id, *code;
        int64_t at;
    } sent[] = {{"d1", "c1", 30}, {"d2", "c2", 10}, {"d3", "c3", 20}, {"d4", "c4", 10}};
    const struct ky_scope all = ky_scope_everything();
    const struct ky_dossier_filter filters[] = {{.state = NULL},
                                                {.state = "received"},
                                                {.state = "received", .procedure = "new"},
                                                {.procedure = "new"}};
    for (size_t i = 0; i < KY_COUNT(sent); i++)
        assert_int_equal(ky_db_dossier_set_tracking(s, sent[i].id, sent[i].code, sent[i].at), KY_OK);
    for (size_t f = 0; f < KY_COUNT(filters); f++) {
        char cursor[KY_CURSOR_MAX] = "";
        for (size_t seen = 0; seen < KY_COUNT(order); seen++) {
            ky_auto_arena a = ky_arena_init(100000);
            struct ky_db_dossier *list = NULL;
            struct ky_page page;
            size_t n = 0;
            assert_int_equal(ky_page_parse(&page, cursor, 1), KY_OK);
            assert_int_equal(
                ky_db_dossier_list(&list, &n, &a, s, &all, &filters[f], KY_DOSSIER_OLDEST, &page), KY_OK);
            assert_int_equal(n, 1);
            assert_string_equal(list[0].id, order[seen]);
            ky_cursor_format(cursor, ky_db_dossier_number(&list[0], KY_DOSSIER_OLDEST), list[0].id);
        }
    }
}

static int64_t counted(struct ky_store *s, const char *state, int64_t stage)
{
    ky_auto_arena a = ky_arena_init(10000);
    struct ky_db_dossier_count *list = NULL;
    const struct ky_scope everything = ky_scope_everything();
    size_t n = 0;
    assert_int_equal(ky_db_dossier_counts(&list, &n, &a, s, &everything), KY_OK);
    for (size_t i = 0; i < n; i++)
        if (list[i].stage == stage && strcmp(list[i].state, state) == 0)
            return list[i].dossiers;
    return 0;
}

static void counts_follow_state_and_colour(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    assert_int_equal(counted(s, "received", 0), 5);
    assert_int_equal(ky_db_dossier_set_clock(s, "d1", "runs", 2, 10, 50), KY_OK);
    assert_int_equal(ky_db_dossier_set_clock(s, "d1", "runs", 2, 10, 60), KY_OK);
    assert_int_equal(counted(s, "received", 0), 4);
    assert_int_equal(counted(s, "received", 2), 1);
    assert_int_equal(ky_db_dossier_set_state(s, "d1", "received", "examining", NULL, 20), KY_OK);
    assert_int_equal(ky_db_dossier_set_state(s, "d1", "received", "examining", NULL, 20), KY_ENOTFOUND);
    assert_int_equal(ky_db_dossier_set_state(s, "d2", "received", "examining", NULL, 20), KY_OK);
    assert_int_equal(counted(s, "received", 0), 3);
    assert_int_equal(counted(s, "received", 2), 0);
    assert_int_equal(counted(s, "examining", 2), 1);
    assert_int_equal(counted(s, "examining", 0), 1);
}

static void a_clock_stands_once_at_a_time(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(10000);
    struct ky_db_pause *list = NULL;
    size_t n = 0;
    assert_int_equal(ky_db_pause_end(s, "d1", 20), KY_ENOTFOUND);
    assert_int_equal(ky_db_pause_begin(s, "d1", 20, 90), KY_OK);
    assert_int_equal(ky_db_pause_begin(s, "d1", 21, 90), KY_EEXIST);
    assert_int_equal(ky_db_pause_end(s, "d1", 25), KY_OK);
    assert_int_equal(ky_db_pause_begin(s, "d1", 30, 95), KY_OK);
    assert_int_equal(ky_db_pause_list(&list, &n, &a, s, "d1"), KY_OK);
    assert_int_equal(n, 2);
    assert_int_equal(list[0].to_at, 25);
    assert_int_equal(list[1].from_at, 30);
    assert_int_equal(list[1].to_at, 0);
    assert_int_equal(list[1].answer_by, 95);
    assert_int_equal(ky_db_pause_begin(s, "d9", 20, 90), KY_EDENIED);
}

static void a_timer_is_found_by_its_moment_and_taken_once(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(10000);
    struct ky_db_timer *list = NULL;
    size_t n = 0;
    assert_int_equal(ky_db_timer_set(s, "d1", "warn-1", 70), KY_OK);
    assert_int_equal(ky_db_timer_set(s, "d2", "warn-1", 60), KY_OK);
    assert_int_equal(ky_db_timer_set(s, "d1", "warn-1", 50), KY_OK);
    assert_int_equal(ky_db_timer_list_due(&list, &n, &a, s, 59, 10), KY_OK);
    assert_int_equal(n, 1);
    assert_string_equal(list[0].dossier_id, "d1");
    assert_int_equal(ky_db_timer_set(s, "d1", "warn-1", 55), KY_OK);
    assert_int_equal(ky_db_timer_take(s, &list[0]), KY_ENOTFOUND);
    assert_int_equal(ky_db_timer_list_due(&list, &n, &a, s, 60, 10), KY_OK);
    assert_int_equal(n, 2);
    assert_int_equal(ky_db_timer_take(s, &list[0]), KY_OK);
    assert_int_equal(ky_db_timer_take(s, &list[0]), KY_ENOTFOUND);
    assert_int_equal(ky_db_timer_postpone(s, &list[0], 58), KY_OK); /* it is gone, and stays so */
    assert_int_equal(ky_db_timer_postpone(s, &list[1], 80), KY_OK);
    assert_int_equal(ky_db_timer_postpone(s, &list[1], 59), KY_OK); /* not at that moment any more */
    assert_int_equal(ky_db_timer_list_due(&list, &n, &a, s, 60, 10), KY_OK);
    assert_int_equal(n, 0);
    assert_int_equal(ky_db_timer_list_due(&list, &n, &a, s, 80, 10), KY_OK);
    assert_int_equal(n, 1);
    assert_int_equal(ky_db_timer_delete(s, "d2", "warn-1"), KY_OK);
    assert_int_equal(ky_db_timer_list_due(&list, &n, &a, s, 80, 10), KY_OK);
    assert_int_equal(n, 0);
}

static void open_clocks_older_than_the_newest_list_are_found(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(10000);
    struct ky_db_clock *list = NULL;
    size_t n = 0;
    assert_int_equal(ky_db_clock_set_reckoned(s, "d2", true, 1), KY_OK);
    assert_int_equal(ky_db_clock_set_ended(s, "d3", 30), KY_OK);
    assert_int_equal(ky_db_clock_set_ended(s, "d3", 31), KY_ENOTFOUND);
    assert_int_equal(ky_db_clock_list_stale(&list, &n, &a, s, 1, 2), KY_OK);
    assert_int_equal(n, 2);
    assert_string_equal(list[0].dossier_id, "d1");
    assert_string_equal(list[1].dossier_id, "d4");
    assert_int_equal(ky_db_clock_list_stale(&list, &n, &a, s, 2, 10), KY_OK);
    assert_int_equal(n, 4);
}

/* The plan of a statement, as one text. */
static void explain(char *out, size_t room, struct ky_store *s, const char *sql)
{
    ky_auto_rows rows = {0};
    size_t used = 0;
    assert_int_equal(ky_store_query(&rows, s, sql, KY_NO_PARAMS), KY_OK);
    for (bool have_row = true;;) {
        assert_int_equal(ky_rows_next(&rows, &have_row), KY_OK);
        if (!have_row)
            return;
        struct ky_bytes line = ky_rows_bytes(&rows, 3);
        used += (size_t)snprintf(out + used, room - used, "%.*s\n", (int)line.n, (const char *)line.p);
    }
}

static void no_question_of_the_clocks_scans_or_sorts(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    static const struct {
        const char *sql, *index;
    } cases[] = {
        {"SELECT id FROM dossier WHERE clock IN ('runs', 'stands') AND (due_at, id) > (5, 'x')"
         " ORDER BY due_at, id LIMIT 50",
         "dossier_by_due"},
        {"SELECT id FROM dossier WHERE state = 'received' AND clock IN ('runs', 'stands')"
         " AND (due_at, id) > (5, 'x') ORDER BY due_at, id LIMIT 50",
         "dossier_by_state_due"},
        {"SELECT id FROM dossier WHERE org_id = '0a' AND clock IN ('runs', 'stands')"
         " AND (due_at, id) > (5, 'x') ORDER BY due_at, id LIMIT 50",
         "dossier_by_org_due"},
        {"SELECT id FROM dossier WHERE sent_at > 0 AND (sent_at, id) > (5, 'x') ORDER BY sent_at, id LIMIT "
         "50",
         "dossier_by_sent"},
        {"SELECT id FROM dossier WHERE sent_at > 0 AND (sent_at, id) > (5, 'x') AND state = 'sent'"
         " ORDER BY sent_at, id LIMIT 50",
         "dossier_by_state_sent"},
        {"SELECT id FROM dossier WHERE sent_at > 0 AND (sent_at, id) > (5, 'x') AND state = 'sent'"
         " AND procedure = 'new' ORDER BY sent_at, id LIMIT 50",
         "dossier_by_state_procedure_sent"},
        {"SELECT id FROM dossier WHERE sent_at > 0 AND (sent_at, id) > (5, 'x') AND procedure || '' = 'new'"
         " ORDER BY sent_at, id LIMIT 50",
         "dossier_by_sent"},
        {"SELECT id FROM dossier WHERE clock IN ('runs', 'stands') AND (due_at, id) > (5, 'x')"
         " AND state = 'received' AND procedure = 'new' ORDER BY due_at, id LIMIT 50",
         "dossier_by_state_procedure_due"},
        {"SELECT id FROM dossier WHERE (created_at, id) < (5, 'x') AND state = 'received'"
         " AND procedure = 'new' ORDER BY created_at DESC, id DESC LIMIT 50",
         "dossier_by_state_procedure"},
        {"SELECT id FROM dossier WHERE (created_at, id) < (5, 'x') AND procedure = 'new'"
         " ORDER BY created_at DESC, id DESC LIMIT 50",
         "dossier_by_procedure"},
        {"SELECT dossier_id FROM dossier_timer WHERE at <= 5 ORDER BY at, dossier_id, kind LIMIT 50",
         "dossier_timer_due"},
        {"SELECT dossier_id FROM dossier_clock WHERE ended_at = 0 AND calendar < 5"
         " ORDER BY calendar, dossier_id LIMIT 50",
         "dossier_clock_open"},
    };
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        char sql[512], plan[1024] = "";
        snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s", cases[i].sql);
        explain(plan, sizeof plan, s, sql);
        if (strstr(plan, cases[i].index) == NULL || strstr(plan, "TEMP B-TREE") != NULL ||
            strncmp(plan, "SEARCH", 6) != 0)
            fail_msg("%s\n%s", cases[i].sql, plan);
    }
}

static void a_draft_is_written_over_and_a_confirmed_list_is_not(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_calendar list = {.year = 2026,
                                  .list = KY_BYTES_LIT("{1}"),
                                  .hash = HASH("a"),
                                  .edited_by = "0b",
                                  .edited_at = 10},
                          got, *all = NULL;
    size_t n = 0;
    int64_t version = 0, number = 9;
    assert_int_equal(ky_db_calendar_number(&number, s), KY_OK);
    assert_int_equal(number, 0);
    assert_int_equal(ky_db_calendar_put_draft(&version, s, &list), KY_OK);
    list.hash = HASH("b");
    assert_int_equal(ky_db_calendar_put_draft(&version, s, &list), KY_OK);
    assert_int_equal(version, 1);
    assert_int_equal(ky_db_calendar_confirm(s, 2026, HASH("a"), "0b", 20), KY_ENOTFOUND);
    assert_int_equal(ky_db_calendar_confirm(s, 2026, HASH("b"), "0b", 20), KY_OK);
    assert_int_equal(ky_db_calendar_get(&got, &a, s, 2026, "draft"), KY_ENOTFOUND);
    list.hash = HASH("c");
    assert_int_equal(ky_db_calendar_put_draft(&version, s, &list), KY_OK);
    assert_int_equal(version, 2);
    assert_int_equal(ky_db_calendar_confirm(s, 2026, HASH("c"), "0b", 30), KY_OK);
    assert_int_equal(ky_db_calendar_list(&all, &n, &a, s, 2026), KY_OK);
    assert_int_equal(n, 2);
    assert_string_equal(all[0].state, "confirmed");
    assert_string_equal(all[1].state, "replaced");
    assert_int_equal(all[1].confirmed_at, 20);
    assert_int_equal(ky_db_calendar_get_version(&got, &a, s, 2026, 1), KY_OK);
    assert_true(ky_bytes_eq(got.hash, HASH("b")));
    assert_int_equal(ky_db_calendar_list_confirmed(&all, &n, &a, s, 2025, 2027), KY_OK);
    assert_int_equal(n, 1);
    assert_int_equal(ky_db_calendar_number(&number, s), KY_OK);
    assert_int_equal(number, 2);
}

static void people_of_an_authority_are_found(void **state)
{
    struct ky_store *s = ((struct tempdb *)*state)->s;
    ky_auto_arena a = ky_arena_init(100000);
    struct ky_db_staff person = {
        .id = "0d", .org_id = "0c", .name = "An", .email = "a@x.vn", .roles = "receive", .state = "active"};
    struct ky_db_staff *list = NULL;
    size_t n = 0;
    assert_int_equal(ky_db_staff_insert(s, &person), KY_OK);
    person.id = "0e";
    person.state = "closed";
    assert_int_equal(ky_db_staff_insert(s, &person), KY_OK);
    assert_int_equal(ky_db_staff_list_active(&list, &n, &a, s, "0c"), KY_OK);
    assert_int_equal(n, 1);
    assert_string_equal(list[0].id, "0d");
}

int main(void)
{
#define STORE(f) cmocka_unit_test_setup_teardown(f, open_filled, tempdb_close)
    const struct CMUnitTest tests[] = {
        STORE(what_is_due_first_comes_first_page_by_page),
        STORE(who_has_waited_longest_comes_first),
        STORE(lists_by_due_are_narrowed_and_leave_out_what_has_ended),
        STORE(counts_follow_state_and_colour),
        STORE(a_clock_stands_once_at_a_time),
        STORE(a_timer_is_found_by_its_moment_and_taken_once),
        STORE(open_clocks_older_than_the_newest_list_are_found),
        STORE(no_question_of_the_clocks_scans_or_sorts),
        STORE(a_draft_is_written_over_and_a_confirmed_list_is_not),
        STORE(people_of_an_authority_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
