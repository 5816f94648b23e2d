/*
 * Rules for later changes. Each rule looks at one place where something may
 * differ (catalog, AcroForm, field, page, DSS) and explains the objects it
 * accepts; what is left over at the end is refused.
 */
#include "ades/changes.h"

#include "ades/objdiff.h"
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>

struct judge {
    struct ky_objdiff diff;
    struct ky_changes *out;
    struct ky_pdf_form form_a, form_b;
    const struct ky_pdf_signature *signatures; /* of the earlier state: their locks */
    const struct ky_pdf_signature *later;      /* of the later state */
    size_t n_signatures, n_later;
    int docmdp;
};

static void note(struct judge *j, ky_change kind)
{
    if (j->out->kind < kind)
        j->out->kind = kind;
}

/* Says what is wrong, the first time; false, so that it can be returned. */
static bool KY_PRINTF(2, 3) refuse(struct judge *j, const char *fmt, ...)
{
    if (j->out->kind == KY_CHANGE_OTHER)
        return false;
    j->out->kind = KY_CHANGE_OTHER;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(j->out->text, sizeof j->out->text, fmt, ap);
    va_end(ap);
    return false;
}

/*
 * Rules by dictionary key: a differing entry is handed to its rule, one without rule is refused.
 */
typedef bool entry_rule(struct judge *j, const struct ky_pdf_value *a, const struct ky_pdf_value *b);
struct key_rule {
    const char *key;
    entry_rule *rule;
};

static const struct key_rule *rule_for(const struct key_rule *rules, size_t n, struct ky_bytes key)
{
    for (size_t i = 0; i < n; i++)
        if (ky_bytes_eq_str(key, rules[i].key))
            return &rules[i];
    return NULL;
}

static const struct ky_pdf_value *entry(const struct ky_pdf_value *dict, struct ky_bytes key)
{
    for (size_t i = dict->u.dict.n; i-- > 0;)
        if (ky_bytes_eq(dict->u.dict.at[i].key, key))
            return dict->u.dict.at[i].value;
    return NULL;
}

/* Every key of `of` where a and b differ passes its rule. */
static bool keys_pass(struct judge *j, const char *what, const struct ky_pdf_value *of,
                      const struct ky_pdf_value *a, const struct ky_pdf_value *b,
                      const struct key_rule *rules, size_t n)
{
    for (size_t i = 0; i < of->u.dict.n; i++) {
        const struct ky_bytes key = of->u.dict.at[i].key;
        const struct ky_pdf_value *va = entry(a, key), *vb = entry(b, key);
        const struct key_rule *r = rule_for(rules, n, key);
        if (r == NULL && !ky_pdf_value_equal(va, vb))
            return refuse(j, "%s: /%.*s changed", what, (int)(key.n < 40 ? key.n : 40), (const char *)key.p);
        if (r != NULL && !r->rule(j, va, vb))
            return refuse(j, "%s: /%s changed", what, r->key);
    }
    return true;
}

/* Plain dictionaries only: the content of a stream would escape the rules by key. */
static bool dicts_pass(struct judge *j, const char *what, const struct ky_pdf_value *a,
                       const struct ky_pdf_value *b, const struct key_rule *rules, size_t n)
{
    if (a->type != KY_PDF_DICT || b->type != KY_PDF_DICT || ky_pdf_dict_has_twin_keys(b))
        return refuse(j, "%s: not a dictionary as it was", what);
    return keys_pass(j, what, a, a, b, rules, n) && keys_pass(j, what, b, a, b, rules, n);
}

static bool any_value(struct judge *j, const struct ky_pdf_value *a, const struct ky_pdf_value *b)
{
    (void)j, (void)a, (void)b;
    return true;
}

