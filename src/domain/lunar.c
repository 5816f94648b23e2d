/*
 * New moons and the sun's longitude after Meeus, and the calendar made of
 * them; see lunar.h. A month is known by k, the number of its new moon since
 * that of 6 January 2000. The year from one 11th month to the next is a "sui".
 */
#include "domain/lunar.h"

#include <math.h>

#define JD_1970 2440587.5 /* Julian date of 1970-01-01T00:00Z */
#define JD_2000 2451545.0 /* of the epoch J2000.0 */
#define DAYS_PER_CENTURY 36525.0
#define DAYS_PER_YEAR 365.2425
#define NEW_MOON_0 2451550.09766 /* mean new moon k = 0, JDE */
#define SYNODIC_MONTH 29.530588861
#define JD_1968 2439856.5 /* from here on +07:00 */
#define SOLSTICE_TERM 9   /* of the twelve principal terms: the sun at 270° */
#define TERM_DEGREES 30.0

/* One line of Meeus' table of corrections to the new moon: coefficient × E^e × sin(m M + mm M' + f F + o Ω). */
struct moon_term {
    double days;
    int e, m, mm, f, o;
};
static const struct moon_term moon_terms[] = {
    {-0.40720, 0, 0, 1, 0, 0}, {0.17241, 1, 1, 0, 0, 0},    {0.01608, 0, 0, 2, 0, 0},
    {0.01039, 0, 0, 0, 2, 0},  {0.00739, 1, -1, 1, 0, 0},   {-0.00514, 1, 1, 1, 0, 0},
    {0.00208, 2, 2, 0, 0, 0},  {-0.00111, 0, 0, 1, -2, 0},  {-0.00057, 0, 0, 1, 2, 0},
    {0.00056, 1, 1, 2, 0, 0},  {-0.00042, 0, 0, 3, 0, 0},   {0.00042, 1, 1, 0, 2, 0},
    {0.00038, 1, 1, 0, -2, 0}, {-0.00024, 1, -1, 2, 0, 0},  {-0.00017, 0, 0, 0, 0, 1},
    {-0.00007, 0, 2, 1, 0, 0}, {0.00004, 0, 0, 2, -2, 0},   {0.00004, 0, 3, 0, 0, 0},
    {0.00003, 0, 1, 1, -2, 0}, {0.00003, 0, 0, 2, 2, 0},    {-0.00003, 0, 1, 1, 2, 0},
    {0.00003, 0, -1, 1, 2, 0}, {-0.00002, 0, -1, 1, -2, 0}, {-0.00002, 0, 1, 3, 0, 0},
    {0.00002, 0, 0, 4, 0, 0},
};

/* The planets' share: coefficient × sin(at + rate k), degrees; the first also has a square term. */
struct planet_term {
    double days, at, rate;
};
static const struct planet_term planet_terms[] = {
    {0.000325, 299.77, 0.107408},  {0.000165, 251.88, 0.016321}, {0.000164, 251.83, 26.651886},
    {0.000126, 349.42, 36.412478}, {0.000110, 84.66, 18.206239}, {0.000062, 141.74, 53.303771},
    {0.000060, 207.14, 2.453732},  {0.000056, 154.84, 7.306860}, {0.000047, 34.52, 27.261239},
    {0.000042, 207.19, 0.121824},  {0.000040, 291.34, 1.844379}, {0.000037, 161.72, 24.198154},
    {0.000035, 239.56, 25.513099}, {0.000023, 331.55, 3.592518},
};

/*
 * TT − UT in seconds, every 25 years from 1900: as measured up to 2025, then as expected by F. Espenak and J. Meeus
 * (NASA/TP-2006-214141), whose values the printed calendars follow. A dozen new moons up to 2199 depend on it.
 */
static const double delta_t_s[] = {-3, 24, 29, 46, 64, 69, 93, 146, 203, 264, 328, 383, 442};
#define DELTA_T_FIRST_YEAR 1900.0
#define DELTA_T_STEP_YEARS 25.0

