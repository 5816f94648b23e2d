/*
 * Private keys from PEM and PKCS#12 (RFC 7292). A PKCS#12 file is opened in a
 * library context of its own that has OpenSSL's legacy provider too: files
 * made years ago use RC2 and 3DES, and the rest of the process must not.
 */
#include "crypto/softkey_load.h"

#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <string.h>

#include "crypto/ossl.h"

KY_DEFINE_CLEANUP(BIO, BIO_vfree)
KY_DEFINE_CLEANUP(EVP_PKEY, EVP_PKEY_free)
KY_DEFINE_CLEANUP(PKCS12, PKCS12_free)
KY_DEFINE_CLEANUP(X509, X509_free)
KY_DEFINE_CLEANUP(OSSL_LIB_CTX, OSSL_LIB_CTX_free)

/* Gives the password to OpenSSL; without this it would ask on the terminal. */
static int give_password(char *buf, int size, int for_writing, void *arg)
{
    const char *password = arg;
    size_t n = password == NULL ? 0 : strlen(password);
    if (password == NULL || size < 0 || n > (size_t)size)
        return -1;
    memcpy(buf, password, n);
    return (int)n;
}

static bool is_encrypted_pem(struct ky_bytes pem)
{
    return memmem(pem.p, pem.n, "ENCRYPTED", strlen("ENCRYPTED")) != NULL;
}

ky_rc ky_softkey_load_pem(struct ky_softkey **out, struct ky_bytes pem, const char *password)
{
    if (pem.n == 0 || pem.n > KY_SOFTKEY_FILE_MAX)
        return ky_fail(KY_ELIMIT, "PEM: %zu bytes, must be 1..%d", pem.n, KY_SOFTKEY_FILE_MAX);
    KY_CLEANUP(BIO_vfreep) BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
    if (bio == NULL)
        return ky_fail_ossl(KY_ENOMEM, "PEM");
    KY_CLEANUP(EVP_PKEY_freep)
    EVP_PKEY *pkey = PEM_read_bio_PrivateKey(bio, NULL, give_password, (void *)(uintptr_t)password);
    if (pkey == NULL && is_encrypted_pem(pem))
        return ky_fail_ossl(KY_EAUTH, "PEM: password is wrong or missing");
    if (pkey == NULL)
        return ky_fail_ossl(KY_EFORMAT, "PEM: no private key");
    return ky_softkey_from_pkey(out, pkey);
}

/* The same key in the default library context. */
static EVP_PKEY *rehome(const EVP_PKEY *foreign)
{
    uint8_t *der = NULL;
    int n = i2d_PrivateKey(foreign, &der);
    if (n <= 0)
        return NULL;
    const uint8_t *at = der;
    EVP_PKEY *pkey = d2i_AutoPrivateKey(NULL, &at, n);
    OPENSSL_clear_free(der, (size_t)n);
    return pkey;
}

static ky_rc add_cert(struct ky_softkey *k, X509 *cert)
{
    if (k->cert_count == KY_SOFTKEY_CERTS_MAX)
        return ky_fail(KY_ELIMIT, "PKCS#12: more than %d certificates", KY_SOFTKEY_CERTS_MAX);
    uint8_t *der = NULL;
    int n = i2d_X509(cert, &der);
    if (n <= 0)
        return ky_fail_ossl(KY_EFORMAT, "PKCS#12: certificate");
    struct ky_buf *to = &k->certs[k->cert_count++];
    *to = ky_buf_init(KY_SOFTKEY_CERT_BYTES_MAX);
    ky_buf_add(to, KY_BYTES(der, n));
    OPENSSL_free(der);
    return ky_context(ky_buf_finish(to), "PKCS#12: certificate");
}

static ky_rc take_contents(struct ky_softkey **out, const EVP_PKEY *foreign, X509 *own,
                           STACK_OF(X509) * others)
{
    if (foreign == NULL || own == NULL)
        return ky_fail(KY_EFORMAT, "PKCS#12: no private key with its certificate");
    KY_CLEANUP(EVP_PKEY_freep) EVP_PKEY *pkey = rehome(foreign);
    if (pkey == NULL)
        return ky_fail_ossl(KY_EFORMAT, "PKCS#12: private key");
    ky_auto_softkey k = NULL;
    KY_TRY(ky_softkey_from_pkey(&k, pkey));
    KY_TRY(add_cert(k, own));
    for (int i = 0; i < sk_X509_num(others); i++)
        KY_TRY(add_cert(k, sk_X509_value(others, i)));
    *out = KY_STEAL(k);
    return KY_OK;
}

static ky_rc open_p12(struct ky_softkey **out, PKCS12 *p12, const char *password)
{
    if (PKCS12_verify_mac(p12, password, -1) != 1)
        return ky_fail_ossl(KY_EAUTH, "PKCS#12: password is wrong or the file was altered");
    KY_CLEANUP(EVP_PKEY_freep) EVP_PKEY *foreign = NULL;
    KY_CLEANUP(X509_freep) X509 *own = NULL;
    STACK_OF(X509) *others = NULL;
    if (PKCS12_parse(p12, password, &foreign, &own, &others) != 1)
        return ky_fail_ossl(KY_EFORMAT, "PKCS#12");
    ky_rc rc = take_contents(out, foreign, own, others);
    sk_X509_pop_free(others, X509_free);
    return rc;
}

static ky_rc load_p12(struct ky_softkey **out, OSSL_LIB_CTX *lib, struct ky_bytes file, const char *password)
{
    KY_CLEANUP(PKCS12_freep) PKCS12 *p12 = PKCS12_init_ex(NID_pkcs7_data, lib, NULL);
    const uint8_t *at = file.p;
    if (p12 == NULL)
        return ky_fail_ossl(KY_ENOMEM, "PKCS#12");
    if (d2i_PKCS12(&p12, &at, (long)file.n) == NULL) {
        p12 = NULL; /* freed by OpenSSL */
        return ky_fail_ossl(KY_EFORMAT, "PKCS#12");
    }
    return open_p12(out, p12, password == NULL ? "" : password);
}

ky_rc ky_softkey_load_p12(struct ky_softkey **out, struct ky_bytes p12, const char *password)
{
    if (p12.n == 0 || p12.n > KY_SOFTKEY_FILE_MAX)
        return ky_fail(KY_ELIMIT, "PKCS#12: %zu bytes, must be 1..%d", p12.n, KY_SOFTKEY_FILE_MAX);
    KY_CLEANUP(OSSL_LIB_CTX_freep) OSSL_LIB_CTX *lib = OSSL_LIB_CTX_new();
    OSSL_PROVIDER *usual = lib == NULL ? NULL : OSSL_PROVIDER_load(lib, "default");
    if (usual == NULL)
        return ky_fail_ossl(KY_ECRYPTO, "PKCS#12");
    OSSL_PROVIDER *legacy = OSSL_PROVIDER_load(lib, "legacy"); /* NULL where not installed */
    ky_rc rc = load_p12(out, lib, p12, password);
    if (legacy != NULL)
        OSSL_PROVIDER_unload(legacy);
    OSSL_PROVIDER_unload(usual);
    return rc;
}
