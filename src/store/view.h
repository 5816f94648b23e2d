/* What a person keeps for the pages: saved views of lists, one JSON text. */
#ifndef KY_STORE_VIEW_H
#define KY_STORE_VIEW_H

#include "base/arena.h"
#include "store/store.h"

ky_rc ky_db_views_put(struct ky_store *s, const char *staff_id, struct ky_bytes json, int64_t now);
/* KY_ENOTFOUND: none kept. */
ky_rc ky_db_views_get(struct ky_bytes *out, struct ky_arena *a, struct ky_store *s, const char *staff_id);

#endif
