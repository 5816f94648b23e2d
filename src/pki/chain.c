/*
 * Path validation. The path is built and checked by OpenSSL (RFC 5280 §6.1:
 * names, signatures, validity, basic and name constraints, policies,
 * unknown critical extensions); on top come our algorithm rules, what the
 * leaf is for, and revocation. Results are those of EN 319 102-1 §5.2.6.
 */
#include "pki/chain.h"

#include "base/str.h"
#include "crypto/ossl.h"
#include "crypto/pubkey.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>

#define SIGNER_DEPTH_MAX 2 /* paths of list signers that are validated inside one another */

static const char *const sub_names[KY_SUB_COUNT] = {
    [KY_SUB_NONE] = "",
    [KY_SUB_NO_CERTIFICATE_CHAIN_FOUND] = "NO_CERTIFICATE_CHAIN_FOUND",
    [KY_SUB_CERTIFICATE_CHAIN_GENERAL_FAILURE] = "CERTIFICATE_CHAIN_GENERAL_FAILURE",
    [KY_SUB_CHAIN_CONSTRAINTS_FAILURE] = "CHAIN_CONSTRAINTS_FAILURE",
    [KY_SUB_CRYPTO_CONSTRAINTS_FAILURE] = "CRYPTO_CONSTRAINTS_FAILURE",
    [KY_SUB_EXPIRED] = "EXPIRED",
    [KY_SUB_NOT_YET_VALID] = "NOT_YET_VALID",
    [KY_SUB_REVOKED] = "REVOKED",
    [KY_SUB_REVOKED_CA] = "REVOKED_CA",
    [KY_SUB_TRY_LATER] = "TRY_LATER",
    [KY_SUB_FORMAT_FAILURE] = "FORMAT_FAILURE",
    [KY_SUB_HASH_FAILURE] = "HASH_FAILURE",
    [KY_SUB_SIG_CRYPTO_FAILURE] = "SIG_CRYPTO_FAILURE",
    [KY_SUB_SIG_CONSTRAINTS_FAILURE] = "SIG_CONSTRAINTS_FAILURE",
    [KY_SUB_NO_SIGNING_CERTIFICATE_FOUND] = "NO_SIGNING_CERTIFICATE_FOUND",
};

/*
 * What OpenSSL's verdicts are called in EN 319 102-1; those not listed are
 * CERTIFICATE_CHAIN_GENERAL_FAILURE.
 */
static const struct {
    int error;
    ky_sub sub;
} verdicts[] = {
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, KY_SUB_NO_CERTIFICATE_CHAIN_FOUND},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, KY_SUB_NO_CERTIFICATE_CHAIN_FOUND},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, KY_SUB_NO_CERTIFICATE_CHAIN_FOUND},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, KY_SUB_NO_CERTIFICATE_CHAIN_FOUND},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, KY_SUB_NO_CERTIFICATE_CHAIN_FOUND},
    {X509_V_ERR_CERT_CHAIN_TOO_LONG, KY_SUB_NO_CERTIFICATE_CHAIN_FOUND},
    {X509_V_ERR_CERT_HAS_EXPIRED, KY_SUB_EXPIRED},
    {X509_V_ERR_CERT_NOT_YET_VALID, KY_SUB_NOT_YET_VALID},
    {X509_V_ERR_INVALID_CA, KY_SUB_CHAIN_CONSTRAINTS_FAILURE},
    {X509_V_ERR_PATH_LENGTH_EXCEEDED, KY_SUB_CHAIN_CONSTRAINTS_FAILURE},
    {X509_V_ERR_KEYUSAGE_NO_CERTSIGN, KY_SUB_CHAIN_CONSTRAINTS_FAILURE},
    {X509_V_ERR_PERMITTED_VIOLATION, KY_SUB_CHAIN_CONSTRAINTS_FAILURE},
    {X509_V_ERR_EXCLUDED_VIOLATION, KY_SUB_CHAIN_CONSTRAINTS_FAILURE},
    {X509_V_ERR_SUBTREE_MINMAX, KY_SUB_CHAIN_CONSTRAINTS_FAILURE},
    {X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE, KY_SUB_CHAIN_CONSTRAINTS_FAILURE},
    {X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX, KY_SUB_CHAIN_CONSTRAINTS_FAILURE},
    {X509_V_ERR_UNSUPPORTED_NAME_SYNTAX, KY_SUB_CHAIN_CONSTRAINTS_FAILURE},
    {X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION, KY_SUB_CHAIN_CONSTRAINTS_FAILURE},
    {X509_V_ERR_INVALID_EXTENSION, KY_SUB_CHAIN_CONSTRAINTS_FAILURE},
    {X509_V_ERR_INVALID_POLICY_EXTENSION, KY_SUB_CHAIN_CONSTRAINTS_FAILURE},
    {X509_V_ERR_NO_EXPLICIT_POLICY, KY_SUB_CHAIN_CONSTRAINTS_FAILURE},
};

