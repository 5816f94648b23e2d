/* Question and answer about the signatures of a PDF; see verify_job.h. */
#include "ades/verify_job.h"

void ky_verify_question_encode(struct ky_buf *out, const struct ky_verify_question *q)
{
    ky_buf_add_u64(out, (uint64_t)q->at);
    ky_buf_add_u16(out, (uint16_t)q->n_anchors);
    for (size_t i = 0; i < q->n_anchors; i++)
        ky_buf_add_lv(out, q->anchors[i]);
    ky_buf_add_u16(out, (uint16_t)q->n_evidence);
    for (size_t i = 0; i < q->n_evidence; i++)
        ky_buf_add_lv(out, q->evidence[i]);
}

static ky_rc read_list(struct ky_bytes *items, size_t *n, size_t max, struct ky_reader *in, const char *what)
{
    *n = ky_read_u16(in);
    if (*n > max)
        return ky_fail(KY_ELIMIT, "verify: %zu %s, at most %zu", *n, what, max);
    for (size_t i = 0; i < *n; i++)
        items[i] = ky_read_lv(in, KY_VERIFY_QUESTION_MAX);
    return KY_OK;
}

ky_rc ky_verify_question_decode(struct ky_verify_question *out, struct ky_bytes body)
{
    struct ky_reader in = KY_READER(body);
    out->at = (ky_time)ky_read_u64(&in);
    KY_TRY(read_list(out->anchors, &out->n_anchors, KY_VERIFY_ANCHORS_MAX, &in, "anchors"));
    KY_TRY(read_list(out->evidence, &out->n_evidence, KY_VERIFY_EVIDENCE_MAX, &in, "pieces of evidence"));
    return ky_reader_finish(&in, "verify");
}

/* A list, or else an OCSP answer. */
static ky_rc add_evidence(struct ky_evidence *e, struct ky_bytes der)
{
    ky_rc rc = ky_evidence_add_crl(e, der);
    return rc == KY_EFORMAT ? ky_evidence_add_ocsp(e, der) : rc;
}

ky_rc ky_verify_answer(struct ky_buf *out, struct ky_bytes file, const struct ky_verify_question *q)
{
    ky_auto_evidence anchors = ky_evidence_new();
    ky_auto_evidence evidence = ky_evidence_new();
    ky_auto_report report = {.n = 0};
    if (anchors == NULL || evidence == NULL)
        return ky_fail(KY_ENOMEM, "verify");
    for (size_t i = 0; i < q->n_anchors; i++)
        KY_TRY(ky_evidence_add_cert(anchors, q->anchors[i]));
    for (size_t i = 0; i < q->n_evidence; i++)
        KY_TRY(add_evidence(evidence, q->evidence[i]));
    const struct ky_validate_in in = {
        .file = file, .anchors = ky_evidence_certs(anchors), .evidence = evidence, .at = q->at};
    KY_TRY(ky_validate(&report, &in));
    return ky_report_json(out, &report, false);
}
