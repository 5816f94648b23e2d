/* Certificates that end soon: when each is warned of next, and what waits for its organisation's digest. */
#ifndef KY_STORE_EXPIRY_H
#define KY_STORE_EXPIRY_H

#include "store/table.h"

#define KY_EXPIRY_STEPS 3 /* 60, 30 and 7 days before */

struct ky_db_expiry {
    const char *serial;
    int64_t step; /* 0..KY_EXPIRY_STEPS - 1: the next */
    int64_t at;   /* eight in the morning of its day, UTC+7 */
};

/* Days before the end; step beyond the last: 0. */
int64_t ky_expiry_days(int64_t step);
/* When step is due for a certificate that ends then. */
int64_t ky_expiry_at(int64_t not_after, int64_t step);

/* From when the certificate counts; its end is taken from its row. */
ky_rc ky_db_expiry_begin(struct ky_store *s, const char *serial);
/* Revoked, replaced or over: no warning, also none that waits for a digest. Nothing happens when there is none. */
ky_rc ky_db_expiry_end(struct ky_store *s, const char *serial);
/* The last warning was given; what waits for a digest stays. */
ky_rc ky_db_expiry_finish(struct ky_store *s, const char *serial);
/* Longest due first. */
ky_rc ky_db_expiry_list_due(struct ky_db_expiry **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                            int64_t now, int64_t limit);
/* Another step at another moment. KY_ENOTFOUND: not at this step any more. */
ky_rc ky_db_expiry_move(struct ky_store *s, const struct ky_db_expiry *from, int64_t step, int64_t at);
/* Is there a certificate of the same owner that counts and ends later? */
ky_rc ky_db_expiry_replaced(bool *out, struct ky_store *s, const char *owner, int64_t not_after);

struct ky_db_expiry_line {
    const char *org_id;
    const char *serial;
    int64_t step;
};

/* A later step replaces an earlier one. */
ky_rc ky_db_expiry_digest_put(struct ky_store *s, const struct ky_db_expiry_line *line);
/* Some organisation that has lines; KY_ENOTFOUND: none has. */
ky_rc ky_db_expiry_digest_next(struct ky_db_expiry_line *out, struct ky_arena *a, struct ky_store *s);
ky_rc ky_db_expiry_digest_list(struct ky_db_expiry_line **out, size_t *n, struct ky_arena *a,
                               struct ky_store *s, const char *org_id, int64_t limit);
ky_rc ky_db_expiry_digest_count(int64_t *out, struct ky_store *s, const char *org_id);
ky_rc ky_db_expiry_digest_clear(struct ky_store *s, const char *org_id);

#endif
