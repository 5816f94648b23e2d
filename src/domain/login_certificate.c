/* Judging a certificate for log-in; see login_certificate.h. */
#include "domain/login_certificate.h"

#include "base/log.h"

static ky_login_verdict verdict_of(ky_sub sub)
{
    static const struct {
        ky_sub sub;
        ky_login_verdict verdict;
    } map[] = {
        {KY_SUB_NONE, KY_LOGIN_GOOD},
        {KY_SUB_EXPIRED, KY_LOGIN_CERT_EXPIRED},
        {KY_SUB_NOT_YET_VALID, KY_LOGIN_CERT_EXPIRED},
        {KY_SUB_REVOKED, KY_LOGIN_CERT_REVOKED},
        {KY_SUB_REVOKED_CA, KY_LOGIN_CERT_REVOKED},
        {KY_SUB_TRY_LATER, KY_LOGIN_CERT_NO_EVIDENCE},
        {KY_SUB_CHAIN_CONSTRAINTS_FAILURE, KY_LOGIN_CERT_UNFIT},
    };
    for (size_t i = 0; i < KY_COUNT(map); i++)
        if (map[i].sub == sub)
            return map[i].verdict;
    return KY_LOGIN_CERT_UNTRUSTED;
}

static bool is_fit(const struct ky_cert *c)
{
    return !c->ca && (c->ekus == 0 || (c->ekus & (KY_EKU_CLIENT_AUTH | KY_EKU_ANY)) != 0);
}

static ky_rc judge(ky_login_verdict *out, const struct ky_login_certificate *in,
                   ky_revocation_mode revocation)
{
    struct ky_chain chain;
    if (in->cert == NULL) {
        *out = KY_LOGIN_NO_CERTIFICATE;
        return KY_OK;
    }
    const struct ky_chain_in path = {
        .leaf = in->cert,
        .anchors = in->anchors,
        .intermediates = in->intermediates,
        .at = in->at,
        .key_usage_any = KY_KU_DIGITAL_SIGNATURE,
        .revocation = revocation,
        .max_age_s = KY_LOGIN_EVIDENCE_AGE_MAX,
        .crls = in->crls,
        .n_crls = in->n_crls,
        .ocsps = in->ocsps,
        .n_ocsps = in->n_ocsps,
    };
    ky_rc rc = ky_chain_validate(&chain, &path);
    if (rc == KY_EFORMAT) { /* OpenSSL cannot read it */
        *out = KY_LOGIN_CERT_UNTRUSTED;
        return KY_OK;
    }
    KY_TRY(rc);
    *out = verdict_of(chain.sub);
    if (*out == KY_LOGIN_GOOD && !is_fit(in->cert))
        *out = KY_LOGIN_CERT_UNFIT;
    if (chain.sub != KY_SUB_NONE)
        ky_log(KY_LOG_INFO, "login.certificate", "sub=%s reason=" KY_Q, ky_sub_name(chain.sub), chain.text);
    return KY_OK;
}

ky_rc ky_login_judge_certificate(ky_login_verdict *out, const struct ky_login_certificate *in)
{
    return judge(out, in, KY_REVOCATION_REQUIRED);
}

ky_rc ky_login_judge_path(ky_login_verdict *out, const struct ky_login_certificate *in)
{
    return judge(out, in, KY_REVOCATION_NONE);
}
