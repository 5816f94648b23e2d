/*
 * Certificates of the authority: root and issuing CA, OCSP responder, TSA,
 * after the Government's hierarchy; each is built, held against the lint rules
 * with a throw-away signature, and only then signed. See init.h.
 */
#include <stdio.h>

#include "crypto/random.h"
#include "crypto/softkey.h"
#include "pki/crl.h"
#include "pki/lint.h"
#include "pki/name.h"
#include "prog/kyso/init.h"

#define SERIAL_SIZE 16
#define YEAR (365 * KY_DAY)

struct kind {
    ky_profile_kind profile;
    kyso_cert_id issuer;
    size_t name;  /* of the CN in struct kyso_conf_names */
    size_t life;  /* in struct kyso_conf_keys */
    ky_time unit; /* of life */
};

static const struct kind kinds[KYSO_CERTS] = {
    [KYSO_CERT_ROOT] = {KY_PROFILE_ROOT, KYSO_CERT_ROOT, offsetof(struct kyso_conf_names, root),
                        offsetof(struct kyso_conf_keys, root_years), YEAR},
    [KYSO_CERT_ISSUING] = {KY_PROFILE_ISSUING_CA, KYSO_CERT_ROOT, offsetof(struct kyso_conf_names, issuing),
                           offsetof(struct kyso_conf_keys, issuing_years), YEAR},
    [KYSO_CERT_OCSP] = {KY_PROFILE_OCSP, KYSO_CERT_ISSUING, offsetof(struct kyso_conf_names, ocsp),
                        offsetof(struct kyso_conf_keys, ocsp_days), KY_DAY},
    [KYSO_CERT_TSA] = {KY_PROFILE_TSA, KYSO_CERT_ISSUING, offsetof(struct kyso_conf_names, tsa),
                       offsetof(struct kyso_conf_keys, tsa_years), YEAR},
};

static const char *text_at(const void *base, size_t offset)
{
    return *(const char *const *)(const void *)((const char *)base + offset);
}

static int64_t int_at(const void *base, size_t offset)
{
    return *(const int64_t *)(const void *)((const char *)base + offset);
}

static ky_rc encode_name(struct ky_buf *out, const struct kyso_ceremony *c, kyso_cert_id id)
{
    const struct ky_name_attr attrs[] = {
        {"C", c->names.country}, {"O", c->names.organisation}, {"CN", text_at(&c->names, kinds[id].name)}};
    return ky_name_encode(out, attrs, KY_COUNT(attrs));
}

/* Addresses and policy that the certificate carries: those of its issuer's CRL and certificate. */
struct addresses {
    char crl[KYSO_PATH_MAX], ocsp[KYSO_PATH_MAX], issuer[KYSO_PATH_MAX];
    struct ky_profile_conf conf;
};

static void set_addresses(struct addresses *a, const struct kyso_ceremony *c, kyso_cert_id id)
{
    const char *issuer = kinds[id].issuer == KYSO_CERT_ROOT ? "root" : "issuing";
    snprintf(a->crl, sizeof a->crl, "%s/crl/%s.crl", c->policy.url, issuer);
    snprintf(a->ocsp, sizeof a->ocsp, "%s/ocsp", c->policy.url);
    snprintf(a->issuer, sizeof a->issuer, "%s/crt/%s.crt", c->policy.url, issuer);
    a->conf = (struct ky_profile_conf){
        .crl_url = a->crl,
        .ocsp_url = a->ocsp,
        .ca_issuers_url = a->issuer,
        .policy = {.oid = id == KYSO_CERT_TSA ? c->policy.tsa_policy : c->policy.oid, .cps = c->policy.cps},
    };
}

static struct ky_sigkey sigkey_of(const struct ky_signer *signer)
{
    return (struct ky_sigkey){.signer = signer,
                              .scheme = ky_key_info(signer->key_type)->rsa ? KY_RSA_PKCS1V15 : KY_ECDSA,
                              .hash = KY_SHA256};
}

/* The same certificate by a throw-away key of the same algorithm, for the rules to look at. */
static ky_rc lint(const struct ky_cert_tbs *t, ky_profile_kind kind, const struct ky_cert *issuer)
{
    ky_auto_softkey throw_away = NULL;
    struct ky_lint_report report;
    ky_auto_buf der = ky_buf_init(KY_CERT_DER_MAX);
    KY_TRY(ky_softkey_generate(&throw_away, t->scheme == KY_ECDSA ? KY_KEY_P256 : KY_KEY_RSA2048));
    const struct ky_signer signer = ky_softkey_signer(throw_away);
    const struct ky_sigkey key = sigkey_of(&signer);
    KY_TRY(ky_cert_issue(&der, t, &key));
    return ky_lint_cert(&report, ky_buf_bytes(&der), kind, issuer);
}

