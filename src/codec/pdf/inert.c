/* Looking through every dictionary of a document; see inert.h. */
#include "codec/pdf/inert.h"

/* Keys whose mere presence is enough. Actions that only move within the document (GoTo, Named) are none of these. */
static const char *const keys[] = {"JS", "JavaScript", "EmbeddedFiles", "EF", "RichMediaContent", "XFA"};

/* Values of /S (actions), /Type and /Subtype. */
static const char *const names[] = {
    "JavaScript", "Launch", "ImportData", "SubmitForm",   "GoToE",          "GoToR",  "Rendition",
    "Movie",      "Sound",  "RichMedia",  "EmbeddedFile", "FileAttachment", "Screen", "3D",
};
static const char *const name_keys[] = {"S", "Type", "Subtype"};

static const char *find_in_value(const struct ky_pdf_value *v);

static const char *find_key(struct ky_bytes key)
{
    for (size_t i = 0; i < KY_COUNT(keys); i++)
        if (ky_bytes_eq_str(key, keys[i]))
            return keys[i];
    return NULL;
}

static const char *find_name(struct ky_bytes key, const struct ky_pdf_value *v)
{
    bool telling = false;
    for (size_t i = 0; i < KY_COUNT(name_keys); i++)
        telling = telling || ky_bytes_eq_str(key, name_keys[i]);
    for (size_t i = 0; telling && i < KY_COUNT(names); i++)
        if (ky_pdf_is_name(v, names[i]))
            return names[i];
    return NULL;
}

static const char *find_in_dict(const struct ky_pdf_dict *d)
{
    const char *found = NULL;
    for (size_t i = 0; i < d->n && found == NULL; i++) {
        found = find_key(d->at[i].key);
        if (found == NULL)
            found = find_name(d->at[i].key, d->at[i].value);
        if (found == NULL)
            found = find_in_value(d->at[i].value);
    }
    return found;
}

/* Values nest at most KY_PDF_DEPTH_MAX deep; references are not followed: every object has its turn. */
static const char *find_in_value(const struct ky_pdf_value *v)
{
    const char *found = NULL;
    if (ky_pdf_is_dict(v))
        return find_in_dict(&v->u.dict);
    for (size_t i = 0; ky_pdf_type_of(v) == KY_PDF_ARRAY && i < v->u.array.n && found == NULL; i++)
        found = find_in_value(v->u.array.at[i]);
    return found;
}

void ky_pdf_find_active(const char **out, struct ky_pdf *doc)
{
    const uint32_t limit = ky_pdf_object_limit(doc);
    *out = NULL;
    for (uint32_t num = 1; num < limit && *out == NULL; num++) {
        struct ky_pdf_ref ref = {.num = num};
        if (ky_pdf_object_exists(doc, num, &ref.gen))
            *out = find_in_value(ky_pdf_object(doc, ref));
    }
}
