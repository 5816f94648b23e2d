/*
 * The subject of a certificate as rows of a request have it: {"C","L"?,"O","OU"?,"CN"}
 * (docs/protocol/statements.md §3).
 */
#ifndef KY_DOMAIN_SUBJECT_H
#define KY_DOMAIN_SUBJECT_H

#include "domain/person.h"
#include "store/org.h"

/* Of a person of that organisation. O is the parent organisation, below it the organisation and the person's unit. */
json_t *ky_subject_of_person(const struct ky_db_org *org, const struct ky_person *p);

/*
 * ky_subject_of_name — as a certificate has it. *out is the caller's (json_decref).
 *
 * Errors: KY_EFORMAT  the Name has something else in it, so that the row would not give the same bytes again
 */
ky_rc ky_subject_of_name(json_t **out, struct ky_bytes name_der);

/* Appends organisation and unit as people read them, the smallest first: "Tổ Toán, Trường THCS Nguyễn Trãi". */
void ky_subject_text(struct ky_buf *out, const json_t *subject);

#endif
