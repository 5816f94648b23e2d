/* Blank forms of every legal profile, drawn once at start; they are the same for everybody. */
#ifndef KY_WEB_FORMS_H
#define KY_WEB_FORMS_H

#include "domain/blank_form.h"

#define KY_WEB_FORM_NAME_MAX 64

/* One of them, as it is given out. */
struct ky_web_form {
    const struct ky_legal *legal;
    const struct ky_legal_procedure *procedure;
    ky_blank_kind kind;
    char name[KY_WEB_FORM_NAME_MAX]; /* of the file: "2024-new-request.pdf" */
    struct ky_bytes pdf;
};

struct ky_web_forms;

/* After ky_paper_open_fonts. The book is borrowed. Errors: as ky_blank_form_draw. */
ky_rc ky_web_forms_draw(struct ky_web_forms **out, const struct ky_legal_book *book);
void ky_web_forms_free(struct ky_web_forms *f);
KY_DEFINE_CLEANUP(struct ky_web_forms, ky_web_forms_free)
#define ky_auto_web_forms KY_CLEANUP(ky_web_forms_freep) struct ky_web_forms *

/* The one of this file name. KY_ENOTFOUND. */
ky_rc ky_web_forms_get(const struct ky_web_form **out, const struct ky_web_forms *f, struct ky_bytes name);
/* The i-th of a profile, in the order of its procedures; NULL: there are no more. */
const struct ky_web_form *ky_web_forms_at(const struct ky_web_forms *f, const struct ky_legal *legal,
                                          size_t i);

#endif
