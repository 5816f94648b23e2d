/*
 * What is wrong with a year's list as an officer sends it, day by day, so that
 * a page can show every mistake beside its row. What passes here is read by
 * domain/calendar_json.
 */
#ifndef KY_DOMAIN_CALENDAR_CHECK_H
#define KY_DOMAIN_CALENDAR_CHECK_H

#include "codec/json.h"
#include "domain/calendar_year.h"

#define KY_CALENDAR_PROBLEMS_MAX (2 * KY_CALENDAR_DAYS_MAX) /* more are not told */
#define KY_CALENDAR_NO_DAY SIZE_MAX

typedef enum ky_calendar_fault {
    KY_FAULT_SOURCE, /* what the list follows is not named */
    KY_FAULT_HOURS,  /* spans of the form 08:00, ascending, apart */
    KY_FAULT_DAYS,   /* no array, none, or more than KY_CALENDAR_DAYS_MAX */
    KY_FAULT_DATE,   /* not a date */
    KY_FAULT_YEAR,   /* of another year */
    KY_FAULT_TWICE,  /* on the list already */
    KY_FAULT_KIND,   /* neither nghi nor lam_bu */
    KY_FAULT_WORKS,  /* make-up on a day that is no Saturday or Sunday */
    KY_FAULT_NAME,   /* no name, or not one for showing */
    KY_FAULT_COUNT,
} ky_calendar_fault;

struct ky_calendar_problems {
    struct {
        size_t day; /* index in `days`, or KY_CALENDAR_NO_DAY: the list */
        ky_calendar_fault fault;
    } list[KY_CALENDAR_PROBLEMS_MAX];
    size_t n;
};

/* json: any value. All that is found is added to *out; nothing: the list is one of that year. */
void ky_calendar_check(struct ky_calendar_problems *out, const json_t *json, int year);
/* An array: {day?, date?, code, vi, en}; date as it was sent, where it is a text. */
void ky_calendar_problems_write(struct ky_json_out *o, const char *name, const struct ky_calendar_problems *p,
                                const json_t *json);

#endif
