/* SQLite behind the store: WAL, synchronous=FULL, foreign keys on, statements cached by their text. */
#ifndef KY_STORE_SQLITE_H
#define KY_STORE_SQLITE_H

#include "store/store.h"

extern const struct ky_store_ops ky_store_sqlite;

#endif
