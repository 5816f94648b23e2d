/* Sealed boxes; see seal.h. RFC 7748, RFC 5869, SP 800-38D; SEC 1 for P-256. */
#include "crypto/seal.h"

#include <openssl/evp.h>

#include "base/secret.h"
#include "crypto/digest.h"
#include "crypto/ossl.h"
#include "crypto/random.h"
#include "crypto/softkey.h"

#define GCM_KEY 32
#define GCM_NONCE 12
#define PUBLIC_MAX KY_P256_POINT

KY_DEFINE_CLEANUP(EVP_PKEY, EVP_PKEY_free)
KY_DEFINE_CLEANUP(EVP_PKEY_CTX, EVP_PKEY_CTX_free)
KY_DEFINE_CLEANUP(EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)

/* Key and nonce of one box. */
struct box_key {
    uint8_t bytes[GCM_KEY + GCM_NONCE];
};

static void wipe_box_key(struct box_key *k)
{
    ky_wipe(k, sizeof *k);
}

static ky_rc derive_box_key(struct box_key *k, struct ky_bytes label, const uint8_t shared[32],
                            struct ky_bytes ephemeral, struct ky_bytes recipient)
{
    static const uint8_t zero[32];
    if (ky_secret_eq(KY_BYTES(shared, 32), KY_BYTES_OF(zero)))
        return ky_fail(KY_EINVAL, "seal: shared secret is zero");
    uint8_t info[2 * PUBLIC_MAX];
    memcpy(info, ephemeral.p, ephemeral.n);
    memcpy(info + ephemeral.n, recipient.p, recipient.n);
    return ky_hkdf_sha256(k->bytes, sizeof k->bytes, KY_BYTES(shared, 32), label,
                          KY_BYTES(info, ephemeral.n + recipient.n));
}

static bool gcm_begin(EVP_CIPHER_CTX *ctx, const struct box_key *k, struct ky_bytes aad, int encrypt)
{
    int n;
    return EVP_CipherInit_ex(ctx, EVP_aes_256_gcm(), NULL, k->bytes, k->bytes + GCM_KEY, encrypt) == 1 &&
           (aad.n == 0 || EVP_CipherUpdate(ctx, NULL, &n, aad.p, (int)aad.n) == 1);
}

static bool gcm_encrypt(uint8_t *to, const struct box_key *k, struct ky_bytes aad, struct ky_bytes plain)
{
    KY_CLEANUP(EVP_CIPHER_CTX_freep) EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n;
    return ctx != NULL && gcm_begin(ctx, k, aad, 1) &&
           (plain.n == 0 || EVP_CipherUpdate(ctx, to, &n, plain.p, (int)plain.n) == 1) &&
           EVP_CipherFinal_ex(ctx, to + plain.n, &n) == 1 &&
           EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, KY_SEAL_TAG, to + plain.n) == 1;
}

static bool gcm_decrypt(uint8_t *to, const struct box_key *k, struct ky_bytes aad, struct ky_bytes sealed)
{
    KY_CLEANUP(EVP_CIPHER_CTX_freep) EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    size_t plain_n = sealed.n - KY_SEAL_TAG;
    uint8_t tag[KY_SEAL_TAG];
    memcpy(tag, sealed.p + plain_n, sizeof tag);
    int n;
    return ctx != NULL && gcm_begin(ctx, k, aad, 0) &&
           (plain_n == 0 || EVP_CipherUpdate(ctx, to, &n, sealed.p, (int)plain_n) == 1) &&
           EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, KY_SEAL_TAG, tag) == 1 &&
           EVP_CipherFinal_ex(ctx, to + plain_n, &n) == 1;
}

static ky_rc check_sizes(struct ky_bytes aad, struct ky_bytes content, size_t most)
{
    if (content.n > most || aad.n > INT32_MAX)
        return ky_fail(KY_ELIMIT, "seal: %zu bytes, at most %zu are allowed", content.n, most);
    return KY_OK;
}