/* Nothing that was there is gone or different; dictionaries inside likewise. */
static bool only_added(struct judge *j, const struct ky_pdf_value *a, const struct ky_pdf_value *b)
{
    const struct ky_pdf_value *ra = ky_pdf_resolve(j->diff.before, a), *rb = ky_pdf_resolve(j->diff.after, b);
    if (ra->type == KY_PDF_NULL)
        return true;
    if (ra->type == KY_PDF_ARRAY && rb->type == KY_PDF_ARRAY) {
        bool ok = ra->u.array.n <= rb->u.array.n;
        for (size_t i = 0; ok && i < ra->u.array.n; i++)
            ok = ky_pdf_value_equal(ra->u.array.at[i], rb->u.array.at[i]);
        if (ok)
            ky_objdiff_explain_own(&j->diff, a);
        return ok;
    }
    if (ra->type != KY_PDF_DICT || rb->type != KY_PDF_DICT)
        return ky_pdf_value_equal(ra, rb);
    for (size_t i = 0; i < ra->u.dict.n; i++) {
        const struct ky_pdf_value *va = ra->u.dict.at[i].value, *vb = entry(rb, ra->u.dict.at[i].key);
        if (!ky_pdf_value_equal(va, vb) ||
            (va->type == KY_PDF_REF && ky_objdiff_changed(&j->diff, va->u.ref))) {
            if (ky_pdf_resolve(j->diff.before, va)->type != KY_PDF_DICT &&
                ky_pdf_resolve(j->diff.before, va)->type != KY_PDF_ARRAY)
                return false;
            if (!only_added(j, va, vb))
                return false;
        }
    }
    ky_objdiff_explain_own(&j->diff, a);
    return true;
}

static bool tree_changed(const struct judge *j, const struct ky_pdf_value *a, const struct ky_pdf_value *b)
{
    return !ky_pdf_value_equal(a, b) ||
           (a != NULL && a->type == KY_PDF_REF && ky_objdiff_changed(&j->diff, a->u.ref));
}

/* Validation data show nothing: they may even be replaced, as long as nothing else uses their objects. */
static bool dss_rule(struct judge *j, const struct ky_pdf_value *a, const struct ky_pdf_value *b)
{
    if (tree_changed(j, a, b))
        note(j, KY_CHANGE_EVIDENCE);
    ky_objdiff_explain_tree(&j->diff, a);
    return true;
}

static bool metadata_rule(struct judge *j, const struct ky_pdf_value *a, const struct ky_pdf_value *b)
{
    if (tree_changed(j, a, b))
        note(j, KY_CHANGE_EVIDENCE);
    ky_objdiff_explain_own(&j->diff, a);
    return true;
}

static bool is_new(const struct judge *j, struct ky_pdf_ref ref)
{
    return ref.num > 0 && !ky_pdf_object_exists(j->diff.before, ref.num, NULL);
}

/* A widget of a signature field that was added later. */
static bool is_new_signature_widget(const struct judge *j, const struct ky_pdf_value *v)
{
    if (v->type != KY_PDF_REF || !is_new(j, v->u.ref))
        return false;
    for (size_t i = 0; i < j->form_b.field_count; i++) {
        const struct ky_pdf_field *f = &j->form_b.fields[i];
        for (size_t k = 0; ky_bytes_eq_str(f->type, "Sig") && k < f->widget_count; k++)
            if (ky_pdf_ref_eq(f->widgets[k].ref, v->u.ref))
                return true;
    }
    return false;
}

static bool is_new_signature_field(const struct judge *j, const struct ky_pdf_value *v)
{
    for (size_t i = 0; v->type == KY_PDF_REF && i < j->form_b.field_count; i++)
        if (ky_pdf_ref_eq(j->form_b.fields[i].ref, v->u.ref))
            return is_new(j, v->u.ref) && ky_bytes_eq_str(j->form_b.fields[i].type, "Sig");
    return false;
}

