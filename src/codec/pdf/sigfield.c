/* Making and filling signature fields; see sigfield.h. */
#include "codec/pdf/sigfield.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "codec/pdf/internal.h"
#include "codec/pdf/text.h"

#define FLAG_PRINT_LOCKED 132 /* bits 3 and 8 of /F (Table 167) */
#define SIG_FLAGS 3           /* SignaturesExist, AppendOnly (Table 225) */
#define NAME_MAX_BYTES 255
#define NUMBER_DIGITS 20
#define BYTE_RANGE_TEXT (sizeof "[0   ]" - 1 + 3 * NUMBER_DIGITS)
#define AUTO_NAME "Signature"

static ky_rc put(struct ky_pdf_update *u, struct ky_pdf_value *dict, const char *key, struct ky_pdf_value *v)
{
    return ky_pdf_dict_put(ky_pdf_update_arena(u), dict, key, v);
}

static ky_rc put_name(struct ky_pdf_update *u, struct ky_pdf_value *dict, const char *key, const char *name)
{
    return put(u, dict, key, ky_pdf_name(ky_pdf_update_arena(u), name));
}

static ky_rc put_ref(struct ky_pdf_update *u, struct ky_pdf_value *dict, const char *key,
                     struct ky_pdf_ref ref)
{
    return put(u, dict, key, ky_pdf_indirect(ky_pdf_update_arena(u), ref));
}

/* One more than the highest number of a field "Signature<n>". */
static const char *free_name(struct ky_pdf_update *u, const struct ky_pdf_form *form)
{
    unsigned long most = 0;
    for (size_t i = 0; i < form->field_count; i++) {
        const char *name = form->fields[i].name;
        if (strncmp(name, AUTO_NAME, strlen(AUTO_NAME)) != 0)
            continue;
        unsigned long n = strtoul(name + strlen(AUTO_NAME), NULL, 10);
        most = n > most && n < UINT32_MAX ? n : most;
    }
    return ky_arena_printf(ky_pdf_update_arena(u), AUTO_NAME "%lu", most + 1);
}

/* A top-level name that is nobody's: neither a field's nor a field's ancestor's (§12.7.4.2). */
static ky_rc check_name(const struct ky_pdf_form *form, const char *name)
{
    size_t n = strlen(name);
    if (n == 0 || n > NAME_MAX_BYTES || strchr(name, '.') != NULL)
        return ky_fail(KY_EINVAL, "name of a new field: 1 to %d bytes without a period", NAME_MAX_BYTES);
    for (size_t i = 0; i < form->field_count; i++) {
        const char *other = form->fields[i].name;
        if (strncmp(other, name, n) == 0 && (other[n] == 0 || other[n] == '.'))
            return ky_fail(KY_EEXIST, "pdf: there is a field %s already", name);
    }
    return KY_OK;
}

/* Changes AcroForm where it stands: its own object, or the catalog that holds it, or a new object. */
static ky_rc edit_form(struct ky_pdf_value **out, struct ky_pdf_update *u, const struct ky_pdf_form *form)
{
    if (form->ref.num != 0 && form->dict->type == KY_PDF_DICT)
        return ky_pdf_update_edit(out, u, form->ref);
    struct ky_pdf_value *catalog;
    KY_TRY(ky_pdf_update_edit_catalog(&catalog, u));
    const struct ky_pdf_value *now = ky_pdf_dict_find(catalog, "AcroForm");
    bool made = ky_pdf_type_of(now) == KY_PDF_REF && ky_pdf_update_get(u, now->u.ref)->type == KY_PDF_DICT;
    if (made || form->dict->type != KY_PDF_NULL)
        return ky_pdf_update_edit_child(out, u, catalog, "AcroForm", KY_PDF_DICT);
    struct ky_pdf_ref ref;
    *out = ky_pdf_dict(ky_pdf_update_arena(u));
    KY_TRY(ky_pdf_update_add(&ref, u, *out));
    return put_ref(u, catalog, "AcroForm", ref);
}