/* Appends ephemeral ‖ ciphertext ‖ tag. */
static ky_rc add_box(struct ky_buf *out, const struct box_key *k, struct ky_bytes ephemeral,
                     struct ky_bytes aad, struct ky_bytes plain)
{
    KY_TRY(check_sizes(aad, plain, KY_SEAL_MAX));
    ky_buf_add(out, ephemeral);
    uint8_t *to = ky_buf_grow(out, plain.n + KY_SEAL_TAG);
    if (to == NULL)
        return ky_buf_finish(out);
    return gcm_encrypt(to, k, aad, plain) ? KY_OK : ky_fail_ossl(KY_ECRYPTO, "seal");
}

static ky_rc add_plaintext(struct ky_buf *out, const struct box_key *k, struct ky_bytes aad,
                           struct ky_bytes sealed)
{
    KY_TRY(ky_buf_finish(out));
    size_t before = out->n, n = sealed.n - KY_SEAL_TAG;
    uint8_t *to = ky_buf_grow(out, n);
    if (to == NULL)
        return ky_buf_finish(out);
    if (gcm_decrypt(to, k, aad, sealed))
        return KY_OK;
    ky_wipe(to, n);
    out->n = before;
    return ky_fail_ossl(KY_EAUTH, "seal: altered, or made for another key or context");
}

/* Splits a box after the ephemeral key. */
static ky_rc split_box(struct ky_bytes *ephemeral, struct ky_bytes *sealed, struct ky_bytes aad,
                       struct ky_bytes box, size_t public_n)
{
    KY_TRY(check_sizes(aad, box, KY_SEAL_MAX + public_n + KY_SEAL_TAG));
    if (box.n < public_n + KY_SEAL_TAG)
        return ky_fail(KY_EFORMAT, "seal: %zu bytes, must be %zu at least", box.n, public_n + KY_SEAL_TAG);
    *ephemeral = KY_BYTES(box.p, public_n);
    *sealed = KY_BYTES(box.p + public_n, box.n - public_n);
    return KY_OK;
}

static ky_rc x25519_shared(uint8_t shared[32], const uint8_t private_key[KY_X25519_SIZE],
                           const uint8_t peer[KY_X25519_SIZE])
{
    KY_CLEANUP(EVP_PKEY_freep)
    EVP_PKEY *own = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, private_key, KY_X25519_SIZE);
    KY_CLEANUP(EVP_PKEY_freep)
    EVP_PKEY *other = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, peer, KY_X25519_SIZE);
    KY_CLEANUP(EVP_PKEY_CTX_freep)
    EVP_PKEY_CTX *ctx = own == NULL ? NULL : EVP_PKEY_CTX_new(own, NULL);
    size_t n = 32;
    if (other == NULL || ctx == NULL || EVP_PKEY_derive_init(ctx) != 1 ||
        EVP_PKEY_derive_set_peer(ctx, other) != 1)
        return ky_fail_ossl(KY_ECRYPTO, "X25519");
    if (EVP_PKEY_derive(ctx, shared, &n) != 1 || n != 32)
        return ky_fail_ossl(KY_EINVAL, "X25519: zero shared secret");
    return KY_OK;
}

ky_rc ky_x25519_public(uint8_t public_key[KY_X25519_SIZE], const uint8_t private_key[KY_X25519_SIZE])
{
    KY_CLEANUP(EVP_PKEY_freep)
    EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, private_key, KY_X25519_SIZE);
    size_t n = KY_X25519_SIZE;
    if (pkey == NULL || EVP_PKEY_get_raw_public_key(pkey, public_key, &n) != 1)
        return ky_fail_ossl(KY_ECRYPTO, "X25519");
    return KY_OK;
}

ky_rc ky_x25519_generate(uint8_t private_key[KY_X25519_SIZE], uint8_t public_key[KY_X25519_SIZE])
{
    KY_TRY(ky_random(private_key, KY_X25519_SIZE));
    return ky_x25519_public(public_key, private_key);
}

static const struct ky_bytes x25519_label = {(const uint8_t *)"kyso seal x25519 v1", 20};
static const struct ky_bytes p256_label = {(const uint8_t *)"kyso seal p256 v1", 18};

