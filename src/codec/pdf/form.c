/* The field tree of the interactive form; see form.h. */
#include "codec/pdf/form.h"

#include "codec/pdf/internal.h"
#include "codec/pdf/marks.h"
#include "codec/pdf/text.h"

#define TREE_DEPTH_MAX 64
#define NAME_BYTES_MAX 4096

/* A growing list in the arena. */
struct list {
    void *at;
    size_t n, cap, size;
};

static void *list_add(struct ky_arena *a, struct list *l)
{
    if (l->n == l->cap) {
        size_t cap = l->cap == 0 ? 4 : l->cap * 2;
        void *more = ky_arena_alloc_array(a, cap, l->size);
        if (more == NULL)
            return NULL;
        if (l->n > 0)
            memcpy(more, l->at, l->n * l->size);
        l->at = more;
        l->cap = cap;
    }
    return (uint8_t *)l->at + l->size * l->n++;
}

/* What a field hands down to its kids (§12.7.4.1). */
struct inherited {
    const char *name;
    const struct ky_pdf_value *type, *value, *flags;
};

struct walk {
    struct ky_pdf *doc;
    struct list fields;
    struct ky_pdf_marks seen;
};

static struct ky_pdf_ref ref_of(const struct ky_pdf_value *v)
{
    return ky_pdf_type_of(v) == KY_PDF_REF ? v->u.ref : (struct ky_pdf_ref){0, 0};
}

static ky_rc full_name(const char **out, struct walk *w, const char *parent, const struct ky_pdf_value *dict)
{
    const struct ky_pdf_value *t = ky_pdf_get(w->doc, dict, "T");
    *out = parent;
    if (t->type != KY_PDF_STRING)
        return KY_OK;
    struct ky_arena *a = ky_pdf_arena(w->doc);
    const char *own = ky_pdf_text_decode(a, t->text);
    if (own == NULL)
        return KY_ENOMEM;
    if (strlen(own) + strlen(parent) > NAME_BYTES_MAX)
        return ky_fail(KY_ELIMIT, "pdf: field name longer than %d bytes", NAME_BYTES_MAX);
    *out = parent[0] == 0 ? own : ky_arena_printf(a, "%s.%s", parent, own);
    return *out == NULL ? KY_ENOMEM : KY_OK;
}

static ky_rc inherit(struct inherited *in, struct walk *w, const struct ky_pdf_value *dict)
{
    const struct {
        const char *key;
        const struct ky_pdf_value **field;
    } keys[] = {{"FT", &in->type}, {"V", &in->value}, {"Ff", &in->flags}};
    for (size_t i = 0; i < KY_COUNT(keys); i++) {
        const struct ky_pdf_value *own = ky_pdf_dict_find(dict, keys[i].key);
        if (own != NULL)
            *keys[i].field = own;
    }
    return full_name(&in->name, w, in->name, dict);
}

static ky_rc add_widget(struct list *widgets, struct walk *w, struct ky_pdf_ref ref,
                        const struct ky_pdf_value *dict)
{
    struct ky_pdf_widget *widget = list_add(ky_pdf_arena(w->doc), widgets);
    if (widget == NULL)
        return KY_ENOMEM;
    *widget = (struct ky_pdf_widget){.ref = ref, .dict = dict};
    (void)ky_pdf_rect_read(&widget->rect, w->doc, ky_pdf_dict_find(dict, "Rect"));
    return KY_OK;
}

static bool is_widget(struct ky_pdf *doc, const struct ky_pdf_value *dict)
{
    return ky_pdf_is_name(ky_pdf_get(doc, dict, "Subtype"), "Widget") ||
           ky_pdf_dict_find(dict, "Rect") != NULL;
}

static ky_rc add_widgets(struct list *widgets, struct walk *w, struct ky_pdf_ref ref,
                         const struct ky_pdf_value *dict, const struct ky_pdf_value *kids)
{
    if (is_widget(w->doc, dict))
        KY_TRY(add_widget(widgets, w, ref, dict));
    for (size_t i = 0; kids->type == KY_PDF_ARRAY && i < kids->u.array.n; i++) {
        if (!ky_pdf_charge(w->doc, KY_PDF_NODE_WORK))
            return KY_ELIMIT;
        const struct ky_pdf_value *kid = ky_pdf_item(w->doc, kids, i);
        struct ky_pdf_ref kid_ref = ref_of(kids->u.array.at[i]);
        if (ky_pdf_is_dict(kid) && ky_pdf_mark(&w->seen, kid_ref))
            KY_TRY(add_widget(widgets, w, kid_ref, kid));
    }
    return KY_OK;
}

