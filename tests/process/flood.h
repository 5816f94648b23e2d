/* Thousands of connections at once to one port of 127.0.0.1 that say nothing, or begin and do not go on. */
#ifndef KY_TESTS_PROCESS_FLOOD_H
#define KY_TESTS_PROCESS_FLOOD_H

#include "base/bytes.h"

struct flood {
    int *fds;
    size_t count;
};

/* Descriptors for that many and some more; false: the hard limit does not allow it. */
bool flood_can(size_t count);
/*
 * Opens count connections, from 127.0.1.1 … 127.0.1.addresses in turn; the i-th sends openings[i % opening_count],
 * which may be empty. Returns when each has sent it, or was closed, or settle_ms have passed.
 */
void flood_open(struct flood *f, unsigned port, size_t count, unsigned addresses,
                const struct ky_bytes *openings, size_t opening_count, int settle_ms);
/* How many the other side has not closed. */
size_t flood_held(const struct flood *f);
/* Resets all of them. */
void flood_close(struct flood *f);

#endif
