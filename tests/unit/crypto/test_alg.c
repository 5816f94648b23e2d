/* crypto/alg: the tables agree with each other, with our DER writer and with OpenSSL. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "codec/der.h"
#include "crypto/alg.h"

static void hashes_are_those_openssl_knows(void **state)
{
    for (size_t i = 0; i < KY_HASH_COUNT; i++) {
        const struct ky_hash_info *info = ky_hash_info((ky_hash)i);
        assert_int_equal(info->id, i);
        const EVP_MD *md = EVP_get_digestbyname(info->ossl);
        assert_non_null(md);
        assert_int_equal(EVP_MD_get_size(md), info->size);
        char oid[64];
        OBJ_obj2txt(oid, sizeof oid, OBJ_nid2obj(EVP_MD_get_type(md)), 1);
        assert_string_equal(oid, info->oid);
        ky_hash found;
        assert_int_equal(ky_hash_by_oid(&found, info->oid), KY_OK);
        assert_int_equal(found, i);
    }
    ky_hash h;
    assert_int_equal(ky_hash_by_oid(&h, "1.3.14.3.2.26"), KY_ENOTFOUND);
    assert_string_equal(ky_error(), "hash algorithm 1.3.14.3.2.26 is not known");
}

static void digestinfo_is_der_up_to_the_digest(void **state)
{
    for (size_t i = 0; i < KY_HASH_COUNT; i++) {
        const struct ky_hash_info *info = ky_hash_info((ky_hash)i);
        ky_auto_buf want = ky_buf_init(200);
        size_t outer = ky_der_begin(&want, KY_DER_SEQUENCE), alg = ky_der_begin(&want, KY_DER_SEQUENCE);
        assert_int_equal(ky_der_add_oid(&want, info->oid), KY_OK);
        ky_der_add_null(&want);
        ky_der_end(&want, alg);
        size_t octets = ky_der_begin(&want, KY_DER_OCTET_STRING);
        ky_buf_add_fill(&want, 0, info->size);
        ky_der_end(&want, octets);
        ky_der_end(&want, outer);
        assert_true(ky_bytes_eq(info->digestinfo, KY_BYTES(want.p, want.n - info->size)));
    }
}

static void key_types_have_names(void **state)
{
    for (size_t i = 0; i < KY_KEY_TYPE_COUNT; i++) {
        ky_key_type t;
        assert_int_equal(ky_key_info((ky_key_type)i)->id, i);
        assert_int_equal(ky_key_type_by_name(&t, ky_key_info((ky_key_type)i)->name), KY_OK);
        assert_int_equal(t, i);
    }
    ky_key_type t;
    assert_int_equal(ky_key_type_by_name(&t, "rsa1024"), KY_ENOTFOUND);
    assert_true(ky_scheme_fits(KY_RSA_PSS, KY_KEY_RSA3072));
    assert_true(ky_scheme_fits(KY_ECDSA, KY_KEY_P384));
    assert_false(ky_scheme_fits(KY_ECDSA, KY_KEY_RSA2048));
    assert_false(ky_scheme_fits(KY_RSA_PKCS1V15, KY_KEY_P256));
}

static void signature_algorithms_carry_their_oid(void **state)
{
    for (size_t s = 0; s < KY_SCHEME_COUNT; s++) {
        for (size_t h = 0; h < KY_HASH_COUNT; h++) {
            struct ky_bytes der = ky_sign_alg_der((ky_scheme)s, (ky_hash)h);
            const uint8_t *at = der.p;
            X509_ALGOR *alg = d2i_X509_ALGOR(NULL, &at, (long)der.n);
            assert_non_null(alg);
            assert_ptr_equal(at, der.p + der.n);
            const ASN1_OBJECT *oid;
            int parameters;
            X509_ALGOR_get0(&oid, &parameters, NULL, alg);
            char text[64];
            OBJ_obj2txt(text, sizeof text, oid, 1);
            assert_string_equal(text, ky_sign_alg_oid((ky_scheme)s, (ky_hash)h));
            static const int want[] = {V_ASN1_NULL, V_ASN1_SEQUENCE, V_ASN1_UNDEF};
            assert_int_equal(parameters, want[s]);
            X509_ALGOR_free(alg);

            ky_scheme scheme;
            ky_hash hash = KY_HASH_COUNT;
            bool fixed;
            assert_int_equal(ky_sign_alg_by_oid(&scheme, &hash, &fixed, text), KY_OK);
            assert_int_equal(scheme, s);
            assert_int_equal(fixed, s != KY_RSA_PSS);
            assert_int_equal(hash, fixed ? h : KY_HASH_COUNT);
        }
    }
}

static void other_oids_fix_no_hash_or_are_unknown(void **state)
{
    ky_scheme scheme;
    ky_hash hash;
    bool fixed = true;
    assert_int_equal(ky_sign_alg_by_oid(&scheme, &hash, &fixed, "1.2.840.113549.1.1.1"), KY_OK);
    assert_int_equal(scheme, KY_RSA_PKCS1V15);
    assert_false(fixed);
    assert_int_equal(ky_sign_alg_by_oid(&scheme, &hash, &fixed, "1.2.840.113549.1.1.5"), KY_ENOTFOUND);
}

/* RSASSA-PSS-params as OpenSSL writes them into a signature (RFC 4055). */
static void pss_parameters_are_those_of_openssl(void **state)
{
    RSA_PSS_PARAMS *pss = NULL;
    struct ky_bytes der = ky_sign_alg_der(KY_RSA_PSS, KY_SHA384);
    struct ky_der whole = KY_DER_READ(der), seq;
    struct ky_der_tlv oid, parameters;
    assert_int_equal(ky_der_enter(&seq, &whole, KY_DER_SEQUENCE, "alg"), KY_OK);
    assert_int_equal(ky_der_next(&oid, &seq, "oid"), KY_OK);
    assert_int_equal(ky_der_next(&parameters, &seq, "parameters"), KY_OK);
    const uint8_t *at = parameters.whole.p;
    pss = d2i_RSA_PSS_PARAMS(NULL, &at, (long)parameters.whole.n);
    assert_non_null(pss);
    assert_int_equal(ASN1_INTEGER_get(pss->saltLength), 48);
    assert_int_equal(OBJ_obj2nid(pss->hashAlgorithm->algorithm), NID_sha384);
    assert_int_equal(OBJ_obj2nid(pss->maskGenAlgorithm->algorithm), NID_mgf1);
    RSA_PSS_PARAMS_free(pss);
}

static void hash_algorithms_have_no_parameters(void **state)
{
    for (size_t h = 0; h < KY_HASH_COUNT; h++) {
        struct ky_der whole = KY_DER_READ(ky_hash_alg_der((ky_hash)h)), seq;
        char oid[KY_DER_OID_TEXT_MAX];
        assert_int_equal(ky_der_enter(&seq, &whole, KY_DER_SEQUENCE, "alg"), KY_OK);
        assert_int_equal(ky_der_get_oid(oid, &seq, "oid"), KY_OK);
        assert_string_equal(oid, ky_hash_info((ky_hash)h)->oid);
        assert_true(ky_der_at_end(&seq));
        assert_true(ky_der_at_end(&whole));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_those_openssl_knows),
        cmocka_unit_test(digestinfo_is_der_up_to_the_digest),
        cmocka_unit_test(key_types_have_names),
        cmocka_unit_test(signature_algorithms_carry_their_oid),
        cmocka_unit_test(other_oids_fix_no_hash_or_are_unknown),
        cmocka_unit_test(pss_parameters_are_those_of_openssl),
        cmocka_unit_test(hash_algorithms_have_no_parameters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
