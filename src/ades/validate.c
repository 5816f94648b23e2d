/*
 * The steps of EN 319 102-1 §5.2 for each signature of a PDF: format,
 * identification of the signer's certificate, integrity, signature value,
 * path and revocation, and what happened to the file afterwards.
 */
#include "ades/validate.h"

#include "ades/coverage.h"
#include "ades/trust.h"
#include "base/hex.h"
#include "base/str.h"
#include "codec/pdf/text.h"
#include "crypto/digest.h"
#include "pki/name.h"

#define TEXT_MAX 4096
#define SKEW_S (5 * KY_MINUTE) /* clocks differ */

/* What the steps hand around. */
struct run {
    const struct ky_validate_in *in;
    struct ky_report *report;
    struct ky_pdf *doc;
    const struct ky_pdf_signature *all;
    size_t n_all;
    int docmdp; /* of the certifying signature */
};

void ky_report_clear(struct ky_report *r)
{
    ky_arena_clear(&r->arena);
    *r = (struct ky_report){0};
}

static const char *arena_text(struct ky_arena *a, ky_rc rc, const struct ky_buf *b)
{
    const char *text = rc == KY_OK ? ky_arena_strdup(a, ky_buf_str(b)) : NULL;
    return text == NULL ? "" : text;
}

static const char *name_text(struct ky_arena *a, struct ky_bytes name)
{
    ky_auto_buf b = ky_buf_init(TEXT_MAX);
    return arena_text(a, ky_name_text(&b, name), &b);
}

static const char *common_name(struct ky_arena *a, struct ky_bytes name)
{
    ky_auto_buf b = ky_buf_init(TEXT_MAX);
    return arena_text(a, ky_name_get(&b, name, "CN", 0), &b);
}

static const char *pdf_text(struct run *r, const struct ky_pdf_value *dict, const char *key)
{
    const struct ky_pdf_value *v = ky_pdf_get(r->doc, dict, key);
    const char *text = v->type == KY_PDF_STRING ? ky_pdf_text_decode(&r->report->arena, v->text) : NULL;
    return text == NULL ? "" : text;
}

/* Two digits, or the value of a field that is not there. */
static int two_digits(const char **s, int absent)
{
    const char *p = *s;
    if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
        return absent;
    *s += 2;
    return (p[0] - '0') * 10 + p[1] - '0';
}

/* "D:YYYYMMDDHHmmSSOHH'mm'", all after the year optional (ISO 32000-2 §7.9.4). */
static bool parse_pdf_time(ky_time *out, const char *s)
{
    if (ky_str_starts(s, "D:"))
        s += 2;
    const int century = two_digits(&s, -1), year = two_digits(&s, -1);
    if (century < 0 || year < 0)
        return false;
    struct ky_date d = {.year = century * 100 + year};
    d.month = two_digits(&s, 1);
    d.day = two_digits(&s, 1);
    d.hour = two_digits(&s, 0);
    d.minute = two_digits(&s, 0);
    d.second = two_digits(&s, 0);
    const char sign = *s;
    ky_time offset = 0;
    if (sign == '+' || sign == '-') {
        s++;
        offset = two_digits(&s, 0) * KY_HOUR;
        s += *s == '\'';
        offset += two_digits(&s, 0) * KY_MINUTE;
    }
    ky_time t;
    if (ky_time_join(&t, &d) != KY_OK)
        return false;
    *out = t - (sign == '-' ? -offset : offset);
    return true;
}

static void describe(struct run *r, struct ky_sig_report *s, const struct ky_pdf_signature *sig)
{
    s->name = sig->field->name;
    s->format = "PDF-NOT-ETSI";
    s->sub_indication = s->signer_name = s->subject = s->issuer = s->serial = "";
    s->hash = s->signature_algorithm = "";
    s->signing_time_text = pdf_text(r, sig->dict, "M");
    s->reason = pdf_text(r, sig->dict, "Reason");
    s->location = pdf_text(r, sig->dict, "Location");
    s->is_timestamp = sig->is_timestamp;
}

static void describe_signer(struct run *r, struct ky_sig_report *s, const struct ky_cert *c)
{
    struct ky_arena *a = &r->report->arena;
    s->signer_name = common_name(a, c->subject);
    s->subject = name_text(a, c->subject);
    s->issuer = name_text(a, c->issuer);
    s->not_before = c->not_before;
    s->not_after = c->not_after;
    memcpy(s->signer_sha256, c->sha256, sizeof s->signer_sha256);
    char hex[2 * KY_SERIAL_MAX + 1] = "";
    if (c->serial.n <= KY_SERIAL_MAX)
        ky_hex_encode(hex, c->serial);
    const char *serial = ky_arena_strdup(a, hex);
    s->serial = serial == NULL ? "" : serial;
}

