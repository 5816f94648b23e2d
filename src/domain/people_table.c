/* Headings, rows, and the result in JSON; see people_table.h. */
#include "domain/people_table.h"

#include "domain/people_cell.h"

struct table {
    const struct ky_sheet *sheet;
    const struct ky_sheet_row *heading;
    uint32_t columns[KY_PEOPLE_COLUMNS_MAX]; /* of the sheet, for each of ky_people_columns; 0: absent */
    json_t *people, *errors;                 /* borrowed from the result */
    size_t left_out;
    struct ky_buf value;
};

static ky_rc out_of_memory(void)
{
    return ky_fail(KY_ENOMEM, "people");
}

/* ---- faults ---- */

static ky_rc make_fault(json_t **out, const char *code, const char *where, const char *vi, const char *en)
{
    *out = json_pack("{s:{s:s, s:s, s:s, s:s}}", "fault", "code", code, "where", where, "vi", vi, "en", en);
    return *out != NULL ? KY_OK : out_of_memory();
}

ky_rc ky_people_table_fault(json_t **out, const struct ky_sheet_fault *fault)
{
    const struct ky_sheet_fault_info *info = ky_sheet_fault_info(fault->kind);
    return make_fault(out, info->code, fault->where, info->vi, info->en);
}

static ky_rc issue_fault(json_t **out, ky_people_issue issue, const char *where)
{
    const struct ky_people_issue_info *info = ky_people_issue_info(issue);
    return make_fault(out, info->code, where, info->vi, info->en);
}

/* ---- headings ---- */

static ky_rc column_of(const struct ky_people_column **out, const struct ky_cell *cell)
{
    ky_auto_buf folded = ky_buf_init(2 * KY_SHEET_CELL_MAX);
    *out = NULL;
    if (cell->kind != KY_CELL_TEXT)
        return KY_OK;
    KY_TRY(ky_people_fold(&folded, cell->text));
    *out = ky_people_column_find(ky_buf_str(&folded));
    return KY_OK;
}

/* How many cells of a row are headings that we know. */
static ky_rc count_known(size_t *known, const struct ky_sheet_row *row)
{
    *known = 0;
    for (size_t i = 0; i < row->n; i++) {
        const struct ky_people_column *c;
        KY_TRY(column_of(&c, &row->cells[i]));
        *known += c != NULL;
    }
    return KY_OK;
}

/* The row with most of them; titles may stand above it. heading stays NULL when there is none with two. */
static ky_rc find_heading(struct table *t)
{
    size_t most = 1;
    for (size_t i = 0; i < t->sheet->n && t->sheet->rows[i].number <= KY_PEOPLE_HEADING_ROW_MAX; i++) {
        size_t known;
        KY_TRY(count_known(&known, &t->sheet->rows[i]));
        if (known > most) {
            most = known;
            t->heading = &t->sheet->rows[i];
        }
    }
    return KY_OK;
}

/* Fills columns; a heading that is not known is told as extra. *out: a fault. */
static ky_rc read_heading(json_t **out, struct table *t, json_t *extra)
{
    char ref[KY_SHEET_REF_MAX];
    for (size_t i = 0; i < t->heading->n; i++) {
        const struct ky_cell *cell = &t->heading->cells[i];
        const struct ky_people_column *c;
        KY_TRY(column_of(&c, cell));
        ky_sheet_ref(ref, cell->column, t->heading->number);
        if (c == NULL) {
            json_t *one = json_pack("{s:s, s:o}", "cell", ref, "heading",
                                    json_stringn((const char *)cell->text.p, cell->text.n));
            if (json_array_append_new(extra, one) != 0)
                return out_of_memory();
            continue;
        }
        if (t->columns[c - ky_people_columns] != 0)
            return issue_fault(out, KY_PEOPLE_COLUMN_TWICE, ref);
        t->columns[c - ky_people_columns] = cell->column;
    }
    return KY_OK;
}

static ky_rc check_heading(json_t **out, const struct table *t)
{
    for (size_t i = 0; i < ky_people_column_count; i++)
        if (ky_people_columns[i].required && t->columns[i] == 0)
            return issue_fault(out, KY_PEOPLE_COLUMN_MISSING, ky_people_columns[i].heading);
    for (size_t i = 0; i < t->sheet->n_merges; i++) {
        const struct ky_sheet_merge *m = &t->sheet->merges[i];
        if (m->first_row <= t->heading->number && m->last_row >= t->heading->number)
            return issue_fault(out, KY_PEOPLE_HEADING_MERGED, m->ref);
    }
    return KY_OK;
}

static ky_rc columns_json(json_t *columns, const struct table *t)
{
    char letters[KY_SHEET_REF_MAX];
    for (size_t i = 0; i < ky_people_column_count; i++) {
        if (t->columns[i] == 0)
            continue;
        ky_sheet_ref(letters, t->columns[i], 0);
        if (json_object_set_new(columns, ky_people_columns[i].member, json_string(letters)) != 0)
            return out_of_memory();
    }
    return KY_OK;
}

/* ---- rows ---- */

static ky_rc tell(struct table *t, uint32_t row, const char *member, const char *cell, ky_people_issue issue)
{
    const struct ky_people_issue_info *info = ky_people_issue_info(issue);
    if (json_array_size(t->errors) >= KY_PEOPLE_ISSUES_MAX) {
        t->left_out++;
        return KY_OK;
    }
    json_t *one = json_pack("{s:i, s:s?, s:s, s:s, s:s, s:s}", "row", (int)row, "column", member, "cell",
                            cell, "code", info->code, "vi", info->vi, "en", info->en);
    return json_array_append_new(t->errors, one) == 0 ? KY_OK : out_of_memory();
}