static ky_rc raise_sig_flags(struct ky_pdf_update *u, const struct ky_pdf_form *form)
{
    struct ky_pdf_value *dict;
    if ((form->sig_flags & SIG_FLAGS) == SIG_FLAGS)
        return KY_OK;
    KY_TRY(edit_form(&dict, u, form));
    return put(u, dict, "SigFlags", ky_pdf_int(ky_pdf_update_arena(u), form->sig_flags | SIG_FLAGS));
}

/* Is the array under that key an object of its own? */
static bool is_indirect_array(struct ky_pdf_update *u, const struct ky_pdf_value *dict, const char *key)
{
    const struct ky_pdf_value *v = ky_pdf_dict_find(dict, key);
    return ky_pdf_type_of(v) == KY_PDF_REF && ky_pdf_update_get(u, v->u.ref)->type == KY_PDF_ARRAY;
}

static ky_rc push_ref(struct ky_pdf_update *u, struct ky_pdf_value *array, struct ky_pdf_ref ref)
{
    struct ky_arena *a = ky_pdf_update_arena(u);
    return ky_pdf_array_push(a, array, ky_pdf_indirect(a, ref));
}

/* Adds to a dictionary's array of references, changing only the array where it is an object of its own. */
static ky_rc add_to_fields(struct ky_pdf_update *u, const struct ky_pdf_form *form, struct ky_pdf_ref field)
{
    struct ky_pdf_value *dict, *fields;
    if (is_indirect_array(u, form->dict, "Fields")) {
        KY_TRY(ky_pdf_update_edit(&fields, u, ky_pdf_dict_find(form->dict, "Fields")->u.ref));
        return push_ref(u, fields, field);
    }
    KY_TRY(edit_form(&dict, u, form));
    KY_TRY(ky_pdf_update_edit_child(&fields, u, dict, "Fields", KY_PDF_ARRAY));
    return push_ref(u, fields, field);
}

struct sharers {
    struct ky_pdf_ref annots;
    size_t count;
};

static ky_rc count_sharer(void *ctx, size_t index, const struct ky_pdf_page *page)
{
    struct sharers *s = ctx;
    s->count += ky_pdf_is_ref_to(ky_pdf_dict_find(page->dict, "Annots"), s->annots);
    return KY_OK;
}

static ky_rc annots_are_shared(bool *out, struct ky_pdf *doc, const struct ky_pdf_page *page)
{
    struct sharers s = {.annots = ky_pdf_dict_find(page->dict, "Annots")->u.ref};
    KY_TRY(ky_pdf_page_each(doc, count_sharer, &s));
    *out = s.count > 1;
    return KY_OK;
}

static ky_rc add_to_page(struct ky_pdf_update *u, const struct ky_pdf_page *page, struct ky_pdf_ref widget)
{
    struct ky_pdf_value *dict, *annots;
    bool shared = false;
    if (is_indirect_array(u, page->dict, "Annots")) {
        struct ky_pdf_ref ref = ky_pdf_dict_find(page->dict, "Annots")->u.ref;
        KY_TRY(annots_are_shared(&shared, ky_pdf_update_doc(u), page));
        if (!shared) {
            KY_TRY(ky_pdf_update_edit(&annots, u, ref));
            return push_ref(u, annots, widget);
        }
        struct ky_arena *a = ky_pdf_update_arena(u);
        KY_TRY(ky_pdf_update_edit(&dict, u, page->ref));
        KY_TRY(put(u, dict, "Annots", ky_pdf_copy_shallow(a, ky_pdf_update_get(u, ref))));
    }
    KY_TRY(ky_pdf_update_edit(&dict, u, page->ref));
    KY_TRY(ky_pdf_update_edit_child(&annots, u, dict, "Annots", KY_PDF_ARRAY));
    return push_ref(u, annots, widget);
}

