/*
 * Short nonces that were used, and the positions of the statements they
 * belong to. In memory only: a restart voids every short nonce anyway.
 */
#ifndef KY_PROG_KEEPER_SPENT_H
#define KY_PROG_KEEPER_SPENT_H

#include "base/buf.h"
#include "domain/keeper_msg.h"

#define KY_SPENT_BYTES_MAX ((size_t)768 << 20) /* signatures kept for repetition */

struct ky_spent_set;

ky_rc ky_spent_new(struct ky_spent_set **out);
void ky_spent_free(struct ky_spent_set *s);
KY_DEFINE_CLEANUP(struct ky_spent_set, ky_spent_free)

/*
 * ky_spent_use — the nonce belongs to this statement from now on.
 *
 * until: the end of the nonce itself. A statement may end earlier, and its nonce must not be free again then.
 * Errors: KY_EDENIED used by another statement; KY_EBUSY too much is kept in memory; KY_ENOMEM
 */
ky_rc ky_spent_use(struct ky_spent_set *s, const uint8_t nonce_id[KY_HASH_SIZE],
                   const uint8_t statement[KY_HASH_SIZE], ky_time until);
/* KY_EDENIED when used by another statement; KY_OK when free or used by this one. */
ky_rc ky_spent_check(const struct ky_spent_set *s, const uint8_t nonce_id[KY_HASH_SIZE],
                     const uint8_t statement[KY_HASH_SIZE]);
bool ky_spent_has(const struct ky_spent_set *s, const uint8_t nonce_id[KY_HASH_SIZE]);

/*
 * ky_spent_reserve — take positions for a worker, or answer with what they became.
 *
 * Appends for each position u8 state ‖ lv(signature or nothing). *ticket names what was newly taken (0: nothing was).
 * Errors: KY_EBUSY one of them is being signed right now; KY_EDENIED total differs from the first call
 */
ky_rc ky_spent_reserve(uint64_t *ticket, struct ky_buf *out, struct ky_spent_set *s,
                       const uint8_t nonce_id[KY_HASH_SIZE], const struct ky_reserve *r, unsigned worker);

/* The outcome of a ticket: positions with their signatures; those taken and not named, or rc failed, are free again. */
ky_rc ky_spent_outcome(struct ky_spent_set *s, uint64_t ticket, unsigned worker, ky_rc rc,
                       const uint16_t *positions, const struct ky_bytes *signatures, size_t count);
/* That worker is gone: what it had taken counts as made, and nobody has it. Returns how many positions. */
size_t ky_spent_lost(struct ky_spent_set *s, unsigned worker);
/* Forgets nonces that ended before now. */
void ky_spent_sweep(struct ky_spent_set *s, ky_time now);

#endif
