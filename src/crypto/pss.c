/* EMSA-PSS encoding: see pss.h. */
#include "crypto/pss.h"

#include "crypto/digest.h"

/* Adds (xor) the mask MGF1(seed) to out (RFC 8017 appendix B.2.1). */
static ky_rc xor_mgf1(uint8_t *out, size_t n, ky_hash hash, struct ky_bytes seed)
{
    size_t step = ky_hash_info(hash)->size;
    for (uint32_t counter = 0; counter * step < n; counter++) {
        uint8_t c[4], mask[KY_HASH_MAX];
        ky_put_u32(c, counter);
        const struct ky_bytes parts[] = {seed, KY_BYTES_OF(c)};
        KY_TRY(ky_digest_parts(mask, hash, parts, KY_COUNT(parts)));
        for (size_t i = 0; i < step && counter * step + i < n; i++)
            out[counter * step + i] ^= mask[i];
    }
    return KY_OK;
}

ky_rc ky_pss_encode(uint8_t *em, size_t em_size, ky_hash hash, struct ky_bytes digest, const uint8_t *salt)
{
    static const uint8_t zeros[8];
    size_t h = ky_hash_info(hash)->size;
    if (digest.n != h || em_size < 2 * h + 2)
        return ky_fail(KY_EINVAL, "PSS: %zu bytes do not hold hash and salt of %zu", em_size, h);
    uint8_t digest_of_m[KY_HASH_MAX];
    const struct ky_bytes m[] = {KY_BYTES_OF(zeros), digest, KY_BYTES(salt, h)};
    KY_TRY(ky_digest_parts(digest_of_m, hash, m, KY_COUNT(m)));

    size_t db_size = em_size - h - 1; /* zeros ‖ 01 ‖ salt */
    memset(em, 0, db_size);
    em[db_size - h - 1] = 0x01;
    memcpy(em + db_size - h, salt, h);
    KY_TRY(xor_mgf1(em, db_size, hash, KY_BYTES(digest_of_m, h)));
    em[0] &= 0x7f; /* emBits is one less than the modulus' bits */
    memcpy(em + db_size, digest_of_m, h);
    em[em_size - 1] = 0xbc;
    return KY_OK;
}
