#ifndef CLOCK_H
#define CLOCK_H

#include <time.h>

/* Milliseconds of a clock that never steps and counts the time a suspended machine slept. */
static inline double monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

#endif