static ky_rc put_rect(struct ky_pdf_update *u, struct ky_pdf_value *dict, const struct ky_pdf_rect *r)
{
    struct ky_arena *a = ky_pdf_update_arena(u);
    struct ky_pdf_value *rect = ky_pdf_array(a);
    const double n[] = {r->x0, r->y0, r->x1, r->y1};
    for (size_t i = 0; i < KY_COUNT(n); i++)
        KY_TRY(ky_pdf_array_push(a, rect, ky_pdf_real(a, n[i])));
    return put(u, dict, "Rect", rect);
}

static ky_rc put_appearance(struct ky_pdf_update *u, struct ky_pdf_value *widget, struct ky_pdf_ref form)
{
    if (form.num == 0)
        return KY_OK;
    struct ky_pdf_value *ap = ky_pdf_dict(ky_pdf_update_arena(u));
    if (ap == NULL)
        return KY_ENOMEM;
    KY_TRY(put_ref(u, ap, "N", form));
    return put(u, widget, "AP", ap);
}

/* A field merged with its widget (§12.7.4.2). */
static ky_rc make_field(struct ky_pdf_value **out, struct ky_pdf_update *u,
                        const struct ky_pdf_sigfield *spec, const char *name, struct ky_pdf_ref page)
{
    struct ky_arena *a = ky_pdf_update_arena(u);
    struct ky_pdf_value *f = ky_pdf_dict(a);
    struct ky_bytes title;
    if (f == NULL)
        return KY_ENOMEM;
    KY_TRY(ky_pdf_text_encode(&title, a, ky_bytes_str(name)));
    KY_TRY(put_name(u, f, "Type", "Annot"));
    KY_TRY(put_name(u, f, "Subtype", "Widget"));
    KY_TRY(put_name(u, f, "FT", "Sig"));
    KY_TRY(put(u, f, "T", ky_pdf_string(a, title)));
    KY_TRY(put(u, f, "F", ky_pdf_int(a, FLAG_PRINT_LOCKED)));
    KY_TRY(put_rect(u, f, &spec->rect));
    KY_TRY(put_ref(u, f, "P", page));
    KY_TRY(put_appearance(u, f, spec->appearance));
    *out = f;
    return KY_OK;
}

static ky_rc add_field(struct ky_pdf_sigslot *slot, struct ky_pdf_update *u,
                       const struct ky_pdf_sigfield *spec, const struct ky_pdf_form *form)
{
    struct ky_pdf_page page;
    struct ky_pdf_value *field;
    slot->name =
        spec->name == NULL ? free_name(u, form) : ky_arena_strdup(ky_pdf_update_arena(u), spec->name);
    if (slot->name == NULL)
        return KY_ENOMEM;
    KY_TRY(check_name(form, slot->name));
    KY_TRY(ky_pdf_page_get(&page, ky_pdf_update_doc(u), spec->page));
    if (page.ref.num == 0)
        return ky_fail(KY_EFORMAT, "pdf: page %zu is no indirect object", spec->page + 1);
    KY_TRY(make_field(&field, u, spec, slot->name, page.ref));
    KY_TRY(put_ref(u, field, "V", slot->dict));
    KY_TRY(ky_pdf_update_add(&slot->field, u, field));
    KY_TRY(add_to_page(u, &page, slot->field));
    return add_to_fields(u, form, slot->field);
}

/* [<< /TransformMethod method /TransformParams params >>], after what the caller may have put there. */
static ky_rc add_reference(struct ky_pdf_update *u, struct ky_pdf_value *dict, const char *method,
                           struct ky_pdf_value *params)
{
    struct ky_pdf_value *list, *reference = ky_pdf_dict(ky_pdf_update_arena(u));
    if (reference == NULL || params == NULL)
        return KY_ENOMEM;
    KY_TRY(put_name(u, params, "Type", "TransformParams"));
    KY_TRY(put_name(u, params, "V", "1.2"));
    KY_TRY(put_name(u, reference, "Type", "SigRef"));
    KY_TRY(put_name(u, reference, "TransformMethod", method));
    KY_TRY(put(u, reference, "TransformParams", params));
    KY_TRY(ky_pdf_update_edit_child(&list, u, dict, "Reference", KY_PDF_ARRAY));
    return ky_pdf_array_push(ky_pdf_update_arena(u), list, reference);
}

