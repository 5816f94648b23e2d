/* The empty list of people that an organisation downloads and fills in. */
#ifndef KY_DOMAIN_PEOPLE_TEMPLATE_H
#define KY_DOMAIN_PEOPLE_TEMPLATE_H

#include "base/buf.h"

#define KY_PEOPLE_TEMPLATE_MAX 65536 /* bytes */

/* Appends the .xlsx with the columns of domain/people_columns; `folder` for files while it is made. KY_EIO, KY_ENOMEM. */
ky_rc ky_people_template(struct ky_buf *out, const char *folder);
/* The same as CSV: the row of headings. */
ky_rc ky_people_template_csv(struct ky_buf *out);

#endif
