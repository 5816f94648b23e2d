/*
 * Hashes over OpenSSL; see digest.h. The algorithms are fetched once for the
 * life of the process: fetching costs more than hashing a short input.
 */
#include "crypto/digest.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <pthread.h>
#include <stdlib.h>

#include "crypto/ossl.h"

KY_DEFINE_CLEANUP(EVP_MAC_CTX, EVP_MAC_CTX_free)
KY_DEFINE_CLEANUP(EVP_KDF_CTX, EVP_KDF_CTX_free)

static struct {
    pthread_once_t once;
    EVP_MD *md[KY_HASH_COUNT];
    EVP_MAC *hmac;
    EVP_KDF *hkdf;
} fetched = {.once = PTHREAD_ONCE_INIT};

static void fetch(void)
{
    for (size_t i = 0; i < KY_HASH_COUNT; i++)
        fetched.md[i] = EVP_MD_fetch(NULL, ky_hash_info((ky_hash)i)->ossl, NULL);
    fetched.hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    fetched.hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
}

struct ky_hasher {
    EVP_MD_CTX *ctx; /* owned */
    ky_hash hash;
};

static ky_rc restart(struct ky_hasher *s)
{
    if (s->ctx == NULL || EVP_DigestInit_ex2(s->ctx, fetched.md[s->hash], NULL) != 1)
        return ky_fail_ossl(KY_ECRYPTO, ky_hash_info(s->hash)->name);
    return KY_OK;
}

ky_rc ky_hasher_new(struct ky_hasher **out, ky_hash h)
{
    pthread_once(&fetched.once, fetch);
    ky_auto_hasher s = calloc(1, sizeof *s);
    if (s == NULL)
        return ky_fail(KY_ENOMEM, "hasher: out of memory");
    *s = (struct ky_hasher){EVP_MD_CTX_new(), h};
    KY_TRY(restart(s));
    *out = KY_STEAL(s);
    return KY_OK;
}

void ky_hasher_free(struct ky_hasher *s)
{
    if (s == NULL)
        return;
    EVP_MD_CTX_free(s->ctx);
    free(s);
}

ky_rc ky_hasher_add(struct ky_hasher *s, struct ky_bytes in)
{
    if (in.n > 0 && EVP_DigestUpdate(s->ctx, in.p, in.n) != 1)
        return ky_fail_ossl(KY_ECRYPTO, ky_hash_info(s->hash)->name);
    return KY_OK;
}

ky_rc ky_hasher_finish(uint8_t *out, struct ky_hasher *s)
{
    if (EVP_DigestFinal_ex(s->ctx, out, NULL) != 1)
        return ky_fail_ossl(KY_ECRYPTO, ky_hash_info(s->hash)->name);
    return restart(s);
}

ky_rc ky_digest_parts(uint8_t *out, ky_hash h, const struct ky_bytes *parts, size_t n)
{
    ky_auto_hasher s = NULL;
    KY_TRY(ky_hasher_new(&s, h));
    for (size_t i = 0; i < n; i++)
        KY_TRY(ky_hasher_add(s, parts[i]));
    return ky_hasher_finish(out, s);
}

ky_rc ky_digest(uint8_t *out, ky_hash h, struct ky_bytes in)
{
    return ky_digest_parts(out, h, &in, 1);
}

ky_rc ky_sha256(uint8_t out[KY_SHA256_SIZE], struct ky_bytes in)
{
    return ky_digest_parts(out, KY_SHA256, &in, 1);
}

ky_rc ky_digest_label(uint8_t out[KY_SHA256_SIZE], struct ky_bytes label, const struct ky_bytes *parts,
                      size_t n)
{
    ky_auto_hasher s = NULL;
    KY_TRY(ky_hasher_new(&s, KY_SHA256));
    KY_TRY(ky_hasher_add(s, label));
    for (size_t i = 0; i < n; i++) {
        uint8_t length[4];
        if (parts[i].n > UINT32_MAX)
            return ky_fail(KY_ELIMIT, "labelled digest: part of %zu bytes", parts[i].n);
        ky_put_u32(length, (uint32_t)parts[i].n);
        KY_TRY(ky_hasher_add(s, KY_BYTES_OF(length)));
        KY_TRY(ky_hasher_add(s, parts[i]));
    }
    return ky_hasher_finish(out, s);
}

static bool hmac_parts(uint8_t out[KY_SHA256_SIZE], EVP_MAC_CTX *ctx, struct ky_bytes key,
                       const struct ky_bytes *parts, size_t n)
{
    char md[] = "SHA2-256";
    const OSSL_PARAM params[] = {OSSL_PARAM_utf8_string(OSSL_MAC_PARAM_DIGEST, md, sizeof md - 1),
                                 OSSL_PARAM_END};
    const uint8_t *key_bytes = key.n == 0 ? (const uint8_t *)"" : key.p; /* NULL would keep an older key */
    if (EVP_MAC_init(ctx, key_bytes, key.n, params) != 1)
        return false;
    for (size_t i = 0; i < n; i++)
        if (parts[i].n > 0 && EVP_MAC_update(ctx, parts[i].p, parts[i].n) != 1)
            return false;
    size_t size;
    return EVP_MAC_final(ctx, out, &size, KY_SHA256_SIZE) == 1 && size == KY_SHA256_SIZE;
}

ky_rc ky_hmac_sha256(uint8_t out[KY_SHA256_SIZE], struct ky_bytes key, const struct ky_bytes *parts, size_t n)
{
    pthread_once(&fetched.once, fetch);
    KY_CLEANUP(EVP_MAC_CTX_freep) EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(fetched.hmac);
    if (ctx == NULL || !hmac_parts(out, ctx, key, parts, n))
        return ky_fail_ossl(KY_ECRYPTO, "HMAC-SHA256");
    return KY_OK;
}

static OSSL_PARAM octets(const char *name, struct ky_bytes v)
{
    return OSSL_PARAM_construct_octet_string(name, (void *)(uintptr_t)v.p, v.n);
}

ky_rc ky_hkdf_sha256(uint8_t *out, size_t n, struct ky_bytes secret, struct ky_bytes salt,
                     struct ky_bytes info)
{
    char md[] = "SHA2-256";
    OSSL_PARAM params[5];
    size_t used = 0;
    params[used++] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, md, 0);
    params[used++] = octets(OSSL_KDF_PARAM_KEY, secret);
    if (salt.n > 0)
        params[used++] = octets(OSSL_KDF_PARAM_SALT, salt);
    if (info.n > 0)
        params[used++] = octets(OSSL_KDF_PARAM_INFO, info);
    params[used] = OSSL_PARAM_construct_end();

    pthread_once(&fetched.once, fetch);
    KY_CLEANUP(EVP_KDF_CTX_freep) EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(fetched.hkdf);
    if (ctx == NULL || EVP_KDF_derive(ctx, out, n, params) != 1)
        return ky_fail_ossl(KY_ECRYPTO, "HKDF-SHA256");
    return KY_OK;
}
