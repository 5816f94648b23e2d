/* Lists of people in spreadsheets: read by a parse process, judged row by row; nothing of them is stored here. */
#include "base/str.h"
#include "domain/eligibility.h"
#include "domain/people_table.h"
#include "web/handlers.h"
#include "web/parse.h"

static ky_rc put_json(struct ky_json_out *o, const char *name, const json_t *value)
{
    ky_auto_buf text = ky_buf_init_secret(KY_PEOPLE_RESULT_MAX);
    KY_TRY(ky_people_result_encode(&text, value));
    ky_json_put_raw(o, name, ky_buf_bytes(&text));
    return KY_OK;
}

/* The people read so far, to find those who are there twice. */
struct crowd {
    struct ky_person *people;
    size_t n;
};

static void clear_crowd(struct crowd *c)
{
    for (size_t i = 0; i < c->n; i++)
        ky_person_clear(&c->people[i]);
    free(c->people);
}

static ky_rc put_row(struct ky_json_out *o, struct crowd *c, const json_t *row, const struct ky_check *check)
{
    struct ky_refusals refusals = {.n = 0};
    json_t *json = json_object_get(row, "person");
    struct ky_person *p = &c->people[c->n];
    if (json_object_get(json, "key") == NULL &&
        json_object_set_new(json, "key", json_string(check->legal->key_default)) != 0)
        return ky_fail(KY_ENOMEM, "people");
    KY_TRY(ky_person_read(p, json));
    ky_eligibility_check(&refusals, p, check);
    ky_eligibility_check_among(&refusals, p, c->people, c->n);
    c->n++;
    ky_json_open_object(o, NULL);
    ky_json_put_int(o, "row", json_integer_value(json_object_get(row, "row")));
    KY_TRY(put_json(o, "person", json));
    ky_refusals_write(o, "refusals", &refusals);
    ky_json_close_object(o);
    return KY_OK;
}

static ky_rc put_people(struct ky_json_out *o, const json_t *rows, const struct ky_check *check)
{
    size_t n = json_array_size(rows);
    KY_CLEANUP(clear_crowd) struct crowd c = {.people = calloc(n + 1, sizeof *c.people)};
    if (c.people == NULL)
        return ky_fail(KY_ENOMEM, "%zu people", n);
    ky_json_open_array(o, "people");
    for (size_t i = 0; i < n; i++)
        KY_TRY(put_row(o, &c, json_array_get(rows, i), check));
    ky_json_close_array(o);
    return KY_OK;
}

ky_rc ky_handle_people_list(struct ky_web *w, struct ky_exchange *x)
{
    static const char *const members[] = {"fault", "errors", "columns", "extra"};
    ky_auto_json list = NULL;
    struct ky_check check = {.now = x->now};
    KY_TRY(ky_legal_at(&check.legal, &w->legal, x->now));
    KY_TRY(ky_web_read_people(&list, w, x->body));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    for (size_t i = 0; i < KY_COUNT(members); i++)
        if (json_object_get(list, members[i]) != NULL)
            KY_TRY(put_json(o, members[i], json_object_get(list, members[i])));
    if (json_object_get(list, "fault") != NULL)
        return ky_answer_end(x);
    ky_json_put_int(o, "left_out", json_integer_value(json_object_get(list, "left_out")));
    KY_TRY(put_people(o, json_object_get(list, "people"), &check));
    return ky_answer_end(x);
}

ky_rc ky_handle_people_template(struct ky_web *w, struct ky_exchange *x)
{
    const struct {
        const char *ending, *type, *place;
        const struct ky_buf *content;
    } forms[] = {
        {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
         "attachment; filename=\"danh-sach-thue-bao.xlsx\"", &w->people_xlsx},
        {"csv", "text/csv; charset=utf-8", "attachment; filename=\"danh-sach-thue-bao.csv\"", &w->people_csv},
    };
    for (size_t i = 0; i < KY_COUNT(forms); i++) {
        if (!ky_bytes_eq_str(x->params[0], forms[i].ending))
            continue;
        ky_exchange_header(x, "Content-Disposition", forms[i].place);
        return ky_answer_bytes(x, 200, forms[i].type, ky_buf_bytes(forms[i].content));
    }
    return ky_fail(KY_ENOTFOUND, "people-template: \"xlsx\" or \"csv\"");
}
