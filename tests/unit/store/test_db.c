/* Group commit and the pool of readers. */
#include "tempdb.h"

#include <pthread.h>

#define THREADS 16
#define WRITES_EACH 25

struct write {
    int64_t number;
    bool fail;
};

static ky_rc put(struct ky_store *s, void *ctx)
{
    const struct write *w = ctx;
    KY_TRY(ky_store_exec(s, "INSERT INTO crl (number, der, this_update, next_update) VALUES ($1, $2, 0, 0)",
                         KY_PARAMS(ky_value_int(w->number), ky_value_blob(KY_BYTES_LIT("x")))));
    return w->fail ? ky_fail(KY_EDENIED, "number %d is refused", (int)w->number) : KY_OK;
}

static ky_rc count(struct ky_store *s, void *ctx)
{
    return ky_store_query_int(ctx, s, "SELECT count(*) FROM crl", KY_NO_PARAMS);
}

static int64_t stored(struct ky_db *db)
{
    int64_t n = -1;
    assert_int_equal(ky_db_read(db, count, &n), KY_OK);
    return n;
}

struct worker {
    struct ky_db *db;
    int64_t first;
    int wrong; /* results other than expected */
};

/* Every fifth write fails after it has written, and says so to its own thread. */
static void *write_many(void *arg)
{
    struct worker *w = arg;
    for (int64_t i = 0; i < WRITES_EACH; i++) {
        struct write item = {.number = w->first + i, .fail = i % 5 == 0};
        ky_rc rc = ky_store_submit(w->db, put, &item);
        char want[64];
        snprintf(want, sizeof want, "number %d is refused", (int)item.number);
        bool right = item.fail ? rc == KY_EDENIED && strcmp(ky_error(), want) == 0 : rc == KY_OK;
        w->wrong += !right;
        int64_t n = 0;
        w->wrong += ky_db_read(w->db, count, &n) != KY_OK;
    }
    return NULL;
}

static void a_failing_item_does_not_spoil_its_batch(void **state)
{
    struct tempdb *t = *state;
    ky_auto_db db = NULL;
    assert_int_equal(ky_db_open(&db, t->where, 2, TEST_NOW), KY_OK);
    pthread_t threads[THREADS];
    struct worker workers[THREADS];
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.db = db, .first = i * 1000};
        assert_int_equal(pthread_create(&threads[i], NULL, write_many, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(workers[i].wrong, 0);
    }
    assert_int_equal(stored(db), THREADS * WRITES_EACH * 4 / 5);
}

static void what_was_acknowledged_is_there_after_reopening(void **state)
{
    struct tempdb *t = *state;
    ky_auto_db db = NULL;
    assert_int_equal(ky_db_open(&db, t->where, 1, TEST_NOW), KY_OK);
    assert_int_equal(ky_store_submit(db, put, &(struct write){.number = 1}), KY_OK);
    assert_int_equal(ky_store_submit(db, put, &(struct write){.number = 1}), KY_EEXIST);
    ky_db_close(KY_STEAL(db));
    assert_int_equal(ky_db_open(&db, t->where, 1, TEST_NOW), KY_OK);
    assert_int_equal(stored(db), 1);
}

static void a_held_write_lock_is_busy_and_passes(void **state)
{
    struct tempdb *t = *state;
    ky_auto_store own = NULL;
    assert_int_equal(ky_store_open(&own, t->where, 20), KY_OK);
    struct ky_writer *w = NULL;
    assert_int_equal(ky_writer_start(&w, KY_STEAL(own)), KY_OK);
    assert_int_equal(ky_store_begin(t->s, KY_STORE_WRITE), KY_OK);
    assert_int_equal(ky_writer_submit(w, put, &(struct write){.number = 1}), KY_EBUSY);
    assert_int_equal(ky_store_rollback(t->s), KY_OK);
    assert_int_equal(ky_writer_submit(w, put, &(struct write){.number = 1}), KY_OK);
    ky_writer_stop(w);
}

static ky_rc write_inside(struct ky_store *s, void *ctx)
{
    return ky_store_submit(ctx, put, &(struct write){.number = 1});
}

static void a_write_inside_a_write_is_refused(void **state)
{
    struct tempdb *t = *state;
    ky_auto_db db = NULL;
    assert_int_equal(ky_db_open(&db, t->where, 1, TEST_NOW), KY_OK);
    assert_int_equal(ky_store_submit(db, write_inside, db), KY_EINVAL);
    assert_int_equal(stored(db), 0);
}

static void a_reader_cannot_write(void **state)
{
    struct tempdb *t = *state;
    ky_auto_db db = NULL;
    assert_int_equal(ky_db_open(&db, t->where, 1, TEST_NOW), KY_OK);
    assert_int_equal(ky_db_read(db, put, &(struct write){.number = 1}), KY_EIO);
    assert_int_equal(stored(db), 0);
    assert_int_equal(ky_db_open(&db, t->where, 0, TEST_NOW), KY_EINVAL);
}

int main(void)
{
#define DB(f) cmocka_unit_test_setup_teardown(f, tempdb_open, tempdb_close)
    const struct CMUnitTest tests[] = {
        DB(a_failing_item_does_not_spoil_its_batch),
        DB(what_was_acknowledged_is_there_after_reopening),
        DB(a_held_write_lock_is_busy_and_passes),
        DB(a_write_inside_a_write_is_refused),
        DB(a_reader_cannot_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
