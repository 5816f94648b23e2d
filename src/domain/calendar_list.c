/* Lists of working days in the database; see calendar_list.h. */
#include "domain/calendar_list.h"

#include <stdlib.h>

#include "base/str.h"
#include "domain/calendar_json.h"

#define YEARS_AFTER 2 /* room for what is due later than the last moment asked for */

/* Everybody's deadlines are reckoned with the lists. */
static ky_rc check_admin(const struct ky_actor *actor)
{
    return actor->department && (actor->roles & KY_STAFF_ADMIN) != 0
               ? KY_OK
               : ky_fail(KY_EDENIED, "calendar: kept by administrators of the department");
}

static int by_date(const void *a, const void *b)
{
    const char *x = json_string_value(json_object_get(*(json_t *const *)a, "date"));
    const char *y = json_string_value(json_object_get(*(json_t *const *)b, "date"));
    return strcmp(x == NULL ? "" : x, y == NULL ? "" : y);
}

/* A copy whose days ascend. */
static ky_rc sort_days(json_t **out, const json_t *json)
{
    json_t *sorted[KY_CALENDAR_DAYS_MAX];
    const json_t *days = json_object_get(json, "days");
    size_t n = json_array_size(days);
    ky_auto_json copy = json_copy((json_t *)json);
    ky_auto_json list = json_array();
    if (n > KY_CALENDAR_DAYS_MAX)
        return ky_fail(KY_ELIMIT, "calendar: %zu days, at most %d", n, KY_CALENDAR_DAYS_MAX);
    for (size_t i = 0; i < n; i++)
        sorted[i] = json_array_get(days, i);
    qsort(sorted, n, sizeof sorted[0], by_date);
    for (size_t i = 0; i < n; i++)
        json_array_append(list, sorted[i]);
    if (copy == NULL || json_array_size(list) != n || json_object_set(copy, "days", list) != 0)
        return ky_fail(KY_ENOMEM, "calendar");
    *out = KY_STEAL(copy);
    return KY_OK;
}

static ky_rc read_list(struct ky_calendar_year *out, const json_t *json)
{
    ky_auto_json sorted = NULL;
    KY_TRY(sort_days(&sorted, json));
    char *text = json_dumps(sorted, JSON_COMPACT);
    if (text == NULL)
        return ky_fail(KY_ENOMEM, "calendar");
    ky_rc rc = ky_calendar_year_parse(out, ky_bytes_str(text));
    free(text);
    return rc;
}

ky_rc ky_calendar_list_put(struct ky_calendar_draft *out, struct ky_store *s, const struct ky_actor *actor,
                           int year, const json_t *json, ky_time now)
{
    struct ky_calendar_year list;
    ky_auto_buf text = ky_buf_init(KY_CALENDAR_FILE_MAX);
    KY_TRY(check_admin(actor));
    KY_TRY(read_list(&list, json));
    if (list.year != year)
        return ky_fail(KY_EFORMAT, "calendar: a list of %d, not of %d", list.year, year);
    KY_TRY(ky_calendar_year_encode(&text, &list));
    KY_TRY(ky_sha256(out->hash, ky_buf_bytes(&text)));
    const struct ky_db_calendar row = {.year = year,
                                       .list = ky_buf_bytes(&text),
                                       .hash = KY_BYTES_OF(out->hash),
                                       .edited_by = actor->staff_id,
                                       .edited_at = now};
    return ky_db_calendar_put_draft(&out->version, s, &row);
}

/* One person may have two accounts: whoever is known by an owner is compared by that too. */
static ky_rc check_other_person(struct ky_store *s, struct ky_arena *a, const char *maker,
                                const char *checker)
{
    struct ky_db_staff one, other;
    const struct ky_scope all = ky_scope_everything();
    KY_TRY(ky_db_staff_get(&one, a, s, &all, maker));
    KY_TRY(ky_db_staff_get(&other, a, s, &all, checker));
    bool same = ky_str_eq(maker, checker) || (one.owner != NULL && ky_str_eq(one.owner, other.owner));
    return same ? ky_fail(KY_EDENIED, "calendar: confirmed by another person than the one who edited it")
                : KY_OK;
}

ky_rc ky_calendar_list_confirm(struct ky_store *s, const struct ky_actor *actor, int year,
                               struct ky_bytes hash, ky_time now)
{
    ky_auto_arena a = ky_arena_init(KY_CALENDAR_LIST_ARENA);
    struct ky_calendar_year list;
    struct ky_db_calendar draft;
    KY_TRY(check_admin(actor));
    KY_TRY(ky_context(ky_db_calendar_get(&draft, &a, s, year, "draft"), "calendar %d", year));
    if (!ky_bytes_eq(draft.hash, hash))
        return ky_fail(KY_EEXIST, "calendar %d: the draft is another one by now", year);
    KY_TRY(check_other_person(s, &a, draft.edited_by, actor->staff_id));
    KY_TRY(ky_calendar_year_parse(&list, draft.list));
    return ky_db_calendar_confirm(s, year, hash, actor->staff_id, now);
}

static int year_of(ky_time t)
{
    return ky_time_split(t + KY_TIME_VN_OFFSET_S).year;
}

ky_rc ky_calendar_load(struct ky_calendar **out, struct ky_store *s, ky_time from, ky_time to)
{
    ky_auto_arena a = ky_arena_init(KY_CALENDAR_LIST_ARENA);
    struct ky_db_calendar *rows = NULL;
    size_t n = 0;
    int first = year_of(from), last = year_of(to) + YEARS_AFTER;
    KY_TRY(ky_db_calendar_list_confirmed(&rows, &n, &a, s, first, last));
    struct ky_calendar_year *lists = ky_arena_alloc_array(&a, n + 1, sizeof *lists);
    if (lists == NULL)
        return KY_ENOMEM;
    for (size_t i = 0; i < n; i++)
        KY_TRY(ky_context(ky_calendar_year_parse(&lists[i], rows[i].list), "calendar %lld",
                          (long long)rows[i].year));
    return ky_calendar_new(out, lists, n, first, last);
}
