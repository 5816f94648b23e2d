/*
 * The question of the web process to a parse process: judge the signatures of
 * this PDF. Both sides of the message stand here; the answer is a report
 * (ades/report, JSON). The file itself comes as a descriptor.
 */
#ifndef KY_ADES_VERIFY_JOB_H
#define KY_ADES_VERIFY_JOB_H

#include "ades/report.h"

#define KY_VERIFY_ANCHORS_MAX 16
#define KY_VERIFY_EVIDENCE_MAX 64
#define KY_VERIFY_QUESTION_MAX (2u << 20) /* bytes */

struct ky_verify_question {
    ky_time at;                                     /* validation time */
    struct ky_bytes anchors[KY_VERIFY_ANCHORS_MAX]; /* trusted certificates, DER */
    size_t n_anchors;
    struct ky_bytes evidence[KY_VERIFY_EVIDENCE_MAX]; /* CRLs and OCSP answers, DER */
    size_t n_evidence;
};

void ky_verify_question_encode(struct ky_buf *out, const struct ky_verify_question *q);
/* Views into body. KY_EFORMAT. */
ky_rc ky_verify_question_decode(struct ky_verify_question *out, struct ky_bytes body);

/* Judges file as asked and appends the report in Vietnamese. Errors as ky_validate. */
ky_rc ky_verify_answer(struct ky_buf *out, struct ky_bytes file, const struct ky_verify_question *q);

#endif