static const char *scheme_name(ky_scheme scheme)
{
    static const char *const names[] = {
        [KY_RSA_PKCS1V15] = "RSASSA-PKCS1-v1_5", [KY_RSA_PSS] = "RSASSA-PSS", [KY_ECDSA] = "ECDSA"};
    return names[scheme];
}

static bool is_shared(const struct run *r, const struct ky_pdf_signature *sig)
{
    size_t same = 0;
    for (size_t i = 0; i < r->n_all; i++)
        same += r->all[i].contents_len > 0 && r->all[i].contents_at == sig->contents_at;
    return same > 1;
}

/* The signer's certificate: in the message, or among what was handed in. */
static const struct ky_cert *find_signer(const struct run *r, const struct ky_cms *cms)
{
    if (cms->signer != NULL)
        return cms->signer;
    const struct ky_evidence *e = r->in->evidence;
    for (size_t i = 0; i < e->n_certs; i++) {
        const struct ky_cert *c = e->certs[i];
        const bool by_issuer = cms->sid_serial.n > 0 && ky_bytes_eq(c->issuer, cms->sid_issuer) &&
                               ky_bytes_eq(c->serial, cms->sid_serial);
        if (by_issuer || (cms->sid_ski.n > 0 && ky_bytes_eq(c->ski, cms->sid_ski)))
            return c;
    }
    return NULL;
}

/* The signature value itself, apart from everything that is said about it. */
static ky_rc verify_value(const struct ky_cms *cms, const struct ky_cert *signer)
{
    uint8_t digest[KY_HASH_MAX];
    KY_TRY(ky_digest(digest, cms->sign_hash, cms->signed_attrs));
    return ky_sigalg_verify_digest(signer->spki, cms->scheme, cms->sign_hash,
                                   KY_BYTES(digest, ky_hash_info(cms->sign_hash)->size), cms->signature);
}

/* Revocation data that the message brings along; what cannot be read helps nobody. */
static void take_embedded(struct ky_evidence *e, const struct ky_cms *cms)
{
    for (size_t i = 0; i < cms->n_crls; i++)
        (void)(ky_evidence_add_crl(e, cms->crls[i]) == KY_OK);
    for (size_t i = 0; i < cms->n_ocsps; i++)
        (void)(ky_evidence_add_ocsp(e, cms->ocsps[i]) == KY_OK);
}

static ky_rc judge_trust(struct run *r, struct ky_sig_report *s, const struct ky_cms *cms,
                         const struct ky_cert *signer)
{
    take_embedded(r->in->evidence, cms);
    const struct ky_trust_in in = {
        .signer = signer,
        .anchors = r->in->anchors,
        .others = {(const struct ky_cert *const *)cms->certs, cms->n_certs},
        .evidence = r->in->evidence,
        .source = r->in->source,
        .at = r->in->at,
    };
    return ky_trust_judge(s, &r->report->arena, &in);
}

/* What the baseline profile asks beyond a valid signature (EN 319 142-1 §6.3). */
static void judge_profile(struct run *r, struct ky_sig_report *s, const struct ky_pdf_signature *sig,
                          const struct ky_cms *cms)
{
    const char *missing = NULL;
    if (!ky_bytes_eq_str(sig->subfilter, "ETSI.CAdES.detached"))
        missing = "SubFilter";
    else if (cms->signing_cert.n == 0)
        missing = "signing-certificate-v2";
    else if (cms->signing_time != 0)
        missing = "signing-time is not allowed";
    else if (ky_pdf_get(r->doc, sig->dict, "Cert")->type != KY_PDF_NULL)
        missing = "/Cert is not allowed";
    else if (s->signing_time_text[0] == '\0')
        missing = "/M";
    else if (cms->signer == NULL)
        missing = "the signer's certificate is not in the message";
    if (missing == NULL)
        s->format = "PAdES-BASELINE-B";
    else
        ky_verdict_add(s, KY_FIND_NOT_BASELINE, missing);
}

