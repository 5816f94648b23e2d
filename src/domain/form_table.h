/* The table of people in a request document; its heading comes again on each page. */
#ifndef KY_DOMAIN_FORM_TABLE_H
#define KY_DOMAIN_FORM_TABLE_H

#include "domain/form.h"

/* columns: as in the legal profile. KY_EFORMAT: a column asks for an unknown field. */
ky_rc ky_form_table_draw(struct ky_paper *p, const json_t *columns, const struct ky_legal *legal,
                         const struct ky_form *form);

#endif
