/* The subscriber's own request as a document: the profile's own_form, filled in and confirmed by the person. */
#ifndef KY_DOMAIN_OWN_FORM_H
#define KY_DOMAIN_OWN_FORM_H

#include "domain/dossier.h"

/* Does the person fill the field in, or is it only shown: what the certificate says is not hers to change here. */
bool ky_own_form_is_fixed(const struct ky_legal_procedure *procedure, const char *field);
/* Is the declaration one that the person makes herself? Others ("confirmed") are the organisation's. */
bool ky_own_form_declares(const char *declaration);

struct ky_own_form {
    bool blank; /* nobody's yet: to be written in and signed by hand */
    const struct ky_dossier *d;
    int64_t number;            /* of the row */
    const struct ky_person *p; /* as she says she is */
    const char *address;       /* of her browser */
    ky_time at;
};

/* Appends the PDF. KY_ENOTFOUND: the profile has no such procedure. */
ky_rc ky_own_form_draw(struct ky_buf *pdf, const struct ky_own_form *form);

#endif
