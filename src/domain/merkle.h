/*
 * Merkle tree of RFC 9162 §2.1 that grows leaf by leaf: keeps the roots of
 * the complete subtrees only, so adding and the root cost O(log n).
 */
#ifndef KY_DOMAIN_MERKLE_H
#define KY_DOMAIN_MERKLE_H

#include "base/bytes.h"
#include "base/rc.h"
#include "domain/process.h"

#define KY_MERKLE_LEVELS 64

struct ky_merkle {
    uint64_t size; /* leaves */
    uint8_t subtree[KY_MERKLE_LEVELS]
                   [KY_HASH_SIZE]; /* root of the complete subtree of 2^i leaves, where bit i of size is 1 */
};

/* Leaf hash: SHA-256(0x00 ‖ data). KY_ECRYPTO when the hash fails. */
ky_rc ky_merkle_add(struct ky_merkle *m, struct ky_bytes data);
/* Of an empty tree: SHA-256 of nothing. */
ky_rc ky_merkle_root(uint8_t out[KY_HASH_SIZE], const struct ky_merkle *m);

#endif