/* The box key from our private and their public X25519 key; ephemeral and recipient as in seal.h. */
static ky_rc x25519_box_key(struct box_key *k, const uint8_t private_key[KY_X25519_SIZE],
                            const uint8_t peer[KY_X25519_SIZE], const uint8_t *ephemeral,
                            const uint8_t *recipient)
{
    uint8_t shared[32];
    ky_rc rc = x25519_shared(shared, private_key, peer);
    if (rc == KY_OK)
        rc = derive_box_key(k, x25519_label, shared, KY_BYTES(ephemeral, KY_X25519_SIZE),
                            KY_BYTES(recipient, KY_X25519_SIZE));
    ky_wipe(shared, sizeof shared);
    return rc;
}

ky_rc ky_seal_x25519(struct ky_buf *out, const uint8_t recipient[KY_X25519_SIZE], struct ky_bytes aad,
                     struct ky_bytes plaintext)
{
    uint8_t ephemeral_private[KY_X25519_SIZE], ephemeral[KY_X25519_SIZE];
    KY_CLEANUP(wipe_box_key) struct box_key k;
    KY_TRY(ky_x25519_generate(ephemeral_private, ephemeral));
    ky_rc rc = x25519_box_key(&k, ephemeral_private, recipient, ephemeral, recipient);
    ky_wipe(ephemeral_private, sizeof ephemeral_private);
    KY_TRY(rc);
    return add_box(out, &k, KY_BYTES_OF(ephemeral), aad, plaintext);
}

ky_rc ky_unseal_x25519(struct ky_buf *out, const uint8_t private_key[KY_X25519_SIZE], struct ky_bytes aad,
                       struct ky_bytes box)
{
    struct ky_bytes ephemeral, sealed;
    uint8_t recipient[KY_X25519_SIZE];
    KY_CLEANUP(wipe_box_key) struct box_key k;
    KY_TRY(split_box(&ephemeral, &sealed, aad, box, KY_X25519_SIZE));
    KY_TRY(ky_x25519_public(recipient, private_key));
    if (x25519_box_key(&k, private_key, ephemeral.p, ephemeral.p, recipient) != KY_OK)
        return ky_context(KY_EAUTH, "seal");
    return add_plaintext(out, &k, aad, sealed);
}

static ky_rc p256_box_key(struct box_key *k, ky_ecdh_fn ecdh, void *ctx, const uint8_t *peer,
                          const uint8_t *ephemeral, const uint8_t *recipient)
{
    uint8_t shared[32];
    ky_rc rc = ecdh(ctx, shared, peer);
    if (rc == KY_OK)
        rc = derive_box_key(k, p256_label, shared, KY_BYTES(ephemeral, KY_P256_POINT),
                            KY_BYTES(recipient, KY_P256_POINT));
    ky_wipe(shared, sizeof shared);
    return rc;
}

ky_rc ky_seal_p256(struct ky_buf *out, const uint8_t recipient[KY_P256_POINT], struct ky_bytes aad,
                   struct ky_bytes plaintext)
{
    ky_auto_softkey own = NULL;
    KY_CLEANUP(wipe_box_key) struct box_key k;
    KY_TRY(ky_softkey_generate(&own, KY_KEY_P256));
    struct ky_bytes ephemeral = ky_pubkey_point(ky_softkey_public(own));
    KY_TRY(p256_box_key(&k, ky_softkey_ecdh, own, recipient, ephemeral.p, recipient));
    return add_box(out, &k, ephemeral, aad, plaintext);
}

ky_rc ky_unseal_p256(struct ky_buf *out, const uint8_t recipient[KY_P256_POINT], ky_ecdh_fn ecdh, void *ctx,
                     struct ky_bytes aad, struct ky_bytes box)
{
    struct ky_bytes ephemeral, sealed;
    KY_CLEANUP(wipe_box_key) struct box_key k;
    KY_TRY(split_box(&ephemeral, &sealed, aad, box, KY_P256_POINT));
    KY_TRY(ky_context(ky_p256_check_point(ephemeral), "seal"));
    KY_TRY(p256_box_key(&k, ecdh, ctx, ephemeral.p, ephemeral.p, recipient));
    return add_plaintext(out, &k, aad, sealed);
}
