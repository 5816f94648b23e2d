/* See people_template.h. */
#include "domain/people_template.h"

#include "codec/sheet/csv_write.h"
#include "codec/sheet/xlsx_write.h"
#include "domain/people_columns.h"

#define SHEET_NAME "Danh sách"

static size_t make_columns(struct ky_sheet_column out[KY_PEOPLE_COLUMNS_MAX])
{
    for (size_t i = 0; i < ky_people_column_count; i++) {
        const struct ky_people_column *c = &ky_people_columns[i];
        out[i] = (struct ky_sheet_column){.heading = c->heading, .width = c->width, .hint = c->hint};
        memcpy(out[i].choices, c->choices, sizeof c->choices);
    }
    return ky_people_column_count;
}

ky_rc ky_people_template(struct ky_buf *out, const char *folder)
{
    struct ky_sheet_column columns[KY_PEOPLE_COLUMNS_MAX];
    ky_auto_xlsx_out w = NULL;
    KY_TRY(ky_xlsx_out_new(&w, folder, SHEET_NAME, columns, make_columns(columns)));
    return ky_xlsx_out_finish(out, w);
}

ky_rc ky_people_template_csv(struct ky_buf *out)
{
    struct ky_sheet_column columns[KY_PEOPLE_COLUMNS_MAX];
    size_t n = make_columns(columns);
    ky_csv_add_headings(out, columns, n);
    return ky_buf_finish(out);
}
