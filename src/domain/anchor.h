/*
 * The anchor: the head of a keeper's registry log as a private data object in
 * its token (docs/protocol/keeper.md §1). A lower bound: the log may be longer, never shorter.
 */
#ifndef KY_DOMAIN_ANCHOR_H
#define KY_DOMAIN_ANCHOR_H

#include "domain/reglog.h"

struct ky_anchor {
    uint64_t sequence; /* 0: made in the ceremony, before any entry */
    uint8_t head[KY_HMAC_SIZE];
    ky_time time;
};

/*
 * ky_anchor_write — the new object first, then the old ones of that node are destroyed.
 *
 * Errors: KY_ETOKEN, KY_ELIMIT token full: the old anchor then still stands.
 */
ky_rc ky_anchor_write(struct ky_keystore *ks, const struct ky_mac *k_reg, ky_process process, uint16_t node,
                      const struct ky_anchor *anchor);

/*
 * ky_anchor_read — the highest with a right MAC; *found objects of that label were there in all.
 *
 * Errors: KY_ENOTFOUND none with a right MAC; KY_ETOKEN
 */
ky_rc ky_anchor_read(struct ky_anchor *out, size_t *found, struct ky_keystore *ks, const struct ky_mac *k_reg,
                     ky_process process, uint16_t node);

#endif
