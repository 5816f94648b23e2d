/* Private keys in our own memory; see softkey.h. Loading files is in softkey_load.c. */
#include "crypto/softkey_load.h"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include "crypto/ossl.h"

KY_DEFINE_CLEANUP(EVP_PKEY_CTX, EVP_PKEY_CTX_free)
KY_DEFINE_CLEANUP(EVP_PKEY, EVP_PKEY_free)
KY_DEFINE_CLEANUP(BIO, BIO_vfree)

void ky_softkey_free(struct ky_softkey *k)
{
    if (k == NULL)
        return;
    for (size_t i = 0; i < k->cert_count; i++)
        ky_buf_clear(&k->certs[i]);
    ky_pubkey_free(k->public_key);
    EVP_PKEY_free(k->pkey);
    free(k);
}

ky_rc ky_softkey_from_pkey(struct ky_softkey **out, EVP_PKEY *pkey)
{
    ky_auto_softkey k = calloc(1, sizeof *k);
    if (k == NULL)
        return ky_fail(KY_ENOMEM, "private key: out of memory");
    uint8_t *spki = NULL;
    int n = i2d_PUBKEY(pkey, &spki);
    if (n <= 0)
        return ky_fail_ossl(KY_ECRYPTO, "private key");
    ky_rc rc = ky_pubkey_parse(&k->public_key, KY_BYTES(spki, n));
    OPENSSL_free(spki);
    KY_TRY(rc);
    if (EVP_PKEY_up_ref(pkey) != 1)
        return ky_fail_ossl(KY_ECRYPTO, "private key");
    k->pkey = pkey;
    *out = KY_STEAL(k);
    return KY_OK;
}

static EVP_PKEY *generate(ky_key_type type)
{
    const struct ky_key_info *info = ky_key_info(type);
    return info->rsa ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)info->bits)
                     : EVP_PKEY_Q_keygen(NULL, NULL, "EC", info->bits == 256 ? "P-256" : "P-384");
}

ky_rc ky_softkey_generate(struct ky_softkey **out, ky_key_type type)
{
    KY_CLEANUP(EVP_PKEY_freep) EVP_PKEY *pkey = generate(type);
    if (pkey == NULL)
        return ky_fail_ossl(KY_ECRYPTO, "key generation");
    return ky_softkey_from_pkey(out, pkey);
}

ky_rc ky_softkey_store_pem(struct ky_buf *out, const struct ky_softkey *k)
{
    KY_CLEANUP(BIO_vfreep) BIO *bio = BIO_new(BIO_s_secmem());
    char *text;
    if (bio == NULL || PEM_write_bio_PKCS8PrivateKey(bio, k->pkey, NULL, NULL, 0, NULL, NULL) != 1)
        return ky_fail_ossl(KY_ECRYPTO, "private key to PEM");
    long n = BIO_get_mem_data(bio, &text);
    ky_buf_add(out, KY_BYTES(text, n));
    return ky_buf_finish(out);
}

const struct ky_pubkey *ky_softkey_public(const struct ky_softkey *k)
{
    return k->public_key;
}

struct ky_bytes ky_softkey_cert(const struct ky_softkey *k, size_t i)
{
    return i < k->cert_count ? ky_buf_bytes(&k->certs[i]) : KY_BYTES_NONE;
}

static ky_rc sign(void *key, struct ky_buf *sig, ky_scheme scheme, ky_hash hash, struct ky_bytes digest)
{
    struct ky_softkey *k = key;
    if (!ky_scheme_fits(scheme, ky_pubkey_type(k->public_key)) || digest.n != ky_hash_info(hash)->size)
        return ky_fail(KY_EINVAL, "sign: scheme or digest of %zu bytes does not fit the key", digest.n);
    KY_CLEANUP(EVP_PKEY_CTX_freep) EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(k->pkey, NULL);
    if (ctx == NULL || EVP_PKEY_sign_init(ctx) != 1)
        return ky_fail_ossl(KY_ECRYPTO, "sign");
    KY_TRY(ky_ossl_set_scheme(ctx, scheme, hash));
    uint8_t made[KY_SIGNATURE_MAX];
    size_t n = sizeof made;
    if (EVP_PKEY_sign(ctx, made, &n, digest.p, digest.n) != 1)
        return ky_fail_ossl(KY_ECRYPTO, "sign");
    ky_buf_add(sig, KY_BYTES(made, n));
    return ky_buf_finish(sig);
}

struct ky_signer ky_softkey_signer(struct ky_softkey *k)
{
    return (struct ky_signer){.ctx = k, .key_type = ky_pubkey_type(k->public_key), .sign = sign};
}

ky_rc ky_softkey_sign_raw(uint8_t raw[KY_P256_RAW], struct ky_softkey *k, const uint8_t digest[32])
{
    if (ky_pubkey_type(k->public_key) != KY_KEY_P256)
        return ky_fail(KY_EINVAL, "raw signature: not a P-256 key");
    ky_auto_buf der = ky_buf_init(KY_SIGNATURE_MAX);
    KY_TRY(sign(k, &der, KY_ECDSA, KY_SHA256, KY_BYTES(digest, 32)));
    return ky_ecdsa_to_raw(raw, KY_P256_RAW, ky_buf_bytes(&der));
}

ky_rc ky_softkey_ecdh(void *key, uint8_t out[32], const uint8_t peer_point[KY_P256_POINT])
{
    struct ky_softkey *k = key;
    if (ky_pubkey_type(k->public_key) != KY_KEY_P256)
        return ky_fail(KY_EINVAL, "ECDH: not a P-256 key");
    KY_CLEANUP(EVP_PKEY_freep) EVP_PKEY *peer = EVP_PKEY_new();
    bool ready = peer != NULL && EVP_PKEY_copy_parameters(peer, k->pkey) == 1 &&
                 EVP_PKEY_set1_encoded_public_key(peer, peer_point, KY_P256_POINT) == 1;
    if (!ready)
        return ky_fail_ossl(KY_EFORMAT, "ECDH: peer's point");
    KY_CLEANUP(EVP_PKEY_CTX_freep) EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(k->pkey, NULL);
    size_t n = 32;
    if (ctx == NULL || EVP_PKEY_derive_init(ctx) != 1 || EVP_PKEY_derive_set_peer(ctx, peer) != 1 ||
        EVP_PKEY_derive(ctx, out, &n) != 1 || n != 32)
        return ky_fail_ossl(KY_ECRYPTO, "ECDH");
    return KY_OK;
}
