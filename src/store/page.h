/*
 * Paging by key: a list is ordered by (number, id), newest first, and the next
 * page starts after the last row seen. No offsets, so page 1,000 costs as much as page 1.
 */
#ifndef KY_STORE_PAGE_H
#define KY_STORE_PAGE_H

#include "base/bytes.h"
#include "base/rc.h"

#define KY_PAGE_ID_MAX 64
#define KY_PAGE_ROWS_MAX 200
#define KY_CURSOR_MAX (20 + 1 + KY_PAGE_ID_MAX + 1)

struct ky_page {
    int64_t before; /* rows whose (number, id) is less than (before, before_id) */
    char before_id[KY_PAGE_ID_MAX + 1];
    int64_t limit; /* rows wanted, 1..KY_PAGE_ROWS_MAX */
};

/*
 * cursor: NULL or "" for the first page, else what ky_cursor_format made: "NUMBER-ID".
 * KY_EFORMAT for anything else, KY_ELIMIT when limit is out of range.
 */
ky_rc ky_page_parse(struct ky_page *out, const char *cursor, int64_t limit);
/* The cursor that asks for the rows after this one. */
void ky_cursor_format(char out[KY_CURSOR_MAX], int64_t number, const char *id);

#endif
