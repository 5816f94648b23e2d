/*
 * What happened to a signed PDF after a signature: everything is refused but
 * what stands on a list — further signatures, filled fields, validation data,
 * metadata (ISO 32000-2 §12.8.2.2, DocMDP; FieldMDP). Called by ades/validate.
 *
 * Not decided here: whether the appearance of a further signature covers other
 * content; without a signature that is judged itself a field shows nothing. A tagged document whose structure tree was extended is refused.
 */
#ifndef KY_ADES_CHANGES_H
#define KY_ADES_CHANGES_H

#include "codec/pdf/form.h"

/* The farthest-reaching kind of change. */
typedef enum ky_change {
    KY_CHANGE_NONE,
    KY_CHANGE_EVIDENCE, /* certificates, revocation data, time stamps, metadata */
    KY_CHANGE_SIGNED,   /* further signatures */
    KY_CHANGE_FILLED,   /* form fields filled */
    KY_CHANGE_OTHER,    /* not on the list, or forbidden by the signature */
} ky_change;

struct ky_changes {
    ky_change kind;
    char text[160]; /* when KY_CHANGE_OTHER: what was found first; for people who know PDF */
};

/*
 * before: the file up to the end of the signed revision; after: all of it, opened with the same password.
 * docmdp: 1 to 3, or 0 without certification. KY_ENOMEM, KY_ELIMIT, KY_EFORMAT of the reader.
 */
ky_rc ky_changes_find(struct ky_changes *out, struct ky_pdf *before, struct ky_pdf *after, int docmdp);

/* "none", "evidence", "signed", "filled", "other" */
const char *ky_change_name(ky_change kind);

#endif