static double sin_deg(double degrees)
{
    return sin(fmod(degrees, 360.0) * M_PI / 180.0);
}

static double delta_t_days(double jd)
{
    double steps = (2000.0 + (jd - JD_2000) / DAYS_PER_YEAR - DELTA_T_FIRST_YEAR) / DELTA_T_STEP_YEARS;
    double last = (double)(KY_COUNT(delta_t_s) - 2);
    double i = fmin(fmax(floor(steps), 0), last);
    double before = delta_t_s[(size_t)i], after = delta_t_s[(size_t)i + 1];
    return (before + (after - before) * (steps - i)) / (double)KY_DAY;
}

/* Julian ephemeris date of new moon k; chapter 49. */
static double new_moon_jde(double k)
{
    double t = k / 1236.85, t2 = t * t, t3 = t2 * t, t4 = t3 * t;
    double e = 1 - 0.002516 * t - 0.0000074 * t2;
    double sun = 2.5534 + 29.10535670 * k - 0.0000014 * t2 - 0.00000011 * t3;
    double moon = 201.5643 + 385.81693528 * k + 0.0107582 * t2 + 0.00001238 * t3 - 0.000000058 * t4;
    double latitude = 160.7108 + 390.67050284 * k - 0.0016118 * t2 - 0.00000227 * t3 + 0.000000011 * t4;
    double node = 124.7746 - 1.56375588 * k + 0.0020672 * t2 + 0.00000215 * t3;
    double jde = NEW_MOON_0 + SYNODIC_MONTH * k + 0.00015437 * t2 - 0.000000150 * t3 + 0.00000000073 * t4;
    for (size_t i = 0; i < KY_COUNT(moon_terms); i++) {
        const struct moon_term *m = &moon_terms[i];
        double angle = m->m * sun + m->mm * moon + m->f * latitude + m->o * node;
        jde += m->days * pow(e, m->e) * sin_deg(angle);
    }
    for (size_t i = 0; i < KY_COUNT(planet_terms); i++) {
        double square = i == 0 ? -0.009173 * t2 : 0;
        jde += planet_terms[i].days * sin_deg(planet_terms[i].at + planet_terms[i].rate * k + square);
    }
    return jde;
}

/* Apparent longitude of the sun in degrees, 0..360; chapter 25, within 0.01°. */
static double sun_longitude(double jde)
{
    double t = (jde - JD_2000) / DAYS_PER_CENTURY;
    double mean = 280.46646 + 36000.76983 * t + 0.0003032 * t * t;
    double anomaly = 357.52911 + 35999.05029 * t - 0.0001537 * t * t;
    double centre = (1.914602 - 0.004817 * t - 0.000014 * t * t) * sin_deg(anomaly) +
                    (0.019993 - 0.000101 * t) * sin_deg(2 * anomaly) + 0.000289 * sin_deg(3 * anomaly);
    double aberration = -0.00569 - 0.00478 * sin_deg(125.04 - 1934.136 * t);
    double longitude = fmod(mean + centre + aberration, 360.0);
    return longitude < 0 ? longitude + 360.0 : longitude;
}

/* What is added to UT; Decision 121/CP of 8 August 1967 brought +07:00 with the year 1968. */
static double offset_days(double jd)
{
    return (jd < JD_1968 ? 8.0 : 7.0) / 24.0;
}

/* The day of new moon k. */
static int64_t month_start(int64_t k)
{
    double jde = new_moon_jde((double)k);
    double jd = jde - delta_t_days(jde);
    return (int64_t)floor(jd - JD_1970 + offset_days(jd));
}

/* Which principal term the sun has reached when the day begins: 0 spring equinox … 9 winter solstice … 11. */
static int term_at(int64_t day)
{
    double midnight = (double)day + JD_1970, jd = midnight - offset_days(midnight);
    return (int)(sun_longitude(jd + delta_t_days(jd)) / TERM_DEGREES);
}

