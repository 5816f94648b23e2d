/* A database in a folder of its own, removed at the end of the test. */
#ifndef KY_TEST_TEMPDB_H
#define KY_TEST_TEMPDB_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/db.h"
#include "store/migrate.h"

#define TEST_NOW ((ky_time)1795400000) /* 2026-11-22 */

struct tempdb {
    char folder[64];
    char where[128];
    struct ky_store *s; /* migrated */
};

static inline int tempdb_unlink(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    return remove(path);
}

static inline int tempdb_open(void **state)
{
    struct tempdb *t = calloc(1, sizeof *t);
    if (t == NULL)
        return -1;
    snprintf(t->folder, sizeof t->folder, "/tmp/kyso-test-XXXXXX");
    if (mkdtemp(t->folder) == NULL)
        return -1;
    snprintf(t->where, sizeof t->where, "sqlite:%s/kyso.db", t->folder);
    if (ky_store_open(&t->s, t->where, 1000) != KY_OK)
        return -1;
    if (ky_migrate(t->s, ky_migrations, ky_migrations_count, TEST_NOW) != KY_OK) {
        fprintf(stderr, "%s\n", ky_error());
        return -1;
    }
    *state = t;
    return 0;
}

static inline int tempdb_close(void **state)
{
    struct tempdb *t = *state;
    ky_store_close(t->s);
    nftw(t->folder, tempdb_unlink, 8, FTW_DEPTH | FTW_PHYS);
    free(t);
    return 0;
}

#endif
