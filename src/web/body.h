/* Members of a JSON body as texts that end with NUL, and pages of lists. */
#ifndef KY_WEB_BODY_H
#define KY_WEB_BODY_H

#include "store/page.h"
#include "web/exchange.h"

/* Copies into the arena. An absent or empty optional member gives NULL. KY_EFORMAT, KY_ELIMIT naming the member. */
ky_rc ky_body_text(const char **out, struct ky_exchange *x, const char *name, size_t max_bytes);
ky_rc ky_body_find_text(const char **out, struct ky_exchange *x, const char *name, size_t max_bytes);

#define KY_PAGE_DEFAULT 50
/* ?after=CURSOR&limit=N */
ky_rc ky_body_page(struct ky_page *out, const struct ky_exchange *x);

/* Members that may be NULL are left out. */
void ky_json_put_text(struct ky_json_out *o, const char *name, const char *text);

#endif
