/* A year's list that is read is written as it was, and a calendar made of it comes to an end. */
#include <stdlib.h>

#include "domain/calendar_json.h"
#include "domain/deadline.h"

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* Received on each day of the year: due within it or beyond, but reckoned. */
static void reckon_all_days(const struct ky_calendar_year *list)
{
    const struct ky_limit limit = {KY_DEADLINE_WORKING_DAYS, 3};
    ky_auto_calendar c = NULL;
    int64_t first;
    int last = list->year < KY_CALENDAR_YEAR_MAX ? list->year + 1 : list->year;
    must(ky_calendar_new(&c, list, 1, list->year, last) == KY_OK);
    must(ky_day_join(&first, list->year, 1, 1) == KY_OK);
    for (int64_t day = first; day < first + 330; day++) {
        struct ky_deadline d;
        ky_time received = ky_time_of_day_vn(day) + 16 * KY_HOUR;
        must(ky_deadline_reckon(&d, c, limit, received, NULL, 0) == KY_OK || last == list->year);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct ky_calendar_year list, again;
    if (ky_calendar_year_parse(&list, KY_BYTES(data, size)) != KY_OK)
        return 0;
    ky_auto_buf first = ky_buf_init(KY_CALENDAR_FILE_MAX), second = ky_buf_init(KY_CALENDAR_FILE_MAX);
    must(ky_calendar_year_check(&list) == KY_OK);
    must(ky_calendar_year_encode(&first, &list) == KY_OK);
    must(ky_calendar_year_parse(&again, ky_buf_bytes(&first)) == KY_OK);
    must(ky_calendar_year_encode(&second, &again) == KY_OK);
    must(ky_bytes_eq(ky_buf_bytes(&first), ky_buf_bytes(&second)));
    reckon_all_days(&list);
    return 0;
}
