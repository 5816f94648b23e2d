/* Faults of a list, found without stopping at the first; see calendar_check.h. */
#include "domain/calendar_check.h"

#include <stdlib.h>

#include "base/str.h"
#include "domain/calendar_json.h"

static const struct {
    const char *code, *vi, *en;
} faults[KY_FAULT_COUNT] = {
    [KY_FAULT_SOURCE] = {"source", "Chưa nêu căn cứ (luật hoặc văn bản) của lịch.",
                         "the law or decision that the list follows is not named"},
    [KY_FAULT_HOURS] = {"hours", "Giờ làm việc không đúng: dạng 08:00, tăng dần, không chồng nhau.",
                        "working hours: of the form 08:00, ascending, apart"},
    [KY_FAULT_DAYS] = {"days", "Danh sách ngày trống hoặc quá dài.", "no days, or too many"},
    [KY_FAULT_DATE] = {"date", "Ngày không đúng dạng năm-tháng-ngày hoặc không có trong lịch.",
                       "not a date of the form 2026-01-01"},
    [KY_FAULT_YEAR] = {"year", "Ngày thuộc năm khác.", "a day of another year"},
    [KY_FAULT_TWICE] = {"twice", "Ngày đã có trong danh sách.", "the day is on the list already"},
    [KY_FAULT_KIND] = {"kind", "Loại phải là nghi (nghỉ) hoặc lam_bu (làm bù).",
                       "kind is neither nghi nor lam_bu"},
    [KY_FAULT_WORKS] = {"works", "Ngày làm bù phải là thứ Bảy hoặc Chủ nhật.",
                        "a make-up day must be a Saturday or Sunday"},
    [KY_FAULT_NAME] = {"name", "Tên ngày trống, quá dài hoặc có ký tự không hiển thị được.",
                       "the name is missing, too long, or not for showing"},
};

static void add(struct ky_calendar_problems *out, size_t day, ky_calendar_fault fault)
{
    if (out->n == KY_CALENDAR_PROBLEMS_MAX)
        return;
    out->list[out->n].day = day;
    out->list[out->n++].fault = fault;
}

static bool text_fits(const json_t *v, size_t max_chars)
{
    struct ky_bytes text = ky_json_str(v);
    return text.n > 0 && ky_text_check("text", text, max_chars) == KY_OK;
}

/* Spans are judged by the reader of lists, in a list with nothing else in it that could be wrong. */
static bool hours_fit(const json_t *hours, int year)
{
    char date[KY_DAY_TEXT_MAX];
    int64_t day;
    struct ky_calendar_year read;
    if (ky_day_join(&day, year, 1, 1) != KY_OK)
        return false;
    ky_day_text(date, day);
    ky_auto_json list = json_pack("{s:i, s:s, s:O, s:[{s:s, s:s, s:s}]}", "year", year, "source", "-",
                                  "hours", hours, "days", "date", date, "kind", "nghi", "name", "-");
    char *text = list == NULL ? NULL : json_dumps(list, JSON_COMPACT);
    bool fits = text != NULL && ky_calendar_year_parse(&read, ky_bytes_str(text)) == KY_OK;
    free(text);
    return fits;
}

static bool is_earlier(const json_t *days, size_t i, struct ky_bytes date)
{
    for (size_t k = 0; k < i; k++)
        if (ky_bytes_eq(ky_json_str(json_object_get(json_array_get(days, k), "date")), date))
            return true;
    return false;
}

static void check_date(struct ky_calendar_problems *out, const json_t *days, size_t i, int year)
{
    int64_t day;
    const json_t *entry = json_array_get(days, i);
    struct ky_bytes date = ky_json_str(json_object_get(entry, "date"));
    struct ky_bytes kind = ky_json_str(json_object_get(entry, "kind"));
    bool make_up = ky_bytes_eq_str(kind, "lam_bu");
    if (!make_up && !ky_bytes_eq_str(kind, "nghi"))
        add(out, i, KY_FAULT_KIND);
    if (ky_day_parse(&day, date) != KY_OK) {
        add(out, i, KY_FAULT_DATE);
        return;
    }
    if (ky_time_split(day * KY_DAY).year != year)
        add(out, i, KY_FAULT_YEAR);
    if (is_earlier(days, i, date))
        add(out, i, KY_FAULT_TWICE);
    if (make_up && !ky_calendar_weekly_rest(day))
        add(out, i, KY_FAULT_WORKS);
}

void ky_calendar_check(struct ky_calendar_problems *out, const json_t *json, int year)
{
    const json_t *days = json_object_get(json, "days"), *hours = json_object_get(json, "hours");
    size_t n = json_array_size(days);
    if (!text_fits(json_object_get(json, "source"), KY_CALENDAR_SOURCE_CHARS))
        add(out, KY_CALENDAR_NO_DAY, KY_FAULT_SOURCE);
    if (hours != NULL && !hours_fit(hours, year))
        add(out, KY_CALENDAR_NO_DAY, KY_FAULT_HOURS);
    if (n == 0 || n > KY_CALENDAR_DAYS_MAX) {
        add(out, KY_CALENDAR_NO_DAY, KY_FAULT_DAYS);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        check_date(out, days, i, year);
        if (!text_fits(json_object_get(json_array_get(days, i), "name"), KY_CALENDAR_NAME_CHARS))
            add(out, i, KY_FAULT_NAME);
    }
}

void ky_calendar_problems_write(struct ky_json_out *o, const char *name, const struct ky_calendar_problems *p,
                                const json_t *json)
{
    const json_t *days = json_object_get(json, "days");
    ky_json_open_array(o, name);
    for (size_t i = 0; i < p->n; i++) {
        size_t day = p->list[i].day;
        ky_json_open_object(o, NULL);
        if (day != KY_CALENDAR_NO_DAY) {
            struct ky_bytes date = ky_json_str(json_object_get(json_array_get(days, day), "date"));
            ky_json_put_int(o, "day", (int64_t)day);
            if (date.p != NULL)
                ky_json_put_str(o, "date", date);
        }
        ky_json_put_cstr(o, "code", faults[p->list[i].fault].code);
        ky_json_put_cstr(o, "vi", faults[p->list[i].fault].vi);
        ky_json_put_cstr(o, "en", faults[p->list[i].fault].en);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
}
