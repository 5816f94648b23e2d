/* Sealing of personal data; see personal.h. */
#include "domain/personal.h"

#include <openssl/evp.h>

#include "base/secret.h"
#include "crypto/digest.h"
#include "crypto/ossl.h"
#include "crypto/random.h"

#define VERSION 1
#define NONCE_SIZE 12
#define TAG_SIZE 16
#define HEAD_SIZE (1 + NONCE_SIZE)
#define VALUE_MAX (32u << 20) /* bytes: request documents are the longest */

_Static_assert(KY_PERSONAL_EXTRA == HEAD_SIZE + TAG_SIZE, "head and tag");

KY_DEFINE_CLEANUP(EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)

ky_rc ky_personal_init(struct ky_personal *out, struct ky_bytes data_key)
{
    if (data_key.n != KY_DATA_KEY_SIZE)
        return ky_fail(KY_EINVAL, "data key: %zu bytes, must be %d", data_key.n, KY_DATA_KEY_SIZE);
    KY_TRY(ky_hkdf_sha256(out->seal_key, sizeof out->seal_key, data_key, KY_BYTES_NONE,
                          KY_LABEL("kyso personal seal v1")));
    return ky_hkdf_sha256(out->hash_key, sizeof out->hash_key, data_key, KY_BYTES_NONE,
                          KY_LABEL("kyso personal hash v1"));
}

void ky_personal_clear(struct ky_personal *p)
{
    ky_wipe(p, sizeof *p);
}

/* One pass of AES-256-GCM with the place as associated data; the tag is set or read by the caller. */
static bool run_gcm(EVP_CIPHER_CTX *ctx, uint8_t *to, const struct ky_personal *p, const uint8_t *nonce,
                    const char *place, struct ky_bytes in, int encrypt)
{
    int n = 0;
    return EVP_CipherInit_ex(ctx, EVP_aes_256_gcm(), NULL, p->seal_key, nonce, encrypt) == 1 &&
           EVP_CipherUpdate(ctx, NULL, &n, (const uint8_t *)place, (int)strlen(place)) == 1 &&
           (in.n == 0 || EVP_CipherUpdate(ctx, to, &n, in.p, (int)in.n) == 1);
}

ky_rc ky_personal_seal(struct ky_buf *out, const struct ky_personal *p, const char *place,
                       struct ky_bytes value)
{
    if (value.n > VALUE_MAX)
        return ky_fail(KY_ELIMIT, "personal data: %zu bytes, at most %u", value.n, VALUE_MAX);
    uint8_t *head = ky_buf_grow(out, HEAD_SIZE + value.n + TAG_SIZE);
    if (head == NULL)
        return ky_buf_finish(out);
    uint8_t *to = head + HEAD_SIZE;
    head[0] = VERSION;
    KY_TRY(ky_random(head + 1, NONCE_SIZE));
    KY_CLEANUP(EVP_CIPHER_CTX_freep) EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n = 0;
    bool done = ctx != NULL && run_gcm(ctx, to, p, head + 1, place, value, 1) &&
                EVP_CipherFinal_ex(ctx, to + value.n, &n) == 1 &&
                EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG_SIZE, to + value.n) == 1;
    return done ? KY_OK : ky_fail_ossl(KY_ECRYPTO, "personal data");
}

ky_rc ky_personal_open(struct ky_buf *out, const struct ky_personal *p, const char *place,
                       struct ky_bytes sealed)
{
    if (sealed.n < KY_PERSONAL_EXTRA || sealed.n > VALUE_MAX + KY_PERSONAL_EXTRA || sealed.p[0] != VERSION)
        return ky_fail(KY_EFORMAT, "personal data at %s: not a sealed value", place);
    struct ky_bytes in = KY_BYTES(sealed.p + HEAD_SIZE, sealed.n - KY_PERSONAL_EXTRA);
    uint8_t tag[TAG_SIZE];
    memcpy(tag, in.p + in.n, TAG_SIZE);
    size_t before = out->n;
    uint8_t *to = ky_buf_grow(out, in.n);
    if (to == NULL)
        return ky_buf_finish(out);
    KY_CLEANUP(EVP_CIPHER_CTX_freep) EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n = 0;
    if (ctx != NULL && run_gcm(ctx, to, p, sealed.p + 1, place, in, 0) &&
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, TAG_SIZE, tag) == 1 &&
        EVP_CipherFinal_ex(ctx, to + in.n, &n) == 1)
        return KY_OK;
    ky_wipe(to, in.n);
    out->n = before;
    return ky_fail(KY_EAUTH, "personal data at %s: altered, moved, or of another data key", place);
}

ky_rc ky_personal_hash(uint8_t out[KY_PERSONAL_HASH_SIZE], const struct ky_personal *p, struct ky_bytes value)
{
    const struct ky_bytes parts[] = {KY_LABEL("kyso personal hash v1"), value};
    return ky_hmac_sha256(out, KY_BYTES_OF(p->hash_key), parts, KY_COUNT(parts));
}
