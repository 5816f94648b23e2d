/* Readers' pool and writer of one database. */
#include "store/db.h"

#include <pthread.h>
#include <stdlib.h>

#include "store/migrate.h"

struct ky_db {
    struct ky_writer *writer;
    pthread_mutex_t lock;
    pthread_cond_t given;
    struct ky_store *readers[KY_DB_READERS_MAX]; /* owned; free ones first */
    size_t readers_free;
    size_t readers_all;
};

static ky_rc open_writer(struct ky_db *db, const char *where, ky_time now)
{
    ky_auto_store s = NULL;
    KY_TRY(ky_store_open(&s, where, KY_DB_BUSY_MS));
    KY_TRY(ky_migrate(s, ky_migrations, ky_migrations_count, now));
    return ky_writer_start(&db->writer, KY_STEAL(s));
}

static ky_rc open_all(struct ky_db *db, const char *where, size_t readers, ky_time now)
{
    KY_TRY(open_writer(db, where, now));
    for (; db->readers_all < readers; db->readers_all++, db->readers_free++)
        KY_TRY(ky_store_open(&db->readers[db->readers_all], where, KY_DB_BUSY_MS));
    return KY_OK;
}

ky_rc ky_db_open(struct ky_db **out, const char *where, size_t readers, ky_time now)
{
    if (readers < 1 || readers > KY_DB_READERS_MAX)
        return ky_fail(KY_EINVAL, "store: %zu readers, not within 1..%d", readers, KY_DB_READERS_MAX);
    struct ky_db *db = calloc(1, sizeof *db);
    if (db == NULL)
        return ky_fail(KY_ENOMEM, "store");
    pthread_mutex_init(&db->lock, NULL);
    pthread_cond_init(&db->given, NULL);
    ky_rc rc = open_all(db, where, readers, now);
    if (rc != KY_OK) {
        ky_db_close(db);
        return rc;
    }
    *out = db;
    return KY_OK;
}

void ky_db_close(struct ky_db *db)
{
    if (db == NULL)
        return;
    ky_writer_stop(db->writer);
    for (size_t i = 0; i < db->readers_all; i++)
        ky_store_close(db->readers[i]);
    pthread_cond_destroy(&db->given);
    pthread_mutex_destroy(&db->lock);
    free(db);
}

static struct ky_store *take_reader(struct ky_db *db)
{
    pthread_mutex_lock(&db->lock);
    while (db->readers_free == 0)
        pthread_cond_wait(&db->given, &db->lock);
    struct ky_store *s = db->readers[--db->readers_free];
    pthread_mutex_unlock(&db->lock);
    return s;
}

static void give_reader(struct ky_db *db, struct ky_store *s)
{
    pthread_mutex_lock(&db->lock);
    db->readers[db->readers_free++] = s;
    pthread_cond_signal(&db->given);
    pthread_mutex_unlock(&db->lock);
}

static ky_rc read_snapshot(struct ky_store *s, ky_store_fn fn, void *ctx)
{
    KY_TRY(ky_store_begin(s, KY_STORE_READ));
    ky_rc rc = fn(s, ctx);
    ky_rc ended = ky_store_rollback(s);
    return rc != KY_OK ? rc : ended;
}

ky_rc ky_db_read(struct ky_db *db, ky_store_fn fn, void *ctx)
{
    struct ky_store *s = take_reader(db);
    ky_rc rc = read_snapshot(s, fn, ctx);
    give_reader(db, s);
    return rc;
}

ky_rc ky_store_submit(struct ky_db *db, ky_store_fn fn, void *ctx)
{
    return ky_writer_submit(db->writer, fn, ctx);
}