/* The old elements first and unchanged, then only what `accept` takes. */
static bool array_grew(struct judge *j, const struct ky_pdf_value *a, const struct ky_pdf_value *b,
                       bool (*accept)(const struct judge *j, const struct ky_pdf_value *v))
{
    const struct ky_pdf_value *ra = ky_pdf_resolve(j->diff.before, a), *rb = ky_pdf_resolve(j->diff.after, b);
    const size_t old = ra->type == KY_PDF_ARRAY ? ra->u.array.n : 0;
    if (rb->type != KY_PDF_ARRAY)
        return ky_pdf_value_equal(ra, rb);
    if (rb->u.array.n < old)
        return false;
    for (size_t i = 0; i < rb->u.array.n; i++) {
        const bool ok =
            i < old ? ky_pdf_value_equal(ra->u.array.at[i], rb->u.array.at[i]) : accept(j, rb->u.array.at[i]);
        if (!ok)
            return false;
    }
    ky_objdiff_explain_own(&j->diff, a);
    return true;
}

static bool fields_rule(struct judge *j, const struct ky_pdf_value *a, const struct ky_pdf_value *b)
{
    return array_grew(j, a, b, is_new_signature_field);
}

static bool annots_rule(struct judge *j, const struct ky_pdf_value *a, const struct ky_pdf_value *b)
{
    return array_grew(j, a, b, is_new_signature_widget);
}

/* Resources for making appearances: fonts that fields use may come, not change. */
static const struct key_rule resource_rules[] = {
    {"Font", only_added}, {"Encoding", only_added}, {"XObject", any_value}, {"ProcSet", any_value}};

static bool resources_rule(struct judge *j, const struct ky_pdf_value *a, const struct ky_pdf_value *b)
{
    const struct ky_pdf_value *ra = ky_pdf_resolve(j->diff.before, a), *rb = ky_pdf_resolve(j->diff.after, b);
    if (ra->type == KY_PDF_NULL)
        return true;
    if (!dicts_pass(j, "AcroForm /DR", ra, rb, resource_rules, KY_COUNT(resource_rules)))
        return false;
    ky_objdiff_explain_own(&j->diff, a);
    return true;
}

static const struct key_rule acroform_rules[] = {{"Fields", fields_rule},
                                                 {"SigFlags", any_value},
                                                 {"DR", resources_rule},
                                                 {"DA", only_added},
                                                 {"NeedAppearances", any_value}};

static bool acroform_rule(struct judge *j, const struct ky_pdf_value *a, const struct ky_pdf_value *b)
{
    static const struct ky_pdf_value empty = {.type = KY_PDF_DICT};
    const struct ky_pdf_value *ra = ky_pdf_resolve(j->diff.before, a), *rb = ky_pdf_resolve(j->diff.after, b);
    if (ra->type == KY_PDF_NULL && rb->type == KY_PDF_NULL)
        return true;
    if (!dicts_pass(j, "AcroForm", ra->type == KY_PDF_NULL ? &empty : ra, rb, acroform_rules,
                    KY_COUNT(acroform_rules)))
        return false;
    ky_objdiff_explain_own(&j->diff, a);
    return true;
}

static const struct key_rule catalog_rules[] = {{"AcroForm", acroform_rule},
                                                {"DSS", dss_rule},
                                                {"Metadata", metadata_rule},
                                                {"Extensions", only_added},
                                                {"Version", any_value}};

static bool catalog_passes(struct judge *j)
{
    const struct ky_pdf_value *ra = ky_pdf_trailer(j->diff.before, "Root");
    if (!ky_pdf_value_equal(ra, ky_pdf_trailer(j->diff.after, "Root")) ||
        !ky_pdf_value_equal(ky_pdf_trailer(j->diff.before, "Encrypt"),
                            ky_pdf_trailer(j->diff.after, "Encrypt")))
        return refuse(j, "trailer: /Root or /Encrypt changed");
    if (!dicts_pass(j, "catalog", ky_pdf_catalog(j->diff.before), ky_pdf_catalog(j->diff.after),
                    catalog_rules, KY_COUNT(catalog_rules)))
        return false;
    if (ra != NULL && ra->type == KY_PDF_REF)
        ky_objdiff_explain(&j->diff, ra->u.ref);
    return metadata_rule(j, ky_pdf_trailer(j->diff.before, "Info"), ky_pdf_trailer(j->diff.after, "Info"));
}

