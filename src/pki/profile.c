/*
 * The certificate profiles. Source: RFC 5280 §4.2.1.3, §4.2.1.12; RFC 3161
 * §2.3 (TSA); RFC 6960 §4.2.2.2 (responder); EN 319 412-2 §4.3.2 (keyUsage of
 * persons); modelled on the Government hierarchy. Called by ca and by the
 * ceremony.
 */
#include "pki/profile.h"

#define YEAR (365 * KY_DAY + 6 * KY_HOUR)

/*
 * Subscribers have nonRepudiation alone, type A of EN 319 412-2 §4.3.2: the key is used for nothing but
 * signing what
 * its owner saw. (The Government's own certificates add digitalSignature; verifiers accept either.)
 */
static const struct ky_profile profiles[KY_PROFILE_KIND_COUNT] = {
    [KY_PROFILE_ROOT] = {.kind = KY_PROFILE_ROOT,
                         .name = "root",
                         .ca = true,
                         .path_len = KY_PATH_LEN_NONE,
                         .key_usage = KY_KU_KEY_CERT_SIGN | KY_KU_CRL_SIGN,
                         .max_validity_s = 30 * YEAR},
    [KY_PROFILE_ISSUING_CA] = {.kind = KY_PROFILE_ISSUING_CA,
                               .name = "issuing",
                               .ca = true,
                               .path_len = 0,
                               .key_usage = KY_KU_KEY_CERT_SIGN | KY_KU_CRL_SIGN,
                               .crl_url = true,
                               .aia = true,
                               .policy = true,
                               .policy_oid = KY_OID_POLICY_CA,
                               .max_validity_s = 20 * YEAR},
    [KY_PROFILE_OCSP] = {.kind = KY_PROFILE_OCSP,
                         .name = "ocsp",
                         .path_len = KY_PATH_LEN_NONE,
                         .key_usage = KY_KU_DIGITAL_SIGNATURE,
                         .ekus = KY_EKU_OCSP_SIGNING,
                         .ocsp_nocheck = true,
                         .max_validity_s = 90 * KY_DAY},
    [KY_PROFILE_TSA] = {.kind = KY_PROFILE_TSA,
                        .name = "tsa",
                        .path_len = KY_PATH_LEN_NONE,
                        .key_usage = KY_KU_DIGITAL_SIGNATURE,
                        .ekus = KY_EKU_TIME_STAMPING,
                        .eku_critical = true,
                        .crl_url = true,
                        .aia = true,
                        .ocsp = true,
                        .policy = true,
                        .policy_oid = KY_OID_POLICY_TSA,
                        .max_validity_s = 10 * YEAR,
                        .key_use_s = YEAR},
    [KY_PROFILE_SUBSCRIBER] = {.kind = KY_PROFILE_SUBSCRIBER,
                               .name = "subscriber",
                               .path_len = KY_PATH_LEN_NONE,
                               .key_usage = KY_KU_NON_REPUDIATION,
                               .crl_url = true,
                               .aia = true,
                               .ocsp = true,
                               .policy = true,
                               .policy_oid = KY_OID_POLICY_SUBSCRIBER,
                               .max_validity_s = 5 * YEAR},
    [KY_PROFILE_OFFICER] = {.kind = KY_PROFILE_OFFICER,
                            .name = "officer",
                            .path_len = KY_PATH_LEN_NONE,
                            .key_usage = KY_KU_DIGITAL_SIGNATURE | KY_KU_NON_REPUDIATION,
                            .crl_url = true,
                            .aia = true,
                            .ocsp = true,
                            .policy = true,
                            .policy_oid = KY_OID_POLICY_CA,
                            .max_validity_s = 5 * YEAR},
};

const struct ky_profile *ky_profile(ky_profile_kind kind)
{
    return &profiles[kind];
}

ky_rc ky_profile_by_name(const struct ky_profile **out, const char *name)
{
    for (size_t i = 0; i < KY_COUNT(profiles); i++) {
        if (strcmp(profiles[i].name, name) == 0) {
            *out = &profiles[i];
            return KY_OK;
        }
    }
    return ky_fail(KY_ENOTFOUND, "profile \"%s\" is unknown", name);
}

static ky_rc set_addresses(struct ky_cert_tbs *t, const struct ky_profile *p,
                           const struct ky_profile_conf *conf)
{
    if (p->crl_url) {
        if (conf->crl_url == NULL)
            return ky_fail(KY_EDENIED, "profile %s: the address of the CRL is not configured", p->name);
        t->crl_url = conf->crl_url;
    }
    if (p->aia) {
        if (conf->ca_issuers_url == NULL)
            return ky_fail(KY_EDENIED, "profile %s: the address of the CA certificate is not configured",
                           p->name);
        t->ca_issuers_url = conf->ca_issuers_url;
    }
    if (p->ocsp) {
        if (conf->ocsp_url == NULL)
            return ky_fail(KY_EDENIED, "profile %s: the address of OCSP is not configured", p->name);
        t->ocsp_url = conf->ocsp_url;
    }
    return KY_OK;
}

static void set_policy(struct ky_cert_tbs *t, struct ky_policy *slot, const struct ky_profile *p,
                       const struct ky_profile_conf *conf)
{
    if (!p->policy)
        return;
    *slot = conf->policy;
    if (slot->oid == NULL)
        slot->oid = p->policy_oid;
    t->policies = slot;
    t->n_policies = 1;
}

ky_rc ky_profile_apply(struct ky_cert_tbs *t, struct ky_policy *policy_slot, const struct ky_profile *p,
                       const struct ky_profile_conf *conf)
{
    if (t->not_after - t->not_before > p->max_validity_s)
        return ky_fail(KY_EDENIED, "profile %s: valid for %lld days, at most %lld", p->name,
                       (long long)((t->not_after - t->not_before) / KY_DAY),
                       (long long)(p->max_validity_s / KY_DAY));
    KY_TRY(set_addresses(t, p, conf));
    set_policy(t, policy_slot, p, conf);
    t->ca = p->ca;
    t->path_len = p->path_len;
    t->key_usage = p->key_usage;
    t->ekus = p->ekus;
    t->eku_critical = p->eku_critical;
    t->ocsp_nocheck = p->ocsp_nocheck;
    if (p->key_use_s != 0 && t->not_before + p->key_use_s < t->not_after)
        t->key_not_after = t->not_before + p->key_use_s;
    return KY_OK;
}
