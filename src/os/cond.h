/* Waiting for another thread until a deadline of the forward-only clock (ky_mono_ms). */
#ifndef KY_OS_COND_H
#define KY_OS_COND_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* A condition for ky_cond_wait; pthread_cond_destroy ends it. */
void ky_cond_init(pthread_cond_t *cond);
/* With the lock held, as pthread_cond_wait. False when the deadline has passed. */
bool ky_cond_wait(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t deadline_ms);

#endif
