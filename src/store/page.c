/* Cursors of paged lists; see page.h. */
#include "store/page.h"

#include <stdio.h>

#include "base/str.h"

static bool is_id(const char *s)
{
    return s[0] != 0 && strspn(s, "0123456789abcdefghijklmnopqrstuvwxyz") == strlen(s) &&
           strlen(s) <= KY_PAGE_ID_MAX;
}

ky_rc ky_page_parse(struct ky_page *out, const char *cursor, int64_t limit)
{
    if (limit < 1 || limit > KY_PAGE_ROWS_MAX)
        return ky_fail(KY_ELIMIT, "page: %lld rows, not within 1..%d", (long long)limit, KY_PAGE_ROWS_MAX);
    struct ky_page p = {.before = INT64_MAX, .limit = limit};
    if (cursor != NULL && cursor[0] != 0) {
        const char *dash = strchr(cursor, '-');
        uint64_t number = 0;
        if (dash == NULL || !is_id(dash + 1))
            return ky_fail(KY_EFORMAT, "page: not a cursor");
        KY_TRY(ky_context(ky_parse_u64(&number, KY_BYTES(cursor, dash - cursor), INT64_MAX), "page: cursor"));
        p.before = (int64_t)number;
        snprintf(p.before_id, sizeof p.before_id, "%s", dash + 1);
    }
    *out = p;
    return KY_OK;
}

void ky_cursor_format(char out[KY_CURSOR_MAX], int64_t number, const char *id)
{
    snprintf(out, KY_CURSOR_MAX, "%lld-%s", (long long)number, id);
}
