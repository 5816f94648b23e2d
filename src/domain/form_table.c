/* See form_table.h. A field of a column is a function of a person. */
#include "domain/form_table.h"

#include <stdio.h>

#include "base/str.h"
#include "domain/vietnamese.h"

#define CELL_MAX KY_FORM_CELL_MAX
#define COLUMNS_MAX 16
#define PADDING_X 2.5
#define PADDING_Y 3.0
#define AFTER_TABLE 10.0
#define SERIAL_GROUP 4 /* digits */
#define BLANK_ROWS 3   /* to be written in by hand */
#define BLANK_HEIGHT (10 * KY_MM)

struct cell_source {
    const struct ky_legal *legal;
    const struct ky_legal_procedure *procedure;
    const struct ky_person *person;
    int64_t number;
};

static void put(char *out, size_t room, struct ky_bytes text)
{
    snprintf(out, room, "%.*s", (int)text.n, text.n == 0 ? "" : (const char *)text.p);
}

static void put_number(char out[CELL_MAX], const struct cell_source *s)
{
    snprintf(out, CELL_MAX, "%lld", (long long)s->number);
}
static void put_title(char out[CELL_MAX], const struct cell_source *s)
{
    char title[CELL_MAX / 2], unit[CELL_MAX / 2 - 2];
    put(title, sizeof title, s->person->title);
    put(unit, sizeof unit, s->person->unit);
    snprintf(out, CELL_MAX, "%s%s%s", title, title[0] != 0 && unit[0] != 0 ? ", " : "", unit);
}
/* As people in the country dial it. */
static void put_phone(char out[CELL_MAX], const struct cell_source *s)
{
    char phone[KY_PHONE_MAX];
    if (ky_phone_normalise(phone, s->person->phone) == KY_OK)
        snprintf(out, CELL_MAX, "0%s", phone + 3);
    else
        put(out, CELL_MAX, s->person->phone);
}
static void put_same_key(char out[CELL_MAX], const struct cell_source *s)
{
    snprintf(out, CELL_MAX, "%s", s->person->same_key ? "Giữ nguyên" : "Tạo mới");
}

/* What is not the value of one field as it stands. */
static const struct {
    const char *field;
    void (*put)(char out[CELL_MAX], const struct cell_source *s);
} special[] = {
    {"number", put_number},
    {"title", put_title},
    {"phone", put_phone},
    {"same_key", put_same_key},
};

/* In groups, so that people can compare it and a line can end between them. */
static void put_serial(char out[CELL_MAX], struct ky_bytes serial)
{
    size_t n = 0;
    for (size_t i = 0; i < serial.n && n + 3 < CELL_MAX; i++) {
        if (i > 0 && i % SERIAL_GROUP == 0)
            out[n++] = ' ';
        out[n++] = (char)serial.p[i];
    }
    out[n] = 0;
}

void ky_form_field_text(char out[KY_FORM_CELL_MAX], const struct ky_legal *legal,
                        const struct ky_legal_field *f, struct ky_bytes value)
{
    const struct ky_legal_choice *choice = f->type == KY_FIELD_CHOICE ? ky_legal_choice_find(f, value) : NULL;
    const struct ky_legal_ground *ground =
        f->type == KY_FIELD_GROUND ? ky_legal_ground_find(legal, value) : NULL;
    if (choice != NULL)
        snprintf(out, CELL_MAX, "%s", choice->vi);
    else if (ground != NULL)
        snprintf(out, CELL_MAX, "%s", ground->vi);
    else if (f->type == KY_FIELD_SERIAL)
        put_serial(out, value);
    else
        put(out, CELL_MAX, value);
}

struct column {
    const char *title;
    double width;
    struct ky_paper_style style;
    void (*put)(char out[CELL_MAX], const struct cell_source *s); /* or NULL: the value of field */
    const struct ky_legal_field *field;
};
struct table {
    struct column columns[COLUMNS_MAX];
    size_t n;
    double width;
};

static ky_rc read_column(struct column *out, const struct ky_legal_procedure *procedure,
                         const struct ky_legal_column *c)
{
    *out = (struct column){.title = c->title,
                           .width = (double)c->width_mm * KY_MM,
                           .style = {.size_pt = 11, .align = c->centred ? KY_ALIGN_CENTER : KY_ALIGN_LEFT},
                           .field = ky_legal_field_find(procedure->fields, procedure->n_fields, c->field)};
    for (size_t i = 0; i < KY_COUNT(special); i++)
        if (ky_str_eq(c->field, special[i].field))
            out->put = special[i].put;
    return out->put != NULL || out->field != NULL
               ? KY_OK
               : ky_fail(KY_EFORMAT, "form: column '%s' asks for unknown '%s'", c->title, c->field);
}

