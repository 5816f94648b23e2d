/* Subjects of certificates as JSON; see subject.h. */
#include "domain/subject.h"

#include "domain/request.h"
#include "pki/name.h"

#define UNITS_MAX 3
#define VALUE_MAX 1024 /* bytes of one attribute */

json_t *ky_subject_of_person(const struct ky_db_org *org, const struct ky_person *p)
{
    bool has_parent = org->parent_name != NULL && org->parent_name[0] != 0;
    json_t *units = json_array();
    if (has_parent)
        json_array_append_new(units, json_string(org->name));
    if (p->unit.n > 0)
        json_array_append_new(units, json_stringn((const char *)p->unit.p, p->unit.n));
    json_t *subject =
        json_pack("{s:s, s:s, s:s, s:s%}", "C", "VN", "L", org->province, "O",
                  has_parent ? org->parent_name : org->name, "CN", (const char *)p->name.p, p->name.n);
    if (json_array_size(units) > 0)
        json_object_set(subject, "OU", units);
    json_decref(units);
    return subject;
}

/* The nth value of that type; NULL when there is none. */
static json_t *value_of(struct ky_bytes name_der, const char *type, size_t nth)
{
    ky_auto_buf text = ky_buf_init(VALUE_MAX);
    if (ky_name_get(&text, name_der, type, nth) != KY_OK)
        return NULL;
    return json_stringn((const char *)text.p, text.n);
}

static void set_units(json_t *subject, struct ky_bytes name_der)
{
    json_t *units = json_array(), *unit;
    for (size_t i = 0; i < UNITS_MAX && (unit = value_of(name_der, "OU", i)) != NULL; i++)
        json_array_append_new(units, unit);
    if (json_array_size(units) > 0)
        json_object_set(subject, "OU", units);
    json_decref(units);
}

ky_rc ky_subject_of_name(json_t **out, struct ky_bytes name_der)
{
    static const char *const single[] = {"C", "L", "O", "CN"};
    ky_auto_json subject = json_object();
    ky_auto_buf again = ky_buf_init(KY_NAME_DER_MAX);
    if (subject == NULL)
        return ky_fail(KY_ENOMEM, "subject");
    for (size_t i = 0; i < KY_COUNT(single); i++) {
        json_t *value = value_of(name_der, single[i], 0);
        if (value != NULL)
            json_object_set_new(subject, single[i], value);
    }
    set_units(subject, name_der);
    KY_TRY(ky_request_name(&again, subject));
    if (!ky_bytes_eq(ky_buf_bytes(&again), name_der))
        return ky_fail(KY_EFORMAT, "subject: has what a row of a request cannot say");
    *out = KY_STEAL(subject);
    return KY_OK;
}

static void add_part(struct ky_buf *out, size_t start, const json_t *value)
{
    if (!json_is_string(value))
        return;
    if (out->n > start)
        ky_buf_add_str(out, ", ");
    ky_buf_add_str(out, json_string_value(value));
}

void ky_subject_text(struct ky_buf *out, const json_t *subject)
{
    size_t start = out->n;
    const json_t *units = json_object_get(subject, "OU");
    for (size_t i = json_array_size(units); i-- > 0;)
        add_part(out, start, json_array_get(units, i));
    add_part(out, start, json_object_get(subject, "O"));
}
