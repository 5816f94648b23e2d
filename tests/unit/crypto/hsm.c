/* See hsm.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "tests/unit/crypto/hsm.h"

struct ky_secret secret_of(const char *text)
{
    struct ky_secret s = {0};
    assert_int_equal(ky_secret_init(&s, strlen(text)), KY_OK);
    memcpy(s.p, text, s.n);
    return s;
}

ky_rc make_token(const char *module, const char *label)
{
    ky_auto_secret so_pin = secret_of(SO_PIN);
    ky_auto_secret pin = secret_of(PIN);
    return ky_keystore_init_token(module, label, &so_pin, &pin);
}

ky_rc open_token(struct ky_keystore **out, const char *module, const char *label, const char *pin)
{
    ky_auto_secret secret = secret_of(pin);
    const struct ky_keystore_config cfg = {
        .module = module, .token = label, .pin = &secret, .read_write = true};
    return ky_keystore_open(out, &cfg);
}

bool ossl_verifies(struct ky_bytes spki, ky_scheme scheme, ky_hash hash, struct ky_bytes digest,
                   struct ky_bytes sig)
{
    const unsigned char *p = spki.p;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &p, (long)spki.n);
    assert_non_null(key);
    const EVP_MD *md = hash == KY_SHA256 ? EVP_sha256() : hash == KY_SHA384 ? EVP_sha384() : EVP_sha512();
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    assert_int_equal(EVP_PKEY_verify_init(ctx), 1);
    assert_int_equal(EVP_PKEY_CTX_set_signature_md(ctx, md), 1);
    if (scheme == KY_RSA_PSS) {
        assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING), 1);
        assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST), 1);
    }
    bool good = EVP_PKEY_verify(ctx, sig.p, sig.n, digest.p, digest.n) == 1;
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(key);
    return good;
}

void assert_signs(struct ky_token_key *key, struct ky_bytes spki)
{
    for (ky_scheme scheme = 0; scheme < KY_SCHEME_COUNT; scheme++)
        for (ky_hash hash = 0; hash < KY_HASH_COUNT; hash++) {
            if (!ky_scheme_fits(scheme, ky_token_key_type(key)))
                continue;
            uint8_t digest[KY_HASH_MAX];
            memset(digest, 0x5a, sizeof digest);
            struct ky_bytes d = KY_BYTES(digest, ky_hash_info(hash)->size);
            ky_auto_buf sig = ky_buf_init(KY_SIGNATURE_MAX);
            assert_int_equal(ky_keystore_sign(&sig, key, scheme, hash, d), KY_OK);
            assert_true(ossl_verifies(spki, scheme, hash, d, ky_buf_bytes(&sig)));
            digest[0] ^= 1;
            assert_false(ossl_verifies(spki, scheme, hash, d, ky_buf_bytes(&sig)));
        }
}
