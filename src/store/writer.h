/*
 * Group commit: one thread, with a connection of its own, puts many small
 * transactions into one, so that a hundred of them cost one flush to disk.
 */
#ifndef KY_STORE_WRITER_H
#define KY_STORE_WRITER_H

#include "store/store.h"

/* Work inside a transaction. It neither begins nor commits; what it returns decides whether its writes stay. */
typedef ky_rc (*ky_store_fn)(struct ky_store *s, void *ctx);

struct ky_writer;

/* Owns taken_store from the call on, also when it fails. */
ky_rc ky_writer_start(struct ky_writer **out, struct ky_store *taken_store);
/* Finishes what was submitted, then stops; nobody may submit any more. NULL is fine. */
void ky_writer_stop(struct ky_writer *w);

/*
 * ky_writer_submit — run fn in the next batch and wait until that is durable.
 *
 * Each item runs behind a savepoint: one that fails is undone by itself and
 * the rest of its batch stays.
 *
 * Errors:  what fn returned, with its text
 *          KY_EBUSY   the queue is full, or another process holds the write lock
 *          KY_EIO     the commit failed: nothing of fn stays
 *          KY_EINVAL  called from inside fn
 */
ky_rc ky_writer_submit(struct ky_writer *w, ky_store_fn fn, void *ctx);

#endif