const char *ky_sub_name(ky_sub s)
{
    return sub_names[s];
}

static void fault(struct ky_chain *out, ky_sub sub, size_t at, const char *text)
{
    out->sub = sub;
    out->at_fault = at;
    snprintf(out->text, sizeof out->text, "%s", text);
}

/* --- the path, by OpenSSL --- */

/* Our certificates beside OpenSSL's, to find ours again in the path it gives. */
struct pool {
    const struct ky_cert **certs;
    X509 **x509s;
    size_t n;
    STACK_OF(X509) * trusted, *untrusted;
    X509_STORE_CTX *ctx;
};

static void pool_clear(struct pool *p)
{
    X509_STORE_CTX_free(p->ctx);
    sk_X509_free(p->trusted);
    sk_X509_free(p->untrusted);
    for (size_t i = 0; i < p->n; i++)
        X509_free(p->x509s[i]);
    free(p->x509s);
    free(p->certs);
}

static ky_rc pool_add(struct pool *p, STACK_OF(X509) * stack, const struct ky_cert *cert)
{
    const uint8_t *der = cert->der.p;
    X509 *x = d2i_X509(NULL, &der, (long)cert->der.n);
    if (x == NULL)
        return ky_fail_ossl(KY_EFORMAT, "certificate");
    p->certs[p->n] = cert;
    p->x509s[p->n++] = x;
    if (stack != NULL && sk_X509_push(stack, x) == 0)
        return ky_fail(KY_ENOMEM, "certificate path");
    return KY_OK;
}

static ky_rc pool_init(struct pool *p, const struct ky_chain_in *in)
{
    size_t room = 1 + in->anchors.n + in->intermediates.n;
    *p = (struct pool){
        .certs = calloc(room, sizeof *p->certs),
        .x509s = calloc(room, sizeof *p->x509s),
        .trusted = sk_X509_new_null(),
        .untrusted = sk_X509_new_null(),
        .ctx = X509_STORE_CTX_new(),
    };
    if (p->certs == NULL || p->x509s == NULL || p->trusted == NULL || p->untrusted == NULL || p->ctx == NULL)
        return ky_fail(KY_ENOMEM, "certificate path");
    KY_TRY(pool_add(p, NULL, in->leaf));
    for (size_t i = 0; i < in->anchors.n; i++)
        KY_TRY(pool_add(p, p->trusted, in->anchors.v[i]));
    for (size_t i = 0; i < in->intermediates.n; i++)
        if (pool_add(p, p->untrusted, in->intermediates.v[i]) ==
            KY_ENOMEM) /* what OpenSSL can not read does not help */
            return KY_ENOMEM;
    return KY_OK;
}

static const struct ky_cert *pool_find(const struct pool *p, const X509 *x)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->x509s[i] == x)
            return p->certs[i];
    return NULL;
}

