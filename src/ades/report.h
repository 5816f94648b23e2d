/* A validation report as JSON and as text for people, Vietnamese or English. Called by the programs. */
#ifndef KY_ADES_REPORT_H
#define KY_ADES_REPORT_H

#include "ades/validate.h"

#define KY_REPORT_TEXT_MAX ((size_t)8 << 20)

/* "TOTAL-PASSED" … */
const char *ky_indication_name(ky_indication i);

/*
 * {"indication":…,"validationTime":…,"fileBytes":…,"signatures":[{"name","indication","subIndication","format",
 * "coverage","coveredBytes","changes","signer":{…},"signingTime","hash","signatureAlgorithm","revocation":[…],
 * "errors":[{"code","text","detail"}],"warnings":[…]}],"timestamps":[{"name"}]}; english chooses the language of "text".
 */
ky_rc ky_report_json(struct ky_buf *out, const struct ky_report *r, bool english);
ky_rc ky_report_text(struct ky_buf *out, const struct ky_report *r, const char *file_name, bool english);

#endif
