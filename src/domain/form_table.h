/* The table of people in a request document; its heading comes again on each page. */
#ifndef KY_DOMAIN_FORM_TABLE_H
#define KY_DOMAIN_FORM_TABLE_H

#include "domain/form.h"

#define KY_FORM_CELL_MAX 1280 /* bytes: the longest field, and the spaces of a serial number */

/* A value as people read it: the label of a choice or ground, a serial number in groups. */
void ky_form_field_text(char out[KY_FORM_CELL_MAX], const struct ky_legal *legal,
                        const struct ky_legal_field *f, struct ky_bytes value);

/*
 * Columns are the procedure's: fields of it, "number" (of the row) and "same_key". KY_EFORMAT: one asks for something
 * else; KY_ELIMIT: too wide.
 */
ky_rc ky_form_table_draw(struct ky_paper *p, const struct ky_legal *legal,
                         const struct ky_legal_procedure *procedure, const struct ky_form *form);

#endif
