/*
 * Reading time-stamp answers and tokens, and verifying a token. Source: RFC
 * 3161 §2.4.2 (TSTInfo), §2.3 (who may stamp), RFC 5816 §2.2.1. Called by ades
 * for signature and document time stamps.
 */
#include "pki/tsp.h"
#include "pki/wire.h"

#define GRANTED 0
#define GRANTED_WITH_MODS 1
#define US_PER_S 1000000
#define GEN_TIME_SECONDS 14 /* YYYYMMDDHHMMSS */

static ky_rc fail_rejected(int64_t status, struct ky_der *info)
{
    struct ky_der texts;
    struct ky_der_tlv text;
    if (ky_der_at(info, KY_DER_SEQUENCE) &&
        ky_der_enter(&texts, info, KY_DER_SEQUENCE, "statusString") == KY_OK &&
        ky_der_next(&text, &texts, "statusString") == KY_OK)
        return ky_fail(KY_EDENIED, "time-stamp authority: status %lld, %.*s", (long long)status,
                       (int)(text.value.n < 200 ? text.value.n : 200), (const char *)text.value.p);
    return ky_fail(KY_EDENIED, "time-stamp authority: status %lld", (long long)status);
}

ky_rc ky_tsp_resp_token(struct ky_bytes *token, struct ky_bytes resp_der)
{
    struct ky_der d = KY_DER_READ(resp_der), resp, info;
    int64_t status;
    if (resp_der.n > KY_TSP_RESP_MAX)
        return ky_fail(KY_EFORMAT, "time-stamp answer: %zu bytes, at most %d", resp_der.n, KY_TSP_RESP_MAX);
    KY_TRY(ky_der_enter(&resp, &d, KY_DER_SEQUENCE, "TimeStampResp"));
    KY_TRY(ky_der_finish(&d, "TimeStampResp"));
    KY_TRY(ky_der_enter(&info, &resp, KY_DER_SEQUENCE, "PKIStatusInfo"));
    KY_TRY(ky_der_get_int(&status, &info, "PKIStatus"));
    if (status != GRANTED && status != GRANTED_WITH_MODS)
        return fail_rejected(status, &info);
    KY_TRY(ky_wire_get_whole(token, &resp, KY_DER_SEQUENCE, "timeStampToken"));
    return ky_der_finish(&resp, "TimeStampResp");
}

static bool read_digits(int *out, const uint8_t *p, size_t n)
{
    *out = 0;
    for (size_t i = 0; i < n; i++) {
        if (p[i] < '0' || p[i] > '9')
            return false;
        *out = *out * 10 + (p[i] - '0');
    }
    return true;
}

/* ".5Z" and the like: up to 9 digits are read, what is finer than a microsecond is cut. */
static bool read_fraction(int64_t *us, struct ky_bytes rest)
{
    *us = 0;
    if (rest.n == 1)
        return rest.p[0] == 'Z';
    if (rest.n < 3 || rest.n > 11 || rest.p[0] != '.' || rest.p[rest.n - 1] != 'Z' ||
        rest.p[rest.n - 2] == '0')
        return false;
    int64_t unit = US_PER_S / 10;
    for (size_t i = 1; i < rest.n - 1; i++, unit /= 10) {
        if (rest.p[i] < '0' || rest.p[i] > '9')
            return false;
        *us += (rest.p[i] - '0') * unit;
    }
    return true;
}

static ky_rc read_gen_time(int64_t *out_us, struct ky_der *info)
{
    struct ky_der_tlv t;
    struct ky_date d;
    int64_t fraction_us;
    ky_time seconds;
    KY_TRY(ky_der_expect(&t, info, KY_DER_GENERALIZED_TIME, "genTime"));
    const uint8_t *p = t.value.p;
    bool ok = t.value.n > GEN_TIME_SECONDS && read_digits(&d.year, p, 4) && read_digits(&d.month, p + 4, 2) &&
              read_digits(&d.day, p + 6, 2) && read_digits(&d.hour, p + 8, 2) &&
              read_digits(&d.minute, p + 10, 2) && read_digits(&d.second, p + 12, 2) &&
              read_fraction(&fraction_us, KY_BYTES(p + GEN_TIME_SECONDS, t.value.n - GEN_TIME_SECONDS));
    if (!ok || ky_time_join(&seconds, &d) != KY_OK)
        return ky_fail(KY_EFORMAT, "time stamp: genTime is not a time in UTC");
    *out_us = seconds * US_PER_S + fraction_us;
    return KY_OK;
}

/* The contents of an INTEGER under another tag, 0 to 999. */
static ky_rc read_small(uint32_t *out, const struct ky_der_tlv *tlv)
{
    uint32_t v = 0;
    for (size_t i = 0; i < tlv->value.n && i < 3; i++)
        v = v << 8 | tlv->value.p[i];
    if (tlv->value.n == 0 || tlv->value.n > 2 || v > 999)
        return ky_fail(KY_EFORMAT, "time stamp: accuracy out of range");
    *out = v;
    return KY_OK;
}