static void judge_signing_time(struct run *r, struct ky_sig_report *s, const struct ky_cert *signer)
{
    ky_time t;
    if (s->signing_time_text[0] == '\0' || !parse_pdf_time(&t, s->signing_time_text)) {
        ky_verdict_add(s, KY_FIND_NO_SIGNING_TIME, NULL);
        return;
    }
    char *text = ky_arena_alloc(&r->report->arena, KY_TIME_TEXT_MAX);
    if (text != NULL) {
        ky_time_text_vn(text, t);
        s->signing_time_text = text;
    }
    if (t < signer->not_before || t > signer->not_after || t > r->in->at + SKEW_S)
        ky_verdict_add(s, KY_FIND_SIGNED_OUTSIDE_VALIDITY, NULL);
}

static void judge_attributes(struct run *r, struct ky_sig_report *s, const struct ky_pdf_signature *sig,
                             const struct ky_cms *cms, struct ky_bytes digest, const struct ky_cert *signer)
{
    const bool etsi = ky_bytes_eq_str(sig->subfilter, "ETSI.CAdES.detached");
    if (cms->signing_cert.n == 0) {
        if (etsi)
            ky_verdict_add(s, KY_FIND_SIGNING_CERT, "missing");
        return;
    }
    const ky_rc rc = ky_cms_verify(cms, digest, cms->signer == NULL ? signer : NULL);
    if (rc != KY_OK)
        ky_verdict_add_error(s, &r->report->arena, rc == KY_EFORMAT ? KY_FIND_CMS : KY_FIND_SIGNING_CERT);
}

static ky_rc judge_cms(struct run *r, struct ky_sig_report *s, const struct ky_pdf_signature *sig,
                       const struct ky_cms *cms)
{
    s->hash = ky_hash_info(cms->hash)->name;
    s->signature_algorithm = scheme_name(cms->scheme);
    const struct ky_cert *signer = find_signer(r, cms);
    if (signer == NULL) {
        ky_verdict_add(s, KY_FIND_NO_SIGNER, NULL);
        return KY_OK;
    }
    describe_signer(r, s, signer);
    uint8_t digest[KY_HASH_MAX];
    KY_TRY(ky_coverage_digest(digest, cms->hash, sig, ky_pdf_file(r->doc)));
    const struct ky_bytes made = KY_BYTES(digest, ky_hash_info(cms->hash)->size);
    ky_rc rc;
    if (!cms->detached || cms->message_digest.n == 0)
        ky_verdict_add(s, KY_FIND_CMS, cms->detached ? "no message-digest" : "content inside");
    else if (!ky_bytes_eq(made, cms->message_digest))
        ky_verdict_add(s, KY_FIND_DIGEST, NULL);
    else if ((rc = verify_value(cms, signer)) != KY_OK)
        ky_verdict_add_error(s, &r->report->arena, rc == KY_EAUTH ? KY_FIND_SIGNATURE : KY_FIND_ALGORITHM);
    else
        judge_attributes(r, s, sig, cms, made, signer);
    judge_profile(r, s, sig, cms);
    judge_signing_time(r, s, signer);
    return judge_trust(r, s, cms, signer);
}

/* The file as it was, against the file as it is. */
static ky_rc judge_changes(struct run *r, struct ky_sig_report *s, uint64_t end)
{
    const struct ky_bytes file = ky_pdf_file(r->doc);
    const struct ky_pdf_open_args args = {.password = r->in->password};
    struct ky_arena *a = &r->report->arena;
    ky_auto_pdf before = NULL;
    if (ky_pdf_open(&before, KY_BYTES(file.p, end), &args) != KY_OK) {
        s->changes = KY_CHANGE_OTHER;
        ky_verdict_add_error(s, a, KY_FIND_CHANGED);
        return KY_OK;
    }
    struct ky_changes found;
    KY_TRY(ky_changes_find(&found, before, r->doc, r->docmdp));
    const char *doubt = ky_coverage_doubt(before, r->doc);
    s->changes = doubt != NULL ? KY_CHANGE_OTHER : found.kind;
    if (s->changes == KY_CHANGE_OTHER)
        ky_verdict_add(s, KY_FIND_CHANGED,
                       ky_arena_strdup(a, found.kind == KY_CHANGE_OTHER ? found.text : doubt));
    else if (found.kind == KY_CHANGE_FILLED)
        ky_verdict_add(s, KY_FIND_LATER_FILLING, NULL);
    else if (found.kind == KY_CHANGE_SIGNED)
        ky_verdict_add(s, KY_FIND_LATER_SIGNATURES, NULL);
    return KY_OK;
}