static void copy_path(struct ky_chain *out, const struct pool *p)
{
    STACK_OF(X509) *path = X509_STORE_CTX_get0_chain(p->ctx);
    for (int i = 0; path != NULL && i < sk_X509_num(path) && i < KY_CHAIN_PATH_MAX; i++) {
        const struct ky_cert *cert = pool_find(p, sk_X509_value(path, i));
        if (cert == NULL)
            return;
        out->path[out->n_path++] = cert;
    }
}

static void copy_verdict(struct ky_chain *out, const struct pool *p)
{
    int error = X509_STORE_CTX_get_error(p->ctx);
    ky_sub sub = KY_SUB_CERTIFICATE_CHAIN_GENERAL_FAILURE;
    for (size_t i = 0; i < KY_COUNT(verdicts); i++)
        if (verdicts[i].error == error)
            sub = verdicts[i].sub;
    fault(out, sub, (size_t)X509_STORE_CTX_get_error_depth(p->ctx), X509_verify_cert_error_string(error));
}

static ky_rc build_path(struct ky_chain *out, struct pool *p, const struct ky_chain_in *in)
{
    KY_TRY(pool_init(p, in));
    if (X509_STORE_CTX_init(p->ctx, NULL, p->x509s[0], p->untrusted) != 1)
        return ky_fail_ossl(KY_ECRYPTO, "certificate path");
    X509_STORE_CTX_set0_trusted_stack(p->ctx, p->trusted);
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(p->ctx);
    X509_VERIFY_PARAM_set_time(param, (time_t)in->at);
    X509_VERIFY_PARAM_set_depth(param, KY_CHAIN_PATH_MAX - 2);
    /* PARTIAL_CHAIN: an anchor is trusted for being one, self-signed or not. */
    X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_POLICY_CHECK);
    bool valid = X509_verify_cert(p->ctx) == 1;
    copy_path(out, p);
    if (!valid)
        copy_verdict(out, p);
    else if (out->n_path == 0)
        fault(out, KY_SUB_NO_CERTIFICATE_CHAIN_FOUND, 0, "the path is longer than possible");
    ERR_clear_error();
    return KY_OK;
}

/* --- our rules --- */

/* What OpenSSL lets pass for old certificates: a CA without basicConstraints, or of version 1. */
static void check_issuers(struct ky_chain *out)
{
    for (size_t i = 1; i + 1 < out->n_path && out->sub == KY_SUB_NONE; i++) {
        const struct ky_cert *c = out->path[i];
        if (!c->ca || c->version != 3 || (c->has_key_usage && (c->key_usage & KY_KU_KEY_CERT_SIGN) == 0))
            fault(out, KY_SUB_CHAIN_CONSTRAINTS_FAILURE, i,
                  "an intermediate certificate is not that of a CA");
    }
}

static void check_algorithms(struct ky_chain *out)
{
    for (size_t i = 0; i < out->n_path && out->sub == KY_SUB_NONE; i++) {
        ky_auto_pubkey key = NULL;
        struct ky_sigalg alg;
        bool is_anchor = i + 1 == out->n_path;
        if (ky_pubkey_parse(&key, out->path[i]->spki) != KY_OK ||
            (!is_anchor && ky_sigalg_parse(&alg, out->path[i]->sig_alg) != KY_OK))
            fault(out, KY_SUB_CRYPTO_CONSTRAINTS_FAILURE, i, ky_error());
    }
}

static void check_leaf(struct ky_chain *out, const struct ky_chain_in *in)
{
    const struct ky_cert *leaf = in->leaf;
    if (out->sub != KY_SUB_NONE)
        return;
    if (leaf->unknown_critical)
        fault(out, KY_SUB_CHAIN_CONSTRAINTS_FAILURE, 0, "the certificate has an unknown critical extension");
    else if (in->key_usage_any != 0 && leaf->has_key_usage && (leaf->key_usage & in->key_usage_any) == 0)
        fault(out, KY_SUB_CHAIN_CONSTRAINTS_FAILURE, 0,
              "keyUsage does not allow what the certificate is used for");
    else if ((leaf->ekus & in->eku_all) != in->eku_all)
        fault(out, KY_SUB_CHAIN_CONSTRAINTS_FAILURE, 0,
              "extKeyUsage does not allow what the certificate is used for");
}