/* Entries of a field or widget that a signature or a filled value may set (ISO 32000-2 §12.7.4, §12.5.5). */
static const struct key_rule signed_field_rules[] = {{"V", any_value}, {"AP", any_value}, {"F", any_value}};
static const struct key_rule filled_field_rules[] = {{"V", any_value}, {"AP", any_value}, {"AS", any_value},
                                                     {"M", any_value}, {"I", any_value},  {"RV", any_value},
                                                     {"MK", any_value}};

/* What a signature field added later may have: nothing that acts or holds other content. */
static const struct key_rule new_field_rules[] = {
    {"Type", any_value},   {"Subtype", any_value}, {"FT", any_value},     {"T", any_value},
    {"TU", any_value},     {"V", any_value},       {"F", any_value},      {"P", any_value},
    {"Rect", any_value},   {"AP", any_value},      {"Lock", any_value},   {"SV", any_value},
    {"Ff", any_value},     {"MK", any_value},      {"DA", any_value},     {"DR", any_value},
    {"Q", any_value},      {"Kids", any_value},    {"NM", any_value},     {"M", any_value},
    {"Border", any_value}, {"BS", any_value},      {"Parent", any_value}, {"StructParent", any_value}};

static bool is_locked(const struct judge *j, const struct ky_pdf_field *f)
{
    for (size_t i = 0; i < j->n_signatures; i++)
        if (ky_pdf_lock_covers(&j->signatures[i].lock, f->name))
            return true;
    return false;
}

/* Streams of the old appearance that nobody else uses may be written anew. */
static void explain_appearance(struct judge *j, const struct ky_pdf_value *widget)
{
    static const char *const states[] = {"N", "R", "D"};
    const struct ky_pdf_value *ap = ky_pdf_dict_find(widget, "AP");
    const struct ky_pdf_value *dict = ky_pdf_resolve(j->diff.before, ap);
    ky_objdiff_explain_own(&j->diff, ap);
    for (size_t i = 0; i < KY_COUNT(states); i++) {
        const struct ky_pdf_value *look = ky_pdf_dict_find(dict, states[i]);
        const struct ky_pdf_value *inner = ky_pdf_resolve(j->diff.before, look);
        ky_objdiff_explain_own(&j->diff, look);
        for (size_t k = 0; inner->type == KY_PDF_DICT && k < inner->u.dict.n; k++)
            ky_objdiff_explain_own(&j->diff, inner->u.dict.at[k].value);
    }
}

static bool appearance_changed(const struct judge *j, const struct ky_pdf_value *widget)
{
    const struct ky_pdf_value *ap = ky_pdf_dict_find(widget, "AP");
    const struct ky_pdf_value *n = ky_pdf_dict_find(ky_pdf_resolve(j->diff.before, ap), "N");
    return (ap != NULL && ap->type == KY_PDF_REF && ky_objdiff_changed(&j->diff, ap->u.ref)) ||
           (n != NULL && n->type == KY_PDF_REF && ky_objdiff_changed(&j->diff, n->u.ref));
}

static bool field_touched(const struct judge *j, const struct ky_pdf_field *f)
{
    bool touched = ky_objdiff_changed(&j->diff, f->ref) || ky_objdiff_changed(&j->diff, f->value_ref);
    for (size_t i = 0; i < f->widget_count; i++)
        touched = touched || ky_objdiff_changed(&j->diff, f->widgets[i].ref) ||
                  appearance_changed(j, f->widgets[i].dict);
    return touched;
}

static const struct ky_pdf_value *later(struct judge *j, struct ky_pdf_ref ref)
{
    return ky_pdf_object(j->diff.after, ref);
}