/* A field with a /Lock asks that the signature say so (§12.7.5.5). */
static ky_rc apply_lock(struct ky_pdf_update *u, struct ky_pdf_value *dict, const struct ky_pdf_field *field)
{
    static const char *const carried[] = {"Action", "Fields"};
    struct ky_pdf *doc = ky_pdf_update_doc(u);
    const struct ky_pdf_value *lock = ky_pdf_get(doc, field->dict, "Lock");
    if (!ky_pdf_is_dict(lock))
        return KY_OK;
    struct ky_pdf_value *params = ky_pdf_dict(ky_pdf_update_arena(u));
    for (size_t i = 0; i < KY_COUNT(carried); i++) {
        const struct ky_pdf_value *v = ky_pdf_get(doc, lock, carried[i]);
        if (v->type != KY_PDF_NULL)
            KY_TRY(put(u, params, carried[i], ky_pdf_copy_shallow(ky_pdf_update_arena(u), v)));
    }
    return add_reference(u, dict, "FieldMDP", params);
}

static ky_rc fill_field(struct ky_pdf_sigslot *slot, struct ky_pdf_update *u,
                        const struct ky_pdf_sigfield *spec, const struct ky_pdf_field *field,
                        struct ky_pdf_value *dict)
{
    struct ky_pdf_value *v;
    if (!ky_bytes_eq_str(field->type, "Sig") || field->value->type != KY_PDF_NULL)
        return ky_fail(KY_EEXIST, "pdf: field %s is signed already or is no signature field", field->name);
    if (field->ref.num == 0)
        return ky_fail(KY_EFORMAT, "pdf: field %s is no indirect object", field->name);
    slot->field = field->ref;
    slot->name = field->name;
    KY_TRY(ky_pdf_update_edit(&v, u, field->ref));
    KY_TRY(put_ref(u, v, "V", slot->dict));
    KY_TRY(apply_lock(u, dict, field));
    if (field->widget_count == 0 || field->widgets[0].ref.num == 0 || spec->appearance.num == 0)
        return KY_OK;
    KY_TRY(ky_pdf_update_edit(&v, u, field->widgets[0].ref));
    return put_appearance(u, v, spec->appearance);
}

/* The signature dictionary with room for what is known only after rendering. */
static ky_rc make_dict(struct ky_pdf_value **out, struct ky_pdf_sigslot *slot, struct ky_pdf_update *u,
                       const struct ky_pdf_sigfield *spec)
{
    struct ky_arena *a = ky_pdf_update_arena(u);
    size_t n = 2 * spec->contents_max + 2;
    uint8_t *contents = ky_arena_alloc(a, n), *range = ky_arena_alloc(a, BYTE_RANGE_TEXT);
    struct ky_pdf_value *dict = ky_pdf_copy_shallow(a, spec->dict);
    if (contents == NULL || range == NULL || dict == NULL)
        return KY_ENOMEM;
    memset(contents, '0', n);
    contents[0] = '<';
    contents[n - 1] = '>';
    memset(range, ' ', BYTE_RANGE_TEXT);
    slot->contents_len = n;
    if (ky_pdf_dict_find(dict, "Type") == NULL)
        KY_TRY(put_name(u, dict, "Type", "Sig"));
    KY_TRY(put(u, dict, "ByteRange",
               ky_pdf_verbatim(a, KY_BYTES(range, BYTE_RANGE_TEXT), &slot->byte_range_at)));
    KY_TRY(put(u, dict, "Contents", ky_pdf_verbatim(a, KY_BYTES(contents, n), &slot->contents_at)));
    *out = dict;
    return KY_OK;
}

