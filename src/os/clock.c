/* The system's clocks, and the one a caller passes in. */
#include "os/clock.h"

#include <time.h>

int64_t ky_now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

ky_time ky_now(void)
{
    return ky_now_us() / 1000000;
}

int64_t ky_clock_now_us(const struct ky_clock *clock)
{
    return clock == NULL ? ky_now_us() : clock->now_us(clock->ctx);
}

ky_time ky_clock_now(const struct ky_clock *clock)
{
    return ky_clock_now_us(clock) / 1000000;
}

int64_t ky_mono_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t ky_deadline_in(int timeout_ms)
{
    return timeout_ms < 0 ? KY_DEADLINE_NEVER : ky_mono_ms() + timeout_ms;
}