static ky_rc add_field(struct walk *w, struct ky_pdf_ref ref, const struct ky_pdf_value *dict,
                       const struct inherited *in, const struct ky_pdf_value *kids)
{
    if (w->fields.n == KY_PDF_FIELDS_MAX)
        return ky_fail(KY_ELIMIT, "pdf: more than %d form fields", KY_PDF_FIELDS_MAX);
    struct list widgets = {.size = sizeof(struct ky_pdf_widget)};
    KY_TRY(add_widgets(&widgets, w, ref, dict, kids));
    struct ky_pdf_field *f = list_add(ky_pdf_arena(w->doc), &w->fields);
    if (f == NULL)
        return KY_ENOMEM;
    const struct ky_pdf_value *type = ky_pdf_resolve(w->doc, in->type);
    *f = (struct ky_pdf_field){
        .ref = ref,
        .dict = dict,
        .name = in->name,
        .type = type->type == KY_PDF_NAME ? type->text : KY_BYTES_NONE,
        .value = ky_pdf_resolve(w->doc, in->value),
        .value_ref = ref_of(in->value),
        .widgets = widgets.at,
        .widget_count = widgets.n,
    };
    (void)ky_pdf_as_int(ky_pdf_resolve(w->doc, in->flags), &f->flags);
    return KY_OK;
}

/* A kid is a field when it has a partial name; else it is a widget of its parent. */
static bool has_field_kids(struct ky_pdf *doc, const struct ky_pdf_value *kids)
{
    for (size_t i = 0; kids->type == KY_PDF_ARRAY && i < kids->u.array.n; i++) {
        const struct ky_pdf_value *kid = ky_pdf_item(doc, kids, i);
        if (!ky_pdf_charge(doc, ky_pdf_is_dict(kid) ? kid->u.dict.n + KY_PDF_NODE_WORK : 1))
            return false;
        if (ky_pdf_dict_find(kid, "T") != NULL)
            return true;
    }
    return false;
}

static ky_rc visit(struct walk *w, const struct ky_pdf_value *node, struct inherited in, unsigned depth)
{
    struct ky_pdf_ref ref = ref_of(node);
    if (!ky_pdf_charge(w->doc, KY_PDF_NODE_WORK))
        return KY_ELIMIT;
    const struct ky_pdf_value *dict = ky_pdf_resolve(w->doc, node);
    if (dict->type != KY_PDF_DICT || depth > TREE_DEPTH_MAX || !ky_pdf_mark(&w->seen, ref))
        return KY_OK;
    KY_TRY(inherit(&in, w, dict));
    const struct ky_pdf_value *kids = ky_pdf_get(w->doc, dict, "Kids");
    if (!has_field_kids(w->doc, kids))
        return add_field(w, ref, dict, &in, kids);
    for (size_t i = 0; i < kids->u.array.n; i++)
        KY_TRY(visit(w, kids->u.array.at[i], in, depth + 1));
    return KY_OK;
}

static ky_rc visit_all(struct walk *w, const struct ky_pdf_value *fields)
{
    const struct inherited top = {.name = ""};
    for (size_t i = 0; fields->type == KY_PDF_ARRAY && i < fields->u.array.n; i++)
        KY_TRY(visit(w, fields->u.array.at[i], top, 0));
    return KY_OK;
}

ky_rc ky_pdf_form_read(struct ky_pdf_form *out, struct ky_pdf *doc)
{
    const struct ky_pdf_value *entry = ky_pdf_dict_find(ky_pdf_catalog(doc), "AcroForm");
    struct ky_pdf_form form = {.dict = ky_pdf_resolve(doc, entry), .ref = ref_of(entry)};
    struct walk w = {.doc = doc, .fields = {.size = sizeof(struct ky_pdf_field)}};
    KY_TRY(ky_pdf_marks_init(&w.seen, doc));
    ky_rc rc = visit_all(&w, ky_pdf_get(doc, form.dict, "Fields"));
    ky_pdf_marks_clear(&w.seen);
    KY_TRY(rc);
    form.fields = w.fields.at;
    form.field_count = w.fields.n;
    form.has_xfa = ky_pdf_get(doc, form.dict, "XFA")->type != KY_PDF_NULL;
    (void)ky_pdf_as_int(ky_pdf_get(doc, form.dict, "SigFlags"), &form.sig_flags);
    *out = form;
    return KY_OK;
}

const struct ky_pdf_field *ky_pdf_form_find(const struct ky_pdf_form *form, const char *name)
{
    for (size_t i = 0; i < form->field_count; i++) {
        if (strcmp(form->fields[i].name, name) == 0)
            return &form->fields[i];
    }
    return NULL;
}