/* --- revocation --- */

static ky_rc validate(struct ky_chain *out, const struct ky_chain_in *in, unsigned depth);

struct signer_check {
    const struct ky_chain_in *in;
    unsigned depth;
};

/*
 * A list signed by another key of the CA: that key's certificate needs a good path of its own (RFC 5280
 * §6.3.3 (f)).
 */
static bool may_sign_lists(void *ctx, const struct ky_cert *signer)
{
    const struct signer_check *check = ctx;
    if (signer == check->in->leaf && check->depth > 0)
        return true; /* it is this very path that is being validated */
    if (check->depth == SIGNER_DEPTH_MAX)
        return false;
    struct ky_chain chain;
    struct ky_chain_in in = *check->in;
    in.leaf = signer;
    in.key_usage_any = KY_KU_CRL_SIGN;
    in.eku_all = 0;
    return validate(&chain, &in, check->depth + 1) == KY_OK && chain.sub == KY_SUB_NONE;
}

static void find_word(struct ky_revocation *word, const struct ky_chain *out, size_t i,
                      const struct ky_chain_in *in, unsigned depth)
{
    struct signer_check check = {in, depth};
    const struct ky_revocation_in question = {
        .cert = out->path[i],
        .issuer = out->path[i + 1],
        .at = in->at,
        .max_age_s = in->max_age_s,
        .crls = in->crls,
        .n_crls = in->n_crls,
        .ocsps = in->ocsps,
        .n_ocsps = in->n_ocsps,
        .pinned_responder = i == 0 ? in->pinned_responder : NULL,
        .signers = in->intermediates,
        .may_sign = may_sign_lists,
        .ctx = &check,
    };
    ky_revocation_find(word, &question);
}

static void check_revocation(struct ky_chain *out, const struct ky_chain_in *in, unsigned depth)
{
    if (in->revocation == KY_REVOCATION_NONE)
        return;
    for (size_t i = out->n_path; i-- > 0 && out->sub == KY_SUB_NONE;) {
        struct ky_revocation word;
        if (i + 1 >= out->n_path)
            continue; /* the anchor */
        find_word(&word, out, i, in, depth);
        out->source[i] = word.source;
        out->rev_this_update[i] = word.this_update;
        if (word.revoked) {
            out->revoked_at = word.revoked_at;
            out->reason = word.reason;
            fault(out, i == 0 ? KY_SUB_REVOKED : KY_SUB_REVOKED_CA, i, "the certificate is revoked");
        } else if (word.source == KY_REV_NO_WORD && in->revocation == KY_REVOCATION_REQUIRED) {
            fault(out, KY_SUB_TRY_LATER, i, "no usable revocation information");
        }
    }
}

static ky_rc validate(struct ky_chain *out, const struct ky_chain_in *in, unsigned depth)
{
    KY_CLEANUP(pool_clear) struct pool pool = {0};
    *out = (struct ky_chain){0};
    ky_rc rc = build_path(out, &pool, in);
    if (rc != KY_OK) {
        fault(out, KY_SUB_CERTIFICATE_CHAIN_GENERAL_FAILURE, 0, ky_error());
        return rc;
    }
    if (out->sub == KY_SUB_NONE)
        check_issuers(out);
    check_algorithms(out);
    check_leaf(out, in);
    if (out->sub == KY_SUB_NONE)
        check_revocation(out, in, depth);
    return KY_OK;
}

ky_rc ky_chain_validate(struct ky_chain *out, const struct ky_chain_in *in)
{
    return validate(out, in, 0);
}
