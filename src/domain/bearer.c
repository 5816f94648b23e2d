/* Making and recognising bearer secrets; see bearer.h. */
#include "domain/bearer.h"

#include "base/base64.h"
#include "base/hex.h"
#include "base/secret.h"
#include "crypto/digest.h"
#include "crypto/random.h"

static ky_rc hash_text(uint8_t hash[KY_BEARER_HASH], struct ky_bytes text)
{
    const struct ky_bytes parts[] = {text};
    return ky_digest_label(hash, KY_LABEL("kyso bearer v1"), parts, 1);
}

ky_rc ky_bearer_new(char text[KY_BEARER_TEXT], uint8_t hash[KY_BEARER_HASH])
{
    uint8_t secret[32];
    KY_TRY(ky_random(secret, sizeof secret));
    ky_auto_buf b = ky_buf_init_secret(KY_BEARER_TEXT);
    ky_buf_add_base64url(&b, KY_BYTES_OF(secret));
    ky_wipe(secret, sizeof secret);
    KY_TRY(ky_buf_finish(&b));
    memcpy(text, ky_buf_str(&b), KY_BEARER_TEXT);
    return hash_text(hash, ky_buf_bytes(&b));
}

ky_rc ky_bearer_hash(uint8_t hash[KY_BEARER_HASH], struct ky_bytes text)
{
    uint8_t secret[32];
    ky_rc rc = ky_base64url_decode_exact(secret, sizeof secret, text);
    ky_wipe(secret, sizeof secret);
    if (rc != KY_OK)
        return ky_fail(KY_EAUTH, "not a token of this service");
    return hash_text(hash, text);
}

ky_rc ky_new_id(char out[KY_NEW_ID_TEXT])
{
    uint8_t id[16];
    KY_TRY(ky_random(id, sizeof id));
    ky_hex_encode(out, KY_BYTES_OF(id));
    return KY_OK;
}