static ky_rc make_serial(uint8_t serial[SERIAL_SIZE])
{
    KY_TRY(ky_random(serial, SERIAL_SIZE));
    serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x40); /* positive, never a zero first byte */
    return KY_OK;
}

static ky_rc issue(struct kyso_ceremony *c, kyso_cert_id id, struct ky_token_key *issuer_key)
{
    const struct kind *k = &kinds[id];
    const struct ky_cert *issuer = id == KYSO_CERT_ROOT ? NULL : c->certs[k->issuer];
    const struct ky_signer signer = ky_keystore_signer(issuer_key);
    const struct ky_sigkey key = sigkey_of(&signer);
    uint8_t serial[SERIAL_SIZE];
    struct ky_policy policy;
    struct addresses a;
    ky_auto_buf name = ky_buf_init(KY_NAME_DER_MAX), der = ky_buf_init(KY_CERT_DER_MAX);
    ky_time end = c->now + int_at(&c->keys, k->life) * k->unit;
    KY_TRY(make_serial(serial));
    KY_TRY(encode_name(&name, c, id));
    struct ky_cert_tbs t = {
        .serial = KY_BYTES_OF(serial),
        .issuer = issuer == NULL ? ky_buf_bytes(&name) : issuer->subject,
        .subject = ky_buf_bytes(&name),
        .spki = ky_buf_bytes(&c->spki[id]),
        .not_before = c->now,
        .not_after = issuer != NULL && issuer->not_after < end ? issuer->not_after : end,
        .scheme = key.scheme,
        .hash = key.hash,
        .aki = issuer == NULL ? KY_BYTES_NONE : issuer->ski,
    };
    set_addresses(&a, c, id);
    KY_TRY(ky_profile_apply(&t, &policy, ky_profile(k->profile), &a.conf));
    KY_TRY(lint(&t, k->profile, issuer));
    KY_TRY(ky_cert_issue(&der, &t, &key));
    KY_TRY(ky_cert_parse(&c->certs[id], ky_buf_bytes(&der)));
    return ky_cert_verify_signature(c->certs[id], issuer == NULL ? c->certs[id] : issuer);
}

static ky_rc no_entry(void *ctx, struct ky_crl_entry *out)
{
    (void)ctx, (void)out;
    return KY_ENOTFOUND;
}

static ky_rc make_root_crl(struct kyso_ceremony *c, struct ky_token_key *root_key)
{
    const struct ky_cert *root = c->certs[KYSO_CERT_ROOT];
    const struct ky_signer signer = ky_keystore_signer(root_key);
    const struct ky_sigkey key = sigkey_of(&signer);
    const struct ky_crl_tbs t = {
        .issuer = root->subject,
        .aki = root->ski,
        .this_update = c->now,
        .next_update = c->now + c->keys.root_crl_days * KY_DAY,
        .number = 1,
    };
    c->root_crl = ky_buf_init(KYSO_CRL_DER_MAX);
    return ky_crl_build(&c->root_crl, &t, &key, no_entry, NULL);
}

ky_rc kyso_init_make_root(struct kyso_ceremony *c)
{
    struct kyso_token *t = &c->tokens[KYSO_TOKEN_ROOT];
    ky_auto_keystore ks = NULL;
    ky_auto_token_key key = NULL;
    ky_key_type type;
    KY_TRY(ky_key_type_by_name(&type, c->keys.root));
    KY_TRY(kyso_init_open_token(&ks, t));
    t->used = true;
    KY_TRY(ky_keystore_make_key(ks, "root", KY_USE_SIGN, type));
    KY_TRY(ky_keystore_find_key(&key, ks, "root", KY_USE_SIGN));
    c->spki[KYSO_CERT_ROOT] = ky_buf_init(KY_SPKI_MAX);
    KY_TRY(ky_keystore_public(&c->spki[KYSO_CERT_ROOT], key));
    KY_TRY(ky_context(issue(c, KYSO_CERT_ROOT, key), "root certificate"));
    KY_TRY(ky_context(issue(c, KYSO_CERT_ISSUING, key), "issuing CA's certificate"));
    return ky_context(make_root_crl(c, key), "CRL of the root");
}

ky_rc kyso_init_make_responders(struct kyso_ceremony *c)
{
    ky_auto_keystore ks = NULL;
    ky_auto_token_key key = NULL;
    KY_TRY(kyso_init_open_token(&ks, &c->tokens[KYSO_TOKEN_AUTHORITY]));
    KY_TRY(ky_keystore_find_key(&key, ks, "issuing", KY_USE_SIGN));
    KY_TRY(ky_context(issue(c, KYSO_CERT_OCSP, key), "OCSP certificate"));
    return ky_context(issue(c, KYSO_CERT_TSA, key), "TSA certificate");
}
