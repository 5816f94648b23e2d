/* One value being checked, and what its checks share; for person_check.c and person_number.c. */
#ifndef KY_DOMAIN_PERSON_JOB_H
#define KY_DOMAIN_PERSON_JOB_H

#include "domain/person_check.h"

struct ky_job {
    struct ky_refusals *out;
    const struct ky_check *c;
    const struct ky_legal_field *f;
    struct ky_bytes value;
};

/* Appends a refusal about the value; limit is copied. */
struct ky_refusal *ky_job_refuse(const struct ky_job *j, ky_refusal_code code, const char *limit);
void ky_job_refuse_number(const struct ky_job *j, ky_refusal_code code, int64_t limit);
/* A proposal that would be cut is none. */
void ky_job_propose(struct ky_refusal *f, struct ky_bytes text);

/* Digits in a row from there on. */
size_t ky_count_digits(struct ky_bytes text, size_t from);
/* "5,10800E+10", "8.4912E10": what is left of a long number in a cell that is not text. */
bool ky_is_scientific(struct ky_bytes text);

/* 12 digits, a place that exists, old enough. */
bool ky_is_identity(const struct ky_check *c, struct ky_bytes text);
void ky_job_check_identity(const struct ky_job *j);
void ky_job_check_phone(const struct ky_job *j);

#endif
