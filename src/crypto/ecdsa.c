/* ECDSA-Sig-Value (RFC 3279 §2.2.3) to and from r ‖ s (IEEE 1363), strictly; see pubkey.h. */
#include "codec/der.h"
#include "crypto/pubkey.h"

static bool is_zero(struct ky_bytes v)
{
    uint8_t any = 0;
    for (size_t i = 0; i < v.n; i++)
        any |= v.p[i];
    return any == 0;
}

static ky_rc put_half(uint8_t *half, size_t n, struct ky_bytes v)
{
    if (v.n > n || is_zero(v))
        return ky_fail(KY_EFORMAT, "ECDSA signature: r or s is zero or above %zu bytes", n);
    memset(half, 0, n - v.n);
    memcpy(half + n - v.n, v.p, v.n);
    return KY_OK;
}

ky_rc ky_ecdsa_to_raw(uint8_t *raw, size_t n, struct ky_bytes der)
{
    struct ky_der whole = KY_DER_READ(der), numbers;
    struct ky_bytes r, s;
    KY_TRY(ky_der_enter(&numbers, &whole, KY_DER_SEQUENCE, "ECDSA signature"));
    KY_TRY(ky_der_finish(&whole, "ECDSA signature"));
    KY_TRY(ky_der_get_uint(&r, &numbers, "ECDSA signature: r"));
    KY_TRY(ky_der_get_uint(&s, &numbers, "ECDSA signature: s"));
    KY_TRY(ky_der_finish(&numbers, "ECDSA signature"));
    KY_TRY(put_half(raw, n / 2, r));
    return put_half(raw + n / 2, n / 2, s);
}

ky_rc ky_ecdsa_to_der(struct ky_buf *out, struct ky_bytes raw)
{
    const struct ky_bytes r = KY_BYTES(raw.p, raw.n / 2), s = KY_BYTES(raw.p + raw.n / 2, raw.n / 2);
    if (raw.n == 0 || raw.n % 2 != 0 || is_zero(r) || is_zero(s))
        return ky_fail(KY_EFORMAT, "ECDSA signature: r or s is zero, or %zu bytes are no pair", raw.n);
    size_t at = ky_der_begin(out, KY_DER_SEQUENCE);
    ky_der_add_uint(out, r);
    ky_der_add_uint(out, s);
    ky_der_end(out, at);
    return ky_buf_finish(out);
}
