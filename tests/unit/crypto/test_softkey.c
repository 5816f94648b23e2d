/* crypto/softkey: generation, PEM and PKCS#12 files, passwords. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include "crypto/softkey.h"

static void pem_there_and_back(void **state)
{
    ky_auto_softkey key = NULL;
    ky_auto_softkey again = NULL;
    ky_auto_buf pem = ky_buf_init_secret(10000);
    assert_int_equal(ky_softkey_generate(&key, KY_KEY_P384), KY_OK);
    assert_int_equal(ky_softkey_store_pem(&pem, key), KY_OK);
    assert_int_equal(ky_softkey_load_pem(&again, ky_buf_bytes(&pem), NULL), KY_OK);
    assert_true(
        ky_bytes_eq(ky_pubkey_spki(ky_softkey_public(key)), ky_pubkey_spki(ky_softkey_public(again))));
    assert_null(ky_softkey_cert(again, 0).p);
    assert_int_equal(ky_softkey_signer(again).key_type, KY_KEY_P384);
}

static struct ky_bytes bio_bytes(BIO *bio)
{
    char *p;
    long n = BIO_get_mem_data(bio, &p);
    return KY_BYTES(p, n);
}

static void encrypted_pem_wants_its_password(void **state)
{
    EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    BIO *bio = BIO_new(BIO_s_mem());
    assert_int_equal(PEM_write_bio_PKCS8PrivateKey(bio, pkey, EVP_aes_256_cbc(), "right", 5, NULL, NULL), 1);
    ky_auto_softkey key = NULL;
    assert_int_equal(ky_softkey_load_pem(&key, bio_bytes(bio), NULL), KY_EAUTH);
    assert_int_equal(ky_softkey_load_pem(&key, bio_bytes(bio), "wrong"), KY_EAUTH);
    assert_null(key);
    assert_int_equal(ky_softkey_load_pem(&key, bio_bytes(bio), "right"), KY_OK);
    BIO_free(bio);
    EVP_PKEY_free(pkey);
}

static void keys_of_other_types_and_garbage_are_refused(void **state)
{
    EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    BIO *bio = BIO_new(BIO_s_mem());
    assert_int_equal(PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL), 1);
    ky_auto_softkey key = NULL;
    assert_int_equal(ky_softkey_load_pem(&key, bio_bytes(bio), NULL), KY_ENOTFOUND);
    assert_int_equal(ky_softkey_load_pem(&key, KY_BYTES_LIT("-----BEGIN PRIVATE KEY-----\n"), NULL),
                     KY_EFORMAT);
    assert_int_equal(ky_softkey_load_pem(&key, KY_BYTES_NONE, NULL), KY_ELIMIT);
    assert_int_equal(ky_softkey_load_p12(&key, KY_BYTES_LIT("\x30\x00"), "x"), KY_EFORMAT);
    assert_int_equal(ky_softkey_load_p12(&key, KY_BYTES_NONE, "x"), KY_ELIMIT);
    assert_null(key);
    BIO_free(bio);
    EVP_PKEY_free(pkey);
}

static X509 *self_signed(EVP_PKEY *pkey, long serial)
{
    X509 *cert = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(cert), serial);
    X509_gmtime_adj(X509_getm_notBefore(cert), 0);
    X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
    X509_set_pubkey(cert, pkey);
    assert_true(X509_sign(cert, pkey, EVP_sha256()) > 0);
    return cert;
}

/* A PKCS#12 file with a key, its certificate and one more. */
static void make_p12(struct ky_buf *out, int key_cipher, int cert_cipher)
{
    EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    X509 *own = self_signed(pkey, 1), *other = self_signed(pkey, 2);
    STACK_OF(X509) *others = sk_X509_new_null();
    sk_X509_push(others, other);
    PKCS12 *p12 = PKCS12_create("right", "name", pkey, own, others, key_cipher, cert_cipher, 0, 0, 0);
    assert_non_null(p12);
    uint8_t *der = NULL;
    int n = i2d_PKCS12(p12, &der);
    ky_buf_add(out, KY_BYTES(der, n));
    OPENSSL_free(der);
    PKCS12_free(p12);
    sk_X509_pop_free(others, X509_free);
    X509_free(own);
    EVP_PKEY_free(pkey);
}

static void check_p12(struct ky_bytes file)
{
    ky_auto_softkey key = NULL;
    assert_int_equal(ky_softkey_load_p12(&key, file, NULL), KY_EAUTH);
    assert_int_equal(ky_softkey_load_p12(&key, file, "wrong"), KY_EAUTH);
    assert_null(key);
    assert_int_equal(ky_softkey_load_p12(&key, file, "right"), KY_OK);
    struct ky_bytes own = ky_softkey_cert(key, 0), other = ky_softkey_cert(key, 1);
    assert_true(own.n > 0 && other.n > 0 && !ky_bytes_eq(own, other));
    assert_null(ky_softkey_cert(key, 2).p);
    const uint8_t *at = own.p;
    X509 *cert = d2i_X509(NULL, &at, (long)own.n);
    assert_int_equal(ASN1_INTEGER_get(X509_get0_serialNumber(cert)), 1);
    X509_free(cert);
    uint8_t digest[32] = {1}, raw[KY_P256_RAW];
    assert_int_equal(ky_softkey_sign_raw(raw, key, digest), KY_OK);
    assert_int_equal(ky_p256_verify_raw(ky_pubkey_point(ky_softkey_public(key)), digest, KY_BYTES_OF(raw)),
                     KY_OK);
}

static void p12_files_new_and_old_open(void **state)
{
    static const int ciphers[] = {NID_aes_256_cbc, NID_pbe_WithSHA1And3_Key_TripleDES_CBC};
    for (size_t i = 0; i < KY_COUNT(ciphers); i++) {
        ky_auto_buf file = ky_buf_init(100000);
        make_p12(&file, ciphers[i], ciphers[i]);
        check_p12(ky_buf_bytes(&file));
    }
}

static void ecdh_agrees_on_both_sides(void **state)
{
    ky_auto_softkey a = NULL;
    ky_auto_softkey b = NULL;
    ky_auto_softkey p384 = NULL;
    uint8_t left[32], right[32], off_curve[KY_P256_POINT] = {4, 1};
    assert_int_equal(ky_softkey_generate(&a, KY_KEY_P256), KY_OK);
    assert_int_equal(ky_softkey_generate(&b, KY_KEY_P256), KY_OK);
    assert_int_equal(ky_softkey_generate(&p384, KY_KEY_P384), KY_OK);
    const uint8_t *b_point = ky_pubkey_point(ky_softkey_public(b)).p;
    assert_int_equal(ky_softkey_ecdh(a, left, b_point), KY_OK);
    assert_int_equal(ky_softkey_ecdh(b, right, ky_pubkey_point(ky_softkey_public(a)).p), KY_OK);
    assert_memory_equal(left, right, 32);
    assert_int_equal(ky_softkey_ecdh(a, left, off_curve), KY_EFORMAT);
    assert_int_equal(ky_softkey_ecdh(p384, left, b_point), KY_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pem_there_and_back),
        cmocka_unit_test(encrypted_pem_wants_its_password),
        cmocka_unit_test(keys_of_other_types_and_garbage_are_refused),
        cmocka_unit_test(p12_files_new_and_old_open),
        cmocka_unit_test(ecdh_agrees_on_both_sides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