/* The month in which a day lies. */
static int64_t month_of(int64_t day)
{
    int64_t k = (int64_t)floor(((double)day + JD_1970 - NEW_MOON_0) / SYNODIC_MONTH);
    while (month_start(k) > day)
        k--;
    while (month_start(k + 1) <= day)
        k++;
    return k;
}

struct sui {
    int64_t k; /* its first month, the 11th of the lunar year before */
    int leap;  /* place of the leap month in it, 1..12; 0: twelve months, none */
};

/* The 11th month of a year: the sun reaches 270° in it. */
static int64_t eleventh_month(int year)
{
    int64_t day = 0;
    ky_rc rc = ky_day_join(&day, year, 12, 31);
    int64_t k = rc == KY_OK ? month_of(day) : 0;
    return term_at(month_start(k)) >= SOLSTICE_TERM ? k - 1 : k;
}

static struct sui sui_of(int year)
{
    struct sui s = {.k = eleventh_month(year)};
    if (eleventh_month(year + 1) - s.k == 12)
        return s;
    int term = term_at(month_start(s.k + 1));
    for (s.leap = 1; s.leap < 12; s.leap++) {
        int next = term_at(month_start(s.k + s.leap + 1));
        if (next == term)
            break;
        term = next;
    }
    return s;
}

/* Number of the month at a place in the sui: 11, 12, 1 … 10, one of them twice. */
static int month_number(const struct sui *s, int64_t place)
{
    int64_t regular = s->leap != 0 && place >= s->leap ? place - 1 : place;
    return (int)((regular + 10) % 12) + 1;
}

static ky_rc check_year(int64_t year)
{
    if (year < KY_LUNAR_YEAR_MIN || year > KY_LUNAR_YEAR_MAX)
        return ky_fail(KY_ELIMIT, "lunar year %lld is not in %d..%d", (long long)year, KY_LUNAR_YEAR_MIN,
                       KY_LUNAR_YEAR_MAX);
    return KY_OK;
}

ky_rc ky_lunar_from_day(struct ky_lunar *out, int64_t day)
{
    int64_t earliest, end;
    KY_TRY(ky_day_join(&earliest, KY_LUNAR_YEAR_MIN, 1, 1));
    KY_TRY(ky_day_join(&end, KY_LUNAR_YEAR_MAX + 2, 1, 1));
    if (day < earliest || day >= end)
        return ky_fail(KY_ELIMIT, "day %lld is not in the lunar years %d..%d", (long long)day,
                       KY_LUNAR_YEAR_MIN, KY_LUNAR_YEAR_MAX);
    int64_t k = month_of(day);
    int year = ky_time_split(day * KY_DAY).year;
    struct sui s = sui_of(year);
    if (k < s.k)
        s = sui_of(--year);
    int month = month_number(&s, k - s.k);
    int lunar_year = month >= 11 ? year : year + 1;
    KY_TRY(check_year(lunar_year));
    *out = (struct ky_lunar){
        .year = lunar_year,
        .month = month,
        .day = (int)(day - month_start(k)) + 1,
        .leap = s.leap != 0 && k - s.k == s.leap,
    };
    return KY_OK;
}

ky_rc ky_lunar_to_day(int64_t *out, const struct ky_lunar *lunar)
{
    KY_TRY(check_year(lunar->year));
    if (lunar->month < 1 || lunar->month > 12)
        return ky_fail(KY_EINVAL, "there is no month %d", lunar->month);
    struct sui s = sui_of(lunar->month >= 11 ? lunar->year : lunar->year - 1);
    int place = (lunar->month + 1) % 12;
    if (lunar->leap || (s.leap != 0 && place >= s.leap))
        place++;
    if (lunar->leap && place != s.leap)
        return ky_fail(KY_EINVAL, "lunar year %d has no leap month %d", lunar->year, lunar->month);
    int64_t start = month_start(s.k + place);
    if (lunar->day < 1 || lunar->day > month_start(s.k + place + 1) - start)
        return ky_fail(KY_EINVAL, "month %d of lunar year %d has no day %d", lunar->month, lunar->year,
                       lunar->day);
    *out = start + lunar->day - 1;
    return KY_OK;
}