static ky_rc certify(struct ky_pdf_sigslot *slot, struct ky_pdf_update *u, struct ky_pdf_value *dict,
                     int level)
{
    struct ky_pdf_value *catalog, *perms, *params = ky_pdf_dict(ky_pdf_update_arena(u));
    if (params == NULL)
        return KY_ENOMEM;
    KY_TRY(put(u, params, "P", ky_pdf_int(ky_pdf_update_arena(u), level)));
    KY_TRY(add_reference(u, dict, "DocMDP", params));
    KY_TRY(ky_pdf_update_edit_catalog(&catalog, u));
    KY_TRY(ky_pdf_update_edit_child(&perms, u, catalog, "Perms", KY_PDF_DICT));
    return put_ref(u, perms, "DocMDP", slot->dict);
}

ky_rc ky_pdf_sigfield_put(struct ky_pdf_sigslot *slot, struct ky_pdf_update *u,
                          const struct ky_pdf_sigfield *spec)
{
    if (spec->contents_max == 0 || spec->contents_max > KY_PDF_CONTENTS_MAX || spec->certify < 0 ||
        spec->certify > 3 || ky_pdf_type_of(spec->dict) != KY_PDF_DICT)
        return ky_fail(KY_EINVAL, "signature field: %zu bytes of contents, level %d", spec->contents_max,
                       spec->certify);
    struct ky_pdf_form form;
    struct ky_pdf_value *dict;
    *slot = (struct ky_pdf_sigslot){0};
    KY_TRY(ky_pdf_form_read(&form, ky_pdf_update_doc(u)));
    KY_TRY(make_dict(&dict, slot, u, spec));
    KY_TRY(ky_pdf_update_add(&slot->dict, u, dict));
    const struct ky_pdf_field *field = spec->name == NULL ? NULL : ky_pdf_form_find(&form, spec->name);
    KY_TRY(field != NULL ? fill_field(slot, u, spec, field, dict) : add_field(slot, u, spec, &form));
    KY_TRY(raise_sig_flags(u, &form));
    return spec->certify == 0 ? KY_OK : certify(slot, u, dict, spec->certify);
}

ky_rc ky_pdf_sigslot_render(struct ky_buf *tail, struct ky_pdf_sigslot *slot, struct ky_pdf_update *u)
{
    KY_TRY(ky_pdf_update_render(tail, u));
    uint64_t base = ky_pdf_file(ky_pdf_update_doc(u)).n;
    uint64_t after = slot->contents_at + slot->contents_len;
    const uint64_t range[4] = {0, slot->contents_at, after, base + tail->n - after};
    memcpy(slot->byte_range, range, sizeof range);
    char text[BYTE_RANGE_TEXT + 1];
    int n = snprintf(text, sizeof text, "[0 %llu %llu %llu]", (unsigned long long)range[1],
                     (unsigned long long)range[2], (unsigned long long)range[3]);
    memcpy(tail->p + (slot->byte_range_at - base), text, (size_t)n);
    return KY_OK;
}

ky_rc ky_pdf_sigslot_fill(struct ky_buf *tail, const struct ky_pdf_sigslot *slot, uint64_t file_n,
                          struct ky_bytes value)
{
    uint64_t at = slot->contents_at + 1 - file_n;
    if (value.n > (slot->contents_len - 2) / 2)
        return ky_fail(KY_ELIMIT, "signature of %zu bytes; there is room for %llu", value.n,
                       (unsigned long long)(slot->contents_len - 2) / 2);
    if (at > tail->n || 2 * value.n > tail->n - at)
        return ky_fail(KY_EINVAL, "the signature's place is not in this update");
    ky_auto_buf hex = ky_buf_init(2 * value.n + 1);
    ky_buf_add_hex(&hex, value);
    KY_TRY(ky_buf_finish(&hex));
    memcpy(tail->p + at, hex.p, hex.n);
    return KY_OK;
}
