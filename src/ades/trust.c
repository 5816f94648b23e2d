/*
 * Path and revocation: validate with what is there, fetch what is missing,
 * validate again. A certificate that says where its revocation can be checked
 * must have been checked; one that does not say so gets a warning.
 */
#include "ades/trust.h"

#include "pki/name.h"

#define FETCH_ROUNDS 4 /* issuers fetched one after another */
#define NAME_TEXT_MAX 4096
#define POOL_MAX (KY_EVIDENCE_MAX + KY_CMS_CERTS_MAX)

/* All certificates at hand, for one validation. */
struct pool {
    const struct ky_cert *v[POOL_MAX];
    size_t n;
};

static void pool_add(struct pool *p, struct ky_certs certs)
{
    for (size_t i = 0; i < certs.n && p->n < POOL_MAX; i++)
        p->v[p->n++] = certs.v[i];
}

static ky_rc find_path(struct ky_chain *out, const struct ky_trust_in *in)
{
    struct pool pool = {.n = 0};
    pool_add(&pool, in->others);
    pool_add(&pool, ky_evidence_certs(in->evidence));
    const struct ky_chain_in chain = {
        .leaf = in->signer,
        .anchors = in->anchors,
        .intermediates = {pool.v, pool.n},
        .at = in->at,
        .key_usage_any = KY_KU_DIGITAL_SIGNATURE | KY_KU_NON_REPUDIATION,
        .revocation = KY_REVOCATION_IF_KNOWN,
        .crls = (const struct ky_crl *const *)in->evidence->crls,
        .n_crls = in->evidence->n_crls,
        .ocsps = in->evidence->ocsps,
        .n_ocsps = in->evidence->n_ocsps,
    };
    return ky_chain_validate(out, &chain);
}

/* Asks for issuers until there is a path or nothing new comes. */
static ky_rc fetch_issuers(struct ky_chain *chain, const struct ky_trust_in *in)
{
    const struct ky_cert *child = in->signer;
    for (int round = 0; round < FETCH_ROUNDS && chain->sub == KY_SUB_NO_CERTIFICATE_CHAIN_FOUND; round++) {
        const size_t before = in->evidence->n_certs;
        KY_TRY(in->source->issuer(in->source->ctx, in->evidence, child));
        if (in->evidence->n_certs == before)
            return KY_OK;
        child = in->evidence->certs[before];
        KY_TRY(find_path(chain, in));
    }
    return KY_OK;
}

static bool says_where(const struct ky_cert *c)
{
    return c->ocsp_url != NULL || c->crl_url != NULL;
}

/* The anchor's own revocation does not count. */
static bool lacks_word(const struct ky_chain *chain, size_t i)
{
    return i + 1 < chain->n_path && chain->source[i] == KY_REV_NO_WORD;
}

static ky_rc fetch_revocation(struct ky_chain *chain, const struct ky_trust_in *in)
{
    bool asked = false;
    for (size_t i = 0; chain->sub == KY_SUB_NONE && i < chain->n_path; i++) {
        if (!lacks_word(chain, i) || !says_where(chain->path[i]))
            continue;
        KY_TRY(in->source->revocation(in->source->ctx, in->evidence, chain->path[i], chain->path[i + 1]));
        asked = true;
    }
    return asked ? find_path(chain, in) : KY_OK;
}

static const char *name_text(struct ky_arena *a, struct ky_bytes name)
{
    ky_auto_buf b = ky_buf_init(NAME_TEXT_MAX);
    if (ky_name_text(&b, name) != KY_OK)
        return "";
    const char *text = ky_arena_strdup(a, ky_buf_str(&b));
    return text == NULL ? "" : text;
}

static void report_revocation(struct ky_sig_report *s, struct ky_arena *a, const struct ky_chain *chain)
{
    for (size_t i = 0; i + 1 < chain->n_path; i++) {
        const bool revoked =
            (chain->sub == KY_SUB_REVOKED || chain->sub == KY_SUB_REVOKED_CA) && chain->at_fault == i;
        s->revocation[s->n_revocation++] = (struct ky_report_revocation){
            .subject = name_text(a, chain->path[i]->subject),
            .source = chain->source[i],
            .this_update = chain->rev_this_update[i],
            .revoked = revoked,
            .revoked_at = revoked ? chain->revoked_at : 0,
            .reason = revoked ? chain->reason : KY_REASON_UNSPECIFIED,
        };
    }
}

static const ky_finding_id finding_of_sub[KY_SUB_COUNT] = {
    [KY_SUB_NO_CERTIFICATE_CHAIN_FOUND] = KY_FIND_NO_CHAIN,
    [KY_SUB_CERTIFICATE_CHAIN_GENERAL_FAILURE] = KY_FIND_CHAIN,
    [KY_SUB_CHAIN_CONSTRAINTS_FAILURE] = KY_FIND_CHAIN,
    [KY_SUB_CRYPTO_CONSTRAINTS_FAILURE] = KY_FIND_ALGORITHM,
    [KY_SUB_EXPIRED] = KY_FIND_EXPIRED,
    [KY_SUB_NOT_YET_VALID] = KY_FIND_NOT_YET_VALID,
    [KY_SUB_REVOKED] = KY_FIND_REVOKED,
    [KY_SUB_REVOKED_CA] = KY_FIND_REVOKED_CA,
    [KY_SUB_TRY_LATER] = KY_FIND_NO_REVOCATION_INFO,
    [KY_SUB_FORMAT_FAILURE] = KY_FIND_CHAIN,
    [KY_SUB_SIG_CRYPTO_FAILURE] = KY_FIND_CHAIN,
    [KY_SUB_SIG_CONSTRAINTS_FAILURE] = KY_FIND_CHAIN,
    [KY_SUB_HASH_FAILURE] = KY_FIND_CHAIN,
    [KY_SUB_NO_SIGNING_CERTIFICATE_FOUND] = KY_FIND_NO_SIGNER,
};

ky_rc ky_trust_judge(struct ky_sig_report *s, struct ky_arena *a, const struct ky_trust_in *in)
{
    struct ky_chain chain;
    KY_TRY(find_path(&chain, in));
    if (in->source != NULL) {
        KY_TRY(fetch_issuers(&chain, in));
        KY_TRY(fetch_revocation(&chain, in));
    }
    report_revocation(s, a, &chain);
    if (chain.sub != KY_SUB_NONE) {
        ky_verdict_add(s, finding_of_sub[chain.sub], ky_arena_strdup(a, chain.text));
        return KY_OK;
    }
    for (size_t i = 0; i < chain.n_path; i++)
        if (lacks_word(&chain, i))
            ky_verdict_add(
                s, says_where(chain.path[i]) ? KY_FIND_NO_REVOCATION_INFO : KY_FIND_NO_REVOCATION_POINTER,
                name_text(a, chain.path[i]->subject));
    return KY_OK;
}
