/* The writer thread; see writer.h. Items live on the stacks of the threads that wait for them. */
#include "store/writer.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define QUEUE_MAX 4096 /* waiting items; more threads than this never wait */
#define BATCH_MAX 256  /* items in one transaction: bounds the time the first one waits */
#define ERROR_MAX 512

struct item {
    ky_store_fn fn;
    void *ctx;
    ky_rc rc;
    char error[ERROR_MAX];
    bool done;
    pthread_cond_t finished;
    struct item *next;
};

struct ky_writer {
    struct ky_store *store; /* owned */
    pthread_t thread;
    pthread_mutex_t lock; /* guards what follows, and done of every item */
    pthread_cond_t work;
    struct item *head, *tail;
    size_t queued;
    bool stopping;
};

static void set_result(struct item *it, ky_rc rc)
{
    it->rc = rc;
    snprintf(it->error, sizeof it->error, "%s", rc == KY_OK ? "" : ky_error());
}

/* The transaction is gone: whoever had succeeded has not. */
static void fail_batch(struct item *batch, ky_rc rc)
{
    for (struct item *it = batch; it != NULL; it = it->next)
        if (it->rc == KY_OK)
            set_result(it, rc);
}

/* Fails only when the transaction as a whole does; the item's own result is in it. */
static ky_rc run_item(struct ky_store *s, struct item *it)
{
    KY_TRY(ky_store_savepoint(s));
    set_result(it, it->fn(s, it->ctx));
    return it->rc == KY_OK ? ky_store_release(s) : ky_store_rollback_to_savepoint(s);
}

static ky_rc run_transaction(struct ky_store *s, struct item *batch)
{
    KY_TRY(ky_store_begin(s, KY_STORE_WRITE));
    for (struct item *it = batch; it != NULL; it = it->next)
        KY_TRY(run_item(s, it));
    return ky_store_commit(s);
}

static void run_batch(struct ky_store *s, struct item *batch)
{
    ky_rc rc = run_transaction(s, batch);
    if (rc == KY_OK)
        return;
    fail_batch(batch, rc);
    (void)!ky_store_rollback(s);
}

/* The oldest BATCH_MAX items, cut off the queue. */
static struct item *take_batch(struct ky_writer *w)
{
    struct item *batch = w->head;
    struct item *last = batch;
    size_t n = 1;
    for (; n < BATCH_MAX && last->next != NULL; n++)
        last = last->next;
    w->queued -= n;
    w->head = last->next;
    if (w->head == NULL)
        w->tail = NULL;
    last->next = NULL;
    return batch;
}

static void *writer_main(void *arg)
{
    struct ky_writer *w = arg;
    pthread_mutex_lock(&w->lock);
    for (;;) {
        while (w->head == NULL && !w->stopping)
            pthread_cond_wait(&w->work, &w->lock);
        if (w->head == NULL)
            break;
        struct item *batch = take_batch(w);
        pthread_mutex_unlock(&w->lock);
        run_batch(w->store, batch);
        pthread_mutex_lock(&w->lock);
        for (struct item *it = batch, *next; it != NULL; it = next) {
            next = it->next; /* the item is gone once its owner has seen done */
            it->done = true;
            pthread_cond_signal(&it->finished);
        }
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

ky_rc ky_writer_start(struct ky_writer **out, struct ky_store *taken_store)
{
    struct ky_writer *w = calloc(1, sizeof *w);
    if (w == NULL) {
        ky_store_close(taken_store);
        return ky_fail(KY_ENOMEM, "writer");
    }
    w->store = taken_store;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->work, NULL);
    if (pthread_create(&w->thread, NULL, writer_main, w) != 0) {
        ky_store_close(taken_store);
        free(w);
        return ky_fail(KY_EINTERNAL, "writer: no thread");
    }
    *out = w;
    return KY_OK;
}

void ky_writer_stop(struct ky_writer *w)
{
    if (w == NULL)
        return;
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    pthread_cond_signal(&w->work);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    pthread_cond_destroy(&w->work);
    pthread_mutex_destroy(&w->lock);
    ky_store_close(w->store);
    free(w);
}

/* Called with the lock held. */
static ky_rc enqueue(struct ky_writer *w, struct item *it)
{
    if (w->stopping)
        return ky_fail(KY_EBUSY, "store: the writer is stopping");
    if (w->queued == QUEUE_MAX)
        return ky_fail(KY_EBUSY, "store: %d writes are waiting already", QUEUE_MAX);
    if (w->tail == NULL)
        w->head = it;
    else
        w->tail->next = it;
    w->tail = it;
    w->queued++;
    pthread_cond_signal(&w->work);
    return KY_OK;
}

ky_rc ky_writer_submit(struct ky_writer *w, ky_store_fn fn, void *ctx)
{
    if (pthread_equal(pthread_self(), w->thread))
        return ky_fail(KY_EINVAL, "store: a write inside a write");
    struct item it = {.fn = fn, .ctx = ctx};
    pthread_cond_init(&it.finished, NULL);
    pthread_mutex_lock(&w->lock);
    ky_rc rc = enqueue(w, &it);
    while (rc == KY_OK && !it.done)
        pthread_cond_wait(&it.finished, &w->lock);
    pthread_mutex_unlock(&w->lock);
    pthread_cond_destroy(&it.finished);
    if (rc != KY_OK || it.rc == KY_OK)
        return rc;
    return ky_fail(it.rc, "%s", it.error);
}
