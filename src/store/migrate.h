/*
 * The schema and its history: store/sql/NNNN-name.sql, embedded at build time.
 * Each file is applied once, in order, in a transaction of its own.
 */
#ifndef KY_STORE_MIGRATE_H
#define KY_STORE_MIGRATE_H

#include "base/time.h"
#include "store/store.h"

struct ky_migration {
    int64_t number;   /* from 1, without gaps */
    const char *name; /* "0001-registration" */
    const char *sql;
};

/* Made by store/embed_sql.py; in order of number. */
extern const struct ky_migration ky_migrations[];
extern const size_t ky_migrations_count;

/*
 * ky_migrate — bring the database to the newest schema.
 *
 * Shapes:  now  UTC; written beside each migration applied
 * Errors:  KY_EDENIED  the database is newer than this program; it is left alone
 *          KY_EBUSY    another process writes; try again
 */
ky_rc ky_migrate(struct ky_store *s, const struct ky_migration *list, size_t count, ky_time now);

/* Number of the newest migration applied; 0 for an empty database. */
ky_rc ky_migrate_version(int64_t *out, struct ky_store *s);

#endif
