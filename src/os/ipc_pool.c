/* Connections shared by threads: one lock, one condition, the call itself runs without the lock. */
#include "os/ipc_pool.h"

#include <stdlib.h>

#include "os/clock.h"
#include "os/cond.h"
#include "os/file.h"

struct slot {
    struct ky_ipc_client client;
    bool busy;
    int next_fd; /* owned; takes the client's place when it is given back; -1: none */
};

struct ky_ipc_pool {
    pthread_mutex_t lock;
    pthread_cond_t freed; /* a slot became free or connected */
    struct slot slots[KY_IPC_POOL_MAX];
    unsigned turn; /* where the next search begins, so that work spreads */
    void (*broken)(void *ctx, unsigned index);
    void *ctx; /* borrowed */
};

ky_rc ky_ipc_pool_new(struct ky_ipc_pool **out, void (*broken)(void *ctx, unsigned index), void *ctx)
{
    struct ky_ipc_pool *p = calloc(1, sizeof *p);
    if (p == NULL)
        return ky_fail(KY_ENOMEM, "connection pool");
    pthread_mutex_init(&p->lock, NULL);
    ky_cond_init(&p->freed);
    for (unsigned i = 0; i < KY_IPC_POOL_MAX; i++)
        p->slots[i] = (struct slot){.client = KY_IPC_CLIENT_NONE, .next_fd = -1};
    p->broken = broken;
    p->ctx = ctx;
    *out = p;
    return KY_OK;
}

void ky_ipc_pool_free(struct ky_ipc_pool *p)
{
    if (p == NULL)
        return;
    for (unsigned i = 0; i < KY_IPC_POOL_MAX; i++) {
        ky_ipc_client_clear(&p->slots[i].client);
        ky_fd_clear(&p->slots[i].next_fd);
    }
    pthread_cond_destroy(&p->freed);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

/* With the lock held: a connection that came meanwhile takes its place. */
static void renew(struct slot *s)
{
    if (s->next_fd < 0)
        return;
    ky_ipc_client_clear(&s->client);
    s->client = ky_ipc_client_init(ky_fd_take(&s->next_fd));
}

ky_rc ky_ipc_pool_put(struct ky_ipc_pool *p, unsigned index, int taken_fd)
{
    ky_auto_fd fd = taken_fd;
    if (index >= KY_IPC_POOL_MAX)
        return ky_fail(KY_ELIMIT, "connection %u; at most %d", index, KY_IPC_POOL_MAX);
    pthread_mutex_lock(&p->lock);
    struct slot *s = &p->slots[index];
    ky_fd_clear(&s->next_fd);
    s->next_fd = ky_fd_take(&fd);
    if (!s->busy)
        renew(s);
    pthread_cond_broadcast(&p->freed);
    pthread_mutex_unlock(&p->lock);
    return KY_OK;
}

/* With the lock held: a free connection, or NULL. */
static struct slot *find_free(struct ky_ipc_pool *p, unsigned index)
{
    for (unsigned i = 0; i < KY_IPC_POOL_MAX; i++) {
        unsigned at = (p->turn + i) % KY_IPC_POOL_MAX;
        struct slot *s = &p->slots[at];
        if (s->busy || !ky_ipc_client_connected(&s->client))
            continue;
        if (index != KY_IPC_POOL_ANY && index != at)
            continue;
        p->turn = at + 1;
        return s;
    }
    return NULL;
}

static struct slot *take(struct ky_ipc_pool *p, unsigned index, int64_t deadline_ms)
{
    pthread_mutex_lock(&p->lock);
    struct slot *s = find_free(p, index);
    while (s == NULL && ky_cond_wait(&p->freed, &p->lock, deadline_ms))
        s = find_free(p, index);
    if (s != NULL)
        s->busy = true;
    pthread_mutex_unlock(&p->lock);
    return s;
}

static void give_back(struct ky_ipc_pool *p, struct slot *s)
{
    pthread_mutex_lock(&p->lock);
    s->busy = false;
    renew(s);
    bool lost = !ky_ipc_client_connected(&s->client);
    pthread_cond_broadcast(&p->freed);
    pthread_mutex_unlock(&p->lock);
    if (lost && p->broken != NULL)
        p->broken(p->ctx, (unsigned)(s - p->slots));
}

ky_rc ky_ipc_pool_call(struct ky_ipc_pool *p, unsigned index, uint16_t type, struct ky_bytes body,
                       struct ky_buf *reply, int timeout_ms)
{
    int64_t deadline_ms = ky_deadline_in(timeout_ms);
    struct slot *s = take(p, index, deadline_ms);
    if (s == NULL)
        return ky_fail(KY_EBUSY, "all connections are busy");
    int64_t left_ms = deadline_ms - ky_mono_ms();
    ky_rc rc = ky_ipc_call(&s->client, type, body, reply, left_ms < 0 ? 0 : (int)left_ms);
    give_back(p, s);
    return rc;
}
