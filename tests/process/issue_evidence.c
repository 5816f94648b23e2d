/* What shows that the certificates of seal and officer were valid. See attack_issue.h. */
#include "tests/process/attack_issue.h"

#include "os/clock.h"

static void no_evidence(struct filing *f)
{
    ky_buf_reset(&f->d.evidence);
    ky_buf_add_u16(&f->d.evidence, 0);
}

static void stale_evidence(struct filing *f)
{
    f->crl_time = ky_now() - 25 * KY_HOUR;
}

static void evidence_of_another_ca(struct filing *f)
{
    ky_auto_buf crl = ky_buf_init(65536);
    assert_ok(token_ca_crl(&crl, &f->w->foreign_ca, ky_now(), NULL));
    ky_buf_reset(&f->d.evidence);
    assert_ok(evidence_of(&f->d.evidence, ky_buf_bytes(&crl)));
}

static void evidence_altered(struct filing *f)
{
    f->d.evidence.p[f->d.evidence.n - 1] ^= 1;
}

static void revoked_seal(struct filing *f)
{
    f->revoked = &f->w->h.realm.head;
}

static void revoked_officer(struct filing *f)
{
    f->revoked = &f->w->h.realm.officers[0];
}

static const struct issue_attack evidences[] = {
    {"no evidence", SEND_IT, no_evidence, AT_SAM | AT_CA, KY_EEXPIRED, "no usable revocation information"},
    {"stale evidence", APPROVE_IT, stale_evidence, AT_SAM | AT_CA, KY_EEXPIRED,
     "no usable revocation information"},
    {"evidence of another CA", SEND_IT, evidence_of_another_ca, AT_SAM | AT_CA, KY_EEXPIRED,
     "no usable revocation information"},
    {"evidence altered", SEND_IT, evidence_altered, AT_SAM | AT_CA, KY_EEXPIRED,
     "no usable revocation information"},
    {"revoked seal", APPROVE_IT, revoked_seal, AT_SAM | AT_CA, KY_EDENIED, "is revoked"},
    {"revoked officer", APPROVE_IT, revoked_officer, AT_SAM | AT_CA, KY_EDENIED, "is revoked"},
};

void evidence_is_of_today(void **state)
{
    issue_attack_all(*state, evidences, KY_COUNT(evidences));
}