static json_t *make_value(const struct ky_people_column *c, const struct ky_buf *value)
{
    if (c->kind == KY_PEOPLE_BOOL)
        return json_boolean(value->p[0] == '1');
    return json_stringn((const char *)value->p, value->n);
}

/* One cell into person; *good becomes false when it is wrong. */
static ky_rc read_cell(struct table *t, json_t *person, bool *good, const struct ky_sheet_row *row,
                       size_t column)
{
    const struct ky_people_column *c = &ky_people_columns[column];
    char ref[KY_SHEET_REF_MAX];
    ky_people_issue issue;
    KY_TRY(ky_people_cell_read(&t->value, &issue, c, ky_sheet_row_find(row, t->columns[column])));
    if (issue != KY_PEOPLE_FINE) {
        ky_sheet_ref(ref, t->columns[column], row->number);
        KY_TRY(tell(t, row->number, c->member, ref, issue));
    }
    *good = *good && issue == KY_PEOPLE_FINE;
    if (t->value.n == 0 || issue != KY_PEOPLE_FINE)
        return KY_OK;
    return json_object_set_new(person, c->member, make_value(c, &t->value)) == 0 ? KY_OK : out_of_memory();
}

static ky_rc check_merges(struct table *t, bool *good, const struct ky_sheet_row *row)
{
    for (size_t i = 0; i < t->sheet->n_merges; i++) {
        const struct ky_sheet_merge *m = &t->sheet->merges[i];
        if (m->first_row > row->number || m->last_row < row->number)
            continue;
        *good = false;
        return tell(t, row->number, NULL, m->ref, KY_PEOPLE_MERGED);
    }
    return KY_OK;
}

/* A row with nothing under our headings (a number in the first column, say) is no person. */
static bool is_person(const struct table *t, const struct ky_sheet_row *row)
{
    for (size_t i = 0; i < ky_people_column_count; i++)
        if (t->columns[i] != 0 && ky_sheet_row_find(row, t->columns[i]) != NULL)
            return true;
    return false;
}

static ky_rc read_row(struct table *t, const struct ky_sheet_row *row)
{
    ky_auto_json person = json_object();
    bool good = true;
    for (size_t i = 0; i < ky_people_column_count; i++)
        if (t->columns[i] != 0)
            KY_TRY(read_cell(t, person, &good, row, i));
    KY_TRY(check_merges(t, &good, row));
    if (!good)
        return KY_OK;
    json_t *one = json_pack("{s:i, s:O}", "row", (int)row->number, "person", person);
    return json_array_append_new(t->people, one) == 0 ? KY_OK : out_of_memory();
}

static ky_rc read_rows(json_t **out, struct table *t)
{
    size_t n = 0;
    const struct ky_sheet_row *end = t->sheet->rows + t->sheet->n;
    for (const struct ky_sheet_row *row = t->heading + 1; row < end; row++) {
        if (!is_person(t, row))
            continue;
        if (++n > KY_PEOPLE_MAX)
            return issue_fault(out, KY_PEOPLE_TOO_MANY, "");
        KY_TRY(read_row(t, row));
    }
    return n > 0 ? KY_OK : issue_fault(out, KY_PEOPLE_NOBODY, "");
}

/* ---- the result ---- */

/* Every step may leave a fault in *out instead. */
static ky_rc read_table(json_t **out, struct table *t, json_t *columns, json_t *extra)
{
    KY_TRY(find_heading(t));
    if (t->heading == NULL)
        return issue_fault(out, KY_PEOPLE_NO_HEADING, "");
    KY_TRY(read_heading(out, t, extra));
    if (*out == NULL)
        KY_TRY(check_heading(out, t));
    if (*out == NULL)
        KY_TRY(columns_json(columns, t));
    return *out == NULL ? read_rows(out, t) : KY_OK;
}

ky_rc ky_people_table_read(json_t **out, const struct ky_sheet *sheet)
{
    static const char *const members[] = {"people", "errors", "extra"};
    ky_auto_json fault = NULL;
    ky_auto_json result = json_object();
    for (size_t i = 0; i < KY_COUNT(members); i++)
        if (json_object_set_new(result, members[i], json_array()) != 0)
            return out_of_memory();
    if (json_object_set_new(result, "columns", json_object()) != 0)
        return out_of_memory();
    struct table t = {.sheet = sheet,
                      .people = json_object_get(result, "people"),
                      .errors = json_object_get(result, "errors"),
                      .value = ky_buf_init_secret(4 * KY_SHEET_CELL_MAX)};
    ky_rc rc = read_table(&fault, &t, json_object_get(result, "columns"), json_object_get(result, "extra"));
    ky_buf_clear(&t.value);
    KY_TRY(rc);
    if (json_object_set_new(result, "left_out", json_integer((json_int_t)t.left_out)) != 0)
        return out_of_memory();
    *out = fault != NULL ? KY_STEAL(fault) : KY_STEAL(result);
    return KY_OK;
}

static int add_text(const char *text, size_t n, void *ctx)
{
    ky_buf_add(ctx, KY_BYTES(text, n));
    return 0;
}

ky_rc ky_people_result_encode(struct ky_buf *out, const json_t *result)
{
    ky_auto_buf text = ky_buf_init_secret(KY_PEOPLE_RESULT_MAX);
    if (json_dump_callback(result, add_text, &text, JSON_COMPACT) != 0)
        return out_of_memory();
    KY_TRY(ky_buf_finish(&text));
    ky_buf_add(out, ky_buf_bytes(&text));
    return ky_buf_finish(out);
}
