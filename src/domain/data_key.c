/* See data_key.h. */
#include "domain/data_key.h"

#include "crypto/digest.h"

ky_rc ky_data_key_make(uint8_t out[KY_DATA_KEY_SIZE], const struct ky_mac *k_data,
                       const uint8_t realm[KY_HASH_SIZE])
{
    const struct ky_bytes parts[] = {KY_LABEL("kyso data key v1"), KY_BYTES(realm, KY_HASH_SIZE)};
    return ky_context(ky_mac_make(out, k_data, parts, KY_COUNT(parts)), "data key");
}
