/* Front of wrapped keys: limits, key use and counting; the work is the back end's. */
#include "crypto/wrap.h"

#include "crypto/keystore_ops.h"

static ky_rc check_type(ky_key_type type)
{
    if (type >= KY_KEY_TYPE_COUNT || type == KY_KEY_RSA4096)
        return ky_fail(KY_EINVAL, "key type %d is not for subscribers", (int)type);
    return KY_OK;
}

ky_rc ky_wrap_make(struct ky_buf *blob, struct ky_buf *spki, struct ky_token_key *kek, ky_key_type type)
{
    KY_TRY(ky_token_key_check(kek, KY_USE_WRAP));
    KY_TRY(check_type(type));
    return kek->ops->wrap_new(blob, spki, kek, type);
}

ky_rc ky_wrap_open(struct ky_token_key **out, struct ky_token_key *kek, ky_key_type type,
                   struct ky_bytes blob)
{
    KY_TRY(ky_token_key_check(kek, KY_USE_WRAP));
    KY_TRY(check_type(type));
    if (blob.n < 2 || blob.n > KY_WRAPPED_MAX)
        return ky_fail(KY_EFORMAT, "wrapped key of %zu bytes, must be 2 to %d", blob.n, KY_WRAPPED_MAX);
    KY_TRY(kek->ops->unwrap(out, kek, type, blob));
    kek->ks->counts.unwraps++;
    return KY_OK;
}