static ky_rc read_table(struct table *t, const struct ky_legal_procedure *procedure)
{
    const struct ky_legal_layout *layout = &procedure->layout;
    for (size_t i = 0; i < layout->n_columns; i++) {
        if (i == COLUMNS_MAX)
            return ky_fail(KY_ELIMIT, "form: more than %d columns", COLUMNS_MAX);
        KY_TRY(read_column(&t->columns[i], procedure, &layout->columns[i]));
        t->width += t->columns[i].width;
        t->n++;
    }
    if (t->width > KY_PAPER_TEXT_WIDTH + 0.5)
        return ky_fail(KY_ELIMIT, "form: columns are %.0f mm wide, the page %.0f", t->width / KY_MM,
                       KY_PAPER_TEXT_WIDTH / KY_MM);
    return KY_OK;
}

static double row_height(struct ky_paper *p, const struct table *t, char cells[][CELL_MAX], bool bold)
{
    double most = 0;
    for (size_t i = 0; i < t->n; i++) {
        struct ky_paper_style style = t->columns[i].style;
        style.bold = bold;
        double h = ky_paper_measure(p, &style, t->columns[i].width - 2 * PADDING_X, cells[i]);
        most = h > most ? h : most;
    }
    return most + 2 * PADDING_Y;
}

/* Cells and the lines around them, at least so high; the next block follows below. */
static void draw_row(struct ky_paper *p, const struct table *t, char cells[][CELL_MAX], bool heading,
                     double least)
{
    double y = ky_paper_y(p), x = KY_PAPER_LEFT, h = row_height(p, t, cells, heading);
    h = h < least ? least : h;
    for (size_t i = 0; i < t->n; i++) {
        struct ky_paper_style style = t->columns[i].style;
        style.bold = heading;
        style.align = heading ? KY_ALIGN_CENTER : style.align;
        double room = t->columns[i].width - 2 * PADDING_X;
        double text_h = ky_paper_measure(p, &style, room, cells[i]);
        ky_paper_text(p, &style, x + PADDING_X, y + (h - text_h) / 2, room, cells[i]);
        ky_paper_line(p, x, y, x, y + h);
        x += t->columns[i].width;
    }
    ky_paper_line(p, x, y, x, y + h);
    ky_paper_line(p, KY_PAPER_LEFT, y, x, y);
    ky_paper_line(p, KY_PAPER_LEFT, y + h, x, y + h);
    ky_paper_set_y(p, y + h);
}

static void draw_table_heading(struct ky_paper *p, const struct table *t)
{
    char cells[COLUMNS_MAX][CELL_MAX];
    for (size_t i = 0; i < t->n; i++)
        snprintf(cells[i], CELL_MAX, "%s", t->columns[i].title);
    draw_row(p, t, cells, true, 0);
}

static void fill_cell(char out[CELL_MAX], const struct column *c, const struct cell_source *source)
{
    if (c->put != NULL)
        c->put(out, source);
    else
        ky_form_field_text(out, source->legal, c->field,
                           ky_json_str(json_object_get(source->person->json, c->field->key)));
}

static void draw_blank_rows(struct ky_paper *p, const struct table *t)
{
    for (int row = 1; row <= BLANK_ROWS; row++) {
        char cells[COLUMNS_MAX][CELL_MAX] = {{0}};
        for (size_t k = 0; k < t->n; k++)
            if (t->columns[k].put == put_number)
                snprintf(cells[k], CELL_MAX, "%d", row);
        draw_row(p, t, cells, false, BLANK_HEIGHT);
    }
}

ky_rc ky_form_table_draw(struct ky_paper *p, const struct ky_legal *legal,
                         const struct ky_legal_procedure *procedure, const struct ky_form *form)
{
    struct table t = {.n = 0};
    char cells[COLUMNS_MAX][CELL_MAX];
    KY_TRY(read_table(&t, procedure));
    draw_table_heading(p, &t);
    for (size_t i = 0; i < form->n; i++) {
        struct cell_source source = {legal, procedure, &form->people[i], form->numbers[i]};
        for (size_t k = 0; k < t.n; k++)
            fill_cell(cells[k], &t.columns[k], &source);
        if (!ky_paper_fits(p, row_height(p, &t, cells, false))) {
            ky_paper_new_page(p);
            draw_table_heading(p, &t);
        }
        draw_row(p, &t, cells, false, 0);
    }
    if (form->blank)
        draw_blank_rows(p, &t);
    ky_paper_set_y(p, ky_paper_y(p) + AFTER_TABLE);
    return KY_OK;
}