/* Is the field signed now, by a signature that is judged itself? Time stamps and empty fields answer to nobody. */
static bool is_judged(const struct judge *j, struct ky_pdf_ref field)
{
    for (size_t i = 0; i < j->n_later; i++)
        if (ky_pdf_ref_eq(j->later[i].field->ref, field))
            return !j->later[i].is_timestamp;
    return false;
}

/* Draws the widget something on its page? */
static bool is_visible(const struct ky_pdf_widget *w)
{
    const bool area = w->rect.x1 > w->rect.x0 && w->rect.y1 > w->rect.y0;
    return area && (ky_pdf_dict_find(w->dict, "AP") != NULL || ky_pdf_dict_find(w->dict, "MK") != NULL);
}

/* What shows on the page must have a signer: else anyone could draw over the document. */
static bool has_signer_or_is_unseen(struct judge *j, struct ky_pdf_ref ref)
{
    const struct ky_pdf_field *f = NULL;
    for (size_t i = 0; i < j->form_b.field_count && f == NULL; i++)
        if (ky_pdf_ref_eq(j->form_b.fields[i].ref, ref))
            f = &j->form_b.fields[i];
    if (f == NULL)
        return refuse(j, "a signature field is gone");
    for (size_t i = 0; i < f->widget_count && !is_judged(j, ref); i++)
        if (is_visible(&f->widgets[i]))
            return refuse(j, "signature field %s was given an appearance without a signature", f->name);
    return true;
}

/* A field that was there and is different now. */
static bool field_passes(struct judge *j, const struct ky_pdf_field *f)
{
    const bool signature = ky_bytes_eq_str(f->type, "Sig");
    const struct key_rule *rules = signature ? signed_field_rules : filled_field_rules;
    const size_t n = signature ? KY_COUNT(signed_field_rules) : KY_COUNT(filled_field_rules);
    if (signature && ky_pdf_is_dict(f->value))
        return refuse(j, "signature field %s changed after it was signed", f->name);
    if (is_locked(j, f))
        return refuse(j, "field %s is locked by a signature and changed", f->name);
    if (j->docmdp == 1)
        return refuse(j, "field %s changed in a document certified against all changes", f->name);
    if (signature && !has_signer_or_is_unseen(j, f->ref))
        return false;
    if (!dicts_pass(j, f->name, f->dict, later(j, f->ref), rules, n))
        return false;
    ky_objdiff_explain(&j->diff, f->ref);
    for (size_t i = 0; i < f->widget_count; i++) {
        const struct ky_pdf_widget *w = &f->widgets[i];
        if (!dicts_pass(j, f->name, w->dict, later(j, w->ref), rules, n))
            return false;
        if (ky_objdiff_shared(&j->diff, ky_pdf_dict_find(w->dict, "AP")))
            return refuse(j, "field %s changed, and others use its appearance", f->name);
        ky_objdiff_explain(&j->diff, w->ref);
        explain_appearance(j, w->dict);
    }
    ky_objdiff_explain_own(&j->diff, ky_pdf_dict_find(f->dict, "V"));
    note(j, signature ? KY_CHANGE_SIGNED : KY_CHANGE_FILLED);
    return true;
}

static bool has_only_new_field_keys(const struct ky_pdf_value *dict)
{
    for (size_t i = 0; i < dict->u.dict.n; i++)
        if (rule_for(new_field_rules, KY_COUNT(new_field_rules), dict->u.dict.at[i].key) == NULL)
            return false;
    return !ky_pdf_dict_has_twin_keys(dict);
}

