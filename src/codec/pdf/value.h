/*
 * PDF objects in memory (ISO 32000-2 §7.3). Values live in an arena: those
 * read from a file in the document's, those made for an update in the
 * update's. Bytes are views, into the file where nothing had to be decoded.
 * Every `get` accepts NULL and a value of another type, and then finds nothing.
 */
#ifndef KY_CODEC_PDF_VALUE_H
#define KY_CODEC_PDF_VALUE_H

#include "base/arena.h"

#define KY_PDF_OBJECT_MAX 8388607u /* highest object number (ISO 32000-1 Annex C) */
#define KY_PDF_TWIN_KEYS_MAX 4096
#define KY_PDF_DEPTH_MAX 96 /* nesting of arrays and dictionaries */

typedef enum ky_pdf_type {
    KY_PDF_NULL,
    KY_PDF_BOOL,
    KY_PDF_INT,
    KY_PDF_REAL,
    KY_PDF_NAME,
    KY_PDF_STRING,
    KY_PDF_ARRAY,
    KY_PDF_DICT,
    KY_PDF_REF,
    KY_PDF_STREAM,
    KY_PDF_VERBATIM, /* bytes to be written as they are; never read from a file */
} ky_pdf_type;

struct ky_pdf_ref {
    uint32_t num; /* 0: no object */
    uint32_t gen;
};

struct ky_pdf_value;

struct ky_pdf_array {
    struct ky_pdf_value **at;
    size_t n, cap;
};

struct ky_pdf_entry {
    struct ky_bytes key; /* decoded, without the slash */
    struct ky_pdf_value *value;
};

struct ky_pdf_dict {
    struct ky_pdf_entry *at; /* in file order; of two equal keys the last one counts */
    size_t n, cap;
};

struct ky_pdf_value {
    ky_pdf_type type;
    bool hex;             /* STRING: written as <…> */
    struct ky_bytes text; /* NAME, STRING: decoded (and decrypted); REAL: as written; VERBATIM;
                             STREAM: the raw bytes, as in the file or as they are to be written */
    struct ky_bytes span; /* STRING: as it stands in the file with its delimiters; empty when made by us */
    union {
        bool boolean;
        int64_t integer;
        double real;
        struct ky_pdf_ref ref;
        struct ky_pdf_array array;
        struct ky_pdf_dict dict; /* DICT, STREAM */
        uint64_t *at;            /* VERBATIM: receives the offset where it was written; may be NULL */
    } u;
    struct ky_pdf_ref owner; /* STREAM read from a file: its object, for decryption; else 0 */
};

/* Making values: NULL (with error text) when the arena is full. Bytes are borrowed, not copied. */
struct ky_pdf_value *ky_pdf_null(struct ky_arena *a);
struct ky_pdf_value *ky_pdf_bool(struct ky_arena *a, bool v);
struct ky_pdf_value *ky_pdf_int(struct ky_arena *a, int64_t v);
struct ky_pdf_value *ky_pdf_real(struct ky_arena *a, double v);
struct ky_pdf_value *ky_pdf_name(struct ky_arena *a, const char *name);
struct ky_pdf_value *ky_pdf_string(struct ky_arena *a, struct ky_bytes bytes);
struct ky_pdf_value *ky_pdf_array(struct ky_arena *a);
struct ky_pdf_value *ky_pdf_dict(struct ky_arena *a);
struct ky_pdf_value *ky_pdf_indirect(struct ky_arena *a, struct ky_pdf_ref ref);
/* An empty dictionary and the (already filtered) data; /Length is written by the writer. */
struct ky_pdf_value *ky_pdf_stream(struct ky_arena *a, struct ky_bytes data);
struct ky_pdf_value *ky_pdf_verbatim(struct ky_arena *a, struct ky_bytes bytes, uint64_t *at);

/* Changing values that are ours. A NULL v is passed on as KY_ENOMEM, so that constructors nest. */
ky_rc ky_pdf_array_push(struct ky_arena *a, struct ky_pdf_value *array, struct ky_pdf_value *v);
/* Replaces the entry of that name, or adds one. The key is borrowed. */
ky_rc ky_pdf_dict_put(struct ky_arena *a, struct ky_pdf_value *dict, const char *key, struct ky_pdf_value *v);
/* Adds without looking for an equal key: for parsers. */
ky_rc ky_pdf_dict_append(struct ky_arena *a, struct ky_pdf_value *dict, struct ky_bytes key,
                         struct ky_pdf_value *v);
void ky_pdf_dict_remove(struct ky_pdf_value *dict, const char *key);
/* A copy whose own entries may be changed; what the entries point to is shared. */
struct ky_pdf_value *ky_pdf_copy_shallow(struct ky_arena *a, const struct ky_pdf_value *v);

/* Reading, without following references (ky_pdf_get and friends in doc.h follow them). */
const struct ky_pdf_value *ky_pdf_dict_find(const struct ky_pdf_value *dict, const char *key);
/* A key stands twice, or there are too many keys to tell (KY_PDF_TWIN_KEYS_MAX). */
bool ky_pdf_dict_has_twin_keys(const struct ky_pdf_value *dict);
bool ky_pdf_is_dict(const struct ky_pdf_value *v); /* a dictionary or a stream */
bool ky_pdf_is_name(const struct ky_pdf_value *v, const char *name);
bool ky_pdf_is_ref_to(const struct ky_pdf_value *v, struct ky_pdf_ref ref);
bool ky_pdf_as_int(const struct ky_pdf_value *v, int64_t *out);
bool ky_pdf_as_number(const struct ky_pdf_value *v, double *out);
static inline ky_pdf_type ky_pdf_type_of(const struct ky_pdf_value *v)
{
    return v == NULL ? KY_PDF_NULL : v->type;
}
static inline bool ky_pdf_ref_eq(struct ky_pdf_ref a, struct ky_pdf_ref b)
{
    return a.num == b.num && a.gen == b.gen;
}

#endif
