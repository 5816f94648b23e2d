/*
 * Which objects of a PDF differ between two states of the file, the earlier
 * being a prefix of the later. Only objects that the earlier state can reach
 * from its trailer count. Called by ades/changes.
 */
#ifndef KY_ADES_OBJDIFF_H
#define KY_ADES_OBJDIFF_H

#include "codec/pdf/doc.h"

struct ky_objdiff {
    struct ky_pdf *before, *after; /* borrowed */
    uint32_t limit;                /* one past the highest number looked at */
    uint32_t *references; /* owned; from reachable objects and the trailer of `before`, per object number */
    uint8_t *changed;     /* owned; 1 changed, 0 equal or explained, per object number */
};
#define ky_auto_objdiff KY_CLEANUP(ky_objdiff_clear) struct ky_objdiff

/* KY_ENOMEM, KY_ELIMIT of the reader. */
ky_rc ky_objdiff_init(struct ky_objdiff *out, struct ky_pdf *before, struct ky_pdf *after);
void ky_objdiff_clear(struct ky_objdiff *d);

bool ky_objdiff_changed(const struct ky_objdiff *d, struct ky_pdf_ref ref);
/* This difference is allowed. */
void ky_objdiff_explain(struct ky_objdiff *d, struct ky_pdf_ref ref);
/* The same if v is a reference to an object that nothing else in the earlier state refers to. */
void ky_objdiff_explain_own(struct ky_objdiff *d, const struct ky_pdf_value *v);
/* The same for all that v leads to, not deeper than validation data lie. */
void ky_objdiff_explain_tree(struct ky_objdiff *d, const struct ky_pdf_value *v);
/* v is a reference to an object that others in the earlier state refer to as well. */
bool ky_objdiff_shared(const struct ky_objdiff *d, const struct ky_pdf_value *v);
/* The lowest number that is changed and not explained; 0: none. */
uint32_t ky_objdiff_first(const struct ky_objdiff *d);

/* Equal as written, strings decrypted; references by number, not followed. NULL is a null value. */
bool ky_pdf_value_equal(const struct ky_pdf_value *a, const struct ky_pdf_value *b);

#endif
