/* Lists of days off from JSON and to it; see calendar_json.h. */
#include "domain/calendar_json.h"

#include <stdio.h>

#include "codec/json.h"

#define DATE_CHARS 10 /* "2026-01-01" */
#define TIME_CHARS 5  /* "08:00" */

#define MEMBER(name_, kind_, min_, max_)                                                                     \
    {                                                                                                        \
        .name = name_, .kind = kind_, .required = true, .min = min_, .max = max_                             \
    }

static const struct ky_json_member day_members[] = {
    MEMBER("date", KY_JSON_STR, DATE_CHARS, DATE_CHARS),
    MEMBER("kind", KY_JSON_STR, 1, 16),
    MEMBER("name", KY_JSON_TEXT, 1, KY_CALENDAR_NAME_CHARS),
};
static const struct ky_json_member day_item[] = {
    {.name = "day", .kind = KY_JSON_OBJECT, .sub = day_members, .sub_n = KY_COUNT(day_members)}};
static const struct ky_json_member span_members[] = {
    MEMBER("from", KY_JSON_STR, TIME_CHARS, TIME_CHARS),
    MEMBER("to", KY_JSON_STR, TIME_CHARS, TIME_CHARS),
};
static const struct ky_json_member span_item[] = {
    {.name = "span", .kind = KY_JSON_OBJECT, .sub = span_members, .sub_n = KY_COUNT(span_members)}};
static const struct ky_json_member members[] = {
    MEMBER("year", KY_JSON_INT, KY_CALENDAR_YEAR_MIN, KY_CALENDAR_YEAR_MAX),
    MEMBER("source", KY_JSON_TEXT, 1, KY_CALENDAR_SOURCE_CHARS),
    {.name = "hours",
     .kind = KY_JSON_ARRAY,
     .min = 1,
     .max = KY_WORK_SPANS_MAX,
     .sub = span_item,
     .sub_n = 1},
    {.name = "days",
     .kind = KY_JSON_ARRAY,
     .required = true,
     .min = 1,
     .max = KY_CALENDAR_DAYS_MAX,
     .sub = day_item,
     .sub_n = 1},
};

static const char *const kinds[] = {[KY_CALENDAR_OFF] = "nghi", [KY_CALENDAR_MAKE_UP] = "lam_bu"};

/* Copies a text that the schema has found short enough. */
static void copy_text(char *out, size_t room, const json_t *text)
{
    struct ky_bytes t = ky_json_str(text);
    size_t n = t.n < room ? t.n : room - 1;
    memcpy(out, t.p, n);
    out[n] = 0;
}

static bool read_two_digits(int64_t *out, const uint8_t *p)
{
    *out = (p[0] - '0') * 10 + (p[1] - '0');
    return p[0] >= '0' && p[0] <= '9' && p[1] >= '0' && p[1] <= '9';
}

static ky_rc read_time(int64_t *out_s, const json_t *text)
{
    int64_t hour, minute;
    struct ky_bytes t = ky_json_str(text);
    bool shape = t.n == TIME_CHARS && t.p[2] == ':' && read_two_digits(&hour, t.p) &&
                 read_two_digits(&minute, t.p + 3) && hour < 24 && minute < 60;
    if (!shape)
        return ky_fail(KY_EFORMAT, "not a time of the form 08:00");
    *out_s = hour * KY_HOUR + minute * KY_MINUTE;
    return KY_OK;
}

static ky_rc read_hours(struct ky_work_hours *out, const json_t *hours)
{
    *out = (struct ky_work_hours){.n = json_array_size(hours)};
    for (size_t i = 0; i < out->n; i++) {
        const json_t *span = json_array_get(hours, i);
        KY_TRY(ky_context(read_time(&out->span[i].from_s, json_object_get(span, "from")), "hours: from"));
        KY_TRY(ky_context(read_time(&out->span[i].to_s, json_object_get(span, "to")), "hours: to"));
    }
    return KY_OK;
}

