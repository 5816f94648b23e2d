/* May this document be signed by an incremental update, and if not, why not: one clear reason. */
#ifndef KY_CODEC_PDF_SIGNABLE_H
#define KY_CODEC_PDF_SIGNABLE_H

#include "codec/pdf/form.h"

typedef enum ky_pdf_obstacle {
    KY_PDF_SIGNABLE,
    KY_PDF_OBSTACLE_DAMAGED,     /* the structure had to be guessed: readers may disagree on the content */
    KY_PDF_OBSTACLE_PERMISSION,  /* /P forbids it to who opens with the user password (Table 22) */
    KY_PDF_OBSTACLE_CERTIFIED,   /* DocMDP level 1 of a certifying signature */
    KY_PDF_OBSTACLE_LOCKED,      /* FieldMDP or /Lock of an earlier signature covers the field */
    KY_PDF_OBSTACLE_NO_PAGE,     /* no page to hold the widget */
    KY_PDF_OBSTACLE_FIELD_TAKEN, /* the named field is signed already or is not a signature field */
    KY_PDF_OBSTACLE_NOT_FIRST,   /* a certifying signature is wanted, and there is a signature already */
} ky_pdf_obstacle;

struct ky_pdf_sign_wish {
    const char *field;       /* full name of the field to be filled or made; NULL: a new one */
    bool certify;            /* a certifying signature */
    bool respect_permission; /* refuse what /P forbids to who does not know the owner password (Table 22) */
};

/*
 * KY_OK, or KY_EDENIED with the reason in *why (may be NULL) and in ky_error; KY_EFORMAT, KY_ELIMIT.
 * Reads every object's header once: time grows with the number of objects.
 */
ky_rc ky_pdf_signable(ky_pdf_obstacle *why, struct ky_pdf *doc, const struct ky_pdf_sign_wish *wish);
/* The reason for people; lang "vi" or "en". */
const char *ky_pdf_obstacle_text(ky_pdf_obstacle why, const char *lang);

#endif
