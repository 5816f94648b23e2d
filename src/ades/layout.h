/*
 * Text of a visible signature: the template is filled, lines are broken at
 * spaces and the size is reduced until all of it fits its box. Called by
 * ades/appearance.
 */
#ifndef KY_ADES_LAYOUT_H
#define KY_ADES_LAYOUT_H

#include "ades/font.h"

#define KY_LAYOUT_TEXT_MAX 2048 /* bytes of the filled template */
#define KY_LAYOUT_LINES_MAX 32
#define KY_LAYOUT_SIZE_PT 10.0    /* size 10 is what Decree 30/2020, annex I asks for */
#define KY_LAYOUT_SIZE_MIN_PT 3.0 /* below this nobody reads it: refused */
#define KY_LAYOUT_SIZE_STEP_PT 0.5

/* What a template may name. NULL or "" leaves the place empty. */
struct ky_layout_fields {
    const char *name;   /* {name}: common name in the certificate */
    const char *time;   /* {time} */
    const char *org;    /* {org} */
    const char *reason; /* {reason} */
};

struct ky_layout {
    struct ky_run lines[KY_LAYOUT_LINES_MAX]; /* owned */
    size_t n;
    double size_pt;
    double leading_pt; /* distance of base lines */
};
#define ky_auto_layout KY_CLEANUP(ky_layout_clear) struct ky_layout

/*
 * Fills the template into out. A line whose places are all empty and that has no other letters is left out.
 * KY_EINVAL an unknown {place}; KY_ELIMIT; KY_EFORMAT text that may not be shown (ky_text_check).
 */
ky_rc ky_layout_fill(struct ky_buf *out, const char *template, const struct ky_layout_fields *fields);

/* Breaks text ('\n' ends a line) for a box of w × h points. KY_ELIMIT when it does not fit at the smallest size. */
ky_rc ky_layout_fit(struct ky_layout *out, struct ky_font *f, struct ky_bytes text, double w_pt, double h_pt);
void ky_layout_clear(struct ky_layout *l);

#endif
