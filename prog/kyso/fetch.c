#include "prog/kyso/fetch.h"

#include "base/str.h"
#include "prog/kyso/http.h"

#define FETCH_TIMEOUT_S 15L
#define SHA1_SIZE 20 /* CertID hash that every responder understands */

static bool is_dead(const struct kyso_fetch *f, const char *url)
{
    for (size_t i = 0; i < f->n_dead; i++)
        if (ky_str_eq(f->dead[i], url))
            return true;
    return false;
}

/* KY_OK with nothing in out when there is no answer: the report says what is missing. */
static ky_rc get(struct ky_buf *out, struct kyso_fetch *f, const char *url, const char *content_type,
                 struct ky_bytes body)
{
    if (!ky_str_starts(url, "http://") || is_dead(f, url))
        return KY_OK;
    const struct kyso_http req = {
        .url = url, .content_type = content_type, .body = body, .timeout_s = FETCH_TIMEOUT_S};
    long status = 0;
    const ky_rc rc = kyso_http(out, &status, &req);
    if (rc == KY_ENOMEM)
        return rc;
    if (rc == KY_OK && status == 200)
        return KY_OK;
    ky_buf_reset(out);
    if (f->n_dead < KYSO_FETCH_DEAD_MAX)
        f->dead[f->n_dead++] = url;
    return KY_OK;
}

/* What was fetched but cannot be read is as good as nothing. */
static ky_rc only_memory(ky_rc rc)
{
    return rc == KY_ENOMEM ? rc : KY_OK;
}

static ky_rc ask_ocsp(struct kyso_fetch *f, struct ky_evidence *e, const struct ky_cert *cert,
                      const struct ky_cert *issuer)
{
    ky_auto_buf req = ky_buf_init(KY_OCSP_REQ_MAX);
    ky_auto_buf answer = ky_buf_init(KY_OCSP_RESP_MAX);
    KY_TRY(ky_ocsp_req_build(&req, cert, issuer, SHA1_SIZE, KY_BYTES_NONE));
    KY_TRY(get(&answer, f, cert->ocsp_url, "application/ocsp-request", ky_buf_bytes(&req)));
    return answer.n > 0 ? only_memory(ky_evidence_add_ocsp(e, ky_buf_bytes(&answer))) : KY_OK;
}

static ky_rc load_crl(struct kyso_fetch *f, struct ky_evidence *e, const struct ky_cert *cert)
{
    ky_auto_buf crl = ky_buf_init(KY_CRL_DER_MAX);
    KY_TRY(get(&crl, f, cert->crl_url, NULL, KY_BYTES_NONE));
    return crl.n > 0 ? only_memory(ky_evidence_add_crl(e, ky_buf_bytes(&crl))) : KY_OK;
}

static ky_rc fetch_revocation(void *ctx, struct ky_evidence *e, const struct ky_cert *cert,
                              const struct ky_cert *issuer)
{
    struct kyso_fetch *f = ctx;
    const size_t before = e->n_ocsps;
    if (cert->ocsp_url != NULL)
        KY_TRY(ask_ocsp(f, e, cert, issuer));
    struct ky_ocsp_result r;
    const bool answered = e->n_ocsps > before &&
                          ky_ocsp_verify(&r, e->ocsps[before], cert, issuer, NULL) == KY_OK &&
                          r.status != KY_OCSP_UNKNOWN;
    if (!answered && cert->crl_url != NULL)
        return load_crl(f, e, cert);
    return KY_OK;
}

static ky_rc fetch_issuer(void *ctx, struct ky_evidence *e, const struct ky_cert *cert)
{
    if (cert->ca_issuers_url == NULL)
        return KY_OK;
    ky_auto_buf der = ky_buf_init(KY_CERT_DER_MAX);
    KY_TRY(get(&der, ctx, cert->ca_issuers_url, NULL, KY_BYTES_NONE));
    return der.n > 0 ? only_memory(ky_evidence_add_certs(e, ky_buf_bytes(&der))) : KY_OK;
}

struct ky_evidence_source kyso_fetch_source(struct kyso_fetch *f)
{
    return (struct ky_evidence_source){.ctx = f, .revocation = fetch_revocation, .issuer = fetch_issuer};
}
