/* RC4, AES-CBC and digests for crypt.c; see cipher.h. */
#include "codec/pdf/cipher.h"

#include <limits.h>
#include <openssl/evp.h>

void ky_pdf_rc4(uint8_t *out, struct ky_bytes key, struct ky_bytes in)
{
    uint8_t s[256];
    for (unsigned i = 0; i < 256; i++)
        s[i] = (uint8_t)i;
    for (unsigned i = 0, j = 0; i < 256; i++) {
        j = (j + s[i] + key.p[i % key.n]) & 255;
        uint8_t t = s[i];
        s[i] = s[j];
        s[j] = t;
    }
    uint8_t i = 0, j = 0;
    for (size_t k = 0; k < in.n; k++) {
        i++;
        j = (uint8_t)(j + s[i]);
        uint8_t t = s[i];
        s[i] = s[j];
        s[j] = t;
        out[k] = in.p[k] ^ s[(uint8_t)(s[i] + s[j])];
    }
}

static void free_cipher(EVP_CIPHER_CTX **ctx)
{
    EVP_CIPHER_CTX_free(*ctx);
}

ky_rc ky_pdf_aes_cbc(uint8_t *out, bool encrypt, struct ky_bytes key, const uint8_t iv[16],
                     struct ky_bytes in)
{
    KY_CLEANUP(free_cipher) EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    const EVP_CIPHER *aes = key.n == 32 ? EVP_aes_256_cbc() : EVP_aes_128_cbc();
    int n = 0;
    if (ctx == NULL || in.n > INT_MAX || EVP_CipherInit_ex(ctx, aes, NULL, key.p, iv, encrypt) != 1 ||
        EVP_CIPHER_CTX_set_padding(ctx, 0) != 1 || EVP_CipherUpdate(ctx, out, &n, in.p, (int)in.n) != 1)
        return ky_fail(KY_ECRYPTO, "AES-CBC over %zu bytes", in.n);
    return KY_OK;
}

static void free_digest(EVP_MD_CTX **ctx)
{
    EVP_MD_CTX_free(*ctx);
}

ky_rc ky_pdf_digest(uint8_t *out, const char *name, struct ky_bytes a, struct ky_bytes b, struct ky_bytes c)
{
    KY_CLEANUP(free_digest) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    const EVP_MD *md = EVP_get_digestbyname(name);
    if (ctx == NULL || md == NULL || EVP_DigestInit_ex(ctx, md, NULL) != 1 ||
        EVP_DigestUpdate(ctx, a.p, a.n) != 1 || EVP_DigestUpdate(ctx, b.p, b.n) != 1 ||
        EVP_DigestUpdate(ctx, c.p, c.n) != 1 || EVP_DigestFinal_ex(ctx, out, NULL) != 1)
        return ky_fail(KY_ECRYPTO, "digest %s", name);
    return KY_OK;
}
