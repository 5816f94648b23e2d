/* What a list or an export of certificates is asked for, out of the arguments of its address. */
#ifndef KY_WEB_API_CERTIFICATE_H
#define KY_WEB_API_CERTIFICATE_H

#include "domain/holding.h"
#include "web/web.h"

/*
 * q, state, expires_before, org, sort, activation. Texts of *out lie in x's arena; scope is that of the asker.
 * KY_EFORMAT, KY_EINVAL, KY_ELIMIT naming the argument.
 */
ky_rc ky_certificate_query(struct ky_inventory_query *out, struct ky_web *w, struct ky_exchange *x,
                           const struct ky_scope *scope);

/* ?org=, 32 hex digits, or NULL. KY_EFORMAT. */
ky_rc ky_query_org(const char **out, const struct ky_exchange *x);
/* One of the words, or NULL when the argument is not there. KY_EFORMAT names the argument. */
ky_rc ky_query_word(const char **out, const struct ky_exchange *x, const char *name, const char *const *words,
                    size_t count);

#endif