static bool new_field_passes(struct judge *j, const struct ky_pdf_field *f)
{
    if (!ky_bytes_eq_str(f->type, "Sig"))
        return refuse(j, "form field %s added", f->name);
    const bool stamp = ky_pdf_is_name(ky_pdf_get(j->diff.after, f->value, "SubFilter"), "ETSI.RFC3161");
    if (j->docmdp == 1 && !stamp)
        return refuse(j, "signature added to a document certified against all changes");
    bool plain = has_only_new_field_keys(f->dict);
    for (size_t i = 0; i < f->widget_count; i++)
        plain = plain && has_only_new_field_keys(f->widgets[i].dict);
    if (!plain)
        return refuse(j, "added signature field %s has more than a signature", f->name);
    if (!has_signer_or_is_unseen(j, f->ref))
        return false;
    note(j, stamp ? KY_CHANGE_EVIDENCE : KY_CHANGE_SIGNED);
    return true;
}

static bool fields_pass(struct judge *j)
{
    for (size_t i = 0; i < j->form_a.field_count; i++)
        if (field_touched(j, &j->form_a.fields[i]) && !field_passes(j, &j->form_a.fields[i]))
            return false;
    for (size_t i = 0; i < j->form_b.field_count; i++)
        if (is_new(j, j->form_b.fields[i].ref) && !new_field_passes(j, &j->form_b.fields[i]))
            return false;
    return true;
}

static const struct key_rule page_rules[] = {{"Annots", annots_rule}};

static ky_rc page_passes(void *ctx, size_t index, const struct ky_pdf_page *page)
{
    struct judge *j = ctx;
    const struct ky_pdf_value *annots = ky_pdf_dict_find(page->dict, "Annots");
    const bool touched =
        ky_objdiff_changed(&j->diff, page->ref) ||
        (annots != NULL && annots->type == KY_PDF_REF && ky_objdiff_changed(&j->diff, annots->u.ref));
    if (!touched)
        return KY_OK;
    char what[32];
    snprintf(what, sizeof what, "page %zu", index + 1);
    if (dicts_pass(j, what, page->dict, later(j, page->ref), page_rules, KY_COUNT(page_rules)))
        ky_objdiff_explain(&j->diff, page->ref);
    return KY_OK;
}

static const char *type_name(struct judge *j, uint32_t num, struct ky_bytes *name)
{
    uint32_t gen = 0;
    ky_pdf_object_exists(j->diff.before, num, &gen);
    const struct ky_pdf_value *t =
        ky_pdf_get(j->diff.before, ky_pdf_object(j->diff.before, (struct ky_pdf_ref){num, gen}), "Type");
    *name = t->type == KY_PDF_NAME ? t->text : KY_BYTES_LIT("object");
    return (const char *)name->p;
}

static ky_rc apply_rules(struct judge *j)
{
    if (!catalog_passes(j) || !fields_pass(j))
        return KY_OK;
    KY_TRY(ky_pdf_page_each(j->diff.before, page_passes, j));
    const uint32_t num = ky_objdiff_first(&j->diff);
    if (num != 0) {
        struct ky_bytes name;
        const char *type = type_name(j, num, &name);
        refuse(j, "object %u (%.*s) changed", num, (int)(name.n < 40 ? name.n : 40), type);
    }
    return KY_OK;
}

ky_rc ky_changes_find(struct ky_changes *out, struct ky_pdf *before, struct ky_pdf *after, int docmdp)
{
    struct ky_changes found = {.kind = KY_CHANGE_NONE};
    struct judge j = {.out = &found, .docmdp = docmdp};
    KY_TRY(ky_pdf_form_read(&j.form_a, before));
    KY_TRY(ky_pdf_form_read(&j.form_b, after));
    KY_TRY(ky_pdf_signatures(&j.signatures, &j.n_signatures, before, &j.form_a));
    KY_TRY(ky_pdf_signatures(&j.later, &j.n_later, after, &j.form_b));
    KY_TRY(ky_objdiff_init(&j.diff, before, after));
    const ky_rc rc = apply_rules(&j);
    ky_objdiff_clear(&j.diff);
    KY_TRY(rc);
    *out = found;
    return KY_OK;
}

const char *ky_change_name(ky_change kind)
{
    static const char *const names[] = {"none", "evidence", "signed", "filled", "other"};
    return names[kind];
}
