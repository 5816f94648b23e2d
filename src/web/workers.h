/* Threads that run handlers: they may wait for key processes and the database, the threads of the sockets may not. */
#ifndef KY_WEB_WORKERS_H
#define KY_WEB_WORKERS_H

#include <stddef.h>

#include "base/rc.h"

#define KY_WORKERS_MAX 256
#define KY_WORKERS_QUEUE_MAX 4096 /* requests that wait for a thread */

struct ky_workers;

/* An item that is queued; the owner's struct begins with it. */
struct ky_work {
    struct ky_work *next;
    void (*run)(struct ky_work *work);
};

ky_rc ky_workers_start(struct ky_workers **out, size_t threads);
/* Runs what is queued, then ends the threads. */
void ky_workers_stop(struct ky_workers *w);
/* KY_EBUSY when too many wait already. */
ky_rc ky_workers_submit(struct ky_workers *w, struct ky_work *work);

#endif
