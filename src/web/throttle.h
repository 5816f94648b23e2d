/*
 * How often one network may do what costs or tells something, without log-in:
 * a burst, then one in so many seconds. In memory, of fixed size; a network is
 * the first half of an IPv6 address, and a whole IPv4 one.
 */
#ifndef KY_WEB_THROTTLE_H
#define KY_WEB_THROTTLE_H

#include "base/rc.h"
#include "base/time.h"

#define KY_THROTTLE_NETWORKS 4096 /* kept at once; of more, those that asked longest ago are forgotten */

struct ky_throttle;

ky_rc ky_throttle_new(struct ky_throttle **out, int64_t burst, int64_t every_s);
void ky_throttle_free(struct ky_throttle *t);

/* Seconds until that address may again; 0: now. Counts nothing. */
int64_t ky_throttle_wait(struct ky_throttle *t, const char *address, ky_time now);
/* One more of that address. */
void ky_throttle_count(struct ky_throttle *t, const char *address, ky_time now);

#endif
