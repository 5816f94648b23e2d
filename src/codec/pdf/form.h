/*
 * Interactive form fields and signatures (ISO 32000-2 §12.7, §12.8). Lists
 * live in the document's arena. Names are UTF-8.
 */
#ifndef KY_CODEC_PDF_FORM_H
#define KY_CODEC_PDF_FORM_H

#include "codec/pdf/page.h"

#define KY_PDF_FIELDS_MAX 100000

struct ky_pdf_widget {
    struct ky_pdf_ref ref;
    const struct ky_pdf_value *dict;
    struct ky_pdf_rect rect; /* all zero when absent */
};

/* A terminal field. */
struct ky_pdf_field {
    struct ky_pdf_ref ref;               /* num 0: a direct object */
    const struct ky_pdf_value *dict;     /* the field's own dictionary */
    const char *name;                    /* fully qualified */
    struct ky_bytes type;                /* inherited /FT: "Sig", "Tx", …; empty when absent */
    const struct ky_pdf_value *value;    /* inherited /V, resolved; null when absent */
    struct ky_pdf_ref value_ref;         /* where /V points; num 0 when direct or absent */
    int64_t flags;                       /* inherited /Ff */
    const struct ky_pdf_widget *widgets; /* the field itself when it is merged with its widget */
    size_t widget_count;
};

struct ky_pdf_form {
    const struct ky_pdf_value *dict; /* AcroForm; a null value when there is none */
    struct ky_pdf_ref ref;           /* num 0: direct in the catalog, or absent */
    const struct ky_pdf_field *fields;
    size_t field_count;
    bool has_xfa;
    int64_t sig_flags;
};

/* KY_ELIMIT above KY_PDF_FIELDS_MAX. Cycles and repeated nodes are visited once. */
ky_rc ky_pdf_form_read(struct ky_pdf_form *out, struct ky_pdf *doc);
/* By full name; NULL when there is none. */
const struct ky_pdf_field *ky_pdf_form_find(const struct ky_pdf_form *form, const char *name);

typedef enum ky_pdf_lock_action {
    KY_PDF_LOCK_NONE,
    KY_PDF_LOCK_ALL,
    KY_PDF_LOCK_INCLUDE,
    KY_PDF_LOCK_EXCLUDE,
} ky_pdf_lock_action;

/* FieldMDP parameters or a /Lock dictionary (§12.8.2.4, §12.7.5.5). */
struct ky_pdf_lock {
    ky_pdf_lock_action action;
    const char *const *fields;
    size_t field_count;
    int permission; /* /P of a /Lock of PDF 2.0: 1 to 3; 0 when absent */
};
/* Does the lock cover the field of that full name, by itself or through an ancestor? */
bool ky_pdf_lock_covers(const struct ky_pdf_lock *lock, const char *name);
/* dict: TransformParams or a /Lock; a broken one is read as locking all. */
ky_rc ky_pdf_lock_read(struct ky_pdf_lock *out, struct ky_pdf *doc, const struct ky_pdf_value *dict);

/* A filled signature field, or a signature dictionary. */
struct ky_pdf_signature {
    const struct ky_pdf_field *field;
    const struct ky_pdf_value *dict;
    struct ky_pdf_ref ref;     /* num 0: direct in the field */
    struct ky_bytes filter;    /* "Adobe.PPKLite" */
    struct ky_bytes subfilter; /* "ETSI.CAdES.detached", …; empty when absent */
    bool is_timestamp;         /* /Type /DocTimeStamp or SubFilter ETSI.RFC3161 */
    bool byte_range_ok;        /* two, four, six or eight non-negative integers */
    int64_t byte_range[8];     /* zero where not given */
    size_t byte_range_count;   /* numbers in the file, also when above 8 */
    struct ky_bytes contents;  /* decoded, with the zero padding */
    uint64_t contents_at;      /* offset of '<' in the file */
    uint64_t contents_len;     /* from '<' to '>' inclusive; 0 when the string is not in the file as such */
    int docmdp;                /* 1 to 3 when it carries a DocMDP reference; else 0 */
    bool certifies;            /* /Perms /DocMDP of the catalog points here */
    struct ky_pdf_lock lock;   /* FieldMDP of its references */
};
/* DocMDP level of a signature dictionary, 1 to 3 (1 when it is nonsense); 0 when it has none. */
int ky_pdf_docmdp_level(struct ky_pdf *doc, const struct ky_pdf_value *signature);
/* All filled signature fields in field order (not in order of signing). */
ky_rc ky_pdf_signatures(const struct ky_pdf_signature **out, size_t *count, struct ky_pdf *doc,
                        const struct ky_pdf_form *form);

#endif
