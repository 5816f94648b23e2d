/*
 * A list of people from a spreadsheet: the row of headings is found by its labels, with or without diacritics, columns in
 * any order; every row below becomes a person or errors at its cells, and one bad row does not refuse the others.
 * The result is JSON (docs/protocol/http.md, "Lists of people"):
 *
 *     {"people":   [{"row": 5, "person": {…}}, …],
 *      "errors":   [{"row": 6, "column": "phone", "cell": "D6", "code": "formula", "vi": "…", "en": "…"}, …],
 *      "left_out": number of errors beyond KY_PEOPLE_ISSUES_MAX,
 *      "columns":  {"name": "B", …}, "extra": [{"cell": "F1", "heading": "Ghi chú"}, …]}
 *
 * or, when the list cannot be read at all, {"fault": {"code", "where", "vi", "en"}}.
 */
#ifndef KY_DOMAIN_PEOPLE_TABLE_H
#define KY_DOMAIN_PEOPLE_TABLE_H

#include "codec/json.h"
#include "codec/sheet/sheet.h"

#define KY_PEOPLE_MAX 1000        /* as a dossier holds (store/dossier) */
#define KY_PEOPLE_ISSUES_MAX 2000 /* errors told one by one */
#define KY_PEOPLE_HEADING_ROW_MAX 30
#define KY_PEOPLE_RESULT_MAX ((size_t)8 << 20) /* bytes of the JSON */

/* *out is the caller's (json_decref), with a fault when the sheet is no list of people. Errors: KY_ENOMEM. */
ky_rc ky_people_table_read(json_t **out, const struct ky_sheet *sheet);
/* The result for a file that is no sheet. */
ky_rc ky_people_table_fault(json_t **out, const struct ky_sheet_fault *fault);
/* Appends the result as text, at most KY_PEOPLE_RESULT_MAX. KY_ELIMIT, KY_ENOMEM. */
ky_rc ky_people_result_encode(struct ky_buf *out, const json_t *result);

#endif
