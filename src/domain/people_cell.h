/*
 * One cell of a list of people: what its column may hold, and what spreadsheet programs have done to it (lost leading
 * zeros, numbers made dates, powers of ten). What the value itself must be like is judged by domain/person_check.
 */
#ifndef KY_DOMAIN_PEOPLE_CELL_H
#define KY_DOMAIN_PEOPLE_CELL_H

#include "codec/sheet/sheet.h"
#include "domain/people_columns.h"

typedef enum ky_people_issue {
    KY_PEOPLE_FINE,
    /* errors: the row is not taken */
    KY_PEOPLE_MISSING,
    KY_PEOPLE_FORMULA,
    KY_PEOPLE_FORMULA_LIKE,
    KY_PEOPLE_ERROR_VALUE,
    KY_PEOPLE_MERGED,
    KY_PEOPLE_TOO_LONG,
    KY_PEOPLE_CHARACTERS,
    KY_PEOPLE_NOT_YES_OR_NO,
    KY_PEOPLE_NOT_IN_LIST,
    KY_PEOPLE_IS_DATE,
    KY_PEOPLE_NOT_TEXT,
    KY_PEOPLE_DIGITS_LOST,
    /* faults of the list as a whole */
    KY_PEOPLE_NO_HEADING,
    KY_PEOPLE_COLUMN_MISSING,
    KY_PEOPLE_COLUMN_TWICE,
    KY_PEOPLE_HEADING_MERGED,
    KY_PEOPLE_NOBODY,
    KY_PEOPLE_TOO_MANY,
    KY_PEOPLE_ISSUE_COUNT,
} ky_people_issue;

struct ky_people_issue_info {
    const char *code; /* stable, for programs */
    const char *vi, *en;
};
const struct ky_people_issue_info *ky_people_issue_info(ky_people_issue issue);

/*
 * Sets *value to what the member of the person becomes: text in NFC, "1" or "0" (KY_PEOPLE_BOOL), of a cell of
 * dates dd/mm/yyyy (KY_PEOPLE_DATE); empty when the cell is. *issue says what was wrong. Errors: KY_ENOMEM.
 */
ky_rc ky_people_cell_read(struct ky_buf *value, ky_people_issue *issue, const struct ky_people_column *column,
                          const struct ky_cell *cell);

#endif
