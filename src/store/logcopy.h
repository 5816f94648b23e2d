/* Copies of the keepers' registry logs (docs/protocol/keeper.md §1): entries of 128 bytes, in order, without gaps. */
#ifndef KY_STORE_LOGCOPY_H
#define KY_STORE_LOGCOPY_H

#include "base/buf.h"
#include "store/table.h"

#define KY_DB_LOG_ENTRY 128      /* bytes */
#define KY_DB_LOG_FETCH_MAX 4096 /* entries in one answer */

/*
 * Appends entries from sequence number `first` on. Those held already must be the same.
 * Errors: KY_EFORMAT  not a whole number of entries, or none; KY_EDENIED  another entry holds a number, or a gap
 */
ky_rc ky_db_log_append(struct ky_store *s, int64_t process, int64_t first, struct ky_bytes entries);
/* Highest sequence number held, 0 when none. */
ky_rc ky_db_log_highest(int64_t *out, struct ky_store *s, int64_t process);
/* Appends to out the entries after a number, at most KY_DB_LOG_FETCH_MAX. */
ky_rc ky_db_log_fetch(struct ky_buf *out, struct ky_store *s, int64_t process, int64_t after);

struct ky_db_log_entry {
    int64_t sequence;
    struct ky_bytes entry; /* KY_DB_LOG_ENTRY bytes */
};
/* Those below a number, highest first, at most limit. */
ky_rc ky_db_log_list(struct ky_db_log_entry **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                     int64_t process, int64_t before, int64_t limit);

#endif
