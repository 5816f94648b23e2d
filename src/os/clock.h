/*
 * Reading the clock. Whoever judges by time takes a `const struct ky_clock *`, so that a test can stand
 * still or jump; nothing in the environment changes what a process believes.
 */
#ifndef KY_OS_CLOCK_H
#define KY_OS_CLOCK_H

#include "base/time.h"

/* A source of time; NULL everywhere means the system's. */
struct ky_clock {
    int64_t (*now_us)(void *ctx); /* microseconds since 1970-01-01 UTC */
    void *ctx;                    /* borrowed */
};

ky_time ky_clock_now(const struct ky_clock *clock);    /* seconds UTC */
int64_t ky_clock_now_us(const struct ky_clock *clock); /* microseconds UTC */

/* The system's clock. */
ky_time ky_now(void);
int64_t ky_now_us(void);
/* Milliseconds that only run forward, from an unknown start: for deadlines and back-off. */
int64_t ky_mono_ms(void);

#define KY_DEADLINE_NEVER INT64_MAX /* a ky_mono_ms that is never reached */
/* The moment timeout_ms from now; a negative timeout is never. */
int64_t ky_deadline_in(int timeout_ms);

#endif
