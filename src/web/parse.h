/* Having untrusted documents read by a parse process, which has nothing to lose. */
#ifndef KY_WEB_PARSE_H
#define KY_WEB_PARSE_H

#include "ades/file_kind.h"
#include "ades/verify_job.h"
#include "web/web.h"

#define KY_PARSE_WAIT_MS 10000 /* for a process */
#define KY_PARSE_WORK_MS 20000 /* for its answer */

/*
 * ky_web_verify_pdf — the report on a PDF's signatures (ades/report), as JSON; *report is the caller's.
 *
 * Errors: KY_EFORMAT, KY_EAUTH, KY_EDENIED, KY_ELIMIT of the document; KY_EBUSY no process, or none that finished.
 */
ky_rc ky_web_verify_pdf(json_t **report, struct ky_web *w, struct ky_bytes pdf,
                        const struct ky_verify_question *q);
/*
 * ky_web_read_people — a list of people out of an .xlsx or CSV file (domain/people_table), as JSON; *list is the caller's.
 * A file that is no list is a fault in it. Errors: KY_EFORMAT the process died over it; KY_EBUSY as above.
 */
ky_rc ky_web_read_people(json_t **list, struct ky_web *w, struct ky_bytes file);
/*
 * ky_web_look_at_file — what a file is, by its content. *fault other than KY_FILE_GOOD: that is wrong with it (one the process died
 * over is KY_FILE_DAMAGED), and *type (a literal) is not set. Errors: KY_EBUSY as above.
 */
ky_rc ky_web_look_at_file(const char **type, ky_file_fault *fault, struct ky_web *w, struct ky_bytes file);

#endif
