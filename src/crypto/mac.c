/* HMAC by an unseen key; see mac.h. */
#include "crypto/mac.h"

static ky_rc token_hmac(void *ctx, uint8_t out[KY_HMAC_SIZE], const struct ky_bytes *parts, size_t count)
{
    return ky_keystore_hmac(out, ctx, parts, count);
}

struct ky_mac ky_token_mac(struct ky_token_key *key)
{
    return (struct ky_mac){.ctx = key, .hmac = token_hmac};
}

ky_rc ky_mac_make(uint8_t out[KY_HMAC_SIZE], const struct ky_mac *mac, const struct ky_bytes *parts,
                  size_t count)
{
    return mac->hmac(mac->ctx, out, parts, count);
}

ky_rc ky_mac_check(const struct ky_mac *mac, const struct ky_bytes *parts, size_t count,
                   struct ky_bytes expected, const char *what)
{
    uint8_t made[KY_HMAC_SIZE];
    KY_TRY(ky_mac_make(made, mac, parts, count));
    if (!ky_secret_eq(KY_BYTES_OF(made), expected))
        return ky_fail(KY_EAUTH, "%s: MAC does not fit", what);
    return KY_OK;
}
