/* Reachability by a work list, comparison object by object; an object that stands at the same place is equal. */
#include "ades/objdiff.h"

#include <stdlib.h>

#define TREE_DEPTH 6 /* of a DSS dictionary: DSS, VRI, signature, array, stream, and one to spare */

static const struct ky_pdf_value null_value = {.type = KY_PDF_NULL};

static bool equal_arrays(const struct ky_pdf_array *a, const struct ky_pdf_array *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (!ky_pdf_value_equal(a->at[i], b->at[i]))
            return false;
    return true;
}

static bool covers(const struct ky_pdf_value *a, const struct ky_pdf_value *b)
{
    for (size_t i = 0; i < a->u.dict.n; i++) {
        const struct ky_pdf_entry *e = &a->u.dict.at[i];
        const struct ky_pdf_value *found = NULL;
        for (size_t k = b->u.dict.n; k-- > 0 && found == NULL;)
            if (ky_bytes_eq(b->u.dict.at[k].key, e->key))
                found = b->u.dict.at[k].value;
        if (!ky_pdf_value_equal(e->value, found))
            return false;
    }
    return true;
}

bool ky_pdf_value_equal(const struct ky_pdf_value *a, const struct ky_pdf_value *b)
{
    a = a == NULL ? &null_value : a;
    b = b == NULL ? &null_value : b;
    if (a->type != b->type)
        return false;
    switch (a->type) {
    case KY_PDF_NULL:
        return true;
    case KY_PDF_BOOL:
        return a->u.boolean == b->u.boolean;
    case KY_PDF_INT:
        return a->u.integer == b->u.integer;
    case KY_PDF_REF:
        return ky_pdf_ref_eq(a->u.ref, b->u.ref);
    case KY_PDF_ARRAY:
        return equal_arrays(&a->u.array, &b->u.array);
    case KY_PDF_DICT:
        return covers(a, b) && covers(b, a);
    case KY_PDF_STREAM:
        return ky_bytes_eq(a->text, b->text) && covers(a, b) && covers(b, a);
    default:
        return ky_bytes_eq(a->text, b->text);
    }
}

/* Object numbers that were reached and not yet looked into; each enters once, so limit places are enough. */
struct work {
    struct ky_objdiff *d;
    uint32_t *todo;
    uint32_t n;
};

static void reach(struct work *w, const struct ky_pdf_value *v)
{
    if (v == NULL)
        return;
    if (v->type == KY_PDF_REF && v->u.ref.num > 0 && v->u.ref.num < w->d->limit) {
        if (w->d->references[v->u.ref.num]++ == 0)
            w->todo[w->n++] = v->u.ref.num;
        return;
    }
    if (v->type == KY_PDF_ARRAY)
        for (size_t i = 0; i < v->u.array.n; i++)
            reach(w, v->u.array.at[i]);
    if (ky_pdf_is_dict(v))
        for (size_t i = 0; i < v->u.dict.n; i++)
            reach(w, v->u.dict.at[i].value);
}

static const struct ky_pdf_value *object_of(struct ky_pdf *doc, uint32_t num)
{
    uint32_t gen = 0;
    if (!ky_pdf_object_exists(doc, num, &gen))
        return &null_value;
    return ky_pdf_object(doc, (struct ky_pdf_ref){num, gen});
}

/* The same bytes then; a /Length that is an object of its own is compared as such. */
static bool same_place(const struct ky_objdiff *d, struct ky_pdf_ref ref)
{
    uint64_t a, b;
    return ky_pdf_object_offset(&a, d->before, ref) && ky_pdf_object_offset(&b, d->after, ref) && a == b;
}

static bool differs(struct ky_objdiff *d, uint32_t num)
{
    uint32_t gen_a = 0, gen_b = 0;
    const bool in_a = ky_pdf_object_exists(d->before, num, &gen_a);
    const bool in_b = ky_pdf_object_exists(d->after, num, &gen_b);
    if (!in_a && !in_b)
        return false;
    if (in_a != in_b || gen_a != gen_b)
        return true;
    return !same_place(d, (struct ky_pdf_ref){num, gen_a}) &&
           !ky_pdf_value_equal(object_of(d->before, num), object_of(d->after, num));
}

