/* PDF values in an arena; see value.h. */
#include "codec/pdf/value.h"

static struct ky_pdf_value *new_value(struct ky_arena *a, ky_pdf_type type)
{
    struct ky_pdf_value *v = ky_arena_alloc(a, sizeof *v);
    if (v != NULL)
        v->type = type;
    return v;
}

struct ky_pdf_value *ky_pdf_null(struct ky_arena *a)
{
    return new_value(a, KY_PDF_NULL);
}

struct ky_pdf_value *ky_pdf_bool(struct ky_arena *a, bool b)
{
    struct ky_pdf_value *v = new_value(a, KY_PDF_BOOL);
    if (v != NULL)
        v->u.boolean = b;
    return v;
}

struct ky_pdf_value *ky_pdf_int(struct ky_arena *a, int64_t i)
{
    struct ky_pdf_value *v = new_value(a, KY_PDF_INT);
    if (v != NULL)
        v->u.integer = i;
    return v;
}

struct ky_pdf_value *ky_pdf_real(struct ky_arena *a, double r)
{
    struct ky_pdf_value *v = new_value(a, KY_PDF_REAL);
    if (v != NULL)
        v->u.real = r;
    return v;
}

static struct ky_pdf_value *new_text(struct ky_arena *a, ky_pdf_type type, struct ky_bytes text)
{
    struct ky_pdf_value *v = new_value(a, type);
    if (v != NULL)
        v->text = text;
    return v;
}

struct ky_pdf_value *ky_pdf_name(struct ky_arena *a, const char *name)
{
    return new_text(a, KY_PDF_NAME, ky_bytes_str(name));
}

struct ky_pdf_value *ky_pdf_string(struct ky_arena *a, struct ky_bytes bytes)
{
    return new_text(a, KY_PDF_STRING, bytes);
}

struct ky_pdf_value *ky_pdf_array(struct ky_arena *a)
{
    return new_value(a, KY_PDF_ARRAY);
}

struct ky_pdf_value *ky_pdf_dict(struct ky_arena *a)
{
    return new_value(a, KY_PDF_DICT);
}

struct ky_pdf_value *ky_pdf_stream(struct ky_arena *a, struct ky_bytes data)
{
    return new_text(a, KY_PDF_STREAM, data);
}

struct ky_pdf_value *ky_pdf_indirect(struct ky_arena *a, struct ky_pdf_ref ref)
{
    struct ky_pdf_value *v = new_value(a, KY_PDF_REF);
    if (v != NULL)
        v->u.ref = ref;
    return v;
}

struct ky_pdf_value *ky_pdf_verbatim(struct ky_arena *a, struct ky_bytes bytes, uint64_t *at)
{
    struct ky_pdf_value *v = new_text(a, KY_PDF_VERBATIM, bytes);
    if (v != NULL)
        v->u.at = at;
    return v;
}

/* Room for one more element of that size; the old memory stays with the arena. */
static void *grown(struct ky_arena *a, void *at, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return at;
    size_t more = *cap == 0 ? 4 : *cap * 2;
    void *p = ky_arena_alloc_array(a, more, size);
    if (p == NULL)
        return NULL;
    if (n > 0)
        memcpy(p, at, n * size);
    *cap = more;
    return p;
}

ky_rc ky_pdf_array_push(struct ky_arena *a, struct ky_pdf_value *array, struct ky_pdf_value *v)
{
    if (array == NULL || v == NULL)
        return KY_ENOMEM;
    struct ky_pdf_array *arr = &array->u.array;
    struct ky_pdf_value **at = grown(a, arr->at, arr->n, &arr->cap, sizeof *at);
    if (at == NULL)
        return KY_ENOMEM;
    arr->at = at;
    arr->at[arr->n++] = v;
    return KY_OK;
}

ky_rc ky_pdf_dict_append(struct ky_arena *a, struct ky_pdf_value *dict, struct ky_bytes key,
                         struct ky_pdf_value *v)
{
    if (dict == NULL || v == NULL)
        return KY_ENOMEM;
    struct ky_pdf_dict *d = &dict->u.dict;
    struct ky_pdf_entry *at = grown(a, d->at, d->n, &d->cap, sizeof *at);
    if (at == NULL)
        return KY_ENOMEM;
    d->at = at;
    d->at[d->n++] = (struct ky_pdf_entry){key, v};
    return KY_OK;
}

