/*
 * The database as a process sees it: readers that never wait for the writer,
 * and one writer with group commit, which is a thread: open it after entering
 * the sandbox, so that the thread is inside too.
 */
#ifndef KY_STORE_DB_H
#define KY_STORE_DB_H

#include "base/time.h"
#include "store/writer.h"

struct ky_db;

#define KY_DB_READERS_MAX 64
#define KY_DB_BUSY_MS 5000

/*
 * ky_db_open — open the writer's and the readers' connections, and migrate.
 *
 * Shapes:  where    "sqlite:PATH"
 *          readers  connections for reading, 1..KY_DB_READERS_MAX: one per thread of the server
 *          now      UTC, for the migrations
 * Errors:  KY_EDENIED  the schema is newer than this program; KY_EIO; KY_EBUSY
 */
ky_rc ky_db_open(struct ky_db **out, const char *where, size_t readers, ky_time now);
void ky_db_close(struct ky_db *db);
KY_DEFINE_CLEANUP(struct ky_db, ky_db_close)
#define ky_auto_db KY_CLEANUP(ky_db_closep) struct ky_db *

/* Runs fn over one snapshot; waits for a free reader. fn must not write. Returns what fn returns. */
ky_rc ky_db_read(struct ky_db *db, ky_store_fn fn, void *ctx);

/* Runs fn in the next group commit and returns when that is durable; see ky_writer_submit. */
ky_rc ky_store_submit(struct ky_db *db, ky_store_fn fn, void *ctx);

#endif
