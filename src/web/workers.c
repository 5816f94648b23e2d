/* A queue and its threads; see workers.h. */
#include "web/workers.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/bytes.h"

struct ky_workers {
    pthread_mutex_t lock;
    pthread_cond_t came;
    struct ky_work *first, **last;
    size_t queued;
    bool stopping;
    pthread_t threads[KY_WORKERS_MAX];
    size_t thread_count;
};

static struct ky_work *take(struct ky_workers *w)
{
    pthread_mutex_lock(&w->lock);
    while (w->first == NULL && !w->stopping)
        pthread_cond_wait(&w->came, &w->lock);
    struct ky_work *work = w->first;
    if (work != NULL) {
        w->first = work->next;
        w->queued--;
        if (w->first == NULL)
            w->last = &w->first;
    }
    pthread_mutex_unlock(&w->lock);
    return work;
}

static void *serve(void *arg)
{
    struct ky_workers *w = arg;
    for (struct ky_work *work = take(w); work != NULL; work = take(w))
        work->run(work);
    return NULL;
}

ky_rc ky_workers_submit(struct ky_workers *w, struct ky_work *work)
{
    work->next = NULL;
    pthread_mutex_lock(&w->lock);
    bool full = w->queued >= KY_WORKERS_QUEUE_MAX || w->stopping;
    if (!full) {
        *w->last = work;
        w->last = &work->next;
        w->queued++;
        pthread_cond_signal(&w->came);
    }
    pthread_mutex_unlock(&w->lock);
    return full ? ky_fail(KY_EBUSY, "%d requests wait already", KY_WORKERS_QUEUE_MAX) : KY_OK;
}

void ky_workers_stop(struct ky_workers *w)
{
    if (w == NULL)
        return;
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    pthread_cond_broadcast(&w->came);
    pthread_mutex_unlock(&w->lock);
    for (size_t i = 0; i < w->thread_count; i++)
        pthread_join(w->threads[i], NULL);
    pthread_cond_destroy(&w->came);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

ky_rc ky_workers_start(struct ky_workers **out, size_t threads)
{
    if (threads < 1 || threads > KY_WORKERS_MAX)
        return ky_fail(KY_EINVAL, "%zu threads, not within 1..%d", threads, KY_WORKERS_MAX);
    struct ky_workers *w = calloc(1, sizeof *w);
    if (w == NULL)
        return ky_fail(KY_ENOMEM, "threads");
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->came, NULL);
    w->last = &w->first;
    for (size_t i = 0; i < threads; i++) {
        if (pthread_create(&w->threads[i], NULL, serve, w) != 0) {
            ky_workers_stop(w);
            return ky_fail(KY_ENOMEM, "thread %zu of %zu", i + 1, threads);
        }
        w->thread_count++;
    }
    *out = w;
    return KY_OK;
}