static struct ky_pdf_entry *find_entry(const struct ky_pdf_value *dict, struct ky_bytes key)
{
    if (!ky_pdf_is_dict(dict))
        return NULL;
    const struct ky_pdf_dict *d = &dict->u.dict;
    for (size_t i = d->n; i-- > 0;) {
        if (ky_bytes_eq(d->at[i].key, key))
            return &d->at[i];
    }
    return NULL;
}

ky_rc ky_pdf_dict_put(struct ky_arena *a, struct ky_pdf_value *dict, const char *key, struct ky_pdf_value *v)
{
    struct ky_pdf_entry *e = find_entry(dict, ky_bytes_str(key));
    if (e == NULL)
        return ky_pdf_dict_append(a, dict, ky_bytes_str(key), v);
    if (v == NULL)
        return KY_ENOMEM;
    e->value = v;
    return KY_OK;
}

void ky_pdf_dict_remove(struct ky_pdf_value *dict, const char *key)
{
    struct ky_pdf_dict *d = &dict->u.dict;
    size_t kept = 0;
    for (size_t i = 0; i < d->n; i++) {
        if (!ky_bytes_eq_str(d->at[i].key, key))
            d->at[kept++] = d->at[i];
    }
    d->n = kept;
}

struct ky_pdf_value *ky_pdf_copy_shallow(struct ky_arena *a, const struct ky_pdf_value *v)
{
    struct ky_pdf_value *copy = ky_arena_alloc(a, sizeof *copy);
    if (copy == NULL)
        return NULL;
    *copy = *v;
    if (v->type == KY_PDF_ARRAY) {
        copy->u.array = (struct ky_pdf_array){0};
        for (size_t i = 0; i < v->u.array.n; i++) {
            if (ky_pdf_array_push(a, copy, v->u.array.at[i]) != KY_OK)
                return NULL;
        }
    } else if (ky_pdf_is_dict(v)) {
        copy->u.dict = (struct ky_pdf_dict){0};
        for (size_t i = 0; i < v->u.dict.n; i++) {
            if (ky_pdf_dict_append(a, copy, v->u.dict.at[i].key, v->u.dict.at[i].value) != KY_OK)
                return NULL;
        }
    }
    return copy;
}

const struct ky_pdf_value *ky_pdf_dict_find(const struct ky_pdf_value *dict, const char *key)
{
    const struct ky_pdf_entry *e = find_entry(dict, ky_bytes_str(key));
    return e == NULL ? NULL : e->value;
}

bool ky_pdf_dict_has_twin_keys(const struct ky_pdf_value *dict)
{
    if (!ky_pdf_is_dict(dict))
        return false;
    if (dict->u.dict.n > KY_PDF_TWIN_KEYS_MAX)
        return true;
    for (size_t i = 0; i < dict->u.dict.n; i++) {
        if (find_entry(dict, dict->u.dict.at[i].key) != &dict->u.dict.at[i])
            return true;
    }
    return false;
}

bool ky_pdf_is_dict(const struct ky_pdf_value *v)
{
    return v != NULL && (v->type == KY_PDF_DICT || v->type == KY_PDF_STREAM);
}

bool ky_pdf_is_name(const struct ky_pdf_value *v, const char *name)
{
    return v != NULL && v->type == KY_PDF_NAME && ky_bytes_eq_str(v->text, name);
}

bool ky_pdf_is_ref_to(const struct ky_pdf_value *v, struct ky_pdf_ref ref)
{
    return v != NULL && v->type == KY_PDF_REF && ky_pdf_ref_eq(v->u.ref, ref);
}

bool ky_pdf_as_int(const struct ky_pdf_value *v, int64_t *out)
{
    if (v == NULL || v->type != KY_PDF_INT)
        return false;
    *out = v->u.integer;
    return true;
}

bool ky_pdf_as_number(const struct ky_pdf_value *v, double *out)
{
    if (v == NULL || (v->type != KY_PDF_INT && v->type != KY_PDF_REAL))
        return false;
    *out = v->type == KY_PDF_INT ? (double)v->u.integer : v->u.real;
    return true;
}
