/* Signature dictionaries and what they lock (ISO 32000-2 §12.8); declared in form.h. */
#include "codec/pdf/form.h"
#include "codec/pdf/internal.h"
#include "codec/pdf/text.h"

bool ky_pdf_lock_covers(const struct ky_pdf_lock *lock, const char *name)
{
    if (lock->action == KY_PDF_LOCK_NONE || lock->action == KY_PDF_LOCK_ALL)
        return lock->action == KY_PDF_LOCK_ALL;
    bool listed = false;
    for (size_t i = 0; i < lock->field_count && !listed; i++) {
        size_t n = strlen(lock->fields[i]);
        listed = strncmp(name, lock->fields[i], n) == 0 && (name[n] == 0 || name[n] == '.');
    }
    return listed == (lock->action == KY_PDF_LOCK_INCLUDE);
}

static ky_rc read_names(struct ky_pdf_lock *out, struct ky_pdf *doc, const struct ky_pdf_value *fields)
{
    if (fields->type != KY_PDF_ARRAY)
        return KY_OK;
    const char **names = ky_arena_alloc_array(ky_pdf_arena(doc), fields->u.array.n, sizeof *names);
    if (names == NULL)
        return KY_ENOMEM;
    for (size_t i = 0; i < fields->u.array.n; i++) {
        const struct ky_pdf_value *v = ky_pdf_item(doc, fields, i);
        if (v->type != KY_PDF_STRING)
            continue;
        names[out->field_count] = ky_pdf_text_decode(ky_pdf_arena(doc), v->text);
        if (names[out->field_count++] == NULL)
            return KY_ENOMEM;
    }
    out->fields = names;
    return KY_OK;
}

ky_rc ky_pdf_lock_read(struct ky_pdf_lock *out, struct ky_pdf *doc, const struct ky_pdf_value *dict)
{
    *out = (struct ky_pdf_lock){.action = KY_PDF_LOCK_ALL};
    const struct ky_pdf_value *action = ky_pdf_get(doc, dict, "Action");
    if (ky_pdf_is_name(action, "Include"))
        out->action = KY_PDF_LOCK_INCLUDE;
    if (ky_pdf_is_name(action, "Exclude"))
        out->action = KY_PDF_LOCK_EXCLUDE;
    int64_t p;
    if (ky_pdf_as_int(ky_pdf_get(doc, dict, "P"), &p) && p >= 1 && p <= 3)
        out->permission = (int)p;
    return read_names(out, doc, ky_pdf_get(doc, dict, "Fields"));
}

/* TransformParams of the reference with that method; NULL when there is none. */
static const struct ky_pdf_value *find_transform(struct ky_pdf *doc, const struct ky_pdf_value *signature,
                                                 const char *method)
{
    const struct ky_pdf_value *references = ky_pdf_get(doc, signature, "Reference");
    for (size_t i = 0; references->type == KY_PDF_ARRAY && i < references->u.array.n; i++) {
        if (!ky_pdf_charge(doc, 1))
            break;
        const struct ky_pdf_value *reference = ky_pdf_item(doc, references, i);
        if (ky_pdf_is_name(ky_pdf_get(doc, reference, "TransformMethod"), method))
            return ky_pdf_get(doc, reference, "TransformParams");
    }
    return NULL;
}

int ky_pdf_docmdp_level(struct ky_pdf *doc, const struct ky_pdf_value *signature)
{
    const struct ky_pdf_value *params = find_transform(doc, signature, "DocMDP");
    if (params == NULL)
        return 0;
    int64_t p = 2; /* the default of Table 257 */
    (void)ky_pdf_as_int(ky_pdf_get(doc, params, "P"), &p);
    return p >= 1 && p <= 3 ? (int)p : 1;
}

static void read_byte_range(struct ky_pdf_signature *s, struct ky_pdf *doc)
{
    const struct ky_pdf_value *range = ky_pdf_get(doc, s->dict, "ByteRange");
    if (range->type != KY_PDF_ARRAY)
        return;
    s->byte_range_count = range->u.array.n;
    s->byte_range_ok =
        range->u.array.n > 0 && range->u.array.n % 2 == 0 && range->u.array.n <= KY_COUNT(s->byte_range);
    for (size_t i = 0; s->byte_range_ok && i < range->u.array.n; i++) {
        int64_t v;
        bool ok = ky_pdf_as_int(ky_pdf_item(doc, range, i), &v) && v >= 0;
        s->byte_range_ok &= ok;
        if (ok)
            s->byte_range[i] = v;
    }
}

static void read_contents(struct ky_pdf_signature *s, struct ky_pdf *doc)
{
    const struct ky_pdf_value *contents = ky_pdf_get(doc, s->dict, "Contents");
    if (contents->type != KY_PDF_STRING)
        return;
    s->contents = contents->text;
    if (contents->hex && ky_pdf_offset_of(&s->contents_at, doc, contents->span))
        s->contents_len = contents->span.n;
}

static struct ky_bytes name_of(struct ky_pdf *doc, const struct ky_pdf_value *dict, const char *key)
{
    const struct ky_pdf_value *v = ky_pdf_get(doc, dict, key);
    return v->type == KY_PDF_NAME ? v->text : KY_BYTES_NONE;
}

static ky_rc read_signature(struct ky_pdf_signature *s, struct ky_pdf *doc, const struct ky_pdf_field *field)
{
    *s = (struct ky_pdf_signature){.field = field, .dict = field->value, .ref = field->value_ref};
    s->filter = name_of(doc, s->dict, "Filter");
    s->subfilter = name_of(doc, s->dict, "SubFilter");
    s->is_timestamp = ky_bytes_eq_str(name_of(doc, s->dict, "Type"), "DocTimeStamp") ||
                      ky_bytes_eq_str(s->subfilter, "ETSI.RFC3161");
    const struct ky_pdf_value *perms = ky_pdf_get(doc, ky_pdf_catalog(doc), "Perms");
    s->certifies = s->ref.num != 0 && ky_pdf_is_ref_to(ky_pdf_dict_find(perms, "DocMDP"), s->ref);
    read_byte_range(s, doc);
    read_contents(s, doc);
    s->docmdp = ky_pdf_docmdp_level(doc, s->dict);
    const struct ky_pdf_value *locks = find_transform(doc, s->dict, "FieldMDP");
    return locks == NULL ? KY_OK : ky_pdf_lock_read(&s->lock, doc, locks);
}

ky_rc ky_pdf_signatures(const struct ky_pdf_signature **out, size_t *count, struct ky_pdf *doc,
                        const struct ky_pdf_form *form)
{
    struct ky_pdf_signature *list =
        ky_arena_alloc_array(ky_pdf_arena(doc), form->field_count + 1, sizeof *list);
    if (list == NULL)
        return KY_ENOMEM;
    size_t n = 0;
    for (size_t i = 0; i < form->field_count; i++) {
        const struct ky_pdf_field *f = &form->fields[i];
        if (ky_bytes_eq_str(f->type, "Sig") && ky_pdf_is_dict(f->value))
            KY_TRY(read_signature(&list[n++], doc, f));
    }
    *out = list;
    *count = n;
    return KY_OK;
}
