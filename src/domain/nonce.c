/* Nonces; see nonce.h. */
#include "domain/nonce.h"

#include "crypto/digest.h"

#define MACED 35    /* bytes under the MAC */
#define MAC_SIZE 16 /* of HMAC-SHA256, from the left */

static ky_rc make_mac(uint8_t out[KY_HMAC_SIZE], const uint8_t *encoded, ky_process process,
                      const struct ky_mac *mac)
{
    uint8_t p = (uint8_t)process;
    const struct ky_bytes parts[] = {KY_LABEL("kyso nonce v1"), {&p, 1}, {encoded, MACED}};
    return ky_mac_make(out, mac, parts, KY_COUNT(parts));
}

ky_rc ky_nonce_encode(uint8_t out[KY_NONCE_SIZE], const struct ky_nonce *n, ky_process process,
                      const struct ky_mac *mac)
{
    uint8_t full[KY_HMAC_SIZE];
    out[0] = (uint8_t)n->kind;
    ky_put_u16(out + 1, n->node);
    memcpy(out + 3, n->boot, KY_BOOT_ID_SIZE);
    ky_put_u64(out + 11, (uint64_t)n->made);
    memcpy(out + 19, n->random, sizeof n->random);
    KY_TRY(make_mac(full, out, process, mac));
    memcpy(out + MACED, full, MAC_SIZE);
    return KY_OK;
}

ky_rc ky_nonce_parse(struct ky_nonce *out, const uint8_t in[KY_NONCE_SIZE])
{
    if (in[0] != KY_NONCE_SHORT && in[0] != KY_NONCE_LONG)
        return ky_fail(KY_EFORMAT, "nonce of kind %d", in[0]);
    uint64_t made = ky_get_u64(in + 11);
    if (made > KY_TIME_MAX)
        return ky_fail(KY_EFORMAT, "nonce made at %llu s, after the year 9999", (unsigned long long)made);
    out->kind = (ky_nonce_kind)in[0];
    out->node = ky_get_u16(in + 1);
    memcpy(out->boot, in + 3, KY_BOOT_ID_SIZE);
    out->made = (ky_time)made;
    memcpy(out->random, in + 19, sizeof out->random);
    return KY_OK;
}

ky_rc ky_nonce_check_mac(const uint8_t in[KY_NONCE_SIZE], ky_process process, const struct ky_mac *mac)
{
    uint8_t full[KY_HMAC_SIZE];
    KY_TRY(make_mac(full, in, process, mac));
    if (!ky_secret_eq(KY_BYTES(full, MAC_SIZE), KY_BYTES(in + MACED, MAC_SIZE)))
        return ky_fail(KY_EAUTH, "nonce: not made by this %s since its start", ky_process_name(process));
    return KY_OK;
}

ky_rc ky_nonce_id(uint8_t out[KY_HASH_SIZE], const uint8_t in[KY_NONCE_SIZE])
{
    return ky_sha256(out, KY_BYTES(in, KY_NONCE_SIZE));
}
