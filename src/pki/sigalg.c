/*
 * Signature algorithms of X.509 structures. Source: RFC 5280 §4.1.1.2, RFC
 * 4055 §3.1 (RSASSA-PSS parameters), RFC 5758. The arithmetic is
 * crypto/pubkey and whoever stands behind struct ky_signer.
 */
#include "pki/sigalg.h"

#include "crypto/digest.h"
#include "crypto/pubkey.h"
#include "pki/wire.h"

#define OID_MGF1 "1.2.840.113549.1.1.8"

static ky_rc read_mgf(ky_hash *hash, struct ky_der *pss)
{
    struct ky_der explicit, mgf;
    char oid[KY_DER_OID_TEXT_MAX];
    KY_TRY(ky_der_enter(&explicit, pss, KY_DER_CONTEXT_CONS(1), "RSASSA-PSS maskGenAlgorithm"));
    KY_TRY(ky_der_enter(&mgf, &explicit, KY_DER_SEQUENCE, "RSASSA-PSS maskGenAlgorithm"));
    KY_TRY(ky_der_get_oid(oid, &mgf, "RSASSA-PSS maskGenAlgorithm"));
    if (strcmp(oid, OID_MGF1) != 0)
        return ky_fail(KY_EDENIED, "RSASSA-PSS: mask generation %s is not accepted", oid);
    return ky_wire_get_hash(hash, &mgf, "RSASSA-PSS MGF1");
}

static ky_rc read_pss(struct ky_sigalg *out, struct ky_der *params)
{
    struct ky_der pss, explicit;
    ky_hash mgf_hash;
    KY_TRY(ky_der_enter(&pss, params, KY_DER_SEQUENCE, "RSASSA-PSS parameters"));
    if (!ky_der_at(&pss, KY_DER_CONTEXT_CONS(0)))
        return ky_fail(KY_EDENIED, "RSASSA-PSS: SHA-1 is not accepted");
    KY_TRY(ky_der_enter(&explicit, &pss, KY_DER_CONTEXT_CONS(0), "RSASSA-PSS hashAlgorithm"));
    KY_TRY(ky_wire_get_hash(&out->hash, &explicit, "RSASSA-PSS hashAlgorithm"));
    KY_TRY(read_mgf(&mgf_hash, &pss));
    if (mgf_hash != out->hash)
        return ky_fail(KY_EDENIED, "RSASSA-PSS: hash and MGF1 hash differ");
    int64_t salt = 20; /* DEFAULT */
    if (!ky_der_at_end(&pss)) {
        KY_TRY(ky_der_enter(&explicit, &pss, KY_DER_CONTEXT_CONS(2), "RSASSA-PSS saltLength"));
        KY_TRY(ky_der_get_int(&salt, &explicit, "RSASSA-PSS saltLength"));
    }
    if (salt != (int64_t)ky_hash_info(out->hash)->size)
        return ky_fail(KY_EDENIED, "RSASSA-PSS: salt of %lld bytes is not as long as the hash",
                       (long long)salt);
    out->hash_fixed = true;
    return ky_der_finish(&pss, "RSASSA-PSS parameters");
}

ky_rc ky_sigalg_parse(struct ky_sigalg *out, struct ky_bytes alg_der)
{
    struct ky_der d = KY_DER_READ(alg_der), alg;
    char oid[KY_DER_OID_TEXT_MAX];
    struct ky_sigalg got = {0};
    KY_TRY(ky_der_enter(&alg, &d, KY_DER_SEQUENCE, "signatureAlgorithm"));
    KY_TRY(ky_der_finish(&d, "signatureAlgorithm"));
    KY_TRY(ky_der_get_oid(oid, &alg, "signatureAlgorithm"));
    if (ky_sign_alg_by_oid(&got.scheme, &got.hash, &got.hash_fixed, oid) != KY_OK)
        return ky_fail(KY_EDENIED, "signature algorithm %s is not accepted", oid);
    if (got.scheme == KY_RSA_PSS) {
        KY_TRY(read_pss(&got, &alg));
    } else if (got.scheme == KY_RSA_PKCS1V15 && !ky_der_at_end(&alg)) {
        KY_TRY(ky_der_get_null(&alg, "signatureAlgorithm parameters"));
    }
    KY_TRY(ky_der_finish(&alg, "signatureAlgorithm parameters"));
    *out = got;
    return KY_OK;
}

ky_rc ky_sigalg_verify_digest(struct ky_bytes spki, ky_scheme scheme, ky_hash hash, struct ky_bytes digest,
                              struct ky_bytes signature)
{
    ky_auto_pubkey key = NULL;
    ky_rc rc = ky_pubkey_parse(&key, spki);
    if (rc == KY_ENOTFOUND)
        return ky_context(KY_EDENIED, "public key is not accepted");
    KY_TRY(rc);
    if (!ky_scheme_fits(scheme, ky_pubkey_type(key)))
        return ky_fail(KY_EAUTH, "signature: algorithm does not fit the public key");
    return ky_pubkey_verify(key, scheme, hash, digest, signature);
}

ky_rc ky_sigalg_verify(struct ky_bytes spki, struct ky_bytes alg_der, struct ky_bytes message,
                       struct ky_bytes signature)
{
    struct ky_sigalg alg;
    uint8_t digest[KY_HASH_MAX];
    KY_TRY(ky_sigalg_parse(&alg, alg_der));
    if (!alg.hash_fixed)
        return ky_fail(KY_EDENIED, "signature algorithm names no hash");
    KY_TRY(ky_digest(digest, alg.hash, message));
    return ky_sigalg_verify_digest(spki, alg.scheme, alg.hash, KY_BYTES(digest, ky_hash_info(alg.hash)->size),
                                   signature);
}

ky_rc ky_sigkey_sign(struct ky_buf *sig, const struct ky_sigkey *key, struct ky_bytes message)
{
    uint8_t digest[KY_HASH_MAX];
    if (!ky_scheme_fits(key->scheme, key->signer->key_type))
        return ky_fail(KY_EINVAL, "signature: algorithm does not fit the %s key",
                       ky_key_info(key->signer->key_type)->name);
    KY_TRY(ky_digest(digest, key->hash, message));
    return key->signer->sign(key->signer->ctx, sig, key->scheme, key->hash,
                             KY_BYTES(digest, ky_hash_info(key->hash)->size));
}

ky_rc ky_signed_assemble(struct ky_buf *out, struct ky_bytes tbs, ky_scheme scheme, ky_hash hash,
                         struct ky_bytes signature)
{
    size_t seq = ky_der_begin(out, KY_DER_SEQUENCE);
    ky_buf_add(out, tbs);
    ky_buf_add(out, ky_sign_alg_der(scheme, hash));
    ky_der_add_bits(out, signature);
    ky_der_end(out, seq);
    return ky_buf_finish(out);
}
