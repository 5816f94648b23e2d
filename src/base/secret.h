/*
 * Secrets in memory: wiping that the compiler keeps, comparing in constant
 * time, and a locked block that is not dumped.
 */
#ifndef KY_BASE_SECRET_H
#define KY_BASE_SECRET_H

#include "base/bytes.h"
#include "base/rc.h"

void ky_wipe(void *p, size_t n);
/* True when equal; the time depends only on the lengths. */
bool ky_secret_eq(struct ky_bytes a, struct ky_bytes b);

/* Bytes in locked memory, kept out of core dumps, wiped on clear; n is fixed at init. */
struct ky_secret {
    uint8_t *p; /* owned, from mmap */
    size_t n;
};
#define ky_auto_secret KY_CLEANUP(ky_secret_clear) struct ky_secret

/* KY_ELIMIT when n is 0 or above 64 KiB; KY_ENOMEM. Locking is tried, not demanded. */
ky_rc ky_secret_init(struct ky_secret *s, size_t n);
void ky_secret_clear(struct ky_secret *s);

#endif
