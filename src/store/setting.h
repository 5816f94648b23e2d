/* Small values kept with the data, and numbers that people read. */
#ifndef KY_STORE_SETTING_H
#define KY_STORE_SETTING_H

#include "base/arena.h"
#include "store/store.h"

ky_rc ky_db_setting_put(struct ky_store *s, const char *name, struct ky_bytes value, int64_t now);
/* KY_ENOTFOUND when it was never put. */
ky_rc ky_db_setting_get(struct ky_bytes *out, struct ky_arena *a, struct ky_store *s, const char *name);

/* 1, 2, 3, … for each name, in a transaction for writing; one that is undone gives its number back. */
ky_rc ky_db_counter_next(int64_t *out, struct ky_store *s, const char *name);

#endif
