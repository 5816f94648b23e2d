/* A leaky bucket for each network, in a table of fixed size; see throttle.h. */
#include "web/throttle.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/network.h"
#include "crypto/random.h"

#define PROBES 8 /* places a network may have */

struct bucket {
    uint64_t network; /* 0: free */
    ky_time empty_at; /* when all that was counted has run out */
};

struct ky_throttle {
    pthread_mutex_t lock;
    int64_t burst, every_s;
    uint64_t seed; /* nobody outside can choose who shares a place */
    struct bucket buckets[KY_THROTTLE_NETWORKS];
};

ky_rc ky_throttle_new(struct ky_throttle **out, int64_t burst, int64_t every_s)
{
    struct ky_throttle *t = calloc(1, sizeof *t);
    if (t == NULL)
        return ky_fail(KY_ENOMEM, "throttle");
    ky_rc rc = ky_random((uint8_t *)&t->seed, sizeof t->seed);
    if (rc != KY_OK) {
        free(t);
        return rc;
    }
    t->burst = burst;
    t->every_s = every_s;
    pthread_mutex_init(&t->lock, NULL);
    *out = t;
    return KY_OK;
}

void ky_throttle_free(struct ky_throttle *t)
{
    if (t == NULL)
        return;
    pthread_mutex_destroy(&t->lock);
    free(t);
}

/* FNV-1a from a secret start. */
static uint64_t network_of(const struct ky_throttle *t, const char *address)
{
    uint64_t h = t->seed;
    char network[KY_NETWORK_TEXT];
    ky_network_of(network, address);
    for (const char *p = network; *p != 0; p++)
        h = (h ^ (uint8_t)*p) * UINT64_C(0x100000001b3);
    return h == 0 ? 1 : h;
}

/* That network's bucket, or the one of its places that ran out longest ago. */
static struct bucket *find(struct ky_throttle *t, uint64_t network)
{
    struct bucket *oldest = NULL;
    for (size_t i = 0; i < PROBES; i++) {
        struct bucket *b = &t->buckets[(network + i) % KY_THROTTLE_NETWORKS];
        if (b->network == network)
            return b;
        if (oldest == NULL || b->empty_at < oldest->empty_at)
            oldest = b;
    }
    *oldest = (struct bucket){.network = network};
    return oldest;
}

int64_t ky_throttle_wait(struct ky_throttle *t, const char *address, ky_time now)
{
    pthread_mutex_lock(&t->lock);
    int64_t full = t->burst * t->every_s, used = find(t, network_of(t, address))->empty_at - now;
    pthread_mutex_unlock(&t->lock);
    return used + t->every_s > full ? used + t->every_s - full : 0;
}

void ky_throttle_count(struct ky_throttle *t, const char *address, ky_time now)
{
    pthread_mutex_lock(&t->lock);
    struct bucket *b = find(t, network_of(t, address));
    b->empty_at = (b->empty_at > now ? b->empty_at : now) + t->every_s;
    pthread_mutex_unlock(&t->lock);
}
