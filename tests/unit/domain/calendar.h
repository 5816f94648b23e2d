/* What the tests of the calendar share: moments from text, and 2026 as announced. */
#ifndef KY_TEST_CALENDAR_H
#define KY_TEST_CALENDAR_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "domain/calendar.h"
#include "domain/calendar_json.h"

static inline int64_t day_at(const char *text)
{
    int64_t day = 0;
    assert_int_equal(ky_day_parse(&day, ky_bytes_str(text)), KY_OK);
    return day;
}

/* "2026-03-05 16:59" or "2026-03-05 16:59:30", at +07:00. */
static inline ky_time vn(const char *text)
{
    struct ky_date d = {0};
    ky_time t = 0;
    int n = sscanf(text, "%d-%d-%d %d:%d:%d", &d.year, &d.month, &d.day, &d.hour, &d.minute, &d.second);
    assert_true(n == 5 || n == 6);
    assert_int_equal(ky_time_join(&t, &d), KY_OK);
    return t - KY_TIME_VN_OFFSET_S;
}

#define assert_vn(t, text) assert_vn_(t, text, __FILE__, __LINE__)
static inline void assert_vn_(ky_time t, const char *text, const char *file, int line)
{
    char is[KY_TIME_TEXT_MAX];
    if (t == vn(text))
        return;
    ky_time_text_vn(is, t);
    print_error("%s is not %s\n", is, text);
    _fail(file, line);
}

static inline void load_2026(struct ky_calendar_year *out)
{
    static char text[KY_CALENDAR_FILE_MAX];
    FILE *f = fopen(KY_TEST_ETC "/calendar/2026.json", "rb");
    assert_non_null(f);
    size_t n = fread(text, 1, sizeof text, f);
    fclose(f);
    if (ky_calendar_year_parse(out, KY_BYTES(text, n)) != KY_OK)
        fail_msg("%s", ky_error());
}

/* 2026 as announced, the years around it as proposed. */
static inline struct ky_calendar *calendar_2020_to_2029(void)
{
    struct ky_calendar *c = NULL;
    struct ky_calendar_year *year = calloc(1, sizeof *year);
    assert_non_null(year);
    load_2026(year);
    assert_int_equal(ky_calendar_new(&c, year, 1, 2020, 2029), KY_OK);
    free(year);
    return c;
}

#endif
