/* Growing Merkle tree; see merkle.h. */
#include "domain/merkle.h"

#include "crypto/digest.h"

static ky_rc hash_node(uint8_t out[KY_HASH_SIZE], const uint8_t *left, const uint8_t *right)
{
    uint8_t input[1 + 2 * KY_HASH_SIZE] = {1};
    memcpy(input + 1, left, KY_HASH_SIZE);
    memcpy(input + 1 + KY_HASH_SIZE, right, KY_HASH_SIZE);
    return ky_sha256(out, KY_BYTES_OF(input));
}

static ky_rc hash_leaf(uint8_t out[KY_HASH_SIZE], struct ky_bytes data)
{
    const uint8_t zero = 0;
    const struct ky_bytes parts[] = {{&zero, 1}, data};
    return ky_digest_parts(out, KY_SHA256, parts, KY_COUNT(parts));
}

ky_rc ky_merkle_add(struct ky_merkle *m, struct ky_bytes data)
{
    uint8_t node[KY_HASH_SIZE];
    KY_TRY(hash_leaf(node, data));
    size_t level = 0;
    for (; m->size >> level & 1; level++)
        KY_TRY(hash_node(node, m->subtree[level], node));
    memcpy(m->subtree[level], node, KY_HASH_SIZE);
    m->size++;
    return KY_OK;
}

ky_rc ky_merkle_root(uint8_t out[KY_HASH_SIZE], const struct ky_merkle *m)
{
    bool first = true;
    if (m->size == 0)
        return ky_sha256(out, KY_BYTES_NONE);
    for (size_t level = 0; level < KY_MERKLE_LEVELS; level++) {
        if (!(m->size >> level & 1))
            continue;
        if (first)
            memcpy(out, m->subtree[level], KY_HASH_SIZE);
        else
            KY_TRY(hash_node(out, m->subtree[level], out));
        first = false;
    }
    return KY_OK;
}