static ky_rc read_kind(ky_calendar_kind *out, const json_t *text)
{
    for (size_t i = 0; i < KY_COUNT(kinds); i++)
        if (ky_bytes_eq_str(ky_json_str(text), kinds[i])) {
            *out = (ky_calendar_kind)i;
            return KY_OK;
        }
    return ky_fail(KY_EFORMAT, "kind is neither nghi nor lam_bu");
}

static ky_rc read_days(struct ky_calendar_year *y, const json_t *days)
{
    y->n = json_array_size(days);
    for (size_t i = 0; i < y->n; i++) {
        const json_t *from = json_array_get(days, i);
        struct ky_calendar_day *to = &y->days[i];
        KY_TRY(ky_context(ky_day_parse(&to->day, ky_json_str(json_object_get(from, "date"))), "day %zu", i));
        KY_TRY(ky_context(read_kind(&to->kind, json_object_get(from, "kind")), "day %zu", i));
        copy_text(to->name, sizeof to->name, json_object_get(from, "name"));
    }
    return KY_OK;
}

static ky_rc read_year(struct ky_calendar_year *y, const json_t *json)
{
    const json_t *hours = json_object_get(json, "hours");
    *y = (struct ky_calendar_year){.year = (int)json_integer_value(json_object_get(json, "year")),
                                   .hours = ky_work_hours_default};
    copy_text(y->source, sizeof y->source, json_object_get(json, "source"));
    if (hours != NULL)
        KY_TRY(read_hours(&y->hours, hours));
    KY_TRY(read_days(y, json_object_get(json, "days")));
    return ky_calendar_year_check(y) == KY_OK ? KY_OK : KY_EFORMAT; /* its text stays */
}

ky_rc ky_calendar_year_parse(struct ky_calendar_year *out, struct ky_bytes json)
{
    ky_auto_json parsed = NULL;
    struct ky_calendar_year y;
    KY_TRY(ky_json_parse(&parsed, json, KY_CALENDAR_FILE_MAX));
    KY_TRY(ky_json_check_closed(parsed, members, KY_COUNT(members), "calendar"));
    KY_TRY(ky_context(read_year(&y, parsed), "calendar"));
    *out = y;
    return KY_OK;
}

static void put_time(struct ky_json_out *o, const char *name, int64_t second)
{
    char text[3 * 20];
    snprintf(text, sizeof text, "%02d:%02d", (int)(second / KY_HOUR), (int)(second % KY_HOUR / KY_MINUTE));
    ky_json_put_cstr(o, name, text);
}

ky_rc ky_calendar_year_encode(struct ky_buf *out, const struct ky_calendar_year *y)
{
    struct ky_json_out o = KY_JSON_OUT(out);
    ky_json_open_object(&o, NULL);
    ky_json_put_int(&o, "year", y->year);
    ky_json_put_cstr(&o, "source", y->source);
    ky_json_open_array(&o, "hours");
    for (size_t i = 0; i < y->hours.n; i++) {
        ky_json_open_object(&o, NULL);
        put_time(&o, "from", y->hours.span[i].from_s);
        put_time(&o, "to", y->hours.span[i].to_s);
        ky_json_close_object(&o);
    }
    ky_json_close_array(&o);
    ky_json_open_array(&o, "days");
    for (size_t i = 0; i < y->n; i++) {
        char date[KY_DAY_TEXT_MAX];
        ky_day_text(date, y->days[i].day);
        ky_json_open_object(&o, NULL);
        ky_json_put_cstr(&o, "date", date);
        ky_json_put_cstr(&o, "kind", kinds[y->days[i].kind]);
        ky_json_put_cstr(&o, "name", y->days[i].name);
        ky_json_close_object(&o);
    }
    ky_json_close_array(&o);
    ky_json_close_object(&o);
    return ky_buf_finish(out);
}