/* Looks into everything that is waiting; an object that was never there counts as changed only when asked for. */
static void look_into(struct ky_objdiff *d, struct work *w, bool absent_counts)
{
    while (w->n > 0) {
        const uint32_t num = w->todo[--w->n];
        if (absent_counts || ky_pdf_object_exists(d->before, num, NULL))
            d->changed[num] = differs(d, num);
        reach(w, object_of(d->before, num));
    }
}

/* First the document, then what else the newest trailer names: writers leave dead references there. */
static void walk(struct ky_objdiff *d, struct work *w)
{
    static const char *const roots[] = {"Root", "Info", "Encrypt"};
    for (size_t i = 0; i < KY_COUNT(roots); i++)
        reach(w, ky_pdf_trailer(d->before, roots[i]));
    look_into(d, w, true);
    const size_t n = ky_pdf_revision_count(d->before);
    const struct ky_pdf_value *newest = n > 0 ? ky_pdf_revision_at(d->before, n - 1)->trailer : NULL;
    for (size_t i = 0; ky_pdf_is_dict(newest) && i < newest->u.dict.n; i++) {
        const struct ky_bytes key = newest->u.dict.at[i].key;
        if (!ky_bytes_eq_str(key, roots[0]) && !ky_bytes_eq_str(key, roots[1]) &&
            !ky_bytes_eq_str(key, roots[2]))
            reach(w, newest->u.dict.at[i].value);
    }
    look_into(d, w, false);
}

ky_rc ky_objdiff_init(struct ky_objdiff *out, struct ky_pdf *before, struct ky_pdf *after)
{
    const uint32_t a = ky_pdf_object_limit(before), b = ky_pdf_object_limit(after);
    ky_auto_objdiff d = {.before = before, .after = after, .limit = a > b ? a : b};
    d.references = calloc((size_t)d.limit + 1, sizeof *d.references);
    d.changed = calloc((size_t)d.limit + 1, 1);
    struct work w = {.d = &d, .todo = calloc((size_t)d.limit + 1, sizeof *w.todo)};
    if (d.references == NULL || d.changed == NULL || w.todo == NULL) {
        free(w.todo);
        return ky_fail(KY_ENOMEM, "comparison of %u objects", d.limit);
    }
    walk(&d, &w);
    free(w.todo);
    *out = d;
    d = (struct ky_objdiff){0};
    return KY_OK;
}

void ky_objdiff_clear(struct ky_objdiff *d)
{
    free(d->references);
    free(d->changed);
    *d = (struct ky_objdiff){0};
}

bool ky_objdiff_changed(const struct ky_objdiff *d, struct ky_pdf_ref ref)
{
    return ref.num > 0 && ref.num < d->limit && d->changed[ref.num] != 0;
}

void ky_objdiff_explain(struct ky_objdiff *d, struct ky_pdf_ref ref)
{
    if (ref.num < d->limit)
        d->changed[ref.num] = 0;
}

bool ky_objdiff_shared(const struct ky_objdiff *d, const struct ky_pdf_value *v)
{
    return v != NULL && v->type == KY_PDF_REF && v->u.ref.num < d->limit && d->references[v->u.ref.num] > 1;
}

void ky_objdiff_explain_own(struct ky_objdiff *d, const struct ky_pdf_value *v)
{
    if (v != NULL && v->type == KY_PDF_REF && v->u.ref.num < d->limit && !ky_objdiff_shared(d, v))
        d->changed[v->u.ref.num] = 0;
}

static void explain_below(struct ky_objdiff *d, const struct ky_pdf_value *v, int depth)
{
    if (v == NULL || depth == 0)
        return;
    if (v->type == KY_PDF_REF) {
        if (v->u.ref.num >= d->limit || ky_objdiff_shared(d, v))
            return;
        d->changed[v->u.ref.num] = 0;
        v = object_of(d->before, v->u.ref.num);
    }
    for (size_t i = 0; v->type == KY_PDF_ARRAY && i < v->u.array.n; i++)
        explain_below(d, v->u.array.at[i], depth - 1);
    for (size_t i = 0; v->type == KY_PDF_DICT && i < v->u.dict.n; i++)
        explain_below(d, v->u.dict.at[i].value, depth - 1);
}

void ky_objdiff_explain_tree(struct ky_objdiff *d, const struct ky_pdf_value *v)
{
    explain_below(d, v, TREE_DEPTH);
}

uint32_t ky_objdiff_first(const struct ky_objdiff *d)
{
    for (uint32_t i = 1; i < d->limit; i++)
        if (d->changed[i] != 0)
            return i;
    return 0;
}
