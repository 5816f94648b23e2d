/* Key pairs: generating, recognising the type, reading the public half (PKCS#11 v2.40 mechanisms §2.1, §2.3). */
#include "crypto/pkcs11_store.h"

#include <openssl/objects.h>

#include "crypto/ossl.h"
#include "crypto/pubkey.h"

#define EC_PARAMS_MAX 32 /* bytes of a named curve's OID in DER */

CK_KEY_TYPE ky_p11_pair_ck_type(ky_key_type type)
{
    return ky_key_info(type)->rsa ? CKK_RSA : CKK_EC;
}

/* CKA_EC_PARAMS: the curve's OID in DER. */
static ky_rc curve_params(struct ky_buf *out, ky_key_type type)
{
    ASN1_OBJECT *oid = OBJ_txt2obj(ky_key_info(type)->curve_oid, 1);
    unsigned char *der = NULL;
    int n = oid == NULL ? -1 : i2d_ASN1_OBJECT(oid, &der);
    if (n > 0)
        ky_buf_add(out, KY_BYTES(der, n));
    OPENSSL_free(der);
    ASN1_OBJECT_free(oid);
    return n > 0 ? ky_buf_finish(out) : ky_fail_ossl(KY_ECRYPTO, "curve OID");
}

ky_rc ky_p11_pair_generate(CK_OBJECT_HANDLE *public_key, CK_OBJECT_HANDLE *private_key,
                           struct ky_p11_store *s, ky_key_type type, struct ky_p11_template *public_template,
                           struct ky_p11_template *private_template)
{
    static const uint8_t f4[] = {0x01, 0x00, 0x01};
    const struct ky_key_info *info = ky_key_info(type);
    CK_MECHANISM mechanism = {.mechanism = info->rsa ? CKM_RSA_PKCS_KEY_PAIR_GEN : CKM_EC_KEY_PAIR_GEN};
    ky_auto_buf params = ky_buf_init(EC_PARAMS_MAX);
    if (info->rsa) {
        ky_p11_add_ulong(public_template, CKA_MODULUS_BITS, info->bits);
        ky_p11_add_bytes(public_template, CKA_PUBLIC_EXPONENT, KY_BYTES_OF(f4));
    } else {
        KY_TRY(curve_params(&params, type));
        ky_p11_add_bytes(public_template, CKA_EC_PARAMS, ky_buf_bytes(&params));
    }
    CK_RV rv =
        s->module.fn->C_GenerateKeyPair(s->session, &mechanism, public_template->a, public_template->n,
                                        private_template->a, private_template->n, public_key, private_key);
    return rv == CKR_OK ? KY_OK : ky_p11_fail(s, rv, "C_GenerateKeyPair");
}

/* CKA_EC_POINT is a DER OCTET STRING; some tokens leave the wrapping away. */
static struct ky_bytes unwrap_point(struct ky_bytes v, size_t point_size)
{
    if (v.n == point_size + 2 && v.p[0] == 0x04 && v.p[1] == point_size)
        return KY_BYTES(v.p + 2, point_size);
    return v;
}

static ky_rc rsa_spki(struct ky_buf *spki, struct ky_p11_store *s, CK_OBJECT_HANDLE key)
{
    ky_auto_buf n = ky_buf_init(KY_RSA_MAX + 1);
    ky_auto_buf e = ky_buf_init(KY_RSA_MAX);
    KY_TRY(ky_p11_get_bytes(&n, s, key, CKA_MODULUS, KY_RSA_MAX + 1));
    KY_TRY(ky_p11_get_bytes(&e, s, key, CKA_PUBLIC_EXPONENT, KY_RSA_MAX));
    return ky_spki_add_rsa(spki, ky_buf_bytes(&n), ky_buf_bytes(&e));
}

ky_rc ky_p11_pair_spki(struct ky_buf *spki, struct ky_p11_store *s, CK_OBJECT_HANDLE public_key,
                       ky_key_type type)
{
    const struct ky_key_info *info = ky_key_info(type);
    if (info->rsa)
        return rsa_spki(spki, s, public_key);
    size_t point_size = 1 + 2 * (size_t)(info->bits / 8);
    ky_auto_buf point = ky_buf_init(KY_POINT_MAX + 2);
    KY_TRY(ky_p11_get_bytes(&point, s, public_key, CKA_EC_POINT, point_size + 2));
    return ky_spki_add_point(spki, unwrap_point(ky_buf_bytes(&point), point_size));
}

static ky_rc rsa_type(ky_key_type *out, struct ky_p11_store *s, CK_OBJECT_HANDLE key)
{
    static const ky_key_type types[] = {KY_KEY_RSA2048, KY_KEY_RSA3072, KY_KEY_RSA4096};
    ky_auto_buf n = ky_buf_init(KY_RSA_MAX + 1);
    KY_TRY(ky_p11_get_bytes(&n, s, key, CKA_MODULUS, KY_RSA_MAX + 1));
    size_t zeros = n.n > 0 && n.p[0] == 0 ? 1 : 0;
    for (size_t i = 0; i < KY_COUNT(types); i++)
        if ((n.n - zeros) * 8 == ky_key_info(types[i])->bits) {
            *out = types[i];
            return KY_OK;
        }
    return ky_fail(KY_EFORMAT, "RSA modulus of %zu bytes is not supported", n.n);
}

static ky_rc ec_type(ky_key_type *out, struct ky_p11_store *s, CK_OBJECT_HANDLE key)
{
    static const ky_key_type types[] = {KY_KEY_P256, KY_KEY_P384};
    ky_auto_buf have = ky_buf_init(EC_PARAMS_MAX);
    KY_TRY(ky_p11_get_bytes(&have, s, key, CKA_EC_PARAMS, EC_PARAMS_MAX));
    for (size_t i = 0; i < KY_COUNT(types); i++) {
        ky_auto_buf want = ky_buf_init(EC_PARAMS_MAX);
        KY_TRY(curve_params(&want, types[i]));
        if (ky_bytes_eq(ky_buf_bytes(&have), ky_buf_bytes(&want))) {
            *out = types[i];
            return KY_OK;
        }
    }
    return ky_fail(KY_EFORMAT, "curve is not supported");
}

ky_rc ky_p11_pair_type(ky_key_type *out, struct ky_p11_store *s, CK_OBJECT_HANDLE key)
{
    CK_ULONG kind = 0;
    KY_TRY(ky_p11_get_ulong(&kind, s, key, CKA_KEY_TYPE));
    if (kind == CKK_RSA)
        return rsa_type(out, s, key);
    if (kind == CKK_EC)
        return ec_type(out, s, key);
    return ky_fail(KY_EFORMAT, "key type 0x%lx is not supported", kind);
}