static ky_rc read_accuracy(uint32_t *us, struct ky_der *info)
{
    struct ky_der seq;
    struct ky_der_tlv part;
    int64_t seconds = 0;
    uint32_t millis = 0, micros = 0;
    KY_TRY(ky_der_enter(&seq, info, KY_DER_SEQUENCE, "accuracy"));
    if (ky_der_at(&seq, KY_DER_INTEGER))
        KY_TRY(ky_der_get_int(&seconds, &seq, "accuracy seconds"));
    if (seconds < 0 || seconds > 4000)
        return ky_fail(KY_EFORMAT, "time stamp: accuracy of %lld s", (long long)seconds);
    if (ky_der_at(&seq, KY_DER_CONTEXT(0))) {
        KY_TRY(ky_der_next(&part, &seq, "accuracy millis"));
        KY_TRY(read_small(&millis, &part));
    }
    if (ky_der_at(&seq, KY_DER_CONTEXT(1))) {
        KY_TRY(ky_der_next(&part, &seq, "accuracy micros"));
        KY_TRY(read_small(&micros, &part));
    }
    *us = (uint32_t)seconds * US_PER_S + millis * 1000 + micros;
    return ky_der_finish(&seq, "accuracy");
}

static ky_rc read_policy(struct ky_tsp_token *t, struct ky_der *info)
{
    char oid[KY_DER_OID_TEXT_MAX];
    KY_TRY(ky_der_get_oid(oid, info, "TSTInfo policy"));
    if (strlen(oid) >= sizeof t->policy)
        return ky_fail(KY_EFORMAT, "time stamp: policy of %zu characters", strlen(oid));
    memcpy(t->policy, oid, strlen(oid) + 1);
    return KY_OK;
}

static ky_rc read_imprint(struct ky_tsp_token *t, struct ky_der *info)
{
    struct ky_der imprint;
    KY_TRY(ky_der_enter(&imprint, info, KY_DER_SEQUENCE, "messageImprint"));
    KY_TRY(ky_wire_get_hash(&t->hash, &imprint, "messageImprint"));
    KY_TRY(ky_der_get_octets(&t->digest, &imprint, "hashedMessage"));
    return ky_der_finish(&imprint, "messageImprint");
}

static ky_rc read_tst_info(struct ky_tsp_token *t)
{
    struct ky_der d = KY_DER_READ(t->cms->content), info;
    struct ky_der_tlv tlv;
    int64_t version;
    bool ordering;
    KY_TRY(ky_der_enter(&info, &d, KY_DER_SEQUENCE, "TSTInfo"));
    KY_TRY(ky_der_finish(&d, "TSTInfo"));
    KY_TRY(ky_der_get_int(&version, &info, "TSTInfo version"));
    if (version != 1)
        return ky_fail(KY_EFORMAT, "time stamp: TSTInfo version %lld", (long long)version);
    KY_TRY(read_policy(t, &info));
    KY_TRY(read_imprint(t, &info));
    KY_TRY(ky_der_expect(&tlv, &info, KY_DER_INTEGER, "TSTInfo serialNumber"));
    t->serial = tlv.value;
    KY_TRY(read_gen_time(&t->gen_time_us, &info));
    if (ky_der_at(&info, KY_DER_SEQUENCE))
        KY_TRY(read_accuracy(&t->accuracy_us, &info));
    if (ky_der_at(&info, KY_DER_BOOLEAN))
        KY_TRY(ky_der_get_bool(&ordering, &info, "ordering"));
    if (ky_der_at(&info, KY_DER_INTEGER)) {
        KY_TRY(ky_der_next(&tlv, &info, "TSTInfo nonce"));
        t->nonce = tlv.value;
    }
    while (!ky_der_at_end(&info)) /* tsa [0], extensions [1]: help, not matter */
        KY_TRY(ky_der_next(&tlv, &info, "TSTInfo"));
    return KY_OK;
}

ky_rc ky_tsp_token_parse(struct ky_tsp_token *out, struct ky_bytes der)
{
    ky_auto_cms cms = NULL;
    struct ky_tsp_token got = {0};
    KY_TRY(ky_cms_parse(&cms, der));
    if (cms->detached || strcmp(cms->content_type, KY_OID_TST_INFO) != 0)
        return ky_fail(KY_EFORMAT, "time stamp: the content is %s, not TSTInfo", cms->content_type);
    got.cms = cms;
    KY_TRY(read_tst_info(&got));
    got.cms = KY_STEAL(cms);
    *out = got;
    return KY_OK;
}

void ky_tsp_token_clear(struct ky_tsp_token *t)
{
    ky_cms_free(t->cms);
    *t = (struct ky_tsp_token){0};
}

/* RFC 3161 §2.3: the extension must be critical and timeStamping its only purpose. */
static ky_rc check_may_stamp(const struct ky_cert *signer)
{
    if (signer->ekus != KY_EKU_TIME_STAMPING || !signer->eku_critical)
        return ky_fail(KY_EAUTH, "time stamp: the signer's extKeyUsage is not timeStamping alone, critical");
    return KY_OK;
}

ky_rc ky_tsp_token_verify(const struct ky_tsp_token *t, ky_hash hash, struct ky_bytes digest,
                          const struct ky_cert *signer)
{
    if (t->cms->signer != NULL)
        signer = t->cms->signer;
    if (signer == NULL)
        return ky_fail(KY_ENOTFOUND, "time stamp: the signer's certificate is not there");
    if (t->hash != hash || !ky_bytes_eq(t->digest, digest))
        return ky_fail(KY_EAUTH, "time stamp: stamps something else (messageImprint differs)");
    KY_TRY(check_may_stamp(signer));
    return ky_cms_verify(t->cms, KY_BYTES_NONE, signer);
}