static bool supported(const struct ky_pdf_signature *sig)
{
    return ky_bytes_eq_str(sig->subfilter, "ETSI.CAdES.detached") ||
           ky_bytes_eq_str(sig->subfilter, "adbe.pkcs7.detached");
}

static ky_rc judge_signature(struct run *r, struct ky_sig_report *s, const struct ky_pdf_signature *sig)
{
    struct ky_arena *a = &r->report->arena;
    struct ky_coverage_facts covered;
    ky_coverage_find(&covered, sig, r->doc);
    s->coverage = covered.coverage;
    s->covered_bytes = covered.end;
    if (is_shared(r, sig)) {
        ky_verdict_add(s, KY_FIND_SHARED_DICT, NULL);
        return KY_OK;
    }
    if (covered.coverage == KY_COVERS_UNCLEAR) {
        ky_verdict_add(s, KY_FIND_BYTE_RANGE, covered.why);
        return KY_OK;
    }
    if (!supported(sig)) {
        ky_verdict_add(s, KY_FIND_SUBFILTER, NULL);
        return KY_OK;
    }
    if (ky_pdf_needs_repair(r->doc) != NULL)
        ky_verdict_add(s, KY_FIND_STRUCTURE, ky_arena_strdup(a, ky_pdf_needs_repair(r->doc)));
    struct ky_bytes der;
    ky_auto_cms cms = NULL;
    ky_rc rc = ky_coverage_cms(&der, sig);
    if (rc == KY_OK)
        rc = ky_cms_parse(&cms, der);
    if (rc == KY_ENOMEM)
        return rc;
    if (rc != KY_OK) {
        ky_verdict_add_error(s, a, rc == KY_EDENIED ? KY_FIND_ALGORITHM : KY_FIND_CMS);
        return KY_OK;
    }
    KY_TRY(judge_cms(r, s, sig, cms));
    return covered.coverage == KY_COVERS_REVISION ? judge_changes(r, s, covered.end) : KY_OK;
}

static ky_rc judge_all(struct run *r)
{
    struct ky_report *rep = r->report;
    rep->signatures = ky_arena_alloc_array(&rep->arena, r->n_all + 1, sizeof *rep->signatures);
    if (rep->signatures == NULL)
        return KY_ENOMEM;
    rep->indication = KY_TOTAL_PASSED;
    size_t judged = 0;
    for (size_t i = 0; i < r->n_all; i++) {
        struct ky_sig_report *s = &rep->signatures[rep->n++];
        describe(r, s, &r->all[i]);
        if (s->is_timestamp)
            continue;
        KY_TRY(judge_signature(r, s, &r->all[i]));
        judged++;
        rep->indication = s->indication > rep->indication ? s->indication : rep->indication;
    }
    if (judged == 0)
        rep->indication = KY_INDETERMINATE;
    return KY_OK;
}

static ky_rc open_and_judge(struct ky_report *rep, const struct ky_validate_in *in)
{
    const struct ky_pdf_open_args args = {.password = in->password};
    struct run r = {.in = in, .report = rep};
    ky_auto_pdf doc = NULL;
    KY_TRY(ky_pdf_open(&doc, in->file, &args));
    r.doc = doc;
    struct ky_pdf_form form;
    KY_TRY(ky_pdf_form_read(&form, doc));
    KY_TRY(ky_pdf_signatures(&r.all, &r.n_all, doc, &form));
    if (r.n_all > KY_REPORT_SIGNATURES_MAX)
        return ky_fail(KY_ELIMIT, "%zu signatures, at most %d are judged", r.n_all, KY_REPORT_SIGNATURES_MAX);
    for (size_t i = 0; i < r.n_all; i++)
        if (r.all[i].certifies)
            r.docmdp = r.all[i].docmdp;
    KY_TRY(judge_all(&r));
    /* Names come from the document, which goes now. */
    for (size_t i = 0; i < rep->n; i++) {
        rep->signatures[i].name = ky_arena_strdup(&rep->arena, rep->signatures[i].name);
        if (rep->signatures[i].name == NULL)
            return KY_ENOMEM;
    }
    return KY_OK;
}

ky_rc ky_validate(struct ky_report *out, const struct ky_validate_in *in)
{
    ky_auto_report rep = {
        .file_bytes = in->file.n, .at = in->at, .arena = ky_arena_init(KY_REPORT_MEMORY_MAX)};
    KY_TRY(open_and_judge(&rep, in));
    *out = rep;
    rep = (struct ky_report){0};
    return KY_OK;
}
